"""Dividend rights and control through chains, pyramids and circles, by hand and against the readable twin."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from credit_graph.control import ultimate_controllers
from credit_graph.errors import OwnershipError
from credit_graph.graph import Graph
from credit_graph.ownership import closed_circles, integrated_ownership, ultimate_owners
from credit_graph.reference.ownership import dividend_rights, ultimate_heads
from credit_graph.sample_graph import small_graph

Ties = list[tuple[str, str, float]]


@st.composite
def holdings(draw: st.DrawFn) -> Graph:
    """Six firms and three persons; tenths of each firm are dealt out, some to itself, some to nobody."""
    firms, ties = [f"F{number}" for number in range(6)], []
    for firm in firms:
        for _ in range(draw(st.integers(0, 3))):
            holder = draw(st.sampled_from([*firms, "P1", "P2", "P3"]))
            left = 10 - sum(round(10 * share) for _, company, share in ties if company == firm)
            ties.append((holder, firm, draw(st.integers(0, left)) / 10))
    control = draw(st.lists(st.tuples(st.sampled_from(["P1", *firms]), st.sampled_from(firms)), max_size=1))
    return small_graph(parties=[*firms, "P1", "P2", "P3"], shareholding=ties, control=control)


@settings(max_examples=100, deadline=None)
@given(graph=holdings())
def test_integrated_ownership_is_the_sum_of_all_chains(graph: Graph) -> None:
    ties = graph.layers["shareholding"]
    shares = np.zeros((graph.n, graph.n))
    np.add.at(shares, (ties.tail, ties.head), ties.share)
    fast = integrated_ownership(sparse.csr_array(shares))
    for holder in range(graph.n):
        assert fast[holder] == pytest.approx(dividend_rights(shares.tolist(), holder, rounds=300), abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(graph=holdings())
def test_ultimate_owners_agree_with_integrated_ownership(graph: Graph) -> None:
    ties = graph.layers["shareholding"]
    shares = np.zeros((graph.n, graph.n))
    np.add.at(shares, (ties.tail, ties.head), ties.share)
    whole, found = integrated_ownership(shares), ultimate_owners(graph)
    held_by_none = np.flatnonzero(shares.sum(axis=0) == 0)
    open_ = found[~found["is_closed_circle"]]
    slow = {
        (graph.ids[company], graph.ids[owner]): whole[owner, company]
        for owner in held_by_none
        for company in range(graph.n)
        if whole[owner, company] > 1e-12
    }
    fast = dict(zip(zip(open_["company_id"], open_["owner_id"], strict=True), open_["dividend_share"], strict=True))
    assert fast == pytest.approx(slow, abs=1e-9)
    assert (found.groupby("company_id")["dividend_share"].sum() <= 1 + 1e-9).all()


@settings(max_examples=100, deadline=None)
@given(graph=holdings())
def test_controllers_agree_with_the_growing_set(graph: Graph) -> None:
    found = ultimate_controllers(graph)
    fast: dict[str, set[str]] = {}
    for company, controller in zip(found["company_id"], found["controller_id"], strict=True):
        fast.setdefault(company, set()).add(controller)
    slow = {graph.ids[company]: {graph.ids[head] for head in heads} for company, heads in ultimate_heads(graph).items()}
    assert fast == slow
    assert (found["weakest_link"] > 0).all()
    assert found["chain_en"].str.contains(" → ").all()


def test_cross_holdings_of_brioschi_leave_the_outsiders_everything() -> None:
    shares = np.zeros((4, 4))
    shares[0, 1], shares[2, 1] = 0.6, 0.4
    shares[1, 2], shares[3, 2] = 0.3, 0.7
    owned = integrated_ownership(shares)
    # of firm 1: 0.6 directly, and again through 1 -> 2 -> 1, 0.6 / (1 - 0.12)
    assert owned[0, 1] == pytest.approx(0.6 / 0.88)
    assert owned[3, 1] == pytest.approx(0.4 * 0.7 / 0.88)
    assert owned[0, 1] + owned[3, 1] == pytest.approx(1.0)


def test_a_circle_that_owns_itself_wholly_is_flagged_and_singular_for_nobody() -> None:
    ties = [("F1", "F2", 1.0), ("F2", "F1", 1.0), ("F2", "F3", 0.4), ("P1", "F3", 0.6)]
    found = ultimate_owners(small_graph(shareholding=ties))
    assert found.to_numpy().tolist() == [
        ["F1", "F1", 1.0, True],
        ["F2", "F1", 1.0, True],
        ["F3", "P1", 0.6, False],
        ["F3", "F1", 0.4, True],
    ]
    assert integrated_ownership([[0, 1], [1, 0]]).tolist() == [[1, 1], [1, 1]]
    assert closed_circles(sparse.csr_array(np.array([[1.0]]))) == [[0]]
    controllers = ultimate_controllers(small_graph(shareholding=ties))
    assert controllers[["company_id", "controller_id", "is_circle"]].to_numpy().tolist() == [
        ["F2", "F1", True],
        ["F3", "P1", False],
    ]


def test_a_minority_of_dividends_can_control_through_a_pyramid() -> None:
    ties: Ties = [("P1", "F1", 0.51), ("F1", "F2", 0.51), ("F2", "F3", 0.51), ("P2", "F3", 0.49)]
    graph = small_graph(shareholding=ties)
    found = ultimate_controllers(graph).set_index("company_id")
    assert found.loc["F3", ["controller_id", "weakest_link", "steps"]].tolist() == ["P1", 0.51, 3]
    owners = ultimate_owners(graph).set_index(["company_id", "owner_id"])["dividend_share"]
    assert owners["F3", "P1"] == pytest.approx(0.51**3)


@pytest.mark.parametrize("parts", [(0.5,), (0.2, 0.3), (0.1, 0.1, 0.3), (0.29, 0.21), (0.17, 0.33)])
def test_exactly_half_is_not_control(parts: tuple[float, ...]) -> None:
    ties: Ties = [("P1", "F1", part) for part in parts]
    assert ultimate_controllers(small_graph(shareholding=ties)).empty
    assert len(ultimate_controllers(small_graph(shareholding=[*ties, ("P1", "F1", 0.000001)]))) == 1


def test_own_shares_have_no_vote() -> None:
    found = ultimate_controllers(small_graph(shareholding=[("F1", "F1", 0.4), ("P1", "F1", 0.35), ("P2", "F1", 0.25)]))
    assert found[["company_id", "controller_id"]].to_numpy().tolist() == [["F1", "P1"]]
    assert found["votes"].tolist() == pytest.approx([0.35 / 0.6])


def test_control_by_agreement_counts_as_all_votes() -> None:
    graph = small_graph(control=[("P1", "F1")], shareholding=[("F1", "F2", 0.3), ("P1", "F2", 0.3)])
    found = ultimate_controllers(graph).set_index("company_id")
    assert found["controller_id"].to_dict() == {"F1": "P1", "F2": "P1"}
    assert found.loc["F2", "votes"] == pytest.approx(0.6)


def test_a_pyramid_of_30_000_storeys_is_walked_without_recursion() -> None:
    ties: Ties = [(f"F{storey:06d}", f"F{storey + 1:06d}", 0.6) for storey in range(30_000)]
    graph = small_graph(shareholding=ties)
    found = ultimate_controllers(graph)
    assert set(found["controller_id"]) == {"F000000"}
    assert found["steps"].max() == 30_000
    assert found["chain_en"].str.len().max() < 400
    assert len(ultimate_owners(graph, least=1e-12)) < 30_000


def test_nothing_in_nothing_out() -> None:
    assert integrated_ownership(np.zeros((0, 0))).shape == (0, 0)
    assert integrated_ownership([]).shape == (0, 0)
    for graph in (small_graph(), small_graph(parties=["F1"])):
        assert ultimate_owners(graph).empty
        assert list(ultimate_controllers(graph).columns)[:2] == ["company_id", "controller_id"]


@pytest.mark.parametrize(
    "shares", [[[0, 1.5], [0, 0]], [[0, -0.1], [0, 0]], [[0, np.nan], [0, 0]], [[0, np.inf], [0, 0]], [[0, 1]]]
)
def test_impossible_shares_are_refused(shares: list[list[float]]) -> None:
    with pytest.raises(OwnershipError):
        integrated_ownership(shares)


def test_more_than_the_whole_is_refused_by_name() -> None:
    graph = small_graph(shareholding=[("P1", "F7", 0.6), ("P2", "F7", 0.6)])
    for ask in (ultimate_owners, ultimate_controllers):
        with pytest.raises(OwnershipError, match="F7 add up to 120"):
            ask(graph)
    with pytest.raises(OwnershipError, match="between 0 and 1"):
        ultimate_owners(graph, least=2)
    with pytest.raises(OwnershipError, match=r"needed is 0\.2"):
        ultimate_controllers(graph, needed=0.2)


def test_thirds_that_were_rounded_up_are_taken() -> None:
    ties: Ties = [(holder, "F1", 0.3333334) for holder in ("P1", "P2", "P3")]
    assert ultimate_owners(small_graph(shareholding=ties))["dividend_share"].tolist() == [0.3333334] * 3


def test_the_order_of_the_ties_changes_nothing() -> None:
    ties: Ties = [("P1", "F1", 0.6), ("F1", "F2", 0.3), ("P1", "F2", 0.3), ("F2", "F1", 0.2)]
    one, other = small_graph(shareholding=ties), small_graph(shareholding=ties[::-1])
    pd.testing.assert_frame_equal(ultimate_controllers(one), ultimate_controllers(other))
    pd.testing.assert_frame_equal(ultimate_owners(one), ultimate_owners(other))
