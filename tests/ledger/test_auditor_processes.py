"""Signatures are verified in other processes: with the same verdict, and with a word if one of them ends."""

import gc
import multiprocessing
from collections.abc import Iterator

import ledger_sample
import pytest
from ledger_sample import START

from ledger.auditor.signatures import Claim, Signatures, first_failure, signature_checker
from ledger.auditor.stored import StoredBlock
from ledger.auditor.verification import verify_blocks
from ledger.errors import ScreeningError
from ledger.node import Node, found
from ledger.state import State
from ledger.stores import MemoryStore
from ledger.transaction import message_of


@pytest.fixture(scope="module")
def blocks() -> list[StoredBlock]:
    """Four blocks of some seventy drafts each."""
    people, store = ledger_sample.consortium(), MemoryStore()
    found(store, people.genesis, people.operator)
    node = Node(store, people.operator, lambda: START)
    for number in range(4):
        node.submit([ledger_sample.accepted(people, f"R{number}-{place}")[0] for place in range(70)])
    return [StoredBlock(*block) for block in store.blocks()]


def claims(count: int, forged: int | None) -> list[Claim]:
    suite = ledger_sample.consortium().suite
    public, message = suite.public_key(bytes(32)), message_of(bytes(32))
    good = suite.sign(bytes(32), message)
    bad = good[:-1] + bytes([good[-1] ^ 1])
    return [Claim(place, public, message, bad if place == forged else good) for place in range(count)]


@pytest.mark.parametrize("forged", [None, 0, 99])
def test_the_verdict_is_the_same_in_whichever_process(forged: int | None) -> None:
    batch = claims(100, forged)
    wanted = first_failure(ledger_sample.ED25519, 5, batch)
    assert (wanted is None) == (forged is None)
    for processes in (1, 2):
        with signature_checker(ledger_sample.ED25519, processes) as signatures:
            assert signatures.add(5, batch) is None
            assert signatures.finish() == wanted


def test_the_first_failure_in_the_order_of_blocks_is_told(blocks: list[StoredBlock]) -> None:
    alone = Signatures(ledger_sample.ED25519, None)
    told = [alone.add(block, claims(3, forged=2 if block > 1 else None)) for block in range(12)]
    found = [one for one in told if one is not None]
    assert found[0].block == 2
    assert found[0].entry == 2


def test_a_process_that_ends_by_itself_is_heard_of(blocks: list[StoredBlock]) -> None:
    def fatal() -> Iterator[StoredBlock]:
        yield from blocks[:-1]
        for process in multiprocessing.active_children():
            process.kill()
            process.join()
        yield blocks[-1]

    assert verify_blocks(blocks, processes=2).holds
    with pytest.raises(ScreeningError, match="a process that verifies signatures has ended by itself"):
        verify_blocks(fatal(), processes=2)


def test_progress_is_told_for_each_block_and_for_the_last_signature(blocks: list[StoredBlock]) -> None:
    told: list[tuple[str, int, int]] = []
    verify_blocks(blocks, progress=lambda *step: told.append(step))
    assert told == [*(("entries", 1 + 70 * block, 0) for block in range(1, 5)), ("signatures", 281, 281)]


def test_states_that_lie_behind_are_forgotten(blocks: list[StoredBlock]) -> None:
    alive: list[int] = []

    def look(*_: object) -> None:
        alive.append(sum(type(one) is State for one in gc.get_objects()))

    verify_blocks(blocks, progress=look)
    assert max(alive) - min(alive) < 70, "a block of seventy entries makes a hundred and forty states"
