"""Sets and sequences of nodes, packed one behind the other and put in order: what the finders of structures return."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled

__all__ = ["Groups", "from_smallest", "sorted_groups"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Groups:
    """Sets or sequences of nodes, one behind the other.

    Parameters
    ----------
    start
        Where each group begins, int64 of shape (groups + 1,).
    members
        The nodes, int32.
    truncated
        Whether a budget ended the search, so that there may be more groups.

    Examples
    --------
    >>> pairs = Groups(np.array([0, 2, 4]), np.array([0, 1, 0, 5], np.int32))
    >>> len(pairs), [group.tolist() for group in pairs]
    (2, [[0, 1], [0, 5]])
    """

    start: Int64
    members: Int32
    truncated: bool = False

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.start) - 1

    def __iter__(self) -> Iterator[Int32]:
        """Go through the groups."""
        for first, end in zip(self.start[:-1].tolist(), self.start[1:].tolist(), strict=True):
            yield self.members[first:end]


def sorted_groups(start: Int64, members: Int32, truncated: bool = False) -> Groups:
    """Return the groups in lexicographic order of their members as they stand.

    Examples
    --------
    >>> groups = sorted_groups(np.array([0, 2, 4, 7]), np.array([1, 2, 0, 4, 0, 3, 9], np.int32))
    >>> [group.tolist() for group in groups]
    [[0, 3, 9], [0, 4], [1, 2]]
    """
    if len(start) < 2:
        return Groups(np.zeros(1, np.int64), np.empty(0, np.int32), truncated)
    by_first = np.argsort(members[start[:-1]], kind="stable")
    return Groups(*_taken(start, members, _ordered(start, members, by_first)), truncated)


@compiled
def from_smallest(start: Int64, members: Int32) -> Int32:
    """Return the members of cycles with each cycle turned so that its smallest node comes first.

    Examples
    --------
    >>> from_smallest(np.array([0, 3, 5]), np.array([4, 1, 7, 2, 3], np.int32)).tolist()
    [1, 7, 4, 2, 3]
    """
    turned = np.empty_like(members)
    for group in range(len(start) - 1):
        begin, size = start[group], start[group + 1] - start[group]
        first = np.argmin(members[begin : begin + size])
        for place in range(size):
            turned[begin + place] = members[begin + (first + place) % size]
    return turned


@compiled
def _ordered(start: Int64, members: Int32, order: Int64) -> Int64:
    """Merge sort of the groups, bottom up."""
    count, width = len(order), 1
    other = np.empty_like(order)
    while width < count:
        for first in range(0, count, 2 * width):
            middle, end = min(first + width, count), min(first + 2 * width, count)
            left, right = first, middle
            for place in range(first, end):
                if left < middle and (right >= end or not _before(start, members, order[right], order[left])):
                    other[place] = order[left]
                    left += 1
                else:
                    other[place] = order[right]
                    right += 1
        order, other = other, order
        width *= 2
    return order


@compiled
def _before(start: Int64, members: Int32, one: int, two: int) -> bool:
    first, second = start[one], start[two]
    while first < start[one + 1] and second < start[two + 1]:
        if members[first] != members[second]:
            return bool(members[first] < members[second])
        first += 1
        second += 1
    return bool(start[one + 1] - start[one] < start[two + 1] - start[two])


@compiled
def _taken(start: Int64, members: Int32, order: Int64) -> tuple[Int64, Int32]:
    rows, found = np.zeros(len(order) + 1, np.int64), np.empty_like(members)
    used = 0
    for rank in range(len(order)):
        for place in range(start[order[rank]], start[order[rank] + 1]):
            found[used] = members[place]
            used += 1
        rows[rank + 1] = used
    return rows, found
