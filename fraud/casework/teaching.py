"""What the analysts have said, told to the engine: labels that its features learn from, entries and snoozes.

The work list and the engine each keep their own file, and a process may die between the two. So everything is told
again from the last point that is known to have arrived, and telling a thing twice changes nothing. That point must be
kept: an entry that a person has ended in the engine since would come back if all were told from the beginning.
"""

from datetime import datetime
from typing import NamedTuple, Protocol

from fraud.casework.listing import moment
from fraud.casework.work_list import WorkList
from fraud.engine.lists import ListEntry
from fraud.engine.snooze import Snooze
from fraud.errors import EventRefusedError, ListRefusedError, SnoozeRefusedError

__all__ = ["Pupil", "Taught", "teach"]


class Pupil(Protocol):
    """Who learns: an engine, as far as it is told anything."""

    def confirm(self, event_id: str, is_fraud: bool, at: datetime) -> None:
        """Take a label."""

    def put(self, entry: ListEntry) -> None:
        """Take an entry of a list."""

    def snooze(self, snooze: Snooze) -> None:
        """Take a snooze."""


class Taught(NamedTuple):
    """What has arrived: time of the last label and number of the last entry; and ids of events the engine never saw."""

    known_after: int
    listed_after: int
    unknown: tuple[str, ...] = ()


def teach(engine: Pupil, desk: WorkList, known_after: int = -1, listed_after: int = 0) -> Taught:
    """Tell an engine what was said since, in the order in which it was said.

    Parameters
    ----------
    engine
        Who is told.
    desk
        Where it was said.
    known_after, listed_after
        What this returned the last time; everything, if nothing is known to have arrived.
    """
    unknown = []
    for outcome in sorted(desk.labels(), key=lambda outcome: (outcome.known_at, outcome.event_id)):
        if outcome.known_at < known_after:  # of the same second some may be new
            continue
        try:
            engine.confirm(outcome.event_id, outcome.is_fraud, moment(outcome.known_at))
        except EventRefusedError:
            unknown.append(outcome.event_id)  # one alert from elsewhere must not keep the rest from being learnt
        known_after = outcome.known_at
    for number, entry in desk.approved(listed_after):
        try:
            if isinstance(entry, Snooze):
                engine.snooze(entry)
            else:
                engine.put(entry)
        except (ListRefusedError, SnoozeRefusedError):
            pass  # it was told before, by a process that died before it could say so
        listed_after = number
    return Taught(known_after, listed_after, tuple(unknown))
