"""The whole path over a stream: what it may know, and what the cut of the stream may not change."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fraud
from fraud.costs import CostTable, read_costs
from fraud.errors import TooFewRowsError, TooShortError
from fraud.evaluation import Evaluation, evaluate
from fraud.rules import first_rulebook
from fraud.sample import LearningSample
from fraud.split import time_split
from fraud.summary import decisions, summarise

COLUMNS = ("occurred_at", "customer_id", "terminal_id", "amount_fen", "is_fraud")
FIRST = datetime(2026, 1, 1)
DAYS = 40


@pytest.fixture(scope="module")
def costs() -> CostTable:
    return read_costs((Path(fraud.__file__).parent / "policies" / "costs.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def payments() -> pd.DataFrame:
    """Six thousand payments; large ones at a few terminals are often fraud."""
    rng = np.random.default_rng(3)
    rows = 6_000
    amount = rng.integers(100, 100_000, rows)
    terminal = rng.integers(0, 40, rows)
    is_fraud = (amount > 80_000) & (terminal < 12) & (rng.random(rows) < 0.7)
    when = pd.Timestamp(FIRST) + pd.to_timedelta(np.sort(rng.integers(0, DAYS * 86_400, rows)), unit="s")
    return pd.DataFrame(
        {
            "occurred_at": when.astype("datetime64[s]"),
            "customer_id": [f"C{number}" for number in rng.integers(0, 300, rows)],
            "terminal_id": [f"T{number}" for number in terminal],
            "amount_fen": amount,
            "is_fraud": is_fraud.astype(np.int8),
        }
    )


def cut(frame: pd.DataFrame, rows: int) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), rows):
        yield frame.iloc[start : start + rows]


def judged(frame: pd.DataFrame, costs: CostTable, rows: int = 2_000) -> Evaluation:
    split = time_split(FIRST, FIRST + timedelta(days=DAYS))
    return evaluate(cut(frame, rows), COLUMNS, split, first_rulebook(), costs)


@pytest.fixture(scope="module")
def evaluation(payments: pd.DataFrame, costs: CostTable) -> Evaluation:
    return judged(payments, costs)


def test_how_the_stream_is_cut_changes_nothing(
    payments: pd.DataFrame, costs: CostTable, evaluation: Evaluation
) -> None:
    again = judged(payments, costs, rows=777)
    pd.testing.assert_frame_equal(again.scored, evaluation.scored)
    pd.testing.assert_frame_equal(again.rules, evaluation.rules)


def test_no_label_of_the_gap_or_later_moves_a_score(
    payments: pd.DataFrame, costs: CostTable, evaluation: Evaluation
) -> None:
    is_late = payments["occurred_at"] >= evaluation.split.learn_until
    # labels of the gap become known while later payments are judged: only those of the last week may not matter
    is_last = payments["occurred_at"] >= pd.Timestamp(evaluation.split.last) - pd.Timedelta(days=7)
    assert (is_late & is_last).sum() > 500
    changed = payments.assign(is_fraud=np.where(is_last, 1 - payments["is_fraud"], payments["is_fraud"]))
    np.testing.assert_array_equal(judged(changed, costs).scored["score"], evaluation.scored["score"])


def test_the_scorer_is_fitted_on_what_lies_before_the_split(payments: pd.DataFrame, evaluation: Evaluation) -> None:
    early = payments[payments["occurred_at"] < evaluation.split.learn_until]
    assert evaluation.learnt == len(early)
    assert evaluation.frauds_learnt == int(early["is_fraud"].sum())
    assert (evaluation.scored["occurred_at"] >= evaluation.split.judge_from).all()
    assert evaluation.split.delay_days == pytest.approx(7, abs=0.001)


def test_it_ranks_far_better_than_chance_and_saves_money(evaluation: Evaluation, costs: CostTable) -> None:
    reached = summarise(evaluation)["blend"]
    base_rate = float((evaluation.scored["is_fraud"] == 1).mean())
    assert reached.average_precision > 5 * base_rate
    _, saved = decisions(evaluation.scored, costs)
    assert saved > 0


def test_a_decision_is_never_below_what_a_rule_demands(evaluation: Evaluation) -> None:
    book = evaluation.alerts
    for rule in evaluation.rulebook.rules:
        if rule.action == "step_up":
            hit = book.features[f"rule:{rule.id}"] == 1
            assert (book.payments.loc[hit, "decision"] >= 1).all()


def test_the_alerts_are_the_highest_scores(evaluation: Evaluation) -> None:
    kept = evaluation.alerts.payments["score"].to_numpy()
    highest = np.sort(evaluation.scored["score"].to_numpy())[::-1][: len(kept)]
    np.testing.assert_array_equal(kept, highest)


def test_without_labels_scores_are_ranks_and_decisions_the_rules_alone(
    payments: pd.DataFrame, costs: CostTable
) -> None:
    split = time_split(FIRST, FIRST + timedelta(days=DAYS))
    columns = COLUMNS[:-1]
    made = evaluate(cut(payments[list(columns)], 2_000), columns, split, first_rulebook(), costs)
    assert not made.from_labels
    assert summarise(made) == {}
    assert made.scored["is_fraud"].isna().all()
    assert set(made.scored["decision"]) == {0}


def test_too_little_to_learn_from_is_refused(payments: pd.DataFrame, costs: CostTable) -> None:
    with pytest.raises(TooFewRowsError, match="at least 200 are needed"):
        judged(payments.iloc[::40], costs)


def test_nothing_to_judge_is_refused(payments: pd.DataFrame, costs: CostTable) -> None:
    early = payments[payments["occurred_at"] < pd.Timestamp(FIRST) + pd.Timedelta(days=20)]
    with pytest.raises(TooFewRowsError, match="to judge"):
        judged(early, costs)


def test_a_span_of_an_hour_is_refused() -> None:
    with pytest.raises(TooShortError, match="at least 12 hours"):
        time_split(FIRST, FIRST + timedelta(hours=1))


def test_the_learning_sample_keeps_every_fraud_and_an_even_part_of_the_rest() -> None:
    rng = np.random.default_rng(1)
    label = (rng.random(10_000) < 0.01).astype(np.int8)
    sample = LearningSample(most=500)
    for start in range(0, 10_000, 700):
        sample.add(pd.DataFrame({"row": np.arange(start, min(start + 700, 10_000))}), label[start : start + 700])
    X, y, weight = sample.table()
    assert y.sum() == label.sum()
    assert 250 <= (y == 0).sum() <= 500
    assert weight.sum() == pytest.approx(10_000)
    assert X["row"].is_monotonic_increasing
    gaps = np.diff(X["row"][y == 0])
    assert gaps.max() < 60
