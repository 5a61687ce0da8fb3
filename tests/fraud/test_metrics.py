"""Metrics: against scikit-learn, against slow twins, and against what a person can count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_curve

from fraud import reference
from fraud.curves import budget_curve_frame, precision_recall_curve_frame
from fraud.errors import MetricInputError, NoFraudError
from fraud.metrics import (
    alert_counts,
    average_precision,
    card_precision_at,
    known_compromised,
    precision_at_budget,
    recall_at_budget,
    value_detected,
)
from fraud.ranking import alerts_in_budget

rows = st.lists(st.tuples(st.integers(0, 1), st.integers(-3, 3)), min_size=1, max_size=40)
with_fraud = rows.filter(lambda pairs: any(label for label, _ in pairs))


@given(with_fraud)
def test_average_precision_is_that_of_scikit_learn_and_of_the_twin(pairs):
    label, score = zip(*pairs, strict=True)
    found = average_precision(label, score)
    assert found == pytest.approx(average_precision_score(label, score), abs=1e-12)
    assert found == pytest.approx(float(reference.precision_mean(label, score)), abs=1e-12)


few = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 9)), min_size=1, max_size=6)


@settings(deadline=None)
@given(few.filter(lambda found: any(label and fen for label, _, fen in found)), st.integers(1, 100))
def test_budget_metrics_are_the_mean_over_all_orders_of_tied_rows(found, percent):
    label, score, fen = (list(column) for column in zip(*found, strict=True))
    budget = percent / 100
    alerts = max(1, percent * len(label) // 100)
    frauds = float(reference.expected_found(label, score, alerts))
    value = [truth * amount for truth, amount in zip(label, fen, strict=True)]
    assert recall_at_budget(label, score, budget) == pytest.approx(frauds / sum(label))
    assert precision_at_budget(label, score, budget) == pytest.approx(frauds / alerts)
    caught = float(reference.expected_found(value, score, alerts))
    assert value_detected(label, score, fen, budget) == pytest.approx(caught / sum(value))


@given(with_fraud, st.randoms(use_true_random=False))
def test_order_of_the_rows_changes_no_metric(pairs, random):
    mixed = random.sample(pairs, len(pairs))
    before, after = (tuple(zip(*table, strict=True)) for table in (pairs, mixed))
    assert average_precision(*before) == average_precision(*after)
    assert alert_counts(*before, 0.3) == alert_counts(*after, 0.3)


cards = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 4), st.sampled_from("abcde"), st.integers(1, 4)),
    min_size=1,
    max_size=40,
)


@given(cards.filter(lambda table: any(row[0] for row in table)), st.integers(1, 4))
def test_card_precision_is_that_of_the_readable_twin(table, k):
    label, score, card, day = zip(*table, strict=True)
    expected = float(reference.card_precision(label, score, card, day, k))
    assert card_precision_at(label, score, card, day, k) == pytest.approx(expected)


def test_card_found_on_one_day_is_left_out_of_the_next():
    label, score = [1, 1, 1], [0.9, 0.9, 0.5]
    assert card_precision_at(label, score, ["a", "a", "b"], [1, 2, 2], k=1) == 1.0
    assert card_precision_at(label, score, ["a", "a", "a"], [1, 2, 3], k=1) == pytest.approx(1 / 3)


def test_card_that_was_looked_at_in_vain_stays_in_the_pool():
    assert card_precision_at([0, 1], [0.9, 0.9], ["a", "a"], [1, 2], k=1) == 0.5


def test_denominator_of_card_precision_is_k_even_with_fewer_cards():
    assert card_precision_at([1, 0], [0.9, 0.1], ["a", "b"], [1, 1], k=100) == 0.01


def test_highest_transaction_speaks_for_its_card():
    label, score = [0, 1, 0], [0.9, 0.1, 0.5]
    assert card_precision_at(label, score, ["a", "a", "b"], [1, 1, 1], k=1) == 1.0


def test_card_is_known_only_after_its_delay():
    day = [1, 2, 8, 9, 10]
    assert known_compromised([1, 0, 0, 0, 0], ["a"] * 5, day, delay_days=7).tolist() == [False] * 3 + [True] * 2
    assert not known_compromised([0, 0], ["a", "a"], [1, 50], delay_days=7).any()


def test_budget_is_floored_but_not_by_a_rounding_error():
    assert alerts_in_budget(100, 0.29) == 29
    assert alerts_in_budget(3_000, 137 / 3_000) == 137
    assert alerts_in_budget(1_999, 0.001) == 1
    assert alerts_in_budget(1_000_000, 0.000063) == 63


@pytest.mark.parametrize("budget", [0, -0.1, 1.1, float("nan")])
def test_budget_outside_zero_to_one_is_refused(budget):
    with pytest.raises(MetricInputError, match="budget"):
        recall_at_budget([1, 0], [1, 0], budget)


def test_constant_score_finds_what_chance_finds():
    label = np.r_[np.ones(5), np.zeros(95)]
    assert recall_at_budget(label, np.zeros(100), 0.1) == pytest.approx(0.1)
    assert average_precision(label, np.zeros(100)) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("label", "score", "said"),
    [
        ([1, 0], [0.1], "equal length"),
        ([1, 2], [0.1, 0.2], "row 1 has 2"),
        ([1, np.nan], [0.1, 0.2], "row 1"),
        ([1, 0], [0.1, np.nan], "row 1 has none"),
    ],
)
def test_columns_that_do_not_fit_are_refused(label, score, said):
    with pytest.raises(MetricInputError, match=said):
        average_precision(label, score)


def test_table_without_fraud_is_an_error_of_its_own():
    with pytest.raises(NoFraudError, match="None of the 2 rows"):
        average_precision([0, 0], [0.1, 0.2])
    with pytest.raises(NoFraudError, match="no amount"):
        value_detected([1, 0], [0.1, 0.2], [0, 5], 0.5)


@pytest.mark.parametrize("amount", [[-1, 5], [np.nan, 5], [np.inf, 5], [5]])
def test_amounts_that_cannot_be_are_refused(amount):
    with pytest.raises(MetricInputError, match="amount_fen"):
        value_detected([1, 0], [0.1, 0.2], amount, 0.5)


def test_transaction_without_a_card_is_refused():
    with pytest.raises(MetricInputError, match="card"):
        card_precision_at([1, 0], [0.1, 0.2], ["a", None], [1, 1])


def test_curves_end_where_the_metrics_say():
    rng = np.random.default_rng(5)
    label, score = (rng.random(3_000) < 0.02).astype(int), rng.random(3_000).round(2)
    amount = rng.integers(1, 1_000, 3_000)
    curve = budget_curve_frame(label, score, amount)
    assert len(curve) <= 200
    assert curve.iloc[-1].tolist() == pytest.approx([1.0, 1.0, 1.0])
    assert (curve.diff().iloc[1:] >= 0).all().all()
    middle = curve.iloc[len(curve) // 2]
    assert middle["recall"] == pytest.approx(recall_at_budget(label, score, middle["alert_rate"]))
    precision, recall, _ = precision_recall_curve(label, score)
    frame = precision_recall_curve_frame(label, score)
    assert frame["recall"].iloc[-1] == 1.0
    assert frame["precision"].tolist() == pytest.approx(precision[:-1][::-1].tolist())
    assert frame["recall"].tolist() == pytest.approx(recall[:-1][::-1].tolist())
