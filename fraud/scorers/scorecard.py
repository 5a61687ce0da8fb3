"""A scorecard of rules: points for each rule that hits, learnt from past hits and labels.

Expert rules say what is suspicious, not how much. Logistic regression with an L2 penalty on the 0/1 matrix of
hits gives every rule its weight of evidence in log-odds, so that ten overlapping rules do not count tenfold
and a rare rule is believed carefully. No weight is negative: a hit never speaks for the customer. Equal
patterns of hits are counted once with their weight, which is exact and makes a million rows as cheap as their
few thousand patterns.

Source: Good, "Probability and the Weighing of Evidence", 1950; Thomas, Edelman and Crook, "Credit Scoring and
Its Applications", 2002. It fails where no rule looks: transactions without a hit all get the same
probability.
"""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from fraud.scorers.log_odds import linear, probability
from fraud.scorers.logistic import nonnegative_logistic
from fraud.scorers.target import binary_target

__all__ = ["RuleScorecard"]

Floats = npt.NDArray[np.float64]


class RuleScorecard(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Points for each rule that hits, by logistic regression with weights of zero or more.

    A number above zero is a hit; zero, less, and NaN (the rule could not be evaluated) are none.

    Parameters
    ----------
    strength
        scikit-learn's C: the smaller it is, the less a rule with few examples is believed.

    Attributes
    ----------
    classes_
        The two labels; the second is fraud.
    weights_
        Log-odds that a hit adds, shape (rules,), none negative.
    intercept_
        Log-odds of a transaction without any hit.

    Examples
    --------
    >>> hits = np.array([[1, 0], [1, 1], [0, 1], [0, 1], [0, 0], [0, 0]])
    >>> card = RuleScorecard().fit(hits, [1, 1, 0, 0, 0, 0])
    >>> bool(card.weights_[0] > 1), round(float(card.weights_[1]), 6)
    (True, 0.0)
    """

    def __init__(self, strength: float = 1.0) -> None:
        self.strength = strength

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn: two classes, NaN allowed."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: Any, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Learn the points.

        Parameters
        ----------
        X
            Hits, one column for each rule, shape (n, rules).
        y
            1 for fraud, 0 else, shape (n,).
        sample_weight
            How many transactions each row stands for, shape (n,).

        Raises
        ------
        OneClassError
            If all rows have the same label.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        self.classes_, encoded = binary_target(y, weight)
        hits, label, total = _patterns(X > 0, encoded, weight)
        self.weights_, self.intercept_ = nonnegative_logistic(hits, label, total, self.strength)
        return self

    def decision_function(self, X: Any) -> Floats:
        """Return the log-odds of fraud, shape (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return linear(X > 0, self.weights_, self.intercept_)

    def predict_proba(self, X: Any) -> Floats:
        """Return the probabilities of the two classes, shape (n, 2)."""
        fraud = probability(self.decision_function(X))
        return np.column_stack([1.0 - fraud, fraud])

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the likelier class of each row, shape (n,)."""
        is_fraud = self.decision_function(X) > 0
        likelier: npt.NDArray[Any] = self.classes_[is_fraud.astype(np.int64)]
        return likelier


def _patterns(
    hits: npt.NDArray[np.bool_], label: npt.NDArray[np.int64], weight: Floats
) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
    """Merge rows with the same hits and label into one of their total weight."""
    counted = weight > 0
    rows = np.column_stack([label[counted].astype(np.bool_), hits[counted]])
    packed = np.ascontiguousarray(np.packbits(rows, axis=1))
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    total = np.bincount(group, weights=weight[counted]).astype(np.float64)
    merged: Floats = rows[first, 1:].astype(np.float64)
    return merged, rows[first, 0].astype(np.int64), total
