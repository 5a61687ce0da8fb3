"""Which column of a foreign file is which column of ours.

A mapping is small, is shown to the user before it is used, and can be kept as a TOML file::

    [columns]
    occurred_at = "TX_DATETIME"
    customer_id = "CUSTOMER_ID"
    amount_fen = "TX_AMOUNT"

    [amount]
    unit = "yuan"

    [time]
    format = "%d/%m/%Y %H:%M"

It is strict: a key, a column of ours or a column of the file that does not exist is refused by name. One source
column feeds one of ours; a time that is split over two columns must be joined before it comes here.
"""

import json
import tomllib
from collections import Counter
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fraud.errors import MappingError
from fraud.schema import COLUMNS, REQUIRED, column

__all__ = ["TIME_UNITS", "Mapping", "check_header", "describe", "ignored", "load", "parse", "to_toml"]

TIME_UNITS = MappingProxyType({"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400})
"""Length in seconds of each unit that a numeric time may be counted in."""

AMOUNT_UNITS = ("yuan", "fen")
DECIMAL_MARKS = (".", ",")
SETTINGS = {"columns": tuple(entry.name for entry in COLUMNS), "amount": ("unit", "decimal", "currency")}
SETTINGS["time"] = ("format", "unit", "origin")


@dataclass(frozen=True)
class Mapping:
    """For each column of ours that is there the name of the source column, and how times and amounts are written.

    Parameters
    ----------
    columns
        From the name of a column in `fraud.schema` to the name of the source column.
    amount_unit
        "yuan" (a major unit with up to two decimals) or "fen" (whole minor units).
    amount_decimal
        "." or ",": the mark before the decimals.
    currency
        A label for reports, not used in computing.
    time_format
        How times are written, as in `datetime.strptime`; empty means that the usual forms are recognised.
    time_unit, time_origin
        When times are numbers: what they count ("seconds", "minutes", "hours" or "days"), and since when.

    Raises
    ------
    MappingError
        If a column or a setting is not known, a required column is not given, or settings contradict each other.

    Examples
    --------
    >>> names = {"occurred_at": "step", "customer_id": "nameOrig", "amount_fen": "amount"}
    >>> Mapping(names, time_unit="hours", time_origin=datetime(2018, 4, 1)).columns["occurred_at"]
    'step'
    """

    columns: Dictionary[str, str]
    amount_unit: str = "yuan"
    amount_decimal: str = "."
    currency: str = ""
    time_format: str = ""
    time_unit: str = ""
    time_origin: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        _check_names(self.columns)
        _check_choice("[amount] unit", self.amount_unit, AMOUNT_UNITS)
        _check_choice("[amount] decimal", self.amount_decimal, DECIMAL_MARKS)
        if self.time_unit:
            _check_choice("[time] unit", self.time_unit, tuple(TIME_UNITS))
        if bool(self.time_unit) != (self.time_origin is not None):
            raise MappingError('[time] unit and [time] origin belong together, such as "hours" and "2018-04-01".')
        if self.time_unit and self.time_format:
            raise MappingError("[time] has both a format and a unit: give the format for dates, the unit for numbers.")
        if self.time_format and "%" not in self.time_format:
            raise MappingError(f"[time] format {self.time_format!r} has no % field, such as %d/%m/%Y %H:%M.")


def _check_choice(field: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise MappingError(f"{field} is {value!r}, but must be one of {', '.join(map(repr, allowed))}.")


def _check_names(columns: Dictionary[str, str]) -> None:
    for name, source in columns.items():
        if name not in SETTINGS["columns"]:
            raise MappingError(f"[columns] has {name!r}, but we only know {', '.join(SETTINGS['columns'])}.")
        if not isinstance(source, str) or not source:
            raise MappingError(f"[columns] {name} is {source!r}, but must be the name of a column in quotes.")
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise MappingError(f"[columns] does not say which column is {', '.join(missing)}; these are required.")


def check_header(header: Sequence[str], mapping: Mapping | None = None) -> None:
    """Refuse a header with two columns of the same name, or without a column that the mapping names.

    Raises
    ------
    MappingError
        With the names of the columns in question.

    Examples
    --------
    >>> check_header(["a", "b", "a"])
    Traceback (most recent call last):
    fraud.errors.tables.MappingError: The file has two columns with the name 'a': rename one of them.
    """
    twins = [name for name, times in Counter(header).items() if times > 1]
    if twins:
        names = ", ".join(map(repr, twins))
        raise MappingError(f"The file has two columns with the name {names}: rename one of them.")
    wanted = mapping.columns.items() if mapping else ()
    absent = [f"{source!r} (for {name})" for name, source in wanted if source not in header]
    if absent:
        raise MappingError(f"The file has no column {', '.join(absent)}; its columns are {', '.join(header)}.")


def parse(text: str) -> Mapping:
    r"""Read a mapping from the text of a TOML file.

    Raises
    ------
    MappingError
        If the text is not TOML, or says something that a mapping does not have.

    Examples
    --------
    >>> parse('[columns]\noccurred_at="T"\ncustomer_id="C"\namount_fen="A"\n[amount]\nunit="fen"').amount_unit
    'fen'
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"The mapping is not valid TOML: {error}.") from None
    for table, content in found.items():
        if table not in SETTINGS or not isinstance(content, dict):
            raise MappingError(
                f"The mapping has {table!r}, but we only know the tables [columns], [amount] and [time]."
            )
        for key in content if table != "columns" else ():
            if key not in SETTINGS[table]:
                raise MappingError(f"[{table}] has {key!r}, but we only know {', '.join(SETTINGS[table])}.")
    amount, time = found.get("amount", {}), found.get("time", {})
    return Mapping(
        columns=found.get("columns", {}),
        amount_unit=_text("[amount] unit", amount.get("unit", "yuan")),
        amount_decimal=_text("[amount] decimal", amount.get("decimal", ".")),
        currency=_text("[amount] currency", amount.get("currency", "")),
        time_format=_text("[time] format", time.get("format", "")),
        time_unit=_text("[time] unit", time.get("unit", "")),
        time_origin=_origin(time.get("origin")),
    )


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise MappingError(f"{field} is {value!r}, but must be a text in quotes.")
    return value


def _origin(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is not None:
        raise MappingError(f'[time] origin is {value!r}, but must be a local date such as "2018-04-01".')
    return found


def load(path: Path) -> Mapping:
    """Read a mapping from a TOML file in UTF-8.

    Raises
    ------
    MappingError
        If the file cannot be read or is not a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise MappingError(f"The mapping {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise MappingError(f"The mapping {path} is not in UTF-8: save it as UTF-8.") from None
    return parse(text)


def _quoted(text: str) -> str:
    # A JSON string is a TOML string, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def to_toml(mapping: Mapping) -> str:
    """Write a mapping as TOML that `parse` reads back as the same mapping.

    Examples
    --------
    >>> print(to_toml(Mapping({"occurred_at": "T", "customer_id": "C", "amount_fen": "A"})))
    [columns]
    occurred_at = "T"
    customer_id = "C"
    amount_fen = "A"
    <BLANKLINE>
    [amount]
    unit = "yuan"
    decimal = "."
    <BLANKLINE>
    """
    lines = ["[columns]"]
    lines += [f"{name} = {_quoted(mapping.columns[name])}" for name in SETTINGS["columns"] if name in mapping.columns]
    lines += ["", "[amount]", f"unit = {_quoted(mapping.amount_unit)}", f"decimal = {_quoted(mapping.amount_decimal)}"]
    if mapping.currency:
        lines.append(f"currency = {_quoted(mapping.currency)}")
    if mapping.time_format:
        lines += ["", "[time]", f"format = {_quoted(mapping.time_format)}"]
    if mapping.time_origin is not None:
        lines += ["", "[time]", f"unit = {_quoted(mapping.time_unit)}"]
        lines.append(f"origin = {_quoted(mapping.time_origin.isoformat())}")
    return "\n".join(lines) + "\n"


def ignored(mapping: Mapping, header: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of the file that the mapping does not use, in the file's order.

    Examples
    --------
    >>> ignored(Mapping({"occurred_at": "T", "customer_id": "C", "amount_fen": "A"}), ["T", "V1", "C", "A"])
    ('V1',)
    """
    used = set(mapping.columns.values())
    return tuple(name for name in header if name not in used)


def describe(mapping: Mapping, header: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    """Return the mapping as rows of a table, to be shown before it is used.

    Returns
    -------
    tuple of (name, name in Chinese, source)
        One row for each column of ours, with "left out" where the file has none; last, when there are any, one
        row with the columns of the file that are ignored.

    Examples
    --------
    >>> rows = describe(Mapping({"occurred_at": "T", "customer_id": "C", "amount_fen": "A"}), ["T", "C", "A", "V1"])
    >>> rows[1], rows[4], rows[-1]
    (('occurred_at', '交易时间', 'T'), ('account_id', '账号', 'left out'), ('ignored', '未使用', 'V1'))
    """
    rows = []
    for name in SETTINGS["columns"]:
        source = mapping.columns.get(name, "row number" if name == "transaction_id" else "left out")
        if name == "amount_fen":
            source += f" ({mapping.amount_unit})"
        rows.append((name, column(name).meaning_zh, source))
    extra = ignored(mapping, header)
    return (*rows, ("ignored", "未使用", ", ".join(extra))) if extra else tuple(rows)
