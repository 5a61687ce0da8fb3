"""What a condition is made of: frozen nodes, and how they are written back as text.

A chain such as `a and b and c` or `a + b - c` is one node with many operands, so that a long condition is not
a deep one: only nesting costs depth, and the parser bounds that. Places are not compared: two conditions are
equal if they say the same, wherever it stands. `x not in [..]`, `x not between ..` and `x is not null` are
`Not` of the plain form.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, TypeAlias

__all__ = [
    "And",
    "Arithmetic",
    "Between",
    "Comparison",
    "Day",
    "Field",
    "IsNull",
    "Membership",
    "Minus",
    "Node",
    "Not",
    "Number",
    "Or",
    "Place",
    "Text",
    "Truth",
    "fields_of",
    "write",
]


class Place(NamedTuple):
    """Where a node begins in its condition; line and column are counted from 1."""

    line: int = 1
    column: int = 1


_AT = Place()


@dataclass(frozen=True)
class Field:
    """The value of one column or feature of the event."""

    name: str
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class Day:
    """The day of the event, counted from 1 January 1970; no rule writes it, its dates of validity ask for it."""

    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class Number:
    """A number; `value` is an int when it is whole, and in fen when it was written with `yuan`."""

    value: int | float
    in_yuan: bool = False
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class Text:
    """A text in double quotes."""

    value: str
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class Truth:
    """`true` or `false`."""

    value: bool
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class Minus:
    """The negative of a number."""

    operand: "Node"
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class Arithmetic:
    """`first op operand ..` from left to right; all operators are of one rank, + and - or * and /."""

    first: "Node"
    rest: tuple[tuple[str, "Node"], ...]
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class Comparison:
    """Two values compared by one of == != < <= > >=."""

    operator: str
    left: "Node"
    right: "Node"
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class Between:
    """`value between low and high`, both ends included."""

    value: "Node"
    low: "Node"
    high: "Node"
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class Membership:
    """`value in [..]`, a list of literals."""

    value: "Node"
    items: tuple[Number | Text, ...]
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class IsNull:
    """`field is null`: true if the value is missing; never unknown."""

    tested: Field
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class Not:
    """The opposite of a condition; unknown stays unknown."""

    operand: "Node"
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class And:
    """All of two or more conditions."""

    operands: tuple["Node", ...]
    at: Place = field(default=_AT, compare=False, repr=False)


@dataclass(frozen=True)
class Or:
    """At least one of two or more conditions."""

    operands: tuple["Node", ...]
    at: Place = field(default=_AT, compare=False, repr=False)


Node: TypeAlias = (
    Field
    | Day
    | Number
    | Text
    | Truth
    | Minus
    | Arithmetic
    | Comparison
    | Between
    | Membership
    | IsNull
    | Not
    | And
    | Or
)


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case And(operands) | Or(operands):
            return operands
        case Not(operand) | Minus(operand):
            return (operand,)
        case Arithmetic(first, rest):
            return (first, *(operand for _, operand in rest))
        case Comparison(_, left, right):
            return (left, right)
        case Between(value, low, high):
            return (value, low, high)
        case Membership(value, _):
            return (value,)
        case IsNull(tested):
            return (tested,)
    return ()


def _walk(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(reversed(_children(here)))


def fields_of(node: Node) -> tuple[str, ...]:
    """Return the names of the fields that a condition reads, each once, in the order of their first mention.

    Examples
    --------
    >>> fields_of(And((IsNull(Field("ip")), Comparison("==", Field("channel"), Text("web")))))
    ('ip', 'channel')
    """
    parts = (part for part in _walk(node) if isinstance(part, Field | Day))
    return tuple(dict.fromkeys("occurred_at" if isinstance(part, Day) else part.name for part in parts))


def write(node: Node) -> str:
    """Write a condition as text, with no more parentheses than needed; parsing the text gives an equal node.

    Examples
    --------
    >>> write(Not(Membership(Field("hour"), (Number(1), Number(2)))))
    'hour not in [1, 2]'
    >>> write(Comparison(">=", Field("amount_fen"), Number(500_050, in_yuan=True)))
    'amount_fen >= 5_000.5 yuan'
    """
    match node:
        case Or(operands):
            return " or ".join(_wrapped(part, Or) for part in operands)
        case And(operands):
            return " and ".join(_wrapped(part, Or, And) for part in operands)
        case Not(Membership() | Between() | IsNull() as tested):
            return _write_test(tested, "not ")
        case Not(operand):
            return f"not {_wrapped(operand, Or, And)}"
        case Membership() | Between() | IsNull():
            return _write_test(node, "")
        case Comparison(operator, left, right):
            return f"{_value(left)} {operator} {_value(right)}"
        case Arithmetic(first, rest):
            return _operand(first, node) + "".join(f" {sign} {_operand(part, node)}" for sign, part in rest)
        case Minus(Number(value) as number) if value >= 0:
            return f"-({write(number)})"
        case Minus(operand):
            return f"-{_wrapped(operand, Arithmetic) if isinstance(operand, Arithmetic) else _value(operand)}"
    return _write_atom(node)


def _write_test(node: Membership | Between | IsNull, negation: str) -> str:
    match node:
        case Membership(value, items):
            return f"{_value(value)} {negation}in [{', '.join(map(write, items))}]"
        case Between(value, low, high):
            return f"{_value(value)} {negation}between {_value(low)} and {_value(high)}"
        case IsNull(tested):
            return f"{tested.name} is {negation}null"


def _write_atom(node: Node) -> str:
    match node:
        case Field(name):
            return name
        case Day():
            return "day"
        case Text(value):
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case Truth(value):
            return "true" if value else "false"
        case Number(value, in_yuan):
            whole, _, decimals = f"{Decimal(repr(abs(value))).scaleb(-2 if in_yuan else 0):f}".partition(".")
            sign, decimals = "-" if value < 0 else "", decimals.rstrip("0")
            return f"{sign}{int(whole):_}{'.' if decimals else ''}{decimals}{' yuan' if in_yuan else ''}"
    raise TypeError(f"{node!r} is no node of a condition")


def _wrapped(node: Node, *inside: type) -> str:
    return f"({write(node)})" if isinstance(node, inside) else write(node)


def _value(node: Node) -> str:
    """Write one side of a comparison; what is itself a condition stands in parentheses."""
    return _wrapped(node, Or, And, Not, Comparison, Between, Membership, IsNull)


def _operand(node: Node, chain: Arithmetic) -> str:
    chain_adds = chain.rest[0][0] in "+-"
    if isinstance(node, Arithmetic) and chain_adds and node.rest[0][0] in "*/":
        return write(node)
    return _wrapped(node, Arithmetic) if isinstance(node, Arithmetic) else _value(node)
