"""The account-management system (人民币银行结算账户管理系统): query, file in four steps, print; its pages are in GBK.

Key information, depositor's details, a page to check everything, confirm. What was checked is what is committed; two
confirmations of one account are one filing.
"""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from rpa.filing import ACCOUNT_TYPES, CATEGORIES, CURRENCIES, INDUSTRIES
from rpa.systems import central_bank
from rpa.systems.central_bank import DETAIL_FIELDS, KEY_FIELDS
from rpa.systems.form_faults import Labels, labels_of
from rpa.systems.records import Records
from rpa.systems.site import Site, application, close_connection

__all__ = ["accounts_application"]

_LABELS: Mapping[str, str] = {
    **{"account_type": "账户性质", "certificate_number": "统一社会信用代码", "account_number": "账号"},
    **{"bank_code": "银行机构代码", "opened_on": "开户日期", "depositor_category": "存款人类别"},
    **{"depositor_name": "存款人名称", "area_code": "注册地地区代码", "phone": "联系电话", "address": "注册地址"},
    **{"post_code": "邮政编码", "legal_representative": "法定代表人", "industry": "行业分类"},
    **{"capital": "注册资金（元）", "capital_currency": "注册资金币种", "business_scope": "经营范围"},
    **{"superior_unit": "上级法人或主管单位", "basic_account_number": "基本存款账户编号"},
}
_SYNONYMS: Mapping[str, str] = {
    **{"phone": "电话号码", "address": "住所", "legal_representative": "法定代表人（负责人）", "post_code": "邮编"},
    **{"depositor_name": "单位名称", "business_scope": "业务范围", "area_code": "地区代码"},
}
_SWAPS = (("phone", "post_code"), ("depositor_name", "legal_representative"), ("address", "business_scope"))
_CHOICES: Mapping[str, Mapping[str, str]] = {
    **{"account_type": ACCOUNT_TYPES, "depositor_category": CATEGORIES, "industry": INDUSTRIES},
    "capital_currency": {"": "", **CURRENCIES},
}


def accounts_application(site: Site, records: Records) -> ASGIApp:
    """Return the application.

    Parameters
    ----------
    site
        Named `accounts`, with the encoding `gbk`.
    records
        What it has on record.
    """
    system = _Accounts(site, records)
    return application(
        site,
        {
            ("GET", "/"): system.home,
            ("GET", "/query"): system.query,
            ("GET", "/filing/new"): system.key_form,
            ("POST", "/filing/new"): system.take_key,
            ("GET", "/filing/{draft}/details"): system.details_form,
            ("POST", "/filing/{draft}/details"): system.take_details,
            ("GET", "/filing/{draft}/check"): system.check_page,
            ("POST", "/filing/{draft}/confirm"): system.confirm,
            ("GET", "/result/{receipt}"): system.result,
            ("GET", "/sheet/{receipt}"): system.sheet,
        },
    )


class _Accounts:
    def __init__(self, site: Site, records: Records) -> None:
        self.site, self.records = site, records
        self.drafts: dict[str, dict[str, str]] = {}
        self.late: set[asyncio.Task[None]] = set()

    async def home(self, request: Request) -> Response:
        user = self.site.user(request)
        return self.site.page("home.html", user=user, dialog=self.site.faults.strikes("dialog"))

    async def query(self, request: Request) -> Response:
        user = self.site.user(request)
        bank_code, number = (request.query_params.get(name, "").strip() for name in ("bank_code", "account_number"))
        is_asked = bool(bank_code and number)
        found = central_bank.find(self.records, bank_code, number) if is_asked else None
        shown: dict[str, Any] = {"found": found, "is_asked": is_asked, "bank_code": bank_code, "account_number": number}
        return self.site.page("query.html", user=user, types=ACCOUNT_TYPES, **shown)

    async def key_form(self, request: Request) -> Response:
        return self._form("key.html", self.site.user(request), KEY_FIELDS, {}, [])

    async def take_key(self, request: Request) -> Response:
        user, form = self.site.user(request), await self.site.form(request)
        faults = central_bank.key_faults(self.records, form, self.site.now().date())
        if faults:
            return self._form("key.html", user, KEY_FIELDS, form, faults)
        draft = secrets.token_hex(8)
        self.drafts[draft] = {name: form[name] for name in KEY_FIELDS} | {"user": user}
        return RedirectResponse(f"/filing/{draft}/details", 303)

    async def details_form(self, request: Request) -> Response:
        user, draft = self.site.user(request), self._draft(request)
        if draft is None:
            return RedirectResponse("/filing/new", 303)
        return self._form("details.html", user, self._details_of(draft), {}, [], draft)

    async def take_details(self, request: Request) -> Response:
        user, form, draft = self.site.user(request), await self.site.form(request), self._draft(request)
        if draft is None:
            return RedirectResponse("/filing/new", 303)
        faults = central_bank.detail_faults(self.records, draft, form)
        if faults:
            return self._form("details.html", user, self._details_of(draft), form, faults, draft)
        draft |= {name: form.get(name, "").strip() for name in DETAIL_FIELDS}
        return RedirectResponse(f"/filing/{request.path_params['draft']}/check", 303)

    async def check_page(self, request: Request) -> Response:
        user, draft = self.site.user(request), self._draft(request)
        if draft is None or "depositor_name" not in draft:
            return RedirectResponse("/filing/new", 303)
        rows = [
            (_LABELS[name], self._said(name, draft.get(name, ""))) for name in (*KEY_FIELDS, *self._details_of(draft))
        ]
        return self.site.page("check.html", user=user, rows=rows, draft=request.path_params["draft"])

    async def confirm(self, request: Request) -> Response:
        user, name = self.site.user(request), request.path_params["draft"]
        draft = self._draft(request)
        if draft is None:
            return RedirectResponse("/filing/new", 303)
        strikes = self.site.faults.any_of("closed_before_commit", "late_commit", "closed_after_commit")
        if strikes == "closed_before_commit":
            raise close_connection(request)
        if strikes == "late_commit":
            self.late.add(asyncio.create_task(self._commit_late(dict(draft), user)))
            raise close_connection(request)
        filed = central_bank.commit(self.records, _filing(draft), self.site.now(), user)
        if strikes == "closed_after_commit":
            raise close_connection(request)
        if filed is None:
            message = [f"该账户已备案，请勿重复提交（账号{draft['account_number']}）"]
            return self.site.page("refused.html", 409, user=user, faults=message)
        del self.drafts[name]
        return RedirectResponse(f"/result/{filed['receipt']}", 303)

    async def _commit_late(self, draft: dict[str, str], user: str) -> None:
        await asyncio.sleep(self.site.faults.late_seconds)
        central_bank.commit(self.records, _filing(draft), self.site.now(), user)

    async def result(self, request: Request) -> Response:
        return self._of_receipt(request, "result.html")

    async def sheet(self, request: Request) -> Response:
        return self._of_receipt(request, "sheet.html")

    def _of_receipt(self, request: Request, template: str) -> Response:
        user, receipt = self.site.user(request), request.path_params["receipt"]
        accounts = self.records.all("account").values()
        found = next((one for one in accounts if one["receipt"] == receipt), None)
        if found is None:
            return self.site.page("refused.html", 404, user=user, faults=[f"没有备案编号{receipt}"])
        names = (*KEY_FIELDS, *DETAIL_FIELDS)
        rows = [(_LABELS[name], self._said(name, found.get(name, ""))) for name in names]
        return self.site.page(template, user=user, found=found, rows=rows, types=ACCOUNT_TYPES)

    def _draft(self, request: Request) -> dict[str, str] | None:
        return self.drafts.get(request.path_params["draft"])

    def _details_of(self, draft: Mapping[str, str]) -> tuple[str, ...]:
        is_general = draft["account_type"] == "general"
        return tuple(name for name in DETAIL_FIELDS if is_general or name != "basic_account_number")

    def _form(
        self,
        template: str,
        user: str,
        names: tuple[str, ...],
        form: Mapping[str, str],
        faults: list[str],
        draft: Mapping[str, str] | None = None,
    ) -> Response:
        labels: Labels = labels_of(names, _LABELS, _SYNONYMS, _SWAPS, self.site.faults)
        fields: list[dict[str, Any]] = [
            {
                "name": name,
                "label": labels.text[name],
                "value": form.get(name, ""),
                "choices": _CHOICES.get(name),
                "is_long": name == "business_scope",
                "is_wrapped": name in labels.wrapped,
            }
            for name in labels.order
        ]
        known = [(_LABELS[name], self._said(name, draft[name])) for name in KEY_FIELDS] if draft else []
        shown: dict[str, Any] = {"fields": fields, "faults": faults, "known": known, "is_grid": labels.is_grid}
        return self.site.page(template, user=user, dialog=self.site.faults.strikes("dialog"), **shown)

    @staticmethod
    def _said(name: str, value: str) -> str:
        choices = _CHOICES.get(name)
        if choices is None or value not in choices:
            return value
        return f"{value} {choices[value]}".strip() if name in ("depositor_category", "industry") else choices[value]


def _filing(draft: Mapping[str, str]) -> dict[str, str]:
    return {name: draft.get(name, "") for name in (*KEY_FIELDS, *DETAIL_FIELDS)}
