"""Decisions: the cheapest action, by enumeration in exact fractions, and the laws of the shipped table."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import fraud
from fraud import reference
from fraud.costs import ACTIONS, ACTIONS_ZH, ActionCost, CostTable, read_costs
from fraud.decision import decide, expected_cost, realised_cost, savings, thresholds
from fraud.errors import CostTableError, DecisionInputError

TEXT = (Path(fraud.__file__).with_name("policies") / "costs.toml").read_text(encoding="utf-8")
SHIPPED = read_costs(TEXT)

chances = st.floats(0, 1)
amounts = st.integers(0, 10**13)


@st.composite
def tables(draw):
    friction = sorted(draw(st.lists(st.integers(0, 10**6), min_size=3, max_size=3)))
    share = sorted(draw(st.lists(st.floats(0, 1), min_size=3, max_size=3)), reverse=True)
    handling = draw(st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
    return CostTable(*(ActionCost(*entry) for entry in zip(friction, handling, share, strict=True)))


def cost_of(action, chance, amount, table):
    entry = table.actions[action]
    fraud_part = Fraction(chance) * Fraction(entry.share_lost) * amount
    return entry.handling_fen + (1 - Fraction(chance)) * entry.friction_fen + fraud_part


@given(tables(), chances, amounts, st.integers(0, 3))
def test_decision_is_the_cheapest_of_the_enumeration(table, chance, amount, floor):
    found = int(decide(chance, amount, table, floor)[0])
    best = reference.cheapest_action(Fraction(chance), amount, table, floor)
    assert found >= floor
    # Two actions may cost the same up to the rounding of floats; nothing dearer than that may be chosen.
    lowest = cost_of(best, chance, amount, table)
    assert cost_of(found, chance, amount, table) <= lowest + max(lowest, 1) * Fraction(1, 10**12)


@given(tables(), amounts, chances)
def test_thresholds_are_ordered_and_say_what_is_decided(table, amount, chance):
    found = [float(t) for t in thresholds(table, amount)]
    assert found == sorted(found)
    assume(all(abs(chance - t) > 1e-9 * max(t, 1e-3) for t in found))
    exact = reference.cheapest_action(Fraction(chance), amount, table)
    assert exact == sum(chance > t for t in found)


@given(chances, amounts, amounts)
def test_larger_amount_never_weakens_the_action(chance, one, other):
    small, large = sorted((one, other))
    assert decide(chance, small, SHIPPED)[0] <= decide(chance, large, SHIPPED)[0]


@given(chances, chances, amounts)
def test_higher_probability_never_weakens_the_action(one, other, amount):
    assert decide(min(one, other), amount, SHIPPED)[0] <= decide(max(one, other), amount, SHIPPED)[0]


@given(chances, st.integers(0, 10**9), st.sampled_from([2, 8, 1_024]))
def test_other_currency_decides_the_same(chance, amount, factor):
    entries = [ActionCost(e.friction_fen * factor, e.handling_fen * factor, e.share_lost) for e in SHIPPED.actions]
    scaled = CostTable(*entries[1:])
    assert decide(chance, amount, SHIPPED)[0] == decide(chance, amount * factor, scaled)[0]


def test_every_row_has_its_own_amount_and_floor():
    found = decide([0.02, 0.02, 0.02], [2_000, 100_000, 2_000_000], SHIPPED)
    assert found.dtype == np.int8
    assert found.tolist() == [0, 1, 2]
    assert decide([0.0, 0.0, 0.9], 100_000, SHIPPED, floor=[0, 3, 1]).tolist() == [0, 3, 3]


def test_floor_takes_the_cheapest_action_that_is_allowed_not_the_floor_itself():
    hold_is_dear = CostTable(ActionCost(1, 0, 0.5), ActionCost(2, 900, 0.5), ActionCost(3, 0, 0.5))
    assert decide(0.1, 100, hold_is_dear, floor=2).tolist() == [3]


def test_action_that_is_never_cheapest_has_the_threshold_of_the_next():
    no_use = CostTable(ActionCost(500, 0, 0.9), ActionCost(600, 0, 0.1), ActionCost(700, 0, 0.1))
    step_up, hold, block = thresholds(no_use, 10_000)
    assert step_up == hold < 1 <= block


def test_row_without_probability_or_amount_is_refused():
    with pytest.raises(DecisionInputError, match="row 1 has nan"):
        decide([0.1, np.nan], [5, 5], SHIPPED)
    with pytest.raises(DecisionInputError, match=r"row 0 has 1\.5"):
        expected_cost([1.5], [5], SHIPPED)
    with pytest.raises(DecisionInputError, match="amount_fen"):
        decide([0.1], [-5], SHIPPED)
    with pytest.raises(DecisionInputError, match="floor"):
        decide([0.1], [5], SHIPPED, floor=[4])
    with pytest.raises(DecisionInputError, match="decision"):
        realised_cost([4], [0], [5], SHIPPED)


def test_expected_cost_is_the_mean_of_the_realised_ones():
    expected = expected_cost(0.25, 1_000_000, SHIPPED)[0]
    for action in range(4):
        good, fraud_ = realised_cost([action, action], [0, 1], [1_000_000] * 2, SHIPPED)
        assert expected[action] == pytest.approx(0.75 * good + 0.25 * fraud_)


def test_savings_are_zero_for_the_best_blind_policy_and_less_for_a_worse_one():
    label, amount = np.r_[np.zeros(999), 1], np.full(1_000, 50_000)
    assert savings(np.zeros(1_000, int), label, amount, SHIPPED) == 0.0
    assert savings(np.full(1_000, 3), label, amount, SHIPPED) < 0
    assert 0.7 < savings(np.r_[np.zeros(999, int), 3], label, amount, SHIPPED) < 1
    with pytest.raises(DecisionInputError, match="no fraud"):
        savings([0], [0], [5_000], SHIPPED)


def test_there_is_a_chinese_word_for_every_action():
    assert len(ACTIONS) == len(ACTIONS_ZH) == len(SHIPPED.actions) == 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[hold]", "[hould]", "section hold is missing"),
        ("[hold]", "[wait]\n[hold]", "section wait is unknown"),
        ("handling_fen = 20", "", r"In \[step_up\] the field handling_fen is missing"),
        ("handling_fen = 20", "handling = 20\nhandling_fen = 20", "field handling is unknown"),
        ("handling_fen = 20", "handling_fen = 0.2", "step_up.handling_fen must be a whole number of fen"),
        ("handling_fen = 20", "handling_fen = true", "whole number of fen"),
        ("handling_fen = 20", "handling_fen = -20", "zero or more, not -20"),
        ("share_lost = 0.35", "share_lost = 35", "between 0 and 1, not 35"),
        ("share_lost = 0.35", "share_lost = nan", "between 0 and 1, not nan"),
        ("share_lost = 0.35", "share_lost = 0.05", r"hold.share_lost \(0.1\) must not be above step_up"),
        ("friction_fen = 300", "friction_fen = 3000", "must not be below step_up.friction_fen"),
        ("share_lost = 1.0", "share_lost = 0.9", "pass must have"),
        ("[pass]", "[pass", "not valid TOML"),
    ],
)
def test_wrong_table_of_costs_is_refused(old, new, said):
    assert old in TEXT
    with pytest.raises(CostTableError, match=said):
        read_costs(TEXT.replace(old, new, 1))
