"""Logistic regression in which no evidence counts against suspicion (weights of zero or more).

A rule that hits, or a model that is more alarmed, must never make a payment look safer: an analyst would not
believe it, and a rule with a negative weight is a rule to delete. The penalised log loss is convex and so are the
bounds, so that there is one best set of weights; quasi-Newton steps within the bounds find it, with thousands of
columns as with two.

Source: Byrd, Lu, Nocedal and Zhu, "A limited memory algorithm for bound constrained optimization", SIAM Journal on
Scientific Computing 16, 1995.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from fraud.scorers.log_odds import log_odds, probability

__all__ = ["nonnegative_logistic"]

Floats = npt.NDArray[np.float64]

_OPTIONS: Any = {"maxiter": 2_000, "maxfun": 5_000, "ftol": 1e-14, "gtol": 1e-9, "maxcor": 20}


def nonnegative_logistic(
    X: Floats | csr_array, y: npt.NDArray[np.int64], weight: Floats, strength: float
) -> tuple[Floats, float]:
    """Return the weights (none negative) and the intercept of an L2 logistic regression.

    Parameters
    ----------
    X
        Numbers without NaN, shape (n, m), or the same as a sparse array.
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
        Shape (m,); exactly zero for columns that would count against suspicion.
    intercept
        Log-odds of a row of zeros.

    Examples
    --------
    >>> X = np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    >>> weights, _ = nonnegative_logistic(X, np.array([0, 0, 1, 1, 0]), np.ones(5), strength=1.0)
    >>> bool(weights[0] > 0), float(weights[1])
    (True, 0.0)
    """
    total = float(weight.sum())
    start = np.r_[log_odds(weight[y == 1].sum() / total), np.zeros(X.shape[1])]
    transposed = X.T if isinstance(X, np.ndarray) else csr_array(X.T)

    def loss_and_slope(point: Floats) -> tuple[float, Floats]:
        odds = X @ point[1:] + point[0]
        pull = weight * (probability(odds) - y)
        loss = weight @ (np.logaddexp(0.0, odds) - y * odds) + point[1:] @ point[1:] / (2 * strength)
        slope = np.r_[pull.sum(), transposed @ pull + point[1:] / strength]
        return float(loss) / total, slope / total

    bounds = [(None, None)] + [(0.0, None)] * X.shape[1]
    with threadpool_limits(limits=1):  # more threads would add up in another order and change the last bits
        found = minimize(loss_and_slope, start, method="L-BFGS-B", jac=True, bounds=bounds, options=_OPTIONS).x
    weights: Floats = found[1:]
    return weights, float(found[0])
