"""The door of a system: routes, and everything that happens to a request before or after them.

Latency, the server's date, failures in front of every route, forms that are too large, connections that end, and pages
for whatever is not there. A page never shows how the system is made.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rpa.systems.log_in import LogIn
from rpa.systems.records import Records
from rpa.systems.site import ClosedConnection, Handler, NotLoggedIn, Site

__all__ = ["application", "page_number"]

_DOOR = ("error_500", "error_502", "error_503", "error_429", "maintenance", "slow_page")
_SPARED = ("/login", "/logout")
_LINES = 50
_WORDS = {
    **{"logged in": "登录", "logged out": "退出", "log-in refused": "登录失败", "known before": "存量账户"},
    **{"filed": "账户备案", "filed again": "重复备案", "refused": "备案拒绝", "basic account": "基本户登记"},
    **{"opened": "开户", "written back": "结果回写", "downloaded": "下载", "stored": "影像入库", "asked": "账户查询"},
}
_SAYS = {400: "请求格式错误", 404: "页面不存在", 405: "不支持的操作方式", 413: "提交的数据过大"}


def application(
    site: Site, records: Records, routes: Mapping[tuple[str, str], Handler], largest_body: int = 2**20
) -> ASGIApp:
    """Return the application of a system.

    Parameters
    ----------
    records
        What it keeps, and its log.
    routes
        Handler of each method and path.
    largest_body
        Bytes that a request may send.
    """
    site.records = records
    log_in = LogIn(site)

    async def turned_away(request: Request, _: Exception) -> Response:
        del request
        return RedirectResponse("/login?expired=1", 303)

    async def not_done(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        answer = site.refusal(status, site.who(request), _SAYS.get(status, "请求无法处理"))
        if isinstance(error, HTTPException) and error.headers:
            answer.headers.update(error.headers)
        return answer

    async def audit(request: Request) -> Response:
        return _audit_page(site, records, request)

    table = [
        Route("/login", log_in.show, methods=["GET"]),
        Route("/login", log_in.take, methods=["POST"]),
        Route("/logout", log_in.log_out, methods=["POST"]),
        Route("/audit", audit, methods=["GET"]),
        *(Route(path, handler, methods=[method]) for (method, path), handler in routes.items()),
    ]
    handlers = {NotLoggedIn: turned_away, HTTPException: not_done, ClosedConnection: _nothing, Exception: not_done}
    return _Door(site, Starlette(routes=table, exception_handlers=handlers), largest_body)


def _audit_page(site: Site, records: Records, request: Request) -> Response:
    user = site.user(request)
    if user not in site.auditors:
        return site.refusal(403, user, "您没有查看审计日志的权限")
    asked = site.query(request).get("page", "1")
    total = records.latest(0, 1)[1]
    last = max(1, -(-total // _LINES))
    page = page_number(asked, last)
    entries, _ = records.latest((page - 1) * _LINES, _LINES)
    rows = [
        (f"{entry.at + site.skew:%Y-%m-%d %H:%M:%S}", _WORDS.get(entry.what, entry.what), entry.key, entry.detail)
        for entry in entries
    ]
    return site.page("audit.html", user=user, rows=rows, page=page, last=last, total=total)


def page_number(text: str, last: int) -> int:
    """Return which page is asked for, the nearest that there is.

    Examples
    --------
    >>> page_number("2", 3), page_number("99", 3), page_number("-1", 3), page_number("二", 3)
    (2, 3, 1, 1)
    """
    return min(max(int(text), 1), last) if text.isascii() and text.isdigit() and len(text) < 10 else 1


async def _nothing(request: Request, _: Exception) -> Response:
    del request
    return _Nothing()


class _Nothing(Response):
    """No answer at all."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive, send
        await asyncio.sleep(0.01)  # until the server knows that the connection has ended


class _Door:
    def __init__(self, site: Site, inner: ASGIApp, largest_body: int) -> None:
        self.site, self._inner, self._largest = site, inner, largest_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        site, faults = self.site, self.site.faults
        site.requests += 1
        # uvicorn's `send` belongs to the cycle that owns the connection
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        scope["hexi.abort"] = transport.abort if transport is not None else None
        faults.strikes("clock_skew", scope["path"])
        receive, send = _limited(receive, self._largest), _dated(send, site)
        if faults.latency:
            await asyncio.sleep(faults.latency)
        failure = self._failure_of(scope)
        if failure == "slow_page":
            receive = await _arrived(receive, scope["method"])
            await asyncio.sleep(faults.slow_seconds)
        elif failure == "error_502" and scope["method"] == "POST":
            await self._inner(scope, receive, _unheard)
        answer = self._answer(failure, scope)
        if answer is not None:
            await answer(scope, receive, send)
            return
        await self._inner(scope, receive, send)

    def _failure_of(self, scope: Scope) -> str:
        is_get, path, only = scope["method"] == "GET", scope["path"], self.site.faults.only
        names = [name for name in (*_DOOR, *(("notice",) if is_get else ())) if path not in _SPARED or name in only]
        return self.site.faults.any_of(*names, path=path)

    def _answer(self, failure: str, scope: Scope) -> Response | None:
        """Return what is answered in the place of the page, None if the page is."""
        if failure in ("", "slow_page"):
            return None
        if failure == "notice":
            path = scope.get("raw_path", scope["path"].encode()).split(b"?")[0].decode("ascii", "replace")
            query = scope["query_string"].decode("ascii", "replace")
            return self.site.page("notice.html", onward=f"/{path.lstrip('/')}" + (f"?{query}" if query else ""))
        if failure == "maintenance":
            return self.site.page("maintenance.html", 503)
        status = int(failure.removeprefix("error_"))
        headers = {"Retry-After": "1"} if status in (429, 503) else {}
        return HTMLResponse(f"<html><body><h1>{status}</h1></body></html>", status, headers)


async def _unheard(message: Message) -> None:
    """Take an answer that does not come through."""
    del message


async def _arrived(receive: Receive, method: str) -> Receive:
    """Wait until a form has arrived: it is taken even if whoever sent it has gone when the page is ready."""
    messages = []
    while method == "POST":
        try:
            messages.append(await receive())
        except HTTPException:  # it is too large, which the page will say
            return receive
        if not messages[-1].get("more_body"):
            break
    kept = iter(messages)

    async def receiving() -> Message:
        return next(kept, None) or await receive()

    return receiving


def _limited(receive: Receive, most: int) -> Receive:
    """Refuse a request that sends more than it may."""
    size = 0

    async def receiving() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise HTTPException(413)
        return message

    return receiving


def _dated(send: Send, site: Site) -> Send:
    """Give each answer the date of the site's clock."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            date = format_datetime(site.now().astimezone(UTC), usegmt=True).encode()
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() != b"date"]
            message = {**message, "headers": [*kept, (b"date", date)]}
        await send(message)

    return sending
