"""Frames in, frames out: pandas, polars and Arrow tables, read column by column.

pandas frames are known by their class; anything else that speaks Arrow's C interface (polars, pyarrow, DuckDB's
results) is read through it, so that no other library is imported. Rows are left out, and reports written, in the
kind of frame that came in. Source: the Arrow PyCapsule interface, https://arrow.apache.org/docs/format/CDataInterface.
"""

from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from credit_graph.errors import FrameError, MissingColumnError

__all__ = ["Column", "Frame", "columns", "in_kind_of", "kept_rows", "number_of_rows", "pandas_rows"]

Frame: TypeAlias = Any
"""A table: pandas, polars or Arrow."""

Column: TypeAlias = Any
"""A column: an Arrow array, or a list if its values are of more than one type."""


def columns(frame: Frame, table: str, wanted: Collection[str], optional: Iterable[str] = ()) -> dict[str, Column]:
    """Return the columns that a table must have, and those that it may have and has.

    Raises
    ------
    FrameError
        If it is no frame, or two columns have one name.
    MissingColumnError
        If columns are missing.

    Examples
    --------
    >>> columns(pd.DataFrame({"share": [0.5, None]}), "shareholding", ["share"])["share"].to_pylist()
    [0.5, None]
    """
    if not isinstance(frame, pd.DataFrame) and not _speaks_arrow(frame):
        raise FrameError(f"the table {table} is {type(frame).__name__}; give a frame of pandas, polars or Arrow")
    names = list(frame.column_names if isinstance(frame, pa.Table) else frame.columns)
    missing = [name for name in wanted if name not in names]
    if missing:
        have = ", ".join(map(str, names)) or "none"
        raise MissingColumnError(f"the table {table} has no column {', '.join(missing)}; it has {have}")
    read = [name for name in (*wanted, *optional) if name in names]
    twice = [name for name in read if names.count(name) > 1]
    if twice:
        raise FrameError(f"the table {table} has two columns called {twice[0]}; name one of them differently")
    if isinstance(frame, pd.DataFrame):
        return {name: _from_pandas(frame[name]) for name in read}
    arrow = pa.table(frame)
    return {name: _whole(arrow[name]) for name in read}


def number_of_rows(frame: Frame) -> int:
    """Return the number of rows.

    Examples
    --------
    >>> number_of_rows(pd.DataFrame({"share": [0.5, None]}))
    2
    """
    return frame.num_rows if isinstance(frame, pa.Table) else len(frame)


def kept_rows(frame: Frame, good: npt.NDArray[np.bool_]) -> Frame:
    """Return the rows that are good, in their order; the frame itself if all are.

    Examples
    --------
    >>> kept_rows(pd.DataFrame({"share": [0.5, 7.0]}), np.array([True, False]))
       share
    0    0.5
    """
    return frame if good.all() else _rows(frame, np.flatnonzero(good))


def pandas_rows(frame: Frame, rows: npt.NDArray[np.int64] | None = None) -> pd.DataFrame:
    """Return rows as a pandas frame numbered from 0; all of them if none are named.

    Examples
    --------
    >>> pandas_rows(pd.DataFrame({"share": [0.5, 7.0]}), np.array([1]))
       share
    0    7.0
    """
    if isinstance(frame, pd.DataFrame):
        return (frame if rows is None else _rows(frame, rows)).reset_index(drop=True)
    arrow = pa.table(frame if rows is None else _rows(frame, rows))
    table: pd.DataFrame = pa.table({name: _whole(arrow[name]) for name in arrow.column_names}).to_pandas()
    return table


def in_kind_of(frame: Frame, table: pd.DataFrame) -> Frame:
    """Return a pandas table as the kind of frame that another one is.

    Examples
    --------
    >>> in_kind_of(pa.table({"share": [0.5]}), pd.DataFrame({"row": [7]})).to_pydict()
    {'row': [7]}
    """
    if isinstance(frame, pd.DataFrame):
        return table
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    return arrow if isinstance(frame, pa.Table) else type(frame)(arrow)


def _speaks_arrow(frame: Frame) -> bool:
    # a lazy frame has no length and is asked for only when it is collected
    return isinstance(frame, pa.Table) or all(
        hasattr(frame, name) for name in ("__arrow_c_stream__", "columns", "__len__", "__getitem__")
    )


def _from_pandas(series: "pd.Series[Any]") -> Column:
    try:
        read = _whole(pa.array(series, from_pandas=True))
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return list(series)
    # text beside bytes is read as bytes, and would then be neither
    return list(series) if pa.types.is_binary(read.type) else read


def _rows(frame: Frame, rows: npt.NDArray[np.int64]) -> Frame:
    if isinstance(frame, pd.DataFrame):
        return frame.iloc[rows]
    return frame.take(pa.array(rows)) if isinstance(frame, pa.Table) else frame[rows]


def _whole(column: Any) -> Any:
    """Return a column as one array, its texts laid out in the one way that all of Arrow's functions know."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices, _whole(column.dictionary))
    return column.cast(pa.large_string()) if pa.types.is_string_view(column.type) else column
