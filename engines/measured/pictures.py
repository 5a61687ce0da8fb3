"""Pictures of comparisons: how many times as good as each other ours is, how near to a floor, what grows with a size.

Each function takes plain values and returns a Vega-Lite specification, without drawing or writing anything. Ratios are
drawn on a logarithmic axis, so that twice as good is as far from 1 as half as good; what is behind stands on a tinted
ground that says so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from benchmarks.contests import Duel
from benchmarks.summary import times_shown
from engines.report.channels import title_above
from engines.report.legible import legible
from engines.report.palette import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION, finish

__all__ = ["STYLES", "growth_lines", "nearness_bars", "ratio_dots", "styles_of"]

STYLES: tuple[tuple[str, str, list[int]], ...] = (
    (ORANGE, "square", [6, 3]),
    (GREEN, "triangle-up", [2, 2]),
    (PURPLE, "diamond", [8, 2, 2, 2]),
    (SKY, "cross", [10, 3]),
    (VERMILLION, "triangle-down", [4, 4]),
    (BLACK, "triangle-right", [1, 2]),
    (GREY, "triangle-left", [12, 4]),
)
"""Colour, shape and dash of the others, in their order; ours is a blue circle on a whole line."""

_OURS = (BLUE, "circle", [1, 0])
_ROW, _HEAD = 44, 30


def styles_of(subjects: Sequence[str], ours: Sequence[str] = ()) -> dict[str, tuple[str, str, list[int]]]:
    """Return colour, shape and dash for each subject; those of ours after the first differ by shape and dash.

    Examples
    --------
    >>> styles_of(["ours", "scipy"], ours=["ours"])["scipy"]
    ('#E69F00', 'square', [6, 3])
    """
    mine = [name for name in subjects if name in ours]
    others = [name for name in subjects if name not in ours]
    found = {name: (BLUE, *(_OURS if not at else STYLES[(at - 1) % len(STYLES)])[1:]) for at, name in enumerate(mine)}
    found |= {name: STYLES[at % len(STYLES)] for at, name in enumerate(others)}
    return {name: found[name] for name in subjects}


def ratio_dots(duels: Sequence[Duel], everybody: Sequence[str], several_of_ours: bool = False) -> dict[str, Any]:
    """Draw a row for each metric and a mark for each other subject, at how many times as good ours is.

    Parameters
    ----------
    duels
        Of one dataset, at least one.
    everybody
        All others of the benchmark, so that each looks the same in all its pictures.
    several_of_ours
        Whether a row is named after our subject too.
    """
    import altair as alt

    frame = pd.DataFrame(
        {
            "row": legible(f"{one.metric} · {one.ours}" if several_of_ours else one.metric),
            "other": one.other,
            "times": float(f"{one.times:.4g}"),
            "text": f"{times_shown(one.times)}: {one.ours_shown} / {one.other_shown}",
        }
        for one in duels
    )
    low, high = min(0.5, 0.8 * frame["times"].min()), max(1.25, 1.25 * frame["times"].max())
    across = alt.Scale(type="log", domain=[low, high], nice=False)
    axis = alt.Axis(
        title="how many times as good as the other · 是其几倍",
        labelExpr="datum.value + '×'",
        values=_marks(low, high),
        orient="bottom",
    )
    rows = alt.Y("row:N", sort=None, axis=None)
    styles = styles_of(everybody)
    names = [name for name in styles if name in set(frame["other"])]
    styles = {name: styles[name] for name in names}
    shape = alt.Shape("other:N", scale=alt.Scale(domain=names, range=[one[1] for one in styles.values()]), legend=None)
    colour = alt.Color("other:N", scale=alt.Scale(domain=names, range=[one[0] for one in styles.values()]), legend=None)
    ground = alt.Chart(pd.DataFrame({"from": [low], "to": [1.0]})).mark_rect(color="#fbe3d6")
    words = pd.DataFrame({"x": [1.0, 1.0], "text": ["behind · 落后", "ahead · 领先"], "side": ["l", "r"]})
    said = alt.Chart(words).encode(x="x:Q", y=alt.value(-8), text="text:N")
    named = alt.Chart(frame.drop_duplicates("row")).encode(x=alt.value(4), y=rows, text="row:N")
    layers = [
        ground.encode(x=alt.X("from:Q", scale=across, axis=axis), x2="to:Q"),
        alt.Chart(pd.DataFrame({"x": [1.0]})).mark_rule(color=BLACK, strokeWidth=1.5).encode(x="x:Q"),
        said.transform_filter("datum.side == 'l'").mark_text(align="right", dx=-6, color="#8a3b00", fontWeight="bold"),
        said.transform_filter("datum.side == 'r'").mark_text(align="left", dx=6, color="#1b6e3c", fontWeight="bold"),
        # a light edge around the words, so that the line at 1 does not cross them
        named.mark_text(align="left", yOffset=-10, stroke="#ffffff", strokeWidth=4),
        named.mark_text(align="left", yOffset=-10),
        alt.Chart(frame)
        .mark_point(filled=True, size=130, opacity=1, yOffset=7, stroke="white", strokeWidth=0.5)
        .encode(x="times:Q", y=rows, shape=shape, color=colour, tooltip=["other:N", "text:N"]),
    ]
    return _with_legend(alt.layer(*layers), _ROW * frame["row"].nunique() + 8, styles, is_line=False)


def _with_legend(
    chart: Any, height: int, styles: Mapping[str, tuple[str, str, list[int]]], is_line: bool
) -> dict[str, Any]:
    """Return the specification with a legend for the page to set, which breaks its lines as text does."""
    legend = [
        {"name": name, "colour": colour, "shape": shape, "dash": " ".join(map(str, dash)) if is_line else ""}
        for name, (colour, shape, dash) in styles.items()
    ]
    return finish(chart.to_dict(), height) | {"usermeta": {"legend": legend}}


def _marks(low: float, high: float) -> list[float]:
    """Return round places on a logarithmic axis, not more than a phone has room for."""
    whole = [10.0**power for power in range(-4, 7)]
    fine = sorted([*whole, *(2 * one for one in whole), *(5 * one for one in whole)])
    inside = [float(f"{one:.4g}") for one in fine if low <= one <= high]
    coarse = [float(f"{one:.4g}") for one in whole if low <= one <= high]
    return inside if len(inside) <= 7 else coarse


def nearness_bars(duels: Sequence[Duel], names: Sequence[str]) -> dict[str, Any]:
    """Draw a bar for each comparison with a floor: 100 % would be the floor itself.

    Parameters
    ----------
    duels
        With floors, at least one.
    names
        What is written over each bar.
    """
    import altair as alt

    frame = pd.DataFrame(
        {
            "row": [legible(f"{place}. {name}") for place, name in enumerate(names, start=1)],
            "share": [float(f"{one.times:.4g}") for one in duels],
            "text": [f"{100 * one.times:.2g} %" for one in duels],
        }
    )
    slots = alt.Scale(domain=["", "bar"], paddingInner=0.05)
    most = max(1.12, 1.15 * frame["share"].max())
    label = "format(100 * datum.value, '.0f') + ' %'"
    axis = alt.Axis(title="of the floor's speed · 相对下限", labelExpr=label, values=[0, 0.25, 0.5, 0.75, 1])
    across = alt.X("share:Q", scale=alt.Scale(domain=[0, most], nice=False), axis=axis)

    def base(slot: str) -> Any:
        rows = frame.assign(slot=slot)
        y = alt.Y("row:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.2))
        return alt.Chart(rows).encode(y=y, yOffset=alt.YOffset("slot:N", scale=slots))

    layers = [
        base("bar").mark_bar(color=BLUE).encode(x=across),
        base("bar").mark_text(align="left", dx=6, fontWeight="bold").encode(x="share:Q", text="text:N"),
        base("").mark_text(align="left", baseline="middle").encode(x=alt.value(0), text="row:N"),
        alt.Chart(pd.DataFrame({"x": [1.0]})).mark_rule(color=GREY, strokeWidth=2, strokeDash=[2, 4]).encode(x="x:Q"),
    ]
    return finish(alt.layer(*layers).to_dict(), height=52 * len(frame))


def growth_lines(
    points: pd.DataFrame, of: str, unit: str, ours: Sequence[str] = (), everybody: Sequence[str] = ()
) -> dict[str, Any]:
    """Draw what grows with a size, both axes logarithmic: a straight line that rises as the size does is linear.

    Parameters
    ----------
    points
        Columns `line` (text), `size` and `value` (positive).
    of, unit
        What the size counts, and the unit of the value.
    ours
        Names of lines that are ours.
    everybody
        As for `ratio_dots`.

    Examples
    --------
    >>> points = pd.DataFrame({"line": ["ours", "ours"], "size": [10, 100], "value": [1.0, 9.5]})
    >>> growth_lines(points, "firms", "ms", ours=["ours"])["height"]
    240
    """
    import altair as alt

    names = list(dict.fromkeys(points["line"]))
    styles = styles_of(list(dict.fromkeys([*everybody, *names])), ours)
    styles = {name: styles[name] for name in names}
    rows = points.assign(text=[f"{value:,.4g} {unit}" for value in points["value"]])
    sizes = sorted({float(one) for one in rows["size"]})
    low, high = float(rows["value"].min()), float(rows["value"].max())
    is_narrow = high / low < 8
    colour = alt.Color("line:N", scale=alt.Scale(domain=names, range=[one[0] for one in styles.values()]), legend=None)
    shape = alt.Shape("line:N", scale=alt.Scale(domain=names, range=[one[1] for one in styles.values()]), legend=None)
    dash = alt.StrokeDash(
        "line:N", scale=alt.Scale(domain=names, range=[one[2] for one in styles.values()]), legend=None
    )
    across = alt.X(
        "size:Q",
        scale=alt.Scale(type="log", domain=[sizes[0] * 0.85, sizes[-1] * 1.18], nice=False),
        axis=alt.Axis(title=of, values=sizes, format="~s"),
    )
    scale = alt.Scale(domain=[0, 1.15 * high]) if is_narrow else alt.Scale(type="log", domain=[0.7 * low, 1.4 * high])
    ticks: dict[str, Any] = {} if is_narrow else {"values": _marks(0.7 * low, 1.4 * high), "format": "~g"}
    up = alt.Y("value:Q", scale=scale, axis=alt.Axis(title=unit, **ticks, **title_above()))
    base = alt.Chart(rows).encode(x=across, y=up, color=colour)
    layers = [
        base.mark_line(strokeWidth=2.5).encode(strokeDash=dash),
        base.mark_point(filled=True, size=80, opacity=1).encode(shape=shape, tooltip=["line:N", "text:N"]),
    ]
    return _with_legend(alt.layer(*layers), 240, styles, is_line=True)
