"""Rows that must be refused, each named after what was broken in it, and those that must pass."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_sample import OWN, PARTIES, table

from credit_graph.errors import (
    TableRefusedError,
)
from credit_graph.graph import KINDS
from credit_graph.intake.checking import Checked, check
from credit_graph.intake.repeats import repeated_rows
from credit_graph.intake.shareholders import oversubscribed
from credit_graph.numbering import LARGEST_FEN
from credit_graph.reference import tables as twins
from credit_graph.tables import TIE_COLUMNS


def parties(*rows: dict[str, Any]) -> pd.DataFrame:
    added = [{"kind": "firm", "name": None, "equity_fen": None, **row} for row in rows]
    return pd.concat([PARTIES.astype(object), pd.DataFrame(added, dtype=object)], ignore_index=True)


def quarantined(kind: str, *rows: dict[str, Any]) -> Checked:
    return check(PARTIES, {kind: table(kind, *rows)}, on_bad="quarantine")


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_tie_of_each_kind_passes(kind: str) -> None:
    given = table(kind, {})
    checked = check(PARTIES, {kind: given})
    assert checked.edges[kind] is given
    assert len(checked.report) == 0
    assert list(checked.report.columns) == ["table", "row", "field", "value", "reason", "reason_zh"]


BROKEN: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "guarantor is nobody": ("guarantee", {"from_id": "Z"}, "from_id", "not in the table of parties"),
    "borrower is nobody": ("guarantee", {"to_id": "Z"}, "to_id", "not in the table of parties"),
    "borrower has a blank behind": ("guarantee", {"to_id": "B "}, "to_id", "not in the table of parties"),
    "guarantor is missing": ("guarantee", {"from_id": None}, "from_id", "missing"),
    "guarantor is nan": ("guarantee", {"from_id": float("nan")}, "from_id", "missing"),
    "guarantor is blank": ("guarantee", {"from_id": "  "}, "from_id", "missing"),
    "guarantor is a number": ("guarantee", {"from_id": 7}, "from_id", "not text"),
    "guarantor is a list": ("guarantee", {"from_id": ["A"]}, "from_id", "not text"),
    "guarantor is half a character": ("guarantee", {"from_id": "\ud800"}, "from_id", "not text"),
    "guarantor is borrower": ("guarantee", {"to_id": "A"}, "to_id", "both ends"),
    "lender is borrower": ("loan", {"to_id": "A"}, "to_id", "both ends"),
    "controls itself": ("control", {"to_id": "A"}, "to_id", "both ends"),
    "is its own kin": ("kinship", {"to_id": "P"}, "to_id", "both ends"),
    "amount is missing": ("guarantee", {"amount_fen": None}, "amount_fen", "missing"),
    "amount is nan": ("guarantee", {"amount_fen": float("nan")}, "amount_fen", "missing"),
    "amount is negative": ("guarantee", {"amount_fen": -1}, "amount_fen", "negative"),
    "amount is minus infinity": ("loan", {"amount_fen": float("-inf")}, "amount_fen", "finite"),
    "amount is infinite": ("loan", {"amount_fen": float("inf")}, "amount_fen", "finite"),
    "amount has half a fen": ("fund_flow", {"amount_fen": 0.5}, "amount_fen", "whole"),
    "amount is a decimal with a part": ("fund_flow", {"amount_fen": Decimal("1.5")}, "amount_fen", "whole"),
    "amount is no decimal": ("fund_flow", {"amount_fen": Decimal("nan")}, "amount_fen", "missing"),
    "amount is text": ("guarantee", {"amount_fen": "500"}, "amount_fen", "not a number"),
    "amount is true": ("guarantee", {"amount_fen": True}, "amount_fen", "not a number"),
    "amount is complex": ("guarantee", {"amount_fen": 1j}, "amount_fen", "not a number"),
    "amount is one too many": ("guarantee", {"amount_fen": LARGEST_FEN + 1}, "amount_fen", "beyond"),
    "amount overflows 64 bits": ("guarantee", {"amount_fen": 2**64}, "amount_fen", "beyond"),
    "amount is beyond all": ("guarantee", {"amount_fen": 10**400}, "amount_fen", "beyond"),
    "amount is a huge float": ("guarantee", {"amount_fen": 1e300}, "amount_fen", "beyond"),
    "share is missing": ("shareholding", {"share": None}, "share", "missing"),
    "share is a percentage": ("shareholding", {"share": 51}, "share", "over 100 %"),
    "share is a hair over": ("shareholding", {"share": 1.0000001}, "share", "over 100 %"),
    "share is negative": ("shareholding", {"share": -0.1}, "share", "negative"),
    "share is infinite": ("shareholding", {"share": float("inf")}, "share", "finite"),
    "share is text": ("shareholding", {"share": "51%"}, "share", "not a number"),
    "share of control is over": ("control", {"share": 1.5}, "share", "over 100 %"),
    "ends the day before": ("guarantee", {"valid_to": "2023-12-31"}, "valid_to", "before valid_from"),
    "begin is missing": ("guarantee", {"valid_from": None}, "valid_from", "missing"),
    "begin is a day that is not": ("guarantee", {"valid_from": "2023-02-29"}, "valid_from", "no date"),
    "begin is a year": ("guarantee", {"valid_from": "2024"}, "valid_from", "no date"),
    "begin is written with slashes": ("guarantee", {"valid_from": "2024/01/01"}, "valid_from", "no date"),
    "begin is a number": ("guarantee", {"valid_from": 20240101}, "valid_from", "no date"),
    "end is a word": ("guarantee", {"valid_to": "open"}, "valid_to", "no date"),
    "end is empty text": ("guarantee", {"valid_to": ""}, "valid_to", "no date"),
    "end is in another script": ("guarantee", {"valid_to": "２０２４-01-01"}, "valid_to", "no date"),
    "attribute is missing": ("shared_attribute", {"attribute": None}, "attribute", "missing"),
    "attribute is unknown": ("shared_attribute", {"attribute": "shoe size"}, "attribute", "not one of"),
    "value of the attribute is missing": ("shared_attribute", {"to_id": None}, "to_id", "missing"),
}


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "among others"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_tie_is_refused(name: str, alone: bool) -> None:
    kind, broken, field, reason = BROKEN[name]
    good = {**OWN[kind], "from_id": OWN[kind].get("to_id", "B"), "to_id": "Q" if kind == "kinship" else "C"}
    good = {"from_id": "B"} if kind == "shared_attribute" else {**good, "from_id": "P"}
    rows = [broken] if alone else [good, broken]
    told = quarantined(kind, *rows)
    assert [len(told.edges[kind])] == [len(rows) - 1]
    line = told.report.iloc[0]
    assert (line["table"], line["row"], line["field"]) == (kind, len(rows) - 1, field)
    assert reason in line["reason"]
    assert len(told.report) == 1
    with pytest.raises(TableRefusedError, match="1 fault in all") as refused:
        check(PARTIES, {kind: table(kind, *rows)})
    pd.testing.assert_frame_equal(refused.value.report, told.report)


GOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "amount is zero": ("guarantee", {"amount_fen": 0}),
    "amount is the largest": ("guarantee", {"amount_fen": LARGEST_FEN}),
    "amount is a whole float": ("guarantee", {"amount_fen": 500.0}),
    "amount is a whole decimal": ("guarantee", {"amount_fen": Decimal("500.00")}),
    "ends on its first day": ("guarantee", {"valid_to": "2024-01-01"}),
    "ends at the end of time": ("guarantee", {"valid_to": dt.date(9999, 12, 31)}),
    "begins at a time of day": ("guarantee", {"valid_from": dt.datetime(2024, 1, 1, 23, 59)}),
    "holds its own stock": ("shareholding", {"to_id": "A"}),
    "pays itself": ("fund_flow", {"to_id": "A"}),
    "controls without a share": ("control", {"share": None}),
    "holds all": ("shareholding", {"share": 1}),
    "holds nothing": ("shareholding", {"share": 0}),
    "source is missing": ("guarantee", {"source": None}),
}


@pytest.mark.parametrize("name", GOOD)
def test_an_odd_but_good_tie_passes(name: str) -> None:
    kind, row = GOOD[name]
    assert len(check(PARTIES, {kind: table(kind, row)}).report) == 0


BROKEN_PARTIES: dict[str, tuple[dict[str, Any], str, str]] = {
    "identifier is missing": ({"party_id": None}, "party_id", "missing"),
    "identifier is empty": ({"party_id": ""}, "party_id", "missing"),
    "identifier is a number": ({"party_id": 7}, "party_id", "not text"),
    "identifier is given twice": ({"party_id": "A"}, "party_id", "earlier row"),
    "identifier is that of an attribute": ({"party_id": "address:H0001"}, "party_id", "shared attribute"),
    "kind is missing": ({"party_id": "X", "kind": None}, "kind", "missing"),
    "kind is unknown": ({"party_id": "X", "kind": "company"}, "kind", "not one of"),
    "kind is attribute": ({"party_id": "X", "kind": "attribute"}, "kind", "not one of"),
    "capital is infinite": ({"party_id": "X", "equity_fen": float("inf")}, "equity_fen", "finite"),
    "capital is text": ({"party_id": "X", "equity_fen": "much"}, "equity_fen", "not a number"),
    "capital is too large": ({"party_id": "X", "equity_fen": 2**53}, "equity_fen", "beyond"),
    "debt is too large": ({"party_id": "X", "equity_fen": -(2**53)}, "equity_fen", "beyond"),
}


@pytest.mark.parametrize("name", BROKEN_PARTIES)
def test_a_broken_party_is_refused(name: str) -> None:
    broken, field, reason = BROKEN_PARTIES[name]
    told = check(parties(broken), {}, on_bad="quarantine")
    assert told.parties["party_id"].tolist() == ["A", "B", "C", "P", "Q"]
    assert told.report[["row", "field"]].to_numpy().tolist() == [[5, field]]
    assert reason in told.report["reason"][0]


def test_a_tie_to_a_refused_party_says_so() -> None:
    given = parties({"party_id": "X", "kind": "company"})
    told = check(given, {"loan": table("loan", {"to_id": "X"}, {})}, on_bad="quarantine")
    assert told.report["reason"][1] == "is a party whose own row is bad"
    assert len(told.edges["loan"]) == 1


def test_a_row_with_several_faults_has_them_all_listed() -> None:
    told = quarantined("guarantee", {"from_id": "Y", "to_id": "Z", "amount_fen": -5, "valid_to": "2020-01-01"}, {})
    assert told.report["field"].tolist() == ["from_id", "to_id", "valid_to", "amount_fen"]
    assert told.report["row"].tolist() == [0] * 4
    assert told.report["reason_zh"].str.len().gt(0).all()


def test_the_refusal_names_the_first_offender_and_counts_the_others() -> None:
    edges = {"loan": table("loan", {"amount_fen": -5}), "guarantee": table("guarantee", {}, {"to_id": "Z"})}
    with pytest.raises(TableRefusedError, match=r"^guarantee, row 1: to_id Z .*2 faults in all: 1 in guarantee, 1 in"):
        check(PARTIES, edges)


def test_a_row_that_is_written_twice_is_left_out_once() -> None:
    told = quarantined("guarantee", {}, {"amount_fen": 7}, {}, {})
    assert len(told.edges["guarantee"]) == 2
    assert told.report[["row", "field", "value"]].to_numpy().tolist() == [[2, "row", "0"], [3, "row", "0"]]


@pytest.mark.parametrize("field", ["amount_fen", "valid_from", "valid_to", "source", "contract"])
def test_parallel_guarantees_on_different_terms_are_legitimate(field: str) -> None:
    terms: dict[str, Any] = {"amount_fen": 7, "valid_from": "2024-02-01", "valid_to": "2025-01-01"}
    other = terms.get(field, "other")
    assert len(quarantined("guarantee", {"contract": "one"}, {"contract": "one", field: other}).report) == 0


def test_an_edge_id_is_given_once_and_may_be_missing() -> None:
    rows: list[dict[str, Any]] = [{"edge_id": "G1", "amount_fen": amount} for amount in (1, 2)]
    rows += [{"edge_id": None, "amount_fen": amount} for amount in (3, 4)]
    told = quarantined("guarantee", *rows)
    assert told.report[["row", "field", "value"]].to_numpy().tolist() == [[1, "edge_id", "G1"]]


def test_shares_that_come_to_more_than_the_whole_on_one_day_are_all_listed() -> None:
    rows = [
        {"from_id": "A", "to_id": "C", "share": 0.6, "valid_to": "2024-06-30"},
        {"from_id": "P", "to_id": "C", "share": 0.5, "valid_from": "2024-06-30"},
        {"from_id": "Q", "to_id": "C", "share": 0.5, "valid_from": "2024-07-01"},
    ]
    told = quarantined("shareholding", *rows)
    assert told.report["row"].tolist() == [0, 1]
    assert "more than 100 %" in told.report["reason"][0]


def test_a_stake_sold_on_one_day_is_bought_on_the_next() -> None:
    rows = [{"share": 1.0, "valid_to": "2024-06-30"}, {"from_id": "P", "share": 1.0, "valid_from": "2024-07-01"}]
    assert len(quarantined("shareholding", *rows).report) == 0


def test_three_rounded_thirds_are_a_whole() -> None:
    rows = [{"from_id": one, "share": 0.3333335} for one in ("A", "P", "Q")]
    assert len(quarantined("shareholding", *rows).report) == 0


@given(st.lists(st.tuples(*[st.integers(0, high) for high in (2, 100, 6, 6)]), max_size=12))
@settings(max_examples=300, deadline=None)
def test_oversubscription_equals_its_twin(stakes: list[tuple[int, int, int, int]]) -> None:
    company = [stake[0] for stake in stakes]
    percent = [stake[1] for stake in stakes]
    first = [min(stake[2:]) for stake in stakes]
    last = [max(stake[2:]) for stake in stakes]
    fast = oversubscribed(company, [part / 100 for part in percent], first, last)
    assert fast.tolist() == twins.oversubscribed(company, [Fraction(p, 100) for p in percent], first, last)


@given(st.lists(st.tuples(st.sampled_from(["A", "B"]), st.integers(0, 2), st.sampled_from([None, "x"])), max_size=12))
@settings(max_examples=300, deadline=None)
def test_repeats_equal_their_twin(rows: list[tuple[str, int, str | None]]) -> None:
    frame = pd.DataFrame(rows, columns=["from_id", "amount_fen", "note"])
    amounts = frame["amount_fen"].to_numpy(np.int64)
    assert repeated_rows(frame, [amounts]).tolist() == twins.repeated_rows(rows)


ODD = st.sampled_from(["A", "B", "Z", None, "", 7, -1, 0, 5, 0.5, 2.0, float("inf"), "2024-01-01", "2023-01-01", True])


@given(st.sampled_from(KINDS), st.lists(st.lists(ODD, min_size=7, max_size=7), max_size=6), st.data())
@settings(max_examples=100, deadline=None)
def test_what_is_left_has_nothing_left_to_find(kind: str, rows: list[list[Any]], data: Any) -> None:
    names = [*TIE_COLUMNS[kind], "edge_id"]
    frame = table(kind, *[dict(zip(names, row, strict=False)) for row in rows], {})
    who = parties(*[{"party_id": data.draw(ODD), "kind": data.draw(ODD)} for _ in range(2)])
    told = check(who, {kind: frame}, on_bad="quarantine")
    assert len(check(told.parties, told.edges).report) == 0
    lost = set(frame.index) - set(told.edges[kind].index)
    assert lost == set(told.report.loc[told.report["table"] == kind, "row"])
