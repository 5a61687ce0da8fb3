"""What the live page is sent: twice a second the state and the newest decisions, as server-sent events (实时推送).

One text is made for all who look. Who reads too slowly misses parts (the page sees it from the numbers and says so),
and never holds up the server.

Source: "Server-sent events", HTML Living Standard.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import orjson

from fraud.serving.desk import Desk
from fraud.serving.problem import RequestRefusedError

__all__ = ["Live"]

_SECONDS = 0.5
_MOST_READERS = 32
_HELD = 4


class Live:
    """Sends the state of a desk to all pages that are open."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._readers: set[asyncio.Queue[bytes]] = set()
        self._sent = 0
        self._began = time.time()
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to send; called on the loop."""
        self._task = asyncio.create_task(self._send())

    async def close(self) -> None:
        """End all streams."""
        self.end()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def end(self) -> None:
        """Tell all who look that the server goes away, so that it does not wait for them."""
        for reader in self._readers:
            _offer(reader, b"")

    def state(self) -> dict[str, Any]:
        """Return all that is known: the counts, what decides, and in one word whether it decides in full."""
        desk, now = self._desk, time.perf_counter()
        told = desk.watch.told(now) | desk.decider.versions() | {"began": self._began}
        told["titles"] = {rule: title for rule, _ in told["hit_rules"] if (title := desk.decider.title(rule))}
        minute = told["minute"]
        word = (
            "broken"
            if desk.broken
            else "refusing"
            if minute["refused"]
            else "degraded"
            if minute["degraded"]
            else "full"
        )
        limits = desk.limits
        declared = {"patience_ms": limits.patience * 1e3, "most_waiting": limits.most_waiting}
        return told | {"state": word, "broken": desk.broken, "waiting": desk.waiting, "limits": declared}

    def check(self) -> None:
        """Refuse one more reader if too many are looking already.

        Raises
        ------
        RequestRefusedError
            503.
        """
        if len(self._readers) >= _MOST_READERS:
            raise RequestRefusedError(503, f"{_MOST_READERS} pages are open already; close one", retry_after=5)

    async def subscribe(self) -> AsyncIterator[bytes]:
        """Yield the stream of one reader, beginning with the decisions that are still kept."""
        reader: asyncio.Queue[bytes] = asyncio.Queue(_HELD)
        self._readers.add(reader)
        try:
            yield _text(self.state() | {"newest": self._desk.watch.since(0)})
            while text := await reader.get():
                yield text
        finally:
            self._readers.discard(reader)

    async def _send(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS)
            newest = self._desk.watch.since(self._sent)
            self._sent = self._desk.watch.number
            if self._readers:
                text = _text(self.state() | {"newest": newest})
                for reader in self._readers:
                    _offer(reader, text)


def _offer(reader: "asyncio.Queue[bytes]", text: bytes) -> None:
    """Give a text to a reader; one who is behind loses the oldest that he has not read."""
    if reader.full():
        reader.get_nowait()
    reader.put_nowait(text)


def _text(told: dict[str, Any]) -> bytes:
    return b"event: state\ndata: " + orjson.dumps(told) + b"\n\n"
