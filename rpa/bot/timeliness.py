"""Timeliness: which accounts of the queue will be late if nothing changes, and which were late, and why."""

from datetime import datetime

from rpa.deadlines import Danger, Late, dangers, lateness
from rpa.deadlines.lateness import Finished
from rpa.deadlines.rules import CHINA
from rpa.deadlines.warning import Waiting
from rpa.queue import FOR_A_PERSON, Item, State, WorkQueue

__all__ = ["accounts_in_danger", "late_accounts"]

_GOES_ON = (State.FILED, State.IMAGED, State.WRITTEN_BACK, State.DONE)


def accounts_in_danger(
    queue: WorkQueue, now: datetime, seconds_each: float, bots: int, warn_seconds: int
) -> list[Danger]:
    """Return the accounts whose deadline is in danger, soonest first; those that wait for a person come first of all.

    Parameters
    ----------
    now
        With its time zone.
    seconds_each, bots, warn_seconds
        As for `rpa.deadlines.dangers`.

    Examples
    --------
    >>> from pathlib import Path
    >>> queue = WorkQueue(Path(":memory:"))
    >>> queue.add("L1", {}, due=3_600.0, rank=0, now=0.0)
    True
    >>> accounts_in_danger(queue, datetime.fromtimestamp(600.0, CHINA), 2.0, 1, 3_600)[0].reason
    '50 min are left, and it still waits'
    """
    left = [item for item in queue.items() if item.filed_at is None and item.state is not State.REFUSED]
    waiting = [Waiting(item.filing_id, _moment(item.due)) for item in left if item.state not in FOR_A_PERSON]
    handed = [Waiting(item.filing_id, _moment(item.due)) for item in left if item.state in FOR_A_PERSON]
    found = dangers(handed, now, 0.0, 1, warn_seconds) + dangers(waiting, now, seconds_each, bots, warn_seconds)
    return sorted(found, key=lambda danger: (danger.due, danger.filing_id))


def late_accounts(queue: WorkQueue, now: datetime) -> list[Late]:
    """Return the accounts that were filed late, or are late and not filed, and what held them up.

    An account that was refused by a rule is settled with that, and not late.

    Parameters
    ----------
    now
        With its time zone.

    Examples
    --------
    >>> from pathlib import Path
    >>> queue = WorkQueue(Path(":memory:"))
    >>> queue.add("L1", {}, due=60.0, rank=0, now=0.0)
    True
    >>> late_accounts(queue, datetime.fromtimestamp(180.0, CHINA))[0].reason
    'it is not filed yet'
    """
    held_up: dict[str, list[str]] = {}
    for step in queue.steps():
        if step.reason and step.after not in _GOES_ON:
            held_up.setdefault(step.filing_id, []).append(step.reason)
    finished = [_finished(item, tuple(held_up.get(item.filing_id, ()))) for item in queue.items()]
    return lateness([one for one in finished if one is not None], now)


def _finished(item: Item, held_up: tuple[str, ...]) -> Finished | None:
    if item.state is State.REFUSED:
        return None
    filed_at = None if item.filed_at is None else _moment(item.filed_at)
    return Finished(item.filing_id, _moment(item.due), _moment(item.came_at), filed_at, held_up)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, CHINA)
