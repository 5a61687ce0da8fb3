"""Rows of a CSV file with another number of cells than the header has.

Arrow's reader drops such a row and tells its number, perhaps some batches ahead of us. The log keeps what a report
needs, and gives the rows that were not dropped the numbers that they have in the file. It stays small even if every
row is a misfit, as when each line ends with one separator too many: such a file is given up.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fraud.intake.quarantine import KEPT, BadRow

if TYPE_CHECKING:
    from pyarrow.csv import InvalidRow

__all__ = ["MisfitLog"]

HOPELESS_START = 100_000


@dataclass
class MisfitLog:
    """The misfits that are not yet passed on.

    Parameters
    ----------
    first_row
        Number of the first row after the header.

    Examples
    --------
    >>> log = MisfitLog(first_row=2)
    >>> log.add(3, "fields-too-few", "a,b"), log.add(4, "fields-too-few", "c")
    (True, True)
    >>> log.numbers_of_good_rows(2, 3).tolist()
    [2, 5, 6]
    >>> [row.row for row in log.pass_on(before=4)[0]]
    [3]
    """

    first_row: int
    kept: list[BadRow] = field(default_factory=list)
    more: Counter[str] = field(default_factory=Counter)
    runs: list[tuple[int, int]] = field(default_factory=list)

    def refuse(self, row: "InvalidRow") -> str:
        """Note a row that the reader refuses, and tell it to go on ("skip") or to give the file up ("error")."""
        reason = "fields-too-few" if row.actual_columns < row.expected_columns else "fields-too-many"
        return "skip" if self.add(row.number, reason, str(row.text)) else "error"

    def add(self, row: int, reason: str, text: str) -> bool:
        """Note a misfit, and return whether the file is worth reading on."""
        if len(self.kept) < KEPT:
            self.kept.append(BadRow(row, "", text, reason).shortened())
        else:
            self.more[reason] += 1
        if self.runs and self.runs[-1][1] == row - 1:
            self.runs[-1] = (self.runs[-1][0], row)
        else:
            self.runs.append((row, row))
        return not self.hopeless

    def numbers_of_good_rows(self, following: int, count: int) -> NDArray[np.int64]:
        """Return the numbers of the next `count` rows that are no misfits, int64, from `following` on."""
        parts = []
        for start, end in self.runs:
            if end < following:
                continue
            parts.append(np.arange(following, max(following, min(start, following + count)), dtype=np.int64))
            count -= len(parts[-1])
            following = end + 1
            if count == 0:
                break
        return np.concatenate([*parts, np.arange(following, following + count, dtype=np.int64)])

    def pass_on(self, before: int) -> tuple[tuple[BadRow, ...], Counter[str]]:
        """Hand over the misfits with a number below `before`, and the counts of those that were not kept."""
        done = tuple(row for row in self.kept if row.row < before)
        more, self.more = self.more, Counter()
        self.kept = self.kept[len(done) :]
        self.runs = [run for run in self.runs if run[1] >= before]
        return done, more

    @property
    def hopeless(self) -> bool:
        """Whether the file begins with so many misfits and nothing else that the rest will not be better."""
        start, end = self.runs[0] if self.runs else (0, 0)
        return start == self.first_row and end - start + 1 >= HOPELESS_START

    @property
    def last_row(self) -> int:
        """Number of the last misfit that is not yet passed on, or 0."""
        return self.runs[-1][1] if self.runs else 0
