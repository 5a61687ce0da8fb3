"""Entries of lists that a case proposes, and what they become once a second person has agreed (制单与复核).

A confirmed fraud proposes black entries for what the thieves own, and never for the victim; a false alarm a snooze for
the customer who was disturbed for nothing. `suggested` makes the proposals that usually follow; the analyst keeps or
leaves them. What is approved is a `ListEntry` or `Snooze` of `fraud.engine`, and names both persons.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from fraud.casework.cases import Alert, Listing
from fraud.casework.states import State
from fraud.engine.lists import ListEntry
from fraud.engine.snooze import Snooze
from fraud.errors import CaseInputError, FraudError

__all__ = ["Entry", "approved", "check_listing", "moment", "suggested"]

Entry: TypeAlias = ListEntry | Snooze

_DAY: Final = 86_400
_SNOOZE_DAYS: Final = 30
_SHARED: Final = ("payee", "device", "phone", "merchant")
"""What belongs to the thieves if several victims of one case meet in it; of one victim it may be his own."""


def moment(seconds: int) -> datetime:
    """Return the local time, without zone, that seconds since 1970 in local time stand for.

    Examples
    --------
    >>> moment(86_400)
    datetime.datetime(1970, 1, 2, 0, 0)
    """
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def approved(listing: Listing, checker: str, now: int) -> Entry:
    """Return what a proposal becomes: an entry or a snooze that acts from now on, in the name of maker and checker.

    Raises
    ------
    ListRefusedError, SnoozeRefusedError
        If the engine's lists would not take it.

    Examples
    --------
    >>> listing = Listing("black", "payee", "6217", "mule", maker="Li")
    >>> approved(listing, "Wang", now=0).who
    'Li, checked by Wang'
    """
    who = f"{listing.maker}, checked by {checker}"
    until = None if listing.until is None else moment(listing.until)
    if listing.colour != "snooze":
        return ListEntry(listing.colour, listing.entity, listing.value, listing.reason, who, moment(now), until)
    ends = until or moment(now + _SNOOZE_DAYS * _DAY)
    return Snooze(listing.entity, listing.value, moment(now), ends, who, listing.reason)


def check_listing(listing: Listing, maker: str, now: int) -> None:
    """Refuse a proposal that could not be approved.

    Raises
    ------
    CaseInputError
        With what the lists say to it.

    Examples
    --------
    >>> check_listing(Listing("white", "country", "CN", "home", until=86_400), "Li", now=0)
    Traceback (most recent call last):
    fraud.errors.cases.CaseInputError: proposed white entry: entity is 'country': too many payments share it to be w...
    """
    try:
        approved(Listing(**_kept(listing), maker=maker), "a checker", now)
    except FraudError as refusal:
        raise CaseInputError(f"proposed {listing.colour} entry: {refusal}") from refusal


def _kept(listing: Listing) -> dict[str, Any]:
    return {name: getattr(listing, name) for name in ("colour", "entity", "value", "reason", "until")}


def suggested(state: State, alerts: Iterable[Alert], now: int) -> list[Listing]:
    """Return the proposals that usually follow a disposition, each once.

    Examples
    --------
    >>> alert = Alert("T1", "C1", 0, 0, 5, 0.5, 2, entities={"payee": "6217", "customer": "C1"})
    >>> [(one.colour, one.entity, one.value) for one in suggested(State.CONFIRMED_FRAUD, [alert], now=0)]
    [('black', 'payee', '6217')]
    >>> [(one.colour, one.entity, one.value) for one in suggested(State.FALSE_ALARM, [alert], now=0)]
    [('snooze', 'customer', 'C1')]
    """
    seen, found = list(alerts), dict[tuple[str, str], Listing]()
    for alert in seen:
        if state is State.FALSE_ALARM:
            reason, until = f"false alarm {alert.event_id}", now + _SNOOZE_DAYS * _DAY
            customer = alert.customer_id
            found.setdefault(("customer", customer), Listing("snooze", "customer", customer, reason, until))
        elif state is State.CONFIRMED_FRAUD:
            for entity, value in _of_thieves(alert, seen):
                found.setdefault((entity, value), Listing("black", entity, value, f"confirmed fraud {alert.event_id}"))
    return list(found.values())


def _of_thieves(alert: Alert, alerts: Sequence[Alert]) -> Iterator[tuple[str, str]]:
    """Yield the payee of a transfer, and what customers of the case share; a shop of one victim is mostly honest."""
    is_transfer = not {"merchant", "terminal"} & set(alert.entities)
    for entity in _SHARED:
        if value := alert.entities.get(entity):
            sharers = {other.customer_id for other in alerts if other.entities.get(entity) == value}
            if len(sharers) > 1 or (entity == "payee" and is_transfer):
                yield entity, value
