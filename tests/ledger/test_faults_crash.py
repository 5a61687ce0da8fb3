"""The writer is killed at random moments: nothing acknowledged is lost, and nothing is there by half.

Also when the write-ahead file was cut off or changed afterwards: what is lost then is missed, and named.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from crashing import Acknowledged, Writer
from flipping import FULL, flipped
from ledger_sample import START, Consortium, accepted

from ledger.auditor import verify
from ledger.auditor.stored import file_blocks
from ledger.errors import DamagedStoreError, LedgerError
from ledger.mark import mark_path, read_mark
from ledger.node import Node, Receipt, found
from ledger.reader import open_read_only
from ledger.seal import seal_path
from ledger.stores import SqliteStore
from ledger.transaction import read_transaction

ROUNDS = 200 if FULL else 40


def founded(path: Path, people: Consortium) -> Path:
    store = SqliteStore(path, create=True)
    found(store, people.genesis, people.operator)
    store.close()
    return path


def log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def entries_of(path: Path, people: Consortium) -> dict[int, str]:
    """Ids by their place in the log."""
    entries = [line for block in file_blocks(path) for line in block.body.splitlines()]
    return {
        place: read_transaction(data, people.suite.hash).id.hex() for place, data in enumerate(entries) if place > 0
    }


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(
    writer: Writer, people: Consortium, tmp_path: Path
) -> None:
    """Each round goes on where the last was killed; a new ledger is founded now and then, to keep the audits short."""
    told = kills = open_logs = 0
    for start in range(0, ROUNDS, 10):
        path = founded(tmp_path / f"{start}.ledger", people)
        known: list[Acknowledged] = []
        for seed in range(start + 1, start + 11):
            known += writer.killed(path, seed)
            open_logs += log_of(path).exists()
            report = verify(path)
            assert report.holds, (seed, report.findings)
            held = entries_of(path, people)
            assert [held.get(one.place) for one in known] == [one.id for one in known], seed
            assert report.blocks > max((one.block for one in known), default=0), seed
            kills += 1
        node = Node(SqliteStore(path), people.operator, lambda: START + 500)
        assert all(isinstance(one, Receipt) for one in node.submit(accepted(people, f"after-{start}")))
        node.close()
        assert verify(path).holds
        told += len(known)
    assert (kills, told > ROUNDS, open_logs > ROUNDS // 4) == (ROUNDS, True, True)


@pytest.fixture(scope="session")
def killed(writer: Writer, people: Consortium, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose writer was killed with some blocks in the write-ahead file only."""
    for seed in range(900, 999):
        path = founded(tmp_path_factory.mktemp("killed") / "receivables.ledger", people)
        acknowledged = writer.killed(path, seed, 40)
        if acknowledged and log_of(path).exists() and log_of(path).stat().st_size > 40_000:
            return path
    raise AssertionError("the writer was never killed in the middle")


def copied(path: Path, folder: Path, *, without: tuple[str, ...] = ()) -> Path:
    folder.mkdir()
    for one in path.parent.iterdir():
        if not one.name.endswith(without or ("?",)):
            shutil.copy(one, folder)
    return folder / path.name


def test_a_ledger_that_was_killed_is_whole_and_goes_on(killed: Path, people: Consortium, tmp_path: Path) -> None:
    path = copied(killed, tmp_path / "copy")
    assert not seal_path(path).exists()
    marked = read_mark(path)
    assert marked is not None
    assert marked > 1
    report = verify(path)
    assert report.holds
    assert report.blocks >= marked
    node = Node(SqliteStore(path), people.operator, lambda: START + 999)
    assert node.store.height() == report.blocks
    node.submit(accepted(people, "one-more"))
    node.close()
    assert seal_path(path).exists()
    assert mark_path(path).stat().st_size == 0
    assert sorted(one.name for one in path.parent.iterdir()) == [
        "receivables.ledger",
        "receivables.ledger.lock",
        "receivables.ledger.seal",
    ]


def lengths(log: bytes) -> list[int]:
    """Where to cut a write-ahead file: inside and between its frames, of 24 and 4,096 bytes each."""
    frames = range(32, len(log), 4096 + 24)
    chosen = [0, 1, 31, *(place + more for place in frames for more in (0, 1, 24, 2000, 4119))]
    return [one for one in chosen if one < len(log)][:: 1 if FULL else 5]


def test_a_write_ahead_file_cut_off_anywhere_loses_nothing_without_saying_so(
    killed: Path, people: Consortium, tmp_path: Path
) -> None:
    whole, marked, log = verify(killed), read_mark(killed), log_of(killed).read_bytes()
    assert marked is not None
    blocks = list(file_blocks(killed))
    losses = 0
    for turn, length in enumerate(lengths(log)):
        path = copied(killed, tmp_path / str(turn), without=("-shm",))
        log_of(path).write_bytes(log[:length])
        report = verify(path)
        assert list(file_blocks(path)) == blocks[: report.blocks] if report.blocks else True
        if report.blocks >= marked:
            assert report.holds
            assert report.blocks <= whole.blocks
            continue
        losses += 1
        assert report.findings[0].block == report.blocks, length
        with pytest.raises(DamagedStoreError, match=rf"block(s)? {report.blocks}\b"):
            SqliteStore(path)
        if report.blocks:
            reader = open_read_only(path)
            assert [one.number for one in reader.blocks()] == list(range(report.blocks))
    assert losses > 3


def test_a_write_ahead_file_with_a_flipped_byte_loses_nothing_without_saying_so(killed: Path, tmp_path: Path) -> None:
    """SQLite reads such a file as if it ended before that byte."""
    marked, log = read_mark(killed), log_of(killed).read_bytes()
    assert marked is not None
    blocks = list(file_blocks(killed))
    noticed = 0
    path = copied(killed, tmp_path / "copy", without=("-shm",))
    for place in range(0, len(log), 401 if FULL else 2003):
        log_of(path).write_bytes(flipped(log, place))
        path.with_name(path.name + "-shm").unlink(missing_ok=True)
        report = verify(path)
        noticed += not report.holds
        assert not report.holds or (report.blocks >= marked and list(file_blocks(path)) == blocks[: report.blocks])
    assert noticed > 10


def without_log(path: Path) -> None:
    log_of(path).unlink()


def other_log(path: Path) -> None:
    """The write-ahead file of another ledger."""
    log = bytearray(log_of(path).read_bytes())
    log[16:24] = bytes(8)
    log_of(path).write_bytes(bytes(log))


def empty_log(path: Path) -> None:
    log_of(path).write_bytes(b"")


@pytest.mark.parametrize("change", [without_log, empty_log, other_log])
def test_a_write_ahead_file_that_is_gone_is_missed(
    killed: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    path = copied(killed, tmp_path / "copy", without=("-shm",))
    change(path)
    report = verify(path)
    assert not report.holds
    assert report.findings[0].block == report.blocks
    with pytest.raises(DamagedStoreError, match="acknowledged"):
        SqliteStore(path)
    assert not verify(path).holds


def test_a_shared_memory_file_may_be_missing_or_stale(killed: Path, people: Consortium, tmp_path: Path) -> None:
    whole = verify(killed)
    for turn, content in enumerate((None, b"", b"\xff" * 32_768)):
        path = copied(killed, tmp_path / str(turn), without=("-shm",))
        if content is not None:
            path.with_name(path.name + "-shm").write_bytes(content)
        node = Node(SqliteStore(path), people.operator, lambda: START + 999)
        assert node.store.height() == whole.blocks
        node.close()
        assert verify(path).holds


def test_a_main_file_cut_off_is_found_with_its_write_ahead_file(killed: Path, tmp_path: Path) -> None:
    """SQLite may mend it from that file; else it is damaged. No block is ever wrong."""
    whole, data = list(file_blocks(killed)), killed.read_bytes()
    for turn, size in enumerate(range(0, len(data), max(len(data) // 12, 1))):
        path = copied(killed, tmp_path / str(turn), without=("-shm",))
        path.write_bytes(data[:size])
        try:
            report = verify(path)
        except LedgerError:
            continue
        assert not report.holds or list(file_blocks(path)) == whole[: report.blocks]


def test_a_changed_mark_is_found(killed: Path, tmp_path: Path) -> None:
    path = copied(killed, tmp_path / "copy")
    line = mark_path(path).read_bytes()
    for place in range(len(line)):
        mark_path(path).write_bytes(flipped(line, place))
        assert "mark" in verify(path).findings[0].message, place
    with pytest.raises(DamagedStoreError, match="mark"):
        SqliteStore(path)
