"""The blend: rules, trees, linear models and whatever else, stacked into one calibrated probability.

Rules know what experts know and find new fraud of an old kind on the first day; models find what nobody wrote down, and
each overlooks something else. The rows are in time order. Every member is fitted on the earlier rows of each fold
(`fraud.split.DelayedTimeSplit`: a label that was not yet known is not learnt from) and scores the later ones, which it
has not seen. A logistic regression on these honest log-odds says how far to trust each, none below zero, and makes the
result a probability. Then the members are fitted once more on everything, so that the newest frauds are not wasted.

`probability x amount` of a payment is its expected loss: who has a budget of alerts and wants the most money in them
ranks by that (`expected_loss_fen`), who wants the most frauds ranks by the probability. No single order serves both.

Stacking after Wolpert, "Stacked Generalization", Neural Networks 5, 1992; calibration after Platt, 1999. It fails
quietly when the future differs from the later rows, and with fewer than ten frauds there it does not learn the blend at
all: then the log-odds of all are averaged, which ranks well but is no calibrated probability (`calibrated_`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import clone
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from fraud.errors import NothingToLearnError, TimesInputError, TooShortError
from fraud.scorers.boosting import GradientBoosting
from fraud.scorers.classifier import LogOddsClassifier
from fraud.scorers.columns import rule_positions
from fraud.scorers.encoding import category_positions
from fraud.scorers.factorization import FactorizationMachine
from fraud.scorers.forest import RandomForest
from fraud.scorers.log_odds import linear, probability
from fraud.scorers.logistic import nonnegative_logistic
from fraud.scorers.scorecard import RuleScorecard
from fraud.scorers.target import binary_target
from fraud.split import DelayedTimeSplit

__all__ = ["FEWEST_FRAUDS_TO_BLEND", "Blend", "Member", "expected_loss_fen"]

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

FEWEST_FRAUDS_TO_BLEND = 10
"""With fewer frauds in the later rows the blend is fixed, not learnt."""

RULES = "rules"
"""The member of this name reads the hits of rules; every other reads the other columns."""

_BLEND_STRENGTH = 10.0


@dataclass(frozen=True)
class Member:
    """A fitted model, the columns that it reads, and how far the blend trusts it."""

    name: str
    model: Any
    columns: Labels

    def log_odds(self, X: Floats) -> Floats:
        """Return the member's log-odds of fraud for rows of the whole table, shape (n,)."""
        odds: Floats = self.model.decision_function(np.ascontiguousarray(X[:, self.columns]))
        return odds


class Blend(LogOddsClassifier):
    """Rules and models, blended on later rows.

    Parameters
    ----------
    rule_columns
        Names (or positions) of the columns that are hits of rules; None is every column named "rule:...".
    members
        Unfitted models by name, each with `decision_function` in log-odds; "rules" reads the hits, the others the rest.
        None is the rules' scorecard, gradient boosting, a random forest and a factorization machine.
    folds
        Number of later blocks of rows on which the blend is learnt.
    first_share
        Share of the rows before the first of these.
    delay
        Days until a label is known, see `fit`'s `times`.
    n_trees
        Number of trees of each of the house's two families; None is their own.
    random_state
        Seed of the house's trees.
    n_jobs
        Threads that grow the house's trees; the result is the same for any number.

    Attributes
    ----------
    classes_
        The two labels; the second is fraud.
    members_
        The fitted members that have columns to read.
    blend_weights_, blend_intercept_
        The blend: log-odds = intercept + sum of weight x log-odds of the member.
    calibrated_
        Whether the blend was learnt.

    Examples
    --------
    >>> X = np.column_stack([np.arange(400) % 7, np.arange(400) % 2, np.arange(400) % 5 == 0])
    >>> y = (X[:, 0] == 3) | ((X[:, 2] == 1) & (X[:, 1] == 1))
    >>> scorer = Blend(rule_columns=[2], n_trees=20).fit(X, y)
    >>> scorer.member_names_, scorer.calibrated_, scorer.predict_proba(X).shape
    (('rules', 'boosting', 'forest', 'factorization'), True, (400, 2))
    """

    members_: list[Member]
    blend_weights_: Floats
    blend_intercept_: float
    calibrated_: bool

    def __init__(
        self,
        rule_columns: Sequence[str | int] | None = None,
        *,
        members: Mapping[str, Any] | None = None,
        folds: int = 2,
        first_share: float = 0.5,
        delay: float = 0.0,
        n_trees: int | None = None,
        random_state: int | None = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.rule_columns = rule_columns
        self.members = members
        self.folds = folds
        self.first_share = first_share
        self.delay = delay
        self.n_trees = n_trees
        self.random_state = random_state
        self.n_jobs = n_jobs

    @property
    def member_names_(self) -> tuple[str, ...]:
        """Names of the members, in the order of the weights."""
        return tuple(member.name for member in self.members_)

    def fit(
        self,
        X: Any,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        times: npt.ArrayLike | None = None,
    ) -> Self:
        """Learn the members and the blend.

        Parameters
        ----------
        X
            Features and hits in time order, NaN where a value is missing, shape (n, m).
        y
            1 for fraud, 0 else, shape (n,).
        sample_weight
            How many transactions each row stands for, shape (n,): if only every tenth legitimate row was
            kept, 10 for these and 1 for the frauds gives the probabilities of the whole.
        times
            Times of the rows, datetime64 or seconds, rising, shape (n,); needed if there is a `delay`.

        Raises
        ------
        OneClassError
            If all rows have the same label.
        RuleColumnError
            If `rule_columns` names a column that is not in the table.
        NothingToLearnError
            If no column has any value.
        TimesInputError
            If there is a delay, but no time for each row.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan")
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        self.classes_, encoded = binary_target(y, weight)
        counted = weight > 0
        X, encoded, weight = X[counted], encoded[counted], weight[counted]
        if times is None and self.delay > 0:
            raise TimesInputError(f"To wait {self.delay:g} days for labels, fit needs the times of the rows.")
        known = None if times is None else np.asarray(times)[counted]
        self.members_ = self._fitted(X, encoded, weight)
        if not self.members_:
            raise NothingToLearnError("Every column is empty; give at least one feature that has values.")
        self.blend_weights_, self.blend_intercept_ = self._blended(X, encoded, weight, known)
        # Where nothing that was learnt held later on, a constant score would be of no use: then average too.
        self.calibrated_ = bool(self.blend_weights_.any())
        if not self.calibrated_:
            self.blend_weights_ = np.full(len(self.members_), 1.0 / len(self.members_))
        return self

    def _blended(self, X: Floats, y: Labels, weight: Floats, times: Any) -> tuple[Floats, float]:
        """Fit members on the earlier rows of each fold and the blend on all later ones; zeros, if frauds are few."""
        odds, tested = [], []
        splitter = DelayedTimeSplit(self.folds, self.delay if times is not None else 0.0, self.first_share)
        for earlier, later in _folds(splitter, X, times):
            if not (_enough(y[earlier]) and _enough(y[later])):
                continue
            members = self._fitted(X[earlier], y[earlier], weight[earlier])
            if [member.name for member in members] == [*self.member_names_]:
                odds.append(_log_odds(members, X[later]))
                tested.append(later)
        if not odds:
            return np.zeros(len(self.members_)), 0.0
        rows = np.concatenate(tested)
        return nonnegative_logistic(np.concatenate(odds), y[rows], weight[rows], _BLEND_STRENGTH)

    def _fitted(self, X: Floats, y: Labels, weight: Floats) -> list[Member]:
        names = getattr(self, "feature_names_in_", None)
        rules = rule_positions(self.rule_columns, names, X.shape[1])
        # A column without any value teaches nothing, and not every library can take one.
        others = np.setdiff1d(np.flatnonzero(~np.isnan(X).all(axis=0)), rules)
        fitted = []
        for name, model in (self._house() if self.members is None else self.members).items():
            columns = rules if name == RULES else others
            if columns.size:
                learner = clone(model)
                if "categories" in learner.get_params() and names is not None:
                    learner.set_params(categories=category_positions(names[columns]))
                fitted.append(Member(name, learner.fit(np.ascontiguousarray(X[:, columns]), y, weight), columns))
        return fitted

    def _house(self) -> dict[str, Any]:
        boosting = GradientBoosting(random_state=self.random_state, n_jobs=self.n_jobs)
        forest = RandomForest(random_state=self.random_state, n_jobs=self.n_jobs)
        if self.n_trees is not None:
            boosting.set_params(n_trees=self.n_trees)
            forest.set_params(n_trees=self.n_trees)
        pairs = FactorizationMachine(random_state=self.random_state)
        return {RULES: RuleScorecard(), "boosting": boosting, "forest": forest, "factorization": pairs}

    def _odds(self, X: Floats) -> Floats:
        return linear(_log_odds(self.members_, X), self.blend_weights_, self.blend_intercept_)

    def predict_members(self, X: Any) -> dict[str, Floats]:
        """Return the probability of fraud by each member alone and by the blend, each of shape (n,).

        The keys are the names of the members, as far as the table has columns for them, and "blend".
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        odds = _log_odds(self.members_, X)
        alone = {name: probability(odds[:, at]) for at, name in enumerate(self.member_names_)}
        return alone | {"blend": probability(linear(odds, self.blend_weights_, self.blend_intercept_))}


def expected_loss_fen(chance: npt.ArrayLike, amount_fen: npt.ArrayLike) -> Floats:
    """Return probability x amount: by this order a budget of alerts holds the most stolen money.

    Parameters
    ----------
    chance
        Calibrated probability of fraud, shape (n,).
    amount_fen
        Amount in fen, shape (n,).

    Examples
    --------
    >>> expected_loss_fen([0.5, 0.01], [1_000, 9_000_000]).tolist()
    [500.0, 90000.0]
    """
    loss: Floats = np.asarray(chance, dtype=np.float64) * np.asarray(amount_fen, dtype=np.float64)
    return loss


def _folds(splitter: DelayedTimeSplit, X: Floats, times: Any) -> list[tuple[Labels, Labels]]:
    try:
        return list(splitter.split(X, groups=times))
    except TooShortError:
        return []  # too few rows, or all of them within the delay: the blend is not learnt


def _enough(label: Labels) -> bool:
    frauds = int(label.sum())
    return frauds >= FEWEST_FRAUDS_TO_BLEND and frauds < label.size


def _log_odds(members: list[Member], X: Floats) -> Floats:
    return np.column_stack([member.log_odds(X) for member in members])
