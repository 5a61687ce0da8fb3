"""All stores do the same: blocks go in one by one, come out in order, and nothing else goes in."""

from itertools import pairwise

import pytest
from conftest import Place
from ledger_sample import START, Consortium, accepted

from ledger.auditor.stored_block import StoredBlock
from ledger.auditor.verification import verify_blocks
from ledger.errors import BusyStoreError, NoLedgerError, StoreError
from ledger.node import Node, Receipt, found
from ledger.stores import Block, Store


def block(number: int, size: int = 5) -> Block:
    return Block(number, b"header %d" % number, bytes(range(256)) * size, b"checkpoint\x00\n")


def test_what_is_put_in_comes_out_in_order(place: Place) -> None:
    store = place.found()
    assert (store.height(), list(store.blocks())) == (0, [])
    blocks = [block(number, size) for number, size in enumerate([0, 1, 17, 300, 4096, *[2] * 40])]
    for one in blocks:
        store.append(one)
    assert store.height() == len(blocks)
    assert list(store.blocks()) == blocks
    assert list(store.blocks(17)) == blocks[17:]
    assert list(store.blocks(len(blocks))) == []
    store.close()
    again = place.open()
    assert list(again.blocks()) == blocks
    assert again.height() == len(blocks)
    again.close()


@pytest.mark.parametrize("number", [-1, 0, 1, 3, 4, 2**62, 2**80])
def test_a_gap_or_a_number_that_was_there_is_refused(place: Place, number: int) -> None:
    store = place.found()
    for one in (0, 1):
        store.append(block(one))
    with pytest.raises(StoreError, match=f"block {number} can not be stored, 2 is the next"):
        store.append(block(number))
    store.append(block(2))
    assert [one.number for one in store.blocks()] == [0, 1, 2]
    store.close()


@pytest.mark.parametrize("place", ["sqlite", "postgres"], indirect=True)
def test_two_cannot_write_at_once_and_others_read_meanwhile(place: Place) -> None:
    store = place.found()
    store.append(block(0))
    with pytest.raises(BusyStoreError, match="another process"):
        place.open()
    reader = place.open(read_only=True)
    assert [one.number for one in reader.blocks()] == [0]
    store.append(block(1))
    assert [one.number for one in reader.blocks()] == [0, 1]
    assert reader.height() == 2
    with pytest.raises(StoreError, match="read-only"):
        reader.append(block(2))
    reader.close()
    store.append(block(2))
    store.close()
    place.open().close()


@pytest.mark.parametrize("place", ["sqlite", "postgres"], indirect=True)
def test_a_store_is_founded_once(place: Place) -> None:
    with pytest.raises(NoLedgerError):
        place.open()
    place.found().close()
    with pytest.raises(NoLedgerError):
        place.found()
    place.open().close()


@pytest.mark.parametrize("place", ["sqlite", "postgres"], indirect=True)
def test_a_closed_store_takes_nothing_more(place: Place) -> None:
    store = place.found()
    store.append(block(0))
    store.close()
    store.close()
    with pytest.raises(StoreError):
        store.append(block(1))
    with pytest.raises(StoreError):
        list(store.blocks())
    again = place.open()
    assert again.height() == 1
    again.close()


def written(store: Store, people: Consortium) -> Node:
    found(store, people.genesis, people.operator)
    times = iter(range(START, START + 9999, 5))
    node = Node(store, people.operator, lambda: next(times))
    for number in range(6):
        answers = node.submit(accepted(people, f"R{number}"))
        assert all(isinstance(one, Receipt) for one in answers)
    return node


def test_the_state_is_worked_out_again_from_the_blocks_alike(place: Place, people: Consortium) -> None:
    """Whatever the store: the records after opening are those of the node that wrote them, and the auditor's too."""
    node = written(place.found(), people)
    records, root = node.state.everything(), node.tree.root()
    node.close()
    again = Node(place.open(), people.operator, lambda: START)
    assert again.state.everything() == records
    assert again.tree.root() == root
    report = verify_blocks(StoredBlock(*one) for one in again.store.blocks())
    assert (report.findings, report.blocks, report.root) == ((), 7, root.hex())
    again.close()


def test_blocks_are_the_same_bytes_in_every_store(place: Place, people: Consortium) -> None:
    node = written(place.found(), people)
    blocks = list(node.store.blocks())
    assert all(one.header.count(b'"previous"') == 1 for one in blocks)
    assert all(one.number + 1 == two.number for one, two in pairwise(blocks))
    node.close()
    again = place.open(read_only=True)
    assert list(again.blocks()) == blocks
    again.close()
