"""The features that numpy can make, chunk by chunk, where the compiler of the kernels is not installed.

The same numbers as the kernels of `fraud.online` give for the features in `ARRAY_FEATURES`, some times slower, and
nothing is ever forgotten: what it keeps grows with the number of different identifiers and of pairs of them, not with
the number of transactions. See `fraud.features.windows` for the length of chunks.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from fraud.errors import AmountRefusedError
from fraud.features.catalogue import CORE, available
from fraud.features.codes import Coder, FloatArray, IntArray
from fraud.features.context import KNOWN, NUMBERS, context_features
from fraud.features.feedback import Feedback
from fraud.features.groups import ARRAY_ENTITIES, Groups
from fraud.features.profile import FirstTimes, Profile
from fraud.features.reading import read_amounts, read_flags, read_numbers, read_seconds, require_columns
from fraud.features.velocity import Velocity
from fraud.schema import LABEL

__all__ = ["ARRAY_FEATURES", "ArrayFeatures"]

_LATER = {"customer_usual_ratio", "customer_unusualness", "customer_speed_kmh"}
_LATER |= {"terminal_frauds_7d", "terminal_fraud_rate_30d"}

ARRAY_FEATURES: frozenset[str] = frozenset(CORE) - _LATER
"""Names of the features that can be made in this way: those of `CORE` that need no state of their own."""

_DAY = 86_400
_MOST_MONEY = 2**63 - 1
"""Fen that all amounts of a stream may add up to: 92 quadrillion yuan, more than a country pays in years."""


class ArrayFeatures:
    """Turns the chunks of one stream, in time order, into features.

    Parameters
    ----------
    columns, delay_days
        As in `FeatureBuilder`, which has checked them.
    names
        Features that are wanted, all of them in `ARRAY_FEATURES`.

    Examples
    --------
    >>> times = pd.to_datetime(["2026-01-01 09:00", "2026-01-01 09:01"])
    >>> chunk = pd.DataFrame({"occurred_at": times, "customer_id": ["a", "a"], "amount_fen": [100, 300]})
    >>> ArrayFeatures(chunk.columns, 7.0, ["customer_sum_1h"]).update(chunk).to_numpy().tolist()
    [[0.0], [100.0]]
    """

    def __init__(self, columns: Collection[str], delay_days: float, names: Collection[str]) -> None:
        kept, _ = available(columns, names)
        self.names: tuple[str, ...] = tuple(feature.name for feature in kept)
        self._columns = tuple(dict.fromkeys(need for feature in kept for need in feature.needs))
        self._coders = {
            column: Coder(KNOWN.get(column, ()))
            for column in (*(entry[0] for entry in ARRAY_ENTITIES.values()), "place", *KNOWN)
            if column in columns
        }
        self._latest: int | None = None
        self._money = 0
        self._firsts = FirstTimes()
        self._profile = Profile()
        self._velocity = Velocity()
        # The delay is rounded to whole seconds, in which times count.
        self._feedback = Feedback(round(delay_days * _DAY)) if LABEL in columns else None

    def update(self, chunk: pd.DataFrame) -> pd.DataFrame:
        """Return the features of the next transactions of the stream.

        Parameters
        ----------
        chunk
            Columns of `fraud.schema`, in time order and not before the last chunk. `occurred_at` is
            datetime64 of any unit and read in whole seconds; identifiers and categories are text or
            categorical.

        Returns
        -------
        pandas.DataFrame
            float64, one row for each of the chunk's with the same index, one column for each of `names`.

        Raises
        ------
        ColumnMissingError
            If the chunk lacks a promised column.
        TimeRefusedError, TimeOrderError, AmountRefusedError, NumberRefusedError
            If a row cannot be read; see `fraud.features.reading`.
        """
        require_columns(list(chunk.columns), self._columns)
        if not len(chunk):
            return pd.DataFrame(index=chunk.index, columns=list(self.names), dtype=np.float64)
        made = self._features(chunk)
        table = np.empty((len(self.names), len(chunk)))
        for row, name in enumerate(self.names):
            table[row] = made[name]
        return pd.DataFrame(table.T, index=chunk.index, columns=list(self.names), copy=False)

    def _features(self, chunk: pd.DataFrame) -> dict[str, FloatArray]:
        seconds = read_seconds(chunk["occurred_at"], self._latest)
        amounts = read_amounts(chunk["amount_fen"])
        money = self._money + _exact_sum(amounts)
        if money > _MOST_MONEY:
            raise AmountRefusedError(
                f"All amounts up to row {chunk.index[-1]} add up to {money} fen; "
                f"it must be at most {_MOST_MONEY}, so some must be wrong."
            )
        numbers = {name: read_numbers(chunk[name]) for name in NUMBERS if name in self._columns}
        frauds = read_flags(chunk)
        # From here on nothing is refused, so the state may change.
        self._latest, self._money = int(seconds[-1]), money
        codes = {column: coder.encode(chunk[column]) for column, coder in self._coders.items()}
        groups = {column: Groups(codes[column]) for column, _, _ in ARRAY_ENTITIES.values() if column in codes}
        firsts = self._firsts.update(codes)
        made = context_features(seconds, amounts, codes, numbers)
        made |= self._profile.update(seconds, amounts, codes, groups, firsts)
        made |= self._velocity.update(seconds, amounts, codes, groups, firsts)
        if self._feedback is not None:
            made |= self._feedback.update(seconds, codes, frauds)
        return made


def _exact_sum(amounts: IntArray) -> int:
    # Two halves, because the sum of a chunk alone could pass what 64 bits hold.
    return (int((amounts >> 20).sum()) << 20) + int((amounts & 0xF_FFFF).sum())
