"""What an installation weighs, and what a start costs: a fresh environment with the core alone, measured.

    python -m tests.health.size        size of the core, and CPU of `hexi --help`, median of some starts

Not part of the test run: it installs, and times are no business of tests (`tests/laws/test_start.py` keeps what makes
a start slow, the modules that it imports).
"""

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.health.found import keep
from tests.laws.house import ROOT

__all__ = ["MOST_CPU", "MOST_MEGABYTES", "main"]

MOST_MEGABYTES, MOST_CPU = 700, 0.3
STARTS = 9


def main() -> int:
    """Print what was measured; 1 if it is over what was promised."""
    with tempfile.TemporaryDirectory(prefix="hexi-size-") as name:
        folder = Path(name)
        uv = str(Path(sys.executable).with_name("uv"))
        python = folder / "bin" / "python"
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, name], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), "--constraint", "constraints.txt"]
        subprocess.run([*install, "--link-mode", "copy", "--editable", "."], cwd=ROOT, check=True)
        sizes = {one.name: _bytes(one) for one in next(folder.glob("lib/*/site-packages")).iterdir()}
        megabytes = sum(sizes.values()) / 2**20
        largest = sorted(sizes, key=lambda one: -sizes[one])[:8]
        _cpu(folder)  # the first start writes the compiled modules
        cpu = statistics.median(_cpu(folder) for _ in range(STARTS))
    told = ", ".join(f"{one} {sizes[one] / 2**20:.0f}" for one in largest)
    print(f"core: {megabytes:.0f} MB installed of at most {MOST_MEGABYTES} (largest: {told})")  # noqa: T201  # a command
    print(f"hexi --help: {cpu:.2f} s of CPU, median of {STARTS}; at most {MOST_CPU}")  # noqa: T201  # a command
    if "--keep" in sys.argv:
        keep("size", "core", {"megabytes": round(megabytes), "cpu_seconds": round(cpu, 3)})
    return 0 if megabytes <= MOST_MEGABYTES and cpu <= MOST_CPU else 1


def _bytes(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(one.stat().st_size for one in path.rglob("*") if one.is_file() and not one.is_symlink())


def _cpu(folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([folder / "bin" / "hexi", "--help"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
