"""Checking an account before anybody is bothered with it: what the registry adds, and what does not fit together.

What a person has corrected is no longer held against what the pending list showed, and its deadline is counted anew;
the registry still has its word.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rpa.bot.basic_first import FIELD, is_awaited, lacks_number, number_from
from rpa.bot.dues import due_of
from rpa.bot.hold import BESIDE, Hold
from rpa.bot.settings import Settings
from rpa.errors import BadFilingError
from rpa.filing import LABELS, Filing
from rpa.listing import Registry, complete, problems
from rpa.queue import State

__all__ = ["check_account", "checked"]

_LOOK_AGAIN_SECONDS = 1.0


def check_account(hold: Hold, settings: Settings) -> float | None:
    """Let an account go on if its data hold; return until when it waits, if it needs the number of another.

    Raises
    ------
    BadFilingError
        If they do not; every field is named.
    """
    others = hold.all_accounts() if lacks_number(hold.item) else []
    if is_awaited(hold.item, others):
        return hold.now() + _LOOK_AGAIN_SECONDS
    record = dict(hold.item.record)
    number, source = number_from(hold.item, others)
    if number:
        record[FIELD] = number
    if hold.was_corrected():
        record.pop("shown", None)
        if "opened_at" in record:
            due = due_of(record, settings)
            record["trouble"] = due.trouble
            hold.reschedule(due.at, due.rank)
    filing, added = checked(record, settings.registry, settings.clock().date())
    completed = {name: getattr(filing, name) for name in added}
    said = [f"completed from the registry: {', '.join(added)}"] if added else []
    if number:
        completed[FIELD] = number
        said.append(f"{FIELD} from the filing of {source}")
    hold.advance(State.VALIDATED, "; ".join(said), {"completed": completed})
    return None


def checked(record: Mapping[str, Any], registry: Registry, today: date) -> tuple[Filing, tuple[str, ...]]:
    """Return the filing of a record of the queue, and which fields the registry completed.

    Raises
    ------
    BadFilingError
        If it is none, contradicts the registry or the pending list, or a field is not right.

    Examples
    --------
    >>> from rpa.filing import _example, to_record
    >>> checked(to_record(_example()), Registry([]), date(2020, 7, 1))
    Traceback (most recent call last):
    rpa.errors.BadFilingError: the registry knows no firm 9162010011939641XQ: ...
    """
    if record.get("trouble"):
        raise BadFilingError(f"its deadline cannot be counted: {record['trouble']}", ("opened_at",))
    plain = {name: value for name, value in record.items() if name not in BESIDE}
    filing, added = complete(plain, registry)
    found = problems(filing, today)
    if found:
        raise BadFilingError("; ".join(one.message for one in found), tuple(one.field for one in found))
    differing = [
        name for name, value in record.get("shown", {}).items() if name in LABELS and value != getattr(filing, name)
    ]
    if differing:
        said = "; ".join(
            f"{LABELS[name]} ({name}) is {getattr(filing, name)!r} in the list package,"
            f" {record['shown'][name]!r} on the platform's page"
            for name in differing
        )
        raise BadFilingError(f"list package and pending list contradict each other: {said}", tuple(differing))
    return filing, added
