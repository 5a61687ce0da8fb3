"""The operations platform (运营管理平台): the list of pending filings, papers of each account, results written back.

Whoever is logged in sees the day's accounts, page by page, downloads the encrypted list and an account's papers, and
writes back what became of it. A result can be written once; a second, equal one changes nothing, another is refused.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from rpa.filing import ACCOUNT_TYPES
from rpa.systems.documents import archive, documents
from rpa.systems.records import Records
from rpa.systems.site import Site, application

__all__ = ["RESULTS", "ListFile", "operations_application"]

RESULTS: Mapping[str, str] = {"filed": "备案成功", "refused": "备案失败"}
_PER_PAGE = 20


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
        self.site, self.records, self._lists, self._size = site, records, lists, document_size

    async def home(self, request: Request) -> Response:
        user = self.site.user(request)
        return self.site.page("home.html", user=user, dialog=self.site.faults.strikes("dialog"))

    async def pending(self, request: Request) -> Response:
        user, everything = self.site.user(request), self.records.all("pending")
        results = self.records.all("result")
        last = max(1, -(-len(everything) // _PER_PAGE))
        text = request.query_params.get("page", "1")
        page = min(max(int(text), 1), last) if text.isdecimal() and len(text) < 6 else 1
        shown = [
            {**one, "type_zh": ACCOUNT_TYPES[one["account_type"]], "status": self._status(results.get(name))}
            for name, one in list(everything.items())[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        ]
        return self.site.page("pending.html", user=user, rows=shown, page=page, last=last, total=len(everything))

    async def lists_page(self, request: Request) -> Response:
        user, lists = self.site.user(request), self._offered()
        rows = [(one.name, one.day, hashlib.sha256(one.data).hexdigest(), len(one.data)) for one in lists]
        return self.site.page("lists.html", user=user, rows=rows)

    def _offered(self) -> list[ListFile]:
        lists = self._lists()
        if lists and self.site.faults.strikes("list_late"):
            return lists[:-1]
        if len(lists) > 1 and self.site.faults.strikes("list_twice"):
            return [*lists, lists[0]]
        return lists

    async def list_file(self, request: Request) -> Response:
        self.site.user(request)
        name = request.path_params["name"]
        found = next((one for one in self._lists() if one.name == name), None)
        if found is None:
            return self.site.page("missing.html", 404, message=f"没有清单{name}")
        return self._file(found.data, found.name)

    async def account(self, request: Request) -> Response:
        user, name = self.site.user(request), request.path_params["filing_id"]
        one = self.records.get("pending", name)
        if one is None:
            return self.site.page("missing.html", 404, message=f"没有流水号{name}")
        return self._account_page(user, one, "")

    def _account_page(self, user: str, one: Mapping[str, Any], message: str, status: int = 200) -> Response:
        result, data = self.records.get("result", one["filing_id"]), self._papers(one)
        digest = hashlib.sha256(data).hexdigest()
        shown: dict[str, Any] = {
            "one": one,
            "type_zh": ACCOUNT_TYPES[one["account_type"]],
            "state_zh": self._status(result),
        }
        shown |= {"result": result, "digest": digest, "message": message, "results": RESULTS}
        return self.site.page("account.html", status, user=user, **shown)

    async def papers(self, request: Request) -> Response:
        self.site.user(request)
        one = self.records.get("pending", request.path_params["filing_id"])
        if one is None:
            return self.site.page("missing.html", 404, message="没有该流水号")
        return self._file(self._papers(one), f"{one['filing_id']}.zip")

    def _papers(self, one: Mapping[str, Any]) -> bytes:
        return archive(documents(one["account_number"], self._size))

    def _file(self, data: bytes, name: str) -> Response:
        """Hand out a file; one that is cut off says of itself that it is whole, as a broken proxy does."""
        if self.site.faults.strikes("download_truncated"):
            data = data[: len(data) // 2]
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(data, media_type="application/octet-stream", headers=headers)

    async def write_back(self, request: Request) -> Response:
        user, form = self.site.user(request), await self.site.form(request)
        name = request.path_params["filing_id"]
        one = self.records.get("pending", name)
        if one is None:
            return self.site.page("missing.html", 404, message=f"没有流水号{name}")
        result = {key: form.get(key, "").strip() for key in ("result", "receipt", "basic_account_number", "reason")}
        if result["result"] not in RESULTS:
            return self._account_page(user, one, "请选择备案结果", 422)
        if not result["receipt" if result["result"] == "filed" else "reason"]:
            return self._account_page(user, one, "备案成功应填写备案编号，备案失败应填写原因", 422)
        if not self.records.add("result", name, {**result, "by": user}, self.site.now(), "written back"):
            known = self.records.get("result", name) or {}
            if any(known[key] != value for key, value in result.items()):
                return self._account_page(user, one, f"该流水号结果已回写：{RESULTS[known['result']]}，不得更改", 409)
        return RedirectResponse(f"/accounts/{name}", 303)

    @staticmethod
    def _status(result: Mapping[str, Any] | None) -> str:
        return "待备案" if result is None else RESULTS[result["result"]]
