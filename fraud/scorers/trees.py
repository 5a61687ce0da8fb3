"""Two families of trees, averaged: gradient boosting and extremely randomised trees.

Boosting sharpens what earlier trees left open and is best when frauds are many; trees with random splits, averaged,
overlook less when they are few. Their errors differ, so that the mean of their log-odds finds more than either, on
small samples and on large ones. Frauds are few and of many kinds, hence small shares of the columns for each split.
No early stopping: it would need a part of the frauds.

After Friedman, "Greedy function approximation", Annals of Statistics 29, 2001; Geurts, Ernst and Wehenkel, "Extremely
randomized trees", Machine Learning 63, 2006. Both are scikit-learn's. Not to be used where an answer must come within a
millisecond: scikit-learn takes several for one row.
"""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

__all__ = ["BoostedAndRandomTrees"]

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


class BoostedAndRandomTrees(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Mean log-odds of gradient boosting and extremely randomised trees; a part of `RulesAndTrees`.

    Parameters
    ----------
    n_trees
        Number of trees of each family.
    learning_rate, max_leaf_nodes, min_samples_leaf, boosting_features, l2_regularization
        Weight, size and finest leaf of the boosted trees, the share of the columns that a split may choose from, and
        what holds back leaves with little evidence: with one fraud in a thousand rows a pure leaf has next to no
        curvature, and without this its step would be in the hundreds.
    forest_features
        Share of the columns that a split of the random trees may choose from.
    n_jobs
        How many threads grow the random trees; the result is the same for any number.
    random_state
        Seed of both.

    Attributes
    ----------
    boosting_, forest_
        The fitted models.

    Examples
    --------
    >>> X = np.column_stack([np.arange(400) % 7, np.arange(400) % 2])
    >>> y = (X[:, 0] == 3).astype(int)
    >>> odds = BoostedAndRandomTrees(n_trees=20).fit(X, y, np.ones(400)).decision_function(X)
    >>> bool(odds[y == 1].min() > odds[y == 0].max()), odds.shape
    (True, (400,))
    """

    def __init__(
        self,
        *,
        n_trees: int = 100,
        learning_rate: float = 0.06,
        max_leaf_nodes: int = 31,
        min_samples_leaf: int = 20,
        boosting_features: float = 0.2,
        l2_regularization: float = 3.0,
        forest_features: float = 0.3,
        n_jobs: int | None = None,
        random_state: int | None = 0,
    ) -> None:
        self.n_trees = n_trees
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.boosting_features = boosting_features
        self.l2_regularization = l2_regularization
        self.forest_features = forest_features
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: Floats, y: Labels, sample_weight: Floats) -> Self:
        """Grow the trees.

        Parameters
        ----------
        X
            Features, NaN where a value is missing, float64 of shape (n, m); no column may be empty.
        y
            0 and 1, shape (n,), both present.
        sample_weight
            How many rows each stands for, shape (n,), above 0.
        """
        weight, self._shift = _split_weight(y, sample_weight)
        self.boosting_ = HistGradientBoostingClassifier(
            learning_rate=self.learning_rate,
            max_iter=self.n_trees,
            max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=self.min_samples_leaf,
            max_features=self.boosting_features,
            l2_regularization=self.l2_regularization,
            early_stopping=False,
            random_state=self.random_state,
        ).fit(X, y, weight)
        self.forest_ = ExtraTreesClassifier(
            self.n_trees, max_features=self.forest_features, n_jobs=self.n_jobs, random_state=self.random_state
        ).fit(X, y, weight)
        self.forest_.n_jobs = None  # threads that add up a sum race, and its last bits would be chance
        counted = np.ones(len(y)) if weight is None else weight
        self._base = float(counted @ y / counted.sum())
        return self

    def decision_function(self, X: Floats) -> Floats:
        """Return the log-odds of fraud, shape (n,)."""
        odds: Floats = (self._boosted(X) + self._voted(X)) / 2.0 + self._shift
        return odds

    def _boosted(self, X: Floats) -> Floats:
        odds: Floats = self.boosting_.decision_function(np.asfortranarray(X))
        return odds

    def _voted(self, X: Floats) -> Floats:
        # One more voter, who knows the base rate only, keeps the log-odds finite where all trees agree.
        votes = self.n_trees * self.forest_.predict_proba(X) + [1.0 - self._base, self._base]
        odds: Floats = np.log(votes[:, 1]) - np.log(votes[:, 0])
        return odds


def _split_weight(y: Labels, weight: Floats) -> tuple[Any, float]:
    """Turn weights that are constant in each class into a shift of the log-odds, which is exact for thinned rows.

    scikit-learn's boosting sorts every column once for each of 254 quantiles when rows have weights: minutes, not
    seconds.
    """
    legitimate, fraud = weight[y == 0], weight[y == 1]
    if np.ptp(legitimate) == 0 and np.ptp(fraud) == 0:
        return None, float(np.log(fraud[0]) - np.log(legitimate[0]))
    return weight, 0.0
