"""People behind channels: contacts with whatever identifiers the channel asks for, linked to persons, with the truth.

A counter sees the id card and notes the phone, a terminal sees a card, the app a login, a device and a phone. None says
who somebody is in another channel; together they do. Which customer it was is the truth, and is not told.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from datasets import transactions
from fraud.identity.links import Identities
from fraud.identity.resolving import Link
from fraud.identity.sightings import Sighting

__all__ = ["Linked", "link_people"]

_MOST_CUSTOMERS = 400
_CONTACTS_TRIED, _WAYS_TRIED = 12, 600
_COUNTER, _TERMINALS = "counter", ("atm", "pos")


@dataclass(frozen=True)
class Linked:
    """Customers, contacts and persons found; pairs of contacts of one customer, of one person, and of both.

    `path` is how two contacts of one customer in different channels are linked; `refused` are links that were refused.
    """

    customers: int
    contacts: int
    persons: int
    true_pairs: int
    found_pairs: int
    right_pairs: int
    path: tuple[Link, ...]
    refused: tuple[Link, ...]

    @property
    def precision(self) -> float:
        """Share of the linked pairs that are one customer's."""
        return self.right_pairs / max(self.found_pairs, 1)

    @property
    def recall(self) -> float:
        """Share of the pairs of one customer that were linked."""
        return self.right_pairs / max(self.true_pairs, 1)


def link_people(size: int, seed: int) -> Linked:
    """Link the contacts of some hundred customers.

    Parameters
    ----------
    size
        Number of payments, the contacts of whose first customers are taken.
    seed
        Of the province.
    """
    payments = pd.concat(transactions.make(size, seed), ignore_index=True)
    chosen = payments["customer_id"].drop_duplicates().head(_MOST_CUSTOMERS)
    contacts = _contacts(payments[payments["customer_id"].isin(chosen)])
    known = Identities()
    owner: dict[str, str] = {}
    channel: dict[str, str] = {}
    for customer, sighting in contacts:
        known.add(sighting)
        owner[sighting.id], channel[sighting.id] = customer, sighting.channel
    people = known.people()
    found = sum(_pairs(len(ids)) for ids in people.values())
    right = sum(_pairs(count) for ids in people.values() for count in _counts(owner[one] for one in ids))
    return Linked(
        customers=len(set(owner.values())),
        contacts=len(owner),
        persons=len(people),
        true_pairs=sum(_pairs(count) for count in _counts(owner.values())),
        found_pairs=found,
        right_pairs=right,
        path=_telling(known, people, channel),
        refused=tuple(dict.fromkeys(link for ids in people.values() for link in known.refused(ids[0]))),
    )


def _contacts(payments: pd.DataFrame) -> Iterator[tuple[str, Sighting]]:
    """Yield the customer and the contact, each kind of contact of a customer once in a month."""
    when = pd.to_datetime(payments["occurred_at"])
    names = ["customer_id", "channel", "card_id", "device_id", "phone"]
    table = payments[names].astype(object).where(payments[names].notna(), None)
    table["seen_on"] = when.dt.date
    table["month"] = when.dt.month
    for number, row in enumerate(table.drop_duplicates([*names, "month"]).to_dict("records")):
        yield str(row["customer_id"]), _contact(f"s{number:05d}", {str(name): value for name, value in row.items()})


def _contact(number: str, row: dict[str, object]) -> Sighting:
    def text(name: str) -> str | None:
        return None if row[name] is None else str(row[name])

    channel, seen_on = str(row["channel"]), pd.Timestamp(str(row["seen_on"])).date()
    if channel == _COUNTER:
        return Sighting(number, channel, seen_on, id_card=f"ID-{row['customer_id']}", phone=text("phone"))
    if channel in _TERMINALS and row["card_id"] is not None:
        return Sighting(number, channel, seen_on, card=text("card_id"))
    login = f"{channel}-{row['customer_id']}"
    return Sighting(
        number, channel, seen_on, login=login, phone=text("phone"), card=text("card_id"), device=text("device_id")
    )


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _counts(names: Iterable[str]) -> Iterable[int]:
    """Return how often each name occurs."""
    return Counter(names).values()


def _telling(known: Identities, people: dict[str, tuple[str, ...]], channel: dict[str, str]) -> tuple[Link, ...]:
    """Return a shortest way of at least two links from somebody's first contact to one in another channel."""
    ways = (
        known.explain(ids[0], other)
        for ids in people.values()
        for other in ids[1:_CONTACTS_TRIED]
        if channel[other] != channel[ids[0]]
    )
    found = [way for way in itertools.islice(ways, _WAYS_TRIED) if len(way) > 1]
    return min(found, key=len, default=())
