"""CPU seconds of work that several processes share, and how often it is repeated.

Each process has a clock of its own, which others can read (Linux: the number of that clock follows from the number of
the process), so that the work of a pool is measured as exactly as that of this process, and without waiting for its
end. What the machine does for somebody else is in none of them.
"""

import multiprocessing
import time
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

__all__ = ["Spent", "children_seconds", "spent_since", "spread"]


class Spent(NamedTuple):
    """Seconds: of CPU in this process, of CPU in the processes that it has started, and on the wall."""

    own: float
    children: float
    wall: float

    @property
    def cpu(self) -> float:
        """CPU seconds of all processes together."""
        return self.own + self.children


def children_seconds() -> float:
    """Return the CPU seconds so far of the processes that this one has started and that still run.

    Examples
    --------
    >>> children_seconds() >= 0
    True
    """
    pids = [one.pid for one in multiprocessing.active_children() if one.pid is not None]
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in pids)


def spent_since(start: Spent | None = None) -> Spent:
    """Return what has been spent since another moment; without one, the moment itself.

    Examples
    --------
    >>> spent_since(spent_since()).own >= 0
    True
    """
    now = Spent(time.process_time(), children_seconds(), time.perf_counter())
    return now if start is None else Spent(*(one - two for one, two in zip(now, start, strict=True)))


def spread(values: Sequence[float]) -> float:
    """Return how far values lie apart, as a share of their median.

    Examples
    --------
    >>> spread([1.0, 2.0, 2.5])
    0.75
    """
    return (max(values) - min(values)) / median(values)
