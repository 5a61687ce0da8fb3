"""A person's correction of an account: the form's fields, what is wrong with them, and the record that they make.

The capital is typed in yuan and kept in fen; it is left empty if the licence does not state it (未注明). The number of
the filing and the legal entity cannot be corrected.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from rpa.errors import BadFilingError
from rpa.filing import ACCOUNT_TYPES, CATEGORIES, CURRENCIES, INDUSTRIES, LABELS, from_record, to_record
from rpa.listing import Problem, problems

__all__ = [
    "ENGLISH",
    "FormField",
    "changed_fields",
    "form_fields",
    "opening_of",
    "record_of",
    "shown_value",
    "typed_of",
]

ENGLISH: dict[str, str] = {
    **{"account_type": "account type", "depositor_category": "depositor category", "depositor_name": "depositor"},
    **{"certificate_number": "credit code", "opened_on": "opened on", "account_number": "account number"},
    **{"area_code": "area code", "bank_code": "bank code", "bank_name": "bank", "phone": "phone"},
    **{"address": "address", "post_code": "post code", "legal_representative": "legal representative"},
    **{"industry": "industry", "capital_fen": "registered capital, yuan", "capital_currency": "currency"},
    **{"business_scope": "business scope", "superior_unit": "superior unit"},
    **{"basic_account_number": "basic account number"},
}
_CHOICES = {
    **{"account_type": ACCOUNT_TYPES, "depositor_category": CATEGORIES, "industry": INDUSTRIES},
    **{"capital_currency": {"": "未注明", **CURRENCIES}},
}


class FormField(NamedTuple):
    """One field of the form; `choices` is empty where one types."""

    name: str
    label: str
    label_zh: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]


def form_fields(typed: Mapping[str, str], found: list[Problem]) -> list[FormField]:
    """Return the form's fields with what was typed and what is wrong with it.

    Examples
    --------
    >>> fields = form_fields({"phone": "12"}, [Problem("phone", "it is too short")])
    >>> [(field.label_zh, field.value, field.problems) for field in fields if field.problems]
    [('联系电话', '12', ('it is too short',))]
    """
    fields = []
    for name, label in LABELS.items():
        choices = dict(_CHOICES.get(name, {}))
        value = typed.get(name, "")
        if choices and value not in choices:
            choices = {value: f"{value or '-'} ?", **choices}
        kind = (
            "choice" if choices else "date" if name == "opened_on" else "long" if name == "business_scope" else "text"
        )
        shown = tuple((code, f"{code} {text}".strip()) for code, text in choices.items())
        wrong = tuple(problem.message for problem in found if problem.field == name)
        fields.append(FormField(name, ENGLISH[name], label, kind, value, shown, wrong))
    return fields


def shown_value(name: str, value: Any) -> str:
    """Return a field's value as people read it: codes with their names, the capital in yuan.

    Examples
    --------
    >>> shown_value("industry", "F"), shown_value("capital_fen", 123_456_789), shown_value("capital_fen", None)
    ('F 批发和零售业', '1,234,567.89', '未注明')
    """
    if name == "capital_fen":
        return (
            "未注明" if value is None else f"{value // 100:,}.{value % 100:02d}" if type(value) is int else str(value)
        )
    names = _CHOICES.get(name, {})
    return f"{value} {names[value]}" if value and value in names else str(value)


def typed_of(record: Mapping[str, Any]) -> dict[str, str]:
    """Return a record as it stands in the form.

    Examples
    --------
    >>> typed_of({"capital_fen": 123_456, "phone": "0931-8880001"})["capital_fen"]
    '1234.56'
    """
    typed = {name: "" if record.get(name) is None else str(record[name]) for name in LABELS}
    fen = record.get("capital_fen")
    return typed | {"capital_fen": f"{fen // 100}.{fen % 100:02d}" if type(fen) is int else ""}


def record_of(typed: Mapping[str, str], before: Mapping[str, Any], today: date) -> tuple[dict[str, Any], list[Problem]]:
    """Return the record that a form makes, and what is wrong with it; only one without problems may be used.

    Parameters
    ----------
    typed
        By the names of fields.
    before
        The record that is corrected.
    today
        An account cannot have been opened after it.

    Examples
    --------
    >>> _, found = record_of({"capital_fen": "1.234"}, {}, date(2026, 7, 1))
    >>> found[0].field
    'capital_fen'
    """
    record: dict[str, Any] = {name: typed.get(name, "").strip().replace("\r\n", "\n") for name in LABELS}
    record |= {name: str(before.get(name, "")) for name in ("filing_id", "entity")}
    money = record["capital_fen"].replace(",", "").replace("，", "")
    try:
        fen = None if money in ("", "未注明") else Decimal(money) * 100
        is_fen = fen is None or (fen.is_finite() and abs(fen) < 10**20 and fen == int(fen))
    except (InvalidOperation, ValueError):
        fen, is_fen = None, False
    if not is_fen:
        shown = f"注册资金 (capital_fen) is {record['capital_fen']!r:.60}, it must be yuan with at most two decimals"
        return record, [Problem("capital_fen", shown)]
    record["capital_fen"] = None if fen is None else int(fen)
    try:
        filing = from_record(record)
    except BadFilingError as error:
        return record, [Problem(error.problems[0] if error.problems else "", str(error))]
    return to_record(filing), problems(filing, today)


def opening_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """Return the moment of opening of a corrected record, from which its deadline is counted; nothing if none is known.

    Examples
    --------
    >>> opening_of({"opened_at": "2026-07-02T16:40:00+08:00"}, {"opened_on": "2026-07-01"})
    {'opened_at': '2026-07-01T16:40:00+08:00'}
    """
    try:
        moment = datetime.fromisoformat(str(before.get("opened_at", "")))
        day = date.fromisoformat(str(after["opened_on"]))
    except ValueError:
        return {}
    return {"opened_at": datetime.combine(day, moment.timetz()).isoformat()}


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields in which two records differ.

    Examples
    --------
    >>> changed_fields({"phone": "1", "address": "x"}, {"phone": "2", "address": "x"})
    ['phone']
    """
    return [name for name in LABELS if before.get(name) != after.get(name)]
