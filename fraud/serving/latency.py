"""Percentiles of latency from counts in cells: a fixed 8 KB, whatever the number of events.

A cell is never wider than 1/32 of its lower edge, from one nanosecond to a minute, so that a percentile is at most
3.2 % too high and never too low: what is told is the upper edge of the cell. Averages are not kept: they hide the tail.

Source: the layout is that of Tene's HdrHistogram (a linear part for each power of two); "How NOT to Measure Latency",
2015, on what averages and a waiting load generator leave out.
"""

from collections.abc import Iterable

__all__ = ["LatencyCounts", "RollingLatency"]

_BITS = 5
_PER_OCTAVE = 1 << _BITS
_CELLS = 1024
LONGEST_NANOSECONDS = (1 << 36) - 1
"""69 seconds; anything longer is counted as that."""


class LatencyCounts:
    """Counts of durations in cells.

    Examples
    --------
    >>> counts = LatencyCounts()
    >>> for microseconds in range(1, 1001):
    ...     counts.record(microseconds * 1000)
    >>> counts.quantile(0.5) / 1000, counts.quantile(0.99) / 1000
    (507.903, 999.423)
    """

    def __init__(self) -> None:
        self._cells = [0] * _CELLS
        self.total = 0

    def record(self, nanoseconds: int) -> None:
        """Count one duration; a negative one, from a clock that was set back, is counted as none."""
        value = min(max(nanoseconds, 0), LONGEST_NANOSECONDS)
        shift = max(value.bit_length() - _BITS - 1, 0)
        self._cells[shift * _PER_OCTAVE + (value >> shift)] += 1
        self.total += 1

    def add(self, others: Iterable["LatencyCounts"]) -> "LatencyCounts":
        """Take in the counts of others, and return this one."""
        for other in others:
            if other.total:
                self._cells = [one + two for one, two in zip(self._cells, other._cells, strict=True)]
                self.total += other.total
        return self

    def quantile(self, share: float) -> int:
        """Return the duration in nanoseconds that this share of all did not exceed; 0 if nothing was counted.

        Parameters
        ----------
        share
            From 0 to 1, such as 0.99.
        """
        wanted, seen = max(1, -(-self.total * round(share * 1e6) // 1_000_000)), 0
        for place, count in enumerate(self._cells):
            seen += count
            if seen >= wanted:
                return _upper_edge(place)
        return 0


class RollingLatency:
    """Durations of the last minute, or of another span, in parts that are dropped one by one.

    Parameters
    ----------
    seconds, parts
        How long the span is, and into how many parts it is cut.

    Examples
    --------
    >>> rolling = RollingLatency(seconds=60, parts=12)
    >>> rolling.record(5_000, now=0.0)
    >>> rolling.recent(now=59.0).total, rolling.recent(now=61.0).total
    (1, 0)
    """

    def __init__(self, seconds: float = 60.0, parts: int = 12) -> None:
        self._part_seconds = seconds / parts
        self._parts = [(-parts, LatencyCounts()) for _ in range(parts)]
        self.all = LatencyCounts()

    def record(self, nanoseconds: int, now: float) -> None:
        """Count one duration at a time in seconds, of a clock that is never set back."""
        number = int(now / self._part_seconds)
        place = number % len(self._parts)
        if self._parts[place][0] != number:
            self._parts[place] = (number, LatencyCounts())
        self._parts[place][1].record(nanoseconds)
        self.all.record(nanoseconds)

    def recent(self, now: float) -> LatencyCounts:
        """Return the counts of the span that ends now."""
        oldest = int(now / self._part_seconds) - len(self._parts)
        return LatencyCounts().add(counts for number, counts in self._parts if number > oldest)


def _upper_edge(place: int) -> int:
    shift = max(place // _PER_OCTAVE - 1, 0)
    return ((place - shift * _PER_OCTAVE + 1) << shift) - 1
