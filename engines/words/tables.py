"""`hexi data NAME`: make a table of the province and write it, or show its first rows."""

import argparse
from typing import TYPE_CHECKING

from rich.table import Table

from engines.errors import UnknownNameError
from engines.progress import bars
from engines.words.options import base_rate, check_output
from engines.words.screen import ERR, OUT

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["make_table"]

_NARROW = 6


def make_table(given: argparse.Namespace) -> int:
    """Make a table and write it, or show its first rows."""
    from datasets import catalogue as tables
    from datasets import files

    if given.table not in tables.TABLES:
        raise UnknownNameError("table", given.table, list(tables.TABLES))
    options = {} if given.base_rate is None else {"base_rate": base_rate(given.base_rate)}
    frames = tables.frames(given.table, given.n, given.seed, **options)
    if given.output is None:
        _show(next(frames).head(min(given.n, 10)), given.table)
        return 0
    files.check_ending(given.output)
    check_output(given.output)
    done = 0
    with bars(ERR) as report:

        def step(rows: int) -> None:
            nonlocal done
            done += rows
            report("rows · 行", done, given.n)

        rows = files.write(frames, given.output, step)
    ERR.print(f"{rows:,} rows of {given.table} in {given.output}", highlight=False, soft_wrap=True)
    return 0


def _show(frame: "pd.DataFrame", title: str) -> None:
    """Show a narrow table as it is, a wide one turned on its side: one line for each column."""
    import pandas as pd

    cells = frame.astype(object).where(frame.notna(), "").astype(str)
    if len(cells.columns) > _NARROW:
        cells = cells.head(3).T.reset_index()
        cells.columns = pd.Index(["column", *(f"row {row}" for row in range(1, len(cells.columns)))])
    shown = Table(*cells.columns, title=title, title_justify="left")
    for row in cells.itertuples(index=False):
        shown.add_row(*row)
    OUT.print(shown)
