"""The scorecard of rules, and the rank without labels."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from fraud.metrics import average_precision
from fraud.scorers import RulesAndIsolation, RuleScorecard
from fraud.scorers.log_odds import linear, log_odds, probability


def hits(rows, seed):
    rng = np.random.default_rng(seed)
    X = (rng.random((rows, 5)) < [0.1, 0.05, 0.02, 0.3, 0.0]).astype(float)
    odds = -4 + 3 * X[:, 0] + 2 * X[:, 1] - 2 * X[:, 3]
    return X, (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)


X, Y = hits(8_000, seed=1)


def test_points_follow_the_evidence_and_none_speaks_for_the_customer():
    card = RuleScorecard().fit(X, Y)
    assert card.weights_[0] == pytest.approx(3, abs=0.5)
    assert card.weights_[1] == pytest.approx(2, abs=0.6)
    assert card.weights_[3] == 0.0
    assert card.weights_[4] == 0.0
    assert (card.weights_ >= 0).all()


def test_merged_patterns_give_what_scikit_learn_gives_row_by_row():
    found = RuleScorecard().fit(X[:, :2], Y)
    exact = LogisticRegression(tol=1e-10, max_iter=1_000).fit(X[:, :2], Y)
    assert found.weights_ == pytest.approx(exact.coef_[0], rel=1e-4)
    assert found.intercept_ == pytest.approx(exact.intercept_[0], rel=1e-4)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10_000))
def test_one_more_hit_never_lowers_the_score(seed):
    rng = np.random.default_rng(seed)
    table, label = rng.integers(0, 2, (40, 3)), np.r_[0, 1, rng.integers(0, 2, 38)]
    card = RuleScorecard().fit(table, label)
    base = card.decision_function([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]])
    assert (np.diff(base) >= 0).all()


def test_perfect_separation_gives_finite_points():
    card = RuleScorecard(strength=1e6).fit([[0], [0], [1], [1]], [0, 0, 1, 1])
    assert np.isfinite(card.decision_function([[0], [1]])).all()
    assert card.predict([[0], [1]]).tolist() == [0, 1]


def test_rule_that_could_not_be_evaluated_has_not_hit():
    card = RuleScorecard().fit(X, Y)
    assert card.decision_function([[np.nan] * 5]) == card.decision_function([[0] * 5])


def test_weights_count_rows_as_if_repeated():
    weight = np.random.default_rng(4).integers(0, 4, len(Y))
    weighted = RuleScorecard().fit(X, Y, sample_weight=weight)
    repeated = RuleScorecard().fit(np.repeat(X, weight, axis=0), np.repeat(Y, weight))
    assert weighted.weights_ == pytest.approx(repeated.weights_)


def test_scores_of_rows_do_not_depend_on_their_batch_by_a_bit():
    rng = np.random.default_rng(6)
    table, weights = rng.normal(size=(10_000, 33)), rng.normal(size=33)
    batch = linear(table, weights, 0.1)
    assert all(linear(table[[row]], weights, 0.1)[0] == batch[row] for row in range(0, 10_000, 397))
    assert batch == pytest.approx(table @ weights + 0.1)


@given(st.floats(1e-12, 1 - 1e-12))
def test_log_odds_and_probability_are_inverse(chance):
    assert float(probability(log_odds(chance))) == pytest.approx(chance, rel=1e-9)


def unusual(rows=2_000):
    rng = np.random.default_rng(9)
    table = pd.DataFrame(rng.normal(size=(rows, 3)), columns=["a", "b", "c"])
    table.loc[:9, ["a", "b"]] += 6
    table.loc[rng.random(rows) < 0.2, "c"] = np.nan
    table["rule:x"] = (np.arange(rows) % 97 == 0).astype(float)
    table["rule:y"] = (np.arange(rows) % 193 == 5).astype(float)
    return table


def test_unusual_rows_and_rows_with_hits_rank_high_without_labels():
    table = unusual()
    rank = RulesAndIsolation().fit(table).predict_proba(table)[:, 1]
    assert average_precision(np.arange(len(table)) < 10, rank) > 0.2
    hit = table["rule:x"].to_numpy() == 1
    assert np.median(rank[hit]) > 0.8
    assert rank[~hit].mean() < 0.5


def test_severe_rule_weighs_more_than_a_mild_one():
    table = unusual()
    scorer = RulesAndIsolation(severity={"rule:y": 5}).fit(table)
    rank = scorer.predict_proba(table)[:, 1]
    assert np.median(rank[table["rule:y"] == 1]) > np.median(rank[table["rule:x"] == 1])
    before = scorer.predict_proba(table.assign(**{"rule:x": 0.0}))[:, 1]
    assert (rank >= before).all()


def test_rank_is_the_share_of_rows_that_are_less_suspicious():
    table = unusual()
    rank = RulesAndIsolation().fit(table).predict_proba(table)[:, 1]
    assert ((rank > 0) & (rank < 1)).all()
    assert np.quantile(rank, [0.25, 0.5, 0.9]) == pytest.approx([0.25, 0.5, 0.9], abs=0.02)


def test_new_extremes_keep_their_order_at_the_top():
    table = unusual()
    scorer = RulesAndIsolation().fit(table[["rule:x", "rule:y"]])
    more = scorer.predict_proba(pd.DataFrame({"rule:x": [0.0, 1.0, 1.0], "rule:y": [0.0, 0.0, 1.0]}))[:, 1]
    assert more[0] < more[1] < more[2] < 1


def test_label_is_not_needed_and_not_read():
    table = unusual()
    without = RulesAndIsolation(n_estimators=20).fit(table).predict_proba(table)
    with_label = RulesAndIsolation(n_estimators=20).fit(table, np.arange(len(table)) % 2).predict_proba(table)
    assert np.array_equal(without, with_label)
