"""Edges of judging one event: what is refused, odd values, cells, and features beside an event."""

import math
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from random_rules import book_of

from fraud.errors import RuleEventError
from fraud.rules import judge, parse_condition
from fraud.rules.compiled import compile_rules
from fraud.rules.reference import day_of, present, value_of
from fraud.rules.single import cell_finder, reader
from fraud.rules.sources import Cuts, Judged, Numeric, Pair, Present, Textual, Words, first_whole
from fraud.rules.syntax import And, Arithmetic, Between, Comparison, Day, Field, IsNull, Minus, Not, Number, Text, Truth
from fraud.rules.tables import build
from fraud.rules.terms import axes_of, terms_of

HOUR, CHANNEL = Field("hour"), Field("channel")


def refusal(task, *given) -> str:
    with pytest.raises((RuleEventError, TypeError)) as caught:
        task(*given)
    return str(caught.value)


def test_the_reference_says_what_can_not_be_compared_or_computed():
    mixed = Comparison("==", HOUR, Text("atm"))
    assert refusal(judge, mixed, {"hour": 3}) == (
        "3 is compared with 'atm'; a rule compares texts with texts, numbers with numbers"
    )
    assert refusal(value_of, Arithmetic(HOUR, (("*", CHANNEL),)), {"hour": 3, "channel": "atm"}) == (
        "3 * 'atm': a rule computes with numbers only, and one of them is text"
    )
    assert refusal(value_of, Minus(CHANNEL), {"channel": "atm"}) == (
        "0.0 - 'atm': a rule computes with numbers only, and one of them is text"
    )
    assert refusal(value_of, HOUR, {"hour": 2**63}) == (
        "'hour' is 9223372036854775808; a whole number must be between -2**63 and 2**63 - 1"
    )
    assert "a whole number must be between" in refusal(value_of, HOUR, {"hour": -(2**63) - 1})
    assert [value_of(HOUR, {"hour": edge}) for edge in (-(2**63), 2**63 - 1)] == [-(2**63), 2**63 - 1]
    assert refusal(day_of, "yesterday") == (
        "'occurred_at' is 'yesterday'; it must be a date and time, or whole seconds since 1970"
    )
    assert refusal(judge, HOUR, {}) == "Field(name='hour') is a value, not a condition"
    assert refusal(value_of, Truth(True), {}) == "Truth(value=True) is a condition, not a value"


def test_unknown_stays_unknown_through_all_that_is_built_of_it():
    unknown, yes, no = Comparison("==", HOUR, Number(3)), Truth(True), Truth(False)
    between = Between(HOUR, Number(1), Number(2))
    wanted = {And((unknown, yes)): None, And((unknown, no)): False, Not(unknown): None, between: None}
    assert {condition: judge(condition, {}) for condition in wanted} == wanted
    assert judge(IsNull(HOUR), {}) is True
    assert judge(IsNull(HOUR), {"hour": 0}) is False


def test_a_day_is_counted_from_1970_whatever_says_the_time():
    moment = datetime(2026, 1, 10, 23, 59, 59)
    wanted = date(2026, 1, 10).toordinal() - date(1970, 1, 1).toordinal()
    seconds = wanted * 86_400 + 86_399
    exact, finer = np.datetime64(moment), np.datetime64(moment, "ns")
    for told in (moment, pd.Timestamp(moment), exact, finer, seconds, float(seconds)):
        assert day_of(told) == wanted
    for gap in (None, math.nan, pd.NaT, np.datetime64("NaT"), math.inf, -math.inf):
        assert day_of(gap) is None
    assert day_of(-1) == -1


def test_what_is_present_is_pythons_own():
    for given, wanted in (
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), 1),
        (False, 0),
        (Decimal("3.0"), 3),
        (Decimal("3.5"), 3.5),
        (Decimal("Infinity"), math.inf),
        (date(2026, 1, 2), "2026-01-02"),
    ):
        found = present(given)
        assert found == wanted
        assert type(found) is type(wanted)
    for gap in (None, math.nan, np.float64("nan"), Decimal("NaN"), pd.NA, pd.NaT):
        assert present(gap) is None


@pytest.mark.parametrize(
    ("constant", "above", "first"),
    [
        (2.5, False, 3),
        (2.5, True, 3),
        (3.0, False, 3),
        (3.0, True, 4),
        (-2.5, False, -2),
        (-3.0, True, -2),
        (2**63 - 1, False, 2**63 - 1),
        (2**63 - 1, True, None),
        (-(2**63) - 5, False, -(2**63)),
        (float(2**53), False, 2**53),
        (float(2**53), True, 2**53 + 2),
        (float(2**53) + 2, False, 2**53 + 2),
        (9.3e18, False, None),
        (-math.inf, True, -(2**63)),
        (math.inf, False, None),
    ],
)
def test_the_first_whole_number_that_reaches_a_cut(constant: float, above: bool, first: int | None):
    assert first_whole(constant, above) == first


def test_cells_of_numbers_lie_between_the_constants():
    axis = Cuts.at([("<", 5), ("==", 3), (">", 7)])
    assert axis.cuts == ((3, False), (3, True), (5, False), (7, True))
    find = cell_finder(Numeric(HOUR), axis)
    assert [find({"hour": hour}) for hour in (2, 3, 3.5, 4, 5, 7, 7.5, 8)] == [1, 2, 3, 3, 4, 4, 5, 5]
    assert (axis.size, bin(axis.there)) == (6, "0b111110")
    accepted = {
        "<5": "0b1110",
        ">=5": "0b110000",
        "==3": "0b100",
        "!=3": "0b111010",
        ">7": "0b100000",
        "<=7": "0b11110",
    }
    assert {test: bin(axis.accepted(test[:-1], int(test[-1]))) for test in accepted} == accepted


@pytest.mark.parametrize(
    ("sign", "cuts"),
    [
        *[(sign, ((9, False),)) for sign in ("<", ">=")],
        *[(sign, ((9, True),)) for sign in ("<=", ">")],
        *[(sign, ((9, False), (9, True))) for sign in ("==", "!=")],
    ],
)
def test_a_comparison_cuts_the_line_no_more_than_it_must(sign: str, cuts: tuple):
    assert Cuts.at([(sign, 9)]).cuts == cuts


def test_constants_that_are_compared_hit_always_or_never():
    assert terms_of(Comparison("<", Number(1), Number(2)), {}) == [{}]
    assert terms_of(Comparison("<", Number(2), Number(1)), {}) == []
    assert terms_of(Comparison("<", Number(2), Number(1)), {}, wanted=False) == [{}]


def test_sources_are_read_as_floats_and_missing_as_nan():
    words = Words.of(["atm", "pos", "atm"])
    assert words.words == ("atm", "pos")
    read = reader(Textual("channel"), words)
    assert [read({"channel": word}) for word in ("atm", "pos", "web", np.str_("pos"))] == [1.0, 2.0, 0.0, 2.0]
    assert math.isnan(read({"channel": None}))
    for source, event, wanted in (
        (Numeric(HOUR), {"hour": 3}, 3.0),
        (Numeric(Arithmetic(HOUR, (("+", Number(1)),))), {"hour": 3}, 4.0),
        (Numeric(Day()), {"occurred_at": 86_400}, 1.0),
        (Present("hour"), {"hour": 9}, 0.0),
        (Pair(HOUR, Field("weekday")), {"hour": 1, "weekday": 2}, -1.0),
        (Pair(HOUR, Field("weekday")), {"hour": 2, "weekday": 2}, 0.0),
        (Pair(HOUR, Field("weekday")), {"hour": 3, "weekday": 2}, 1.0),
        (Pair(CHANNEL, Field("ip")), {"channel": "a", "ip": "b"}, 1.0),
        (Pair(CHANNEL, Field("ip")), {"channel": "b", "ip": "b"}, 0.0),
        (Judged(IsNull(HOUR), True), {}, 1.0),
        (Judged(IsNull(HOUR), False), {}, 0.0),
    ):
        assert reader(source, Cuts(()))(event) == wanted
    for source in (Numeric(HOUR), Numeric(Day()), Numeric(Minus(HOUR)), Present("hour"), Pair(HOUR, Field("weekday"))):
        assert math.isnan(reader(source, Cuts(()))({"weekday": 1}))


def test_a_source_says_what_it_can_not_read():
    assert refusal(reader(Numeric(HOUR), Cuts(())), {"hour": "3"}) == (
        "'hour' is '3', a text or a time; a rule compares it as a number"
    )
    assert refusal(reader(Textual("channel"), Words(("atm",))), {"channel": 3}) == (
        "'channel' is 3; a rule compares it as text"
    )
    assert refusal(reader, Textual("channel"), Cuts(())) == "Textual(name='channel') is no source of numbers"


@pytest.mark.parametrize("numba", [True, False])
def test_features_beside_an_event_are_read_from_the_array_alone(numba: bool):
    texts = ("hour < 5", 'channel == "atm" and hour is not null', "weekday - hour > 1")
    rules = compile_rules(book_of(*map(parse_condition, texts)), ["hour"], numba)
    event = {"hour": 9, "channel": "atm", "weekday": 4.0}
    assert rules.event_hits(event, [1.0]) == (0, 1, 2)
    assert rules.event_hits(event) == (1,)
    assert rules.event_hits(event, [math.nan]) == ()
    assert rules.event_hits({**event, "weekday": 2**60}, [1.0]) == (0, 1, 2)
    assert sorted(rules.fields) == ["channel", "hour", "weekday"]


def test_features_of_another_shape_are_refused_with_their_number():
    rules = compile_rules(book_of(parse_condition("hour < 5")), ["hour"], numba=False)
    assert refusal(rules.event_hits, {}, [1.0, 2.0]) == (
        "the features are of shape (2,); the rules were compiled for 1, in one row"
    )


def test_terms_that_differ_in_one_source_are_one_term():
    either = parse_condition("hour < 5 or hour > 20 or weekday == 6")
    made = build([either])
    assert [int(made.everything), made.early, len(made.sources)] == [3, 2, 2]
    assert len(terms_of(either, axes_of([either]))) == 2
    assert terms_of(parse_condition("hour < 1 and hour > 2"), axes_of([parse_condition("hour < 1 and hour > 2")])) == []
