"""Processor time of whole families of processes: an orphan's is not lost."""

import os
import signal
import subprocess
import sys
import time

import pytest

from benchmarks import descendants
from benchmarks.descendants import processor_seconds

WORK = "import time\nwhile time.process_time() < 0.3: pass"
ORPHAN = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {WORK!r}])"


@pytest.mark.skipif(sys.platform != "linux", reason="waits for Linux: elsewhere nobody inherits orphans")
def test_a_process_that_outlives_its_parent_is_waited_for_and_counted() -> None:
    with processor_seconds() as spent:
        subprocess.run([sys.executable, "-c", ORPHAN], check=True)
    assert spent.seconds >= 0.3


@pytest.mark.skipif(sys.platform != "linux", reason="waits for Linux: elsewhere nobody inherits orphans")
def test_an_orphan_that_does_not_end_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descendants, "_LONGEST_WAIT", 0.5)
    sleeper = "import subprocess as s; print(s.Popen(['sleep', '60'], stdout=s.DEVNULL, stderr=s.DEVNULL).pid)"
    began = time.monotonic()
    with processor_seconds():
        told = subprocess.run([sys.executable, "-c", sleeper], check=True, capture_output=True, text=True)
    assert time.monotonic() - began < 50
    os.kill(int(told.stdout), signal.SIGKILL)
    os.waitpid(int(told.stdout), 0)


def test_a_process_that_ran_before_is_neither_waited_for_nor_counted() -> None:
    earlier = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        began = time.monotonic()
        with processor_seconds():
            subprocess.run([sys.executable, "-c", ""], check=True)
        assert earlier.poll() is None
        assert time.monotonic() - began < 50
    finally:
        earlier.kill()
        earlier.wait()
