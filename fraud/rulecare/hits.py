"""The hits of all rules over a table, as lists: which rules hit a row, and which rows a rule hits.

Most rules hit little, so what is kept grows with the hits, not with rows times rules. Everything that rule care
counts is then a product with this sparse matrix of ones, exact in 64-bit integers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fraud.errors import RuleCareInputError

__all__ = ["Hits", "Ints"]

Ints: TypeAlias = npt.NDArray[np.int64]

_DENSE_ROWS = 65_536
_SPARSE_PAIRS_A_ROW = 0.002  # of rules squared: above it one dense product of 32-bit floats is the faster


@dataclass(frozen=True, eq=False)
class Hits:
    """The hits of `ids` over `rows` rows: row i is hit by the rules `rules[offsets[i]:offsets[i + 1]]`, rising.

    Examples
    --------
    >>> hits = Hits.of_matrix(np.array([[True, False], [True, True], [False, False]]), ("a", "b"))
    >>> hits.offsets.tolist(), hits.rules.tolist(), hits.per_rule.tolist()
    ([0, 1, 3, 3], [0, 0, 1], [2, 1])
    """

    ids: tuple[str, ...]
    offsets: Ints
    rules: npt.NDArray[np.int16]

    def __post_init__(self) -> None:
        """Refuse offsets that do not rise from 0 to the number of hits, and rules that are not there."""
        offsets, rules = self.offsets, self.rules
        if not len(offsets) or offsets[0] != 0 or offsets[-1] != len(rules) or (np.diff(offsets) < 0).any():
            raise RuleCareInputError(f"offsets must rise from 0 to the number of hits, {len(rules)}.")
        if len(rules) and not 0 <= int(rules.min()) <= int(rules.max()) < len(self.ids):
            raise RuleCareInputError(f"hits must name rules from 0 to {len(self.ids) - 1}, not {int(rules.max())}.")

    @classmethod
    def of_matrix(cls, matrix: npt.NDArray[np.bool_], ids: Sequence[str]) -> "Hits":
        """Take in a boolean matrix of shape (rows, rules).

        Raises
        ------
        RuleCareInputError
            If it has not one column for each rule.
        """
        if matrix.ndim != 2 or matrix.shape[1] != len(ids):
            raise RuleCareInputError(f"hits must have one column for each of {len(ids)} rules, not {matrix.shape}.")
        where = [np.flatnonzero(matrix[:, rule]) for rule in range(len(ids))]
        starts = np.cumsum([0, *map(len, where)])
        rows = np.concatenate(where) if where else np.zeros(0, np.int64)
        by_rule = sparse.csc_array((np.ones(len(rows), np.int8), rows, starts), shape=matrix.shape)
        by_row = by_rule.tocsr()
        return cls(tuple(ids), by_row.indptr.astype(np.int64), by_row.indices.astype(np.int16))

    @classmethod
    def of_lists(cls, lists: Any, ids: Sequence[str]) -> "Hits":
        """Take in hit lists as a compiled rulebook gives them: anything with `offsets` and `rules`."""
        return cls(tuple(ids), np.asarray(lists.offsets, np.int64), np.asarray(lists.rules, np.int16))

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.offsets) - 1

    @cached_property
    def by_row(self) -> Any:
        """Sparse matrix of ones, int64 of shape (rows, rules), by rows."""
        ones = np.ones(len(self.rules), np.int64)
        return sparse.csr_array((ones, self.rules.astype(np.int32), self.offsets), shape=(self.rows, len(self.ids)))

    @cached_property
    def by_rule(self) -> Any:
        """The same by rules: `rows_of` reads from it."""
        return self.by_row.tocsc()

    @cached_property
    def row_of_hit(self) -> Ints:
        """Row of each entry of `rules`."""
        return np.repeat(np.arange(self.rows), np.diff(self.offsets))

    @cached_property
    def per_rule(self) -> Ints:
        """Hits of each rule, int64 of shape (rules,)."""
        return np.bincount(self.rules, minlength=len(self.ids)).astype(np.int64)

    def rows_of(self, rule: int) -> Ints:
        """Return the rows that a rule hits, rising."""
        indptr = self.by_rule.indptr
        return np.asarray(self.by_rule.indices[indptr[rule] : indptr[rule + 1]], np.int64)

    def sums(self, *values: npt.ArrayLike) -> Ints:
        """Return the sum of each of these whole numbers by row over the hits of each rule, shape (rules, values)."""
        columns = np.stack([np.asarray(value, np.int64) for value in values], axis=1)
        return np.asarray(self.by_row.T @ columns, np.int64)

    def together(self) -> Ints:
        """Return how often two rules hit the same row, int64 of shape (rules, rules)."""
        in_row = np.diff(self.offsets).astype(np.float64)
        if float(in_row @ in_row) > _SPARSE_PAIRS_A_ROW * self.rows * len(self.ids) ** 2:
            return self._together_dense()
        narrow = self.by_row.astype(np.int32)
        return np.asarray((narrow.T @ narrow).todense(), np.int64)

    def _together_dense(self) -> Ints:
        found = np.zeros((len(self.ids), len(self.ids)), np.int64)
        for start in range(0, self.rows, _DENSE_ROWS):  # counts of a block stay below 2**24, exact in float32
            block = self.by_row[start : start + _DENSE_ROWS].astype(np.float32).toarray()
            found += (block.T @ block).astype(np.int64)
        return found

    def period(self, start: int, stop: int) -> "Hits":
        """Return the hits of the rows from `start` to before `stop`."""
        offsets = self.offsets[start : stop + 1]
        return Hits(self.ids, offsets - offsets[0], self.rules[offsets[0] : offsets[-1]])
