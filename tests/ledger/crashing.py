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
        here = Path(__file__).parent
        paths = os.pathsep.join([str(here), str(here.parents[1])])
        self._process = subprocess.Popen(
            [sys.executable, here / "crash_writer.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
        )

    def killed(self, place: Path | str, seed: int, longest: float) -> list[Acknowledged]:
        """Let it write to a ledger, end it within so many seconds, and return what it had acknowledged."""
        child = self.started(place, seed)
        time.sleep(float(np.random.default_rng(seed).uniform(0, longest)))
        os.kill(child, signal.SIGKILL)
        return self.rest()

    def started(self, place: Path | str, seed: int) -> int:
        """Let it write to a ledger, and return the id of the process that does."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{place} {seed}\n".encode())
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def rest(self) -> list[Acknowledged]:
        """Return what was acknowledged up to the writer's end; half a line was not heard by anybody."""
        assert self._process.stdout is not None
        lines = []
        while not (line := self._process.stdout.readline()).endswith(b"ended\n"):
            lines.append(line)
        return [Acknowledged(int(one), int(two), name.decode()) for one, two, name in map(bytes.split, lines)]

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()
