"""Logistic regression in which no evidence counts against suspicion (weights of zero or more).

A rule that hits, or a model that is more alarmed, must never make a payment look safer: an analyst would not
believe it, and a rule with a negative weight is a rule to delete. The regression is fitted;
columns with a negative weight are left out and the rest is fitted again, until none is negative. Each fit is
exact; which columns are left out is decided greedily, so with strongly overlapping columns another choice
could fit slightly better.
"""

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types

from fraud.scorers.log_odds import log_odds, probability

__all__ = ["nonnegative_logistic"]

Floats = npt.NDArray[np.float64]

_MOST_STEPS = 100
_SMALLEST_STEP = 1e-6
_JITTER = 1e-12


def nonnegative_logistic(X: Floats, y: npt.NDArray[np.int64], weight: Floats, strength: float) -> tuple[Floats, float]:
    """Return the weights (none negative) and the intercept of an L2 logistic regression.

    Parameters
    ----------
    X
        Numbers without NaN, shape (n, m).
    y
        0 or 1, shape (n,), both present.
    weight
        Weight of each row, above zero, shape (n,).
    strength
        scikit-learn's C: the smaller it is, the more the weights shrink to zero. The intercept does not
        shrink.

    Returns
    -------
    weights
        Shape (m,); exactly zero for columns left out.
    intercept
        Log-odds of a row of zeros.

    Examples
    --------
    >>> X = np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    >>> weights, _ = nonnegative_logistic(X, np.array([0, 0, 1, 1, 0]), np.ones(5), strength=1.0)
    >>> bool(weights[0] > 0), float(weights[1])
    (True, 0.0)
    """
    weights = np.zeros(X.shape[1])
    kept = np.flatnonzero(np.ptp(X, axis=0) > 0) if X.size else np.empty(0, dtype=np.int64)
    intercept = float(log_odds(weight[y == 1].sum() / weight.sum()))
    while kept.size:
        with threadpool_limits(limits=1):  # more threads would add up in another order and change the last bits
            found = _newton(np.column_stack([np.ones(len(X)), X[:, kept]]), y, weight, strength, intercept)
        if (found[1:] >= 0).all():
            weights[kept] = found[1:]
            return weights, float(found[0])
        kept = kept[found[1:] > 0]
    return weights, intercept


def _newton(X: Floats, y: npt.NDArray[np.int64], weight: Floats, strength: float, intercept: float) -> Floats:
    """Minimise the penalised log loss by Newton steps, each halved until it helps; column 0 is the intercept.

    scikit-learn's Newton solver gives up with a warning where rounding hides the last gain; here that is the
    end.
    """
    penalty = np.r_[0.0, np.full(X.shape[1] - 1, 1.0 / strength)]

    def loss(point: Floats) -> float:
        odds = X @ point
        return float(weight @ (np.logaddexp(0.0, odds) - y * odds) + penalty @ point**2 / 2)

    point: Floats = np.r_[intercept, np.zeros(X.shape[1] - 1)]
    now = loss(point)
    for _ in range(_MOST_STEPS):
        chance = probability(X @ point)
        gradient = X.T @ (weight * (chance - y)) + penalty * point
        curvature = (X.T * (weight * chance * (1.0 - chance))) @ X + np.diag(penalty + _JITTER)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while size > _SMALLEST_STEP and loss(point - size * step) >= now:
            size /= 2
        if size <= _SMALLEST_STEP:
            return point
        point = point - size * step
        now = loss(point)
    return point
