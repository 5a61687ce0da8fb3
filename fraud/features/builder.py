"""The builder of features: a stream of transactions in, a row of numbers for each of them out.

How the stream is cut into chunks changes nothing, a row sees only itself and earlier rows, and a label is
read only after its delay: `fraud.features.checks` holds these laws, and `fraud.features.reference` says the
same slowly. A feature is NaN where an identifier that it needs is missing, and where no earlier transaction
defines it.

A chunk that cannot be read is refused whole, and the builder stays as it was. What it keeps grows with the
number of different identifiers and of pairs of them, not with the number of transactions; see
`fraud.features.windows` for the length of chunks.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from fraud.errors import AmountRefusedError, DelayRefusedError
from fraud.features.catalogue import ENTITIES, available
from fraud.features.codes import Coder, FloatArray, IntArray
from fraud.features.context import KNOWN, NUMBERS, context_features
from fraud.features.feedback import Feedback
from fraud.features.groups import Groups
from fraud.features.profile import FirstTimes, Profile
from fraud.features.reading import read_amounts, read_flags, read_numbers, read_seconds, require_columns
from fraud.features.velocity import Velocity
from fraud.schema import LABEL, REQUIRED

__all__ = ["FeatureBuilder"]

_DAY = 86_400
_MOST_MONEY = 2**63 - 1
"""Fen that all amounts of a stream may add up to: 92 quadrillion yuan, more than a country pays in years."""


class FeatureBuilder:
    """Turns the chunks of one stream of transactions into features.

    Parameters
    ----------
    columns
        Names of the columns that every chunk has. A feature that needs another column is left out. Only the
        label may be missing from a chunk all the same: its transactions count as not confirmed.
    delay_days
        Days from a transaction until its label is known, at least one second.

    Attributes
    ----------
    names
        Names of the features, in the order of the catalogue.
    left_out
        For each other feature the columns that it misses.

    Raises
    ------
    ColumnMissingError
        If a required column of `fraud.schema` is missing.
    DelayRefusedError
        If the delay is shorter than one second.

    Examples
    --------
    >>> builder = FeatureBuilder(["occurred_at", "customer_id", "amount_fen"])
    >>> len(builder.names), builder.left_out["new_device"]
    (14, ('device_id',))
    >>> times = pd.to_datetime(["2026-01-01 09:00", "2026-01-01 09:01"])
    >>> chunk = pd.DataFrame({"occurred_at": times, "customer_id": ["a", "a"], "amount_fen": [100, 300]})
    >>> builder.update(chunk)[["customer_count_1h", "customer_amount_ratio"]].to_numpy().tolist()
    [[0.0, nan], [1.0, 3.0]]
    """

    def __init__(self, columns: Collection[str], delay_days: float = 7.0) -> None:
        require_columns(columns, REQUIRED)
        if not delay_days * _DAY >= 1:
            raise DelayRefusedError(f"A delay of {delay_days} days was given; a label takes at least one second.")
        kept, self.left_out = available(columns)
        self.names: tuple[str, ...] = tuple(feature.name for feature in kept)
        self._columns = tuple(dict.fromkeys(need for feature in kept for need in feature.needs))
        self._coders = {
            column: Coder(KNOWN.get(column, ()))
            for column in (*(entry[0] for entry in ENTITIES.values()), "place", *KNOWN)
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
        groups = {column: Groups(codes[column]) for column, _, _ in ENTITIES.values() if column in codes}
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
