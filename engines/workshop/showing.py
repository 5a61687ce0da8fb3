"""Showing a table or a picture: large in a notebook, as plain text in a script."""

import html
import sys
from typing import TYPE_CHECKING, Any

from engines.workshop.drawing import Drawing
from engines.workshop.figures import written

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["show"]

ROWS = 12
_SIGN = "▶"
_CELL = "padding:.25em .7em;border-bottom:1px solid #ccc;font-size:1.15em;text-align:"


def show(
    thing: "pd.DataFrame | pd.Series[Any] | Drawing", caption: str = "", *, rows: int = ROWS, mark: Any = None
) -> None:
    """Show a table or a picture.

    Parameters
    ----------
    thing
        A frame, a series, or what `engines.workshop.pictures` makes.
    caption
        What a table is, in both languages.
    rows
        How many rows of a table are shown; how many more there are is said.
    mark
        Mask of rows of the table to be coloured, with a sign before them.

    Examples
    --------
    >>> import pandas as pd
    >>> show(pd.DataFrame({"rule": ["R1", "R2"], "alerts": [1200, 7]}), "alerts · 告警", mark=[True, False])
    alerts · 告警
       rule  alerts
    ▶   R1    1,200
        R2        7
    """
    import pandas as pd  # late, as the command's other words import this package and need no pandas

    if isinstance(thing, Drawing):
        plain = f"[{thing.title}: {thing.alt}]"
        _out(plain, {"image/svg+xml": thing.svg, "text/plain": lambda: plain})
        return
    frame = pd.DataFrame(thing)
    marked = [bool(one) for one in (mark if mark is not None else [False] * len(frame))][:rows]
    cells = _cells(frame.head(rows))
    more = f"... {len(frame) - rows:,} more rows · 其余略" if len(frame) > rows else ""
    plain = _plain(cells, caption, more, marked)
    _out(plain, {"text/html": lambda: _html(cells, caption, more, marked), "text/plain": lambda: plain})


def _out(plain: str, forms: dict[str, Any]) -> None:
    """Print the plain text, or hand all forms to the notebook that this runs in."""
    interactive = sys.modules.get("IPython")
    if interactive is None or interactive.get_ipython() is None:
        print(plain)  # noqa: T201  # a lesson speaks to its reader
        return
    from IPython.display import display

    display({kind: make() for kind, make in forms.items()}, raw=True)  # type: ignore[no-untyped-call]  # IPython says no type


def _cells(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return a frame as text; its index is kept only where it says something."""
    import pandas as pd

    is_named = any(name is not None for name in frame.index.names)
    kept = frame.reset_index() if is_named or not pd.api.types.is_integer_dtype(frame.index) else frame
    columns = {str(name): [written(value) for value in kept[name]] for name in kept.columns}
    return pd.DataFrame(columns, dtype=object)


def _plain(cells: "pd.DataFrame", caption: str, more: str, marked: list[bool]) -> str:
    shown = cells.copy()
    if any(marked):
        shown.insert(0, "", [_SIGN if one else "" for one in marked], allow_duplicates=True)
    return "\n".join(part for part in (caption, shown.to_string(index=False), more) if part)


def _html(cells: "pd.DataFrame", caption: str, more: str, marked: list[bool]) -> str:
    from engines.report.legible import is_figure

    figures = "right;white-space:nowrap"
    sides = {name: figures if all(map(is_figure, cells[name])) else "left" for name in cells.columns}
    heads = "".join(
        f'<th style="{_CELL}{sides[name].partition(";")[0]}">{html.escape(name)}</th>' for name in cells.columns
    )
    lines = []
    for one, row in zip(marked, cells.to_dict("records"), strict=True):
        sign = f'<td style="{_CELL}left">{_SIGN if one else ""}</td>' if any(marked) else ""
        inside = "".join(f'<td style="{_CELL}{sides[str(key)]}">{html.escape(text)}</td>' for key, text in row.items())
        colour = ' style="background:#fff1cf;color:#000"' if one else ""
        lines.append(f"<tr{colour}>{sign}{inside}</tr>")
    corner = f'<th style="{_CELL}left"></th>' if any(marked) else ""
    below = f"<p>{html.escape(more)}</p>" if more else ""
    title = f'<caption style="text-align:left;font-weight:bold">{html.escape(caption)}</caption>' if caption else ""
    table = f"<thead><tr>{corner}{heads}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return f'<table style="border-collapse:collapse">{title}{table}</table>{below}'
