"""When an account is due: counted when its list comes, and once more when a person has corrected its data.

A deadline that cannot be counted is a deadline now: the account goes to a person at once, with the reason.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from rpa.bot.settings import Settings
from rpa.deadlines import deadline_of
from rpa.deadlines.rules import CHINA
from rpa.errors import CalendarError, PolicyError

__all__ = ["Due", "due_of"]


class Due(NamedTuple):
    """By when (Unix seconds), the rank among those due at one time, and why it cannot be counted; empty if it can."""

    at: float
    rank: int
    trouble: str = ""


def due_of(record: Mapping[str, Any], settings: Settings) -> Due:
    """Return when an account is due.

    Parameters
    ----------
    record
        With `account_type` and `opened_at`.
    settings
        Of the bot: policy, working days and clock.
    """
    try:
        opened_at = datetime.fromisoformat(str(record.get("opened_at", "")))
        if opened_at.tzinfo is None:
            opened_at = opened_at.replace(tzinfo=CHINA)
        deadline = deadline_of(str(record.get("account_type", "")), opened_at, settings.policy, settings.days)
    except (ValueError, PolicyError, CalendarError) as error:
        return Due(settings.now(), 0, str(error))
    return Due(deadline.due.timestamp(), deadline.rank)
