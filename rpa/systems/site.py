"""What the three systems have in common: log-ins, sessions, pages in their encoding, and faults at the door.

Each system is a Starlette application around a `Site`. A request goes through the door, where connections end and
servers fail, to a route, which asks the site who is there and for its pages.
"""

import asyncio
import hashlib
import html
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from rpa.systems.faults import Faults

__all__ = ["ClosedConnection", "Handler", "Site", "application", "close_connection"]

Handler = Callable[[Request], Awaitable[Response]]

_COOKIE = "session"
_DOOR = ("error_500", "error_502", "error_503", "error_429", "maintenance", "slow_page", "notice")


class ClosedConnection(Exception):  # noqa: N818 - it is no error, it is how a route ends that answers nothing
    """The route answers nothing: the connection ends."""


class _NotLoggedIn(Exception):  # noqa: N818 - as above
    """Whoever asks has no session."""


@dataclass
class Site:
    """One system's log-ins, sessions, pages and faults.

    Parameters
    ----------
    name, title
        Folder of its templates; what it calls itself.
    users
        Password of each user.
    clock
        The time, with its time zone.
    faults
        What goes wrong.
    encoding
        Of its pages and forms.
    session_seconds
        After how long without a request a session ends.
    """

    name: str
    title: str
    users: Mapping[str, str]
    clock: Callable[[], datetime]
    faults: Faults
    encoding: str = "utf-8"
    session_seconds: float = 900.0
    sessions: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    requests: int = 0

    @cached_property
    def _templates(self) -> Environment:
        loader = PackageLoader("rpa.systems", f"templates/{self.name}")
        return Environment(loader=loader, autoescape=select_autoescape(default=True), undefined=StrictUndefined)

    def now(self) -> datetime:
        """Return the time as this system believes it is."""
        skew = self.faults.skew_seconds if "clock_skew" in (*self.faults.rates, *self.faults.plan) else 0.0
        return self.clock() + timedelta(seconds=skew)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Return a page; whatever the encoding lacks is written as a reference."""
        shown = {"title": self.title, "today": f"{self.now():%Y-%m-%d}", "user": "", "dialog": False, **values}
        text = self._templates.get_template(template).render(shown)
        content = text.encode(self.encoding, "xmlcharrefreplace")
        return Response(content, status, media_type=f"text/html; charset={self.encoding}")

    async def form(self, request: Request) -> dict[str, str]:
        """Return the fields of a form that was sent, read in the site's encoding.

        A browser writes a character that the encoding lacks as a reference, as real systems of this kind receive it.
        """
        body = (await request.body()).decode("ascii", "replace")
        pairs = parse_qsl(body, keep_blank_values=True, encoding=self.encoding, errors="replace", max_num_fields=200)
        return {name: html.unescape(value) for name, value in pairs}

    def user(self, request: Request) -> str:
        """Return who is logged in; without a session the request ends at the log-in."""
        token = request.cookies.get(_COOKIE, "")
        found = self.sessions.get(token)
        if found is None or found[1] < self.clock():
            self.sessions.pop(token, None)
            raise _NotLoggedIn
        if self.faults.strikes("session_expired"):
            del self.sessions[token]
            raise _NotLoggedIn
        self.sessions[token] = (found[0], self.clock() + timedelta(seconds=self.session_seconds))
        return found[0]

    async def log_in(self, request: Request) -> Response:
        """Show the log-in, or take it."""
        if request.method == "GET":
            return self._log_in_page(request.query_params.get("expired", "") and "会话已超时，请重新登录")
        form = await self.form(request)
        known = self.users.get(form.get("username", ""))
        if known is None or not secrets.compare_digest(known.encode(), form.get("password", "").encode()):
            return self._log_in_page("用户名或密码错误", 401)
        if "captcha" in form or "one_time_password" in form:
            return self._log_in_page("验证码错误", 401)
        token = hashlib.sha256(secrets.token_bytes(32)).hexdigest()
        self.sessions[token] = (form["username"], self.clock() + timedelta(seconds=self.session_seconds))
        answer = RedirectResponse("/", 303)
        answer.set_cookie(_COOKIE, token, httponly=True, samesite="strict")
        return answer

    def _log_in_page(self, message: str, status: int = 200) -> Response:
        asks = self.faults.any_of("captcha", "one_time_password")
        return self.page("login.html", status, message=message, asks=asks)

    async def log_out(self, request: Request) -> Response:
        """End the session."""
        self.sessions.pop(request.cookies.get(_COOKIE, ""), None)
        return RedirectResponse("/login", 303)


def close_connection(request: Request) -> ClosedConnection:
    """End the connection below HTTP, and return what the route must raise."""
    abort = request.scope.get("hexi.abort")
    if abort is not None:
        abort()
    return ClosedConnection()


def application(site: Site, routes: Mapping[tuple[str, str], Handler]) -> ASGIApp:
    """Return the application of a system.

    Parameters
    ----------
    routes
        Handler of each method and path.
    """

    async def turned_away(request: Request, _: Exception) -> Response:
        del request
        return RedirectResponse("/login?expired=1", 303)

    async def not_there(request: Request, _: Exception) -> Response:
        return HTMLResponse(f"<h1>404</h1><p>{html.escape(quote(request.url.path))}</p>", 404)

    table = [
        Route("/login", site.log_in, methods=["GET", "POST"]),
        Route("/logout", site.log_out, methods=["POST"]),
        *(Route(path, handler, methods=[method]) for (method, path), handler in routes.items()),
    ]
    inner = Starlette(routes=table, exception_handlers={_NotLoggedIn: turned_away, 404: not_there})
    return _Door(site, inner)


class _Door:
    """The outermost part: latency, the server's date, failures before any route, and connections that end."""

    def __init__(self, site: Site, inner: ASGIApp) -> None:
        self.site, self._inner = site, inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        site = self.site
        site.requests += 1
        # uvicorn's `send` belongs to the cycle that owns the connection
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        scope["hexi.abort"] = transport.abort if transport is not None else None
        if site.faults.latency:
            await asyncio.sleep(site.faults.latency)
        failure = "" if scope["path"] in ("/login", "/logout", "/notice") else site.faults.any_of(*_DOOR)
        if failure == "slow_page":
            await asyncio.sleep(site.faults.slow_seconds)
            failure = ""
        answer = self._failure(failure, scope) if failure else None
        try:
            await (answer or self._inner)(scope, receive, _dated(send, site))
        except ClosedConnection:
            return

    def _failure(self, failure: str, scope: Scope) -> Response:
        if failure == "notice" and scope["method"] == "GET":
            query = scope["query_string"].decode("ascii", "replace")
            onward = scope["path"] + (f"?{query}" if query else "")
            return self.site.page("notice.html", onward=onward)
        if failure == "maintenance":
            return self.site.page("maintenance.html", 503)
        status = {"error_502": 502, "error_503": 503, "error_429": 429, "notice": 503}.get(failure, 500)
        headers = {"Retry-After": "1"} if status in (429, 503) else {}
        return HTMLResponse(f"<html><body><h1>{status}</h1></body></html>", status, headers)


def _dated(send: Send, site: Site) -> Send:
    """Give each answer the date of the site's clock."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            date = format_datetime(site.now().astimezone(UTC), usegmt=True).encode()
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() != b"date"]
            message = {**message, "headers": [*kept, (b"date", date)]}
        await send(message)

    return sending
