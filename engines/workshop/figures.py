"""Figures as they stand in a table that a room reads: grouped, rounded, and nothing where nothing is known."""

from typing import Any

__all__ = ["written"]

_GROUPED, _TINY = 1000, 0.001


def written(value: Any) -> str:
    """Return a value as it is shown.

    Examples
    --------
    >>> written(1234567), written(0.123456), written(48210.7), written(True), written(float("nan"))
    ('1,234,567', '0.1235', '48,211', 'yes', '')
    >>> written(0.0), written(0.000063), written(3.0), written("转账"), written(None)
    ('0', '0.000063', '3', '转账', '')
    """
    if value is None or value is ...:
        return ""
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    if isinstance(value, bool) or kind == "b":
        return "yes" if value else "no"
    if isinstance(value, int) or kind in ("i", "u"):
        return f"{value:,}"
    if isinstance(value, float) or kind == "f":
        if value != value:  # only not-a-number differs from itself
            return ""
        if abs(value) >= _GROUPED:
            return f"{value:,.0f}"
        return f"{value:.4g}" if abs(value) >= _TINY or not value else f"{value:.6f}"
    text = str(value)
    return "" if text in ("NaT", "<NA>") else text.removesuffix(" 00:00:00")
