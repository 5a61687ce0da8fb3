"""The blend beside rules, each model alone and PyOD's detectors, on provinces that nobody has seen.

For each of some seeds a province of its own, split by time: learn, wait a week for labels, judge. Everybody gets the
same features (`fraud.features.CORE`); "rules" is a scorecard of the hits of all 561, the blend reads both. PyOD's
detectors learn no labels; "PyOD's best" is whichever of them turns out best on the judged rows of that seed, which is
more than anybody could know before.

Metrics: average precision, and the share of the stolen amount that is found when 0.1 % of the payments become alerts.
Who gives probabilities is ranked for the amount by probability x amount, as money is what is counted there; PyOD's
scores by themselves or times the amount, whichever is better. The second table counts only frauds of the kinds that no
rule was written for (slow theft, merchant collusion), with all honest payments. Means over the seeds, and how far the
blend is ahead: the mean of the differences within a seed with its 95 % interval (Student's t over the seeds). An
interval that reaches below zero proves nothing, and is shown; where a model alone is ahead, that is shown too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as student
from threadpoolctl import threadpool_limits

from benchmarks.errors import PeerMissingError
from benchmarks.measurement import SHARE, Measurement, Progress
from datasets import transactions, truth
from datasets.world import DAYS, FIRST_DAY
from fraud.features import FEATURES, FeatureBuilder
from fraud.features.catalogue import CORE
from fraud.metrics import average_precision, value_detected
from fraud.rules import full_rulebook
from fraud.rules.compiled import compile_rules
from fraud.schema import LABEL
from fraud.scorers import RULE_PREFIX, Blend, FactorizationMachine, FeatureRegression, Unusualness, fitted, score

__all__ = ["PACKAGES", "TITLE_ZH", "UNKNOWN", "run"]

TITLE_ZH = "融合模型与规则、单个模型、PyOD 的对比：多个未见过的省"

PACKAGES = ("numpy", "scipy", "pandas", "scikit-learn", "lightgbm", "pyod")
"""Whose versions belong into a record of this benchmark."""

UNKNOWN = ("slow_theft", "merchant_collusion")
"""Typologies that no rule was written for."""

BLEND, PYODS_BEST = "ours: blend", "PyOD's best"

Floats = npt.NDArray[np.float64]
Scores = dict[str, tuple[Floats, Floats]]
"""Under each subject its scores for the frauds, and for the amount."""

_FULL = {"seeds": (101, 102, 103, 104, 105, 106), "n": 400_000, "rate": 0.002, "trees": None}
_QUICK = {"seeds": (101, 102), "n": 12_000, "rate": 0.03, "trees": 20}
_BUDGET = 0.001
_DELAY, _JUDGED = 7.0, 0.25
_HONEST = 80_000
_CONFIDENCE = 0.95
_ALONE = {
    "regression alone": FeatureRegression(),
    "factorization alone": FactorizationMachine(random_state=0),
    "unusualness alone": Unusualness(random_state=0),
}


@dataclass(frozen=True, eq=False)
class _Province:
    """Rows to learn from and to judge: features and hits, labels, weights, times; amounts and typologies."""

    learnt: pd.DataFrame
    label: npt.NDArray[np.int64]
    weight: Floats
    times: Any
    judged: pd.DataFrame
    outcome: pd.DataFrame


def run(quick: bool = False, progress: Progress | None = None) -> tuple[Measurement, ...]:
    """Measure everybody on every province.

    Parameters
    ----------
    quick
        Two small provinces and 20 trees, in some seconds, instead of six with 400,000 payments each.
    progress
        Called with the name of a step, how much is done and how much there is.

    Raises
    ------
    PeerMissingError
        If PyOD is not installed.
    """
    told = progress or _silent
    size: Any = _QUICK if quick else _FULL
    reached: dict[tuple[str, str, str], list[float]] = {}
    for place, seed in enumerate(size["seeds"]):
        told("provinces · 各省", place, len(size["seeds"]))
        province = _province(size["n"], seed, size["rate"])
        with threadpool_limits(limits=1):
            scores = _scores(province, seed, size["trees"])
        for part, rows in _parts(province.outcome).items():
            for subject, values in _reached(province.outcome, rows, scores).items():
                for metric, value in values.items():
                    reached.setdefault((part, subject, metric), []).append(value)
    return tuple(_told(reached))


def _silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def _province(n: int, seed: int, rate: float) -> _Province:
    rulebook = full_rulebook()
    fields = {name for rule in rulebook.rules for name in rule.fields}
    names = tuple(dict.fromkeys((*CORE, *(one.name for one in FEATURES if one.name in fields))))
    builder, rules = FeatureBuilder([*transactions.COLUMNS, LABEL], _DELAY, names), compile_rules(rulebook)
    prefixed = [f"{RULE_PREFIX}{rule}" for rule in rules.ids]
    tables, facts = [], []
    for part in transactions.stream(n, seed, rate):
        frame = transactions.frame_of(part)
        made = builder.update(frame.assign(**{LABEL: truth.labels_of(part)}))
        hits = rules.hits({str(name): column for one in (made, frame) for name, column in one.items()})
        table = pd.concat([made[list(CORE)], pd.DataFrame(hits, made.index, prefixed, np.float32)], axis=1)
        known = truth.truth_of(part)[["transaction_id", "is_fraud", "typology"]]
        tables.append(table)
        facts.append(
            frame[["transaction_id", "occurred_at", "amount_fen"]].merge(known, on="transaction_id", how="left")
        )
    return _split(pd.concat(tables, ignore_index=True), pd.concat(facts, ignore_index=True))


def _split(table: pd.DataFrame, facts: pd.DataFrame) -> _Province:
    """Part by time; of the honest rows that are learnt from, at most 80,000 at even distances."""
    start = pd.Timestamp(FIRST_DAY)
    judge_from = start + pd.Timedelta(days=DAYS * (1 - _JUDGED))
    when, fraud = facts["occurred_at"], facts["is_fraud"].fillna(0).to_numpy(np.int64)
    is_learnt = (when < judge_from - pd.Timedelta(days=_DELAY)).to_numpy()
    honest = np.flatnonzero(is_learnt & (fraud == 0))
    step = max(1, len(honest) // _HONEST)
    rows = np.sort(np.concatenate([honest[::step], np.flatnonzero(is_learnt & (fraud == 1))]))
    is_judged = (when >= judge_from).to_numpy()
    outcome = facts[is_judged].assign(is_fraud=fraud[is_judged]).reset_index(drop=True)
    weight = np.where(fraud[rows] == 1, 1.0, float(step))
    judged = table[is_judged].reset_index(drop=True)
    return _Province(table.iloc[rows], fraud[rows], weight, when.to_numpy()[rows], judged, outcome)


def _scores(province: _Province, seed: int, trees: int | None) -> Scores:
    amount = province.outcome["amount_fen"].to_numpy(np.float64)
    plain = [str(name) for name in province.learnt if not str(name).startswith(RULE_PREFIX)]
    blend = Blend(n_trees=trees, delay=_DELAY, random_state=seed)
    blend.fit(province.learnt, province.label, province.weight, times=province.times)
    names = {"blend": BLEND, "rules": "rules alone"}
    members = blend.predict_members(province.judged)
    found = {names.get(one, f"{one} alone"): chance for one, chance in members.items()}
    for name, model in _ALONE.items():
        if name in found:  # it is a member of the house's blend
            continue
        learner = model.fit(province.learnt[plain], province.label, province.weight)
        found[name] = score(learner, province.judged[plain])
    made = {name: (chance, chance * amount) for name, chance in found.items()}
    return made | _pyod(province, plain, seed)


def _pyod(province: _Province, plain: Sequence[str], seed: int) -> Scores:
    try:
        from pyod.models.copod import COPOD
        from pyod.models.ecod import ECOD
        from pyod.models.iforest import IForest
        from pyod.models.pca import PCA
    except ImportError:
        raise PeerMissingError("pyod is not installed; the extra 'peers' of Hexi has it") from None
    amount = province.outcome["amount_fen"].to_numpy(np.float64)
    found = {}
    for detector in (ECOD(), COPOD(), PCA(random_state=seed), IForest(random_state=seed)):
        learner = fitted(detector, province.learnt[plain], province.label)
        values = score(learner, province.judged[plain])
        found[f"PyOD {type(detector).__name__}"] = (values, (values - values.min()) * amount)
    return found


def _parts(outcome: pd.DataFrame) -> dict[str, npt.NDArray[np.bool_]]:
    unknown = outcome["typology"].isin(UNKNOWN).to_numpy() | (outcome["is_fraud"] == 0).to_numpy()
    return {"all frauds": np.ones(len(outcome), bool), "frauds that no rule was written for": unknown}


def _reached(outcome: pd.DataFrame, rows: npt.NDArray[np.bool_], scores: Scores) -> dict[str, dict[str, float]]:
    """Return both metrics of each subject on some rows; empty if there is no fraud among them."""
    label, amount = outcome["is_fraud"].to_numpy()[rows], outcome["amount_fen"].to_numpy()[rows]
    if not label.any():
        return {}
    found = {}
    for subject, (by_fraud, by_amount) in scores.items():
        ways = (by_fraud, by_amount) if subject.startswith("PyOD") else (by_amount,)
        value = max(value_detected(label, way[rows], amount, _BUDGET) for way in ways)
        found[subject] = {"average precision": average_precision(label, by_fraud[rows]), "value at 0.1%": value}
    others = [values for subject, values in found.items() if subject.startswith("PyOD")]
    found[PYODS_BEST] = {metric: max(one[metric] for one in others) for metric in others[0]}
    return {subject: values for subject, values in found.items() if not subject.startswith("PyOD ")}


def _told(reached: Mapping[tuple[str, str, str], Sequence[float]]) -> Iterator[Measurement]:
    for (part, subject, metric), values in reached.items():
        yield Measurement(part, subject, metric, mean(values), SHARE)
    for (part, subject, metric), values in reached.items():
        if subject == BLEND:
            continue
        ahead = [ours - theirs for ours, theirs in zip(reached[part, BLEND, metric], values, strict=True)]
        low, high = _interval(ahead)
        short = "AP" if metric == "average precision" else "value"
        for name, value in (("by", mean(ahead)), ("at least", low), ("at most", high)):
            yield Measurement(f"{part}: the blend is ahead of", subject, f"{short} {name}", value, SHARE)


def _interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the interval of the mean in which it lies with a probability of 95 %."""
    if len(values) < 2:
        return values[0], values[0]
    half = float(student.ppf((1 + _CONFIDENCE) / 2, len(values) - 1)) * stdev(values) / sqrt(len(values))
    return mean(values) - half, mean(values) + half
