"""Ordering without etcd: whatever is lost, late, repeated or first, a proposal is in the log once or not at all."""

import itertools
import os
from collections import Counter

import pytest
from faulty_keys import FAULTS, FaultyKeys
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.consortium import Keys, MemoryKeys, OrderedLog
from ledger.consortium.ordering import MOST_BLOCK_BYTES, MOST_TRANSACTIONS, batches
from ledger.errors import AmbiguousError, DroppedError, OrderingError, UnavailableError, UnsettledError

LEDGER = "ab" * 32
TIMES = settings(max_examples=1_000 if os.environ.get("HEXI_FULL") == "1" else 150, deadline=None)


def log_of(keys: Keys, attempts: int = 3) -> OrderedLog:
    return OrderedLog(keys, LEDGER, attempts=attempts, pause=lambda _: None)


class Proposer:
    """Proposes its items one after the other, and reads what the log has before each."""

    def __init__(self, name: str, log: OrderedLog) -> None:
        self.name, self.log, self.next = name, log, 0
        self.told: dict[str, int] = {}
        self.seen: dict[int, bytes] = {}
        self.items = (f"{name}/{one}" for one in itertools.count())
        self.item = next(self.items)

    def turn(self) -> None:
        """Read on, then propose; an item whose fate is not known is looked for before it is proposed again."""
        try:
            while (there := self.log.block(self.next)) is not None:
                self.take(there)
            self.take(self.log.propose(self.next, f"{self.next} {self.item}".encode()))
        except (UnavailableError, UnsettledError):
            return

    def take(self, there: bytes) -> None:
        number, item = there.decode().split(" ")
        assert int(number) == self.next
        self.seen[self.next] = there
        if item == self.item:
            self.told[item] = self.next
            self.item = next(self.items)
        self.next += 1


def everything(keys: Keys) -> list[bytes]:
    log, found = log_of(keys), []
    while (there := log.block(len(found))) is not None:
        found.append(there)
    return found


@TIMES
@given(st.lists(st.sampled_from(FAULTS), max_size=120), st.lists(st.integers(0, 2), min_size=1, max_size=25))
def test_every_proposal_is_in_the_log_exactly_once_or_not_at_all(faults: list[str], turns: list[int]) -> None:
    keys, stream, late = MemoryKeys(), iter(faults), []
    lines = [FaultyKeys(keys, stream, late) for _ in range(3)]
    rivals = itertools.count()

    def rival(key: str) -> None:
        kind, number = key.split("/")[-2:]
        if kind == "block":
            keys.create(key, f"{int(number)} rival/{next(rivals)}".encode())

    for line in lines:
        line.rival = rival
    proposers = [Proposer(name, log_of(line)) for name, line in zip("abc", lines, strict=True)]
    for one in turns:
        proposers[one].turn()
    while late:
        late.pop(0)()
    found = everything(keys)
    counted = Counter(one.decode().split(" ")[1] for one in found)
    assert set(counted.values()) <= {1}
    assert [one.decode().split(" ")[0] for one in found] == [str(number) for number in range(len(found))]
    for one in proposers:
        assert all(found[number] == f"{number} {item}".encode() for item, number in one.told.items())
        assert all(found[number] == block for number, block in one.seen.items())


@TIMES
@given(st.lists(st.sampled_from(("answer lost", "question lost", "late", "twice", "refused")), max_size=30))
def test_a_proposer_that_is_alone_gets_every_block_in_when_the_faults_are_over(faults: list[str]) -> None:
    keys = MemoryKeys()
    one = Proposer("a", log_of(FaultyKeys(keys, iter(faults), [])))
    for _ in range(len(faults) + 5):
        one.turn()
    assert len(one.told) >= 5
    assert [block.decode().split(" ")[1] for block in everything(keys)] == list(one.told)


def test_the_property_notices_a_retry_that_does_not_read_back() -> None:
    keys = MemoryKeys()
    line, number = FaultyKeys(keys, iter(["answer lost"]), []), 0
    for _ in range(2):
        try:
            line.create(f"hexi/{LEDGER}/block/{number:016d}", b"item")
            break
        except AmbiguousError:
            number += 1
    assert everything(keys) == [b"item", b"item"]


@pytest.mark.parametrize("fault", ["answer lost", "question lost", "late", "twice", "refused"])
def test_an_ambiguous_answer_is_settled_by_reading(fault: str) -> None:
    keys, late = MemoryKeys(), []
    log = log_of(FaultyKeys(keys, iter([fault]), late))
    assert log.propose(0, b"mine") == b"mine"
    while late:
        late.pop(0)()
    assert everything(keys) == [b"mine"]


def test_a_block_that_comes_second_learns_whose_the_number_is() -> None:
    keys = MemoryKeys()
    assert log_of(keys).propose(0, b"first") == b"first"
    assert log_of(keys).propose(0, b"second") == b"first"


def test_a_late_write_of_a_number_that_is_taken_changes_nothing() -> None:
    keys, late = MemoryKeys(), []
    with pytest.raises(UnsettledError, match="could not be found out"):
        log_of(FaultyKeys(keys, iter(["late", "refused"]), late), attempts=1).propose(0, b"slow")
    assert log_of(keys).propose(0, b"quick") == b"quick"
    late.pop()()
    assert everything(keys) == [b"quick"]


def test_a_block_without_the_one_before_is_not_ordered() -> None:
    with pytest.raises(DroppedError, match="what it should follow is not in the service"):
        log_of(MemoryKeys()).propose(1, b"block")


def test_a_dropped_number_is_not_given_again() -> None:
    keys = MemoryKeys()
    log = log_of(keys)
    for number in range(6):
        log.propose(number, b"block %d" % number)
    log.publish_vote(2, "bank-a", b"vote")
    log.drop(5)
    assert log.votes(0) == []
    with pytest.raises(
        DroppedError, match="block 3 is no longer in the ordering service, its first is 0000000000000005"
    ):
        log.block(3)
    with pytest.raises(DroppedError):
        log.propose(3, b"again")
    assert log.propose(6, b"on") == b"on"
    with pytest.raises(OrderingError, match="the last block must stay"):
        log.drop(7)


def test_a_block_that_is_too_long_is_refused_before_it_is_sent() -> None:
    keys = MemoryKeys()
    with pytest.raises(OrderingError, match=r"block 0 has 500,001 bytes, at most 500,000 are ordered"):
        log_of(keys).propose(0, bytes(MOST_BLOCK_BYTES + 1))
    assert keys.revision == 1


def test_two_ledgers_in_one_service_do_not_mix() -> None:
    keys = MemoryKeys()
    one, two = OrderedLog(keys, "ab" * 32), OrderedLog(keys, "ab" * 31 + "ac")
    assert (one.propose(0, b"one"), two.propose(0, b"two")) == (b"one", b"two")
    one.publish_vote(0, "bank", b"vote")
    one.publish_checkpoint(0, b"note")
    assert (two.votes(0), two.checkpoint(0), two.block(1)) == ([], None, None)
    two.drop(0)
    assert one.block(0) == b"one"


@TIMES
@given(st.lists(st.integers(1, 65_535), max_size=40), st.integers(0, 2_500))
def test_batches_lose_nothing_and_fit_into_blocks(sizes: list[int], short: int) -> None:
    transactions = [bytes(size) for size in sizes] + [b"x"] * short
    cut = list(batches(transactions))
    assert [one for batch in cut for one in batch] == transactions
    assert all(1 <= len(batch) <= MOST_TRANSACTIONS for batch in cut)
    assert all(sum(len(one) + 1 for one in batch) <= MOST_BLOCK_BYTES - 3_000 for batch in cut)


def test_votes_are_heard_page_by_page_and_the_last_of_a_member_stands() -> None:
    log = log_of(MemoryKeys())
    for number in range(5):
        log.publish_vote(number, "bank", b"%d" % number)
    log.publish_vote(1, "bank", b"corrected")
    first = log.votes(0, limit=3)
    rest = log.votes(first[-1].revision)
    assert [one.value for one in first + rest] == [b"0", b"2", b"3", b"4", b"corrected"]


def test_a_vote_that_can_not_be_written_is_said_to_be_so() -> None:
    log = log_of(FaultyKeys(MemoryKeys(), itertools.repeat("refused"), []))
    with pytest.raises(UnsettledError, match="the vote on block 3 could not be written"):
        log.publish_vote(3, "bank", b"vote")
