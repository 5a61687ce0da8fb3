"""Checks on a filing before anybody is bothered with it: what the account-management system would refuse, and why.

References
----------
GB 32100-2015 (统一社会信用代码 and its check digit), GB/T 2260 (area codes), GB/T 4754 (industries).
"""

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from stdnum.cn import uscc

from rpa.filing import ACCOUNT_TYPES, CATEGORIES, CURRENCIES, INDUSTRIES, LABELS, Filing

__all__ = ["Problem", "problems"]


class Problem(NamedTuple):
    """One field that is not right: its name, and a sentence in English and Chinese."""

    field: str
    message: str


def problems(filing: Filing, today: date) -> list[Problem]:
    """Return what is wrong with a filing, field by field; empty if nothing is.

    Parameters
    ----------
    today
        An account cannot have been opened after it.

    Examples
    --------
    >>> from rpa.filing import _example
    >>> from dataclasses import replace
    >>> problems(_example(), date(2020, 7, 1))
    []
    >>> [one.field for one in problems(replace(_example(), post_code="73003"), date(2020, 6, 30))]
    ['opened_on', 'post_code']
    """
    found = [
        Problem(name, f"{LABELS[name]} ({name}) is {_shown(getattr(filing, name))}, it must be {wish}")
        for name, wish, holds in _FIELDS
        if not holds(getattr(filing, name))
    ]
    if filing.opened_on > today:
        found.append(Problem("opened_on", f"开户日期 (opened_on) is {filing.opened_on}, after today, {today}"))
    found += _together(filing)
    order = list(LABELS)
    return sorted(found, key=lambda problem: order.index(problem.field))


def _together(filing: Filing) -> list[Problem]:
    """Return what is wrong with fields that depend on each other."""
    found = []
    if (filing.capital_fen is None) != (filing.capital_currency == ""):
        found.append(
            Problem(
                "capital_currency", "注册资金币种 (capital_currency) must be there if the capital is stated, else not"
            )
        )
    kind, number = filing.account_type, filing.basic_account_number
    if kind == "basic" and number:
        wish = "must be empty: a basic account gets it when it is filed"
        found.append(
            Problem("basic_account_number", f"基本存款账户编号 (basic_account_number) is {_shown(number)}, it {wish}")
        )
    if kind == "general" and not _BASIC_NUMBER(number):
        found.append(
            Problem(
                "basic_account_number",
                f"基本存款账户编号 (basic_account_number) is {_shown(number)}, a general account needs the one of the"
                " depositor's basic account: J and 13 digits",
            )
        )
    return found


def _matching(pattern: str) -> Callable[[str], bool]:
    whole = re.compile(pattern, re.ASCII).fullmatch
    return lambda text: whole(text) is not None


def _text(least: int, most: int) -> Callable[[str], bool]:
    return lambda text: least <= len(text) <= most and text == text.strip() and text.isprintable()


def _is_capital(fen: int | None) -> bool:
    return fen is None or 0 < fen <= 10**17


def _is_code(text: str) -> bool:
    return len(text) == 18 and text.isascii() and text == text.upper() and bool(uscc.is_valid(text))


_BASIC_NUMBER = _matching("J[0-9]{13}")
_FIELDS: tuple[tuple[str, str, Callable[..., bool]], ...] = (
    ("account_type", f"one of {', '.join(ACCOUNT_TYPES)}", lambda text: text in ACCOUNT_TYPES),
    ("depositor_category", "a code of 存款人类别 such as 01", lambda text: text in CATEGORIES),
    ("depositor_name", "2 to 100 characters", _text(2, 100)),
    ("certificate_number", "18 characters with the right check digit (校验码)", _is_code),
    ("account_number", "8 to 32 digits", _matching("[0-9]{8,32}")),
    ("area_code", "6 digits", _matching("[0-9]{6}")),
    ("bank_code", "12 digits", _matching("[0-9]{12}")),
    ("bank_name", "2 to 100 characters", _text(2, 100)),
    ("phone", "a phone number such as 0931-8880001", _matching("(0[0-9]{2,3}-)?[0-9]{7,8}|1[0-9]{10}")),
    ("address", "2 to 200 characters", _text(2, 200)),
    ("post_code", "6 digits", _matching("[0-9]{6}")),
    ("legal_representative", "2 to 50 characters", _text(2, 50)),
    ("industry", "a section of GB/T 4754, A to T", lambda text: text in INDUSTRIES),
    ("capital_fen", "more than 0 fen, or not stated", _is_capital),
    ("capital_currency", f"one of {', '.join(CURRENCIES)}, or empty", lambda text: text in ("", *CURRENCIES)),
    ("business_scope", "1 to 1000 characters", _text(1, 1000)),
    ("superior_unit", "at most 100 characters", _text(0, 100)),
)


def _shown(value: object) -> str:
    return "empty" if value == "" else f"{value!r:.60}"
