"""Events for the kernel: the rows of a table, or one mapping, as whole numbers and reals.

A table is read whole or refused whole (`fraud.features.reading`); so is an event.
"""

import math
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.errors import AmountRefusedError, NumberRefusedError, TimeRefusedError
from fraud.features.codes import Coder
from fraud.features.context import KNOWN
from fraud.features.entities import MET
from fraud.features.reading import read_amounts, read_flags, read_numbers
from fraud.online import words as at
from fraud.online.keys import Keys, text_of
from fraud.online.plan import CATEGORIES, REALS
from fraud.schema import LABEL, MAX_AMOUNT_FEN

__all__ = ["MOST_WORDS", "Reader"]

MOST_WORDS = 10_000
"""Different words of a category that get a code of their own; all later ones share the next code."""

_EPOCH = datetime(1970, 1, 1)
_FIRST, _END = -2_208_988_800, 7_258_118_400
"""The first second of 1900, and of 2200."""
_ROW = struct.Struct(f"{at.EVENT}q")
_REALS = struct.Struct(f"{at.REALS}d")
_NOWHERE = (math.nan,) * at.REALS


class Reader:
    """Turns tables and mappings into the rows that the kernel reads.

    Parameters
    ----------
    columns
        Columns that are read; others are not looked at.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.keys = Keys()
        self.coders = {name: Coder(KNOWN[name], MOST_WORDS) for name in CATEGORIES if name in columns}
        self._keyed = [(place, name) for place, (name, _, _) in enumerate(MET.values()) if name in columns]
        self._coded = [(place, self.coders[name], name) for place, name in enumerate(CATEGORIES) if name in columns]
        self._real = [(place, name) for place, name in enumerate(REALS) if name in columns]
        self._has_number = "transaction_id" in columns
        self._has_label = LABEL in columns
        self._row = [-1] * at.EVENT
        self.event = np.full((1, at.EVENT), -1, np.int64)
        self.reals = np.full((1, at.REALS), math.nan)
        self._event_bytes, self._real_bytes = self.event.data.cast("B"), self.reals.data.cast("B")

    def table(
        self, chunk: pd.DataFrame, seconds: NDArray[np.int64], with_numbers: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the rows of a table: int64 of shape (n, 18) and float64 of shape (n, 5), NaN where missing."""
        amounts = read_amounts(chunk["amount_fen"])
        frauds = read_flags(chunk) if self._has_label else None
        reals = np.full((len(chunk), at.REALS), math.nan)
        for place, name in self._real:
            reals[:, place] = read_numbers(chunk[name])
        # from here on nothing is refused, so words may get their codes
        columns = np.full((at.EVENT, len(chunk)), -1, np.int64)
        columns[at.TIME], columns[at.AMOUNT] = seconds, amounts
        if with_numbers and self._has_number:
            columns[at.IDENTITY] = self.keys.column(chunk["transaction_id"])
        if frauds is not None:
            columns[at.LABEL_FLAG] = frauds
        for place, name in self._keyed:
            columns[at.KEYS + place] = self.keys.column(chunk[name], name)
        for place, coder, name in self._coded:
            columns[at.CODES + place] = coder.encode(chunk[name])
        return np.ascontiguousarray(columns.T), reals

    def one(self, event: Mapping[str, Any]) -> None:
        """Read one event into `event` and `reals`.

        Raises
        ------
        TimeRefusedError, AmountRefusedError, NumberRefusedError
            If the time, the amount or a number cannot be read.
        """
        row, get, key = self._row, event.get, self.keys.one
        row[at.TIME] = second_of(get("occurred_at"))
        amount = get("amount_fen")
        if type(amount) is not int or not 0 <= amount <= MAX_AMOUNT_FEN:
            amount = _whole(amount)
        row[at.AMOUNT] = amount
        reals = [*_NOWHERE]
        for place, name in self._real:
            value = get(name)
            if value is not None:
                reals[place] = _number(name, value)
        row[at.IDENTITY] = key_of_number(get("transaction_id")) if self._has_number else -1
        row[at.LABEL_FLAG] = 1 if self._has_label and get(LABEL) == 1 else 0
        for place, name in self._keyed:
            row[at.KEYS + place] = key(get(name))
        for place, coder, name in self._coded:
            row[at.CODES + place] = coder.one(text_of(get(name)))
        _ROW.pack_into(self._event_bytes, 0, *row)
        _REALS.pack_into(self._real_bytes, 0, *reals)


def key_of_number(value: object) -> int:
    """Return the key of a transaction's number, which is asked for once, -1 if it has none."""
    from fraud.online.keys import key_of

    text = text_of(value)
    return -1 if text is None else key_of(text)


def second_of(time: object) -> int:
    """Return a time, a `datetime` without zone or whole seconds since 1970 in local time, as seconds.

    Raises
    ------
    TimeRefusedError
        If it is missing, something else, has a zone, or lies outside 1900 to 2199.

    Examples
    --------
    >>> second_of(datetime(1970, 1, 2)), second_of(60)
    (86400, 60)
    """
    if isinstance(time, datetime) and time.tzinfo is None:
        passed = time - _EPOCH
        second = passed.days * 86_400 + passed.seconds
    elif isinstance(time, int | np.integer) and not isinstance(time, bool):
        second = int(time)
    else:
        raise TimeRefusedError(
            f"The event has the occurred_at {time!r}; it must be a datetime without zone or seconds since 1970."
        )
    if not _FIRST <= second < _END:
        raise TimeRefusedError(f"The event has the occurred_at {time!r}; the year must be from 1900 to 2199.")
    return second


def _whole(amount: object) -> int:
    is_number = isinstance(amount, int | float | np.number) and not isinstance(amount, bool)
    if is_number and 0 <= amount <= MAX_AMOUNT_FEN and amount == int(amount):  # type: ignore[operator, call-overload]  # a number
        return int(amount)  # type: ignore[call-overload, no-any-return]  # a number
    raise AmountRefusedError(
        f"The event has the amount_fen {amount!r}; it must be whole fen from 0 to {MAX_AMOUNT_FEN}."
    )


def _number(name: str, value: object) -> float:
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return float(value)
    raise NumberRefusedError(f"The event has the {name} {value!r}; it must be a number.")
