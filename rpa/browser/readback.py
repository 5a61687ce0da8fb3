"""Reading back: whether a page that shows a filing says what the source says, field by field.

Systems write things their own way: digits of full width (codes, dates and amounts whole), dates with other marks,
amounts in yuan with commas, codes with their text. That is forgiven; nothing else is. What cannot be understood
differs, what is missing differs, and a code beside another code's text differs. Names and texts are compared letter by
letter: a bracket of another width, a blank inside a name, or a letter that merely looks the same is for a person.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial

from rpa.errors import ReadBackError
from rpa.filing import ACCOUNT_TYPES, CATEGORIES, CURRENCIES, INDUSTRIES, LABELS, NOT_STATED, Filing

__all__ = ["SHOWN", "differences", "fen_of", "is_same", "readback"]

SHOWN: tuple[str, ...] = tuple(name for name in LABELS if name not in ("bank_name", "basic_account_number"))
"""Fields that a page with a whole filing must show; a general account's also the number of the basic account."""
_DIGITS = {ord("０") + digit: ord("0") + digit for digit in range(10)} | {0x3000: " ", 0xA0: " "}
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | _DIGITS
_DAYS = (
    re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII),
    re.compile(r"(\d{4})(年)(\d{1,2})月(\d{1,2})日", re.ASCII),
    re.compile(r"(\d{4})()(\d{2})(\d{2})", re.ASCII),
)
_AMOUNT = re.compile(r"[￥¥]?((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(万?元)?", re.ASCII)
_NONE = ("", "(无)", "无", "-", "—")


def readback(filing: Filing, shown: Mapping[str, str], names: tuple[str, ...] = ()) -> None:
    """Refuse what is not shown as the source says.

    Parameters
    ----------
    filing, shown, names
        As for `differences`.

    Raises
    ------
    ReadBackError
        Naming each field that differs, with what stands there for the first.
    """
    wrong = differences(filing, shown, names)
    if wrong:
        first = wrong[0]
        said = repr(shown[first])[:60] if first in shown else "nothing"
        labels = "、".join(LABELS[name] for name in wrong)
        raise ReadBackError(f"the page differs from the source in {labels}: for {LABELS[first]} it shows {said}", wrong)


def differences(filing: Filing, shown: Mapping[str, str], names: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the fields that a page does not show as the source says.

    Parameters
    ----------
    filing
        The source.
    shown
        What the page shows, by field; what it shows beyond the fields that are asked for must be right, too.
    names
        Which fields it must show; without any, all of a filing's.

    Returns
    -------
    tuple of str
        In the order of `LABELS`; empty if nothing differs.

    Examples
    --------
    >>> from rpa.filing import _example
    >>> asked = ("opened_on", "industry")
    >>> differences(_example(), {"opened_on": "２０２０年７月１日", "industry": "F 批发和零售业"}, asked)
    ()
    >>> differences(_example(), {"opened_on": "2020-07-10", "industry": "F 制造业"}, asked)
    ('opened_on', 'industry')
    """
    asked = set(names or SHOWN) | (set(shown) & set(LABELS))
    if not names and filing.account_type == "general":
        asked.add("basic_account_number")
    if filing.account_type == "basic" and "basic_account_number" not in names:
        asked.discard("basic_account_number")  # the system gives it when the account is filed
    return tuple(name for name in LABELS if name in asked and not is_same(filing, name, shown.get(name)))


def is_same(filing: Filing, name: str, text: str | None) -> bool:
    """Return whether a text says of a field what the filing says; None, for nothing shown, never does."""
    if text is None:
        return False
    value = getattr(filing, name)
    if name == "opened_on":
        return _day(_code(text)) == filing.opened_on
    if name == "capital_fen":
        return _code(text) == NOT_STATED if filing.capital_fen is None else fen_of(text) == filing.capital_fen
    return _SAME.get(name, _same_text)(value, text)


def fen_of(text: str) -> int | None:
    """Return the fen of an amount in yuan, None if it is no amount, or not one of whole fen.

    Examples
    --------
    >>> fen_of("86,500,000.00"), fen_of("￥８650万元"), fen_of("1.005"), fen_of("1,00"), fen_of("-5")
    (8650000000, 8650000000, None, None, None)
    """
    match = _AMOUNT.fullmatch(_code(text))
    if match is None:
        return None
    fen = Decimal(match[1].replace(",", "")) * (1_000_000 if match[2] == "万元" else 100)
    return int(fen) if fen == fen.to_integral_value() else None


def _text(value: str) -> str:
    return " ".join(value.translate(_DIGITS).split())


def _code(value: str) -> str:
    return "".join(value.translate(_NARROW).split())


def _same_text(value: str, text: str) -> bool:
    return _text(value) == _text(text)


def _same_code(value: str, text: str) -> bool:
    return _code(value) == _code(text)


def _same_or_none(value: str, text: str) -> bool:
    return _code(text) in _NONE if not value else _same_text(value, text)


def _same_choice(choices: Mapping[str, str], value: str, text: str) -> bool:
    """Compare a choice, which is shown as its code, its text, or both in either order: F 批发和零售业."""
    if not value:
        return _code(text) in _NONE
    words, said = choices.get(value), _code(text)
    if words is None:
        return said == value
    plain = _code(words)
    marks = ("", "-", ":", ".", "、")
    both = {f"{value}{mark}{plain}" for mark in marks} | {f"{plain}{mark}{value}" for mark in marks}
    return said in {value, plain, f"{plain}({value})", f"{value}({plain})"} | both


def _day(text: str) -> date | None:
    for form in _DAYS:
        match = form.fullmatch(text)
        if match is not None:
            try:
                return date(int(match[1]), int(match[3]), int(match[4]))
            except ValueError:
                return None
    return None


_SAME: Mapping[str, Callable[[str, str], bool]] = {
    **dict.fromkeys(
        ("certificate_number", "account_number", "area_code", "bank_code", "phone", "post_code"), _same_code
    ),
    "basic_account_number": _same_code,
    "superior_unit": _same_or_none,
    "account_type": partial(_same_choice, ACCOUNT_TYPES),
    "depositor_category": partial(_same_choice, CATEGORIES),
    "industry": partial(_same_choice, INDUSTRIES),
    "capital_currency": partial(_same_choice, CURRENCIES),
}
