r"""The language of conditions: what a rule may ask of one event.

From the weakest binding to the strongest:

========================================  ==============================================================
`a or b`, `a and b`, `not a`              join conditions
`== != < <= > >=`                         compare; not chained, text only with == and !=
`x in [1, 2]`, `x not in ["a", "b"]`      is one of a list of literals
`x in risky`, `x not in risky`            is one of a list that the rulebook names under [lists]
`x between 1 and 5`, `x not between ..`   both ends are included
`x is null`, `x is not null`              is the value missing
`+ -`, then `* /`, then `-x`, `( )`       arithmetic, from left to right
`5_000`, `0.25`, `5_000 yuan`             numbers; `yuan` turns an amount into fen, exactly
`"atm"`, `true`, `false`                  text in double quotes with `\"` and `\\`; always and never
========================================  ==============================================================

**Missing values.** A comparison, list test or sum that meets a missing value is unknown: neither true nor
false (the three-valued logic of Kleene, as in SQL). Division by zero, and what has no value such as infinity
minus infinity, are unknown too; infinity itself is a value. `is null` is never unknown. A rule hits only if
its condition is true.

>>> from fraud.rules.reference import judge
>>> for text in ["hour > 3 and hour < 9", "hour > 3 or true", "hour > 3 and false", "not hour > 3",
...              "hour is null", "hour in [1, 2]", "hour not in [1, 2]", "weekday / 0.0 > 1",
...              "weekday == 2 and ip is null"]:
...     print(f"{text:30}", judge(parse_condition(text, check=False), {"hour": None, "weekday": 2}))
hour > 3 and hour < 9          None
hour > 3 or true               True
hour > 3 and false             False
not hour > 3                   None
hour is null                   True
hour in [1, 2]                 None
hour not in [1, 2]             None
weekday / 0.0 > 1              None
weekday == 2 and ip is null    True

**Numbers.** Two integers are compared as integers, so money is exact; everything else, and all arithmetic, is
in 64-bit floating point, where whole fen are exact up to 2**53. A condition is read by its own parser, never
by Python's.
"""

from collections.abc import Mapping
from types import MappingProxyType

from fraud.errors import ConditionError
from fraud.rules.parser import MAX_NESTING, Lists, Parser
from fraud.rules.reference import value_of
from fraud.rules.syntax import Node, fields_of
from fraud.rules.tokens import tokens
from fraud.rules.vocabulary import VOCABULARY, check_kinds
from fraud.schema import Kind

__all__ = ["MAX_NESTING", "Lists", "parse_condition", "parse_number"]


def parse_condition(
    text: str,
    vocabulary: Mapping[str, Kind] = VOCABULARY,
    rule: str = "",
    check: bool = True,
    lists: Lists = MappingProxyType({}),
    parameters: Mapping[str, str] | None = None,
) -> Node:
    """Read one condition and check that its types fit.

    Parameters
    ----------
    text
        The condition.
    vocabulary
        Kind of each field that may be named; by default all columns and features but the label.
    rule
        Id of the rule, for the message of a refusal.
    check
        If false, only the form is read: fields may be unknown and types may clash.
    lists
        Named lists, of numbers or of texts.
    parameters
        What stands for each parameter in braces, where a template is read.

    Raises
    ------
    ConditionError
        With line, column and what would be right.

    Examples
    --------
    >>> from fraud.rules.syntax import write
    >>> write(parse_condition('amount_fen>=(5000 yuan) and not(channel in ["atm"])'))
    'amount_fen >= 5_000 yuan and channel not in ["atm"]'
    >>> parse_condition("amont_fen > 5", rule="x")
    Traceback (most recent call last):
    fraud.errors.rules.ConditionError: rule 'x', line 1, column 1: unknown field 'amont_fen'; did you mean 'amou...
    """
    try:
        condition = Parser(tokens(text, parameters), lists).whole()
        if check:
            check_kinds(condition, vocabulary)
    except ConditionError as refusal:
        raise ConditionError(refusal.what, refusal.line, refusal.column, rule) from None
    return condition


def parse_number(text: str, parameters: Mapping[str, str] | None = None) -> int | float:
    """Read a number that may be written with arithmetic and yuan, as in the examples of a template.

    Parameters
    ----------
    text
        The number.
    parameters
        What stands for each parameter in braces.

    Raises
    ------
    ConditionError
        If it is something else; line and column are counted within the text.

    Examples
    --------
    >>> parse_number("{limit} yuan - 1", {"limit": "5_000"}), parse_number("0.5 * 3")
    (499999, 1.5)
    """
    node = Parser(tokens(text, parameters), {}).whole()
    if fields_of(node):
        raise ConditionError(f"{text!r} names a field; an example holds numbers", *node.at)
    try:
        value = value_of(node, {})
    except TypeError:
        value = None
    if not isinstance(value, int | float):
        raise ConditionError(f"{text!r} is not a number", *node.at)
    return int(value) if isinstance(value, float) and value.is_integer() else value
