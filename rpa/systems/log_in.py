"""Logging in: passwords, attempts that are counted, pictures to read and one-time passwords, and logging out.

What only people can give is made anew for each visit, is good for one attempt, and stands nowhere but where people
look: on a picture, or on a telephone (`Site.seen_by_people`). Leaving out the page does not help: whoever sends a
password without having seen it may be asked as well.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rpa.systems.pictures import picture_of
from rpa.systems.site import Site

__all__ = ["LogIn"]

_MOST_VISITS = 2_000
_MOST_ATTEMPTS, _LOCKED_MINUTES = 5, 10


class _Asked(NamedTuple):
    """What a visit must give beside name and password; nothing if `kind` is empty."""

    kind: str
    code: str


class LogIn:
    """The log-in of a site.

    Parameters
    ----------
    site
        Whose users and sessions.
    """

    def __init__(self, site: Site) -> None:
        self.site, self._visit = site, f"{site.name}_visit"
        self._visits: dict[str, _Asked] = {}
        self._failed: dict[str, tuple[int, datetime]] = {}

    async def show(self, request: Request) -> Response:
        """Show the log-in."""
        return self._page(
            "会话已超时，请重新登录" if "expired" in request.query_params else "", 200, self._kind(request)
        )

    async def take(self, request: Request) -> Response:
        """Take a name and a password, and begin a session."""
        form = await self.site.form(request)
        name, visit = form.get("username", "").strip(), self._visits.pop(request.cookies.get(self._visit, ""), None)
        if visit is None:
            kind = self._kind(request)
            if kind:
                return self._page("请输入验证码", 401, kind)
        asked = visit or _Asked("", "")
        if self._is_locked(name):
            message = f"密码连续错误{_MOST_ATTEMPTS}次，用户已锁定，请{_LOCKED_MINUTES}分钟后再试"
            return self._page(message, 403, asked.kind)
        is_known = name in self.site.users and _is_same(self.site.users[name], form.get("password", ""))
        if not is_known or (asked.kind and not _is_same(asked.code, form.get(asked.kind, "").strip())):
            self._count(name)
            self.site.note("log-in refused", name, name)
            return self._page("验证码错误" if is_known else "用户名或密码错误", 401, asked.kind)
        self._failed.pop(name, None)
        return self._begin(name)

    def _begin(self, name: str) -> Response:
        site, token = self.site, hashlib.sha256(secrets.token_bytes(32)).hexdigest()
        for other in [other for other, (_, end) in site.sessions.items() if end < site.clock()]:
            del site.sessions[other]
        site.sessions[token] = (name, site.clock() + timedelta(seconds=site.session_seconds))
        site.note("logged in", name, name)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(site.cookie, token, httponly=True, samesite="strict")
        answer.delete_cookie(self._visit, httponly=True, samesite="strict")
        return answer

    async def log_out(self, request: Request) -> Response:
        """End the session."""
        name = self.site.who(request)
        if self.site.sessions.pop(request.cookies.get(self.site.cookie, ""), None) is not None:
            self.site.note("logged out", name, name)
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(self.site.cookie, httponly=True, samesite="strict")
        return answer

    def _kind(self, request: Request) -> str:
        return self.site.faults.any_of("captcha", "one_time_password", path=request.url.path)

    def _page(self, message: str, status: int, kind: str) -> Response:
        """Show the log-in, with a new code if it asks for one."""
        asked = _Asked(kind, f"{secrets.randbelow(10**6):06d}" if kind else "")
        if kind:
            told = "图形验证码" if kind == "captcha" else "短信验证码"
            self.site.seen_by_people.append(f"{self.site.title} {told}：{asked.code}")
        picture = picture_of(asked.code) if kind == "captcha" else ""
        answer = self.site.page("login.html", status, message=message, asks=kind, picture=picture)
        visit = secrets.token_hex(16)
        self._visits[visit] = asked
        if len(self._visits) > _MOST_VISITS:
            del self._visits[next(iter(self._visits))]
        answer.set_cookie(self._visit, visit, httponly=True, samesite="strict")
        return answer

    def _is_locked(self, name: str) -> bool:
        failed, last = self._failed.get(name, (0, self.site.clock()))
        if failed >= _MOST_ATTEMPTS and self.site.clock() >= last + timedelta(minutes=_LOCKED_MINUTES):
            del self._failed[name]
            return False
        return failed >= _MOST_ATTEMPTS

    def _count(self, name: str) -> None:
        if name in self.site.users:
            self._failed[name] = (self._failed.get(name, (0, self.site.clock()))[0] + 1, self.site.clock())


def _is_same(known: str, said: str) -> bool:
    return secrets.compare_digest(known.encode(errors="replace"), said.encode(errors="replace"))
