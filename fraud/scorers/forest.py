"""A random forest: many trees, each grown on chance, and their votes.

Trees with random splits, averaged, overlook less than boosting when frauds are few, and err differently. Two kinds:
extremely randomised trees, which draw their thresholds, and Breiman's forest, which draws the rows.

Source: Breiman, "Random Forests", Machine Learning 45, 2001; Geurts, Ernst and Wehenkel, "Extremely randomized trees",
Machine Learning 63, 2006. Both are grown by scikit-learn; as a `TreeTable` a row takes microseconds, not milliseconds.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from fraud.scorers.classifier import LogOddsClassifier, split_weight
from fraud.scorers.tree_reading import of_forest
from fraud.scorers.tree_table import TreeTable

__all__ = ["RandomForest"]

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


class RandomForest(LogOddsClassifier):
    """Log-odds of the votes of random trees.

    Parameters
    ----------
    n_trees
        Number of trees.
    chance
        "thresholds" for extremely randomised trees, "rows" for Breiman's forest.
    features
        Share of the columns that a split may choose from.
    min_samples_leaf
        Fewest rows of a leaf.
    n_jobs
        Threads that grow the trees; None is one. The result is the same for any number.
    random_state
        Seed of the chance.

    Attributes
    ----------
    trees_
        The trees; a leaf is the share of frauds in it.
    voter_
        The base rate: one more voter, who knows it alone, keeps the log-odds finite where all trees agree.
    shift_
        Log-odds that the weights of the rows add.

    Examples
    --------
    >>> X = np.column_stack([np.arange(400) % 7, np.arange(400) % 2])
    >>> odds = RandomForest(n_trees=20).fit(X, X[:, 0] == 3).decision_function(X)
    >>> bool(odds[X[:, 0] == 3].min() > odds[X[:, 0] != 3].max()), odds.shape
    (True, (400,))
    """

    trees_: TreeTable
    voter_: float
    shift_: float

    def __init__(
        self,
        *,
        n_trees: int = 100,
        chance: Literal["thresholds", "rows"] = "thresholds",
        features: float = 0.1,
        min_samples_leaf: int = 1,
        n_jobs: int | None = None,
        random_state: int | None = 0,
    ) -> None:
        self.n_trees = n_trees
        self.chance = chance
        self.features = features
        self.min_samples_leaf = min_samples_leaf
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _learn(self, X: Floats, y: Labels, weight: Floats) -> None:
        counted, self.shift_ = split_weight(y, weight)
        family = ExtraTreesClassifier if self.chance == "thresholds" else RandomForestClassifier
        forest = family(
            self.n_trees,
            max_features=self.features,
            min_samples_leaf=self.min_samples_leaf,
            n_jobs=self.n_jobs,
            random_state=self.random_state,
        )
        self.trees_ = of_forest(forest.fit(X, y, counted))
        total = np.ones(len(y)) if counted is None else counted
        self.voter_ = float(total @ y / total.sum())

    def _odds(self, X: Floats) -> Floats:
        return self.odds_of(self.trees_.sums(X))

    def odds_of(self, votes: Floats) -> Floats:
        """Return the log-odds that sums of votes become, in the shape of `votes`."""
        fraud = votes + self.voter_
        odds: Floats = np.log(fraud) - np.log(len(self.trees_.roots) + 1.0 - fraud) + self.shift_
        return odds
