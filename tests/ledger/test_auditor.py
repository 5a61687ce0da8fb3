"""The auditor finds whatever was changed, and says where."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flipping import flipped, places
from ledger_sample import START, Consortium, accepted

from ledger.auditor import compare, verify
from ledger.auditor.bundling import write_bundle
from ledger.auditor.proof import prove_growth, prove_inclusion
from ledger.auditor.proof_files import FILES, check_inclusion, read_inclusion, write_inclusion
from ledger.auditor.stored import StoredBlock, file_blocks
from ledger.auditor.verification import verify_blocks
from ledger.block import join_entries, split_entries
from ledger.errors import LedgerError, NoLedgerError, ProofError, UnknownTransactionError
from ledger.node import Node
from ledger.stores import SqliteStore
from ledger.transaction import read_transaction

Change = Callable[[bytes], bytes]


def edited(path: Path, number: int, column: str, change: Change) -> None:
    """Change one value in the file, as somebody who knows SQLite would."""
    with sqlite3.connect(path) as file:
        value = file.execute(f"SELECT {column} FROM blocks WHERE number = ?", (number,)).fetchone()[0]
        file.execute(f"UPDATE blocks SET {column} = ? WHERE number = ?", (change(value), number))
    file.close()
    path.with_name(path.name + ".seal").unlink()


def test_a_ledger_as_it_was_written_holds(written: Path, people: Consortium) -> None:
    report = verify(written, ledger=people.ledger)
    assert report.holds
    assert (report.blocks, report.entries, report.ledger) == (76, 101, people.ledger)


def test_several_processes_come_to_the_same_report(written: Path) -> None:
    assert verify(written, processes=2) == verify(written)


def test_a_changed_transaction_is_located_by_its_index(written: Path) -> None:
    blocks = list(file_blocks(written))
    entries = split_entries(blocks[2].body, 2)
    entries[1] = flipped(entries[1], entries[1].index(b"nonce") + 10)
    blocks[2] = blocks[2]._replace(body=join_entries(entries))
    finding = verify_blocks(blocks).findings[0]
    assert (finding.block, finding.entry) == (2, 3)


REARRANGED: dict[str, Callable[[list[StoredBlock]], list[StoredBlock]]] = {
    "a block left out": lambda blocks: blocks[:5] + blocks[6:],
    "a block twice": lambda blocks: blocks[:6] + blocks[5:],
    "two blocks exchanged": lambda blocks: [*blocks[:5], blocks[6], blocks[5], *blocks[7:]],
    "the genesis left out": lambda blocks: blocks[1:],
    "a block renumbered": lambda blocks: [*blocks[:5], blocks[5]._replace(number=9), *blocks[6:]],
    "the body of another block": lambda blocks: [*blocks[:5], blocks[5]._replace(body=blocks[8].body), *blocks[6:]],
    "the checkpoint of another": lambda blocks: [
        *blocks[:5],
        blocks[5]._replace(checkpoint=blocks[6].checkpoint),
        *blocks[6:],
    ],
    "an empty body": lambda blocks: [*blocks[:5], blocks[5]._replace(body=b""), *blocks[6:]],
    "no block": lambda blocks: [],
}


@pytest.mark.parametrize("name", REARRANGED)
def test_blocks_in_another_order_are_found(written: Path, name: str) -> None:
    assert not verify_blocks(REARRANGED[name](list(file_blocks(written)))).holds


def test_blocks_that_are_missing_at_the_end_leave_a_whole_but_shorter_ledger(written: Path) -> None:
    """That is what witnesses and earlier checkpoints are for: the blocks themselves can not show it."""
    report = verify_blocks(list(file_blocks(written))[:-1])
    assert report.holds
    assert report.entries == 100


def test_a_value_changed_in_the_file_is_found_without_the_seal(copy: Path) -> None:
    edited(copy, 7, "body", lambda body: flipped(body, 300))
    assert verify(copy).findings[0].block == 7


def test_another_ledger_than_the_reader_knows_is_refused(written: Path) -> None:
    assert "it should be" in verify(written, ledger="00" * 32).findings[0].message


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3\x00", b"SQLite format 3\x00" + bytes(5000)])
def test_a_file_that_is_no_ledger_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    if content.startswith(b"SQLite"):
        assert not verify(path).holds
    else:
        with pytest.raises(NoLedgerError, match="not a ledger"):
            verify(path)


def test_a_file_more_or_less_in_a_bundle_is_found(written: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    write_bundle(written, bundle)
    (bundle / "tile" / "0" / "007").write_bytes(b"")
    assert "no file of a bundle" in verify(bundle).findings[0].message
    (bundle / "tile" / "0" / "007").unlink()
    (bundle / "checkpoint").unlink()
    assert not verify(bundle).holds


def test_a_bundle_does_not_replace_anything(written: Path, tmp_path: Path) -> None:
    with pytest.raises(NoLedgerError, match="something at"):
        write_bundle(written, tmp_path)


def test_every_transaction_is_proved_to_be_in_the_log(written: Path, people: Consortium, tmp_path: Path) -> None:
    entries = [entry for block in file_blocks(written) for entry in block.body.removesuffix(b"\n").split(b"\n")]
    for index in range(0, len(entries), 9):
        name = read_transaction(entries[index], people.suite.hash).id.hex() if index else "0"
        proof = prove_inclusion(written, name)
        assert (proof.transaction, proof.place) == (entries[index], index)
        write_inclusion(proof, tmp_path / str(index))
        assert read_inclusion(tmp_path / str(index)) == proof
        assert check_inclusion(proof).size == len(entries)


@pytest.mark.parametrize("name", ["101", "9" * 40, "ab" * 32, "", "-1", "R1"])
def test_a_transaction_that_is_not_there_has_no_proof(written: Path, name: str) -> None:
    with pytest.raises(UnknownTransactionError):
        prove_inclusion(written, name)


def test_each_flipped_byte_of_a_proof_is_found(written: Path, tmp_path: Path) -> None:
    write_inclusion(prove_inclusion(written, "50"), tmp_path)
    for name in FILES:
        data = (tmp_path / name).read_bytes()
        for place in places(len(data), 7):
            (tmp_path / name).write_bytes(flipped(data, place))
            with pytest.raises(LedgerError):
                check_inclusion(read_inclusion(tmp_path))
        (tmp_path / name).write_bytes(data)


def test_growth_is_proved_from_each_earlier_checkpoint(written: Path) -> None:
    for block in list(file_blocks(written))[::15]:
        growth = prove_growth(written, block.checkpoint)
        assert (growth.earlier.size, growth.later.size) == (growth.earlier.size, 101)


def continued(path: Path, people: Consortium, name: str) -> None:
    node = Node(SqliteStore(path), people.operator, lambda: START + 3000)
    node.submit(accepted(people, name))
    node.close()


def test_forked_histories_are_shown_where_they_part(copy: Path, tmp_path: Path, people: Consortium) -> None:
    other = tmp_path / "other.ledger"
    shutil.copy(copy, other)
    continued(copy, people, "for-one-bank")
    continued(other, people, "for-another")
    assert verify(copy).holds
    assert verify(other).holds
    found = compare(copy, other)
    assert (found.relation, found.blocks) == ("forked", 76)
    assert found.first is not None
    assert found.second is not None
    assert (found.first.entry, found.second.entry) == (101, 101)
    assert "for-one-bank" in found.first.transaction
    assert "for-another" in found.second.transaction
    with pytest.raises(ProofError):
        prove_growth(copy, found.second.checkpoint.encode())


def test_a_log_that_was_rolled_back_does_not_continue_its_checkpoint(
    copy: Path, people: Consortium, written: Path
) -> None:
    continued(copy, people, "R-late")
    late = list(file_blocks(copy))[-1].checkpoint
    with pytest.raises(ProofError, match="rolled back"):
        prove_growth(written, late)


def test_a_copy_that_is_behind_is_continued(copy: Path, written: Path, people: Consortium) -> None:
    continued(copy, people, "R-late")
    assert compare(copy, written).relation == "first_is_longer"
    assert compare(written, copy).relation == "second_is_longer"
    assert compare(written, written) == ("same", 76, None, None)
