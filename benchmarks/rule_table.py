"""Payments of the province with every field that a rulebook reads, as a table, as Parquet, and as single events."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measurement import Progress
from datasets import transactions, truth
from fraud.features import FEATURES, FeatureBuilder
from fraud.rules import Rulebook
from fraud.schema import LABEL

__all__ = ["DAY", "NEVER_MISSING", "columns_of", "events", "province_table", "read_parquet", "write_parquet"]

DAY = "day"
"""Days since 1970, for peers that are told a rule's dates of validity as a condition."""

NEVER_MISSING = ("amount_fen", "kind", "channel", "hour", "weekday", "is_round_amount", "customer_count_total", DAY)

_RATE = 0.002
_GROUP = 262_144


def province_table(rulebook: Rulebook, n: int, seed: int, progress: Progress) -> pd.DataFrame:
    """Return n payments with the columns and features that the rules read, `occurred_at` and `day`.

    Texts are categories, amounts int64, all else float64 with NaN where a value is missing.
    """
    fields = {name for rule in rulebook.rules for name in rule.fields}
    asked = [feature.name for feature in FEATURES if feature.name in fields]
    builder = FeatureBuilder([*transactions.COLUMNS, LABEL], features=asked)
    raw = [name for name in transactions.COLUMNS if name in fields and name != "occurred_at"]
    parts, done = [], 0
    for part in transactions.stream(n, seed, _RATE):
        frame = transactions.frame_of(part)
        made = builder.update(frame.assign(**{LABEL: truth.labels_of(part)}))
        fresh = [name for name in made.columns if name not in raw]
        parts.append(pd.concat([frame[["occurred_at", *raw]], made[fresh]], axis=1))
        done += len(frame)
        progress("payments with features · 交易与特征", done, n)
    table = pd.concat(parts, ignore_index=True)
    days = table["occurred_at"].to_numpy().astype("datetime64[D]").astype(np.float64)
    return table.assign(**{DAY: days})


def columns_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return what peers get: all but the time itself.

    Examples
    --------
    >>> list(columns_of(pd.DataFrame({"occurred_at": [0], "day": [1.0]})))
    ['day']
    """
    return table.drop(columns="occurred_at")


def events(table: pd.DataFrame, count: int) -> list[dict[str, Any]]:
    """Return events evenly spread over a table, as plain Python values; None is missing.

    Examples
    --------
    >>> events(pd.DataFrame({"amount_fen": [5, 6], "hour": [np.nan, 3.0]}), 1)
    [{'amount_fen': 5, 'hour': None}]
    """
    some = table.iloc[np.unique(np.linspace(0, len(table) - 1, count).astype(int))]
    plain = some.astype(object).where(some.notna(), None)
    return [_python(row) for row in plain.to_dict("records")]


def _python(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(name): value.to_pydatetime()
        if isinstance(value, pd.Timestamp)
        else getattr(value, "item", lambda v=value: v)()
        for name, value in row.items()
    }


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table in row groups, nulls for NaN.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_parquet(pd.DataFrame({"hour": [np.nan, 3.0]}), Path(folder) / "a.parquet")
    ...     next(read_parquet(Path(folder) / "a.parquet", ["hour"]))["hour"].tolist()
    [nan, 3.0]
    """
    whole = pa.Table.from_pandas(table, preserve_index=False)
    pq.write_table(whole, path, row_group_size=_GROUP, compression="lz4")


def read_parquet(path: Path, names: Sequence[str]) -> Any:
    """Yield the row groups of a file as frames, texts as categories."""
    with pq.ParquetFile(path) as file:
        texts = [field.name for field in file.schema_arrow if pa.types.is_dictionary(field.type)]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        for group in range(file.num_row_groups):
            # on the caller's thread, so that what it costs is counted there
            yield file.read_row_group(group, columns=list(names), use_threads=False).to_pandas()
