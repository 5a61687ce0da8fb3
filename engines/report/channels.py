"""How a picture's axes and legends look, the same in all pictures.

A vertical axis has its title level above it: a turned title cannot be read in Chinese, and takes width on a
phone. Legends stand above the plot and fall into one column on a narrow screen.
"""

from typing import Any

from engines.report.palette import Style

__all__ = ["percent_axis", "share", "subject_channels", "title_above"]


def title_above() -> dict[str, Any]:
    """Return the options of a vertical axis whose title is written level above it.

    Examples
    --------
    >>> title_above()["titleAngle"]
    0
    """
    return {"titleAngle": 0, "titleAlign": "left", "titleBaseline": "bottom", "titleX": 0, "titleY": -9}


def percent_axis(title: str, vertical: bool = False) -> Any:
    """Return an Altair axis for a share from 0 to 1, written in percent."""
    import altair as alt

    options: dict[str, Any] = title_above() if vertical else {"labelOverlap": "greedy"}
    label = "format(100 * datum.value, '.0f') + ' %'"
    return alt.Axis(title=title, labelExpr=label, values=[0, 0.2, 0.4, 0.6, 0.8, 1], **options)


def subject_channels(styles: list[Style], symbol: str = "stroke", offset: int = 36) -> tuple[Any, Any]:
    """Return the colour and the dash of the column `subject`, with one legend.

    Parameters
    ----------
    styles
        Label, colour and dash of each subject, in the order of the legend.
    symbol
        Sign in the legend: "stroke" for lines, "square" for bars.
    offset
        Pixels between plot and legend; the title of a vertical axis stands there.
    """
    import altair as alt

    names = [name for name, _, _ in styles]
    legend = alt.Legend(
        title=None,
        orient="top",
        columns=alt.ExprRef("width < 480 ? 1 : 3"),
        symbolType=symbol,
        symbolStrokeWidth=3,
        symbolSize=300,
        offset=offset,
    )
    colours = alt.Scale(domain=names, range=[colour for _, colour, _ in styles])
    dashes = alt.Scale(domain=names, range=[dash for _, _, dash in styles])
    colour = alt.Color("subject:N", scale=colours, legend=legend)
    return colour, alt.StrokeDash("subject:N", scale=dashes, legend=legend)


def share(rate: float) -> str:
    """Return a share in percent with two digits, however small it is.

    Examples
    --------
    >>> share(0.000063), share(0.01)
    ('0.0063 %', '1 %')
    """
    return f"{100 * rate:.2g} %"
