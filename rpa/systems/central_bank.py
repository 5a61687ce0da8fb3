"""The rules of the account-management system: what it refuses, in its own words, and the numbers that it gives.

It has its own checks, and does not share the bot's: a rule that both understood wrongly would pass twice.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from rpa.systems.records import Records

__all__ = ["DETAIL_FIELDS", "KEY_FIELDS", "commit", "detail_faults", "find", "key_faults", "know"]

KEY_FIELDS = ("account_type", "certificate_number", "account_number", "bank_code", "opened_on")
"""Key information (关键信息)."""
DETAIL_FIELDS = (
    *("depositor_category", "depositor_name", "area_code", "phone", "address", "post_code", "legal_representative"),
    *("industry", "capital", "capital_currency", "business_scope", "superior_unit", "basic_account_number"),
)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def know(records: Records, certificate_number: str, basic_account_number: str, state: str, at: datetime) -> None:
    """Let the system know of a basic account that was filed before: open, cancelled or dormant."""
    value = {"basic_account_number": basic_account_number, "state": state}
    records.put("depositor", certificate_number, value, at, "known before")


def find(records: Records, bank_code: str, account_number: str) -> dict[str, Any] | None:
    """Return what is on record of an account, None if nothing is."""
    return records.get("account", f"{bank_code}/{account_number}")


def key_faults(records: Records, form: Mapping[str, str], today: date) -> list[str]:
    """Return why the key information is refused, in words; empty if it is not."""
    found = []
    kind, code = form.get("account_type", ""), form.get("certificate_number", "")
    if kind not in ("basic", "general"):
        found.append("请选择账户性质")
    if not _is_credit_code(code):
        found.append("统一社会信用代码格式错误或校验位不符，请核对后重新录入")
    if not re.fullmatch(r"[0-9]{8,32}", form.get("account_number", ""), re.ASCII):
        found.append("账号应为8至32位数字")
    if not re.fullmatch(r"[0-9]{12}", form.get("bank_code", ""), re.ASCII):
        found.append("银行机构代码应为12位数字")
    opened = _day(form.get("opened_on", ""))
    if opened is None:
        found.append("开户日期格式应为YYYY-MM-DD")
    elif opened > today:
        found.append(f"开户日期不能晚于系统日期{today}")
    if not found:
        found += _against_records(records, kind, code, form["bank_code"], form["account_number"])
    return found


def _against_records(records: Records, kind: str, code: str, bank_code: str, account_number: str) -> list[str]:
    there = find(records, bank_code, account_number)
    if there is not None:
        return [f"该账户已备案，请勿重复提交（账号{account_number}，备案编号{there['receipt']}）"]
    depositor = records.get("depositor", code)
    if kind == "basic" and depositor is not None:
        if depositor["state"] == "dormant":
            return ["该存款人名下存在久悬银行结算账户，请先办理久悬账户处理"]
        if depositor["state"] == "open":
            return [f"该存款人已开立基本存款账户（编号{depositor['basic_account_number']}），不得重复开立"]
    if kind == "general":
        if depositor is None:
            return ["未查询到该存款人的基本存款账户，请先备案基本存款账户"]
        if depositor["state"] == "cancelled":
            return ["该存款人基本存款账户已销户，不得开立一般存款账户"]
        if depositor["state"] == "dormant":
            return ["该存款人基本存款账户为久悬状态，不得开立一般存款账户"]
    return []


def detail_faults(records: Records, key: Mapping[str, str], form: Mapping[str, str]) -> list[str]:
    """Return why the depositor's details are refused, in words; empty if they are not."""
    needed = {
        "depositor_name": "存款人名称",
        "address": "注册地址",
        "legal_representative": "法定代表人",
        "business_scope": "经营范围",
        "depositor_category": "存款人类别",
        "industry": "行业分类",
    }
    found = [f"{label}不能为空" for name, label in needed.items() if not form.get(name, "").strip()]
    if not re.fullmatch(r"[0-9]{6}", form.get("post_code", ""), re.ASCII):
        found.append("邮政编码应为6位数字")
    if not re.fullmatch(r"[0-9]{6}", form.get("area_code", ""), re.ASCII):
        found.append("注册地地区代码应为6位数字")
    if not re.fullmatch(r"[0-9-]{7,20}", form.get("phone", ""), re.ASCII):
        found.append("联系电话格式错误")
    capital, currency = form.get("capital", ""), form.get("capital_currency", "")
    if capital == "未注明":
        found += ["注册资金未注明时币种应为空"] if currency else []
    elif not re.fullmatch(r"[0-9]{1,13}(\.[0-9]{1,2})?", capital, re.ASCII) or not currency:
        found.append("注册资金应为数字（元）并选择币种，或填写“未注明”")
    if key["account_type"] == "general":
        depositor = records.get("depositor", key["certificate_number"])
        if depositor is None or depositor["basic_account_number"] != form.get("basic_account_number", ""):
            found.append("基本存款账户编号与存款人不符，请核对")
    return found


def commit(records: Records, filing: Mapping[str, str], at: datetime, by: str) -> dict[str, Any] | None:
    """File an account; return its record, None if it is on record already (which is noted)."""
    place = f"{filing['bank_code']}/{filing['account_number']}"
    number = len(records.all("account")) + 1
    receipt = f"BA{at:%Y%m%d}{number:06d}"
    basic = filing.get("basic_account_number", "")
    if filing["account_type"] == "basic":
        basic = f"J{filing['area_code'][:4]}{_spread(filing['certificate_number']):09d}"
    value = {**filing, "receipt": receipt, "basic_account_number": basic, "filed_at": at.isoformat(), "by": by}
    if not records.add("account", place, value, at, "filed"):
        records.note(at, "filed again", place, {"by": by})
        return None
    if filing["account_type"] == "basic":
        know_value = {"basic_account_number": basic, "state": "open"}
        records.put("depositor", filing["certificate_number"], know_value, at, "basic account")
    return value


def _spread(code: str) -> int:
    total = 0
    for letter in code:
        total = (total * 31 + ord(letter)) % 999_999_937
    return total


def _is_credit_code(code: str) -> bool:
    """Check the digit of GB 32100-2015: weights are powers of three modulo 31."""
    if len(code) != 18 or any(letter not in _ALPHABET for letter in code):
        return False
    total = sum(_ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    return _ALPHABET[(31 - total % 31) % 31] == code[17]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
