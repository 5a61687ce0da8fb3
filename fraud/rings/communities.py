"""Communities of a weighted graph of accounts and things: connected components, and Louvain where one is too large.

A component can be explained by a path from any member to any other, so it is taken as it is while it is small. One that
is too large for a gang is held together by something common; Louvain's method (Blondel et al., 2008) cuts it where its
ties are weakest. Nodes are sorted before everything, and chance has a seed: equal graphs give equal communities.
"""

from collections.abc import Iterable

__all__ = ["Node", "communities"]

Node = tuple[str, str]
"""Kind and value, such as ("device", "D7")."""


def communities(
    edges: Iterable[tuple[Node, Node, float]], largest: int = 60, least_weight: float = 0.0, seed: int = 0
) -> list[tuple[Node, ...]]:
    """Return the communities of two nodes or more, the largest first, each sorted.

    Parameters
    ----------
    edges
        Pairs of nodes with the weight of their tie; ties of the same pair are added up.
    largest
        Components of more nodes than this are cut by Louvain's method.
    least_weight
        Ties that weigh less are dropped first.
    seed
        Seed of Louvain's order.

    Examples
    --------
    >>> a, b, c, d, e = (("account", name) for name in "abcde")
    >>> communities([(a, b, 1.0), (c, d, 1.0), (d, e, 0.1)], least_weight=0.5)
    [(('account', 'a'), ('account', 'b')), (('account', 'c'), ('account', 'd'))]
    """
    import networkx as nx

    weights: dict[tuple[Node, Node], float] = {}
    for one, other, weight in edges:
        if one != other:
            pair = (min(one, other), max(one, other))
            weights[pair] = weights.get(pair, 0.0) + weight
    graph = nx.Graph()
    for pair in sorted(weights):
        if weights[pair] >= least_weight:
            graph.add_edge(*pair, weight=weights[pair])
    found: list[tuple[Node, ...]] = []
    for component in nx.connected_components(graph):
        if len(component) <= largest:
            found.append(tuple(sorted(component)))
            continue
        part = nx.Graph()
        part.add_nodes_from(sorted(component))
        part.add_edges_from((*pair, {"weight": weights[pair]}) for pair in sorted(map(_sorted, graph.edges(component))))
        cut = nx.community.louvain_communities(part, seed=seed)
        found += [tuple(sorted(some)) for some in cut if len(some) > 1]
    return sorted(found, key=lambda some: (-len(some), some))


def _sorted(pair: tuple[Node, Node]) -> tuple[Node, Node]:
    return (min(pair), max(pair))
