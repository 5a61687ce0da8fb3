"""The history that is replayed: a Parquet file of the province's payments, read again and again, and ahead."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
import pyarrow.parquet as pq

from benchmarks.measurement import Progress
from benchmarks.rule_table import read_parquet
from datasets import files, transactions, truth
from datasets.world import DAYS
from fraud.schema import LABEL

__all__ = ["SLICE", "Ahead", "columns_of", "history", "write_history"]

Timed: TypeAlias = Callable[[Callable[[], Any]], Any]

_SEED = 7
_GROUP = 262_144
"""Rows of a row group, at least: each brings all identifiers of the province along."""
SLICE = 32_768
"""Rows that go through the parts together: their features are written where the last ones were, in memory at hand."""
_AHEAD = 16
"""Slices that are read before they are asked for: two row groups."""


def write_history(path: Path, rows: int, told: Progress) -> None:
    """Write the province's payments with their labels in row groups."""
    done = 0

    def frames() -> Iterator[pd.DataFrame]:
        nonlocal done
        waiting: list[pd.DataFrame] = []
        for part in transactions.stream(rows, _SEED):
            waiting.append(transactions.frame_of(part).assign(**{LABEL: truth.labels_of(part)}))
            done += len(part)
            told("writing the history · 写入历史", done, rows)
            if sum(map(len, waiting)) >= _GROUP:
                yield pd.concat(waiting, ignore_index=True)
                waiting = []
        if waiting:
            yield pd.concat(waiting, ignore_index=True)

    files.write(frames(), path)


def columns_of(path: Path) -> list[str]:
    """Return the names of the columns of a file."""
    return [str(name) for name in pq.read_schema(path).names]


def history(path: Path, rows: int, names: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    """Yield a file in slices, again and again and each time later, until there are so many rows.

    Parameters
    ----------
    path
        A file of `write_history`.
    rows
        How many rows.
    names
        Columns that are read, all by default.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_history(Path(folder) / "a.parquet", 500, lambda *_: None)
    ...     twice = pd.concat(list(history(Path(folder) / "a.parquet", 900)), ignore_index=True)
    >>> len(twice), bool(twice["occurred_at"].is_monotonic_increasing), twice["transaction_id"].nunique()
    (900, True, 900)
    """
    wanted = columns_of(path) if names is None else list(names)
    in_file = pq.ParquetFile(path).metadata.num_rows
    for turn in range(-(-rows // in_file)):
        left = rows - turn * in_file
        for group in read_parquet(path, wanted):
            if left <= 0:
                return
            part = _later(group.iloc[:left], turn, in_file)
            left -= len(part)
            for start in range(0, len(part), SLICE):
                yield part.iloc[start : start + SLICE]


def _later(part: pd.DataFrame, turn: int, in_file: int) -> pd.DataFrame:
    moved = {"occurred_at": part["occurred_at"] + pd.Timedelta(days=DAYS) * turn} if turn else {}
    if turn and "transaction_id" in part:
        moved["transaction_id"] = part["transaction_id"] + turn * in_file
    return part.assign(**moved) if moved else part


class Ahead:
    """The slices of a history, read by a thread of their own, some of them before they are asked for.

    Parameters
    ----------
    path, rows, names
        As for `history`.
    timed
        Calls what reads a slice, and keeps the time.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_history(Path(folder) / "a.parquet", 500, lambda *_: None)
    ...     with Ahead(Path(folder) / "a.parquet", 900, ["occurred_at"], lambda read: read()) as frames:
    ...         [len(frame) for frame in frames]
    [500, 400]
    """

    def __init__(self, path: Path, rows: int, names: Sequence[str], timed: Timed) -> None:
        self._frames = history(path, rows, names)
        self._timed = timed
        self._pool = ThreadPoolExecutor(1)
        self._read: deque[Future[Any]] = deque()

    def __enter__(self) -> Iterator[pd.DataFrame]:
        """Begin to read."""
        return self._all()

    def __exit__(self, *error: object) -> None:
        """Stop."""
        self._pool.shutdown(cancel_futures=True)

    def _all(self) -> Iterator[pd.DataFrame]:
        def read() -> Any:
            return self._timed(lambda: next(self._frames, None))

        self._read.extend(self._pool.submit(read) for _ in range(_AHEAD))
        while (frame := self._read.popleft().result()) is not None:
            self._read.append(self._pool.submit(read))
            yield frame
