"""Features of single events, online: the same kernel as over whole tables, one event at a time."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.errors import DelayRefusedError
from fraud.features.catalogue import CORE, available
from fraud.features.reading import read_seconds, require_columns
from fraud.online import words as at
from fraud.online.kernel import Limits, Stream
from fraud.online.labels import confirm
from fraud.schema import REQUIRED

__all__ = ["OnlineFeatures"]

_DAY = 86_400


class OnlineFeatures:
    """Turns the events of one stream into features, one at a time.

    Parameters
    ----------
    columns
        Names of the columns that events have. A feature that needs another column is left out.
    delay_days
        Days from a transaction until its label is known, at least one second.
    features
        Names of the features that are wanted, out of `fraud.features.FEATURES`; `CORE` by default.
    limits
        What is believed and how much is remembered.

    Attributes
    ----------
    names
        Names of the features, in the order in which they were asked for.
    left_out
        For each other feature the columns that it misses.

    Raises
    ------
    ColumnMissingError, DelayRefusedError, FeatureUnknownError
        As for `fraud.features.FeatureBuilder`.

    Examples
    --------
    >>> online = OnlineFeatures(["occurred_at", "customer_id", "amount_fen"], features=["customer_sum_1h"])
    >>> [online.push({"occurred_at": at, "customer_id": "a", "amount_fen": 100}).tolist() for at in (0, 5, 3_600)]
    [[0.0], [100.0], [100.0]]
    >>> online.sequence
    3
    """

    def __init__(
        self,
        columns: Collection[str],
        delay_days: float = 7.0,
        features: Collection[str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        require_columns(columns, REQUIRED)
        if not delay_days * _DAY >= 1:
            raise DelayRefusedError(f"A delay of {delay_days} days was given; a label takes at least one second.")
        kept, self.left_out = available(columns, CORE if features is None else features)
        self.names: tuple[str, ...] = tuple(feature.name for feature in kept)
        self._needed = tuple(dict.fromkeys(need for feature in kept for need in feature.needs))
        self.columns, self.delay_days = tuple(columns), delay_days
        self.stream = Stream(kept, columns, delay_days, in_order=False, limits=limits or Limits())
        self._out = np.full((1, len(self.names)), np.nan)
        self._row: NDArray[np.float64] = self._out[0]

    @property
    def sequence(self) -> int:
        """Events that were pushed so far, whether they were believed or not: where a replay of a log goes on."""
        return self.stream.sequence

    @property
    def counts(self) -> dict[str, int]:
        """Events that were late but taken in, duplicates, stale, ahead of the clock; entities and pairs known."""
        heap = self.stream.memory.heap
        places = {"late": at.LATE, "duplicates": at.DUPLICATES, "stale": at.STALE, "ahead": at.AHEAD}
        places |= {"entities": at.ENTITIES, "pairs": at.PAIRS}
        return {name: int(heap[place]) for name, place in places.items()}

    @property
    def size(self) -> int:
        """Bytes of the state."""
        return self.stream.memory.size

    def push(self, event: Mapping[str, Any]) -> NDArray[np.float64]:
        """Return the features of an event, made from earlier ones, and take it in.

        Parameters
        ----------
        event
            Columns of `fraud.schema`; what is missing is absent or None. `occurred_at` is a `datetime` without zone or
            whole seconds since 1970, local time. A label (`is_fraud`) is read only after the delay.

        Returns
        -------
        numpy.ndarray
            float64 of shape (len(names),), NaN where something is missing; the next push writes into it again.

        Raises
        ------
        TimeRefusedError, AmountRefusedError, NumberRefusedError
            If the event cannot be read; the state is as it was.
        """
        stream = self.stream
        stream.run_one(stream.reader.one(event), self._out)
        return self._row

    def update(self, chunk: pd.DataFrame) -> pd.DataFrame:
        """Push all rows of a table, as `FeatureBuilder.update` does: how a history is taken in before service begins.

        Parameters
        ----------
        chunk
            Columns of `fraud.schema`, rows in the order in which they came.

        Returns
        -------
        pandas.DataFrame
            float64, one row for each of the chunk's with the same index, one column for each of `names`.

        Raises
        ------
        ColumnMissingError, TimeRefusedError, AmountRefusedError, NumberRefusedError
            If a row cannot be read; the state is as it was.
        """
        require_columns(list(chunk.columns), (*REQUIRED, *self._needed))
        table = np.empty((len(chunk), len(self.names)))
        if len(chunk):
            seconds = read_seconds(chunk["occurred_at"], ordered=False)
            self.stream.run(*self.stream.reader.table(chunk, seconds, with_numbers=True), table)
        return pd.DataFrame(table, index=chunk.index, columns=list(self.names), copy=False)

    def confirm(self, event: Mapping[str, Any]) -> None:
        """Take in that an earlier event was fraud: it counts for its entities as if it had come with its label.

        Parameters
        ----------
        event
            The event again: its time, its entities, and its number, by which a second confirmation is known.

        Raises
        ------
        TimeRefusedError, AmountRefusedError, NumberRefusedError
            If the event cannot be read; the state is as it was.
        """
        confirm(self.stream, event)

    def save(self, path: str | Path) -> None:
        """Write the state to a file, which is whole or not there at all; see `fraud.online.saving`."""
        from fraud.online.saving import save

        save(self, Path(path))

    @classmethod
    def restore(cls, path: str | Path) -> "OnlineFeatures":
        """Return the stream that was saved to a file, exactly as it was.

        Raises
        ------
        FeatureStateError
            If the file is damaged, is no such state, or was made by another version.
        """
        from fraud.online.saving import restore

        return restore(cls, Path(path))
