"""A desk: one worker's tabs, each logged in at its system, and a browser that is started again when it ends.

Each system gets a tab of its own, opened when it is first needed, and account management a second one for questions. A
session that has ended is begun again, by itself, where nothing that was sent depends on it; the steps say where that
is. What only shows something can be looked at ahead, while another system is waited for.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from rpa.bot.settings import Settings
from rpa.browser import Answer, Tab, go, open_browser, open_tab
from rpa.deadlines import check_clock
from rpa.errors import BrowserStuckError, FailureError, HandOverError, SafetyError, SessionExpiredError
from rpa.pages import PageObject, accounts, arrive, images, login, operations

if TYPE_CHECKING:
    from playwright.async_api import Browser

__all__ = ["QUESTIONS", "Desk", "Engine"]

QUESTIONS = "questions"
"""The second tab at account management."""
_SYSTEM_OF = {QUESTIONS: "accounts"}
_ENDING_SECONDS = 10.0
_is_ahead: ContextVar[bool] = ContextVar("is_ahead", default=False)

_HOMES: dict[str, Any] = {"operations": operations.home, "accounts": accounts.home, "images": images.home}


class Engine:
    """The browser that the desks of a process share; whoever finds it dead starts it again, once for all.

    Parameters
    ----------
    settings
        Of the bot.
    browser
        One that runs already and is not ended here; if it dies, another is started.
    """

    def __init__(self, settings: Settings, browser: "Browser | None" = None) -> None:
        self._settings = settings
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._browser = browser
        self.starts = 0

    async def browser(self) -> "Browser":
        """Return a browser that is alive.

        Raises
        ------
        FailureError
            If none starts.
        """
        async with self._lock:
            if self._browser is None or not self._browser.is_connected():
                await self._end()
                self._browser = await self._stack.enter_async_context(
                    open_browser(self._settings.browser, headed=self._settings.headed)
                )
                self.starts += 1
            return self._browser

    async def replace(self, stuck: "Browser") -> None:
        """End a browser that does nothing any more, unless that has been done; the next who asks gets a new one."""
        async with self._lock:
            if self._browser is stuck:
                await self._end()

    async def close(self) -> None:
        """End the browser."""
        async with self._lock:
            await self._end()

    async def _end(self) -> None:
        stack, self._stack, self._browser = self._stack, AsyncExitStack(), None
        with contextlib.suppress(TimeoutError):  # one that does not even end is left behind
            async with asyncio.timeout(_ENDING_SECONDS):
                await stack.aclose()


class Desk:
    """One worker's tabs.

    Parameters
    ----------
    engine, settings
        The browser, and who logs in where.
    name
        Of the worker; its downloads go into a folder of that name.

    `last` is the system that was used last: the one to blame when something fails.
    """

    def __init__(self, engine: Engine, settings: Settings, name: str) -> None:
        self.settings = settings
        self.downloads = settings.folder / "downloads" / name
        self.last = ""
        self._engine = engine
        self._stacks: dict[str, AsyncExitStack] = {}
        self._tabs: dict[str, Tab] = {}
        self._ahead: dict[str, tuple[str, asyncio.Task[Any]]] = {}

    async def tab(self, name: str) -> Tab:
        """Return the tab of a system, or that for questions, opened and logged in.

        Raises
        ------
        FailureError
            If the system or the browser fails.
        HandOverError
            If the log-in asks for more than a name and a password.
        SafetyError
            If the system's clock is not ours, or a page is not known.
        """
        system = _SYSTEM_OF.get(name, name)
        if not _is_ahead.get():
            self.last = system
        held = self._tabs.get(name)
        if held is not None and held.is_alive:
            return held
        await self._close(name)
        stack = AsyncExitStack()
        browser = await self._engine.browser()
        try:
            tab = await stack.enter_async_context(
                open_tab(browser, self.downloads / name, patience=self.settings.patience.page_seconds)
            )
        except BrowserStuckError:
            await self._engine.replace(browser)
            raise
        self._stacks[name] = stack
        try:
            await self._log_in(system, tab)
        except BaseException:
            await self._close(name)  # and no other: what another tab looks at ahead or asks goes on
            raise
        self._tabs[name] = tab
        return tab

    async def _log_in(self, system: str, tab: Tab) -> None:
        answer = await go(tab, self.settings.addresses[system] + login.PATH)
        page, answer = await arrive(tab, answer, [login, _HOMES[system]])
        self._check_clock(system, answer)
        if page is login:
            given = self.settings.credentials[system]
            try:
                answer = await login.submit(tab, login.Credentials(given.user, given.password.reveal()))
            except HandOverError as error:
                raise HandOverError(f"{system}: {error}") from None
            await arrive(tab, answer, [_HOMES[system]])

    def _check_clock(self, system: str, answer: Answer) -> None:
        if answer.dated:
            try:
                check_clock(answer.dated, self.settings.clock(), self.settings.policy.most_skew_seconds)
            except SafetyError as error:
                raise HandOverError(f"{system}: {error}") from None

    async def visit(self, name: str, path: str, pages: Sequence[PageObject]) -> tuple[PageObject, Answer]:
        """Go to a page that only shows something, and log in again if the session has ended.

        Raises
        ------
        RpaError
            As `tab` and `rpa.pages.arrive`.
        """
        tab, system = await self.tab(name), _SYSTEM_OF.get(name, name)
        address = self.settings.addresses[system] + path
        try:
            return await arrive(tab, await go(tab, address), pages)
        except SessionExpiredError:
            await self._log_in(system, tab)
            return await arrive(tab, await go(tab, address), pages)

    def begin(self, what: str, system: str, work: Coroutine[Any, Any, Any]) -> None:
        """Begin to look at something ahead; `ahead` returns it. The tab that it uses is its own until then."""

        async def quietly() -> Any:
            _is_ahead.set(True)
            return await work

        self._ahead[what] = system, asyncio.create_task(quietly())

    async def ahead(self, what: str) -> Any:
        """Return what was looked at ahead; None if it was not, or failed and must be looked at again.

        Raises
        ------
        SafetyError
            If a page was not known, or somebody must log in.
        """
        system, task = self._ahead.pop(what, ("", None))
        if task is None:
            return None
        try:
            return await task
        except FailureError:
            return None
        except SafetyError:
            self.last = system
            raise

    async def forget(self, *systems: str) -> None:
        """Wait for what is being looked at ahead, in some systems or in all, and take no notice of it."""
        begun = {what: one for what, one in self._ahead.items() if not systems or one[0] in systems}
        self._ahead = {what: one for what, one in self._ahead.items() if what not in begun}
        await asyncio.gather(*(task for _, task in begun.values()), return_exceptions=True)

    async def drop(self, name: str) -> None:
        """Close the tabs of a system; the next who needs one gets a new one."""
        for one in (name, *(other for other, system in _SYSTEM_OF.items() if system == name)):
            await self._close(one)

    async def _close(self, name: str) -> None:
        self._tabs.pop(name, None)
        stack = self._stacks.pop(name, None)
        if stack is not None:
            await stack.aclose()

    async def close(self) -> None:
        """Close all tabs."""
        for _, task in self._ahead.values():
            task.cancel()
        await self.forget()
        for name in list(self._stacks):
            await self.drop(name)

    def is_at(self, system: str, path: str) -> bool:
        """Return whether the tab of a system shows a page already."""
        held = self._tabs.get(system)
        return held is not None and held.is_alive and held.page.url == self.settings.addresses[system] + path

    def opened(self, systems: Sequence[str]) -> list[Tab]:
        """Return the tabs of some systems that are open."""
        return [tab for name, tab in self._tabs.items() if _SYSTEM_OF.get(name, name) in systems and tab.is_alive]

    def healed(self) -> list[Any]:
        """Return what was found on pages otherwise than the plain way, and forget it."""
        found = [one for tab in self._tabs.values() for one in tab.healed]
        for tab in self._tabs.values():
            tab.healed.clear()
        return found
