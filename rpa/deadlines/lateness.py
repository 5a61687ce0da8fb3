"""Lateness: which accounts were filed after their deadline, or not at all, and why."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

__all__ = ["Finished", "Late", "lateness"]


class Finished(NamedTuple):
    """What became of an account: by when it must be filed, when it came to the bot, when it was filed, what held it up.

    `filed_at` is None if it has not been filed; `held_up` lists reasons in the order in which they came.
    """

    filing_id: str
    due: datetime
    came_at: datetime
    filed_at: datetime | None
    held_up: tuple[str, ...] = ()


class Late(NamedTuple):
    """A late account: by how many minutes (up to now if it is not filed), and why."""

    filing_id: str
    due: datetime
    filed_at: datetime | None
    minutes: int
    reason: str


def lateness(accounts: Iterable[Finished], now: datetime) -> list[Late]:
    """Return what is late, the latest first; an account that is not filed is late from its deadline on.

    Parameters
    ----------
    accounts
        All of them, late or not.
    now
        With its time zone.

    Examples
    --------
    >>> from datetime import timedelta
    >>> from rpa.deadlines.rules import CHINA
    >>> due = datetime(2026, 7, 1, 17, 30, tzinfo=CHINA)
    >>> came = due + timedelta(minutes=5)
    >>> lateness([Finished("L1", due, came, came + timedelta(minutes=1))], came)[0].reason
    'it came 5 min after its deadline'
    """
    found = []
    for one in accounts:
        end = one.filed_at or now
        if end <= one.due:
            continue
        minutes = max(int((end - one.due).total_seconds() // 60), 0)
        found.append(Late(one.filing_id, one.due, one.filed_at, minutes, _reason(one)))
    return sorted(found, key=lambda late: (-late.minutes, late.filing_id))


def _reason(one: Finished) -> str:
    if one.came_at > one.due:
        return f"it came {int((one.came_at - one.due).total_seconds() // 60)} min after its deadline"
    if one.held_up:
        return "; ".join(dict.fromkeys(one.held_up))
    return "it waited in the queue" if one.filed_at else "it is not filed yet"
