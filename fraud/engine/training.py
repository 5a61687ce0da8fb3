"""An engine trained from a table: features and rules over the past, a model of what turned out to be fraud, one folder.

All rows are taken into the features, so that the engine goes on where the table ends; the model learns from the rows
before a moment at which their labels are known.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from fraud.costs import CostTable, read_costs
from fraud.engine.canonical import seconds
from fraud.engine.capacity import Capacity
from fraud.engine.clock import Clock
from fraud.engine.deciding import Engine
from fraud.engine.folder import save_engine
from fraud.engine.setting import Model
from fraud.errors import TooFewRowsError
from fraud.features.asked import asked_by
from fraud.features.reading import read_flags
from fraud.rules import Rulebook
from fraud.sample import LearningSample
from fraud.schema import LABEL
from fraud.scorers import RULE_PREFIX

__all__ = ["FEWEST_FRAUDS", "Trained", "fit_model", "shipped_costs", "train"]

FEWEST_FRAUDS = 20
"""With fewer frauds to learn from there is no model, and rules and lists decide."""


class Trained(NamedTuple):
    """The engine as it stands at the end of the table, and what it learnt from.

    `left_out` names for each rule that the table cannot feed the fields that it lacks; `version` is that of the folder,
    empty if none was written.
    """

    engine: Engine
    rows: int
    learnt: int
    frauds: int
    left_out: Mapping[str, tuple[str, ...]]
    version: str


def shipped_costs() -> CostTable:
    """Return the table of costs that comes with the package.

    Examples
    --------
    >>> shipped_costs().step_up.share_lost < 1
    True
    """
    path = Path(__file__).parents[1] / "policies" / "costs.toml"
    return read_costs(path.read_text(encoding="utf-8"))


def train(
    chunks: Iterable[pd.DataFrame],
    columns: Sequence[str],
    learn_until: datetime,
    folder: str | Path | None = None,
    *,
    rulebook: Rulebook | None = None,
    costs: CostTable | None = None,
    scorer: Any = None,
    features: Sequence[str] | None = None,
    delay_days: float = 7.0,
    capacity: Capacity | None = None,
    most: int = 50_000,
    seed: int = 0,
) -> Trained:
    """Train an engine.

    Parameters
    ----------
    chunks
        Tables in time order with the columns of `fraud.schema`, the label among them.
    columns
        Names of their columns.
    learn_until
        Local time before which rows are learnt from: a delay before the table's end, or earlier.
    folder
        Where the engine is written, see `fraud.engine.folder`; None writes nothing.
    rulebook, costs, scorer
        Shipped ones by default: the rulebook of 561 rules, the table of costs, `fraud.scorers.Blend`. Rules whose
        fields the table lacks are left out.
    features
        Names of the features that the model reads, `fraud.features.catalogue.CORE` by default; those that rules read
        are made as well.
    delay_days
        Days until a label is known.
    capacity
        Of the analysts; None is without end.
    most
        Largest number of rows of each class that are learnt from, spread evenly over time.
    seed
        Of the scorer that is made by default.

    Raises
    ------
    TooFewRowsError
        If no row is before `learn_until`.
    """
    from fraud.online import OnlineFeatures
    from fraud.rules.compiled import compile_rules
    from fraud.rules.reading import full_rulebook

    whole = full_rulebook() if rulebook is None else rulebook
    read = [name for rule in whole.rules for name in rule.fields]
    online = OnlineFeatures(columns, delay_days, asked_by(read, features))
    book, left_out = whole.available([*columns, *online.names])
    rules, sample = compile_rules(book), LearningSample(most)
    rows, latest = 0, None
    for chunk in chunks:
        table = online.update(chunk)
        is_learnt = (chunk["occurred_at"] < learn_until).to_numpy()
        if is_learnt.any():
            _learn(sample, chunk[is_learnt], table[is_learnt], rules)
        if len(chunk):
            rows, latest = rows + len(chunk), seconds(pd.Timestamp(chunk["occurred_at"].iloc[-1]).to_pydatetime())
    if not sample.honest + sample.frauds:
        raise TooFewRowsError(f"none of {rows:,} transactions is before {learn_until}; learn until a later time")
    model = fit_model(sample, scorer, seed, {"learn_until": learn_until.isoformat(), "delay_days": delay_days})
    engine = Engine(online, book, model, shipped_costs() if costs is None else costs, capacity=capacity)
    engine.clock = Clock(latest)
    about = {"rows": rows, "learnt": sample.honest + sample.frauds, "frauds": sample.frauds}
    version = "" if folder is None else save_engine(engine, folder, about)
    return Trained(engine, rows, sample.honest + sample.frauds, sample.frauds, left_out, version)


def _learn(sample: LearningSample, chunk: pd.DataFrame, features: pd.DataFrame, rules: Any) -> None:
    raw = {name: chunk[name] for name in chunk.columns if name != LABEL}
    hits: npt.NDArray[np.bool_] = rules.hits({**raw, **{name: features[name] for name in features.columns}})
    named = pd.DataFrame(hits.astype(np.float64), features.index, [f"{RULE_PREFIX}{rule}" for rule in rules.ids])
    sample.add(pd.concat([features, named], axis=1), read_flags(chunk).astype(np.int8))


def fit_model(sample: LearningSample, scorer: Any, seed: int, about: Mapping[str, Any]) -> Model | None:
    """Return the model that was learnt, as its file gives it back, or None if there are too few frauds.

    Parameters
    ----------
    sample
        Rows of features and hits with their labels.
    scorer
        Unfitted; None is `fraud.scorers.Blend`.
    seed
        Of the scorer that is made by default.
    about
        What is written down with the model.

    Examples
    --------
    >>> fit_model(LearningSample(), None, 0, {}) is None
    True
    """
    if sample.frauds < FEWEST_FRAUDS:
        return None
    from tempfile import TemporaryDirectory

    from fraud import modelfile
    from fraud.scorers import Blend

    X, y, weight = sample.table()
    fitted = (Blend(random_state=seed) if scorer is None else scorer).fit(X, y, sample_weight=weight)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.hexi"
        modelfile.save(path, fitted, list(X.columns), about)
        return modelfile.load(path)
