"""Gauss-Seidel sweeps: the ranks of nodes that lead to each other, closer with every look at all of them.

For `credit_graph.kernels.ranks`, which says what is solved. Each sweep takes the new ranks of the nodes before and the
old ones of those behind (Varga, "Matrix Iterative Analysis", 1962, chapter 3). What flows into the nodes must also flow
out: one factor for all of them takes away the slowest part of the error. With a damping close to one, sweeps are many.
"""

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled

__all__ = ["sweep", "sweep_even"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
_SCALED = 60
"""Sweeps after which the nodes are no longer scaled as a whole."""


@compiled
def sweep(
    rows: Int64,
    tail: Int32,
    part: Float64,
    fixed: Float64,
    own: Float64,
    leak: Float64,
    found: Float64,
    damping: float,
    tol: float,
    most: int,
) -> float:
    """Sweep until an error is small enough; return a bound of it as a part of the sum of all ranks.

    Parameters
    ----------
    rows, tail
        Those whose ties come in.
    part
        The part of its rank that the tail sends down each tie, float64 of shape (m,).
    fixed
        What comes from outside, float64 of at least shape (n,), as `own` and `leak`.
    own
        One, less the part that a node sends to itself by ties which are not in the rows.
    leak
        The part of a node's rank that is sent to none of these nodes.
    found
        The ranks to begin with, float64 of shape (n,); the better ones are written into it.
    damping, tol
        The most that a node sends of its rank, and the error to be reached.
    most
        Sweeps after which to give up.

    Examples
    --------
    >>> found, one = np.ones(2), np.ones(2)
    >>> send = np.full(2, 0.5)
    >>> sweep(np.array([0, 1, 2]), np.array([1, 0], np.int32), send, one, one, send, found, 0.5, 1e-12, 100) < 1e-12
    True
    >>> found.round(9).tolist()
    [2.0, 2.0]
    """
    n, missing, inflow = len(found), np.inf, fixed[: len(found)].sum()
    for done in range(most):
        change, total, lost = 0.0, 0.0, 0.0
        for node in range(n):
            new = fixed[node]
            for place in range(rows[node], rows[node + 1]):
                new += part[place] * found[tail[place]]
            new /= own[node]
            change += abs(new - found[node])
            total += new
            lost += new * leak[node]
            found[node] = new
        # what is left of the system after a sweep is at most damping * change; its solution adds 1 / (1 - damping)
        missing = change * damping / (1.0 - damping) / total
        if missing <= tol:
            break
        # only at first, for it is the sweeps alone that are sure to converge
        if done < _SCALED:
            found *= inflow / lost
    return missing


@compiled
def sweep_even(
    rows: Int64,
    tail: Int32,
    part: Float64,
    fixed: Float64,
    own: Float64,
    leak: Float64,
    found: Float64,
    damping: float,
    tol: float,
    most: int,
) -> float:
    """Sweep as `sweep` does, where a node sends the same part down each of its ties: `part` is of shape (n,).

    Examples
    --------
    >>> found, one = np.ones(2), np.ones(2)
    >>> send = np.full(2, 0.5)
    >>> sweep_even(np.array([0, 1, 2]), np.array([1, 0], np.int32), send, one, one, send, found, 0.5, 1e-9, 100) < 1e-9
    True
    """
    n, missing, inflow = len(found), np.inf, fixed[: len(found)].sum()
    passed = found * part[:n]
    for done in range(most):
        change, total, lost = 0.0, 0.0, 0.0
        for node in range(n):
            new = fixed[node]
            for place in range(rows[node], rows[node + 1]):
                new += passed[tail[place]]
            new /= own[node]
            change += abs(new - found[node])
            total += new
            lost += new * leak[node]
            found[node], passed[node] = new, new * part[node]
        missing = change * damping / (1.0 - damping) / total
        if missing <= tol:
            break
        if done < _SCALED:
            found *= inflow / lost
            passed *= inflow / lost
    return missing
