"""A rulebook read from TOML, strictly: what is not understood is refused, with what would be right.

A misspelt entry that is silently ignored is a rule that a bank believes it has. So keys are exact, every rule
brings examples, and its reason may only name fields that the condition reads or that every transaction has.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from fraud.errors import ConditionError, RulebookError
from fraud.rules.language import parse_condition
from fraud.rules.reasons import FIELD_IN_REASON
from fraud.rules.rulebook import ACTIONS, Rule, Rulebook
from fraud.rules.syntax import fields_of
from fraud.rules.vocabulary import VALUES, VOCABULARY, nearest
from fraud.schema import REQUIRED, Kind

__all__ = ["first_rulebook", "load", "parse"]

_HEAD: Final = {"id": str, "version": int, "title": str, "title_zh": str, "rule": list}
_ENTRIES: Final = {
    **{"id": str, "title": str, "title_zh": str, "when": str, "action": str, "severity": int, "reason": str},
    **{"reason_zh": str, "tags": list, "owner": str, "hits": list, "misses": list},
}
_TYPES: Final = {str: "text in quotes", int: "a whole number", list: "a list in square brackets"}
_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
_RULE_HEADER: Final = re.compile(r"^[ \t]*\[\[[ \t]*rule[ \t]*\]\]", re.MULTILINE)


def first_rulebook() -> Rulebook:
    """Return the rulebook that comes with the package, `fraud/rulebooks/first.toml`.

    Examples
    --------
    >>> first_rulebook().id
    'first'
    """
    return load(Path(__file__).parents[1] / "rulebooks" / "first.toml")


def load(path: str | Path) -> Rulebook:
    """Read a rulebook from a TOML file.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    RulebookError
        If the file cannot be read, is not TOML, or is not a rulebook.
    ConditionError
        If a condition cannot be read.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise RulebookError(f"{path.name} is not UTF-8 text; a rulebook is a TOML file") from None
    except OSError as error:
        raise RulebookError(f"the rulebook {path.name} cannot be read: {error.strerror}") from None
    return parse(text, path.name)


def parse(text: str, source: str = "rulebook", vocabulary: Mapping[str, Kind] = VOCABULARY) -> Rulebook:
    """Read a rulebook from the text of a TOML file.

    Parameters
    ----------
    text
        The whole file.
    source
        What messages call the file.
    vocabulary
        Kind of each field that a condition may name.

    Raises
    ------
    RulebookError
        If the text is not TOML, or an entry is missing, unknown or of the wrong kind; the line is that of the
        rule's `[[rule]]`.
    ConditionError
        If a condition cannot be read; its line and column are counted within the condition.

    Examples
    --------
    >>> parse("id = 'mine'", "mine.toml")
    Traceback (most recent call last):
    fraud.errors.RulebookError: mine.toml: the rulebook lacks 'version', 'title', 'title_zh', 'rule'
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulebookError(f"{source} is not TOML: {error}") from None
    _check_entries(table, _HEAD, f"{source}: the rulebook")
    if not table["rule"] or not all(isinstance(entry, dict) for entry in table["rule"]):
        raise RulebookError(f"{source}: the rulebook has no rule; each begins with [[rule]]")
    begins = [text.count("\n", 0, found.start()) + 1 for found in _RULE_HEADER.finditer(text)]
    if len(begins) != len(table["rule"]):
        begins = []  # rules written in another way that TOML allows: then their lines are not known
    rules: dict[str, Rule] = {}
    for number, entry in enumerate(table["rule"]):
        where = f"{source}, line {begins[number]}" if begins else f"{source}, rule {number + 1}"
        rule = _rule(entry, where, vocabulary)
        if rule.id in rules:
            raise RulebookError(f"{where}: rule {rule.id!r} is there twice; each rule has an id of its own")
        rules[rule.id] = rule
    return Rulebook(table["id"], table["version"], table["title"], table["title_zh"], tuple(rules.values()))


def _check_entries(table: Mapping[str, Any], entries: Mapping[str, type], who: str) -> None:
    for name in table:
        if name not in entries:
            hint = nearest(name, entries) or f"; known are {', '.join(entries)}"
            raise RulebookError(f"{who} has an unknown entry {name!r}{hint}")
    if missing := [repr(name) for name in entries if name not in table]:
        raise RulebookError(f"{who} lacks {', '.join(missing)}")
    for name, type_ in entries.items():
        value = table[name]
        if not isinstance(value, type_) or isinstance(value, bool):
            raise RulebookError(f"{who}: {name!r} must be {_TYPES[type_]}, not {value!r}")
        if isinstance(value, str) and not value.strip():
            raise RulebookError(f"{who}: {name!r} is empty; write it out")


def _rule(entry: Mapping[str, Any], where: str, vocabulary: Mapping[str, Kind]) -> Rule:
    who = f"{where}: rule {entry.get('id', '?')!r}"
    _check_entries(entry, _ENTRIES, who)
    _check_values(entry, who)
    try:
        condition = parse_condition(entry["when"], vocabulary, entry["id"])
    except ConditionError as refusal:
        raise ConditionError(refusal.what, refusal.line, refusal.column, refusal.rule, where) from None
    for name in ("reason", "reason_zh"):
        _check_reason(entry[name], {*fields_of(condition), *REQUIRED} & {*vocabulary}, f"{who}: {name!r}")
    for name in ("hits", "misses"):
        if not entry[name]:
            raise RulebookError(f"{who}: {name!r} needs at least one example, such as {{ amount_fen = 100 }}")
        for number, event in enumerate(entry[name], 1):
            _check_example(event, vocabulary, f"{who}: example {number} of {name!r}")
    lists = {name: tuple(entry[name]) for name in ("tags", "hits", "misses")}
    return Rule(**{**entry, **lists, "condition": condition})


def _check_values(entry: Mapping[str, Any], who: str) -> None:
    if not _ID.fullmatch(entry["id"]):
        raise RulebookError(f"{who}: an id is written in small letters, digits and _, such as 'night_cash'")
    if entry["action"] not in ACTIONS:
        raise RulebookError(f"{who}: 'action' is {entry['action']!r}; it must be one of {', '.join(ACTIONS)}")
    if not 1 <= entry["severity"] <= 5:
        raise RulebookError(f"{who}: 'severity' is {entry['severity']}; it must be from 1 (mild) to 5 (grave)")
    for tag in entry["tags"]:
        if not isinstance(tag, str) or not tag.strip():
            raise RulebookError(f"{who}: the tag {tag!r} must be text that is not empty")
        if entry["tags"].count(tag) > 1:
            raise RulebookError(f"{who}: the tag {tag!r} is there twice; write it once")


def _check_reason(text: str, allowed: set[str], who: str) -> None:
    for name in FIELD_IN_REASON.findall(text):
        if name not in allowed:
            what = "the condition does not read" + nearest(name, dict.fromkeys(allowed))
            raise RulebookError(f"{who} names {{{name}}}, which {what}")
    if re.search(r"[{}]", FIELD_IN_REASON.sub("", text)):
        raise RulebookError(f"{who} has a brace that names no field; a field stands in braces, such as {{amount_fen}}")


def _check_example(event: object, vocabulary: Mapping[str, Kind], who: str) -> None:
    if not isinstance(event, dict) or not event:
        raise RulebookError(f"{who} must be fields with values, such as {{ amount_fen = 100 }}, not {event!r}")
    for name, value in event.items():
        if name not in vocabulary:
            raise RulebookError(f"{who} has an unknown field {name!r}{nearest(name, vocabulary)}")
        kind = vocabulary[name]
        if not _fits(value, kind):
            right = {"money": "whole fen", "time": "a date and time", "number": "a number", "flag": "0 or 1"}
            raise RulebookError(f"{who}: {name!r} is {value!r}; it must be {right.get(kind, 'text in quotes')}")
        if isinstance(value, str) and value not in VALUES.get(name, (value,)):
            raise RulebookError(f"{who}: {name!r} is never {value!r}; it is one of {', '.join(VALUES[name])}")


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
