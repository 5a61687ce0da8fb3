from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit_graph.errors import RowsError
from credit_graph.graph import Layer, layer
from credit_graph.kernels import ranks as rank_kernels
from credit_graph.kernels.chains import longest_chain
from credit_graph.kernels.cycles import short_cycles
from credit_graph.kernels.feedback import feedback_arcs
from credit_graph.kernels.ranks import pagerank
from credit_graph.kernels.strong import strong_order
from credit_graph.reference import structures as reference

Ties = list[tuple[int, int]]
hundreds = settings(max_examples=300, deadline=None)


@st.composite
def weighted(draw: st.DrawFn, least: int = 0) -> tuple[int, Ties, list[int]]:
    n = draw(st.integers(least, 9))
    node = st.integers(0, max(n - 1, 0))
    ties = sorted(draw(st.lists(st.tuples(node, node), max_size=25 if n else 0)))
    return n, ties, draw(st.lists(st.integers(0, 5), min_size=len(ties), max_size=len(ties)))


def layer_of(n: int, ties: Ties, amounts: list[int]) -> Layer:
    return layer("guarantee", [tail for tail, _ in ties], [head for _, head in ties], n, amounts)


@hundreds
@given(weighted(least=1), st.sampled_from([0.0, 0.5, 0.85, 0.99]))
def test_pagerank_is_that_of_networkx(graph: tuple[int, Ties, list[int]], damping: float) -> None:
    n, ties, amounts = graph
    into = (guarantees := layer_of(n, ties, amounts)).into
    plain = pagerank(into.start, into.to, damping=damping)
    assert plain == pytest.approx(reference.pagerank(n, ties, None, damping), abs=1e-8)
    out = guarantees.out
    assert pagerank(into.start, into.to, damping=damping, strong=strong_order(out.start, out.to)) == pytest.approx(
        plain
    )
    by_amount = pagerank(into.start, into.to, guarantees.amount_fen[into.edge], damping=damping)
    assert by_amount == pytest.approx(reference.pagerank(n, ties, amounts, damping), abs=1e-8)
    assert by_amount.sum() == pytest.approx(1)


@pytest.mark.parametrize("is_weighted", [False, True])
def test_sweeps_over_the_whole_network_give_the_ranks_of_its_components(is_weighted: bool) -> None:
    rng = np.random.default_rng(5)
    guarantees = layer("guarantee", *rng.integers(0, 2_000, (2, 8_000)), 2_000, rng.integers(1, 9, 8_000))
    into, out = guarantees.into, guarantees.out
    weight = guarantees.amount_fen[into.edge].astype(float) if is_weighted else None
    shares = rank_kernels._even_shares(into.to, 2_000) if weight is None else weight
    assert is_weighted or rank_kernels._as_one(into.start, into.to, shares, False, 0.85, 1e-12, 1_000) is not None
    ranks = [
        pagerank(into.start, into.to, weight, tol=1e-12, strong=one) for one in (None, strong_order(out.start, out.to))
    ]
    assert np.abs(ranks[0] - ranks[1]).sum() < 3e-12


def test_a_long_way_is_left_to_components() -> None:
    # each node is behind the one that it is read from, so that a sweep brings a rank one step further and no more
    start, tail = np.arange(1_001), np.append(np.arange(1, 1_000), 0).astype(np.int32)
    start[-1], tail = 999, tail[:-1]
    shares = rank_kernels._even_shares(tail, 1_000)
    assert rank_kernels._as_one(start, tail, shares, False, 0.85, 1e-9, 1_000) is None
    assert pagerank(start, tail)[::-1] == pytest.approx((1 - 0.85 ** np.arange(1, 1_001)) / (1_000 - 0.85 / 0.15))


def test_pagerank_bears_huge_and_tiny_weights() -> None:
    huge = pagerank([0, 1, 1, 3], [2, 0, 1], [1e308, 1.7e308, 1e-308])
    assert huge == pytest.approx(pagerank([0, 1, 1, 3], [2, 0, 1]), abs=1e-9)
    assert pagerank([0, 0, 2], [0, 0], [1.7e308, 1.7e308]) == pytest.approx(pagerank([0, 0, 1], [0]))


def test_pagerank_of_nothing_and_of_one() -> None:
    assert pagerank([0], []).tolist() == []
    assert pagerank([0, 0], []).tolist() == [1.0]
    assert pagerank([0, 2], [0, 0]).tolist() == [1.0]


@pytest.mark.parametrize("weight", [[-1.0], [np.nan], [np.inf], [1.0, 1.0], [], 1.0])
def test_weights_that_cannot_be_are_refused(weight: object) -> None:
    with pytest.raises(RowsError, match="one weight"):
        pagerank([0, 0, 1], [0], weight)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(RowsError, match="one weight"):
        longest_chain([0, 1, 1], [1], weight)  # type: ignore[arg-type]  # that is the point


def test_strong_components_of_another_graph_are_refused() -> None:
    strong = strong_order([0, 0], [])
    for ask in (pagerank, longest_chain, feedback_arcs, short_cycles):
        with pytest.raises(RowsError, match="of 1 nodes, but must be of 2"):
            ask([0, 1, 1], [1], strong=strong)


def test_pagerank_refuses_a_damping_out_of_range_and_too_few_sweeps() -> None:
    for damping, tol in ((1.0, 1e-9), (-0.1, 1e-9), (np.nan, 1e-9), (0.85, 0.0), (0.85, np.nan)):
        with pytest.raises(RowsError, match="damping must be"):
            pagerank([0, 1], [0], damping=damping, tol=tol)
    with pytest.raises(RowsError, match="allow more sweeps"):
        pagerank([0, 1, 3, 4], [1, 0, 2, 1], most_sweeps=2)


@hundreds
@given(weighted())
def test_the_longest_chain_is_as_long_as_networkx_says(graph: tuple[int, Ties, list[int]]) -> None:
    n, ties, amounts = graph
    out = (guarantees := layer_of(n, ties, amounts)).out
    for weight in (None, guarantees.amount_fen):
        chain = longest_chain(out.start, out.to, weight)
        worth = np.ones(len(ties)) if weight is None else weight
        assert chain.length == reference.longest_chain_length(n, ties, None if weight is None else amounts)
        assert chain.length == worth[chain.ties].sum()


@hundreds
@given(weighted())
def test_a_chain_is_a_way_along_ties_on_which_nobody_comes_twice(graph: tuple[int, Ties, list[int]]) -> None:
    n, ties, amounts = graph
    out = layer_of(n, ties, amounts).out
    chain = longest_chain(out.start, out.to, strong=strong_order(out.start, out.to))
    nodes = chain.nodes.tolist()
    assert len(nodes) == len(set(nodes))
    assert all(pair in ties for pair in pairwise(nodes))
    assert {ties[tie] for tie in chain.ties.tolist()} <= set(pairwise(nodes))
    assert bool(nodes) == (n > 0)


def test_a_chain_passes_a_circle_on_a_shortest_way() -> None:
    # 0 enters the circle 1 > 2 > 3 > 1 at 1, and 3 leads on to 4
    assert longest_chain([0, 1, 2, 3, 5, 5], [1, 2, 3, 1, 4]).nodes.tolist() == [0, 1, 2, 3, 4]


def test_a_chain_of_huge_amounts_does_not_overflow() -> None:
    amounts = np.full(30, 2**62, np.int64)
    chain = longest_chain(np.minimum(np.arange(32), 30), np.arange(1, 31), amounts)
    assert chain.length == 30 * 2.0**62


@hundreds
@given(weighted())
def test_without_the_feedback_arcs_no_circle_is_left(graph: tuple[int, Ties, list[int]]) -> None:
    n, ties, amounts = graph
    out = layer_of(n, ties, amounts).out
    removed = feedback_arcs(out.start, out.to).tolist()
    assert removed == sorted(set(removed))
    assert reference.is_acyclic_without(n, ties, removed)
    assert reference.is_acyclic_without(n, ties, reference.feedback_arcs(n, ties))
    loops = [place for place, (tail, head) in enumerate(ties) if tail == head]
    assert set(loops) <= set(removed)
    assert 2 * (len(removed) - len(loops)) <= len(ties) - len(loops)
    if not any(tail == head for tail, head in ties) and nx.is_directed_acyclic_graph(nx.DiGraph(ties)):
        assert removed == []
