"""Fraud scorers on the province and on foreign columns.

Datasets: the same payments twice, with all columns of the province and with the few that a foreign file has (see
`benchmarks.payments`). Subjects: floors, peers, ours, a ceiling and, if named, the user's own
(see `benchmarks.subjects`). For
each pair, on the same rows: average precision, share of the frauds found when 0.1 % or 1 % of the payments can be
looked at, share of the stolen amount found at 1 %, card precision at 100 (the Handbook's, in which 100 customers a day
can be looked into: on small data few frauds are left for each day, and it is low for everybody). A score is worth what
it adds to "amount alone" and "rules only", not what it adds to nothing.

Fit is CPU seconds for the learning sample, score CPU microseconds a row in one batch; features and rules are not in
them. Everybody runs on one thread, unless a scorer starts processes of its own, which are not seen. On a busy machine
trust the ratios. No scorer gets weights, although the sample may hold only a part of the honest rows: all metrics but
the times depend on the order of the scores alone. All figures but the times are the same for equal seeds.

The data are made. A subject that wins here has won here.
"""

from collections.abc import Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types

from benchmarks.cost import timed
from benchmarks.errors import SubjectFailedError
from benchmarks.measurement import SHARE, Measurement, Progress
from benchmarks.payments import Payments, foreign_columns, province
from benchmarks.subjects import Perfect, Subject, current_folder_importable, own, shipped
from fraud.errors import FraudError
from fraud.scorers import fitted, score
from fraud.summary import figures

__all__ = ["METRICS", "TITLE_ZH", "compare", "run"]

TITLE_ZH = "欺诈评分器：全字段与外部字段"

METRICS: dict[str, str] = {
    "average precision": "average_precision",
    "recall at 0.1%": "recall_at_per_mille",
    "recall at 1%": "recall_at_percent",
    "value at 1%": "value_at_percent",
    "card precision at 100": "card_precision_at_100",
}
"""Shares by the name that people read, and where `fraud.summary.Figures` holds them."""

_SEED = 7
_MOST_RUNS = 5
_LONGEST_SECONDS = 0.5
_FULL = {"n": 300_000, "base_rate": 0.002}
_QUICK = {"n": 30_000, "base_rate": 0.01}


def run(quick: bool = False, progress: Progress | None = None, scorer: str | None = None) -> tuple[Measurement, ...]:
    """Measure every subject on both datasets.

    Parameters
    ----------
    quick
        30,000 payments of which 1 % are fraud, in some seconds, instead of 300,000 with 0.2 %.
    progress
        Called with the name of a step, how much is done and how much there is.
    scorer
        The user's own scorer as `module:Class`, of an installed module or one in the current folder. It is fitted
        first, so that its faults show at once.

    Raises
    ------
    ScorerLoadError
        If there is no such scorer.
    ScorerUnusableError
        If it has no known way to learn or to score, or does not give one finite number for each row.
    SubjectFailedError
        If it raises an error of its own.
    """
    told = progress or _silent
    size: Any = _QUICK if quick else _FULL
    with current_folder_importable():
        subjects = (*([own(scorer)] if scorer else []), *shipped(_SEED))
        found: list[Measurement] = []
        for place, make in enumerate((province, foreign_columns)):
            payments = make(size["n"], _SEED, size["base_rate"], told)
            present = (*subjects, Subject("perfect (ceiling)", Perfect(payments.outcome)))
            for number, subject in enumerate(present):
                told("scorers · 评分器", place * len(present) + number, 2 * len(present))
                found += compare(payments, subject)
    return tuple(found)


def _silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def compare(payments: Payments, subject: Subject) -> Sequence[Measurement]:
    """Fit one subject on a dataset and return all that is measured of it.

    Raises
    ------
    ScorerUnusableError, SubjectFailedError
        As `run`.
    """
    values, fit_seconds, score_seconds = _scores(payments, subject)
    judged = payments.outcome.assign(score=values)
    shares = asdict(figures(judged, "score"))
    found = [(metric, shares[field], SHARE) for metric, field in METRICS.items()]
    found += [("fit", fit_seconds, "s"), ("score a row", score_seconds / len(judged) * 1e6, "µs")]
    return [Measurement(payments.name, subject.name, metric, float(value), unit) for metric, value, unit in found]


def _scores(payments: Payments, subject: Subject) -> tuple[npt.NDArray[np.float64], float, float]:
    # each subject gets rows of its own: one that changes them must not change them for the next
    learnt, label, judged = payments.learnt.copy(), payments.label.copy(), payments.judged.copy()
    try:
        with threadpool_limits(limits=1):
            learner, fit_seconds = timed(lambda: fitted(subject.scorer, learnt, label))
            values, score_seconds = _scored(learner, judged)
    except FraudError:
        raise
    except Exception as error:  # a stranger's scorer may fail in any way
        first_line = (str(error).strip() or "no message").splitlines()[0]
        raise SubjectFailedError(
            f"the scorer {subject.name} fails on the dataset {payments.name!r}: {type(error).__name__}: {first_line}"
        ) from error
    return values, fit_seconds, score_seconds


def _scored(learner: Any, judged: pd.DataFrame) -> tuple[npt.NDArray[np.float64], float]:
    """Score once, and again for a steadier median where that is soon done."""
    values, seconds = timed(lambda: score(learner, judged))
    times = [seconds]
    while len(times) < _MOST_RUNS and sum(times) < _LONGEST_SECONDS:
        times.append(timed(lambda: score(learner, judged))[1])
    return values, median(times)
