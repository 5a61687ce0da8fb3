"""Requests at times that nobody can hold up (开环压测): each is due at its own moment, answered the last or not.

A generator that waits for an answer before it asks again leaves out the very moments in which a server is slow
(coordinated omission). Here a request's time runs from the moment at which it was due: if all connections are busy it
waits, and the wait counts. One thread, plain sockets, so that little is measured of the generator itself; what it was
late by on its own account counts as well.
"""

import resource
import select
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Answered", "connections_allowed", "due_times", "fire", "request_of"]

_OTHER_FILES = 64
"""Files that a process has open besides."""


@dataclass
class Answered:
    """What came back: nanoseconds from due to answered, status of each, and how many were degraded."""

    nanoseconds: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    degraded: int = 0

    def milliseconds(self, share: float) -> float:
        """Return the time that this share of the answers with 200 did not exceed."""
        good = [one for one, status in zip(self.nanoseconds, self.statuses, strict=True) if status == 200]
        return float(np.quantile(good, share, method="higher")) / 1e6 if good else 0.0


def due_times(count: int, rate: float, seed: int) -> list[float]:
    """Return the seconds at which requests are due: arrivals of Poisson, so that some come at once.

    Examples
    --------
    >>> [round(one, 3) for one in due_times(3, 100.0, 7)]
    [0.007, 0.017, 0.023]
    """
    gaps = np.random.default_rng(seed).exponential(1 / rate, count)
    return [float(one) for one in np.cumsum(gaps)]


def request_of(body: bytes, host: str, port: int, path: str = "/v1/decisions") -> bytes:
    """Return the bytes of a request.

    Examples
    --------
    >>> request_of(b"{}", "127.0.0.1", 80).splitlines()[0]
    b'POST /v1/decisions HTTP/1.1'
    """
    head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nAccept: */*\r\n"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def connections_allowed(wanted: int) -> int:
    """Return how many connections this process can hold, and those that it starts from now on: `wanted`, if it may.

    The limit of open files is raised as far as the system lets it be; who starts a server asks before.

    Examples
    --------
    >>> connections_allowed(8)
    8
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = resource.RLIM_INFINITY
    most = wanted + _OTHER_FILES if hard == endless else min(wanted + _OTHER_FILES, hard)
    if soft != endless and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return min(wanted, most - _OTHER_FILES)


def fire(host: str, port: int, requests: Sequence[bytes], due: Iterable[float], connections: int = 64) -> Answered:
    """Send requests when they are due, and return what came back.

    Raises
    ------
    ConnectionError
        If the server closes a connection.
    """
    found = Answered()
    idle = deque(socket.create_connection((host, port)) for _ in range(connections))
    busy: dict[socket.socket, tuple[int, bytes]] = {}
    with selectors.DefaultSelector() as ready:
        for one in idle:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.register(one, selectors.EVENT_READ)
        try:
            _go(found, idle, busy, deque(zip(requests, due, strict=False)), ready)
        finally:
            for one in (*idle, *busy):
                one.close()
    return found


def _go(
    found: Answered,
    idle: deque[socket.socket],
    busy: dict[socket.socket, tuple[int, bytes]],
    waiting: deque[tuple[bytes, float]],
    ready: Any,
) -> None:
    began = time.perf_counter_ns()
    while waiting or busy:
        now = time.perf_counter_ns()
        while waiting and idle and (at := began + int(waiting[0][1] * 1e9)) <= now:
            connection = idle.popleft()
            connection.sendall(waiting.popleft()[0])
            busy[connection] = (at, b"")
        left = (began + waiting[0][1] * 1e9 - now) / 1e9 if waiting and idle else 1.0
        # to the microsecond, where the selector itself waits for whole milliseconds
        select.select([ready], [], [], max(0.0, left))
        for key, _ in ready.select(0):
            _take(found, key.fileobj, idle, busy)


def _take(
    found: Answered, connection: socket.socket, idle: deque[socket.socket], busy: dict[socket.socket, tuple[int, bytes]]
) -> None:
    more = connection.recv(65_536)
    if not more or connection not in busy:
        raise ConnectionError("the server has closed a connection in the midst of an answer")
    at, data = busy[connection]
    data += more
    head, divided, body = data.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    if not divided or len(body) < int(length):
        busy[connection] = (at, data)
        return
    found.nanoseconds.append(time.perf_counter_ns() - at)
    found.statuses.append(int(head[9:12]))
    found.degraded += b'"degraded":true' in body
    del busy[connection]
    idle.append(connection)
