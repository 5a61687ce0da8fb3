"""A network picture as part of the page: its data, its legend, the libraries it needs, and its table for readers.

The libraries are files of this package, written into the page only if a picture of their kind is on it: cytoscape and
dagre for the views with names, graphology and sigma for an overview. Coordinates of an overview are computed here, so
that every reader sees the same picture. Where no script runs, and for those who listen, the same is there as a table.
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from engines.report.embedding import inside_script, safe_library
from engines.report.legible import legible, legible_all
from engines.report.network_style import legend, style_of
from engines.report.networks import refuse_hairballs
from engines.result import Network

__all__ = ["drawn_network", "libraries", "own_script", "rows_of"]

_LAYERED = ("cytoscape.min.js", "dagre.min.js")
_LIBRARIES = {
    "ego": _LAYERED,
    "replay": _LAYERED,
    "cut": _LAYERED,
    "overview": ("graphology.umd.min.js", "sigma.min.js"),
}
_SCRIPTS = ("frame.js", "panel.js", "labels.js", "layers.js", "ego.js", "replay.js", "cut.js", "flat.js", "overview.js")
_MOST_ROWS = 300


def drawn_network(network: Network) -> dict[str, Any]:
    """Return what the template needs of one network; it is drawn now.

    Parameters
    ----------
    network
        The picture of a case.

    Returns
    -------
    dict
        Title, caption, view, legend, tables of text, and `data`: the JSON for the page's script.

    Raises
    ------
    HairballError
        If the picture has more nodes or edges than its view can show.
    PictureRefusedError
        If it holds what JSON cannot.
    """
    from markupsafe import Markup

    description = legible_all(network.draw())
    nodes, edges = description["nodes"], description.get("edges", [])
    refuse_hairballs(description["view"], len(nodes), len(edges))
    if description["view"] == "overview":
        description = description | {"nodes": _placed(nodes, edges)}
    style = style_of(description)
    return {
        "title": legible(network.title),
        "title_zh": legible(network.title_zh),
        "caption": legible(network.caption),
        "view": description["view"],
        "legend": legend(description, style),
        "tables": rows_of(description),
        # Safe inside a script element by `inside_script`, which leaves no angle bracket or ampersand.
        "data": Markup(inside_script(description | {"style": style}, network.title)),  # noqa: S704  # escaped for its place, or our own file
    }


def libraries(views: Iterable[str]) -> list[str]:
    """Return the text of each library that these views need, once, in the order in which they are read.

    Examples
    --------
    >>> [len(library) > 40_000 for library in libraries(["ego", "cut"])], libraries([])
    ([True, True], [])
    """
    names = dict.fromkeys(name for view in views for name in _LIBRARIES[view])
    folder = files("engines.report") / "vendor"
    scripts = {name: safe_library((folder / name).read_text(encoding="utf-8")) for name in names}
    # Sigma asks for WebGL as soon as it is read, and throws where there is none; the picture is then drawn flat.
    return [f"try {{ {text} }} catch {{}}" if name == "sigma.min.js" else text for name, text in scripts.items()]


def own_script() -> str:
    """Return our own script: the views, each a function, and the start that draws every network of the page.

    Examples
    --------
    >>> own_script().startswith('"use strict";')
    True
    """
    folder = files("engines.report") / "scripts"
    parts = [(folder / name).read_text(encoding="utf-8") for name in (*_SCRIPTS, "start.js")]
    return '"use strict";\n' + "".join(parts)


def rows_of(description: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the picture as tables of text: the rounds or the firms whose fate changes, then the edges.

    Examples
    --------
    >>> nodes = [{"id": "a", "label": "甲"}, {"id": "b", "label": "乙"}]
    >>> edges = [{"id": "1", "source": "a", "target": "b", "label": "8 m"}]
    >>> rows_of({"view": "ego", "nodes": nodes, "edges": edges})[0]["rows"]
    [['甲', '乙', 'guarantees (guarantor to borrower) · 担保（担保人→借款人）', '8 m', '']]
    """
    names = {node["id"]: node["label"] for node in description["nodes"]}
    style = style_of(description)
    edges = [
        [
            names[edge["source"]],
            names[edge["target"]],
            _both(style["edges"][edge.get("kind", "guarantee")]),
            edge.get("label", ""),
            "; ".join(_both(style["roles"][role]) for role in ("mutual", "removed") if edge.get(f"is_{role}")),
        ]
        for edge in description.get("edges", [])
    ]
    head = ["from · 起点", "to · 终点", "kind · 类型", "amount · 金额", "note · 说明"]
    return [
        *_tables_of_rounds(description, names),
        *_tables_of_fates(description, style),
        _table("Edges", "关系", head, edges),
    ]


def _tables_of_rounds(description: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    steps = description.get("steps", [])
    ends = {edge["id"]: (names[edge["target"]], names[edge["source"]]) for edge in description.get("edges", [])}
    rows = [
        [
            str(at),
            "、".join(names[node] for node in step["failed"]),
            "; ".join(" → ".join(ends[call["edge"]]) + f" {call.get('label', '')}" for call in step.get("calls", [])),
        ]
        for at, step in enumerate(steps)
    ]
    head = ["round · 轮次", "who fails · 违约企业", "calls · 代偿"]
    return [_table("Rounds", "各轮传导", head, rows)] if steps else []


def _tables_of_fates(description: Mapping[str, Any], style: Mapping[str, Any]) -> list[dict[str, Any]]:
    if description["view"] != "cut":
        return []
    rows = [
        [node["label"], _fate(node.get("state", ""), style), _fate(_after(node), style)]
        for node in _touched(description)
    ]
    return [_table("Before and after", "解除前后", ["firm · 企业", "before · 之前", "after · 之后"], rows)]


def _touched(description: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [node for node in description["nodes"] if node.get("state") or node.get("state_after")]


def _after(node: Mapping[str, Any]) -> str:
    # The page's script has the same rule: who failed before and not after is saved.
    after: str = node.get("state_after", "")
    return "saved" if node.get("state") == "failed" and not after else after or node.get("state", "")


def _fate(state: str, style: Mapping[str, Any]) -> str:
    return _both(style["states"][state]) if state else ""


def _both(look: Mapping[str, Any]) -> str:
    return f"{look['label']} · {look['zh']}" if look["zh"] else str(look["label"])


def _table(title: str, title_zh: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {
        "title": title,
        "title_zh": title_zh,
        "head": list(head),
        "rows": [list(row) for row in rows[:_MOST_ROWS]],
        "count": len(rows),
    }


def _placed(nodes: Sequence[dict[str, Any]], edges: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    from engines.report.network_layout import place

    at = {node["id"]: position for position, node in enumerate(nodes)}
    points = place(len(nodes), [at[edge["source"]] for edge in edges], [at[edge["target"]] for edge in edges])
    return [node | {"x": round(x, 2), "y": round(y, 2)} for node, (x, y) in zip(nodes, points.tolist(), strict=True)]
