"""Round numbers that an officer would set: 50 yuan and 10 minutes, not 4,871 fen and 613 seconds.

A threshold that a person cannot say aloud is not discussed, and one that is fitted to the last digit is fitted to the
past. So only these are tried, around the values of the frauds that are looked for.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from fraud.schema import Kind

__all__ = ["round_thresholds"]

Floats: TypeAlias = npt.NDArray[np.float64]

_STEPS: Final = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0)
_DURATIONS: Final = (
    *(60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200),
    *(day * 86_400 for day in (1, 2, 3, 5, 7, 10, 14, 20, 30)),
)
_COUNTS: Final = (*range(11), 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 100, 150, 200, 300, 500, 800, 1_000)
_SHARES: Final = tuple(step / 20 for step in range(1, 20))


def round_thresholds(name: str, kind: Kind, values: Floats, most: int = 10) -> Floats:
    """Return the round numbers from just below the values of a field to just above them, at most so many.

    Parameters
    ----------
    name, kind
        Of the field: `money` in whole yuan, times in minutes, hours and days, the rest in round numbers.
    values
        Values of the field in the rows that are looked for, NaN where missing, shape (n,).
    most
        Largest number of thresholds.

    Examples
    --------
    >>> round_thresholds("amount_fen", "money", np.array([4_000.0, 9_000.0, 21_000.0])).tolist()
    [3000.0, 5000.0, 8000.0, 10000.0, 15000.0, 20000.0, 30000.0]
    >>> round_thresholds("terminal_count_7d", "number", np.array([2.0, 4.0])).tolist()
    [2.0, 3.0, 4.0]
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return np.zeros(0)
    low, high = np.quantile(known, [0.02, 0.98], method="inverted_cdf")
    ladder = _ladder(name, kind, known, float(np.abs(known).max()))
    first = max(int(np.searchsorted(ladder, low, "right")) - 1, 0)
    inside = ladder[first : int(np.searchsorted(ladder, high, "left")) + 1]
    if len(inside) <= most:
        return np.asarray(inside)
    return np.asarray(inside[np.unique(np.linspace(0, len(inside) - 1, most).round().astype(int))])


def _ladder(name: str, kind: Kind, known: Floats, greatest: float) -> Floats:
    if "seconds" in name:
        return np.array(_DURATIONS, np.float64)
    if name.endswith("_share"):
        return np.array(_SHARES)
    if name == "hour":
        return np.arange(24.0)
    whole = bool((known == np.round(known)).all())
    if kind != "money" and whole and greatest <= _COUNTS[-1]:
        return np.array(_COUNTS, np.float64)
    smallest = 2 if kind == "money" else 0 if whole else -2  # 1 yuan, 1, or a hundredth
    powers = range(smallest, max(smallest, int(np.log10(max(greatest, 1.0)))) + 1)
    found = np.array([step * 10.0**power for power in powers for step in _STEPS])
    return np.asarray(found[found == np.round(found)] if whole or kind == "money" else found)
