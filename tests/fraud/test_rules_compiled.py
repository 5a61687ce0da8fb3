"""The compiled rules, over columns and on one event, with numba and without, agree with the reference bit for bit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_rules import EDGE_COLUMNS, EDGE_CONDITIONS, book_of, conditions, event_of, tables

from fraud.errors import RuleEventError
from fraud.rules import full_rulebook, judge, parse_condition
from fraud.rules.compiled import BLOCK_OF_ROWS, compile_rules
from fraud.rules.reference import hits
from fraud.rules.sources import Judged
from fraud.rules.tables import build
from fraud.rules.terms import MOST_TERMS

WAYS = pytest.mark.parametrize("numba", [True, False], ids=["numba", "plain"])
FULL = full_rulebook()


def compiled(*texts, numba=True, features=(), **more):
    return compile_rules(book_of(*map(parse_condition, texts), **more), features, numba=numba)


@settings(max_examples=60, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=5), tables)
def test_every_target_hits_what_the_reference_hits(found, columns):
    book, size = book_of(*found), len(columns["whole"])
    events = [event_of(columns, row) for row in range(size)]
    expected = [[judge(condition, event) is True for condition in found] for event in events]
    assert book.hits(columns).tolist() == expected
    for numba in (True, False):
        rules = compile_rules(book, ["real"], numba=numba)
        lists = rules.hit_lists(columns)
        assert rules.hits(columns).tolist() == expected
        for row, event in enumerate(events):
            wanted = np.flatnonzero(expected[row]).tolist()
            rest = {name: value for name, value in event.items() if name != "real"}
            assert lists.of(row).tolist() == wanted
            assert list(rules.event_hits(event)) == wanted
            assert list(rules.event_hits(rest, np.array([event["real"]]))) == wanted


@WAYS
def test_every_operator_at_every_edge_hits_what_the_reference_hits(numba):
    rules = compile_rules(book_of(*EDGE_CONDITIONS), ["real"], numba=numba)
    events = [event_of(EDGE_COLUMNS, row) for row in range(len(EDGE_COLUMNS["whole"]))]
    expected = [[judge(condition, event) is True for condition in EDGE_CONDITIONS] for event in events]
    assert rules.hits(EDGE_COLUMNS).tolist() == rules.rulebook.hits(EDGE_COLUMNS).tolist() == expected
    for event, wanted in zip(events, expected, strict=True):
        assert list(rules.event_hits(event)) == np.flatnonzero(wanted).tolist()
        assert list(rules.event_hits(event, np.array([event["real"]]))) == np.flatnonzero(wanted).tolist()


@WAYS
@pytest.mark.parametrize("rule", range(0, 561, 17))
def test_the_full_rulebook_keeps_its_examples_compiled(rule, numba):
    rules, one = (FULL_COMPILED if numba else FULL_PLAIN), FULL.rules[rule]
    for event in (*one.hits, *one.misses):
        expected = [place for place, other in enumerate(FULL.rules) if hits(other.test, event)]
        assert list(rules.event_hits(event)) == expected


FULL_COMPILED, FULL_PLAIN = compile_rules(FULL), compile_rules(FULL, numba=False)


@WAYS
def test_fen_are_compared_exactly_where_floats_are_not(numba):
    rules = compiled("amount_fen == customer_sum_1h", "amount_fen > 5 yuan", numba=numba)
    for amount, other, wanted in ((2**53 + 1, 2**53, (1,)), (2**53 + 1, 2**53 + 1, (0, 1)), (2**63 - 1, 2**62, (1,))):
        assert rules.event_hits({"amount_fen": amount, "customer_sum_1h": other}) == wanted
        columns = {"amount_fen": np.array([amount]), "customer_sum_1h": np.array([other])}
        assert tuple(rules.hit_lists(columns).of(0)) == wanted


@WAYS
def test_a_limit_above_what_floats_tell_apart_is_where_the_reference_has_it(numba):
    condition = parse_condition("hour >= 94_906_267 * 94_906_267")  # 9007199515875289 > 2**53, as a float
    rules = compile_rules(book_of(condition), numba=numba)
    for hour in range(94_906_267**2 - 3, 94_906_267**2 + 4):
        wanted = hits(condition, {"hour": hour})
        assert (rules.event_hits({"hour": hour}) == (0,)) is wanted
        assert rules.hits({"hour": np.array([hour])})[0, 0] == wanted


@WAYS
@pytest.mark.parametrize("gap", [None, float("nan"), pd.NA, pd.NaT, "absent"])
def test_missing_is_unknown_however_it_is_marked(numba, gap):
    rules = compiled("hour < 5", "not hour < 5", "hour is null", 'channel != "atm"', "channel is null", numba=numba)
    event = {} if isinstance(gap, str) else {"hour": gap, "channel": gap}
    assert rules.event_hits(event) == (2, 4)


@WAYS
@pytest.mark.parametrize("event", [{"hour": "3"}, {"channel": 3}, {"hour": 2**63}, {"hour": 1, "channel": True}])
def test_what_cannot_be_compared_is_refused_and_named(numba, event):
    with pytest.raises(RuleEventError, match=r"hour|channel"):
        compiled("hour < 5", 'channel == "atm"', numba=numba).event_hits(event)


@WAYS
def test_a_rule_outside_its_dates_does_not_hit(numba):
    dates = {"valid_from": date(2026, 1, 10), "valid_until": date(2026, 1, 12)}
    book = book_of(parse_condition("hour < 5"), **dates)
    rules = compile_rules(book, numba=numba)
    days = [datetime(2026, 1, day, 23, 59, 59) for day in (9, 10, 12, 13)]
    wanted = [False, True, True, False]
    assert [rules.event_hits({"hour": 1, "occurred_at": day}) == (0,) for day in days] == wanted
    seconds = [int((day - datetime(1970, 1, 1)).total_seconds()) for day in days]
    assert [rules.event_hits({"hour": 1, "occurred_at": second}) == (0,) for second in seconds] == wanted
    assert rules.event_hits({"hour": 1}) == ()
    for moments in (pd.Series(days), pd.Series(days).dt.tz_localize("Asia/Shanghai"), np.array(seconds)):
        columns = {"hour": np.ones(4), "occurred_at": moments}
        assert rules.hits(columns)[:, 0].tolist() == wanted == book.hits(columns)[:, 0].tolist()
    assert [len(book.on(day.date()).rules) for day in days] == [0, 1, 1, 0]
    assert compile_rules(book.on(date(2026, 1, 10)), numba=numba).event_hits({"hour": 1}) == (0,)


def test_a_tangled_condition_is_judged_whole_and_hits_the_same():
    tangled = " and ".join(f"(hour == {n} or weekday == {n} or customer_age == {n})" for n in range(5))
    condition = parse_condition(tangled)
    assert any(isinstance(source, Judged) for source in build([condition]).sources)
    assert MOST_TERMS < 3**5
    values = np.random.default_rng(1).integers(0, 5, size=(3, 4_000)).astype(float)
    columns = dict(zip(("hour", "weekday", "customer_age"), values, strict=True))
    book = book_of(condition, parse_condition("hour == 2"))
    for numba in (True, False):
        assert (compile_rules(book, numba=numba).hits(columns) == book.hits(columns)).all()
    assert compile_rules(book).event_hits({"hour": 2, "weekday": 1, "customer_age": 0}) == (1,)


@pytest.mark.parametrize("size", [0, 1, BLOCK_OF_ROWS - 1, BLOCK_OF_ROWS + 1, 3 * BLOCK_OF_ROWS])
def test_hits_are_the_same_across_the_seams_of_blocks_and_threads(size):
    rules = compiled("hour < 5 and amount_fen > 100 yuan", "true", "hour == 7 or amount_fen == 3")
    table = np.random.default_rng(size).integers(0, 24, size=(size, 5)).astype(float)
    columns = {"hour": table[:, 1], "amount_fen": np.arange(size)}  # hours lie scattered, row by row
    one, two = (rules.hit_lists(columns, threads) for threads in (1, 2))
    assert one.offsets.tolist() == two.offsets.tolist()
    assert (one.rules == two.rules).all()
    assert (rules.hits(columns) == rules.rulebook.hits(columns)).all()


def test_rules_are_judged_by_many_threads_at_once():
    rules = compiled(*(f"hour == {hour}" for hour in range(24)))
    hours = [n % 24 for n in range(2_000)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda hour: rules.event_hits({"hour": hour}), hours)) == [(hour,) for hour in hours]


@WAYS
@pytest.mark.parametrize("features", [[], [1.0], [1.0, 2.0, 3.0], [[1.0, 2.0]]])
def test_other_features_than_were_named_are_refused(numba, features):
    rules = compiled("hour < 5", "weekday == 2", features=["hour", "weekday"], numba=numba)
    assert rules.event_hits({}, [1.0, 2.0]) == (0, 1)
    with pytest.raises(RuleEventError, match="compiled for 2"):
        rules.event_hits({}, np.array(features))


@WAYS
def test_no_rule_and_rules_that_never_hit_are_judged_too(numba):
    for rules in (compiled(numba=numba), compiled("false", "hour < 1 and hour > 2", numba=numba)):
        assert rules.event_hits({"hour": 3}) == ()
        assert rules.hits({"hour": np.arange(4)}).shape == (4, len(rules.ids))
        assert not rules.hits({"hour": np.arange(4)}).any()


@WAYS
def test_a_condition_of_thousands_of_parts_is_compiled_and_hits_the_same(numba):
    either = " or ".join(f"(hour == {n} and weekday == {n % 7})" for n in range(1_000))
    steps = [f"amount_fen >= {n}" for n in range(400)]
    rules = compiled(either, *steps, numba=numba)
    columns = {"hour": np.arange(9), "weekday": np.arange(9) % 5, "amount_fen": np.arange(9) * 50}
    assert (rules.hits(columns) == rules.rulebook.hits(columns)).all()
    assert rules.event_hits({"hour": 999, "weekday": 999 % 7, "amount_fen": 1}) == (0, 1, 2)
