"""Who defaults next, and how much of it is contagion: gradient boosting on a firm and on its guarantees.

Two steps. A model of the firm alone gives every firm a chance of default; for training rows it comes from models that
have not seen the firm (cross-fitting), or the second step would trust it too much. From these chances follow the
expected calls; a second model reads the firm, its network and the calls. Where the sign is known (more calls, more
defaults around) the model may not learn the opposite: with some hundred defaults it would, by chance.

The same model read without any guarantees says how much is contagion, see `credit_graph.prediction.chances`.
Not to be used with a few dozen defaults to learn from, nor on firms of another kind than those learnt from.

References
----------
Friedman (2001), "Greedy function approximation", Annals of Statistics 29; scikit-learn's HistGradientBoosting.
Chernozhukov et al. (2018), "Double/debiased machine learning", Econometrics Journal 21, for cross-fitting.
"""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from credit_graph.errors import NoDefaultsError, PredictionInputError
from credit_graph.prediction.chances import Prediction
from credit_graph.prediction.features import (
    HALF_LIFE_DAYS,
    Day,
    call_features,
    day_of_history,
    network_features,
    own_features,
)
from credit_graph.prediction.history import History

__all__ = ["DefaultRanker", "Prediction"]

Floats = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_FEW = 50_000
"""Rows up to which one thread is enough: several wait for each other at every split, and burn the processor for it."""

_FALLEN = ("defaulted", "recent")
_RISING = {
    *(f"{partners}{hops}_{what}" for partners in ("borrowers", "guarantors") for hops in ("", "2") for what in _FALLEN),
    *("called_over_buffer", "recent_calls_over_buffer", "expected_calls_over_buffer", "cascade_calls_over_buffer"),
    *("expected_hits", "chance_alone", "cascade_chance"),
}


class DefaultRanker(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Model of who defaults within the horizon of the rows that it learns from.

    Parameters
    ----------
    n_trees, learning_rate, max_leaf_nodes, min_samples_leaf, l2_regularization, max_features
        As scikit-learn's HistGradientBoostingClassifier has them; for some hundred defaults.
    n_models
        How many models of the whole are averaged.
    n_folds
        How many parts of the firms there are for the models of the firm alone; 2 or more.
    half_life_days
        After how many days a default around a firm weighs half.
    random_state
        Seed; the same one gives the same bits for any number of threads.

    Attributes
    ----------
    columns_
        Names of the features of the whole model.
    own_models_, models_
        The fitted models.
    kinds_
        Kinds of parties learnt from; others have no chance of default.

    Examples
    --------
    See `tests/credit_graph/test_prediction_laws.py` for a province in which it is fitted and judged:

    >>> DefaultRanker(n_trees=50).n_trees
    50
    """

    def __init__(
        self,
        *,
        n_trees: int = 120,
        learning_rate: float = 0.05,
        max_leaf_nodes: int = 8,
        min_samples_leaf: int = 40,
        l2_regularization: float = 5.0,
        max_features: float = 0.3,
        n_models: int = 3,
        n_folds: int = 5,
        half_life_days: float = HALF_LIFE_DAYS,
        random_state: int = 0,
    ) -> None:
        self.n_trees = n_trees
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.max_features = max_features
        self.n_models = n_models
        self.n_folds = n_folds
        self.half_life_days = half_life_days
        self.random_state = random_state

    def fit(self, history: History, rows: pd.DataFrame) -> Self:
        """Learn from the training rows of `credit_graph.prediction.panel.time_split`.

        Parameters
        ----------
        history
            What is known. Of each row only what was known on its day is read, and its label.
        rows
            party, day and label, see `credit_graph.prediction.panel.panel`.

        Raises
        ------
        NoDefaultsError
            If a part of the firms has no default to learn from, or nothing else.
        PredictionInputError
            If rows are not those of a panel, the history has no own features, or a number of models is too small.
        """
        party, label = _checked(history, rows), _labels(rows)
        if self.n_folds < 2 or self.n_models < 1:
            raise PredictionInputError(f"n_folds is {self.n_folds} and n_models {self.n_models}; give 2 and 1 at least")
        self.kinds_ = sorted(set(history.kind[party]))
        rng = np.random.default_rng(self.random_state)
        fold_of = rng.integers(0, self.n_folds, history.n)
        own = _by_day(history, rows, own_features)
        self.own_models_ = []
        for fold in range(self.n_folds):
            others = fold_of[party] != fold
            self.own_models_.append(self._grown(own[others], label[others], fold))
        table = self._table(history, rows, fold_of)
        self.columns_ = list(table.columns)
        self.models_ = [self._grown(table, label, number) for number in range(self.n_models)]
        return self

    def predict(self, history: History, rows: pd.DataFrame) -> Prediction:
        """Return the chances of rows, with both baselines and the counterfactual; labels are not read.

        Parameters
        ----------
        history
            What is known; may be longer or larger than the one learnt from, with the same own features.
        rows
            party and day, see `credit_graph.prediction.panel.candidates`.

        Raises
        ------
        PredictionInputError
            If rows are not those of a panel, or the own features are others than those learnt from.
        """
        if not hasattr(self, "models_"):
            raise PredictionInputError("the ranker has not learnt yet; call fit with the rows to learn from first")
        _checked(history, rows)
        table, bare = self._table(history, rows), self._table(history.without_guarantees(), rows)
        if list(table.columns) != self.columns_:
            learnt = ", ".join(name.removeprefix("own_") for name in self.columns_ if name.startswith("own_"))
            raise PredictionInputError(f"own is {', '.join(history.own_names)}; learnt from were {learnt}")
        return Prediction(
            chance=_mean_chance(self.models_, table),
            own_chance=table["chance_alone"].to_numpy(),
            cascade_chance=table["cascade_chance"].to_numpy(),
            unexposed_chance=_mean_chance(self.models_, bare),
        )

    def predict_proba(self, history: History, rows: pd.DataFrame) -> Floats:
        """Return the chances of no default and of default, shape (n, 2); see `predict`."""
        chance = self.predict(history, rows).chance
        return np.column_stack([1 - chance, chance])

    def _table(self, history: History, rows: pd.DataFrame, fold_of: Int64 | None = None) -> pd.DataFrame:
        """Return all features; chances of those learnt from come from the model that has not seen them."""
        learnt = np.isin(history.kind, self.kinds_)

        def of_day(day: Day) -> pd.DataFrame:
            own = own_features(day)
            each = np.array([_mean_chance([model], own) for model in self.own_models_])
            chance = each.mean(axis=0) if fold_of is None else each[fold_of, np.arange(day.n)]
            calls = call_features(day, np.where(learnt, chance, 0.0), self.half_life_days)
            return pd.concat([own, network_features(day, self.half_life_days), calls], axis=1)

        return _by_day(history, rows, of_day)

    def _grown(self, table: pd.DataFrame, label: Int64, number: int) -> Any:
        if not 0 < label.sum() < len(label):
            raise NoDefaultsError(
                f"{label.sum()} of {len(label)} rows to learn from default; give more firms or more days"
            )
        model = HistGradientBoostingClassifier(
            max_iter=self.n_trees,
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=self.min_samples_leaf,
            l2_regularization=self.l2_regularization,
            max_features=self.max_features,
            # early stopping would need a part of the defaults
            early_stopping=False,
            monotonic_cst=[int(name in _RISING) for name in table.columns],
            random_state=self.random_state + number,
        )
        values = table.to_numpy(copy=True)
        # scikit-learn cannot bin a column that is missing everywhere; one of zeros is never split
        values[:, np.isnan(values).all(axis=0)] = 0.0
        with threadpool_limits(_threads(values)):
            return model.fit(values, label)


def _threads(values: Floats) -> int | None:
    return 1 if len(values) <= _FEW else None  # None: as many as there are


def _mean_chance(models: list[Any], table: pd.DataFrame) -> Floats:
    values = table.to_numpy()
    with threadpool_limits(_threads(values)):
        return np.asarray(np.mean([model.predict_proba(values)[:, 1] for model in models], axis=0), np.float64)


def _by_day(history: History, rows: pd.DataFrame, of_day: Callable[[Day], pd.DataFrame]) -> pd.DataFrame:
    """Return features of rows, in their order, reckoned once for each of their days."""
    days, place = rows["day"].to_numpy(), np.arange(len(rows))
    party, parts, order = rows["party"].to_numpy(), [], []
    for day in np.unique(days):
        here = place[days == day]
        parts.append(of_day(day_of_history(history, int(day))).iloc[party[here]])
        order.append(here)
    table: pd.DataFrame = pd.concat(parts, ignore_index=True).iloc[np.argsort(np.concatenate(order), kind="stable")]
    return table.reset_index(drop=True)


def _checked(history: History, rows: pd.DataFrame) -> Int64:
    if not {"party", "day"} <= set(rows.columns) or not len(rows):
        raise PredictionInputError("rows must be those of a panel: party, day, and one of them at least")
    if not history.own_names:
        raise PredictionInputError("the history has no own features; name one at least when it is read")
    if not all(pd.api.types.is_integer_dtype(rows[name]) for name in ("party", "day")) or rows[
        ["party", "day"]
    ].isna().any(axis=None):
        raise PredictionInputError("rows have a party or day that is no whole number; use those of a panel")
    party: Int64 = rows["party"].to_numpy(np.int64)
    if party.min() < 0 or party.max() >= history.n:
        raise PredictionInputError(f"rows name party {party.max()}, but the history has {history.n}; use its own panel")
    return party


def _labels(rows: pd.DataFrame) -> Int64:
    if "label" not in rows or not rows["label"].isin([0, 1]).all():
        raise PredictionInputError("rows to learn from need a label of 0 or 1 each; make them with panel")
    return np.asarray(rows["label"].to_numpy(np.int64))
