"""The white paper's 37 cases: which of them run here, and in one sentence why the others do not.

The list is data, `engines/paper.toml`; which case of ours shows which number is found in the cases themselves.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engines.catalogue import Entry
from engines.errors import EngineError

__all__ = ["PaperCase", "paper_cases"]

_FILE = Path(__file__).with_name("paper.toml")


@dataclass(frozen=True)
class PaperCase:
    """One case of the paper.

    Parameters
    ----------
    number
        The paper's, such as "4-1".
    bank, bank_zh, title, title_zh
        Whose case it is, and what it is about.
    engine
        Which engine of ours has the technique; empty if none has.
    runs
        Names of the cases of ours that show it.
    why
        If none does: why it is not there.
    """

    number: str
    bank: str
    bank_zh: str
    title: str
    title_zh: str
    engine: str
    runs: tuple[str, ...]
    why: str

    @property
    def said(self) -> str:
        """What to run, or why nothing runs."""
        return " · ".join(f"hexi run {name}" for name in self.runs) or self.why


def paper_cases(ours: Iterable[Entry]) -> tuple[PaperCase, ...]:
    """Return all cases of the paper in its order.

    Parameters
    ----------
    ours
        Our cases, see `engines.catalogue.cases`.

    Raises
    ------
    EngineError
        If one of them neither runs nor says why, or says why although it runs.

    Examples
    --------
    >>> from engines.catalogue import cases
    >>> found = {one.number: one for one in paper_cases(cases().values())}
    >>> len(found), found["6-6"].said, found["6-2"].said
    (37, 'hexi run receivables', 'Not there: machine rooms cannot be shown by software.')
    """
    entries = list(ours)
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["case"]
    return tuple(_case(row, entries) for row in rows)


def _case(row: dict[str, str], ours: list[Entry]) -> PaperCase:
    shown, why = row.get("shown", ""), row.get("why", "")
    runs = tuple(entry.name for entry in ours if row["number"] == entry.paper_case or shown == entry.name)
    if bool(runs) == bool(why):
        wish = "it runs, so it needs no `why`" if runs else "nothing runs, so it needs a `why`"
        raise EngineError(f"case {row['number']} of {_FILE.name}: {wish}")
    names = ("number", "bank", "bank_zh", "title", "title_zh", "engine")
    return PaperCase(**{name: row[name] for name in names}, runs=runs, why=why)
