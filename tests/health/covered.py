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
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.laws.house import ROOMS, ROOT

__all__ = ["main", "table"]

HERE = ROOT / "build" / "coverage"
SETTINGS = Path(__file__).with_name("coverage.ini")


def main(words: Sequence[str] | None = None) -> int:
    """Measure rooms, print the table of all that are measured; 1 if a test failed meanwhile."""
    parser = argparse.ArgumentParser(prog="python -m tests.health.covered", description=__doc__.split("\n")[0])
    parser.add_argument("room", nargs="*", choices=[*ROOMS, []], help="what to measure (default: all)")
    given = parser.parse_args(words)
    HERE.mkdir(parents=True, exist_ok=True)
    failed = [room for room in given.room or ROOMS if measure(room)]
    for line in table(HERE.glob("*.json")):
        print(line)  # noqa: T201  # this is a command
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


def table(found: Iterable[Path]) -> list[str]:
    """Return a table in Markdown: lines to run and the part that is run, of each room and each package in it."""
    rows = ["| package | lines | covered | lines of kernels, left out |", "|---|---:|---:|---:|"]
    for path in sorted(found):
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        parts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for name, told in files.items():
            package = ".".join(Path(name).parent.parts)
            for one in {path.stem, package}:
                counted = told["summary"]
                add = (counted["num_statements"], counted["covered_lines"], counted["excluded_lines"])
                parts[one] = [x + y for x, y in zip(parts[one], add, strict=True)]
        for package in sorted(parts):
            lines, covered, left_out = parts[package]
            name = f"**{package}**" if package == path.stem else package
            rows.append(f"| {name} | {lines:,} | {covered / max(lines, 1):.1%} | {left_out:,} |")
    return rows


if __name__ == "__main__":
    sys.exit(main())
