"""Kills a writer at a random moment, and says what it had acknowledged until then."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Acknowledged(NamedTuple):
    """What a receipt said before the writer was killed."""

    block: int
    place: int
    id: str


class Writer:
    """The script `crash_writer.py`, ready to write."""

    def __init__(self) -> None:
        self._going = False
        here = Path(__file__).parent
        paths = os.pathsep.join([str(here), str(here.parents[1])])
        self._process = subprocess.Popen(
            [sys.executable, here / "crash_writer.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
        )

    def killed(self, place: Path | str, seed: int, most: int = 12) -> list[Acknowledged]:
        """Let it write, end it shortly after up to so many receipts, and return all that it had acknowledged."""
        rng = np.random.default_rng(seed)
        child = self.started(place, seed)
        known = self.heard(int(rng.integers(0, most)))
        time.sleep(float(rng.uniform(0, 0.02)))
        os.kill(child, signal.SIGKILL)
        return known + self.rest()

    def started(self, place: Path | str, seed: int) -> int:
        """Let it write to a ledger, and return the id of the process that does."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{place} {seed}\n".encode())
        self._process.stdin.flush()
        self._going = True
        return int(self._process.stdout.readline())

    def heard(self, number: int) -> list[Acknowledged]:
        """Wait for so many receipts, or the writer's end."""
        assert self._process.stdout is not None
        told: list[Acknowledged] = []
        while len(told) < number and self._going:
            line = self._process.stdout.readline()
            if line == b"ended\n":
                self._going = False
            else:
                block, place, name = line.split()
                told.append(Acknowledged(int(block), int(place), name.decode()))
        return told

    def rest(self) -> list[Acknowledged]:
        """Return what was acknowledged up to the writer's end."""
        return self.heard(sys.maxsize)

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()
