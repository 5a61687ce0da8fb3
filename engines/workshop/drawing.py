"""A drawing in the projector's style: large type, strong colours, two languages, and a sentence that says what is seen.

Letters are 18 pixels high at a width of 900, so that they are read from the last row. Colours and fonts are those of
the reports; a title stands in the drawing itself, so that it is not lost when the drawing is copied out of a notebook.
"""

from dataclasses import dataclass
from typing import Any

from engines.report.palette import FONTS

__all__ = ["HEIGHT", "WIDTH", "Drawing", "picture"]

WIDTH, HEIGHT = 860, 340
_LETTERS, _TITLE = 18, 22


@dataclass(frozen=True)
class Drawing:
    """A Vega-Lite specification with its title, and what is seen in one sentence."""

    title: str
    alt: str
    spec: dict[str, Any]

    def svg(self) -> str:
        """Return the drawing as SVG that needs nothing else."""
        import vl_convert

        drawn: str = vl_convert.vegalite_to_svg(self.spec)
        # no fixed width: on a narrow screen the drawing shrinks with its page
        return drawn.replace("<svg ", f'<svg role="img" aria-label="{_attribute(self.alt)}" ', 1)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def picture(chart: Any, title: str, alt: str, width: int = WIDTH, height: int = HEIGHT) -> Drawing:
    """Return any Altair chart, or Vega-Lite specification, as a drawing for the projector.

    Parameters
    ----------
    chart
        What is drawn.
    title
        In both languages: "alerts by hour · 每小时告警数".
    alt
        What is seen, in one sentence; printed where nothing can be drawn.
    width, height
        Of the plot, in pixels.

    Examples
    --------
    >>> picture({"mark": "bar", "data": {"values": []}}, "empty · 空", "no bars").spec["width"]
    860
    """
    spec = chart if isinstance(chart, dict) else chart.to_dict()
    kept = {key: value for key, value in spec.items() if key not in ("$schema", "config")}
    heading = {"text": title, "anchor": "start", "fontSize": _TITLE, "offset": 16}
    return Drawing(
        title, alt, kept | {"title": heading, "width": width, "height": height, "background": "#fff", "config": _CONFIG}
    )


_CONFIG: dict[str, Any] = {
    "font": FONTS,
    "padding": 12,
    "view": {"stroke": None},
    "text": {"fontSize": _LETTERS, "font": FONTS},
    "line": {"strokeWidth": 4},
    "point": {"size": 160, "filled": True, "opacity": 1},
    "axis": {
        "labelFontSize": _LETTERS,
        "titleFontSize": _LETTERS,
        "titleFontWeight": "normal",
        "titlePadding": 12,
        "titleColor": "#222222",
        "labelColor": "#222222",
        "gridColor": "#e6e6e6",
        "domainColor": "#888888",
        "tickColor": "#888888",
        "labelLimit": 0,
        "titleLimit": 0,
    },
    "legend": {
        "labelFontSize": _LETTERS,
        "titleFontSize": _LETTERS,
        "labelLimit": 0,
        "symbolSize": 260,
        "symbolStrokeWidth": 4,
        "orient": "top",
        "direction": "horizontal",
        "columnPadding": 24,
    },
}
