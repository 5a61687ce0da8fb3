"""Outsiders agree: polars expressions and Google's Common Expression Language judge random events as our rules do.

Where they mean something else, the translation says it. Polars knows Kleene's logic, but NaN is a value to it and
division by zero infinite: both are made null. CEL refuses to compare null and does not compare integers with floats of
its own accord: each test is guarded by what it needs, and turned around with its negation inside, so that only true
and false are left.
"""

import functools
import json
import operator

import cel
import polars as pl
from hypothesis import given, settings
from random_rules import EDGE_COLUMNS, EDGE_CONDITIONS, conditions, event_of, tables

from fraud.rules import evaluate
from fraud.rules.reference import present
from fraud.rules.syntax import (
    And,
    Arithmetic,
    Between,
    Comparison,
    Field,
    IsNull,
    Membership,
    Minus,
    Not,
    Number,
    Or,
    Text,
    Truth,
)

TEXTS = {"word", "other_word", "string"}
WHOLE = {"whole", "other_whole", "whole_with_gaps", "flag"}
SIGNS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
STEPS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}

# --- polars -----------------------------------------------------------------------------------------------------------


def frame_of(columns):
    made = {}
    for name, values in columns.items():
        plain = [present(value) for value in getattr(values, "array", values)]
        kind = pl.String if name in TEXTS else pl.Int64 if name in WHOLE else pl.Float64
        made[name] = pl.Series(plain, dtype=kind, strict=False)
    return pl.DataFrame(made)


def in_polars(node, text=False):
    match node:
        case Truth(value) | Number(value) | Text(value):
            return pl.lit(value)
        case Field("never"):
            return pl.lit(None, pl.String if text else pl.Float64)
        case Field(name):
            return pl.col(name)
        case Not(operand):
            return ~in_polars(operand)
        case And(operands) | Or(operands):
            joint = operator.and_ if isinstance(node, And) else operator.or_
            return functools.reduce(joint, map(in_polars, operands))
        case IsNull(Field("never")):
            return pl.lit(True)
        case IsNull(field):
            return in_polars(field).is_null()
        case Between(value, low, high):
            return in_polars(And((Comparison(">=", value, low), Comparison("<=", value, high))))
        case Membership(value, items):
            return in_polars(Or(tuple(Comparison("==", value, item) for item in (*items, items[0]))))
        case Comparison(sign, left, right):
            text = any(isinstance(side, Text) or getattr(side, "name", "") in TEXTS for side in (left, right))
            return SIGNS[sign](in_polars(left, text), in_polars(right, text))
        case Minus(operand):
            return in_polars(Arithmetic(Number(0), (("-", operand),)))
        case Arithmetic(first, rest):
            made = in_polars(first).cast(pl.Float64)
            for sign, operand in rest:
                other = in_polars(operand).cast(pl.Float64)
                step = STEPS[sign](made, other).fill_nan(None)
                made = pl.when(other != 0).then(step) if sign == "/" else step
            return made
    raise TypeError(node)


@settings(max_examples=60, deadline=None)
@given(conditions, tables)
def test_polars_agrees(condition, columns):
    found = frame_of(columns).select(hit=in_polars(condition).fill_null(False))["hit"].to_list()
    size = len(columns["whole"])
    assert (found * size if len(found) < size else found) == evaluate(condition, columns).tolist()


def test_polars_agrees_at_every_edge():
    frame = frame_of(EDGE_COLUMNS)
    found = frame.select(in_polars(one).fill_null(False).alias(str(n)) for n, one in enumerate(EDGE_CONDITIONS))
    for number, condition in enumerate(EDGE_CONDITIONS):
        assert found[str(number)].to_list() == evaluate(condition, EDGE_COLUMNS).tolist(), condition


# --- CEL --------------------------------------------------------------------------------------------------------------


def number_in_cel(node):
    """Return an expression, whether it is whole, and what must hold for it to have a value."""
    match node:
        case Number(value):
            return f"({value!r})", isinstance(value, int), []
        case Field(name):
            return name, name in WHOLE, [f"{name} != null"]
        case Minus(operand):
            return number_in_cel(Arithmetic(Number(0), (("-", operand),)))
        case Arithmetic(first, rest):
            made, _, needs = number_in_cel(first)
            made = f"double({made})"
            for sign, operand in rest:
                other, _, more = number_in_cel(operand)
                needs = [*needs, *more, *([f"double({other}) != 0.0"] if sign == "/" else [])]
                made = f"({made} {sign} double({other}))"
                needs = [*needs, f"{made} == {made}"]
            return made, False, needs
    raise TypeError(node)


def text_in_cel(node):
    return (
        (json.dumps(node.value, ensure_ascii=False), [])
        if isinstance(node, Text)
        else (node.name, [f"{node.name} != null"])
    )


def in_cel(node, wanted=True):
    """Return an expression that is true where the node is as wanted, and else false."""
    match node:
        case Truth(value):
            return "true" if value is wanted else "false"
        case Not(operand):
            return in_cel(operand, not wanted)
        case And(operands) | Or(operands):
            joint = " && " if isinstance(node, And) is wanted else " || "
            return f"({joint.join(in_cel(operand, wanted) for operand in operands)})"
        case IsNull(Field(name)):
            return f"({name} {'==' if wanted else '!='} null)"
        case Between(value, low, high):
            return in_cel(And((Comparison(">=", value, low), Comparison("<=", value, high))), wanted)
        case Membership(value, items):
            return in_cel(Or(tuple(Comparison("==", value, item) for item in items)), wanted)
        case Comparison(sign, left, right):
            if any(isinstance(side, Text) or getattr(side, "name", "") in TEXTS for side in (left, right)):
                (one, needs), (other, more) = text_in_cel(left), text_in_cel(right)
            else:
                (one, whole, needs), (other, also_whole, more) = number_in_cel(left), number_in_cel(right)
                if not (whole and also_whole):
                    one, other = f"double({one})", f"double({other})"
            test = f"({one} {sign} {other})"
            return f"({' && '.join([*needs, *more, test if wanted else f'!{test}'])})"
    raise TypeError(node)


@settings(max_examples=60, deadline=None)
@given(conditions, tables)
def test_the_common_expression_language_agrees(condition, columns):
    program = cel.compile(in_cel(condition))
    events = [event_of(columns, row) for row in range(len(columns["whole"]))]
    found = [program.execute({name: present(value) for name, value in event.items()}) for event in events]
    assert found == evaluate(condition, columns).tolist()


def test_the_common_expression_language_agrees_at_every_edge():
    events = [
        {name: present(values[row]) for name, values in EDGE_COLUMNS.items()}
        for row in range(len(EDGE_COLUMNS["whole"]))
    ]
    for condition in EDGE_CONDITIONS:
        program = cel.compile(in_cel(condition))
        assert [program.execute(event) for event in events] == evaluate(condition, EDGE_COLUMNS).tolist(), condition
