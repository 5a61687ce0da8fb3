"""Hits straight from a Parquet file: row groups in, lists of hits out, without a data frame between them.

Texts are read as the codes that the file keeps, numbers without copying where Arrow's memory allows it. While one row
group is judged the next one is read.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fraud.errors import RuleEventError
from fraud.rules.batch import HitLists
from fraud.rules.columns import Moments, Numbers, Prepared, Texts
from fraud.rules.compiled import CompiledRules

__all__ = ["parquet_hits", "prepared_of"]


def parquet_hits(path: str | Path, rules: CompiledRules, threads: int | None = None) -> Iterator[HitLists]:
    """Yield the hits of each row group of a file, in their order.

    Parameters
    ----------
    path
        A Parquet file with the columns and features that the rules read; others are not read.
    rules
        The rules.
    threads
        As for `CompiledRules.hit_lists`.

    Raises
    ------
    RuleEventError
        If a column that a rule reads is missing or of the wrong type.

    Examples
    --------
    >>> import tempfile
    >>> from fraud.rules.compiled import compile_rules
    >>> from fraud.rules.reading import first_rulebook
    >>> book, _ = first_rulebook().available(["terminal_frauds_30d", "terminal_count_7d"])
    >>> path = Path(tempfile.mkdtemp()) / "rows.parquet"
    >>> pq.write_table(pa.table({"terminal_frauds_30d": [0, 2], "terminal_count_7d": [9, 9]}), path)
    >>> [(hits.offsets.tolist(), hits.rules.tolist()) for hits in parquet_hits(path, compile_rules(book))]
    [([0, 0, 2], [0, 1])]
    """
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        missing = [name for name in rules.fields if name not in schema.names]
        if missing:
            raise RuleEventError(f"{Path(path).name} lacks {', '.join(map(repr, missing))}, which rules read")
        texts = [name for name in rules.fields if _is_text(schema.field(name).type)]
    # a file at hand needs no buffer before it is decoded, and row groups are read ahead here
    with pq.ParquetFile(path, read_dictionary=texts, pre_buffer=False) as file, ThreadPoolExecutor(1) as ahead:

        def read(group: int) -> Any:
            return file.read_row_group(group, columns=list(rules.fields))

        groups = file.num_row_groups
        waiting = ahead.submit(read, 0) if groups else None
        for group in range(groups):
            table = waiting.result() if waiting is not None else None
            waiting = ahead.submit(read, group + 1) if group + 1 < groups else None
            yield rules.prepared_hits(prepared_of(table), threads)


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def prepared_of(table: Any) -> Prepared:
    """Return the columns of an Arrow table as rules read them.

    Parameters
    ----------
    table
        A `pyarrow.Table`.

    Raises
    ------
    RuleEventError
        If a column is neither number, text nor time.

    Examples
    --------
    >>> ready = prepared_of(pa.table({"hour": [3, None], "channel": ["atm", None]}))
    >>> ready.numbers("hour").valid.tolist(), ready.texts("channel").codes.tolist()
    ([True, False], [0, -1])
    """
    return Prepared(table.num_rows, {name: _column(name, table.column(name)) for name in table.column_names})


def _column(name: str, chunks: Any) -> Numbers | Texts | Moments:
    values = chunks.combine_chunks() if chunks.num_chunks != 1 else chunks.chunk(0)
    kind = values.type
    if pa.types.is_null(kind) or (pa.types.is_dictionary(kind) and not len(values.dictionary)):
        return Texts(np.full(len(values), -1, np.int8), pd.Index([], dtype=object))
    if _is_text(kind):
        values = values.dictionary_encode()
    elif pa.types.is_boolean(kind):
        values = values.cast(pa.int8())
    if pa.types.is_dictionary(values.type) and _is_text(values.type.value_type):
        codes = pc.fill_null(values.indices, -1).to_numpy(zero_copy_only=False)
        return Texts(codes, pd.Index(values.dictionary.to_pylist(), dtype="str"))
    if pa.types.is_floating(values.type):
        mask = None if values.null_count == 0 else values.is_valid().to_numpy(zero_copy_only=False)
        return Numbers(_as_they_lie(values).astype(np.float64, copy=False), mask)
    if pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        moments = values.to_numpy(zero_copy_only=False)
        return Moments(~np.isnat(moments), moments)
    if pa.types.is_integer(values.type):
        mask = None if values.null_count == 0 else values.is_valid().to_numpy(zero_copy_only=False)
        whole = values if mask is None else pc.fill_null(values, 0)
        return Numbers(_whole(name, whole), mask)
    raise RuleEventError(f"column {name!r} holds {kind}; rules read numbers, texts and times")


def _as_they_lie(values: Any) -> Any:
    """Return numbers without copying them; under a null is whatever lies there."""
    return pa.Array.from_buffers(values.type, len(values), [None, values.buffers()[1]], offset=values.offset).to_numpy()


def _whole(name: str, values: Any) -> Any:
    try:
        return values.cast(pa.int64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        raise RuleEventError(f"column {name!r} holds more than 2**63 - 1, the largest whole number") from None
