"""The whole history again: 136.5 million payments with features, 561 rules and a model, in a stream.

The paper's bank ran its rules over 136.5 million payments (`_PAPER_ROWS`); `--quick` is one in a hundred of them. The
history is a Parquet file of the province's payments, written beforehand; a history longer than the file is the file
again, each time as much later as it is long, so that customers go on and windows move. Row groups are read one by one,
the columns that are needed; slices of them go through `fraud.features` (48 velocity features and those that rules and
models read), through the compiled rulebook and through 200 boosted trees of 31 leaves, learnt from the first slices;
then they are forgotten. One thread makes features, which must happen in order; one reads ahead, one judges behind.

Seconds on the clock and of CPU, payments a second, and by parts; the peak of memory of the process from the first row
group on. Whether the cost grows as the rows do is shown by the last tenth of the payments beside the first: 1 is
linear. The floor reads the columns and does nothing with them. There is no peer: nobody else does all of it.
"""

import gc
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks.cost import peak_bytes
from benchmarks.fraud_history_file import SLICE, Ahead, columns_of, history, write_history
from benchmarks.measurement import SHARE, Measurement, Progress
from benchmarks.rule_table import read_parquet
from fraud.features import CORE, FEATURES, VELOCITY, FeatureBuilder
from fraud.rules import full_rulebook
from fraud.rules.compiled import CompiledRules, compile_rules
from fraud.schema import LABEL, REQUIRED
from fraud.scorers import GradientBoosting

__all__ = ["PACKAGES", "TITLE_ZH", "Replay", "history", "replay", "run", "write_history"]

TITLE_ZH = "重放全部历史：特征、561 条规则、模型"

PACKAGES = ("numpy", "numba", "pandas", "pyarrow", "lightgbm", "scikit-learn")
"""Whose versions belong into a record of this benchmark."""

_SEED = 7
_PAPER_ROWS = 136_500_000
_FILE_ROWS = 13_650_000
_PART = 100
_LEARNT_ROWS = 200_000
_TREES, _LEAVES = 200, 31
_TENTH = 10
_WAITING = 2
"""Slices that wait to be judged at most."""


@dataclass
class Replay:
    """What one replay did and cost.

    Parameters
    ----------
    rows, hit_rows, suspected
        Payments; those that some rule hit; those above a probability of one half.
    wall, cpu
        Seconds on the clock, and of all threads.
    parts
        CPU seconds of reading, features, rules and model.
    peak
        Bytes that the process held at most.
    marks
        Seconds on the clock since the start at each tenth of the payments.
    """

    rows: int = 0
    hit_rows: int = 0
    suspected: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    parts: dict[str, float] = field(
        default_factory=lambda: dict.fromkeys(("reading", "features", "rules", "model"), 0.0)
    )
    peak: int = 0
    marks: list[float] = field(default_factory=list)

    @property
    def last_tenth_over_first(self) -> float:
        """Time of the last tenth divided by that of the second, since the first warms up; 1 is linear."""
        steps = np.diff(self.marks)
        return float(steps[-1] / steps[0]) if len(steps) > 1 else 1.0


def run(quick: bool = False, progress: Progress | None = None) -> tuple[Measurement, ...]:
    """Replay the history.

    Parameters
    ----------
    quick
        One payment in a hundred: 1,365,000.
    progress
        Called with the name of a step, how much is done and how much there is.
    """
    told = progress or _silent
    rows, in_file = (_PAPER_ROWS // _PART, _FILE_ROWS // _PART) if quick else (_PAPER_ROWS, _FILE_ROWS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.parquet"
        write_history(path, in_file, told)
        floor = process_time()
        for frame in read_parquet(path, columns_of(path)):
            del frame
        floor = (process_time() - floor) / in_file * rows
        told("replay · 重放", 0, rows)
        # a process of its own: its peak of memory is the replay's
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            done = pool.submit(replay, path, rows).result()
    return tuple(_measured(f"{rows:,} payments", done, floor))


def _silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def replay(path: Path, rows: int, learnt_rows: int = _LEARNT_ROWS, trees: int = _TREES) -> Replay:
    """Replay a history.

    Parameters
    ----------
    path
        A file of `write_history`.
    rows
        How many payments, of the file again and again.
    learnt_rows
        From how many of the first the model is learnt; that is not in the times.
    trees
        How many trees it has.
    """
    judge = _Judge.learnt(path, learnt_rows, trees)
    done, builder = Replay(), FeatureBuilder(judge.reads, features=judge.names)
    wall, cpu = perf_counter(), process_time()
    waiting: deque[Future[None]] = deque()
    rooms = [np.empty((SLICE, len(builder.names))) for _ in range(_WAITING + 1)]
    gc.freeze()  # as a server does: what is there will stay
    with (
        threadpool_limits(limits=1),
        ThreadPoolExecutor(1) as other,
        Ahead(path, rows, judge.reads, partial(_timed, done, "reading")) as frames,
    ):
        for number, frame in enumerate(frames):
            if len(waiting) == _WAITING:
                waiting.popleft().result()
            features = _timed(done, "features", partial(builder.update, frame, rooms[number % len(rooms)]))
            waiting.append(other.submit(judge.take, done, frame, features))
            done.rows += len(frame)
            if done.rows * _TENTH >= rows * (len(done.marks) + 1):
                done.marks.append(perf_counter() - wall)
        for one in waiting:
            one.result()
    done.wall, done.cpu, done.peak = perf_counter() - wall, process_time() - cpu, peak_bytes()
    return done


def _timed(done: Replay, part: str, work: Callable[[], Any]) -> Any:
    start = thread_time()
    found = work()
    done.parts[part] += thread_time() - start
    return found


@dataclass(frozen=True, eq=False)
class _Judge:
    """Rules and model, and the names of the features that they read."""

    names: tuple[str, ...]
    reads: tuple[str, ...]
    asked: slice | list[int]
    rules: CompiledRules
    model: GradientBoosting

    @classmethod
    def learnt(cls, path: Path, rows: int, trees: int) -> "_Judge":
        rulebook = full_rulebook()
        fields = {name for rule in rulebook.rules for name in rule.fields}
        names = tuple(dict.fromkeys((*CORE, *VELOCITY, *(one.name for one in FEATURES if one.name in fields))))
        model_names = tuple(dict.fromkeys((*CORE, *VELOCITY)))
        needed = {need for one in FEATURES if one.name in names for need in one.needs}
        reads = tuple(name for name in columns_of(path) if name in {*needed, *fields, *REQUIRED})
        builder = FeatureBuilder(reads, features=names)
        tables, labels = [], []
        for frame in history(path, rows, reads):
            tables.append(builder.update(frame)[list(model_names)])
            labels.append(frame[LABEL].to_numpy())
        model = GradientBoosting(n_trees=trees, max_leaf_nodes=_LEAVES, random_state=_SEED)
        model.fit(pd.concat(tables, ignore_index=True).to_numpy(), np.concatenate(labels))
        # no copy where the model reads all features in their order
        whole = builder.names == model_names
        asked = slice(None) if whole else [builder.names.index(name) for name in model_names]
        return cls(names, reads, asked, compile_rules(rulebook), model)

    def take(self, done: Replay, frame: pd.DataFrame, features: pd.DataFrame) -> None:
        """Judge the payments of one slice."""
        columns = {str(name): features[name] for name in features.columns}
        columns |= {str(name): frame[name] for name in frame.columns if name != LABEL}
        lists = _timed(done, "rules", lambda: self.rules.hit_lists(columns, threads=1))
        table = features.to_numpy()[:, self.asked]
        odds = _timed(done, "model", lambda: self.model.decision_function(table))
        done.hit_rows += int((np.diff(lists.offsets) > 0).sum())
        done.suspected += int((odds > 0).sum())


def _measured(name: str, done: Replay, floor: float) -> Iterator[Measurement]:
    yield Measurement(name, "reading alone (floor)", "CPU", floor, "s")
    yield Measurement(name, "ours: everything", "clock", done.wall, "s")
    yield Measurement(name, "ours: everything", "CPU", done.cpu, "s")
    yield Measurement(name, "ours: everything", "speed", done.rows / done.wall, "rows/s")
    yield Measurement(name, "ours: everything", "peak memory", done.peak / 1e6, "MB")
    yield Measurement(name, "ours: everything", "last tenth over second", done.last_tenth_over_first, "times")
    yield Measurement(name, "ours: everything", "hit by a rule", done.hit_rows / done.rows, SHARE)
    yield Measurement(name, "ours: everything", "suspected by the model", done.suspected / done.rows, SHARE)
    for part, seconds in done.parts.items():
        yield Measurement(name, f"part: {part}", "CPU", seconds, "s")
        yield Measurement(name, f"part: {part}", "CPU a row", seconds / done.rows * 1e6, "µs")
