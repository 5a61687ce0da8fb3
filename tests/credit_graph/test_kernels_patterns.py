import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credit_graph.errors import RowsError
from credit_graph.graph import Csr, csr
from credit_graph.kernels import cycles as cycle_kernels
from credit_graph.kernels.cliques import maximal_cliques
from credit_graph.kernels.cycles import short_cycles
from credit_graph.kernels.groups import sorted_groups
from credit_graph.kernels.rows import mutual, undirected
from credit_graph.reference import structures as reference

Ties = list[tuple[int, int]]
hundreds = settings(max_examples=300, deadline=None)


@st.composite
def graphs(draw: st.DrawFn, largest: int = 8, most: int = 30) -> tuple[int, Ties]:
    n = draw(st.integers(0, largest))
    node = st.integers(0, max(n - 1, 0))
    return n, draw(st.lists(st.tuples(node, node), max_size=most if n else 0))


def rows_of(n: int, ties: Ties) -> Csr:
    return csr([tail for tail, _ in ties], [head for _, head in ties], n)


def complete(n: int) -> Csr:
    return rows_of(n, [(tail, head) for tail in range(n) for head in range(n) if tail != head])


@hundreds
@given(graphs(), st.integers(2, 9))
def test_cycles_are_those_of_networkx_each_once(graph: tuple[int, Ties], longest: int) -> None:
    rows = rows_of(*graph)
    found = short_cycles(rows.start, rows.to, longest)
    assert [cycle.tolist() for cycle in found] == reference.short_cycles(*graph, longest)
    assert not found.truncated


@pytest.mark.parametrize("seed", range(6))
def test_cycles_of_larger_random_graphs_are_those_of_networkx(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ties = [(int(tail), int(head)) for tail, head in rng.integers(0, 60, (260, 2)) ** 2 // 60]
    rows = rows_of(60, ties)
    for longest in (3, 4, 5, 6):
        found = short_cycles(rows.start, rows.to, longest)
        assert [cycle.tolist() for cycle in found] == reference.short_cycles(60, ties, longest)


@hundreds
@given(graphs(), st.integers(0, 12))
def test_a_count_budget_cuts_and_says_so(graph: tuple[int, Ties], most: int) -> None:
    rows = rows_of(*graph)
    everything = [cycle.tolist() for cycle in short_cycles(rows.start, rows.to, 5)]
    found = short_cycles(rows.start, rows.to, 5, most=most)
    assert len(found) == min(most, len(everything))
    assert found.truncated == (len(everything) > most)
    assert all(cycle.tolist() in everything for cycle in found)


@hundreds
@given(graphs(), st.integers(0, 60))
def test_a_step_budget_cuts_and_never_lies(graph: tuple[int, Ties], most_steps: int) -> None:
    rows = rows_of(*graph)
    everything = [cycle.tolist() for cycle in short_cycles(rows.start, rows.to, 5)]
    cut = short_cycles(rows.start, rows.to, 5, most_steps=most_steps)
    found = [cycle.tolist() for cycle in cut]
    assert found == everything or (cut.truncated and all(cycle in everything for cycle in found))


def test_the_search_goes_on_where_a_chunk_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = complete(8)
    whole = short_cycles(rows.start, rows.to, 6)
    monkeypatch.setattr(cycle_kernels, "_CHUNK", 7)
    asked: list[int] = []
    pieces = short_cycles(rows.start, rows.to, 6, stop=lambda: len(asked) < 0)
    assert np.array_equal(whole.members, pieces.members)
    stopped = short_cycles(rows.start, rows.to, 6, stop=lambda: asked.append(1) or len(asked) > 20)  # type: ignore[func-returns-value]  # append says nothing
    assert stopped.truncated
    assert 28 < len(stopped) < len(whole)


def test_a_complete_graph_of_200_stops_at_its_budget() -> None:
    rows = complete(200)
    found = short_cycles(rows.start, rows.to, 4, most=50_000)
    assert (len(found), found.truncated) == (50_000, True)
    assert len(set(map(tuple, (cycle.tolist() for cycle in found)))) == 50_000


@hundreds
@given(graphs(9, 60), st.integers(2, 4))
def test_cliques_are_those_of_networkx(graph: tuple[int, Ties], smallest: int) -> None:
    n, ties = graph
    rows = rows_of(n, ties)
    found = maximal_cliques(*mutual(rows.start, rows.to), smallest=smallest)
    assert [clique.tolist() for clique in found] == reference.maximal_cliques(n, ties, smallest)


@pytest.mark.parametrize(("n", "part"), [(12, 0.7), (40, 0.5), (90, 0.25), (150, 0.15), (80, 0.9)])
def test_cliques_of_dense_graphs_wider_than_a_word_are_those_of_networkx(n: int, part: float) -> None:
    graph = nx.gnp_random_graph(n, min(part, 0.6), seed=3)
    if part == 0.9:  # one clique of 70 nodes, so that the candidates fill more than one word of bits
        graph.add_edges_from((one, two) for one in range(70) for two in range(one))
        graph.remove_edges_from([edge for edge in graph.edges if max(edge) >= 70 and sum(edge) % 3])
    ties = [pair for one, two in graph.edges for pair in ((one, two), (two, one))]
    rows = rows_of(n, ties)
    found = maximal_cliques(rows.start, rows.to)
    assert [clique.tolist() for clique in found] == reference.maximal_cliques(n, ties)


def test_cliques_stop_at_their_budgets() -> None:
    ties = [(one, two) for one in range(30) for two in range(30) if one // 3 != two // 3]  # Moon and Moser: 3 ** 10
    rows = rows_of(30, ties)
    assert len(maximal_cliques(rows.start, rows.to)) == 3**10
    cut = maximal_cliques(rows.start, rows.to, most=100)
    assert (len(cut), cut.truncated) == (100, True)
    assert not maximal_cliques(rows.start, rows.to, most=3**10).truncated
    short = maximal_cliques(rows.start, rows.to, most_steps=500)
    assert short.truncated
    assert 0 < len(short) < 3**10


def test_a_complete_graph_of_200_is_one_clique() -> None:
    rows = complete(200)
    assert [clique.tolist() for clique in maximal_cliques(*undirected(rows.start, rows.to))] == [list(range(200))]


@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4), max_size=20))
@settings(max_examples=200, deadline=None)
def test_groups_are_sorted_as_lists_are(groups: list[list[int]]) -> None:
    start = np.cumsum([0, *map(len, groups)])
    members = np.array([member for group in groups for member in group], np.int32)
    assert [group.tolist() for group in sorted_groups(start, members)] == sorted(groups)


def test_budgets_and_sizes_that_cannot_be_are_refused() -> None:
    for ask in ({"longest": 1}, {"most": -1}, {"most_steps": -1}):
        with pytest.raises(RowsError, match="must be at least"):
            short_cycles([0], [], **ask)
    with pytest.raises(RowsError, match="at least 2 members"):
        maximal_cliques([0], [], smallest=1)
    with pytest.raises(RowsError, match="must be at least 0"):
        maximal_cliques([0], [], most=-1)
