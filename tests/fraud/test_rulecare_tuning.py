"""Thresholds of a rule are moved where later rows surely bear it out, and left alone where they do not."""

from datetime import datetime

import numpy as np
import pytest

from fraud.rulecare import Hits, Missed
from fraud.rulecare.tuning import hit_by_others, tune, variants
from fraud.rules import Rule, parse_condition
from fraud.rules.syntax import write
from fraud.split import TimeSplit
from tests.fraud.care_sample import costs, rulebook

N = 20_000
SPLIT = TimeSplit(datetime(1970, 1, 1), datetime(1970, 1, 9), datetime(1970, 1, 10), datetime(1970, 1, 15))


def rows(seed: int, from_fen: int, meaningless: bool = False) -> Missed:
    """Frauds are new devices that send more than so much, a third of the time."""
    rng = np.random.default_rng(seed)
    amounts = rng.integers(1_000, 1_000_000, N)
    device = (rng.random(N) < 0.05).astype(float)
    is_fraud = (device == 1) & (amounts >= from_fen) & (rng.random(N) < 0.33)
    label = (rng.permutation(is_fraud) if meaningless else is_fraud).astype(np.int8)
    seconds = np.linspace(0, 14 * 86_400, N).astype(np.int64)
    columns = {"amount_fen": amounts, "new_device": device}
    return Missed(columns, label, np.zeros(N, bool), amounts, seconds, rng.integers(0, 5_000, N))


def rule(when: str, action: str = "hold") -> Rule:
    return rulebook(("it", when, action)).rules[0]


def test_a_rule_that_starts_too_low_is_tightened() -> None:
    change = tune(rule("new_device == 1 and amount_fen >= 10 yuan", "block"), rows(1, 500_000), SPLIT, costs())
    assert change is not None
    assert change.word == "tighten"
    assert change.when == "new_device == 1 and amount_fen >= 5_000 yuan"
    assert change.alerts[1] < change.alerts[0]
    assert change.frauds[1] == change.frauds[0]
    assert 0 < change.gain_low_fen < change.saved_fen[1] - change.saved_fen[0]


def test_a_rule_that_starts_too_high_is_loosened() -> None:
    change = tune(
        rule("new_device == 1 and amount_fen >= 8_000 yuan"), rows(2, 300_000), SPLIT, costs(), most_alerts=0.05
    )
    assert change is not None
    assert (change.word, change.frauds[1] > change.frauds[0]) == ("loosen", True)


def test_a_rule_that_is_right_stays_as_it_is() -> None:
    assert tune(rule("new_device == 1 and amount_fen >= 5_000 yuan", "block"), rows(3, 500_000), SPLIT, costs()) is None


@pytest.mark.parametrize("seed", range(4))
def test_labels_without_meaning_move_nothing(seed: int) -> None:
    assert tune(rule("new_device == 1 and amount_fen >= 5_000 yuan"), rows(seed, 300_000, True), SPLIT, costs()) is None


def test_a_rule_that_is_evidence_only_has_nothing_to_save() -> None:
    assert tune(rule("new_device == 1 and amount_fen >= 10 yuan", "score"), rows(1, 500_000), SPLIT, costs()) is None


def test_only_numbers_move_and_a_between_stays_in_order() -> None:
    condition = parse_condition('channel == "atm" and not (hour between 1 and 4 or amount_fen < 100 yuan)')
    values = {"hour": np.arange(24.0), "amount_fen": np.array([1_000.0, 50_000.0])}
    for other in variants(condition, values):
        assert parse_condition(write(other)) == other, "it can be written and read, so no between is upside down"
        assert write(other).startswith('channel == "atm" and not (')


def test_a_row_is_another_rules_if_any_other_hits_it() -> None:
    matrix = np.array([[1, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 0]], bool)
    assert hit_by_others(Hits.of_matrix(matrix, ("a", "b", "c")), 0).tolist() == [True, False, True, False]
