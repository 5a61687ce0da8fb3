"""A chunk of transactions, read into plain arrays and refused whole if one row cannot be read.

Everything that can be wrong with a chunk is found here, before a builder takes a single row of it into its
state. Times count in whole seconds: a fraction is cut off. Identifiers and categories may be missing; time
and amount may not.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from fraud.errors import (
    AmountRefusedError,
    ColumnMissingError,
    NumberRefusedError,
    TimeOrderError,
    TimeRefusedError,
)
from fraud.features.codes import BoolArray, FloatArray, IntArray
from fraud.schema import LABEL, MAX_AMOUNT_FEN

__all__ = ["read_amounts", "read_flags", "read_numbers", "read_seconds", "require_columns"]


_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def require_columns(columns: Collection[str], needed: Collection[str]) -> None:
    """Refuse a table that lacks a column.

    Raises
    ------
    ColumnMissingError
        If one of `needed` is not among `columns`; the label is never needed.

    Examples
    --------
    >>> require_columns(["occurred_at"], ["occurred_at", "is_fraud"])  # the label may be missing
    >>> require_columns(["occurred_at"], ["amount_fen"])
    Traceback (most recent call last):
    fraud.errors.tables.ColumnMissingError: Column amount_fen is not in the table; it has occurred_at.
    """
    for name in needed:
        if name not in columns and name != LABEL:
            raise ColumnMissingError(f"Column {name} is not in the table; it has {', '.join(columns) or 'none'}.")


def read_seconds(times: "pd.Series[pd.Timestamp]", latest: int | None = None, ordered: bool = True) -> IntArray:
    """Return local times as int64 seconds since 1970, of shape (n,), and refuse them out of order.

    Parameters
    ----------
    times
        datetime64 of any unit, without a time zone.
    latest
        Second of the last transaction before these, if there was one.
    ordered
        Whether times out of order are refused.

    Raises
    ------
    TimeRefusedError
        If the column does not hold times without a zone, or one is missing or outside 1900 to 2199.
    TimeOrderError
        If a time is earlier than the one before it.

    Examples
    --------
    >>> read_seconds(pd.Series(pd.to_datetime(["1970-01-01 00:01", "1970-01-02 00:00"]))).tolist()
    [60, 86400]
    """
    if not (isinstance(times.dtype, np.dtype) and times.dtype.kind == "M"):
        raise TimeRefusedError(f"Column {times.name} holds {times.dtype}; it must hold local times without a zone.")
    missing = np.flatnonzero(times.isna())
    if len(missing):
        raise TimeRefusedError(f"Row {times.index[missing[0]]} has no {times.name}; every transaction needs a time.")
    wrong = np.flatnonzero((times.dt.year < _FIRST_YEAR) | (times.dt.year > _LAST_YEAR))
    if len(wrong):
        raise TimeRefusedError(
            f"Row {times.index[wrong[0]]} has the {times.name} {times.iloc[wrong[0]]}; "
            f"the year must be from {_FIRST_YEAR} to {_LAST_YEAR}."
        )
    seconds: IntArray = times.to_numpy().astype("datetime64[s]").astype(np.int64)
    before = np.concatenate((seconds[:1] if latest is None else [latest], seconds[:-1]))
    wrong = np.flatnonzero(seconds < before) if ordered else seconds[:0]
    if len(wrong):
        now, then = (np.datetime64(int(at[wrong[0]]), "s") for at in (seconds, before))
        raise TimeOrderError(
            f"Row {times.index[wrong[0]]} happened at {now}, before the row above it at {then}: "
            f"sort the table by {times.name}."
        )
    return seconds


def read_amounts(amounts: "pd.Series[float]") -> IntArray:
    """Return amounts as int64 fen, of shape (n,).

    Raises
    ------
    AmountRefusedError
        If one is missing, not whole, below zero or above `fraud.schema.MAX_AMOUNT_FEN`.

    Examples
    --------
    >>> read_amounts(pd.Series([100.0, 250.0])).tolist()
    [100, 250]
    """
    values = read_numbers(amounts)
    wrong = np.flatnonzero(~((values >= 0) & (values <= MAX_AMOUNT_FEN) & (values == np.floor(values))))
    if len(wrong):
        raise AmountRefusedError(
            f"Row {amounts.index[wrong[0]]} has the {amounts.name} {values[wrong[0]]:.15g}; "
            f"it must be whole fen from 0 to {MAX_AMOUNT_FEN}."
        )
    return values.astype(np.int64)


def read_numbers(values: "pd.Series[float]") -> FloatArray:
    """Return numbers as float64 of shape (n,), NaN where missing.

    Raises
    ------
    NumberRefusedError
        If the column holds something else.

    Examples
    --------
    >>> read_numbers(pd.Series([1, None, 2.5])).tolist()
    [1.0, nan, 2.5]
    """
    try:
        return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise NumberRefusedError(f"Column {values.name} holds something that is no number: {error}.") from error


def read_flags(frame: pd.DataFrame) -> BoolArray:
    """Tell for each row whether it is labelled as fraud; without a label it is not.

    Examples
    --------
    >>> read_flags(pd.DataFrame({"is_fraud": [1, 0, None]})).tolist()
    [True, False, False]
    """
    if LABEL not in frame:
        return np.zeros(len(frame), dtype=np.bool_)
    return np.asarray(read_numbers(frame[LABEL]) == 1, dtype=np.bool_)
