"""Identities as they grow: sightings come one by one, people are looked up, explained, parted again.

The result is that of `fraud.identity.resolving.resolve` over all sightings, whatever order they came in; only what
hangs together with a new sighting is resolved again. A wrong merge is undone by parting two sightings: nothing is
lost, the links that joined them are weighed again, and `rejoin` takes it back.
"""

from collections import defaultdict
from collections.abc import Iterable

from fraud.errors import IdentityInputError
from fraud.identity.resolving import Link, Resolution, resolve
from fraud.identity.sightings import KEYS, Sighting

__all__ = ["CROWD", "Identities", "Link"]

CROWD = 8
"""A weak key that so many customers use, by their strong keys, belongs to a place and links nobody."""
_STRONG = tuple(key.name for key in KEYS if key.tier < 3)
_WEAK = tuple(key.name for key in KEYS if key.tier == 3)


class Identities:
    """Sightings and the people that they are.

    Examples
    --------
    >>> from datetime import date
    >>> known = Identities()
    >>> known.add(Sighting("s1", "mobile", date(2026, 1, 5), login="li", phone="N7"))
    >>> known.add(Sighting("s2", "counter", date(2026, 1, 6), id_card="620102", phone="N7"))
    >>> known.person("s2"), [link.keys for link in known.explain("s1", "s2")]
    ('s1', [(('phone', 'N7'),)])
    >>> known.part("s1", "s2", reason="the number was typed wrong", who="Wang")
    >>> known.person("s2")
    's2'
    """

    def __init__(self) -> None:
        self._sightings: dict[str, Sighting] = {}
        self._with: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._customers: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
        self._parted: dict[frozenset[str], tuple[str, str]] = {}
        self._resolved: dict[str, Resolution] = {}

    def __len__(self) -> int:
        """Return the number of sightings."""
        return len(self._sightings)

    def add(self, sighting: Sighting) -> None:
        """Take in a sighting; the same one twice counts once.

        Raises
        ------
        IdentityInputError
            If another sighting has this id.
        """
        known = self._sightings.get(sighting.id)
        if known is not None:
            if known != sighting:
                raise IdentityInputError(f"sighting {sighting.id!r} is known with other contents; each has its own id")
            return
        self._sightings[sighting.id] = sighting
        keys = sighting.keys()
        customer = next(((kind, keys[kind]) for kind in _STRONG if kind in keys), None)
        touched = {sighting.id}
        for kind, value in keys.items():
            was_crowded = self._is_crowded((kind, value))
            self._with[kind, value].add(sighting.id)
            if kind in _WEAK and customer is not None:
                self._customers[kind, value].add(customer)
            if self._is_crowded((kind, value)) and not was_crowded:
                touched |= self._with[kind, value]
        self._forget(touched)

    def person(self, sighting: str) -> str:
        """Return the person of a sighting, named by the smallest id among the person's sightings.

        Raises
        ------
        IdentityInputError
            If no sighting has this id.
        """
        return self._resolution(sighting).person[sighting]

    def people(self) -> dict[str, tuple[str, ...]]:
        """Return the sightings of every person, sorted."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for sighting in sorted(self._sightings):
            found[self.person(sighting)].append(sighting)
        return {person: tuple(found[person]) for person in sorted(found)}

    def explain(self, one: str, other: str) -> tuple[Link, ...]:
        """Return the fewest links that lead from one sighting to another; empty if they are two people or the same."""
        resolution = self._resolution(one)
        if other not in resolution.person:
            self._known(other)
            return ()
        near: defaultdict[str, list[Link]] = defaultdict(list)
        for link in resolution.links:
            near[link.one].append(link)
            near[link.other].append(link)
        came: dict[str, tuple[Link, ...]] = {one: ()}
        queue = [one]
        for at in queue:
            for link in near[at]:
                onto = link.other if link.one == at else link.one
                if onto not in came:
                    came[onto] = (*came[at], link)
                    queue.append(onto)
        return came.get(other, ())

    def refused(self, sighting: str) -> tuple[Link, ...]:
        """Return the links around a sighting that were refused, each with its reason."""
        person = self.person(sighting)
        resolution = self._resolution(sighting)
        return tuple(
            link
            for link in resolution.refused
            if person in (resolution.person[link.one], resolution.person[link.other])
        )

    def part(self, one: str, other: str, reason: str, who: str) -> None:
        """Say that two sightings are two people; the links that joined them are undone.

        Raises
        ------
        IdentityInputError
            If a sighting is unknown, both are the same, or reason or name are blank.
        """
        pair = self._pair(one, other)
        if not reason.strip() or not who.strip():
            raise IdentityInputError("to part two sightings takes a reason and the name of who says so")
        self._parted[pair] = (reason, who)
        self._forget(pair)

    def rejoin(self, one: str, other: str) -> None:
        """Take back that two sightings were parted.

        Raises
        ------
        IdentityInputError
            If they were not.
        """
        pair = self._pair(one, other)
        if pair not in self._parted:
            raise IdentityInputError(f"{one!r} and {other!r} were not parted, so nothing can be taken back")
        del self._parted[pair]
        self._forget(pair)

    @property
    def parted(self) -> dict[tuple[str, ...], tuple[str, str]]:
        """Pairs that were parted, with reason and name."""
        return {
            tuple(sorted(pair)): why for pair, why in sorted(self._parted.items(), key=lambda item: sorted(item[0]))
        }

    def _known(self, sighting: str) -> Sighting:
        if sighting not in self._sightings:
            raise IdentityInputError(f"no sighting has the id {sighting!r}")
        return self._sightings[sighting]

    def _pair(self, one: str, other: str) -> frozenset[str]:
        if self._known(one) == self._known(other):
            raise IdentityInputError(f"{one!r} cannot be parted from itself")
        return frozenset((one, other))

    def _is_crowded(self, key: tuple[str, str]) -> bool:
        return len(self._customers.get(key, ())) > CROWD

    def _resolution(self, sighting: str) -> Resolution:
        """Resolve what hangs together with a sighting by any key that is not crowded, unless it is resolved already."""
        self._known(sighting)
        if sighting not in self._resolved:
            around = self._around([sighting])
            crowded = {key for one in around for key in self._sightings[one].keys().items() if self._is_crowded(key)}
            parted = [pair for pair in self._parted if pair <= around]
            resolution = resolve((self._sightings[one] for one in around), parted, crowded)
            self._resolved.update(dict.fromkeys(around, resolution))
        return self._resolved[sighting]

    def _around(self, begin: Iterable[str]) -> set[str]:
        reached = set(begin)
        queue = sorted(reached)
        for one in queue:
            for key in self._sightings[one].keys().items():
                if not self._is_crowded(key):
                    fresh = self._with[key] - reached
                    reached |= fresh
                    queue += sorted(fresh)
        return reached

    def _forget(self, touched: Iterable[str]) -> None:
        """Drop what was resolved around some sightings."""
        for one in touched:
            near = {one}
            for key in self._sightings[one].keys().items():
                # whoever used a key that has just become crowded is among the touched
                near |= set() if self._is_crowded(key) else self._with[key]
            for member in near:
                resolution = self._resolved.get(member)
                for other in resolution.person if resolution else ():
                    self._resolved.pop(other, None)
