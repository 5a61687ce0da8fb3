"""Rows that are given twice: equal in all columns, or under one identifier.

Two guarantees of one firm for another on different terms are two guarantees; only what is equal in every column, the
own columns of the caller included, is one row written twice. The first stands. Two payments of one amount on one day
are told apart by an edge_id.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from credit_graph.intake.frames import Column, Frame, number_of_rows, pandas_rows
from credit_graph.intake.reading import is_missing

__all__ = ["repeated_ids", "repeated_rows"]

_ODD = np.uint64(0x9E3779B97F4A7C15)  # spreads small numbers over all bits (Knuth's multiplicative hashing)


def repeated_ids(column: Column) -> npt.NDArray[np.bool_]:
    """Return which rows have an identifier that an earlier row has; a missing one repeats nothing.

    Examples
    --------
    >>> repeated_ids(pa.array(["a", None, "a", None])).tolist()
    [False, False, True, False]
    """
    if isinstance(column, list):
        # the representation stands for values that have no hash
        values = pd.Series([None if is_missing(value) else repr(value) for value in column], dtype=object)
        return np.asarray(values.duplicated() & values.notna(), np.bool_)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    coded = column.dictionary_encode().indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    first = np.full(len(column) + 1, len(column))
    np.minimum.at(first, coded, np.arange(len(column)))
    return np.asarray((coded >= 0) & (first[coded] < np.arange(len(column))), np.bool_)


def repeated_rows(frame: Frame, read: Sequence[Any]) -> npt.NDArray[np.int64]:
    """Return for each row the first row that is equal to it in all columns, -1 if it is the first itself.

    Parameters
    ----------
    frame
        The table as given, m rows.
    read
        What was read from its columns, each of shape (m,): rows that differ here need not be compared.

    Examples
    --------
    >>> table = pd.DataFrame({"from_id": ["A", "A", "A"], "amount_fen": [5, 7, 5]})
    >>> repeated_rows(table, [np.array([5, 7, 5])]).tolist()
    [-1, -1, 0]
    """
    m = number_of_rows(frame)
    key = np.zeros(m, np.uint64)
    for values in read:
        key = (key ^ _bits(values)) * _ODD
        key ^= key >> np.uint64(29)
    rows = np.flatnonzero(pd.Series(key).duplicated(keep=False))
    earlier = np.full(m, -1, np.int64)
    if rows.size == 0:
        return earlier
    suspects = pandas_rows(frame, rows)
    group = np.zeros(len(rows), np.int64)
    for place in range(suspects.shape[1]):
        code = _codes(suspects.iloc[:, place])
        group = pd.factorize(group * (code.max() + 1) + code)[0]
    first = rows[np.unique(group, return_index=True)[1]][group]
    earlier[rows] = np.where(first < rows, first, -1)
    return earlier


def _bits(values: Any) -> npt.NDArray[np.uint64]:
    if isinstance(values, np.ndarray):
        return np.ascontiguousarray(values + 0).view(np.uint64)  # -0.0 becomes 0.0, which equals it
    coded = values.dictionary_encode().indices.cast(pa.int64()).fill_null(-1)
    return np.asarray(coded.to_numpy(zero_copy_only=False)).view(np.uint64)


def _codes(column: "pd.Series[Any]") -> npt.NDArray[np.int64]:
    """Give each value a number; all missing ones have one."""
    if column.dtype == object:
        column = column.map(repr, na_action="ignore")
    return np.asarray(pd.factorize(column, use_na_sentinel=False)[0], np.int64)
