"""The whole path over one stream: features, rules, learning, scoring, deciding.

The stream is read once, in time order. What lies before the split is learnt from; then the delay is waited out, in
which labels are not known; from then on every payment is scored with what was known in its second. Memory holds the
state of the features, the learning sample, and a few numbers for each judged row, never the stream.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fraud.alerts import AlertBook
from fraud.costs import CostTable
from fraud.decision import decide
from fraud.errors import TooFewRowsError
from fraud.features import FeatureBuilder
from fraud.features.asked import asked_by
from fraud.features.codes import Coder
from fraud.reasons import reference_values
from fraud.rules import ACTIONS, Rulebook
from fraud.rules.compiled import compile_rules
from fraud.sample import LearningSample
from fraud.schema import LABEL
from fraud.scorers import RULE_PREFIX, Blend, RulesAndIsolation
from fraud.split import TimeSplit

__all__ = ["FEWEST_FRAUDS", "Evaluation", "evaluate"]

FEWEST_FRAUDS = 10
"""With fewer frauds to learn from, labels are not used and the unusual is ranked instead."""

_FEWEST_ROWS = 200

Progress = Callable[[str, int], None]
"""Called with the name of a step and the rows that it has just done."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What came of one stream.

    Parameters
    ----------
    split
        Which time was learnt from and which was judged.
    features, features_left_out
        Names of the features, and of those left out with the columns they miss.
    rulebook, rules_left_out
        The rules that were used, and those left out with the fields they miss.
    learnt, frauds_learnt
        Rows and frauds before the split.
    scorer
        The fitted scorer.
    from_labels
        Whether it learnt from labels; if not, scores are ranks and the decisions are the rules' alone.
    scored
        One row for each judged payment: transaction_id, occurred_at, customer (code), amount_fen, is_fraud (NaN where
        there is no label), known (the customer's fraud was confirmed before), hit (some rule hit), score, decision,
        and the score of each member of the blend.
    rules
        One row for each rule: hits and frauds among the judged payments.
    alerts
        The payments with the highest scores, with all that is needed to explain them.
    reference
        What is usual: the median of each feature in the learning sample.
    """

    split: TimeSplit
    features: tuple[str, ...]
    features_left_out: dict[str, tuple[str, ...]]
    rulebook: Rulebook
    rules_left_out: dict[str, tuple[str, ...]]
    learnt: int
    frauds_learnt: int
    scorer: Any
    from_labels: bool
    scored: pd.DataFrame
    rules: pd.DataFrame
    alerts: AlertBook
    reference: "pd.Series[float]"


def evaluate(
    chunks: Iterable[pd.DataFrame],
    columns: Sequence[str],
    split: TimeSplit,
    rulebook: Rulebook,
    costs: CostTable,
    seed: int = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Learn from the earlier part of a stream and judge the later part.

    Parameters
    ----------
    chunks
        Frames in time order with the columns of `fraud.schema`; with the label, or without.
    columns
        Names of their columns.
    split
        Which time is learnt from, see `fraud.split.time_split`.
    rulebook
        The rules; those whose fields are missing are left out and named.
    costs
        What each action costs.
    seed
        Seed of the scorer.
    progress
        Called with "rows" or "learning", and a number of rows.

    Raises
    ------
    TooFewRowsError
        If there are fewer than 200 payments to learn from, or none to judge.
    """
    path = _Path(columns, split, rulebook, costs, seed, progress or _silent)
    for chunk in chunks:
        path.take(chunk)
    return path.finish()


def _silent(step: str, rows: int) -> None:
    """Report no progress."""


class _Path:
    """The state of one reading of a stream."""

    def __init__(
        self,
        columns: Sequence[str],
        split: TimeSplit,
        rulebook: Rulebook,
        costs: CostTable,
        seed: int,
        progress: Progress,
    ) -> None:
        self.split, self.costs, self.seed, self.progress = split, costs, seed, progress
        read = [name for rule in rulebook.rules for name in rule.fields]
        self.builder = FeatureBuilder(columns, split.delay_days, asked_by(read))
        fields = (set(columns) - {LABEL}) | set(self.builder.names)
        self.rulebook, self.rules_left_out = rulebook.available(fields)
        self.rules = compile_rules(self.rulebook)
        self.severity = {f"{RULE_PREFIX}{rule.id}": float(rule.severity) for rule in self.rulebook.rules}
        self.demands = np.array([ACTIONS.index(rule.action) for rule in self.rulebook.rules], np.int8)
        self.labelled = LABEL in columns
        self.sample = LearningSample()
        self.customers = Coder()
        self.first_fraud: dict[int, int] = {}
        self.scorer: Any = None
        self.from_labels = False
        self.reference = pd.Series(dtype=np.float64)
        self.parts: list[pd.DataFrame] = []
        self.hits = np.zeros((2, len(self.rulebook.rules)), np.int64)
        self.alerts = AlertBook(self.rulebook)

    def take(self, chunk: pd.DataFrame) -> None:
        """Work over the next rows."""
        features = self.builder.update(chunk)
        raw = {name: chunk[name] for name in chunk.columns if name != LABEL}
        hits = self.rules.hits({**{name: features[name] for name in features.columns}, **raw})
        table = pd.concat([features, pd.DataFrame(hits, features.index, list(self.severity), np.float64)], axis=1)
        label = chunk[LABEL].to_numpy(np.float64) if self.labelled else np.full(len(chunk), np.nan)
        customer = self.customers.encode(chunk["customer_id"])
        self._note_frauds(chunk["occurred_at"], customer, label)
        is_learnt = (chunk["occurred_at"] < self.split.learn_until).to_numpy()
        is_judged = (chunk["occurred_at"] >= self.split.judge_from).to_numpy()
        if is_learnt.any():
            known = np.where(label == 1, 1, 0).astype(np.int8)[is_learnt]
            self.sample.add(table[is_learnt], known, chunk["occurred_at"][is_learnt])
        if is_judged.any():
            self._judge(chunk[is_judged], table[is_judged], hits[is_judged], label[is_judged], customer[is_judged])
        self.progress("rows", len(chunk))

    def _note_frauds(
        self, when: "pd.Series[Any]", customer: npt.NDArray[np.int64], label: npt.NDArray[np.float64]
    ) -> None:
        """Remember the day of each customer's first fraud, for the metric that leaves known ones out."""
        day = _day(when)
        for place in np.flatnonzero(label == 1):
            self.first_fraud.setdefault(int(customer[place]), int(day[place]))

    def _learn(self) -> None:
        X, y, weight = self.sample.table()
        if len(X) < _FEWEST_ROWS:
            raise TooFewRowsError(
                f"there are {len(X):,} transactions before {self.split.learn_until} to learn from, "
                f"but at least {_FEWEST_ROWS} are needed"
            )
        self.progress("learning", 0)
        self.from_labels = self.sample.frauds >= FEWEST_FRAUDS
        if self.from_labels:
            scorer = Blend(delay=self.split.delay_days, random_state=self.seed, n_jobs=-1)
            self.scorer = scorer.fit(X, y, weight, times=self.sample.times())
        else:
            self.scorer = RulesAndIsolation(severity=self.severity, random_state=self.seed).fit(X)
        self.reference = reference_values(X)
        self.progress("learning", len(X))

    def _judge(
        self,
        chunk: pd.DataFrame,
        table: pd.DataFrame,
        hits: npt.NDArray[np.bool_],
        label: npt.NDArray[np.float64],
        customer: npt.NDArray[np.int64],
    ) -> None:
        if self.scorer is None:
            self._learn()
        members = self._scores(table)
        amount = chunk["amount_fen"].to_numpy()
        floor = (hits * self.demands).max(axis=1, initial=0).astype(np.int8)
        score = members.pop("blend")
        decision = decide(score, amount, self.costs, floor) if self.from_labels else floor
        numbers = chunk["transaction_id"].to_numpy() if "transaction_id" in chunk else chunk.index.to_numpy()
        made = pd.DataFrame(
            {
                "transaction_id": numbers,
                "occurred_at": chunk["occurred_at"].to_numpy(),
                "customer": customer.astype(np.int32),
                "amount_fen": amount,
                "is_fraud": label.astype(np.float32),
                "hit": hits.any(axis=1),
                "score": score,
                "decision": decision,
                **{name: values.astype(np.float32) for name, values in members.items()},
            }
        )
        self.parts.append(made)
        self.hits += np.array([hits.sum(axis=0), hits[label == 1].sum(axis=0)])
        self.alerts.add(made, chunk, table)

    def _scores(self, table: pd.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
        if self.from_labels:
            members: dict[str, npt.NDArray[np.float64]] = self.scorer.predict_members(table)
            return members
        return {"blend": self.scorer.predict_proba(table)[:, 1]}

    def finish(self) -> Evaluation:
        """Put together what was seen."""
        if not self.parts:
            raise TooFewRowsError(f"there is no transaction from {self.split.judge_from} on to judge")
        scored = pd.concat(self.parts, ignore_index=True)
        first = pd.Series(self.first_fraud, dtype=np.float64)
        since = _day(scored["occurred_at"]) - scored["customer"].map(first).to_numpy()
        return Evaluation(
            split=self.split,
            features=self.builder.names,
            features_left_out=self.builder.left_out,
            rulebook=self.rulebook,
            rules_left_out=self.rules_left_out,
            learnt=self.sample.honest + self.sample.frauds,
            frauds_learnt=self.sample.frauds,
            scorer=self.scorer,
            from_labels=self.from_labels,
            scored=scored.assign(known=since > self.split.delay_days),
            rules=pd.DataFrame(self.hits.T, list(self.rulebook.ids), ["hits", "frauds"]),
            alerts=self.alerts,
            reference=self.reference,
        )


def _day(when: "pd.Series[Any]") -> npt.NDArray[np.int64]:
    return when.to_numpy().astype("datetime64[D]").astype(np.int64)
