"""What tests of the systems share: a branch, a visitor without a browser or a socket, and the way of one filing."""

import asyncio
import html
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from filing_sample import BASIC, GENERAL

from rpa.filing import Filing
from rpa.systems import Faults
from rpa.systems.branch import SYSTEMS, Branch, open_branch
from rpa.systems.central_bank import DETAIL_FIELDS, KEY_FIELDS
from rpa.systems.documents import documents
from rpa.systems.truth import on_record

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 7, 1, 10, 0, tzinfo=CHINA)
USERS = {"clerk": "pass word", "other": "another", "guest": "third", "admin": "fourth"}
KNOWN = (GENERAL.certificate_number, GENERAL.basic_account_number, "open")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time


def branch_in(folder: Path, **given: Any) -> Branch:
    """A branch with the sample's accounts pending; `guest` is of another legal entity."""
    given = {"known": [KNOWN], "entities": {"guest": "天水银行"}, "document_size": 400, **given}
    clock = given.pop("clock", Clock())
    branch = open_branch(folder, dict.fromkeys(SYSTEMS, USERS), clock, **given)
    names = ("filing_id", "account_type", "depositor_name", "account_number", "entity")
    rows = [{name: getattr(one, name) for name in names} | {"opened_at": "09:30"} for one in (BASIC, GENERAL)]
    branch.publish(rows, clock())
    return branch


class Visitor:
    """Asks an application in the same loop; goes where it is sent."""

    def __init__(self, runner: asyncio.Runner, app: Any, encoding: str) -> None:
        self._runner, self._app, self._encoding = runner, app, encoding
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://here", follow_redirects=True
        )

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        return self._runner.run(self.client.request(method, path, **given))

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.ask("GET", path, **given)

    def send(self, path: str, form: Mapping[str, str], **given: Any) -> httpx.Response:
        """Send a form as a browser would, in the page's encoding."""
        return self.ask("POST", path, content=encoded(form, self._encoding), headers=FORM, **given)

    def log_in(self, user: str = "clerk") -> "Visitor":
        answer = self.send("/login", {"username": user, "password": USERS[user]})
        assert answer.url.path == "/", answer.text
        return self

    def another(self) -> "Visitor":
        """Somebody else at the same system, not logged in."""
        return Visitor(self._runner, self._app, self._encoding)

    def both(self, *asked: tuple[str, str]) -> list[httpx.Response]:
        """Ask for several at the same moment."""

        async def ask() -> list[httpx.Response]:
            return list(await asyncio.gather(*(self.client.request(method, path) for method, path in asked)))

        return self._runner.run(ask())


def encoded(form: Mapping[str, str], encoding: str) -> bytes:
    codec = "gbk" if encoding == "gbk" else "utf-8"
    pairs = {name: value.encode(codec, "xmlcharrefreplace") for name, value in form.items()}
    return urlencode(pairs).encode()


@contextmanager
def visitors(branch: Branch) -> Iterator[dict[str, Visitor]]:
    """A visitor of each system, not logged in."""
    with asyncio.Runner() as runner:
        apps = branch.applications()
        yield {name: Visitor(runner, app, branch.sites[name].encoding) for name, app in apps.items()}
    branch.close()


@contextmanager
def clerk_at(folder: Path, system: str, faults: Faults | None = None, **given: Any) -> Iterator[tuple[Visitor, Branch]]:
    """A clerk who is logged in to one system, where faults strike from then on."""
    branch = branch_in(folder, **given)
    with visitors(branch) as some:
        visitor = some[system].log_in()
        if faults is not None:
            branch.sites[system].faults = faults
        yield visitor, branch


def key_of(filing: Filing, **changes: str) -> dict[str, str]:
    return {name: on_record(filing)[name] for name in KEY_FIELDS} | changes


def details_of(filing: Filing, **changes: str) -> dict[str, str]:
    return {name: on_record(filing).get(name, "") for name in DETAIL_FIELDS} | changes


def draft_of(visitor: Visitor, filing: Filing) -> str:
    """Go as far as the check page, and return the draft's address."""
    answer = visitor.send("/filing/new", key_of(filing))
    assert str(answer.url).endswith("/details"), reasons(answer)
    answer = visitor.send(str(answer.url), details_of(filing))
    assert str(answer.url).endswith("/check"), reasons(answer)
    return answer.url.path.removesuffix("/check")


def file_account(visitor: Visitor, filing: Filing) -> httpx.Response:
    return visitor.send(draft_of(visitor, filing) + "/confirm", {})


def text_of(answer: httpx.Response) -> str:
    return html.unescape(answer.content.decode(answer.charset_encoding or "utf-8"))


def reasons(answer: httpx.Response) -> list[str]:
    """What the page's error region says."""
    region = re.search(r'<div class="faults" role="alert">(.*?)</div>', text_of(answer), re.DOTALL)
    return re.findall(r"<p>(.*?)</p>", region[1]) if region else []


def cells(answer: httpx.Response) -> dict[str, str]:
    """Labels and values of a page's tables."""
    pairs = re.findall(r"<tr><th>([^<]*)</th><td[^>]*>(.*?)</td></tr>", text_of(answer))
    return dict(pairs)


def papers_of(filing: Filing, size: int = 400) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (name, data)) for name, data in documents(filing.account_number, size).items()]


def upload(visitor: Visitor, filing: Filing = BASIC, **given: Any) -> httpx.Response:
    data = {"entity": filing.entity, "filing_id": filing.filing_id} | given.get("data", {})
    return visitor.ask("POST", "/upload", data=data, files=given.get("files", papers_of(filing)))
