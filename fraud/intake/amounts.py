"""Make whole fen of amounts that are written as text, without a float in between.

"57.16" yuan is 5716 fen, exactly. More than two decimals (a float written out, such as 57.160000000000004, or
the price of a part of a unit) are rounded half to even, and counted. A currency sign before or after, and commas
between groups of three digits, are understood. Arrow's decimals read what has two decimals at most; the rest
goes through Python's, at about 350,000 amounts a second.
"""

import re
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fraud.intake.quarantine import Faults, faults_at
from fraud.schema import MAX_AMOUNT_FEN

__all__ = ["read_amounts"]

# 18 digits in all: what Arrow reads with it fits the lower half of its 128 bits, which is an int64. Arrow only sees
# what is plain: it reads 500 digits as some other number, and 3e-41 as nought, without a word.
PRECISION = 18
DRESSED = r"^(?:[¥￥$€£]|CNY|RMB)?\s*([+-]?)(?:[¥￥$€£])?([0-9.,eE+-]+)\s*(?:元|CNY|RMB)?$"
GROUPED_BY_COMMA = r"^\d{1,3}(,\d{3})+(\.\d*)?$"
GROUPED_BY_POINT = r"^\d{1,3}(\.\d{3})+(,\d*)?$"
PLAIN = {"yuan": r"^[+-]?\d{1,15}(\.\d{0,2}0{0,3})?$", "fen": r"^[+-]?\d{1,15}(\.0{0,5})?$"}
LONGEST = 60
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
ENDLESS = re.compile(r"[+-]?(inf|infinity|nan|∞)", re.IGNORECASE)


def read_amounts(text: "pa.Array", unit: str = "yuan", decimal: str = ".") -> tuple[NDArray[np.int64], Faults, int]:
    """Read amounts from text.

    Parameters
    ----------
    text
        Array of n trimmed texts, without nulls.
    unit
        "yuan" or "fen": what the text counts.
    decimal
        "." or ",": the mark before the decimals.

    Returns
    -------
    fen
        int64 of shape (n,); 0 where there is a fault.
    faults
        For each place with a fault the code of the reason.
    rounded
        How many amounts had more decimals than fen have.

    Examples
    --------
    >>> fen, faults, rounded = read_amounts(pa.array(["57.16", "1,200", "￥3", "0.125", "-1", "x"]))
    >>> fen.tolist(), faults, rounded
    ([5716, 120000, 300, 12, 0, 0], {4: 'amount-negative', 5: 'amount-not-a-number'}, 1)
    """
    if decimal == "." and pc.all(pc.match_substring_regex(text, PLAIN[unit]), min_count=0).as_py():
        return *_bounded(_scaled(text, unit)), 0
    return _read_slowly(text, unit, decimal)


def _scaled(text: "pa.Array", unit: str) -> NDArray[np.int64]:
    # A decimal is 16 bytes, little end first; precision 18 keeps all of it in the first 8.
    decimals = text.cast(pa.decimal128(PRECISION, 2 if unit == "yuan" else 0))
    if len(decimals) == 0:
        return np.zeros(0, np.int64)
    halves = np.frombuffer(decimals.buffers()[1], dtype="<i8", count=2 * (decimals.offset + len(decimals)))
    return halves[::2][decimals.offset :].astype(np.int64)


def _bounded(fen: NDArray[np.int64]) -> tuple[NDArray[np.int64], Faults]:
    low, high = fen < 0, fen > MAX_AMOUNT_FEN
    return np.where(low | high, 0, fen), faults_at(low, "amount-negative") | faults_at(high, "amount-too-large")


def _read_slowly(text: "pa.Array", unit: str, decimal: str) -> tuple[NDArray[np.int64], Faults, int]:
    bare = _undressed(text, decimal)
    plain = np.asarray(pc.match_substring_regex(bare, PLAIN[unit]))
    fen = np.zeros(len(text), np.int64)
    fen[plain], found = _bounded(_scaled(bare.filter(pa.array(plain)), unit))
    places = np.flatnonzero(plain)
    faults = {int(places[place]): code for place, code in found.items()}
    rounded = 0
    for place in np.flatnonzero(~plain).tolist():
        fen[place], code, was_rounded = _one(bare[place].as_py(), unit)
        rounded += was_rounded
        if code:
            faults[place] = code
    return fen, faults, rounded


def _undressed(text: "pa.Array", decimal: str) -> "pa.Array":
    bare = pc.replace_substring_regex(text, DRESSED, r"\1\2")
    group, grouped = (",", GROUPED_BY_COMMA) if decimal == "." else (".", GROUPED_BY_POINT)
    unsigned = pc.utf8_ltrim(bare, "+-")
    bare = pc.if_else(pc.match_substring_regex(unsigned, grouped), pc.replace_substring(bare, group, ""), bare)
    if decimal == ",":
        # A point that is left is neither a group nor the mark, so that the amount must not be read.
        bare = pc.if_else(pc.match_substring(bare, "."), "?", pc.replace_substring(bare, ",", "."))
    return bare


def _one(text: str, unit: str) -> tuple[int, str, bool]:
    if not text:
        return 0, "amount-missing", False
    if len(text) > LONGEST or not NUMBER.fullmatch(text):
        return 0, "amount-not-finite" if ENDLESS.fullmatch(text) else "amount-not-a-number", False
    exact = Decimal(text)
    if exact < 0:
        return 0, "amount-negative", False
    if exact > MAX_AMOUNT_FEN:
        return 0, "amount-too-large", False
    exact = exact.scaleb(2) if unit == "yuan" else exact
    fen = exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    if fen > MAX_AMOUNT_FEN:
        return 0, "amount-too-large", False
    if unit == "fen" and fen != exact:
        return 0, "amount-not-whole-fen", False
    return int(fen), "", fen != exact
