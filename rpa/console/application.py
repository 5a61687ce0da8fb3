"""The console's application: a page for each address, a door before all of them.

Serve it on loopback: it knows no log-in, whoever can reach it can decide. Pages are made in threads: a slow disk holds
up nobody else.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rpa.console.decisions import Decisions
from rpa.console.door import Door, read_form
from rpa.console.pages import Pages
from rpa.console.rendering import message, style_sheet
from rpa.deadlines import Policy
from rpa.errors import EvidenceError, QueueError, RpaError, SafetyError

__all__ = ["console_application"]

Answering = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger("rpa.console")


def console_application(
    queue_path: Path, evidence_path: Path, clock: Callable[[], datetime], policy: Policy
) -> Starlette:
    """Return the application.

    Parameters
    ----------
    queue_path
        File of the work queue; it may come later than the console.
    evidence_path
        Folder of the evidence; corrections are noted in its audit log.
    clock
        The time, with its time zone.
    policy
        Of deadlines: from when on an account is in danger.
    """
    door = Door()
    pages = Pages(queue_path, evidence_path, clock, policy)
    decisions = Decisions(queue_path, evidence_path, clock)

    def shown(make: Callable[..., Response], with_token: bool = False) -> Answering:
        async def answer(request: Request) -> Response:
            door.check_name(request)
            given = (door.token(request),) if with_token else ()
            return door.closed(request, await run_in_threadpool(make, request, *given))

        return answer

    def decided(take: Callable[..., Response], with_token: bool = False) -> Answering:
        async def answer(request: Request) -> Response:
            door.check_name(request)
            form = await read_form(request)
            door.check_form(request, form)
            given = (door.token(request),) if with_token else ()
            return door.closed(request, await run_in_threadpool(take, request, form, *given))

        return answer

    def styled(_: Request) -> Response:
        return Response(style_sheet(), media_type="text/css")

    async def refused(request: Request, error: Exception) -> Response:
        return door.closed(request, _refusal(error))

    account = "/accounts/{filing_id}"
    return Starlette(
        routes=[
            Route("/", shown(pages.queue)),
            Route("/console.css", shown(styled)),
            Route("/hand-over", shown(pages.hand_over, with_token=True)),
            Route("/throughput", shown(pages.throughput)),
            Route("/lateness", shown(pages.late)),
            Route("/lateness.csv", shown(pages.late_table)),
            Route(account, shown(pages.account, with_token=True)),
            Route(f"{account}/evidence/{{name}}", shown(pages.file)),
            Route(f"{account}/correct", shown(decisions.form, with_token=True), methods=["GET"]),
            Route(f"{account}/correct", decided(decisions.correct, with_token=True), methods=["POST"]),
            Route(f"{account}/resume", decided(decisions.resume), methods=["POST"]),
        ],
        exception_handlers={RpaError: refused, HTTPException: refused, Exception: refused},
    )


def _refusal(error: Exception) -> Response:
    """Return the page that says what went wrong."""
    if isinstance(error, HTTPException):
        if error.status_code == 404:
            return message(404, "There is no such page", "页面不存在")
        return message(error.status_code, "This is not possible here", "不支持此操作", error.detail)
    if isinstance(error, SafetyError):
        return message(403, "Refused, nothing was changed", "已拒绝，未作任何修改", str(error))
    if isinstance(error, QueueError | EvidenceError):
        is_absent = str(error).startswith(("there is no account", "there is no file"))
        return message(404 if is_absent else 503, "This cannot be shown or done", "无法显示或处理", str(error))
    if isinstance(error, RpaError):
        return message(422, "This cannot be done", "无法处理", str(error))
    _log.error("a page failed", exc_info=error)
    return message(500, "The console failed", "控制台出错", "its log says why")
