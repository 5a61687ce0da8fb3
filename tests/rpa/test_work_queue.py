"""The work queue: who is next, fencing, persons, and what is left after `kill -9`."""

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
from rpa.queue import ENDED, FOR_A_PERSON, LEGAL, Breaker, Lease, State, WorkQueue, retry_after

WAY = (State.VALIDATED, State.FILING, State.FILED, State.IMAGED, State.WRITTEN_BACK, State.DONE)


@pytest.fixture
def queue(tmp_path: Path) -> WorkQueue:
    return WorkQueue(tmp_path / "queue.db")


def added(queue: WorkQueue, name: str = "L1", due: float = 100.0, rank: int = 0) -> None:
    assert queue.add(name, {"name": name}, due=due, rank=rank, now=0.0)


def claimed(queue: WorkQueue, now: float = 1.0, worker: str = "bot", seconds: float = 30.0) -> Lease:
    lease = queue.claim(worker, now=now, seconds=seconds)
    assert lease is not None
    return lease


def test_an_account_goes_its_way_and_is_done(queue: WorkQueue) -> None:
    added(queue)
    lease = claimed(queue)
    for place, state in enumerate(WAY):
        lease = queue.advance(lease, state, now=2.0 + place, facts={str(state): place})
    item = queue.item("L1")
    assert (item.state, item.filed_at) == (State.DONE, 4.0)
    assert dict(item.facts) == {str(state): place for place, state in enumerate(WAY)}
    assert [step.after for step in queue.steps("L1")] == ["new", *map(str, WAY)]
    assert queue.claim("bot", now=50.0, seconds=1) is None
    assert queue.next_at(50.0) is None


def test_the_earliest_deadline_comes_first_and_a_basic_account_before_a_general_one(queue: WorkQueue) -> None:
    for name, due, rank in [("L1", 200, 0), ("L2", 100, 1), ("L3", 100, 0), ("L4", 100, 0)]:
        added(queue, name, due, rank)
    assert [claimed(queue).item.filing_id for _ in range(4)] == ["L3", "L4", "L2", "L1"]


def test_a_list_that_comes_twice_changes_nothing(queue: WorkQueue) -> None:
    added(queue)
    queue.advance(claimed(queue), State.VALIDATED, now=2.0)
    assert not queue.add("L1", {"other": 1}, due=1.0, rank=1, now=3.0)
    assert queue.item("L1").state is State.VALIDATED
    assert queue.item("L1").record == {"name": "L1"}


def test_whoever_has_lost_the_lease_writes_nothing_more(queue: WorkQueue) -> None:
    added(queue)
    slow = claimed(queue, now=1.0, worker="slow", seconds=10)
    assert queue.claim("quick", now=10.9, seconds=10) is None
    quick = claimed(queue, now=11.0, worker="quick")
    assert quick.token > slow.token
    for write in (
        lambda: queue.advance(slow, State.VALIDATED, now=12.0),
        lambda: queue.release(slow, now=12.0),
        lambda: queue.heartbeat(slow, now=12.0, seconds=10),
    ):
        with pytest.raises(LeaseLostError, match="another bot has it"):
            write()
    assert queue.advance(quick, State.VALIDATED, now=12.0).item.state is State.VALIDATED


def test_a_heartbeat_keeps_the_lease(queue: WorkQueue) -> None:
    added(queue)
    lease = claimed(queue, now=0.0, seconds=10)
    lease = queue.heartbeat(lease, now=9.0, seconds=10)
    assert queue.claim("other", now=15.0, seconds=10) is None
    assert queue.next_at(15.0) == 19.0
    assert lease.until == 19.0


def test_a_failure_leaves_the_account_alone_for_a_while_and_the_others_go_on(queue: WorkQueue) -> None:
    added(queue, "L1", 100)
    added(queue, "L2", 200)
    queue.release(claimed(queue), now=2.0, not_before=60.0, reason="the system answered 503")
    assert claimed(queue, now=3.0).item.filing_id == "L2"
    item = queue.item("L1")
    assert (item.attempts, item.reason) == (1, "the system answered 503")
    assert queue.claim("bot", now=59.9, seconds=1) is not None or queue.next_at(3.0) == 33.0
    assert claimed(queue, now=60.0).item.filing_id == "L1"


def test_a_step_forward_forgets_the_failures(queue: WorkQueue) -> None:
    added(queue)
    for now in (1.0, 2.0, 3.0):
        queue.release(claimed(queue, now=now), now=now, reason="no answer")
    assert queue.item("L1").attempts == 3
    queue.advance(claimed(queue, now=4.0), State.VALIDATED, now=4.0)
    assert queue.item("L1").attempts == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [(before, after) for before in State for after in State if after not in LEGAL[before] and before not in ENDED],
)
def test_a_step_that_may_not_be_is_refused_and_nothing_changes(queue: WorkQueue, before: State, after: State) -> None:
    added(queue)
    lease = claimed(queue, seconds=1e9)
    queue._file.execute("UPDATE items SET state = ?", (before,))
    steps = queue.steps()
    with pytest.raises(QueueError, match="it cannot become"):
        queue.advance(lease, after, now=2.0)
    assert queue.item("L1").state is before
    assert queue.steps() == steps


# persons


def test_what_waits_for_a_person_is_nobody_elses(queue: WorkQueue) -> None:
    added(queue)
    queue.advance(claimed(queue), State.WAITING, now=2.0, reason="a dialog that is not known")
    assert queue.claim("bot", now=1e6, seconds=1) is None
    assert queue.item("L1").reason == "a dialog that is not known"


def test_a_correction_begins_again_with_other_data(queue: WorkQueue) -> None:
    added(queue)
    queue.advance(claimed(queue), State.REFUSED, now=2.0, reason="check digit")
    item = queue.correct("L1", {"name": "right"}, who="clerk 7", now=3.0, reason="digit corrected")
    assert (item.state, dict(item.record)) == (State.NEW, {"name": "right"})
    assert queue.steps("L1")[-1][3:] == ("refused", "new", "clerk 7", "digit corrected")
    assert claimed(queue, now=4.0).item.record == {"name": "right"}


def test_a_refusal_is_not_simply_tried_again(queue: WorkQueue) -> None:
    added(queue)
    queue.advance(claimed(queue), State.REFUSED, now=2.0, reason="check digit")
    with pytest.raises(QueueError, match="correct it"):
        queue.resume("L1", who="clerk", now=3.0, reason="again")


@pytest.mark.parametrize(
    ("way", "back"),
    [((), State.NEW), (WAY[:1], State.VALIDATED), (WAY[:2], State.IN_DOUBT), (WAY[:3], State.FILED)],
)
def test_a_person_sends_an_account_back_where_it_was_and_what_was_being_sent_is_asked_about(
    queue: WorkQueue, way: tuple[State, ...], back: State
) -> None:
    added(queue)
    lease = claimed(queue)
    for state in way:
        lease = queue.advance(lease, state, now=2.0)
    queue.advance(lease, State.WAITING, now=3.0, reason="captcha")
    assert queue.resume("L1", who="clerk", now=4.0, reason="typed it").state is back


def test_what_has_been_filed_is_not_filed_again_with_other_data(queue: WorkQueue) -> None:
    added(queue)
    lease = claimed(queue)
    for state in WAY[:3]:
        lease = queue.advance(lease, state, now=2.0)
    queue.advance(lease, State.WAITING, now=3.0, reason="the images do not fit")
    with pytest.raises(QueueError, match="has been filed"):
        queue.correct("L1", {}, who="clerk", now=4.0, reason="other name")


@pytest.mark.parametrize("state", [None, State.VALIDATED])
def test_a_person_has_no_say_in_what_does_not_wait_for_one(queue: WorkQueue, state: State | None) -> None:
    added(queue)
    if state:
        queue.advance(claimed(queue), state, now=2.0)
    with pytest.raises(QueueError, match="does not wait"):
        queue.correct("L1", {}, who="clerk", now=3.0, reason="x")
    with pytest.raises(QueueError, match="no account"):
        queue.resume("L9", who="clerk", now=3.0, reason="x")


def test_a_file_that_is_no_queue_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"not a database, but long enough to be looked at" * 40)
    with pytest.raises(QueueError, match="cannot be used"):
        WorkQueue(tmp_path / "other")
    with pytest.raises(QueueError, match="cannot be used"):
        WorkQueue(tmp_path / "nowhere" / "queue.db")


# two bots, and the end of a process

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


# backing off, and breakers


def test_waiting_grows_to_a_limit_and_is_never_the_same_for_two() -> None:
    rng = np.random.default_rng(3)
    waits = [[retry_after(failures, rng, 2.0, 60.0) for _ in range(50)] for failures in range(1, 12)]
    for failures, some in enumerate(waits):
        whole = min(2.0 * 2**failures, 60.0)
        assert all(whole / 2 <= wait <= whole for wait in some)
        assert len(set(some)) == 50


def test_a_breaker_opens_after_failures_in_a_row_alone() -> None:
    breaker = Breaker("accounts", most_failures=3, open_seconds=10)
    for now in range(20):
        breaker.failed(now)
        breaker.failed(now)
        assert breaker.lets_through(now)
        breaker.went_well()
    breaker.failed(20)
    breaker.failed(20)
    assert breaker.failed(20)
    assert not breaker.lets_through(29.9)


def test_half_open_one_tries_and_its_failure_opens_it_again() -> None:
    breaker = Breaker("accounts", most_failures=1, open_seconds=10)
    breaker.failed(0)
    assert [breaker.lets_through(10), breaker.lets_through(10), breaker.lets_through(11)] == [True, False, False]
    breaker.failed(12)
    assert (breaker.lets_through(21), breaker.lets_through(22)) == (False, True)
    breaker.went_well()
    assert breaker.lets_through(22)
    assert breaker.opens_at(22) == 22
    assert breaker.opened == 2
