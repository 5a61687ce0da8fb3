"""Pictures of a fraud score: precision and recall, what an alert budget buys, which frauds are found.

Each function takes a small table and returns a Vega-Lite specification, without drawing or writing anything.
Source of the kinds of picture: Le Borgne, Siblini, Lebichot and Bontempi, "Reproducible machine learning for
credit card fraud detection", 2022, chapter 4. Curves are thinned for drawing only: compute metrics before.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from engines.report.channels import percent_axis, share, subject_channels
from engines.report.legible import legible
from engines.report.palette import BLACK, BLUE, GREY, PURPLE, finish, subject_styles
from engines.report.thinning import thin
from engines.report.timeline import timeline

__all__ = ["BUDGETS", "budget_curve", "precision_recall", "timeline", "typology_bars"]

BUDGETS = (0.001, 0.01)
"""Alert budgets that are marked: one transaction in a thousand, and ten."""

_BY_AMOUNT, _BY_NUMBER = "by amount · 按金额", "by number · 按笔数"
_POWERS_OF_TEN = [0.001, 0.01, 0.1, 1, 10, 100, 1000]


def precision_recall(curves: Mapping[str, pd.DataFrame], base_rate: float) -> dict[str, Any]:
    """Draw precision over recall, one line for each subject.

    Parameters
    ----------
    curves
        For each subject ("rules only", "model only", "blend", or any name) a table with the columns `recall`
        and `precision`, float in [0, 1], in the order of the threshold, rising or falling.
    base_rate
        Share of frauds among all transactions, in [0, 1]: the precision of chance.

    Returns
    -------
    dict
        A Vega-Lite specification with at most 300 points for each line.

    Examples
    --------
    >>> curve = pd.DataFrame({"recall": [0.0, 0.5, 1.0], "precision": [1.0, 0.8, 0.002]})
    >>> sorted(precision_recall({"blend": curve}, base_rate=0.002))[:3]
    ['autosize', 'background', 'config']
    """
    import altair as alt

    styles = subject_styles([legible(name) for name in curves])
    lines = [
        _thinned(_floats(curve["recall"]), _floats(curve["precision"])).assign(subject=label)
        for curve, (label, _, _) in zip(curves.values(), styles.values(), strict=True)
    ]
    colour, dash = subject_channels(list(styles.values()))
    whole = alt.Scale(domain=[0, 1])
    drawn = alt.Chart(pd.concat([_NO_POINTS, *lines], ignore_index=True)).encode(
        x=alt.X("x:Q", scale=whole, axis=percent_axis("frauds that are found (recall) · 召回率")),
        y=alt.Y(
            "y:Q",
            scale=whole,
            axis=percent_axis("alerts that are frauds (precision) · 精确率", vertical=True),
        ),
        color=colour,
        strokeDash=dash,
        order="step:Q",
    )
    chance = alt.Chart(pd.DataFrame({"y": [base_rate], "text": [f"chance · 随机: {share(base_rate)}"]}))
    rule = chance.mark_rule(strokeDash=[2, 4], color=GREY, strokeWidth=2).encode(y="y:Q")
    text = chance.mark_text(align="left", baseline="bottom", dy=-5, dx=5, color=GREY)
    words = text.encode(x=alt.value(0), y="y:Q", text="text:N")
    return finish(alt.layer(rule, drawn.mark_line(strokeWidth=2.5, clip=True), words).to_dict(), height=360)


def budget_curve(frame: pd.DataFrame, measured: Mapping[float, tuple[float, float]] | None = None) -> dict[str, Any]:
    """Draw how much fraud is found for the number of alerts that staff can look at.

    Parameters
    ----------
    frame
        Columns `alert_rate` (share of transactions that raise an alert), `recall` (share of the frauds found)
        and `value_detected` (share of the defrauded amount found), float in [0, 1]. Rows with no alert are
        not drawn, because the axis is logarithmic.
    measured
        For each budget that is marked: recall and value detected. Give it where the table holds only some of
        the thresholds, so that the picture says the same as the metrics; without it the table's last row
        within each of `BUDGETS` is taken.

    Returns
    -------
    dict
        A Vega-Lite specification, with the shares written at the marked budgets.

    Examples
    --------
    >>> made = pd.DataFrame({"alert_rate": [1e-4, 1e-2, 1.0], "recall": [0.1, 0.5, 1.0]})
    >>> spec = budget_curve(made.assign(value_detected=[0.2, 0.7, 1.0]), measured={0.01: (0.5, 0.7)})
    >>> spec["width"]
    'container'
    """
    import altair as alt

    rows = frame.loc[frame["alert_rate"] > 0].sort_values("alert_rate", kind="stable")
    rate = _floats(rows["alert_rate"]) * 1000
    lines = [
        _thinned(rate, _floats(rows[column]), log=True).assign(subject=name)
        for column, name in (("value_detected", _BY_AMOUNT), ("recall", _BY_NUMBER))
    ]
    colour, dash = subject_channels([(_BY_AMOUNT, PURPLE, [6, 3]), (_BY_NUMBER, BLUE, [1, 0])])
    # An axis from 0.1 shows both marked budgets with room on either side, however short the curve.
    across = alt.Scale(type="log", domain=[min([0.1, *rate]), 1000], nice=False)
    alerts = alt.Axis(title="alerts per 1,000 transactions · 每千笔告警数", values=_POWERS_OF_TEN, format="~g")
    # A little more than 1, so that a share of 100 % can be written above its dot.
    up = alt.Scale(domain=[0, 1.1], nice=False)
    drawn = alt.Chart(pd.concat([_NO_POINTS, *lines], ignore_index=True)).encode(
        x=alt.X("x:Q", scale=across, axis=alerts),
        y=alt.Y("y:Q", scale=up, axis=percent_axis("fraud that is found · 发现的欺诈", vertical=True)),
        color=colour,
        strokeDash=dash,
        order="step:Q",
    )
    rule, *marks = _budget_layers(_budget_marks(measured or _within(rows)), colour)
    return finish(alt.layer(rule, drawn.mark_line(strokeWidth=2.5), *marks).to_dict(), height=360)


def typology_bars(frame: pd.DataFrame) -> dict[str, Any]:
    """Draw for each kind of fraud the share that is found at the 1 % budget, by the blend and by rules alone.

    Parameters
    ----------
    frame
        Columns `typology` (text, one row each), `caught` and `missed` (frauds that the blend finds and does
        not) and `by_rules` (frauds that rules alone find with the same budget), integers; `typology_zh` where
        there is one.

    Returns
    -------
    dict
        A Vega-Lite specification; the kinds are sorted by the blend's share, counts are written at each bar.

    Examples
    --------
    >>> made = pd.DataFrame({"typology": ["device farm"], "caught": [3], "missed": [1], "by_rules": [0]})
    >>> typology_bars(made)["width"]
    'container'
    """
    import altair as alt

    bars = _bars(frame)
    styles = list(subject_styles(["blend", "rules only"]).values())
    colour, _ = subject_channels(styles, symbol="square", offset=12)
    # The name of a kind is above its bars, in a slot of its own: beside them it takes half of a phone.
    slots = alt.Scale(domain=["", *(label for label, _, _ in styles)], paddingInner=0.08)
    base = alt.Chart(bars).encode(
        y=alt.Y("kind:N", sort=None, axis=None, scale=alt.Scale(paddingInner=0.2, paddingOuter=0.05)),
        yOffset=alt.YOffset("subject:N", scale=slots),
    )
    x = alt.X("share:Q", scale=alt.Scale(domain=[0, 1]), axis=percent_axis("frauds that are found · 发现的欺诈占比"))
    name = base.transform_filter("datum.subject == ''").mark_text(align="left", baseline="middle")
    counts = base.transform_filter("datum.subject != ''").encode(x="share:Q", text="text:N")
    inside = counts.transform_filter("datum.share > 0.7").mark_text(align="right", dx=-6)
    layers = [
        base.transform_filter("datum.subject != ''").mark_bar().encode(x=x, color=colour),
        name.encode(x=alt.value(0), text="kind:N"),
        inside.encode(fill=alt.Fill("ink:N", scale=None, legend=None)),
        counts.transform_filter("datum.share <= 0.7").mark_text(align="left", dx=6, fill=BLACK),
    ]
    return finish(alt.layer(*layers).to_dict(), height=72 * max(len(frame), 1))


_NO_POINTS = pd.DataFrame({"x": pd.Series(dtype=float), "y": pd.Series(dtype=float), "step": pd.Series(dtype=int)})


def _floats(column: Any) -> NDArray[np.float64]:
    return np.asarray(column, dtype=np.float64)


def _thinned(x: NDArray[np.float64], y: NDArray[np.float64], log: bool = False) -> pd.DataFrame:
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    kept = thin(np.log(x) if log else x, y)
    # Four digits are finer than a pixel and keep the page small.
    rounded = [float(f"{value:.4g}") for value in x[kept]]
    return pd.DataFrame({"x": rounded, "y": y[kept].round(4), "step": np.arange(len(kept))})


def _within(rows: pd.DataFrame) -> dict[float, tuple[float, float]]:
    found = {}
    for budget in BUDGETS:
        # The last threshold that keeps the budget: a share that needs more alerts would not be honest.
        within = rows.loc[rows["alert_rate"] <= budget * (1 + 1e-9)].tail(1)
        for recall, value in zip(within["recall"], within["value_detected"], strict=True):
            found[budget] = (float(recall), float(value))
    return found


def _budget_marks(measured: Mapping[float, tuple[float, float]]) -> pd.DataFrame:
    marks = [
        {
            "x": 1000 * budget,
            "y": found,
            "text": f"{100 * found:.0f} %",
            "subject": name,
            "upper": (name == _BY_AMOUNT) == (value >= recall),
            "budget": f"budget\n预算\n{share(budget)}",
        }
        for budget, (recall, value) in measured.items()
        for name, found in ((_BY_AMOUNT, value), (_BY_NUMBER, recall))
    ]
    return pd.DataFrame(marks, columns=["x", "y", "text", "subject", "upper", "budget"])


def _budget_layers(marks: pd.DataFrame, colour: Any) -> list[Any]:
    import altair as alt

    budgets = alt.Chart(marks.drop_duplicates("x")).encode(x="x:Q")
    name = budgets.mark_text(align="left", baseline="bottom", dx=6, dy=-40, color=GREY, lineBreak="\n")
    dots = alt.Chart(marks).mark_point(filled=True, size=90, opacity=1)
    # Of two shares at one budget the higher is written above its dot, the lower below: they cannot collide.
    upper = alt.Chart(marks[marks["upper"].astype(bool)]).mark_text(align="right", dx=-8, dy=-8, fontWeight="bold")
    lower = alt.Chart(marks[~marks["upper"].astype(bool)]).mark_text(align="left", dx=8, dy=12, fontWeight="bold")
    return [
        budgets.mark_rule(strokeDash=[2, 4], color=GREY, strokeWidth=2),
        dots.encode(x="x:Q", y="y:Q", color=colour),
        name.encode(y=alt.value("height"), text="budget:N"),
        *(side.encode(x="x:Q", y="y:Q", text="text:N") for side in (upper, lower)),
    ]


def _bars(frame: pd.DataFrame) -> pd.DataFrame:
    (blend, *_), (rules, *_) = subject_styles(["blend", "rules only"]).values()
    rows: list[dict[str, Any]] = []
    for row in frame.to_dict("records"):
        total = int(row["caught"]) + int(row["missed"])
        kind = " · ".join(legible(str(row[key])) for key in ("typology", "typology_zh") if row.get(key))
        best = row["caught"] / total if total else 0.0
        rows.append({"kind": kind, "subject": "", "share": 0.0, "text": "", "ink": "", "best": best})
        # White is read on blue, black on orange.
        for subject, found, ink in (
            (blend, int(row["caught"]), "#ffffff"),
            (rules, int(row["by_rules"]), BLACK),
        ):
            part = round(found / total, 4) if total else 0.0
            text = f"{found} / {total}"
            rows.append({"kind": kind, "subject": subject, "share": part, "text": text, "ink": ink, "best": best})
    made = pd.DataFrame(rows, columns=["kind", "subject", "share", "text", "ink", "best"])
    return made.sort_values("best", ascending=False, kind="stable").drop(columns="best")
