"""The work queue: who is next, fencing, and persons."""

from pathlib import Path

import numpy as np
import pytest

from rpa.errors import LeaseLostError, QueueError
from rpa.queue import ENDED, LEGAL, Breaker, Lease, State, WorkQueue, retry_after

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
