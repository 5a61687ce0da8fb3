"""The rules of the account-management system: what it refuses, in its own words, and the numbers that it gives.

It has its own checks, and does not share the bot's: a rule that both understood wrongly would pass twice.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from unicodedata import category

from rpa.filing import CATEGORIES, CURRENCIES, INDUSTRIES
from rpa.systems.records import Records

__all__ = [
    "DETAIL_FIELDS",
    "KEY_FIELDS",
    "STATES",
    "against_records",
    "bank_name",
    "commit",
    "detail_faults",
    "find",
    "find_receipt",
    "key_faults",
    "know",
    "know_account",
    "know_bank",
]

KEY_FIELDS = ("account_type", "certificate_number", "account_number", "bank_code", "opened_on")
"""Key information (关键信息)."""
DETAIL_FIELDS = (
    *("depositor_category", "depositor_name", "area_code", "phone", "address", "post_code", "legal_representative"),
    *("industry", "capital", "capital_currency", "business_scope", "superior_unit", "basic_account_number"),
)
STATES: Mapping[str, str] = {"open": "正常", "cancelled": "已销户", "dormant": "久悬"}
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PROVINCES = frozenset(
    str(ten * 10 + one)
    for ten, ones in {1: "12345", 2: "123", 3: "1234567", 4: "123456", 5: "01234", 6: "12345", 7: "1", 8: "12"}.items()
    for one in map(int, ones)
)
"""First two digits of an area code (GB/T 2260)."""
_TEXTS: Mapping[str, tuple[str, int, int]] = {
    **{"depositor_name": ("存款人名称", 2, 100), "address": ("注册地址", 2, 200)},
    **{"legal_representative": ("法定代表人", 2, 50), "business_scope": ("经营范围", 1, 1_000)},
    "superior_unit": ("上级法人或主管单位", 0, 100),
}


def know(records: Records, certificate_number: str, basic_account_number: str, state: str, at: datetime) -> None:
    """Let the system know of a basic account that was filed before: open, cancelled or dormant.

    Examples
    --------
    >>> from pathlib import Path
    >>> records, now = Records(Path(":memory:")), datetime(2026, 7, 1)
    >>> know(records, "91620100126154355R", "J8210000000001", "open", now)
    >>> records.get("depositor", "91620100126154355R")["state"]
    'open'
    """
    value = {"basic_account_number": basic_account_number, "state": state}
    with records.together():
        records.put("depositor", certificate_number, value, at, "known before")
        records.put("number", basic_account_number, {"of": certificate_number}, at)


def know_account(records: Records, bank_code: str, account_number: str, state: str, at: datetime) -> None:
    """Let the system know of an account that was filed before, and is open, cancelled or dormant now.

    Examples
    --------
    >>> from pathlib import Path
    >>> records, now = Records(Path(":memory:")), datetime(2026, 7, 1)
    >>> know_account(records, "301821000019", "6200010000000001", "dormant", now)
    >>> find(records, "301821000019", "6200010000000001")["state"]
    'dormant'
    """
    names = (*KEY_FIELDS, *DETAIL_FIELDS, "receipt", "filed_at")
    value = dict.fromkeys(names, "") | {"bank_code": bank_code, "account_number": account_number, "state": state}
    records.put("account", f"{bank_code}/{account_number}", value, at, "known before")


def know_bank(records: Records, bank_code: str, name: str, at: datetime) -> None:
    """Let the system know a bank; once it knows one, it takes filings of those that it knows alone.

    Examples
    --------
    >>> from pathlib import Path
    >>> records, now = Records(Path(":memory:")), datetime(2026, 7, 1)
    >>> know_bank(records, "301821000019", "陇上银行兰州分行", now)
    >>> bank_name(records, "301821000019")
    '陇上银行兰州分行'
    """
    records.put("bank", bank_code, {"name": name}, at, "known before")


def bank_name(records: Records, bank_code: str) -> str:
    """Return what a bank is called, an empty text if it is not known.

    Examples
    --------
    >>> from pathlib import Path
    >>> bank_name(Records(Path(":memory:")), "301821000019")
    ''
    """
    return str((records.get("bank", bank_code) or {"name": ""})["name"])


def find(records: Records, bank_code: str, account_number: str) -> dict[str, Any] | None:
    """Return what is on record of an account, None if nothing is.

    Examples
    --------
    >>> from pathlib import Path
    >>> find(Records(Path(":memory:")), "301821000019", "6200010000000001") is None
    True
    """
    return records.get("account", f"{bank_code}/{account_number}")


def find_receipt(records: Records, receipt: str) -> dict[str, Any] | None:
    """Return the account that a receipt is for, None if there is none.

    Examples
    --------
    >>> from pathlib import Path
    >>> find_receipt(Records(Path(":memory:")), "BA20260701000001") is None
    True
    """
    place = records.get("receipt", receipt)
    return None if place is None else records.get("account", place["place"])


def key_faults(records: Records, form: Mapping[str, str], today: date) -> list[str]:
    """Return why the key information is refused, in words; empty if it is not.

    Examples
    --------
    >>> from pathlib import Path
    >>> len(key_faults(Records(Path(":memory:")), {}, date(2026, 7, 1))) > 3
    True
    """
    found = []
    kind, code, bank_code = (form.get(name, "") for name in ("account_type", "certificate_number", "bank_code"))
    if kind not in ("basic", "general"):
        found.append("请选择账户性质")
    if not _is_credit_code(code):
        found.append("统一社会信用代码格式错误或校验位不符，请核对后重新录入")
    if not re.fullmatch(r"[0-9]{8,32}", form.get("account_number", "")):
        found.append("账号应为8至32位数字")
    if not re.fullmatch(r"[0-9]{12}", bank_code):
        found.append("银行机构代码应为12位数字")
    elif records.count("bank") and not bank_name(records, bank_code):
        found.append(f"银行机构代码{bank_code}不存在")
    opened = _day(form.get("opened_on", ""))
    if opened is None:
        found.append("开户日期格式应为YYYY-MM-DD")
    elif opened > today:
        found.append(f"开户日期不能晚于系统日期{today}")
    return found or against_records(records, form)


def against_records(records: Records, key: Mapping[str, str]) -> list[str]:
    """Return why an account cannot be filed beside what is on record, in words; empty if it can."""
    kind, number = key["account_type"], key["account_number"]
    there = find(records, key["bank_code"], number)
    if there is not None:
        return [_refusal_of(there)]
    depositor = records.get("depositor", key["certificate_number"])
    state = "none" if depositor is None else depositor["state"]
    if kind == "basic" and depositor is not None:
        if state == "dormant":
            return ["该存款人名下存在久悬银行结算账户，请先办理久悬账户处理"]
        if state == "open":
            return [f"该存款人已开立基本存款账户（编号{depositor['basic_account_number']}），不得重复开立"]
    refusals = {
        "none": "未查询到该存款人的基本存款账户，请先备案基本存款账户",
        "cancelled": "该存款人基本存款账户已销户，不得开立一般存款账户",
        "dormant": "该存款人基本存款账户为久悬状态，不得开立一般存款账户",
    }
    return [refusals[state]] if kind == "general" and state in refusals else []


def _refusal_of(there: Mapping[str, Any]) -> str:
    if there["state"] == "cancelled":
        return f"该账户已销户（账号{there['account_number']}），不得再次备案"
    if there["state"] == "dormant":
        return f"该账户为久悬账户（账号{there['account_number']}），请先办理久悬账户处理"
    return f"该账户已备案，请勿重复提交（账号{there['account_number']}，备案编号{there['receipt']}）"


def detail_faults(records: Records, key: Mapping[str, str], form: Mapping[str, str]) -> list[str]:
    """Return why the depositor's details are refused, in words; empty if they are not."""
    found = [fault for name in _TEXTS if (fault := _text_fault(name, form.get(name, "")))]
    if form.get("depositor_category", "") not in CATEGORIES:
        found.append("请选择存款人类别")
    if form.get("industry", "") not in INDUSTRIES:
        found.append("请选择行业分类")
    if not re.fullmatch(r"[0-9]{6}", form.get("post_code", "")):
        found.append("邮政编码应为6位数字")
    area = form.get("area_code", "")
    if not re.fullmatch(r"[0-9]{6}", area):
        found.append("注册地地区代码应为6位数字")
    elif area[:2] not in _PROVINCES:
        found.append(f"注册地地区代码{area}不存在")
    if not re.fullmatch(r"[0-9]{3,4}-[0-9]{7,8}|[0-9]{7,8}|1[0-9]{10}", form.get("phone", "")):
        found.append("联系电话格式错误")
    found += _capital_faults(form.get("capital", ""), form.get("capital_currency", ""))
    if key["account_type"] == "general":
        depositor = records.get("depositor", key["certificate_number"])
        if depositor is None or depositor["basic_account_number"] != form.get("basic_account_number", ""):
            found.append("基本存款账户编号与存款人不符，请核对")
    return found


def _text_fault(name: str, text: str) -> str:
    label, least, most = _TEXTS[name]
    if not text and least:
        return f"{label}不能为空"
    if len(text) < least or len(text) > most:
        return f"{label}长度应为{least}至{most}个字符"
    breaks = "\r\n" if name == "business_scope" else ""
    if "\ufffd" in text or any(category(letter) in ("Cc", "Cs") and letter not in breaks for letter in text):
        return f"{label}含有系统无法识别的字符"
    return ""


def _capital_faults(capital: str, currency: str) -> list[str]:
    if capital == "未注明":
        return ["注册资金未注明时币种应为空"] if currency else []
    is_amount = re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,2})?", capital) and capital.strip("0.")
    if not is_amount or currency not in CURRENCIES:
        return ["注册资金应为数字（元）并选择币种，或填写“未注明”"]
    return []


def commit(
    records: Records, filing: Mapping[str, str], by: str, *, shown_at: datetime, at: datetime
) -> dict[str, Any] | list[str]:
    """File an account, if it still can be, and return its record; else why not, in words.

    Parameters
    ----------
    shown_at, at
        The time as the system believes it is, and as it is, which is for the log.
    """
    place = f"{filing['bank_code']}/{filing['account_number']}"
    with records.together():
        faults = against_records(records, filing)
        if faults:
            is_there = find(records, filing["bank_code"], filing["account_number"]) is not None
            records.note(at, "filed again" if is_there else "refused", place, {"by": by, "reason": faults[0]})
            return faults
        receipt = f"BA{shown_at:%Y%m%d}{records.count('receipt') + 1:06d}"
        basic = filing.get("basic_account_number", "")
        if filing["account_type"] == "basic":
            basic = _new_number(records, filing)
            value = {"basic_account_number": basic, "state": "open"}
            records.put("depositor", filing["certificate_number"], value, at, "basic account")
            records.put("number", basic, {"of": filing["certificate_number"]}, at)
        filed = {**filing, "receipt": receipt, "basic_account_number": basic, "state": "open"}
        filed |= {"filed_at": shown_at.isoformat(), "by": by}
        records.add("receipt", receipt, {"place": place}, at)
        records.add("account", place, filed, at, "filed")
    return filed


def _new_number(records: Records, filing: Mapping[str, str]) -> str:
    """Return a number that no other basic account has: J, the area, and nine digits."""
    spread = _spread(filing["certificate_number"])
    while records.get("number", number := f"J{filing['area_code'][:4]}{spread:09d}") is not None:
        spread = (spread + 1) % 10**9
    return number


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
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
