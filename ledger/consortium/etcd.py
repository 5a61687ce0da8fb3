"""etcd: keys that survive the loss of a minority of the machines that hold them.

A small client of etcd's version 3 over its JSON gateway. It goes on to the next endpoint when one does not answer.
Reads are linearizable and are repeated; a write that was sent is never repeated here, because nobody knows whether it
was done: it is `AmbiguousError`, and `ledger.consortium.ordering` finds out. Not for several threads at once.

References
----------
etcd documentation, v3.4: gRPC gateway, API reference (KV, Watch).
"""

import base64
import binascii
import json
import ssl
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from ledger.consortium.keys import Entry
from ledger.errors import AmbiguousError, OrderingError, UnavailableError

__all__ = ["Etcd"]

_REFUSED = {3: "invalid argument", 7: "permission denied", 8: "resource exhausted", 16: "not authenticated"}
"""Codes of gRPC that say that nothing was done; after any other, something may have been."""


class _NotSentError(Exception):
    """No connection: the endpoint got nothing."""


class _LostError(Exception):
    """The question was sent, and no answer came that says whether anything was done."""


class Etcd:
    """A client of an etcd cluster, see `ledger.consortium.keys.Keys`.

    Parameters
    ----------
    endpoints
        Where the cluster's nodes listen to clients, such as `http://127.0.0.1:2379`.
    timeout
        Seconds until an endpoint counts as not answering.
    tls
        With which certificates `https` endpoints are spoken to.

    Raises
    ------
    OrderingError
        If an endpoint is not an http or https address.
    """

    def __init__(self, endpoints: Sequence[str], *, timeout: float = 2.0, tls: ssl.SSLContext | None = None) -> None:
        self._endpoints = [_checked(one) for one in endpoints]
        if not self._endpoints:
            raise OrderingError("no endpoint of etcd is given, at least one is needed")
        self._timeout, self._tls = timeout, tls
        self._connection: HTTPConnection | None = None
        self.revision = 0

    def create(self, key: str, value: bytes, after: str | None = None) -> bool:
        """Write a key if it is not there, and say whether this call did so."""
        compare = [_version(key, "EQUAL")]
        if after is not None:
            compare.append(_version(after, "GREATER"))
        put = {"request_put": {"key": _coded(key.encode()), "value": _coded(value)}}
        answer = self._ask("/v3/kv/txn", {"compare": compare, "success": [put]}, may_repeat=False)
        return answer.get("succeeded") is True

    def put(self, key: str, value: bytes) -> None:
        """Write a key whether it is there or not."""
        self._ask("/v3/kv/put", {"key": _coded(key.encode()), "value": _coded(value)}, may_repeat=False)

    def get(self, key: str) -> bytes | None:
        """Return the value of a key, None if it is not there."""
        found = self._range({"key": _coded(key.encode())})
        return found[0].value if found else None

    def first(self, start: str, end: str) -> Entry | None:
        """Return the first entry from a key on, before another."""
        found = self._range({**_span(start, end), "limit": 1, "sort_order": "ASCEND", "sort_target": "KEY"})
        return found[0] if found else None

    def changes(self, start: str, end: str, since: int, limit: int = 1000) -> list[Entry]:
        """Return entries that were written after a revision, the oldest change first."""
        order = {"limit": limit, "sort_order": "ASCEND", "sort_target": "MOD", "min_mod_revision": since + 1}
        return self._range({**_span(start, end), **order})

    def remove(self, start: str, end: str, unless: str | None = None) -> bool:
        """Take all entries from a key on, before another, away, unless a key is there."""
        compare = [] if unless is None else [_version(unless, "EQUAL")]
        take = {"request_delete_range": _span(start, end)}
        answer = self._ask("/v3/kv/txn", {"compare": compare, "success": [take]}, may_repeat=False)
        return answer.get("succeeded") is True

    def wait(self, start: str, end: str, since: int, seconds: float) -> None:
        """Return when something between the keys was written after a revision, or the seconds are over; or earlier."""
        question = {"create_request": {**_span(start, end), "start_revision": since + 1}}
        deadline = time.monotonic() + seconds
        try:
            connection = self._connect(self._endpoints[0], seconds)
            try:
                connection.request("POST", "/v3/watch", json.dumps(question), {"Content-Type": "application/json"})
                with connection.getresponse() as stream:
                    while line := stream.readline():
                        if '"events"' in line.decode(errors="replace") or time.monotonic() > deadline:
                            return
            finally:
                connection.close()
        except (_NotSentError, OSError, HTTPException):
            time.sleep(max(0.0, min(0.05, deadline - time.monotonic())))

    def leads(self) -> bool:
        """Return whether the endpoint that answers leads the cluster."""
        answer = self._ask("/v3/maintenance/status", {}, may_repeat=True)
        return "leader" in answer and answer["leader"] == answer["header"].get("member_id")

    def close(self) -> None:
        """Leave the cluster."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _range(self, question: Mapping[str, Any]) -> list[Entry]:
        answer = self._ask("/v3/kv/range", question, may_repeat=True)
        try:
            return [
                Entry(_decoded(one["key"]).decode(), _decoded(one.get("value", "")), int(one["mod_revision"]))
                for one in answer.get("kvs", ())
            ]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise OrderingError(f"etcd's answer is not what its documentation says: {error!r}") from None

    def _ask(self, path: str, question: Mapping[str, Any], *, may_repeat: bool) -> dict[str, Any]:
        body, failures = json.dumps(question).encode(), []
        for _ in range(len(self._endpoints)):
            try:
                answer = self._ask_one(path, body)
                self.revision = int(answer["header"]["revision"])
                return answer
            except (_NotSentError, _LostError) as error:
                failures.append(f"{self._endpoints[0]}: {error}")
                self.close()
                self._endpoints.append(self._endpoints.pop(0))
                if isinstance(error, _LostError) and not may_repeat:
                    raise AmbiguousError(f"a write was sent to etcd, no answer came ({failures[-1]})") from None
            except (KeyError, TypeError, ValueError) as error:
                raise OrderingError(f"etcd's answer is not what its documentation says: {error!r}") from None
        raise UnavailableError(f"etcd does not answer ({'; '.join(failures)}); most of its nodes must be up")

    def _ask_one(self, path: str, body: bytes) -> dict[str, Any]:
        if self._connection is None:
            self._connection = self._connect(self._endpoints[0], self._timeout)
        try:
            self._connection.request("POST", path, body, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            status, data = response.status, response.read()
            answer = json.loads(data)
        except (OSError, HTTPException, ValueError) as error:
            raise _LostError(str(error) or type(error).__name__) from None
        if status == 200 and type(answer) is dict:
            return answer
        code, message = (answer.get("code"), answer.get("error")) if type(answer) is dict else (None, None)
        if code in _REFUSED:
            raise OrderingError(f"etcd refuses, {_REFUSED[code]}: {message}")
        raise _LostError(f"status {status}, {message}")

    def _connect(self, endpoint: str, timeout: float) -> HTTPConnection:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            connection: HTTPConnection = HTTPSConnection(host, port, timeout=timeout, context=self._tls)
        else:
            connection = HTTPConnection(host, port, timeout=timeout)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise _NotSentError(str(error)) from None
        return connection


def _checked(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OrderingError(f"the endpoint {endpoint!r} must be an address such as http://127.0.0.1:2379")
    return endpoint


def _version(key: str, result: str) -> dict[str, Any]:
    return {"key": _coded(key.encode()), "target": "VERSION", "result": result, "version": 0}


def _span(start: str, end: str) -> dict[str, Any]:
    return {"key": _coded(start.encode()), "range_end": _coded(end.encode())}


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from None
    if _coded(data) != text:
        raise ValueError("not base64 in its one exact form")
    return data
