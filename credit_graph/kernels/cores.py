"""Core numbers: the largest k such that a node has k partners who have k partners each, and so on.

Peeling after Batagelj and Zaversnik ("An O(m) algorithm for cores decomposition of networks", 2003), level by level:
the nodes that are left are looked through once at each level. A node is looked at as often as its core number plus
one, which is at most its degree plus one, so that the work stays linear, and no buckets are kept.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.kernels.rows import checked

__all__ = ["Cores", "core_numbers", "core_order"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cores:
    """Core numbers, and the order of the peeling.

    Parameters
    ----------
    number
        Core number of each node, int32 of shape (n,).
    order
        The nodes as they were peeled off, int32 of shape (n,): each has at most its core number of partners later in
        the order (a degeneracy order).
    """

    number: Int32
    order: Int32


def core_numbers(start: npt.ArrayLike, to: npt.ArrayLike) -> Int32:
    """Return the core number of each node, int32 of shape (n,).

    Parameters
    ----------
    start, to
        Symmetric rows without ties of a node to itself: `rows.undirected` or `rows.mutual`.

    Raises
    ------
    RowsError
        As `checked`.

    Examples
    --------
    >>> from credit_graph.kernels.rows import undirected
    >>> core_numbers(*undirected([0, 1, 2, 4, 4], [1, 2, 0, 3])).tolist()
    [2, 2, 2, 1]
    """
    return core_order(start, to).number


def core_order(start: npt.ArrayLike, to: npt.ArrayLike) -> Cores:
    """Return the core numbers and the order of the peeling; parameters and errors as `core_numbers`.

    Examples
    --------
    >>> from credit_graph.kernels.rows import undirected
    >>> core_order(*undirected([0, 1, 2, 4, 4], [1, 2, 0, 3])).order.tolist()
    [3, 0, 1, 2]
    """
    number, order = _cores(*checked(start, to))
    return Cores(number, order)


@compiled
def _cores(start: Int64, to: Int32) -> tuple[Int32, Int32]:
    n = len(start) - 1
    degree, order, left = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    for node in range(n):
        degree[node] = start[node + 1] - start[node]
        left[node] = node
    level, peeled, remaining = 0, 0, n
    while remaining:
        queue, kept, lowest = peeled, 0, n
        for rank in range(remaining):
            node = left[rank]
            if degree[node] == level:
                order[peeled] = node
                peeled += 1
            elif degree[node] > level:
                left[kept] = node
                kept += 1
                lowest = min(lowest, degree[node])
        is_empty = queue == peeled
        while queue < peeled:
            for place in range(start[order[queue]], start[order[queue] + 1]):
                other = to[place]
                if degree[other] > level:
                    degree[other] -= 1
                    if degree[other] == level:
                        order[peeled] = other
                        peeled += 1
            queue += 1
        remaining = kept
        # an empty level: go straight to the next one where somebody leaves
        level = lowest if is_empty else level + 1
    return degree, order
