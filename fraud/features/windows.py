"""Sliding windows over a stream in chunks: the rows that may still matter, and exact counts and sums in them.

A window of length w at time t holds the earlier rows of the same entity with a time in (t - w, t]. The rows
of the longest window before the end of a chunk are kept as a tail and put before the next chunk; both
together are sorted by entity once. A row's window is then a stretch that ends at the row: its lower end is
found by bisection in one rising key made of entity and time, and sums are differences of one running total.

The work for a chunk is proportional to tail and chunk together. Hand in chunks at least as long as the tail
(the transactions of seven days) if the stream is long; short chunks give the same numbers, only slower:
chunks of a quarter of the tail cost a third to two thirds more.
"""

from collections.abc import Mapping

import numpy as np

from fraud.features.codes import FloatArray, IntArray
from fraud.features.groups import Groups

__all__ = ["Tail", "WindowedRows", "rising_key"]


def rising_key(groups: IntArray, offsets: IntArray, span: int) -> IntArray:
    """Return groups * span + offsets, a key that rises with the group first and the offset within it.

    Parameters
    ----------
    groups
        int64 numbers of groups, 0 or more.
    offsets
        int64 in 0 .. span - 1.
    span
        Number of different offsets.

    Examples
    --------
    >>> rising_key(np.array([0, 0, 1]), np.array([3, 9, 0]), span=10).tolist()
    [3, 9, 10]
    """
    # Times lie within three centuries, 10**10 seconds, so 900 million groups would still fit 63 bits.
    return groups * span + offsets


class Tail:
    """The last rows of a stream, as columns of equal length.

    Parameters
    ----------
    seconds
        How long a row is kept: it goes when the last row is this much later.
    """

    def __init__(self, seconds: int) -> None:
        self._length = seconds
        self._columns: dict[str, IntArray] = {}

    def join(self, columns: Mapping[str, IntArray]) -> tuple[dict[str, IntArray], int]:
        """Put the tail before a chunk, and keep the end of both as the next tail.

        Parameters
        ----------
        columns
            Arrays of shape (n,), n > 0; the one named `seconds` holds the times, rising.

        Returns
        -------
        joined
            The arrays of tail and chunk together.
        start
            Row of `joined` at which the chunk begins.

        Examples
        --------
        >>> tail = Tail(seconds=10)
        >>> tail.join({"seconds": np.array([0, 5, 12])})[1]
        0
        >>> joined, start = tail.join({"seconds": np.array([13])})
        >>> joined["seconds"].tolist(), start
        ([5, 12, 13], 2)
        """
        kept = self._columns or {name: values[:0] for name, values in columns.items()}
        joined = {name: np.concatenate((kept[name], values)) for name, values in columns.items()}
        seconds = joined["seconds"]
        begin = int(np.searchsorted(seconds, seconds[-1] - self._length, side="right"))
        # A copy, or the view would keep the whole chunk in memory.
        self._columns = {name: values[begin:].copy() for name, values in joined.items()}
        return joined, len(kept["seconds"])


class WindowedRows:
    """The rows of tail and chunk by entity, ready to be counted and summed over windows.

    Parameters
    ----------
    codes, seconds
        int64 of shape (tail + n,): code of the entity, -1 where missing, and time, rising.
    start
        Row at which the chunk begins.
    longest
        Length in seconds of the longest window that will be asked for.

    Examples
    --------
    >>> rows = WindowedRows(np.array([4, 4, 7, 4]), np.array([0, 50, 60, 61]), start=1, longest=100)
    >>> lower = rows.lower(60)
    >>> rows.count(lower).tolist(), rows.total(np.array([1, 20, 300, 4000]), lower).tolist()
    ([1.0, 0.0, 1.0], [1.0, 0.0, 20.0])
    """

    def __init__(self, codes: IntArray, seconds: IntArray, start: int, longest: int) -> None:
        self._groups = groups = Groups(_only_asked(codes, start))
        offsets = seconds[groups.order] - seconds[0]
        # The gap of the longest window after each group keeps the lower end of a window out of the group before.
        span = int(seconds[-1] - seconds[0]) + longest + 1
        number = np.cumsum(np.diff(groups.codes, prepend=-1) > 0) - 1
        self._key = rising_key(number, offsets, span)
        self._asked = np.flatnonzero(groups.order >= start)
        self._rows = groups.order[self._asked] - start
        self._size = len(codes) - start

    def lower(self, length: int) -> IntArray:
        """Return where the window of `length` seconds begins, for each row of the chunk with an entity."""
        return np.searchsorted(self._key, self._key[self._asked] - length, side="right")

    def count(self, lower: IntArray) -> FloatArray:
        """Return the number of earlier rows in the window, float64 of shape (n,), NaN without an entity."""
        return self._spread(self._asked - lower)

    def total(self, values: IntArray, lower: IntArray, with_self: bool = False) -> FloatArray:
        """Return the exact sum of values of shape (tail + n,) over the window, float64 of shape (n,)."""
        running = np.zeros(len(self._key) + 1, dtype=np.int64)
        np.cumsum(values[self._groups.order], out=running[1:])
        return self._spread(running[self._asked + with_self] - running[lower])

    def _spread(self, values: IntArray) -> FloatArray:
        out = np.full(self._size, np.nan)
        out[self._rows] = values
        return out


def _only_asked(codes: IntArray, start: int) -> IntArray:
    """Drop tail rows of entities that the chunk does not have: nearly all of them if it is short."""
    wanted = np.zeros(int(codes.max(initial=0)) + 2, dtype=np.bool_)
    wanted[codes[start:]] = True
    return np.where(wanted[codes], codes, -1)
