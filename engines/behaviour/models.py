"""Models side by side on the same payments, what each feature tells, and how soon one event is answered."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks.payments import Payments, province
from datasets import transactions, truth
from datasets.world import DAYS, FIRST_DAY
from engines.progress import Report
from fraud.engine.training import train
from fraud.metrics import average_precision, recall_at_budget, value_detected
from fraud.schema import LABEL
from fraud.scorers import RULE_PREFIX
from fraud.scorers.anomaly import Unusualness
from fraud.scorers.blend import Blend
from fraud.scorers.boosting import GradientBoosting
from fraud.scorers.factorization import FactorizationMachine
from fraud.scorers.forest import RandomForest
from fraud.scorers.information import InformationGain
from fraud.scorers.regression import FeatureRegression
from fraud.scorers.scorecard import RuleScorecard

__all__ = ["Answered", "Reached", "compare_models", "payments_of", "telling_features", "time_of_an_answer"]

_BUDGET = 0.001
_EVENTS = 2_000


@dataclass(frozen=True)
class Reached:
    """What one model reached on later payments, as shares."""

    name: str
    name_zh: str
    average_precision: float
    recall: float
    value: float


@dataclass(frozen=True)
class Answered:
    """How long one event took from the raw event to the decision, in milliseconds: half of them, and 99 of 100."""

    events: int
    half: float
    most: float


def payments_of(size: int, seed: int, base_rate: float, progress: Report) -> Payments:
    """Return payments of the province with features and rules, to learn from and to judge."""
    return province(size, seed, base_rate, progress)


def compare_models(payments: Payments, seed: int, progress: Report) -> list[Reached]:
    """Let every model learn from the same earlier payments and judge the same later ones; the blend comes last."""
    rules = [name for name in payments.learnt.columns if name.startswith(RULE_PREFIX)]
    plain = [name for name in payments.learnt.columns if name not in rules]
    subjects: list[tuple[str, str, Any, list[str]]] = [
        ("rules' scorecard", "规则评分卡", RuleScorecard(), rules),
        ("logistic regression", "逻辑回归", FeatureRegression(), plain),
        ("isolation forest", "孤立森林", Unusualness(random_state=seed), plain),
        ("factorization machine", "因子分解机", FactorizationMachine(random_state=seed), plain),
        ("random forest", "随机森林", RandomForest(random_state=seed), plain),
        ("gradient boosting", "梯度提升树", GradientBoosting(random_state=seed), plain),
        ("blend", "融合", Blend(random_state=seed), [*plain, *rules]),
    ]
    label = payments.outcome["is_fraud"].to_numpy()
    amount = payments.outcome["amount_fen"].to_numpy()
    found = []
    for place, (name, name_zh, model, columns) in enumerate(subjects):
        progress("models · 模型", place, len(subjects))
        with threadpool_limits(limits=2):
            model.fit(payments.learnt[columns], payments.label)
            score = model.predict_proba(payments.judged[columns])[:, 1]
        reached = (recall_at_budget(label, score, _BUDGET), value_detected(label, score, amount, _BUDGET))
        found.append(Reached(name, name_zh, average_precision(label, score), *map(float, reached)))
    progress("models · 模型", len(subjects), len(subjects))
    return found


def telling_features(payments: Payments, most: int = 10) -> list[tuple[str, float]]:
    """Return the features that tell most about fraud, with the bits that each tells, the most telling first."""
    plain = [name for name in payments.learnt.columns if not name.startswith(RULE_PREFIX)]
    chosen = InformationGain(most=most).fit(payments.learnt[plain], payments.label)
    order = np.argsort(-chosen.gains_, kind="stable")[:most]
    return [(plain[place], float(chosen.gains_[place])) for place in order]


def time_of_an_answer(size: int, seed: int) -> Answered:
    """Train the whole engine on the province's payments, and time it on events that follow."""

    def frames() -> Iterator[pd.DataFrame]:
        for part in transactions.stream(size, seed):
            yield transactions.frame_of(part).assign(**{LABEL: truth.labels_of(part)})

    whole = pd.concat(frames(), ignore_index=True)
    past, later = whole.iloc[:-_EVENTS], whole.iloc[-_EVENTS:]
    end = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day) + timedelta(days=DAYS)
    trained = train([past], list(whole.columns), end - timedelta(days=14), seed=seed)
    times = []
    for event in _events(later):
        began = time.perf_counter()
        trained.engine.decide(event)
        times.append((time.perf_counter() - began) * 1_000)
    return Answered(len(times), float(np.median(times)), float(np.quantile(times, 0.99)))


def _events(frame: pd.DataFrame) -> Iterator[dict[str, object]]:
    plain = frame.drop(columns=[LABEL]).astype(object)
    for row in plain.where(plain.notna(), None).to_dict("records"):
        row["occurred_at"] = pd.Timestamp(row["occurred_at"]).to_pydatetime()
        yield {str(name): value for name, value in row.items()}
