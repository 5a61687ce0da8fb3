"""What a bank can lose, by hand, and what must hold for any group."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit_graph.errors import ExposureInputError, UnknownPartyError
from credit_graph.exposures import Conversion, exposures, group_exposures, party_exposures
from credit_graph.graph import Graph
from credit_graph.sample_graph import small_graph

FIRMS = ["F1", "F2", "F3", "F4", "F5"]
BOOKS = st.tuples(
    st.lists(st.tuples(st.sampled_from(["B1", "B2"]), st.sampled_from(FIRMS), st.integers(0, 50)), max_size=8),
    st.lists(st.tuples(st.sampled_from(FIRMS), st.sampled_from(FIRMS), st.integers(0, 50)), max_size=10),
)


def group(*parties: str, name: str = "G") -> pd.DataFrame:
    return pd.DataFrame({"group_id": [name] * len(parties), "party_id": list(parties)})


def book(loans: list[tuple[str, str, int]], given_: list[tuple[str, str, int]]) -> Graph:
    return small_graph(parties=["B1", *FIRMS], loan=loans, guarantee=given_)


@settings(max_examples=100, deadline=None)
@given(rows=BOOKS, sides=st.lists(st.sampled_from("ABC"), min_size=5, max_size=5))
def test_a_group_by_adding_up_loan_by_loan(
    rows: tuple[list[tuple[str, str, int]], list[tuple[str, str, int]]], sides: list[str]
) -> None:
    loans, given_ = rows
    found = group_exposures(book(loans, given_), "B1", pd.DataFrame({"group_id": sides, "party_id": FIRMS}))
    for name in "ABC":
        members = {firm for firm, side in zip(FIRMS, sides, strict=True) if side == name}
        owed = {firm: sum(fen for bank, to, fen in loans if bank == "B1" and to == firm) for firm in FIRMS}
        own = sum(owed[firm] for firm in members)
        contingent = 0
        for outsider in set(FIRMS) - members:
            contingent += min(owed[outsider], sum(fen for a, to, fen in given_ if a in members and to == outsider))
        row = found[found["group_id"] == name]
        assert (row["exposure_fen"].sum(), row["guarantees_fen"].sum()) == (own + contingent, contingent)


@settings(max_examples=100, deadline=None)
@given(rows=BOOKS)
def test_a_group_never_owes_more_than_its_members_or_than_all_loans(
    rows: tuple[list[tuple[str, str, int]], list[tuple[str, str, int]]],
) -> None:
    graph = book(*rows)
    whole, single = group_exposures(graph, "B1", group("F1", "F2", "F3")), party_exposures(graph, "B1")
    mine = single[single["party_id"].isin(["F1", "F2", "F3"])]
    assert whole["exposure_fen"].sum() <= mine["exposure_fen"].sum()
    assert whole["exposure_fen"].sum() <= single["loans_fen"].sum()
    everybody = group_exposures(graph, "B1", group(*FIRMS))
    assert everybody["exposure_fen"].sum() == single["loans_fen"].sum()
    alone = group_exposures(graph, "B1", group("F1", name="F1"))
    assert alone["exposure_fen"].tolist() == single.loc[single["party_id"] == "F1", "exposure_fen"].tolist()


def test_a_mutual_pair_in_one_group_counts_its_loans_once() -> None:
    graph = book([("B1", "F1", 100), ("B1", "F2", 60)], [("F1", "F2", 60), ("F2", "F1", 100)])
    assert party_exposures(graph, "B1")["exposure_fen"].tolist() == [160, 160]
    row = group_exposures(graph, "B1", group("F1", "F2")).iloc[0]
    assert row.tolist() == ["G", 2, 160, 0, 160, 160]


def test_other_banks_loans_and_own_guarantees_do_not_count() -> None:
    graph = book([("B1", "F1", 100), ("B2", "F2", 90)], [("F1", "F2", 90), ("F1", "F1", 100)])
    assert party_exposures(graph, "B1").to_numpy().tolist() == [["F1", "firm", 100, 0, 100]]
    assert party_exposures(graph, "B2")["guarantees_fen"].tolist() == [90, 0]


def test_parallel_guarantees_are_worth_at_most_the_loan() -> None:
    graph = book([("B1", "F2", 100)], [("F1", "F2", 70), ("F1", "F2", 70)])
    assert party_exposures(graph, "B1").set_index("party_id").loc["F1", "guarantees_fen"] == 100


@pytest.mark.parametrize("factor", [0.1, "0.1", Decimal("0.1"), Fraction(1, 10)])
def test_a_conversion_factor_is_exact_and_rounds_up(factor: object) -> None:
    graph = book([("B1", "F2", 101)], [("F1", "F2", 101)])
    found = party_exposures(graph, "B1", Conversion(guarantee=factor))
    assert found["exposure_fen"].tolist() == [11, 101]
    assert Conversion(loan=factor).of_loans(np.array([10**17])).tolist() == [10**16]


@pytest.mark.parametrize("factor", [-0.1, 1.1, float("nan"), float("inf"), "much", None])
def test_a_factor_that_is_no_part_is_refused(factor: object) -> None:
    with pytest.raises(ExposureInputError, match="factor of a guarantee"):
        Conversion(guarantee=factor)


def test_huge_sums_are_refused_instead_of_running_over() -> None:
    most = 2**53 - 1
    graph = book([("B1", "F1", most)] * 520, [])
    with pytest.raises(ExposureInputError, match="check the unit"):
        party_exposures(graph, "B1")
    assert party_exposures(book([("B1", "F1", most)] * 3, []), "B1")["loans_fen"].tolist() == [3 * most]


def test_nothing_in_nothing_out() -> None:
    graph = small_graph(parties=["B1"])
    assert exposures(graph, "B1", group()).empty
    assert next(iter(party_exposures(graph, "B1").columns)) == "party_id"
    with pytest.raises(UnknownPartyError):
        party_exposures(graph, "B2")


def test_members_that_cannot_be_are_refused() -> None:
    graph = book([], [])
    twice = pd.concat([group("F1", name="G1"), group("F1", name="G2")])
    with pytest.raises(ExposureInputError, match="'F1' is in two groups"):
        group_exposures(graph, "B1", twice)
    with pytest.raises(UnknownPartyError):
        group_exposures(graph, "B1", group("F9"))
    with pytest.raises(ExposureInputError, match="lacks the column 'party_id'"):
        group_exposures(graph, "B1", pd.DataFrame({"group_id": ["G"]}))
    with pytest.raises(ExposureInputError, match="no group_id"):
        group_exposures(graph, "B1", pd.DataFrame({"group_id": [None], "party_id": ["F1"]}))
