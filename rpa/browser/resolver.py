"""Which browser to drive: the one that is asked for, Playwright's own, or one of the system's, in this order.

Nothing is downloaded and nothing started: only names and folders are looked at. Chromium's headless shell is the
smallest and quickest of them; it shows no windows, so it is passed over when somebody wants to watch.
"""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from rpa.errors import BrowserMissingError

__all__ = ["HOW_TO_GET_ONE", "VARIABLE", "Found", "find_browser"]

VARIABLE = "HEXI_BROWSER"
"""Environment variable that names a browser: a path, or a command."""
HOW_TO_GET_ONE = "on Debian `apt-get install chromium-headless-shell`, elsewhere `playwright install chromium`"
"""What whoever has no browser should do."""

_COMMANDS = (
    *("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    *("chrome", "microsoft-edge", "microsoft-edge-stable", "msedge"),
)
_SHELLS = ("chromium_headless_shell-*/*/headless_shell*", "chromium_headless_shell-*/*/chrome-headless-shell*")
_WHOLE = (
    *("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-win*/chrome.exe"),
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
_FOLDERS = (".cache/ms-playwright", "Library/Caches/ms-playwright", "AppData/Local/ms-playwright")


class Found(NamedTuple):
    """A browser: its path; `variable`, `playwright` or the command that it goes by; whether it can show windows."""

    path: str
    kind: str
    has_windows: bool


def find_browser(
    environ: Mapping[str, str], which: Callable[[str], str | None] = shutil.which, *, headed: bool = False
) -> Found:
    """Return the browser to drive.

    Parameters
    ----------
    environ
        Environment; `HEXI_BROWSER` has the first word, `PLAYWRIGHT_BROWSERS_PATH` and `HOME` say where Playwright's
        browsers lie.
    which
        Path of a command, None if there is none.
    headed
        Whether it must show windows.

    Raises
    ------
    BrowserMissingError
        If there is none, or the one that was asked for is not there.

    Examples
    --------
    >>> find_browser({}, {"chromium": "/usr/bin/chromium"}.get)
    Found(path='/usr/bin/chromium', kind='chromium', has_windows=True)
    >>> find_browser({}, {}.get)
    Traceback (most recent call last):
    rpa.errors.BrowserMissingError: no browser was found: on Debian `apt-get install chromium-headless-shell`, ...
    """
    if asked := environ.get(VARIABLE, "").strip():
        return _asked_for(asked, which, headed)
    own = _playwrights_own(environ, headed)
    if own is not None:
        return own
    for command in _COMMANDS:
        path = which(command)
        if path is not None and (not headed or not _is_shell(path)):
            return Found(path, command, not _is_shell(path))
    if headed:
        raise BrowserMissingError(
            "no browser with windows was found: on Debian `apt-get install chromium`, elsewhere"
            " `playwright install chromium`; without --headed the headless shell is enough"
        )
    raise BrowserMissingError(f"no browser was found: {HOW_TO_GET_ONE}")


def _asked_for(asked: str, which: Callable[[str], str | None], headed: bool) -> Found:
    path = asked if Path(asked).is_file() else which(asked)
    if path is None:
        raise BrowserMissingError(f"{VARIABLE} is {asked!r}, which is no browser here: {HOW_TO_GET_ONE}")
    if headed and _is_shell(path):
        raise BrowserMissingError(
            f"{VARIABLE} is {asked!r}, which shows no windows: on Debian `apt-get install chromium`"
        )
    return Found(path, "variable", not _is_shell(path))


def _playwrights_own(environ: Mapping[str, str], headed: bool) -> Found | None:
    named, home = environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), environ.get("HOME") or environ.get("USERPROFILE")
    folders = [Path(named)] if named not in ("", "0") else [Path(home, one) for one in _FOLDERS] if home else []
    for patterns in (_WHOLE,) if headed else (_SHELLS, _WHOLE):
        found = [path for folder in folders for pattern in patterns for path in folder.glob(pattern) if path.is_file()]
        if found:
            newest = max(found, key=_revision)
            return Found(str(newest), "playwright", patterns is _WHOLE)
    return None


def _revision(path: Path) -> int:
    for part in reversed(path.parts):
        head, _, tail = part.rpartition("-")
        if head in ("chromium", "chromium_headless_shell") and tail.isdecimal():
            return int(tail)
    return 0


def _is_shell(path: str) -> bool:
    return "headless" in Path(path).name
