"""The interface over HTTP: one event in, its decision out; batches, past decisions, rulebooks, metrics, the live page.

The way of one event is short on purpose (no router, no request object); everything else is a route of Starlette.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from fraud.engine.events import read_event
from fraud.errors import FraudError
from fraud.serving.deciding import Event
from fraud.serving.desk import Desk
from fraud.serving.door import Door, Message, Receive
from fraud.serving.live import Live
from fraud.serving.metrics import exposition
from fraud.serving.openapi import openapi
from fraud.serving.problem import RequestRefusedError, unusable

__all__ = ["MOST_EVENTS", "Application"]

MOST_EVENTS = 1_000
"""Events of one batch."""
_MOST_BATCH_BYTES = 2 * 1024 * 1024
_MOST_RULEBOOK_BYTES = 4 * 1024 * 1024
_JSON = (b"application/json",)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_PAGE = Path(__file__).parent / "page"
_FILES = {
    "/": ("live.html", "text/html"),
    "/live.js": ("live.js", "text/javascript"),
    "/live.css": ("live.css", "text/css"),
}
Send = Callable[[Message], Awaitable[None]]


class Application:
    """An application of ASGI.

    Parameters
    ----------
    desk
        Decides.
    door
        Who may ask.
    now
        Local time, with which the time of an event is compared; returns None for no comparison.
    """

    def __init__(self, desk: Desk, door: Door | None = None, now: Callable[[], datetime | None] = lambda: None) -> None:
        self.desk, self.door, self._now = desk, door or Door(), now
        self.live = Live(desk)
        self._swapping = asyncio.Lock()
        description = orjson.dumps(openapi(MOST_EVENTS))
        self._rest = Starlette(
            routes=[
                Route("/v1/decisions/batch", self._batch, methods=["POST"]),
                Route("/v1/decisions/{event_id:path}", self._found),
                Route("/v1/rulebook", self._rulebook),
                Route("/v1/rulebook", self._swap, methods=["PUT"]),
                Route("/v1/metrics", self._metrics),
                Route("/v1/live", self._stream),
                Route("/healthz", self._health),
                Route("/openapi.json", lambda _: Response(description, media_type="application/json")),
                *(Route(path, self._file) for path in _FILES),
            ],
            exception_handlers={
                RequestRefusedError: _refusal,
                FraudError: _refusal,
                HTTPException: _refusal,
                Exception: _refusal,
            },
            lifespan=self._lifespan,
        )

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        try:
            self.door.check(scope["headers"])
            if scope["path"] != "/v1/decisions" or scope["method"] != "POST":
                await self._rest(scope, receive, send)
                return
            body = await self.door.body(scope["headers"], receive, _JSON)
            answer = await self.desk.decide(self._event(_parsed(body)))
            status, headers = 200, [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        except RequestRefusedError as error:
            status, headers, answer = error.status, error.headers(), error.body()
        headers.append((b"content-length", str(len(answer)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _event(self, table: Any) -> Event:
        try:
            return read_event(table, self._now())
        except FraudError as error:
            raise unusable(error) from None

    async def _batch(self, request: Request) -> Response:
        body = await self.door.body(request.scope["headers"], request.receive, _JSON, _MOST_BATCH_BYTES)
        events = _parsed(body)
        events = events.get("events") if isinstance(events, Mapping) else events
        if not isinstance(events, list) or not 1 <= len(events) <= MOST_EVENTS:
            raise RequestRefusedError(422, f"events must be a list of 1 to {MOST_EVENTS} events", field="events")
        told = await asyncio.gather(*(self._one_of_many(event) for event in events))
        return Response(b'{"decisions":[' + b",".join(told) + b"]}", media_type="application/json")

    async def _one_of_many(self, table: Any) -> bytes:
        try:
            return await self.desk.decide(self._event(table))
        except RequestRefusedError as error:
            return error.body()

    async def _found(self, request: Request) -> Response:
        event_id = request.path_params["event_id"]
        kept = await self.desk.find(event_id)
        if kept is None:
            raise RequestRefusedError(404, f"no event {event_id!r:.140} was decided here", field="event_id")
        return Response(kept.body, media_type="application/json", headers={"cache-control": "no-store"})

    async def _rulebook(self, _: Request) -> Response:
        return _json(self.desk.decider.versions())

    async def _swap(self, request: Request) -> Response:
        kinds = (b"application/toml",)
        body = await self.door.body(request.scope["headers"], request.receive, kinds, _MOST_RULEBOOK_BYTES)
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise RequestRefusedError(400, f"the rulebook is not UTF-8: {error}") from None
        return _json(await self.swap(text, "PUT /v1/rulebook"))

    async def swap(self, text: str, source: str) -> Mapping[str, Any]:
        """Put a rulebook in force; events that are being decided meanwhile are decided by the old one, wholly."""
        async with self._swapping:
            await asyncio.to_thread(self.desk.decider.swap_rules, text, source)
            return self.desk.decider.versions()

    async def _metrics(self, request: Request) -> Response:
        told = self.live.state()
        wanted = request.headers.get("accept", "")
        if wanted.startswith(("text/plain", "application/openmetrics-text")):
            return Response(exposition(told), media_type="text/plain; version=0.0.4")
        return _json(told)

    async def _health(self, _: Request) -> Response:
        if self.desk.broken:
            raise RequestRefusedError(503, self.desk.broken, retry_after=5)
        return _json({"status": "ok", "state": self.live.state()["state"], "waiting": self.desk.waiting})

    async def _stream(self, _: Request) -> Response:
        self.live.check()
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self.live.subscribe(), media_type="text/event-stream", headers=headers)

    async def _file(self, request: Request) -> Response:
        name, kind = _FILES[request.url.path]
        headers = {"content-security-policy": _POLICY, "x-content-type-options": "nosniff", "cache-control": "no-cache"}
        return Response((_PAGE / name).read_bytes(), media_type=kind, headers=headers)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> Any:
        self.desk.open()
        self.live.open()
        yield
        await self.live.close()
        await self.desk.close()


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestRefusedError(400, f"the body is not JSON: {error}") from None


def _json(told: Any) -> Response:
    return Response(orjson.dumps(told), media_type="application/json", headers={"cache-control": "no-store"})


async def _refusal(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        told = RequestRefusedError(
            error.status_code,
            {404: "there is no such address", 405: "this address does not do that"}.get(
                error.status_code, error.detail
            ),
        )
    elif isinstance(error, RequestRefusedError):
        told = error
    elif isinstance(error, FraudError):
        told = RequestRefusedError(422, str(error))
    else:
        told = RequestRefusedError(500, f"{type(error).__name__}; the log of the server says where")
    return Response(told.body(), told.status, {name.decode(): value.decode() for name, value in told.headers()})
