"""Who holds what is outstanding, day by day: firms, banks that have bought it, and what of it is pledged."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from engines.receivables.playing import Event
from engines.report.palette import BLUE, GREY, ORANGE, finish
from ledger.state import Record

__all__ = ["by_day", "outstanding"]

HELD, BOUGHT, PLEDGED = "held by firms · 企业持有", "discounted, at banks · 已贴现", "pledged · 质押中"
_COLOURS = {HELD: BLUE, PLEDGED: ORANGE, BOUGHT: GREY}
_MILLION_FEN = 100_000_000


def by_day(events: Sequence[Event]) -> pd.DataFrame:
    """Return how much is held in which state at the end of each day on which something happened.

    Returns
    -------
    pandas.DataFrame
        Columns on, state, million (yuan); a row for each state of each day.

    Examples
    --------
    >>> len(by_day([]))
    0
    """
    live: dict[str, Record] = {}
    locked: dict[str, frozenset[str]] = {}
    rows: list[dict[str, Any]] = []
    for place, event in enumerate(events):
        for name in event.spent:
            live.pop(name)
        live |= event.made
        locked[event.step["receivable_id"]] = event.locked
        if place + 1 == len(events) or events[place + 1].step["on"] != event.step["on"]:
            pledged = frozenset().union(*locked.values())
            sums = dict.fromkeys(_COLOURS, 0)
            for name, record in live.items():
                state = PLEDGED if name in pledged else BOUGHT if record["owner"].startswith("K") else HELD
                sums[state] += record["amount"]
            rows += [{"on": event.step["on"], "state": one, "million": fen / _MILLION_FEN} for one, fen in sums.items()]
    return pd.DataFrame(rows, columns=["on", "state", "million"])


def outstanding(events: Sequence[Event]) -> dict[str, Any]:
    """Draw the sums of `by_day` on each other, as steps.

    Returns
    -------
    dict
        A Vega-Lite specification.
    """
    import altair as alt

    rows = by_day(events)
    chart = (
        alt.Chart(rows.assign(on=rows["on"].dt.strftime("%Y-%m-%d")))
        .mark_area(interpolate="step-after")
        .encode(
            x=alt.X("on:T", axis=alt.Axis(title="day · 日期", format="%m-%d", labelOverlap=True)),
            y=alt.Y("million:Q", stack="zero", axis=alt.Axis(title="million yuan · 百万元", titleAnchor="start")),
            color=alt.Color(
                "state:N",
                scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
                legend=alt.Legend(orient="top", title=None),
            ),
        )
    )
    return finish(chart.to_dict(), height=300)
