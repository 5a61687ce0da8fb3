"""One event in process: refused before anything is changed if it cannot be judged, marked if something is odd about it.

It is checked as cheaply as can be, because it was checked at the edge already (`fraud.engine.events`), or comes from a
table that was.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np

from fraud.engine.canonical import seconds
from fraud.engine.clock import AHEAD
from fraud.engine.events import EVENT_ID, FIRST_YEAR, LAST_YEAR, shown
from fraud.errors import EventRefusedError
from fraud.rules.vocabulary import VALUES
from fraud.schema import COLUMNS, REQUIRED, column

__all__ = ["check_event", "marks"]

_LATE: Final = 86_400  # a day behind what was seen already is more than a queue that was slow


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
        raise EventRefusedError(f"occurred_at is {shown(time)}; it must be a local time without a zone, or seconds")
    second = seconds(time)
    if not _FIRST_SECOND <= second < _END_SECOND:
        raise EventRefusedError(f"occurred_at is {shown(time)}; it must be from {FIRST_YEAR} to {LAST_YEAR}")
    if amount is None or not _is_number(amount) or not 0 <= amount <= _MOST_FEN or amount != int(amount):
        raise EventRefusedError(f"amount_fen is {shown(amount)}; it must be whole fen from 0 to {_MOST_FEN}")
    for name, value in event.items():
        if type(value) is not _KIND.get(name, type(value)) and value is not None:
            _check_kind(name, value)
    return str(event_id), second, int(amount)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating)


def _check_kind(name: str, value: Any) -> None:
    """Refuse text where a number belongs and the reverse; NaN, as tables have it, is missing."""
    if _KIND[name] is float and (not _is_number(value) or abs(value) >= _TOO_LARGE):
        raise EventRefusedError(f"{name} is {shown(value)}; it must be a number, or be left out when there is none")
    if _KIND[name] is str and not (isinstance(value, str) or (isinstance(value, float) and value != value)):
        raise EventRefusedError(f"{name} is {shown(value)}; it must be text, or be left out when there is none")


_KIND: Final[Mapping[str, type]] = {
    entry.name: float if entry.kind == "number" else str
    for entry in COLUMNS
    if entry.kind in ("number", "identifier", "category") and entry.name != EVENT_ID
}
_TOO_LARGE: Final = 2**63  # what a rule could not compare exactly any more


_FIRST_SECOND, _END_SECOND = seconds(datetime(FIRST_YEAR, 1, 1)), seconds(datetime(LAST_YEAR + 1, 1, 1))
_MOST_FEN = int(column("amount_fen").highest or 0)


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
