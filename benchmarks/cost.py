"""What a piece of work costs: seconds of CPU, and the most memory that it held.

CPU seconds are those of all threads of the process. They change less than the clock on the wall when somebody else
uses the machine, but caches and frequency are shared all the same: trust ratios within one run, not seconds across
runs or machines. Memory is the peak of a fresh process with its imports. It is read from the kernel's high-water mark
of the process itself: the `ru_maxrss` of getrusage also counts the parent that it was started from.
"""

import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

__all__ = ["Cost", "in_fresh_process", "peak_bytes", "timed"]

Result = TypeVar("Result")

_STATUS = Path("/proc/self/status")
_KILO = 1024


@dataclass(frozen=True)
class Cost:
    """CPU seconds of a piece of work, and bytes of memory that its process held at the most."""

    cpu_seconds: float
    peak_bytes: int


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """Return what the work returns, and the CPU seconds that it took.

    Examples
    --------
    >>> result, seconds = timed(lambda: sum(range(1000)))
    >>> result, seconds >= 0
    (499500, True)
    """
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def in_fresh_process(work: Callable[[int], object], size: int) -> Cost:
    """Return what work of a size costs in a process of its own, that has done nothing before.

    Parameters
    ----------
    work
        A function of a module, which the new process can import; what it returns is thrown away.
    size
        Its only argument, such as a number of rows.

    Examples
    --------
    >>> in_fresh_process(abs, -3).peak_bytes > 1_000_000
    True
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_cost, work, size).result()


def _cost(work: Callable[[int], object], size: int) -> Cost:
    _, seconds = timed(lambda: work(size))
    return Cost(seconds, peak_bytes())


def peak_bytes() -> int:
    """Return the most bytes of memory that this process has held so far.

    Examples
    --------
    >>> peak_bytes() > 1_000_000
    True
    """
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * _KILO
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * _KILO
