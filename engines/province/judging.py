"""How well the ring stands out: by each engine alone, by all without one, and by all together, judged by the truth.

Every province is judged by weights and lines that were learnt on the others. Intervals are Student's over provinces,
at 95 %: nine shells in one province say little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from engines.province.weighing import Looked, best_line, learn, weighed
from fraud.metrics import average_precision

__all__ = ["TOGETHER", "Mean", "added_by", "compared", "judged", "mean_of"]

TOGETHER = "together"


@dataclass(frozen=True)
class Mean:
    """A mean over provinces and half the width of its interval."""

    value: float
    half: float

    def __str__(self) -> str:
        """Return both, as a table shows them."""
        return f"{self.value:.2f} ± {self.half:.2f}"


def judged(scores: npt.NDArray[np.float64], label: npt.NDArray[np.bool_], line: float) -> tuple[float, float, float]:
    """Return precision and recall on or above a line (precision is 0 if nobody is), and average precision.

    Examples
    --------
    >>> judged(np.array([3.0, 2.0, 1.0]), np.array([True, False, True]), 2.0)
    (0.5, 0.5, 0.8333333333333333)
    """
    taken = scores >= line
    right = float((taken & label).sum())
    whole = average_precision(label.astype(np.int64), scores)
    return right / max(float(taken.sum()), 1.0), right / max(float(label.sum()), 1.0), float(whole)


def compared(provinces: Sequence[Looked], engines: Sequence[str]) -> pd.DataFrame:
    """Return precision, recall and average precision by province (`seed`) and `subject`.

    Subjects are each engine alone, "without " and each engine, and `TOGETHER`.

    Examples
    --------
    >>> from engines.province.samples import looked
    >>> some = [looked([0, 0, 2], [False, False, True], seed) for seed in (1, 2)]
    >>> compared(some, ["papers"])[["subject", "recall"]].drop_duplicates().to_numpy().tolist()
    [['papers', 1.0], ['together', 1.0]]
    """
    rows: list[tuple[int, str, float, float, float]] = []
    for one in provinces:
        others = [other for other in provinces if other is not one]
        label = np.concatenate([other.label for other in others])
        for engine in engines:
            line = best_line(np.concatenate([_level(other, engine) for other in others]), label)
            precision, recall, _ = judged(_level(one, engine), one.label, line)
            rows.append((one.seed, engine, precision, recall, judged(_score(one, engine), one.label, 0.0)[2]))
        sets = [(f"without {engine}", [name for name in engines if name != engine]) for engine in engines]
        for subject, some in [*sets, (TOGETHER, list(engines))]:
            if some:
                weights = learn(others, some)
                table = weighed(one, weights)["together"].to_numpy(np.float64)
                rows.append((one.seed, subject, *judged(table, one.label, weights.line)))
    return pd.DataFrame(rows, columns=["seed", "subject", "precision", "recall", "average_precision"])


def _level(one: Looked, engine: str) -> npt.NDArray[np.float64]:
    return np.asarray(one.signs[engine].level, np.float64)


def _score(one: Looked, engine: str) -> npt.NDArray[np.float64]:
    return np.asarray(one.signs[engine].score, np.float64)


def mean_of(table: pd.DataFrame, subject: str, measure: str) -> Mean:
    """Return the mean of a measure of a subject over provinces, with its interval.

    Examples
    --------
    >>> table = pd.DataFrame({"subject": ["a", "a"], "recall": [0.4, 0.6]})
    >>> str(mean_of(table, "a", "recall"))
    '0.50 ± 1.27'
    """
    return _mean(table.loc[table["subject"] == subject, measure].to_numpy(np.float64))


def added_by(table: pd.DataFrame, engine: str) -> Mean:
    """Return how much average precision all together have more than without an engine, province by province.

    Examples
    --------
    >>> rows = [(1, "together", 0.9), (2, "together", 0.9), (1, "without money", 0.8), (2, "without money", 0.6)]
    >>> str(added_by(pd.DataFrame(rows, columns=["seed", "subject", "average_precision"]), "money"))
    '0.20 ± 1.27'
    """
    by = table.pivot(index="seed", columns="subject", values="average_precision")
    return _mean((by[TOGETHER] - by[f"without {engine}"]).to_numpy(np.float64))


def _mean(values: npt.NDArray[np.float64]) -> Mean:
    from scipy.stats import t

    if len(values) < 2:
        return Mean(float(values.mean()), float("inf"))
    half = float(t.ppf(0.975, len(values) - 1)) * float(values.std(ddof=1)) / float(np.sqrt(len(values)))
    return Mean(float(values.mean()), half)
