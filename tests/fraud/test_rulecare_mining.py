"""Patterns that no rule knows are found and proposed; from labels without meaning nothing is."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fraud.errors import RuleCareInputError
from fraud.rulecare import Mined, Missed, as_rule, as_toml, propose
from fraud.rulecare.thresholds import round_thresholds
from fraud.rules import check_examples, evaluate, first_rulebook, parse
from fraud.split import time_split
from tests.fraud.care_sample import costs, province, seconds

FIRST = datetime(2020, 7, 1)
SPLIT = time_split(FIRST, FIRST + timedelta(days=120), share=0.35)
EFFORT = {"width": 8, "depth": 3, "most": 8}

Province = tuple[pd.DataFrame, dict[str, Any], Missed]


@pytest.fixture(scope="module")
def missed() -> Province:
    frame, columns = province(50_000, 11, base_rate=0.03)
    book, _ = first_rulebook().available(columns.keys())
    rows = Missed(
        columns,
        frame["is_fraud"].to_numpy(np.int8),
        book.hits(columns).any(axis=1),
        frame["amount_fen"].to_numpy(np.int64),
        seconds(frame["occurred_at"]),
        pd.factorize(frame["customer_id"])[0].astype(np.int64),
    )
    return frame, columns, rows


@pytest.fixture(scope="module")
def mined(missed: Province) -> Mined:
    return propose(missed[2], SPLIT, costs(), rulebook="first 1", **EFFORT)


def later_hits(missed: Province, when: str) -> pd.DataFrame:
    """The later rows that no rule hits but the proposed one does."""
    frame, columns, rows = missed
    condition = parse(f"id='a'\nversion=1\ntitle='t'\ntitle_zh='t'\n{when}").rules[0].condition
    hit = evaluate(condition, columns)
    late = rows.seconds >= int((np.datetime64(SPLIT.judge_from, "s") - np.datetime64(0, "s")).astype(int))
    return frame[hit & late & ~rows.is_hit]


def test_a_fraud_that_no_rule_knows_is_found_on_later_rows(missed: Province, mined: Mined) -> None:
    unknown = {"slow_theft", "merchant_collusion"}
    best = 0.0
    for proposal in mined.proposals:
        found = later_hits(missed, as_toml(proposal))
        is_unknown = found["typology"].isin(unknown)
        if is_unknown.sum() >= 5:
            best = max(best, is_unknown.mean())
    assert best >= 0.15, (
        "one rule at least, of whose later alerts a sixth are of a kind that the rulebook does not know"
    )


def test_the_evidence_is_what_the_rule_does_on_later_rows(missed: Province, mined: Mined) -> None:
    for proposal in mined.proposals:
        found = later_hits(missed, as_toml(proposal))
        assert proposal.held_out.alerts == len(found)
        assert proposal.held_out.frauds == int(found["is_fraud"].sum())
        assert proposal.held_out.customers == found.loc[found["is_fraud"] == 1, "customer_id"].nunique()
        assert proposal.held_out.precision_low > proposal.break_even
        assert proposal.held_out.customers >= 3
        assert proposal.held_out.benefit_fen > 0


def test_a_proposal_is_a_rule_that_keeps_its_examples(mined: Mined) -> None:
    head = "id = 'mined'\nversion = 1\ntitle = 't'\ntitle_zh = '题'\n"
    book = parse(head + "\n".join(as_toml(proposal) for proposal in mined.proposals))
    assert check_examples(book) == []
    assert all(rule.hits and rule.misses for rule in book.rules)
    assert as_rule(mined.proposals[0]) == book.rules[0]


def test_no_proposal_names_anybody(mined: Mined) -> None:
    for proposal in mined.proposals:
        assert not {"customer_id", "payee_id", "card_id", "device_id", "ip"} & set(as_rule(proposal).fields)


def test_a_proposal_says_among_how_many_it_was_found(mined: Mined) -> None:
    assert mined.looked_at > 1_000
    for proposal in mined.proposals:
        assert proposal.looked_at == mined.looked_at
        assert proposal.tested == len(mined.proposals) + len(mined.refused)
        assert f"{mined.looked_at:,}" in proposal.summary()[0]
        assert proposal.held_out.level == pytest.approx(1 - 0.1 / proposal.tested)


@pytest.mark.parametrize("seed", [1, 2])
def test_labels_without_meaning_give_no_proposal(missed: Province, seed: int) -> None:
    rows = missed[2]
    shuffled = np.random.default_rng(seed).permutation(rows.label)
    blind = Missed(rows.columns, shuffled, rows.is_hit, rows.amount_fen, rows.seconds, rows.customer)
    assert propose(blind, SPLIT, costs(), width=5, depth=2, most=4).proposals == ()


def test_the_same_rows_give_the_same_proposals(missed: Province, mined: Mined) -> None:
    quick = {"width": 4, "depth": 2, "most": 2}
    assert propose(missed[2], SPLIT, costs(), **quick) == propose(missed[2], SPLIT, costs(), **quick)


def test_labels_of_the_gap_are_read_by_neither_side(missed: Province) -> None:
    rows = missed[2]
    edges = [
        int((np.datetime64(at, "s") - np.datetime64(0, "s")).astype(int))
        for at in (SPLIT.learn_until, SPLIT.judge_from)
    ]
    gap = (rows.seconds >= edges[0]) & (rows.seconds < edges[1])
    other = Missed(
        rows.columns,
        np.where(gap, 1 - rows.label, rows.label),
        rows.is_hit,
        rows.amount_fen,
        rows.seconds,
        rows.customer,
    )
    quick = {"width": 4, "depth": 2, "most": 2}
    assert gap.any()
    assert propose(rows, SPLIT, costs(), **quick) == propose(other, SPLIT, costs(), **quick)


def test_without_frauds_nothing_is_proposed(missed: Province) -> None:
    rows = missed[2]
    none = Missed(rows.columns, np.zeros_like(rows.label), rows.is_hit, rows.amount_fen, rows.seconds, rows.customer)
    assert propose(none, SPLIT, costs()) == Mined((), 0, ())


def test_a_rule_that_only_gives_evidence_cannot_be_mined_for(missed: Province) -> None:
    with pytest.raises(RuleCareInputError, match="action must be one of"):
        propose(missed[2], SPLIT, costs(), action="score")


def test_rows_that_do_not_fit_together_are_refused() -> None:
    two, three = np.zeros(2, np.int64), np.zeros(3, np.int64)
    with pytest.raises(RuleCareInputError, match="is_hit"):
        Missed({}, two.astype(np.int8), three.astype(bool), two, two, two)


def test_thresholds_are_round_numbers_around_what_was_seen() -> None:
    amounts = np.random.default_rng(3).uniform(3_000, 800_000, 500)
    found = round_thresholds("amount_fen", "money", amounts)
    assert len(found) <= 10
    low, high = np.quantile(amounts, [0.02, 0.98], method="inverted_cdf")
    assert (np.sum(found <= low), np.sum(found >= high)) == (1, 1), "one on each side, for what lies beyond"
    assert (found % 100 == 0).all(), "whole yuan"
    assert all(len(str(int(cut)).rstrip("0")) <= 2 for cut in found)
    assert round_thresholds("hour", "number", np.array([np.nan])).tolist() == []
