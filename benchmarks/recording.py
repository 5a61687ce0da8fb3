"""What was measured, kept: one JSON file for each benchmark under `benchmarks/results/`.

A number without its machine says little. Beside the measurements stands when they were taken, of which commit (and
whether files had changed since), on what processor with how much memory and how busy it was before and after, with
which versions of Python and of the packages that take part. A file is replaced by the next full run; the repository's
history keeps the old ones. Look at ratios within one file; seconds of two files are those of two days.
"""

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.errors import NothingMeasuredError
from benchmarks.measurement import Measurement

__all__ = ["RESULTS", "circumstances", "read_record", "read_records", "record"]

RESULTS = Path(__file__).resolve().parent / "results"
"""Where records are kept."""

_ROOT = RESULTS.parents[1]
_DIGITS = 6
_CPU, _MEMORY = Path("/proc/cpuinfo"), Path("/proc/meminfo")


def record(
    name: str,
    measurements: Iterable[Measurement],
    *,
    packages: Sequence[str] = (),
    note: str = "",
    before: Mapping[str, Any] | None = None,
    folder: Path = RESULTS,
    now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
) -> Path:
    """Write what a benchmark measured, and under what circumstances, and return the file.

    Parameters
    ----------
    name
        Of the benchmark; the file is called so.
    measurements
        What `run` of the benchmark returned.
    packages
        Names of the distributions whose versions matter; one that is not installed is recorded as absent.
    note
        What a reader must know: a busy machine, a smaller size.
    before
        `circumstances()` as they were before the run, for how busy the machine was then.
    folder
        Where to write.
    now
        The clock.

    Raises
    ------
    NothingMeasuredError
        If there is no measurement, or two of the same thing.

    Examples
    --------
    >>> import tempfile
    >>> one = Measurement("province", "chance", "average precision", 0.002, "share")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = record("toy", [one], note="a toy", folder=Path(folder))
    ...     path.name, read_record(path)["measurements"] == [vars(one)]
    ('toy.json', True)
    """
    found = list(measurements)
    places = [(one.dataset, one.subject, one.metric) for one in found]
    if not found or len(set(places)) < len(places):
        twice = next((place for place in places if places.count(place) > 1), None)
        said = f"has two values for {' / '.join(twice)}" if twice else "has measured nothing"
        raise NothingMeasuredError(f"the benchmark {name} {said}; each thing must be measured once")
    about = circumstances(packages, now)
    loads = {"load_before": before["load"]} if before is not None else {}
    numbers = [vars(one) | {"value": float(f"{one.value:.{_DIGITS}g}")} for one in found]
    whole = {"benchmark": name, "note": note} | about | loads | {"measurements": numbers}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(_lines(whole), encoding="utf-8")
    return path


def read_record(path: Path) -> dict[str, Any]:
    """Read what `record` wrote."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def read_records(folder: Path = RESULTS) -> dict[str, dict[str, Any]]:
    """Return everything that is recorded, by the name of the benchmark.

    Examples
    --------
    >>> read_records()["ledger"]["benchmark"]
    'ledger'
    """
    return {path.stem: read_record(path) for path in sorted(folder.glob("*.json"))}


def circumstances(
    packages: Sequence[str] = (), now: Callable[[], datetime] = lambda: datetime.now().astimezone()
) -> dict[str, Any]:
    """Say when, of which commit, on what machine and with which versions something is measured.

    Returns
    -------
    date, commit (None outside of a repository), changed_files (how many differ from it), machine, load (average of
    one minute over the processors: above 1 others were waiting), versions.

    Examples
    --------
    >>> sorted(circumstances(["numpy"]))
    ['changed_files', 'commit', 'date', 'load', 'machine', 'versions']
    """
    cores = os.cpu_count() or 1
    return {
        "date": now().isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "HEAD"),
        "changed_files": len((_git("status", "--porcelain", "-uno") or "").splitlines()),
        "machine": {
            "processor": _value(_CPU, "model name") or platform.processor() or platform.machine(),
            "cores": cores,
            "memory": _value(_MEMORY, "MemTotal") or "unknown",
            "system": platform.system(),
        },
        "load": round(os.getloadavg()[0] / cores, 2),
        "versions": {"python": platform.python_version()} | {one: _version(one) for one in sorted(packages)},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _value(path: Path, name: str) -> str | None:
    """Return what stands behind a name in a file of the kernel, where there is one."""
    if not path.exists():
        return None
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.split(":", 1)[0].strip() == name), None)


def _git(*words: str) -> str | None:
    try:
        told = subprocess.run(  # noqa: S603  # words of this module, and no shell
            ["git", *words],  # noqa: S607  # the git of whoever measures
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return told.stdout.rstrip("\n") if told.returncode == 0 else None


def _lines(whole: Mapping[str, Any]) -> str:
    """Write a measurement a line, so that the difference of two runs can be read."""
    head = json.dumps({name: value for name, value in whole.items() if name != "measurements"}, indent=1)
    rows = ",\n".join(f"  {json.dumps(one, ensure_ascii=False)}" for one in whole["measurements"])
    return f'{head[:-2]},\n "measurements": [\n{rows}\n ]\n}}\n'
