"""The server's process: starts, listens, takes signals, and ends without losing what it has begun.

SIGTERM and Ctrl-C end it: no new connections, all that is in the house is decided, written down and answered, the state
is set down. SIGHUP reads the file of the rulebook again; a wrong one is told, and the old one stays in force.
"""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from fraud.errors import FraudError, ServingStartError
from fraud.serving.application import Application

__all__ = ["listen", "serve"]

_SECONDS_TO_END = 10
_MOST_CONNECTIONS = 2_048


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 is any that is free.

    Raises
    ------
    ServingStartError
        If the address cannot be had.
    """
    if not 0 <= port <= 65_535:
        raise ServingStartError(f"--port is {port}; it must be from 0 to 65535")
    try:
        return socket.create_server((host, port), backlog=_MOST_CONNECTIONS)
    except OSError as error:
        raise ServingStartError(f"{host}:{port} cannot be listened on: {error}; choose another --port") from None


def serve(
    application: Application, listening: socket.socket, rules: Path | None = None, say: Callable[[str], None] = print
) -> None:
    """Serve until a signal ends it.

    Parameters
    ----------
    application
        What answers.
    listening
        Of `listen`.
    rules
        The file that SIGHUP reads again.
    say
        Told what people should know.
    """
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,  # nobody stands before it, so nobody's word on who asks is taken
        ws="none",
        backlog=_MOST_CONNECTIONS,
        limit_concurrency=None,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_SECONDS_TO_END,
    )
    # an engine holds millions of objects that live for ever: each look through them would hold up everybody
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(0.00005)  # the loop gets its turn at once while the desk decides
    # uvicorn raises a signal anew once it has ended; that must not kill what is being set down
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    _Server(config, application, rules, say).run(sockets=[listening])


class _Server(uvicorn.Server):
    """uvicorn, that also ends the streams of the live page, and reads the rulebook again."""

    def __init__(self, config: Any, application: Application, rules: Path | None, say: Callable[[str], None]) -> None:
        super().__init__(config)
        self._application, self._rules, self._say = application, rules, say

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and listen to SIGHUP."""
        await super().startup(sockets)
        loop = asyncio.get_running_loop()
        if self._rules is not None:
            loop.add_signal_handler(signal.SIGHUP, lambda: loop.create_task(self._read_again()))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, and let nobody wait for a page that is open."""
        self._application.live.end()
        super().handle_exit(sig, frame)

    async def _read_again(self) -> None:
        assert self._rules is not None
        try:
            told = await self._application.swap(self._rules.read_text(encoding="utf-8"), self._rules.name)
            self._say(f"rulebook in force · 规则集已切换: {told['rulebook']}, {told['rules']} rules")
        except (FraudError, OSError, UnicodeDecodeError) as error:
            self._say(f"the rulebook was not switched · 规则集未切换: {error}")
