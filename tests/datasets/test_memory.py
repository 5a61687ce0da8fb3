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
FULL = "full mode: set HEXI_FULL=1 (takes a minute)"

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


@pytest.mark.skipif(os.environ.get("HEXI_FULL") != "1", reason=FULL)
@pytest.mark.parametrize("name", ["none", "payments.parquet", "payments.csv"])
def test_ten_million_payments_take_no_more_memory_than_one_million(name, tmp_path):
    path = "none" if name == "none" else str(tmp_path / name)
    long, short = peak(10_000_000, None, path), peak(1_000_000, None, path)
    print(f"{name}: {long / 1024:.0f} MB for 10 m payments, {short / 1024:.0f} MB for 1 m")  # noqa: T201  # a figure for who runs it with -s
    assert long < MOST * short
