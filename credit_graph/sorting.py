"""The order of ties: by counting where there are many, by comparing where there are few.

The kernel pays from some ten thousand ties on: below that, loading the compiler takes longer than all the rest. Both
ways give the same order, bit for bit, and so does the readable twin `credit_graph.reference.sorting`.
"""

import numpy as np
import numpy.typing as npt

from credit_graph.errors import ExtraMissingError

__all__ = ["MANY", "stable_order"]

MANY = 50_000
"""From so many ties on they are sorted by counting."""

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


def stable_order(keys: Int32, n: int, order: Int32 | None = None) -> tuple[Int64, Int32]:
    """Sort ties by key and keep ties of one key in the order that they have.

    Parameters
    ----------
    keys
        A number below n for each tie, int32 of shape (m,). What is not below n is not noticed here.
    n
        Number of keys.
    order
        The order so far, int32 of shape (m,); as they were given if None.

    Returns
    -------
    start, order
        Where each key begins, int64 of shape (n + 1,), and the ties in their new order, int32 of shape (m,).

    Examples
    --------
    >>> start, order = stable_order(np.array([2, 0, 2], np.int32), 3)
    >>> start.tolist(), order.tolist()
    ([0, 1, 1, 3], [1, 0, 2])
    """
    if len(keys) >= MANY:
        from credit_graph.kernels import sorting  # loads the compiler

        try:
            start = sorting.row_starts(keys, n)
            return start, sorting.sorted_by(keys, start, np.zeros(0, np.int32) if order is None else order)
        except ExtraMissingError:
            pass
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(keys, minlength=n), out=start[1:])
    if order is None:
        return start, np.argsort(keys, kind="stable").astype(np.int32)
    return start, order[np.argsort(keys[order], kind="stable")]
