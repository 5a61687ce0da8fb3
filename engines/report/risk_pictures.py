"""Pictures of contagion: how losses are distributed, who causes them, and how stress grows round by round.

Each function takes plain numbers or a small table and returns a Vega-Lite specification, without drawing or writing
anything. A measure of the tail is a line that bears its name: a colour alone would say nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from engines.report.channels import percent_axis, title_above
from engines.report.legible import legible
from engines.report.palette import BLACK, BLUE, GREY, ORANGE, VERMILLION, finish

__all__ = ["importance_bars", "loss_distribution", "stress_by_round"]

_STRIPS = 60


def loss_distribution(
    losses: ArrayLike, marks: Mapping[str, float], tail: float, unit: str = "100 m yuan · 亿元"
) -> dict[str, Any]:
    """Draw how often which loss occurs, with lines at the measures.

    Parameters
    ----------
    losses
        One for each scenario, shape (n,), n at least 1, finite.
    marks
        Where the lines are, by what is written of them, in the order from the left.
    tail
        Losses from here on are drawn in another colour: the value at risk.
    unit
        Of the losses.

    Returns
    -------
    dict
        A Vega-Lite specification with some 60 bars; the height of a bar is the share of the scenarios.

    Examples
    --------
    >>> spec = loss_distribution([0.0, 1.0, 1.0, 9.0], {"VaR": 9.0}, tail=9.0)
    >>> spec["width"], len(spec["layer"])
    ('container', 3)
    """
    import altair as alt

    bars = _strips(np.asarray(losses, np.float64), tail)
    across = alt.Scale(domain=[0, max(bars["to"].max(), *marks.values())], nice=False)
    drawn = (
        alt.Chart(bars)
        .mark_rect(stroke="#ffffff", strokeWidth=0.5)
        .encode(
            x=alt.X("from:Q", scale=across, axis=alt.Axis(title=f"loss of the year ({unit}) · 年度损失", format=",~r")),
            x2="to:Q",
            y2=alt.datum(0),
            y=alt.Y(
                "share:Q",
                axis=alt.Axis(
                    title="share of scenarios · 情景占比",
                    labelExpr="format(100 * datum.value, '~g') + ' %'",
                    **title_above(),
                ),
            ),
            color=alt.Color("colour:N", scale=None),
        )
    )
    lines = pd.DataFrame(
        [
            {"x": place, "text": legible(f"{text}: {place:,.3g}"), "y": 0.06 + 0.1 * number}
            for number, (text, place) in enumerate(marks.items())
        ]
    )
    base = alt.Chart(lines).encode(x="x:Q")
    height = alt.Y("y:Q", scale=alt.Scale(domain=[1, 0]), axis=None)
    # a line begins at its words, so that it does not cross those of the line before
    rule = base.mark_rule(strokeDash=[6, 3], color=BLACK, strokeWidth=1.5).encode(y=height, y2=alt.datum(1))
    # words stand right of their line where there is room
    last = 0.65 * float(across.domain[1])
    left = base.transform_filter(f"datum.x <= {last}").mark_text(align="left", dx=5).encode(y=height, text="text:N")
    right = base.transform_filter(f"datum.x > {last}").mark_text(align="right", dx=-5).encode(y=height, text="text:N")
    words = alt.layer(left, right)
    return finish(alt.layer(drawn, rule, words).resolve_scale(y="independent").to_dict(), height=340)


def _strips(losses: NDArray[np.float64], tail: float) -> pd.DataFrame:
    most = float(losses.max()) or 1.0
    # one strip begins just at the tail, so that no bar is half in it; a tail in the first strip is left where it is
    below = round(_STRIPS * tail / most)
    step = tail / below if below else most / _STRIPS
    edges = np.arange(0, int(np.ceil(most / step)) + 1) * step
    place = np.minimum((losses / step + 1e-9).astype(np.int64), max(len(edges) - 2, 0))
    count = np.bincount(place, minlength=max(len(edges) - 1, 1))
    begins = edges[:-1] if len(edges) > 1 else np.zeros(1)
    frame = pd.DataFrame({"from": begins, "to": begins + step, "share": count / len(losses)})
    frame["colour"] = np.where(frame["from"] >= tail - 1e-9 * step, VERMILLION, BLUE)
    return frame[frame["share"] > 0].round(6)


def importance_bars(frame: pd.DataFrame, title: str) -> dict[str, Any]:
    """Draw one bar for each firm, the largest above, with its name over it and its error as a line.

    Parameters
    ----------
    frame
        Columns `name` (text, shown), `value`, `error` (of twice the standard error, same unit) and `text` (written at
        the bar).
    title
        Of the axis, with its unit.

    Examples
    --------
    >>> frame = pd.DataFrame({"name": ["A"], "value": [2.0], "error": [0.1], "text": ["2.0"]})
    >>> importance_bars(frame, "caused")["width"]
    'container'
    """
    import altair as alt

    rows = frame.assign(
        name=[legible(f"{place}. {name}") for place, name in enumerate(frame["name"], start=1)],
        low=np.maximum(frame["value"] - frame["error"], 0.0),
        high=frame["value"] + frame["error"],
        text=[legible(str(text)) for text in frame["text"]],
        slot="bar",
    ).round(6)
    names = rows.assign(slot="", value=0.0)
    slots = alt.Scale(domain=["", "bar"], paddingInner=0.05)
    most = float(rows["high"].max()) if len(rows) else 1.0
    across = alt.X("value:Q", scale=alt.Scale(domain=[0, 1.25 * most or 1.0], nice=False), axis=alt.Axis(title=title))

    def base(data: pd.DataFrame) -> Any:
        return alt.Chart(data).encode(
            y=alt.Y("name:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.25)),
            yOffset=alt.YOffset("slot:N", scale=slots),
        )

    layers = [
        base(rows).mark_bar(color=ORANGE).encode(x=across),
        base(rows).mark_rule(color=BLACK, strokeWidth=2).encode(x="low:Q", x2="high:Q"),
        base(rows).mark_text(align="left", dx=6).encode(x="high:Q", text="text:N"),
        base(names).mark_text(align="left", baseline="middle").encode(x=alt.value(0), text="name:N"),
    ]
    return finish(alt.layer(*layers).to_dict(), height=56 * max(len(frame), 1))


def stress_by_round(lost: Sequence[float], stop: int, exact: float) -> dict[str, Any]:
    """Draw how much is lost after each round, where a loose stop ends, and the exact answer.

    Parameters
    ----------
    lost
        Share lost after each round, the start first, between 0 and 1.
    stop
        Round in which the loose stop ends.
    exact
        Share lost in the end.

    Examples
    --------
    >>> stress_by_round([0.0, 0.1, 0.9], stop=1, exact=0.9)["width"]
    'container'
    """
    import altair as alt

    rounds = pd.DataFrame({"x": range(len(lost)), "y": np.round(np.asarray(lost, np.float64), 6)})
    axis = percent_axis("share of the buffers lost · 缓冲损失占比", vertical=True)
    line = alt.Chart(rounds).encode(
        x=alt.X("x:Q", axis=alt.Axis(title="round · 轮次", format="d", tickMinStep=1)),
        y=alt.Y("y:Q", scale=alt.Scale(domain=[0, 1.08], nice=False), axis=axis),
    )
    end = pd.DataFrame({"y": [exact], "text": [f"exact · 精确解: {100 * exact:.3g} %"]})
    at = min(stop, len(lost) - 1)
    loose = pd.DataFrame(
        {"x": [at], "y": [lost[at]], "text": [f"loose stop · 提前停止: {100 * lost[at]:.2g} % (round {stop})"]}
    )
    layers = [
        alt.Chart(end).mark_rule(strokeDash=[2, 4], color=GREY, strokeWidth=2).encode(y="y:Q"),
        alt.Chart(end)
        .mark_text(align="left", baseline="bottom", dx=5, dy=-4, color=GREY)
        .encode(x=alt.value(0), y="y:Q", text="text:N"),
        line.mark_line(color=BLUE, strokeWidth=2.5),
        line.mark_point(color=BLUE, filled=True, size=40),
        alt.Chart(loose)
        .mark_point(color=VERMILLION, filled=True, size=160, shape="square", opacity=1)
        .encode(x="x:Q", y="y:Q"),
        alt.Chart(loose)
        .mark_text(align="left", baseline="bottom", dx=10, dy=-20, fontWeight="bold")
        .encode(x="x:Q", y="y:Q", text="text:N"),
    ]
    return finish(alt.layer(*layers).to_dict(), height=320)
