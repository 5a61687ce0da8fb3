"""One world: people and firms of the first towns, and the codes of all that belongs to them.

Every entity of a stream is a number; this module says which number means what, and what identifier it has in the
tables. The layout of a column's codes is plain arithmetic on towns, so that a million accounts need no table.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets import firms, habits, merchants, people, places, towns
from datasets.errors import OutOfRangeError
from datasets.seeds import generator

__all__ = ["DAYS", "FIRST_DAY", "World", "build"]

FIRST_DAY = date(2020, 7, 1)
"""The streams begin here: enrolment in September and the October holidays lie inside."""
DAYS = 120


@dataclass(frozen=True, eq=False)
class World:
    """People and firms, and the codes of their accounts, cards, devices, addresses and terminals.

    Codes of customers: people, then firms. Of accounts: a first one for each customer, then a second one for each
    person. Of cards: one for each first account of a person, then for each second one. Of devices: a first and a
    second one for each person, one for each firm, a branch's tablet for each town, the gangs'. Of networks: homes,
    carriers, colleges, offices, the gangs'. Of terminals: towns', online shops', those in cities away.
    """

    seed: int
    towns: int
    days: int
    people: people.People
    firms: firms.Firms

    @property
    def persons(self) -> int:
        """Number of people."""
        return len(self.people)

    @property
    def customers(self) -> int:
        """Number of customers: people and firms."""
        return len(self.people) + len(self.firms)

    @cached_property
    def segment(self) -> NDArray[np.int64]:
        """Segment of each customer, int64."""
        return np.concatenate([self.people.segment, np.full(len(self.firms), habits.SEGMENTS.index("firm"))])

    @cached_property
    def customer_town(self) -> NDArray[np.int64]:
        """Town of each customer, int64."""
        return np.concatenate([self.people.town, self.firms.town])

    @cached_property
    def town_place(self) -> NDArray[np.int64]:
        """Place of each town, int64."""
        return places.of_towns(self.towns)

    @cached_property
    def mules(self) -> NDArray[np.int64]:
        """People who lend their accounts to the gang of their town (资金骡子), int64 of shape (towns, 24)."""
        # who opens an account only in the course of the stream comes last: a mule must be able to pay from the start
        opens_later = (self.people.opened > 0).reshape(self.towns, towns.PEOPLE)
        chance = generator(self.seed, "mules").random((self.towns, towns.PEOPLE))
        order = (chance + opens_later).argsort(axis=1, kind="stable")
        return np.sort(order[:, :24], axis=1) + np.arange(self.towns)[:, None] * towns.PEOPLE

    @cached_property
    def elderly(self) -> NDArray[np.int64]:
        """People of 60 or more whose accounts have been open for long, int64."""
        is_old = self.people.segment == habits.SEGMENTS.index("elderly")
        return np.flatnonzero(is_old & (np.arange(self.persons) % 2 == 1))

    def second_account(self, person: NDArray[np.int64] | int) -> NDArray[np.int64]:
        """Return the codes of people's second accounts."""
        return np.asarray(person) + self.customers

    def firm_device(self, firm: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the codes of firms' computers."""
        return 2 * self.persons + firm

    def tablet(self, town: int) -> int:
        """Return the code of the tablet of a town's branch, on which new customers open accounts."""
        return 2 * self.persons + len(self.firms) + town

    def gang_device(self, town: int, number: int) -> int:
        """Return the code of one device of the gang that works from a town."""
        base = 2 * self.persons + len(self.firms) + self.towns
        return base + town * towns.GANG_DEVICES + number % towns.GANG_DEVICES

    def carrier_ip(self, town: NDArray[np.int64] | int, number: NDArray[np.int64] | int) -> NDArray[np.int64]:
        """Return codes of the addresses behind which a carrier hides a town's phones."""
        return np.asarray(self.towns * towns.HOMES + np.asarray(town) * towns.CARRIER_IPS + number)

    def campus_ip(self, town: NDArray[np.int64] | int) -> NDArray[np.int64]:
        """Return codes of the colleges' addresses."""
        return np.asarray(self.towns * (towns.HOMES + towns.CARRIER_IPS) + np.asarray(town))

    def office_ip(self, firm: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return codes of firms' addresses on the network: firms of one office share one."""
        here = self.firms.address[firm] % (towns.HOMES + towns.OFFICES) - towns.HOMES
        base = self.towns * (towns.HOMES + towns.CARRIER_IPS + 1)
        return np.asarray(base + self.firms.town[firm] * towns.OFFICES + here)

    def gang_ip(self, town: NDArray[np.int64] | int, number: NDArray[np.int64] | int) -> NDArray[np.int64]:
        """Return codes of rented addresses (VPN), from which the gang of a town works and some honest people pay."""
        base = self.towns * (towns.HOMES + towns.CARRIER_IPS + 1 + towns.OFFICES)
        return np.asarray(base + np.asarray(town) * towns.GANG_DEVICES + np.asarray(number) % towns.GANG_DEVICES)

    def terminal(
        self, town: NDArray[np.int64] | int, category: str, number: NDArray[np.int64] | int
    ) -> NDArray[np.int64]:
        """Return codes of terminals of one merchant category in towns; `number` goes round."""
        _, first, count = habits.terminals_of()
        code = habits.CATEGORIES.index(category)
        return np.asarray(np.asarray(town) * towns.TERMINALS + first[code] + np.asarray(number) % count[code])

    def online(self, category: str, number: NDArray[np.int64] | int) -> NDArray[np.int64]:
        """Return codes of online shops of one category; `number` goes round the forty shops."""
        base = self.towns * towns.TERMINALS + habits.ONLINE.index(category) * 40
        return np.asarray(base + np.asarray(number) % 40)

    def away(self, place: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return codes of terminals in cities away from home; `number` goes round the cities' sixteen."""
        base = self.towns * towns.TERMINALS + towns.ONLINE_TERMINALS
        return base + place * towns.AWAY_TERMINALS + number % towns.AWAY_TERMINALS

    @cached_property
    def terminal_category(self) -> NDArray[np.int64]:
        """Merchant category of each terminal, int64."""
        here = [habits.CATEGORIES.index(name) for name in habits.terminals_of()[0]]
        online = np.repeat([habits.CATEGORIES.index(name) for name in habits.ONLINE], 40)
        away = [habits.CATEGORIES.index(name) for name in merchants.AWAY] * (
            towns.AWAY_TERMINALS // len(merchants.AWAY)
        )
        return np.concatenate([np.tile(here, self.towns), online, np.tile(away, len(places.PLACES))])

    @cached_property
    def terminal_place(self) -> NDArray[np.int64]:
        """Place of each terminal, int64; -1 for online shops, which are everywhere."""
        return np.concatenate(
            [
                np.repeat(self.town_place, towns.TERMINALS),
                np.full(towns.ONLINE_TERMINALS, -1),
                np.repeat(np.arange(len(places.PLACES)), towns.AWAY_TERMINALS),
            ]
        )

    @cached_property
    def terminal_merchant(self) -> NDArray[np.int64]:
        """Merchant of each terminal, int64; -1 for the bank's own machines and counters."""
        return merchants.of_terminals(self.terminal_category, self.towns)

    @cached_property
    def customer_phone(self) -> NDArray[np.int64]:
        """Phone line of each customer, int64: a person's own, a firm's that of its representative (法定代表人)."""
        return np.concatenate([np.arange(self.persons), self.firms.representative])

    @cached_property
    def labels(self) -> dict[str, NDArray[np.object_]]:
        """Identifier of each code, for each column that holds codes: text arrays."""
        count = self.towns
        persons = towns.identifiers("P", count, towns.PEOPLE)
        company = towns.identifiers("F", count, towns.FIRMS)
        accounts = [
            towns.identifiers("A", count, towns.PEOPLE),
            towns.identifiers("B", count, towns.FIRMS),
            towns.identifiers("A", count, towns.PEOPLE, 5000),
        ]
        terminals = [
            towns.identifiers("T", count, towns.TERMINALS),
            np.array([f"T9999{number:04d}" for number in range(towns.ONLINE_TERMINALS)], object),
            np.array([f"T8{place:03d}{n:04d}" for place in range(len(places.PLACES)) for n in range(16)], object),
        ]
        return {
            "customer_id": np.concatenate([persons, company]),
            "account_id": np.concatenate(accounts),
            "payee_id": np.concatenate(accounts),
            "card_id": np.concatenate([towns.identifiers("C", count, towns.PEOPLE, first) for first in (0, 5000)]),
            "device_id": self._devices(),
            "ip": self._networks(),
            "terminal_id": np.concatenate(terminals),
            "phone": towns.identifiers("N", count, towns.PEOPLE),
            "merchant_id": merchants.identifiers(company),
            "channel": np.array(habits.CHANNELS, object),
            "kind": np.array(habits.KINDS, object),
            "merchant_category": np.array(habits.CATEGORIES, object),
            "place": np.array(places.PLACES, object),
            "country": np.array(sorted(set(places.COUNTRIES)), object),
        }

    @cached_property
    def dtypes(self) -> dict[str, pd.CategoricalDtype]:
        """Type in pandas of each column that holds codes, made once because its check for duplicates is slow.

        Its categories stand in the order of the alphabet: in that of the codes, the gangs' devices would come last.
        """
        return {
            name: pd.CategoricalDtype(pd.Index(np.sort(labels, kind="stable"), dtype="str"))
            for name, labels in self.labels.items()
        }

    @cached_property
    def ranks(self) -> dict[str, NDArray[np.int64]]:
        """Place of each code's label among the categories, int64; the last entry, -1, is for codes that are NONE."""
        return {
            name: np.append(np.argsort(np.argsort(labels, kind="stable"), kind="stable"), -1)
            for name, labels in self.labels.items()
        }

    def _devices(self) -> NDArray[np.object_]:
        sizes = (
            (towns.PEOPLE, 0),
            (towns.PEOPLE, 1000),
            (towns.FIRMS, 2000),
            (1, 3000),
            (towns.GANG_DEVICES, 4000),
        )
        # an identifier gives no hint of who owns the device: a factor near the golden section scatters neighbours
        return np.concatenate(
            [
                np.array(
                    [
                        f"D{(town * 10_000 + first + n) * 61_803_391 % 99_999_989:08d}"
                        for town in range(self.towns)
                        for n in range(size)
                    ],
                    object,
                )
                for size, first in sizes
            ]
        )

    def _networks(self) -> NDArray[np.object_]:
        sizes = (
            (towns.HOMES, 0),
            (towns.CARRIER_IPS, 200),
            (1, 210),
            (towns.OFFICES, 211),
            (towns.GANG_DEVICES, 241),
        )
        return np.concatenate(
            [
                np.array(
                    [
                        towns.address_of_network(10, (town * 512 + first + n) * 40_503 % 2**24)
                        for town in range(self.towns)
                        for n in range(size)
                    ],
                    object,
                )
                for size, first in sizes
            ]
        )


@lru_cache(maxsize=4)
def build(seed: int, town_count: int, days: int = DAYS) -> World:
    """Build the world of the first towns.

    Raises
    ------
    OutOfRangeError
        If the seed is negative, or there are too few or too many towns or days.

    Examples
    --------
    >>> world = build(7, 2)
    >>> world.persons, world.customers, world.mules.shape
    (1000, 1080, (2, 24))
    >>> bool((build(7, 3).mules[:2] == world.mules).all())
    True
    """
    if not 1 <= town_count <= towns.MAX_TOWNS:
        raise OutOfRangeError(f"{town_count} towns were asked for, but a province has 1 to {towns.MAX_TOWNS}")
    if not 1 <= days <= 3650:
        raise OutOfRangeError(f"{days} days were asked for, but a stream lasts 1 to 3650")
    return World(seed, town_count, days, people.draw(seed, town_count, days), firms.draw(seed, town_count))
