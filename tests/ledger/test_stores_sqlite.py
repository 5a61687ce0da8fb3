"""The store in a file, attacked: full disks, folders that cannot be written to, other files, locks, formats, seals."""

import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from ledger_sample import START, Consortium, accepted

from ledger.auditor import verify
from ledger.auditor.pages import page_blocks
from ledger.container import PAGE
from ledger.errors import BusyStoreError, DamagedStoreError, NoLedgerError, StoreError
from ledger.mark import mark_path
from ledger.node import Node, Receipt, Refusal, found
from ledger.reader import open_read_only
from ledger.seal import seal_path, write_seal
from ledger.stores import Block, SqliteStore


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """As if the disk were full at that point."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def nobodys_rights() -> Iterator[None]:
    """As if the process were that of a user who may not write everywhere."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(own)


def test_a_full_disk_stops_the_ledger_and_space_lets_it_go_on(copy: Path, people: Consortium) -> None:
    node = Node(SqliteStore(copy), people.operator, lambda: START + 900)
    receipts: list[Receipt | Refusal] = []
    height = node.store.height()

    def fill() -> None:
        for number in range(300):
            receipts.extend(node.submit(accepted(people, f"full-{number}")))

    with no_file_longer_than(copy.stat().st_size + 4096):
        with pytest.raises(StoreError, match="could not be written"):
            fill()
        after = node.store.height(), node.tree.root(), node.state.everything()
        for number in range(3):
            with pytest.raises(StoreError, match="could not be written"):
                node.submit(accepted(people, f"still-full-{number}", amount=7))
        assert (node.store.height(), node.tree.root(), node.state.everything()) == after
    assert receipts
    assert all(isinstance(one, Receipt) for one in receipts)
    assert node.store.height() == height + len(receipts) // 3
    assert all(isinstance(one, Receipt) for one in node.submit(accepted(people, "space-again")))
    node.close()
    report = verify(copy)
    assert (report.holds, report.entries) == (True, 101 + len(receipts) + 3)


def test_a_disk_that_is_full_at_closing_loses_nothing(copy: Path, people: Consortium) -> None:
    node = Node(SqliteStore(copy), people.operator, lambda: START + 900)
    for number in range(9):
        node.submit(accepted(people, f"R-{number}"))
    with no_file_longer_than(8192), pytest.raises(StoreError, match="could not be closed"):
        node.close()
    report = verify(copy)
    assert (report.holds, report.entries) == (True, 101 + 27)
    Node(SqliteStore(copy), people.operator, lambda: START + 900).close()
    assert seal_path(copy).exists()
    assert verify(copy).entries == 101 + 27


def test_a_closed_ledger_is_read_where_nothing_can_be_written(written: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="hexi-read-only-"))
    path = folder / written.name
    for one in (written, seal_path(written)):
        shutil.copy(one, folder)
    for one in (*folder.iterdir(), folder):
        one.chmod(0o555 if one == folder else 0o444)

    def look() -> None:
        assert verify(path).holds
        store = SqliteStore(path, read_only=True)
        assert (store.height(), len(list(store.blocks()))) == (76, 76)
        store.close()
        with pytest.raises(StoreError, match="opened for writing"):
            SqliteStore(path)
        with pytest.raises(StoreError, match="opened for writing"):
            SqliteStore(folder / "new.ledger", create=True)

    def look_at_one_that_was_not_closed() -> None:
        for look_at in (verify, lambda place: SqliteStore(place, read_only=True)):
            with pytest.raises(StoreError, match="copy it first"):
                look_at(path)

    try:
        with nobodys_rights():
            look()
        folder.chmod(0o755)
        path.with_name(path.name + "-wal").write_bytes(bytes(40))
        folder.chmod(0o555)
        with nobodys_rights():
            look_at_one_that_was_not_closed()
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_auditing_leaves_nothing_beside_a_closed_ledger(copy: Path) -> None:
    before = {one.name: one.read_bytes() for one in copy.parent.iterdir()}
    verify(copy)
    assert {one.name: one.read_bytes() for one in copy.parent.iterdir()} == before


def test_a_ledger_is_audited_and_read_while_it_is_written(copy: Path, people: Consortium) -> None:
    with closing(SqliteStore(copy)) as store:
        node = Node(store, people.operator, lambda: START + 900)
        for number in range(4):
            report = verify(copy)
            assert (report.holds, report.entries) == (True, 101 + 3 * number)
            assert open_read_only(copy).report == report
            node.submit(accepted(people, f"R-{number}"))
    assert verify(copy).entries == 113


def test_what_sqlite_left_in_unused_room_is_no_damage_under_an_intact_seal(copy: Path) -> None:
    """Another version of it may leave something there; only a file without a seal has to prove each byte."""
    data = bytearray(copy.read_bytes())
    data[PAGE + 3000] ^= 1
    copy.write_bytes(bytes(data))
    seal_path(copy).unlink()
    assert [one.block for one in verify(copy).findings] == [None]
    write_seal(copy)
    assert verify(copy).holds


def test_the_lock_of_a_writer_that_is_gone_keeps_nobody_out(copy: Path) -> None:
    mark_path(copy).write_bytes(b"")
    SqliteStore(copy).close()
    held = SqliteStore(copy)
    with pytest.raises(BusyStoreError):
        SqliteStore(copy)
    held.close()
    SqliteStore(copy).close()


def test_another_program_that_holds_the_file_is_waited_for_and_then_named(copy: Path) -> None:
    store = SqliteStore(copy)
    other = sqlite3.connect(copy, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        store.append(Block(76, b"", b"", b""))
    other.execute("ROLLBACK")
    other.close()
    store.append(Block(76, b"", b"", b""))
    assert store.height() == 77
    store.close()


OTHERS: dict[str, tuple[str, type[StoreError | NoLedgerError], str]] = {
    "a later format": ("PRAGMA user_version = 23040001", StoreError, "format 2"),
    "an earlier format": ("PRAGMA user_version = 0", StoreError, "format 0"),
    "another program's file": ("PRAGMA application_id = 7", NoLedgerError, "not a ledger's"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_others_are_told_apart(copy: Path, name: str) -> None:
    command, error, words = OTHERS[name]
    seal_path(copy).unlink()
    with sqlite3.connect(copy) as file:
        file.execute(command)
    file.close()
    for read_only in (False, True):
        with pytest.raises(error, match=words):
            SqliteStore(copy, read_only=read_only)
    assert not verify(copy).holds


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + bytes(5000)])
def test_files_that_are_none_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises((NoLedgerError, DamagedStoreError)):
        SqliteStore(path)
    assert path.read_bytes() == content
    with pytest.raises(NoLedgerError, match="folder"):
        SqliteStore(tmp_path)


DAMAGE = {
    "a row is gone": "DELETE FROM blocks WHERE number = 5",
    "the first row is gone": "DELETE FROM blocks WHERE number = 0",
    "a row is changed": "UPDATE blocks SET body = zeroblob(10) WHERE number = 9",
    "a row is added": "INSERT INTO blocks VALUES (90, x'00', x'00', x'00')",
    "a row is no bytes": "UPDATE blocks SET body = x'' WHERE number = 3",
}


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_not_written_to_and_the_block_is_named(
    copy: Path, people: Consortium, name: str, sealed: bool
) -> None:
    with sqlite3.connect(copy) as file:
        file.execute(DAMAGE[name])
    file.close()
    if not sealed:
        seal_path(copy).unlink()
    block = next(one for one in verify(copy).findings if one.block is not None).block
    data = copy.read_bytes()
    with pytest.raises(DamagedStoreError, match=f"block {block}"), closing(SqliteStore(copy)) as store:
        Node(store, people.operator, lambda: START)
    assert copy.read_bytes() == data


def test_a_store_that_was_found_damaged_is_not_sealed_when_it_is_closed(copy: Path, people: Consortium) -> None:
    """Else the next opening would take the seal's word for the signatures."""
    with sqlite3.connect(copy) as file:
        body = bytearray(file.execute("SELECT body FROM blocks WHERE number = 9").fetchone()[0])
        body[-9] ^= 1
        file.execute("UPDATE blocks SET body = ? WHERE number = 9", (bytes(body),))
    file.close()
    seal_path(copy).unlink()
    for _ in range(2):
        store = SqliteStore(copy)
        with pytest.raises(DamagedStoreError, match="block 9"):
            Node(store, people.operator, lambda: START)
        store.close()
        assert not seal_path(copy).exists()


def test_opening_without_writing_leaves_file_and_seal_as_they_are(copy: Path, people: Consortium) -> None:
    before = copy.read_bytes(), seal_path(copy).read_bytes()
    Node(SqliteStore(copy), people.operator, lambda: START).close()
    assert (copy.read_bytes(), seal_path(copy).read_bytes()) == before


def test_long_ledgers_of_small_blocks_are_read_page_by_page_alike(tmp_path: Path) -> None:
    """A tree of three levels, rows within a page and over many; SQLite and the auditor's own reader agree."""
    path = tmp_path / "long"
    store = SqliteStore(path, create=True)
    store._file.execute("PRAGMA synchronous = OFF")
    blocks = [Block(one, bytes([one % 256]) * 700, b"y" * (one * 37 % 1200), b"z") for one in range(2600)]
    blocks += [Block(2600 + one, b"x" * 3, bytes(4040 + one), b"") for one in range(70)]
    blocks += [Block(2670 + one, b"", b"q" * (8100 + one), b"c" * 100) for one in range(60)]
    for one in blocks:
        store.append(one)
    store.close()
    assert [tuple(one) for one in page_blocks(path)] == [tuple(one) for one in blocks]


def test_a_store_that_was_cut_off_while_it_was_founded_is_no_ledger_yet(tmp_path: Path, people: Consortium) -> None:
    path = tmp_path / "half"
    with no_file_longer_than(3000), pytest.raises(StoreError):
        SqliteStore(path, create=True)
    path.unlink(missing_ok=True)
    store = SqliteStore(path, create=True)
    found(store, people.genesis, people.operator)
    store.close()
    assert verify(path).holds
