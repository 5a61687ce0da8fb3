"""Listening: where the pages of this package are served, on this machine unless told otherwise.

A server's answer is two writes, head and body. By Nagle's algorithm (RFC 896) the second waits until the browser has
acknowledged the first, which it delays by 40 ms (RFC 1122, 4.2.3.2): on a page of its own that is more than all the
work. asyncio turns the algorithm off only for sockets that it opened itself.
"""

import socket

from rpa.errors import RpaError

__all__ = ["listen"]

_LAST_PORT = 65_535


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, and whose connections send at once.

    Parameters
    ----------
    host
        Such as `127.0.0.1`.
    port
        0 for any that is free.

    Raises
    ------
    RpaError
        If there is no such host or port, or it is taken.

    Examples
    --------
    >>> with listen("127.0.0.1", 0) as first:
    ...     listen("127.0.0.1", first.getsockname()[1])
    Traceback (most recent call last):
    rpa.errors.RpaError: cannot listen on 127.0.0.1:...: Address already in use ...; choose another port
    """
    if not 0 <= port <= _LAST_PORT:
        raise RpaError(f"cannot listen on {host}:{port}: a port is from 0 to {_LAST_PORT}; choose another port")
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise RpaError(f"cannot listen on {host}:{port}: {error.strerror}; choose another port") from None
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
