"""A template: one rule written once for several segments and thresholds, and expanded to a rule for each.

`over` names the parameters and what stands for them. A value may be a number, a text, or the name of a segment, which
is declared once under `[segment.<parameter>]` with how it is written in a condition (`is`), its English and Chinese
names, and what an event of it looks like (`hit`) and one that is not (`miss`). Values that belong together stand in
one table: `over.pace = [{ window = "1h", count = 3 }, { window = "1d", count = 8 }]`.

A parameter stands in braces wherever it is used: in the id, titles, condition, reasons and examples. Every expansion
keeps its own examples: each hit gets what its segments look like; each miss is the first hit but for the fields that
it names (`"null"` takes one away); and for each segment with a `miss` there is one more.
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fraud.errors import ConditionError
from fraud.rules.entries import OPTIONAL, RULE, Here, check_entries
from fraud.rules.language import parse_number
from fraud.rules.vocabulary import nearest
from fraud.schema import Kind

__all__ = ["MOST_RULES", "Expansion", "Segment", "Segments", "expand", "segments_of"]

MOST_RULES: Final = 5_000
"""How many rules one template may make; nobody reads more, and a slip makes millions."""

_BRACES: Final = re.compile(r"\{([a-z_]+)\}")
_FIELD: Final = re.compile(r"\{(?:[a-z0-9_]*\{[a-z_]+\})+[a-z0-9_]*\}")
"""How a reason names a field with a parameter in its name: `{card_count_{window}}`."""

_TEXTS: Final = {"id": "id", "title": "en", "title_zh": "zh", "reason": "en", "reason_zh": "zh"}
_SEGMENT: Final = {"is": str, "en": str, "zh": str}
_SEGMENT_MAY: Final = {"hit": dict, "miss": dict}


@dataclass(frozen=True)
class Segment:
    """What may stand for a parameter: in an id, in a condition, in English and in Chinese; and events of it or not."""

    id: str
    word: str
    en: str
    zh: str
    hit: Mapping[str, Any] = field(default_factory=dict)
    miss: Mapping[str, Any] = field(default_factory=dict)


Segments = Mapping[str, Mapping[str, Segment]]
"""Segments by parameter and name."""


@dataclass(frozen=True)
class Expansion:
    """One rule of a template: its entry, and what stands for each parameter in its condition."""

    entry: dict[str, Any]
    parameters: Mapping[str, str]


def segments_of(table: Mapping[str, Any], here: Here) -> Segments:
    """Return the segments that a file declares under `[segment.<parameter>]`.

    Raises
    ------
    RulebookError
        At an entry that is wrong.

    Examples
    --------
    >>> from fraud.rules.places import Places
    >>> here = Here("mine.toml", Places(""), (), "the rulebook")
    >>> found = segments_of({"way": {"cash": {"is": '"atm"', "en": "cash", "zh": "取现"}}}, here)
    >>> found["way"]["cash"].word
    '"atm"'
    """
    found: dict[str, dict[str, Segment]] = {}
    for parameter, members in table.items():
        for name, entry in members.items():
            at = Here(here.source, here.places, ("segment", parameter, name), f"segment {name!r} of {parameter!r}")
            if not isinstance(entry, dict):
                raise at.refusal(f'must be a table such as {{ is = "..", en = "..", zh = ".." }}, not {entry!r}')
            check_entries(entry, _SEGMENT, at, _SEGMENT_MAY)
            made = Segment(name, entry["is"], entry["en"], entry["zh"], entry.get("hit", {}), entry.get("miss", {}))
            found.setdefault(parameter, {})[name] = made
    return found


def expand(
    template: Mapping[str, Any], here: Here, segments: Segments, vocabulary: Mapping[str, Kind]
) -> Iterator[Expansion]:
    """Yield the rules of a template.

    Parameters
    ----------
    template
        What the file says.
    here
        Where it says so.
    segments
        The segments of the rulebook.
    vocabulary
        Kind of each field.

    Raises
    ------
    RulebookError, ConditionError
        At what is wrong.

    Examples
    --------
    >>> from fraud.rules.places import Places
    >>> template = dict.fromkeys(("title", "title_zh", "reason", "reason_zh", "owner"), "At night")
    >>> template |= {"id": "night", "when": "hour < 5", "action": "hold", "severity": 2, "tags": []}
    >>> template |= {"hits": [{"hour": 3}], "misses": [{"hour": 9}]}
    >>> template |= {"id": "before_{limit}", "when": "hour < {limit}", "over": {"limit": [4, 5]}}
    >>> made = expand(template, Here("mine.toml", Places(""), (), "template"), {}, {"hour": "number"})
    >>> [(one.entry["id"], one.parameters["limit"]) for one in made]
    [('before_4', '4'), ('before_5', '5')]
    """
    several = {name: dict for name in ("action", "severity") if isinstance(template.get(name), dict)}
    check_entries(template, {**RULE, **several, "over": dict}, here, OPTIONAL)
    choices = {name: _choices(name, given, here, segments) for name, given in template["over"].items()}
    _check_parameters(template, choices, here, vocabulary)
    if (count := math.prod(map(len, choices.values()))) > MOST_RULES:
        raise here.refusal(f"makes {count:,} rules; at most {MOST_RULES:,} can be kept apart", "over", joint=" ")
    for numbers in itertools.product(*(range(len(found)) for found in choices.values())):
        chosen = dict(zip(choices, numbers, strict=True))
        words = {key: one for name, at in chosen.items() for key, one in choices[name][at].items()}
        entry = {name: value for name, value in template.items() if name != "over"}
        plain = {key: one.word for key, one in words.items()}
        for name, form in _TEXTS.items():
            text = _FIELD.sub(lambda found: "{" + _filled(found[0][1:-1], plain) + "}", entry[name])  # noqa: B023 - used at once
            entry[name] = _filled(text, {key: getattr(one, form) for key, one in words.items()})
        for name in several:
            entry[name] = _by_choice(template[name], chosen, choices, here, name)
        entry["hits"], entry["misses"] = _examples(template, words, here, vocabulary)
        yield Expansion(entry, plain)


def _choices(name: str, given: Any, here: Here, segments: Segments) -> list[dict[str, Segment]]:
    if not isinstance(given, list) or not given:
        what = f"'over': {name!r} must be a list of what stands for it, such as [1_000, 5_000], not {given!r}"
        raise here.refusal(what, "over", name)
    found: list[dict[str, Segment]] = []
    for number, value in enumerate(given):
        at = ("over", name, number)
        together = value if isinstance(value, dict) else {name: value}
        if found and found[0].keys() != together.keys():
            raise here.refusal(f"'over': {name!r} names {', '.join(found[0])} first and then others", *at)
        found.append({key: _segment(key, one, here, segments, at) for key, one in together.items()})
    return found


def _segment(parameter: str, value: Any, here: Here, segments: Segments, at: tuple[str | int, ...]) -> Segment:
    if isinstance(value, str):
        known = segments.get(parameter)
        if known is None:
            return Segment(value, value, value, value)
        if value not in known:
            hint = nearest(value, known) or f"; there are {', '.join(known)}"
            raise here.refusal(f"'over': {value!r} is no segment of {parameter!r}{hint}", *at)
        return known[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise here.refusal(f"'over': {parameter!r} is {value!r}; it must be a number or a text", *at)
    shown = f"{value:,}"
    return Segment(str(value).replace(".", "_"), str(value), shown, shown)


def _check_parameters(
    template: Mapping[str, Any], choices: Mapping[str, list[dict[str, Segment]]], here: Here, vocabulary: Any
) -> None:
    used = set(_BRACES.findall(template["when"]))
    is_known = used <= {parameter for found in choices.values() for parameter in found[0]}
    seen: set[str] = set()
    for name, found in choices.items():
        for parameter in found[0]:
            if parameter in vocabulary or parameter in seen:
                what = "is a field" if parameter in vocabulary else "is there twice"
                raise here.refusal(f"'over': the parameter {parameter!r} {what}; choose another name", "over", name)
            if parameter not in used and is_known:  # what is unknown is refused where it stands
                what = f"'over': the condition does not use {{{parameter}}}, so that rules would be the same"
                raise here.refusal(what, "over", name)
            seen.add(parameter)


def _by_choice(
    given: Mapping[str, Any], chosen: Mapping[str, int], choices: Mapping[str, list[Any]], here: Here, name: str
) -> Any:
    """Return the value of an entry such as `severity = { limit = [2, 3, 4] }`."""
    by = next(iter(given), "")
    if len(given) != 1 or by not in choices or not isinstance(given[by], list) or len(given[by]) != len(choices[by]):
        names = ", ".join(choices)
        what = f"{name!r} must name one of {names}, with a value for each that stands for it"
        raise here.refusal(what, name)
    return given[by][chosen[by]]


def _filled(text: str, words: Mapping[str, str]) -> str:
    return _BRACES.sub(lambda found: words.get(found[1], found[0]), text)


def _examples(
    template: Mapping[str, Any], words: Mapping[str, Segment], here: Here, vocabulary: Mapping[str, Kind]
) -> tuple[list[Any], list[Any]]:
    plain = {key: one.word for key, one in words.items()}
    looks = {name: value for one in words.values() for name, value in one.hit.items()}

    def event(raw: Any, name: str, number: int) -> Any:
        if not isinstance(raw, dict):
            raise here.refusal(
                f"example {number + 1} of {name!r} must be fields with values, not {raw!r}", name, number
            )
        made = {}
        for key, value in raw.items():
            field_name = _filled(key, plain)
            made[field_name] = _value(value, vocabulary.get(field_name), plain, here, (name, number, key))
        return made

    hits = [looks | event(raw, "hits", number) for number, raw in enumerate(template["hits"])]
    if not hits:
        return [], []
    changes = [event(raw, "misses", number) for number, raw in enumerate(template["misses"])]
    changes += [dict(one.miss) for one in words.values() if one.miss]
    changed = [hits[0] | change for change in changes]
    return hits, [{name: value for name, value in one.items() if value != "null"} for one in changed]


def _value(value: Any, kind: Kind | None, words: Mapping[str, str], here: Here, at: tuple[str | int, ...]) -> Any:
    if not isinstance(value, str) or value == "null":
        return value
    if kind not in ("money", "number", "flag"):
        return _filled(value, words)
    try:
        return parse_number(value, words)
    except ConditionError as refusal:
        raise here.in_text(refusal, *at) from None
