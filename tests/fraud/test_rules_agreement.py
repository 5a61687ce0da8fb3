"""The fast evaluation, the readable reference and the written form agree on random conditions and events."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from random_rules import conditions, event_of, tables

from fraud.errors import RuleEventError
from fraud.rules import evaluate, judge, parse_condition, write
from fraud.rules.reference import hits
from fraud.rules.syntax import Not

# --- laws -------------------------------------------------------------------------------------------------------------


@settings(max_examples=120, deadline=None)
@given(conditions, tables)
def test_batch_agrees_with_the_reference_on_every_row(condition, columns):
    size = len(columns["whole"])
    judged = [judge(condition, event_of(columns, row)) for row in range(size)]
    assert evaluate(condition, columns).tolist() == [answer is True for answer in judged]
    assert evaluate(Not(condition), columns).tolist() == [answer is False for answer in judged]


@settings(max_examples=150, deadline=None)
@given(conditions)
def test_what_is_written_can_be_read_back(condition):
    assert parse_condition(write(condition), check=False) == condition


@settings(max_examples=30, deadline=None)
@given(conditions, tables)
def test_the_order_of_rows_changes_nothing(condition, columns):
    backwards = {name: values[::-1] for name, values in columns.items()}
    assert evaluate(condition, backwards)[::-1].tolist() == evaluate(condition, columns).tolist()


# --- single facts ------------------------------------------------------------------------------------------------


def test_fen_are_compared_exactly_where_floats_are_not():
    columns = {"amount_fen": np.array([2**53, 2**53 + 1]), "customer_sum_1h": np.array([2**53 + 1, 2**53])}
    assert evaluate(parse_condition("amount_fen == customer_sum_1h"), columns).tolist() == [False, False]


def test_narrow_column_is_compared_in_full_width():
    columns = {"customer_hours_share": np.array([0.1], dtype=np.float32)}  # which is slightly above 0.1
    assert evaluate(parse_condition("customer_hours_share > 0.1"), columns).tolist() == [True]


OUTCOMES = {
    "hour == 3": [False, True, False],
    "hour != 3": [True, False, True],
    "hour < 3": [True, False, False],
    "hour <= 3": [True, True, False],
    "hour > 3": [False, False, True],
    "hour >= 3": [False, True, True],
    "hour between 3 and 4": [False, True, True],
    "hour between 2 and 3": [True, True, False],
    "hour in [2, 4]": [True, False, True],
}


@pytest.mark.parametrize("text", OUTCOMES)
@pytest.mark.parametrize("dtype", ["int8", "int64", "float32", "float64", "Int64"])
def test_operator_and_its_negation_at_the_edge(text, dtype):
    columns = {"hour": pd.Series([2, 3, 4], dtype=dtype)}
    assert evaluate(parse_condition(text), columns).tolist() == OUTCOMES[text]
    assert evaluate(parse_condition(f"not ({text})"), columns).tolist() == [not hit for hit in OUTCOMES[text]]


@pytest.mark.parametrize(
    "text", ["hour - hour != 0", "hour * 0 != 0", "hour / hour != 1", "1 / weekday != 1", "not 1 / weekday == 1"]
)
def test_what_has_no_value_is_unknown(text):
    event = {"hour": float("inf"), "weekday": 0.0}
    assert judge(parse_condition(text), event) is None
    assert not evaluate(parse_condition(text), {name: np.array([value]) for name, value in event.items()}).any()


@pytest.mark.parametrize("text", ["hour > 3", "hour <= 3", "hour == 3", "hour != 3", "hour in [3]", "hour not in [3]"])
def test_missing_value_hits_no_comparison(text):
    for gap in (None, float("nan"), pd.NA, pd.NaT):
        assert judge(parse_condition(text), {"hour": gap}) is None
    assert not evaluate(parse_condition(text), {"hour": np.array([np.nan])}).any()


def test_infinity_is_a_value():
    condition = parse_condition("customer_amount_ratio > 5 and customer_amount_ratio is not null")
    assert hits(condition, {"customer_amount_ratio": float("inf")})
    assert evaluate(condition, {"customer_amount_ratio": np.array([np.inf])}).all()


def test_unknown_category_differs_from_every_text():
    condition = parse_condition('merchant_category != "jewellery"')
    assert evaluate(condition, {"merchant_category": pd.Series(["casino", None], dtype="category")}).tolist() == [
        True,
        False,
    ]


def test_time_can_be_asked_for_presence_only():
    times = pd.Series(pd.to_datetime(["2026-01-01", None]))
    assert evaluate(parse_condition("occurred_at is null"), {"occurred_at": times}).tolist() == [False, True]


@pytest.mark.parametrize(
    ("columns", "part"),
    [
        ({"channel": np.array(["atm"])}, "column 'hour' is not there"),
        ({"channel": np.array(["atm"]), "hour": np.array([1, 2])}, "column 'hour' has 2 rows"),
        ({"channel": np.array(["atm"]), "hour": np.array(["1"])}, "'hour' holds text or times"),
        ({"channel": np.array([3]), "hour": np.array([1])}, "'channel' holds numbers or times"),
        ({"channel": np.array([3], dtype=object), "hour": np.array([1])}, "'channel' holds 3"),
        ({"channel": pd.Categorical([3]), "hour": np.array([1])}, "'channel' holds 3"),
        ({"channel": np.array(["atm"]), "hour": np.array([2**63], dtype=np.uint64)}, "the largest whole number"),
        ({"channel": np.array(["atm"]), "hour": np.array([1j])}, "complex"),
    ],
)
def test_columns_that_do_not_fit_are_refused(columns, part):
    with pytest.raises(RuleEventError, match=part):
        evaluate(parse_condition('hour == 1 or channel == "atm"'), columns)
