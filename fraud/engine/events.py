"""One event from outside: every field checked against `fraud.schema`, refused with its name, value and what is right.

JSON carries times as ISO text; inside, a time is a `datetime` without zone. What is missing is left out or null; a
blank text is refused, because one system's blank is another's missing. A category that the schema does not know (a new
channel, say) is no error: it is passed on and marked. A time too far ahead of the clock is refused, because
it would drag the clock of every window with it; a late one is judged and marked.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from fraud.engine.canonical import canonical, moment, seconds
from fraud.errors import EventRefusedError
from fraud.rules.vocabulary import VOCABULARY, nearest
from fraud.schema import COLUMNS, LABEL, REQUIRED, Column

__all__ = [
    "EVENT_ID",
    "FIRST_YEAR",
    "LAST_YEAR",
    "TOLERANCE",
    "differing",
    "event_bytes",
    "event_json",
    "event_of",
    "read_event",
    "shown",
]

EVENT_ID: Final = "transaction_id"
FIRST_YEAR, LAST_YEAR = 1900, 2199
TOLERANCE: Final = timedelta(minutes=5)
"""How far the clock of who sends may be ahead of ours."""

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
    fraud.errors.deciding.EventRefusedError: amount_fen is 12.5; it must be a whole number of fen from 0 to 10000000...
    >>> read_event(sent | {"amount": 12})
    Traceback (most recent call last):
    fraud.errors.deciding.EventRefusedError: amount is no field of an event; did you mean 'amount_fen'?
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


def shown(value: object) -> str:
    """Return a value as a refusal shows it, at most 60 characters.

    Examples
    --------
    >>> len(shown("x" * 1_000))
    60
    """
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _time(entry: Column, value: object) -> datetime:
    right = f"a local time without a zone from {FIRST_YEAR} to {LAST_YEAR}, such as 2026-01-31T08:15:00"
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        raise EventRefusedError(f"{entry.name} is {shown(value)}; it must be {right}")
    try:
        time = datetime.fromisoformat(value)
    except ValueError as error:
        raise EventRefusedError(f"{entry.name} is {shown(value)} ({error}); it must be {right}") from None
    if not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise EventRefusedError(f"{entry.name} is {shown(value)}; it must be {right}")
    return time


def _money(entry: Column, value: object) -> int:
    if type(value) is not int or not _within(entry, value):
        raise EventRefusedError(
            f"{entry.name} is {shown(value)}; it must be a whole number of fen "
            f"from {entry.lowest:.0f} to {entry.highest:.0f}"
        )
    return value


def _number(entry: Column, value: object) -> float:
    bounds = "" if entry.lowest is None else f" from {entry.lowest:g} to {entry.highest:g}"
    if type(value) not in (int, float) or not _within(entry, value):  # type: ignore[arg-type]  # type() is not narrowed
        raise EventRefusedError(f"{entry.name} is {shown(value)}; it must be a finite number{bounds}")
    return float(value)  # type: ignore[arg-type]  # as above


def _within(entry: Column, value: float) -> bool:
    low = -math.inf if entry.lowest is None else entry.lowest
    high = math.inf if entry.highest is None else entry.highest
    return low <= value <= high and abs(value) != math.inf


def _text(entry: Column, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST or not value.isprintable():
        raise EventRefusedError(
            f"{entry.name} is {shown(value)}; it must be text of 1 to {_LONGEST} printable characters, "
            "or be left out when there is none"
        )
    return value


def _flag(entry: Column, value: object) -> int:
    if value not in (0, 1):
        raise EventRefusedError(f"{entry.name} is {shown(value)}; it must be 0 or 1")
    return int(bool(value))


_READERS: Final[Mapping[str, Callable[[Column, object], Any]]] = {
    **{"time": _time, "money": _money, "number": _number, "flag": _flag},
    **{"identifier": _text, "category": _text},
}


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


def event_bytes(event: Mapping[str, Any]) -> bytes:
    """Return the canonical JSON of an event, by which it is known again.

    Raises
    ------
    EventRefusedError
        If a text of it cannot be written as UTF-8.

    Examples
    --------
    >>> event_bytes({"customer_id": "C1", "amount_fen": 100})
    b'{"amount_fen":100,"customer_id":"C1"}'
    """
    try:
        return canonical(event_json(event))
    except TypeError as error:  # orjson's own error is one
        raise EventRefusedError(f"event {event.get(EVENT_ID)!r} cannot be written as JSON: {error}") from None


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
            return f"{name} was {shown(was.get(name))} and is {shown(now.get(name))}"
    return "they are written differently"
