"""Which time is learnt from and which is judged: a time split with a gap for the delay of labels.

A fraud is confirmed days after it happened. Who learns from yesterday's labels uses what the bank cannot know yet, and
measures too well. So there are three parts: learning, a gap as long as the delay, and judging. After the Fraud
Detection Handbook (Le Borgne et al., 2022, chapter 5, "Prequential validation").
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from fraud.errors import TimesInputError, TooShortError

__all__ = ["MOST_JUDGED", "DelayedTimeSplit", "TimeSplit", "judged_share", "time_split"]

Places = npt.NDArray[np.int64]

MOST_JUDGED = 2_000_000
"""About so many payments are judged at most: their scores are kept in memory until all are there."""

_SHORTEST = timedelta(hours=12)
_LONGEST_GAP_SHARE = 0.25


@dataclass(frozen=True)
class TimeSplit:
    """Learn from `first` to before `learn_until`, judge from `judge_from` to `last`; days of delay between them."""

    first: datetime
    learn_until: datetime
    judge_from: datetime
    last: datetime

    @property
    def delay_days(self) -> float:
        """How long a label is unknown, in days."""
        return (self.judge_from - self.learn_until) / timedelta(days=1)


def judged_share(rows: int) -> float:
    """Return which share of a stream's time is judged: its last quarter, or less where the stream is very long.

    Examples
    --------
    >>> judged_share(300_000), judged_share(40_000_000)
    (0.25, 0.05)
    """
    return min(0.25, MOST_JUDGED / max(rows, 1))


def time_split(first: datetime, last: datetime, share: float = 0.25, delay_days: float = 7.0) -> TimeSplit:
    """Split a span of time; where it is short, the delay is at most a quarter of it.

    Parameters
    ----------
    first, last
        Times of the first and the last transaction.
    share
        Share of the span, its end, that is judged.
    delay_days
        Days after which a fraud is confirmed.

    Raises
    ------
    TooShortError
        If the span is shorter than twelve hours.

    Examples
    --------
    >>> split = time_split(datetime(2018, 4, 1), datetime(2018, 5, 1))
    >>> split.learn_until, split.judge_from
    (datetime.datetime(2018, 4, 16, 12, 0), datetime.datetime(2018, 4, 23, 12, 0))
    """
    span = last - first
    if span < _SHORTEST:
        raise TooShortError(
            f"the transactions lie between {first} and {last}, {span} apart: "
            "to learn from earlier ones and judge later ones takes at least 12 hours"
        )
    judge_from = (last - span * share).replace(microsecond=0)
    gap = min(timedelta(days=delay_days), span * _LONGEST_GAP_SHARE)
    return TimeSplit(first, judge_from - timedelta(seconds=round(gap.total_seconds())), judge_from, last)


@dataclass(frozen=True)
class DelayedTimeSplit:
    """Folds for cross-validation in which a label is known only after its delay; one of scikit-learn's splitters.

    The rows after the first `first_share` of them are cut into `n_splits` blocks of equal size. Each block is tested
    with what was learnt from all rows that are older than its first row by the delay or more: rows whose label was not
    yet known are in neither part.

    Parameters
    ----------
    n_splits
        Number of blocks.
    delay
        Days until a label is known; 0 leaves no gap.
    first_share
        Share of the rows that is never tested, above 0 and below 1.

    Examples
    --------
    >>> day = np.arange(8) * 86_400
    >>> [(learn.tolist(), test.tolist()) for learn, test in DelayedTimeSplit(2, delay=2).split(day, groups=day)]
    [([0, 1, 2], [4, 5]), ([0, 1, 2, 3, 4], [6, 7])]
    """

    n_splits: int = 2
    delay: float = 0.0
    first_share: float = 0.5

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:  # noqa: ARG002  # as scikit-learn asks
        """Return the number of blocks."""
        return self.n_splits

    def split(
        self,
        X: npt.ArrayLike,
        y: object = None,  # noqa: ARG002  # as scikit-learn asks
        groups: npt.ArrayLike | None = None,
    ) -> Iterator[tuple[Places, Places]]:
        """Yield for each block the positions to learn from and those to test.

        Parameters
        ----------
        X
            Any table of n rows in time order.
        groups
            Times of the rows, datetime64 or seconds, rising, shape (n,). Without them there is no gap.

        Raises
        ------
        TimesInputError
            If times are missing although there is a delay, do not fit the rows, or fall.
        TooShortError
            If there is a block without a row, or without one that is known early enough to learn from.
        """
        rows = len(np.asarray(X))
        seconds = _seconds(groups, rows, self.delay)
        edges = np.linspace(round(self.first_share * rows), rows, self.n_splits + 1).round().astype(np.int64)
        for start, end in pairwise(edges):
            known = int(np.searchsorted(seconds[:start], seconds[min(start, rows - 1)] - self.delay * 86_400, "right"))
            if start == end or not known:
                raise TooShortError(
                    f"{rows} rows do not make {self.n_splits} blocks with something to learn from "
                    f"{self.delay:g} days before each; give more rows, fewer blocks or a shorter delay."
                )
            yield np.arange(known), np.arange(start, end)


def _seconds(times: npt.ArrayLike | None, rows: int, delay: float) -> npt.NDArray[np.float64]:
    if times is None:
        if delay > 0:
            raise TimesInputError(f"To leave a gap of {delay:g} days, the times of the rows must be given as groups.")
        return np.arange(rows, dtype=np.float64)
    values = np.asarray(times)
    if values.dtype.kind == "M":
        values = values.astype("datetime64[s]").astype(np.int64)
    seconds = values.astype(np.float64)
    if seconds.shape != (rows,) or not (np.diff(seconds) >= 0).all():
        raise TimesInputError(f"Give one time for each of the {rows} rows, none before the one above it.")
    return seconds
