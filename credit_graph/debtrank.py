"""DebtRank: how much of the firms' capital a shock destroys, before anybody has defaulted.

A creditor's claim loses value as soon as its debtor loses capital, in proportion. `exposures[i, j]` is what i loses if
j fails, so stress h (0 untouched, 1 failed) spreads by the leverage matrix exposures[i, j] / equity[i]:

    h = min(1, shock + leverage @ h)

- `linear` (Bardoscia, Battiston, Caccioli and Caldarelli 2015): rounds go on for ever; the result is their limit.
- `original` (Battiston, Puliga, Kaushik, Tasca and Caldarelli 2012): a firm passes stress on once, in the round after
  it was first hit, and no impact of one firm on another exceeds 1. It ends after a walk through the graph and misses
  what comes back through circles.

The limit is exact. Iterating from the shock gives a lower bound, from failure of everybody within reach of it an upper
one; the limit lies between, because the equation has one solution only on the firms within reach (the map is concave
and monotone, and some power of it is positive at 0: Krasnoselskii). The iteration stops when both are `tol` apart; a
small step, the usual rule, says nothing when the leading eigenvalue of the leverage matrix is near 1 or above (at 1.47
and a step of 1e-3 the result is wrong by half). If the bounds do not meet in `max_iter` rounds, or the eigenvalue is 1
or more and `tol` is loose, the rest is solved: guess who fails from the upper bound, solve the linear system of the
others, and repeat; guesses only shrink (policy iteration, Howard 1960).

A firm without equity fails at the first loss to another, however small, in both variants; with no loss it stays as the
shock left it. Its leverage is infinite, and so is the leading eigenvalue if it stands in a circle. The diagonal is
ignored.

Weights say what a firm is worth. By default they are the equity, which makes `value_lost` the share of all capital
that is lost (H in the paper of 2015). The paper of 2012 takes each firm's total exposures, `exposures.sum(axis=1)`,
and its DebtRank leaves out what the shock itself destroys: that is `contagion_value_lost`.

Limits: sparse throughout. With more than `leontief.ELIMINATED_UP_TO` surviving firms the last step is iterative too;
`error_bound` and `converged` report what was reached.

References
----------
Battiston et al. (2012), "DebtRank: Too Central to Fail?", Scientific Reports 2:541.
Bardoscia et al. (2015), "DebtRank: A Microscopic Foundation for Shock Propagation", PLoS ONE 10(6): e0130406.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

from credit_graph.distress import Limit, limit_of_distress, single_walk
from credit_graph.errors import DebtRankOptionError
from credit_graph.matrices import Matrix, SparseRows, amounts, rates, square
from credit_graph.spectral import Spectrum, spectrum_of_rows

__all__ = ["DebtRank", "debtrank", "leverage"]

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DebtRank:
    """Stress of each firm and the share of value lost; reads as the pair `stress, value_lost = debtrank(...)`, too.

    Parameters
    ----------
    stress
        Share of its equity that each firm has lost, 0 to 1, float64 of shape (n,).
    unclipped
        Shock plus losses over equity, which is above 1 where losses exceed the equity (infinite for a firm without
        equity that lost something), shape (n,); None unless asked for.
    value_lost
        Weighted mean of the stress: share of the value that is lost, the shock included; 0 if nothing has value.
    contagion_value_lost
        The same without the shock.
    failed
        Firms whose stress is 1, bool of shape (n,).
    spectrum
        Leading eigenvalue of the leverage matrix with bounds.
    converged
        Whether the stress is within `tol` of the limit, or within 1e-9 where the last step was solved.
    iterations
        Rounds of iteration and of policy together (`original`: rounds in which stress moved).
    error_bound
        How far any firm's stress can be from the limit.
    """

    stress: Float64
    unclipped: Float64 | None
    value_lost: float
    contagion_value_lost: float
    failed: npt.NDArray[np.bool_]
    spectrum: Spectrum
    converged: bool
    iterations: int
    error_bound: float

    @property
    def leading_eigenvalue(self) -> float:
        """The factor by which small losses are multiplied in each round."""
        return self.spectrum.value

    @property
    def amplifies(self) -> bool:
        """Whether the leading eigenvalue is 1 or more: a warning that losses feed on themselves."""
        return self.spectrum.amplifies

    def __iter__(self) -> Iterator[Float64 | float]:
        """Yield stress and value_lost."""
        yield self.stress
        yield self.value_lost

    def __len__(self) -> int:
        """Return 2: a pair."""
        return 2

    def __getitem__(self, place: int) -> Float64 | float:
        """Return the stress (0) or value_lost (1)."""
        return (self.stress, self.value_lost)[place]


def debtrank(
    exposures: Matrix,
    equity: npt.ArrayLike,
    stress: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    tol: float = 1e-12,
    max_iter: int = 200,
    variant: Literal["linear", "original"] = "linear",
    unclipped: bool = False,
    spectrum: Spectrum | None = None,
) -> DebtRank:
    """Return the stress that a shock leaves when it has spread.

    Parameters
    ----------
    exposures
        exposures[i, j] is what i loses if j fails; dense or sparse, shape (n, n), in the unit of the equity.
    equity
        Capital before the shock, shape (n,) or one number for all.
    stress
        Share of its equity that each firm loses by the shock, 0 to 1, shape (n,) or one number for all.
    weights
        What each firm is worth, shape (n,); only proportions count. The equity if not given.
    tol
        How far a firm's stress may be from the limit; the bounds are rigorous up to rounding.
    max_iter
        Rounds of iteration before the rest is solved.
    variant
        "linear" or "original", see above.
    unclipped
        Whether to return the unclipped stress too.
    spectrum
        That of an earlier result for the same exposures and equity, to save its computation.

    Raises
    ------
    MatrixInputError, VectorInputError
        If an amount is negative or not a finite number, or the shapes do not fit.
    RateInputError
        If a stress is outside 0 to 1.
    DebtRankOptionError
        If tol or max_iter is not positive, or the variant is unknown.

    Examples
    --------
    Firm 0 lends to 1 and 1 to 2, which loses half of its capital:

    >>> result = debtrank([[0, 5, 0], [0, 0, 8], [0, 0, 0]], equity=[10, 10, 10], stress=[0, 0, 0.5])
    >>> result.stress.round(6).tolist(), round(result.value_lost, 6), result.leading_eigenvalue
    ([0.2, 0.4, 0.5], 0.366667, 0.0)

    In a circle the linear variant counts what comes back, the original does not:

    >>> circle = [[0, 5], [5, 0]]
    >>> debtrank(circle, 10, [0.4, 0]).stress.round(6).tolist()
    [0.533333, 0.266667]
    >>> debtrank(circle, 10, [0.4, 0], variant="original").stress.round(6).tolist()
    [0.5, 0.2]
    """
    matrix = square(exposures, "exposures")
    n = matrix.shape[0]
    capital, shock = amounts(equity, n, "equity"), rates(stress, n, "stress")
    worth = capital if weights is None else amounts(weights, n, "weights")
    if variant not in ("linear", "original") or not tol > 0 or max_iter < 1:
        raise DebtRankOptionError(
            f'variant is {variant!r}, tol {tol}, max_iter {max_iter}; give "linear" or "original", and both above 0.'
        )
    scaled = leverage(matrix, capital)
    found = spectrum if spectrum is not None else spectrum_of_rows(scaled)
    if variant == "original":
        end = single_walk(scaled, shock)
    else:
        end = limit_of_distress(scaled, shock, tol if found.value < 1 else min(tol, 1e-12), max_iter)
    return _result(end, shock, worth, found, unclipped)


def leverage(exposures: SparseRows, equity: Float64) -> SparseRows:
    """Return exposures[i, j] / equity[i], infinite where there is no equity.

    Examples
    --------
    >>> leverage(square([[0, 5], [1, 0]], "exposures"), np.array([10.0, 0.0])).toarray().tolist()
    [[0.0, 0.5], [inf, 0.0]]
    """
    with np.errstate(divide="ignore", over="ignore"):
        ratio = exposures.data / np.repeat(equity, np.diff(exposures.indptr))
    scaled: SparseRows = sparse.csr_array((ratio, exposures.indices, exposures.indptr), shape=exposures.shape)
    return scaled


def _result(end: Limit, shock: Float64, worth: Float64, found: Spectrum, unclipped: bool) -> DebtRank:
    # the largest weight is taken out first, so that huge weights do not overflow
    relative = worth / worth.max(initial=1e-300)
    total = float(relative.sum())
    lost, first = (float(relative @ h) / total if total else 0.0 for h in (end.stress, shock))
    return DebtRank(
        stress=end.stress,
        unclipped=end.unclipped if unclipped else None,
        value_lost=lost,
        contagion_value_lost=lost - first,
        failed=end.stress >= 1,
        spectrum=found,
        converged=end.converged,
        iterations=end.iterations,
        error_bound=end.error_bound,
    )
