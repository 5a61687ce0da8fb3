"""One entry of a rulebook, read strictly: what is not understood is refused where it stands, with what would be right.

A misspelt entry that is silently ignored is a rule that a bank believes it has. So keys are exact, every rule brings
examples, and its reason may only name fields that the condition reads or that every transaction has.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from fraud.errors import ConditionError, RulebookError
from fraud.rules.language import Lists, parse_condition
from fraud.rules.places import Path, Places
from fraud.rules.reasons import FIELD_IN_REASON
from fraud.rules.rulebook import ACTIONS, Rule
from fraud.rules.syntax import Place, fields_of
from fraud.rules.vocabulary import VALUES, nearest
from fraud.schema import REQUIRED, Kind

__all__ = ["OPTIONAL", "RULE", "Here", "check_entries", "check_example", "rule_of"]

RULE: Final = {
    **{"id": str, "title": str, "title_zh": str, "when": str, "action": str, "severity": int, "reason": str},
    **{"reason_zh": str, "tags": list, "owner": str, "hits": list, "misses": list},
}
"""What every rule must say, and in what form."""

OPTIONAL: Final = {"valid_from": date, "valid_until": date}
"""What a rule may say."""

_TYPES: Final = {
    **{str: "text in quotes", int: "a whole number", list: "a list in square brackets"},
    **{dict: "a table", date: "a day, such as 2026-01-31 without quotes"},
}
_ID: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Here:
    """A table of a file, such as one rule: who speaks in a refusal, and where."""

    source: str
    places: Places
    path: Path
    name: str

    def refusal(self, what: str, *path: str | int, joint: str = ": ") -> RulebookError:
        """Return a refusal at an entry below this table."""
        return RulebookError(f"{self.place(*path)}: {self.name}{joint}{what}")

    def place(self, *path: str | int) -> str:
        """Return the file with line and column, as far as they are known."""
        found = self.places.of((*self.path, *path))
        return f"{self.source}, line {found.line}, column {found.column}" if found else self.source

    def in_text(self, refusal: ConditionError, *path: str | int) -> ConditionError:
        """Return a refusal of what stands in a text entry, with its place in the file."""
        within = Place(refusal.line, refusal.column)
        found = self.places.inside((*self.path, *path), within)
        source = self.source if found else f"{self.place(*path)}, within {path[-1]!r}"
        return ConditionError(refusal.what, *(found or within), refusal.rule, source)


def check_entries(
    table: Mapping[str, Any], needed: Mapping[str, type], here: Here, optional: Mapping[str, type] | None = None
) -> None:
    """Check that a table has all needed entries and no unknown ones, each of its type and none empty.

    Raises
    ------
    RulebookError
        At the first entry that is wrong.

    Examples
    --------
    >>> here = Here("mine.toml", Places(""), (), "the rulebook")
    >>> check_entries({"id": "mine", "versoin": 1}, {"id": str, "version": int}, here)
    Traceback (most recent call last):
    fraud.errors...RulebookError: mine.toml: the rulebook has an unknown entry 'versoin'; did you mean 'version'?
    """
    known = {**needed, **(optional or {})}
    for name in table:
        if name not in known:
            hint = nearest(name, known) or f"; known are {', '.join(known)}"
            raise here.refusal(f"has an unknown entry {name!r}{hint}", name, joint=" ")
    if missing := [repr(name) for name in needed if name not in table]:
        raise here.refusal(f"lacks {', '.join(missing)}", joint=" ")
    for name, value in table.items():
        if not isinstance(value, known[name]) or isinstance(value, bool | datetime):
            raise here.refusal(f"{name!r} must be {_TYPES[known[name]]}, not {value!r}", name)
        if isinstance(value, str) and not value.strip():
            raise here.refusal(f"{name!r} is empty; write it out", name)


def rule_of(
    entry: Mapping[str, Any],
    here: Here,
    vocabulary: Mapping[str, Kind],
    lists: Lists,
    parameters: Mapping[str, str] | None = None,
) -> Rule:
    """Return a rule from its entry.

    Parameters
    ----------
    entry
        What the file says.
    here
        Where it says so.
    vocabulary
        Kind of each field that a condition may name.
    lists
        Named lists.
    parameters
        Of a template, what stands for each of them in the condition.

    Raises
    ------
    RulebookError, ConditionError
        At what is wrong.

    Examples
    --------
    >>> entry = dict.fromkeys(("title", "title_zh", "reason", "reason_zh", "owner"), "At night")
    >>> entry |= {"id": "night", "when": "hour < 5", "action": "hold", "severity": 2, "tags": []}
    >>> entry |= {"hits": [{"hour": 3}], "misses": [{"hour": 9}]}
    >>> rule_of(entry, Here("mine.toml", Places(""), (), "rule 'night'"), {"hour": "number"}, {}).condition
    Comparison(operator='<', left=Field(name='hour'), right=Number(value=5, ...))
    """
    check_entries(entry, RULE, here, OPTIONAL)
    _check_values(entry, here)
    try:
        condition = parse_condition(entry["when"], vocabulary, entry["id"], lists=lists, parameters=parameters)
    except ConditionError as refusal:
        raise here.in_text(refusal, "when") from None
    for name in ("reason", "reason_zh"):
        _check_reason(entry[name], {*fields_of(condition), *REQUIRED} & {*vocabulary}, here, name)
    for name in ("hits", "misses"):
        if not entry[name]:
            raise here.refusal(f"{name!r} needs at least one example, such as {{ amount_fen = 100 }}", name)
        for number, event in enumerate(entry[name]):
            check_example(event, vocabulary, here, name, number)
    several = {name: tuple(entry[name]) for name in ("tags", "hits", "misses")}
    return Rule(**{**entry, **several, "condition": condition})


def _check_values(entry: Mapping[str, Any], here: Here) -> None:
    if not _ID.fullmatch(entry["id"]):
        what = f"the id {entry['id']!r} must be written in small letters, digits and _, such as 'night_cash'"
        raise here.refusal(what, "id")
    for name in ("title", "title_zh"):
        if re.search(r"[{}]", entry[name]):
            raise here.refusal(f"{name!r} has a brace; only the parameters of a template stand in braces there", name)
    if entry["action"] not in ACTIONS:
        raise here.refusal(f"'action' is {entry['action']!r}; it must be one of {', '.join(ACTIONS)}", "action")
    if not 1 <= entry["severity"] <= 5:
        raise here.refusal(f"'severity' is {entry['severity']}; it must be from 1 (mild) to 5 (grave)", "severity")
    for number, tag in enumerate(entry["tags"]):
        if not isinstance(tag, str) or not tag.strip():
            raise here.refusal(f"the tag {tag!r} must be text that is not empty", "tags", number)
        if entry["tags"].count(tag) > 1:
            raise here.refusal(f"the tag {tag!r} is there twice; write it once", "tags", number)
    first, last = entry.get("valid_from", date.min), entry.get("valid_until", date.max)
    if first > last:
        raise here.refusal(f"'valid_until' is {last}, before 'valid_from', {first}; it would never hit", "valid_until")


def _check_reason(text: str, allowed: set[str], here: Here, name: str) -> None:
    for field in FIELD_IN_REASON.findall(text):
        if field not in allowed:
            what = "the condition does not read" + nearest(field, dict.fromkeys(allowed))
            raise here.refusal(f"{name!r} names {{{field}}}, which {what}", name)
    if re.search(r"[{}]", FIELD_IN_REASON.sub("", text)):
        what = "has a brace that names no field; a field stands in braces, such as {amount_fen}"
        raise here.refusal(f"{name!r} {what}", name)


def check_example(event: object, vocabulary: Mapping[str, Kind], here: Here, name: str, number: int) -> None:
    """Check that an example is an event: known fields, each with a value of its kind.

    Raises
    ------
    RulebookError
        At what is wrong.

    Examples
    --------
    >>> here = Here("mine.toml", Places(""), (), "rule 'a'")
    >>> check_example({"amount_fen": 1.5}, {"amount_fen": "money"}, here, "hits", 0)
    Traceback (most recent call last):
    fraud.errors...RulebookError: mine.toml: rule 'a': example 1 of 'hits': 'amount_fen' is 1.5; it must be whole fen
    """
    who = f"example {number + 1} of {name!r}"
    if not isinstance(event, dict) or not event:
        what = f"{who} must be fields with values, such as {{ amount_fen = 100 }}, not {event!r}"
        raise here.refusal(what, name, number)
    for field, value in event.items():
        at = (name, number, field)
        if field not in vocabulary:
            raise here.refusal(f"{who} has an unknown field {field!r}{nearest(field, vocabulary)}", *at)
        kind = vocabulary[field]
        if not _fits(value, kind):
            right = {"money": "whole fen", "time": "a date and time", "number": "a number", "flag": "0 or 1"}
            what = f"{who}: {field!r} is {value!r}; it must be {right.get(kind, 'text in quotes')}"
            raise here.refusal(what, *at)
        if isinstance(value, str) and value not in VALUES.get(field, (value,)):
            raise here.refusal(f"{who}: {field!r} is never {value!r}; it is one of {', '.join(VALUES[field])}", *at)


def _fits(value: object, kind: Kind) -> bool:
    if isinstance(value, bool):
        return False
    if kind == "money":
        return isinstance(value, int) and abs(value) < 2**63
    if kind == "time":
        return isinstance(value, datetime)
    if kind in ("number", "flag"):
        return isinstance(value, float) or (isinstance(value, int) and abs(value) < 2**63)
    return isinstance(value, str)
