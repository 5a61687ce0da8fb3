"""There and back: networkx, tables of ties, polars."""

import datetime as dt
from typing import Any

import networkx as nx
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit_graph.errors import AsOfError, TableRefusedError, UndirectedError, UnknownKindError
from credit_graph.graph import KINDS, Graph, graph_of, layer
from credit_graph.interop import edges_of, from_networkx, to_networkx
from credit_graph.snapshot import snapshot

DAY = dt.date(2024, 6, 30)
ROWS: dict[str, dict[str, list[Any]]] = {
    "guarantee": {"from_id": ["A", "B", "A"], "to_id": ["B", "A", "B"], "amount_fen": [7, 2**53 - 1, 0]},
    "loan": {"from_id": ["K"], "to_id": ["A"], "amount_fen": [5]},
    "shareholding": {"from_id": ["P", "A"], "to_id": ["A", "A"], "share": [0.9, 0.1]},
    "control": {"from_id": ["P", "P"], "to_id": ["A", "B"], "share": [0.51, None]},
    "kinship": {"from_id": ["P"], "to_id": ["Q"]},
    "fund_flow": {"from_id": ["A", "A"], "to_id": ["A", "B"], "amount_fen": [1, 2]},
    "shared_attribute": {"from_id": ["A", "B"], "to_id": ["a:b", "a:b"], "attribute": ["phone", "phone"]},
}


def province() -> Graph:
    parties = {
        "party_id": ["A", "B", "K", "P", "Q"],
        "kind": ["firm", "firm", "bank", "person", "person"],
        "name": ["甲", None, "银行", "丙", "丁"],
        "equity_fen": [5, -5, None, None, None],
        "town": ["酒泉", None, None, None, None],
    }
    days = {"valid_from": DAY, "valid_to": None, "source": "register"}
    tables = {kind: pd.DataFrame({**rows, **days}) for kind, rows in ROWS.items()}
    return snapshot(pd.DataFrame(parties), tables, DAY)


def same(ours: Graph, theirs: Graph, kind: str) -> None:
    pd.testing.assert_frame_equal(edges_of(ours, kind).drop(columns="row"), edges_of(theirs, kind).drop(columns="row"))


@pytest.mark.parametrize("kind", KINDS)
def test_networkx_gives_back_each_kind_of_ties(kind: str) -> None:
    graph = province()
    back = from_networkx(to_networkx(graph, kind), DAY, kind)
    same(graph, back, kind)
    assert all(back.layers[other].m == 0 for other in KINDS if other != kind)
    shown = graph.parties if kind == "shared_attribute" else graph.parties[graph.parties["kind"] != "attribute"]
    assert back.ids.tolist() == shown["party_id"].tolist()
    for column in ("kind", "name", "equity_fen", "town"):
        ours, theirs = (table[column].astype(object).fillna("none").tolist() for table in (shown, back.parties))
        assert ours == theirs


def test_networkx_shows_what_is_known_and_nothing_else() -> None:
    explored = to_networkx(province())
    assert explored.is_multigraph()
    assert explored.nodes["A"] == {"kind": "firm", "name": "甲", "equity_fen": 5, "town": "酒泉"}
    assert explored.nodes["B"] == {"kind": "firm", "equity_fen": -5}
    assert dict(explored["A"]["B"]) == {
        0: {"kind": "guarantee", "amount_fen": 7},
        2: {"kind": "guarantee", "amount_fen": 0},
    }
    assert all(type(said["amount_fen"]) is int for _, _, said in explored.edges(data=True))
    assert dict(to_networkx(province(), "control")["P"]["B"]) == {1: {"kind": "control"}}
    assert "phone:a:b" not in explored
    assert "phone:a:b" in to_networkx(province(), "shared_attribute")


@pytest.mark.parametrize("kind", KINDS)
def test_tables_come_back_as_they_went_in(kind: str) -> None:
    told = edges_of(province(), kind).sort_values("row")
    for column, values in ROWS[kind].items():
        assert told[column].astype(object).fillna("none").tolist() == ["none" if v is None else v for v in values]
    days = {"valid_from": DAY, "valid_to": None, "source": "report"}
    again = snapshot(
        province().parties.query("kind != 'attribute'"), {kind: told.drop(columns="row").assign(**days)}, DAY
    )
    same(province(), again, kind)


def test_polars_takes_what_comes_out_and_gives_it_back() -> None:
    graph = province()
    days = {"valid_from": pl.lit(DAY), "valid_to": pl.lit(None), "source": pl.lit("report")}
    tables = {kind: pl.from_pandas(edges_of(graph, kind)).drop("row").with_columns(**days) for kind in KINDS}
    parties = pl.from_pandas(graph.parties).filter(pl.col("kind") != "attribute")
    again = snapshot(parties, tables, DAY)
    for kind in KINDS:
        same(graph, again, kind)
    pd.testing.assert_frame_equal(graph.parties, again.parties)


def test_a_plain_drawing_becomes_a_graph() -> None:
    drawn = nx.DiGraph([("B", "A", {"amount_fen": 3})])
    drawn.add_node("C", kind="bank")
    graph = from_networkx(drawn, DAY)
    assert graph.ids.tolist() == ["A", "B", "C"]
    assert graph.parties["kind"].tolist() == ["firm", "firm", "bank"]
    assert graph.layers["guarantee"].tail.tolist() == [1]


def test_a_drawn_tie_may_have_its_own_validity() -> None:
    drawn = nx.DiGraph([("A", "B", {"amount_fen": 3, "valid_from": "2024-01-01", "valid_to": "2024-06-30"})])
    assert from_networkx(drawn, "2024-06-30").layers["guarantee"].m == 1
    assert from_networkx(drawn, "2024-07-01").layers["guarantee"].m == 0


def test_kinship_may_be_drawn_without_arrows() -> None:
    assert from_networkx(nx.Graph([("P", "Q")]), DAY, "kinship").layers["kinship"].m == 1


def test_an_empty_drawing_is_an_empty_graph() -> None:
    for kind in KINDS:
        assert from_networkx(nx.MultiDiGraph(), DAY, kind).n == 0
        assert len(to_networkx(graph_of(0, [], DAY), kind)) == 0
        assert len(edges_of(graph_of(0, [], DAY), kind)) == 0


BROKEN: dict[str, tuple[Any, str, type[Exception]]] = {
    "amount is missing": (nx.DiGraph([("A", "B")]), "guarantee", TableRefusedError),
    "amount is negative": (nx.DiGraph([("A", "B", {"amount_fen": -1})]), "guarantee", TableRefusedError),
    "amount is infinite": (nx.DiGraph([("A", "B", {"amount_fen": float("inf")})]), "loan", TableRefusedError),
    "share is over the whole": (nx.DiGraph([("A", "B", {"share": 2})]), "shareholding", TableRefusedError),
    "nodes are numbers": (nx.DiGraph([(0, 1, {"amount_fen": 1})]), "guarantee", TableRefusedError),
    "nodes are pairs": (nx.DiGraph([((0, 1), (1, 2), {"amount_fen": 1})]), "guarantee", TableRefusedError),
    "guarantees itself": (nx.DiGraph([("A", "A", {"amount_fen": 1})]), "guarantee", TableRefusedError),
    "head is no attribute": (nx.DiGraph([("A", "B")]), "shared_attribute", TableRefusedError),
    "ties have no direction": (nx.Graph([("A", "B", {"amount_fen": 1})]), "guarantee", UndirectedError),
    "kind is unknown": (nx.DiGraph(), "friendship", UnknownKindError),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_drawing_is_refused(name: str) -> None:
    drawn, kind, error = BROKEN[name]
    with pytest.raises(error):
        from_networkx(drawn, DAY, kind)


def test_an_unknown_kind_and_a_wrong_day_are_refused() -> None:
    for function in (to_networkx, edges_of):
        with pytest.raises(UnknownKindError, match="friendship"):
            function(province(), "friendship")
    with pytest.raises(AsOfError, match="give a date"):
        from_networkx(nx.DiGraph(), "today")


PAYMENTS = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(0, 2**53 - 1), max_size=12)


@given(PAYMENTS)
@settings(max_examples=100, deadline=None)
def test_networkx_gives_back_any_payments(payments: dict[tuple[int, int], int]) -> None:
    tail, head = [pair[0] for pair in payments], [pair[1] for pair in payments]
    graph = graph_of(5, [layer("fund_flow", tail, head, 5, amount_fen=list(payments.values()))], DAY)
    explored = to_networkx(graph, "fund_flow")
    assert nx.number_of_selfloops(explored) == sum(t == h for t, h in payments)
    same(graph, from_networkx(explored, DAY, "fund_flow"), "fund_flow")
