"""The log: group commit, a chain that shows tampering, processes killed at any moment, and replay bit by bit."""

import os
import sqlite3
import threading
import time
from datetime import timedelta

import numpy as np
import orjson
import pytest

from fraud.engine.capacity import Capacity
from fraud.engine.lists import ListEntry
from fraud.engine.log import DecisionLog
from fraud.engine.record import read_decision
from fraud.engine.recovery import attach, checkpoint
from fraud.engine.replay import Library, replay
from fraud.engine.setting import Setting
from fraud.engine.shadow import Shadow
from fraud.engine.snooze import Snooze
from fraud.errors import (
    CapacityRefusedError,
    DecisionLogError,
    EngineMismatchError,
    EventRefusedError,
    ListRefusedError,
    ReplayError,
)
from tests.fraud.engine_sample import COSTS, START, Counting, Loaded, Steep, engine, event, events, rulebook
from tests.fraud.killing import killed_after

EVENTS = 240
CHALLENGER = Setting.of(rulebook(2, step_up=50_000), Loaded(Steep(1.2), version="steep-2"), COSTS, Counting.names)


def whole_engine():
    return engine(capacity=Capacity(20, 5), shadow=Shadow(CHALLENGER, share=0.3))


def steps():
    """What happens to the engine: payments, and between them entries, a snooze, labels and snapshots."""
    made = [("event", one) for one in events(EVENTS)]
    made.insert(40, ("put", ListEntry("black", "customer", "C3", "mule", "me", START)))
    made.insert(80, ("label", "T20"))
    made.insert(81, ("checkpoint", None))
    made.insert(120, ("snooze", Snooze("customer", "C5", START, START + timedelta(days=9), "me", "trip", ("large",))))
    made.insert(150, ("label", "T99"))
    made.insert(190, ("checkpoint", None))
    return made


def do(made, step):
    kind, what = step
    if kind == "event":
        return made.decide(what).hash
    if kind == "put":
        if what.id not in {entry.id for entry in made.lists}:
            made.put(what)
    elif kind == "label":
        made.confirm(what, True, START + timedelta(days=2))
    elif kind == "snooze":
        made.snooze(what)
    else:
        checkpoint(made)
    return "done"


def records(path):
    with DecisionLog(path, read_only=True) as log:
        return {item.key: item.decision for item in log.items() if item.kind == "event"}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    path = tmp_path_factory.mktemp("undisturbed") / "log.db"
    made = whole_engine()
    attach(made, path)
    for step in steps():
        do(made, step)
    made.close()
    return path


def work(path, pipe, first):
    """Be a process that does the steps from one on, and tells of each when it is done."""
    made = whole_engine()
    attach(made, path)
    for number, step in enumerate(steps()[first:], first):
        os.write(pipe, f"{number} {do(made, step)}\n".encode())
    made.close()


def test_process_killed_at_any_moment_loses_no_decision_and_makes_none_twice(undisturbed, tmp_path):
    rng = np.random.default_rng(11)
    path = tmp_path / "log.db"
    acknowledged, first, kills = {}, 0, 0
    total = len(steps())
    while first < total:
        many = int(rng.integers(0, 5)) if kills < 24 else total
        for number, told in killed_after(path, first, many, float(rng.uniform(0, 0.002)) if kills < 24 else 0.0, work):
            assert acknowledged.setdefault(int(number), told) == told
        kills += 1
        done = max(acknowledged, default=-1) + 1
        # who sends does not know how far it came, and sends some again
        first = total if done == total else max(0, done - int(rng.integers(0, 4)))
    assert kills > 20
    assert records(path) == records(undisturbed)
    with DecisionLog(path, read_only=True) as log:
        kinds = [item.kind for item in log.items()]
    assert (kinds.count("event"), kinds.count("label"), kinds.count("list")) == (EVENTS, 2, 1)
    kept = {key: read_decision(orjson.loads(record)).hash for key, record in records(path).items()}
    told = {step[1]["transaction_id"]: acknowledged[n] for n, step in enumerate(steps()) if step[0] == "event"}
    assert told == kept


def test_state_after_restoring_is_the_state_without_a_crash(undisturbed, tmp_path):
    made = whole_engine()
    again = attach(made, undisturbed)
    assert 0 < again < EVENTS
    plain = whole_engine()
    attach(plain, tmp_path / "log.db")
    for step in steps():
        do(plain, step)
    assert made.features.known == plain.features.known
    assert made.capacity.state() == plain.capacity.state()
    assert (made.clock.state(), made.lists.version) == (plain.clock.state(), plain.lists.version)
    made.close()
    plain.close()


def test_damaged_snapshot_is_passed_over_and_without_any_the_beginning_must_fit(undisturbed, tmp_path):
    for file in undisturbed.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    path = tmp_path / undisturbed.name
    *older, newest = sorted(tmp_path.glob("*.features"), key=lambda file: int(file.suffixes[-2][1:]))
    newest.write_bytes(b"damaged")
    made = whole_engine()
    more = attach(made, path)
    sequence = made.features.sequence
    made.close()
    for file in (newest, *older):
        file.unlink()
    made = whole_engine()
    assert attach(made, path) == sequence == EVENTS > more
    made.close()
    for file in tmp_path.glob("*.features"):
        file.unlink()
    made = whole_engine()
    made.features.push(event(9_999))
    with pytest.raises(DecisionLogError, match="have taken in 1 events; give it the 0"):
        attach(made, path)


def test_replay_from_the_log_and_from_the_events_gives_the_same_bytes(undisturbed):
    library = Library([whole_engine().setting, CHALLENGER])
    with DecisionLog(undisturbed, read_only=True) as log:
        for features in (None, Counting()):
            report = replay(log, library, features)
            assert report.is_faithful, report.differences
            assert report.decisions == EVENTS
            assert report.features_again == (features is not None)


def test_replay_finds_what_another_model_of_the_same_name_would_decide(undisturbed):
    other = Setting.of(rulebook(), Loaded(Steep(1.000001)), COSTS, Counting.names)
    with DecisionLog(undisturbed, read_only=True) as log:
        report = replay(log, Library([other, CHALLENGER]), most=5)
    assert not report.is_faithful
    assert report.differing > EVENTS / 2
    assert len(report.differences) == 5
    assert report.otherwise == report.differing


def test_replay_without_a_version_or_with_wrong_features_is_refused_by_name(undisturbed):
    taken_in = Counting()
    taken_in.push(event(1))
    with DecisionLog(undisturbed, read_only=True) as log:
        with pytest.raises(ReplayError, match="model steep-1"):
            replay(log, Library([CHALLENGER]))
        with pytest.raises(ReplayError, match="taken in 1 events"):
            replay(log, Library([whole_engine().setting, CHALLENGER]), taken_in)


def test_changed_row_and_missing_row_are_found(undisturbed, tmp_path):
    for change, row in (
        ("UPDATE items SET decision = replace(decision, '\"action\":0', '\"action\":1') WHERE sequence = 77", 77),
        ("DELETE FROM items WHERE sequence = 78", 78),
        ("UPDATE items SET key = 'T1000' WHERE sequence = 79", 79),
    ):
        path = tmp_path / f"{row}.db"
        with sqlite3.connect(undisturbed) as source, sqlite3.connect(path) as copy:
            source.backup(copy)
            if row == 77:
                content = copy.execute("SELECT decision FROM items WHERE sequence = 77").fetchone()[0]
                copy.execute("UPDATE items SET decision = ? WHERE sequence = 77", (content[:-1] + b" }",))
            else:
                copy.execute(change)
            copy.commit()
        source.close()
        copy.close()
        with DecisionLog(path, read_only=True) as log, pytest.raises(DecisionLogError, match=f"row {row} was changed"):
            list(log.items())


def test_two_processes_cannot_write_one_log(tmp_path):
    with DecisionLog(tmp_path / "log.db"), pytest.raises(DecisionLogError, match="another process"):
        DecisionLog(tmp_path / "log.db")
    DecisionLog(tmp_path / "log.db").close()


def test_file_that_is_no_log_is_refused(tmp_path):
    (tmp_path / "log.db").write_bytes(b"not a database at all, not at all" * 100)
    with pytest.raises(DecisionLogError, match="no log of decisions"):
        DecisionLog(tmp_path / "log.db")


def test_many_who_wait_are_written_together(tmp_path):
    with DecisionLog(tmp_path / "log.db") as log:
        written = []
        write = log._write
        log._write = lambda batch: (time.sleep(0.002), written.append(len(batch)), write(batch))
        threads = [
            threading.Thread(
                target=lambda at=at: [log.wait(log.append("list", None, {"n": n})) for n in range(at, at + 10)]
            )
            for at in range(0, 80, 10)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(written) == 80
        assert len(written) < 60
        assert [item.sequence for item in log.items()] == [*range(1, 81)]


def test_log_that_cannot_be_written_refuses_everything_after(tmp_path):
    made = engine()
    attach(made, tmp_path / "log.db")
    made.decide(event(1))

    def full(batch):
        raise sqlite3.OperationalError("database or disk is full")

    write, made.log._write = made.log._write, full
    with pytest.raises(DecisionLogError, match="disk is full; open the engine anew"):
        made.decide(event(2))
    made.log._write = write
    for again in (event(1), event(2), event(3)):
        with pytest.raises(DecisionLogError, match="disk is full"):
            made.decide(again)
    made.close()
    fresh = engine()
    assert attach(fresh, tmp_path / "log.db") == 1
    assert fresh.decide(event(2)).features[1] == 1
    fresh.close()


def test_event_taken_in_but_not_decided_stops_the_engine(tmp_path):
    made = engine()
    attach(made, tmp_path / "log.db")

    class Broken:
        def event_hits(self, event, features=None):
            raise RuntimeError("rules are gone")

    object.__setattr__(made.setting, "rules", Broken())
    with pytest.raises(RuntimeError, match="rules are gone"):
        made.decide(event(1))
    with pytest.raises(DecisionLogError, match="event T1 was taken in but not decided: rules are gone"):
        made.decide(event(2))
    made.close()


def test_analysts_may_become_more_while_it_runs_or_with_the_next_start_and_replay_knows(tmp_path):
    made = engine(capacity=Capacity(1))
    attach(made, tmp_path / "log.db")
    some = [event(number, 150_000) for number in range(6)]
    assert [made.decide(one).demanded_by for one in some[:2]] == ["model", "capacity"]
    made.limit(2)
    assert [made.decide(one).demanded_by for one in some[2:4]] == ["model", "capacity"]
    made.close()
    more = engine(capacity=Capacity(3))
    attach(more, tmp_path / "log.db")
    assert [more.decide(one).demanded_by for one in some[4:]] == ["model", "capacity"]
    with pytest.raises(CapacityRefusedError, match="per_day is -1"):
        more.limit(-1)
    more.close()
    with DecisionLog(tmp_path / "log.db", read_only=True) as log:
        assert replay(log, Library([more.setting])).is_faithful


def test_many_events_are_written_at_once_and_each_is_there(tmp_path):
    made = engine()
    attach(made, tmp_path / "log.db")
    found = made.decide_many(events(50))
    made.close()
    assert [orjson.loads(one)["event_id"] for one in records(tmp_path / "log.db").values()] == [
        one.event_id for one in found
    ]


def test_log_of_other_features_is_refused(tmp_path, undisturbed):
    made = engine()
    made.features.names = (*Counting.names[:3], "moon")
    with pytest.raises(EngineMismatchError, match="other features"):
        attach(made, undisturbed)
    assert made.log is None


def test_same_label_twice_counts_once_and_a_stranger_is_refused(tmp_path):
    made = engine()
    attach(made, tmp_path / "log.db")
    made.decide(event(1))
    for _ in range(2):
        made.confirm("T1", True, START)
    assert made.decide(event(2)).features[3] == 1
    with pytest.raises(EventRefusedError, match="T9 was never decided"):
        made.confirm("T9", True, START)
    with pytest.raises(ListRefusedError):
        made.end("0000", "me", "why", START)
    made.close()
