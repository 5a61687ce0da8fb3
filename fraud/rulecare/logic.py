"""What follows from a condition by itself, without any data: that it implies another, or can never be true.

A condition is written as alternatives of constraints: in each alternative, every field that it names is in a set of
values (`fraud.rulecare.allowed`). A sum such as `customer_sum_1h + amount_fen` counts as a field of its own, and so
does the difference of two fields that are compared. One condition implies another if each of its alternatives lies
inside one of the other's. What is proved here is true; what is not proved may be true all the same: a condition with
more than `MOST_ALTERNATIVES` is given up, alternatives are not joined, and what is known of sums is not used.
"""

import math
from collections.abc import Mapping
from itertools import product
from typing import Final, TypeAlias

from fraud.rulecare.allowed import ANYTHING, MISSING, PRESENT, Allowed, number_test, word_test
from fraud.rules.syntax import (
    And,
    Between,
    Comparison,
    Field,
    IsNull,
    Membership,
    Node,
    Not,
    Number,
    Or,
    Text,
    Truth,
    fields_of,
    write,
)

__all__ = ["MOST_ALTERNATIVES", "Alternative", "alternatives", "implies", "lies_inside", "needs", "never_true"]

MOST_ALTERNATIVES: Final = 64

Alternative: TypeAlias = Mapping[str, Allowed]
"""Field, or text of a sum -> what it may be; what is not named may be anything."""

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def alternatives(condition: Node) -> tuple[Alternative, ...] | None:
    """Return the alternatives under which a condition is true, none if it never is; None if there are too many.

    Examples
    --------
    >>> from fraud.rules import parse_condition
    >>> len(alternatives(parse_condition('channel == "atm" and (hour < 5 or hour >= 23)')))
    2
    >>> alternatives(parse_condition("hour > 20 and hour < 5"))
    ()
    """
    return _true(condition, True)


def implies(one: Node, other: Node) -> bool:
    """Say whether it is proved that wherever one condition is true, the other is too.

    Examples
    --------
    >>> from fraud.rules import parse_condition
    >>> strict = parse_condition("amount_fen >= 5_000 yuan and new_payee == 1")
    >>> wide = parse_condition("amount_fen > 100 yuan")
    >>> implies(strict, wide), implies(wide, strict)
    (True, False)
    """
    first, second = alternatives(one), alternatives(other)
    return first is not None and second is not None and lies_inside(first, second)


def lies_inside(narrow: tuple[Alternative, ...], wide: tuple[Alternative, ...]) -> bool:
    """Say whether each of these alternatives lies inside one of the others; `implies` on what was taken apart before.

    Examples
    --------
    >>> lies_inside(({"hour": number_test("<", 3)},), ({"hour": number_test("<", 5)}, {"ip": MISSING}))
    True
    """
    return all(any(_inside(one, other) for other in wide) for one in narrow)


def never_true(condition: Node) -> bool:
    """Say whether it is proved that a condition can hit nothing.

    Examples
    --------
    >>> from fraud.rules import parse_condition
    >>> never_true(parse_condition('ip is null and ip == "10.0.0.1"'))
    True
    """
    return alternatives(condition) == ()


def needs(condition: Node) -> frozenset[str]:
    """Return the fields without which a condition is never true: if one is missing everywhere, the rule is dead.

    Examples
    --------
    >>> from fraud.rules import parse_condition
    >>> sorted(needs(parse_condition("amount_fen > 100 and (hour < 5 or ip is null)")))
    ['amount_fen']
    """
    found = alternatives(condition)
    if not found:
        return frozenset()
    return frozenset(name for name in fields_of(condition) if all(_asks_for(name, one) for one in found))


def _asks_for(name: str, alternative: Alternative) -> bool:
    return any(not allowed.missing for key, allowed in alternative.items() if name in key.split(" "))


def _inside(narrow: Alternative, wide: Alternative) -> bool:
    return all(narrow.get(name, ANYTHING) <= allowed for name, allowed in wide.items())


def _true(node: Node, wanted: bool) -> tuple[Alternative, ...] | None:
    """Return where a node is true, or where it is false; where it is unknown it is neither, as in the language."""
    match node:
        case Truth(value):
            return ({},) if value is wanted else ()
        case Not(operand):
            return _true(operand, not wanted)
        case And(operands) | Or(operands):
            parts = [_true(operand, wanted) for operand in operands]
            return _all(parts) if isinstance(node, And) is wanted else _any(parts)
        case Between(value, low, high):
            both = And((Comparison(">=", value, low), Comparison("<=", value, high)))
            return _true(both, wanted)
        case IsNull(Field(name)):
            return ({name: MISSING if wanted else PRESENT},)
        case Membership(Field(name), items) if isinstance(items[0], Text):
            return ({name: word_test(frozenset(str(item.value) for item in items), not wanted)},)
        case Membership(value, items):
            tests: tuple[Node, ...] = tuple(Comparison("==", value, item) for item in items)
            return _true(Or(tests) if len(tests) > 1 else tests[0], wanted)
        case Comparison(operator, left, right):
            return _compared(operator if wanted else _OPPOSITE[operator], left, right)
    raise TypeError(f"{node!r} is a value, not a condition")


def _compared(operator: str, left: Node, right: Node) -> tuple[Alternative, ...]:
    if isinstance(left, Number | Text) or (not isinstance(right, Number | Text) and write(left) > write(right)):
        left, right, operator = right, left, _MIRRORED[operator]
    if isinstance(right, Text):
        return ({write(left): word_test(frozenset({right.value}), operator == "!=")},)
    if isinstance(right, Number):
        found = {write(left): number_test(operator, right.value)}
    elif write(left) == write(right):  # a value compared with itself: only missing makes it untrue
        return ({write(left): PRESENT},) if operator in ("==", "<=", ">=") else ()
    else:
        found = {f"{write(left)} - ( {write(right)} )": number_test(operator, 0.0)}
    return () if any(allowed.is_empty for allowed in found.values()) else (found,)


def _any(parts: list[tuple[Alternative, ...] | None]) -> tuple[Alternative, ...] | None:
    found = [one for part in parts if part is not None for one in part]
    return None if None in parts or len(found) > MOST_ALTERNATIVES else tuple(found)


def _all(parts: list[tuple[Alternative, ...] | None]) -> tuple[Alternative, ...] | None:
    known = [part for part in parts if part is not None]
    if () in known:
        return ()
    if len(known) < len(parts) or math.prod(map(len, known)) > MOST_ALTERNATIVES:
        return None
    joined = (_joined(choice) for choice in product(*known))
    return tuple(one for one in joined if one is not None)


def _joined(choice: tuple[Alternative, ...]) -> Alternative | None:
    found: dict[str, Allowed] = {}
    for alternative in choice:
        for name, allowed in alternative.items():
            found[name] = found[name] & allowed if name in found else allowed
            if found[name].is_empty:
                return None
    return found
