"""Shapes at which a recursion overflows or a careless loop becomes quadratic; each takes well under a second."""

import numpy as np
import pytest

from credit_graph.graph import Csr, csr
from credit_graph.kernels.biconnected import biconnected, bridges
from credit_graph.kernels.chains import longest_chain
from credit_graph.kernels.cliques import maximal_cliques
from credit_graph.kernels.components import weak_components
from credit_graph.kernels.cores import core_numbers
from credit_graph.kernels.cycles import short_cycles
from credit_graph.kernels.feedback import feedback_arcs
from credit_graph.kernels.ranks import pagerank
from credit_graph.kernels.rows import mutual, reversed_rows, undirected
from credit_graph.kernels.strong import strong_components

N = 100_000


def path(order: np.ndarray) -> Csr:
    return csr(order[:-1], order[1:], len(order))


def circle(order: np.ndarray) -> Csr:
    return csr(order, np.roll(order, -1), len(order))


orders = pytest.mark.parametrize(
    "order",
    [np.arange(N), np.arange(N)[::-1], np.random.default_rng(1).permutation(N)],
    ids=["up", "down", "shuffled"],
)


@orders
def test_a_long_path(order: np.ndarray) -> None:
    rows = path(order)
    both = undirected(rows.start, rows.to)
    assert (weak_components(rows.start, rows.to) == 0).all()
    assert (strong_components(rows.start, rows.to) == np.arange(N)).all()
    assert (core_numbers(*both) == 1).all()
    found = biconnected(*both)
    assert (found.articulation.sum(), len(bridges(found))) == (N - 2, N - 1)
    assert np.array_equal(longest_chain(rows.start, rows.to).nodes, order)
    assert len(feedback_arcs(rows.start, rows.to)) == len(short_cycles(rows.start, rows.to)) == 0
    ranks = pagerank(*reversed_rows(rows.start, rows.to))[order]
    assert ranks == pytest.approx((1 - 0.85 ** np.arange(1, N + 1)) / (N - 0.85 / 0.15))


@orders
def test_one_long_circle(order: np.ndarray) -> None:
    rows = circle(order)
    both = undirected(rows.start, rows.to)
    assert (strong_components(rows.start, rows.to) == 0).all()
    assert (core_numbers(*both) == 2).all()
    found = biconnected(*both)
    assert (found.articulation.any(), len(found.blocks)) == (False, 1)
    assert len(feedback_arcs(rows.start, rows.to)) == 1
    assert len(short_cycles(rows.start, rows.to)) == 0
    assert [len(cycle) for cycle in short_cycles(rows.start, rows.to, N)] == [N]
    assert longest_chain(rows.start, rows.to).length == 0
    assert pagerank(*reversed_rows(rows.start, rows.to)) == pytest.approx(np.full(N, 1 / N))


def test_a_star_of_mutual_guarantees() -> None:
    leaves, hub = np.arange(1, N), np.zeros(N - 1, np.int64)
    rows = csr(np.concatenate([hub, leaves]), np.concatenate([leaves, hub]), N)
    both = undirected(rows.start, rows.to)
    assert (core_numbers(*both) == 1).all()
    assert biconnected(*both).articulation.sum() == 1
    assert len(maximal_cliques(*mutual(rows.start, rows.to))) == 0
    assert len(maximal_cliques(*mutual(rows.start, rows.to), smallest=2)) == N - 1
    cycles = short_cycles(rows.start, rows.to)
    assert (len(cycles), cycles.truncated) == (N - 1, False)
    assert len(feedback_arcs(rows.start, rows.to)) == N - 1


def test_ties_of_one_pair_and_one_node_a_million_times() -> None:
    rows = csr(np.repeat([0, 0, 1], N), np.repeat([0, 1, 0], N), 2)
    assert short_cycles(rows.start, rows.to).members.tolist() == [0, 1]
    assert len(feedback_arcs(rows.start, rows.to)) == 2 * N
    assert core_numbers(*undirected(rows.start, rows.to)).tolist() == [1, 1]


def test_no_nodes_and_one_node() -> None:
    for n in (0, 1):
        start, to = np.zeros(n + 1, np.int64), np.empty(0, np.int32)
        assert weak_components(start, to).tolist() == strong_components(start, to).tolist() == list(range(n))
        assert core_numbers(start, to).tolist() == [0] * n
        assert len(biconnected(start, to).blocks) == len(bridges(biconnected(start, to))) == 0
        assert len(short_cycles(start, to)) == len(maximal_cliques(start, to)) == len(feedback_arcs(start, to)) == 0
        assert longest_chain(start, to).nodes.tolist() == list(range(n))
