"""Black, grey and white lists (黑名单, 灰名单, 白名单): what people know of an entity, and until when.

An entry acts on the next decision after it was put in. Precedence, from the strongest:

1. black demands block (or hold, if it says so); nothing silences it;
2. a rule that demands block stands;
3. white silences what is below block, of grey entries, of rules and of the model, up to an amount and until a day;
4. grey demands step-up (or hold).

Every change is kept in order and chained by hashes, so that a decision names by one hash what the lists held when it
was made, and years later they can be set back to that point. Nothing is ever taken out of the story: an entry ends.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import orjson

from fraud.costs import ACTIONS
from fraud.engine.canonical import canonical, content_hash, seconds
from fraud.errors import ListRefusedError

__all__ = ["ENTITIES", "Colour", "ListEntry", "Lists"]

Colour: TypeAlias = Literal["black", "grey", "white"]

ENTITIES: Final[Mapping[str, tuple[str, ...]]] = {
    "customer": ("customer_id",),
    "account": ("account_id", "payee_id"),
    "card": ("card_id",),
    "device": ("device_id",),
    "ip": ("ip",),
    "phone": ("phone",),
    "payee": ("payee_id",),
    "merchant": ("merchant_id",),
    "terminal": ("terminal_id",),
    "country": ("country",),
}
"""What can be listed, and the columns in which it is looked for: an account is listed whichever side it is on."""

_ALLOWED: Final = {"black": ("block", "hold"), "grey": ("step_up", "hold"), "white": ("pass",)}
_LONGEST_WHITE_DAYS: Final = 366
_TOO_WIDE_FOR_WHITE: Final = ("country", "ip")


@dataclass(frozen=True)
class ListEntry:
    """One entity on one list, checked when it is made.

    Parameters
    ----------
    colour
        "black", "grey" or "white".
    entity, value
        One of `ENTITIES`, and its identifier as the events carry it.
    reason, who
        Why it is listed and by whom; neither may be blank.
    since, until
        From when it acts, and from when it does not any more; None is for ever, which white may not be.
    action
        Least action that it demands: block or hold of black, step_up or hold of grey; empty is the first of these.
    most_fen
        Of white: the largest payment that it silences anything for; None is any.

    Raises
    ------
    ListRefusedError
        If a field is not what it must be.

    Examples
    --------
    >>> ListEntry("black", "device", "D7", "farm of 40 phones", "ring search", datetime(2026, 1, 1)).demands
    3
    >>> ListEntry("white", "country", "CN", "home", "me", datetime(2026, 1, 1), datetime(2026, 2, 1))
    Traceback (most recent call last):
    fraud.errors.deciding.ListRefusedError: entity is 'country': too many payments share it to be white; list a cust...
    """

    colour: Colour
    entity: str
    value: str
    reason: str
    who: str
    since: datetime
    until: datetime | None = None
    action: str = ""
    most_fen: int | None = None

    def __post_init__(self) -> None:
        """Refuse an entry that cannot be acted on or explained."""
        if self.colour not in _ALLOWED:
            raise ListRefusedError(f"colour is {self.colour!r}; it must be black, grey or white")
        if self.entity not in ENTITIES:
            raise ListRefusedError(f"entity is {self.entity!r}; it must be one of {', '.join(ENTITIES)}")
        for name in ("value", "reason", "who"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name).strip():
                raise ListRefusedError(f"{name} is {getattr(self, name)!r}; it must be text that says something")
        for name, time in (("since", self.since), ("until", self.until)):
            if not (time is None and name == "until") and not (isinstance(time, datetime) and time.tzinfo is None):
                raise ListRefusedError(f"{name} is {time!r}; it must be a local time without a zone")
        if self.until is not None and self.until <= self.since:
            raise ListRefusedError(f"until is {self.until}; it must be later than since, {self.since}")
        allowed = _ALLOWED[self.colour]
        if self.action and self.action not in allowed:
            raise ListRefusedError(f"action is {self.action!r}; {self.colour} can demand {' or '.join(allowed)}")
        self._check_white()

    def _check_white(self) -> None:
        if self.colour != "white":
            if self.most_fen is not None:
                raise ListRefusedError(f"most_fen is {self.most_fen}; only white is bounded by an amount, leave it out")
            return
        if self.entity in _TOO_WIDE_FOR_WHITE:
            raise ListRefusedError(
                f"entity is {self.entity!r}: too many payments share it to be white; list a customer, account or device"
            )
        if self.until is None or (self.until - self.since).days > _LONGEST_WHITE_DAYS:
            raise ListRefusedError(f"until is {self.until}; white must end within {_LONGEST_WHITE_DAYS} days of since")
        if self.most_fen is not None and (type(self.most_fen) is not int or self.most_fen <= 0):
            raise ListRefusedError(f"most_fen is {self.most_fen!r}; it must be whole fen above zero")

    @cached_property
    def demands(self) -> int:
        """Position in `fraud.costs.ACTIONS` of the least action that it demands."""
        return ACTIONS.index(self.action or _ALLOWED[self.colour][0])

    @cached_property
    def id(self) -> str:
        """Sixteen hexadecimal digits of the hash of its content, by which decisions name it."""
        return content_hash(self.as_json())[:16]

    @cached_property
    def span(self) -> tuple[float, float]:
        """Seconds since 1970 from which and until which it acts; the second may be infinite."""
        return seconds(self.since), float("inf") if self.until is None else seconds(self.until)

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON carries them, without those that are not set."""
        made = {name: value for name, value in asdict(self).items() if value not in (None, "")}
        return made | {name: made[name].isoformat() for name in ("since", "until") if name in made}


def _read_entry(table: Mapping[str, Any]) -> ListEntry:
    known = [field.name for field in fields(ListEntry)]
    for name in table:
        if name not in known:
            raise ListRefusedError(f"field {name!r} is unknown; an entry has {', '.join(known)}")
    for name in known[:6]:
        if name not in table:
            raise ListRefusedError(f"field {name} is missing; an entry needs {', '.join(known[:6])}")
    try:
        times = {name: datetime.fromisoformat(table[name]) for name in ("since", "until") if table.get(name)}
    except (TypeError, ValueError) as error:
        raise ListRefusedError(f"since and until must be ISO times such as 2026-01-31T08:00:00: {error}") from None
    return ListEntry(**{**table, **times})


class Lists:
    """All entries, found by the values of an event; changes are chained.

    Parameters
    ----------
    entries
        The first entries, put in one after another.

    Attributes
    ----------
    version
        Hash of all changes so far, 64 hexadecimal digits; of no change, it is empty.
    changes
        What was done, in order, as JSON carries it: `{"put": {...}}` or `{"end": id, "who", "reason", "at"}`.

    Examples
    --------
    >>> lists = Lists([ListEntry("black", "device", "D7", "farm", "rings", datetime(2026, 1, 1))])
    >>> [entry.reason for entry in lists.matches({"device_id": "D7"}, seconds(datetime(2026, 1, 1)))]
    ['farm']
    >>> lists.matches({"device_id": "D7"}, seconds(datetime(2025, 12, 31)))
    ()
    """

    def __init__(self, entries: Iterable[ListEntry] = ()) -> None:
        self.version = ""
        self.changes: list[dict[str, Any]] = []
        self._entries: dict[str, ListEntry] = {}
        self._index: dict[str, dict[object, tuple[ListEntry, ...]]] = {}
        for entry in entries:
            self.put(entry)

    def __iter__(self) -> Iterator[ListEntry]:
        """Go through the entries that were not ended, in the order in which they were put in."""
        return iter(self._entries.values())

    def __len__(self) -> int:
        """Return the number of entries that were not ended."""
        return len(self._entries)

    def put(self, entry: ListEntry) -> dict[str, Any]:
        """Put an entry in; it acts on the next decision. Returns the change.

        Raises
        ------
        ListRefusedError
            If the very same entry is in already.
        """
        return self.apply({"put": entry.as_json()})

    def end(self, entry_id: str, who: str, reason: str, at: datetime) -> dict[str, Any]:
        """End an entry at once, whatever its `until`. Returns the change.

        Raises
        ------
        ListRefusedError
            If no entry in force has this id, or nobody or no reason is named.
        """
        if not who.strip() or not reason.strip():
            raise ListRefusedError(f"who is {who!r} and reason is {reason!r}; who ends an entry says who and why")
        return self.apply({"end": entry_id, "who": who, "reason": reason, "at": at.isoformat()})

    def apply(self, change: Mapping[str, Any]) -> dict[str, Any]:
        """Do a change as JSON carries it: how a log is read again."""
        if "put" in change:
            self._put(_read_entry(change["put"]))
        elif change.get("end") in self._entries:
            self._drop(self._entries.pop(change["end"]))
        else:
            raise ListRefusedError(f"no entry in force has the id {change.get('end')!r}, so it cannot be ended")
        made = dict(change)
        self.changes.append(made)
        self.version = content_hash(self.version.encode() + canonical(made))
        return made

    def _put(self, entry: ListEntry) -> None:
        if entry.id in self._entries:
            raise ListRefusedError(f"{entry.entity} {entry.value!r} is on the list already, as entry {entry.id}")
        self._entries[entry.id] = entry
        for column in ENTITIES[entry.entity]:
            values = self._index.setdefault(column, {})
            values[entry.value] = (*values.get(entry.value, ()), entry)

    def _drop(self, entry: ListEntry) -> None:
        for column in ENTITIES[entry.entity]:
            values = self._index[column]
            values[entry.value] = tuple(one for one in values[entry.value] if one.id != entry.id)

    def matches(self, event: Mapping[str, object], now: int) -> tuple[ListEntry, ...]:
        """Return the entries that the event meets and that are in force, black first, then grey, then white.

        Parameters
        ----------
        event
            Values of the columns of `fraud.schema`.
        now
            When the decision is made, seconds since 1970, local time.
        """
        found: dict[str, ListEntry] = {}
        for column, values in self._index.items():
            for entry in values.get(event.get(column), ()):
                start, stop = entry.span
                if start <= now < stop:
                    found[entry.id] = entry
        if len(found) < 2:
            return tuple(found.values())
        return tuple(sorted(found.values(), key=lambda entry: (entry.colour, entry.id)))

    def save(self, path: str | Path) -> None:
        """Write all changes as JSON lines."""
        Path(path).write_bytes(b"".join(canonical(change) + b"\n" for change in self.changes))

    @classmethod
    def load(cls, path: str | Path) -> "Lists":
        """Read what `save` wrote; a line may also be a bare entry, written by hand.

        Raises
        ------
        ListRefusedError
            If a line is no change and no entry; the message names the line.
        """
        lists = cls()
        for number, line in enumerate(Path(path).read_bytes().splitlines(), 1):
            try:
                table = orjson.loads(line)
                lists.apply(table if "put" in table or "end" in table else {"put": table})
            except (orjson.JSONDecodeError, TypeError, ListRefusedError) as error:
                raise ListRefusedError(f"{Path(path).name}, line {number}: {error}") from None
        return lists
