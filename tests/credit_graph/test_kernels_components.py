import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit_graph.errors import RowsError
from credit_graph.graph import Csr, csr
from credit_graph.kernels.biconnected import biconnected, bridges, tie_blocks
from credit_graph.kernels.components import weak_components
from credit_graph.kernels.cores import core_numbers, core_order
from credit_graph.kernels.rows import checked, mutual, reversed_rows, simple, undirected
from credit_graph.kernels.strong import strong_components, strong_order
from credit_graph.reference import structures as reference

Ties = list[tuple[int, int]]
hundreds = settings(max_examples=300, deadline=None)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, Ties]:
    n = draw(st.integers(0, 9))
    node = st.integers(0, max(n - 1, 0))
    return n, draw(st.lists(st.tuples(node, node), max_size=30 if n else 0))


def rows_of(n: int, ties: Ties) -> Csr:
    return csr([tail for tail, _ in ties], [head for _, head in ties], n)


def pairs_of(start: np.ndarray, to: np.ndarray) -> Ties:
    return list(zip(np.repeat(np.arange(len(start) - 1), np.diff(start)).tolist(), to.tolist(), strict=True))


@hundreds
@given(graphs())
def test_rows_are_merged_turned_round_and_made_mutual(graph: tuple[int, Ties]) -> None:
    n, ties = graph
    rows = rows_of(n, ties)
    proper = {(tail, head) for tail, head in ties if tail != head}
    assert pairs_of(*simple(rows.start, rows.to)) == sorted(proper)
    assert pairs_of(*reversed_rows(rows.start, rows.to)) == sorted((head, tail) for tail, head in ties)
    either = proper | {(head, tail) for tail, head in proper}
    assert pairs_of(*undirected(rows.start, rows.to)) == sorted(either)
    both = {(tail, head) for tail, head in proper if (head, tail) in proper}
    back = rows_of(n, [(head, tail) for tail, head in ties])
    assert pairs_of(*mutual(rows.start, rows.to, (back.start, back.to))) == sorted(both)
    assert {pair for pair in both if pair[0] < pair[1]} == reference.mutual_pairs(ties)


@hundreds
@given(graphs())
def test_components_and_cores_are_those_of_networkx(graph: tuple[int, Ties]) -> None:
    n, ties = graph
    rows = rows_of(n, ties)
    assert weak_components(rows.start, rows.to).tolist() == reference.weak_components(n, ties)
    assert strong_components(rows.start, rows.to).tolist() == reference.strong_components(n, ties)
    assert core_numbers(*undirected(rows.start, rows.to)).tolist() == reference.core_numbers(n, ties)


@hundreds
@given(graphs())
def test_ties_between_strong_components_lead_forward_in_the_order(graph: tuple[int, Ties]) -> None:
    n, ties = graph
    rows = rows_of(n, ties)
    found = strong_order(rows.start, rows.to)
    assert sorted(found.order.tolist()) == list(range(n))
    place = np.argsort(found.order)
    assert all(place[tail] < place[head] for tail, head in ties if found.label[tail] != found.label[head])
    assert np.count_nonzero(np.diff(found.label[found.order])) == max(len(set(found.label.tolist())) - 1, 0)


@hundreds
@given(graphs())
def test_the_order_of_peeling_is_a_degeneracy_order(graph: tuple[int, Ties]) -> None:
    start, to = undirected(*(lambda rows: (rows.start, rows.to))(rows_of(*graph)))
    cores = core_order(start, to)
    place = np.argsort(cores.order)
    for node in range(len(start) - 1):
        later = sum(place[other] > place[node] for other in to[start[node] : start[node + 1]])
        assert later <= cores.number[node]


@hundreds
@given(graphs())
def test_blocks_articulation_points_and_bridges_are_those_of_networkx(graph: tuple[int, Ties]) -> None:
    n, ties = graph
    start, to = undirected(*(lambda rows: (rows.start, rows.to))(rows_of(n, ties)))
    found = biconnected(start, to)
    points, blocks, cut_ties = reference.biconnected(n, ties)
    assert set(np.flatnonzero(found.articulation).tolist()) == points
    assert len(found.blocks) == len(blocks)
    assert {frozenset(block.tolist()) for block in found.blocks} == blocks
    assert bridges(found).tolist() == sorted(map(list, cut_ties))
    members = [set(block.tolist()) for block in found.blocks]
    for (tail, head), block in zip(pairs_of(start, to), tie_blocks(start, to, found), strict=True):
        assert {tail, head} <= members[block]


@pytest.mark.parametrize(
    ("start", "to", "reason"),
    [
        ([], [], "start must begin"),
        ([1, 1], [], "start must begin"),
        ([0, 2, 1], [0], "start must begin"),
        ([0, 5, 1], [0], "start must begin"),
        ([0, 1], [1], "from 0 to n - 1"),
        ([0, 1], [-1], "from 0 to n - 1"),
        ([0, 1], [2**32], "from 0 to n - 1"),
        ([0, 2, 2], [1, 0], "ascending"),
        ([0, 1], [0.5], "whole numbers"),
        ([0, 1], [[0]], "whole numbers"),
    ],
)
def test_rows_that_would_lead_out_of_the_arrays_are_refused(start: list[int], to: list[float], reason: str) -> None:
    with pytest.raises(RowsError, match=reason):
        checked(start, to)


def test_rows_turned_round_must_be_of_the_same_nodes() -> None:
    with pytest.raises(RowsError, match="of 1 nodes, but must be of 2"):
        undirected([0, 1, 1], [1], (np.zeros(2, np.int64), np.empty(0, np.int32)))
