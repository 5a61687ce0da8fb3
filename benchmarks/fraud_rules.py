"""561 rules: over many payments in memory, from Parquet to lists of hits, and on one event, beside others.

Datasets: payments of the province with all features that the rules read. In memory: polars and DuckDB with one
expression for each rule, numexpr, numpy as it comes; those that are slow get fewer rows, and a rate is a rate. From
Parquet: reading is part of it, and what comes out is the list of rules that hit each payment (the others stop at
columns of booleans). On one event: zen-engine, CEL and JsonLogic (in Rust), Python's lambdas; ours with all fields in
the event, and with the features in an array, as they come from `fraud.online`.

Everybody's hits are compared with ours, rule by rule in memory and event by event: "agrees" is the share of rules (of
events) that are equal, and must be 1, or a translation is wrong. Two threads for who can use them; each is warmed up;
the best of some runs, on the clock, and CPU seconds for a million payments beside it. On a busy machine trust the
ratios. Compilation (ours: a table) is not in the rates, but shown.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.latency import microseconds, percentiles
from benchmarks.measurement import SHARE, Measurement, Progress
from benchmarks.rule_arrays import THREADS, batches, duckdb_select, polars_expressions
from benchmarks.rule_events import singles
from benchmarks.rule_table import NEVER_MISSING, columns_of, events, province_table, write_parquet
from fraud.features import FEATURES
from fraud.rules import Rulebook, full_rulebook
from fraud.rules.compiled import CompiledRules, compile_rules
from fraud.rules.parquet import parquet_hits

__all__ = ["PACKAGES", "TITLE_ZH", "run"]

TITLE_ZH = "561 条规则：批量、从 Parquet、单笔"

PACKAGES = (
    *("numpy", "numba", "pandas", "pyarrow", "polars", "duckdb", "numexpr"),
    *("zen-engine", "common-expression-language", "datalogic-py"),
)
"""Whose versions belong into a record of this benchmark."""

OURS, FROM_ARRAY = "ours", "ours, features from an array"

Hits = npt.NDArray[np.int64]

_SEED = 7
_ROWS, _QUICK_ROWS = 1_000_000, 6_000
_RUNS, _QUICK_RUNS = 3, 1
_EVENTS, _QUICK_EVENTS = 2_000, 60
_SECONDS, _QUICK_SECONDS = 4.0, 0.05


def run(quick: bool = False, progress: Progress | None = None) -> tuple[Measurement, ...]:
    """Measure everybody on everything.

    Parameters
    ----------
    quick
        6,000 payments and 60 events, in some seconds, instead of a million and 2,000.
    progress
        Called with the name of a step, how much is done and how much there is.

    Raises
    ------
    PeerMissingError
        If a library that ours is measured against is not installed.
    """
    told = progress or _silent
    rulebook = full_rulebook()
    table = province_table(rulebook, _QUICK_ROWS if quick else _ROWS, _SEED, told)
    runs = _QUICK_RUNS if quick else _RUNS
    start = process_time()
    rules = compile_rules(rulebook)
    laid_out = process_time() - start
    whole = f"{len(rules.ids)} rules"
    found = [Measurement(f"{whole} in memory", OURS, "layout", laid_out, "s")]
    found += _in_memory(f"{whole} in memory", rulebook, rules, table, runs, told)
    found += _from_parquet(f"{whole} from Parquet", rulebook, rules, table, runs, told)
    counts = (_QUICK_EVENTS, _QUICK_SECONDS) if quick else (_EVENTS, _SECONDS)
    found += _on_one_event(f"{whole} on one event", rulebook, rules, table, counts, told)
    return tuple(found)


def _silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def _in_memory(
    name: str, rulebook: Rulebook, rules: CompiledRules, table: pd.DataFrame, runs: int, told: Progress
) -> Iterator[Measurement]:
    lists = rules.hit_lists(table, THREADS)
    yield Measurement(name, OURS, "hit rate", float((np.diff(lists.offsets) > 0).mean()), SHARE)
    yield from _rates(name, OURS, lambda: rules.hit_lists(table, THREADS), len(table), runs)
    yield Measurement(name, OURS, "agrees", 1.0, SHARE)
    peers = batches(rulebook)
    for place, peer in enumerate(peers):
        told("rules over columns · 批量规则", place, len(peers))
        rows = min(peer.most_rows, len(table))
        judge = peer.prepare(columns_of(table.iloc[:rows]))
        wanted = np.bincount(lists.rules[: lists.offsets[rows]], minlength=len(rules.ids))
        yield Measurement(name, peer.name, "agrees", float((judge() == wanted).mean()), SHARE)
        yield from _rates(name, peer.name, judge, rows, runs)


def _rates(name: str, subject: str, work: Callable[[], Any], rows: int, runs: int) -> Iterator[Measurement]:
    """Yield the best of some runs."""
    walls, busy = [], []
    for _ in range(runs):
        wall, cpu = perf_counter(), process_time()
        work()
        walls.append(perf_counter() - wall)
        busy.append(process_time() - cpu)
    yield Measurement(name, subject, "speed", rows / min(walls), "rows/s")
    yield Measurement(name, subject, "CPU of a million", min(busy) / rows * 1e6, "s")


def _from_parquet(
    name: str, rulebook: Rulebook, rules: CompiledRules, table: pd.DataFrame, runs: int, told: Progress
) -> Iterator[Measurement]:
    import duckdb
    import polars as pl

    tests = [rule.test for rule in rulebook.rules]
    expressions, select = polars_expressions(tests), duckdb_select(tests)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "payments.parquet"
        write_parquet(table, path)
        link = duckdb.connect()
        link.execute(f"SET threads = {THREADS}")
        subjects: dict[str, Callable[[], Any]] = {
            OURS: lambda: list(parquet_hits(path, rules, THREADS)),
            "polars expressions": lambda: pl.scan_parquet(path).select(expressions).collect(),
            "DuckDB": lambda: link.sql(f"SELECT {select} FROM '{path}'").to_arrow_table(),  # noqa: S608  # parsed conditions
        }
        for place, (subject, work) in enumerate(subjects.items()):
            told("rules from Parquet · 从文件", place, len(subjects))
            work()
            yield from _rates(name, subject, work, len(table), runs)


def _on_one_event(
    name: str, rulebook: Rulebook, rules: CompiledRules, table: pd.DataFrame, counts: tuple[int, float], told: Progress
) -> Iterator[Measurement]:
    many, seconds = counts
    asked = events(table, many)
    wanted = [rules.event_hits(event) for event in asked]
    yield from _waits(name, OURS, rules.event_hits, asked, seconds)
    yield Measurement(name, OURS, "agrees", 1.0, SHARE)
    yield from _beside_an_array(name, rulebook, table, asked, wanted, seconds)
    peers = singles([rule.test for rule in rulebook.rules], NEVER_MISSING)
    for place, peer in enumerate(peers):
        told("rules on one event · 单笔规则", place, len(peers))
        shaped = [
            peer.shape({field: value for field, value in event.items() if field != "occurred_at"}) for event in asked
        ]
        yield from _waits(name, peer.name, peer.judge, shaped, seconds)
        same = [peer.judge(event) == hits for event, hits in zip(shaped, wanted, strict=True)]
        yield Measurement(name, peer.name, "agrees", float(np.mean(same)), SHARE)


def _beside_an_array(
    name: str, rulebook: Rulebook, table: pd.DataFrame, asked: list[dict[str, Any]], wanted: list[Any], seconds: float
) -> Iterator[Measurement]:
    features = [feature.name for feature in FEATURES if feature.name in table and feature.name != "amount_fen"]
    beside = compile_rules(rulebook, features)
    raw = [{field: value for field, value in event.items() if field not in features} for event in asked]
    arrays = [np.array([event[one] for one in features], np.float64) for event in asked]
    pairs = list(zip(raw, arrays, strict=True))
    yield from _waits(name, FROM_ARRAY, lambda pair: beside.event_hits(*pair), pairs, seconds)
    same = [beside.event_hits(*pair) == hits for pair, hits in zip(pairs, wanted, strict=True)]
    yield Measurement(name, FROM_ARRAY, "agrees", float(np.mean(same)), SHARE)


def _waits(
    name: str, subject: str, judge: Callable[[Any], Any], asked: list[Any], seconds: float
) -> Iterator[Measurement]:
    middle, slow = percentiles(microseconds(judge, asked, seconds))
    yield Measurement(name, subject, "p50", middle, "µs")
    yield Measurement(name, subject, "p99", slow, "µs")
