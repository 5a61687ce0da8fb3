"""Read a column: values that can be reckoned with, and for each row that has none the fault.

Columns of one type are read by Arrow in one sweep. Columns of mixed types (an amount of "n/a" among numbers) are read
value by value with the same outcome; they are some twenty times slower.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from numbers import Rational, Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from credit_graph.intake.faults import Fault
from credit_graph.intake.frames import Column
from credit_graph.numbering import LARGEST_FEN

__all__ = ["Reading", "is_missing", "read_days", "read_fen", "read_shares", "read_text"]

_DAY_ZERO = date(1970, 1, 1).toordinal()
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_Fault = npt.NDArray[np.int8]
_Outcome = tuple[Any, Fault]


@dataclass(frozen=True, eq=False)
class Reading:
    """A column as read.

    Parameters
    ----------
    values
        An array of shape (m,), or for text an Arrow array; where there is a fault, 0 or missing.
    fault
        `Fault` of each row, int8 of shape (m,).
    """

    values: Any
    fault: _Fault


def read_text(column: Column) -> Reading:
    """Read identifiers; an empty or blank one is missing.

    Examples
    --------
    >>> read_text(["F1", 7, None, " "]).fault.tolist()
    [0, 2, 1, 1]
    """
    if isinstance(column, list):
        return _one_by_one(column, _text, lambda values: pa.array(values, pa.large_string()))
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_null(column.type) or _is_text(column.type):
        text = column.cast(pa.large_string())
        text = pc.if_else(pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(text)), 0), None, text)
        return Reading(text, np.where(_nulls(text), np.int8(Fault.MISSING), np.int8(0)))
    fault = np.where(_nulls(column), np.int8(Fault.MISSING), np.int8(Fault.NOT_TEXT))
    return Reading(pa.nulls(len(column), pa.large_string()), fault)


def read_fen(column: Column, lowest: int = 0) -> Reading:
    """Read amounts as int64 fen; a float is taken if it is whole.

    Parameters
    ----------
    column
        Numbers.
    lowest
        0, or the smallest number where an amount may be negative.

    Examples
    --------
    >>> read_fen(pa.array([100.0, 0.5, -1.0, None, float("inf"), 1e300])).fault.tolist()
    [0, 5, 6, 1, 4, 7]
    """
    if isinstance(column, list) or pa.types.is_decimal(column.type):
        values = column if isinstance(column, list) else column.to_pylist()
        return _one_by_one(values, lambda value: _fen(value, lowest), lambda kept: _filled(kept, np.int64))
    fault = _number_faults(column)
    if (fault == Fault.NOT_A_NUMBER).any() or pa.types.is_null(column.type):
        return Reading(np.zeros(len(column), np.int64), fault)
    given = _numbers(column)
    if given.dtype.kind == "f":
        fault[(fault == 0) & (np.floor(given) != given)] = Fault.NOT_WHOLE
    fault[(fault == 0) & (given < lowest)] = Fault.NEGATIVE if lowest == 0 else Fault.TOO_LARGE
    fault[(fault == 0) & (given > LARGEST_FEN)] = Fault.TOO_LARGE
    return Reading(np.where(fault == 0, given, 0).astype(np.int64), fault)


def read_shares(column: Column) -> Reading:
    """Read parts of a whole as float64 from 0 to 1.

    Examples
    --------
    >>> read_shares(pa.array([1.0, 51.0, -0.1, None])).fault.tolist()
    [0, 8, 6, 1]
    """
    if isinstance(column, list) or pa.types.is_decimal(column.type):
        values = column if isinstance(column, list) else column.to_pylist()
        return _one_by_one(values, _share, lambda kept: _filled(kept, np.float64))
    fault = _number_faults(column)
    if (fault == Fault.NOT_A_NUMBER).any() or pa.types.is_null(column.type):
        return Reading(np.zeros(len(column)), fault)
    given = _numbers(column).astype(np.float64)
    fault[(fault == 0) & (given < 0)] = Fault.NEGATIVE
    fault[(fault == 0) & (given > 1)] = Fault.OVER_WHOLE
    return Reading(np.where(fault == 0, given, 0.0), fault)


def read_days(column: Column) -> Reading:
    """Read dates as int64 days since 1970-01-01: dates, times (their day counts), or text such as 2024-06-30.

    Examples
    --------
    >>> read_days(pa.array(["1970-01-02", "2024-02-30", None])).values.tolist()
    [1, 0, 0]
    """
    if isinstance(column, list):
        return _one_by_one(column, _day, lambda kept: _filled(kept, np.int64))
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        column = pc.local_timestamp(column)  # the day on the clock where it was written
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type) or pa.types.is_null(column.type):
        days = pc.floor_temporal(column, unit="day").cast(pa.date32()) if pa.types.is_timestamp(column.type) else column
        numbers = days.cast(pa.date32()).cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False)
        return Reading(numbers.astype(np.int64), np.where(_nulls(column), np.int8(Fault.MISSING), np.int8(0)))
    if not pa.types.is_dictionary(column.type) and not _is_text(column.type):
        fault = np.where(_nulls(column), np.int8(Fault.MISSING), np.int8(Fault.UNREADABLE_DATE))
        return Reading(np.zeros(len(column), np.int64), fault)
    # few days make up many rows: each is read once
    coded = column if pa.types.is_dictionary(column.type) else column.cast(pa.large_string()).dictionary_encode()
    distinct = read_days([*coded.dictionary.to_pylist(), None])
    place = coded.indices.cast(pa.int64()).fill_null(len(distinct.fault) - 1).to_numpy(zero_copy_only=False)
    return Reading(distinct.values[place], distinct.fault[place])


def is_missing(value: Any) -> bool:
    """Say whether a single value is one of the ways in which frames write that there is none.

    Examples
    --------
    >>> is_missing(None), is_missing(float("nan")), is_missing("")
    (True, True, False)
    """
    if isinstance(value, Decimal):
        return value.is_nan()
    if isinstance(value, float | np.floating):
        return math.isnan(value)
    return value is None or value is pd.NA or value is pd.NaT


def _one_by_one(values: list[Any], read: Callable[[Any], _Outcome], kept: Callable[[list[Any]], Any]) -> Reading:
    outcomes = [(None, Fault.MISSING) if is_missing(value) else read(value) for value in values]
    fault = np.fromiter((fault for _, fault in outcomes), np.int8, len(outcomes))
    return Reading(kept([value for value, _ in outcomes]), fault)


def _text(value: Any) -> _Outcome:
    if not isinstance(value, str):
        return None, Fault.NOT_TEXT
    try:
        value.encode()
    except UnicodeEncodeError:
        return None, Fault.NOT_TEXT
    return (value, Fault.NONE) if value.strip() else (None, Fault.MISSING)


def _real(value: Any) -> Fault:
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real | Decimal):
        return Fault.NOT_A_NUMBER
    finite = value.is_finite() if isinstance(value, Decimal) else isinstance(value, Rational) or math.isfinite(value)
    return Fault.NONE if finite else Fault.NOT_FINITE


def _fen(value: Any, lowest: int) -> _Outcome:
    if fault := _real(value):
        return None, fault
    if int(value) != value:
        return None, Fault.NOT_WHOLE
    if value < lowest:
        return None, Fault.NEGATIVE if lowest == 0 else Fault.TOO_LARGE
    return (None, Fault.TOO_LARGE) if value > LARGEST_FEN else (int(value), Fault.NONE)


def _share(value: Any) -> _Outcome:
    if fault := _real(value):
        return None, fault
    if value < 0:
        return None, Fault.NEGATIVE
    return (None, Fault.OVER_WHOLE) if value > 1 else (float(value), Fault.NONE)


def _day(value: Any) -> _Outcome:
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if isinstance(value, datetime | date):
        return value.toordinal() - _DAY_ZERO, Fault.NONE
    if not isinstance(value, str) or not _ISO_DAY.fullmatch(value):
        return None, Fault.UNREADABLE_DATE
    try:
        return date.fromisoformat(value).toordinal() - _DAY_ZERO, Fault.NONE
    except ValueError:
        return None, Fault.UNREADABLE_DATE


def _filled(values: list[Any], dtype: type) -> npt.NDArray[Any]:
    return np.array([0 if value is None else value for value in values], dtype)


def _nulls(column: Any) -> npt.NDArray[np.bool_]:
    return np.asarray(column.is_null(nan_is_null=True).to_numpy(zero_copy_only=False), np.bool_)


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _number_faults(column: Any) -> _Fault:
    fault = np.zeros(len(column), np.int8)
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        fault[:] = Fault.NOT_A_NUMBER
    elif pa.types.is_floating(column.type):
        fault[~np.isfinite(_numbers(column))] = Fault.NOT_FINITE
    fault[_nulls(column)] = Fault.MISSING
    return fault


def _numbers(column: Any) -> npt.NDArray[Any]:
    return np.asarray(column.fill_null(0).to_numpy(zero_copy_only=False))
