"""The laws: ours keep them, and for each law there is a scorer that breaks it and is caught."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from fraud import checks
from fraud.errors import ScorerLawError
from fraud.scorers import Blend, RulesAndIsolation, RuleScorecard

RNG = np.random.default_rng(3)
X = pd.DataFrame(RNG.random((300, 3)), columns=["hour", "customer_age", "rule:r"]).round(1)
X["rule:r"] = (X["rule:r"] > 0.8).astype(float)
Y = ((X["hour"] + X["rule:r"]) > 1.1).astype(int).to_numpy()

OURS = [Blend(n_trees=10), RuleScorecard(), RulesAndIsolation(n_estimators=10)]


@pytest.mark.parametrize("law", checks.LAWS)
@pytest.mark.parametrize("scorer", OURS, ids=lambda scorer: type(scorer).__name__)
def test_our_scorers_keep_the_laws(scorer, law):
    law(scorer, X, Y)


@pytest.mark.parametrize("scorer", OURS, ids=lambda scorer: type(scorer).__name__)
def test_our_scorers_give_equal_bits_alone_and_in_a_batch(scorer):
    checks.check_rows_do_not_influence_each_other(scorer, X, Y, tolerance=0)


class Honest:
    """Scores by the hour; each broken scorer below differs from it in one thing."""

    def fit(self, X, y):
        self.y = y
        return self

    def fraud(self, X):
        return X["hour"].to_numpy() / 2 + X["customer_age"].to_numpy() / 4 + X["rule:r"].to_numpy() / 4

    def predict_proba(self, X):
        fraud = self.fraud(X)
        return np.column_stack([1 - fraud, fraud])


class ReadsTheLabelItWasGiven(Honest):
    def fraud(self, X):
        return super().fraud(X) / 2 + 0.5 * np.asarray(self.y)[: len(X)]


class LooksTheLabelUpByRow(Honest):
    def fit(self, X, y):
        self.y = dict(zip(X.index, y, strict=True))
        return self

    def fraud(self, X):
        return super().fraud(X) / 2 + 0.5 * np.array([self.y[row] for row in X.index])


class ReadsTheLabelColumn(Honest):
    def fraud(self, X):
        return X["is_fraud"].to_numpy() * 0.9


class RanksWithinTheBatch(Honest):
    def fraud(self, X):
        return X["hour"].rank(pct=True).to_numpy()


class RemembersTheRowBefore(Honest):
    def fraud(self, X):
        return X["hour"].rolling(2, min_periods=1).mean().to_numpy()


class LearnsAtRandom(Honest):
    def fit(self, X, y):
        self.shift = np.random.default_rng().random() / 100
        return self

    def fraud(self, X):
        return super().fraud(X) * 0.9 + self.shift


class AnswersAtRandom(Honest):
    def fraud(self, X):
        return np.random.default_rng().random(len(X))


class GivesMoreThanOne(Honest):
    def fraud(self, X):
        return super().fraud(X) * 3


class DoesNotAddUp(Honest):
    def predict_proba(self, X):
        return np.column_stack([self.fraud(X), self.fraud(X)])


class OneColumnOnly(Honest):
    def predict_proba(self, X):
        return self.fraud(X)


class NoProbability:
    def fit(self, X, y):
        return self

    def decision_function(self, X):
        return X["hour"].to_numpy()


class FillsMissingColumns(Honest):
    def fraud(self, X):
        return super().fraud(X.reindex(columns=["hour", "customer_age", "rule:r"], fill_value=0.0))


class RefusesWithoutAName(Honest):
    def fraud(self, X):
        if X.shape[1] != 3:
            raise ValueError("bad input")
        return super().fraud(X)


@pytest.mark.parametrize("law", checks.LAWS)
def test_honest_scorer_keeps_the_laws(law):
    law(Honest(), X, Y)


@pytest.mark.parametrize(
    ("law", "scorer", "said"),
    [
        (checks.check_label_is_not_read_when_scoring, ReadsTheLabelItWasGiven(), "reads the label"),
        (checks.check_label_is_not_read_when_scoring, LooksTheLabelUpByRow(), "by their index"),
        (checks.check_rows_do_not_influence_each_other, RanksWithinTheBatch(), "alone"),
        (checks.check_rows_do_not_influence_each_other, RemembersTheRowBefore(), "another order"),
        (checks.check_same_seed_same_score, LearnsAtRandom(), "fixed seed"),
        (checks.check_same_seed_same_score, AnswersAtRandom(), "asked twice"),
        (checks.check_probabilities_are_probabilities, GivesMoreThanOne(), "from 0 to 1"),
        (checks.check_probabilities_are_probabilities, DoesNotAddUp(), "add up to"),
        (checks.check_probabilities_are_probabilities, OneColumnOnly(), "shape"),
        (checks.check_probabilities_are_probabilities, NoProbability(), "no predict_proba"),
        (checks.check_missing_columns_are_refused_clearly, FillsMissingColumns(), "lacks the column hour"),
        (checks.check_missing_columns_are_refused_clearly, RefusesWithoutAName(), "does not name it"),
    ],
)
def test_scorer_that_breaks_a_law_is_caught(law, scorer, said):
    with pytest.raises(ScorerLawError, match=said):
        law(scorer, X, Y)


def test_scorer_that_reads_a_label_column_is_caught():
    with pytest.raises(ScorerLawError, match="reads the label"):
        checks.check_label_is_not_read_when_scoring(ReadsTheLabelColumn(), X.assign(is_fraud=Y), Y)


def test_scorer_of_somebody_else_can_be_judged():
    for law in checks.LAWS:
        law(LogisticRegression(), X, Y)


def test_checks_leave_the_given_scorer_and_rows_alone():
    scorer, before, labels = Honest(), X.copy(), Y.copy()
    for law in checks.LAWS:
        law(scorer, X, Y)
    assert not hasattr(scorer, "y")
    pd.testing.assert_frame_equal(X, before)
    assert np.array_equal(Y, labels)
