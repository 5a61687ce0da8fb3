"""What a network picture shows: firms, guarantees, circles, rounds of contagion, and one of four views.

A case describes its picture with these small values; `describe` checks them and returns plain JSON, which is what
`engines.result.Network.draw` has to return. The page draws it without asking the case again.

An edge points from who would lose to whose failure it would be: guarantor to borrower, lender to borrower, owner to
firm. A call on a guarantee therefore runs against its arrow, from the failed borrower back to the guarantor.

More than 150 nodes in a view with names, or 5,000 dots in an overview, are refused: a hairball is not a picture.
Choose the part that matters (the neighbourhood of one firm, one component, the firms with a finding) before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import MISSING, dataclass, fields
from itertools import chain
from typing import Any

from engines.report.errors import HairballError, NetworkRefusedError

__all__ = ["LIMITS", "STATES", "Box", "Call", "Edge", "Finding", "Node", "Step", "View", "describe", "refuse_hairballs"]

LIMITS: dict[str, tuple[int, int]] = {
    "ego": (150, 600),
    "replay": (150, 600),
    "cut": (150, 600),
    "overview": (5_000, 20_000),
}
"""Most nodes and most edges of each view."""

STATES = ("", "centre", "listed", "seed", "failed", "saved")
"""Nothing special; the firm asked about; on a blacklist; failed at the start; failed later; saved by the cut."""

_MOST_FINDINGS = 7


@dataclass(frozen=True)
class Node:
    """A firm, a person, a bank or a shared attribute.

    Parameters
    ----------
    id
        Unique among the nodes; not shown.
    label
        Its name, as it is written in the picture.
    kind
        "firm", "person", "bank", "attribute", or a word of the case's own.
    layer
        Column of the left-to-right views, ascending to the right, such as the signed distance from the centre: -1 for
        a guarantor, 1 for a borrower. Where one visible node has none, the arrows alone decide.
    value, value_label
        Size of the dot in an overview (any unit, not negative), and what is written of it: "贷款 12.0 m".
    state, state_after
        One of `STATES`; `state_after` is the state after the cut, in the view "cut" alone.
    finding
        Identifier of a `Finding`, which colours the dot of an overview.
    is_hidden
        Not shown until a reader expands a neighbour; in the view "ego" alone.
    details
        Pairs of name and text for the panel beside the picture.
    """

    id: str
    label: str
    kind: str = "firm"
    layer: int | None = None
    value: float | None = None
    value_label: str = ""
    state: str = ""
    state_after: str = ""
    finding: str = ""
    is_hidden: bool = False
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Edge:
    """A tie from `source` to `target`, such as a guarantee from the guarantor to the borrower.

    Parameters
    ----------
    id
        Unique among the edges, also where two run between the same nodes.
    source, target
        Identifiers of nodes.
    kind
        "guarantee", "loan", "shareholding", "control", "kinship", "fund_flow", "shared_attribute", or a word of the
        case's own.
    label
        Its amount or share as text: "8.0 m".
    is_mutual
        Whether the two guarantee each other (互保).
    is_removed
        Whether the cut releases it; in the view "cut" alone.
    """

    id: str
    source: str
    target: str
    kind: str = "guarantee"
    label: str = ""
    is_mutual: bool = False
    is_removed: bool = False


@dataclass(frozen=True)
class Box:
    """A labelled box around its members, such as a guarantee circle (担保圈); a node is in one box at most."""

    id: str
    label: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """A guarantee that is called in a round, by the identifier of its edge, with the amount as text."""

    edge: str
    label: str = ""


@dataclass(frozen=True)
class Step:
    """One round of contagion: the nodes that fail in it, the calls that made them fail, and a line in words."""

    failed: tuple[str, ...]
    calls: tuple[Call, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Finding:
    """What an overview colours by: an identifier and its name in English and Chinese; at most seven of them."""

    id: str
    label: str
    label_zh: str = ""


@dataclass(frozen=True)
class View:
    """One network picture.

    Parameters
    ----------
    view
        "ego": the neighbourhood of one firm, layered from left to right, in which a click shows hidden neighbours.
        "replay": the same layout, in which firms fail round by round. "cut": the same, before and after guarantees
        are released. "overview": up to 5,000 dots coloured by finding, found by name.
    nodes, edges, boxes
        What is drawn; an overview draws no boxes.
    steps
        The rounds of a replay; the first holds the firms that fail at the start.
    findings
        The colours of an overview, in the order of the legend.
    """

    view: str
    nodes: Sequence[Node]
    edges: Sequence[Edge] = ()
    boxes: Sequence[Box] = ()
    steps: Sequence[Step] = ()
    findings: Sequence[Finding] = ()


def describe(view: View) -> dict[str, Any]:
    """Return a network picture as plain JSON, in which a field that has its default is left out.

    Parameters
    ----------
    view
        What is to be shown.

    Returns
    -------
    dict
        `{"view", "nodes": [..], "edges": [..], "boxes": [..], "steps": [..], "findings": [..]}` with the fields of
        `Node`, `Edge`, `Box`, `Step` and `Finding` as keys.

    Raises
    ------
    HairballError
        If there are more nodes or edges than `LIMITS` has for this view.
    NetworkRefusedError
        If an identifier is empty, given twice or unknown, if a state, a view or a size is none there is, if a node is
        in two boxes or fails twice, or if a replay has no rounds.

    Examples
    --------
    >>> pair = [Node("a", "甲公司", state="centre"), Node("b", "乙公司")]
    >>> describe(View("ego", pair, [Edge("1", "a", "b", label="8.0 m")]))["edges"]
    [{'id': '1', 'source': 'a', 'target': 'b', 'label': '8.0 m'}]
    """
    refuse_hairballs(view.view, len(view.nodes), len(view.edges))
    _check_nodes(view)
    _check_edges(view)
    _check_boxes(view)
    _check_steps(view)
    parts = {field.name: getattr(view, field.name) for field in fields(view) if field.name != "view"}
    return {"view": view.view} | {name: [_plain(item) for item in part] for name, part in parts.items() if part}


def _plain(value: Any) -> Any:
    if isinstance(value, Node | Edge | Box | Call | Step | Finding):
        pairs = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _plain(held) for field, held in pairs if field.default is MISSING or held != field.default}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    # Numbers and truth values that come from a table of numpy are no JSON.
    return value.item() if hasattr(value, "item") else value


def refuse_hairballs(view: str, nodes: int, edges: int) -> None:
    """Do nothing if so many nodes and edges can be read in this view.

    Raises
    ------
    HairballError
        If there are more than `LIMITS` has.
    NetworkRefusedError
        If there is no such view.

    Examples
    --------
    >>> refuse_hairballs("ego", 151, 0)
    Traceback (most recent call last):
    ...
    engines.report.errors.HairballError: a picture with the view 'ego' shows at most 150 nodes, and this one has ...
    """
    if view not in LIMITS:
        raise NetworkRefusedError(f"view {view!r} is none of {', '.join(LIMITS)}")
    for word, count, most in zip(("nodes", "edges"), (nodes, edges), LIMITS[view], strict=True):
        if count > most:
            raise HairballError(
                f"a picture with the view {view!r} shows at most {most:,} {word}, and this one has {count:,}: "
                "choose the part that matters, for a hairball is not a picture"
            )


def _unique(word: str, names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for name in names:
        if not isinstance(name, str) or not name:
            raise NetworkRefusedError(f"a {word} has the identifier {name!r}; give it a text that is not empty")
        if name in found:
            raise NetworkRefusedError(f"{word} {name!r} is there twice; each needs an identifier of its own")
        found.add(name)
    return found


def _known(what: str, names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise NetworkRefusedError(f"{what} names {name!r}, which is not in the picture")


def _check_nodes(view: View) -> None:
    _unique("node", (node.id for node in view.nodes))
    findings = _unique("finding", (finding.id for finding in view.findings))
    if len(findings) > _MOST_FINDINGS:
        raise NetworkRefusedError(f"{len(findings)} findings need as many colours; people tell {_MOST_FINDINGS} apart")
    if all(node.is_hidden for node in view.nodes):
        raise NetworkRefusedError("a picture needs at least one node that is not hidden")
    if any(node.is_hidden for node in view.nodes) and view.view != "ego":
        raise NetworkRefusedError(f"hidden nodes can be shown in the view 'ego' alone, not in {view.view!r}")
    for node in view.nodes:
        for state in (node.state, node.state_after):
            if state not in STATES:
                raise NetworkRefusedError(f"state {state!r} of node {node.id!r} is none of {', '.join(STATES[1:])}")
        if node.value is not None and not 0 <= node.value < float("inf"):
            raise NetworkRefusedError(f"node {node.id!r} has the size {node.value}; give it a finite one, not below 0")
        _known(f"node {node.id!r}", filter(None, [node.finding]), findings)


def _check_edges(view: View) -> None:
    nodes = {node.id for node in view.nodes}
    _unique("edge", (edge.id for edge in view.edges))
    for edge in view.edges:
        _known(f"edge {edge.id!r}", (edge.source, edge.target), nodes)


def _check_boxes(view: View) -> None:
    nodes = {node.id for node in view.nodes}
    _unique("box", (box.id for box in view.boxes))
    for box in view.boxes:
        _known(f"box {box.id!r}", box.members, nodes)
    _unique("node in a box", chain.from_iterable(box.members for box in view.boxes))


def _check_steps(view: View) -> None:
    if view.view == "replay" and not view.steps:
        raise NetworkRefusedError("a replay needs at least one round, and this one has none")
    edges = {edge.id for edge in view.edges}
    nodes = {node.id for node in view.nodes}
    _unique("failed node", chain.from_iterable(step.failed for step in view.steps))
    for at, step in enumerate(view.steps):
        _known(f"round {at}", step.failed, nodes)
        _known(f"round {at}", (call.edge for call in step.calls), edges)
