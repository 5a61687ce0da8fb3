"""Which ranking of defaults is better, and whether the difference is more than luck.

Several scores are judged on the same rows, with intervals from a bootstrap of whole firms: a firm's rows on several
days are no independent evidence. All subjects see the same resamples, so that the interval of a gain is narrower than
those of its two ends. Defaults by contagion are judged by themselves: other defaults are left out of the ranking then,
neither found nor wrongly found. Who fell by contagion is the caller's truth, which real banks seldom have.

The interval says how much the figures hang on which firms there are. It does not say how the next year will differ,
and firms that fall together make it too narrow.

References
----------
Efron (1979), "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7; percentile intervals.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.errors import PredictionInputError
from credit_graph.prediction.measures import MEASURES, ranking

__all__ = ["compare"]

_Floats = npt.NDArray[np.float64]


def compare(
    label: npt.ArrayLike,
    scores: Mapping[str, npt.ArrayLike],
    firm: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    contagion: npt.ArrayLike | None = None,
    top: float = 0.01,
    resamples: int = 200,
    level: float = 0.95,
) -> pd.DataFrame:
    """Judge several scores on the same rows.

    Parameters
    ----------
    label
        0 or 1, shape (n,).
    scores
        By name of the subject, each of shape (n,); gains are against the first.
    firm
        Whose row it is, shape (n,): firms are resampled as a whole.
    rng
        Draws the resamples.
    contagion
        Which defaults are by contagion, bool of shape (n,); what it says of rows that do not default is not read.
    top
        Share of the rows that precision looks at.
    resamples
        How many, 2 at least.
    level
        Of the intervals, between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        One row for each set of defaults, measure and subject: defaults ("all", and "contagion" if it is given),
        measure, subject, value, low, high, gain, gain_low, gain_high, rows, positives.

    Raises
    ------
    PredictionInputError
        If lengths differ, a label is not 0 or 1, a score or firm is missing, or a number is out of its range.
    NoDefaultsError
        If one of the sets has no defaults, or nothing else.

    Examples
    --------
    >>> scores = {"chance": [0, 0, 0, 0], "model": [0.9, 0.7, 0.4, 0.1]}
    >>> table = compare([1, 0, 1, 0], scores, firm=[0, 1, 2, 3], rng=np.random.default_rng(7))
    >>> table[["measure", "subject", "value", "gain"]].head(2).round(3)
                 measure subject  value   gain
    0  average precision  chance  0.500  0.000
    1  average precision   model  0.833  0.333
    """
    labels = np.atleast_1d(np.asarray(label))
    whose = _checked(labels, scores, firm, top, resamples, level)
    labels = labels.astype(np.float64)
    sets = {"all": np.ones(len(labels), np.bool_)}
    if contagion is not None:
        by_contagion = np.asarray(contagion)
        if by_contagion.dtype != np.bool_ or by_contagion.shape != labels.shape:
            raise PredictionInputError("contagion must say True or False for each row")
        sets["contagion"] = (labels == 0) | by_contagion
    firms = int(whose.max()) + 1
    ranked = {
        (name, subject): (ranking(labels[kept], np.asarray(score)[kept]), kept)
        for name, kept in sets.items()
        for subject, score in scores.items()
    }
    value = {key: one.measured(top) for key, (one, _) in ranked.items()}
    drawn: dict[tuple[str, str], list[Any]] = {key: [] for key in ranked}
    for _ in range(resamples):
        weight = rng.multinomial(firms, np.full(firms, 1 / firms)).astype(np.float64)[whose]
        for key, (one, kept) in ranked.items():
            drawn[key].append(list(one.measured(top, weight[kept]).values()))
    rows = []
    for name, kept in sets.items():
        counts = int(kept.sum()), int(labels[kept].sum())
        rows += _told(
            name, counts, {subject: (value[name, subject], drawn[name, subject]) for subject in scores}, level
        )
    columns = ["defaults", "measure", "subject", "value", "low", "high", "gain", "gain_low", "gain_high"]
    return pd.DataFrame(rows, columns=[*columns, "rows", "positives"])


def _checked(
    labels: npt.NDArray[Any],
    scores: Mapping[str, npt.ArrayLike],
    firm: npt.ArrayLike,
    top: float,
    resamples: int,
    level: float,
) -> npt.NDArray[np.int64]:
    whose = pd.factorize(np.atleast_1d(np.asarray(firm)))[0].astype(np.int64)
    if len(whose) != len(labels):
        raise PredictionInputError(f"firm has {len(whose)} rows and label has {len(labels)}; give one for every row")
    for score in scores.values():
        ranking(labels, score)
    if not scores or (whose < 0).any():
        raise PredictionInputError("give one score or more, and say of each row whose it is")
    if resamples < 2 or not 0 < level < 1 or not 0 < top <= 1:
        raise PredictionInputError(
            f"resamples is {resamples}, level {level} and top {top}; give at least 2, and parts of the whole"
        )
    return whose


def _told(
    name: str, counts: tuple[int, int], of: Mapping[str, tuple[Mapping[str, float], list[Any]]], level: float
) -> list[tuple[Any, ...]]:
    first = next(iter(of))
    told = []
    for place, measure in enumerate(MEASURES):
        base = np.array(of[first][1])[:, place]
        for subject, (value, drawn) in of.items():
            sample = np.array(drawn)[:, place]
            gain = value[measure] - of[first][0][measure]
            within, gained = _interval(sample, level), _interval(sample - base, level)
            told.append((name, measure, subject, value[measure], *within, gain, *gained, *counts))
    return told


def _interval(sample: _Floats, level: float) -> tuple[float, float]:
    known = sample[~np.isnan(sample)]
    if not known.size:
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
