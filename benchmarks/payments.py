"""Payments to learn from and to judge, with features and hits of rules, made once for all subjects.

The same path as `fraud.evaluation`: features with what was known in each second, rules, the learning sample, a gap as
long as labels take, then the rows to judge. Two datasets hold the same rows of the province. One has all its columns;
the other only those that a foreign file has (time, customer, terminal, amount, label), so that it can be seen how much
of a score hangs on devices and lists. A third is anybody's file, read as the case reads one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.errors import NoLabelsError
from benchmarks.measurement import Progress
from datasets import handbook, transactions, truth
from datasets.world import DAYS, FIRST_DAY
from fraud import intake
from fraud.features import FeatureBuilder
from fraud.features.codes import Coder
from fraud.metrics import known_compromised
from fraud.rules import Rulebook, first_rulebook
from fraud.sample import LearningSample
from fraud.schema import LABEL
from fraud.scorers import RULE_PREFIX
from fraud.split import TimeSplit, judged_share, time_split

__all__ = ["FEWEST_FRAUDS", "Payments", "foreign_columns", "from_file", "prepare", "province"]

FEWEST_FRAUDS = 5
"""So many frauds a file must have to learn from, and so many to judge."""

_FOREIGN = ("occurred_at", "customer_id", "terminal_id", "amount_fen", LABEL)


@dataclass(frozen=True, eq=False)
class Payments:
    """One dataset, ready for any scorer.

    Parameters
    ----------
    name
        What it is called in the table of results.
    learnt, label
        Features and hits of the learning sample in time order, NaN where a value is missing, shape (n, m), float64;
        1 for fraud, 0 else, shape (n,), int8.
    judged
        Features and hits of the payments to judge, the same columns.
    outcome
        What came of these: is_fraud, amount_fen, customer (code), occurred_at, known (the customer's fraud was
        confirmed before).
    """

    name: str
    learnt: pd.DataFrame
    label: npt.NDArray[np.int8]
    judged: pd.DataFrame
    outcome: pd.DataFrame


def province(n: int, seed: int, base_rate: float, progress: Progress) -> Payments:
    """Return n payments of the province with all its columns, as a dataset.

    Raises
    ------
    OutOfRangeError
        If n, seed or base rate is out of range.
    """

    def frames() -> Iterator[pd.DataFrame]:
        for part in transactions.stream(n, seed, base_rate):
            yield transactions.frame_of(part).assign(**{LABEL: truth.labels_of(part)})

    columns = (*transactions.COLUMNS, LABEL)
    return prepare("province", _counted(frames(), n, progress), columns, _split_of_the_province())


def foreign_columns(n: int, seed: int, base_rate: float, progress: Progress) -> Payments:
    """Return the same payments with the five columns of a foreign file only.

    Raises
    ------
    OutOfRangeError
        If n, seed or base rate is out of range.
    """
    names = {
        "TX_DATETIME": "occurred_at",
        "CUSTOMER_ID": "customer_id",
        "TERMINAL_ID": "terminal_id",
        "TX_FRAUD": LABEL,
    }

    def frames() -> Iterator[pd.DataFrame]:
        for frame in handbook.make(n, seed, base_rate):
            fen = (frame["TX_AMOUNT"] * 100).round().astype(np.int64)
            yield frame.rename(columns=names).assign(amount_fen=fen)[list(_FOREIGN)]

    return prepare("foreign columns", _counted(frames(), n, progress), _FOREIGN, _split_of_the_province())


def from_file(source: Path, mapping: Path | None, folder: Path, progress: Progress) -> Payments:
    """Return the labelled payments of somebody's CSV or Parquet file as a dataset.

    Parameters
    ----------
    source
        The file, in any order, under any names of columns.
    mapping
        TOML file that names its columns; None to guess them from the header.
    folder
        A temporary folder, as large as the file.

    Raises
    ------
    FraudError
        If the file or the mapping is refused; the message says why.
    NoLabelsError
        If it has no label, or too few frauds in the time that is learnt from or judged.
    """
    head = intake.peek(source)
    chosen = intake.load(mapping) if mapping else intake.guess(head.header, head.sample)
    intake.check_header(head.header, chosen)
    staged = intake.stage(source, chosen, folder, lambda done, total: progress("reading · 读取", done, total))
    if not staged.labelled:
        raise NoLabelsError(
            f"{source.name} has no label, and nothing can be measured without one; "
            f"name its column as {LABEL} under [columns] in a file for --mapping"
        )
    split = time_split(staged.first, staged.last, judged_share(staged.rows))
    frames = (frame[frame[LABEL].notna()] for frame in intake.chunks(staged))
    made = prepare(source.name, _counted(frames, staged.labelled, progress), staged.columns, split)
    for part, frauds in (("learn from", int(made.label.sum())), ("judge", int(made.outcome["is_fraud"].sum()))):
        if frauds < FEWEST_FRAUDS:
            raise NoLabelsError(f"{source.name} has {frauds} frauds to {part}, but at least {FEWEST_FRAUDS} are needed")
    return made


def _split_of_the_province() -> TimeSplit:
    first = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day)
    return time_split(first, first + timedelta(days=DAYS))


def _counted(frames: Iterable[pd.DataFrame], total: int, progress: Progress) -> Iterator[pd.DataFrame]:
    done = 0
    for frame in frames:
        yield frame
        done += len(frame)
        progress("features and rules · 特征与规则", done, total)


def prepare(name: str, frames: Iterable[pd.DataFrame], columns: Iterable[str], split: TimeSplit) -> Payments:
    """Make features and hits of a stream of labelled payments, and part it by time.

    Parameters
    ----------
    name
        What the dataset is called.
    frames
        Payments in time order, with the columns of `fraud.schema` that are named, and the label.
    columns
        Names of their columns.
    split
        Which time is learnt from, and which judged.

    Returns
    -------
    Payments
        Without the columns that have no value at all in the learning sample, since not every peer can take them.
    """
    columns = tuple(columns)
    builder = FeatureBuilder(columns, split.delay_days)
    rulebook, _ = first_rulebook().available((set(columns) - {LABEL}) | set(builder.names))
    sample, customers = LearningSample(), Coder()
    judged: list[pd.DataFrame] = []
    outcome: list[pd.DataFrame] = []
    for frame in frames:
        table = _with_hits(builder.update(frame), frame, rulebook)
        when, label = frame["occurred_at"], frame[LABEL].to_numpy(np.int8)
        is_learnt, is_judged = (when < split.learn_until).to_numpy(), (when >= split.judge_from).to_numpy()
        sample.add(table[is_learnt], label[is_learnt])
        judged.append(table[is_judged])
        facts = {"is_fraud": label, "customer": customers.encode(frame["customer_id"]), "is_judged": is_judged}
        outcome.append(frame[["occurred_at", "amount_fen"]].assign(**facts))
    learnt, label, _ = sample.table()
    filled = list(learnt.columns[learnt.notna().any()])
    came = _known(pd.concat(outcome, ignore_index=True), split)
    return Payments(name, learnt[filled], label, pd.concat(judged, ignore_index=True)[filled], came)


def _with_hits(features: pd.DataFrame, frame: pd.DataFrame, rulebook: Rulebook) -> pd.DataFrame:
    raw: dict[str, Any] = {str(name): frame[name] for name in frame.columns if name != LABEL}
    hits = rulebook.hits({**{name: features[name] for name in features.columns}, **raw})
    names = [f"{RULE_PREFIX}{rule}" for rule in rulebook.ids]
    return pd.concat([features, pd.DataFrame(hits, features.index, names, np.float64)], axis=1)


def _known(rows: pd.DataFrame, split: TimeSplit) -> pd.DataFrame:
    day = rows["occurred_at"].to_numpy().astype("datetime64[D]").astype(np.int64)
    known = known_compromised(rows["is_fraud"], rows["customer"], day, round(split.delay_days))
    marked = rows.assign(known=known)[rows["is_judged"]].drop(columns="is_judged")
    return marked.reset_index(drop=True)
