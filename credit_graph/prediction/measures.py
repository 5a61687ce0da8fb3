"""How well a ranking finds defaults: average precision, area under the curve, precision at the top.

Equal scores are one step: a constant score gets what chance gets, and the order of the rows changes nothing. A row may
count several times or not at all (`Ranking.measured`), which is what a bootstrap needs. Average precision and AUC are
those of scikit-learn's `average_precision_score` and `roc_auc_score`. They are blind to the level of the scores: a
model that says 80 % where 8 % is right gets the same marks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from credit_graph.errors import NoDefaultsError, PredictionInputError

__all__ = ["MEASURES", "Ranking", "area_under_curve", "average_precision", "precision_at", "ranking"]

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Rows ordered once, the highest score first, to be measured under many weights.

    Parameters
    ----------
    order
        Rows by falling score, int64 of shape (n,).
    ends
        Where each step of equal scores ends in this order.
    labels
        0 or 1 in this order, float64 of shape (n,).
    """

    order: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    labels: Floats

    def measured(self, top: float = 0.01, weight: Floats | None = None) -> Mapping[str, float]:
        """Return all three measures by name; NaN if the weights leave no default, or nothing else."""
        counted = np.ones(len(self.labels)) if weight is None else weight[self.order]
        rows, hits = np.cumsum(counted)[self.ends], np.cumsum(counted * self.labels)[self.ends]
        if not 0 < hits[-1] < rows[-1]:
            return dict.fromkeys(_MEASURES, np.nan)
        return {name: measure(rows, hits, top) for name, measure in _MEASURES.items()}


def ranking(label: npt.ArrayLike, score: npt.ArrayLike) -> Ranking:
    """Check and order rows.

    Raises
    ------
    PredictionInputError, NoDefaultsError
        As `average_precision`.

    Examples
    --------
    >>> ranking([0, 1, 1], [0.2, 0.9, 0.2]).order.tolist()
    [1, 0, 2]
    """
    labels, scores = _numbers("label", label), _numbers("score", score)
    if labels.ndim != 1 or labels.shape != scores.shape:
        raise PredictionInputError(
            f"label and score have the shapes {labels.shape} and {scores.shape}; give one of each for every row"
        )
    strange = ~np.isin(labels, (0.0, 1.0))
    if strange.any():
        raise PredictionInputError(f"label of row {strange.argmax()} is {labels[strange.argmax()]}; give 0 or 1")
    if np.isnan(scores).any():
        raise PredictionInputError(f"score of row {np.isnan(scores).argmax()} is missing; give a number")
    if not 0 < labels.sum() < len(labels):
        raise NoDefaultsError(
            f"{int(labels.sum())} of the {len(labels)} rows default; a ranking is judged by those who do and who do not"
        )
    order = np.argsort(-scores, kind="stable")
    fell = scores[order]
    return Ranking(order, np.append(np.flatnonzero(fell[1:] != fell[:-1]), len(fell) - 1), labels[order])


def average_precision(label: npt.ArrayLike, score: npt.ArrayLike) -> float:
    """Return the mean of the precision at each step, weighted by the gain in recall.

    Parameters
    ----------
    label
        0 or 1, shape (n,).
    score
        Any number that grows with the risk, shape (n,).

    Raises
    ------
    PredictionInputError
        If the two differ in length, a label is not 0 or 1, or a score is missing.
    NoDefaultsError
        If no label is 1, or none is 0.

    Examples
    --------
    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    return ranking(label, score).measured()["average precision"]


def area_under_curve(label: npt.ArrayLike, score: npt.ArrayLike) -> float:
    """Return how often a firm that defaults stands above one that does not; equal scores count half.

    Raises
    ------
    PredictionInputError, NoDefaultsError
        As `average_precision`.

    Examples
    --------
    >>> area_under_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), area_under_curve([0, 1], [7, 7])
    (0.75, 0.5)
    """
    return ranking(label, score).measured()["AUC"]


def precision_at(label: npt.ArrayLike, score: npt.ArrayLike, share: float = 0.01) -> float:
    """Return how many of the highest rows default: floor(share x n) of them, but at least one.

    Where equal scores straddle the edge, the expected value over all their orders.

    Raises
    ------
    PredictionInputError, NoDefaultsError
        As `average_precision`, or if the share is not above 0 and at most 1.

    Examples
    --------
    >>> precision_at([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], share=0.5), precision_at([1, 0, 0, 0], [1, 1, 1, 1])
    (0.5, 0.25)
    """
    if not 0 < share <= 1:
        raise PredictionInputError(f"share is {share}; give a part of the rows above 0 and at most 1")
    return ranking(label, score).measured(share)["precision at the top"]


def _numbers(name: str, values: npt.ArrayLike) -> Floats:
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise PredictionInputError(f"{name} holds something that is not a number; give numbers") from None


def _average_precision(rows: Floats, hits: Floats, _: float) -> float:
    precision = np.divide(hits, rows, out=np.zeros_like(hits), where=rows > 0)
    return float(np.sum(np.diff(hits, prepend=0.0) * precision) / hits[-1])


def _area(rows: Floats, hits: Floats, _: float) -> float:
    misses = rows - hits
    above, here = np.append(0.0, hits[:-1]), np.diff(hits, prepend=0.0)
    return float(np.sum(np.diff(misses, prepend=0.0) * (above + here / 2)) / (hits[-1] * misses[-1]))


def _precision(rows: Floats, hits: Floats, top: float) -> float:
    # a product within a millionth of a whole number is that number: 0.29 of 100 rows are 29
    looked_at = max(1.0, np.floor(top * rows[-1] + 1e-6))
    return float(np.interp(looked_at, np.append(0.0, rows), np.append(0.0, hits)) / looked_at)


_MEASURES = MappingProxyType(
    {"average precision": _average_precision, "AUC": _area, "precision at the top": _precision}
)
MEASURES = tuple(_MEASURES)
"""Names of the measures."""
