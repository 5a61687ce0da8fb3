"""Serving: the systems on loopback, in a thread of their own, for tests, cases and demonstrations."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from starlette.types import ASGIApp

from rpa.errors import MissingExtraError, RpaError
from rpa.listening import listen

__all__ = ["serve"]

_STARTING_SECONDS = 15.0


@contextmanager
def serve(
    applications: Mapping[str, ASGIApp], host: str = "127.0.0.1", ports: Mapping[str, int] | None = None
) -> Iterator[dict[str, str]]:
    """Serve applications, each on a port of its own, and end them afterwards.

    Parameters
    ----------
    applications
        By name.
    host
        Where they listen; loopback unless told otherwise.
    ports
        By name; a free one where none is given.

    Yields
    ------
    dict of str to str
        Address of each, such as `http://127.0.0.1:40123`.

    Raises
    ------
    RpaError
        If a port is taken, or one does not start.
    """
    try:
        import uvicorn
    except ModuleNotFoundError:
        raise MissingExtraError("the systems need uvicorn: pip install -e '.[rpa]'") from None
    with ExitStack() as stack:
        listening = {
            name: stack.enter_context(closing(listen(host, (ports or {}).get(name, 0)))) for name in applications
        }
        servers = [_start(stack, uvicorn, name, app, listening[name]) for name, app in applications.items()]
        _wait(servers)
        yield {name: f"http://{host}:{one.getsockname()[1]}" for name, one in listening.items()}


def _start(stack: ExitStack, uvicorn: Any, name: str, application: ASGIApp, listening: socket.socket) -> Any:
    settings = uvicorn.Config(
        application, log_level="critical", lifespan="off", date_header=False, server_header=False, ws="none"
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name=name, daemon=True)
    thread.start()
    stack.callback(_stop, server, thread)
    return server


def _stop(server: Any, thread: threading.Thread) -> None:
    server.should_exit = server.force_exit = True
    thread.join(timeout=10)


def _wait(servers: Sequence[object]) -> None:
    until = time.monotonic() + _STARTING_SECONDS
    while not all(getattr(server, "started", False) for server in servers):
        if time.monotonic() > until:
            raise RpaError("the systems did not start in time")
        time.sleep(0.01)
