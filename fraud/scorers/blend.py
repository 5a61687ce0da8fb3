"""Rules and trees, blended into one calibrated probability.

Rules know what experts know and find new fraud of an old kind on the first day; trees find what nobody wrote
down. The rows are in time order. Both members are fitted on the earlier part; a logistic regression on their
two log-odds, fitted on the later part which they have not seen, says how far to trust each and makes the
result a probability. Then the members are fitted once more on everything, so that the newest frauds are not
wasted.

Stacking after Wolpert, "Stacked Generalization", Neural Networks 5, 1992; calibration after Platt, 1999. It
fails quietly when the future differs from the later part, and with fewer than ten later frauds it does not
learn the blend at all: then the log-odds of both are averaged, which ranks well but is no calibrated
probability (`calibrated_`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from fraud.errors import NothingToLearnError
from fraud.scorers.columns import rule_positions
from fraud.scorers.log_odds import linear, probability
from fraud.scorers.logistic import nonnegative_logistic
from fraud.scorers.scorecard import RuleScorecard
from fraud.scorers.target import binary_target
from fraud.scorers.trees import BoostedAndRandomTrees

__all__ = ["FEWEST_FRAUDS_TO_BLEND", "RulesAndTrees"]

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

FEWEST_FRAUDS_TO_BLEND = 10
"""With fewer frauds in the later part the blend is fixed, not learnt."""

_BLEND_STRENGTH = 10.0


@dataclass(frozen=True)
class _Member:
    """A fitted model and the columns that it reads."""

    name: str
    model: Any
    columns: Labels

    def log_odds(self, X: Floats) -> Floats:
        odds: Floats = self.model.decision_function(X[:, self.columns])
        return odds


class RulesAndTrees(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A scorecard of the rule columns and trees of the others, blended on later rows.

    Parameters
    ----------
    rule_columns
        Names (or positions) of the columns that are hits of rules; None is every column named "rule:...".
    holdout
        Share of the rows, the last in time, on which the blend is learnt.
    refit
        Whether the members are fitted again on all rows once the blend is known.
    n_trees
        Number of trees of each of the two families, see `BoostedAndRandomTrees`, which has the finer settings.
    rule_strength
        `RuleScorecard.strength`.
    random_state
        Seed of the trees.
    n_jobs
        How many threads grow the random trees; the result is the same for any number.

    Attributes
    ----------
    classes_
        The two labels; the second is fraud.
    blend_weights_, blend_intercept_
        The blend: log-odds = intercept + sum of weight x log-odds of the member, in the order of
        `member_names_`.
    member_names_
        "rules" and "trees", as far as the table has columns for them.
    calibrated_
        Whether the blend was learnt.

    Examples
    --------
    >>> X = np.column_stack([np.arange(400) % 7, np.arange(400) % 2, np.arange(400) % 5 == 0])
    >>> y = (X[:, 0] == 3) | ((X[:, 2] == 1) & (X[:, 1] == 1))
    >>> scorer = RulesAndTrees(rule_columns=[2]).fit(X, y)
    >>> scorer.member_names_, scorer.calibrated_, scorer.predict_proba(X).shape
    (('rules', 'trees'), True, (400, 2))
    """

    def __init__(
        self,
        rule_columns: Sequence[str | int] | None = None,
        *,
        holdout: float = 0.25,
        refit: bool = True,
        n_trees: int = 100,
        rule_strength: float = 1.0,
        random_state: int | None = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.rule_columns = rule_columns
        self.holdout = holdout
        self.refit = refit
        self.n_trees = n_trees
        self.rule_strength = rule_strength
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn: two classes, NaN allowed."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: Any, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Learn both members and the blend.

        Parameters
        ----------
        X
            Features and hits in time order, NaN where a value is missing, shape (n, m).
        y
            1 for fraud, 0 else, shape (n,).
        sample_weight
            How many transactions each row stands for, shape (n,): if only every tenth legitimate row was
            kept, 10 for these and 1 for the frauds gives the probabilities of the whole.

        Raises
        ------
        OneClassError
            If all rows have the same label.
        RuleColumnError
            If `rule_columns` names a column that is not in the table.
        NothingToLearnError
            If no column has any value.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        self.classes_, encoded = binary_target(y, weight)
        counted = weight > 0
        X, encoded, weight = X[counted], encoded[counted], weight[counted]
        rules = rule_positions(self.rule_columns, getattr(self, "feature_names_in_", None), X.shape[1])
        early, blend = self._early(X, encoded, weight, rules)
        self.members_ = self._members(X, encoded, weight, rules) if self.refit or not early else early
        if not self.members_:
            raise NothingToLearnError("Every column is empty; give at least one feature that has values.")
        self.member_names_ = tuple(member.name for member in self.members_)
        # Where nothing that was learnt held later on, a constant score would be of no use: then average too.
        self.calibrated_ = bool(blend[0].any()) and [member.name for member in early] == [*self.member_names_]
        if not self.calibrated_:
            blend = (np.full(len(self.members_), 1.0 / len(self.members_)), 0.0)
        self.blend_weights_, self.blend_intercept_ = blend
        return self

    def _early(self, X: Floats, y: Labels, weight: Floats, rules: Labels) -> tuple[list[_Member], tuple[Floats, float]]:
        """Fit members on the earlier rows and their blend on the later ones; nothing, if frauds are too few."""
        cut = X.shape[0] - round(self.holdout * X.shape[0])
        members = []
        if _enough(y[:cut]) and _enough(y[cut:]):
            members = self._members(X[:cut], y[:cut], weight[:cut], rules)
        if not members:
            return [], (np.zeros(0), 0.0)
        odds = _log_odds(members, X[cut:])
        return members, nonnegative_logistic(odds, y[cut:], weight[cut:], _BLEND_STRENGTH)

    def _members(self, X: Floats, y: Labels, weight: Floats, rules: Labels) -> list[_Member]:
        # The binning of scikit-learn cannot take a column without any value.
        filled = np.flatnonzero(~np.isnan(X).all(axis=0))
        others = np.setdiff1d(filled, rules)
        members = []
        if rules.size:
            card = RuleScorecard(self.rule_strength).fit(X[:, rules], y, weight)
            members.append(_Member("rules", card, rules))
        if others.size:
            trees = BoostedAndRandomTrees(n_trees=self.n_trees, n_jobs=self.n_jobs, random_state=self.random_state)
            trees.fit(np.ascontiguousarray(X[:, others]), y, weight)
            members.append(_Member("trees", trees, others))
        return members

    def decision_function(self, X: Any) -> Floats:
        """Return the blended log-odds of fraud, shape (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return linear(_log_odds(self.members_, X), self.blend_weights_, self.blend_intercept_)

    def predict_proba(self, X: Any) -> Floats:
        """Return the probabilities of the two classes, shape (n, 2)."""
        fraud = probability(self.decision_function(X))
        return np.column_stack([1.0 - fraud, fraud])

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the likelier class of each row, shape (n,)."""
        is_fraud = self.decision_function(X) > 0
        likelier: npt.NDArray[Any] = self.classes_[is_fraud.astype(np.int64)]
        return likelier

    def predict_members(self, X: Any) -> dict[str, Floats]:
        """Return the probability of fraud by each member alone and by the blend, each of shape (n,).

        The keys are "rules" and "trees", as far as the table has columns for them, and "blend".
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        odds = _log_odds(self.members_, X)
        alone = {name: probability(odds[:, at]) for at, name in enumerate(self.member_names_)}
        return alone | {"blend": probability(linear(odds, self.blend_weights_, self.blend_intercept_))}


def _enough(label: Labels) -> bool:
    frauds = int(label.sum())
    return frauds >= FEWEST_FRAUDS_TO_BLEND and frauds < label.size


def _log_odds(members: list[_Member], X: Floats) -> Floats:
    return np.column_stack([member.log_odds(X) for member in members])
