"""Structures of a graph the readable way: the twins of `credit_graph.kernels`.

Each takes the number of nodes and the ties as pairs (tail, head), in any order, parallel ones and ties of a node to
itself among them, and says in networkx or plain Python what the kernel of the same name finds. Slow: for small graphs.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import networkx as nx

__all__ = [
    "biconnected",
    "core_numbers",
    "feedback_arcs",
    "is_acyclic_without",
    "longest_chain_length",
    "maximal_cliques",
    "mutual_pairs",
    "pagerank",
    "short_cycles",
    "strong_components",
    "weak_components",
]

Ties = Sequence[tuple[int, int]]


def _directed(n: int, ties: Iterable[tuple[int, int]]) -> "nx.DiGraph[int]":
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from((tail, head) for tail, head in ties if tail != head)
    return graph


def _labels(n: int, groups: Iterable[Iterable[int]]) -> list[int]:
    label = list(range(n))
    for group in map(list, groups):
        for node in group:
            label[node] = min(group)
    return label


def weak_components(n: int, ties: Ties) -> list[int]:
    """Return the smallest node of each node's weak component.

    Examples
    --------
    >>> weak_components(4, [(1, 0), (3, 3)])
    [0, 0, 2, 3]
    """
    return _labels(n, nx.weakly_connected_components(_directed(n, ties)))


def strong_components(n: int, ties: Ties) -> list[int]:
    """Return the smallest node of each node's strong component.

    Examples
    --------
    >>> strong_components(3, [(0, 1), (1, 2), (2, 1)])
    [0, 1, 1]
    """
    return _labels(n, nx.strongly_connected_components(_directed(n, ties)))


def core_numbers(n: int, ties: Ties) -> list[int]:
    """Return the core number of each node, directions left aside.

    Examples
    --------
    >>> core_numbers(4, [(0, 1), (1, 2), (2, 0), (2, 3)])
    [2, 2, 2, 1]
    """
    numbers = nx.core_number(_directed(n, ties).to_undirected())
    return [numbers[node] for node in range(n)]


def biconnected(n: int, ties: Ties) -> tuple[set[int], set[frozenset[int]], set[tuple[int, int]]]:
    """Return the articulation points, the blocks, and the bridges (smaller node first), directions left aside.

    Examples
    --------
    >>> points, blocks, bridges = biconnected(4, [(0, 1), (1, 2), (2, 0), (2, 3)])
    >>> points, sorted(map(sorted, blocks)), bridges
    ({2}, [[0, 1, 2], [2, 3]], {(2, 3)})
    """
    graph = _directed(n, ties).to_undirected()
    blocks = {frozenset(block) for block in nx.biconnected_components(graph)}
    return set(nx.articulation_points(graph)), blocks, {(min(tie), max(tie)) for tie in nx.bridges(graph)}


def pagerank(n: int, ties: Ties, weight: Sequence[float] | None = None, damping: float = 0.85) -> list[float]:
    """Return the PageRank of each node; ties of a node to itself count here, and parallel weights add up.

    Examples
    --------
    >>> [round(rank, 4) for rank in pagerank(3, [(0, 1), (0, 2), (1, 2)])]
    [0.1976, 0.2816, 0.5209]
    """
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(n))
    for place, (tail, head) in enumerate(ties):
        graph.add_edge(tail, head, weight=1.0 if weight is None else weight[place])
    ranks = nx.pagerank(graph, alpha=damping, tol=1e-13, max_iter=10_000)
    return [ranks[node] for node in range(n)]


def mutual_pairs(ties: Ties) -> set[tuple[int, int]]:
    """Return the pairs that are tied both ways, smaller node first.

    Examples
    --------
    >>> mutual_pairs([(0, 1), (1, 0), (1, 2), (2, 2)])
    {(0, 1)}
    """
    return {(tail, head) for tail, head in ties if tail < head and (head, tail) in ties}


def short_cycles(n: int, ties: Ties, longest: int) -> list[list[int]]:
    """Return each simple cycle of 2 to `longest` nodes, smallest node first, in lexicographic order.

    Examples
    --------
    >>> short_cycles(3, [(0, 1), (1, 0), (1, 2), (2, 0)], longest=3)
    [[0, 1], [0, 1, 2]]
    """
    cycles = nx.simple_cycles(_directed(n, ties), length_bound=longest)
    return sorted(cycle[cycle.index(min(cycle)) :] + cycle[: cycle.index(min(cycle))] for cycle in cycles)


def maximal_cliques(n: int, ties: Ties, smallest: int = 3) -> list[list[int]]:
    """Return the maximal cliques of the mutual ties, members ascending, in lexicographic order.

    Examples
    --------
    >>> maximal_cliques(3, [(0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0)])
    [[0, 1, 2]]
    """
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(mutual_pairs(ties))
    return sorted(sorted(clique) for clique in nx.find_cliques(graph) if len(clique) >= smallest)


def longest_chain_length(n: int, ties: Ties, weight: Sequence[float] | None = None) -> float:
    """Return the largest sum of weights on a way through the condensation; 1 a tie if no weights are given.

    Examples
    --------
    >>> longest_chain_length(4, [(0, 1), (1, 2), (2, 1), (2, 3)])
    2.0
    """
    label = strong_components(n, ties)
    condensed: nx.DiGraph[int] = nx.DiGraph()
    condensed.add_nodes_from(label)
    for place, (tail, head) in enumerate(ties):
        one, two = label[tail], label[head]
        if one != two:
            heaviest = condensed.get_edge_data(one, two, {}).get("weight", 0.0)
            condensed.add_edge(one, two, weight=max(heaviest, 1.0 if weight is None else weight[place]))
    path = nx.dag_longest_path(condensed)
    return float(sum(condensed.edges[tie]["weight"] for tie in pairwise(path)))


def is_acyclic_without(n: int, ties: Ties, removed: Iterable[int]) -> bool:
    """Return whether no cycle is left, not even of a node with itself, when some ties (by position) are removed.

    Examples
    --------
    >>> is_acyclic_without(2, [(0, 1), (1, 0), (1, 1)], removed=[1])
    False
    """
    gone = set(removed)
    left = [tie for place, tie in enumerate(ties) if place not in gone]
    return nx.is_directed_acyclic_graph(_directed(n, left)) and all(tail != head for tail, head in left)


def feedback_arcs(n: int, ties: Ties) -> list[int]:
    """Return positions of ties to remove so that no cycle is left, by the greedy order of Eades, Lin and Smyth.

    Examples
    --------
    >>> feedback_arcs(3, [(0, 1), (1, 2), (2, 0), (2, 2)])
    [2, 3]
    """
    front: list[int] = []
    end: list[int] = []
    label = strong_components(n, ties)
    inner = [(tail, head) for tail, head in ties if tail != head and label[tail] == label[head]]
    left = set(range(n))
    while left:
        out = {node: sum(tail == node and head in left for tail, head in inner) for node in left}
        into = {node: sum(head == node and tail in left for tail, head in inner) for node in left}
        sinks = [node for node in left if out[node] == 0]
        sources = [node for node in left if into[node] == 0]
        if sinks:
            end.insert(0, min(sinks))
            left.remove(end[0])
        else:
            front.append(min(sources or left, key=lambda node: (into[node] - out[node], node)))
            left.remove(front[-1])
    rank = {node: place for place, node in enumerate(front + end)}
    return [place for place, (tail, head) in enumerate(ties) if label[tail] == label[head] and rank[head] <= rank[tail]]
