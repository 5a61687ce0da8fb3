"""How stress spreads along a leverage matrix: the inner part of `credit_graph.debtrank`.

`leverage[i, j]` is the share of i's equity that goes if j fails, infinite for a firm without equity. Such a firm fails
at the first loss: if a neighbour is within reach of the shock its stress is 1, however little the neighbour loses, so
its row is taken out of the matrix and the rest has finite numbers only. (A shock of 0.3 to a firm without equity takes
30 % of nothing: by itself it is no loss.) Sources and proofs stand in `credit_graph.debtrank`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from credit_graph.leontief import leontief_solve
from credit_graph.matrices import SparseRows, reached

__all__ = ["Limit", "limit_of_distress", "single_walk"]

Float64 = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_POLICIES = 200
_SOLVED = 1e-9


@dataclass(frozen=True, eq=False)
class Limit:
    """Stress of each firm, clipped to 1 and not; whether it is the limit, after how many rounds, and how surely."""

    stress: Float64
    unclipped: Float64
    converged: bool
    iterations: int
    error_bound: float


def limit_of_distress(leverage: SparseRows, shock: Float64, tol: float, max_iter: int) -> Limit:
    """Return the least solution of h = min(1, shock + leverage @ h).

    Parameters
    ----------
    leverage
        Shape (n, n), nothing negative, entries may be infinite.
    shock
        0 to 1, shape (n,).
    tol
        Distance of the bounds at which to stop.
    max_iter
        Rounds of iteration before the rest is solved.

    Examples
    --------
    >>> from credit_graph.matrices import square
    >>> limit_of_distress(square([[0, 2], [1, 0]], "leverage"), np.array([0.0, 0.01]), 1e-12, 200).stress.tolist()
    [1.0, 1.0]
    """
    touched = reached(leverage, shock > 0)
    finite, bare = _without_bare(leverage)
    wiped = bare @ touched.astype(np.float64) > 0
    start = np.where(wiped, 1.0, shock)
    bounds = np.column_stack([start, np.where(touched, 1.0, 0.0)])
    rounds, gap = 0, _gap(bounds)
    while gap > tol and rounds < max_iter:
        bounds = np.minimum(1.0, start[:, np.newaxis] + finite @ bounds)
        rounds, gap = rounds + 1, _gap(bounds)
    stress, converged = bounds[:, 0], gap <= tol
    if not converged:
        stress, gap, converged, more = _policies(finite, start, touched, bounds)
        rounds += more
    losses = shock + finite @ stress
    return Limit(stress, np.where(wiped, np.inf, losses), converged, rounds, gap)


def _gap(bounds: Float64) -> float:
    return float((bounds[:, 1] - bounds[:, 0]).max(initial=0.0))


def _without_bare(leverage: SparseRows) -> tuple[SparseRows, SparseRows]:
    """Return the leverage with finite numbers only, and a matrix that is 1 where it was infinite.

    A row that holds an infinite number is taken out whole: one overflowing entry wipes out the firm like all do.
    """
    owner = np.repeat(np.arange(leverage.shape[0]), np.diff(leverage.indptr))
    infinite = np.zeros(leverage.shape[0], np.bool_)
    infinite[owner[np.isinf(leverage.data)]] = True
    gone = infinite[owner]
    return _with_data(leverage, np.where(gone, 0.0, leverage.data)), _with_data(leverage, gone.astype(np.float64))


def _with_data(rows: SparseRows, data: Float64) -> SparseRows:
    result: SparseRows = sparse.csr_array((data, rows.indices, rows.indptr), shape=rows.shape)
    return result


def _policies(leverage: SparseRows, start: Float64, touched: Mask, bounds: Float64) -> tuple[Float64, float, bool, int]:
    """Return the solution from guesses of who survives, its error bound, whether it is one, and the number of guesses.

    From an upper bound the linear system of the survivors is regular: they are hit from outside and stay below 1.
    """
    upper, survivors, is_settled, count = bounds[:, 1], np.zeros(len(start), np.bool_), False, 0
    while not is_settled and count < _POLICIES:
        grown = survivors | (touched & (start + leverage @ upper < 1))
        is_settled = count > 0 and np.array_equal(grown, survivors)
        survivors, count = grown, count + 1
        inside = np.flatnonzero(survivors)
        block = leverage[inside][:, inside]
        fallen = np.where(touched & ~survivors, 1.0, 0.0)
        x = leontief_solve(block, (start + leverage @ fallen)[inside], upper[inside])
        upper = fallen
        upper[inside] = np.clip(x, bounds[inside, 0], 1.0)
    residual = float(np.abs(np.minimum(1.0, start + leverage @ upper) - upper).max(initial=0.0))
    error = residual * float(leontief_solve(block, np.ones(len(inside))).max(initial=1.0))
    return upper, error, bool(is_settled and error <= _SOLVED), count


def single_walk(leverage: SparseRows, shock: Float64) -> Limit:
    """Return the stress when each firm passes it on once, in the round after it was first hit.

    Parameters
    ----------
    leverage, shock
        As `limit_of_distress`; an impact of one firm on another counts as 1 at most.

    Examples
    --------
    >>> from credit_graph.matrices import square
    >>> single_walk(square([[0, 0.5], [0.5, 0]], "leverage"), np.array([0.4, 0.0])).stress.round(6).tolist()
    [0.5, 0.2]
    """
    finite, bare = _without_bare(leverage)
    impact = _with_data(finite, np.minimum(finite.data, 1.0))
    stress, open_end = shock.copy(), shock.copy()
    walked, front, rounds = np.zeros(len(shock), np.bool_), shock > 0, 0
    while front.any():
        rounds += 1
        sent = np.where(front, stress, 0.0)
        gain = impact @ sent
        gain[bare @ sent > 0] = np.inf
        open_end, stress = open_end + gain, np.minimum(1.0, stress + gain)
        walked |= front
        front = (stress > 0) & ~walked
    return Limit(stress, open_end, True, rounds, 0.0)
