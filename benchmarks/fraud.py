"""Fraud scorers on the province, on foreign columns, or on anybody's file.

Datasets: the same payments twice, with all columns of the province and with the few that a foreign file has; or, with
`--data FILE`, the labelled payments of that file (see `benchmarks.payments`). Subjects: floors, peers, ours, a ceiling
and, if named, the user's own (see `benchmarks.subjects`). For
each pair, on the same rows: average precision, share of the frauds found when 0.1 % or 1 % of the payments can be
looked at, share of the stolen amount found at 1 %, card precision at 100 (the Handbook's, in which 100 customers a day
can be looked into: on small data few frauds are left for each day, and it is low for everybody). A score is worth what
it adds to "amount alone" and "rules only", not what it adds to nothing.

Fit is CPU seconds for the learning sample, score CPU microseconds a row in one batch; features and rules are not in
them. Everybody runs on one thread, unless a scorer starts processes of its own, which are not seen. The table of speed
has the clock time of one row asked for alone, in the fastest way that each offers (`benchmarks.latency`). On a busy
machine trust the ratios. No scorer gets weights, although the sample may hold only a part of the honest rows: all
metrics but the times depend on the order of the scores alone. All figures but the times are the same for equal seeds.

The user's own scorer is put through the laws of `fraud.checks` beside ours: 1 is kept, 0 is broken, empty does not
apply, and each that is broken is said in a sentence; what scikit-learn's own checks find is a warning.

The data are made, unless they are the user's. A subject that wins here has won here.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from benchmarks.cost import timed
from benchmarks.errors import SubjectFailedError
from benchmarks.latency import one_row
from benchmarks.measurement import SHARE, Measurement, Progress
from benchmarks.payments import Payments, foreign_columns, from_file, province
from benchmarks.subjects import OURS, Perfect, Subject, current_folder_importable, own, shipped
from fraud.errors import FraudError
from fraud.scorers import fitted, score
from fraud.summary import figures
from fraud.trial import BROKEN, KEPT, OPEN, WARNED, Ruling, trial_rows, try_laws

__all__ = ["METRICS", "TITLE_ZH", "compare", "laws", "run"]

TITLE_ZH = "欺诈评分器：全字段、外部字段与自有文件"

METRICS: dict[str, str] = {
    "average precision": "average_precision",
    "recall at 0.1%": "recall_at_per_mille",
    "recall at 1%": "recall_at_percent",
    "value at 1%": "value_at_percent",
    "card precision at 100": "card_precision_at_100",
}
"""Shares by the name that people read, and where `fraud.summary.Figures` holds them."""

Say = Callable[[str], None]
Floats = npt.NDArray[np.float64]

_SEED = 7
_MOST_RUNS = 5
_LONGEST_SECONDS = 0.5
_FULL = {"n": 300_000, "base_rate": 0.002}
_QUICK = {"n": 12_000, "base_rate": 0.02}
_QUICK_TREES = 20
"""Of each family of ours when the laws are tried in the quick mode: each law fits it anew, and no law asks how many."""
_ASKING_SECONDS, _QUICK_ASKING_SECONDS = 3.0, 0.1


def run(
    quick: bool = False,
    progress: Progress | None = None,
    scorer: str | None = None,
    data: Path | None = None,
    mapping: Path | None = None,
    say: Say | None = None,
) -> tuple[Measurement, ...]:
    """Measure every subject on every dataset.

    Parameters
    ----------
    quick
        12,000 payments of which 2 % are fraud, instead of 300,000 with 0.2 %; no checks of scikit-learn's, and ours
        has few trees while the laws are tried.
    progress
        Called with the name of a step, how much is done and how much there is.
    scorer
        The user's own scorer as `module:Class`, of an installed module or one in the current folder. It is fitted
        first, so that its faults show at once.
    data, mapping
        A CSV or Parquet file of labelled payments instead of the province, and a TOML file that names its columns.
    say
        Called with each sentence that people should read: which law is broken, and how.

    Raises
    ------
    ScorerLoadError
        If there is no such scorer.
    ScorerUnusableError
        If it has no known way to learn or to score, or does not give one finite number for each row.
    SubjectFailedError
        If it raises an error of its own.
    FraudError, NoLabelsError
        If the file or the mapping is refused, or there are too few labels.
    """
    told = progress or _silent
    with current_folder_importable(), tempfile.TemporaryDirectory() as folder:
        mine = [own(scorer)] if scorer else []
        subjects = (*mine, *shipped(_SEED))
        makers = _makers(quick, data, mapping, Path(folder), told)
        found: list[Measurement] = []
        for place, make in enumerate(makers):
            payments = make()
            present = (*subjects, Subject("perfect (ceiling)", Perfect(payments.outcome)))
            asking = 0.0 if place else _QUICK_ASKING_SECONDS if quick else _ASKING_SECONDS
            for number, subject in enumerate(present):
                told("scorers · 评分器", place * len(present) + number, len(makers) * len(present))
                is_ceiling = isinstance(subject.scorer, Perfect)  # it knows the rows, and could not answer for one
                found += compare(payments, subject, 0.0 if is_ceiling else asking)
            if mine and not place:
                rivals = (*mine, *(_lighter(one) if quick else one for one in subjects if one.name == OURS))
                found += laws(payments, rivals, estimator_checks=not quick, say=say or _mute)
    return tuple(found)


def _lighter(subject: Subject) -> Subject:
    return Subject(subject.name, clone(subject.scorer).set_params(n_trees=_QUICK_TREES))


def _makers(
    quick: bool, data: Path | None, mapping: Path | None, folder: Path, told: Progress
) -> list[Callable[[], Payments]]:
    if data is not None:
        return [lambda: from_file(data, mapping, folder, told)]
    size: Any = _QUICK if quick else _FULL
    return [
        lambda: province(size["n"], _SEED, size["base_rate"], told),
        lambda: foreign_columns(size["n"], _SEED, size["base_rate"], told),
    ]


def _silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def _mute(sentence: str) -> None:
    """Say nothing."""


def compare(payments: Payments, subject: Subject, asking_seconds: float = 0.0) -> Sequence[Measurement]:
    """Fit one subject on a dataset and return all that is measured of it.

    Parameters
    ----------
    payments, subject
        What is measured on, and who.
    asking_seconds
        How long it is asked for one row after the other; 0 leaves that out.

    Raises
    ------
    ScorerUnusableError, SubjectFailedError
        As `run`.
    """
    values, fit_seconds, score_seconds, waits = _scores(payments, subject, asking_seconds)
    judged = payments.outcome.assign(score=values)
    shares = asdict(figures(judged, "score"))
    each = score_seconds / len(judged) * 1e6
    found = [(payments.name, metric, shares[field], SHARE) for metric, field in METRICS.items()]
    found += [(payments.name, "fit", fit_seconds, "s"), (payments.name, "score a row", each, "µs")]
    if waits is not None:
        speed = f"{payments.name}: speed"
        found += [(speed, "one row p50", waits[0], "µs"), (speed, "one row p99", waits[1], "µs")]
        found += [(speed, "in a batch", 1e6 / max(each, 1e-6), "rows/s")]
    return [Measurement(name, subject.name, metric, float(value), unit) for name, metric, value, unit in found]


def laws(payments: Payments, subjects: Sequence[Subject], estimator_checks: bool, say: Say) -> Iterator[Measurement]:
    """Try the laws of `fraud.trial` on some learning rows, and yield what came of each; say what is broken.

    Parameters
    ----------
    payments, subjects
        What is learnt from, and who is tried.
    estimator_checks
        Whether scikit-learn's checks are tried as well.
    say
        Called with a sentence for each law that is broken, and each warning.
    """
    rows, label = trial_rows(payments.learnt, payments.label)
    name = f"{payments.name}: laws (1 kept, 0 broken)"
    for subject in subjects:
        rulings = try_laws(subject.scorer, rows, label, estimator_checks)
        for ruling in rulings:
            if ruling.outcome != KEPT:
                say(_sentence(subject.name, ruling))
            if ruling.outcome in (KEPT, BROKEN):
                yield Measurement(name, subject.name, ruling.law, float(ruling.outcome == KEPT), "kept")
        warned = sum(ruling.outcome == WARNED for ruling in rulings)
        if warned:
            yield Measurement(name, subject.name, "scikit-learn's checks", float(warned), "warnings")


def _sentence(name: str, ruling: Ruling) -> str:
    how = {BROKEN: "breaks the law", WARNED: "is warned of", OPEN: "is not asked about"}[ruling.outcome]
    return f"{name} {how} '{ruling.law}': {ruling.reason}"


def _scores(
    payments: Payments, subject: Subject, asking_seconds: float
) -> tuple[Floats, float, float, tuple[float, float] | None]:
    # each subject gets rows of its own: one that changes them must not change them for the next
    learnt, label, judged = payments.learnt.copy(), payments.label.copy(), payments.judged.copy()
    try:
        with threadpool_limits(limits=1):
            learner, fit_seconds = timed(lambda: fitted(subject.scorer, learnt, label))
            values, score_seconds = _scored(learner, judged)
            waits = one_row(learner, payments.judged.copy(), asking_seconds) if asking_seconds else None
    except FraudError:
        raise
    except Exception as error:  # a stranger's scorer may fail in any way
        first_line = (str(error).strip() or "no message").splitlines()[0]
        raise SubjectFailedError(
            f"the scorer {subject.name} fails on the dataset {payments.name!r}: {type(error).__name__}: {first_line}"
        ) from error
    return values, fit_seconds, score_seconds, waits


def _scored(learner: Any, judged: pd.DataFrame) -> tuple[npt.NDArray[np.float64], float]:
    """Score once, and again for a steadier median where that is soon done."""
    values, seconds = timed(lambda: score(learner, judged))
    times = [seconds]
    while len(times) < _MOST_RUNS and sum(times) < _LONGEST_SECONDS:
        times.append(timed(lambda: score(learner, judged))[1])
    return values, median(times)
