"""A damaged ledger is opened read-only, up to the damage, with what was found; and is not written to."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest
from flipping import flipped
from ledger_sample import START, Consortium, accepted

from ledger.auditor import verify
from ledger.auditor.bundling import write_bundle
from ledger.auditor.stored import file_blocks
from ledger.container import PAGE
from ledger.errors import DamagedStoreError, NoLedgerError
from ledger.execution import admit
from ledger.node import Node, found
from ledger.reader import open_read_only
from ledger.replay import replay
from ledger.seal import seal_path
from ledger.stores import Block, SqliteStore


def edited(path: Path, command: str, *values: object) -> None:
    with sqlite3.connect(path) as file:
        file.execute(command, values)
    file.close()


def row(path: Path, number: int, column: str) -> bytes:
    with sqlite3.connect(path) as file:
        data: bytes = file.execute(f"SELECT {column} FROM blocks WHERE number = ?", (number,)).fetchone()[0]
    file.close()
    return data


def change_body(path: Path, number: int) -> int:
    edited(path, "UPDATE blocks SET body = ? WHERE number = ?", flipped(row(path, number, "body"), 400), number)
    return number


def change_checkpoint(path: Path, number: int) -> int:
    edited(
        path, "UPDATE blocks SET checkpoint = ? WHERE number = ?", flipped(row(path, number, "checkpoint"), 50), number
    )
    return number


def drop_row(path: Path, number: int) -> int:
    edited(path, "DELETE FROM blocks WHERE number = ?", number)
    return number


def break_page(path: Path, number: int) -> int:
    """Overwrite the page on which a row begins."""
    data, header = path.read_bytes(), row(path, number, "header")
    page = data.index(header[:200]) // PAGE
    path.write_bytes(data[: page * PAGE] + b"\xa5" * PAGE + data[page * PAGE + PAGE :])
    return number


def cut_off(path: Path, number: int) -> int:
    data, header = path.read_bytes(), row(path, number, "header")
    path.write_bytes(data[: data.index(header[:200]) // PAGE * PAGE])
    return number


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("damage", [change_body, change_checkpoint, drop_row, break_page, cut_off])
def test_what_comes_before_the_damage_is_read(
    copy: Path, written: Path, people: Consortium, damage: Callable[[Path, int], int], sealed: bool
) -> None:
    number = damage(copy, 40)
    if not sealed:
        seal_path(copy).unlink()
    with pytest.raises(DamagedStoreError, match="block"), closing(SqliteStore(copy)) as store:
        Node(store, people.operator, lambda: START)
    reader = open_read_only(copy)
    assert reader.finding is not None
    assert reader.finding.block is not None
    assert number - 3 < reader.finding.block <= number  # rows that share a page are lost with it
    whole = [Block(*one) for one in islice(file_blocks(written), reader.finding.block)]
    assert list(reader.blocks()) == whole
    log = replay(whole)
    assert log is not None
    assert reader.state.everything() == log.head.state.everything()
    assert reader.report.state == log.head.digest.hex()


def test_a_whole_ledger_has_no_finding(written: Path, tmp_path: Path, people: Consortium) -> None:
    write_bundle(written, tmp_path / "bundle")
    for place in (written, tmp_path / "bundle"):
        reader = open_read_only(place)
        assert reader.finding is None
        assert reader.report.holds
        assert reader.genesis == people.genesis
        assert len(list(reader.blocks())) == 76


def test_damage_that_touches_no_block_leaves_all_blocks(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes() + bytes(PAGE))
    reader = open_read_only(copy)
    assert reader.finding is not None
    assert reader.finding.block is None
    assert len(list(reader.blocks())) == 76
    with pytest.raises(DamagedStoreError, match="each block holds by itself"):
        SqliteStore(copy)


def test_a_ledger_of_which_nothing_holds_is_not_opened(copy: Path, tmp_path: Path) -> None:
    drop_row(copy, 0)
    with pytest.raises(DamagedStoreError, match="block 0"):
        open_read_only(copy)
    with pytest.raises(NoLedgerError):
        open_read_only(tmp_path)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_signature_that_an_operator_let_pass_ends_what_holds(
    tmp_path: Path, people: Consortium, processes: int
) -> None:
    """The chain goes on behind it, and signatures are verified behind the walk; yet what holds ends before it."""
    path = tmp_path / "receivables.ledger"
    store = SqliteStore(path, create=True)
    found(store, people.genesis, people.operator)
    node = Node(store, people.operator, lambda: START)
    for number in range(15):
        node.submit(accepted(people, f"R{number}")[:1])
        if number == 2:
            forged = bytearray(accepted(people, "forged")[0])
            forged[-10] = ord("0") if forged[-10] != ord("0") else ord("1")
            node.commit([admit(bytes(forged), node.rules)], verified=True)
    state = node.state.everything()
    node.close()
    report = verify(path, processes=processes)
    assert [(one.block, one.entry, one.rule) for one in report.findings] == [(4, 4, "BadSignatureError")]
    assert (report.blocks, report.entries) == (4, 4)
    reader = open_read_only(path)
    assert [one.number for one in reader.blocks()] == [0, 1, 2, 3]
    assert reader.state.everything() != state
    seal_path(path).unlink()
    with pytest.raises(DamagedStoreError, match="block 4, entry 4"), closing(SqliteStore(path)) as again:
        Node(again, people.operator, lambda: START)
