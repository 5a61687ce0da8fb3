"""What a work list keeps: its file, after a killed process too, and a history that is always a legal way."""

import itertools
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud.casework import CLOSED, LEGAL, State, WorkList
from fraud.errors import (
    CaseStoreError,
    FraudError,
)
from tests.fraud.care_sample import costs
from tests.fraud.casework_sample import ALERT, taken


@pytest.fixture
def desk() -> Iterator[WorkList]:
    opened = WorkList(":memory:", costs())
    yield opened
    opened.close()


def test_the_story_of_a_case_cannot_be_changed(tmp_path: Path) -> None:
    desk = WorkList(tmp_path / "desk.db", costs())
    case = taken(desk)
    desk.dispose(case.case_id, "Li", State.FALSE_ALARM, "travels", case.version, now=500)
    with sqlite3.connect(tmp_path / "desk.db") as file:
        for statement in ("UPDATE steps SET who = 'Wu'", "DELETE FROM steps", "DELETE FROM outcomes"):
            with pytest.raises(sqlite3.IntegrityError, match="are a story"):
                file.execute(statement)
    file.close()


def test_a_file_that_is_no_work_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_bytes(b"these are not tables" * 100)
    with pytest.raises(CaseStoreError, match="cannot be used"):
        WorkList(tmp_path / "desk.db", costs())


def test_a_file_that_is_locked_for_too_long_is_refused_by_name(tmp_path: Path) -> None:
    desk, other = WorkList(tmp_path / "desk.db", costs()), sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    desk._file.execute("PRAGMA busy_timeout = 20")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CaseStoreError, match="locked"):
        desk.add(ALERT)
    other.execute("ROLLBACK")
    assert desk.add(ALERT).case_id == 1
    other.close()
    desk.close()


_WRITER = """
import sys
from fraud.casework import Alert, WorkList
from fraud.costs import ActionCost, CostTable
costs = CostTable(ActionCost(300, 20, 0.35), ActionCost(2_000, 1_500, 0.1), ActionCost(30_000, 500, 0.02))
desk = WorkList(sys.argv[1], costs)
for number in range(100_000):
    desk.add(Alert(f"T{number}", f"C{number % 7}", 0, 60, 100_000, 0.5, 2))
    print(number, flush=True)
"""


def test_what_was_acknowledged_survives_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    with writer.stdout as told:
        acknowledged = [int(next(told)) for _ in range(25)]
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += [int(line) for line in told if line.endswith("\n")]
    writer.wait()
    desk = WorkList(path, costs())
    kept = {alert.event_id for case in desk.cases() for alert in desk.alerts(case.case_id)}
    assert kept >= {f"T{number}" for number in acknowledged}
    assert len(desk.cases()) == 7
    assert sum(case.alerts for case in desk.cases()) == len(kept)
    desk.close()


steps = st.lists(
    st.tuples(
        st.sampled_from(["add", "take", "wait", "release", "dispose", "reopen"]),
        st.sampled_from("AB"),
        st.integers(0, 3),
    ),
    max_size=25,
)


@settings(max_examples=40)
@given(steps)
def test_whatever_is_tried_the_history_is_a_legal_way(tried: list[tuple[str, str, int]]) -> None:
    desk = WorkList(":memory:", costs())
    desk.add(ALERT)
    for now, (what, who, pick) in enumerate(tried):
        case = desk.cases(frozenset(State))[pick % len(desk.cases(frozenset(State)))]
        try:
            match what:
                case "add":
                    desk.add(replace(ALERT, event_id=f"E{now}", customer_id=f"C{pick}"))
                case "take":
                    desk.take(case.case_id, who, case.version, now)
                case "dispose":
                    desk.dispose(case.case_id, who, sorted(CLOSED)[pick % 3], "said", case.version, now)
                case _:
                    getattr(desk, what)(case.case_id, who, "said", case.version, now)
        except FraudError:
            continue
    for case in desk.cases(frozenset(State)):
        way = [State(step.after) for step in desk.history(case.case_id)]
        assert way[0] is State.NEW
        assert all(after in LEGAL[before] for before, after in itertools.pairwise(way))
        assert way[-1] is case.state
        assert case.alerts == len(desk.alerts(case.case_id))
    open_groups = [case.group for case in desk.cases()]
    assert len(open_groups) == len(set(open_groups))
    labelled = {label.case_id for label in desk.labels()}
    assert all(desk.case(case_id).state in CLOSED - {State.UNDETERMINED} for case_id in labelled)
    desk.close()
