"""Filings: what the central bank wants to know of a corporate settlement account (单位银行结算账户).

The fields are those of the account-management system (人民币银行结算账户管理系统): key information first, then the
depositor's details. Values are text as a clerk would type it, but for dates and the capital. A basic account (基本存款
账户) gets a number when it is filed; a general account (一般存款账户) names that number.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from rpa.errors import BadFilingError

__all__ = [
    "ACCOUNT_TYPES",
    "CATEGORIES",
    "CURRENCIES",
    "INDUSTRIES",
    "LABELS",
    "NOT_STATED",
    "Filing",
    "from_record",
    "to_record",
]

ACCOUNT_TYPES: dict[str, str] = {"basic": "基本存款账户", "general": "一般存款账户"}
CATEGORIES: dict[str, str] = {
    **{"01": "企业法人", "02": "非法人企业", "03": "机关", "04": "实行预算管理的事业单位"},
    **{"05": "非预算管理的事业单位", "11": "社会团体", "13": "民办非企业组织", "14": "外地常设机构"},
    **{"17": "有字号的个体工商户", "18": "无字号的个体工商户"},
}
"""Categories of depositors (存款人类别) by code."""
CURRENCIES: dict[str, str] = {"CNY": "人民币", "USD": "美元", "EUR": "欧元", "HKD": "港币", "JPY": "日元"}
NOT_STATED = "未注明"
"""What stands for a registered capital that the licence does not state."""
INDUSTRIES: dict[str, str] = {
    **{"A": "农、林、牧、渔业", "B": "采矿业", "C": "制造业", "D": "电力、热力、燃气及水生产和供应业", "E": "建筑业"},
    **{"F": "批发和零售业", "G": "交通运输、仓储和邮政业", "H": "住宿和餐饮业"},
    **{"I": "信息传输、软件和信息技术服务业", "J": "金融业", "K": "房地产业", "L": "租赁和商务服务业"},
    **{"M": "科学研究和技术服务业", "N": "水利、环境和公共设施管理业", "O": "居民服务、修理和其他服务业"},
    **{"P": "教育", "Q": "卫生和社会工作", "R": "文化、体育和娱乐业"},
    **{"S": "公共管理、社会保障和社会组织", "T": "国际组织"},
}
"""Sections of the industry classification GB/T 4754 (国民经济行业分类)."""
LABELS: dict[str, str] = {
    **{"account_type": "账户性质", "depositor_category": "存款人类别", "depositor_name": "存款人名称"},
    **{"certificate_number": "统一社会信用代码", "opened_on": "开户日期", "account_number": "账号"},
    **{"area_code": "注册地地区代码", "bank_code": "银行机构代码", "bank_name": "银行机构名称"},
    **{"phone": "联系电话", "address": "注册地址", "post_code": "邮政编码"},
    **{"legal_representative": "法定代表人", "industry": "行业分类"},
    **{"capital_fen": "注册资金", "capital_currency": "注册资金币种", "business_scope": "经营范围"},
    **{"superior_unit": "上级法人或主管单位", "basic_account_number": "基本存款账户编号"},
}
"""What each field is called on forms and in messages."""


@dataclass(frozen=True, slots=True)
class Filing:
    """One account to be filed.

    Parameters
    ----------
    filing_id
        Serial number (流水号) of the operations platform.
    entity
        Legal entity (法人机构) that has opened the account; images of entities are kept apart.
    account_type
        A key of `ACCOUNT_TYPES`.
    depositor_category, depositor_name, certificate_number
        Key of `CATEGORIES`; name; 18 characters of the 统一社会信用代码.
    opened_on, account_number, area_code, bank_code, bank_name
        When and where; the area code has 6 digits, the bank code 12.
    phone, address, post_code, legal_representative, industry
        Of the depositor; the industry is a key of `INDUSTRIES`.
    capital_fen, capital_currency
        Registered capital; None and "" if it is not stated.
    business_scope, superior_unit
        Text; the superior unit may be empty.
    basic_account_number
        Of a general account: the number of the depositor's basic account; empty for a basic account.
    """

    filing_id: str
    entity: str
    account_type: str
    depositor_category: str
    depositor_name: str
    certificate_number: str
    opened_on: date
    account_number: str
    area_code: str
    bank_code: str
    bank_name: str
    phone: str
    address: str
    post_code: str
    legal_representative: str
    industry: str
    capital_fen: int | None
    capital_currency: str
    business_scope: str
    superior_unit: str = ""
    basic_account_number: str = ""


def to_record(filing: Filing) -> dict[str, Any]:
    """Return a filing as an object of JSON; the date as YYYY-MM-DD.

    Examples
    --------
    >>> from_record(to_record(_example())) == _example()
    True
    """
    record = {field.name: getattr(filing, field.name) for field in fields(filing)}
    return record | {"opened_on": filing.opened_on.isoformat()}


def from_record(record: dict[str, Any]) -> Filing:
    """Return the filing that an object of JSON stands for.

    Raises
    ------
    BadFilingError
        If a field is missing, not known, or not of its type; whether the values make sense is for `rpa.checks`.

    Examples
    --------
    >>> from_record({})
    Traceback (most recent call last):
    rpa.errors.BadFilingError: the filing lacks account_number, account_type, address, ...
    """
    names = {field.name for field in fields(Filing)}
    optional = {"superior_unit", "basic_account_number"}
    if missing := sorted(names - optional - set(record)):
        raise BadFilingError(f"the filing lacks {', '.join(missing)}", tuple(missing))
    if unknown := sorted(set(record) - names):
        raise BadFilingError(f"the filing has fields that are not known: {', '.join(unknown)}", tuple(unknown))
    wrong = [name for name, value in record.items() if not _is_of_its_type(name, value)]
    if wrong:
        raise BadFilingError(f"the filing's {wrong[0]} is {record[wrong[0]]!r:.80}, not of its type", tuple(wrong))
    try:
        return Filing(**{**record, "opened_on": date.fromisoformat(record["opened_on"])})
    except ValueError:
        raise BadFilingError(
            f"the filing's opened_on is {record['opened_on']!r:.40}, it must be a day as YYYY-MM-DD", ("opened_on",)
        ) from None


def _is_of_its_type(name: str, value: Any) -> bool:
    if name == "capital_fen":
        return value is None or type(value) is int
    return type(value) is str


def _example() -> Filing:
    return Filing(
        "L202007010001",
        "陇上银行",
        "basic",
        "01",
        "兰州黄河和商贸有限公司",
        "9162010011939641XQ",
        date(2020, 7, 1),
        "6200010000000001",
        "620100",
        "301821000019",
        "陇上银行兰州城关支行",
        "0931-8880001",
        "兰州市城关区人民路1号",
        "730030",
        "苏林",
        "F",
        500_000_000,
        "CNY",
        "批发和零售",
    )
