"""Network pictures of a group and of paths: typed ties among few parties, from left to right."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from credit_graph.attributes import house_attribute_policy
from engines.report.networks import Box, Edge, Node, View
from engines.risk_graph.province import Credit
from engines.risk_graph.scenes import edges_among, nodes_of

__all__ = ["group_view", "paths_view"]

_BANK, _PEOPLE, _FIRMS, _ATTRIBUTES = 0, 1, 2, 3
_MOST_MEMBERS = 40
_MOST_NODES = 40
_LONGEST = 4


def group_view(
    made: Credit, label: str, members: Sequence[str], most_sharing: int, centre: str, bank: str = ""
) -> View:
    """Return a group as a box: people, firms, what they share, and one bank that lends to them.

    Parameters
    ----------
    made
        The credit tables and the graph.
    label
        What is written on the box.
    members
        Identifiers; of very many the first forty are drawn.
    most_sharing
        What more parties share is left out.
    centre
        Identifier of the member that is marked.
    bank
        Identifier of the lender, if one is to be drawn.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> made = credit(7, 40)
    >>> view = group_view(made, "空壳", ["F00000037", "F00000038", "F00000039"], 20, "F00000037")
    >>> sorted({node.kind for node in view.nodes}), len(view.boxes)
    (['attribute', 'firm'], 1)
    """
    graph = made.graph
    codes = graph.codes(list(members)[:_MOST_MEMBERS]).tolist()
    kinds = graph.parties["kind"].to_numpy(object)
    columns = {code: _PEOPLE if kinds[code] == "person" else _FIRMS for code in codes}
    shared = graph.layers["shared_attribute"]
    sharing = np.bincount(shared.head, minlength=graph.n)
    inside = np.bincount(shared.head[np.isin(shared.tail, codes)], minlength=graph.n)
    attributes = np.flatnonzero((inside > 1) & (sharing <= most_sharing)).tolist()
    columns |= dict.fromkeys(attributes, _ATTRIBUTES)
    marked = {int(graph.codes([centre])[0]): "centre"}
    lender = graph.codes([bank]).tolist() if bank else []
    columns |= dict.fromkeys(lender, _BANK)
    nodes = [_titled(node) for node in nodes_of(made, columns, layer=columns, state=marked)]
    edges = [
        edge
        for kind in ("control", "shareholding", "kinship", "shared_attribute", "loan")
        for edge in edges_among(graph, list(columns), kind)
    ]
    return View("ego", nodes, edges, [Box("group", label, tuple(str(graph.ids[code]) for code in codes))])


def _titled(node: Node) -> Node:
    """Say of an attribute what it is: its node bears the value alone."""
    titles = {rule.attribute: rule.title_zh for rule in house_attribute_policy().rules}
    return (
        replace(node, label=f"{titles.get(node.id.split(':')[0], '')} {node.label}")
        if node.kind == "attribute"
        else node
    )


def paths_view(made: Credit, client: str, found: Iterable[tuple[str, ...]], listed: Iterable[str]) -> View:
    """Return paths from listed parties, at the left, to one client, at the right.

    Parameters
    ----------
    made
        The credit tables and the graph.
    client
        Identifier of the client.
    found
        Parties of each path, the strongest path first. Paths that would make the picture too large are left out, and
        those of more than four parties, whose columns do not fit beside each other, but for the strongest.
    listed
        Identifiers of the listed parties.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> made = credit(7, 40)
    >>> view = paths_view(made, "F00000024", [("P00000064", "P00000063", "F00000024")], ["P00000064"])
    >>> [(node.id, node.layer, node.state) for node in view.nodes]
    [('F00000024', 0, 'centre'), ('P00000063', -1, ''), ('P00000064', -2, 'listed')]
    """
    place, steps = {client: 0}, set()
    for rank, path in enumerate(found):
        if rank and len(path) > _LONGEST:
            continue
        new = [party for party in path if party not in place]
        if len(place) + len(new) > _MOST_NODES:
            continue
        for back, party in enumerate(reversed(path)):
            place[party] = min(place.get(party, 0), -back)
        steps |= {frozenset(pair) for pair in pairwise(path)}
    codes = dict(zip(made.graph.codes(place).tolist(), place.values(), strict=True))
    known = set(listed)
    state = {code: "listed" for code in codes if made.graph.ids[code] in known}
    state[int(made.graph.codes([client])[0])] = "centre"
    nodes = [_titled(node) for node in nodes_of(made, codes, layer=codes, state=state)]
    return View("ego", nodes, _on_paths(made, codes, steps))


def _on_paths(made: Credit, codes: Iterable[int], steps: set[frozenset[str]]) -> list[Edge]:
    inside = list(codes)
    edges = (edge for kind in made.graph.layers for edge in edges_among(made.graph, inside, kind))
    return [edge for edge in edges if frozenset((edge.source, edge.target)) in steps]
