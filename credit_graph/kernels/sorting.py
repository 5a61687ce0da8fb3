"""Sort ties by a number: counting sort, one sweep to count and one to place.

Ties are sorted by codes below n, so that counting beats comparing: 3 m ties in some 30 ms instead of 300 ms, and
nothing is allocated but the answer. Source: Seward, "Information sorting in the application of electronic digital
computers to business operations", 1954. It does not pay for a few thousand ties: there `np.lexsort` is as fast and
needs no compiler.
"""

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled

__all__ = ["row_starts", "sorted_by"]


@compiled
def row_starts(keys: npt.NDArray[np.int32], n: int) -> npt.NDArray[np.int64]:
    """Return where each key's ties begin once they are sorted, int64 of shape (n + 1,).

    Examples
    --------
    >>> row_starts(np.array([2, 0, 2], np.int32), 3).tolist()
    [0, 1, 1, 3]
    """
    start = np.zeros(n + 1, np.int64)
    for key in keys:
        start[key + 1] += 1
    for node in range(n):
        start[node + 1] += start[node]
    return start


@compiled
def sorted_by(
    keys: npt.NDArray[np.int32], start: npt.NDArray[np.int64], order: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    """Return the order that sorts by key and leaves ties of one key as `order` has them, int32 of shape (m,).

    Parameters
    ----------
    keys
        One below n for each tie, int32 of shape (m,).
    start
        Where each key begins, see `row_starts`.
    order
        The order so far; of shape (0,) if the ties stand as they were given.

    Examples
    --------
    >>> keys = np.array([2, 0, 2], np.int32)
    >>> sorted_by(keys, row_starts(keys, 3), np.zeros(0, np.int32)).tolist()
    [1, 0, 2]
    """
    m = len(keys)
    free = start.copy()
    sorted_order = np.empty(m, np.int32)
    for place in range(m):
        tie = np.int32(place) if len(order) == 0 else order[place]
        key = keys[tie]
        sorted_order[free[key]] = tie
        free[key] += 1
    return sorted_order
