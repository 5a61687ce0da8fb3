"""All simple paths from listed parties to a client, by networkx, and the strongest of them by looking at each.

The readable twin of `credit_graph.blacklist`.
"""

from itertools import pairwise
from math import prod
from typing import Any

import networkx as nx

from credit_graph.graph import Graph
from credit_graph.ties import TieRules

__all__ = ["paths_by_definition", "strongest_way"]


def strongest_way(graph: Graph, rules: TieRules, before: int, after: int) -> tuple[float, int]:
    """Return the strength and the half hops of the strongest tie between two neighbours, 0 if there is none.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> from credit_graph.ties import house_ties
    >>> strongest_way(small_graph(guarantee=[("F1", "F2", 5)]), house_ties(), 1, 0)
    (0.8, 2)
    """
    best = (0.0, 0)
    for kind, rule in rules.rules.items():
        ties = graph.layers[kind]
        for tail, head, share in zip(ties.tail.tolist(), ties.head.tolist(), ties.share.tolist(), strict=True):
            part = share if rule.by_share and share == share else 1.0
            for ends, base in (((tail, head), rule.forward), ((head, tail), rule.backward)):
                if ends == (before, after) and (base * part, -rule.half_hops) > (best[0], -best[1]):
                    best = (base * part, rule.half_hops)
    return best


def paths_by_definition(
    graph: Graph, rules: TieRules, listed: list[str], client: str, hops: float
) -> dict[tuple[str, ...], tuple[float, float]]:
    """Return strength and hops of every simple path from a listed party to a client.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> from credit_graph.ties import house_ties
    >>> paths_by_definition(small_graph(guarantee=[("F1", "F2", 5)]), house_ties(), ["F2"], "F1", hops=1)
    {('F2', 'F1'): (0.8, 1.0)}
    """
    ids, kinds = graph.ids.tolist(), graph.parties["kind"].tolist()
    sharing = graph.layers["shared_attribute"]
    users = [
        len({a for a, b in zip(sharing.tail.tolist(), sharing.head.tolist(), strict=True) if b == v})
        for v in range(graph.n)
    ]
    roads: Any = nx.DiGraph()
    roads.add_nodes_from(range(graph.n))
    for before in range(graph.n):
        for after in range(graph.n):
            strength, halves = strongest_way(graph, rules, before, after)
            if before != after and strength > 0:
                roads.add_edge(before, after, strength=strength, halves=halves)
    found: dict[tuple[str, ...], tuple[float, float]] = {(client,): (1.0, 0.0)} if client in listed else {}
    for source in {ids.index(one) for one in listed} - {ids.index(client)}:
        for path in nx.all_simple_paths(roads, source, ids.index(client)):
            ties = [roads.edges[pair] for pair in pairwise(path)]
            length = sum(tie["halves"] for tie in ties) / 2
            is_open = all(kinds[v] not in rules.never_through and users[v] <= rules.most_sharing for v in path[1:-1])
            if length <= hops and is_open:
                found[tuple(ids[v] for v in path)] = (prod(tie["strength"] for tie in ties), length)
    return found
