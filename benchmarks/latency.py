"""How long one row takes, asked for alone: the median and the slowest of a hundred, in microseconds.

A batch hides what a single payment waits for: most of the time of a library's call goes into checking and unpacking a
table of one row. Each scorer is asked in the fastest way that it offers: ours by `fraud.scorers.single`, others by
their own call. Clock time, on one thread, after a warm-up; the rows are cut out before.
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from threadpoolctl import threadpool_limits

from fraud.scorers import score
from fraud.scorers.single import single_row

__all__ = ["each_once", "microseconds", "one_row", "percentiles"]

Question = TypeVar("Question")

_WARM_UP = 5
_ROWS = 2_000
_SECONDS = 3.0


def one_row(learner: Any, rows: pd.DataFrame, seconds: float = _SECONDS) -> tuple[float, float]:
    """Return p50 and p99 of the time that a fitted scorer takes for one row, in microseconds.

    Parameters
    ----------
    learner
        A fitted scorer of any convention.
    rows
        Features, shape (n, m): each is asked for alone, from the first, until the time is over.
    seconds
        How long to go on at most; a slow scorer gets through fewer rows.

    Examples
    --------
    >>> from fraud.scorers import RuleScorecard
    >>> hits = pd.DataFrame({"rule:a": [0, 1, 0, 1], "rule:b": [0, 0, 1, 1]})
    >>> middle, slow = one_row(RuleScorecard().fit(hits, [0, 1, 0, 1]), hits, seconds=0.05)
    >>> 0 < middle <= slow
    True
    """
    if type(learner).__module__.startswith("fraud.") and isinstance(learner, BaseEstimator):
        ask = single_row(learner, [str(name) for name in rows.columns])
        table = np.ascontiguousarray(rows.to_numpy(np.float64)[:_ROWS])
        return percentiles(microseconds(ask, list(table), seconds))
    alone = [rows.iloc[[place]] for place in range(min(len(rows), _ROWS))]
    with threadpool_limits(limits=1):
        return percentiles(microseconds(lambda row: score(learner, row), alone, seconds))


def microseconds(ask: Callable[[Question], object], questions: Sequence[Question], seconds: float) -> list[float]:
    """Return the time of each question in microseconds, round after round until `seconds` are over.

    Examples
    --------
    >>> len(microseconds(abs, [-1, -2], seconds=0.0))
    1
    """
    for question in questions[:_WARM_UP]:
        ask(question)
    end, times = time.perf_counter() + seconds, []
    while True:
        for question in questions:
            start = time.perf_counter()
            ask(question)
            now = time.perf_counter()
            times.append((now - start) * 1e6)
            if now >= end:
                return times


def each_once(ask: Callable[[Question], object], questions: Iterable[Question]) -> list[float]:
    """Return the time of each question in microseconds, for who remembers what was asked.

    Examples
    --------
    >>> len(each_once(abs, [-1, -2]))
    2
    """
    times = []
    for question in questions:
        start = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - start) * 1e6)
    return times


def percentiles(times: Sequence[float]) -> tuple[float, float]:
    """Return the median, and the time that one in a hundred exceeds.

    Examples
    --------
    >>> percentiles([float(number) for number in range(1, 101)])
    (50.5, 99.0)
    """
    ordered = sorted(times)
    return float(np.median(ordered)), ordered[math.ceil(0.99 * len(ordered)) - 1]
