"""What an entity did in all its earlier transactions: running totals and the last value seen.

The state is an array with one place for each code, which grows as codes appear. A chunk is grouped by code
once; within a group the rows see the rows before them, and the first of them sees the state that earlier
chunks left.
"""

import numpy as np

from fraud.features.codes import IntArray
from fraud.features.groups import Groups

__all__ = ["NONE", "LastValue", "RunningTotal"]


NONE = int(np.iinfo(np.int64).min)
"""Stands for: no earlier row has a value."""


def _grown(state: IntArray, groups: Groups, fresh: int) -> IntArray:
    needed = int(groups.codes[-1]) + 1 if len(groups.codes) else 0
    if needed <= len(state):
        return state
    # Doubling keeps the cost of all growth together linear.
    more = np.full(max(needed, 2 * len(state)) - len(state), fresh, dtype=np.int64)
    return np.concatenate((state, more))


class RunningTotal:
    """The exact int64 total of a quantity for each code, over all earlier rows."""

    def __init__(self) -> None:
        self._totals: IntArray = np.zeros(0, dtype=np.int64)

    def before(self, groups: Groups, values: IntArray | int) -> IntArray:
        """Return for each grouped row the total of the rows before it, and add the chunk to the state.

        Parameters
        ----------
        groups
            The rows of a chunk by code, m of them in groups.
        values
            int64 of shape (n,) in the order of the chunk, or one number for all rows.

        Returns
        -------
        numpy.ndarray
            int64 of shape (m,), in the order of the groups.

        Examples
        --------
        >>> total = RunningTotal()
        >>> total.before(Groups(np.array([3, 3, 0])), np.array([10, 20, 5])).tolist()
        [0, 0, 10]
        >>> total.before(Groups(np.array([3])), 1).tolist()
        [30]
        """
        self._totals = _grown(self._totals, groups, 0)
        grouped = np.broadcast_to(values, groups.size)[groups.order]
        through = np.cumsum(grouped)
        within = through - grouped
        within -= within[groups.start]
        result: IntArray = within + self._totals[groups.codes]
        ends = groups.last
        self._totals[groups.codes[ends]] = result[ends] + grouped[ends]
        return result


class LastValue:
    """The value of the last earlier row of each code."""

    def __init__(self) -> None:
        self._kept: IntArray = np.zeros(0, dtype=np.int64)

    def before(self, groups: Groups, values: IntArray) -> IntArray:
        """Return for each grouped row the value of the row before it, and keep the last of each group.

        Parameters
        ----------
        groups
            The rows of a chunk by code, m of them in groups.
        values
            int64 of shape (n,) in the order of the chunk.

        Returns
        -------
        numpy.ndarray
            int64 of shape (m,), in the order of the groups; `NONE` where there is no earlier row.

        Examples
        --------
        >>> last = LastValue()
        >>> (last.before(Groups(np.array([1, 0, 1])), np.array([40, 50, 60])) == [NONE, NONE, 40]).all()
        np.True_
        >>> last.before(Groups(np.array([1])), np.array([70])).tolist()
        [60]
        """
        self._kept = _grown(self._kept, groups, NONE)
        grouped = values[groups.order]
        result: IntArray = np.roll(grouped, 1)
        result[groups.first] = self._kept[groups.codes[groups.first]]
        self._kept[groups.codes[groups.last]] = grouped[groups.last]
        return result
