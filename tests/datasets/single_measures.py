"""How well one number, or one rule, alone tells some rows from others: what no table of ours may allow too well.

A test of one measure counts when it finds more than half of the rows that are wanted; it is too easy when more
than nine in ten of the rows that it finds are wanted.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

__all__ = ["HALF", "TESTS", "TOO_PRECISE", "Cut", "best_cuts", "too_easy"]

HALF = 0.5
TOO_PRECISE = 0.9
TESTS = ("<=", ">=", "==", "is missing")


@dataclass(frozen=True)
class Cut:
    """The most precise test of one measure among those that find more than half of what is wanted."""

    precision: float
    recall: float
    target: str
    measure: str
    test: str


def best_cuts(
    measures: Mapping[str, np.ndarray],
    targets: Mapping[str, np.ndarray],
    honest: np.ndarray,
    tests: Collection[str] = TESTS,
) -> list[Cut]:
    """Return the best cut of each measure for each target, the most precise first.

    Tried are `value <= x`, `value >= x` and `value == x` for every x, and that the value is missing. `targets` are
    masks of the rows that are wanted, `honest` of those that must not be found; other rows count for nothing.
    """
    cuts = []
    for measure, values in measures.items():
        others = np.sort(np.asarray(values[honest], np.float64))
        for target, mask in targets.items():
            precision, recall, test = _best(np.sort(np.asarray(values[mask], np.float64)), others, tests)
            cuts.append(Cut(precision, recall, target, measure, test))
    return sorted(cuts, key=lambda cut: -cut.precision)


def too_easy(cuts: Iterable[Cut]) -> list[Cut]:
    """Return the cuts that nearly solve the task alone."""
    return [cut for cut in cuts if cut.precision > TOO_PRECISE and cut.recall > HALF]


def _best(wanted: np.ndarray, others: np.ndarray, tests: Collection[str]) -> tuple[float, float, str]:
    """Only values that a wanted row has can be the best limits: others add rows that are not wanted."""
    limits = np.unique(wanted[~np.isnan(wanted)])
    right, wrong = _counts(wanted, limits), _counts(others, limits)
    best = (0.0, 0.0, "finds half in no way")
    for sign in tests:
        enough = right[sign] > HALF * len(wanted)
        precision = np.where(enough, right[sign] / np.maximum(right[sign] + wrong[sign], 1), 0.0)
        if len(precision) and precision.max() > best[0]:
            top = int(precision.argmax())
            limit = limits[top] if sign != "is missing" else ""
            best = (float(precision[top]), float(right[sign][top] / len(wanted)), f"{sign} {limit}")
    return best


def _counts(values: np.ndarray, limits: np.ndarray) -> dict[str, np.ndarray]:
    """Count by bisection; the values are sorted, and sorting puts the missing ones last."""
    known = values[: len(values) - int(np.isnan(values).sum())]
    below, up_to = np.searchsorted(known, limits, "left"), np.searchsorted(known, limits, "right")
    return {
        "<=": up_to,
        ">=": len(known) - below,
        "==": up_to - below,
        "is missing": np.array([len(values) - len(known)]),
    }
