"""Guarantors who stand in for each other (连带共同保证): what one cannot pay passes to the rest.

Several guarantors of one debt without agreed shares: the bank may turn to any of them for all that it guarantees
(民法典 article 699). A guarantor who has fallen pays nothing, so that the others are called for its part, each up to
its own amount. With F the fallen, firm i is called for borrower j in F for

    c_ij = g_ij * min(1, called_j / (g_ij + sum of g_kj over the others k who stand))

and falls when all such calls exceed its buffer. More failures never lower a call, so that there is a least fixed point,
and rounds from the first failures reach it.

Limits: what a guarantor pays before it falls is not deducted, which is the cautious reading, and who has paid more than
its part does not claim it back from the others (追偿). A round looks at all guarantees: where shares are agreed,
`credit_graph.frontier` is faster.
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from credit_graph.frontier import Cascade
from credit_graph.matrices import SparseRows

__all__ = ["joint_calls", "spread_jointly"]

Float64 = npt.NDArray[np.float64]
_EQUAL = 1e-12


def joint_calls(guarantees: SparseRows, called: Float64, fallen: npt.NDArray[np.bool_]) -> SparseRows:
    """Return what each guarantor is called for if a borrower defaults, while some guarantors have fallen.

    Parameters
    ----------
    guarantees
        guarantees[i, j] is the amount up to which i stands for j, shape (n, n).
    called
        What the bank lacks if j defaults, shape (n,).
    fallen
        Who cannot pay, shape (n,). Their own calls are those that they could not meet.

    Examples
    --------
    >>> from credit_graph.matrices import square
    >>> two = square([[0, 0, 60], [0, 0, 60], [0, 0, 0]], "guarantees")
    >>> joint_calls(two, np.array([0.0, 0.0, 80.0]), np.array([True, False, True])).toarray()[:, 2].tolist()
    [40.0, 60.0, 0.0]
    """
    n = len(called)
    owner, borrower = np.repeat(np.arange(n), np.diff(guarantees.indptr)), guarantees.indices
    is_down = fallen[owner]
    standing = np.bincount(borrower, np.where(is_down, 0.0, guarantees.data), n)
    # a firm that has fallen is called beside those who stand
    together = standing[borrower] + np.where(is_down, guarantees.data, 0.0)
    calls = guarantees.data * np.minimum(1.0, called[borrower] / together)
    table: SparseRows = sparse.csr_array((calls, borrower, guarantees.indptr), shape=guarantees.shape)
    return table


def spread_jointly(guarantees: SparseRows, called: Float64, buffer: Float64, failed: npt.NDArray[np.bool_]) -> Cascade:
    """Return the cascade that firms start who failed, when guarantors stand in for each other.

    Parameters
    ----------
    guarantees, called
        As `joint_calls`.
    buffer
        What each firm can pay on calls, shape (n,).
    failed
        Who failed at the start, shape (n,).

    Examples
    --------
    >>> from credit_graph.matrices import square
    >>> two = square([[0, 0, 60], [0, 0, 60], [0, 0, 0]], "guarantees")
    >>> called, buffer = np.array([0.0, 0.0, 80.0]), np.array([30.0, 50.0, 0.0])
    >>> end = spread_jointly(two, called, buffer, np.array([False, False, True]))
    >>> end.round.tolist(), end.losses.tolist()
    ([1, 2, 0], [60.0, 60.0, 0.0])
    """
    when, limit, now = np.where(failed, 0, -1).astype(np.int64), buffer * (1 + _EQUAL), 0
    while True:
        now += 1
        calls = joint_calls(guarantees, called, when >= 0)
        lost = calls @ (when >= 0).astype(np.float64)
        front = (when < 0) & (lost > 0) & (lost > limit)
        if not front.any():
            return Cascade(when >= 0, when, lost, sparse.csc_array(calls))
        when[front] = now
