"""What we learn from on the Handbook's payments, and with what: chosen on weeks before the one that is learnt from.

The features are those of `fraud.features` that five columns allow, and two quotients of them: how far the customer's
largest and mean amounts of the last week are above the usual one, since a stolen card is used more than once. Nothing
here knows the table: which list of features and which model is taken is decided by the protocol itself, applied to the
weeks that end before the first week of learning. Whoever brings another month gets another choice, perhaps.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import mean
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.errors import LayoutError
from benchmarks.handbook_weeks import DELAY_DAYS, Weeks, figures, weeks
from fraud.features import FeatureBuilder
from fraud.schema import LABEL
from fraud.scorers import Blend, GradientBoosting, RandomForest, fitted, score

__all__ = ["CANDIDATES", "Candidate", "Chosen", "choose", "our_features", "scores_of"]

Floats = npt.NDArray[np.float64]
Progress = Callable[[int], None]

_CHUNK = 65_536
_WEEK = timedelta(days=7)

_AMOUNT = ("amount_fen", "customer_usual_ratio", "customer_unusualness", "customer_amount_ratio")
_RISK = tuple(f"terminal_{stat}_{window}" for stat in ("frauds", "fraud_rate") for window in ("1d", "7d", "30d"))
_LATELY = ("recent_peak_ratio", "recent_mean_ratio")
_HABITS = (
    *("hour", "weekday", "customer_count_total", "customer_seconds_since_last", "terminal_seconds_since_last"),
    *(
        f"{who}_{stat}_{window}"
        for who in ("customer", "terminal")
        for stat in ("count", "sum")
        for window in ("1d", "7d")
    ),
    *("customer_count_30d", "terminal_count_30d", "customer_frauds_30d", "customer_hours_share", "new_terminal"),
)
_NEEDED = ("customer_max_7d", "customer_mean_7d")
_ASKED = tuple(dict.fromkeys((*_AMOUNT, *_RISK, *_HABITS, *_NEEDED)))

LISTS: dict[str, tuple[str, ...]] = {
    "few": (*_AMOUNT, *_RISK, *_LATELY, "customer_count_total", "customer_frauds_30d"),
    "many": (*_AMOUNT, *_RISK, *_LATELY, *_HABITS),
}


@dataclass(frozen=True)
class Candidate:
    """A list of features by its name in `LISTS`, and a function from a seed to a model that is not fitted."""

    features: str
    model: str
    make: Callable[[int], Any]

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self.model} on {self.features} features"


@dataclass(frozen=True)
class Chosen:
    """The candidate that was best on the weeks before, and the average precision of each there (empty: no history)."""

    candidate: Candidate
    reached: dict[str, float]


def _forest(seed: int) -> Any:
    return RandomForest(n_trees=200, chance="thresholds", features=0.3, min_samples_leaf=2, random_state=seed)


def _both(seed: int) -> Any:
    members = {
        "forest": _forest(seed),
        "boosting": GradientBoosting(n_trees=200, learning_rate=0.03, random_state=seed),
    }
    return Blend(members=members, random_state=seed)


CANDIDATES: tuple[Candidate, ...] = (
    Candidate("few", "forest", _forest),
    Candidate("many", "forest", _forest),
    Candidate("few", "forest and boosting", _both),
    Candidate("many", "forest and boosting", _both),
)
"""The first is taken where there is too little history to choose."""


def our_features(payments: pd.DataFrame, progress: Progress | None = None) -> pd.DataFrame:
    """Return our features of payments in the Handbook's layout, float64 of shape (n, m), NaN where nothing is known.

    Parameters
    ----------
    payments
        A table of `in_layout`.
    progress
        Called with the number of rows that are done.
    """
    names = {
        "TX_DATETIME": "occurred_at",
        "CUSTOMER_ID": "customer_id",
        "TERMINAL_ID": "terminal_id",
        "TX_FRAUD": LABEL,
    }
    frame = payments.rename(columns=names).assign(
        amount_fen=(payments["TX_AMOUNT"] * 100).round().astype(np.int64),
        customer_id=payments["CUSTOMER_ID"].astype(str).astype("category"),
        terminal_id=payments["TERMINAL_ID"].astype(str).astype("category"),
    )
    columns = ["occurred_at", "customer_id", "terminal_id", "amount_fen", LABEL]
    builder = FeatureBuilder(columns, DELAY_DAYS, features=_ASKED)
    parts = []
    for begin in range(0, len(frame), _CHUNK):
        parts.append(builder.update(frame[columns].iloc[begin : begin + _CHUNK]))
        (progress or _silent)(min(begin + _CHUNK, len(frame)))
    made = pd.concat(parts)
    usual = made["amount_fen"] / made["customer_usual_ratio"]
    for name, source in zip(_LATELY, _NEEDED, strict=True):
        made[name] = made[source] / usual
    return made


def choose(
    payments: pd.DataFrame,
    features: pd.DataFrame,
    before: Weeks,
    candidates: Sequence[Candidate] = CANDIDATES,
    folds: int = 2,
    seed: int = 0,
) -> Chosen:
    """Choose features and model by applying the protocol to weeks that end before the first week of learning.

    Parameters
    ----------
    payments, features
        A table of `in_layout`, and `our_features` of it.
    before
        The weeks that will be learnt from and judged: nothing from their first day on is looked at.
    candidates
        From whom to choose.
    folds
        How many weeks to judge on.
    seed
        Of the models.
    """
    reached: dict[str, list[float]] = {candidate.name: [] for candidate in candidates}
    for fold in range(1, folds + 1):
        try:
            past = weeks(payments, before.train - (2 + fold) * _WEEK)
        except LayoutError:  # no history
            continue
        for candidate in candidates:
            scores = scores_of(candidate, features, payments, past, seed)
            reached[candidate.name].append(figures(payments, past, scores)["average precision"])
    means = {name: mean(values) for name, values in reached.items() if values}
    best = max(candidates, key=lambda candidate: means.get(candidate.name, 0.0))
    return Chosen(best, means)


def scores_of(candidate: Candidate, features: pd.DataFrame, payments: pd.DataFrame, chosen: Weeks, seed: int) -> Floats:
    """Let a candidate learn, and return its scores of the judged rows."""
    names = [name for name in LISTS[candidate.features] if name in features]
    label = payments["TX_FRAUD"].to_numpy()[chosen.learnt]
    learner = fitted(candidate.make(seed), features.loc[chosen.learnt, names], label)
    return score(learner, features.loc[chosen.judged, names])


def _silent(rows: int) -> None:
    """Report no progress."""
