"""A rulebook's conditions in the languages of others, with the same meaning.

A condition of ours can be true, false or unknown; a rule hits where it is true. Languages whose values may be missing
in the same way (polars, SQL) take it as it stands. For the others it is turned by De Morgan's laws into one that holds
where ours is true, without a `not` around anything that could be unknown, and where a comparison would meet a missing
value there is a guard before it. A guard that cannot fail, since the field is never missing, is left out: nobody is
slowed down by a translation that is clumsier than a person's.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, assert_never

from fraud.rules.syntax import (
    And,
    Arithmetic,
    Between,
    Comparison,
    Day,
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
)

__all__ = ["CEL", "PYTHON", "SQL", "ZEN", "Dialect", "JsonLogic", "Words", "translate"]

_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


class Dialect(Protocol):
    """How a language writes the parts of a condition; what they are made of is its own business."""

    @property
    def guarded(self) -> bool:
        """Whether a comparison must be told to fail on a missing value."""

    def field(self, name: str) -> Any:
        """Return the value of a field."""

    def literal(self, value: int | float | str) -> Any:
        """Return a number or a text."""

    def truth(self, value: bool) -> Any:
        """Return always or never."""

    def arithmetic(self, first: Any, rest: Sequence[tuple[str, Any]]) -> Any:
        """Return a sum or product of numbers, from left to right."""

    def compare(self, operator: str, left: Any, right: Any) -> Any:
        """Return a comparison."""

    def among(self, value: Any, items: Sequence[int | float | str], wanted: bool) -> Any:
        """Return whether a value is one of a list, or is none of it."""

    def present(self, name: str, wanted: bool) -> Any:
        """Return whether a field has a value, or has none."""

    def every(self, parts: Sequence[Any]) -> Any:
        """Return whether all hold."""

    def some(self, parts: Sequence[Any]) -> Any:
        """Return whether at least one holds."""


def translate(node: Node, dialect: Dialect, never_missing: Collection[str] = ()) -> Any:
    """Return a condition that holds where ours is true.

    Parameters
    ----------
    node
        A condition, or the test of a rule.
    dialect
        The language.
    never_missing
        Fields that need no guard.

    Examples
    --------
    >>> from fraud.rules.language import parse_condition
    >>> condition = parse_condition('not (hour < 6 or channel == "atm") and amount_fen between 1 and 5')
    >>> translate(condition, PYTHON, {"amount_fen", "channel"})
    "(((hour is not None and hour >= 6) and channel != 'atm') and (1 <= amount_fen and amount_fen <= 5))"
    """
    return _Translation(dialect, frozenset(never_missing)).holds(node, True)


@dataclass(frozen=True)
class _Translation:
    dialect: Dialect
    never_missing: frozenset[str]

    def holds(self, node: Node, wanted: bool) -> Any:
        """Return what holds where a condition is true, or where it is false."""
        says = self.dialect
        match node:
            case And(operands) | Or(operands):
                parts = [self.holds(operand, wanted) for operand in operands]
                return says.every(parts) if isinstance(node, And) == wanted else says.some(parts)
            case Not(operand):
                return self.holds(operand, not wanted)
            case IsNull(tested):
                return says.present(tested.name, not wanted)
            case Truth(value):
                return says.truth(value == wanted)
            case Comparison(operator, left, right):
                compared = operator if wanted else _OPPOSITE[operator]
                return self.guarded(node, says.compare(compared, self.value(left), self.value(right)))
            case Between(value, low, high):
                ends = (("<=", low, value), ("<=", value, high)) if wanted else (("<", value, low), (">", value, high))
                parts = [says.compare(operator, self.value(one), self.value(other)) for operator, one, other in ends]
                return self.guarded(node, says.every(parts) if wanted else says.some(parts))
            case Membership(value, items):
                return self.guarded(node, says.among(self.value(value), [item.value for item in items], wanted))
            case Field() | Day() | Number() | Text() | Minus() | Arithmetic():
                raise TypeError(f"{node} is a value, not a condition")
        assert_never(node)

    def guarded(self, node: Node, condition: Any) -> Any:
        """Put before a condition that all its fields must have a value."""
        fields = ["day" if name == "occurred_at" else name for name in fields_of(node)]
        open_fields = [name for name in fields if name not in self.never_missing]
        if not self.dialect.guarded or not open_fields:
            return condition
        return self.dialect.every([*(self.dialect.present(name, True) for name in open_fields), condition])

    def value(self, node: Node) -> Any:
        """Return a number or a text."""
        match node:
            case Field(name):
                return self.dialect.field(name)
            case Day():
                return self.dialect.field("day")
            case Number(value) | Text(value):
                return self.dialect.literal(value)
            case Minus(operand):
                return self.dialect.arithmetic(self.dialect.literal(0), [("-", self.value(operand))])
            case Arithmetic(first, rest):
                return self.dialect.arithmetic(self.value(first), [(sign, self.value(one)) for sign, one in rest])
        raise TypeError(f"{node} is a condition, not a value")


@dataclass(frozen=True)
class Words:
    """A language that is written as text."""

    join_every: str
    join_some: str
    is_present: str
    is_absent: str
    equal: str = "=="
    quote: str = "'"
    not_in: str = "{value} not in [{items}]"
    always: str = "true"
    never: str = "false"
    floats: bool = False
    guarded: bool = True
    looked_up: str = "{name}"

    def field(self, name: str) -> str:
        """Return how it is looked up."""
        return self.looked_up.format(name=name)

    def literal(self, value: int | float | str) -> str:
        """Return it as the language writes it; a number with a point where numbers are floats."""
        if isinstance(value, str):
            return f"{self.quote}{value}{self.quote}"
        return repr(float(value)) if self.floats else repr(value)

    def truth(self, value: bool) -> str:
        """Return the word for it."""
        return self.always if value else self.never

    def arithmetic(self, first: str, rest: Sequence[tuple[str, str]]) -> str:
        """Return it in brackets."""
        return f"({first} {' '.join(f'{sign} {value}' for sign, value in rest)})"

    def compare(self, operator: str, left: str, right: str) -> str:
        """Return it with the language's sign for equal."""
        return f"{left} {self.equal if operator == '==' else operator} {right}"

    def among(self, value: str, items: Sequence[int | float | str], wanted: bool) -> str:
        """Return a test of a list."""
        listed = ", ".join(map(self.literal, items))
        return (f"{value} in [{listed}]" if wanted else self.not_in).format(value=value, items=listed)

    def present(self, name: str, wanted: bool) -> str:
        """Return a test of missing."""
        return (self.is_present if wanted else self.is_absent).format(name=self.field(name))

    def every(self, parts: Sequence[str]) -> str:
        """Return them joined, in brackets."""
        return f"({self.join_every.join(parts)})"

    def some(self, parts: Sequence[str]) -> str:
        """Return them joined, in brackets."""
        return f"({self.join_some.join(parts)})"


PYTHON = Words(
    " and ", " or ", "{name} is not None", "{name} is None", always="True", never="False"
)  # fmt: skip
ZEN = Words(" and ", " or ", "{name} != null", "{name} == null")
CEL = Words(
    " && ", " || ", "{name} != null", "{name} == null", not_in="!({value} in [{items}])", floats=True
)  # fmt: skip


@dataclass(frozen=True)
class _Sql(Words):
    def among(self, value: str, items: Sequence[int | float | str], wanted: bool) -> str:
        """Return a test of a list, which SQL puts into round brackets."""
        return f"{value} {'IN' if wanted else 'NOT IN'} ({', '.join(map(self.literal, items))})"


SQL = _Sql(" AND ", " OR ", "{name} IS NOT NULL", "{name} IS NULL", equal="=", guarded=False)


@dataclass(frozen=True)
class JsonLogic:
    """JsonLogic: a condition is a tree of JSON."""

    guarded: bool = True

    def field(self, name: str) -> Mapping[str, Any]:
        """Return a look-up."""
        return {"var": name}

    def literal(self, value: int | float | str) -> Any:
        """Return it."""
        return value

    def truth(self, value: bool) -> bool:
        """Return it."""
        return value

    def arithmetic(self, first: Any, rest: Sequence[tuple[str, Any]]) -> Any:
        """Return it nested to the left."""
        for sign, value in rest:
            first = {sign: [first, value]}
        return first

    def compare(self, operator: str, left: Any, right: Any) -> Any:
        """Return it; equal is equal in kind too."""
        return {{"==": "===", "!=": "!=="}.get(operator, operator): [left, right]}

    def among(self, value: Any, items: Sequence[int | float | str], wanted: bool) -> Any:
        """Return a test of a list."""
        found = {"in": [value, list(items)]}
        return found if wanted else {"!": [found]}

    def present(self, name: str, wanted: bool) -> Any:
        """Return a test of null."""
        return {"!==" if wanted else "===": [{"var": name}, None]}

    def every(self, parts: Sequence[Any]) -> Any:
        """Return them in one `and`."""
        return {"and": list(parts)}

    def some(self, parts: Sequence[Any]) -> Any:
        """Return them in one `or`."""
        return {"or": list(parts)}
