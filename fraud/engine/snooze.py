"""A snooze (暂缓): a person says of one entity "known good until", so that the same alert does not come every hour.

It silences what is below block: the named rules, or without names all rules, grey entries and the model. It has bounds,
so that a moment's kindness is no open door: it ends within 90 days, it may have a largest amount, it never silences a
black entry or a rule that blocks, and rules that hit all the same are recorded as silenced.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from fraud.engine.canonical import content_hash, seconds
from fraud.engine.lists import ENTITIES
from fraud.errors import SnoozeRefusedError

__all__ = ["Snooze", "Snoozes"]

_LONGEST_DAYS: Final = 90
_TOO_WIDE: Final = ("country", "ip")


@dataclass(frozen=True)
class Snooze:
    """What a person vouches for, checked when it is made.

    Parameters
    ----------
    entity, value
        One of `fraud.engine.lists.ENTITIES` but country and ip, and its identifier.
    since, until
        From when and until when, at most 90 days.
    who, reason
        Who says so and why; neither may be blank.
    rules
        Ids of the rules that are silenced; empty is everything below block.
    most_fen
        The largest payment that it covers; None is any.

    Raises
    ------
    SnoozeRefusedError
        If a field is not what it must be.

    Examples
    --------
    >>> Snooze("customer", "C1", datetime(2026, 1, 1), datetime(2027, 1, 1), "me", "wedding")
    Traceback (most recent call last):
    fraud.errors.deciding.SnoozeRefusedError: until is 2027-01-01 00:00:00; a snooze ends within 90 days of since, 2...
    """

    entity: str
    value: str
    since: datetime
    until: datetime
    who: str
    reason: str
    rules: tuple[str, ...] = ()
    most_fen: int | None = None

    def __post_init__(self) -> None:
        """Refuse a snooze without bounds or without a person."""
        if self.entity not in ENTITIES or self.entity in _TOO_WIDE:
            right = ", ".join(name for name in ENTITIES if name not in _TOO_WIDE)
            raise SnoozeRefusedError(f"entity is {self.entity!r}; it must be one of {right}")
        for name in ("value", "who", "reason"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name).strip():
                raise SnoozeRefusedError(f"{name} is {getattr(self, name)!r}; it must be text that says something")
        for name, time in (("since", self.since), ("until", self.until)):
            if not isinstance(time, datetime) or time.tzinfo is not None:
                raise SnoozeRefusedError(f"{name} is {time!r}; it must be a local time without a zone")
        if not 0 < (self.until - self.since).total_seconds() <= _LONGEST_DAYS * 86_400:
            raise SnoozeRefusedError(
                f"until is {self.until}; a snooze ends within {_LONGEST_DAYS} days of since, {self.since}"
            )
        if self.most_fen is not None and (type(self.most_fen) is not int or self.most_fen <= 0):
            raise SnoozeRefusedError(f"most_fen is {self.most_fen!r}; it must be whole fen above zero")

    @cached_property
    def id(self) -> str:
        """Sixteen hexadecimal digits of the hash of its content, by which decisions name it."""
        return content_hash(self.as_json())[:16]

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON carries them, without those that are not set."""
        made = {name: value for name, value in asdict(self).items() if value not in (None, ())}
        return made | {"since": self.since.isoformat(), "until": self.until.isoformat()}

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> "Snooze":
        """Read what `as_json` wrote.

        Raises
        ------
        SnoozeRefusedError
            If a field is unknown, missing or not what it must be.
        """
        known = [field.name for field in fields(cls)]
        wrong = [name for name in table if name not in known] or [name for name in known[:6] if name not in table]
        if wrong:
            raise SnoozeRefusedError(f"field {wrong[0]} is unknown or missing; a snooze has {', '.join(known)}")
        try:
            times = {name: datetime.fromisoformat(table[name]) for name in ("since", "until")}
        except (TypeError, ValueError) as error:
            raise SnoozeRefusedError(f"since and until must be ISO times: {error}") from None
        return cls(**{**table, **times, "rules": tuple(table.get("rules", ()))})


class Snoozes:
    """The snoozes that were given, found by the values of an event; the newest of one entity is in force.

    Examples
    --------
    >>> given = Snoozes([Snooze("customer", "C1", datetime(2026, 1, 1), datetime(2026, 1, 8), "me", "wedding")])
    >>> len(given.matches({"customer_id": "C1", "amount_fen": 9}, seconds(datetime(2026, 1, 2)), 9))
    1
    """

    def __init__(self, snoozes: Iterable[Snooze] = ()) -> None:
        self._index: dict[str, dict[object, tuple[Snooze, int, int]]] = {}
        for snooze in snoozes:
            self.put(snooze)

    def __iter__(self) -> Iterator[Snooze]:
        """Go through the snoozes that were not replaced by a newer one."""
        return (entry[0] for values in self._index.values() for entry in values.values())

    def put(self, snooze: Snooze) -> dict[str, Any]:
        """Put a snooze in, in the place of an older one of the same entity; returns it as JSON carries it."""
        entry = (snooze, seconds(snooze.since), seconds(snooze.until))
        self._index.setdefault(ENTITIES[snooze.entity][0], {})[snooze.value] = entry
        return snooze.as_json()

    def matches(self, event: Mapping[str, object], now: int, amount_fen: int) -> tuple[Snooze, ...]:
        """Return the snoozes that cover the event at the time of the decision, in the order of their ids."""
        found = []
        for column, values in self._index.items():
            entry = values.get(event.get(column))
            if entry is not None:
                snooze, start, stop = entry
                if start <= now < stop and (snooze.most_fen is None or amount_fen <= snooze.most_fen):
                    found.append(snooze)
        return tuple(sorted(found, key=lambda snooze: snooze.id)) if len(found) > 1 else tuple(found)
