"""One event, everything: features fed online, 561 rules, 200 boosted trees, the decision; in process, on one thread.

An engine is trained on the province's payments and stands at the end of them, with all that it remembers; then the
payments that follow are decided one by one, each once and as it comes: a dictionary, from which everything is built.
Clock time of each, p50 and p99, in microseconds. Then the parts, each over the same events: features alone, rules alone
(with the features in an array), the model alone; and features of a table at once, which the same kernel makes. Reasons
(texts, and tree attributions of the model) are asked of decisions that are alerts only, and shown apart: who is let
through waits for none of it.

Peers for the model, on the same rows: LightGBM's own `predict` of one row with as many trees and leaves, and
scikit-learn's `predict_proba`. Their answers go through a library's checks and unpacking; ours are laid out for a row.
HTTP is not in it (`hexi fraud serve` has its own measure). On a busy machine p99 is the machine's.
"""

import gc
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from time import process_time
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from benchmarks.errors import PeerMissingError
from benchmarks.latency import each_once, microseconds, percentiles
from benchmarks.measurement import SHARE, Measurement, Progress
from benchmarks.rule_table import events
from datasets import transactions, truth
from datasets.world import DAYS, FIRST_DAY
from fraud.engine import Decision, Engine, Trained, train
from fraud.features import CORE, VELOCITY
from fraud.rules.compiled import compile_rules
from fraud.schema import LABEL
from fraud.scorers import GradientBoosting

__all__ = ["PACKAGES", "TITLE_ZH", "run"]

TITLE_ZH = "单笔交易：特征、561 条规则、模型、决策"

PACKAGES = ("numpy", "numba", "pandas", "scikit-learn", "lightgbm")
"""Whose versions belong into a record of this benchmark."""

_SEED = 7
_RATE = 0.002
_ROWS, _QUICK_ROWS = 300_000, 8_000
_ASKED, _QUICK_ASKED = 30_000, 300
_SECONDS, _QUICK_SECONDS = 3.0, 0.05
_TREES, _LEAVES = 200, 31
_ALERTS = 200
_ROWS_OF_PEERS = 500

Event = dict[str, Any]


def run(quick: bool = False, progress: Progress | None = None) -> tuple[Measurement, ...]:
    """Measure the whole and its parts.

    Parameters
    ----------
    quick
        300 events after 8,000 payments, in some seconds, instead of 30,000 after 300,000.
    progress
        Called with the name of a step, how much is done and how much there is.

    Raises
    ------
    PeerMissingError
        If LightGBM is not installed.
    """
    told = progress or _silent
    rows, asked = (_QUICK_ROWS, _QUICK_ASKED) if quick else (_ROWS, _ASKED)
    seconds = _QUICK_SECONDS if quick else _SECONDS
    with threadpool_limits(limits=1):
        trained, table = _engine(rows, asked, 0.02 if quick else _RATE, told)
        later = events(table, asked)
        engine = trained.engine
        features, rules = len(engine.features.names), len(engine.setting.rulebook.rules)
        name = f"{features} features, {rules} rules, {_TREES} trees"
        return (*_whole(name, engine, later), *_parts(name, engine, later, seconds), *_as_a_table(name, engine, table))


def _silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def _engine(rows: int, asked: int, rate: float, told: Progress) -> tuple[Trained, pd.DataFrame]:
    """Train on all payments but the last, and return these."""
    frames = [
        transactions.frame_of(part).assign(**{LABEL: truth.labels_of(part)})
        for part in transactions.stream(rows + asked, _SEED, rate)
    ]
    whole = pd.concat(frames, ignore_index=True)
    told("training · 训练", 0, 1)
    model = GradientBoosting(n_trees=_TREES, max_leaf_nodes=_LEAVES, random_state=_SEED)
    until = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day) + timedelta(days=DAYS) * (rows / (rows + asked))
    names = tuple(dict.fromkeys((*CORE, *VELOCITY)))
    columns = [*transactions.COLUMNS, LABEL]
    trained = train([whole.iloc[:rows]], columns, until, scorer=model, features=names, seed=_SEED)
    return trained, whole.iloc[rows:].drop(columns=LABEL)


def _whole(name: str, engine: Engine, later: Sequence[Event]) -> Iterator[Measurement]:
    alerts: list[Decision] = []
    warm = len(later) // 10
    for event in later[:warm]:
        engine.decide(event)

    def decide(event: Event) -> None:
        decision = engine.decide(event)
        if decision.action > 0:
            alerts.append(decision)

    # as a server does: what lives for ever is not looked through again and again
    gc.collect()
    gc.freeze()
    # each event is asked once: the second time it would be a duplicate
    yield from _waits(name, "everything", each_once(decide, later[warm:]))
    yield Measurement(name, "everything", "alerts", len(alerts) / (len(later) - warm), SHARE)
    if alerts:
        yield from _waits(name, "reasons of an alert", each_once(lambda one: one.reasons, alerts[:_ALERTS]))


def _parts(name: str, engine: Engine, later: Sequence[Event], seconds: float) -> Iterator[Measurement]:
    """Yield the parts; features are pushed as payments of a month later, so that none is a duplicate."""
    online, scorer = engine.features, engine.setting.scorer
    assert scorer is not None  # the engine was trained with a model
    shifted = [_a_month_later(event) for event in later]
    rows: list[npt.NDArray[np.float64]] = []
    yield from _waits(name, "part: features", each_once(lambda event: rows.append(online.push(event).copy()), shifted))
    rules = compile_rules(engine.setting.rulebook, online.names)
    pairs = list(zip(shifted, rows, strict=True))
    yield from _waits(name, "part: rules", microseconds(lambda pair: rules.event_hits(*pair), pairs, seconds))
    judged = [(row, rules.event_hits(*pair)) for row, pair in zip(rows, pairs, strict=True)]
    yield from _waits(name, "part: model", microseconds(lambda one: scorer(*one), judged, seconds))
    yield from _peers(name, np.array(rows), seconds)


def _as_a_table(name: str, engine: Engine, table: pd.DataFrame) -> Iterator[Measurement]:
    """Yield how fast the same features take in payments as a table, two months later, on one core."""
    later = table.assign(
        occurred_at=table["occurred_at"] + timedelta(days=62), transaction_id=table["transaction_id"] + len(table)
    )
    start = process_time()
    engine.features.update(later)  # type: ignore[attr-defined]  # the engine's features are online features
    yield Measurement(
        name, "part: features, as a table", "speed of a core", len(later) / (process_time() - start), "rows/s"
    )


def _peers(name: str, rows: npt.NDArray[np.float64], seconds: float) -> Iterator[Measurement]:
    """Yield the time of one row with models of the same size; what they learn does not matter to it."""
    try:
        import lightgbm
    except ImportError:
        raise PeerMissingError("lightgbm is not installed; the extra 'fraud' of Hexi has it") from None

    amount = rows[:, 0]
    label = (amount > np.quantile(amount, 0.9)) ^ (np.arange(len(rows)) % 7 == 0)
    size = {"max_iter": _TREES, "max_leaf_nodes": _LEAVES, "early_stopping": False}
    histogram = HistGradientBoostingClassifier(**size).fit(rows, label)
    light = lightgbm.LGBMClassifier(n_estimators=_TREES, num_leaves=_LEAVES, n_jobs=1, verbose=-1).fit(rows, label)
    asked = [row[np.newaxis] for row in rows[:_ROWS_OF_PEERS]]
    for peer, ask in (
        ("model, LightGBM's predict", lambda row: light.booster_.predict(row, num_threads=1)),
        ("model, scikit-learn's predict_proba", histogram.predict_proba),
    ):
        yield from _waits(name, peer, microseconds(ask, asked, seconds))


def _a_month_later(event: Event) -> Event:
    return {**event, "occurred_at": event["occurred_at"] + timedelta(days=31), "transaction_id": None}


def _waits(name: str, subject: str, times: Sequence[float]) -> Iterator[Measurement]:
    middle, slow = percentiles(times)
    yield Measurement(name, subject, "p50", middle, "µs")
    yield Measurement(name, subject, "p99", slow, "µs")
