"""Network pictures of the risk graph's cases: parts of a graph as views that the page draws."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from credit_graph.graph import Graph, Layer
from credit_graph.phrases import part
from engines.report.networks import LIMITS, Box, Edge, Finding, Node, View
from engines.risk_graph.amounts import wan
from engines.risk_graph.province import Credit

__all__ = ["edges_among", "ego", "nodes_of", "overview", "steps_from"]

_NEAR = 2


def nodes_of(credit: Credit, codes: Iterable[int], **given: Mapping[int, object]) -> list[Node]:
    """Return a node for each party; `given` holds further fields of `Node` by the party's number.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> made = credit(7, 40)
    >>> nodes_of(made, [0], state={0: "centre"})[0].state
    'centre'
    """
    parties, graph = credit.graph.parties, credit.graph
    kinds, equity = parties["kind"].to_numpy(object), parties["equity_fen"].astype("Float64").to_numpy(na_value=np.nan)
    found = []
    for code in codes:
        details: tuple[tuple[str, str], ...] = (("编号 id", str(graph.ids[code])),)
        if not np.isnan(equity[code]):
            details += (("净资产 equity", f"{wan(int(equity[code]))}元"),)
        fields: dict[str, object] = {name: values[code] for name, values in given.items() if code in values}
        name = credit.names[graph.ids[code]] or str(graph.ids[code])
        found.append(Node(str(graph.ids[code]), name, kind=str(kinds[code]), details=details, **fields))  # type: ignore[arg-type]  # the fields of a node are named by the caller
    return found


def edges_among(
    graph: Graph, codes: Sequence[int], kind: str = "guarantee", removed: npt.NDArray[np.bool_] | None = None
) -> list[Edge]:
    """Return the ties of one kind among some parties, parallel ones as they are; `removed` marks those released.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> graph = credit(7, 40).graph
    >>> tie = graph.layers["guarantee"]
    >>> edges_among(graph, [int(tie.tail[0]), int(tie.head[0])])[0].kind
    'guarantee'
    """
    layer, inside = graph.layers[kind], np.zeros(graph.n, np.bool_)
    inside[list(codes)] = True
    places = np.flatnonzero(inside[layer.tail] & inside[layer.head])
    pairs = {(int(layer.tail[place]), int(layer.head[place])) for place in places}
    return [
        Edge(
            id=f"{kind}-{place}",
            source=str(graph.ids[tail]),
            target=str(graph.ids[head]),
            kind=kind,
            label=_label(layer, place),
            is_mutual=kind == "guarantee" and (head, tail) in pairs,
            is_removed=removed is not None and bool(removed[place]),
        )
        for place, tail, head in ((int(p), int(layer.tail[p]), int(layer.head[p])) for p in places)
    ]


def _label(layer: Layer, place: int) -> str:
    if layer.amount_fen[place]:
        return wan(int(layer.amount_fen[place]))
    return "" if np.isnan(layer.share[place]) else part(float(layer.share[place]))


def steps_from(layer: Layer, centre: int, most: int) -> dict[int, int]:
    """Return who stands how many guarantees up (negative) or down from a firm, nearest first, at most so many.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> steps_from(layer("guarantee", [0, 1], [1, 2], n=3), 1, most=9)
    {1: 0, 0: -1, 2: 1}
    """
    found = {centre: 0}
    for rows, sign in ((layer.into, -1), (layer.out, 1)):
        ring = [centre]
        for hop in range(1, _NEAR + 1):
            nearby = [int(one) for node in ring for one in rows.to[rows.start[node] : rows.start[node + 1]]]
            ring = [one for one in dict.fromkeys(nearby) if one not in found][: max(0, most - len(found))]
            found |= dict.fromkeys(ring, sign * hop)
    return found


def ego(credit: Credit, centre: int, boxes: Sequence[tuple[str, Sequence[int]]] = (), most: int = 60) -> View:
    """Return the neighbourhood of one firm: who stands for it to the left, for whom it stands to the right.

    Parameters
    ----------
    credit
        The graph.
    centre
        Number of the firm.
    boxes
        Label and members of each circle that should be drawn as a box; a firm in two is drawn in the first.
    most
        Most firms in the picture.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> made = credit(7, 40)
    >>> ego(made, int(made.graph.layers["guarantee"].tail[0])).nodes[0].state
    'centre'
    """
    layer = credit.graph.layers["guarantee"]
    steps = steps_from(layer, centre, min(most, LIMITS["ego"][0]))
    hidden = {code: abs(step) > 1 and len(steps) > 25 for code, step in steps.items()}
    free, drawn = set(steps), []
    for number, (label, members) in enumerate(boxes):
        inside = [code for code in members if code in free and not hidden[code]]
        if len(inside) > 1:
            drawn.append(Box(f"box-{number}", label, tuple(str(credit.graph.ids[code]) for code in inside)))
            free -= set(inside)
    nodes = nodes_of(credit, steps, layer=steps, state={centre: "centre"}, is_hidden=hidden)
    return View("ego", nodes, edges_among(credit.graph, list(steps)), drawn)


def overview(credit: Credit, finding: Mapping[int, str], findings: Sequence[Finding], most: int = 5_000) -> View:
    """Return all firms with guarantees as dots, coloured by what was found of them.

    Parameters
    ----------
    credit
        The graph.
    finding
        Identifier of the finding of each firm that has one.
    findings
        The findings, in the order of the legend.
    most
        Most firms: those with a finding come first, then the others in their order.
    """
    layer = credit.graph.layers["guarantee"]
    tied = np.unique(np.concatenate([layer.tail, layer.head])).tolist()
    chosen = sorted(tied, key=lambda code: (code not in finding, code))[: min(most, LIMITS["overview"][0])]
    given = np.bincount(layer.tail, weights=layer.amount_fen, minlength=credit.graph.n)
    value = {code: float(given[code]) for code in chosen}
    label = {code: f"对外担保 guarantees given {wan(int(given[code]))}元" for code in chosen}
    known = {code: finding[code] for code in chosen if code in finding}
    nodes = nodes_of(credit, chosen, value=value, value_label=label, finding=known)
    return View("overview", nodes, edges_among(credit.graph, chosen)[: LIMITS["overview"][1]], findings=findings)
