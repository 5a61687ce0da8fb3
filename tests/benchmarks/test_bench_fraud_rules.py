"""The rules beside others: every language says the same as ours, on every kind of condition and missing value."""

import math

import numpy as np
import pandas as pd
import pytest

from benchmarks import fraud_rules, rule_table
from benchmarks.rule_arrays import batches
from benchmarks.rule_events import singles
from benchmarks.rule_table import columns_of, events
from fraud.rules.compiled import compile_rules
from fraud.rules.language import parse_condition
from fraud.rules.rulebook import Rule, Rulebook

CONDITIONS = (
    "hour < 6",
    "not (hour < 6)",
    "hour is null or channel is null",
    'channel == "atm" and hour != 3',
    'channel != "atm"',
    'channel not in ["atm", "web"]',
    'channel in ["atm", "counter"] or hour in [1, 2]',
    "hour not in [3, 4]",
    "hour between 3 and 6",
    "hour not between 3 and 6",
    "not (hour not between 3 and 6 and channel is not null)",
    "amount_fen >= 2 * customer_sum_1d",
    "-hour < -4 or amount_fen == 100 yuan",
    "not (hour >= 6 or amount_fen > 50 yuan)",
)


def rulebook():
    rules = [
        Rule(f"r{place}", "t", "t", condition, parse_condition(condition), "hold", 1, "r", "r", (), "o", (), ())
        for place, condition in enumerate(CONDITIONS)
    ]
    return Rulebook("b", 1, "t", "t", tuple(rules))


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(5)
    n = 400
    hour = rng.integers(0, 9, n).astype(float)
    hour[rng.random(n) < 0.3] = np.nan
    channel = pd.Categorical.from_codes(rng.integers(-1, 3, n), ["atm", "web", "pos"])
    total = np.where(rng.random(n) < 0.3, np.nan, rng.integers(0, 9_000, n).astype(float))
    amount = rng.choice([100, 5_000, 5_001, 10_000], n)
    at = pd.Timestamp("2020-07-01") + pd.to_timedelta(np.arange(n), unit="h")
    frame = pd.DataFrame({"hour": hour, "channel": channel, "customer_sum_1d": total, "amount_fen": amount})
    return frame.assign(occurred_at=at, day=at.to_numpy().astype("datetime64[D]").astype(float))


@pytest.mark.parametrize("place", range(4))
def test_expressions_over_columns_hit_what_ours_hit(table, place):
    book = rulebook()
    wanted = book.hits(table).sum(axis=0)
    peer = batches(book)[place]
    assert peer.prepare(columns_of(table))().tolist() == wanted.tolist()
    assert 0 < wanted.sum() < wanted.size * len(table)


def test_every_library_hits_on_one_event_what_ours_hit(table):
    book = rulebook()
    rules = compile_rules(book, numba=False)
    for peer in singles([rule.test for rule in book.rules], {"amount_fen"}):
        for event in events(table, 60):
            shaped = peer.shape({name: value for name, value in event.items() if name != "occurred_at"})
            assert peer.judge(shaped) == rules.event_hits(event), peer.name


def test_the_quick_run_measures_everybody_and_everybody_agrees(monkeypatch):
    monkeypatch.setattr(fraud_rules, "_QUICK_ROWS", 500)
    monkeypatch.setattr(fraud_rules, "_QUICK_EVENTS", 8)
    monkeypatch.setattr(fraud_rules, "_QUICK_SECONDS", 0.0)
    first = fraud_rules.full_rulebook()
    few = type(first)(first.id, first.version, first.title, first.title_zh, first.rules[::20])
    monkeypatch.setattr(fraud_rules, "full_rulebook", lambda: few)
    found = fraud_rules.run(quick=True)
    assert {one.dataset for one in found} == {
        f"{len(few.rules)} rules {how}" for how in ("in memory", "from Parquet", "on one event")
    }
    assert all(math.isfinite(one.value) and one.value >= 0 for one in found)
    agrees = [one for one in found if one.metric == "agrees"]
    assert len(agrees) == 5 + 8
    assert all(one.value == 1 for one in agrees)
    assert {one.metric for one in found if one.dataset.endswith("event")} == {"p50", "p99", "agrees"}


def test_a_table_of_the_province_has_every_field_of_the_full_rulebook():
    book = fraud_rules.full_rulebook()
    made = rule_table.province_table(book, 200, 7, lambda *_: None)
    assert set(compile_rules(book, numba=False).fields) <= set(made.columns)
    assert made["amount_fen"].dtype == np.int64
