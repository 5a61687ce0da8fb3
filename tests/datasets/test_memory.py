"""A stream takes no more memory when it is longer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Not `ru_maxrss`: on Linux a process starts with that of the one that called it, here the whole test run's.
PROGRAM = """
import sys
from pathlib import Path
from datasets import files, transactions
rows, people, path = int(sys.argv[1]), eval(sys.argv[2]), Path(sys.argv[3])
frames = {kept}(transactions.make(rows, 7, people=people))
done = sum(map(len, frames)) if path.name == "none" else files.write(frames, path)
assert done == rows
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
MOST = 1.15
FULL = os.environ.get("HEXI_FULL") == "1"
LONG, SHORT, PEOPLE = (10_000_000, 1_000_000, None) if FULL else (2_000_000, 400_000, 10_000)
"""Rows of a long and a short stream, and who pays (all that a stream of that length has, or few): a minute, or less."""

NOT_LINUX = "waits for Linux: memory is read in /proc"
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason=NOT_LINUX)


def peak(rows: int, people: int | None, path: str = "none", kept: str = "iter") -> int:
    """Return the largest resident size, in kilobytes, of a process of its own that makes so many payments."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(kept=kept), str(rows), repr(people), path],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.fixture(scope="module")
def short() -> int:
    return peak(400_000, people=10_000)


def test_five_times_as_many_payments_take_no_more_memory(short):
    assert peak(2_000_000, people=10_000) < MOST * short


def test_the_measure_notices_payments_that_are_kept(short):
    assert peak(800_000, people=10_000, kept="list") > MOST * short


@pytest.mark.parametrize(
    "name", ["none", "payments.parquet", "payments.csv"] if FULL else ["payments.parquet", "payments.csv"]
)
def test_a_long_table_takes_no_more_memory_than_a_short_one(name, tmp_path):
    path = "none" if name == "none" else str(tmp_path / name)
    long, short = peak(LONG, PEOPLE, path), peak(SHORT, PEOPLE, path)
    print(f"{name}: {long / 1024:.0f} MB for {LONG:,} payments, {short / 1024:.0f} MB for {SHORT:,}")  # noqa: T201  # a figure for who runs it with -s
    assert long < MOST * short
