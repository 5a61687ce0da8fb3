"""A condition as terms: it is true where every test of one of its terms is.

`not` is pushed down to the tests, as in Kleene's logic: what makes a condition true and what makes it false are two
questions, and a missing value answers neither. So each test becomes a set of cells of one source, an `and` of tests
the sets' intersection, an `or` several terms. A condition with more than `MOST_TERMS` keeps its tangled parts whole:
such a part becomes a source of its own, which is judged as it stands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from fraud.rules.reference import judge, value_of
from fraud.rules.sources import MISSING, Cuts, Judged, Numeric, Pair, Present, Source, Textual, Words
from fraud.rules.syntax import (
    And,
    Between,
    Comparison,
    Field,
    IsNull,
    Membership,
    Node,
    Not,
    Or,
    Text,
    Truth,
    fields_of,
)
from fraud.rules.vocabulary import VOCABULARY

__all__ = ["ANSWER", "MOST_TERMS", "Axes", "Term", "axes_of", "terms_of"]

MOST_TERMS: Final = 16
"""How many terms one condition may have."""

Term: TypeAlias = dict[Source, int]
"""Cells of each source in which the term is still alive; a source that is not named does not matter."""

Axes: TypeAlias = Mapping[Source, Cuts | Words]

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
ANSWER: Final = Cuts.at([(">=", 1)])
"""The cells of a source of the kind `Judged`."""


@dataclass(frozen=True)
class _Test:
    """True where the source compares in one of these ways; unknown where it is missing."""

    source: Source
    ways: tuple[tuple[str, int | float | str], ...]


def axes_of(conditions: list[Node]) -> Axes:
    """Return the cells of every source that the conditions ask about.

    Examples
    --------
    >>> from fraud.rules.language import parse_condition
    >>> axes_of([parse_condition("hour < 5 or hour >= 23"), parse_condition("hour == 5")])
    {Numeric(node=Field(name='hour')): Cuts(cuts=((5, False), (5, True), (23, False)))}
    """
    found: dict[Source, list[tuple[str, int | float | str]]] = {}
    for condition in conditions:
        for leaf in _leaves(condition):
            if isinstance(test := _test_of(leaf), _Test):
                found.setdefault(test.source, []).extend(test.ways)
    return {source: _cells_of(source, ways) for source, ways in found.items()}


def _cells_of(source: Source, ways: list[tuple[str, int | float | str]]) -> Cuts | Words:
    if isinstance(source, Textual):
        return Words.of([constant for _, constant in ways if isinstance(constant, str)])
    return Cuts.at((operator, constant) for operator, constant in ways if not isinstance(constant, str))


def terms_of(condition: Node, axes: Axes, wanted: bool = True) -> list[Term]:
    """Return the terms of a condition: it is true (or, if so wanted, false) where one of them is alive.

    Parameters
    ----------
    condition
        The condition.
    axes
        What `axes_of` returned for conditions that include this one.
    wanted
        Whether the condition should be true, or false.

    Examples
    --------
    >>> from fraud.rules.language import parse_condition
    >>> either = parse_condition("hour < 5 or weekday == 6")
    >>> [[bin(cells) for cells in term.values()] for term in terms_of(either, axes_of([either]))]
    [['0b10'], ['0b100']]
    """
    match condition:
        case Not(operand):
            return terms_of(operand, axes, not wanted)
        case And(operands) | Or(operands):
            every = isinstance(condition, And) is wanted
            parts = [terms_of(operand, axes, wanted) for operand in operands]
            return _all_of(operands, parts, wanted) if every else _any_of(condition, parts, wanted)
        case Between(value, low, high):
            return terms_of(And((Comparison(">=", value, low), Comparison("<=", value, high))), axes, wanted)
    test = _test_of(condition)
    if isinstance(test, _Test):
        cells = _cells(test, axes[test.source], wanted)
        return [{test.source: cells}] if cells else []
    return [{}] if test is wanted else []


def _cells(test: _Test, axis: Cuts | Words, wanted: bool) -> int:
    if not test.ways:  # `is null`
        return MISSING if wanted else axis.there
    accepted = 0
    for operator, constant in test.ways:
        accepted |= axis.accepted(operator, constant)  # type: ignore[arg-type]  # words for texts, numbers for numbers
    return accepted if wanted else axis.there & ~accepted


def _all_of(operands: tuple[Node, ...], parts: list[list[Term]], wanted: bool) -> list[Term]:
    count = 1
    for part in parts:
        count *= len(part)
    if count > MOST_TERMS:
        parts = [p if len(p) < 2 else _whole(node, wanted) for node, p in zip(operands, parts, strict=True)]
    found: list[Term] = [{}]
    for part in parts:
        both = (_both(one, other) for one in found for other in part)
        found = [term for term in both if term is not None]
    return found


def _both(one: Term, other: Term) -> Term | None:
    """Return the term where both are alive; None if that is nowhere."""
    joint = dict(one)
    for source, cells in other.items():
        joint[source] = joint.get(source, -1) & cells
        if not joint[source]:
            return None
    return joint


def _any_of(condition: Node, parts: list[list[Term]], wanted: bool) -> list[Term]:
    found: list[Term] = []
    for part in parts:
        for term in part:
            _join(found, term)
        if len(found) > MOST_TERMS:
            return _whole(condition, wanted)
    return found


def _join(found: list[Term], term: Term) -> None:
    """Add a term, or widen one that differs from it in one source only."""
    for place, known in enumerate(found):
        if known.keys() == term.keys():
            differ = [source for source in known if known[source] != term[source]]
            if len(differ) < 2:
                found[place] = known | {source: known[source] | term[source] for source in differ}
                return
    found.append(term)


def _whole(condition: Node, wanted: bool) -> list[Term]:
    return [{Judged(condition, wanted): ANSWER.accepted(">=", 1)}]


def _leaves(node: Node) -> Iterator[Node]:
    match node:
        case And(operands) | Or(operands):
            for operand in operands:
                yield from _leaves(operand)
        case Not(operand):
            yield from _leaves(operand)
        case Between(value, low, high):
            yield Comparison(">=", value, low)
            yield Comparison("<=", value, high)
        case _:
            yield node


def _test_of(node: Node) -> _Test | bool | None:
    """Return what a leaf asks, or its answer where it does not depend on the event."""
    match node:
        case Truth(value):
            return value
        case IsNull(Field(name)):
            return _Test(_presence(name), ())
        case Comparison(operator, left, right):
            return _comparison(operator, left, right)
        case Membership(value, items):
            ways = tuple(("==", item.value) for item in items)
            is_text = isinstance(items[0], Text)
            return _Test(Textual(value.name) if isinstance(value, Field) and is_text else Numeric(value), ways)
    raise TypeError(f"{node!r} is a value, not a condition")


def _presence(name: str) -> Source:
    """Return where the presence of a field is seen: with its value, if its kind is known."""
    kind = VOCABULARY.get(name)
    if kind in ("money", "number", "flag"):
        return Numeric(Field(name))
    return Textual(name) if kind in ("category", "identifier") else Present(name)


def _comparison(operator: str, left: Node, right: Node) -> _Test | bool | None:
    if not fields_of(left):
        left, right, operator = right, left, _MIRRORED[operator]
    if not fields_of(left):
        return judge(Comparison(operator, left, right), {})
    if fields_of(right):
        return _Test(Pair(left, right), ((operator, 0),))
    constant = value_of(right, {})
    if constant is None:
        return None  # such as 1 / (2 - 2): unknown whatever the event holds
    if isinstance(constant, str) and isinstance(left, Field):
        return _Test(Textual(left.name), ((operator, constant),))
    return _Test(Numeric(left), ((operator, constant),))
