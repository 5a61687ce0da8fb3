"""How long each case takes, measured: `durations.json`, written by `hexi list --measure`.

A duration is of one machine, one commit and one load, and they are kept beside it. Where the machine was busy with
other work, seconds of CPU are told instead of those on the clock: a free machine takes about as long, or less where
several processes share the work.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engines.errors import EngineError
from engines.progress import Report
from engines.start.running import run_case

__all__ = ["FILE", "Durations", "measure", "read"]

FILE = Path(__file__).with_name("durations.json")

_BUSY = 1.0


@dataclass(frozen=True)
class Durations:
    """What was measured of the cases, and when and where.

    Parameters
    ----------
    cases
        For each: size, seconds, cpu_seconds, and the load before it.
    about
        The sentence of when and where; empty if nothing was measured.
    """

    cases: Mapping[str, Mapping[str, float]]
    about: str

    def shown(self, name: str) -> str:
        """Return how long a case takes, as people read it; empty if that was not measured.

        Examples
        --------
        >>> made = Durations({"limits": {"size": 2000, "seconds": 9.0, "cpu_seconds": 4.2, "load": 3.0}}, "")
        >>> made.shown("limits"), made.shown("nothere")
        ('4 s CPU', '')
        """
        one = self.cases.get(name)
        if one is None:
            return ""
        is_busy = one["load"] > _BUSY
        seconds = one["cpu_seconds"] if is_busy else one["seconds"]
        text = f"{max(seconds, 1):.0f} s" if seconds < 99.5 else f"{seconds / 60:.0f} min"
        return f"{text} CPU" if is_busy else text


@cache
def read(path: Path = FILE) -> Durations:
    """Return what is kept; nothing if the file is not there.

    Examples
    --------
    >>> read(Path("nothere.json")).cases
    {}
    """
    if not path.exists():
        return Durations({}, "")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    machine = found["machine"]
    commit = (found["commit"] or "none")[:10]
    about = f"measured {found['date'][:10]} at commit {commit} on {machine['processor']}, {machine['cores']} cores"
    return Durations(found["cases"], about)


def measure(names: Iterable[str], report: Report, path: Path = FILE) -> Durations:
    """Run cases at their own size, one after the other, and keep how long each took.

    Parameters
    ----------
    names
        Of the cases; what was measured of others stays.
    report
        Called before each.
    path
        Where it is kept.

    Raises
    ------
    EngineError
        If a case ends with an error.
    """
    from benchmarks.recording import circumstances

    asked = list(names)
    found = dict(json.loads(path.read_text(encoding="utf-8"))["cases"]) if path.exists() else {}
    for place, name in enumerate(asked):
        report("cases · 案例", place, len(asked))
        load = circumstances()["load"]
        ran = run_case(name)
        if ran.error:
            raise EngineError(f"the case {name} was not measured: {ran.error}")
        costs = {"seconds": round(ran.seconds, 1), "cpu_seconds": round(ran.cpu_seconds, 1), "load": load}
        found[name] = {"size": ran.document["size"], **costs}
        about = {key: value for key, value in circumstances().items() if key in ("date", "commit", "machine")}
        path.write_text(json.dumps(about | {"cases": dict(sorted(found.items()))}, indent=1) + "\n", encoding="utf-8")
    read.cache_clear()
    return read(path)
