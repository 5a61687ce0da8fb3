"""Confirmed frauds of each entity in a month, read only after the delay in which nobody knows them yet.

A customer reports a fraud days after it happened. A feature that reads a label at once looks excellent on
history and fails in service, so a label counts from `delay` seconds after its transaction on, and for 30 days
from then. The state holds the labelled frauds of the last 30 days and the delay, which are few, and nothing
else.
"""

from collections.abc import Mapping

import numpy as np

from fraud.features.codes import BoolArray, FloatArray, IntArray
from fraud.features.groups import ARRAY_ENTITIES as ENTITIES
from fraud.features.windows import rising_key

__all__ = ["FEEDBACK_SECONDS", "Feedback"]

FEEDBACK_SECONDS = 30 * 86_400
"""How long a confirmed fraud counts."""


class Feedback:
    """The features of the catalogue's feedback part.

    Parameters
    ----------
    delay
        Seconds from a transaction until its label is known, 1 or more.

    Examples
    --------
    >>> feedback = Feedback(delay=100)
    >>> seconds, codes = np.array([0, 99, 100, 101]), {"card_id": np.array([5, 5, 5, -1])}
    >>> feedback.update(seconds, codes, np.array([True, True, False, True]))["card_frauds_30d"].tolist()
    [0.0, 0.0, 1.0, nan]
    """

    def __init__(self, delay: int) -> None:
        self._delay = delay
        self._seconds: IntArray = np.zeros(0, dtype=np.int64)
        self._codes: dict[str, IntArray] = {}

    def update(self, seconds: IntArray, codes: Mapping[str, IntArray], frauds: BoolArray) -> dict[str, FloatArray]:
        """Return the feedback features of the next chunk.

        Parameters
        ----------
        seconds
            int64 of shape (n,), n > 0: times since 1970, rising.
        codes
            Codes of shape (n,) of each entity that the table has, -1 where missing.
        frauds
            Booleans of shape (n,): labelled as fraud.

        Returns
        -------
        dict
            For each entity the number of its frauds with a time in (t - delay - 30 d, t - delay], float64 of
            shape (n,), NaN where the entity is missing.
        """
        self._remember(seconds, codes, frauds)
        return {
            f"{short}_frauds_30d": self._counts(short, codes[column], seconds - self._delay)
            for short, (column, _, _) in ENTITIES.items()
            if column in codes
        }

    def _remember(self, seconds: IntArray, codes: Mapping[str, IntArray], frauds: BoolArray) -> None:
        # The first row of the chunk looks back furthest: what is too old for it is too old for all.
        keep = self._seconds > seconds[0] - self._delay - FEEDBACK_SECONDS
        self._seconds = np.concatenate((self._seconds[keep], seconds[frauds]))
        for short, (column, _, _) in ENTITIES.items():
            if column in codes:
                old = self._codes.get(short, self._seconds[:0])
                self._codes[short] = np.concatenate((old[keep], codes[column][frauds]))

    def _counts(self, short: str, codes: IntArray, until: IntArray) -> FloatArray:
        counts = np.where(codes >= 0, 0.0, np.nan)
        known = self._codes[short] >= 0
        at, code = self._seconds[known], self._codes[short][known]
        if not len(at):
            return counts
        distinct, number = np.unique(code, return_inverse=True)
        place = np.full(max(int(codes.max()), int(distinct[-1])) + 2, -1, dtype=np.int64)
        place[distinct] = np.arange(len(distinct))
        rows = np.flatnonzero(place[codes] >= 0)
        base, span = int(at[0]) - 1, int(at[-1] - at[0]) + 2
        key = np.sort(rising_key(number, at - base, span))

        def confirmed(moment: IntArray) -> IntArray:
            # Offset 0 is before the first fraud; the last offset is the time of the last one.
            edge = rising_key(place[codes[rows]], np.clip(moment - base, 0, span - 1), span)
            return np.searchsorted(key, edge, side="right")

        counts[rows] = confirmed(until[rows]) - confirmed(until[rows] - FEEDBACK_SECONDS)
        return counts
