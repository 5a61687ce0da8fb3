"""The evidence as pictures: a matrix of firms and engines, the story in time, and what each engine reaches alone."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pandas as pd

from engines.province.happenings import KINDS_OF_EVENTS, events_of
from engines.province.judging import TOGETHER, mean_of
from engines.province.looking import Seen
from engines.province.signs import ENGINES
from engines.report.palette import BLACK, BLUE, GREY, ORANGE, PURPLE, SKY, VERMILLION, finish

__all__ = ["COMPANY_NAMES", "alone_bars", "evidence_matrix", "story_in_time"]

COMPANY_NAMES = ("what partners did", "关联方行为")
_COLOURS = {"opened": GREY, "handed over": ORANGE, "guarantee": BLUE, "receivable": SKY}
_COLOURS |= {"pledge": PURPLE, "refused": BLACK, "large payment": VERMILLION}
_SHAPES = {"opened": "circle", "handed over": "cross", "guarantee": "triangle-up", "receivable": "square"}
_SHAPES |= {"pledge": "diamond", "refused": "cross", "large payment": "triangle-right"}


def evidence_matrix(rows: Sequence[tuple[str, Mapping[str, float]]], engines: Sequence[str]) -> dict[str, Any]:
    """Draw how much each engine's evidence weighs for each firm.

    Parameters
    ----------
    rows
        Label of a firm, and weights by engine, "company" and "together"; in the order in which they are drawn.
    engines
        The engines that have looked.

    Returns
    -------
    dict
        A Vega-Lite specification.

    Examples
    --------
    >>> evidence_matrix([("a", {"papers": 1.0, "company": 0.0, "together": 0.5})], ["papers"])["width"]
    'container'
    """
    import altair as alt

    heads = {name: f"{ENGINES[name][0]}\n{ENGINES[name][1]}" for name in engines}
    heads |= {"company": "\n".join(COMPANY_NAMES), "together": "together\n合计"}
    cells = pd.DataFrame(
        [
            {"firm": label, "what": head, "weight": round(float(weights[name]), 2), "text": f"{weights[name]:+.1f}"}
            for label, weights in rows
            for name, head in heads.items()
        ]
    )
    axis = alt.Axis(
        title=None,
        orient="top",
        labelAngle=0,
        labelExpr="split(datum.label, '\\n')",
        labelPadding=24,
        labelLineHeight=17,
    )
    x = alt.X("what:N", sort=list(heads.values()), axis=axis)
    y = alt.Y("firm:N", sort=[label for label, _ in rows], axis=alt.Axis(title=None))
    scale = alt.Scale(
        domain=[-2, 0, 2, 4], range=["#4a90c4", "#ffffff", "#f3b27a", "#c24d0a"], clamp=True, interpolate="rgb"
    )
    colour = alt.Color("weight:Q", scale=scale, legend=None)
    boxes = alt.Chart(cells).mark_rect(stroke="#ffffff", strokeWidth=2).encode(x=x, y=y, color=colour)
    ink = alt.condition("datum.weight > 3 || datum.weight < -1.6", alt.value("#ffffff"), alt.value("#111111"))
    words = alt.Chart(cells).mark_text(fontSize=14).encode(x=x, y=y, text="text:N", color=ink)
    return finish(alt.layer(boxes, words).to_dict(), height=28 * len(rows))


def story_in_time(seen: Seen, members: Sequence[str], labels: Mapping[str, str]) -> dict[str, Any]:
    """Draw what each of some firms did when: a row for each firm, a mark for each act."""
    import altair as alt

    events = events_of(seen, members)
    frame = pd.DataFrame(
        [
            {
                "firm": labels[one.firm],
                "on": one.on.isoformat(),
                "what": f"{one.kind} · {KINDS_OF_EVENTS[one.kind]}",
                "said": one.said,
            }
            for one in events
        ]
    )
    names = [f"{kind} · {zh}" for kind, zh in KINDS_OF_EVENTS.items()]
    paint = alt.Scale(domain=names, range=[_COLOURS[kind] for kind in KINDS_OF_EVENTS])
    shapes = alt.Scale(domain=names, range=[_SHAPES[kind] for kind in KINDS_OF_EVENTS])
    legend = alt.Legend(orient="top", title=None, columns=4, direction="horizontal")
    first, last = events[0].on - timedelta(days=4), events[-1].on + timedelta(days=4)
    span = alt.Scale(domain=[first.isoformat(), last.isoformat()], nice=False)
    marks = (
        alt.Chart(frame)
        .mark_point(filled=True, size=85, opacity=1)
        .encode(
            x=alt.X("on:T", scale=span, axis=alt.Axis(title=None, format="%m-%d", tickCount=9)),
            y=alt.Y("firm:N", sort=[labels[firm] for firm in members], axis=alt.Axis(title=None, grid=True)),
            yOffset=alt.YOffset("what:N", sort=names),
            color=alt.Color("what:N", scale=paint, legend=legend),
            shape=alt.Shape("what:N", scale=shapes, legend=legend),
            tooltip=["firm:N", "what:N", "said:N", "on:T"],
        )
    )
    return finish(marks.to_dict(), height=60 * len(members))


def alone_bars(table: pd.DataFrame, engines: Sequence[str]) -> dict[str, Any]:
    """Draw the average precision of each engine alone, all without one, and all together, with intervals."""
    import altair as alt

    groups = [(f"{ENGINES[name][0]} alone · 仅{ENGINES[name][1]}", name, "alone") for name in engines]
    groups += [(f"all without {ENGINES[name][0]} · 缺{ENGINES[name][1]}", f"without {name}", "one") for name in engines]
    groups.append(("all together · 全部合并", TOGETHER, "all"))
    rows = []
    for label, subject, colour in groups:
        mean = mean_of(table, subject, "average_precision")
        ends = {"low": max(mean.value - mean.half, 0.0), "high": min(mean.value + mean.half, 1.0)}
        rows.append({"subject": label, "mean": mean.value, "colour": colour, "text": f"{mean.value:.2f}"} | ends)
    frame = pd.DataFrame(rows)
    y = alt.Y("subject:N", sort=[label for label, _, _ in groups], axis=alt.Axis(title=None))
    title = "average precision over provinces, 95 % interval · 平均精确率"
    x = alt.X("mean:Q", scale=alt.Scale(domain=[0, 1.08], nice=False), axis=alt.Axis(title=title, tickCount=6))
    paint = alt.Scale(domain=["alone", "one", "all"], range=[SKY, ORANGE, BLUE])
    bars = alt.Chart(frame).mark_bar(height=18).encode(x=x, y=y, color=alt.Color("colour:N", scale=paint, legend=None))
    whiskers = alt.Chart(frame).mark_rule(strokeWidth=2, color=BLACK).encode(x="low:Q", x2="high:Q", y=y)
    figures = alt.Chart(frame).mark_text(align="left", dx=6, color=BLACK).encode(x="high:Q", y=y, text="text:N")
    return finish(alt.layer(bars, whiskers, figures).to_dict(), height=27 * len(groups))
