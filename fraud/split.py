"""Which time is learnt from and which is judged: a time split with a gap for the delay of labels.

A fraud is confirmed days after it happened. Who learns from yesterday's labels uses what the bank cannot know yet, and
measures too well. So there are three parts: learning, a gap as long as the delay, and judging. After the Fraud
Detection Handbook (Le Borgne et al., 2022, chapter 5, "Prequential validation").
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fraud.errors import TooShortError

__all__ = ["MOST_JUDGED", "TimeSplit", "judged_share", "time_split"]

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
