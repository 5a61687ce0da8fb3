"""The flow of one receivable as a drawing: who holds how much of it, from step to step.

A lane for each holder, in the order in which they come in; a band is a part of the receivable and as thick as its
amount. A band that splits is paid on, a band that changes lanes has a new owner, a band in another colour is pledged. A
cross is a step that the ledger refused.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from engines.receivables.life import Part, Scene
from engines.report.legible import legible
from engines.report.palette import BLACK, BLUE, GREY, ORANGE, VERMILLION, finish
from engines.risk_graph.amounts import wan

__all__ = ["flow"]

_FLAT = 0.3
_GAP = 0.35
_POINTS = 12
_HELD, _AT_A_BANK, _PLEDGED = "held · 持有", "at a bank · 银行持有", "pledged · 质押中"
_WORDS = {
    **{"accept": "承兑", "pay_on": "支付", "merge": "合并", "pledge": "质押", "release": "解押", "discount": "贴现"},
    **{"redeem": "兑付", "default": "违约", "recourse": "追索"},
}
_COLOURS = {_HELD: BLUE, _AT_A_BANK: GREY, _PLEDGED: ORANGE}


class _Span(NamedTuple):
    """Where a part lies in one column, from below to above; parts of the whole, 0 at the top."""

    top: float
    bottom: float


def flow(scenes: Sequence[Scene], parts: Sequence[Part], names: Mapping[str, str]) -> dict[str, Any]:
    """Draw the life of one receivable.

    Parameters
    ----------
    scenes, parts
        Of `engines.receivables.life.life_of`, at least one each.
    names
        What each holder is called.

    Returns
    -------
    dict
        A Vega-Lite specification.
    """
    import altair as alt

    lanes = _lanes(scenes, parts)
    spans = _spans(scenes, parts, lanes)
    height = max(1.0, *(bottom for _, bottom in lanes.values()))
    across = alt.Scale(domain=[-0.5, len(scenes) - 0.5], nice=False)
    down = alt.Scale(domain=[height + 0.1, -0.15], nice=False)
    words = json.dumps([_WORDS[scene.event.step["action"]] for scene in scenes], ensure_ascii=False)
    axis = alt.Axis(
        title="step · 步骤",
        values=list(range(len(scenes))),
        labelExpr=f"[format(datum.value, 'd'), {words}[datum.value]]",
        labelOverlap=False,
    )
    x = alt.X("x:Q", scale=across, axis=axis)
    y = alt.Y("top:Q", scale=down, axis=None, stack=None)
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
        legend=alt.Legend(orient="top", title=None),
    )
    bands = (
        alt.Chart(_bands(parts, spans))
        .mark_area(orient="vertical", opacity=1)
        .encode(x=x, y=y, y2="bottom:Q", color=colour, detail="group:N")
    )
    stripes = (
        alt.Chart(pd.DataFrame([{"top": top, "bottom": bottom} for top, bottom in lanes.values()]))
        .mark_rect(color="#f3f3f3")
        .encode(y=y, y2="bottom:Q")
    )
    holders = pd.DataFrame([{"top": top - 0.04, "text": names.get(one, one)} for one, (top, _) in lanes.items()])
    names_of_lanes = (
        alt.Chart(holders)
        .mark_text(align="left", baseline="bottom", color=BLACK, fontSize=14)
        .encode(x=alt.value(2), y=y, text="text:N")
    )
    amounts = (
        alt.Chart(_amounts(parts, spans))
        .mark_text(color="#ffffff", fontSize=13, fontWeight="bold", align="left")
        .encode(x=alt.X("x:Q", scale=across), y=y, text="text:N")
    )
    crosses = (
        alt.Chart(_crosses(scenes, lanes))
        .mark_point(shape="cross", angle=45, size=220, filled=True, color=VERMILLION, opacity=1)
        .encode(x=alt.X("x:Q", scale=across), y=y, tooltip="text:N")
    )
    layers = alt.layer(stripes, bands, names_of_lanes, amounts, crosses)
    return finish(layers.to_dict(), height=int(80 + 110 * height))


def _lanes(scenes: Sequence[Scene], parts: Sequence[Part]) -> dict[str, tuple[float, float]]:
    """Return the upper and lower edge of each holder's lane; it is as high as the most that is held at a time."""
    total = float(max(part.amount for part in parts))
    lanes: dict[str, tuple[float, float]] = {}
    place = _GAP
    for owner in dict.fromkeys(part.owner for part in parts):
        mine = [part for part in parts if part.owner == owner]
        most = max(sum(one.amount for one in mine if one.begins <= at < one.ends) for at in range(len(scenes)))
        lanes[owner] = (place, place + max(most / total, 0.12))
        place = lanes[owner][1] + _GAP
    return lanes


def _spans(
    scenes: Sequence[Scene], parts: Sequence[Part], lanes: Mapping[str, tuple[float, float]]
) -> dict[tuple[str, int], _Span]:
    """Return where each part lies in each column: the parts of a lane lie on each other, the oldest on top."""
    total, found = float(max(part.amount for part in parts)), {}
    for at in range(len(scenes)):
        below = {owner: top for owner, (top, _) in lanes.items()}
        for part in parts:
            if part.begins <= at < part.ends:
                top = below[part.owner]
                below[part.owner] = top + part.amount / total
                found[part.fragment, at] = _Span(top, below[part.owner])
    return found


def _bands(parts: Sequence[Part], spans: Mapping[tuple[str, int], _Span]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    known = {part.fragment: part for part in parts}
    for part in parts:
        for at in range(part.begins, part.ends):
            state = _state(part, at)
            rows += _piece(f"{part.fragment} {at}", state, at - _FLAT, spans[part.fragment, at], at + _FLAT)
            if at + 1 < part.ends:
                ends = spans[part.fragment, at + 1]
                rows += _piece(
                    f"{part.fragment} {at}>", state, at + _FLAT, spans[part.fragment, at], at + 1 - _FLAT, ends
                )
        rows += _joins(part, [known[one] for one in part.parents if one in known], parts, spans)
    return pd.DataFrame(rows)


def _joins(
    part: Part, parents: Sequence[Part], parts: Sequence[Part], spans: Mapping[tuple[str, int], _Span]
) -> list[dict[str, Any]]:
    """Draw from the parts that one was made of to its own beginning; each takes its share of the thickness."""
    if not parents:
        return []
    at, scale = part.begins, max(one.amount for one in parts)
    # who lies higher at one end leaves higher at the other, so that bands cross as little as they can
    siblings = sorted(
        (one for one in parts if one.begins == at and one.parents == part.parents),
        key=lambda one: spans[one.fragment, at].top,
    )
    before = sum(one.amount for one in siblings[: siblings.index(part)])
    mine, rows, used = spans[part.fragment, at], [], 0.0
    for parent in sorted(parents, key=lambda one: spans[one.fragment, at - 1].top):
        there = spans[parent.fragment, at - 1]
        top = there.top + (before / scale if len(parents) == 1 else 0.0)
        thick = (part.amount if len(parents) == 1 else parent.amount) / scale
        ends = _Span(mine.top + used, mine.top + used + thick)
        used += thick
        group = f"{parent.fragment}>{part.fragment}"
        rows += _piece(group, _state(part, at), at - 1 + _FLAT, _Span(top, top + thick), at - _FLAT, ends)
    return rows


def _piece(
    group: str, state: str, begins: float, first: _Span, ends: float, last: _Span | None = None
) -> list[dict[str, Any]]:
    """Return the points of a band between two places: straight, or in a curve that begins and ends level."""
    last = last or first
    rows = []
    for place in range(_POINTS if last != first else 2):
        along = place / ((_POINTS if last != first else 2) - 1)
        bent = along * along * (3 - 2 * along)
        top, bottom = (one + (two - one) * bent for one, two in zip(first, last, strict=True))
        rows.append(
            {"group": group, "state": state, "x": begins + (ends - begins) * along, "top": top, "bottom": bottom}
        )
    return rows


def _state(part: Part, at: int) -> str:
    if at in part.locked:
        return _PLEDGED
    return _AT_A_BANK if part.owner.startswith("K") else _HELD


def _amounts(parts: Sequence[Part], spans: Mapping[tuple[str, int], _Span]) -> pd.DataFrame:
    """Write the amount on each band where it begins, if it is thick enough to be written on."""
    rows = []
    for part in parts:
        span = spans.get((part.fragment, part.begins))
        if span is not None and span.bottom - span.top > 0.14:
            text = legible(wan(part.amount))
            rows.append({"x": part.begins - _FLAT + 0.04, "top": (span.top + span.bottom) / 2, "text": text})
    return pd.DataFrame(rows, columns=["x", "top", "text"])


def _crosses(scenes: Sequence[Scene], lanes: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    rows = []
    for scene in scenes:
        lane = lanes.get(scene.event.step["by_id"])
        if scene.refused and lane is not None:
            rule = getattr(scene.event.answer, "rule", "")
            rows.append({"x": scene.number, "top": lane[0] - 0.14, "text": f"refused · 拒绝: {rule}"})
    return pd.DataFrame(rows, columns=["x", "top", "text"])
