"""One case run as a command in a process of its own: what it said, and what it cost.

A report is made by the same command that a reader of the page would type, and no case's memory stays with the next.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.descendants import processor_seconds

__all__ = ["SMALL", "Ran", "run_case"]

SMALL: Mapping[str, int] = {"anti-fraud": 120_000, "behaviour-risk": 30_000, "filing": 13, "province": 100}
"""Sizes at which a case still shows what it is about, for those whose own size takes long."""


@dataclass(frozen=True)
class Ran:
    """What came of one run.

    Parameters
    ----------
    document
        What `hexi run CASE --json` printed; empty if it failed.
    seconds, cpu_seconds
        On the clock, and of all processes that took part.
    error
        The sentence that it failed with; empty if there is a result.
    """

    document: Mapping[str, Any]
    seconds: float
    cpu_seconds: float
    error: str = ""


def run_case(name: str, size: int | None = None, page: Path | None = None) -> Ran:
    """Run a case, with a page if a path is given, and return what came of it.

    Parameters
    ----------
    name
        As on the command line.
    size
        By default the case's own.
    page
        Where to write the report.

    Examples
    --------
    >>> run_case("nothere").error[:26]
    "there is no case 'nothere'"
    """
    words = [sys.executable, "-m", "engines", "run", name, "--json"]
    words += [] if size is None else ["--size", str(size)]
    words += [] if page is None else ["--html", str(page)]
    with processor_seconds() as cpu:
        start = perf_counter()
        told = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603  # our own command, no shell
        seconds = perf_counter() - start
    if told.returncode not in (0, 1):
        lines = told.stderr.strip().splitlines() or [f"it ended with {told.returncode}"]
        return Ran({}, seconds, cpu.seconds, lines[-1].removeprefix("hexi: "))
    return Ran(json.loads(told.stdout), seconds, cpu.seconds)
