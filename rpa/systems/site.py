"""What the three systems have in common: who is there, pages and forms in their encoding, and commits that may fail.

Each system is a Starlette application around a `Site`. A request goes through the door to a route, which asks the site
who is logged in, for the form that was sent, and for its pages.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rpa.systems.faults import Faults
from rpa.systems.records import Records

__all__ = ["ClosedConnection", "Handler", "NotLoggedIn", "Site"]

_Done = TypeVar("_Done")
Handler = Callable[[Request], Awaitable[Response]]

_MOST_FIELDS = 200
_REFERENCE = re.compile(r"&#([0-9]{2,7});", re.ASCII)


class ClosedConnection(Exception):  # noqa: N818 - it is no error, it is how a route ends that answers nothing
    """The route answers nothing: the connection ends."""


class NotLoggedIn(Exception):  # noqa: N818 - as above
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
        The true time, with its time zone.
    faults
        What goes wrong.
    encoding
        Of its pages and forms.
    session_seconds
        After how long without a request a session ends.
    entities
        Legal entity of each user who may only see its own; whoever is not named sees all.
    auditors
        Users who may see the log.
    records
        What it keeps; given when its application is made.
    sessions
        User and end of each session.
    seen_by_people
        What people read off a picture or get on their telephones, the newest last; a bot cannot know it.
    """

    name: str
    title: str
    users: Mapping[str, str]
    clock: Callable[[], datetime]
    faults: Faults
    encoding: str = "utf-8"
    session_seconds: float = 900.0
    entities: Mapping[str, str] = field(default_factory=dict)
    auditors: frozenset[str] = frozenset({"admin"})
    records: Records | None = None
    sessions: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    seen_by_people: list[str] = field(default_factory=list)
    requests: int = 0
    _late: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds a session: cookies know hosts, not ports, and all three may be on one host."""
        return f"{self.name}_session"

    @cached_property
    def _templates(self) -> Environment:
        folders = [PackageLoader("rpa.systems", f"templates/{name}") for name in (self.name, "shared")]
        return Environment(
            loader=ChoiceLoader(folders), autoescape=select_autoescape(default=True), undefined=StrictUndefined
        )

    @property
    def skew(self) -> timedelta:
        """How wrong its clock is."""
        return timedelta(seconds=self.faults.skew_seconds if self.faults.is_on("clock_skew") else 0.0)

    def now(self) -> datetime:
        """Return the time as this system believes it is."""
        return self.clock() + self.skew

    def note(self, what: str, key: str, by: str, **detail: Any) -> None:
        """Write a line into the system's log, with the true time."""
        if self.records is not None:
            self.records.note(self.clock(), what, key, {**detail, "by": by})

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Return a page; whatever the encoding lacks is written as a reference."""
        shown = {"title": self.title, "today": f"{self.now():%Y-%m-%d}", "user": "", "dialog": False, **values}
        shown["is_auditor"] = shown["user"] in self.auditors
        text = self._templates.get_template(template).render(shown)
        content = text.encode(self.encoding, "xmlcharrefreplace")
        headers = {"Cache-Control": "no-store"}
        return Response(content, status, headers, media_type=f"text/html; charset={self.encoding}")

    def refusal(self, status: int, user: str, *reasons: str) -> Response:
        """Return a page that says why something is not done, or not there."""
        heading = "未找到" if status == 404 else "操作失败"
        return self.page("refused.html", status, user=user, heading=heading, faults=reasons)

    async def form(self, request: Request) -> dict[str, str]:
        """Return the fields of a form that was sent, read in the site's encoding.

        A browser writes a character that the encoding lacks as a reference, as real systems of this kind receive it.
        """
        body = (await request.body()).decode("ascii", "replace")
        return self._fields(body)

    def query(self, request: Request) -> dict[str, str]:
        """Return the fields of a form that was sent with the address."""
        return self._fields(request.scope["query_string"].decode("ascii", "replace"))

    def _fields(self, text: str) -> dict[str, str]:
        # browsers read GBK as its superset, and write nothing beyond it
        encoding = "gb18030" if self.encoding == "gbk" else self.encoding
        try:
            pairs = parse_qsl(
                text, keep_blank_values=True, encoding=encoding, errors="replace", max_num_fields=_MOST_FIELDS
            )
        except ValueError:
            raise HTTPException(400, "提交的数据格式错误") from None
        if self.encoding == "utf-8":
            return dict(pairs)
        return {name: _REFERENCE.sub(_letter, value) for name, value in pairs}

    def who(self, request: Request) -> str:
        """Return who is logged in, an empty text if nobody is."""
        found = self.sessions.get(request.cookies.get(self.cookie, ""))
        return found[0] if found is not None and found[1] >= self.clock() else ""

    def user(self, request: Request) -> str:
        """Return who is logged in; without a session the request ends at the log-in."""
        token, name = request.cookies.get(self.cookie, ""), self.who(request)
        if not name or self.faults.strikes("session_expired", request.url.path):
            self.sessions.pop(token, None)
            raise NotLoggedIn
        self.sessions[token] = (name, self.clock() + timedelta(seconds=self.session_seconds))
        return name

    def may_see(self, user: str, entity: str) -> bool:
        """Return whether what belongs to a legal entity is for this user's eyes."""
        return self.entities.get(user, entity) == entity

    async def committed(self, request: Request, commit: Callable[[], _Done]) -> _Done:
        """Commit, and return what comes of it; if it strikes, the connection ends before, after, or long before it."""
        strikes = self.faults.any_of(
            "closed_before_commit", "late_commit", "closed_after_commit", path=request.url.path
        )
        if strikes == "closed_before_commit":
            self._close(request)
        if strikes == "late_commit":
            task = asyncio.create_task(self._commit_late(commit))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            self._close(request)
        done = commit()
        if strikes:
            self._close(request)
        return done

    async def _commit_late(self, commit: Callable[[], object]) -> None:
        await asyncio.sleep(self.faults.late_seconds)
        commit()

    @staticmethod
    def _close(request: Request) -> NoReturn:
        """End the connection below HTTP."""
        abort = request.scope.get("hexi.abort")
        if abort is not None:
            abort()
        raise ClosedConnection


def _letter(match: re.Match[str]) -> str:
    number = int(match[1])
    is_letter = number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return chr(number) if is_letter else match[0]
