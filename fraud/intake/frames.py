"""Frames of transactions: their schema, and reading a staged table as frames.

The schema is made from `fraud.schema` and checked by pandera, also for people who hand over a frame of their own.
Identifiers and categories come as pandas' `str`: chunks can be joined without bringing categories together first, and
see `chunks` for what was measured. Times are to the second.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api import types

from fraud.errors import FrameError
from fraud.intake.staging import Staged
from fraud.schema import COLUMNS, REQUIRED, Column, column

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

__all__ = ["CHUNK_ROWS", "DTYPES", "check_frame", "chunks", "frame_schema"]

CHUNK_ROWS = 262_144

DTYPES = {
    "time": "datetime64[s]",
    "money": "int64",
    "identifier": "str",
    "category": "str",
    "number": "float64",
    "flag": "int8",
}
"""For each kind of column the dtype that it has in the frames of `chunks`."""

ARROW_TYPES = {
    "time": pa.timestamp("s"),
    "money": pa.int64(),
    "identifier": pa.string(),
    "category": pa.string(),
    "number": pa.float64(),
    "flag": pa.int8(),
}
RIGHT = {
    "time": "local times without a zone (datetime64)",
    "money": "whole numbers of fen (int64)",
    "identifier": "text",
    "category": "text",
    "number": "numbers",
    "flag": "0 or 1 (int8)",
}
# The names of our checks; pandera's own check is that a value is there.
HOLDS, RANGE, ORDER, FLAG, UNIQUE = "holds", "range", "order", "zero_or_one", "unique"


def _is_text(values: "pd.Series[Any]") -> bool:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return _is_text(values.cat.categories.to_series())
    # An object column is text if every value that is there is text; the library looks faster than a loop.
    return bool(types.is_string_dtype(values.dropna()))


def _is_number(values: "pd.Series[Any]") -> bool:
    return types.is_numeric_dtype(values) and not types.is_bool_dtype(values)


HOLDS_KIND: dict[str, Callable[["pd.Series[Any]"], bool]] = {
    "time": lambda values: getattr(values.dtype, "kind", "") == "M" and getattr(values.dtype, "tz", None) is None,
    "money": lambda values: values.dtype == "int64",
    "identifier": _is_text,
    "category": _is_text,
    "number": _is_number,
    "flag": lambda values: types.is_integer_dtype(values) or types.is_bool_dtype(values),
}


def frame_schema(columns: Sequence[str]) -> "DataFrameSchema":
    """Return pandera's schema of a frame with these columns.

    Parameters
    ----------
    columns
        Names of columns in `fraud.schema`; the required ones are added if they are not among them.

    Returns
    -------
    pandera.DataFrameSchema
        It refuses other columns, wrong dtypes, missing values where there must be one, numbers out of range,
        repeated transaction numbers, and times that step back.

    Raises
    ------
    KeyError
        If the schema has no such column.

    Examples
    --------
    >>> sorted(frame_schema(["device_id"]).columns)
    ['amount_fen', 'customer_id', 'device_id', 'occurred_at']
    """
    # pandera takes a second to import: who never checks a frame should not wait for it.
    from pandera.pandas import DataFrameSchema

    entries = [column(name) for name in dict.fromkeys([*REQUIRED, *columns])]
    return DataFrameSchema({entry.name: _column_schema(entry) for entry in entries}, strict=True)


def _column_schema(entry: Column) -> Any:
    from pandera.pandas import Check
    from pandera.pandas import Column as ColumnSchema

    checks = [Check(HOLDS_KIND[entry.kind], name=HOLDS, ignore_na=False)]
    if entry.kind == "time":
        checks.append(Check(lambda times: times.is_monotonic_increasing, name=ORDER))
    if entry.kind == "flag":
        checks.append(Check(lambda labels: labels.isin([0, 1]), name=FLAG))
    if entry.lowest is not None and entry.highest is not None:
        checks.append(Check(lambda numbers: numbers.between(entry.lowest, entry.highest), name=RANGE))
    if entry.name == "transaction_id":
        checks.append(Check(lambda ids: ~ids.duplicated(), name=UNIQUE))
    must_be_there = entry.required or entry.name == "transaction_id" or entry.kind == "flag"
    return ColumnSchema(None, checks, nullable=not must_be_there)


def check_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Check a frame of transactions that did not come through `stage`, and return it unchanged.

    Parameters
    ----------
    frame
        Columns of `fraud.schema`, in any order: occurred_at, customer_id and amount_fen, and any of the others. Dtypes
        as in `DTYPES`, but times of any unit, text also as `object` or `category`, and any integers as numbers.

    Raises
    ------
    FrameError
        If anything is wrong, with the first thing that is: column, row, value, and what would be right.

    Examples
    --------
    >>> check_frame(pd.DataFrame({"occurred_at": pd.to_datetime(["2018-04-01"]), "customer_id": ["7"]}))
    Traceback (most recent call last):
    fraud.errors.tables.FrameError: The frame has no column amount_fen: amount in fen (交易金额（分）) is required.
    """
    from pandera.errors import SchemaErrors

    _refuse_columns(frame)
    try:
        frame_schema([str(name) for name in frame.columns]).validate(frame, lazy=True)
    except SchemaErrors as errors:
        raise FrameError(_sentence(frame, errors.failure_cases)) from None
    return frame


def _refuse_columns(frame: pd.DataFrame) -> None:
    known = [entry.name for entry in COLUMNS]
    for name in REQUIRED:
        if name not in frame.columns:
            entry = column(name)
            raise FrameError(f"The frame has no column {name}: {entry.meaning} ({entry.meaning_zh}) is required.")
    for name in frame.columns:
        if name not in known:
            raise FrameError(f"The frame has a column {name!r}; the columns we know are {', '.join(known)}.")
    if not frame.columns.is_unique:
        twin = frame.columns[frame.columns.duplicated()][0]
        raise FrameError(f"The frame has two columns {twin}: drop one of them.")


def _sentence(frame: pd.DataFrame, failures: pd.DataFrame) -> str:
    # A column of the wrong type fails its other checks as well; the type is the news.
    ranked = failures.assign(rank=[0 if check == HOLDS else 1 for check in failures["check"]])
    failure = ranked.sort_values("rank", kind="stable").iloc[0]
    entry, check = column(str(failure["column"])), failure["check"]
    values = frame[entry.name]
    if check == HOLDS:
        return f"Column {entry.name} holds {values.dtype}, but must hold {RIGHT[entry.kind]}."
    if check == ORDER:
        step = int((values.diff() < pd.Timedelta(0)).to_numpy().argmax())
        return (
            f"Row {frame.index[step]} has the {entry.name} {values.iloc[step]}, earlier than the row before it: "
            "sort the frame by time."
        )
    place = f"Row {failure['index']} has the {entry.name} {failure['failure_case']}"
    if check == UNIQUE:
        return f"{place}, which an earlier row has already: each transaction needs a number of its own."
    if check == RANGE:
        return f"{place}, but it must be from {entry.lowest:,} to {entry.highest:,}."
    if check == FLAG:
        return f"{place}, but it must be {RIGHT['flag']}."
    return f"Row {failure['index']} has no {entry.name}: {entry.meaning} ({entry.meaning_zh}) is required."


def chunks(staged: Staged, rows: int = CHUNK_ROWS) -> Iterator[pd.DataFrame]:
    """Read a staged table as typed frames, in time order.

    Parameters
    ----------
    staged
        What `stage` returned.
    rows
        Rows of a frame; the last one may have fewer.

    Yields
    ------
    pandas.DataFrame
        The columns `staged.columns` with the dtypes of `DTYPES`, checked against `frame_schema`. The index counts the
        rows of the whole table from 0.

    Notes
    -----
    Measured on 262,144 identifiers of 5,000 customers: `str` takes 0.3 ms to make and 4.5 ms to factorise, `category`
    6.2 ms and 0.9 ms; and two chunks of categories fall back to `object` when they are joined.
    """
    schema = frame_schema(staged.columns)
    wanted = pa.schema([(name, ARROW_TYPES[column(name).kind]) for name in staged.columns])
    done = 0
    with pq.ParquetFile(staged.path, pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=rows, columns=list(staged.columns)):
            table = pa.Table.from_batches([batch]).select(staged.columns).cast(wanted)
            frame = table.to_pandas()
            frame.index = pd.RangeIndex(done, done + len(frame))
            done += len(frame)
            yield schema.validate(frame)
