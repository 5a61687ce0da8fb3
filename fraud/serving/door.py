"""The door (入口检查): who may ask, and how much may be sent, before anything is read.

The server has no log-in and listens on loopback: who is on this machine may ask. A page of somebody else that is open
in a browser on this machine may not: its requests carry a foreign Host (a rebound name) or a foreign Origin.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from fraud.serving.problem import RequestRefusedError

__all__ = ["MOST_BYTES", "Door"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

MOST_BYTES = 64 * 1024
"""Bytes of one event's body; a batch has its own limit."""
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Door:
    """Checks requests.

    Parameters
    ----------
    names
        Names under which the server may be asked, besides those of loopback.
    seconds
        Time that a body may take.

    Examples
    --------
    >>> Door().check([(b"host", b"127.0.0.1:8080")])
    >>> Door().check([(b"host", b"evil.example")])
    Traceback (most recent call last):
    fraud.serving.problem.RequestRefusedError: Host is 'evil.example'; this server answers as 127.0.0.1, ...
    """

    def __init__(self, names: Iterable[str] = (), seconds: float = 10.0) -> None:
        self._names = dict.fromkeys([*_LOOPBACK, *names])
        self._seconds = seconds
        self._good: set[bytes] = set()

    def check(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Refuse a request to a foreign name, or from a foreign page."""
        host = origin = site = b""
        for name, value in headers:
            if name == b"host":
                host = value
            elif name == b"origin":
                origin = value
            elif name == b"sec-fetch-site":
                site = value
        if host not in self._good:
            if (
                host.decode("latin-1").rpartition(":")[0] not in self._names
                and host.decode("latin-1") not in self._names
            ):
                names = ", ".join(self._names)
                raise RequestRefusedError(
                    403, f"Host is {host.decode('latin-1')!r:.80}; this server answers as {names}", field="Host"
                )
            self._good.add(host)  # few: only names of ours come here, with at most 65,535 ports
        if origin and origin.partition(b"://")[2] != host:
            shown = origin.decode("latin-1")
            raise RequestRefusedError(
                403, f"Origin is {shown!r:.80}; only pages of this server may ask", field="Origin"
            )
        if site not in (b"", b"same-origin", b"none"):
            raise RequestRefusedError(403, "another site's page may not ask this server", field="Sec-Fetch-Site")

    async def body(
        self, headers: Iterable[tuple[bytes, bytes]], receive: Receive, kinds: tuple[bytes, ...], most: int = MOST_BYTES
    ) -> bytes:
        """Return the body of a request.

        Raises
        ------
        RequestRefusedError
            415 if it is of another kind, 413 if it has more than `most` bytes, 408 if it takes too long, 400 if it is
            broken off.
        """
        given = dict(headers)
        kind = given.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if kind not in kinds:
            wanted = " or ".join(one.decode() for one in kinds)
            raise RequestRefusedError(
                415, f"Content-Type is {kind.decode('latin-1')!r:.60}; it must be {wanted}", field="Content-Type"
            )
        length = given.get(b"content-length", b"0")
        if length.isdigit() and int(length) > most:
            raise _too_large(int(length), most)
        message = await self._next(receive)
        body: bytes = message.get("body", b"")
        while message.get("more_body", False) and len(body) <= most:
            message = await self._next(receive)
            body += message.get("body", b"")
        if len(body) > most:
            raise _too_large(len(body), most)
        return body

    async def _next(self, receive: Receive) -> Message:
        try:
            async with asyncio.timeout(self._seconds):
                message = await receive()
        except TimeoutError:
            raise RequestRefusedError(408, f"the body did not come within {self._seconds:g} s") from None
        if message["type"] == "http.disconnect":
            raise RequestRefusedError(400, "the request broke off")
        return message


def _too_large(size: int, most: int) -> RequestRefusedError:
    return RequestRefusedError(413, f"the body has {size} bytes or more; at most {most} are read")
