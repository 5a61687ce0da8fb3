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
from fraud.online.keys import Keys, key_of, text_of
from fraud.online.plan import CATEGORIES, REALS
from fraud.schema import LABEL, MAX_AMOUNT_FEN

__all__ = ["MOST_WORDS", "Reader", "key_of_number", "second_of"]

MOST_WORDS = 10_000
"""Different words of a category that get a code of their own; all later ones share the next code."""

_EPOCH = datetime(1970, 1, 1)
_FIRST, _END = -2_208_988_800, 7_258_118_400
"""The first second of 1900, and of 2200."""
_TURNED = 2_048
_DIGITS = 18
_FIRST_KEY = 4
"""Place of the first identifier among what is read of an event, behind time, amount, number and label."""
_ODD, _MASK = 0x1E3779B97F4A7C15, 2**62 - 1
"""A large odd number (near the golden section), by which neighbours are scattered over 62 bits."""


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
        self._real = [(place, name) for place, name in enumerate(REALS) if name in columns]
        self._has_number = "transaction_id" in columns
        self._has_label = LABEL in columns
        # a single event is packed in one go, over what is read alone: the kernel looks at nothing else
        met = [name for name, _, _ in MET.values()]
        self._key_names = tuple(name for name in met if name in columns)
        self._word_names = tuple(self.coders)
        self._real_names = tuple(name for name in REALS if name in columns)
        self._words: tuple[dict[object, int], ...] = tuple({None: -1} for _ in self.coders)
        first = ("occurred_at", "amount_fen", "transaction_id", LABEL)
        self._names = (*first, *self._key_names, *self._word_names, *self._real_names)
        self._words_at = _FIRST_KEY + len(self._key_names)
        self._reals_at = self._words_at + len(self._word_names)
        places = "".join("q" if name in columns else "8x" for name in (*met, *CATEGORIES))
        self._packed = struct.Struct(f"={at.KEYS}q{places}")
        self._packed_reals = struct.Struct("=" + "".join("d" if name in columns else "8x" for name in REALS))
        self._columns, self._rows = (np.empty(shape, np.int64) for shape in _both_ways(0))
        self.event = np.full((1, at.EVENT), -1, np.int64)
        self.reals = np.full((1, at.REALS), math.nan)
        self._event_bytes, self._real_bytes = self.event.data.cast("B"), self.reals.data.cast("B")

    def table(
        self, chunk: pd.DataFrame, seconds: NDArray[np.int64], with_numbers: bool
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the rows of a table: int64 of shape (n, 18) and float64 of shape (n, 5), NaN where missing.

        The first are overwritten by the next call.
        """
        amounts = read_amounts(chunk["amount_fen"])
        frauds = read_flags(chunk) if self._has_label else None
        reals = np.full((len(chunk), at.REALS), math.nan)
        for place, name in self._real:
            reals[:, place] = read_numbers(chunk[name])
        # from here on nothing is refused, so words may get their codes
        if len(self._rows) < len(chunk):
            self._columns, self._rows = (np.empty(shape, np.int64) for shape in _both_ways(len(chunk)))
        columns, rows = self._columns[:, : len(chunk)], self._rows[: len(chunk)]
        columns[:] = -1
        columns[at.TIME], columns[at.AMOUNT] = seconds, amounts
        if with_numbers and self._has_number:
            columns[at.IDENTITY] = _keys_of_numbers(chunk["transaction_id"])
        if frauds is not None:
            columns[at.LABEL_FLAG] = frauds
        for place, name in self._keyed:
            columns[at.KEYS + place] = self.keys.column(chunk[name], name)
        for place, name in enumerate(CATEGORIES):
            if name in self.coders:
                columns[at.CODES + place] = self.coders[name].encode(chunk[name])
        for start in range(0, len(chunk), _TURNED):  # so many rows at once stay in the cache
            rows[start : start + _TURNED] = columns[:, start : start + _TURNED].T
        return rows, reals

    def one(self, event: Mapping[str, Any]) -> int:
        """Read one event into `event` and `reals`, and return its amount in fen.

        Raises
        ------
        TimeRefusedError, AmountRefusedError, NumberRefusedError
            If the time, the amount or a number cannot be read.
        """
        values = list(map(event.get, self._names))
        second, amount = second_of(values[0]), values[1]
        if type(amount) is not int or not 0 <= amount <= MAX_AMOUNT_FEN:
            amount = _whole(amount)
        number = key_of_number(values[2]) if self._has_number else -1
        label = 1 if self._has_label and values[3] == 1 else 0
        if self._real_names:
            reals: list[Any] = [math.nan if value is None else value for value in values[self._reals_at :]]
            try:
                self._packed_reals.pack_into(self._real_bytes, 0, *reals)
            except struct.error:
                _refuse_number(dict(zip(self._real_names, reals, strict=True)))
        identifiers, told = values[_FIRST_KEY : self._words_at], values[self._words_at : self._reals_at]
        try:
            keys = list(map(self.keys.known.__getitem__, identifiers))
            words = list(map(dict.__getitem__, self._words, told))
        except (KeyError, TypeError):  # something is new
            keys = list(map(self.keys.one, identifiers))
            words = [self._word(place, value) for place, value in enumerate(told)]
        self._packed.pack_into(self._event_bytes, 0, second, amount, number, label, *keys, *words)
        return amount

    def _word(self, place: int, value: object) -> int:
        known = self._words[place]
        if type(value) is str or value is None:
            code = known.get(value)
            if code is not None:
                return code
        text = text_of(value)
        code = self.coders[self._word_names[place]].one(text)
        if text is not None and code < MOST_WORDS:
            known[text] = code
        return code


def _both_ways(count: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return (at.EVENT, count), (count, at.EVENT)


def key_of_number(value: object) -> int:
    """Return the key of a transaction's number, -1 if it has none; it is asked for once, so digits go a short way.

    Examples
    --------
    >>> key_of_number("17") == key_of_number(17), key_of_number("017") == key_of_number(17), key_of_number(None)
    (True, False, -1)
    """
    if type(value) is int and 0 <= value < 10**_DIGITS:
        return value * _ODD & _MASK
    text = value if type(value) is str else text_of(value)
    if text is None:
        return -1
    if len(text) <= _DIGITS and text.isdigit() and text.isascii() and (text[0] != "0" or len(text) == 1):
        return int(text) * _ODD & _MASK
    return key_of(text)


def _keys_of_numbers(values: "pd.Series[Any]") -> Any:
    """Return the keys of a column of numbers of transactions; whole numbers are multiplied all at once."""
    whole = values.to_numpy() if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iu" else None
    if whole is not None and len(whole) and whole.min() >= 0 and whole.max() < 10**_DIGITS:
        return (whole.astype(np.uint64) * np.uint64(_ODD) & np.uint64(_MASK)).astype(np.int64)
    return [key_of_number(value) for value in values]


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
    if type(time) is int:
        second = time
    elif isinstance(time, datetime) and time.tzinfo is None:
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


def _refuse_number(values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if not isinstance(value, int | float | np.number):
            raise NumberRefusedError(f"The event has the {name} {value!r}; it must be a number.")
