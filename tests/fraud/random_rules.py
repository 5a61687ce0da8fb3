"""Random conditions and random events: nulls, infinities, empty texts, unknown categories, -0.0, huge integers."""

from decimal import Decimal

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from fraud.rules import Rule, Rulebook
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

__all__ = ["EDGE_COLUMNS", "EDGE_CONDITIONS", "book_of", "conditions", "event_of", "tables"]

WORDS = ("", "atm", "pos", 'a"b\\', "兰州")
EXTREME_INTS = (0, 1, -1, 2**53, 2**53 + 1, 2**63 - 1, -(2**63))
EXTREME_FLOATS = (0.0, -0.0, 0.5, float("inf"), -float("inf"), 1e308, 5e-324, float(2**53), float(2**63))

# --- events -----------------------------------------------------------------------------------------------------------

few = st.integers(-2, 2)  # so that values and constants often meet
wholes = st.sampled_from(EXTREME_INTS) | few | few | st.integers(-(2**63), 2**63 - 1)
reals = st.sampled_from(EXTREME_FLOATS) | st.floats(allow_nan=False) | few.map(float) | few.map(float)
gaps = st.none()
words = st.sampled_from([*WORDS, "unknown to every rule"])


def _column(values, dtype):
    return values.map(lambda found: pd.Series(found, dtype=dtype))


def _columns(rows):
    def many(element):
        return st.lists(element, min_size=rows, max_size=rows)

    return st.fixed_dictionaries(
        {
            "whole": many(wholes).map(lambda found: np.array(found, dtype=np.int64)),
            "whole_with_gaps": _column(many(wholes | gaps), "Int64"),
            "real": many(reals | st.just(float("nan"))).map(np.array),
            "narrow": many(st.floats(width=32)).map(lambda found: np.array(found, dtype=np.float32)),
            "flag": many(st.booleans()).map(np.array),
            "word": _column(many(words | gaps), "category"),
            "other_word": many(words | gaps).map(lambda found: np.array(found, dtype=object)),
            "string": _column(many(words | gaps), "str"),
            "never": st.just(pd.Series([None] * rows, dtype=object)),
        }
    )


tables = st.integers(2, 6).flatmap(_columns)


def event_of(columns, row):
    return {name: pd.Series(values).iloc[row] for name, values in columns.items()}


# --- conditions -------------------------------------------------------------------------------------------------------

numeric = st.sampled_from(["whole", "whole_with_gaps", "real", "narrow", "flag", "never"]).map(Field)
textual = st.sampled_from(["word", "other_word", "string", "never"]).map(Field)
decimals = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**15) + 1, 10**15 - 1), st.integers(1, 12)
)
fractions = decimals.filter(lambda value: value % 1 and len(value.as_tuple().digits) < 16).map(
    lambda v: Number(float(v))
)
counts = (few | few | st.integers(-(10**15) + 1, 10**15 - 1)).map(Number)
amounts = st.integers(-(10**15) + 1, 10**15 - 1).map(lambda fen: Number(fen, in_yuan=True))
literals = counts | fractions | amounts
texts = st.sampled_from(WORDS).map(Text)


def _chains(operands):
    for_sum = st.lists(st.tuples(st.sampled_from("+-"), operands), min_size=1, max_size=3)
    for_product = st.lists(st.tuples(st.sampled_from("*/"), operands), min_size=1, max_size=3)
    return st.builds(Arithmetic, operands, (for_sum | for_product).map(tuple)) | st.builds(Minus, operands)


values = st.recursive(numeric | literals, _chains, max_leaves=4)
# Every comparison reads a field, as the check of kinds demands.
read = numeric | st.builds(lambda field, rest: Arithmetic(field, (("+", rest),)), numeric, values)
tests = (
    st.builds(Comparison, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), read, values)
    | st.builds(Comparison, st.sampled_from(["==", "!=", "<", ">="]), values, read)
    | st.builds(Comparison, st.sampled_from(["==", "!="]), textual, texts | textual)
    | st.builds(Comparison, st.sampled_from(["==", "!="]), texts, textual)
    | st.builds(Between, read, values, values)
    | st.builds(Membership, read, st.lists(literals, min_size=1, max_size=4).map(tuple))
    | st.builds(Membership, textual, st.lists(texts, min_size=1, max_size=4).map(tuple))
    | st.builds(IsNull, numeric | textual)
    | st.builds(Truth, st.booleans())
)


def _joined(conditions):
    some = st.lists(conditions, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, conditions) | st.builds(And, some) | st.builds(Or, some)


conditions = st.recursive(tests, _joined, max_leaves=6)

# --- every operator at every edge -------------------------------------------------------------------------------------

_EDGES = (-1, 0, 1, 0.5, 10**15 - 1)
_FIELDS = (Field("whole"), Field("real"), Arithmetic(Field("real"), (("+", Number(0)),)))
_OPERATORS = ("==", "!=", "<", "<=", ">", ">=")


def _edge_conditions():
    for value in _FIELDS:
        for edge in map(Number, _EDGES):
            for sign in _OPERATORS:
                yield Comparison(sign, value, edge)
                yield Comparison(sign, edge, value)
        yield Between(value, Number(-1), Number(0.5))
        yield Membership(value, (Number(0), Number(0.5), Number(1)))
    for sign in _OPERATORS:
        yield Comparison(sign, Field("whole"), Field("other_whole"))
        yield Comparison(sign, Field("whole"), Field("real"))


_WHOLES = sorted({whole for edge in _EDGES for whole in (int(edge) - 1, int(edge), int(edge) + 1)} | {*EXTREME_INTS})
_REALS = sorted({x for edge in _EDGES for x in (np.nextafter(edge, -9e99), float(edge), np.nextafter(edge, 9e99))})
_SIZE = 2 * (len(_WHOLES) + len(_REALS))
EDGE_CONDITIONS = [one for condition in _edge_conditions() for one in (condition, Not(condition))]
EDGE_COLUMNS = {
    "whole": np.resize(np.array(_WHOLES, dtype=np.int64), _SIZE),
    "other_whole": np.resize(np.array([*_WHOLES[3:], 2**53 + 1], dtype=np.int64), _SIZE),
    "real": np.resize(np.array([-0.0, np.inf, -np.inf, np.nan, *EXTREME_FLOATS, *_REALS]), _SIZE),
}


def book_of(*found, **more):
    """A rulebook of conditions, `more` being fields of each rule."""
    rules = (
        Rule(f"r{n}", "", "", "", condition, "hold", 1, "", "", (), "", (), (), **more)
        for n, condition in enumerate(found)
    )
    return Rulebook("random", 1, "", "", tuple(rules))
