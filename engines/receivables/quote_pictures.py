"""The quotes of all deals as a drawing: one row a deal, one mark a bank, the winner's filled."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from engines.receivables.deals import Deal
from engines.report.palette import BLUE, GREY, VERMILLION, finish

__all__ = ["quotes_drawn"]

_WON, _LOST, _VOID = "won · 中标", "quoted · 报价", "does not count · 无效"
_COLOURS = {_WON: BLUE, _LOST: GREY, _VOID: VERMILLION}
_SHAPES = {_WON: "circle", _LOST: "diamond", _VOID: "cross"}


def quotes_drawn(deals: Sequence[Deal], names: Mapping[str, str]) -> dict[str, Any]:
    """Draw the quotes.

    Parameters
    ----------
    deals
        At least one.
    names
        What each bank is called.

    Returns
    -------
    dict
        A Vega-Lite specification.
    """
    import altair as alt

    rows = [
        {
            "deal": deal.name,
            "rate": quote.offer / 100,
            "state": _WON if quote.bank == deal.winner else _LOST if quote.counts else _VOID,
            "bank": names.get(quote.bank, quote.bank),
        }
        for deal in deals
        for quote in deal.quotes
    ]
    scale = alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values()))
    shape = alt.Scale(domain=list(_SHAPES), range=list(_SHAPES.values()))
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_point(size=110, filled=True, opacity=1)
        .encode(
            x=alt.X("rate:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title="rate, % a year · 年利率")),
            y=alt.Y("deal:N", axis=alt.Axis(title=None, grid=True)),
            color=alt.Color("state:N", scale=scale, legend=alt.Legend(orient="top", title=None)),
            shape=alt.Shape("state:N", scale=shape, legend=alt.Legend(orient="top", title=None)),
            tooltip=["bank:N", "rate:Q", "state:N"],
        )
    )
    return finish(chart.to_dict(), height=40 + 26 * len(deals))
