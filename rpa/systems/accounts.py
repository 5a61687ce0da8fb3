"""The account-management system (人民币银行结算账户管理系统): query, file in four steps, print; its pages are in GBK.

Key information, depositor's details, a page to check everything, confirm. What was checked is what is committed; two
confirmations of one account are one filing. What was begun belongs to whoever began it.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from rpa.filing import ACCOUNT_TYPES, CATEGORIES, CURRENCIES, INDUSTRIES
from rpa.systems import central_bank
from rpa.systems.central_bank import DETAIL_FIELDS, KEY_FIELDS, STATES
from rpa.systems.door import application
from rpa.systems.form_faults import Labels, labels_of
from rpa.systems.records import Records
from rpa.systems.site import Site

__all__ = ["accounts_application"]

_LABELS: Mapping[str, str] = {
    **{"account_type": "账户性质", "certificate_number": "统一社会信用代码", "account_number": "账号"},
    **{"bank_code": "银行机构代码", "opened_on": "开户日期", "depositor_category": "存款人类别"},
    **{"depositor_name": "存款人名称", "area_code": "注册地地区代码", "phone": "联系电话", "address": "注册地址"},
    **{"post_code": "邮政编码", "legal_representative": "法定代表人", "industry": "行业分类"},
    **{"capital": "注册资金（元）", "capital_currency": "注册资金币种", "business_scope": "经营范围"},
    **{"superior_unit": "上级法人或主管单位", "basic_account_number": "基本存款账户编号"},
    "bank_name": "银行机构名称",
}
_SYNONYMS: Mapping[str, str] = {
    **{"phone": "电话号码", "address": "住所", "legal_representative": "法定代表人（负责人）", "post_code": "邮编"},
    **{"depositor_name": "单位名称", "business_scope": "业务范围", "area_code": "地区代码"},
    **{"certificate_number": "社会信用代码", "account_number": "账户账号", "bank_code": "机构代码"},
}
_SWAPS = (("depositor_name", "legal_representative"), ("address", "business_scope"), ("phone", "post_code"))
_MOST_DRAFTS = 5_000
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
        records,
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

    async def home(self, request: Request) -> Response:
        user = self.site.user(request)
        return self.site.page("home.html", user=user, dialog=self.site.faults.strikes("dialog", "/"))

    async def query(self, request: Request) -> Response:
        user, form = self.site.user(request), self.site.query(request)
        bank_code, number = (form.get(name, "").strip() for name in ("bank_code", "account_number"))
        is_asked = bool(bank_code and number)
        found = central_bank.find(self.records, bank_code, number) if is_asked else None
        if is_asked:
            self.site.note("asked", f"{bank_code}/{number}", user)
        message = "请输入银行机构代码和账号" if form and not is_asked else ""
        shown: dict[str, Any] = {"found": found, "is_asked": is_asked, "bank_code": bank_code, "account_number": number}
        shown |= {"message": message, "types": {**ACCOUNT_TYPES, "": ""}, "states": STATES}
        return self.site.page("query.html", user=user, **shown)

    async def key_form(self, request: Request) -> Response:
        user = self.site.user(request)
        gone = ["该备案草稿不存在或已失效，请重新录入"] if "gone" in request.query_params else []
        return self._form(request, user, {}, gone)

    async def take_key(self, request: Request) -> Response:
        user, form = self.site.user(request), _trimmed(await self.site.form(request))
        faults = central_bank.key_faults(self.records, form, self.site.now().date())
        if faults:
            return self._form(request, user, form, faults)
        draft = secrets.token_hex(8)
        self.drafts[draft] = {name: form[name] for name in KEY_FIELDS} | {"user": user}
        if len(self.drafts) > _MOST_DRAFTS:
            del self.drafts[next(iter(self.drafts))]
        return RedirectResponse(f"/filing/{draft}/details", 303)

    async def details_form(self, request: Request) -> Response:
        user = self.site.user(request)
        draft = self._draft(request, user)
        return draft if isinstance(draft, Response) else self._form(request, user, draft, [], draft)

    async def take_details(self, request: Request) -> Response:
        user, form = self.site.user(request), _trimmed(await self.site.form(request))
        draft = self._draft(request, user)
        if isinstance(draft, Response):
            return draft
        faults = central_bank.detail_faults(self.records, draft, form)
        if faults:
            return self._form(request, user, form, faults, draft)
        draft |= {name: form.get(name, "") for name in DETAIL_FIELDS}
        return RedirectResponse(f"/filing/{request.path_params['draft']}/check", 303)

    async def check_page(self, request: Request) -> Response:
        user = self.site.user(request)
        draft = self._draft(request, user, is_whole=True)
        if isinstance(draft, Response):
            return draft
        rows = self._rows(draft, (*KEY_FIELDS, "bank_name", *_details_of(draft)))
        return self.site.page("check.html", user=user, rows=rows, draft=request.path_params["draft"])

    async def confirm(self, request: Request) -> Response:
        user = self.site.user(request)
        draft = self._draft(request, user, is_whole=True, is_confirmed=True)
        if isinstance(draft, Response):
            return draft
        filing = {name: draft.get(name, "") for name in (*KEY_FIELDS, *DETAIL_FIELDS)}
        is_twice = self.site.faults.strikes("duplicate_submit", request.url.path)

        def commit() -> dict[str, Any] | list[str]:
            done = self._commit(filing, user)
            return self._commit(filing, user) if is_twice else done

        filed = await self.site.committed(request, commit)
        if isinstance(filed, list):
            return self.site.refusal(409, user, *filed)
        draft["receipt"] = filed["receipt"]
        return RedirectResponse(f"/result/{filed['receipt']}", 303)

    def _commit(self, filing: Mapping[str, str], user: str) -> dict[str, Any] | list[str]:
        return central_bank.commit(self.records, filing, user, shown_at=self.site.now(), at=self.site.clock())

    async def result(self, request: Request) -> Response:
        return self._of_receipt(request, "result.html")

    async def sheet(self, request: Request) -> Response:
        return self._of_receipt(request, "sheet.html")

    def _of_receipt(self, request: Request, template: str) -> Response:
        user, receipt = self.site.user(request), request.path_params["receipt"]
        found = central_bank.find_receipt(self.records, receipt)
        if found is None:
            return self.site.refusal(404, user, f"没有备案编号{receipt}")
        rows = self._rows(found, (*KEY_FIELDS, "bank_name", *DETAIL_FIELDS))
        return self.site.page(template, user=user, found=found, rows=rows)

    def _draft(
        self, request: Request, user: str, *, is_whole: bool = False, is_confirmed: bool = False
    ) -> dict[str, str] | Response:
        """Return what the user has begun; else the page where to go on."""
        name = request.path_params["draft"]
        draft = self.drafts.get(name)
        if draft is None or draft["user"] != user:
            return RedirectResponse("/filing/new?gone=1", 303)
        if "receipt" in draft and not is_confirmed:
            return RedirectResponse(f"/result/{draft['receipt']}", 303)
        if is_whole and "depositor_name" not in draft:
            return RedirectResponse(f"/filing/{name}/details", 303)
        return draft

    def _rows(self, values: Mapping[str, Any], names: tuple[str, ...]) -> list[tuple[str, str]]:
        bank = central_bank.bank_name(self.records, values["bank_code"])
        shown = {**values, "bank_name": bank}
        return [(_LABELS[name], _said(name, shown.get(name, ""))) for name in names if name != "bank_name" or bank]

    def _form(
        self,
        request: Request,
        user: str,
        form: Mapping[str, str],
        faults: list[str],
        draft: Mapping[str, str] | None = None,
    ) -> Response:
        names, path = KEY_FIELDS if draft is None else _details_of(draft), request.url.path
        labels: Labels = labels_of(names, _LABELS, _SYNONYMS, _SWAPS, self.site.faults, path)
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
        known = self._rows(draft, (*KEY_FIELDS, "bank_name")) if draft else []
        shown: dict[str, Any] = {"fields": fields, "faults": faults, "known": known, "is_grid": labels.is_grid}
        template = "key.html" if draft is None else "details.html"
        return self.site.page(template, user=user, dialog=self.site.faults.strikes("dialog", path), **shown)


def _details_of(draft: Mapping[str, str]) -> tuple[str, ...]:
    is_general = draft["account_type"] == "general"
    return tuple(name for name in DETAIL_FIELDS if is_general or name != "basic_account_number")


def _said(name: str, value: str) -> str:
    choices = _CHOICES.get(name)
    if choices is None or value not in choices:
        return value
    return f"{value} {choices[value]}".strip() if name in ("depositor_category", "industry") else choices[value]


def _trimmed(form: Mapping[str, str]) -> dict[str, str]:
    return {name: value.strip() for name, value in form.items()}
