"""How nodes, edges and findings look in a network picture, and the legend that says so in both languages.

The scripts of the page and its legend read the same values, so that neither can drift from the other. A colour never
stands alone: a state has a mark and a word, a kind of edge its dash, a finding its name in the legend and panel.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from engines.report.palette import BLACK, BLUE, FONTS, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION

__all__ = ["EDGE_KINDS", "EDGE_ROLES", "NODE_KINDS", "STATE_LOOKS", "legend", "style_of"]

Look = dict[str, Any]

NODE_KINDS: dict[str, Look] = {
    "firm": {"label": "firm", "zh": "企业", "shape": "round-rectangle"},
    "person": {"label": "person", "zh": "自然人", "shape": "ellipse"},
    "bank": {"label": "bank", "zh": "银行", "shape": "rectangle"},
    "attribute": {"label": "shared attribute", "zh": "共同属性", "shape": "cut-rectangle"},
}
"""Shape of each kind of node; any other kind is a barrel with its own word."""

STATE_LOOKS: dict[str, Look] = {
    "centre": {"label": "the firm asked about", "zh": "本户", "mark": "◎", "fill": "#D6E8F5", "line": BLUE},
    "listed": {"label": "on a blacklist", "zh": "黑名单", "mark": "■", "fill": "#2B2B2B", "line": BLACK},
    "seed": {"label": "fails first", "zh": "首先违约", "mark": "●", "fill": VERMILLION, "line": BLACK},
    "failed": {"label": "fails later", "zh": "随后违约", "mark": "✗", "fill": "#EE8A4D", "line": VERMILLION},
    "saved": {"label": "no longer falls", "zh": "不再违约", "mark": "✓", "fill": "#CDEBE0", "line": GREEN},
}
"""Fill, border, mark and words of each state."""

EDGE_KINDS: dict[str, Look] = {
    "guarantee": {
        "label": "guarantees (guarantor to borrower)",
        "zh": "担保（担保人→借款人）",
        "line": BLUE,
        "dash": [],
    },
    "loan": {"label": "lends to", "zh": "贷款", "line": BLACK, "dash": []},
    "shareholding": {"label": "holds shares of", "zh": "持股", "line": GREEN, "dash": [8, 4]},
    "control": {"label": "controls", "zh": "控制", "line": GREEN, "dash": []},
    "kinship": {"label": "kin", "zh": "亲属", "line": PURPLE, "dash": [3, 3]},
    "fund_flow": {"label": "pays to", "zh": "资金往来", "line": SKY, "dash": [10, 3, 3, 3]},
    "shared_attribute": {"label": "shares an attribute", "zh": "共同属性", "line": GREY, "dash": [2, 4]},
}
"""Colour and dash of each kind of edge; any other kind is grey with its own word."""

EDGE_ROLES: dict[str, Look] = {
    "mutual": {"label": "mutual guarantee", "zh": "互保", "line": ORANGE, "dash": [], "width": 4},
    "removed": {"label": "released by the cut", "zh": "拟解除", "line": GREY, "dash": [7, 5], "width": 3},
    "called": {
        "label": "called: the loss runs to the guarantor",
        "zh": "代偿：损失传至担保人",
        "line": VERMILLION,
        "dash": [],
        "width": 5,
    },
}
"""What an edge is beside its kind; drawn over the kind's colour."""

_UNKNOWN_NODE: Look = {"shape": "barrel"}
_UNKNOWN_EDGE: Look = {"line": GREY, "dash": []}
_FINDING_COLOURS = (VERMILLION, BLUE, ORANGE, GREEN, PURPLE, SKY, BLACK)
_NO_FINDING = "#A8A8A8"


def style_of(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return the looks that the scripts need for one picture: kinds, states, roles and findings that occur in it.

    Examples
    --------
    >>> style = style_of({"view": "ego", "nodes": [{"id": "a", "kind": "court"}]})
    >>> style["nodes"]["court"]
    {'label': 'court', 'zh': '', 'shape': 'barrel'}
    """
    nodes, edges = description["nodes"], description.get("edges", [])
    kinds = dict.fromkeys(node.get("kind", "firm") for node in nodes)
    ties = dict.fromkeys(edge.get("kind", "guarantee") for edge in edges)
    findings = description.get("findings", [])
    return {
        "fonts": FONTS,
        "nodes": {kind: NODE_KINDS.get(kind) or {"label": kind, "zh": ""} | _UNKNOWN_NODE for kind in kinds},
        "edges": {tie: EDGE_KINDS.get(tie) or {"label": tie, "zh": ""} | _UNKNOWN_EDGE for tie in ties},
        "states": STATE_LOOKS,
        "roles": EDGE_ROLES,
        "findings": {
            finding["id"]: {"label": finding["label"], "zh": finding.get("label_zh", ""), "fill": colour}
            for finding, colour in zip(findings, _FINDING_COLOURS, strict=False)
        },
        "noFinding": _NO_FINDING,
    }


def legend(description: Mapping[str, Any], style: Mapping[str, Any]) -> list[Look]:
    """Return the entries of the legend, only of what occurs: each a look with `sign` "node", "edge", "box" or "dot".

    Examples
    --------
    >>> picture = {"view": "ego", "nodes": [{"id": "a"}]}
    >>> [entry["zh"] for entry in legend(picture, style_of(picture))]
    ['企业']
    """
    if description["view"] == "overview":
        plain = {"label": "no finding", "zh": "无发现", "fill": style["noFinding"], "id": ""}
        dots = [look | {"id": name} for name, look in style["findings"].items()]
        return [{"sign": "dot"} | look for look in [*dots, plain]]
    entries = [{"sign": "node", "fill": "#fff", "line": GREY, "mark": ""} | look for look in style["nodes"].values()]
    entries += [{"sign": "node", "shape": "round-rectangle"} | STATE_LOOKS[name] for name in _states(description)]
    entries += [{"sign": "edge", "width": 2.5} | look for look in style["edges"].values()]
    entries += [{"sign": "edge"} | EDGE_ROLES[name] for name in _roles(description)]
    if description.get("boxes"):
        entries.append({"sign": "box", "label": "circle or group", "zh": "担保圈或集团", "line": "#8a6d1a"})
    if any(node.get("is_hidden") for node in description["nodes"]):
        entries.append(
            {"sign": "text", "text": "+3", "label": "hidden neighbours, click to show", "zh": "点击展开邻居"}
        )
    return entries


def _states(description: Mapping[str, Any]) -> list[str]:
    nodes, steps = description["nodes"], description.get("steps", [])
    found = {node.get("state", "") for node in nodes} | {node.get("state_after", "") for node in nodes}
    if description["view"] == "cut" and any(_is_saved(node) for node in nodes):
        found.add("saved")
    found |= {"seed"} if steps else set()
    found |= {"failed"} if any(step["failed"] for step in steps[1:]) else set()
    return [name for name in STATE_LOOKS if name in found]


def _is_saved(node: Mapping[str, Any]) -> bool:
    return node.get("state") == "failed" and node.get("state_after", "") in ("", "saved")


def _roles(description: Mapping[str, Any]) -> list[str]:
    edges: Sequence[Mapping[str, Any]] = description.get("edges", [])
    is_there = {
        "mutual": any(edge.get("is_mutual") for edge in edges),
        "removed": any(edge.get("is_removed") for edge in edges),
        "called": any(step.get("calls") for step in description.get("steps", [])),
    }
    return [name for name in EDGE_ROLES if is_there[name]]
