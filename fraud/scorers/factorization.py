"""A factorization machine: a logistic regression that also weighs every pair of features.

A hundred encoded features make five thousand pairs, too many weights for some hundred frauds. So the weight of a pair
is the inner product of two short vectors, one for each feature, and a pair that was rarely seen together still learns
from what its two sides do elsewhere. Rendle's identity makes the sum over all pairs as cheap as a few sums over all
features; the weights are found by L-BFGS on the whole sample.

Source: Rendle, "Factorization Machines", ICDM 2010. The objective is not convex: another seed finds another optimum. It
fails where three things are suspicious only together.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits

from fraud.scorers.classifier import LogOddsClassifier, split_weight
from fraud.scorers.compiled import HAS_NUMBA
from fraud.scorers.encoding import Encoding, category_positions
from fraud.scorers.kernels import pair_sums
from fraud.scorers.log_odds import linear, log_odds, probability

__all__ = ["FactorizationMachine", "loss_and_slope", "pairwise"]

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

_FIRST_SIZE = 0.05
_TOLERANCE = 1e-6


class FactorizationMachine(LogOddsClassifier):
    """Log-odds = intercept + weights of features + weights of pairs, the latter of low rank.

    Parameters
    ----------
    factors
        Length of the vector of each feature.
    penalty, pair_penalty
        What a squared weight costs, in log loss of the whole sample, for features and for the vectors of pairs.
    most_steps
        L-BFGS steps at most.
    categories
        Positions of the features that are categories; None is by name, see `category_positions`.
    random_state
        Seed of the vectors' start.

    Attributes
    ----------
    encoding_, intercept_, weights_, factors_
        The encoding, and the weights: shapes (m,) and (factors, m) for m encoded columns.

    Examples
    --------
    >>> X = np.random.default_rng(0).choice([-1.0, 1.0], (400, 3))
    >>> machine = FactorizationMachine().fit(X, X[:, 0] * X[:, 1] > 0)
    >>> bool((machine.predict(X) == (X[:, 0] * X[:, 1] > 0)).mean() > 0.95)
    True
    """

    encoding_: Encoding
    intercept_: float
    weights_: Floats
    factors_: Floats

    def __init__(
        self,
        *,
        factors: int = 4,
        penalty: float = 5.0,
        pair_penalty: float = 10.0,
        most_steps: int = 60,
        categories: Sequence[int] | None = None,
        random_state: int | None = 0,
    ) -> None:
        self.factors = factors
        self.penalty = penalty
        self.pair_penalty = pair_penalty
        self.most_steps = most_steps
        self.categories = categories
        self.random_state = random_state

    def _learn(self, X: Floats, y: Labels, weight: Floats) -> None:
        counted, shift = split_weight(y, weight)
        total = np.ones(len(y)) if counted is None else counted
        names = getattr(self, "feature_names_in_", ())
        categories = category_positions(names) if self.categories is None else self.categories
        self.encoding_ = Encoding.learn(X, categories, weight)
        encoded = self.encoding_.encode(X)
        width = encoded.shape[1]
        rng = np.random.default_rng(self.random_state)
        start = np.r_[
            log_odds(total @ y / total.sum()), np.zeros(width), rng.normal(0.0, _FIRST_SIZE, self.factors * width)
        ]
        penalty = np.r_[0.0, np.full(width, self.penalty), np.full(self.factors * width, self.pair_penalty)]
        with threadpool_limits(limits=1):  # more threads would add up in another order and change the last bits
            found = minimize(
                loss_and_slope,
                start,
                (encoded, np.square(encoded), y, total, penalty),
                method="L-BFGS-B",
                jac=True,
                options={"maxiter": self.most_steps, "ftol": _TOLERANCE},
            ).x
        self.intercept_ = float(found[0]) + shift
        self.weights_, self.factors_ = found[1 : width + 1], found[width + 1 :].reshape(self.factors, width)

    def _odds(self, X: Floats) -> Floats:
        encoded = self.encoding_.encode(X)
        return linear(encoded, self.weights_, self.intercept_) + pairwise(encoded, self.factors_)


def pairwise(encoded: Floats, factors: Floats) -> Floats:
    """Return for each row the sum over all pairs i < j of z_i z_j <v_i, v_j>, shape (n,).

    Parameters
    ----------
    encoded
        Rows z, shape (n, m).
    factors
        Vectors v, one column for each feature, shape (factors, m).

    Examples
    --------
    >>> pairwise(np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 1.0, 0.0]])).tolist()
    [2.0]
    """
    if not HAS_NUMBA:  # pragma: no cover  # the tests run with every extra
        parts = [encoded * factor for factor in factors]
        whole: Floats = 0.5 * np.sum([part.sum(axis=1) ** 2 - (part**2).sum(axis=1) for part in parts], axis=0)
        return whole
    found: Floats = pair_sums(encoded, factors)
    return found


def loss_and_slope(
    point: Floats, Z: Floats, squared: Floats, y: Labels, weight: Floats, penalty: Floats
) -> tuple[float, Floats]:
    """Return the penalised log loss and its gradient at a point (intercept, weights, vectors).

    Parameters
    ----------
    point
        Shape (1 + m + factors x m,).
    Z, squared, y, weight
        Encoded rows of shape (n, m), their squares, 0 or 1, and what each row counts.
    penalty
        What the square of each coordinate costs, halved, in the shape of `point`.

    Examples
    --------
    >>> Z = np.array([[1.0], [-1.0]])
    >>> loss, slope = loss_and_slope(np.zeros(3), Z, np.square(Z), np.array([1, 0]), np.ones(2), np.zeros(3))
    >>> round(loss, 3), slope.tolist()
    (1.386, [0.0, -1.0, 0.0])
    """
    width = Z.shape[1]
    weights, factors = point[1 : width + 1], point[width + 1 :].reshape(-1, width)
    sums = Z @ factors.T
    squares = squared @ np.square(factors).sum(axis=0)
    odds = point[0] + Z @ weights + 0.5 * (np.square(sums).sum(axis=1) - squares)
    loss = weight @ (np.logaddexp(0.0, odds) - y * odds) + 0.5 * penalty @ np.square(point)
    pull = weight * (probability(odds) - y)
    pairs = (pull[:, np.newaxis] * sums).T @ Z - factors * (pull @ squared)
    return float(loss), np.r_[pull.sum(), pull @ Z, pairs.ravel()] + penalty * point
