"""Rulebooks: the first one keeps its examples, others are read strictly, and what a table lacks is named."""

import string

import numpy as np
import pandas as pd
import pytest

from fraud.errors import ConditionError, RulebookError
from fraud.features.catalogue import available
from fraud.rules import (
    ACTIONS,
    VOCABULARY,
    check_examples,
    explain,
    first_rulebook,
    load,
    parse,
    parse_condition,
    write,
)

FIRST = first_rulebook()

GOOD = """
id = "mine"
version = 1
title = "Mine"
title_zh = "自定义"

[[rule]]
id = "night"
title = "Night"
title_zh = "深夜"
when = "hour < 5 and amount_fen > 100 yuan"
action = "hold"
severity = 3
reason = "{amount_fen} at {hour}"
reason_zh = "{hour} 时 {amount_fen}"
tags = ["night"]
owner = "risk"
hits = [{ hour = 3, amount_fen = 20_000 }]
misses = [{ hour = 9, amount_fen = 20_000 }]
"""
SECOND = GOOD[GOOD.index("[[rule]]") :]


@pytest.mark.parametrize("rule", FIRST.rules, ids=FIRST.ids)
def test_rule_of_the_first_rulebook_keeps_its_examples_in_batch_too(rule):
    examples = [*rule.hits, *rule.misses]
    columns = {name: pd.Series([event.get(name) for event in examples]) for name in rule.fields}
    whole = FIRST.__class__("one", 1, "one", "one", (rule,))
    assert whole.hits(columns)[:, 0].tolist() == [True] * len(rule.hits) + [False] * len(rule.misses)
    assert check_examples(whole) == []


@pytest.mark.parametrize("rule", FIRST.rules, ids=FIRST.ids)
def test_rule_of_the_first_rulebook_is_written_back_the_same(rule):
    assert parse_condition(write(rule.condition)) == rule.condition


@pytest.mark.parametrize("rule", FIRST.rules, ids=FIRST.ids)
def test_reason_of_the_first_rulebook_is_filled_in_both_languages(rule):
    for lang in ("en", "zh"):
        text = explain(rule, rule.hits[0], lang)
        assert not set("{}") & set(text)
    assert any(letter not in string.printable for letter in rule.title_zh)


def test_first_rulebook_uses_every_action_and_each_rule_can_miss():
    assert {rule.action for rule in FIRST.rules} == set(ACTIONS)
    assert len(FIRST.rules) == len({write(rule.condition) for rule in FIRST.rules})


def test_slow_theft_and_merchant_collusion_are_unknown_to_every_rule():
    slow_theft = dict.fromkeys(VOCABULARY, 0) | {
        **{"channel": "mobile", "kind": "transfer", "country": "CN", "amount_fen": 29_900, "hour": 14},
        **{"customer_age": 70, "account_age_days": 2_000, "sim_age_days": 900, "customer_count_total": 200},
        **{
            "customer_amount_ratio": 0.3,
            "customer_hours_share": 0.4,
            "customer_sum_7d": 120_000,
            "payee_sum_7d": 90_000,
        },
        **{"customer_seconds_since_last": 40_000.0, "device_customers": 1, "payee_customers": 1},
    }
    collusion = slow_theft | {
        **{"channel": "pos", "kind": "purchase", "amount_fen": 200_000, "is_round_amount": 1, "hour": 2},
        **{
            "merchant_category": "electronics",
            "new_terminal": 1,
            "customer_hours_share": 0.0,
            "customer_amount_ratio": 3,
        },
        **{
            "terminal_count_1h": 6,
            "terminal_count_7d": 40,
            "terminal_new_customers_7d": 15,
            "terminal_amount_ratio": 2,
        },
    }
    texts = {name for name, kind in VOCABULARY.items() if kind in ("category", "identifier")}
    events = pd.DataFrame([slow_theft, collusion])
    events = events.astype(dict.fromkeys(texts, "str"))
    assert not FIRST.hits(events).any()


def test_foreign_table_keeps_what_it_can_judge_and_names_the_rest():
    raw = ["occurred_at", "customer_id", "terminal_id", "amount_fen", "is_fraud"]
    features, _ = available(raw)
    kept, left_out = FIRST.available([*raw, *(feature.name for feature in features)])
    assert kept.ids == (
        "terminal_confirmed_frauds",
        "terminal_one_confirmed_fraud",
        "amount_above_habit",
        "amount_above_terminal_habit",
        "terminal_burst",
    )
    assert set(left_out) == set(FIRST.ids) - set(kept.ids)
    assert left_out["sim_swap_large_transfer"] == ("sim_age_days", "channel", "kind", "new_payee")
    assert left_out["jewellery_round_amount"] == ("merchant_category",)


def test_no_rule_left_gives_a_table_without_columns():
    nothing, _ = FIRST.available([])
    assert nothing.hits({"hour": np.zeros(3)}).shape == (3, 0)
    assert FIRST.hits({name: [] if kind == "money" else np.array([]) for name, kind in VOCABULARY.items()}).shape == (
        0,
        25,
    )


def test_hits_are_the_same_across_the_seams_of_blocks():
    book = parse(GOOD)
    hour, amount = np.arange(150_000) % 24, np.arange(150_000)
    found = book.hits({"hour": hour, "amount_fen": amount})
    assert found.shape == (150_000, 1)
    assert (found[:, 0] == ((hour < 5) & (amount > 10_000))).all()


def test_rule_is_found_by_its_id():
    assert parse(GOOD)["night"].severity == 3
    with pytest.raises(KeyError):
        parse(GOOD)["day"]


def test_example_that_is_not_kept_is_named():
    wrong = GOOD.replace("hits = [{ hour = 3,", "hits = [{ hour = 6,").replace(
        "misses = [{ hour = 9", "misses = [{ hour = 1"
    )
    assert [str(failure) for failure in check_examples(parse(wrong))] == [
        "rule 'night' does not hit example 1 of its 'hits': {'hour': 6, 'amount_fen': 20000}",
        "rule 'night' hits example 1 of its 'misses': {'hour': 1, 'amount_fen': 20000}",
    ]


def test_reason_shows_amounts_in_yuan_and_missing_values_as_unknown():
    rule = parse(GOOD)["night"]
    assert explain(rule, {"hour": np.float64(3), "amount_fen": np.int64(123_456_705)}) == "1,234,567.05 yuan at 3"
    assert explain(rule, {"amount_fen": float("nan"), "hour": float("inf")}, "zh") == "无穷大 时 未知"


REFUSED = {
    "not toml": ("id = ", "mine.toml is not TOML"),
    "no rule": (GOOD[: GOOD.index("[[rule]]")] + "rule = []", "has no rule"),
    "rule that is no table": (GOOD[: GOOD.index("[[rule]]")] + "rule = [1]", "each rule begins with [[rule]]"),
    "unknown entry of the book": ("titel = 'x'\n" + GOOD, "unknown entry 'titel'; did you mean 'title'?"),
    "version as text": (GOOD.replace("version = 1", "version = '1'"), "'version' must be a whole number"),
    "unknown entry": (
        GOOD + "reson = 'x'",
        "line 20, column 1: rule 'night' has an unknown entry 'reson'; did you mean 'reason'?",
    ),
    "missing owner": (GOOD.replace('owner = "risk"', ""), "rule 'night' lacks 'owner'"),
    "empty owner": (GOOD.replace('owner = "risk"', 'owner = " "'), "'owner' is empty"),
    "same id twice": (GOOD + SECOND, "line 21, column 1: rule 'night' is there twice"),
    "id with capitals": (GOOD.replace('"night"\ntitle', '"Night"\ntitle'), "small letters"),
    "unknown action": (GOOD.replace('"hold"', '"stop"'), "one of score, step_up, hold, block"),
    "severity out of bounds": (GOOD.replace("severity = 3", "severity = 6"), "from 1 (mild) to 5"),
    "severity as flag": (GOOD.replace("severity = 3", "severity = true"), "must be a whole number"),
    "tag twice": (GOOD.replace('["night"]', '["night", "night"]'), "the tag 'night' is there twice"),
    "tag of a number": (GOOD.replace('["night"]', "[1]"), "the tag 1 must be text"),
    "reason with another field": (GOOD.replace('"{amount_fen} at', '"{ip} at'), "names {ip}, which the condition does"),
    "reason with a brace": (GOOD.replace('"{amount_fen} at', '"{ at'), "a brace that names no field"),
    "no hit": (GOOD.replace("hits = [{ hour = 3, amount_fen = 20_000 }]", "hits = []"), "'hits' needs at least one"),
    "no miss": (GOOD.replace("misses = [{ hour = 9, amount_fen = 20_000 }]", "misses = []"), "'misses' needs at"),
    "example that is no event": (
        GOOD.replace("hits = [{ hour = 3, amount_fen = 20_000 }]", "hits = [3]"),
        "must be fields",
    ),
    "example of an unknown field": (GOOD.replace("{ hour = 3", "{ hours = 3"), "unknown field 'hours'; did you mean"),
    "example of text": (GOOD.replace("{ hour = 3", "{ hour = '3'"), "'hour' is '3'; it must be a number"),
    "example of a flag": (GOOD.replace("{ hour = 3", "{ hour = true"), "it must be a number"),
    "example of half a fen": (
        GOOD.replace("hour = 9, amount_fen = 20_000", "amount_fen = 0.5"),
        "it must be whole fen",
    ),
    "example of no channel": (GOOD.replace("{ hour = 3", "{ channel = 'ATM', hour = 3"), "is never 'ATM'"),
}


@pytest.mark.parametrize("broken", REFUSED)
def test_wrong_rulebook_is_refused_with_what_would_be_right(broken):
    text, part = REFUSED[broken]
    with pytest.raises(RulebookError) as refusal:
        parse(text, "mine.toml")
    assert part in str(refusal.value)
    assert str(refusal.value).startswith("mine.toml")


def test_wrong_condition_names_its_line_and_column_in_the_file():
    with pytest.raises(ConditionError) as refusal:
        parse(GOOD.replace("amount_fen > 100 yuan", "amont_fen > 100 yuan"), "mine.toml")
    assert str(refusal.value) == (
        "mine.toml, line 11, column 22: rule 'night': unknown field 'amont_fen'; did you mean 'amount_fen'?"
    )


def test_file_that_cannot_be_read_is_refused_in_words(tmp_path):
    with pytest.raises(RulebookError, match=r"none\.toml cannot be read"):
        load(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulebookError, match="is not UTF-8 text"):
        load(tmp_path / "binary.toml")
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    assert load(tmp_path / "good.toml") == parse(GOOD)
