"""Which sightings are one person: the definition, over a whole set of them, whatever order they came in.

Tier by tier, from the id card down. Within a tier, the uses of one key are put in the order of days and cut into
tenures: where a key lay idle for long, and where it passes from one id card to another. A key that goes to and fro
between two id cards is contested, one that too many customers use is crowded; both link nobody. What remains is
accepted from the strongest link to the weakest, unless it would join two id cards or a pair that a person has parted.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from fraud.identity.sightings import ENOUGH, KEYS, Key, Sighting

__all__ = ["Link", "Resolution", "resolve"]


@dataclass(frozen=True)
class Link:
    """Two sightings that share identifiers: which, how strongly, from when to when; and why not, if it was refused."""

    one: str
    other: str
    keys: tuple[tuple[str, str], ...]
    strength: float
    first: date
    last: date
    refused: str = ""

    def explain(self) -> str:
        """Return the link in one sentence."""
        names = {key.name: f"{key.name} ({key.name_zh})" for key in KEYS}
        shared = " and ".join(f"{names[kind]} {value}" for kind, value in self.keys)
        says = f"{self.one} and {self.other} share {shared} between {self.first} and {self.last}"
        return f"{says}, strength {self.strength:.2f}" + (f"; refused: {self.refused}" if self.refused else "")


@dataclass(frozen=True)
class Resolution:
    """The person of each sighting, named by the person's first sighting; links that hold, and those refused."""

    person: Mapping[str, str]
    links: tuple[Link, ...]
    refused: tuple[Link, ...]


@dataclass(frozen=True)
class _Claim:
    """One key that two sightings share within a tenure, before it is weighed."""

    one: Sighting
    other: Sighting
    key: Key
    value: str
    strength: float


class _People:
    """Groups of sightings with their id cards; a union that must not be is refused."""

    def __init__(self, sightings: Iterable[Sighting], parted: Collection[frozenset[str]]) -> None:
        self.group: dict[str, set[str]] = {}
        self.card: dict[str, str] = {}
        self.named: set[str] = set()
        self.parted = parted
        for one in sightings:
            self.group[one.id] = {one.id}
            if one.id_card is not None:
                self.card[one.id] = one.id_card
            if one.id_card or one.login or one.card:
                self.named.add(one.id)

    def of(self, sighting: str) -> str:
        """Return the name of the group: its smallest sighting."""
        return min(self.group[sighting])

    def known(self, sighting: str) -> str | None:
        """Return the id card of the group, if it is known; a group never has two."""
        return next((self.card[one] for one in self.group[sighting] if one in self.card), None)

    def is_named(self, sighting: str) -> bool:
        """Tell whether anybody in the group came with an id card, a login or a card."""
        return not self.named.isdisjoint(self.group[sighting])

    def join(self, one: str, other: str) -> str:
        """Join two groups and return "", or the reason why they stay apart."""
        mine, theirs = self.group[one], self.group[other]
        if mine is theirs:
            return ""
        cards = {self.known(one), self.known(other)} - {None}
        if len(cards) > 1:
            return "they have two id cards"
        if any(pair & mine and pair & theirs for pair in self.parted if pair <= mine | theirs):
            return "a person has parted them"
        mine |= theirs
        for member in theirs:
            self.group[member] = mine
        return ""


def resolve(
    sightings: Iterable[Sighting],
    parted: Collection[frozenset[str]] = (),
    crowded: Collection[tuple[str, str]] = (),
) -> Resolution:
    """Resolve a set of sightings into people.

    Parameters
    ----------
    sightings
        Sightings with different ids, in any order.
    parted
        Pairs of sightings that are known to be two people.
    crowded
        Keys, as kind and value, that link nobody.

    Examples
    --------
    >>> day = date(2026, 1, 5)
    >>> made = resolve([
    ...     Sighting("s1", "mobile", day, login="li", phone="N7"),
    ...     Sighting("s2", "counter", day, id_card="620102", phone="N7"),
    ...     Sighting("s3", "counter", day, id_card="620103", device="D0"),
    ... ])
    >>> made.person, made.links[0].explain()
    ({'s1': 's1', 's2': 's1', 's3': 's3'}, 's1 and s2 share phone (手机号) N7 between 2026-01-05 and ...strength 0.70')
    """
    ordered = sorted(sightings, key=lambda one: (one.seen_on, one.id))
    people = _People(ordered, parted)
    links: list[Link] = []
    refused: list[Link] = []
    for tier in (1, 2, 3):
        for link in _ranked(ordered, people, tier, crowded):
            reason = people.join(link.one, link.other)
            if reason:
                refused.append(Link(link.one, link.other, link.keys, link.strength, link.first, link.last, reason))
            else:
                links.append(link)
    return Resolution({one.id: people.of(one.id) for one in ordered}, tuple(links), tuple(refused))


def _ranked(ordered: list[Sighting], people: _People, tier: int, crowded: Collection[tuple[str, str]]) -> list[Link]:
    """Return the links of one tier, the strongest first; those of weak keys are added up for each pair of groups."""
    claims = [
        claim
        for key in KEYS
        if key.tier == tier
        for value, uses in _uses(ordered, key.name)
        if (key.name, value) not in crowded
        for tenure in _tenures(uses, key, people)
        for claim in _claims(tenure, key, value, people)
    ]
    if tier < 3:
        made = [_link([one]) for one in claims]
    else:
        pairs: defaultdict[tuple[str, str], list[_Claim]] = defaultdict(list)
        for one in claims:
            ends = people.of(one.one.id), people.of(one.other.id)
            pairs[min(ends), max(ends)].append(one)
        made = [_link(some) for some in pairs.values()]
        made = [link for link in made if link.strength >= ENOUGH]
    return sorted(made, key=lambda link: (-link.strength, link.first, link.one, link.other, link.keys))


def _uses(ordered: list[Sighting], kind: str) -> Iterator[tuple[str, list[Sighting]]]:
    found: defaultdict[str, list[Sighting]] = defaultdict(list)
    for one in ordered:
        value = one.keys().get(kind)
        if value is not None:
            found[value].append(one)
    for value in sorted(found):
        yield value, found[value]


def _tenures(uses: list[Sighting], key: Key, people: _People) -> Iterator[list[Sighting]]:
    """Cut the uses of a key where it lay idle or passed to another id card; nothing if two cards use it by turns.

    Between the last use by one id card and the first by the next, nobody can say whose it was: such uses are left out.
    """
    runs: list[list[Sighting]] = []
    holders: list[str | None] = []
    for one in uses:
        card = people.known(one.id)
        is_idle = bool(runs) and (one.seen_on - runs[-1][-1].seen_on).days > key.idle_days
        is_other = bool(runs) and card is not None and holders[-1] is not None and card != holders[-1]
        if is_other and not is_idle:
            while people.known(runs[-1][-1].id) is None:
                runs[-1].pop()
        if not runs or is_idle or is_other:
            runs.append([])
            holders.append(None)
        runs[-1].append(one)
        holders[-1] = card or holders[-1]
    named = [card for card in holders if card is not None]
    changes = [card for place, card in enumerate(named) if not place or named[place - 1] != card]
    if len(changes) == len(set(changes)):
        yield from runs


def _claims(tenure: list[Sighting], key: Key, value: str, people: _People) -> Iterator[_Claim]:
    first = {people.of(one.id): one for one in reversed(tenure)}
    users = sorted(first.values(), key=lambda one: (one.seen_on, one.id))
    named = sum(people.is_named(one.id) for one in users)
    customers = named + (named < len(users))
    if customers > key.most:
        return
    strength = key.strength if key.tier < 3 else key.strength * 2 / max(customers, 2)
    for one, other in pairwise(users):
        yield _Claim(one, other, key, value, strength)


def _link(claims: list[_Claim]) -> Link:
    lead = min(claims, key=lambda one: (-one.strength, one.one.id, one.other.id))
    days = [end.seen_on for one in claims for end in (one.one, one.other)]
    keys = tuple(sorted({(one.key.name, one.value) for one in claims}))
    best: dict[str, float] = {}
    for one in claims:
        best[one.key.name] = max(best.get(one.key.name, 0.0), one.strength)
    return Link(lead.one.id, lead.other.id, keys, round(sum(best.values()), 6), min(days), max(days))
