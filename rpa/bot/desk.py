"""A desk: one worker's three tabs, each logged in at its system, and a browser that is started again when it ends.

Each system gets a tab of its own, opened when it is first needed. A session that has ended is begun again, by itself,
where nothing that was sent depends on it; the steps say where that is.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from rpa.bot.settings import Settings
from rpa.browser import Answer, Tab, go, open_browser, open_tab
from rpa.deadlines import check_clock
from rpa.errors import HandOverError, SafetyError, SessionExpiredError
from rpa.pages import PageObject, accounts, arrive, images, login, operations

if TYPE_CHECKING:
    from playwright.async_api import Browser

__all__ = ["Desk", "Engine"]

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

    async def close(self) -> None:
        """End the browser."""
        async with self._lock:
            await self._end()

    async def _end(self) -> None:
        stack, self._stack, self._browser = self._stack, AsyncExitStack(), None
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

    async def tab(self, system: str) -> Tab:
        """Return the tab of a system, opened and logged in.

        Raises
        ------
        FailureError
            If the system or the browser fails.
        HandOverError
            If the log-in asks for more than a name and a password.
        SafetyError
            If the system's clock is not ours, or a page is not known.
        """
        self.last = system
        held = self._tabs.get(system)
        if held is not None and held.is_alive:
            return held
        await self.drop(system)
        stack = AsyncExitStack()
        browser = await self._engine.browser()
        tab = await stack.enter_async_context(
            open_tab(browser, self.downloads / system, patience=self.settings.patience.page_seconds)
        )
        self._stacks[system] = stack
        try:
            await self._log_in(system, tab)
        except BaseException:
            await self.drop(system)
            raise
        self._tabs[system] = tab
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

    async def visit(self, system: str, path: str, pages: Sequence[PageObject]) -> tuple[PageObject, Answer]:
        """Go to a page that only shows something, and log in again if the session has ended.

        Raises
        ------
        RpaError
            As `tab` and `rpa.pages.arrive`.
        """
        tab, address = await self.tab(system), self.settings.addresses[system] + path
        try:
            return await arrive(tab, await go(tab, address), pages)
        except SessionExpiredError:
            await self._log_in(system, tab)
            return await arrive(tab, await go(tab, address), pages)

    async def drop(self, system: str) -> None:
        """Close the tab of a system; the next who needs it gets a new one."""
        self._tabs.pop(system, None)
        stack = self._stacks.pop(system, None)
        if stack is not None:
            await stack.aclose()

    async def close(self) -> None:
        """Close all tabs."""
        for system in list(self._stacks):
            await self.drop(system)

    def is_at(self, system: str, path: str) -> bool:
        """Return whether the tab of a system shows a page already."""
        held = self._tabs.get(system)
        return held is not None and held.is_alive and held.page.url == self.settings.addresses[system] + path

    def healed(self) -> list[Any]:
        """Return what was found on pages otherwise than the plain way, and forget it."""
        found = [one for tab in self._tabs.values() for one in tab.healed]
        for tab in self._tabs.values():
            tab.healed.clear()
        return found
