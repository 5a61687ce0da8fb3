"""Curves of a score: precision over recall, and what each alert budget finds.

Tables for pictures: thinned to a few hundred points at equal ratios, because the interesting part of a fraud
score is its first per mille. Numbers to be quoted come from `fraud.metrics`, never from a picture.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from fraud.ranking import checked, checked_amounts, ranked, within

__all__ = ["budget_curve_frame", "precision_recall_curve_frame"]


def precision_recall_curve_frame(label: npt.ArrayLike, score: npt.ArrayLike, points: int = 500) -> pd.DataFrame:
    """Return precision and recall at each threshold, or at about `points` of them.

    Parameters
    ----------
    label
        0 or 1, shape (n,).
    score
        Any number that grows with suspicion, shape (n,).
    points
        Largest number of rows of the result.

    Returns
    -------
    pandas.DataFrame
        Columns threshold, precision, recall (float64), threshold falling and recall rising.

    Raises
    ------
    MetricInputError, NoFraudError
        As `fraud.ranking.checked`.

    Examples
    --------
    >>> precision_recall_curve_frame([1, 0, 1], [0.9, 0.8, 0.7])["precision"].round(2).tolist()
    [1.0, 0.5, 0.67]
    """
    ranking = ranked(*checked(label, score))
    groups = ranking.score.size
    kept = np.unique(np.geomspace(1, groups, min(points, 20 * groups)).round().astype(np.int64)) - 1
    precision, recall = ranking.frauds / ranking.alerts, ranking.frauds / ranking.frauds[-1]
    return pd.DataFrame({"threshold": ranking.score[kept], "precision": precision[kept], "recall": recall[kept]})


def budget_curve_frame(
    label: npt.ArrayLike, score: npt.ArrayLike, amount_fen: npt.ArrayLike, points: int = 200
) -> pd.DataFrame:
    """Return what each alert budget finds, from one alert to all rows.

    Parameters
    ----------
    label, score
        As `precision_recall_curve_frame`.
    amount_fen
        Amount of each transaction in fen, shape (n,).
    points
        Largest number of rows of the result.

    Returns
    -------
    pandas.DataFrame
        Columns alert_rate, recall, value_detected (float64, shares from 0 to 1), all rising.

    Raises
    ------
    MetricInputError, NoFraudError
        As `fraud.ranking.checked` and `fraud.ranking.checked_amounts`.

    Examples
    --------
    >>> budget_curve_frame([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], [300, 50, 100, 50])["recall"].tolist()
    [0.5, 0.5, 1.0, 1.0]
    """
    labels, scores = checked(label, score)
    ranking = ranked(labels, scores, checked_amounts(amount_fen, labels))
    alerts = np.unique(np.geomspace(1, labels.size, min(points, 20 * labels.size)).round())
    return pd.DataFrame(
        {
            "alert_rate": alerts / labels.size,
            "recall": within(ranking, ranking.frauds, alerts) / ranking.frauds[-1],
            "value_detected": within(ranking, ranking.value, alerts) / ranking.value[-1],
        }
    )
