"""Members of a consortium in one thread: one order, one state, whoever submits and whatever the line does."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import consortium_sample
import ledger_sample
import pytest
from consortium_sample import NODES, Nodes, Trio, heads
from faulty_keys import FAULTS, FaultyKeys
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.auditor import verify
from ledger.auditor.verification import verify_blocks
from ledger.block import split_entries
from ledger.consortium import MemoryKeys
from ledger.errors import LedgerError, OrderingError, PendingError, StoreError
from ledger.node import Node, Receipt, Refusal
from ledger.stores import MemoryStore, SqliteStore
from ledger.stores.store import Block
from ledger.transaction import read_transaction
from ledger.verifier_keys import sm2_signer

SOME = consortium_sample.nodes()

FULL = os.environ.get("HEXI_FULL") == "1"


@pytest.fixture
def some() -> Nodes:
    return SOME


@pytest.fixture
def trio(some: Nodes) -> Trio:
    keys = MemoryKeys()
    return Trio(some, lambda _: keys)


@pytest.fixture
def on_disk(some: Nodes, tmp_path: Path) -> Iterator[Trio]:
    keys = MemoryKeys()
    trio = Trio(some, lambda _: keys, tmp_path)
    yield trio
    trio.close()


def identities(trio: Trio, name: str) -> list[str]:
    """The ids of all transactions in a member's copy, in order."""
    digest = trio.some.people.suite.hash
    blocks = [block for block in trio.members[name].store.blocks() if block.number]
    entries = [entry for block in blocks for entry in split_entries(block.body, block.body.count(b"\n"))]
    return [read_transaction(entry, digest).id.hex() for entry in entries]


def test_all_members_come_to_one_head_whoever_submits(trio: Trio) -> None:
    for turn in range(9):
        answers = trio.members[NODES[turn % 3]].submit([trio.draft(f"R{turn}-{one}") for one in range(turn % 4 + 1)])
        assert all(isinstance(one, Receipt) for one in answers)
    trio.settle()
    assert len(heads(trio)) == 1
    assert trio.members["bank-a"].head.number == 9
    assert list(trio.members["core"].store.blocks()) == list(trio.members["bank-b"].store.blocks())


def test_every_member_has_signed_for_every_block(trio: Trio, some: Nodes) -> None:
    for name in NODES:
        trio.members[name].submit([trio.draft(f"of {name}"[3:])])
    trio.settle()
    votes = consortium_sample.ordered(trio.keys_of("core"), some).votes(0)
    assert {one.key for one in votes} == {f"{number:016d}/{name}" for number in (1, 2, 3) for name in NODES}


def test_the_copies_are_ledgers_that_the_auditor_accepts(on_disk: Trio, some: Nodes, tmp_path: Path) -> None:
    trio = on_disk
    calls = ledger_sample.accepted(some.people)
    for name, call in zip(NODES, calls, strict=True):
        assert isinstance(trio.members[name].submit([call])[0], Receipt)
    trio.settle()
    trio.close()
    reports = [verify(tmp_path / f"{name}.ledger", ledger=some.ledger) for name in NODES]
    assert all(report.holds and report.blocks == 4 for report in reports)
    assert len({(report.root, report.state) for report in reports}) == 1


def test_a_copy_goes_on_as_a_ledger_of_one_node(on_disk: Trio, some: Nodes, tmp_path: Path) -> None:
    trio = on_disk
    trio.members["bank-a"].submit([trio.draft("R1")])
    trio.shut("bank-a")
    node = Node(SqliteStore(tmp_path / "bank-a.ledger"), some.people.operator, consortium_sample.clock)
    assert isinstance(node.submit([trio.draft("R2")])[0], Receipt)
    node.close()


def overtake(trio: Trio, receivable: str) -> list[Receipt | Refusal]:
    """Let bank-a draft a receivable in the moment between bank-b's looking at the log and its proposing."""
    slow, quick = trio.members["bank-b"], trio.members["bank-a"]
    follow, waiting, answers = slow.follow, [trio.draft(receivable)], []

    def overtaken() -> int:
        found = follow()
        if waiting:
            answers.extend(quick.submit([waiting.pop()]))
        return found

    slow.follow = overtaken  # type: ignore[method-assign]  # the race, at the one moment that matters
    return answers


def test_a_block_that_loses_its_number_is_made_anew(trio: Trio) -> None:
    quick = overtake(trio, "quick")
    slow = trio.members["bank-b"].submit([trio.draft("slow")])
    assert [one.block for one in quick + slow if isinstance(one, Receipt)] == [1, 2]
    trio.settle()
    assert len(heads(trio)) == 1


def test_one_of_two_that_draft_the_same_receivable_is_refused(trio: Trio) -> None:
    quick = overtake(trio, "R1")
    answers = trio.members["bank-b"].submit([trio.draft("R1"), trio.draft("R2")])
    assert isinstance(quick[0], Receipt)
    assert isinstance(answers[0], Refusal)
    assert answers[0].rule == "AlreadyThereError"
    assert isinstance(answers[1], Receipt)
    assert trio.members["bank-b"].refusals == {"AlreadyThereError": 1}


def test_what_is_in_the_log_is_refused_as_a_replay_at_every_member(trio: Trio) -> None:
    data = trio.draft("R1")
    trio.members["core"].submit([data])
    for name in NODES:
        # What is answered is a refusal.
        assert [one.rule for one in trio.members[name].submit([data])] == ["ReplayedError"]  # type: ignore[union-attr]  # refused, else it fails


def test_nothing_is_proposed_when_nothing_holds(trio: Trio) -> None:
    # What is answered is a refusal.
    assert [one.rule for one in trio.members["bank-a"].submit([b"{}", b"rubbish"])] == [  # type: ignore[union-attr]  # refused, else it fails
        "BadFieldError",
        "CanonicalError",
    ]
    assert trio.members["bank-a"].head.number == 0


def test_a_member_that_was_away_catches_up_and_votes_for_what_it_missed(trio: Trio, some: Nodes) -> None:
    del trio.members["bank-b"]
    for turn in range(5):
        trio.members["bank-a"].submit([trio.draft(f"R{turn}")])
    trio.open("bank-b")
    assert trio.members["bank-b"].head.number == 0
    assert trio.members["bank-b"].follow() == 5
    trio.settle()
    assert len(heads(trio)) == 1
    assert sum(one.key.endswith("bank-b") for one in consortium_sample.ordered(trio.keys_of(""), some).votes(0)) == 5


def test_without_most_members_nothing_is_acknowledged_and_it_is_when_they_are_back(trio: Trio, some: Nodes) -> None:
    away = [trio.members.pop(name) for name in ("bank-a", "bank-b")]
    core = consortium_sample.member(
        some, consortium_sample.ordered(trio.keys_of("core"), some), "core", patience=0.05, meanwhile=lambda _: None
    )
    data = trio.draft("R1")
    with pytest.raises(PendingError, match=r"block 1 is in the log, but not signed within 0.05 s: too few votes"):
        core.submit([data])
    assert core.head.number == 0
    with pytest.raises(PendingError):
        core.submit([trio.draft("R2")])
    away[0].follow()
    assert core.follow() == 1
    # What is answered is a refusal.
    assert [one.rule for one in core.submit([data])] == ["ReplayedError"]  # type: ignore[union-attr]  # refused, else it fails


def test_most_are_more_than_half_of_those_that_run_a_node() -> None:
    five = consortium_sample.nodes(names=("core", "bank-a", "bank-b", "maker-of-parts", "maker-of-screws"))
    keys = MemoryKeys()
    trio = Trio(five, lambda _: keys, patience=0.05)
    core, bank_b = trio.members["core"], trio.members.pop("bank-b")
    with pytest.raises(PendingError):
        core.submit([trio.draft("R1")])
    bank_b.follow()
    assert core.follow() == 1


def test_a_fault_after_the_commit_of_a_copy_does_not_store_a_block_twice(trio: Trio, some: Nodes) -> None:
    class Faulty(MemoryStore):
        def append(self, block: Block) -> None:
            super().append(block)
            if block.number == 1:
                raise StoreError("the answer of the disk was lost")

    store = Faulty()
    one = consortium_sample.member(some, consortium_sample.ordered(trio.keys_of(""), some), "bank-b", store)
    trio.members["bank-a"].submit([trio.draft("R1")])
    trio.members["bank-a"].submit([trio.draft("R2")])
    with pytest.raises(StoreError):
        one.follow()
    assert one.follow() == 2
    assert list(store.blocks()) == list(trio.members["core"].store.blocks())


def test_the_national_suite_orders_votes_and_signs_as_well() -> None:
    operator = sm2_signer("hexi.example/receivables", bytes(31) + b"\x07")
    some = consortium_sample.nodes(suite_name="sm2-sm3-sm4", operator=operator)
    keys = MemoryKeys()
    trio = Trio(some, lambda _: keys)
    for name in NODES:
        assert isinstance(trio.members[name].submit([trio.draft(f"of-{name}")])[0], Receipt)
    trio.settle()
    assert len(heads(trio)) == 1
    # The sample's genesis names its ledger.
    assert verify_blocks(trio.members["bank-b"].store.blocks(), ledger=some.ledger).holds  # type: ignore[arg-type]  # stores of the trio have blocks


def test_two_that_hold_the_logs_key_sign_one_checkpoint(some: Nodes) -> None:
    keys = MemoryKeys()
    trio = Trio(some, lambda _: keys)
    log = consortium_sample.ordered(keys, some)
    trio.members["bank-a"] = consortium_sample.member(
        some, log, "bank-a", operator=some.people.operator, meanwhile=trio.others_follow
    )
    for turn in range(4):
        trio.members[NODES[turn % 2]].submit([trio.draft(f"R{turn}")])
    trio.settle()
    assert len(heads(trio)) == 1


@settings(max_examples=150 if FULL else 12, deadline=None)
@given(st.lists(st.sampled_from([one for one in FAULTS if one != "rival first"]), max_size=80), st.data())
def test_whatever_the_line_does_a_transaction_is_in_the_log_once_and_a_receipt_is_true(
    faults: list[str], data: st.DataObject
) -> None:
    keys, stream, late = MemoryKeys(), iter([]), []  # type: ignore[var-annotated]  # filled below
    lines = {name: FaultyKeys(keys, stream, late) for name in NODES}
    trio = Trio(SOME, lambda name: lines[name], patience=0.2)
    receipts: list[Receipt] = []
    waiting = [trio.draft(f"R{one}") for one in range(6)]
    for line in lines.values():
        line.break_from_now(iter(faults))
    for transaction in waiting:
        for name in data.draw(st.lists(st.sampled_from(NODES), min_size=1, max_size=3)):
            try:
                receipts += [one for one in trio.members[name].submit([transaction]) if isinstance(one, Receipt)]
            except OrderingError:
                continue
    for line in lines.values():
        line.break_from_now(iter([]))
    trio.settle()
    assert len(heads(trio)) == 1
    found = {name: identities(trio, name) for name in NODES}
    assert found["core"] == found["bank-a"] == found["bank-b"]
    assert set(Counter(found["core"]).values()) <= {1}
    assert all(found["core"][one.place - 1] == one.id for one in receipts)
    # The sample's genesis names its ledger.
    report = verify_blocks(trio.members["bank-b"].store.blocks(), ledger=SOME.ledger)  # type: ignore[arg-type]  # stores of the trio have blocks
    assert report.holds


def test_errors_of_a_consortium_are_errors_of_the_ledger() -> None:
    assert issubclass(PendingError, OrderingError)
    assert issubclass(OrderingError, LedgerError)
