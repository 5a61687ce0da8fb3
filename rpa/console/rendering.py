"""Making pages: templates of the package, everything escaped, times as clocks in China show them."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from rpa.console.danger import LEVELS
from rpa.deadlines.rules import CHINA
from rpa.queue import State
from rpa.queue.states import NAMES_ZH

__all__ = ["clock_time", "message", "page", "style_sheet"]

SHOWN_STATES: Mapping[str, tuple[str, str]] = {
    state.value: (state.value.replace("_", " "), NAMES_ZH[state]) for state in State
}


def page(template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """Return a page; `values` are by the names that its template uses."""
    return HTMLResponse(_templates().get_template(template).render(values), status)


def message(status: int, english: str, chinese: str, detail: str = "") -> Response:
    """Return a page that says one thing, in both languages.

    Examples
    --------
    >>> message(404, "There is no such page", "页面不存在").status_code
    404
    """
    values = {"tab": "", "status": status, "english": english, "chinese": chinese, "detail": detail}
    return page("message.html", values, status)


def style_sheet() -> str:
    """Return the style sheet of all pages.

    Examples
    --------
    >>> "http" in style_sheet()
    False
    """
    return files("rpa.console").joinpath("templates/console.css").read_text(encoding="utf-8")


def clock_time(at: float | datetime | None) -> str:
    """Return a moment as a clock in China shows it; nothing for none.

    Examples
    --------
    >>> clock_time(0.0), clock_time(None)
    ('1970-01-01 08:00:00', '')
    """
    if at is None:
        return ""
    moment = datetime.fromtimestamp(at, CHINA) if isinstance(at, int | float) else at.astimezone(CHINA)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


@cache
def _templates() -> Environment:
    found = Environment(loader=PackageLoader("rpa.console"), autoescape=True, undefined=StrictUndefined)
    found.filters["clock_time"] = clock_time
    found.globals |= {"levels": LEVELS, "states": SHOWN_STATES}
    return found
