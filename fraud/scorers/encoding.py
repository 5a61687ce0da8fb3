"""Features as a linear model can use them: amounts on a log scale, categories apart, and what is missing said aloud.

A tree does not mind that amounts span seven orders of magnitude, that a category's code has no order, or that a value
is missing; a sum of weights does. Each column becomes one standardised number (missing: zero, the mean), an indicator
where learning rows lacked it, or one indicator for each frequent category. Standardised numbers are cut at eight
deviations, so that an absurd amount cannot outvote everything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from fraud.scorers.compiled import HAS_NUMBA
from fraud.scorers.kernels import encode_rows

__all__ = ["CATEGORY_NAMES", "Encoding", "category_positions"]

Floats = npt.NDArray[np.float64]

CATEGORY_NAMES = ("hour", "weekday")
"""Features that are categories although they are numbers; with these, all whose name ends with "_code"."""

PLAIN, LOGARITHM, MISSING, EQUALS = range(4)
MOST_DEVIATIONS = 8.0

_LONG_TAIL = 30.0
_MOST_CATEGORIES = 40


def category_positions(names: Sequence[str]) -> list[int]:
    """Return the positions of the features that are categories, by their names.

    Examples
    --------
    >>> category_positions(["amount_fen", "hour", "channel_code"])
    [1, 2]
    """
    return [at for at, name in enumerate(names) if str(name).endswith("_code") or name in CATEGORY_NAMES]


@dataclass(frozen=True, eq=False)
class Encoding:
    """How each encoded column is made; arrays of shape (encoded columns,).

    Parameters
    ----------
    column
        Which feature it reads, int32.
    kind
        0 the number, 1 its logarithm (sign x log(1 + size)), 2 whether it is missing, 3 whether it equals
        `shift`, int8.
    shift, scale
        What is subtracted from the number, and what it is multiplied with after that, float64.

    Examples
    --------
    >>> made = Encoding.learn(np.array([[0.0, 1.0], [2.0, np.nan]]), categories=[])
    >>> made.encode(np.array([[2.0, np.nan]])).tolist()
    [[1.0, 1.0]]
    """

    column: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]
    shift: Floats
    scale: Floats

    @classmethod
    def learn(cls, X: Floats, categories: Sequence[int], weight: Floats | None = None) -> Self:
        """Return the encoding of a table of features, NaN where a value is missing, shape (n, m).

        `weight` says how many payments each row stands for.
        """
        total = np.ones(len(X)) if weight is None else weight
        entries: list[tuple[int, int, float, float]] = []
        for at in range(X.shape[1]):
            values = X[:, at]
            is_seen = ~np.isnan(values)
            seen, count = values[is_seen], total[is_seen]
            if not seen.size:
                continue
            if at in categories:
                frequent = _frequent(seen, count)
                entries += [(at, EQUALS, float(value), 1.0) for value in frequent]
            elif np.ptp(seen) > 0:
                entries.append(_number(at, seen, count))
            if seen.size < values.size:
                entries.append((at, MISSING, 0.0, 1.0))
        column, kind, shift, scale = zip(*entries, strict=True) if entries else ((), (), (), ())
        return cls(
            np.array(column, dtype=np.int32),
            np.array(kind, dtype=np.int8),
            np.array(shift, dtype=np.float64),
            np.array(scale, dtype=np.float64),
        )

    def encode(self, X: Floats) -> Floats:
        """Return the encoded rows, shape (n, encoded columns)."""
        rows = np.ascontiguousarray(X, dtype=np.float64)
        if HAS_NUMBA:
            made: Floats = encode_rows(rows, self.column, self.kind, self.shift, self.scale, MOST_DEVIATIONS)
            return made
        return self.plain_encode(rows)  # pragma: no cover  # the tests run with every extra

    def plain_encode(self, X: Floats) -> Floats:
        """Return the same by numpy alone."""
        made = np.empty((len(X), len(self.column)))
        for place, (at, kind, shift, scale) in enumerate(
            zip(self.column, self.kind, self.shift, self.scale, strict=True)
        ):
            value = X[:, at]
            if kind == MISSING:
                made[:, place] = np.isnan(value)
            elif kind == EQUALS:
                made[:, place] = value == shift
            else:
                number = np.copysign(np.log1p(np.abs(value)), value) if kind == LOGARITHM else value
                within = np.clip((number - shift) * scale, -MOST_DEVIATIONS, MOST_DEVIATIONS)
                made[:, place] = np.where(np.isnan(value), 0.0, within)
        return made


def _frequent(seen: Floats, count: Floats) -> Floats:
    found, place = np.unique(seen, return_inverse=True)
    often = np.argsort(-np.bincount(place, weights=count), kind="stable")[:_MOST_CATEGORIES]
    return np.sort(found[often])


def _number(at: int, seen: Floats, count: Floats) -> tuple[int, int, float, float]:
    kind = LOGARITHM if np.abs(seen).max() > _LONG_TAIL else PLAIN
    number = np.copysign(np.log1p(np.abs(seen)), seen) if kind == LOGARITHM else seen
    with np.errstate(over="ignore", invalid="ignore"):  # near the end of float64 there is no finite deviation
        mean = float(np.average(number, weights=count))
        deviation = float(np.sqrt(np.average(np.square(number - mean), weights=count)))
    is_usable = np.isfinite(deviation) and deviation > 0
    return at, kind, mean if is_usable else 0.0, 1.0 / deviation if is_usable else 0.0
