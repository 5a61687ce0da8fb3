"""Rules and an isolation forest, for a table in which fraud is not marked.

Without labels nobody can learn what fraud is, only what is unusual and what experts wrote down. The isolation
forest ranks how few random cuts set a transaction apart; each point of severity of the rules that hit halves
what is left to the top of that ranking. The result is the share of the training rows that are less
suspicious: a rank, NOT a probability, so no expected cost may be computed from it. It fails when fraud looks
ordinary, and when the unusual is honest (a wedding, a bonus).

Source: Liu, Ting and Zhou, "Isolation Forest", ICDM 2008.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.ensemble import IsolationForest
from sklearn.utils.validation import check_is_fitted, validate_data

from fraud.scorers.columns import rule_positions
from fraud.scorers.log_odds import linear
from fraud.scorers.tree_reading import average_search, of_isolation_forest
from fraud.scorers.tree_table import TreeTable

__all__ = ["RulesAndIsolation"]

Floats = npt.NDArray[np.float64]


class RulesAndIsolation(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A rank of suspicion between 0 and 1 from unusual features and hits of rules, without labels.

    Parameters
    ----------
    rule_columns
        Names (or positions) of the columns that are hits of rules; None is every column named "rule:...".
    severity
        Points of a rule by the name of its column; 1 for a rule that is not named.
    n_estimators, max_samples
        Number of trees of the isolation forest, and rows that each one sees.
    random_state
        Seed of the forest.

    Attributes
    ----------
    classes_
        0 and 1, for symmetry with scorers that learn from labels.
    trees_
        The isolation forest; a leaf is the length of the search that ends there.

    Examples
    --------
    >>> X = np.column_stack([np.r_[np.zeros(98), 9.0, 9.0], np.r_[np.zeros(99), 1.0]])
    >>> rank = RulesAndIsolation(rule_columns=[1]).fit(X).predict_proba(X)[:, 1]
    >>> bool(rank[99] > rank[98] > rank[0])
    True
    """

    def __init__(
        self,
        rule_columns: Sequence[str | int] | None = None,
        *,
        severity: Mapping[str, float] | None = None,
        n_estimators: int = 100,
        max_samples: int = 256,
        random_state: int | None = 0,
    ) -> None:
        self.rule_columns = rule_columns
        self.severity = severity
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn: NaN allowed, no label needed."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: Any, y: object = None) -> Self:  # noqa: ARG002  # scikit-learn passes a label to every fit
        """Learn what is usual.

        Parameters
        ----------
        X
            Features and hits, NaN where a value is missing, shape (n, m).
        y
            Not read.

        Raises
        ------
        RuleColumnError
            If `rule_columns` names a column that is not in the table.
        """
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        names = getattr(self, "feature_names_in_", None)
        self.classes_ = np.array([0, 1])
        self.mean_search_ = 1.0
        self.rules_ = rule_positions(self.rule_columns, names, X.shape[1])
        known = self.severity or {}
        self.points_ = np.array([known.get("" if names is None else names[at], 1.0) for at in self.rules_])
        self.others_ = np.setdiff1d(np.arange(X.shape[1]), self.rules_)
        self.trees_ = self._trees(X)
        self.unusual_ = _steps(self._unusual(X))
        self.suspicion_ = _steps(self._suspicion(X))
        return self

    def _trees(self, X: Floats) -> TreeTable | None:
        if not self.others_.size:
            return None
        rows = min(self.max_samples, X.shape[0])
        forest = IsolationForest(n_estimators=self.n_estimators, max_samples=rows, random_state=self.random_state)
        self.mean_search_ = float(average_search(rows))
        return of_isolation_forest(forest.fit(X[:, self.others_]))

    def _unusual(self, X: Floats) -> Floats:
        if self.trees_ is None:
            return np.full(X.shape[0], 0.5)
        mean = self.trees_.sums(X[:, self.others_]) / len(self.trees_.roots)
        raw: Floats = np.exp2(-mean / max(self.mean_search_, 1.0))
        return raw

    def _suspicion(self, X: Floats) -> Floats:
        points = linear(X[:, self.rules_] > 0, self.points_, 0.0)
        left: Floats = (1.0 - np.interp(self._unusual(X), *self.unusual_)) * np.exp2(-points)
        return 1.0 - left

    def predict_proba(self, X: Any) -> Floats:
        """Return 1 - rank and rank, shape (n, 2): they look like probabilities, but only the order counts."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        rank = np.interp(self._suspicion(X), *self.suspicion_)
        return np.column_stack([1.0 - rank, rank])


def _steps(values: Floats) -> tuple[Floats, Floats]:
    """Distinct values and the share of rows below each; ties count half, 0 and 1 are kept for the ends."""
    distinct, counts = np.unique(values, return_counts=True)
    share = (np.cumsum(counts) - counts / 2) / values.size
    return np.r_[0.0, distinct, 1.0], np.r_[0.0, share, 1.0]
