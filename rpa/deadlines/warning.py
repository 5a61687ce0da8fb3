"""Warnings: which accounts will be late if nothing changes, told while there is still time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

__all__ = ["Danger", "Waiting", "dangers"]


class Waiting(NamedTuple):
    """An account that is not filed yet: its serial number, and by when it must be."""

    filing_id: str
    due: datetime


class Danger(NamedTuple):
    """An account whose deadline is in danger: when it would be filed at the present pace, and in words why."""

    filing_id: str
    due: datetime
    expected: datetime
    reason: str


def dangers(
    waiting: Sequence[Waiting], now: datetime, seconds_each: float, bots: int, warn_seconds: int
) -> list[Danger]:
    """Return the accounts whose deadline is in danger, soonest first.

    Parameters
    ----------
    waiting
        In the order in which they will be taken.
    now
        With its time zone.
    seconds_each
        How long one account takes one bot.
    bots
        How many work side by side, 1 or more.
    warn_seconds
        How long before its deadline an account that waits is in danger, however fast the queue is.

    Examples
    --------
    >>> from rpa.deadlines.rules import CHINA
    >>> now = datetime(2026, 7, 1, 16, 0, tzinfo=CHINA)
    >>> due = now + timedelta(hours=1, minutes=30)
    >>> [one.reason for one in dangers([Waiting("L1", due), Waiting("L2", due)], now, 4_000.0, 1, 3_600)]
    ['it would be filed at 18:13, 43 min late']
    """
    found = []
    for place, one in enumerate(waiting):
        expected = now + timedelta(seconds=seconds_each * (place // bots + 1))
        if expected > one.due:
            late = int((expected - one.due).total_seconds() // 60)
            reason = f"it would be filed at {expected.astimezone(one.due.tzinfo):%H:%M}, {late} min late"
        elif (one.due - now).total_seconds() <= warn_seconds:
            left = int((one.due - now).total_seconds() // 60)
            reason = f"{left} min are left, and it still waits"
        else:
            continue
        found.append(Danger(one.filing_id, one.due, expected, reason))
    return sorted(found, key=lambda danger: (danger.due, danger.filing_id))
