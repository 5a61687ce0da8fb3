"""The stream: one decision for each event id, whatever dies, repeats, is no event, or changes hands."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from serving_sample import SampleDecider, event

pytest.importorskip("confluent_kafka", reason="waits for confluent-kafka: pip install -e '.[serve]'")

from stream_sample import Broker, broker_process, child, work

from fraud.errors import StreamError, StreamMarkError, StreamSettingsError
from fraud.stream import StreamSettings
from fraud.stream.demonstration import demonstrate, events_of
from fraud.stream.told import Mark


@pytest.fixture
def broker() -> Broker:
    return Broker()


def until(true: Any, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def kept(folder: Path) -> list[str]:
    decider = SampleDecider(folder)
    found = [one.event_id for one in decider.since(0)]
    decider.close()
    return found


def reasons(broker: Broker) -> list[str]:
    return sorted(dict(message.headers())["reason"].decode() for message in broker.records("payments.dead"))


def test_each_event_gets_one_decision_and_the_same_again_none(broker: Broker, tmp_path: Path) -> None:
    broker.send("payments", [event(number) for number in (1, 2, 1, 3, 2, 1)])
    work(tmp_path, broker.settings(), 6)
    broker.send("payments", [event(3), event(4)])
    work(tmp_path, broker.settings(), 2)
    assert broker.decisions() == {f"T{number:05d}": 1 for number in (1, 2, 3, 4)}
    decider = SampleDecider(tmp_path)
    for message in broker.records("decisions"):
        found = decider.find(message.key().decode())
        assert found is not None
        assert found.body == message.value()
    decider.close()


def test_what_is_no_event_becomes_a_dead_letter_with_its_reason(broker: Broker, tmp_path: Path) -> None:
    wrong = [b"{", b"", b"\xff\xfe", b"[]", event(1, amount_fen="five"), event(2, stranger=1), event(3, amount_fen=9)]
    broker.send("payments", [event(3), *wrong, event(4)], partition=0)
    work(tmp_path, broker.settings(), 9)
    assert broker.decisions() == {"T00003": 1, "T00004": 1}
    told = reasons(broker)
    assert len(told) == len(wrong)
    for part in (
        "not JSON",
        "an event is list",
        "amount_fen is 'five'",
        "stranger is no field",
        "T00003 was decided before",
    ):
        assert any(part in reason for reason in told), part
    letters = {message.key(): message.value() for message in broker.records("payments.dead")}
    assert letters[b"payments/0/1"] == b"{"


# the first batch of a worker is often one that the last has decided: it dies in a later one
DEATHS = [
    *(("taken", 2), ("decided", 2), ("written", 2), ("telling 0", 2)),
    *(("telling 3", 2), ("told", 2), ("marked", 2), ("committed", 2)),
]


def test_a_worker_that_is_killed_at_any_step_loses_nothing_and_tells_nothing_twice(
    broker: Broker, tmp_path: Path
) -> None:
    sent = [event(number) if number % 6 else b"poison" for number in range(240)]
    broker.send("payments", [*sent, event(5)])
    settings = broker.settings(most_messages=8)
    for step, nth in DEATHS:
        with child(tmp_path, settings, 0, step, nth) as worker:
            worker.join(60)
            assert worker.exitcode == -signal.SIGKILL, step
    with child(tmp_path, settings) as worker:
        until(lambda: len(broker.decisions()) == 200 and len(broker.records("payments.dead")) >= 40)
        worker.terminate()
        worker.join(20)
        assert worker.exitcode == 0
    assert set(broker.decisions().values()) == {1}
    assert len(broker.records("payments.dead")) == 40
    assert sorted(kept(tmp_path)) == [f"T{number:05d}" for number in range(240) if number % 6]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_worker_that_is_killed_at_random_moments_loses_nothing_and_tells_nothing_twice(
    broker: Broker, tmp_path: Path, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    sent: list[int] = []
    for _ in range(4):
        fresh = list(range(len(set(sent)), len(set(sent)) + 150))
        again = rng.choice(sent, 30).tolist() if sent else []
        sent += fresh + again
        broker.send("payments", [event(int(number)) for number in rng.permutation(fresh + again)])
        before = sum(broker.decisions().values()) if len(sent) > 150 else 0
        with child(tmp_path, broker.settings(most_messages=20)) as worker:
            until(lambda before=before: sum(broker.decisions().values()) > before)
            time.sleep(float(rng.uniform(0, 0.05)))
            os.kill(worker.pid, signal.SIGKILL)
            worker.join(20)
    with child(tmp_path, broker.settings()) as worker:
        until(lambda: len(broker.decisions()) == len(set(sent)))
        worker.terminate()
        worker.join(20)
    assert set(broker.decisions().values()) == {1}
    assert len(kept(tmp_path)) == len(set(sent))


def test_partitions_change_hands_and_nothing_is_lost_or_told_twice(broker: Broker, tmp_path: Path) -> None:
    shared = broker.settings(partitions=(), member="", most_messages=10)
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    broker.send("payments", [event(number) for number in range(100)])
    with child(folders[0], shared) as first, child(folders[1], shared) as second:
        until(lambda: len(broker.decisions()) >= 50)
        broker.send("payments", [event(number) for number in range(100, 200)])
        os.kill(first.pid, signal.SIGKILL)
        first.join(20)
        broker.send("payments", [event(number) for number in range(200, 300)])
        until(lambda: len(broker.decisions()) == 300)
        second.terminate()
        second.join(20)
        assert second.exitcode == 0
    assert set(broker.decisions().values()) == {1}


def test_a_broker_that_is_away_is_waited_for(tmp_path: Path) -> None:
    with broker_process() as (process, broker):
        broker.send("payments", [event(number) for number in range(40)])
        with child(tmp_path, broker.settings(most_messages=5)) as worker:
            until(lambda: len(broker.decisions()) >= 5)
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(1.5)
            assert worker.is_alive()
            os.kill(process.pid, signal.SIGCONT)
            broker.send("payments", [event(number) for number in range(40, 60)])
            until(lambda: len(broker.decisions()) == 60)
            worker.terminate()
            worker.join(20)
        assert set(broker.decisions().values()) == {1}


def test_an_event_that_waited_too_long_is_decided_by_rules_and_marked(broker: Broker, tmp_path: Path) -> None:
    broker.send("payments", [event(1)])
    time.sleep(0.1)
    work(tmp_path, broker.settings(patience=0.05), 1)
    told = json.loads(broker.records("decisions")[0].value())
    assert told["degraded"]
    assert "rules only: waited" in told["why"]


@pytest.mark.parametrize(
    "wrong", [{"brokers": " "}, {"decisions": "payments"}, {"most_messages": 0}, {"session_seconds": 0}]
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(StreamSettingsError):
        StreamSettings(**{"brokers": "127.0.0.1:1", **wrong})


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"place": 1}', '{"place": "x", "ends": {}}', '{"place": 1, "ends": {"a": 1}}']
)
def test_a_mark_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "told.json").write_text(text)
    with pytest.raises(StreamMarkError, match=r"told\.json is no mark"):
        Mark.read(tmp_path / "told.json")


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_file_is_demonstrated_with_repetitions_and_poison_and_counted(tmp_path: Path, suffix: str) -> None:
    table = pd.DataFrame([event(number) for number in range(1_000)])
    table["occurred_at"] = pd.to_datetime(table["occurred_at"])
    table["transaction_id"] = range(1_000)  # numbers are identifiers too
    file = tmp_path / f"payments{suffix}"
    table.to_parquet(file) if suffix == ".parquet" else table.to_csv(file, index=False)
    said: list[str] = []
    decider = SampleDecider(tmp_path)
    assert demonstrate(decider, tmp_path, file, said.append) == 0
    assert "1,021 messages, 1,000 different payments" in said[0]
    assert "dead 1, decided 1,000, repeated 20, taken 1,021" in said[1]
    assert "decisions on the topic · 决策: 1,000" in said[2]
    assert demonstrate(decider, tmp_path, file, said.append) == 0
    assert "1,000 were decided by this log before" in said[-1]
    decider.close()


def test_a_file_without_identifiers_is_refused(tmp_path: Path) -> None:
    pd.DataFrame({"occurred_at": ["2026-01-01T00:00:00"], "amount_fen": [1]}).to_csv(tmp_path / "f.csv", index=False)
    with pytest.raises(StreamError, match=r"f\.csv has no column transaction_id"):
        list(events_of(tmp_path / "f.csv"))
