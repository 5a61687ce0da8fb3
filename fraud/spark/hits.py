"""Rules that hit, for a frame of any size; each worker compiles the rulebook once.

The rulebook goes to the workers as text, the very one that an engine folder keeps.
"""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from fraud.engine.rulebook_file import rulebook_text
from fraud.errors import SparkFrameError
from fraud.rules import Rulebook, parse

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["hit_ids", "rule_hits"]


def rule_hits(frame: "DataFrame", rulebook: Rulebook, *, column: str = "hits") -> "DataFrame":
    """Return a frame with one column more: the ids of the rules that hit each row, in the order of the rulebook.

    Parameters
    ----------
    frame
        With the columns of `fraud.schema` and the features that the rules read; null is missing. A rule whose columns
        are not all there is left out, as `Rulebook.available` tells.
    rulebook
        The rules.
    column
        Name of the new column, an array of strings.

    Raises
    ------
    SparkFrameError
        If the frame has a column of that name, or no rule finds its columns.
    """
    kinds = dict(frame.dtypes)
    if column in kinds:
        raise SparkFrameError(f"the frame has a column {column} already; give the new one another name")
    book, _ = rulebook.available(list(kinds))
    if not book.rules:
        raise SparkFrameError(f"no rule of {rulebook.id} finds its columns among {', '.join(kinds)}")
    text = rulebook_text(book)

    def judged(tables: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for table in tables:
            yield table.assign(**{column: pd.Series(hit_ids(text, table), table.index, dtype=object)})

    schema = ", ".join([*(f"`{name}` {kind}" for name, kind in kinds.items()), f"`{column}` array<string>"])
    return frame.mapInPandas(judged, schema)


def hit_ids(text: str, table: pd.DataFrame) -> list[list[str]]:
    """Return the ids of the rules that hit each row: what each worker does with its part."""
    rules = _compiled(text)
    found = rules.hit_lists({name: table[name] for name in table})
    ids, offsets = rules.ids, found.offsets
    return [[ids[rule] for rule in found.rules[offsets[row] : offsets[row + 1]]] for row in range(len(table))]


@cache
def _compiled(text: str) -> Any:
    """Return a compiled rulebook, made once by each worker."""
    from fraud.rules.compiled import compile_rules

    return compile_rules(parse(text))
