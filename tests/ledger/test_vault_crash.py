"""A vault whose process is killed at any moment: what it kept is there, what it destroyed is nowhere."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from vault_writer import LEDGER, envelope_of, secrets_of

from ledger.privacy import Vault, read_envelope

ROUNDS = 40 if os.environ.get("HEXI_FULL") else 4
PROGRAM = Path(__file__).with_name("vault_writer.py")


def test_kill_9_at_any_moment_loses_no_key_and_leaves_no_trace(tmp_path: Path) -> None:
    path, rng = tmp_path / "payloads.vault", np.random.default_rng(12)
    Vault(path, LEDGER, create=True).close()
    said: list[str] = []
    for _ in range(ROUNDS):
        lines = int(rng.integers(1, 30))
        said += killed_after(path, lines, float(rng.uniform(0, 0.02)))
        with Vault(path, LEDGER) as vault:
            found = dict(vault.payloads())
            assert set(found.values()) <= {"kept", "destroyed"}
            assert {f"P{line.split()[1]}" for line in said} <= set(found)
            held = on_disk(path)
            for name, status in found.items():
                number = int(name[1:])
                if status == "kept":
                    assert f"destroyed {number}" not in said
                    assert vault.key(name) == secrets_of(number)[0]
                    assert vault.envelope(name) == envelope_of(number)
                else:
                    assert f"destroying {number}" in said
                    assert not any(secret in held for secret in secrets_of(number))
                    assert read_envelope(vault.envelope(name)).copies == {}
    assert sum(line.startswith("destroyed") for line in said) >= ROUNDS


def killed_after(path: Path, lines: int, seconds: float) -> list[str]:
    """Start a writer, kill it so long after so many lines, and return all that it said."""
    environment = {**os.environ, "PYTHONPATH": str(PROGRAM.parents[2])}
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), str(path)], stdout=subprocess.PIPE, text=True, env=environment
    ) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(lines)]
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
        writer.wait(timeout=30)
    assert all(said), "the writer ended by itself"
    return [line.strip() for line in said]


def on_disk(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(path.name + "*")))
