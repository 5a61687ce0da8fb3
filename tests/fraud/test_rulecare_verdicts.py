"""Each rule gets the verdict that its story deserves."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fraud.errors import RuleCareInputError
from fraud.rulecare import Examination, Hits, examine, known_labels
from fraud.rulecare.decay import adjusted, binned, noise, psi, trend
from fraud.rules import Rulebook
from tests.fraud.care_sample import costs, rulebook

N = 6_000
DAY = 86_400


def judged(book: Rulebook, columns: dict[str, Any], label: np.ndarray, amount: int = 100_000) -> Examination:
    seconds = np.arange(N) * 60
    table = {"amount_fen": np.full(N, amount), "hour": np.full(N, 12.0)} | columns
    hits = Hits.of_matrix(book.hits(table), book.ids)
    return examine(hits, book, label.astype(np.int8), table["amount_fen"], seconds, costs(), table)


def verdict(found: Examination, rule: str) -> tuple[str, str]:
    at = [health.rule for health in found.rules].index(rule)
    return found.verdicts[at].word, " ".join(found.verdicts[at].evidence)


def marks(*rows: Any) -> np.ndarray:
    found = np.zeros(N)
    for part in rows:
        found[part] = 1
    return found


def test_a_rule_that_pays_is_kept_and_one_that_does_not_is_retired() -> None:
    rng = np.random.default_rng(1)
    good, bad = (rng.random(N) < 0.03).astype(float), (rng.random(N) < 0.1).astype(float)
    label = ((good == 1) & (rng.random(N) < 0.3)) | (rng.random(N) < 0.002)
    book = rulebook(("good", "new_device == 1", "step_up"), ("bad", "new_place == 1", "block"))
    found = judged(book, {"new_device": good, "new_place": bad}, label)
    assert verdict(found, "good")[0] == "keep"
    assert verdict(found, "bad")[0] == "retire"
    assert "surely below" in verdict(found, "bad")[1]


def test_a_rule_that_sees_fraud_but_costs_more_is_tightened() -> None:
    rng = np.random.default_rng(2)
    wide = (rng.random(N) < 0.2).astype(float)
    label = (wide == 1) & (rng.random(N) < 0.03)
    found = judged(rulebook(("wide", "new_device == 1", "block")), {"new_device": wide}, label)
    assert verdict(found, "wide")[0] == "tighten"


def test_a_rule_that_is_nearly_always_right_and_finds_little_is_loosened() -> None:
    rng = np.random.default_rng(3)
    label = rng.random(N) < 0.1
    sharp = (label & (rng.random(N) < 0.2)).astype(float)
    found = judged(rulebook(("sharp", "new_device == 1", "step_up")), {"new_device": sharp}, label)
    assert verdict(found, "sharp")[0] == "loosen"


def test_an_implied_rule_is_retired_and_the_wider_one_stays() -> None:
    rng = np.random.default_rng(4)
    amounts = rng.integers(1, 10**6, N)
    label = (amounts > 900_000) & (rng.random(N) < 0.3)
    book = rulebook(
        ("strict", "amount_fen >= 9_500 yuan", "step_up"),
        ("wide", "amount_fen >= 9_000 yuan", "step_up"),
        ("harder", "amount_fen >= 9_800 yuan", "hold"),
    )
    found = judged(book, {"amount_fen": amounts}, label)
    assert verdict(found, "strict")[0] == "retire"
    assert "wide hits by its condition" in verdict(found, "strict")[1]
    assert found.rules[1].redundant_to == ""
    assert found.rules[2].redundant_to == "", "it demands more than the one that hits all that it hits"


def test_of_two_equal_rules_the_later_one_is_retired_and_of_a_contradiction_both_are_watched() -> None:
    label = marks(slice(0, N, 50))
    same = rulebook(("first", "hour >= 3", "step_up"), ("again", "not hour < 3", "step_up"))
    found = judged(same, {}, label)
    assert [health.redundant_to for health in found.rules] == ["", "first"]
    torn = rulebook(("mild", "hour >= 3", "step_up"), ("hard", "not hour < 3", "block"))
    found = judged(torn, {}, label)
    assert [verdict(found, name)[0] for name in ("mild", "hard")] == ["watch", "watch"]
    assert "hard is true in the same cases" in verdict(found, "mild")[1]


def test_a_rule_inside_another_by_its_hits_alone_needs_many_of_them() -> None:
    few, many, wide = marks(slice(0, 10)), marks(slice(0, 40)), marks(slice(0, 60))
    book = rulebook(
        ("few", "new_ip == 1", "hold"), ("many", "new_place == 1", "hold"), ("wide", "new_device == 1", "hold")
    )
    found = judged(book, {"new_ip": few, "new_place": many, "new_device": wide}, wide)
    assert [health.redundant_to for health in found.rules] == ["", "wide", ""]
    assert found.rules[1].redundant_why == "contained"


def test_dead_rules_are_found_each_with_its_cause() -> None:
    book = rulebook(
        ("absurd", "hour < 3 and hour > 5", "hold"),
        ("blind", "customer_age >= 60", "hold"),
        ("never", "hour >= 23", "hold"),
        ("stopped", "new_device == 1", "hold"),
        ("alive", "new_place == 1", "hold"),
    )
    columns = {
        "customer_age": np.full(N, np.nan),
        "new_device": marks(slice(0, N * 4 // 6, 10)),
        "new_place": marks(slice(0, N, 10)),
    }
    found = judged(book, columns, np.random.default_rng(6).random(N) < 0.002)
    assert [health.silent for health in found.rules] == ["never_true", "field_missing", "no_hit", "stopped", ""]
    assert [verdict(found, health.rule)[0] for health in found.rules[:4]] == ["retire", "retire", "watch", "retire"]
    assert "614.6 in a million" in verdict(found, "never")[1], "6,000 rows are too few to call a rule dead"
    assert "100 were expected" in verdict(found, "stopped")[1] or "80 were expected" in verdict(found, "stopped")[1]


def test_a_rule_that_has_not_hit_one_of_a_million_rows_is_dead() -> None:
    rows = 1_000_000
    hits = Hits(("never",), np.zeros(rows + 1, np.int64), np.zeros(0, np.int16))
    ones = np.ones(rows, np.int64)
    book = rulebook(("never", "hour > 23", "hold"))
    found = examine(hits, book, np.zeros(rows, np.int8), ones, np.arange(rows), costs())
    assert found.verdicts[0].word == "retire"


def test_a_narrower_rule_that_is_only_evidence_is_not_needless() -> None:
    book = rulebook(("wide", "hour >= 1", "step_up"), ("narrow", "hour >= 3", "score"), ("again", "hour >= 3", "score"))
    found = judged(book, {"hour": np.arange(N) % 24.0}, marks(slice(0, N, 50)))
    assert [health.redundant_to for health in found.rules] == ["", "", "narrow"]


def test_a_rule_whose_dates_are_over_is_retired_and_one_that_is_young_is_not_called_silent() -> None:
    book = rulebook(("over", "hour > 1", "hold"), ("young", "hour > 2 and new_device == 1", "hold"))
    over, young = book.rules
    dated = (replace(over, valid_until=date(1970, 1, 2)), replace(young, valid_from=date(1970, 1, 5)))
    when = pd.Series(np.arange(N) * 60).astype("datetime64[s]")
    found = judged(replace(book, rules=dated), {"occurred_at": when, "new_device": np.zeros(N)}, marks(slice(0, 9)))
    assert [health.silent for health in found.rules] == ["expired", ""]
    assert verdict(found, "over")[0] == "retire"


def test_a_good_rule_that_falls_silent_is_watched_because_a_field_may_be_broken() -> None:
    hit = marks(slice(0, N * 4 // 6, 10))
    found = judged(rulebook(("was_good", "new_device == 1", "hold")), {"new_device": hit}, hit)
    assert verdict(found, "was_good")[0] == "watch"
    assert "whether a field has broken" in verdict(found, "was_good")[1]


def test_a_rule_whose_precision_falls_is_watched() -> None:
    rng = np.random.default_rng(8)
    hit = (rng.random(N) < 0.2).astype(float)
    chance = np.linspace(0.6, 0.05, N)
    label = (hit == 1) & (rng.random(N) < chance)
    found = judged(rulebook(("tired", "new_device == 1", "step_up")), {"new_device": hit}, label)
    assert verdict(found, "tired")[0] == "watch"
    assert "precision falls" in verdict(found, "tired")[1]


def test_a_rule_whose_field_has_moved_is_watched() -> None:
    rng = np.random.default_rng(9)
    ratio = np.concatenate((rng.normal(1, 0.1, N * 5 // 6), rng.normal(3, 0.1, N - N * 5 // 6)))
    hit = (rng.random(N) < 0.05).astype(float)
    label = (hit == 1) & (rng.random(N) < 0.3)
    book = rulebook(("reads", "new_device == 1 and customer_amount_ratio < 50", "step_up"))
    found = judged(book, {"new_device": hit, "customer_amount_ratio": ratio}, label)
    assert verdict(found, "reads")[0] == "watch"
    assert "customer_amount_ratio" in verdict(found, "reads")[1]


def test_a_rule_with_few_known_outcomes_is_watched_not_judged() -> None:
    hit, label = marks(slice(0, 120, 30)), marks(slice(0, 600, 60))
    found = judged(rulebook(("young", "new_device == 1", "hold")), {"new_device": hit}, label)
    assert verdict(found, "young")[0] == "watch"
    assert "only 4 of its 4 alerts" in verdict(found, "young")[1]


def test_fifteen_alerts_that_are_all_fraud_say_enough() -> None:
    hit = marks(slice(0, N, 400))
    found = judged(rulebook(("sharp", "new_device == 1", "hold")), {"new_device": hit}, hit)
    assert found.rules[0].judged == 15
    assert verdict(found, "sharp")[0] in ("keep", "loosen")


def test_a_label_that_is_not_known_yet_counts_as_an_alert_but_is_not_judged() -> None:
    seconds = np.arange(N) * 60
    label = known_labels(np.ones(N), seconds, now=int(seconds[-1]), delay_days=1.0)
    hits = Hits.of_matrix(np.ones((N, 1), bool), ("all",))
    table = {"amount_fen": np.full(N, 100), "hour": np.full(N, 12.0)}
    found = examine(hits, rulebook(("all", "hour > 1", "hold")), label, table["amount_fen"], seconds, costs())
    assert found.rules[0].hits == N
    assert found.rules[0].judged == int((label >= 0).sum()) == N - DAY // 60


def test_the_table_has_a_row_for_each_rule_with_words_in_both_languages() -> None:
    table = judged(rulebook(("one", "hour > 1", "hold")), {}, marks(slice(0, 9))).table()
    assert table.loc[0, "rule"] == "one"
    assert table.loc[0, "verdict_zh"] in ("保留", "收紧", "放宽", "观察", "停用")
    assert table.loc[0, "why_zh"]


@pytest.mark.parametrize(
    ("name", "wrong", "what"),
    [
        ("label", np.full(N, 2, np.int8), "label must be 1"),
        ("label", np.full(N, -1, np.int8), "No row has a label"),
        ("label", np.zeros(3, np.int8), "one entry for each"),
        ("seconds", np.arange(N)[::-1], "must not fall"),
        ("amount_fen", np.full(N, -1), "zero or more"),
    ],
)
def test_tables_that_do_not_fit_are_refused_by_name(name: str, wrong: np.ndarray, what: str) -> None:
    given = {"label": np.zeros(N, np.int8), "amount_fen": np.ones(N, np.int64), "seconds": np.arange(N)} | {name: wrong}
    hits = Hits.of_matrix(np.ones((N, 1), bool), ("all",))
    with pytest.raises(RuleCareInputError, match=what):
        examine(hits, rulebook(("all", "hour > 1", "hold")), costs=costs(), **given)


def test_hits_of_another_book_are_refused() -> None:
    hits = Hits.of_matrix(np.ones((N, 1), bool), ("other",))
    with pytest.raises(RuleCareInputError, match="rules of the book"):
        examine(
            hits,
            rulebook(("all", "hour > 1", "hold")),
            np.zeros(N, np.int8),
            np.ones(N, np.int64),
            np.arange(N),
            costs(),
        )


def test_the_index_of_two_equal_samples_stays_below_its_noise() -> None:
    rng = np.random.default_rng(10)
    cases = [binned(pd.Series(rng.normal(size=200)), pd.Series(rng.normal(size=300))) for _ in range(200)]
    above = np.mean([psi(before, now) > noise(10, 300, 200) for before, now in cases])
    assert above <= 0.05


def test_a_new_word_and_a_gap_are_moves_of_a_category() -> None:
    before, now = binned(pd.Series(["web"] * 5 + ["new", None]), pd.Series(["web", "pos"] * 5))
    assert before.tolist() == [5, 5, 0, 0]
    assert now[-2:].tolist() == [1, 1]


def test_trends_of_many_rules_are_corrected_for_their_number() -> None:
    rng = np.random.default_rng(11)
    p = [trend(rng.binomial(50, 0.2, 6), np.full(6, 50))[1] for _ in range(500)]
    assert (np.array(p) < 0.01).any()
    assert not (adjusted(p) < 0.01).any()
