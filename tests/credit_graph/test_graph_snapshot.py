"""The graph of one day: validity to the day, numbering, sorting, and what plain arrays must not hold."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit_graph.compiled import compiled
from credit_graph.errors import AsOfError, ExtraMissingError, TableRefusedError, TieArrayError, UnknownKindError
from credit_graph.graph import KINDS, Graph, csr, graph_of, layer
from credit_graph.kernels import sorting as kernel
from credit_graph.reference.tables import sorted_ties
from credit_graph.snapshot import snapshot
from credit_graph.sorting import MANY, stable_order

DAY = dt.date(2024, 6, 30)
PARTIES = pd.DataFrame(
    {
        "party_id": ["B", "a", "甲", "A"],
        "kind": ["firm", "person", "bank", "firm"],
        "name": ["乙", None, "银行", "甲"],
        "equity_fen": pd.array([-7, None, 2**53 - 1, 0], "Int64"),
        "branch": [4, 3, 2, 1],
    }
)


def guarantees(*rows: tuple[str, str, int, str, str | None]) -> pd.DataFrame:
    names = ["from_id", "to_id", "amount_fen", "valid_from", "valid_to"]
    return pd.DataFrame(rows, columns=names).assign(source="register")


def of_day(frame: pd.DataFrame, day: Any = DAY, **given: Any) -> Graph:
    return snapshot(PARTIES, {"guarantee": frame}, day, **given)


@pytest.mark.parametrize(
    ("day", "valid"),
    [("2024-03-31", 0), ("2024-04-01", 1), ("2024-05-15", 1), ("2024-06-30", 1), ("2024-07-01", 0)],
)
def test_a_tie_is_valid_from_its_first_to_its_last_day(day: str, valid: int) -> None:
    frame = guarantees(("A", "B", 5, "2024-04-01", "2024-06-30"))
    assert of_day(frame, day).layers["guarantee"].m == valid
    dates = frame.assign(valid_from=pd.to_datetime(frame["valid_from"]), valid_to=pd.to_datetime(frame["valid_to"]))
    assert of_day(dates, dt.date.fromisoformat(day)).layers["guarantee"].m == valid


@pytest.mark.parametrize(("day", "valid"), [("2024-03-31", 0), ("2024-04-01", 1), ("9999-12-31", 1)])
def test_an_open_end_never_ends(day: str, valid: int) -> None:
    assert of_day(guarantees(("A", "B", 5, "2024-04-01", None)), day).layers["guarantee"].m == valid


def test_a_last_day_with_a_time_is_valid_all_day() -> None:
    frame = guarantees(("A", "B", 5, "2024-04-01", None)).assign(valid_to=pd.Timestamp("2024-06-30 08:00"))
    assert of_day(frame, dt.datetime(2024, 6, 30, 20, 0)).layers["guarantee"].m == 1


def test_nodes_are_numbered_by_identifier_and_keep_what_is_said_of_them() -> None:
    graph = of_day(guarantees(("B", "A", 5, "2024-01-01", None)))
    assert graph.ids.tolist() == ["A", "B", "a", "甲"]
    assert graph.parties["branch"].tolist() == [1, 4, 3, 2]
    assert graph.parties["equity_fen"].tolist() == [0, -7, pd.NA, 2**53 - 1]
    assert graph.parties["equity_fen"].dtype == "Int64"
    assert list(graph.parties.columns) == ["party_id", "kind", "name", "equity_fen", "branch"]
    assert (graph.layers["guarantee"].tail.tolist(), graph.layers["guarantee"].head.tolist()) == ([1], [0])
    assert graph.codes(["甲", "A"]).tolist() == [3, 0]
    assert list(graph.layers) == list(KINDS)


def test_a_tie_knows_its_row_also_when_others_are_left_out() -> None:
    frame = guarantees(
        ("B", "Z", 1, "2024-01-01", None),
        ("B", "A", 2, "2025-01-01", None),
        ("B", "A", 3, "2024-01-01", None),
        ("A", "B", 4, "2024-01-01", None),
        ("B", "A", 5, "2024-01-01", None),
    ).set_index(np.array([7, 7, 7, 7, 7]))
    graph = of_day(frame, on_bad="quarantine")
    assert graph.layers["guarantee"].row.tolist() == [3, 2, 4]
    assert graph.layers["guarantee"].amount_fen.tolist() == [4, 3, 5]
    assert graph.report[["table", "row", "field", "value"]].to_numpy().tolist() == [["guarantee", 0, "to_id", "Z"]]
    with pytest.raises(TableRefusedError, match="row 0: to_id Z"):
        of_day(frame)


def test_a_refused_party_is_no_node() -> None:
    wrong = PARTIES.assign(kind=["firm", "ghost", "bank", "firm"])
    graph = snapshot(wrong, {}, DAY, on_bad="quarantine")
    assert graph.ids.tolist() == ["A", "B", "甲"]
    assert len(graph.report) == 1


def attributes(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    names = ["from_id", "to_id", "attribute", "valid_to"]
    return pd.DataFrame(rows, columns=names).assign(valid_from="2024-01-01", source="register")


def test_shared_attributes_become_nodes_while_they_are_shared() -> None:
    frame = attributes(
        ("A", "H1", "address", "2024-12-31"),
        ("B", "H1", "address", "2024-12-31"),
        ("B", "A", "legal_representative", "2024-12-31"),
        ("B", "a:b", "phone", "2024-12-31"),
        ("B", "H2", "address", "2024-06-29"),
    )
    graph = snapshot(PARTIES, {"shared_attribute": frame}, DAY)
    assert graph.ids.tolist() == ["A", "B", "a", "address:H1", "legal_representative:A", "phone:a:b", "甲"]
    assert graph.parties["kind"].tolist().count("attribute") == 3
    assert graph.parties["name"].tolist()[3:6] == ["H1", "A", "a:b"]
    assert graph.parties["branch"].tolist() == [1, 4, 3, pd.NA, pd.NA, pd.NA, 2]
    shared = graph.layers["shared_attribute"]
    assert shared.into.degree.tolist() == [0, 0, 0, 2, 1, 1, 0]
    assert [graph.ids[node] for node in shared.head] == [
        "address:H1",
        "address:H1",
        "legal_representative:A",
        "phone:a:b",
    ]


def test_an_own_column_may_have_any_name() -> None:
    frame = attributes(("A", "H1", "address", "2024-12-31"))
    who = PARTIES.rename(columns={"branch": "share"}).assign(listed=True)
    graph = snapshot(who, {"shared_attribute": frame}, DAY)
    assert graph.parties["share"].tolist() == [1, 4, 3, pd.NA, 2]
    assert graph.parties["listed"].tolist()[:3] == [True, True, True]


def test_shares_are_kept_and_missing_ones_are_not_a_number() -> None:
    common = {"from_id": ["A", "B"], "to_id": ["B", "A"], "valid_from": "2024-01-01", "valid_to": None, "source": ""}
    holdings = pd.DataFrame({**common, "share": [0.25, 1.0]})
    control = pd.DataFrame({**common, "share": [0.51, None]})
    graph = snapshot(PARTIES, {"shareholding": holdings, "control": control, "kinship": pd.DataFrame(common)}, DAY)
    assert graph.layers["shareholding"].share.tolist() == [0.25, 1.0]
    np.testing.assert_array_equal(graph.layers["control"].share, [0.51, np.nan])
    assert np.isnan(graph.layers["kinship"].share).all()
    assert graph.layers["kinship"].amount_fen.tolist() == [0, 0]


def test_polars_gives_the_same_graph_as_pandas() -> None:
    frame = guarantees(("B", "A", 2, "2023-01-01", "2024-06-30"), ("A", "甲", 3, "2024-01-01", None))
    shared = attributes(("A", "H1", "address", "2024-12-31"))
    ours = snapshot(PARTIES, {"guarantee": frame, "shared_attribute": shared}, DAY)
    tables = {
        "guarantee": pl.from_pandas(frame).with_columns(pl.col("valid_from").str.to_date()),
        "shared_attribute": pl.from_pandas(shared),
    }
    theirs = snapshot(pl.from_pandas(PARTIES), tables, DAY)
    pd.testing.assert_frame_equal(ours.parties, theirs.parties)
    for kind in KINDS:
        for field in ("tail", "head", "amount_fen", "row"):
            np.testing.assert_array_equal(getattr(ours.layers[kind], field), getattr(theirs.layers[kind], field))


def test_no_parties_make_an_empty_graph() -> None:
    graph = snapshot(PARTIES.head(0), {"guarantee": guarantees()}, DAY)
    assert (graph.n, graph.layers["guarantee"].m) == (0, 0)
    assert graph.layers["loan"].out.start.tolist() == [0]
    assert graph_of(0, [], DAY).n == 0
    assert graph_of(1, [], DAY).ids.tolist() == ["F0"]


@pytest.mark.parametrize("day", [None, 20240630, "2024-6-30", "today", "2024-02-30", "20240630", pd.NaT])
def test_a_day_that_is_none_is_refused(day: Any) -> None:
    with pytest.raises(AsOfError, match="give a date"):
        of_day(guarantees(), day)
    with pytest.raises(AsOfError, match="give a date"):
        graph_of(1, [], day)


def test_the_order_of_rows_changes_nothing_but_the_rows() -> None:
    rng = np.random.default_rng(7)
    frame = guarantees(*[("A", "B", amount, "2024-01-01", None) for amount in range(20)])
    other = of_day(frame.iloc[rng.permutation(20)]).layers["guarantee"]
    assert sorted(other.amount_fen.tolist()) == of_day(frame).layers["guarantee"].amount_fen.tolist()


TIES = st.integers(1, 6).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=20))
)


@given(TIES)
@settings(max_examples=300, deadline=None)
def test_the_arrays_equal_their_twin(ties: tuple[int, list[tuple[int, int]]]) -> None:
    n, pairs = ties
    tail, head = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    made = layer("guarantee", tail, head, n, amount_fen=list(range(len(pairs))))
    order = sorted_ties(tail, head)
    assert made.row.tolist() == made.amount_fen.tolist() == csr(tail, head, n).edge.tolist() == order
    assert made.out.to.tolist() == made.head.tolist() == [head[tie] for tie in order]
    assert made.tail.tolist() == [tail[tie] for tie in order]
    up = sorted_ties(made.head.tolist(), made.tail.tolist())
    assert made.into.edge.tolist() == up
    assert made.into.to.tolist() == [int(made.tail[tie]) for tie in up]
    for rows, ends in ((made.out, tail), (made.into, head)):
        assert rows.degree.tolist() == [ends.count(node) for node in range(n)]


def test_many_ties_are_counted_into_the_same_order_as_few_are_compared() -> None:
    keys = np.random.default_rng(1).integers(0, 999, MANY + 1).astype(np.int32)
    start, order = stable_order(keys, 1000)
    assert start.tolist() == np.searchsorted(np.sort(keys), np.arange(1001)).tolist()
    assert order.tolist() == np.argsort(keys, kind="stable").tolist()
    again = stable_order(keys % 7, 1000, order)[1]
    assert again.tolist() == np.lexsort((keys, keys % 7)).tolist()


def test_without_the_compiler_the_order_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = np.random.default_rng(1).integers(0, 999, MANY + 1).astype(np.int32)
    whole = stable_order(keys, 1000)[1].tolist()

    def absent(*_: Any) -> None:
        raise ExtraMissingError("numba is not installed")

    monkeypatch.setattr(kernel, "row_starts", absent)
    assert stable_order(keys, 1000)[1].tolist() == whole
    assert compiled(lambda number: number + 1)(1) == 2


BROKEN: dict[str, tuple[list[Any], list[Any], dict[str, Any]]] = {
    "tail is too large": ([2], [0], {}),
    "head is negative": ([0], [-1], {}),
    "head is too large for 32 bits": ([0], [2**32], {}),
    "tail is half a node": ([0.5], [0], {}),
    "tail is not a number": ([float("nan")], [0], {}),
    "head is infinite": ([0], [float("inf")], {}),
    "tail is text": (["0"], [0], {}),
    "tail is true": ([True], [0], {}),
    "tail is a matrix": ([[0]], [0], {}),
    "an end is lacking": ([0, 1], [0], {}),
    "amount is negative": ([0], [1], {"amount_fen": [-1]}),
    "amount is missing": ([0], [1], {"amount_fen": [float("nan")]}),
    "amount is infinite": ([0], [1], {"amount_fen": [float("inf")]}),
    "amount is half a fen": ([0], [1], {"amount_fen": [0.5]}),
    "amount is too large": ([0], [1], {"amount_fen": [2**53]}),
    "amount is beyond 64 bits": ([0], [1], {"amount_fen": [10**30]}),
    "an amount is lacking": ([0, 1], [1, 0], {"amount_fen": [1]}),
    "share is over the whole": ([0], [1], {"share": [1.1]}),
    "share is negative": ([0], [1], {"share": [-0.1]}),
    "share is infinite": ([0], [1], {"share": [float("inf")]}),
    "a share is lacking": ([0, 1], [1, 0], {"share": [1]}),
    "a row is lacking": ([0, 1], [1, 0], {"row": [1]}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_arrays_are_refused(name: str) -> None:
    tail, head, more = BROKEN[name]
    with pytest.raises(TieArrayError):
        layer("guarantee", tail, head, 2, **more)


def test_a_layer_is_of_a_known_kind_and_of_the_size_of_its_graph() -> None:
    with pytest.raises(UnknownKindError, match="friendship"):
        layer("friendship", [0], [1], 2)
    with pytest.raises(TieArrayError, match="has 2 nodes, but the graph has 3"):
        graph_of(3, [layer("loan", [0], [1], 2)], DAY)
    with pytest.raises(TieArrayError, match="two layers"):
        graph_of(2, [layer("loan", [0], [1], 2)] * 2, DAY)
    with pytest.raises(TieArrayError, match="n is -1"):
        csr([], [], -1)


def test_huge_amounts_and_self_ties_pass_through_arrays() -> None:
    made = layer("guarantee", np.array([1, 1], np.uint8), [1.0, 1.0], 2, amount_fen=[2**53 - 1, 0])
    assert made.amount_fen.tolist() == [2**53 - 1, 0]
    assert made.into.to.tolist() == [1, 1]


def test_a_graph_of_arrays_sorts_its_identifiers() -> None:
    graph = graph_of(1001, [], DAY, equity_fen=np.arange(1001) - 5)
    assert graph.ids.tolist() == sorted(graph.ids)
    assert graph.codes(["F0000", "F1000"]).tolist() == [0, 1000]
    assert graph.parties["equity_fen"].tolist()[:2] == [-5, -4]
    assert graph_of(2, [], DAY).parties["equity_fen"].isna().all()
    with pytest.raises(TieArrayError, match="equity_fen"):
        graph_of(2, [], DAY, equity_fen=[1])
