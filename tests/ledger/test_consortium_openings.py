"""How a member of a consortium is opened: from its file, late, beside another ledger, and when it may not be."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import consortium_sample
import pytest
from consortium_sample import NODES, Nodes, Trio, heads

from ledger.consortium import MemoryKeys, OrderedLog, join
from ledger.errors import DroppedError, GenesisError, NodeError, OrderingError
from ledger.node import Receipt
from ledger.stores import MemoryStore

SOME = consortium_sample.nodes()


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


def test_a_member_that_is_opened_again_goes_on_from_its_file(on_disk: Trio) -> None:
    trio = on_disk
    trio.members["bank-a"].submit([trio.draft("R1")])
    trio.settle()
    trio.shut("bank-b")
    trio.members["bank-a"].submit([trio.draft("R2")])
    again = trio.open("bank-b")
    assert again.head.number == 1
    assert isinstance(again.submit([trio.draft("R3")])[0], Receipt)
    trio.settle()
    assert len(heads(trio)) == 1


def test_a_latecomer_begins_with_a_copy_when_blocks_were_dropped(on_disk: Trio, some: Nodes, tmp_path: Path) -> None:
    trio = on_disk
    for turn in range(4):
        trio.members["bank-a"].submit([trio.draft(f"R{turn}")])
    trio.settle()
    consortium_sample.ordered(trio.keys_of(""), some).drop(3)
    trio.close()
    (tmp_path / "bank-b.ledger").unlink()
    with pytest.raises(DroppedError, match="begin with a copy of another member's ledger file"):
        trio.open("bank-b")
    shutil.copy(tmp_path / "core.ledger", tmp_path / "bank-b.ledger")
    for name in NODES:
        trio.open(name)
    assert isinstance(trio.members["bank-b"].submit([trio.draft("R9")])[0], Receipt)


def test_two_ledgers_in_one_service_stay_apart(some: Nodes) -> None:
    keys, other = MemoryKeys(), consortium_sample.nodes(seed=8)
    one, two = Trio(some, lambda _: keys), Trio(other, lambda _: keys)
    one.members["bank-a"].submit([one.draft("R1")])
    two.members["bank-a"].submit([two.draft("R1"), two.draft("R2")])
    one.members["bank-b"].submit([one.draft("R3")])
    for trio in (one, two):
        trio.settle()
        assert len(heads(trio)) == 1
    assert (one.members["core"].head.tree.size, two.members["core"].head.tree.size) == (3, 3)
    assert one.members["core"].tally.refused == two.members["core"].tally.refused == {}


def test_who_may_not_open_a_member_is_told_so(some: Nodes, trio: Trio) -> None:
    log = consortium_sample.ordered(trio.keys_of(""), some)
    maker = some._replace(wallets={"core": some.people.wallets["core", "maker"]})
    with pytest.raises(NodeError, match="that of a maker, not of a node"):
        consortium_sample.member(maker, log, "core")
    with pytest.raises(NodeError, match="the operator's key is"):
        consortium_sample.member(some, log, "core", operator=consortium_sample.nodes(seed=8).people.operator)
    stranger = consortium_sample.ordered(trio.keys_of(""), consortium_sample.nodes(seed=8))
    with pytest.raises(NodeError, match="the ordering service is for"):
        consortium_sample.member(some, stranger, "core", trio.members["core"].store)
    with pytest.raises(OrderingError, match="has not been founded"):
        join(MemoryStore(), stranger)


def test_a_false_genesis_in_the_service_is_refused(some: Nodes) -> None:
    keys, other = MemoryKeys(), consortium_sample.nodes(seed=8)
    Trio(other, lambda _: keys)
    theirs = consortium_sample.ordered(keys, other)
    log = OrderedLog(keys, some.ledger)
    log.propose(0, theirs.block(0) or b"")
    log.publish_checkpoint(0, theirs.checkpoint(0) or b"")
    with pytest.raises(GenesisError, match=f"the genesis is that of ledger {other.ledger}, it should be that of"):
        join(MemoryStore(), log)
