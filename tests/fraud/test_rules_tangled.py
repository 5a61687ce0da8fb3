"""Compiled rules where each cell counts: texts that are missing or other, presence, and conditions judged whole."""

import itertools

import numpy as np
import pandas as pd
import pytest
from random_rules import book_of, event_of

from fraud.rules import parse_condition
from fraud.rules.columns import prepare
from fraud.rules.compiled import compile_rules
from fraud.rules.reference import hits
from fraud.rules.sources import Judged
from fraud.rules.syntax import Not
from fraud.rules.tables import build

WAYS = pytest.mark.parametrize("numba", [True, False], ids=["numba", "plain"])
FIELDS = ("hour", "weekday", "customer_age")


def agree(conditions, columns, numba):
    """Over columns and on single events the rules hit what the reference hits: each something, and none all."""
    rules = compile_rules(book_of(*conditions), numba=numba)
    events = [event_of(columns, row) for row in range(len(columns["hour"]))]
    wanted = [[hits(condition, event) for condition in conditions] for event in events]
    assert rules.hits(columns).tolist() == wanted
    assert [[n in rules.event_hits(event) for n in range(len(conditions))] for event in events] == wanted
    for condition, found in zip(conditions, np.array(wanted).T, strict=True):
        assert found.any(), condition
        assert not found.all(), condition


@WAYS
def test_a_text_is_the_word_another_one_or_missing(numba):
    columns = {
        "hour": np.arange(5.0),
        "channel": pd.Series(["atm", "pos", "web", None, "atm"], dtype="category"),
        "merchant_category": pd.Series([None, "casino", "", "casino", "shop"], dtype="str"),
    }
    texts = (
        'channel == "atm"',
        'channel != "atm"',
        'not channel != "pos"',
        'channel in ["atm", "web"]',
        'channel not in ["atm", "web"]',
        'merchant_category != "casino" and channel != "atm"',
        'merchant_category == ""',
        "channel is null",
        "merchant_category is not null",
    )
    agree([parse_condition(text) for text in texts], columns, numba)


@WAYS
def test_presence_is_seen_of_any_field(numba):
    columns = {
        "hour": np.array([1.0, np.nan, 3.0]),
        "occurred_at": pd.Series(pd.to_datetime(["2026-01-01", None, None])),
        "channel": np.array(["atm", None, "pos"], dtype=object),
    }
    texts = ("occurred_at is null", "occurred_at is not null", "hour is null", "channel is not null and hour > 1")
    agree([parse_condition(text) for text in texts], columns, numba)


@WAYS
def test_conditions_that_are_judged_whole_hit_where_they_are_true_and_their_opposites_where_false(numba):
    """Three numbers that must be 0, 1 and 2 in any order: 27 terms, more than are laid out one by one."""
    ways = [" or ".join(f"{name} == {n}" for name in FIELDS) for n in range(3)]
    tangled = parse_condition(" and ".join(f"({way})" for way in ways))
    opposite = parse_condition(" or ".join(f"({' and '.join(f'{name} != {n}' for name in FIELDS)})" for n in range(3)))
    some = " or ".join(f"(hour == {n % 4} and weekday == {n // 4})" for n in range(12))
    pairs = parse_condition(f"{some} or customer_age == 9")
    assert any(isinstance(source, Judged) for source in build([tangled]).sources)
    values = np.array([*itertools.product([0.0, 1.0, 2.0, np.nan], repeat=3), [5, 5, 9], [5, 5, 5]]).T
    columns = dict(zip(FIELDS, values, strict=True))
    agree([tangled, Not(tangled), opposite, Not(opposite), pairs, Not(pairs)], columns, numba)


@WAYS
def test_a_condition_of_many_alternatives_is_false_where_none_is_true(numba):
    many = parse_condition(" or ".join(f"(hour == {n} and weekday == {n + 1})" for n in range(20)))
    assert any(isinstance(source, Judged) for source in build([many]).sources)
    columns = {"hour": np.array([3, 3, 19, 8.0, np.nan]), "weekday": np.array([4, 5, 20, np.nan, 4])}
    agree([many, Not(many)], columns, numba)


@WAYS
def test_values_of_two_fields_are_compared_whatever_they_are(numba):
    columns = {
        "hour": np.array([1, 2, 3, 2**53 + 1, 2]),
        "weekday": np.array([2.0, 2.0, 2.0, 2.0**53, np.nan]),
        "channel": pd.Series(["a", "b", "c", None, "a"], dtype="category"),
        "merchant_category": pd.Series(["b", "b", None, "c", "a"], dtype="category"),
    }
    texts = ("hour < weekday", "hour == weekday", "hour != weekday", "hour >= weekday", "hour - weekday > 0")
    pairs = ("channel == merchant_category", "channel != merchant_category")
    conditions = [parse_condition(text, check=False) for text in (*texts, *pairs)]
    agree(conditions, columns, numba)


@WAYS
def test_a_rule_that_can_never_hit_does_not_hit_beside_one_that_always_does(numba):
    rules = compile_rules(book_of(*map(parse_condition, ("hour < 1 and hour > 2", "true"))), numba=numba)
    assert rules.hits({"hour": np.array([0.0, 9.0])}).tolist() == [[False, True]] * 2
    assert rules.event_hits({"hour": 0}) == (1,)


def test_a_column_of_numbers_in_which_nothing_is_present_stands_for_texts_too():
    prepared = prepare({"channel": np.array([np.nan, np.nan])}, ["channel"])
    assert prepared.texts("channel").codes.tolist() == [-1, -1]
    assert len(prepared.texts("channel").categories) == 0
