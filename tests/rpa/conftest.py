"""What tests of the bot share: one browser for the whole run, in an event loop of its own, and systems to drive."""

import asyncio
import os
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from rpa.browser import Tab, find_browser, open_browser, open_tab
from rpa.errors import BrowserMissingError


class Chrome:
    """A running browser, driven from ordinary tests: what is awaited runs in the browser's own loop and thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.browser: Any = None

    def run(self, task: "Coroutine[Any, Any, Any]", seconds: float = 60.0) -> Any:
        """Return what a coroutine returns; it may not take for ever."""
        return asyncio.run_coroutine_threadsafe(task, self.loop).result(seconds)

    @asynccontextmanager
    async def tab(self, folder: Path, patience: float = 10.0) -> Any:
        """A tab of its own."""
        async with open_tab(self.browser, folder, patience=patience) as tab:
            yield tab

    @contextmanager
    def open_tab(self, folder: Path, patience: float = 10.0) -> Iterator[Tab]:
        """A tab for a test that awaits step by step."""
        holder = self.tab(folder, patience)
        tab = self.run(holder.__aenter__())
        try:
            yield tab
        finally:
            self.run(holder.__aexit__(None, None, None))


@contextmanager
def _own_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="browser", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


@pytest.fixture(scope="session")
def chrome() -> Iterator[Chrome]:
    """The browser of the run; a test that needs it is skipped where there is none, and says what it waits for."""
    try:
        found = find_browser(os.environ)
    except BrowserMissingError as error:
        pytest.skip(f"waits for a browser: {error}")
    with _own_loop() as loop:
        driven, stack = Chrome(loop), AsyncExitStack()
        driven.browser = driven.run(stack.enter_async_context(open_browser(found)))
        yield driven
        driven.run(stack.aclose())


@pytest.fixture(scope="module")
def tab(chrome: Chrome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """One tab for all tests of a module."""
    with chrome.open_tab(tmp_path_factory.mktemp("downloads")) as opened:
        yield opened
