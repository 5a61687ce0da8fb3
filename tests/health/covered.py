"""Coverage by package: which part of each package's lines its tests and doctests run, processes that they start too.

    python -m tests.health.covered                  measure every room, then the table (long)
    python -m tests.health.covered ledger fraud     measure these anew, then the table of all that is measured

A room is measured by its own tests alone (`tests/<room>` and its doctests), so that nothing is counted which another
room's tests happen to touch. The bodies of compiled kernels are left out: they are machine code, and held to their
twins. What was measured lies under `build/coverage/`.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.health.found import keep
from tests.laws.house import ROOMS, ROOT

__all__ = ["main", "measure", "packages"]

HERE = ROOT / "build" / "coverage"
SETTINGS = Path(__file__).with_name("coverage.ini")


def main(words: Sequence[str] | None = None) -> int:
    """Measure rooms, print the table of all that are measured; 1 if a test failed meanwhile."""
    parser = argparse.ArgumentParser(prog="python -m tests.health.covered", description=__doc__.split("\n")[0])
    parser.add_argument("room", nargs="*", choices=[*ROOMS, []], help="what to measure (default: all)")
    parser.add_argument("--keep", action="store_true", help="keep the figures, for docs/health.md")
    parser.add_argument("--table", action="store_true", help="measure nothing, show what was measured")
    given = parser.parse_args(words)
    HERE.mkdir(parents=True, exist_ok=True)
    failed = [room for room in given.room or ROOMS if not given.table and measure(room)]
    for path in sorted(HERE.glob("*.json")):
        found = packages(path)
        for name, (lines, covered, left_out) in found.items():
            told = f"{name:32} {lines:6,} lines, {covered / max(lines, 1):6.1%} covered; {left_out:5,} left out"
            print(told)  # noqa: T201  # this is a command
        if given.keep and path.stem not in failed:
            keep("coverage", path.stem, {"packages": found})
    if failed:
        print(f"tests failed in {', '.join(failed)}: what they would have run is not counted")  # noqa: T201  # this is a command
    return 1 if failed else 0


def measure(room: str) -> int:
    """Run the tests of a room and write down which lines they ran; return the exit code of the tests."""
    environment = os.environ | {"COVERAGE_FILE": str(HERE / f".{room}")}
    for old in HERE.glob(f".{room}*"):
        old.unlink()

    def coverage(*asked: str) -> int:
        command = [sys.executable, "-m", "coverage", *asked, f"--rcfile={SETTINGS}"]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode

    command = [sys.executable, "-m", "coverage", "run", f"--rcfile={SETTINGS}"]
    tests = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/{room}", room]
    code = subprocess.run([*command, *tests], cwd=ROOT, env=environment, check=False).returncode
    coverage("combine", "-q")
    coverage("json", "-q", "-o", str(HERE / f"{room}.json"), f"--include={room}/*")
    return code


def packages(told: Path) -> dict[str, tuple[int, int, int]]:
    """Return lines that can be run, lines that were, and lines left out, of a room and each package in it."""
    parts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for name, one in json.loads(told.read_text(encoding="utf-8"))["files"].items():
        counted = one["summary"]
        add = (counted["num_statements"], counted["covered_lines"], counted["excluded_lines"])
        for package in {told.stem, ".".join(Path(name).parent.parts)}:
            parts[package] = [x + y for x, y in zip(parts[package], add, strict=True)]
    return {package: (one[0], one[1], one[2]) for package, one in sorted(parts.items())}


if __name__ == "__main__":
    sys.exit(main())
