"""One event under one condition, in plain Python: the readable meaning of the language.

`fraud.rules.evaluate` must agree with it bit for bit. It is slow, and the place to look when the meaning is
in doubt.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from operator import add, eq, ge, gt, le, lt, mul, ne, sub, truediv
from typing import Any, TypeAlias

from fraud.errors import RuleEventError
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
)

__all__ = ["Event", "Value", "day_of", "hits", "judge", "present", "value_of"]

Event: TypeAlias = Mapping[str, object]
"""Field -> value; None, NaN and pandas' NA and NaT mean missing, and so does a field that is not there."""

Value: TypeAlias = int | float | str | None
"""A value as Python's own; None is missing."""

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
_COMPUTE: Mapping[str, Callable[[float, float], float]] = {"+": add, "-": sub, "*": mul, "/": truediv}

_FIRST_DAY = date(1970, 1, 1).toordinal()


def hits(condition: Node, event: Event) -> bool:
    """Return whether the condition is true for the event; unknown is not.

    Examples
    --------
    >>> from fraud.rules.language import parse_condition
    >>> condition = parse_condition("amount_fen >= 5_000 yuan and new_payee == 1")
    >>> hits(condition, {"amount_fen": 500_000, "new_payee": 1}), hits(condition, {"amount_fen": 500_000})
    (True, False)
    """
    return judge(condition, event) is True


def judge(condition: Node, event: Event) -> bool | None:
    """Return whether a condition is true, false or unknown (None) for one event.

    Parameters
    ----------
    condition
        What `fraud.rules.language.parse_condition` returned.
    event
        Value of each field.

    Raises
    ------
    TypeError
        If the node is a value and not a condition.

    Examples
    --------
    >>> judge(Comparison("==", Field("channel"), Text("atm")), {"channel": None}) is None
    True
    """
    match condition:
        case Truth(value):
            return value
        case Not(operand):
            inner = judge(operand, event)
            return None if inner is None else not inner
        case And(operands):
            found = [judge(operand, event) for operand in operands]
            return False if False in found else None if None in found else True
        case Or(operands):
            found = [judge(operand, event) for operand in operands]
            return True if True in found else None if None in found else False
        case IsNull(field):
            return value_of(field, event) is None
        case Comparison(operator, left, right):
            return _compare(operator, value_of(left, event), value_of(right, event))
        case Between(value, low, high):
            return judge(And((Comparison(">=", value, low), Comparison("<=", value, high))), event)
        case Membership(value, items):
            return judge(Or(tuple(Comparison("==", value, item) for item in items)), event)
    raise TypeError(f"{condition!r} is a value, not a condition")


def _compare(operator: str, left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return None
    if isinstance(left, str) != isinstance(right, str):
        raise RuleEventError(
            f"{left!r} is compared with {right!r}; a rule compares texts with texts, numbers with numbers"
        )
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    return bool(_COMPARE[operator](left, right))


def value_of(node: Node, event: Event) -> Value:
    """Return an int, a float or a text, or None when it is missing or has no value.

    Raises
    ------
    RuleEventError
        If a whole number of the event is more than 64 bits hold.

    Examples
    --------
    >>> half = Arithmetic(Field("hour"), (("/", Number(2)),))
    >>> value_of(half, {"hour": 3}), value_of(half, {})
    (1.5, None)
    """
    match node:
        case Number(value) | Text(value):
            return value
        case Field(name):
            return _checked(name, present(event.get(name)))
        case Day():
            return day_of(event.get("occurred_at"))
        case Minus(operand):
            return _compute("-", 0.0, value_of(operand, event))
        case Arithmetic(first, rest):
            result = value_of(first, event)
            for sign, operand in rest:
                result = _compute(sign, result, value_of(operand, event))
            return result
    raise TypeError(f"{node!r} is a condition, not a value")


def _compute(sign: str, left: Value, right: Value) -> float | None:
    if left is None or right is None:
        return None
    if isinstance(left, str) or isinstance(right, str):
        raise RuleEventError(f"{left!r} {sign} {right!r}: a rule computes with numbers only, and one of them is text")
    try:
        result = _COMPUTE[sign](float(left), float(right))
    except ZeroDivisionError:
        return None
    return None if math.isnan(result) else result


def _checked(name: str, value: Value) -> Value:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise RuleEventError(f"{name!r} is {value}; a whole number must be between -2**63 and 2**63 - 1")
    return value


def day_of(moment: object) -> int | float | None:
    """Return the day of a time, counted from 1 January 1970; None if it is missing.

    Parameters
    ----------
    moment
        A local time: a `datetime`, a numpy or pandas time, or whole seconds since 1970.

    Raises
    ------
    RuleEventError
        If it is something else.

    Examples
    --------
    >>> day_of(datetime(1970, 1, 3, 23, 59)), day_of(2 * 86_400), day_of(None)
    (2, 2, None)
    """
    if type(moment).__name__ == "datetime64":
        moment = moment.astype("datetime64[s]").item()  # type: ignore[attr-defined]  # numpy's, which need not be imported
    if isinstance(moment, datetime) and moment == moment:  # pandas' mark of a missing time differs from itself
        return date.toordinal(moment) - _FIRST_DAY
    found = present(moment)
    if found is None:
        return None
    if isinstance(found, int | float):
        return None if math.isnan(day := found // 86_400) else day  # infinity has no day
    raise RuleEventError(f"'occurred_at' is {moment!r}; it must be a date and time, or whole seconds since 1970")


def present(value: object) -> Value:
    """Return a value of an event as Python's own, and None for any of the marks that mean missing.

    Examples
    --------
    >>> present(float("nan")) is None, present(""), present(True)
    (True, '', 1)
    """
    if hasattr(value, "item"):
        value = value.item()
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return None if value.is_nan() else int(value) if value.is_finite() and value % 1 == 0 else float(value)
    return value if isinstance(value, int | float | str) else str(value)
