"""What a process and everything that it starts costs, also what outlives it.

A browser's drawing processes are children of a helper that nobody waits for: when the browser ends they are handed to
the first process of the machine, and their processor time is lost to whoever measures. Linux can name another heir (a
"child subreaper", prctl(2)), which waits for them here, though not for ever: what does not end is not counted, and
elsewhere no orphan is.
"""

import ctypes
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Spent", "processor_seconds"]

_PR_SET_CHILD_SUBREAPER = 36
_LONGEST_WAIT = 30.0
_NAP = 0.02


@dataclass
class Spent:
    """Processor time, seconds; known when the block has ended."""

    seconds: float = 0.0


@contextmanager
def processor_seconds() -> Iterator[Spent]:
    """Measure the processes that are started in a block, once they and their descendants have ended.

    Examples
    --------
    >>> import subprocess
    >>> with processor_seconds() as spent:
    ...     _ = subprocess.run([sys.executable, "-c", "sum(range(10_000_000))"], check=True)
    >>> spent.seconds > 0.01
    True
    """
    spent, here = Spent(), _children()
    before = _seconds()
    _be_heir(True)
    try:
        yield spent
        _wait_for_orphans(here)
        spent.seconds = _seconds() - before
    finally:
        _be_heir(False)


def _wait_for_orphans(others: set[int]) -> None:
    """Wait until no process is left but the others, seconds at the most."""
    ends = time.monotonic() + _LONGEST_WAIT
    while (left := _children() - others) and time.monotonic() < ends:
        for pid in left:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(_NAP)


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _children() -> set[int]:
    """Return the processes that this one would wait for; none where the system does not list them."""
    return {int(pid) for one in Path("/proc/self/task").glob("*/children") for pid in one.read_text().split()}


def _be_heir(is_heir: bool) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(is_heir), 0, 0, 0)
