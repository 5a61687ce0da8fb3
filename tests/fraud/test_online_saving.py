"""A state that is saved, restored, damaged, and a process that is killed at any moment."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fraud.errors import FeatureStateError
from fraud.online import OnlineFeatures
from tests.fraud.online_crash import events, fresh, resumed

ROOT = Path(__file__).resolve().parents[2]


def log(rows: int, seed: int) -> list[dict[str, object]]:
    chance = np.random.default_rng(seed)
    seconds = np.cumsum(chance.choice([0, 1, 600, 90_000], rows)) + chance.choice([0, 0, -700], rows)
    return [
        {
            "transaction_id": f"t{number - (number % 17 == 5)}",
            "occurred_at": int(seconds[number]),
            "customer_id": f"c{chance.integers(0, 5)}",
            "amount_fen": int(chance.integers(1, 10**6)),
            "device_id": f"d{chance.integers(0, 7)}",
            "channel": ["qr", "drone", "boat"][chance.integers(0, 3)],
            "is_fraud": int(chance.random() < 0.1),
        }
        for number in range(rows)
    ]


def test_restored_stream_goes_on_as_if_it_had_never_stopped(tmp_path):
    history = log(300, seed=1)
    steady, stopped = fresh(), fresh()
    for number, event in enumerate(history):
        if number in (0, 7, 150, 299):
            stopped.save(tmp_path / "state")
            stopped = OnlineFeatures.restore(tmp_path / "state")
            assert stopped.sequence == number
        assert np.array_equal(stopped.push(event), steady.push(event), equal_nan=True)
    assert stopped.counts == steady.counts
    assert steady.counts["duplicates"] == 18
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state"]


def test_killed_process_goes_on_from_its_file_and_counts_nothing_twice(tmp_path):
    history, chance = log(2_000, seed=2), np.random.default_rng(3)
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(event) + "\n" for event in history))
    kills, saved = 0, []
    while kills < 3:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fraud.online_crash", str(tmp_path)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        # killed some saves after it went on, wherever it is then: while it pushes, or while it writes
        assert process.stdout is not None
        for _ in range(int(chance.integers(2, 18))):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        kills += 1
        saved.append(resumed(tmp_path).sequence)
    assert saved == sorted(saved)
    assert 0 < saved[-1] < len(history)
    steady, back = fresh(), resumed(tmp_path)
    told = [steady.push(event).copy() for event in events(tmp_path)]
    for number in range(back.sequence, len(history)):
        assert np.array_equal(back.push(history[number]), told[number], equal_nan=True)
    steady.save(tmp_path / "steady")
    back.save(tmp_path / "state")
    digests = {hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("steady", "state")}
    assert len(digests) == 1


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


BROKEN = {
    "another file": (lambda data: b"PK" + data, "no saved state"),
    "another version": (lambda data: flipped(data, 20), "another version"),
    "a length that lies": (lambda data: flipped(data, 28), "damaged header"),
    "a bit of the header": (lambda data: flipped(data, 60), "damaged header"),
    "the last bit": (lambda data: flipped(data, len(data) - 1), "its hash differs"),
    "a bit in the middle": (lambda data: flipped(data, len(data) // 2), "its hash differs"),
    "cut short": (lambda data: data[:-1], "ends within the array"),
    "something behind": (lambda data: data + b"0", "its hash differs"),
    "an empty file": (lambda data: b"", "no saved state"),
}


@pytest.mark.parametrize(("broken", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_damaged_file_is_refused(broken, words, tmp_path):
    online = fresh()
    online.push(log(1, seed=4)[0])
    online.save(tmp_path / "state")
    (tmp_path / "state").write_bytes(broken((tmp_path / "state").read_bytes()))
    with pytest.raises(FeatureStateError, match=words):
        OnlineFeatures.restore(tmp_path / "state")


def test_file_that_cannot_be_written_leaves_the_older_one(tmp_path, monkeypatch):
    online = fresh()
    online.save(tmp_path / "state")
    before = (tmp_path / "state").read_bytes()
    online.push(log(1, seed=5)[0])

    def refuse(_: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="disk is full"):
        online.save(tmp_path / "state")
    assert (tmp_path / "state").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
