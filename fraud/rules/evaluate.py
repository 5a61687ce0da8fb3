"""A condition over whole columns at once, with numpy.

Kleene's logic needs no third value here: `_mask(node, True)` are the rows where a node is true and
`_mask(node, False)` those where it is false; `not` swaps the two, `and` of one is `or` of the other, and a
row in neither is unknown. The meaning is that of `fraud.rules.reference`, row by row.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fraud.rules.columns import Columns, Mask, Numbers, Prepared, prepare
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

__all__ = ["Known", "evaluate", "is_text", "numbers", "true_rows"]

Known = dict[tuple[Node, bool], Mask]
"""Masks of tests that were made already, for rules that share them; a mask is never changed once made."""

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_COMPUTE: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.true_divide,
}


def evaluate(condition: Node, columns: Columns) -> Mask:
    """Return for each row whether the condition is true; unknown is not.

    Parameters
    ----------
    condition
        What `fraud.rules.language.parse_condition` returned.
    columns
        Mapping from field to numpy array (numbers, text), pandas series or categorical, each of n rows; or a
        data frame.

    Returns
    -------
    Boolean array of shape (n,).

    Raises
    ------
    RuleEventError
        If a column that the condition reads is missing, or holds text where numbers are compared, or the
        reverse.

    Examples
    --------
    >>> from fraud.rules.language import parse_condition
    >>> columns = {"amount_fen": np.array([499_999, 500_000, 10**9]), "new_payee": np.array([1, 1, np.nan])}
    >>> evaluate(parse_condition("amount_fen >= 5_000 yuan and new_payee == 1"), columns)
    array([False,  True, False])
    """
    return true_rows(condition, prepare(columns, fields_of(condition)), {})


def true_rows(condition: Node, prepared: Prepared, known: Known) -> Mask:
    """Return what `evaluate` does, on prepared columns, with the tests that earlier rules have made.

    Parameters
    ----------
    condition
        The condition.
    prepared
        The columns that it reads.
    known
        Tests made so far on the same rows; it is added to. Start with an empty one.

    Examples
    --------
    >>> from fraud.rules.language import parse_condition
    >>> prepared = prepare({"hour": np.array([3.0, 9.0, np.nan])}, ["hour"])
    >>> true_rows(parse_condition("not hour > 5"), prepared, {})
    array([ True, False, False])
    """
    with np.errstate(all="ignore"):
        return _mask(condition, True, prepared, known)


def _mask(node: Node, wanted: bool, prepared: Prepared, known: Known) -> Mask:
    match node:
        case And(operands):
            return _joined(operands, wanted, wanted, prepared, known)
        case Or(operands):
            return _joined(operands, wanted, not wanted, prepared, known)
        case Not(operand):
            return _mask(operand, not wanted, prepared, known)
        case Between(value, low, high):
            both = (Comparison(">=", value, low), Comparison("<=", value, high))
            return _joined(both, wanted, wanted, prepared, known)
    if (node, wanted) not in known:
        known[node, wanted] = _test(node, wanted, prepared)
    return known[node, wanted]


def _joined(operands: tuple[Node, ...], wanted: bool, every: bool, prepared: Prepared, known: Known) -> Mask:
    """Return the rows where every operand, or any of them, is what is wanted."""
    rows = _mask(operands[0], wanted, prepared, known)
    for operand in operands[1:]:
        if every and not rows.any():
            break  # no later operand can bring a row back
        more = _mask(operand, wanted, prepared, known)
        rows = rows & more if every else rows | more
    return rows


def _test(node: Node, wanted: bool, prepared: Prepared) -> Mask:
    match node:
        case Truth(value):
            return np.full(prepared.size, value is wanted)
        case IsNull(Field(name)):
            return np.asarray(prepared.columns[name].valid != wanted)
        case Comparison(sign, left, right) if is_text(left, prepared) or is_text(right, prepared):
            return _texts_compared(left, right, (sign == "==") is wanted, prepared)
        case Comparison(sign, left, right):
            one, other = numbers(left, prepared), numbers(right, prepared)
            compare = _COMPARE[sign if wanted else _OPPOSITE[sign]]
            return np.asarray(compare(one.values, other.values) & one.valid & other.valid)
        case Membership(value, items) if isinstance(items[0], Text):
            return _text_in(value, items, wanted, prepared)
        case Membership(value, items):
            found = numbers(value, prepared)
            # A literal has at most 15 digits, so that an integer column may be compared with fractions as floats.
            inside = np.isin(found.values, np.array([item.value for item in items]))
            return np.asarray((inside == wanted) & found.valid)
    raise TypeError(f"{node!r} is a value, not a condition")


def is_text(node: Node, prepared: Prepared) -> bool:
    """Say whether a side is text; a column in which nothing is present may be either.

    Examples
    --------
    >>> prepared = prepare({"channel": np.array(["atm"]), "hour": np.array([3])}, ["channel", "hour"])
    >>> is_text(Field("channel"), prepared), is_text(Field("hour"), prepared)
    (True, False)
    """
    if isinstance(node, Field):
        found = prepared.columns[node.name]
        return not isinstance(found, Numbers) and bool(found.valid.any())
    return isinstance(node, Text)


def _texts_compared(left: Node, right: Node, same: bool, prepared: Prepared) -> Mask:
    if not isinstance(left, Field):
        left, right = right, left
    if not isinstance(left, Field):
        raise TypeError("two constants are compared; the parser refuses that")
    if not isinstance(right, Field | Text):
        prepared.numbers(left.name)  # which refuses, naming the column
    one = prepared.texts(left.name)
    if isinstance(right, Text):
        code = one.code(right.value)
        return np.asarray(one.codes == code if same else (one.codes != code) & one.valid)
    other = prepared.texts(right.name)  # type: ignore[union-attr]  # a field: all else was refused above
    places = one.categories.get_indexer(other.categories)
    # Codes of the other column in terms of this one; the last place is for its missing values, of code -1.
    codes = np.append(places, -1)[other.codes]
    return np.asarray((one.codes == codes) if same else (one.codes != codes)) & one.valid & other.valid


def _text_in(value: Node, items: tuple[Number | Text, ...], wanted: bool, prepared: Prepared) -> Mask:
    if not isinstance(value, Field):
        raise TypeError(f"{value!r} is no field; the parser refuses that")
    texts = prepared.texts(value.name)
    # One entry for each category and a last one for missing, which code -1 finds and which is never wanted.
    listed = np.append(texts.categories.isin([item.value for item in items]) == wanted, False)
    return np.asarray(listed[texts.codes])


def numbers(node: Node, prepared: Prepared) -> Numbers:
    """Return the values of a number, and where it has one; both may be single values.

    Examples
    --------
    >>> prepared = prepare({"hour": np.array([3.0, np.nan])}, ["hour"])
    >>> found = numbers(Arithmetic(Number(6), (("/", Field("hour")),)), prepared)
    >>> found.values.tolist(), found.valid.tolist()
    ([2.0, nan], [True, False])
    """
    match node:
        case Number(value):
            return Numbers(value, np.True_)
        case Field(name):
            return prepared.numbers(name)
        case Day():
            return prepared.days()
        case Minus(operand):
            return _computed("-", Numbers(0.0, np.True_), numbers(operand, prepared))
        case Arithmetic(first, rest):
            result = numbers(first, prepared)
            for sign, operand in rest:
                result = _computed(sign, result, numbers(operand, prepared))
            return result
    raise TypeError(f"{node!r} is no number; the parser refuses that")


def _computed(sign: str, left: Numbers, right: Numbers) -> Numbers:
    values = _COMPUTE[sign](np.asarray(left.values, np.float64), np.asarray(right.values, np.float64))
    valid = left.valid & right.valid & ~np.isnan(values)
    if sign == "/":
        valid = valid & (np.asarray(right.values) != 0)
    return Numbers(values, valid)
