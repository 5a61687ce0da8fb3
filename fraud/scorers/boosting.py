"""Gradient boosting: each tree sharpens what the earlier ones left open.

LightGBM grows the trees where the extra `fraud` is installed, scikit-learn where it is not; either way they become a
`TreeTable`, so that scoring, storing and explaining need neither. Frauds are few and of many kinds: small shares of the
columns for each split, small steps, and no early stopping, which would need a part of the frauds.

Source: Friedman, "Greedy function approximation", Annals of Statistics 29, 2001; Ke et al., "LightGBM", NIPS 2017. It
fails where frauds of a new kind look like nothing that was learnt: leaves say nothing about what lies between them.
"""

import importlib
import importlib.util
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from fraud.errors import ExtraMissingError
from fraud.scorers.classifier import LogOddsClassifier, split_weight
from fraud.scorers.tree_reading import of_histogram_boosting, of_lightgbm
from fraud.scorers.tree_table import TreeTable

__all__ = ["GradientBoosting"]

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


class GradientBoosting(LogOddsClassifier):
    """Boosted trees of LightGBM or scikit-learn.

    Parameters
    ----------
    n_trees, learning_rate, max_leaf_nodes, min_samples_leaf
        Number, weight, size and finest leaf of the trees.
    features
        Share of the columns that a split may choose from.
    l2_regularization
        What holds back leaves with little evidence: with one fraud in a thousand rows a pure leaf has next to no
        curvature, and without this its step would be in the hundreds.
    library
        "lightgbm", "scikit-learn", or "any": LightGBM where it is installed.
    n_jobs
        Threads that grow the trees; None is one. The result is the same for any number.
    random_state
        Seed of the columns that each split sees.

    Attributes
    ----------
    trees_
        The trees; `base_` is added to the sum of their leaves.

    Examples
    --------
    >>> X = np.column_stack([np.arange(400) % 7, np.arange(400) % 2])
    >>> odds = GradientBoosting(n_trees=20, library="scikit-learn").fit(X, X[:, 0] == 3).decision_function(X)
    >>> bool(odds[X[:, 0] == 3].min() > odds[X[:, 0] != 3].max()), odds.shape
    (True, (400,))
    """

    trees_: TreeTable
    base_: float

    def __init__(
        self,
        *,
        n_trees: int = 150,
        learning_rate: float = 0.06,
        max_leaf_nodes: int = 31,
        min_samples_leaf: int = 8,
        features: float = 0.2,
        l2_regularization: float = 3.0,
        library: Literal["any", "lightgbm", "scikit-learn"] = "any",
        n_jobs: int | None = None,
        random_state: int | None = 0,
    ) -> None:
        self.n_trees = n_trees
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.features = features
        self.l2_regularization = l2_regularization
        self.library = library
        self.n_jobs = n_jobs
        self.random_state = random_state

    def _learn(self, X: Floats, y: Labels, weight: Floats) -> None:
        counted, shift = split_weight(y, weight)
        uses_lightgbm = self.library == "lightgbm" or (self.library == "any" and _has_lightgbm())
        self.trees_, base = (self._by_lightgbm if uses_lightgbm else self._by_scikit_learn)(X, y, counted)
        self.base_ = base + shift

    def _by_scikit_learn(self, X: Floats, y: Labels, weight: Floats | None) -> tuple[TreeTable, float]:
        filled = np.flatnonzero(~np.isnan(X).all(axis=0))  # it cannot take a column without any value
        model = HistGradientBoostingClassifier(
            learning_rate=self.learning_rate,
            max_iter=self.n_trees,
            max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=self.min_samples_leaf,
            max_features=self.features,
            l2_regularization=self.l2_regularization,
            early_stopping=False,
            random_state=self.random_state,
        )
        with threadpool_limits(limits=self.n_jobs or 1):
            table, base = of_histogram_boosting(model.fit(X[:, filled], y, weight))
        return table.with_columns(filled), base

    def _by_lightgbm(self, X: Floats, y: Labels, weight: Floats | None) -> tuple[TreeTable, float]:
        if not _has_lightgbm():
            raise ExtraMissingError("LightGBM is not installed: pip install -e '.[fraud]', or library='scikit-learn'.")
        lightgbm: Any = importlib.import_module("lightgbm")  # takes a while, and most commands never need it
        settings = {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.max_leaf_nodes,
            "min_data_in_leaf": self.min_samples_leaf,
            "min_sum_hessian_in_leaf": 1e-3,
            "feature_fraction_bynode": self.features,
            "lambda_l2": self.l2_regularization,
            "seed": 0 if self.random_state is None else self.random_state,
            "num_threads": self.n_jobs or 1,
            "deterministic": True,
            "force_row_wise": True,
            "verbosity": -1,
        }
        learnt = lightgbm.Dataset(X, y, weight=weight, params={"verbosity": -1}, free_raw_data=False)
        return of_lightgbm(lightgbm.train(settings, learnt, self.n_trees).model_to_string()), 0.0

    def _odds(self, X: Floats) -> Floats:
        return self.base_ + self.trees_.sums(X)


def _has_lightgbm() -> bool:
    return importlib.util.find_spec("lightgbm") is not None
