"""Firms that come to the province in one summer: a ring of shells, families of honest firms, start-ups, strangers.

Data card. One row for each newcomer: firm_id (numbers behind those of the town's forty), credit_code, name, industry,
legal_representative_id, officer_id, agent_id, address_id, phone_id, registered_capital_fen, founded_on, opened_on (its
basic account), place. Nine of them are one ring of shell firms, five in the first town and four in the second; no two
of them need have all in common. In every town there are look-alikes: families of firms that one owner runs from one
office with one bookkeeper (连锁、家族企业), and start-up houses (众创空间) whose tenants share the address and who
registers them. What a newcomer is says `newcomer_truth` alone; never for features.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from datasets import firms, names, places, quantiles, towns
from datasets.ring_roles import roles
from datasets.seeds import generator
from datasets.shared_attributes import OFFICE, TOWER
from datasets.ties import days, firm_id, frames, person_id

__all__ = ["KINDS", "Newcomer", "grouped", "make", "newcomers", "of_towns", "truth", "truth_of"]

KINDS: dict[str, str] = {
    "ring": "空壳团伙",
    "family": "家族企业（正常）",
    "house": "众创空间（正常）",
    "lone": "新设企业（正常）",
}
"""What a newcomer is, in English and Chinese."""
_IN_TOWNS = (5, 4)
_HOME = towns.HOMES + towns.OFFICES


class Newcomer(NamedTuple):
    """One newcomer; days count from 2020-07-01, money in fen, `group` names what it belongs to or is empty."""

    firm_id: str
    kind: str
    group: str
    representative: str
    officer: str
    agent: str
    address: str
    phone: str
    founded: int
    opened: int
    industry: int
    capital_fen: int
    equity_fen: int
    place_in_group: int


class _Town:
    """What one town's draws have in common: chance, its number, and the addresses that were given away."""

    def __init__(self, seed: int, town: int) -> None:
        self.seed, self.town = seed, town
        self.rng = generator(seed, "newcomers", town)
        self.offices = 0

    def somebody(self) -> str:
        return person_id(self.town, int(self.rng.integers(0, towns.PEOPLE)))

    def bookkeeper(self) -> str:
        """One of the eight agents who file for the town's other firms, too."""
        return OFFICE if self.chance(15) else person_id(self.town, int(self.rng.integers(0, 8)))

    def office(self) -> str:
        self.offices += 1
        return f"H{self.town:04d}{_HOME + self.offices:04d}"

    def chance(self, percent: int) -> bool:
        return bool(self.rng.integers(0, 100) < percent)

    def firm(self, kind: str, group: str, place: int, founded: int, **shared: str) -> Newcomer:
        """Draw one firm; what it does not share is its own."""
        representative = shared.get("representative") or self.somebody()
        capital = int(quantiles.factors(0.9)[self.rng.integers(0, quantiles.QUANTILES)]) * 200_000
        return Newcomer(
            "",
            kind,
            group,
            representative,
            shared.get("officer") or self.somebody(),
            shared.get("agent") or self.bookkeeper(),
            shared.get("address") or self.office(),
            shared.get("phone") or representative.replace("P", "N"),
            founded,
            founded + 4 + int(self.rng.integers(0, 12)),
            int(self.rng.integers(0, len(firms.TRADES))),
            capital,
            capital // 100 * int(self.rng.integers(15, 90)),
            place,
        )


def _ring(here: _Town) -> Iterator[Newcomer]:
    first, count = sum(_IN_TOWNS[: here.town]), _IN_TOWNS[here.town]
    rng = generator(here.seed, "newcomers", "what the ring shares")
    one, two, agent = (person_id(0, int(number)) for number in rng.permutation(np.arange(8, towns.PEOPLE))[:3])
    begins = int(rng.integers(-25, -5))
    for place, role in list(enumerate(roles(here.seed)))[first : first + count]:
        yield here.firm(
            "ring",
            "ring",
            place,
            begins + int(here.rng.integers(0, 30)),
            representative=(one, two, "")[role.nominee],
            agent=agent if role.has_agent else "",
            address=(f"H0000{_HOME:04d}", TOWER, "")[role.seat],
            phone=one.replace("P", "N") if role.has_phone else "",
        )


def _family(here: _Town, group: str) -> Iterator[Newcomer]:
    """Let one owner open several firms: as much in common as the ring, and nothing wrong."""
    owner, agent, office = here.somebody(), here.bookkeeper(), here.office()
    begins = int(here.rng.integers(-40, 10))
    for place in range(int(here.rng.integers(3, 10))):
        representative = owner if here.chance(85) else ""
        yield here.firm(
            "family",
            group,
            place,
            begins + int(here.rng.integers(0, 25)),
            representative=representative,
            officer=owner if here.chance(20) else "",
            agent=agent if here.chance(85) else "",
            address=office if here.chance(80) else "",
            phone=owner.replace("P", "N") if here.chance(75) else "",
        )


def _house(here: _Town, group: str) -> Iterator[Newcomer]:
    """Let tenants of one start-up house be registered by one agent within a few weeks."""
    agent, office = here.somebody(), here.office()
    begins = int(here.rng.integers(-40, 0))
    for place in range(int(here.rng.integers(4, 9))):
        yield here.firm(
            "house",
            group,
            place,
            begins + int(here.rng.integers(0, 40)),
            agent=agent if here.chance(70) else "",
            address=office if here.chance(85) else "",
        )


@lru_cache(maxsize=256)
def newcomers(seed: int, town: int) -> tuple[Newcomer, ...]:
    """Return the newcomers of one town in an order that tells nothing.

    Examples
    --------
    >>> drawn = [one for town in range(3) for one in newcomers(7, town)]
    >>> sum(one.kind == "ring" for one in drawn), drawn[0].firm_id
    (9, 'F00000040')
    """
    here = _Town(seed, town)
    found = list(_ring(here)) if town < len(_IN_TOWNS) else []
    for number in range(1 + int(here.rng.integers(0, 2))):
        found += _family(here, f"family {town}-{number}")
    found += _house(here, f"house {town}")
    for place in range(int(here.rng.integers(3, 7))):
        address = TOWER if here.chance(30) else ""
        found.append(here.firm("lone", "", place, int(here.rng.integers(-40, 20)), address=address))
    order = here.rng.permutation(len(found))
    return tuple(
        found[int(old)]._replace(firm_id=firm_id(town, towns.FIRMS + new)) for new, old in enumerate(order.tolist())
    )


def grouped(seed: int, some: range) -> dict[str, list[Newcomer]]:
    """Return the ring and the look-alike groups of some towns, each in its own order.

    Examples
    --------
    >>> [one.place_in_group for one in grouped(7, range(2))["ring"]]
    [0, 1, 2, 3, 4, 5, 6, 7, 8]
    """
    found: dict[str, list[Newcomer]] = {}
    for town in some:
        for one in newcomers(seed, town):
            if one.group:
                found.setdefault(one.group, []).append(one)
    return {name: sorted(members, key=lambda one: one.place_in_group) for name, members in sorted(found.items())}


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n newcomers, some towns at a time; see the data card above.

    Examples
    --------
    >>> next(make(2, seed=7))["firm_id"].tolist()
    ['F00000040', 'F00000041']
    """
    return frames(n, seed, of_towns)


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the newcomers of some towns.

    Examples
    --------
    >>> frame = of_towns(7, range(2))
    >>> bool((frame["opened_on"] > frame["founded_on"]).all()), bool(frame["credit_code"].is_unique)
    (True, True)
    """
    drawn = [(town, place, one) for town in some for place, one in enumerate(newcomers(seed, town))]
    city = places.of_towns(towns.MAX_TOWNS)
    called: list[str] = []
    for town in some:
        here = newcomers(seed, town)
        zh = np.full(len(here), places.HOME[int(city[town])][1], object)
        trades = np.array([firms.TRADES[one.industry] for one in here], object)
        called += names.of_firms(seed, zh, trades, f"newcomers of town {town}").tolist()
    first = towns.MAX_TOWNS * towns.FIRMS
    codes = [firms.credit_code(places.HOME[int(city[town])][2], first + town * 100 + place) for town, place, _ in drawn]
    text = {
        **{"firm_id": [one.firm_id for _, _, one in drawn], "credit_code": codes, "name": called},
        "industry": [firms.INDUSTRIES[one.industry] for _, _, one in drawn],
        **{f"{name}_id": [getattr(one, key) for _, _, one in drawn] for name, key in _IDENTIFIERS.items()},
        "place": [places.PLACES[int(city[town])] for town, _, _ in drawn],
    }
    return pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in text.items()}).assign(
        registered_capital_fen=np.array([one.capital_fen for _, _, one in drawn], np.int64),
        founded_on=days([one.founded for _, _, one in drawn]),
        opened_on=days([one.opened for _, _, one in drawn]),
    )


_IDENTIFIERS = {
    **{"legal_representative": "representative", "officer": "officer", "agent": "agent"},
    **{"address": "address", "phone": "phone"},
}


def truth(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the truth about the first n newcomers: firm_id, kind, group_id, is_ring.

    Examples
    --------
    >>> int(next(truth(60, seed=7))["is_ring"].sum())
    9
    """
    return frames(n, seed, truth_of)


def truth_of(seed: int, some: range) -> pd.DataFrame:
    """Return the truth about some towns' newcomers.

    Examples
    --------
    >>> sorted(set(truth_of(7, range(3))["kind"]))
    ['family', 'house', 'lone', 'ring']
    """
    rows = [(one.firm_id, one.kind, one.group, one.kind == "ring") for t in some for one in newcomers(seed, t)]
    frame = pd.DataFrame(rows, columns=["firm_id", "kind", "group_id", "is_ring"])
    return frame.astype({"firm_id": "str", "kind": "str", "group_id": "str", "is_ring": np.bool_})
