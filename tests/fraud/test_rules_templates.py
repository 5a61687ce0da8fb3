"""Templates, segments, lists and folders: what they expand to, and how a wrong one is refused where it stands."""

from pathlib import Path

import pandas as pd
import pytest

import fraud
from engines.__main__ import main
from fraud.errors import ConditionError, RulebookError
from fraud.rules import VOCABULARY, check_examples, full_rulebook, load, parse, write

FULL = full_rulebook()
GOOD = """
id = "mine"
version = 1
title = "Mine"
title_zh = "自定义"

[lists]
risky = ["KP", "IR"]

[segment.age.elderly]
is = "customer_age >= 60 or customer_age is null"
en = "elderly"
zh = "老年"
hit = { customer_age = 70 }
miss = { customer_age = 30 }

[segment.window.1h]
is = "1h"
en = "an hour"
zh = "一小时"

[[template]]
id = "{age}_{window}_{count}_{limit}"
over.age = ["elderly"]
over.pace = [{ window = "1h", count = 3 }, { window = "7d", count = 9 }]
over.limit = [5_000, 0.5]
title = "{age}: {limit} yuan, {count} in {window}"
title_zh = "{age}{window}内 {count} 笔"
when = \'\'\'
{age} and country in risky
and customer_count_{window} >= {count} and amount_fen >= {limit} yuan
\'\'\'
action = { limit = ["hold", "score"] }
severity = { pace = [4, 2] }
reason = "{customer_count_{window}} before {amount_fen}"
reason_zh = "{customer_count_{window}} 笔后 {amount_fen}"
tags = []
owner = "risk"
hits = [{ country = "KP", "customer_count_{window}" = "{count}", amount_fen = "{limit} yuan" }]
misses = [{ country = "null" }, { amount_fen = "{limit} yuan - 1" }]
"""


def test_template_expands_to_a_rule_for_each_combination():
    book = parse(GOOD.replace('"7d", count', '"1h", count'))
    assert book.ids[:2] == ("elderly_1h_3_5000", "elderly_1h_3_0_5")
    first = book.rules[0]
    assert write(first.condition) == (
        '(customer_age >= 60 or customer_age is null) and country in ["KP", "IR"] '
        "and customer_count_1h >= 3 and amount_fen >= 5_000 yuan"
    )
    assert (first.title, first.reason) == (
        "elderly: 5,000 yuan, 3 in an hour",
        "{customer_count_1h} before {amount_fen}",
    )
    assert [(rule.action, rule.severity) for rule in book.rules] == [
        ("hold", 4),
        ("score", 4),
        ("hold", 2),
        ("score", 2),
    ]
    assert first.hits == ({"customer_age": 70, "country": "KP", "customer_count_1h": 3, "amount_fen": 500_000},)
    assert first.misses[0] == {"customer_age": 70, "customer_count_1h": 3, "amount_fen": 500_000}
    assert first.misses[-1]["customer_age"] == 30
    assert check_examples(book) == []


ONE = GOOD.replace(', { window = "7d", count = 9 }', "").replace("pace = [4, 2]", "pace = [4]")
REFUSED = {
    "unknown segment": (ONE.replace('over.age = ["elderly"]', 'over.age = ["elderli"]'), 24, "did you mean 'elderly'?"),
    "parameter that is a field": (ONE.replace("over.age", "over.hour").replace("{age}", "{hour}"), 24, "is a field"),
    "parameter not used": (ONE.replace("over.limit", "over.day = [1]\nover.limit"), 26, "does not use {day}"),
    "no values": (ONE.replace("over.limit = [5_000, 0.5]", "over.limit = []"), 26, "must be a list"),
    "values of different kinds": (GOOD.replace('{ window = "7d", count = 9 }', "7"), 25, "names window, count first"),
    "too few actions": (ONE.replace('["hold", "score"]', '["hold"]'), 33, "a value for each"),
    "unknown entry": (ONE.replace("owner =", "owners ="), 38, "did you mean 'owner'?"),
    "segment without words": (ONE.replace('en = "elderly"\n', ""), 10, "lacks 'en'"),
    "example that is no number": (ONE.replace('"{limit} yuan - 1"', '"{limit} yuan -"'), 40, "found the end"),
    "list that is empty": (ONE.replace('["KP", "IR"]', "[]"), 8, "at least one of them"),
    "list of both": (ONE.replace('["KP", "IR"]', '["KP", 1]'), 8, "texts, or numbers"),
    "list named as a field": (ONE.replace("risky =", "hour ="), 8, "no field's"),
    "title with a field": (ONE.replace('title = "{age}', 'title = "{amount_fen}{age}'), 27, "has a brace"),
    "dates the wrong way": (ONE + "valid_from = 2026-02-01\nvalid_until = 2026-01-01", 42, "it would never hit"),
    "date with a time": (ONE + "valid_from = 2026-02-01T00:00:00", 41, "must be a day"),
    "date in quotes": (ONE + 'valid_from = "2026-02-01"', 41, "without quotes"),
}


@pytest.mark.parametrize("broken", REFUSED)
def test_wrong_template_is_refused_where_it_stands(broken):
    text, line, part = REFUSED[broken]
    with pytest.raises((RulebookError, ConditionError)) as refusal:
        parse(text, "mine.toml")
    assert str(refusal.value).startswith(f"mine.toml, line {line}, column ")
    assert part in str(refusal.value)


@pytest.mark.parametrize(
    ("good", "bad", "at", "part"),
    [
        ("country in risky", "country in riski", (30, 22), "unknown list 'riski'; did you mean 'risky'?"),
        ("country in risky", "hour in risky", (30, 11), "they cannot be compared"),
        ("customer_count_{window}", "customer_count_{windows}", (31, 5), "no parameter of a template"),
        ("customer_count_{window} >", "customer_cont_{window} >", (31, 5), "did you mean 'customer_count_1h'?"),
        ("{limit} yuan\n", "{limit} yuan yuan\n", (31, 71), "found 'yuan'"),
        ("{age} and", "not {age} nd", (30, 11), "did you mean 'and'?"),
    ],
)
def test_wrong_condition_of_a_template_is_refused_at_its_line_and_column(good, bad, at, part):
    assert good in ONE
    when = ONE.index("when =")
    with pytest.raises(ConditionError) as refusal:
        parse(ONE[:when] + ONE[when:].replace(good, bad, 1), "mine.toml")
    assert (refusal.value.line, refusal.value.column) == at
    assert part in str(refusal.value)


def test_place_in_an_escaped_text_is_counted_as_the_file_has_it():
    text = (
        ONE[: ONE.index("[[template]]")]
        + r"""
[[rule]]
id = "x"
title = "x"
title_zh = "x"
when = "channel == \"atm\" and \u0068our == 1 and wekday == 2"
action = "hold"
severity = 3
reason = "x"
reason_zh = "x"
tags = []
owner = "x"
hits = [{ hour = 1 }]
misses = [{ hour = 2 }]
"""
    )
    with pytest.raises(ConditionError) as refusal:
        parse(text.replace("\n", "\r\n"), "mine.toml")
    line = next(number for number, one in enumerate(text.split("\n"), 1) if "wekday" in one)
    assert (refusal.value.line, refusal.value.column) == (line, text.split("\n")[line - 1].index("wekday") + 1)


def test_the_full_rulebook_has_561_rules_from_more_than_60_written_ones():
    assert len(FULL.rules) == len(set(FULL.ids)) == 561
    assert len({write(rule.condition) for rule in FULL.rules}) == 561
    folder = Path(fraud.__file__).parent / "rulebooks"
    texts = [
        path.read_text(encoding="utf-8") for path in (folder / "first.toml", *sorted((folder / "full").glob("*.toml")))
    ]
    assert sum(text.count("\n[[rule]]") + text.count("\n[[template]]") for text in texts) >= 60
    assert check_examples(FULL) == []


@pytest.mark.parametrize("lang", ["title", "title_zh", "reason", "reason_zh"])
def test_texts_of_the_full_rulebook_are_in_their_language(lang):
    for rule in FULL.rules:
        is_chinese = any("一" <= letter <= "鿿" for letter in getattr(rule, lang))
        assert is_chinese is lang.endswith("zh"), rule.id


def test_slow_theft_and_merchant_collusion_are_unknown_to_the_full_rulebook():
    calm = {name: 0.0 for name, kind in VOCABULARY.items() if kind in ("number", "money", "flag")}
    slow = calm | {
        **{
            "channel": "mobile",
            "kind": "transfer",
            "country": "CN",
            "amount_fen": 29_900,
            "hour": 14,
            "customer_age": 70,
        },
        **{"account_age_days": 2_000, "sim_age_days": 900, "customer_count_total": 200, "customer_amount_ratio": 0.3},
        **{"customer_hours_share": 0.4, "customer_usual_ratio": 0.4, "device_customers": 1, "payee_customers": 1},
        **{"customer_seconds_since_last": 40_000, "customer_sum_7d": 120_000, "payee_sum_7d": 90_000},
    }
    collusion = slow | {
        **{
            "channel": "pos",
            "kind": "purchase",
            "amount_fen": 200_000,
            "is_round_amount": 1,
            "hour": 2,
            "new_terminal": 1,
        },
        **{"merchant_category": "electronics", "customer_hours_share": 0.0, "customer_amount_ratio": 3},
        **{
            "terminal_count_1h": 6,
            "terminal_count_7d": 40,
            "terminal_new_customers_7d": 15,
            "terminal_amount_ratio": 2,
        },
    }
    events = pd.DataFrame([slow, collusion])
    texts = {name: "str" for name, kind in VOCABULARY.items() if kind in ("category", "identifier")}
    for name in texts:
        events[name] = events.get(name)
    events["occurred_at"] = pd.Timestamp("2020-10-01")
    assert not FULL.hits(events.astype(texts)).any()


def test_a_folder_is_one_rulebook_and_includes_another(tmp_path):
    head, rest = ONE[: ONE.index("[segment.age")], ONE[ONE.index("[segment.age") :]
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "0.toml").write_text(head.replace("[lists]", 'include = ["../base.toml"]\n[lists]'), "utf-8")
    (tmp_path / "folder" / "1.toml").write_text(rest, "utf-8")
    base = ONE[: ONE.index("[lists]")] + ONE[ONE.index("[[template]]") :].replace('id = "{age}', 'id = "base_{age}')
    (tmp_path / "base.toml").write_text(base, "utf-8")
    assert [rule.id[:4] for rule in load(tmp_path / "folder").rules] == ["base", "base", "elde", "elde"]
    (tmp_path / "folder" / "2.toml").write_text(head, "utf-8")
    with pytest.raises(RulebookError, match=r"0\.toml and 2\.toml both begin a rulebook"):
        load(tmp_path / "folder")


def test_hexi_fraud_rules_check_says_what_holds_by_its_exit_code(tmp_path, capsys):
    path = tmp_path / "mine.toml"
    path.write_text(ONE, "utf-8")
    assert main(["fraud", "rules", "check", str(path)]) == 0
    assert "mine, version 1: 2 rules" in capsys.readouterr().out
    path.write_text(ONE.replace('amount_fen = "{limit} yuan - 1"', 'amount_fen = "{limit} yuan"'), "utf-8")
    assert main(["fraud", "rules", "check", str(path)]) == 1
    assert "hits example 2 of its 'misses'" in capsys.readouterr().out
    path.write_text(ONE.replace("country in risky", "country on risky"), "utf-8")
    assert main(["fraud", "rules", "check", str(path)]) == 2
    assert "mine.toml, line 30, column 19" in capsys.readouterr().err


def test_hexi_fraud_rules_lists_and_explains(capsys):
    assert main(["fraud", "rules", "list", "--tag", "sanctions"]) == 0
    assert "1 of 561 rules" in capsys.readouterr().out
    assert main(["fraud", "rules", "explain", "holiday_cash_abroad"]) == 0
    assert "2020-09-28 to 2020-10-11" in capsys.readouterr().out
    assert main(["fraud", "rules", "explain", "holiday_cash"]) == 2
    assert "did you mean 'holiday_cash_abroad'?" in capsys.readouterr().err


def test_a_slip_that_makes_millions_of_rules_is_refused():
    many = ONE.replace("over.limit = [5_000, 0.5]", f"over.limit = {list(range(1, 30_000))}")
    many = many.replace('{ limit = ["hold", "score"] }', '"hold"')
    with pytest.raises(RulebookError, match="makes 29,999 rules"):
        parse(many)


def test_what_is_named_twice_over_the_files_of_a_folder_is_refused(tmp_path):
    (tmp_path / "0.toml").write_text(ONE, "utf-8")
    (tmp_path / "1.toml").write_text('[lists]\nrisky = ["KP"]', "utf-8")
    with pytest.raises(RulebookError, match=r"1\.toml, line 2, column 1: .* 'risky' is there twice"):
        load(tmp_path)
