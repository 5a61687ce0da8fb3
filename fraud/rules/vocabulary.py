"""The words that a condition may use, and what may be done with each kind of them.

Columns of `fraud.schema` and features of the catalogue are the fields. The label is not among them: a rule
that reads it would be right about the past and useless tomorrow. Nor are the features that number a category
(`channel_code`): a rule compares the category itself. Amounts and the sums of a window are money, in fen, and
are not mixed with counts.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from fraud.errors import ConditionError
from fraud.features.catalogue import FEATURES
from fraud.rules.syntax import (
    And,
    Arithmetic,
    Between,
    Comparison,
    Field,
    IsNull,
    Membership,
    Minus,
    Node,
    Not,
    Number,
    Or,
    Text,
    Truth,
    fields_of,
    write,
)
from fraud.schema import COLUMNS, LABEL, Kind

__all__ = ["VALUES", "VOCABULARY", "check_kinds", "nearest"]

VOCABULARY: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        feature.name: "money" if feature.unit == "fen" else "number"
        for feature in FEATURES
        if not feature.name.endswith("_code")
    }
    | {entry.name: entry.kind for entry in COLUMNS if entry.name != LABEL}
)
"""Kind of each field that a rule may name."""

VALUES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "channel": ("counter", "atm", "pos", "mobile", "web", "qr"),
        "kind": ("purchase", "transfer", "withdrawal", "deposit"),
    }
)
"""The fields whose values are a closed list, by the schema."""

_NUMBERS = {"money": "an amount of money", "number": "a number", "literal": "a number"}
_WORDS = {"category": "text", "identifier": "an identifier", "text": "text"}
_NAMES = _NUMBERS | _WORDS | {"time": "a time", "truth": "a condition"}


def nearest(name: str, names: Mapping[str, object]) -> str:
    """Return `; did you mean 'x'?` for the nearest known name, or nothing when none is near.

    Examples
    --------
    >>> nearest("amont_fen", VOCABULARY), nearest("zzz", VOCABULARY)
    ("; did you mean 'amount_fen'?", '')
    """
    near = get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def check_kinds(condition: Node, vocabulary: Mapping[str, Kind] = VOCABULARY) -> None:
    """Check that a condition names known fields and does with each only what its kind allows.

    Raises
    ------
    ConditionError
        At the first place, from the left, that does not fit.

    Examples
    --------
    >>> check_kinds(Comparison(">", Field("ip"), Number(5)))
    Traceback (most recent call last):
    fraud.errors.rules.ConditionError: line 1, column 1: 'ip' is an identifier and 5 is a number; they cannot be ...
    """
    _Checker(vocabulary).condition(condition)


def _refuse(node: Node, what: str) -> ConditionError:
    return ConditionError(what, *node.at)


def _called(node: Node) -> str:
    return repr(node.name) if isinstance(node, Field) else write(node)


class _Checker:
    """Holds the vocabulary; `condition` and `value` go down the tree together."""

    def __init__(self, vocabulary: Mapping[str, Kind]) -> None:
        self.vocabulary = vocabulary

    def condition(self, node: Node) -> None:
        match node:
            case And(operands) | Or(operands):
                for operand in operands:
                    self.condition(operand)
            case Not(operand):
                self.condition(operand)
            case Comparison(operator, left, right):
                self.comparison(node, operator, left, right)
            case Between(value, low, high):
                self.between(node, value, low, high)
            case Membership(value, items):
                self.membership(node, value, items)
            case IsNull(tested):
                self.field(tested)
            case Truth():
                pass
            case _:
                kind = self.value(node)
                example = f"; write for example {_called(node)} == 1".replace("'", "") if kind == "number" else ""
                raise _refuse(node, f"{_called(node)} is {_NAMES[kind]}, not a condition{example}")

    def value(self, node: Node) -> str:
        """Return the kind of a value: of the schema, or `literal` or `text` for what is written out."""
        match node:
            case Field():
                return self.field(node)
            case Number(_, in_yuan):
                return "money" if in_yuan else "literal"
            case Text():
                return "text"
            case Minus(operand):
                return self.number(operand, "-")
            case Arithmetic(first, rest):
                kind = self.number(first, rest[0][0])
                for sign, operand in rest:
                    kind = self.compute(kind, sign, operand)
                return kind
        return "truth"

    def field(self, node: Field) -> str:
        if node.name == LABEL:
            raise _refuse(node, f"{LABEL!r} is the label; a rule cannot read what is known only afterwards")
        if node.name not in self.vocabulary:
            if node.name.lower() in ("none", "nan", "na", "nil", "null"):
                raise _refuse(node, f"unknown field {node.name!r}; a missing value is asked for with 'is null'")
            hint = nearest(node.name, self.vocabulary) or f'; if a text is meant, write "{node.name}" in double quotes'
            raise _refuse(node, f"unknown field {node.name!r}{hint}")
        kind = self.vocabulary[node.name]
        return "number" if kind == "flag" else kind

    def number(self, node: Node, sign: str) -> str:
        kind = self.value(node)
        if kind not in _NUMBERS:
            raise _refuse(node, f"{_called(node)} is {_NAMES[kind]}; '{sign}' computes with numbers only")
        return kind

    def compute(self, kind: str, sign: str, operand: Node) -> str:
        other = self.number(operand, sign)
        kinds = {kind, other}
        if sign in "+-" and kinds == {"money", "number"}:
            raise _refuse(
                operand, f"'{sign}' cannot mix money with a number that is not money, here {_called(operand)}"
            )
        if sign == "*" and kind == other == "money":
            raise _refuse(operand, "money times money has no meaning; multiply by a number")
        if sign == "/" and other == "money":
            if kind != "money":
                raise _refuse(operand, "a number cannot be divided by money; divide money by money, or by a number")
            return "number"
        if sign == "/" and isinstance(operand, Number) and operand.value == 0:
            raise _refuse(operand, "division by zero has no value; divide by something else")
        return "money" if "money" in kinds else "number" if "number" in kinds else "literal"

    def comparison(self, node: Node, operator: str, left: Node, right: Node) -> None:
        kind = self.fit(left, right)
        if kind in _WORDS and operator not in ("==", "!="):
            what = f"{_called(left)} is {_NAMES[kind]}; only == and != compare it, and 'in' with a list"
            raise _refuse(left, what)
        if not fields_of(node):
            raise _refuse(node, "two constants are compared; one side must name a field")

    def fit(self, left: Node, right: Node) -> str:
        """Check that two values can be compared; return the kind of the left one."""
        kinds = self.value(left), self.value(right)
        for node, kind in zip((left, right), kinds, strict=True):
            if kind == "truth":
                what = f"{_called(node)} is a condition and cannot be compared; a flag is compared with 1 or 0"
                raise _refuse(node, what)
            if kind == "time":
                what = f"{_called(node)} is a time; only 'is null' tests it, for the clock use hour and weekday"
                raise _refuse(node, what)
        if (kinds[0] in _WORDS) != (kinds[1] in _WORDS):
            named = " and ".join(f"{_called(n)} is {_NAMES[k]}" for n, k in zip((left, right), kinds, strict=True))
            raise _refuse(left, f"{named}; they cannot be compared")
        if set(kinds) == {"money", "number"}:
            named = " and ".join(f"{_called(n)} is {_NAMES[k]}" for n, k in zip((left, right), kinds, strict=True))
            raise _refuse(left, f"{named} that is not money; they cannot be compared")
        for one, other, kind in ((left, right, kinds[0]), (right, left, kinds[1])):
            self.literal(one, kind, other)
        return kinds[0]

    def literal(self, field: Node, kind: str, literal: Node) -> None:
        if not isinstance(field, Field):
            return
        if kind == "money" and isinstance(literal, Number) and isinstance(literal.value, float):
            what = f"{field.name!r} counts whole fen and {write(literal)} is none; write whole fen, or yuan"
            raise _refuse(literal, what)
        allowed = VALUES.get(field.name, ())
        if allowed and isinstance(literal, Text) and literal.value not in allowed:
            what = f"{field.name!r} is never {write(literal)}; it is one of {', '.join(allowed)}"
            raise _refuse(literal, what)

    def between(self, node: Node, value: Node, low: Node, high: Node) -> None:
        for end in (low, high):
            if self.fit(value, end) in _WORDS:
                raise _refuse(value, f"{_called(value)} is text; 'between' compares numbers only")
        if isinstance(low, Number) and isinstance(high, Number) and low.value > high.value:
            raise _refuse(low, f"nothing lies between {write(low)} and {write(high)}; the lower end comes first")
        if not fields_of(node):
            raise _refuse(node, "constants are compared; one of the three must name a field")

    def membership(self, node: Node, value: Node, items: tuple[Number | Text, ...]) -> None:
        for item in items:
            self.fit(value, item)
        if not fields_of(node):
            raise _refuse(node, "constants are compared; the value before 'in' must name a field")
        seen = set()
        for item in items:
            if item.value in seen:
                raise _refuse(item, f"{write(item)} stands in the list twice; write it once")
            seen.add(item.value)
