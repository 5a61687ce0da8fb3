"""Write a table to a CSV or Parquet file, frame by frame, whole or not at all.

The file appears under its name only when it is complete. A Parquet file holds no version of pandas and no time, so that
equal tables are equal bytes, for one version of pyarrow.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from datasets.errors import UnknownFormatError

__all__ = ["check_ending", "write"]

_ENDINGS = (".csv", ".parquet")


def check_ending(path: Path) -> None:
    """Refuse a file name whose ending is neither .csv nor .parquet.

    Examples
    --------
    >>> check_ending(Path("table.xlsx"))
    Traceback (most recent call last):
    datasets.errors.UnknownFormatError: the file table.xlsx ends in '.xlsx', but tables are written as .csv or .parquet
    """
    if path.suffix not in _ENDINGS:
        raise UnknownFormatError(
            f"the file {path.name} ends in {path.suffix!r}, but tables are written as .csv or .parquet"
        )


def write(frames: Iterable[pd.DataFrame], path: Path, progress: Callable[[int], None] | None = None) -> int:
    """Write frames behind each other into one file and return the number of rows.

    Parameters
    ----------
    frames
        Frames with equal columns, at least one.
    path
        File to write; `.csv` or `.parquet`. An older file is replaced when the new one is whole.
    progress
        Called with the number of rows after each frame.

    Raises
    ------
    UnknownFormatError
        If the ending is another one.
    OSError
        If the folder is missing or cannot be written to.
    """
    check_ending(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    rows, writer = 0, None
    try:
        for frame in frames:
            table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
            table = _plain(table) if path.suffix == ".csv" else _nullable_whole_numbers(table)
            writer = writer or _open(partial, table.schema, path.suffix)
            writer.write_table(table)
            rows += len(frame)
            if progress is not None:
                progress(len(frame))
        if writer is not None:
            writer.close()
            writer = None
            partial.replace(path)
    finally:
        if writer is not None:
            writer.close()
        partial.unlink(missing_ok=True)
    return rows


def _open(path: Path, schema: pa.Schema, ending: str) -> "pa.csv.CSVWriter | pa.parquet.ParquetWriter":
    if ending == ".parquet":
        return pa.parquet.ParquetWriter(path, schema, compression="zstd")
    return pa.csv.CSVWriter(path, schema, write_options=pa.csv.WriteOptions(quoting_style="none"))


def _nullable_whole_numbers(table: pa.Table) -> pa.Table:
    """Turn ages, which pandas holds as float because some are missing, back into whole numbers."""
    for place, field in enumerate(table.schema):
        if pa.types.is_floating(field.type) and field.name.endswith(("_age", "_days")):
            table = table.set_column(place, field.name, table[field.name].cast(pa.int32()))
    return table


def _plain(table: pa.Table) -> pa.Table:
    """Write categories as text and times to the second, as people expect in a CSV file."""
    table = _nullable_whole_numbers(table)
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(place, field.name, table[field.name].cast(pa.string()))
        if pa.types.is_timestamp(field.type):
            text = pa.compute.strftime(table[field.name], format="%Y-%m-%d %H:%M:%S")
            table = table.set_column(place, field.name, text)
    return table
