"""Choice of features by information gain: how much knowing a feature's range tells about fraud, in bits.

A numeric feature is cut where the cut tells most about the label, and its parts again, for as long as a cut saves more
bits than it takes to write it down (minimum description length). What the ranges then tell about the label is its gain;
a feature in which no cut pays has none and can be left out. Missing values are a range of their own.

Source: Quinlan, "Induction of Decision Trees", Machine Learning 1, 1986; Fayyad and Irani, "Multi-interval
discretization of continuous-valued attributes for classification learning", IJCAI 1993. A feature is judged alone: one
that only matters together with another looks worthless, and of two that say the same both stay.
"""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["InformationGain", "cuts", "gain"]

Floats = npt.NDArray[np.float64]


_ROUNDING = 1e-12
"""Bits that are next to nothing: without a cut, the two entropies may still differ by them."""


class InformationGain(SelectorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Keeps the features that tell most about the label.

    Parameters
    ----------
    most
        Features to keep at most; None keeps every feature with any gain.

    Attributes
    ----------
    gains_
        Bits that each feature tells, shape (m,).
    cuts_
        The thresholds of each feature: a value up to the first is in the first range, and so on.

    Examples
    --------
    >>> X = np.column_stack([np.arange(200.0), np.arange(200.0) % 3])
    >>> choice = InformationGain().fit(X, X[:, 0] > 120)
    >>> choice.get_support().tolist(), choice.cuts_[0].tolist()
    ([True, False], [120.5])
    """

    def __init__(self, most: int | None = None) -> None:
        self.most = most

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn: a label is needed, NaN allowed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        return tags

    def fit(self, X: Any, y: npt.ArrayLike) -> Self:
        """Measure every feature.

        Parameters
        ----------
        X
            Features, NaN where a value is missing, shape (n, m).
        y
            Labels of two or more classes, shape (n,).
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        check_classification_targets(y)
        self.classes_, label = np.unique(y, return_inverse=True)
        self.cuts_ = [cuts(column, label) for column in X.T]
        self.gains_ = np.array([gain(column, label, found) for column, found in zip(X.T, self.cuts_, strict=True)])
        return self

    def _get_support_mask(self) -> npt.NDArray[np.bool_]:
        check_is_fitted(self)
        kept = np.zeros(len(self.gains_), dtype=np.bool_)
        kept[np.argsort(-self.gains_, kind="stable")[: self.most]] = True
        chosen: npt.NDArray[np.bool_] = kept & (self.gains_ > 0)
        return chosen


def gain(column: Floats, label: npt.NDArray[np.int64], thresholds: Floats) -> float:
    """Return the bits that the ranges of a column tell about a label; missing values are a range of their own.

    Examples
    --------
    >>> gain(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1]), np.array([2.5]))
    1.0
    """
    ranges = np.where(np.isnan(column), len(thresholds) + 1, np.searchsorted(thresholds, column))
    table = _table(ranges, label, len(thresholds) + 2)
    left = float(table.sum(axis=1) @ _entropy(table)) / len(label)
    told = float(_entropy(table.sum(axis=0))) - left
    return told if told > _ROUNDING else 0.0


def cuts(column: Floats, label: npt.NDArray[np.int64]) -> Floats:
    """Return the thresholds at which cutting a column pays, rising.

    Parameters
    ----------
    column
        Values, NaN where missing, shape (n,).
    label
        Class of each row from 0 on, shape (n,).

    Examples
    --------
    >>> cuts(np.arange(60.0), (np.arange(60) // 20 == 1).astype(int)).tolist()
    [19.5, 39.5]
    """
    seen = ~np.isnan(column)
    values, place = np.unique(column[seen], return_inverse=True)
    table = np.vstack([np.zeros(label.max() + 1), np.cumsum(_table(place, label[seen], len(values)), axis=0)])
    found: list[float] = []
    waiting = [(0, len(values))]
    while waiting:
        start, end = waiting.pop()
        at = _best(table, start, end)
        if at is not None:
            found.append(float(values[at] / 2 + values[at + 1] / 2))
            waiting += [(start, at + 1), (at + 1, end)]
    return np.sort(np.array(found, dtype=np.float64))


def _table(place: npt.NDArray[np.int64], label: npt.NDArray[np.int64], places: int) -> Floats:
    """Count the rows of each class at each place, shape (places, classes)."""
    classes = int(label.max()) + 1
    counts = np.bincount(place * classes + label, minlength=places * classes)
    return counts.reshape(places, classes).astype(np.float64)


def _best(table: Floats, start: int, end: int) -> int | None:
    """Return after which of the distinct values start to end - 1 a cut tells most; None if it does not pay.

    `table` holds in row i how many rows of each class have one of the first i values.
    """
    if end - start < 2:
        return None
    left, whole = table[start + 1 : end] - table[start], table[end] - table[start]
    right = whole - left
    total = whole.sum()
    rest = (left.sum(axis=1) * _entropy(left) + right.sum(axis=1) * _entropy(right)) / total
    at = int(rest.argmin())
    bits = float(_entropy(whole))
    kinds, *sides = (int((counts > 0).sum()) for counts in (whole, left[at], right[at]))
    spent = sides[0] * float(_entropy(left[at])) + sides[1] * float(_entropy(right[at]))
    extra = np.log2(3.0**kinds - 2.0) - (kinds * bits - spent)
    return start + at if bits - rest[at] > (np.log2(total - 1.0) + extra) / total else None


def _entropy(counts: Floats) -> Floats:
    """Return the bits that the class of a row costs, for counts of classes along the last axis; 0 for no rows."""
    total = counts.sum(axis=-1, keepdims=True)
    share = np.divide(counts, total, out=np.zeros(np.shape(counts)), where=total > 0)
    bits: Floats = -(share * np.log2(share, out=np.zeros(share.shape), where=share > 0)).sum(axis=-1)
    return bits
