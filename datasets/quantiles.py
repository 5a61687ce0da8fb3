"""Lognormal factors from a table of integers, so that every machine draws the same fen.

`exp` and `log` may differ in the last bit from one processor to the next; integer products do not. A table holds the
1,024 middle quantiles of a lognormal distribution with median 1, in thousandths.
"""

import math
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

__all__ = ["QUANTILES", "factors", "spread"]

QUANTILES = 1024


@cache
def factors(sigma: float) -> NDArray[np.int64]:
    """Return 1,024 quantiles of a lognormal factor with median 1, in thousandths, int64 in rising order.

    Examples
    --------
    >>> table = factors(0.5)
    >>> int(table[0]), int(table[512]), int(table[-1])
    (192, 1001, 5200)
    """
    normal = NormalDist()
    steps = ((step + 0.5) / QUANTILES for step in range(QUANTILES))
    return np.array([max(1, round(1000 * math.exp(sigma * normal.inv_cdf(step)))) for step in steps], np.int64)


def spread(rng: np.random.Generator, low_yuan: float, high_yuan: float, size: int) -> NDArray[np.int64]:
    """Draw amounts in fen, int64 of shape (size,), that lie evenly on a logarithmic scale between two bounds.

    Examples
    --------
    >>> amounts = spread(np.random.default_rng(1), 10, 1000, 5)
    >>> bool(((amounts >= 1000) & (amounts <= 100000)).all())
    True
    """
    table = _log_steps(low_yuan, high_yuan)
    return table[rng.integers(0, QUANTILES, size)]


@cache
def _log_steps(low_yuan: float, high_yuan: float) -> NDArray[np.int64]:
    ratio = high_yuan / low_yuan
    steps = (low_yuan * ratio ** ((step + 0.5) / QUANTILES) for step in range(QUANTILES))
    return np.array([round(100 * value) for value in steps], np.int64)
