"""The isolation forest as a member of a blend: how few random cuts set a payment apart, as log-odds of fraud.

The forest never sees a label, so it neither knows old frauds nor can it be blinded by them. Labels only say afterwards
what its measure is worth: a logistic regression with a weight of zero or more turns the mean length of the search into
log-odds. `RulesAndIsolation` is the scorer for tables without labels.

Source: Liu, Ting and Zhou, "Isolation Forest", ICDM 2008. It adds little where features are many and the unusual is
mostly honest.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import IsolationForest

from fraud.scorers.classifier import LogOddsClassifier
from fraud.scorers.logistic import nonnegative_logistic
from fraud.scorers.tree_reading import of_isolation_forest
from fraud.scorers.tree_table import TreeTable

__all__ = ["Unusualness"]

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

_STRENGTH = 10.0


class Unusualness(LogOddsClassifier):
    """Log-odds of fraud from the isolation forest's measure alone.

    Parameters
    ----------
    n_trees, max_samples
        Number of trees, and rows that each one sees.
    random_state
        Seed of the forest.

    Attributes
    ----------
    trees_
        The trees; a leaf is the length of the search that ends there.
    slope_, base_
        Log-odds = base - slope x sum of the lengths over all trees.

    Examples
    --------
    >>> X = np.r_[np.zeros(98), 9.0, 9.0].reshape(-1, 1)
    >>> odds = Unusualness().fit(X, X[:, 0] > 5).decision_function(X)
    >>> bool(odds[99] > odds[0])
    True
    """

    trees_: TreeTable
    slope_: float
    base_: float

    def __init__(self, *, n_trees: int = 100, max_samples: int = 256, random_state: int | None = 0) -> None:
        self.n_trees = n_trees
        self.max_samples = max_samples
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn: it learns what is unusual, not the label."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags

    def _learn(self, X: Floats, y: Labels, weight: Floats) -> None:
        forest = IsolationForest(
            n_estimators=self.n_trees, max_samples=min(self.max_samples, len(X)), random_state=self.random_state
        )
        self.trees_ = of_isolation_forest(forest.fit(X))
        shortness = -self.trees_.sums(X) / self.n_trees
        (slope,), self.base_ = nonnegative_logistic(shortness[:, np.newaxis], y, weight, _STRENGTH)
        self.slope_ = float(slope) / self.n_trees

    def _odds(self, X: Floats) -> Floats:
        return self.base_ - self.slope_ * self.trees_.sums(X)
