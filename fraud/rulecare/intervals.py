"""Intervals of a share: how sure a precision is that was seen on few alerts.

A rule that was right in 3 of 4 alerts is not a rule of 75 %. Wilson's interval covers well on average and is what
tables show; Clopper and Pearson's never covers less than it says and is what decides. Both take alerts for
independent. They are not: one ring makes twenty of them. `clustered` counts what they are worth together, after
Korn and Graubard.

Sources: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927; Clopper and
Pearson, "The use of confidence or fiducial limits", Biometrika 26, 1934; Korn and Graubard, "Confidence intervals
for proportions with small expected number of positive counts", Survey Methodology 24, 1998.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtri

__all__ = ["clopper_pearson", "clustered", "wilson"]

Floats: TypeAlias = npt.NDArray[np.float64]


def wilson(found: npt.ArrayLike, of: npt.ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the lower and upper end of Wilson's interval; 0 and 1 where nothing was tried.

    Parameters
    ----------
    found, of
        Successes and trials, of one shape; need not be whole.
    level
        How often the interval should hold the true share.

    Examples
    --------
    >>> low, high = wilson([3], [4])
    >>> round(float(low[0]), 3), round(float(high[0]), 3)
    (0.301, 0.954)
    """
    k, n = np.asarray(found, np.float64), np.asarray(of, np.float64)
    z = float(ndtri(0.5 + level / 2))
    tried = np.where(n > 0, n, 1.0)
    share, widened = k / tried, 1 + z * z / tried
    middle = (share + z * z / (2 * tried)) / widened
    half = z * np.sqrt(share * (1 - share) / tried + z * z / (4 * tried * tried)) / widened
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    # Rounding must not push an end past what was seen.
    low, high = np.where(k <= 0, 0.0, np.minimum(low, share)), np.where(k >= n, 1.0, np.maximum(high, share))
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)


def clopper_pearson(found: npt.ArrayLike, of: npt.ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the lower and upper end of Clopper and Pearson's interval; 0 and 1 where nothing was tried.

    Parameters
    ----------
    found, of
        Successes and trials, of one shape; need not be whole.
    level
        How often the interval holds the true share at the least.

    Examples
    --------
    >>> low, high = clopper_pearson([0, 3], [10, 4])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.194], [0.308, 0.994])
    """
    k, n = np.asarray(found, np.float64), np.asarray(of, np.float64)
    tail = (1 - level) / 2
    low = np.where(k > 0, betaincinv(np.maximum(k, 1e-9), np.maximum(n - k + 1, 1e-9), tail), 0.0)
    high = np.where(k < n, betaincinv(np.maximum(k + 1, 1e-9), np.maximum(n - k, 1e-9), 1 - tail), 1.0)
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)


def clustered(frauds: npt.NDArray[np.bool_], cluster: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Return how many frauds among how many alerts these are worth, once what belongs together is counted together.

    The design effect is the variance of the share over clusters, divided by what it would be of independent alerts;
    below 1 it is taken for 1, so that grouping never adds certainty. Where all alerts are alike, or all belong
    together, each cluster counts once.

    Parameters
    ----------
    frauds
        Booleans of shape (alerts,): was it fraud.
    cluster
        int64 of shape (alerts,): number of the customer, ring or terminal that the alert belongs to.

    Examples
    --------
    >>> clustered(np.array([True, True, False, False]), np.array([1, 2, 3, 4]))
    (2.0, 4.0)
    >>> clustered(np.array([True] * 10), np.array([1] * 5 + [2] * 5))
    (2.0, 2.0)
    """
    alerts = len(frauds)
    if not alerts:
        return 0.0, 0.0
    _, place = np.unique(cluster, return_inverse=True)
    groups = int(place.max()) + 1
    share = float(frauds.mean())
    if share in (0.0, 1.0) or groups == 1:
        return share * groups, float(groups)
    surplus = np.bincount(place, weights=frauds - share)
    variance = groups / (groups - 1) * float(surplus @ surplus) / alerts**2
    effect = max(1.0, variance * (alerts - 1) / (share * (1 - share)))
    worth = max(1.0, alerts / effect)
    return share * worth, worth
