"""The pictures that lessons share: bars, lines, points and networks in the projector's style.

Each takes a small frame and the names of its columns. What none of them draws, `picture` makes of an Altair chart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from engines.report.channels import title_above
from engines.report.palette import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION
from engines.workshop.drawing import Drawing, picture
from engines.workshop.figures import written
from engines.workshop.network_drawing import network

__all__ = ["Drawing", "bars", "lines", "network", "picture", "points"]

HUES = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK)
_DASHES = ([1, 0], [8, 4], [2, 3], [12, 3, 2, 3], [4, 4], [16, 4], [1, 4])
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-left")
_ROW = 46


def bars(
    frame: pd.DataFrame, value: str, name: str, *, title: str, alt: str, mark: Any = None, percent: bool = False
) -> Drawing:
    """Draw a horizontal bar for each row, in the order of the rows, with its value written at its end.

    Parameters
    ----------
    frame
        One row for each bar, at most about twelve.
    value, name
        Columns with the length and the label of a bar.
    title, alt
        As in `picture`.
    mark
        Mask of the rows that are shown in another colour, with a sign before their label.
    percent
        Write the values, from 0 to 1, in percent.

    Examples
    --------
    >>> made = pd.DataFrame({"kind": ["transfer", "cash"], "share": [0.7, 0.3]})
    >>> bars(made, "share", "kind", title="kinds · 种类", alt="most are transfers").spec["height"]
    92
    """
    import altair as alt_

    marked = pd.Series(False if mark is None else mark, index=frame.index)
    rows = pd.DataFrame(
        {
            "value": frame[value].astype(float),
            "name": [("▶ " if one else "") + str(text) for one, text in zip(marked, frame[name], strict=True)],
            "text": [f"{100 * item:.3g} %" if percent else written(item) for item in frame[value]],
            "marked": marked.astype(bool),
        }
    )
    most = max([*rows["value"], 0.0])
    base = alt_.Chart(rows).encode(
        x=alt_.X("value:Q", axis=None, scale=alt_.Scale(domain=[0, most * 1.18 or 1])),
        y=alt_.Y("name:N", sort=None, title=None, axis=alt_.Axis(ticks=False, domain=False, labelPadding=10)),
    )
    colour = alt_.condition("datum.marked", alt_.value(VERMILLION), alt_.value(BLUE))
    drawn = alt_.layer(
        base.mark_bar().encode(color=colour),
        base.mark_text(align="left", dx=8).encode(text="text:N"),
    )
    return picture(drawn, title, alt, height=_ROW * max(len(rows), 1))


def lines(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    title: str,
    alt: str,
    subject: str = "",
    axes: Mapping[str, str] | None = None,
    log: bool = False,
    at: Mapping[float, str] | None = None,
) -> Drawing:
    """Draw lines over a horizontal axis, each subject with its own colour and dash.

    Parameters
    ----------
    frame
        The points, in the order of each line.
    x, y, subject
        Columns; without a subject there is one line.
    title, alt
        As in `picture`.
    axes
        Titles of the axes: `{"x": ..., "y": ...}`; the columns' names if not given.
    log
        Powers of ten on the horizontal axis; its values must be above zero.
    at
        Values of x at which a dashed rule stands, each with its words.

    Examples
    --------
    >>> made = pd.DataFrame({"alerts": [1, 2], "found": [0.1, 0.4]})
    >>> lines(made, x="alerts", y="found", title="found · 发现", alt="more alerts find more").spec["width"]
    860
    """
    import altair as alt_

    named = axes or {}
    rows = pd.DataFrame({"x": frame[x], "y": frame[y], "subject": frame[subject].astype(str) if subject else ""})
    rows["step"] = range(len(rows))
    scale = alt_.Scale(type="log", nice=False) if log else alt_.Scale(zero=False, nice=False)
    base = alt_.Chart(rows).encode(
        x=alt_.X("x:Q", scale=scale, axis=alt_.Axis(title=named.get("x", x), format="~g" if log else "", tickCount=8)),
        y=alt_.Y("y:Q", axis=alt_.Axis(title=named.get("y", y), tickCount=5, **title_above())),
        order="step:Q",
    )
    colour, dash, _ = _channels(rows["subject"], lines=True)
    layers = [base.mark_line(clip=True).encode(color=colour, strokeDash=dash)]
    if at:
        rules = pd.DataFrame({"x": list(at), "text": list(at.values())})
        standing = alt_.Chart(rules).encode(x="x:Q")
        layers.append(standing.mark_rule(strokeDash=[4, 4], color=GREY, strokeWidth=2))
        for halo in (6, 0):  # on white, so that the words are read also where a line runs through
            words = standing.mark_text(align="left", dx=6, color=BLACK, stroke="#fff", strokeWidth=halo)
            layers.append(words.encode(text="text:N", y=alt_.value(12)))
    return picture(alt_.layer(*layers), title, alt)


def points(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    title: str,
    alt: str,
    group: str = "",
    label: str = "",
    axes: Mapping[str, str] | None = None,
) -> Drawing:
    """Draw a point for each row; groups differ in colour and in shape.

    Parameters
    ----------
    frame
        The points.
    x, y, group, label
        Columns; of group and of the words beside a point, where they are wanted.
    title, alt, axes
        As in `lines`.

    Examples
    --------
    >>> made = pd.DataFrame({"hour": [1, 2], "yuan": [10, 20]})
    >>> points(made, x="hour", y="yuan", title="payments · 交易", alt="two payments").alt
    'two payments'
    """
    import altair as alt_

    named = axes or {}
    rows = pd.DataFrame({"x": frame[x], "y": frame[y], "subject": frame[group].astype(str) if group else ""})
    rows["label"] = frame[label].astype(str) if label else ""
    base = alt_.Chart(rows).encode(
        x=alt_.X("x:Q", scale=alt_.Scale(zero=False), axis=alt_.Axis(title=named.get("x", x), tickCount=8)),
        y=alt_.Y(
            "y:Q", scale=alt_.Scale(zero=False), axis=alt_.Axis(title=named.get("y", y), tickCount=5, **title_above())
        ),
    )
    colour, _, shape = _channels(rows["subject"], lines=False)
    drawn = alt_.layer(
        base.mark_point().encode(color=colour, shape=shape),
        base.mark_text(align="left", dx=12).encode(text="label:N"),
    )
    return picture(drawn, title, alt)


def _channels(subjects: Sequence[str] | pd.Series, lines: bool) -> tuple[Any, Any, Any]:
    """Return colour, dash and shape of each subject, with one legend unless there is only one."""
    import altair as alt_

    names = list(dict.fromkeys(subjects))
    offset = 40  # the title of the vertical axis stands between plot and legend
    legend = alt_.Legend(title=None, offset=offset, symbolType="stroke" if lines else alt_.Undefined)
    shown = legend if len(names) > 1 else None
    colour = alt_.Color("subject:N", legend=shown, scale=alt_.Scale(domain=names, range=_some(HUES, names)))
    dash = alt_.StrokeDash("subject:N", legend=shown, scale=alt_.Scale(domain=names, range=_some(_DASHES, names)))
    shape = alt_.Shape("subject:N", legend=shown, scale=alt_.Scale(domain=names, range=_some(_SHAPES, names)))
    return colour, dash, shape


def _some(kinds: Sequence[Any], names: Sequence[str]) -> list[Any]:
    return [kinds[at % len(kinds)] for at in range(len(names))]
