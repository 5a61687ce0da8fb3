"""Many scenarios on a few threads, with sums that do not depend on who added first.

Kernels release the interpreter's lock, so threads share the arrays of the graph and nothing is copied. Floating-point
sums would depend on which thread took which scenario; so what is summed over scenarios is an integer: a count, or an
amount in fixed point.
"""

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from credit_graph.errors import SimulationInputError

__all__ = ["fixed_point", "run_batches"]

T = TypeVar("T")


def run_batches(work: Callable[[Iterator[range]], T], count: int, threads: int | None, batch: int) -> list[T]:
    """Call `work` once on each thread with the batches that it may take; return what each gave back.

    Parameters
    ----------
    work
        Takes batches (ranges of scenarios) from an iterator that it shares with the other threads.
    count
        Number of scenarios.
    threads
        At least 1; None means one for each processor.
    batch
        Scenarios in a batch, at least 1.

    Raises
    ------
    SimulationInputError
        If threads or batch is below 1.

    Examples
    --------
    >>> run_batches(lambda batches: [list(batch) for batch in batches], count=5, threads=1, batch=2)
    [[[0, 1], [2, 3], [4]]]
    """
    workers = (os.cpu_count() or 1) if threads is None else threads
    if workers < 1 or batch < 1:
        raise SimulationInputError(f"threads and batch must be at least 1, not {threads} and {batch}")
    firsts = range(0, count, batch)
    # one list iterator, not a generator: two threads may ask it at once
    batches = iter([range(first, min(first + batch, count)) for first in firsts])
    workers = max(1, min(workers, len(firsts)))
    if workers == 1:
        return [work(batches)]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(work, [batches] * workers))


def fixed_point(most: float) -> float:
    """Return the power of two by which amounts are multiplied before they are rounded and summed as int64.

    Parameters
    ----------
    most
        What the sum can at most be.

    Examples
    --------
    >>> 2.0**60 <= fixed_point(1000.0) * 1000.0 < 2.0**61
    True
    """
    if most <= 0:
        return 1.0
    # 2^1000 is enough for the smallest amounts, and stays a float
    return 2.0 ** min(61 - math.frexp(most)[1], 1000)
