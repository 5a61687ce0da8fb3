"""The Fraud Detection Handbook's test: a week to learn from, a week of waiting, a week to judge, on its own table.

Datasets: weeks of the book's simulated payments (`datasets.handbook_simulation`; world 0 is its published table, others
have other seeds), or with `--data FILE` anybody's table in the Handbook's layout, with `--train DATE` and
`--test DATE`. Subjects: a floor, the book's random forest on its own features in the same run (and, for its published
weeks, as the book prints it), ours, the user's own scorer on our features if named, and a ceiling. Metrics are the
book's: AUC ROC, average precision, card precision at 100, for which 100 cards a day are looked into: no week has as
many stolen cards, so that the ceiling is far below 1.

Which features and which model ours takes is chosen on the weeks before the one that is learnt from, by average
precision (`benchmarks.handbook_ours`); it is said for each week, and what the choice was among. World 0 is where ours
was made: believe the other worlds. The last table is the mean over all weeks, and how many of them ours wins against
the book's forest by each metric. CPU seconds are those of learning and judging, features left out.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks.cost import timed
from benchmarks.errors import LayoutError, NoLabelsError
from benchmarks.handbook_ours import CANDIDATES, Candidate, choose, our_features, scores_of
from benchmarks.handbook_peer import handbook_features, handbook_forest
from benchmarks.handbook_weeks import DELAY_DAYS, LAYOUT, Weeks, figures, in_layout, weeks
from benchmarks.measurement import SHARE, Measurement, Progress
from benchmarks.subjects import current_folder_importable
from datasets.handbook_simulation import simulate
from fraud import intake
from fraud.schema import LABEL
from fraud.scorers import load

__all__ = ["PACKAGES", "PUBLISHED", "TITLE_ZH", "judge", "run"]

TITLE_ZH = "《欺诈检测手册》的检验：学一周、等一周、判一周"

PACKAGES = ("numpy", "pandas", "scikit-learn", "lightgbm")
"""Whose versions belong into a record of this benchmark."""

PUBLISHED: dict[str, float] = {"AUC ROC": 0.867, "average precision": 0.658, "card precision at 100": 0.287}
"""The random forest of the book (chapter 4), on the weeks from 25 July and 8 August 2018."""

FOREST, OURS = "the Handbook's random forest", "ours"

Say = Callable[[str], None]
Floats = npt.NDArray[np.float64]

_PUBLISHED_WEEK = date(2018, 7, 25)
_WEEKS: dict[int, tuple[date, ...]] = {
    0: (date(2018, 5, 23), date(2018, 6, 20), _PUBLISHED_WEEK, date(2018, 8, 22)),
    1: (date(2018, 6, 20), _PUBLISHED_WEEK),
    2: (date(2018, 6, 20), _PUBLISHED_WEEK),
}
_QUICK_WORLD: dict[str, Any] = {"customers": 400, "terminals": 1_500, "days": 71}
_QUICK_WEEK = date(2018, 5, 20)


@dataclass(frozen=True, eq=False)
class _Table:
    """A named table of `in_layout`, with the features of ours and of the book."""

    name: str
    payments: pd.DataFrame
    ours: pd.DataFrame
    book: pd.DataFrame


def run(
    quick: bool = False,
    progress: Progress | None = None,
    scorer: str | None = None,
    data: Path | None = None,
    mapping: Path | None = None,
    train: str | None = None,
    test: str | None = None,
    say: Say | None = None,
) -> tuple[Measurement, ...]:
    """Measure every subject on every week.

    Parameters
    ----------
    quick
        One week of a small world instead of eight weeks of three.
    progress
        Called with the name of a step, how much is done and how much there is.
    scorer
        The user's own scorer as `module:Class`; it learns from our features.
    data, mapping
        A CSV or Parquet file of labelled payments instead of the simulated ones; a TOML file that names its columns.
    train, test
        First day to learn from and to judge, such as 2018-07-25; by default the last that the file allows.
    say
        Called with what was chosen for each week.

    Raises
    ------
    FraudError, LayoutError, NoLabelsError
        If file, mapping or dates are refused.
    ScorerLoadError, ScorerUnusableError
        If the scorer is.
    """
    told, spoken = progress or _silent, say or _mute
    with current_folder_importable():
        own = [Candidate("many", scorer, lambda seed: load(scorer))] if scorer else []  # noqa: ARG005  # no seed to give
        found: list[Measurement] = []
        for table, firsts in _tables(quick, data, mapping, train, test, told):
            for place, (first, start) in enumerate(firsts):
                told("weeks · 周", place, len(firsts))
                found += judge(table, weeks(table.payments, first, start), own, spoken, folds=1 if quick else 2)
    return (*found, *_together(found))


def _tables(
    quick: bool, data: Path | None, mapping: Path | None, train: str | None, test: str | None, told: Progress
) -> Iterator[tuple[_Table, Sequence[tuple[date, date | None]]]]:
    if data is not None:
        payments = _from_file(data, mapping, told)
        last = payments["TX_DATETIME"].iloc[-1].date()
        first = _day(train) or last - timedelta(days=2 * 7 + DELAY_DAYS - 1)
        yield _table(data.name, payments, told), [(first, _day(test))]
        return
    if train or test:
        raise LayoutError("--train and --test are days of --data FILE, which was not given")
    if quick:
        yield _table("a small world", in_layout(simulate(**_QUICK_WORLD)), told), [(_QUICK_WEEK, None)]
        return
    for world, days in _WEEKS.items():
        name = "the book's table" if world == 0 else f"world {world}"
        yield _table(name, in_layout(simulate(world)), told), [(day, None) for day in days]


def _table(name: str, payments: pd.DataFrame, told: Progress) -> _Table:
    ours = our_features(payments, lambda rows: told("features · 特征", rows, len(payments)))
    return _Table(name, payments, ours, handbook_features(payments, DELAY_DAYS))


def _from_file(source: Path, mapping: Path | None, told: Progress) -> pd.DataFrame:
    head = intake.peek(source)
    chosen = intake.load(mapping) if mapping else intake.guess(head.header, head.sample)
    intake.check_header(head.header, chosen)
    with tempfile.TemporaryDirectory() as folder:
        staged = intake.stage(source, chosen, Path(folder), lambda done, total: told("reading · 读取", done, total))
        if "terminal_id" not in staged.columns or not staged.labelled:
            raise NoLabelsError(f"{source.name} must have a terminal (terminal_id) and a label ({LABEL}); map them")
        frame = pd.concat([part[part[LABEL].notna()] for part in intake.chunks(staged)], ignore_index=True)
    ours = ("occurred_at", "customer_id", "terminal_id", "amount_fen", LABEL)
    table = frame[list(ours)].set_axis(list(LAYOUT), axis=1)
    return in_layout(table.assign(TX_AMOUNT=table["TX_AMOUNT"] / 100))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LayoutError(f"{text!r} is no day; give one such as 2018-07-25") from None


def judge(
    table: _Table, chosen: Weeks, own: Sequence[Candidate] = (), say: Say | None = None, folds: int = 2, seed: int = 0
) -> list[Measurement]:
    """Measure every subject on one week, on one thread.

    Parameters
    ----------
    table
        Payments and features.
    chosen
        The weeks.
    own
        Candidates of the user's, which are not chosen among but measured.
    say
        Called with what was chosen.
    folds
        How many weeks before are judged to choose by.
    seed
        Of the models.
    """
    payments = table.payments
    name = f"{table.name}: {chosen.train} to {chosen.test + timedelta(days=6)}"
    label = payments["TX_FRAUD"].to_numpy()
    with threadpool_limits(limits=1):
        choice = choose(payments, table.ours, chosen, CANDIDATES, folds, seed)
        tried = ", ".join(f"{candidate} {reached:.3f}" for candidate, reached in choice.reached.items())
        (say or _mute)(f"{name}: {choice.candidate.name} (before: {tried or 'no history'})")
        scored: dict[str, tuple[Any, float | None]] = {
            "amount alone (floor)": (payments["TX_AMOUNT"].to_numpy()[chosen.judged], None),
            FOREST: timed(lambda: _forest_scores(table, chosen, seed)),
            OURS: timed(lambda: scores_of(choice.candidate, table.ours, payments, chosen, seed)),
            **{one.model: timed(partial(scores_of, one, table.ours, payments, chosen, seed)) for one in own},
            "perfect (ceiling)": (label[chosen.judged].astype(np.float64), None),
        }
    found = []
    for subject, (score, seconds) in scored.items():
        reached = figures(payments, chosen, score)
        found += [Measurement(name, subject, metric, value, SHARE) for metric, value in reached.items()]
        found += [Measurement(name, subject, "CPU", seconds, "s")] if seconds is not None else []
    if table.name == "the book's table" and chosen.train == _PUBLISHED_WEEK:
        found += [
            Measurement(name, f"{FOREST} (as printed)", metric, value, SHARE) for metric, value in PUBLISHED.items()
        ]
    return found


def _forest_scores(table: _Table, chosen: Weeks, seed: int) -> Floats:
    label = table.payments["TX_FRAUD"].to_numpy()[chosen.learnt]
    forest = handbook_forest(seed).fit(table.book[chosen.learnt], label)
    found: Floats = forest.predict_proba(table.book[chosen.judged])[:, 1]
    return found


def _together(found: Sequence[Measurement]) -> Iterator[Measurement]:
    """Yield means over the weeks, and how often ours is above the book's forest."""
    names = list(dict.fromkeys(one.dataset for one in found))
    if len(names) < 2:
        return
    value = {(one.dataset, one.subject, one.metric): one.value for one in found}
    whole = f"mean of {len(names)} weeks"
    for subject in dict.fromkeys(one.subject for one in found if "printed" not in one.subject):
        for metric in PUBLISHED:
            yield Measurement(whole, subject, metric, mean(value[name, subject, metric] for name in names), SHARE)
    for metric in PUBLISHED:
        won = sum(value[name, OURS, metric] > value[name, FOREST, metric] for name in names)
        yield Measurement(whole, "weeks in which ours is better", metric, float(won), f"of {len(names)}")


def _silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def _mute(sentence: str) -> None:
    """Say nothing."""
