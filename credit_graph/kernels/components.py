"""Weak components: who hangs together at all, whichever way the ties point.

Union-find with path halving (Tarjan and van Leeuwen, "Worst-case analysis of set union algorithms", 1984). The root
of a set is always its smallest node, so that the label of a component needs no second numbering and the work of one
machine can be compared with that of another.
"""

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.kernels.rows import checked

__all__ = ["weak_components"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


def weak_components(start: npt.ArrayLike, to: npt.ArrayLike) -> Int32:
    """Return the smallest node of each node's weak component.

    Parameters
    ----------
    start, to
        Ties in one direction are enough, see `credit_graph.kernels.rows`.

    Returns
    -------
    Labels, int32 of shape (n,).

    Raises
    ------
    RowsError
        As `checked`.

    Examples
    --------
    >>> weak_components([0, 0, 1, 2, 2], [0, 3]).tolist()
    [0, 0, 2, 2]
    """
    return _weak(*checked(start, to))


@compiled
def _weak(start: Int64, to: Int32) -> Int32:
    n = len(start) - 1
    parent = np.arange(n).astype(np.int32)
    for node in range(n):
        root = node
        for place in range(start[node], start[node + 1]):
            other = to[place]
            if parent[root] == parent[other]:
                continue
            while parent[root] != root:
                parent[root] = parent[parent[root]]
                root = parent[root]
            while parent[other] != other:
                parent[other] = parent[parent[other]]
                other = parent[other]
            # the smaller root stays: no parent is ever above its child, which the last pass relies on
            if root < other:
                parent[other] = root
            else:
                parent[root] = other
                root = other
    for node in range(n):
        parent[node] = parent[parent[node]]
    return parent
