"""One event, in Python alone: the cell of each source by bisection, and masks as the bits of one integer.

This is what judges an event where numba is not installed, and what judges the rare event with a number above 2**53:
whole numbers are compared here as Python compares them, exactly.
"""

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import TypeAlias

from fraud.errors import RuleEventError
from fraud.rules.reference import Event, day_of, judge, present, value_of
from fraud.rules.sources import Cuts, Judged, Numeric, Pair, Present, Source, Textual, Words
from fraud.rules.syntax import Comparison, Day, Field, Node
from fraud.rules.tables import Tables

__all__ = ["CellOf", "cell_finder", "judge_plainly", "reader"]

CellOf: TypeAlias = Callable[[Event], int]


def judge_plainly(tables: Tables, finders: tuple[CellOf, ...], event: Event) -> tuple[int, ...]:
    """Return the positions of the rules that hit, in order.

    Parameters
    ----------
    tables
        Of the rulebook.
    finders
        What `cell_finder` returned for each source.
    event
        Value of each field.

    Examples
    --------
    >>> from fraud.rules.language import parse_condition
    >>> from fraud.rules.tables import build
    >>> tables = build([parse_condition("hour < 5"), parse_condition("hour is null or hour == 3")])
    >>> finders = tuple(map(cell_finder, tables.sources, tables.axes))
    >>> [judge_plainly(tables, finders, event) for event in ({"hour": 3}, {"hour": 4.5}, {})]
    [(0, 1), (0,), (1,)]
    """
    alive = tables.everything
    # no early end: a text where a number is compared is refused whatever the other fields hold
    for masks, finder in zip(tables.masks, finders, strict=True):
        alive &= masks[finder(event)]
    found: dict[int, None] = {}
    while alive:
        least = alive & -alive
        found[int(tables.rule_of[least.bit_length() - 1])] = None
        alive ^= least
    return tuple(found)


def cell_finder(source: Source, axis: Cuts | Words) -> CellOf:
    """Return a function that finds the cell of one event.

    Examples
    --------
    >>> find = cell_finder(Numeric(Field("hour")), Cuts.at([("<", 5)]))
    >>> find({"hour": 3}), find({"hour": 5}), find({})
    (1, 2, 0)
    """
    if isinstance(axis, Words):
        make = reader(source, axis)

        def of_word(event: Event) -> int:
            place = make(event)
            return 0 if place != place else int(place) + 1

        return of_word
    number, wholes, floats = _number(source), axis.wholes, axis.floats

    def of_number(event: Event) -> int:
        value = number(event)
        if value is None:
            return 0
        return 1 + (bisect_right(floats, value) if isinstance(value, float) else bisect_right(wholes, value))

    return of_number


def _number(source: Source) -> Callable[[Event], int | float | None]:
    """Return a function that reads the number of a source, whole or not, or None where it is missing."""
    match source:
        case Numeric(Field(name)):
            return lambda event: _field(name, event)
        case Numeric(Day()):
            return lambda event: day_of(event.get("occurred_at"))
        case Numeric(node):
            return lambda event: _computed(node, event)
        case Present(name):
            return lambda event: None if present(event.get(name)) is None else 0
        case Pair(left, right):
            return lambda event: _sign(left, right, event)
        case Judged(node, wanted):
            return lambda event: int(judge(node, event) is wanted)
    raise TypeError(f"{source!r} is no source of numbers")


def _field(name: str, event: Event) -> int | float | None:
    found = event.get(name)
    if type(found) is float:
        return found if found == found else None
    value = value_of(Field(name), event)
    if isinstance(value, str):
        raise RuleEventError(f"{name!r} is {found!r}, a text or a time; a rule compares it as a number")
    return value


def _computed(node: Node, event: Event) -> float | None:
    value = value_of(node, event)
    return None if value is None else float(value)


def _sign(left: Node, right: Node, event: Event) -> int | None:
    same = judge(Comparison("==", left, right), event)
    if same is not False:
        return None if same is None else 0
    if isinstance(value_of(left, event), str):
        return 1
    return -1 if judge(Comparison("<", left, right), event) else 1


def reader(source: Source, axis: Cuts | Words) -> Callable[[Event], float]:
    """Return a function that reads a source as a float: the place of a word, any other number, NaN where missing.

    Examples
    --------
    >>> read = reader(Textual("channel"), Words(("atm", "pos")))
    >>> read({"channel": "pos"}), read({"channel": "web"}), read({})
    (2.0, 0.0, nan)
    """
    if isinstance(axis, Words) and isinstance(source, Textual):
        return _word_reader(source.name, {word: float(place) for place, word in enumerate(axis.words, 1)})
    number = _number(source)

    def read(event: Event) -> float:
        value = number(event)
        return math.nan if value is None else float(value)

    return read


def _word_reader(name: str, places: dict[str, float]) -> Callable[[Event], float]:
    def read(event: Event) -> float:
        found = event.get(name)
        if type(found) is not str:
            value = present(found)
            if value is None:
                return math.nan
            if not isinstance(value, str) or not isinstance(found, str):
                raise RuleEventError(f"{name!r} is {found!r}; a rule compares it as text")
            found = value
        return places.get(found, 0.0)

    return read
