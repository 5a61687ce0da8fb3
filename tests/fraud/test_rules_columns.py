"""Columns as rules read them: what they hold, what they refuse, rows cut out of them, and conditions over them."""

import numpy as np
import pandas as pd
import pytest

from fraud.errors import RuleEventError
from fraud.rules import evaluate, parse_condition
from fraud.rules.columns import Moments, Numbers, Texts, prepare
from fraud.rules.evaluate import numbers, true_rows
from fraud.rules.syntax import And, Comparison, Field, Not, Text, Truth

HOUR, CHANNEL = Field("hour"), Field("channel")


def refusal(task, *given) -> str:
    with pytest.raises((RuleEventError, TypeError)) as caught:
        task(*given)
    return str(caught.value)


def test_columns_say_what_they_hold_and_what_was_asked():
    some = {"channel": np.array(["atm", "pos"]), "hour": np.array([1, 2])}
    prepared = prepare(some, some)
    assert refusal(prepared.numbers, "channel") == (
        "column 'channel' holds text or times; the rules compare it as numbers"
    )
    assert refusal(prepared.texts, "hour") == "column 'hour' holds numbers or times; the rules compare it as text"
    assert refusal(prepare, some, ["weekday"]) == (
        "column 'weekday' is not there, and a rule reads it; leave out the rule or add the column"
    )
    assert (
        refusal(prepare, {**some, "weekday": [1]}, ["weekday"]) == "column 'weekday' has 1 rows; the first column has 2"
    )
    assert refusal(prepare, {"hour": np.array([2**63], np.uint64)}, ["hour"]) == (
        "column 'hour' holds 9223372036854775808; the largest whole number is 2**63 - 1"
    )
    assert refusal(prepare, {"hour": np.array([1j])}, ["hour"]) == (
        "column 'hour' holds complex numbers; amounts and counts are plain numbers"
    )
    assert refusal(prepare, {"channel": pd.Categorical([3])}, ["channel"]) == (
        "column 'channel' holds 3 among others; categories and identifiers are text"
    )


def test_a_column_keeps_its_type_and_its_gaps():
    read = prepare(
        {
            "small": np.array([1, 2], np.uint8),
            "most": np.array([2**63 - 1, 0], np.uint64),
            "narrow": np.array([0.5, np.nan], np.float32),
            "gaps": pd.array([1, None], "Int8"),
            "fractions": pd.array([0.5, None], "Float32"),
            "flags": [True, False],
            "words": pd.Series(["b", None], dtype="str"),
            "groups": pd.Series(["b", None], dtype="category"),
            "none": np.array([None, None], dtype=object),
        },
        ["small", "most", "narrow", "gaps", "fractions", "flags", "words", "groups", "none"],
    )
    kinds = {name: one.values.dtype.name for name, one in read.columns.items() if isinstance(one, Numbers)}
    whole, real = ("small", "most", "gaps", "flags"), ("narrow", "fractions")
    assert kinds == dict.fromkeys(whole, "int64") | dict.fromkeys(real, "float64")
    assert {name: one.valid.tolist() for name, one in read.columns.items()} == {
        **{name: [True, True] for name in ("small", "most", "flags")},
        **{name: [True, False] for name in ("narrow", "gaps", "fractions", "words", "groups")},
        "none": [False, False],
    }
    assert read.numbers("most").values.tolist() == [2**63 - 1, 0]
    assert read.numbers("none").valid.tolist() == [False, False]
    assert read.numbers("none").values.tolist() == [0, 0]
    assert read.texts("none").codes.tolist() == [-1, -1]
    assert (read.texts("words").code("b"), read.texts("words").code("c")) == (0, -2)


def test_rows_of_columns_are_cut_without_their_neighbours():
    moments = pd.to_datetime(["2026-01-01", None, "2026-01-03"])
    gaps, words = pd.array([1, None, 3], "Int64"), np.array(["a", "b", "a"])
    read = prepare({"at": moments, "gaps": gaps, "word": words}, ["at", "gaps", "word"])
    part = read.rows(1, 9)
    assert part.size == 2
    assert isinstance(part.columns["at"], Moments)
    assert isinstance(part.columns["word"], Texts)
    assert part.columns["at"].valid.tolist() == [False, True]
    assert part.numbers("gaps").valid.tolist() == [False, True]
    assert part.texts("word").codes.tolist() == [1, 0]
    taken = read.take(np.array([2, 0]), ["gaps"])
    assert (taken.size, sorted(taken.columns), taken.numbers("gaps").values.tolist()) == (2, ["gaps"], [3, 1])


def test_days_of_columns_are_local_days_and_seconds_are_taken_as_such():
    zoned = pd.Series(pd.to_datetime(["2026-01-01 23:30"])).dt.tz_localize("Asia/Shanghai")
    assert prepare({"occurred_at": zoned}, ["occurred_at"]).days().values.tolist() == [20_454]
    seconds = prepare({"occurred_at": np.array([20_454 * 86_400 + 86_399, -1])}, ["occurred_at"]).days()
    assert (seconds.values.tolist(), seconds.valid.tolist()) == ([20_454, -1], [True, True])
    gap = prepare({"occurred_at": np.array([np.nan])}, ["occurred_at"]).days()
    assert gap.valid.tolist() == [False]


def test_over_columns_values_and_conditions_are_told_apart():
    prepared = prepare({"hour": np.array([1, 2]), "channel": np.array(["a", "b"])}, ["hour", "channel"])
    assert refusal(true_rows, HOUR, prepared, {}) == "Field(name='hour') is a value, not a condition"
    assert refusal(numbers, Truth(True), prepared) == "Truth(value=True) is no number; the parser refuses that"
    two = Comparison("==", Text("a"), Text("b"))
    assert refusal(true_rows, two, prepared, {}) == "two constants are compared; the parser refuses that"


def test_two_columns_of_texts_are_the_same_where_their_words_are():
    columns = {
        "channel": pd.Series(["a", "b", "c", None, "a", None], dtype="category"),
        "ip": pd.Series(["a", "x", "b", "a", None, None], dtype="category"),
    }
    same, other = parse_condition("channel == ip", check=False), parse_condition("channel != ip", check=False)
    assert evaluate(same, columns).tolist() == [True, False, False, False, False, False]
    assert evaluate(other, columns).tolist() == [False, True, True, False, False, False]
    assert evaluate(Not(same), columns).tolist() == [False, True, True, False, False, False]


def test_what_was_tested_before_is_not_tested_again():
    known = {}
    prepared = prepare({"hour": np.array([1, 9])}, ["hour"])
    late = parse_condition("hour > 5")
    assert true_rows(late, prepared, known).tolist() == [False, True]
    known[late, True][:] = True  # as if a shared test had said so
    assert true_rows(And((late, Truth(True))), prepared, known).tolist() == [True, True]
    assert true_rows(Not(late), prepared, known).tolist() == [True, False]
