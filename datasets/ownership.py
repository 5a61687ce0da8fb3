"""Who holds, controls and is related to whom: shareholdings, declared control, and kinship.

Data card. Three tables of ties. `shareholdings` (持股): holder to company with the share. `controls` (实际控制):
controller to controlled, as declared; for one firm in eight nobody is declared. `kinships` (亲属): two persons, mostly
members of one household. The shells of a town hold each other in a circle. A hidden group is held by its controller and
by a relative and declares nothing; the honest look-alikes are a parent with subsidiaries, circular ownership under one
declared person, a small cross-shareholding, and relatives whose firms have nothing to do with each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd

from datasets import firms, towns
from datasets.guarantee_structures import Structure, structures
from datasets.seeds import generator
from datasets.ties import NO_END, Tie, firm_id, frames, numbered, person_id, shuffled, table

__all__ = [
    "controls",
    "controls_of_towns",
    "kinships",
    "kinships_of_towns",
    "shareholdings",
    "shareholdings_of_towns",
    "spouse_of",
    "ties",
]

_WHOLE = 10_000


def spouse_of(person: int) -> int:
    """Return another member of the household of a person; both by their number in the town.

    Examples
    --------
    >>> [spouse_of(person) for person in range(6)]
    [1, 2, 1, 4, 3, 6]
    """
    return person + 1 if (person + 1) * 2 // 5 == person * 2 // 5 else person - 1


@dataclass(frozen=True)
class _Book:
    """Owners of one town's firms, as they are written down; `free` is what nobody holds yet, in basis points."""

    rng: np.random.Generator
    town: int
    representative: list[int]
    founded: list[int]
    free: list[int] = field(default_factory=lambda: [_WHOLE] * towns.FIRMS)
    shareholdings: list[Tie] = field(default_factory=list)
    controls: list[Tie] = field(default_factory=list)
    kinships: list[Tie] = field(default_factory=list)
    related: set[tuple[int, int]] = field(default_factory=set)

    def hold(self, holder: str, firm: int, share: int, truth: tuple[str, str] = ("", "")) -> None:
        share = min(share, self.free[firm])
        if share > 0:
            self.free[firm] -= share
            dates = self.founded[firm], NO_END
            company = firm_id(self.town, firm)
            self.shareholdings.append(Tie(holder, company, 0, share, *dates, "company registry", *truth))

    def control(self, holder: str, firm: int, share: int, truth: tuple[str, str] = ("", "")) -> None:
        dates = self.founded[firm], NO_END
        self.controls.append(Tie(holder, firm_id(self.town, firm), 0, share, *dates, "annual report", *truth))

    def relate(self, one: int, other: int, truth: tuple[str, str] = ("", "")) -> None:
        pair = min(one, other), max(one, other)
        if one != other and pair not in self.related:
            self.related.add(pair)
            who = person_id(self.town, pair[0]), person_id(self.town, pair[1])
            self.kinships.append(Tie(*who, 0, -1, -3_000, NO_END, "household register", *truth))


def _parent(book: _Book, one: Structure) -> None:
    parent = firm_id(book.town, one.members[0])
    for firm in one.members[1:]:
        share = int(book.rng.integers(5_100, _WHOLE + 1))
        book.hold(parent, firm, share, (one.structure_id, "parent holds"))
        book.control(parent, firm, share, (one.structure_id, "parent controls"))


def _hidden(book: _Book, one: Structure) -> None:
    """Let the controller hold the first firm, a relative of the controller the others: each is a representative."""
    controller = book.representative[one.members[0]]
    for place, firm in enumerate(one.members):
        share = int(book.rng.integers(5_500, 9_500))
        nominee = book.representative[firm]
        book.hold(person_id(book.town, nominee), firm, share, (one.structure_id, "nominee holds"))
        if place:
            book.relate(controller, nominee, (one.structure_id, "relative"))


def _circular(book: _Book, one: Structure) -> None:
    """Let a person hold most of the first firm, each firm most of the next, the last a part of the first."""
    person = person_id(book.town, book.representative[one.members[0]])
    book.hold(person, one.members[0], int(book.rng.integers(5_100, 6_500)), (one.structure_id, "ultimate holds"))
    book.control(person, one.members[0], 6_000, (one.structure_id, "ultimate controls"))
    for holder, firm in zip(one.members, one.members[1:], strict=False):
        share = int(book.rng.integers(5_100, 7_500))
        book.hold(firm_id(book.town, holder), firm, share, (one.structure_id, "circle"))
    back = int(book.rng.integers(1_000, 3_000))
    book.hold(firm_id(book.town, one.members[-1]), one.members[0], back, (one.structure_id, "circle"))


def _cross(book: _Book, one: Structure) -> None:
    for holder, firm in (one.members, one.members[::-1]):
        book.hold(firm_id(book.town, holder), firm, int(book.rng.integers(300, 1_000)), (one.structure_id, "cross"))


def _shells(book: _Book, one: Structure) -> None:
    for holder, firm in zip(one.members, one.members[1:] + one.members[:1], strict=True):
        share = int(book.rng.integers(3_000, 5_100))
        book.hold(firm_id(book.town, holder), firm, share, (one.structure_id, "circle"))


def _family(book: _Book, one: Structure) -> None:
    pair = [book.representative[firm] for firm in one.members]
    book.relate(pair[0], pair[1], (one.structure_id, "relative"))


_OWNERS = {
    "parent_subsidiaries": _parent,
    "hidden_group": _hidden,
    "circular_ownership": _circular,
    "cross_shareholding": _cross,
    "shell_ring": _shells,
    "family_apart": _family,
}
_DECLARES_NOTHING = ("hidden_group", "shell_ring")
_HAS_ANOTHER = ("parent_subsidiaries", "circular_ownership")


@lru_cache(maxsize=128)
def ties(seed: int, town: int) -> dict[str, tuple[Tie, ...]]:
    """Return shareholding, control and kinship ties of one town, with the truth about them.

    Examples
    --------
    >>> drawn = ties(7, 0)
    >>> sorted(drawn)
    ['control', 'kinship', 'shareholding']
    >>> held = {}
    >>> for tie in drawn["shareholding"]:
    ...     held[tie.to_id] = held.get(tie.to_id, 0) + tie.share
    >>> max(held.values()) <= 10_000
    True
    """
    here, drawn = slice(town * towns.FIRMS, (town + 1) * towns.FIRMS), firms.draw(seed, towns.MAX_TOWNS)
    representative = [int(code) % towns.PEOPLE for code in drawn.representative[here]]
    book = _Book(generator(seed, "ownership", town), town, representative, [-int(age) for age in drawn.founded[here]])
    silent: set[int] = set()
    for structure in structures(seed, town):
        if structure.kind in _OWNERS:
            _OWNERS[structure.kind](book, structure)
        silent |= set(structure.members) if structure.kind in _DECLARES_NOTHING else set()
        silent |= set(structure.members[1:]) if structure.kind in _HAS_ANOTHER else set()
        silent |= set(structure.members[:1]) if structure.kind == "circular_ownership" else set()
    for firm in range(towns.FIRMS):
        _ordinary(book, firm, firm in silent)
    found = {"shareholding": book.shareholdings, "control": book.controls, "kinship": book.kinships}
    return {kind: tuple(shuffled(seed, kind, town, some)) for kind, some in found.items()}


def _ordinary(book: _Book, firm: int, is_silent: bool) -> None:
    """Let the representative hold most of what is free; a spouse or somebody of the town may hold the rest."""
    first = book.representative[firm]
    share = book.free[firm] * int(book.rng.integers(55, 101)) // 100
    # the representative of a hidden group's firm holds a part already, under another truth
    pair = person_id(book.town, first), firm_id(book.town, firm)
    if not any((tie.from_id, tie.to_id) == pair for tie in book.shareholdings):
        book.hold(pair[0], firm, share)
    other = spouse_of(first) if book.rng.integers(0, 2) else int(book.rng.integers(0, towns.PEOPLE))
    if other != first:
        book.hold(person_id(book.town, other), firm, book.free[firm] * int(book.rng.integers(40, 101)) // 100)
    if not is_silent and book.rng.integers(0, 8):
        book.control(person_id(book.town, first), firm, max(share, 3_000))
    if book.rng.integers(0, 100) < 45:
        book.relate(first, spouse_of(first))


def shareholdings(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n shareholdings, some towns at a time.

    Examples
    --------
    >>> bool(next(shareholdings(50, 7))["share"].between(0, 1).all())
    True
    """
    return frames(n, seed, shareholdings_of_towns)


def shareholdings_of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the shareholdings of some towns.

    Examples
    --------
    >>> shareholdings_of_towns(7, range(1, 2))["edge_id"].iloc[0]
    'E00010000'
    """
    return _rows("shareholding", "E", seed, some)


def controls(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n declared controls, some towns at a time.

    Examples
    --------
    >>> len(next(controls(20, 7)))
    20
    """
    return frames(n, seed, controls_of_towns)


def controls_of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the declared controls of some towns.

    Examples
    --------
    >>> controls_of_towns(7, range(1, 2))["edge_id"].iloc[0]
    'V00010000'
    """
    return _rows("control", "V", seed, some)


def kinships(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n kinships, some towns at a time.

    Examples
    --------
    >>> frame = next(kinships(20, 7))
    >>> bool((frame["from_id"] < frame["to_id"]).all())
    True
    """
    return frames(n, seed, kinships_of_towns)


def kinships_of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the kinships of some towns.

    Examples
    --------
    >>> kinships_of_towns(7, range(1, 2))["edge_id"].iloc[0]
    'W00010000'
    """
    return _rows("kinship", "W", seed, some)


def _rows(kind: str, letter: str, seed: int, some: range) -> pd.DataFrame:
    return table([row for town in some for row in numbered(letter, town, ties(seed, town)[kind])])
