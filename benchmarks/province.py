"""How fast the province is made, and what its memory costs.

Subjects, each doing the whole of its work: payments as codes (`stream`), as frames (`make`), as a Parquet file
(`write`). Two floors do the least that can be called work: draw 18 columns of random integers for as many rows in
pieces of the same length, and write such columns to Parquet with the same compression, with numpy and pyarrow only.
What ours takes longer than its floor is the price of people, habits and frauds.

Speed is rows a CPU second (all threads of the process together, so writing, which uses several, is faster on the wall),
and the speed relative to the floor of the same kind. Peak memory is that of a process of its own with all its
imports, for n rows and for ten times as many: a stream that is truly a stream shows the same figure twice. Every
number is the median of three fresh processes (one in quick mode, and for ten times the rows), in each of which the
world is built anew. In quick mode n is less than one piece of the stream, so there the memory does grow.
On a busy machine trust the ratios.
"""

import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from benchmarks.cost import Cost, in_fresh_process
from benchmarks.measurement import Measurement, Progress
from datasets import files, transactions
from datasets.plan import SLICE_ROWS

__all__ = ["SUBJECTS", "TITLE_ZH", "run"]

TITLE_ZH = "合成数据的速度与内存"

_SEED = 7
_FULL_ROWS, _QUICK_ROWS = 1_000_000, 20_000
_TIMES = 10
_MANY = 25_000
"""Different values in a floor's column: as many as the province has customers at the most."""


def run(quick: bool = False, progress: Progress | None = None) -> tuple[Measurement, ...]:
    """Measure every subject for n rows and for ten times as many.

    Parameters
    ----------
    quick
        n of 20,000 and one run, instead of 1,000,000 and three.
    progress
        Called with the name of a step, how much is done and how much there is.
    """
    rows, runs = (_QUICK_ROWS, 1) if quick else (_FULL_ROWS, 3)
    sizes = [rows] * runs + [rows * _TIMES]
    costs: dict[str, list[Cost]] = {}
    for place, (name, (work, _)) in enumerate(SUBJECTS.items()):
        for number, size in enumerate(sizes):
            if progress is not None:
                progress("processes · 进程", place * len(sizes) + number, len(SUBJECTS) * len(sizes))
            costs.setdefault(name, []).append(in_fresh_process(work, size))
    return tuple(one for name in SUBJECTS for one in _measurements(name, rows, costs))


def _measurements(name: str, rows: int, costs: dict[str, list[Cost]]) -> Iterator[Measurement]:
    dataset = f"{rows:,} payments"
    *runs, long_run = costs[name]
    speed, floor = _speed(rows, runs), _speed(rows, costs[SUBJECTS[name][1]][:-1])
    yield Measurement(dataset, name, "speed", speed, "rows/s")
    yield Measurement(dataset, name, "of its floor", speed / floor, "×")
    yield Measurement(dataset, name, "peak memory", median(run.peak_bytes for run in runs) / 1e6, "MB")
    yield Measurement(dataset, name, f"peak, {_TIMES} times the rows", long_run.peak_bytes / 1e6, "MB")


def _speed(rows: int, runs: list[Cost]) -> float:
    return rows / median(run.cpu_seconds for run in runs)


def _pieces(rows: int) -> Iterator[pa.Table]:
    rng = np.random.default_rng(_SEED)
    for start in range(0, rows, SLICE_ROWS):
        length = min(SLICE_ROWS, rows - start)
        yield pa.table({name: rng.integers(0, _MANY, length) for name in transactions.COLUMNS})


def _draw_floor(rows: int) -> None:
    deque(_pieces(rows), maxlen=0)


def _write_floor(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="hexi-") as folder:
        pieces = _pieces(rows)
        first = next(pieces)
        with pa.parquet.ParquetWriter(Path(folder) / "floor.parquet", first.schema, compression="zstd") as writer:
            writer.write_table(first)
            for piece in pieces:
                writer.write_table(piece)


def _consume(make: Callable[[int, int], Iterator[object]], rows: int) -> None:
    deque(make(rows, _SEED), maxlen=0)


def _write(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="hexi-") as folder:
        files.write(transactions.make(rows, _SEED), Path(folder) / "transactions.parquet")


SUBJECTS: dict[str, tuple[Callable[[int], object], str]] = {
    "draw random integers (floor)": (_draw_floor, "draw random integers (floor)"),
    "stream: payments as codes": (partial(_consume, transactions.stream), "draw random integers (floor)"),
    "make: payments as frames": (partial(_consume, transactions.make), "draw random integers (floor)"),
    "write random integers (floor)": (_write_floor, "write random integers (floor)"),
    "write: payments to Parquet": (_write, "write random integers (floor)"),
}
"""What is measured, by name: the work for a number of rows, and the name of the floor it is compared with."""
