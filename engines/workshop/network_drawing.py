"""Networks on a projector: a dozen named nodes at given places, with arrows between them."""

import math
from typing import Any

import pandas as pd

from engines.report.palette import BLACK, GREY, ORANGE, SKY, VERMILLION
from engines.workshop.drawing import WIDTH, Drawing, picture

__all__ = ["network"]

_FILLS = (SKY, ORANGE, "#F0E442", "#ffffff", VERMILLION)
_SHAPES = ("circle", "square", "diamond", "triangle-up", "cross")
_RADIUS = 30
_MARGIN = 70


def network(
    nodes: pd.DataFrame, edges: pd.DataFrame, *, title: str, alt: str, arrows: bool = True, height: int = 420
) -> Drawing:
    """Draw nodes at their places and the ties between them.

    Parameters
    ----------
    nodes
        Columns `node` (text of up to about six letters, written inside), `x`, `y` (any scale; up is more); where they
        are wanted `label` (written below) and `group` (colour and shape, in a legend).
    edges
        Columns `source`, `target`; where they are wanted `label` (written beside the middle) and `mark` (bool: drawn
        strong).
    title, alt
        As in `engines.workshop.drawing.picture`.
    arrows
        Whether a tie has a direction.
    height
        Of the plot, in pixels.

    Examples
    --------
    >>> nodes = pd.DataFrame({"node": ["A", "B"], "x": [0, 1], "y": [0, 0]})
    >>> edges = pd.DataFrame({"source": ["A"], "target": ["B"]})
    >>> len(network(nodes, edges, title="two firms · 两家企业", alt="A guarantees B").spec["layer"])
    6
    """
    import altair as alt_

    placed = _placed(nodes, height)
    ties = _ties(placed, edges, arrows)
    x, y = (alt_.Scale(domain=[0, WIDTH]), alt_.Scale(domain=[0, height]))
    across, up = alt_.X("x:Q", scale=x, axis=None), alt_.Y("y:Q", scale=y, axis=None)
    middle, level = alt_.X("xm:Q", scale=x, axis=None), alt_.Y("ym:Q", scale=y, axis=None)
    colour = alt_.condition("datum.mark", alt_.value(VERMILLION), alt_.value(GREY))
    width = alt_.condition("datum.mark", alt_.value(5), alt_.value(2.5))
    drawn = alt_.Chart(ties)
    layers = [
        drawn.mark_rule().encode(x=across, y=up, x2="x2:Q", y2="y2:Q", color=colour, strokeWidth=width),
        drawn.mark_point(shape="triangle", size=320 if arrows else 0).encode(
            x=alt_.X("x2:Q", scale=x, axis=None),
            y=alt_.Y("y2:Q", scale=y, axis=None),
            angle=alt_.Angle("angle:Q", scale=None),
            color=colour,
        ),
        drawn.mark_text(fontWeight="bold", stroke="#fff", strokeWidth=6).encode(x=middle, y=level, text="label:N"),
        drawn.mark_text(fontWeight="bold").encode(x=middle, y=level, text="label:N"),
        *_nodes(placed, across, up),
    ]
    return picture(alt_.layer(*layers), title, alt, height=height)


def _nodes(placed: pd.DataFrame, across: Any, up: Any) -> list[Any]:
    import altair as alt_

    names = list(dict.fromkeys(placed["group"]))
    legend = alt_.Legend(title=None, symbolStrokeColor=BLACK) if len(names) > 1 else None
    fills = alt_.Scale(domain=names, range=[_FILLS[at % len(_FILLS)] for at in range(len(names))])
    shapes = alt_.Scale(domain=names, range=[_SHAPES[at % len(_SHAPES)] for at in range(len(names))])
    base = alt_.Chart(placed).encode(x=across, y=up)
    body = base.mark_point(size=4 * _RADIUS * _RADIUS * 0.9, stroke=BLACK, strokeWidth=2).encode(
        fill=alt_.Fill("group:N", scale=fills, legend=legend), shape=alt_.Shape("group:N", scale=shapes, legend=legend)
    )
    inside = base.mark_text(fontWeight="bold").encode(text="node:N")
    if not placed["label"].any():
        return [body, inside]
    # on white, as ties may run behind it
    halo, words = (
        base.mark_text(dy=_RADIUS + 16, color=BLACK, stroke="#fff", strokeWidth=width, strokeJoin="round").encode(
            text="label:N"
        )
        for width in (6, 0)
    )
    return [body, inside, halo, words]


def _placed(nodes: pd.DataFrame, height: int) -> pd.DataFrame:
    def spread(values: pd.Series, length: int) -> pd.Series:
        least, most = float(values.min()), float(values.max())
        if most == least:
            return pd.Series(length / 2, index=values.index)
        return _MARGIN + (values - least) / (most - least) * (length - 2 * _MARGIN)

    empty = pd.Series("", index=nodes.index)
    return pd.DataFrame(
        {
            "node": nodes["node"].astype(str),
            "x": spread(nodes["x"], WIDTH),
            "y": spread(nodes["y"], height),
            "label": nodes.get("label", empty).astype(str),
            "group": nodes.get("group", empty).astype(str),
        }
    )


def _ties(placed: pd.DataFrame, edges: pd.DataFrame, arrows: bool) -> pd.DataFrame:
    """Return each tie from rim to rim, the middle where its label stands, and the angle of its arrow."""
    at = {node: (float(x), float(y)) for node, x, y in zip(placed["node"], placed["x"], placed["y"], strict=True)}
    pairs = {(str(source), str(target)) for source, target in zip(edges["source"], edges["target"], strict=True)}
    rows: list[dict[str, Any]] = []
    for row in edges.to_dict("records"):
        source, target = str(row["source"]), str(row["target"])
        (x, y), (x2, y2) = at[source], at[target]
        long = math.hypot(x2 - x, y2 - y) or 1.0
        across, up = (x2 - x) / long, (y2 - y) / long
        # ties that go both ways stand side by side
        aside = 12 if (target, source) in pairs and source != target else 0
        x, y, x2, y2 = x - up * aside, y + across * aside, x2 - up * aside, y2 + across * aside
        head = _RADIUS + (10 if arrows else 0)
        rows.append(
            {
                "x": x + across * _RADIUS,
                "y": y + up * _RADIUS,
                "x2": x2 - across * head,
                "y2": y2 - up * head,
                "xm": x + (x2 - x) * 0.45 - up * aside,
                "ym": y + (y2 - y) * 0.45 + across * aside,
                "angle": 90 - math.degrees(math.atan2(up, across)),
                "label": str(row.get("label", "")),
                "mark": bool(row.get("mark", False)),
            }
        )
    columns = ["x", "y", "x2", "y2", "xm", "ym", "angle", "label", "mark"]
    return pd.DataFrame(rows, columns=columns)
