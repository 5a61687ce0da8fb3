"""Does a rule still see what it was written for: stability of its hits and of its fields, and the trend of precision.

The population stability index compares two distributions over the same bins,

    PSI = sum over bins of (now - before) x ln(now / before),

with the trade's bounds: below .1 stable, up to .25 to be watched, above it moved. On few observations it is large by
chance alone: with N and M of them and B bins its mean is about (B - 1)(1/N + 1/M) although nothing has moved. So a
shift is called one only above its 99 % point, too. For the hits of a rule the bins are the periods: if a rule hits as
often as ever, its hits are spread over the periods as the rows are, however rare they are.

Sources: Siddiqi, Credit Risk Scorecards, 2006 (bounds); Yurdakul, Statistical Properties of Population Stability
Index, 2018 (its distribution); Cochran, "Some methods for strengthening the common chi-squared tests", Biometrics 10,
1954, and Armitage, Biometrics 11, 1955 (trend of a share); Benjamini and Hochberg, "Controlling the false discovery
rate", JRSS B 57, 1995 (many rules at once).
"""

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtri, ndtr

from fraud.rulecare.hits import Hits, Ints

__all__ = ["MOVED", "STABLE", "adjusted", "binned", "field_shift", "hit_shift", "noise", "psi", "trend"]

STABLE, MOVED = 0.1, 0.25

_BINS = 10
_MOST_WORDS = 20


def psi(before: npt.ArrayLike, now: npt.ArrayLike) -> float:
    """Return the population stability index of two counts over the same bins.

    Half an observation is added to every bin, so that one that was empty does not make it infinite.

    Examples
    --------
    >>> round(psi([50, 50], [50, 50]), 4), round(psi([500, 500], [900, 100]), 2)
    (0.0, 0.88)
    """
    old, new = np.asarray(before, np.float64) + 0.5, np.asarray(now, np.float64) + 0.5
    old, new = old / old.sum(), new / new.sum()
    return float(((new - old) * np.log(new / old)).sum())


def noise(bins: int, before: int, now: int) -> float:
    """Return what the index stays below in 99 of 100 cases in which nothing has moved.

    Examples
    --------
    >>> round(noise(10, 100, 100), 3), round(noise(10, 100_000, 100_000), 5)
    (0.433, 0.00043)
    """
    if bins < 2 or not (before and now):
        return float("inf")
    return float(chdtri(bins - 1, 0.01)) * (1 / before + 1 / now)


def hit_shift(hits: Hits, edges: Ints) -> npt.NDArray[np.float64]:
    """Return for each rule the index of its hits over the periods against the rows; 0 where it is no more than noise.

    Parameters
    ----------
    hits
        The hits.
    edges
        First row of each period and, last, the number of rows; int64 of shape (periods + 1,).

    Examples
    --------
    >>> late = np.arange(900)[:, np.newaxis] >= 450
    >>> always = np.ones((900, 1), bool)
    >>> hits = Hits.of_matrix(np.hstack([late, always]), ("late", "always"))
    >>> hit_shift(hits, np.array([0, 300, 600, 900])).round(1).tolist()
    [2.1, 0.0]
    """
    per_period = np.stack([hits.period(a, b).per_rule for a, b in pairwise(edges.tolist())], axis=1)
    rows = np.diff(edges)
    found = np.zeros(len(hits.ids))
    for rule, counts in enumerate(per_period):
        index = psi(rows, counts)
        found[rule] = index if index > noise(len(rows), int(rows.sum()), int(counts.sum())) else 0.0
    return found


def binned(values: Any, reference: Any) -> tuple[Ints, Ints]:
    """Count two samples of a field in the bins of the reference: tenths of its numbers, or its commonest words.

    The last bin is for missing values, for words the one before it for all others.

    Examples
    --------
    >>> before, now = binned(pd.Series(["pos", "web", None]), pd.Series(["pos", "pos", "atm"]))
    >>> before.tolist(), now.tolist()
    ([2, 1, 0, 0], [1, 0, 1, 1])
    """
    old, new = pd.Series(reference).reset_index(drop=True), pd.Series(values).reset_index(drop=True)
    if pd.api.types.is_numeric_dtype(old.dtype) and pd.api.types.is_numeric_dtype(new.dtype):
        before, after = old.to_numpy(np.float64, na_value=np.nan), new.to_numpy(np.float64, na_value=np.nan)
        known = before[~np.isnan(before)]
        cuts = np.unique(np.quantile(known, np.arange(1, _BINS) / _BINS, method="lower")) if len(known) else np.zeros(0)
        places = [np.where(np.isnan(x), len(cuts) + 1, np.searchsorted(cuts, x, "left")) for x in (before, after)]
        size = len(cuts) + 2
    else:
        words = old.dropna().astype(str).value_counts().index[:_MOST_WORDS]
        size = len(words) + 2
        places = []
        for sample in (old, new):
            at = words.get_indexer(pd.Index(sample.astype(object).where(sample.notna(), "").astype(str)))
            places.append(np.where(sample.isna(), size - 1, np.where(at < 0, size - 2, at)))
    return np.bincount(places[0], minlength=size), np.bincount(places[1], minlength=size)


def field_shift(values: Any, edges: Ints) -> float:
    """Return the index of a field's last period against all before it; 0 where it is no more than noise.

    Examples
    --------
    >>> field_shift(np.array([1.0, 2.0] * 500 + [9.0] * 500), np.array([0, 500, 1_000, 1_500])) > MOVED
    True
    """
    column = pd.Series(values)
    old, new = column.iloc[edges[0] : edges[-2]], column.iloc[edges[-2] : edges[-1]]
    before, now = binned(new, old)
    used = int(((before > 0) | (now > 0)).sum())
    index = psi(before, now)
    return index if index > noise(used, len(old), len(new)) else 0.0


def trend(found: npt.ArrayLike, of: npt.ArrayLike) -> tuple[float, float]:
    """Return the Cochran-Armitage statistic of a share over periods, negative if it falls, and its two-sided p-value.

    Parameters
    ----------
    found, of
        Successes and trials of each period, in order.

    Examples
    --------
    >>> z, p = trend([50, 30, 10], [100, 100, 100])
    >>> z < -6, p < 1e-8
    (True, True)
    >>> trend([0, 0], [5, 5])
    (0.0, 1.0)
    """
    k, n = np.asarray(found, np.float64), np.asarray(of, np.float64)
    total = n.sum()
    share = k.sum() / total if total else 0.0
    when = np.arange(len(n), dtype=np.float64)
    spread = (n * when**2).sum() - (n * when).sum() ** 2 / total if total else 0.0
    variance = share * (1 - share) * spread
    if variance <= 1e-12:
        return 0.0, 1.0
    z = float((when * (k - n * share)).sum() / np.sqrt(variance))
    return z, float(2 * ndtr(-abs(z)))


def adjusted(p_values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return p-values of many rules, raised so that of those below a bound no more than that share is by chance.

    Examples
    --------
    >>> adjusted([0.01, 0.5, 0.02]).round(3).tolist()
    [0.03, 0.5, 0.03]
    """
    p = np.asarray(p_values, np.float64)
    order = np.argsort(p)[::-1]
    raised = np.minimum.accumulate(np.minimum(p[order] * len(p) / np.arange(len(p), 0, -1), 1.0))
    found = np.empty(len(p))
    found[order] = raised
    return found
