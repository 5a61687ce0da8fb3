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

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from fraud.scorers.classifier import LogOddsClassifier
from fraud.scorers.log_odds import linear
from fraud.scorers.logistic import nonnegative_logistic

__all__ = ["RuleScorecard"]

Floats = npt.NDArray[np.float64]


class RuleScorecard(LogOddsClassifier):
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

    weights_: Floats
    intercept_: float

    def __init__(self, strength: float = 1.0) -> None:
        self.strength = strength

    def _learn(self, X: Floats, y: npt.NDArray[np.int64], weight: Floats) -> None:
        hits, label, total = _patterns(X > 0, y, weight)
        self.weights_, self.intercept_ = nonnegative_logistic(hits, label, total, self.strength)

    def _odds(self, X: Floats) -> Floats:
        return linear(X > 0, self.weights_, self.intercept_)


def _patterns(
    hits: npt.NDArray[np.bool_], label: npt.NDArray[np.int64], weight: Floats
) -> tuple[csr_array, npt.NDArray[np.int64], Floats]:
    """Merge rows with the same hits and label into one of their total weight."""
    rows = np.column_stack([label.astype(np.bool_), hits])
    packed = np.ascontiguousarray(np.packbits(rows, axis=1))
    keys = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    total = np.bincount(group, weights=weight).astype(np.float64)
    return csr_array(rows[first, 1:].astype(np.float64)), rows[first, 0].astype(np.int64), total
