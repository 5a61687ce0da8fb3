"""The floors of serving: a constant behind the same web server, at once, and after the request is on the disk.

The second promises what the engine promises, that nobody is answered before what was decided would survive the death of
the process: requests that came while others were written are written together (group commit, SQLite's write-ahead log
with full synchronisation). What the engine takes beyond it is the decision.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

__all__ = ["answer", "kept"]

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Any], Awaitable[None]]

_BODY = b'{"action":0}'
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())]


async def answer(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer a constant to anything."""
    if scope["type"] == "http":
        await _read(receive)
        await _say(send)


async def kept(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer a constant to anything, once it is on the disk."""
    if scope["type"] == "http":
        await _LOG.keep(await _read(receive))
        await _say(send)


async def _read(receive: Receive) -> bytes:
    body: bytes = b""
    while True:
        part = await receive()
        body += part.get("body", b"")
        if not part.get("more_body"):
            return body


async def _say(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY})


class _Log:
    """Requests on the disk; those that wait for one another are written together."""

    def __init__(self) -> None:
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._is_writing = False
        self._thread = ThreadPoolExecutor(1)
        self._folder = TemporaryDirectory(prefix="hexi-floor-")
        self._file: sqlite3.Connection | None = None

    async def keep(self, body: bytes) -> None:
        """Return when a request is on the disk."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((body, done))
        if not self._is_writing:
            self._is_writing = True
            while self._waiting:
                group, self._waiting = self._waiting, []
                bodies = [one for one, _ in group]
                await asyncio.get_running_loop().run_in_executor(self._thread, self._write, bodies)
                for _, one in group:
                    one.set_result(None)
            self._is_writing = False
        await done

    def _write(self, bodies: Sequence[bytes]) -> None:
        if self._file is None:
            self._file = sqlite3.connect(Path(self._folder.name) / "requests.db", isolation_level=None)
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.execute("CREATE TABLE requests (body BLOB NOT NULL)")
        self._file.execute("BEGIN")
        self._file.executemany("INSERT INTO requests VALUES (?)", [(body,) for body in bodies])
        self._file.execute("COMMIT")


_LOG = _Log()
