"""A small picture of a report: its first figure as a browser shows it, else drawn from what the report holds.

The browser is the one that drives the filing bot, if there is one. Without it the first chart is drawn by vl-convert;
a report without charts becomes a card with its first figures.
"""

import base64
import contextlib
import html
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engines.errors import EngineError

__all__ = ["as_source", "drawn", "photograph"]

_WIDTH, _HEIGHT, _SCALE, _EDGE = 960, 600, 0.6, 12
_READY = "() => [...document.querySelectorAll('.picture')].every(box => box.querySelector('svg, canvas'))"
_FIRST = "figure"
_KINDS = {".jpg": "image/jpeg", ".svg": "image/svg+xml"}


def photograph(pages: Sequence[Path]) -> list[Path]:
    """Write a picture beside each report, with a browser; return those that were written.

    Parameters
    ----------
    pages
        Reports; the picture of a.html is a.jpg.

    Raises
    ------
    EngineError
        If there is no browser, or nothing that drives it.
    """
    from rpa.browser.resolver import find_browser
    from rpa.errors import BrowserMissingError

    try:
        from playwright.sync_api import sync_playwright

        found = find_browser(os.environ)
    except (ImportError, BrowserMissingError) as error:
        raise EngineError(str(error)) from error
    is_root = getattr(os, "geteuid", lambda: 1)() == 0
    with sync_playwright() as driver:
        # Chromium refuses to run as root inside its own sandbox
        browser = driver.chromium.launch(executable_path=found.path, args=["--no-sandbox"] if is_root else [])
        room = browser.new_context(viewport={"width": _WIDTH, "height": 900}, device_scale_factor=_SCALE)
        written = [_taken(room, page) for page in pages]
        browser.close()
    return written


def _taken(room: Any, page: Path) -> Path:
    from playwright import sync_api as playwright

    seen = room.new_page()
    seen.goto(page.resolve().as_uri())
    # a chart that is not drawn is no reason to have no picture
    with contextlib.suppress(playwright.TimeoutError):
        seen.wait_for_function(_READY, timeout=15_000)
    seen.wait_for_timeout(400)  # networks settle after they are drawn
    first = seen.locator(_FIRST)
    box = first.first.bounding_box() if first.count() else None
    clip = {"x": 0.0, "y": 0.0, "width": _WIDTH, "height": _HEIGHT}
    if box and box["width"] > _WIDTH / 3:
        left, top = max(box["x"] - _EDGE, 0), max(box["y"] - _EDGE, 0)
        wide = min(box["width"] + 2 * _EDGE, _WIDTH - left)
        clip = {"x": left, "y": top, "width": wide, "height": min(box["height"], wide * _HEIGHT / _WIDTH)}
    path = page.with_suffix(".jpg")
    seen.screenshot(path=str(path), clip=clip, full_page=True, type="jpeg", quality=72)
    seen.close()
    return path


def drawn(page: Path, document: Mapping[str, Any]) -> Path:
    """Write a picture beside a report without a browser, and return where.

    Parameters
    ----------
    page
        The report.
    document
        What the case said, as JSON.
    """
    text = page.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data-1">(.*?)</script>', text, re.DOTALL)
    picture = _chart(json.loads(found[1])) if found else _card(document)
    path = page.with_suffix(".svg")
    path.write_text(picture, encoding="utf-8")
    return path


def _chart(spec: dict[str, Any]) -> str:
    import vl_convert

    # a plain width instead of that of a box that is not there
    fixed = spec | {"width": _WIDTH - 120, "autosize": "pad"}
    found: str = vl_convert.vegalite_to_svg(fixed)
    return found


def _card(document: Mapping[str, Any]) -> str:
    """Return a card with the first figures of a result.

    Examples
    --------
    >>> "<b>" in _card({"numbers": [{"name": "<b>", "value": "3"}]})
    False
    """
    lines = []
    for place, number in enumerate(document.get("numbers", [])[:4]):
        y = 110 + 130 * place
        name, value = (html.escape(str(number[key])) for key in ("name", "value"))
        lines.append(f'<text x="40" y="{y}" font-size="52" font-weight="700" fill="#0a4f86">{value}</text>')
        lines.append(f'<text x="40" y="{y + 44}" font-size="30" fill="#595959">{name}</text>')
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Noto Sans, Arial, sans-serif">'
    return f'{head}<rect width="100%" height="100%" fill="#fff"/>{"".join(lines)}</svg>'


def as_source(path: Path) -> str:
    """Return a picture as the source of an image in a page.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "a.svg").write_text("<svg/>")
    ...     as_source(Path(folder) / "a.svg")
    'data:image/svg+xml;base64,PHN2Zy8+'
    """
    return f"data:{_KINDS[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"
