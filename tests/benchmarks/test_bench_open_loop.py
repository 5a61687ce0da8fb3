"""The load generator: a server that stalls is seen in the times of all who were due meanwhile."""

import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from benchmarks.open_loop import connections_allowed, due_times, fire, request_of

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{"degraded":true}'


@contextmanager
def answering(stall_at: int, seconds: float, answer: bytes = ANSWER) -> Iterator[int]:
    """A server of one connection that answers at once, but once not for a while; in two pieces, as networks do."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            for number in range(10_000):
                if not connection.recv(65_536):
                    return
                time.sleep(seconds if number == stall_at else 0)
                connection.sendall(answer[:20])
                connection.sendall(answer[20:])

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()
        thread.join(5)


def test_who_was_due_while_the_server_stalled_is_counted_as_having_waited() -> None:
    with answering(stall_at=10, seconds=0.3) as port:
        requests = [request_of(b"{}", "127.0.0.1", port)] * 60
        found = fire("127.0.0.1", port, requests, [number / 200 for number in range(60)], connections=1)
    assert found.statuses == [200] * 60
    assert found.degraded == 60
    waited = np.array(found.nanoseconds) / 1e6
    # it stalls for 300 ms from 50 ms on: all 50 that were due after that waited for what was left of it
    assert (waited[10:50] > 300 - 5 * np.arange(40) - 1).all()
    assert found.milliseconds(1.0) == waited.max() >= 300


def test_a_server_that_hangs_up_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=lambda: listening.accept()[0].close(), daemon=True)
        thread.start()
        with pytest.raises(ConnectionError):
            fire("127.0.0.1", listening.getsockname()[1], [b"x"], [0.05], connections=1)
        thread.join(5)


def test_requests_are_due_at_the_rate_that_is_asked_for_and_by_seed() -> None:
    due = due_times(20_000, 500.0, 3)
    assert due == due_times(20_000, 500.0, 3) != due_times(20_000, 500.0, 4)
    assert due == sorted(due)
    assert due[-1] == pytest.approx(40, rel=0.05)


@pytest.mark.parametrize(("soft", "hard", "allowed"), [(1024, 4096, 4032), (1024, 65536, 5000), (9000, 9000, 5000)])
def test_so_many_connections_are_held_as_the_system_lets_be(
    soft: int, hard: int, allowed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = [(soft, hard)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, given: limits.append(given))
    assert connections_allowed(5000) == allowed
    assert limits[-1][0] >= allowed + 64
    assert limits[-1][1] == hard
