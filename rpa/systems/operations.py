"""The operations platform (运营管理平台): the list of pending filings, papers of each account, results written back.

Whoever is logged in sees the day's accounts, page by page, downloads the encrypted list and an account's papers, and
writes back what became of it. A result can be written once; a second, equal one changes nothing, another is refused.
But an account that was refused, put right by a person and filed after all may be written back as filed. A user of one
legal entity sees that entity's accounts alone.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from unicodedata import category
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from rpa.filing import ACCOUNT_TYPES
from rpa.systems.documents import archive, documents
from rpa.systems.door import application, page_number
from rpa.systems.records import Records
from rpa.systems.site import Site

__all__ = ["RESULTS", "ListFile", "operations_application"]

RESULTS: Mapping[str, str] = {"filed": "备案成功", "refused": "备案失败"}
_PER_PAGE = 20
_LABELS = {"receipt": "备案编号", "basic_account_number": "基本存款账户编号", "reason": "失败原因"}
_LONGEST = 1_000
_AGAIN = "again-"


@dataclass(frozen=True)
class ListFile:
    """A list package as it is offered: its name, its day, and its bytes."""

    name: str
    day: str
    data: bytes = field(repr=False)


def operations_application(
    site: Site, records: Records, lists: Callable[[], list[ListFile]], document_size: int = 20_000
) -> ASGIApp:
    """Return the application.

    Parameters
    ----------
    site
        Named `operations`.
    records
        Holds the pending accounts under the kind "pending": filing_id, account_type, depositor_name, account_number,
        entity, opened_at.
    lists
        The packages of the day, the newest last.
    document_size
        Bytes of each paper, roughly.
    """
    platform = _Operations(site, records, lists, document_size)
    return application(
        site,
        records,
        {
            ("GET", "/"): platform.home,
            ("GET", "/pending"): platform.pending,
            ("GET", "/lists"): platform.lists_page,
            ("GET", "/lists/{name}"): platform.list_file,
            ("GET", "/accounts/{filing_id}"): platform.account,
            ("GET", "/accounts/{filing_id}/papers.zip"): platform.papers,
            ("POST", "/accounts/{filing_id}/result"): platform.write_back,
        },
    )


class _Operations:
    def __init__(self, site: Site, records: Records, lists: Callable[[], list[ListFile]], document_size: int) -> None:
        self.site, self.records, self._lists = site, records, lists
        # an account's page shows the hash of its papers, which are made anew each time
        self._papers = lru_cache(maxsize=64)(lambda number: archive(documents(number, document_size)))

    async def home(self, request: Request) -> Response:
        user = self.site.user(request)
        return self.site.page("home.html", user=user, dialog=self.site.faults.strikes("dialog", "/"))

    async def pending(self, request: Request) -> Response:
        user = self.site.user(request)
        everything = [one for one in self.records.all("pending").values() if self.site.may_see(user, one["entity"])]
        last = max(1, -(-len(everything) // _PER_PAGE))
        page = page_number(self.site.query(request).get("page", "1"), last)
        shown = [
            {
                **one,
                "type_zh": ACCOUNT_TYPES[one["account_type"]],
                "status": _status(self.records.get("result", one["filing_id"])),
            }
            for one in everything[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        ]
        return self.site.page("pending.html", user=user, rows=shown, page=page, last=last, total=len(everything))

    async def lists_page(self, request: Request) -> Response:
        user, lists = self.site.user(request), self._offered(request.url.path)
        rows = [(one.name, one.day, hashlib.sha256(one.data).hexdigest(), len(one.data)) for one in lists]
        return self.site.page("lists.html", user=user, rows=rows)

    def _offered(self, path: str) -> list[ListFile]:
        lists = list(self._lists())
        if lists and self.site.faults.strikes("list_late", path):
            return lists[:-1]
        if lists and self.site.faults.strikes("list_twice", path):
            return [*lists, replace(lists[0], name=f"{_AGAIN}{lists[0].name}", day=lists[-1].day)]
        return lists

    async def list_file(self, request: Request) -> Response:
        user, name = self.site.user(request), request.path_params["name"]
        found = next((one for one in self._lists() if name in (one.name, f"{_AGAIN}{one.name}")), None)
        if found is None:
            return self.site.refusal(404, user, f"没有清单{name}")
        return self._file(request, user, found.data, name)

    def _account_of(self, request: Request, user: str) -> dict[str, Any] | Response:
        """Return an account that the user may see; else the page that says that there is none."""
        name = request.path_params["filing_id"]
        one = self.records.get("pending", name)
        if one is None or not self.site.may_see(user, one["entity"]):
            return self.site.refusal(404, user, f"没有流水号{name}")
        return one

    async def account(self, request: Request) -> Response:
        user = self.site.user(request)
        one = self._account_of(request, user)
        return one if isinstance(one, Response) else self._account_page(user, one, [])

    def _account_page(
        self,
        user: str,
        one: Mapping[str, Any],
        faults: list[str],
        status: int = 200,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        result = self.records.get("result", one["filing_id"])
        digest = hashlib.sha256(self._papers(one["account_number"])).hexdigest()
        shown: dict[str, Any] = {"one": one, "type_zh": ACCOUNT_TYPES[one["account_type"]], "state_zh": _status(result)}
        shown |= {"result": result, "digest": digest, "faults": faults, "results": RESULTS}
        typed = dict.fromkeys(("result", *_LABELS), "") | dict(form or {})
        return self.site.page("account.html", status, user=user, typed=typed, **shown)

    async def papers(self, request: Request) -> Response:
        user = self.site.user(request)
        one = self._account_of(request, user)
        if isinstance(one, Response):
            return one
        return self._file(request, user, self._papers(one["account_number"]), f"{one['filing_id']}.zip")

    def _file(self, request: Request, user: str, data: bytes, name: str) -> Response:
        """Hand out a file; one that is cut off says of itself that it is whole, as a broken proxy does."""
        if self.site.faults.strikes("download_truncated", request.url.path):
            data = data[: len(data) // 2]
        self.site.note("downloaded", name, user)
        plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
        named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        return Response(data, media_type="application/octet-stream", headers={"Content-Disposition": named})

    async def write_back(self, request: Request) -> Response:
        user, form = self.site.user(request), await self.site.form(request)
        one = self._account_of(request, user)
        if isinstance(one, Response):
            return one
        result = {key: form.get(key, "").strip() for key in ("result", *_LABELS)}
        faults = _result_faults(result, one["account_type"])
        if faults:
            return self._account_page(user, one, faults, 422, result)
        known = await self.site.committed(request, lambda: self._write(one["filing_id"], result, user))
        if any(known[key] != value for key, value in result.items()):
            fault = f"该流水号结果已回写：{RESULTS[known['result']]}，不得更改"
            return self._account_page(user, one, [fault], 409)
        return RedirectResponse(f"/accounts/{quote(one['filing_id'], safe='')}", 303)

    def _write(self, filing_id: str, result: Mapping[str, str], user: str) -> dict[str, Any]:
        """Write a result if there is none, or a refusal that was overcome; return the one that stands."""
        with self.records.together():
            known = self.records.get("result", filing_id)
            if known is not None and (known["result"], result["result"]) == ("refused", "filed"):
                self.records.put("result", filing_id, {**result, "by": user}, self.site.clock(), "written back")
            self.records.add("result", filing_id, {**result, "by": user}, self.site.clock(), "written back")
            return self.records.get("result", filing_id) or {}


def _result_faults(result: Mapping[str, str], account_type: str) -> list[str]:
    """Return why a result is refused, in words; empty if it is not."""
    if result["result"] not in RESULTS:
        return ["请选择备案结果"]
    if any(category(letter) == "Cc" or letter == "\ufffd" for value in result.values() for letter in value):
        return ["回写内容含有系统无法识别的字符"]
    is_filed = result["result"] == "filed"
    found = [f"{label}过长" for name, label in _LABELS.items() if len(result[name]) > _LONGEST]
    if not result["receipt" if is_filed else "reason"]:
        found.append("备案成功应填写备案编号，备案失败应填写原因")
    elif is_filed and not re.fullmatch(r"[A-Z0-9-]{1,40}", result["receipt"]):
        found.append("备案编号格式错误")
    number = result["basic_account_number"]
    if is_filed and account_type == "basic" and not number:
        found.append("基本存款账户备案成功应填写基本存款账户编号")
    elif number and not re.fullmatch(r"[A-Z0-9]{1,40}", number):
        found.append("基本存款账户编号格式错误")
    return found


def _status(result: Mapping[str, Any] | None) -> str:
    return "待备案" if result is None else RESULTS[result["result"]]
