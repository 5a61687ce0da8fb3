"""One event from outside: every field checked against `fraud.schema`, refused with its name, value and what is right.

JSON carries times as ISO text; inside, a time is a `datetime` without zone. What is missing is left out or null; a
blank text is refused, because one system's blank is another's missing. A category that the schema does not know (a new
channel, say) is no error: it is passed on, and `marks` says so. A time too far ahead of the clock is refused, because
it would drag the clock of every window with it; a late one is judged and marked.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import orjson

from fraud.engine.canonical import moment, seconds
from fraud.engine.clock import AHEAD
from fraud.errors import EventRefusedError
from fraud.rules.vocabulary import VALUES, VOCABULARY, nearest
from fraud.schema import COLUMNS, LABEL, REQUIRED, Column

__all__ = [
    "EVENT_ID",
    "FIRST_YEAR",
    "LAST_YEAR",
    "TOLERANCE",
    "check_event",
    "differing",
    "event_json",
    "event_of",
    "marks",
    "read_event",
]

EVENT_ID: Final = "transaction_id"
FIRST_YEAR, LAST_YEAR = 1900, 2199
TOLERANCE: Final = timedelta(minutes=5)
"""How far the clock of who sends may be ahead of ours."""

_LATE: Final = 86_400  # a day behind what was seen already is more than a queue that was slow
_LONGEST: Final = 128
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?")
_ENTRIES: Final = {entry.name: entry for entry in COLUMNS if entry.name != LABEL}


def read_event(
    table: Mapping[str, object], now: datetime | None = None, ahead: timedelta = TOLERANCE
) -> dict[str, Any]:
    """Turn what JSON carries into an event.

    Parameters
    ----------
    table
        Field -> value, fields of `fraud.schema` and no others; `transaction_id` is needed besides what the schema
        requires, because there is one decision for each.
    now
        Local time at which it came in; None does not compare with a clock.
    ahead
        How far `occurred_at` may be ahead of `now`.

    Raises
    ------
    EventRefusedError
        At the first field that is unknown, missing or out of bounds.

    Examples
    --------
    >>> sent = {"transaction_id": "T1", "occurred_at": "2026-03-01T09:30:00", "customer_id": "C1", "amount_fen": 100}
    >>> read_event(sent)["occurred_at"]
    datetime.datetime(2026, 3, 1, 9, 30)
    >>> read_event(sent | {"amount_fen": 12.5})
    Traceback (most recent call last):
    fraud.errors.EventRefusedError: amount_fen is 12.5; it must be a whole number of fen from 0 to 10000000000000
    >>> read_event(sent | {"amount": 12})
    Traceback (most recent call last):
    fraud.errors.EventRefusedError: amount is no field of an event; did you mean 'amount_fen'?
    """
    if not isinstance(table, Mapping):
        raise EventRefusedError(f"an event is {type(table).__name__}; it must be an object of fields and values")
    event: dict[str, Any] = {}
    for name, value in table.items():
        if name not in _ENTRIES:
            raise EventRefusedError(f"{_stranger(name)}")
        if value is not None:
            event[name] = _READERS[_ENTRIES[name].kind](_ENTRIES[name], value)
    for name in (EVENT_ID, *REQUIRED):
        if name not in event:
            raise EventRefusedError(f"{name} is missing; an event needs {', '.join((EVENT_ID, *REQUIRED))}")
    if now is not None and event["occurred_at"] > now + ahead:
        raise EventRefusedError(
            f"occurred_at is {event['occurred_at'].isoformat()}, ahead of the clock at {now.isoformat()}; "
            f"it may be at most {ahead.total_seconds():.0f} seconds ahead"
        )
    return event


def _stranger(name: object) -> str:
    if name == LABEL:
        return f"{LABEL} is no field of an event: whether it was fraud is known later, and confirmed then"
    known = dict.fromkeys(_ENTRIES)
    return f"{name} is no field of an event" + (nearest(str(name), known) or f"; fields are {', '.join(known)}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _time(entry: Column, value: object) -> datetime:
    right = f"a local time without a zone from {FIRST_YEAR} to {LAST_YEAR}, such as 2026-01-31T08:15:00"
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        raise EventRefusedError(f"{entry.name} is {_shown(value)}; it must be {right}")
    try:
        time = datetime.fromisoformat(value)
    except ValueError as error:
        raise EventRefusedError(f"{entry.name} is {_shown(value)} ({error}); it must be {right}") from None
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise EventRefusedError(f"{entry.name} is {_shown(value)}; it must be {right}")
    return time


def _money(entry: Column, value: object) -> int:
    if type(value) is not int or not _within(entry, value):
        raise EventRefusedError(
            f"{entry.name} is {_shown(value)}; it must be a whole number of fen "
            f"from {entry.lowest:.0f} to {entry.highest:.0f}"
        )
    return value


def _number(entry: Column, value: object) -> float:
    bounds = "" if entry.lowest is None else f" from {entry.lowest:g} to {entry.highest:g}"
    if type(value) not in (int, float) or not _within(entry, value):  # type: ignore[arg-type]  # type() is not narrowed
        raise EventRefusedError(f"{entry.name} is {_shown(value)}; it must be a finite number{bounds}")
    return float(value)  # type: ignore[arg-type]  # as above


def _within(entry: Column, value: float) -> bool:
    low = -math.inf if entry.lowest is None else entry.lowest
    high = math.inf if entry.highest is None else entry.highest
    return low <= value <= high and abs(value) != math.inf


def _text(entry: Column, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST or not value.isprintable():
        raise EventRefusedError(
            f"{entry.name} is {_shown(value)}; it must be text of 1 to {_LONGEST} printable characters, "
            "or be left out when there is none"
        )
    return value


def _flag(entry: Column, value: object) -> int:
    if value not in (0, 1):
        raise EventRefusedError(f"{entry.name} is {_shown(value)}; it must be 0 or 1")
    return int(bool(value))


_READERS: Final[Mapping[str, Callable[[Column, object], Any]]] = {
    **{"time": _time, "money": _money, "number": _number, "flag": _flag},
    **{"identifier": _text, "category": _text},
}


def check_event(event: Mapping[str, Any]) -> tuple[str, int, int]:
    """Return id, second and amount of an event in process, or refuse it: the fields without which none is judged.

    Raises
    ------
    EventRefusedError
        If id, time, customer or amount is missing or out of bounds.

    Examples
    --------
    >>> check_event({"transaction_id": "T1", "occurred_at": 86_400, "customer_id": "C1", "amount_fen": 100})
    ('T1', 86400, 100)
    """
    event_id, amount, time = event.get(EVENT_ID), event.get("amount_fen"), event.get("occurred_at")
    if event_id is None or event.get("customer_id") is None:
        missing = EVENT_ID if event_id is None else "customer_id"
        raise EventRefusedError(f"{missing} is missing; an event needs {', '.join((EVENT_ID, *REQUIRED))}")
    if not isinstance(time, datetime | int) or time != time or (isinstance(time, datetime) and time.tzinfo is not None):
        raise EventRefusedError(f"occurred_at is {_shown(time)}; it must be a local time without a zone, or seconds")
    second = seconds(time)
    if not _FIRST_SECOND <= second < _END_SECOND:
        raise EventRefusedError(f"occurred_at is {_shown(time)}; it must be from {FIRST_YEAR} to {LAST_YEAR}")
    if amount is None or not _is_number(amount) or not 0 <= amount <= _MOST_FEN or amount != int(amount):
        raise EventRefusedError(f"amount_fen is {_shown(amount)}; it must be whole fen from 0 to {_MOST_FEN}")
    for name, value in event.items():
        if type(value) is not _KIND.get(name, type(value)) and value is not None:
            _check_kind(name, value)
    return str(event_id), second, int(amount)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating)


def _check_kind(name: str, value: Any) -> None:
    """Refuse text where a number belongs and the reverse; NaN, as tables have it, is missing."""
    if _KIND[name] is float and (not _is_number(value) or abs(value) >= _TOO_LARGE):
        raise EventRefusedError(f"{name} is {_shown(value)}; it must be a number, or be left out when there is none")
    if _KIND[name] is str and not (isinstance(value, str) or (isinstance(value, float) and value != value)):
        raise EventRefusedError(f"{name} is {_shown(value)}; it must be text, or be left out when there is none")


_KIND: Final[Mapping[str, type]] = {
    entry.name: float if entry.kind == "number" else str
    for entry in COLUMNS
    if entry.kind in ("number", "identifier", "category") and entry.name != EVENT_ID
}
_TOO_LARGE: Final = 2**63  # what a rule could not compare exactly any more


_FIRST_SECOND, _END_SECOND = seconds(datetime(FIRST_YEAR, 1, 1)), seconds(datetime(LAST_YEAR + 1, 1, 1))
_MOST_FEN = int(_ENTRIES["amount_fen"].highest or 0)


def marks(event: Mapping[str, Any], second: int, latest: int | None) -> tuple[str, ...]:
    """Return what is odd about an event that is judged all the same.

    Parameters
    ----------
    event
        The event.
    second, latest
        Its time, and that of the stream before it; None if there was none.

    Examples
    --------
    >>> marks({"channel": "pigeon"}, 0, 3 * 86_400)
    ('late: 3.0 days', 'unknown channel: pigeon')
    """
    found = []
    if latest is not None and second < latest:
        behind = latest - second
        found.append(f"late: {behind / 86_400:.1f} days" if behind >= _LATE else f"out of order: {behind} seconds")
    elif latest is not None and second > latest + AHEAD:
        found.append(f"ahead: {(second - latest) / 86_400:.1f} days")
    for name, values in VALUES.items():
        value = event.get(name)
        if value is not None and value not in values:
            found.append(f"unknown {name}: {value}")
    return tuple(found)


def event_json(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event as JSON carries it: times as ISO text to the second, amounts whole, other numbers real.

    Left out are what is missing, the label, and whatever neither the schema nor a rule knows; so what is sent twice is
    written the same, whichever way it came.

    Examples
    --------
    >>> event_json({"occurred_at": datetime(2026, 1, 1), "customer_age": 70, "ip": None, "is_fraud": 1, "note": "x"})
    {'occurred_at': '2026-01-01T00:00:00', 'customer_age': 70.0}
    """
    return {
        name: _WRITER_OF[name](value)
        for name, value in event.items()
        if name in _WRITER_OF and value is not None and value == value  # NaN is missing
    }


_WRITERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **{"time": lambda time: moment(seconds(time)), "money": int, "number": float, "flag": int},
    **{"identifier": str, "category": str},
}
_WRITER_OF: Final = {
    **dict.fromkeys(VOCABULARY, float),  # a feature that an event brings along
    **{entry.name: _WRITERS[entry.kind] for entry in _ENTRIES.values()},
}


def event_of(content: bytes) -> dict[str, Any]:
    """Return the event whose canonical JSON this is.

    Examples
    --------
    >>> event_of(b'{"occurred_at":"2026-01-01T00:00:00"}')
    {'occurred_at': datetime.datetime(2026, 1, 1, 0, 0)}
    """
    event: dict[str, Any] = orjson.loads(content)
    return event | {"occurred_at": datetime.fromisoformat(event["occurred_at"])}


def differing(one: bytes, other: bytes) -> str:
    """Say in which field two events differ first, and what each says there.

    Examples
    --------
    >>> differing(b'{"amount_fen":1}', b'{"amount_fen":2}')
    'amount_fen was 1 and is 2'
    """
    was, now = orjson.loads(one), orjson.loads(other)
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            return f"{name} was {_shown(was.get(name))} and is {_shown(now.get(name))}"
    return "they are written differently"
