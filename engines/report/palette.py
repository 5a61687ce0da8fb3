"""Colours, shapes, fonts and words that all pictures share.

Source of the colours: Okabe and Ito, "Color universal design", 2008; eight hues that people with any common
colour blindness tell apart. A colour never stands alone: lines differ in dash and points in shape too.
"""

from typing import Any, TypeAlias

__all__ = [
    "BLACK",
    "BLUE",
    "DECISIONS",
    "FONTS",
    "GREEN",
    "GREY",
    "ORANGE",
    "PURPLE",
    "SKY",
    "VERMILLION",
    "Style",
    "finish",
    "subject_styles",
]

Style: TypeAlias = tuple[str, str, list[int]]
"""Label, colour and dash of one subject of a picture."""

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#767676"
"""Grey is ours: dark enough to be read as text on white."""

FONTS = (
    '"Noto Sans", "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", '
    '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
)
"""Latin faces of Linux, Windows and macOS, then the Chinese ones."""

DECISIONS: dict[str, tuple[str, str, str]] = {
    "pass": ("pass · 放行", SKY, "circle"),
    "step-up": ("step-up · 加强验证", GREEN, "triangle-up"),
    "hold": ("hold · 挂起", ORANGE, "square"),
    "block": ("block · 阻断", VERMILLION, "diamond"),
}
"""What is done with a transaction: label, colour and shape, mildest first."""

_SUBJECTS: dict[str, Style] = {
    "rules only": ("rules only · 仅规则", ORANGE, [6, 3]),
    "model only": ("model only · 仅模型", GREEN, [2, 2]),
    "blend": ("rules + model · 规则与模型", BLUE, [1, 0]),
}
_SPARE: tuple[tuple[str, list[int]], ...] = (
    (PURPLE, [8, 2, 2, 2]),
    (VERMILLION, [4, 4]),
    (SKY, [10, 3]),
    (BLACK, [1, 2]),
)


def subject_styles(subjects: list[str]) -> dict[str, Style]:
    """Return label, colour and dash of each subject; known ones look the same in every picture.

    Examples
    --------
    >>> subject_styles(["blend", "mine"])["mine"]
    ('mine', '#CC79A7', [8, 2, 2, 2])
    """
    strangers = [name for name in subjects if name not in _SUBJECTS]
    spare = {name: (name, *_SPARE[at % len(_SPARE)]) for at, name in enumerate(strangers)}
    return {name: _SUBJECTS.get(name) or spare[name] for name in subjects}


def finish(spec: dict[str, Any], height: int) -> dict[str, Any]:
    """Return a specification that is as wide as its box, in our fonts, without the address of its schema.

    Parameters
    ----------
    spec
        A Vega-Lite specification of one view or of layers.
    height
        Height of the plot in pixels.

    Examples
    --------
    >>> finish({"mark": "bar", "$schema": "x"}, height=200)["height"]
    200
    """
    kept = {key: value for key, value in spec.items() if key not in ("$schema", "config")}
    return kept | {
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding", "resize": True},
        "background": "#ffffff",
        "padding": 4,
        "config": _CONFIG,
    }


_CONFIG: dict[str, Any] = {
    "font": FONTS,
    "view": {"stroke": None},
    "text": {"fontSize": 14, "font": FONTS},
    "axis": {
        "labelFontSize": 14,
        "titleFontSize": 14,
        "titleFontWeight": "normal",
        "titleColor": "#333333",
        "labelColor": "#333333",
        "gridColor": "#e6e6e6",
        "domainColor": "#888888",
        "tickColor": "#888888",
        "labelLimit": 0,
        "titleLimit": 0,
    },
    "legend": {
        "labelFontSize": 14,
        "titleFontSize": 14,
        "labelLimit": 0,
        "symbolSize": 160,
        "rowPadding": 4,
        "columnPadding": 14,
        "layout": {"top": {"direction": "vertical", "anchor": "start", "margin": 4}},
    },
}
