"""The work queue under bots that are killed, that stop half-way, and whatever order things happen in."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rpa.errors import LeaseLostError, QueueError
from rpa.queue import ENDED, FOR_A_PERSON, LEGAL, Lease, State, WorkQueue

WAY = (State.VALIDATED, State.FILING, State.FILED, State.IMAGED, State.WRITTEN_BACK, State.DONE)


@pytest.fixture
def queue(tmp_path: Path) -> WorkQueue:
    return WorkQueue(tmp_path / "queue.db")


def added(queue: WorkQueue, name: str = "L1", due: float = 100.0, rank: int = 0) -> None:
    assert queue.add(name, {"name": name}, due=due, rank=rank, now=0.0)


BOT = """
import sys, time
from pathlib import Path
from rpa.queue import State, WorkQueue
queue = WorkQueue(Path(sys.argv[1]))
way = ["validated", "filing", "filed", "imaged", "written_back", "done"]
while (lease := queue.claim(sys.argv[2], now=time.time(), seconds=1.0)) is not None or queue.next_at(0.0) is not None:
    if lease is None:
        time.sleep(0.01)
        continue
    for state in way[way.index(lease.item.state) + 1 if lease.item.state in way else 0:]:
        lease = queue.advance(lease, State(state), now=time.time())
        print(lease.item.filing_id, state, flush=True)
        time.sleep(0.03)  # else the other has done everything before this one is killed
"""


def test_nothing_is_lost_or_done_twice_when_bots_are_killed_between_any_two_steps(tmp_path: Path) -> None:
    """Two bots share a queue; again and again one of them is killed after some steps and another begins."""
    path, rng = tmp_path / "queue.db", np.random.default_rng(5)
    queue = WorkQueue(path)
    names = [f"L{number:02d}" for number in range(16)]
    for name in names:
        added(queue, name)
    (tmp_path / "bot.py").write_text(textwrap.dedent(BOT))
    running: list[subprocess.Popen[str]] = []
    every: list[subprocess.Popen[str]] = []
    kills, most = 0, 40 if os.environ.get("HEXI_FULL") == "1" else 8
    while queue.counts()[State.DONE] < len(names):
        running = [bot for bot in running if bot.poll() is None]
        while len(running) < 2:
            asked = [sys.executable, str(tmp_path / "bot.py"), str(path), f"bot {kills}"]
            running.append(subprocess.Popen(asked, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]))
            every.append(running[-1])
        victim = running[int(rng.integers(0, 2))]
        if kills < most:
            for _ in range(int(rng.integers(1, 9))):
                assert victim.stdout is not None
                victim.stdout.readline()
            os.kill(victim.pid, signal.SIGKILL)
            kills += 1
        victim.wait(timeout=60)
    for bot in every:
        bot.communicate(timeout=60)
    assert kills > 3
    for name in names:
        assert [step.after for step in queue.steps(name)] == ["new", *map(str, WAY)], name


class Machine(RuleBasedStateMachine):
    """Random bots, clocks and persons; beside the queue a plain book of who may write."""

    @initialize()
    def begin(self) -> None:
        self.queue, self.now = WorkQueue(Path(":memory:")), 0.0
        self.leases: list[Lease] = []
        self.holder: dict[str, int] = {}

    @rule(name=st.sampled_from("ABC"), due=st.integers(0, 3), rank=st.integers(0, 1))
    def add(self, name: str, due: int, rank: int) -> None:
        is_new = name not in {item.filing_id for item in self.queue.items()}
        assert self.queue.add(name, {}, due=due, rank=rank, now=self.now) == is_new

    @rule(seconds=st.integers(1, 9))
    def claim(self, seconds: int) -> None:
        lease = self.queue.claim("bot", now=self.now, seconds=seconds)
        if lease is not None:
            assert lease.item.state not in ENDED | FOR_A_PERSON
            assert lease.item.not_before <= self.now
            self.leases.append(lease)
            self.holder[lease.item.filing_id] = lease.token

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), state=st.sampled_from(State), fails=st.booleans())
    def write(self, data: st.DataObject, state: State, fails: bool) -> None:
        lease = data.draw(st.sampled_from(self.leases))
        name = lease.item.filing_id
        before = self.queue.item(name)
        try:
            if fails:
                self.queue.release(lease, now=self.now, not_before=self.now + 1, reason="x")
            else:
                self.queue.advance(lease, state, now=self.now, reason="x")
        except LeaseLostError:
            assert self.holder[name] != lease.token
        except QueueError:
            assert state not in LEGAL[before.state]
        else:
            assert self.holder[name] == lease.token
            assert fails or state in LEGAL[before.state]

    @precondition(lambda self: any(item.state in FOR_A_PERSON for item in self.queue.items()))
    @rule(data=st.data())
    def person(self, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from([item for item in self.queue.items() if item.state in FOR_A_PERSON]))
        try:
            self.queue.correct(item.filing_id, {}, who="clerk", now=self.now, reason="x")
        except QueueError:
            assert item.filed_at is not None
            self.queue.resume(item.filing_id, who="clerk", now=self.now, reason="x")

    @rule(seconds=st.integers(1, 12))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @invariant()
    def filed_once(self) -> None:
        if hasattr(self, "queue"):
            for item in self.queue.items():
                steps = self.queue.steps(item.filing_id)
                assert (item.filed_at is not None) == any(step.after == State.FILED for step in steps)
                assert steps[-1].after == item.state


TestMachine = Machine.TestCase

TestMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


def test_a_bot_that_does_a_part_of_the_way_gets_no_other_accounts(tmp_path: Path) -> None:
    queue = WorkQueue(tmp_path / "queue.db")
    for name in ("L1", "L2"):
        added(queue, name)
    assert queue.claim("papers", now=1.0, seconds=9, states={State.FILED, State.DONE}) is None
    lease = queue.claim("filing", now=1.0, seconds=9, states={State.NEW})
    assert lease is not None
    for state in (State.VALIDATED, State.FILED):
        lease = queue.advance(lease, state, now=2.0)
    queue.release(lease, now=3.0)
    found = queue.claim("papers", now=4.0, seconds=9, states={State.FILED, State.DONE})
    assert found is not None
    assert found.item.state is State.FILED
    queue.advance(found, State.WAITING, now=5.0, reason="odd")
    assert queue.claim("papers", now=6.0, seconds=9, states=set(State) - {State.NEW}) is None
