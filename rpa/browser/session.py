"""Browsers and tabs: started with nothing in the background, short of patience, and deaf to every dialog.

Each tab is a context of its own, with its own cookies: systems that run on one host under several ports would otherwise
end each other's sessions. A dialog is dismissed, never accepted, and remembered, as is a window that opens by itself:
the next action on the tab refuses.

Beware: Chromium sends a request again by itself, a form too, if a connection that it had used before ends without an
answer. So "no answer" never means that nothing was sent, or that it was sent once; only the system can tell.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rpa.browser.acts import act, first_line
from rpa.browser.matching import Healed
from rpa.browser.resolver import Found
from rpa.browser.scripts import HTML
from rpa.errors import BrowserStuckError, FailureError, MissingExtraError, UnknownPageError

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, CDPSession, Dialog, Page, Response

__all__ = ["Answer", "Tab", "answer_of", "go", "open_browser", "open_tab"]

PATIENCE_SECONDS = 5.0
_STUCK_TIMES = 3.0
"""So many times the patience of a page may pass until a tab is open, or closed: the browser may have much to do."""
_WITHOUT = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable"),
    *("HttpsUpgrades", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding"),
    *("RenderDocument", "ThirdPartyStoragePartitioning", "Translate"),
)
"""Features that are switched off; the list takes the place of Playwright's own. With `RenderDocument` every page that
is gone to gets a new frame and a new surface to draw on: a third of all work."""
_QUIET = (
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"),
    *("--no-default-browser-check", "--disable-extensions", "--no-pings", "--metrics-recording-only"),
    *("--disable-domain-reliability", "--disable-dev-shm-usage", f"--disable-features={','.join(_WITHOUT)}"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system answered: HTML as the browser understood it, status, address, and the date in its header.

    `on_new_connection` says that the first request of the way here went over a connection that was opened for it.
    Chromium sends what an open connection did not answer once more, over another, and tells nobody: what was sent on a
    new connection may have been sent twice, and the first of the two may come late.
    """

    html: str
    status: int
    address: str
    dated: str = ""
    on_new_connection: bool = False


@dataclass(slots=True)
class Tab:
    """A tab, and what happened in it.

    Parameters
    ----------
    page
        Of Playwright.
    downloads
        Folder for files.
    patience
        Seconds that anything may take.
    healed
        Every field that was not found the plain way.
    dialogs
        Dialogs that were dismissed, and windows that were closed, of which nobody has heard yet.
    """

    page: "Page"
    downloads: Path
    patience: float = PATIENCE_SECONDS
    healed: list[Healed] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    _protocol: "CDPSession | None" = None

    @property
    def is_alive(self) -> bool:
        """Whether the tab can still be used; false after the browser has ended."""
        browser = self.page.context.browser
        return not self.page.is_closed() and browser is not None and browser.is_connected()

    async def html(self) -> str:
        """Return what stands on the page, as HTML; asked for in the page's own world, which saves building a second."""
        return str(await self.page.evaluate(HTML))

    async def protocol(self) -> "CDPSession":
        """Return a session of the browser's own protocol (Chrome DevTools), one for the tab's life."""
        if self._protocol is None:
            self._protocol = await self.page.context.new_cdp_session(self.page)
        return self._protocol

    def check_dialogs(self) -> None:
        """Refuse to go on after a dialog.

        Raises
        ------
        UnknownPageError
            Once, naming its text: whoever catches it has heard of it.
        """
        if self.dialogs:
            texts, self.dialogs[:] = "; ".join(self.dialogs), []
            raise UnknownPageError(f"a dialog that nobody knows came up and was dismissed: {texts:.200}")


@asynccontextmanager
async def open_browser(found: Found, *, headed: bool = False) -> "AsyncIterator[Browser]":
    """Start a browser, and end it afterwards.

    Raises
    ------
    MissingExtraError
        If Playwright is not installed.
    FailureError
        If the browser does not start.
    """
    try:
        from playwright.async_api import Error, async_playwright
    except ModuleNotFoundError:
        raise MissingExtraError("driving a browser needs Playwright: pip install -e '.[rpa]'") from None
    # Chromium refuses to run as root inside its own sandbox.
    as_root = ("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()
    async with async_playwright() as driver:
        try:
            browser = await driver.chromium.launch(
                executable_path=found.path, headless=not headed, args=[*_QUIET, *as_root], timeout=30_000
            )
        except Error as error:
            raise FailureError(f"the browser {found.path} does not start: {first_line(error)}") from None
        try:
            yield browser
        finally:
            if browser.is_connected():
                await browser.close()


@asynccontextmanager
async def open_tab(
    browser: "Browser", downloads: Path, *, patience: float = PATIENCE_SECONDS, trace: Path | None = None
) -> AsyncIterator[Tab]:
    """Open a tab in a context of its own, and close both afterwards.

    Parameters
    ----------
    downloads
        Folder for files; made if it is not there.
    patience
        Seconds that anything may take.
    trace
        Where to write a full trace (a zip); it doubles the time an account takes, so only on a second try.

    Raises
    ------
    BrowserStuckError
        If the browser lives and opens none.
    FailureError
        If it has ended.
    """
    downloads.mkdir(parents=True, exist_ok=True)
    with act("opening a tab", patience):
        async with _unstuck(patience):
            context = await browser.new_context(
                accept_downloads=True, locale="zh-CN", service_workers="block", viewport={"width": 1100, "height": 1000}
            )
    try:
        context.set_default_timeout(patience * 1000)
        if trace is not None:
            await context.tracing.start(screenshots=True, snapshots=True)
        async with _unstuck(patience):
            tab = Tab(await context.new_page(), downloads, patience)

        async def dismiss(dialog: "Dialog") -> None:
            tab.dialogs.append(f"{dialog.type}: {dialog.message}")
            await dialog.dismiss()

        async def close_window(window: "Page") -> None:
            tab.dialogs.append(f"window: {window.url}")
            await window.close()

        tab.page.on("dialog", dismiss)
        context.on("page", close_window)
        yield tab
    finally:
        with suppress(TimeoutError):  # a context that does not close is left to the browser's end
            async with asyncio.timeout(_STUCK_TIMES * patience):
                await _close(context, trace)


@asynccontextmanager
async def _unstuck(patience: float) -> AsyncIterator[None]:
    """Refuse to wait for ever for what Playwright has no patience of its own."""
    longest = _STUCK_TIMES * patience
    try:
        async with asyncio.timeout(longest):
            yield
    except TimeoutError:
        raise BrowserStuckError(f"the browser opened no tab within {longest:g} seconds") from None


async def _close(context: "BrowserContext", trace: Path | None) -> None:
    from playwright.async_api import Error

    try:
        if trace is not None:
            await context.tracing.stop(path=trace)
        await context.close()
    except Error:
        return  # the browser has ended, and the context with it


async def go(tab: Tab, address: str) -> Answer:
    """Go to an address, and return what is there.

    Raises
    ------
    FailureError
        If nothing answers in time, or the browser has ended.
    UnknownPageError
        If a dialog came up before.
    """
    tab.check_dialogs()
    with act(f"going to {address}", tab.patience):
        response = await tab.page.goto(address, wait_until="domcontentloaded")
        return await answer_of(tab, response)


async def answer_of(tab: Tab, response: "Response | None") -> Answer:
    """Return what stands in a tab after a response."""
    html = await tab.html()
    if response is None:
        return Answer(html, 200, tab.page.url)
    request = response.request
    while request.redirected_from is not None:
        request = request.redirected_from
    is_new = request.timing["connectStart"] >= 0  # -1 where an open connection was taken
    return Answer(html, response.status, tab.page.url, response.headers.get("date", ""), is_new)
