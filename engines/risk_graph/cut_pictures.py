"""The pictures of the case "break-circles": what each release prevents, and how much a larger budget adds.

The two specifications take plain tables. A line over a bar is two standard errors to either side; where lines overlap
widely, the order of the bars says nothing.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from engines.report.channels import subject_channels, title_above
from engines.report.legible import legible
from engines.report.palette import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILLION, Style, finish
from engines.result import Picture
from engines.risk_graph.cut_tables import named, percent
from engines.risk_graph.cutting import Cuts, difference, first_of, left

__all__ = ["budget_lines", "pictures", "prevented_bars"]

_SHARES = (0.0025, 0.005, 0.01, 0.02, 0.03, 0.04)
_MEASURES = {"contagion_defaults": "contagion defaults · 传导违约", "loss_fen": "expected loss · 预期损失"}
_LINES: dict[str, tuple[str, list[int]]] = {
    "attribution": (BLUE, [1, 0]),
    "attribution per amount": (GREEN, [8, 2]),
    "largest amount": (VERMILLION, [4, 4]),
    "amount to buffer": (PURPLE, [8, 2, 2, 2]),
    "random": (GREY, [1, 2]),
}


def pictures(found: Cuts, seed: int) -> tuple[Picture, ...]:
    """Return the bars of all strategies and the lines over the budget; `seed` is that of the random strategy."""
    return (
        Picture(
            "What each release prevents",
            "各解除次序的效果",
            "In brackets: guarantees released, and their part of the amount. On scenarios that no ranking has seen; "
            "the line is two paired standard errors to either side. 括号内为解除笔数与金额占比；黑线为两倍配对标准误。",
            lambda: prevented_bars(_bars(found)),
        ),
        Picture(
            "What a larger budget adds",
            "预算与效果",
            "Contagion defaults prevented by the share of guarantees that is released; by attribution each further one "
            "adds less. 解除比例与避免的传导违约；按归因解除，边际效果递减。",
            lambda: budget_lines(_lines(found, seed), _styles()),
        ),
    )


def prevented_bars(frame: pd.DataFrame) -> dict[str, Any]:
    """Draw two bars for each release, with errors, in the order of the frame.

    Parameters
    ----------
    frame
        Columns `name` (text, written over the bars), `subject` (text, what is measured), `value` and `error` (shares;
        error of twice the standard error) and `text` (written at the bar).

    Examples
    --------
    >>> row = {"name": "A", "subject": "loss", "value": 0.2, "error": 0.01, "text": "20 %"}
    >>> prevented_bars(pd.DataFrame([row]))["width"]
    'container'
    """
    import altair as alt

    rows = frame.assign(
        name=[legible(name) for name in frame["name"]],
        text=[legible(text) for text in frame["text"]],
        low=frame["value"] - frame["error"],
        high=frame["value"] + frame["error"],
    ).round(6)
    subjects = list(dict.fromkeys(rows["subject"]))
    colours = [BLUE, ORANGE, GREEN][: len(subjects)]
    least, most = min(0.0, float(rows["low"].min())), max(float(rows["high"].max()), 0.01)
    across = alt.Scale(domain=[least, 1.4 * most], nice=False)
    axis = alt.Axis(title="prevented · 避免比例", labelExpr="format(100 * datum.value, '~g') + ' %'", tickCount=6)
    names = rows.drop_duplicates("name").assign(subject="")
    slots = alt.Scale(domain=["", *subjects], paddingInner=0.1)

    def base(data: pd.DataFrame) -> Any:
        return alt.Chart(data).encode(
            y=alt.Y("name:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.2)),
            yOffset=alt.YOffset("subject:N", scale=slots),
        )

    colour = alt.Color(
        "subject:N",
        scale=alt.Scale(domain=subjects, range=colours),
        legend=alt.Legend(title=None, orient="top", columns=alt.ExprRef("width < 480 ? 1 : 2")),
    )
    layers = [
        base(rows).mark_bar().encode(x=alt.X("value:Q", scale=across, axis=axis), color=colour),
        base(rows).mark_rule(color=BLACK, strokeWidth=2).encode(x=alt.X("low:Q", scale=across), x2="high:Q"),
        base(rows).mark_text(align="left", dx=6).encode(x=alt.X("high:Q", scale=across), text="text:N"),
        base(names).mark_text(align="left", baseline="middle").encode(x=alt.value(0), text="name:N"),
    ]
    return finish(alt.layer(*layers).to_dict(), height=78 * max(len(names), 1))


def budget_lines(frame: pd.DataFrame, styles: Sequence[Style]) -> dict[str, Any]:
    """Draw what is prevented over the share of ties that is released, a line for each release.

    Parameters
    ----------
    frame
        Columns `subject` (label of the line), `share` (of the ties), `value` and `error` (shares; error of twice the
        standard error).
    styles
        Label, colour and dash of each line, in the order of the legend.

    Examples
    --------
    >>> frame = pd.DataFrame({"subject": ["A"], "share": [0.01], "value": [0.2], "error": [0.01]})
    >>> budget_lines(frame, [("A", "#000000", [1, 0])])["width"]
    'container'
    """
    import altair as alt

    rows = frame.assign(low=frame["value"] - frame["error"], high=frame["value"] + frame["error"]).round(6)
    colour, dash = subject_channels(list(styles))
    percent = "format(100 * datum.value, '~g') + ' %'"
    base = alt.Chart(rows).encode(
        x=alt.X(
            "share:Q",
            scale=alt.Scale(domain=[0, float(rows["share"].max())], nice=False),
            axis=alt.Axis(title="guarantees released · 解除比例", labelExpr=percent, tickCount=5),
        ),
        color=colour,
    )
    height = alt.Axis(title="contagion defaults prevented · 避免的传导违约", labelExpr=percent, **title_above())
    layers = [
        base.mark_line(strokeWidth=2.5).encode(y=alt.Y("value:Q", axis=height), strokeDash=dash),
        base.mark_point(filled=True, size=50, opacity=1).encode(y="value:Q"),
        base.mark_rule(strokeWidth=1.5).encode(y="low:Q", y2="high:Q"),
    ]
    return finish(alt.layer(*layers).to_dict(), height=340)


def _bars(found: Cuts) -> pd.DataFrame:
    before, rows = found.before.scenarios, []
    for name, cut in found.by_strategy.items():
        for column, label in _MEASURES.items():
            less, error = difference(before, cut.after, before, column)
            text = f"{100 * less:.1f} ± {percent(2 * error)} %"
            told = f"{named(name)} ({cut.released.sum():,}, {100 * cut.amount_share:.1f} %)"
            rows.append({"name": told, "subject": label, "value": less, "error": 2 * error, "text": text})
    return pd.DataFrame(rows)


def _lines(found: Cuts, seed: int) -> pd.DataFrame:
    before = found.before.scenarios
    # no release changes nothing: a check of the case says so
    rows = [{"subject": named(name), "share": 0.0, "value": 0.0, "error": 0.0} for name in _LINES]
    for share in _SHARES:
        for name in _LINES:
            after = left(found.credit, found.calls, first_of(found, name, seed, share)[:1], found.held_out)
            less, error = difference(before, after, before)
            rows.append({"subject": named(name), "share": share, "value": less, "error": 2 * error})
    return pd.DataFrame(rows)


def _styles() -> list[Style]:
    return [(named(name), colour, dash) for name, (colour, dash) in _LINES.items()]
