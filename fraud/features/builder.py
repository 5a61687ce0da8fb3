"""The builder of features: a stream of transactions in, a row of numbers for each of them out.

How the stream is cut into chunks changes nothing, a row sees only itself and earlier rows, and a label is
read only after its delay: `fraud.features.checks` holds these laws, and `fraud.features.reference` says the
same slowly. A feature is NaN where an identifier that it needs is missing, and where no earlier transaction
defines it.

A chunk that cannot be read is refused whole, and the builder stays as it was. The rows go through the kernel of
`fraud.online`, one by one and compiled; without the compiler numpy makes most features of `CORE`, and plain Python the
others, slowly.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fraud.errors import DelayRefusedError
from fraud.features.arrays import ARRAY_FEATURES, ArrayFeatures
from fraud.features.catalogue import CORE, available
from fraud.features.codes import FloatArray
from fraud.features.reading import read_seconds, require_columns
from fraud.schema import REQUIRED

if TYPE_CHECKING:
    from fraud.online.kernel import Limits

__all__ = ["FeatureBuilder"]

_DAY = 86_400


class FeatureBuilder:
    """Turns the chunks of one stream of transactions into features.

    Parameters
    ----------
    columns
        Names of the columns that every chunk has. A feature that needs another column is left out. Only the
        label may be missing from a chunk all the same: its transactions count as not confirmed.
    delay_days
        Days from a transaction until its label is known, at least one second.
    features
        Names of the features that are wanted, out of `FEATURES`; `CORE` by default.
    ordered
        Whether the table is sorted by time and names each transaction once, as after `fraud.intake`. If not, its rows
        are events as they came, and `fraud.online.clock` says which of them are believed.
    limits
        How much is remembered, and what is believed if the table is not ordered.

    Attributes
    ----------
    names
        Names of the features, in the order in which they were asked for.
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
    (16, ('device_id',))
    >>> times = pd.to_datetime(["2026-01-01 09:00", "2026-01-01 09:01"])
    >>> chunk = pd.DataFrame({"occurred_at": times, "customer_id": ["a", "a"], "amount_fen": [100, 300]})
    >>> builder.update(chunk)[["customer_count_1h", "customer_amount_ratio"]].to_numpy().tolist()
    [[0.0, nan], [1.0, 3.0]]
    """

    def __init__(
        self,
        columns: Collection[str],
        delay_days: float = 7.0,
        features: Collection[str] | None = None,
        ordered: bool = True,
        limits: "Limits | None" = None,
    ) -> None:
        # imported late: the compiler is slow to load, and the catalogue is read by many who build nothing
        from fraud.online.compiled import HAS_NUMBA
        from fraud.online.kernel import Limits, Stream

        require_columns(columns, REQUIRED)
        if not delay_days * _DAY >= 1:
            raise DelayRefusedError(f"A delay of {delay_days} days was given; a label takes at least one second.")
        kept, self.left_out = available(columns, CORE if features is None else features)
        self.names: tuple[str, ...] = tuple(feature.name for feature in kept)
        self._needed = tuple(dict.fromkeys(need for feature in kept for need in feature.needs))
        self._ordered = ordered
        self._latest: int | None = None
        in_arrays = not HAS_NUMBA and ordered and set(self.names) <= ARRAY_FEATURES
        self._arrays = ArrayFeatures(columns, delay_days, self.names) if in_arrays else None
        self._stream = Stream(kept, columns, delay_days, ordered, limits or Limits())

    @property
    def sequence(self) -> int:
        """Rows that went through the kernel."""
        return self._stream.sequence

    def update(self, chunk: pd.DataFrame, out: FloatArray | None = None) -> pd.DataFrame:
        """Return the features of the next transactions of the stream.

        Parameters
        ----------
        chunk
            Columns of `fraud.schema`, in time order and not before the last chunk. `occurred_at` is
            datetime64 of any unit and read in whole seconds; identifiers and categories are text or
            categorical.
        out
            Memory for the result, float64 of shape (rows or more, len(names)) in rows: who goes through a long history
            in pieces need not have the system clear fresh pages for each. None takes fresh memory.

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
        require_columns(list(chunk.columns), (*REQUIRED, *self._needed))
        if self._arrays is not None:
            return self._arrays.update(chunk)
        seconds = read_seconds(chunk["occurred_at"], self._latest, self._ordered)
        events, reals = self._stream.reader.table(chunk, seconds, not self._ordered)
        table = np.empty((len(chunk), len(self.names))) if out is None else out[: len(chunk)]
        self._stream.run(events, reals, table)
        if self._ordered and len(seconds):
            self._latest = int(seconds[-1])
        return pd.DataFrame(table, index=chunk.index, columns=list(self.names), copy=False)
