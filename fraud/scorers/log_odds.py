"""Log-odds: the scale on which evidence adds up, and linear scores whose bits do not depend on the batch.

A matrix product may add its terms in another order for one row than for a thousand, and with two threads than
with one. A decision that must be replayed bit by bit cannot allow that, so `linear` adds column after column.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["linear", "log_odds", "probability"]

Floats = npt.NDArray[np.float64]

_SMALLEST = 1e-15
_BLOCK_ROWS = 4_096


def log_odds(chance: npt.ArrayLike) -> Floats:
    """Return log(p / (1 - p)); p is first kept within 1e-15 of 0 and of 1, so that the result is finite.

    Examples
    --------
    >>> log_odds([0.5, 0.0]).round(1).tolist()
    [0.0, -34.5]
    """
    kept = np.clip(np.asarray(chance, dtype=np.float64), _SMALLEST, 1 - _SMALLEST)
    odds: Floats = np.log(kept) - np.log1p(-kept)
    return odds


def probability(odds: npt.ArrayLike) -> Floats:
    """Return the probability that belongs to log-odds.

    Examples
    --------
    >>> probability([0.0, -1e9, 1e9]).round(6).tolist()
    [0.5, 0.0, 1.0]
    """
    chance: Floats = 1.0 / (1.0 + np.exp(-np.clip(np.asarray(odds, dtype=np.float64), -700.0, 700.0)))
    return chance


def linear(X: npt.NDArray[np.generic], weights: Floats, intercept: float) -> Floats:
    """Return intercept + X @ weights, with the same bits for a row alone as for a row in any batch.

    Parameters
    ----------
    X
        Numbers without NaN, shape (n, m).
    weights
        Shape (m,); columns of weight zero are not read.
    intercept
        Added to every row.

    Examples
    --------
    >>> linear(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([0.5, 2.0]), -1.0).tolist()
    [-0.5, 1.5]
    """
    total = np.full(X.shape[0], intercept, dtype=np.float64)
    used = np.flatnonzero(weights)
    for start in range(0, X.shape[0], _BLOCK_ROWS):
        block = total[start : start + _BLOCK_ROWS]
        for column in used:
            block += weights[column] * X[start : start + _BLOCK_ROWS, column]
    return total
