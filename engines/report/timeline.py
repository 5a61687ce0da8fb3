"""One customer over time: ordinary payments, then the fraud, with the reasons why it was caught.

The days before and the hours of the fraud differ by a factor of hundreds, so that on one even axis the fraud
is a single blot. The axis is then in two parts, each even in itself; the second is shaded, and named enlarged.
Not for showing two customers: their amounts would be compared where only the order in time is meant.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from engines.report.channels import title_above
from engines.report.legible import legible
from engines.report.palette import BLACK, DECISIONS, GREY, finish

__all__ = ["timeline"]

_NUMERALS = "①②③④⑤⑥"
_MOST_ROWS = 400
_SPLIT = 0.55
_FRAUD = "confirmed fraud · 确认欺诈"
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
_DAYS = (1, 2, 7, 14, 28, 91, 182, 364, 728, 1820)
_STEPS = (
    *(pd.Timedelta(minutes=minutes) for minutes in _MINUTES),
    *(pd.Timedelta(days=days) for days in _DAYS),
)


def timeline(frame: pd.DataFrame, title: str = "", title_zh: str = "") -> dict[str, Any]:
    """Draw the transactions of one customer up to the fraud, which is ringed, with the reasons of each alert.

    Parameters
    ----------
    frame
        One row for each transaction: `occurred_at` (datetime64), `amount_yuan` (float, yuan), `score` (float
        in [0, 1]), `decision` ("pass", "step-up", "hold", "block", or 0 to 3 in that order), `is_fraud` (bool
        or 0/1), `reasons` (lines of one text, or a sequence of texts; empty where there are none), `label`
        (what the transaction was; may be absent). What happened after the last fraud is not drawn, and of the
        rest only the latest 400; at most six caught frauds are numbered.
    title, title_zh
        Heading of the list of reasons, where the plain one does not fit.

    Returns
    -------
    dict
        A Vega-Lite specification. Its `usermeta["list"]` holds the reasons, which the page writes beside the
        chart: `{"title", "title_zh", "items": [{"mark", "text", "reasons": [str]}]}`; the marks are in the
        chart too.

    Raises
    ------
    ValueError
        If the table has no row, or a decision that is none of the four.

    Examples
    --------
    >>> when = pd.to_datetime(["2026-03-01 09:00", "2026-03-02 02:10"])
    >>> made = pd.DataFrame({"occurred_at": when, "amount_yuan": [20.0, 5e4], "score": [0.0, 0.9]})
    >>> made = made.assign(decision=["pass", "block"], is_fraud=[0, 1], reasons=["", "new device"])
    >>> timeline(made)["usermeta"]["list"]["items"][0]["text"]
    '03-02 02:10; 50,000.00 yuan 元; score 0.90; block · 阻断'
    """
    import altair as alt

    rows = _prepared(frame)
    spec = finish(alt.layer(*_layers(rows, _span(rows))).to_dict(), height=360)
    heading = {"title": title or "Why it was caught", "title_zh": title_zh or "触发原因"}
    return spec | {"usermeta": {"list": heading | {"items": _items(rows)}}}


@dataclass(frozen=True)
class _Span:
    """A time axis from 0 to 1 in two parts, each even; where `split` is 0 there is only the second."""

    first: pd.Timestamp
    middle: pd.Timestamp
    last: pd.Timestamp
    split: float

    def place(self, when: pd.Timestamp) -> float:
        if when < self.middle:
            return self.split * _part(when, self.first, self.middle)
        return self.split + (1 - self.split) * _part(when, self.middle, self.last)

    def ticks(self) -> list[tuple[float, str]]:
        before = _tick_times(self.first, self.middle, 4) if self.split else []
        return [(round(self.place(at), 5), text) for at, text in (*before, *_tick_times(self.middle, self.last, 4))]


def _part(when: pd.Timestamp, start: pd.Timestamp, end: pd.Timestamp) -> float:
    return (when - start) / (end - start)


def _prepared(frame: pd.DataFrame) -> pd.DataFrame:
    if frame.empty:
        raise ValueError("a timeline needs at least one transaction, and this table has none")
    rows = frame.sort_values("occurred_at", kind="stable").reset_index(drop=True)
    fraud = rows["is_fraud"].astype(bool)
    if fraud.any():
        rows = rows.loc[: fraud[fraud].index[-1]]
    rows = rows.tail(_MOST_ROWS).reset_index(drop=True)
    decisions = [_decision(entry) for entry in rows["decision"]]
    labels = [legible(str(text)) for text in rows["label"]] if "label" in rows else [""] * len(rows)
    reasons = [_lines(entry) for entry in rows["reasons"]]
    fraud = rows["is_fraud"].astype(bool)
    caught = [at for at in range(len(rows)) if fraud[at] and reasons[at] and decisions[at] != "pass"]
    marks = dict(zip(caught, _NUMERALS, strict=False))
    rows = rows.assign(
        shown=rows["amount_yuan"].astype(float).clip(lower=1.0),
        decision=[DECISIONS[decision][0] for decision in decisions],
        ring=[_FRAUD if is_fraud else "" for is_fraud in fraud],
        mark=[marks.get(at, "") for at in range(len(rows))],
        reasons=pd.Series(reasons, index=rows.index, dtype=object),
        label=labels,
    )
    return rows.assign(text=[_sentence(row) for row in rows.to_dict("records")])


def _decision(entry: object) -> str:
    names = list(DECISIONS)
    text = str(entry).replace("_", "-")
    name = names[int(text)] if text in ("0", "1", "2", "3") else text
    if name not in DECISIONS:
        raise ValueError(f"decision {text!r} is none of {', '.join(names)}, nor 0 to 3")
    return name


def _lines(reasons: str | Sequence[str]) -> list[str]:
    lines = reasons.splitlines() if isinstance(reasons, str) else [str(line) for line in reasons]
    return [legible(line).strip() for line in lines if line.strip()]


def _sentence(row: dict[Any, Any]) -> str:
    parts = [
        f"{row['occurred_at']:%m-%d %H:%M}",
        f"{row['amount_yuan']:,.2f} yuan 元",
        row["label"],
        f"score {row['score']:.2f}",
        row["decision"],
    ]
    return "; ".join(part for part in parts if part)


def _items(rows: pd.DataFrame) -> list[dict[str, Any]]:
    kept = rows.loc[rows["mark"] != "", ["mark", "text", "reasons"]].to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in kept]


def _span(rows: pd.DataFrame) -> _Span:
    times = rows["occurred_at"]
    frauds = times[rows["ring"] != ""]
    start, end = (frauds if len(frauds) else times).agg(["min", "max"])
    pad = max((end - start) * 0.2, pd.Timedelta("10min"))
    first = times.min()
    if first < start - pad and (end - start + 2 * pad) < 0.2 * (end + pad - first):
        return _Span(first - (start - first) * 0.04, start - pad, end + pad, _SPLIT)
    margin = max((times.max() - first) * 0.04, pd.Timedelta("1min"))
    return _Span(first - margin, first - margin, times.max() + margin, 0.0)


def _tick_times(start: pd.Timestamp, end: pd.Timestamp, most: int) -> list[tuple[pd.Timestamp, str]]:
    step = next((step for step in _STEPS if (end - start) / step <= most), _STEPS[-1])
    form = "%H:%M" if step < pd.Timedelta("12h") else "%m-%d"
    at = start.ceil(step)
    times = []
    while at <= end:
        times.append((at, at.strftime(form)))
        at += step
    return times


def _time_axis(span: _Span) -> Any:
    import altair as alt

    places, texts = zip(*span.ticks(), strict=True)
    labels = f"{json.dumps(texts)}[indexof({json.dumps(places)}, datum.value)]"
    at: dict[str, Any] = {"values": list(places), "labelExpr": labels}
    return alt.Axis(title="time · 时间", grid=False, labelOverlap="greedy", labelSeparation=8, **at)


def _is_wide(amounts: "pd.Series[float]") -> bool:
    return bool(amounts.max() > 30 * amounts.min())


def _amount_scale(amounts: "pd.Series[float]") -> Any:
    import altair as alt

    # Room above the highest amount for the names of the two parts.
    low, high = float(amounts.min()), float(amounts.max())
    if _is_wide(amounts):
        return alt.Scale(type="log", domain=[low * 0.4, high * (high / low) ** 0.24], nice=False)
    return alt.Scale(domain=[0, high * 1.28], nice=False)


def _amount_axis(amounts: "pd.Series[float]") -> Any:
    import altair as alt

    log = _is_wide(amounts)
    title = "amount in yuan, log scale · 金额（元，对数）" if log else "amount in yuan · 金额（元）"
    above = title_above()
    if log:
        above["values"] = [10.0**power for power in range(12) if 10.0**power <= amounts.max() * 1.5]
    return alt.Axis(title=title, format=",", **above)


def _decision_channels() -> dict[str, Any]:
    import altair as alt

    names, colours, shapes = (list(column) for column in zip(*DECISIONS.values(), strict=True))
    legend = alt.Legend(title=None, orient="top", offset=36, columns=alt.ExprRef("width < 560 ? 2 : 4"))
    return {
        "color": alt.Color("decision:N", scale=alt.Scale(domain=names, range=colours), legend=legend),
        "shape": alt.Shape("decision:N", scale=alt.Scale(domain=names, range=shapes), legend=legend),
    }


def _ring_channel() -> Any:
    import altair as alt

    legend = alt.Legend(title=None, orient="top", symbolType="circle", symbolSize=260, symbolStrokeWidth=2, offset=36)
    return alt.Stroke("ring:N", scale=alt.Scale(domain=[_FRAUD], range=[BLACK]), legend=legend)


def _layers(rows: pd.DataFrame, span: _Span) -> list[Any]:
    import altair as alt

    amounts = rows["shown"]
    points = rows.assign(x=[round(span.place(when), 5) for when in rows["occurred_at"]])
    base = alt.Chart(points[["x", "shown", "decision", "ring", "mark", "text"]]).encode(
        x=alt.X("x:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=_time_axis(span)),
        y=alt.Y("shown:Q", scale=_amount_scale(amounts), axis=_amount_axis(amounts)),
        tooltip=alt.Tooltip("text:N", title="transaction · 交易"),
    )
    ring = base.transform_filter("datum.ring != ''").mark_point(filled=False, size=360, strokeWidth=2, opacity=1)
    mark = base.transform_filter("datum.mark != ''").mark_text(dx=-19, fontSize=18, fontWeight="bold", color=BLACK)
    return [
        *_panels(span),
        base.mark_point(filled=True, size=100, opacity=0.9).encode(**_decision_channels()),
        ring.encode(stroke=_ring_channel()),
        mark.encode(text="mark:N"),
    ]


def _panels(span: _Span) -> list[Any]:
    import altair as alt

    if not span.split:
        return []
    shade = alt.Chart(pd.DataFrame({"x": [span.split], "to": [1.0]})).mark_rect(color="#eef2f6")
    day = f"{span.middle:%Y-%m-%d}"
    names = pd.DataFrame({"x": [0.0, span.split], "text": ["before · 此前", f"{day}\nenlarged · 放大"]})
    words = alt.Chart(names).mark_text(
        align="left", baseline="top", dx=6, dy=6, fontSize=13, color=GREY, lineBreak="\n"
    )
    return [
        shade.encode(x="x:Q", x2="to:Q", y=alt.value(0), y2=alt.value("height")),
        words.encode(x="x:Q", y=alt.value(0), text="text:N"),
    ]
