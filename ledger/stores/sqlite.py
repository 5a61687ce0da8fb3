"""A store in one SQLite file: write-ahead log, full synchronisation, one row for each block.

A commit is on disk when it returns; one row for a thousand transactions is what makes that cheap. One process writes,
others read. A file that is damaged is never repaired: it can be read up to the damage, and not be written.

References
----------
SQLite, Write-Ahead Logging; PRAGMA synchronous.
"""

import fcntl
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ledger.errors import BusyStoreError, DamagedStoreError, NoLedgerError, StoreError
from ledger.seal import break_seal, broken_page, write_seal
from ledger.stores.store import Block

__all__ = ["APPLICATION", "SqliteStore"]

APPLICATION = 0x48455849
"""What marks a file as ours, in SQLite's header: HEXI."""
_TABLE = """CREATE TABLE blocks (
    number INTEGER PRIMARY KEY,
    header BLOB NOT NULL,
    body BLOB NOT NULL,
    checkpoint BLOB NOT NULL
) STRICT"""


class SqliteStore:
    """Blocks in an SQLite file.

    Parameters
    ----------
    path
        The file; it is made if it is not there and `create` is given.
    create
        Whether to found a new store.
    read_only
        Whether nothing will be written; several may read while one writes.

    Raises
    ------
    NoLedgerError
        If there is no store at the path, or, with `create`, something is there already.
    BusyStoreError
        If another process writes to it.
    DamagedStoreError
        If the file is not as it was when it was closed, or can not be read; open it `read_only` to see how far it goes.
    """

    def __init__(self, path: Path | str, *, create: bool = False, read_only: bool = False) -> None:
        self.path = Path(path)
        self._read_only = read_only
        _check_path(self.path, create)
        if not create and not read_only and (damage := broken_page(self.path)) is not None:
            raise DamagedStoreError(f"{self.path} is damaged: {damage}; it is not written to, open it read-only")
        self._lock = None if read_only else _lock(self.path)
        mode = "ro" if read_only else "rwc"
        try:
            self._file = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=0.5
            )
            if not read_only:
                self._prepare(create)
            self._height = self._count()
        except sqlite3.OperationalError as error:
            raise _busy_or_damaged(self.path, error) from None
        except sqlite3.DatabaseError as error:
            raise DamagedStoreError(f"{self.path} can not be read: {error}") from None

    def _prepare(self, create: bool) -> None:
        run = self._file.execute
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("PRAGMA secure_delete = ON")
        if create:
            run("BEGIN IMMEDIATE")
            run(_TABLE)
            run(f"PRAGMA application_id = {APPLICATION}")
            run("COMMIT")
        break_seal(self.path)

    def _count(self) -> int:
        marked = self._file.execute("PRAGMA application_id").fetchone()[0]
        if marked != APPLICATION:
            raise NoLedgerError(f"{self.path} is an SQLite file, but not a ledger's")
        count, last = self._file.execute("SELECT count(*), coalesce(max(number), -1) FROM blocks").fetchone()
        if last != count - 1 and not self._read_only:
            raise DamagedStoreError(f"{self.path} holds {count} blocks, the last is number {last}: some are missing")
        return int(count)

    def append(self, block: Block) -> None:
        """Add the next block; it is on disk when this returns."""
        if self._read_only:
            raise StoreError(f"{self.path} was opened read-only")
        if block.number != self._height:
            raise StoreError(f"block {block.number} can not be stored, {self._height} is the next")
        try:
            self._file.execute("INSERT INTO blocks VALUES (?, ?, ?, ?)", block)
        except sqlite3.Error as error:
            raise StoreError(f"block {block.number} could not be written to {self.path}: {error}") from None
        self._height += 1

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """Return the blocks from a number on."""
        try:
            rows = self._file.execute(
                "SELECT number, header, body, checkpoint FROM blocks WHERE number >= ? ORDER BY number", (start,)
            )
            for row in rows:
                yield Block(*row)
        except sqlite3.DatabaseError as error:
            raise DamagedStoreError(f"{self.path} can not be read on: {error}") from None

    def height(self) -> int:
        """Return how many blocks there are."""
        return self._height

    def close(self) -> None:
        """Leave the store: fold the write-ahead log into the file, and seal it."""
        if self._lock is not None:
            self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._file.close()
        if self._lock is not None:
            write_seal(self.path)
            self._lock.close()


def _check_path(path: Path, create: bool) -> None:
    if create and path.exists():
        raise NoLedgerError(f"there is something at {path} already; found the new ledger at another path")
    if not create and not path.exists():
        raise NoLedgerError(f"there is no ledger at {path}")
    if path.is_dir():
        raise NoLedgerError(f"{path} is a folder, it must be a ledger's file")
    if not create:
        with path.open("rb") as file:
            if file.read(16) != b"SQLite format 3\x00":
                raise NoLedgerError(f"{path} is not a ledger: it is not an SQLite file")


def _lock(path: Path) -> BinaryIO:
    """Hold a lock beside the file while this process writes; it ends with the process, however that ends."""
    file = path.with_name(path.name + ".lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise BusyStoreError(f"{path} is being written by another process; wait until it has closed it") from None
    return file


def _busy_or_damaged(path: Path, error: sqlite3.OperationalError) -> StoreError:
    if "locked" in str(error) or "busy" in str(error):
        return BusyStoreError(f"{path} is being written by another process; wait until it has closed it")
    return DamagedStoreError(f"{path} can not be opened: {error}")
