"""A rulebook read from TOML, one file or a folder of them, strictly; see `fraud.rules.entries`.

In a folder one file has the head (id, version, titles) and all share their lists and segments. `include` names other
rulebooks, relative to that file, whose rules come first.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fraud.errors import RulebookError
from fraud.rules.entries import Here, check_entries, rule_of
from fraud.rules.language import Lists
from fraud.rules.places import Places, places_of
from fraud.rules.rulebook import Rule, Rulebook
from fraud.rules.templates import Segment, expand, segments_of
from fraud.rules.vocabulary import VOCABULARY
from fraud.schema import Kind

__all__ = ["first_rulebook", "full_rulebook", "load", "parse"]

_HEAD: Final = {"id": str, "version": int, "title": str, "title_zh": str}
_PARTS: Final = {"include": list, "lists": dict, "segment": dict, "template": list, "rule": list}
_MOST_RULES: Final = 30_000  # positions of rules are kept in 16 bits
_SHIPPED: Final = Path(__file__).parents[1] / "rulebooks"
_ARRAYS: Final = re.compile(r"^[ \t]*\[\[[ \t]*(rule|template)[ \t]*\]\]", re.MULTILINE)


@dataclass(frozen=True)
class _File:
    source: str
    table: Mapping[str, Any]
    places: Places

    def here(self, *path: str | int, name: str = "the rulebook") -> Here:
        return Here(self.source, self.places, path, name)


@functools.cache
def first_rulebook() -> Rulebook:
    """Return the small rulebook that comes with the package, `fraud/rulebooks/first.toml`.

    Examples
    --------
    >>> first_rulebook().id
    'first'
    """
    return load(_SHIPPED / "first.toml")


@functools.cache
def full_rulebook() -> Rulebook:
    """Return the rulebook of 561 rules that comes with the package, `fraud/rulebooks/full`.

    Examples
    --------
    >>> len(full_rulebook().rules)
    561
    """
    return load(_SHIPPED / "full")


def load(path: str | Path) -> Rulebook:
    """Read a rulebook from a TOML file, or from all TOML files of a folder.

    Parameters
    ----------
    path
        The file or folder.

    Raises
    ------
    RulebookError
        If a file cannot be read, is not TOML, or is not a rulebook.
    ConditionError
        If a condition cannot be read.

    Examples
    --------
    >>> load(_SHIPPED / "first.toml").rules == first_rulebook().rules
    True
    """
    path = Path(path)
    paths = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not paths:
        raise RulebookError(f"the folder {path.name} has no rulebook; a rulebook is a TOML file")
    files = [_opened(one) for one in paths]
    included = [one for path, file in zip(paths, files, strict=True) for one in _included(file, path.parent)]
    return _book(files, included, VOCABULARY)


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
        If the text is not TOML, or an entry is missing, unknown or of the wrong kind; with its line and column.
    ConditionError
        If a condition cannot be read; with the line and column in the file.

    Examples
    --------
    >>> parse("id = 'mine'", "mine.toml")
    Traceback (most recent call last):
    fraud.errors...RulebookError: mine.toml: the rulebook lacks 'version', 'title', 'title_zh'
    """
    file = _read(text, source)
    if file.table.get("include"):
        raise file.here().refusal("only a rulebook that is loaded from a file can include others", "include")
    return _book([file], [], vocabulary)


def _included(file: _File, folder: Path) -> Iterator[_File]:
    names = file.table.get("include", [])
    for number, name in enumerate(names if isinstance(names, list) else ()):
        if not isinstance(name, str):
            raise file.here().refusal(
                f"'include' holds {name!r}; it names other rulebooks in quotes", "include", number
            )
        found = _opened(folder / name)
        if "include" in found.table:
            raise found.here().refusal("is included itself and cannot include others", "include", joint=" ")
        yield found


def _opened(path: Path) -> _File:
    try:
        return _read(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError:
        raise RulebookError(f"{path.name} is not UTF-8 text; a rulebook is a TOML file") from None
    except OSError as error:
        raise RulebookError(f"the rulebook {path.name} cannot be read: {error.strerror}") from None


def _read(text: str, source: str) -> _File:
    text = text.replace("\r\n", "\n")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulebookError(f"{source} is not TOML: {error}") from None
    return _File(source, table, places_of(text))


def _book(files: list[_File], included: list[_File], vocabulary: Mapping[str, Kind]) -> Rulebook:
    heads = [file for file in files if file.table.keys() & _HEAD.keys()]
    if len(heads) > 1:
        names = " and ".join(head.source for head in heads)
        raise RulebookError(f"{names} both begin a rulebook; in one folder only one file has id, version and titles")
    head = heads[0] if heads else files[0]
    for file in (*included, *files):
        check_entries(
            file.table, _HEAD if file is head else {}, file.here(), _PARTS if file is head else _HEAD | _PARTS
        )
    every = [*included, *files]
    lists: dict[str, tuple[Any, ...]] = {}
    segments: dict[str, dict[str, Segment]] = {}
    for file in every:
        for name, found in _lists(file, vocabulary):
            if name in lists:
                raise file.here().refusal(f"the list {name!r} is there twice; name it once", "lists", name)
            lists[name] = found
        for parameter, members in segments_of(file.table.get("segment", {}), file.here()).items():
            known = segments.setdefault(parameter, {})
            if twice := [name for name in members if name in known]:
                what = f"the segment {twice[0]!r} of {parameter!r} is there twice; declare it once"
                raise file.here().refusal(what, "segment", parameter, twice[0])
            known.update(members)
    rules: dict[str, Rule] = {}
    for file in every:
        for rule, here in _rules(file, vocabulary, lists, segments):
            if rule.id in rules:
                what = f"rule {rule.id!r} is there twice; each rule has an id of its own"
                raise RulebookError(f"{here.place('id')}: {what}")
            rules[rule.id] = rule
            if len(rules) > _MOST_RULES:
                raise here.refusal(f"is one more than {_MOST_RULES:,}, the most that a rulebook holds", joint=" ")
    if not rules:
        raise RulebookError(f"{head.source}: the rulebook has no rule; each begins with [[rule]] or [[template]]")
    table = head.table
    return Rulebook(table["id"], table["version"], table["title"], table["title_zh"], tuple(rules.values()))


def _lists(file: _File, vocabulary: Mapping[str, Kind]) -> Iterable[tuple[str, tuple[Any, ...]]]:
    for name, members in file.table.get("lists", {}).items():
        here = file.here("lists", name, name=f"the list {name!r}")
        if name in vocabulary or not re.fullmatch("[a-z][a-z0-9_]*", name):
            raise here.refusal("must have a name of its own, in small letters, digits and _, that is no field's")
        is_plain = isinstance(members, list) and members and not any(isinstance(one, bool) for one in members)
        if not is_plain or not (all(isinstance(one, str) for one in members) or _are_numbers(members)):
            raise here.refusal(f"must hold texts, or numbers, at least one of them, not {members!r}")
        yield name, tuple(members)


def _are_numbers(members: list[Any]) -> bool:
    return all(isinstance(one, int | float) and abs(one) < 10**15 for one in members)


def _rules(
    file: _File, vocabulary: Mapping[str, Kind], lists: Lists, segments: Mapping[str, Mapping[str, Segment]]
) -> Iterable[tuple[Rule, Here]]:
    """Yield the rules and expanded templates of a file in the order in which they stand there."""
    waiting = {kind: iter(enumerate(file.table.get(kind, ()))) for kind in ("rule", "template")}
    order = [found[1] for found in _ARRAYS.finditer(file.places.text)]
    for kind in order:
        number, entry = next(waiting[kind], (0, None))
        if entry is None:
            continue
        yield from _one(kind, number, entry, file, vocabulary, lists, segments)
    for kind, rest in waiting.items():
        for number, entry in rest:  # written in another way that TOML allows
            yield from _one(kind, number, entry, file, vocabulary, lists, segments)


def _one(
    kind: str,
    number: int,
    entry: Any,
    file: _File,
    vocabulary: Mapping[str, Kind],
    lists: Lists,
    segments: Mapping[str, Mapping[str, Segment]],
) -> Iterable[tuple[Rule, Here]]:
    if not isinstance(entry, dict):
        raise file.here(kind, number).refusal(f"each {kind} begins with [[{kind}]], not {entry!r}")
    here = file.here(kind, number, name=f"{kind} {entry.get('id', '?')!r}")
    if kind == "rule":
        yield rule_of(entry, here, vocabulary, lists), here
        return
    for made in expand(entry, here, segments, vocabulary):
        one = file.here(kind, number, name=f"rule {made.entry['id']!r}")
        yield rule_of(made.entry, one, vocabulary, lists, made.parameters), one
