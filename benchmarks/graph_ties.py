"""One guarantee network for all libraries, and answers that can be compared.

The arrays are made simple with numpy, without any of our kernels. Everybody is asked about the same graph: parallel
guarantees once, none of a firm for itself; where direction plays no part the two ways are one tie. Joint groups are
looked for among the mutual ties within their 2-core, since nobody with fewer than two mutual partners is in a group of
three; the pruning is in nobody's time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from datasets.guarantee_network import Network, arrays

__all__ = ["Ties", "groups_as_set", "labels_of_groups", "same", "smallest_labels", "ties_of"]

Int64 = npt.NDArray[np.int64]
_RANKS_APART = 1e-6


@dataclass(frozen=True, eq=False)
class Ties:
    """A network in the forms that the questions need.

    Parameters
    ----------
    n
        Number of firms.
    network
        As it was drawn, with parallel guarantees and amounts.
    tail, head
        Each pair of guarantor and borrower once, ascending, int64 of shape (m,).
    low, high
        Each pair of partners once, the smaller number first.
    one, two
        Each mutual pair within the 2-core of the mutual ties, the smaller number first.
    """

    n: int
    network: Network
    tail: Int64
    head: Int64
    low: Int64
    high: Int64
    one: Int64
    two: Int64


def ties_of(firms: int, guarantees: int, seed: int) -> Ties:
    """Draw a network and lay it out.

    Examples
    --------
    >>> ties = ties_of(100, 300, seed=7)
    >>> bool((ties.tail != ties.head).all()), bool((ties.low < ties.high).all()), len(ties.low) <= len(ties.tail) <= 300
    (True, True, True)
    """
    network = arrays(firms, guarantees, seed)
    tail, head = network.tail.astype(np.int64), network.head.astype(np.int64)
    keys = np.unique((tail * firms + head)[tail != head])
    tail, head = np.divmod(keys, firms)
    low, high = np.divmod(np.unique(np.minimum(tail, head) * firms + np.maximum(tail, head)), firms)
    mutual = keys[(tail < head) & np.isin(head * firms + tail, keys)]
    return Ties(firms, network, tail, head, low, high, *_two_core(*np.divmod(mutual, firms), firms))


def _two_core(one: Int64, two: Int64, n: int) -> tuple[Int64, Int64]:
    while True:
        degree = np.bincount(one, minlength=n) + np.bincount(two, minlength=n)
        kept = (degree[one] >= 2) & (degree[two] >= 2)
        if kept.all():
            return one, two
        one, two = one[kept], two[kept]


def smallest_labels(labels: npt.ArrayLike) -> Int64:
    """Return a partition with each group called by its smallest member.

    Examples
    --------
    >>> smallest_labels([7, 3, 7, 0]).tolist()
    [0, 1, 0, 3]
    """
    _, first, place = np.unique(np.asarray(labels), return_index=True, return_inverse=True)
    return first[place].astype(np.int64)


def labels_of_groups(groups: Iterable[Iterable[int]], n: int) -> Int64:
    """Return the smallest member of each node's group; the groups are all nodes.

    Examples
    --------
    >>> labels_of_groups([{2, 0}, {1}], n=3).tolist()
    [0, 1, 0]
    """
    label = np.empty(n, np.int64)
    for group in groups:
        members = list(group)
        label[members] = min(members)
    return label


def groups_as_set(groups: Iterable[Sequence[int]], is_cycle: bool) -> set[tuple[int, ...]]:
    """Return groups so that equal ones are equal: sets ascending, cycles from their smallest member.

    Examples
    --------
    >>> groups_as_set([[3, 1, 2]], is_cycle=True), groups_as_set([[3, 1, 2]], is_cycle=False)
    ({(1, 2, 3)}, {(1, 2, 3)})
    """
    found = set()
    for group in groups:
        members = tuple(map(int, group))
        at = members.index(min(members))
        found.add(members[at:] + members[:at] if is_cycle else tuple(sorted(members)))
    return found


def same(one: Any, two: Any) -> bool:
    """Return whether two answers are the same: ranks (floats) to 1e-6 in the sum over all firms, all else exactly.

    A difference of 1e-6 for each firm would be none: on average a firm of a million has just that.

    Examples
    --------
    >>> same(np.array([0.5, 0.5]), np.array([0.5, 0.5000001])), same(np.array([1, 2]), np.array([1, 3]))
    (True, False)
    """
    if isinstance(one, np.ndarray) and isinstance(two, np.ndarray):
        if one.dtype.kind == "f":
            return one.shape == two.shape and float(np.abs(one - two).sum()) <= _RANKS_APART
        return bool(np.array_equal(one, two))
    return bool(one == two)
