"""A store in one SQLite file: write-ahead log, full synchronisation, one row for each block.

A commit is on disk when it returns; one row for a thousand transactions is what makes that cheap. One process writes,
others read. A file that is damaged is never repaired: it can be read up to the damage, and not be written.

References
----------
SQLite, Write-Ahead Logging; PRAGMA synchronous.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ledger.container import APPLICATION, FORMAT, MAGIC, PAGE, TABLE, file_format, version_written
from ledger.errors import BusyStoreError, DamagedStoreError, LedgerError, NoLedgerError, StoreError
from ledger.mark import lost_blocks
from ledger.seal import break_seal, broken_page, seal_path, write_seal
from ledger.stores.store import Block
from ledger.stores.writing import Writing

__all__ = ["SqliteStore"]


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
        If the file is not as it was when it was closed, has lost blocks that were acknowledged, or can not be read; the
        message names the first block that does not hold. `ledger.reader` opens what comes before.
    StoreError
        If the file is of a later format, or its folder can not be written to.

    Examples
    --------
    >>> import tempfile
    >>> store = SqliteStore(Path(tempfile.mkdtemp()) / "receivables.ledger", create=True)
    >>> store.append(Block(0, b"{}", b"", b""))
    >>> [block.number for block in store.blocks()]
    [0]
    >>> store.close()
    """

    def __init__(self, path: Path | str, *, create: bool = False, read_only: bool = False) -> None:
        self.path = Path(path)
        self._writing: Writing | None = None
        _check_path(self.path, create)
        if not read_only:
            self._writing = Writing(self.path)
        try:
            damage = None if create or read_only else broken_page(self.path)
            if damage is not None:
                raise _damaged(self.path, damage)
            self.verified = create or seal_path(self.path).exists()
            self._file = _connected(self.path, read_only)
            self._open(create)
        except BaseException:
            self._leave()
            if create:
                for ending in ("", "-wal", "-shm"):
                    self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
            raise

    def _open(self, create: bool) -> None:
        if create:
            self._create()
        try:
            self._check_format()
            if self._writing is not None:
                self._prepare()
            self._height = self._count()
        except sqlite3.OperationalError as error:
            raise _busy_or_damaged(self.path, error) from None
        except sqlite3.DatabaseError as error:
            raise _damaged(self.path, f"it can not be read: {error}") from None
        if self._writing is not None:
            lost = lost_blocks(self.path, self._writing.marked, self._height)
            if lost is not None:
                raise _damaged(self.path, lost)
            self._writing.mark(self._height)

    def _create(self) -> None:
        commands = (
            f"PRAGMA page_size = {PAGE}",
            "PRAGMA journal_mode = WAL",
            "BEGIN IMMEDIATE",
            TABLE,
            f"PRAGMA application_id = {APPLICATION}",
            f"PRAGMA user_version = {version_written(sqlite3.sqlite_version_info)}",
            "COMMIT",
        )
        try:
            for command in commands:
                self._file.execute(command)
        except sqlite3.Error as error:
            raise StoreError(f"no ledger can be founded at {self.path}: {error}") from None

    def _check_format(self) -> None:
        marked, version = (
            self._file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
        )
        if marked != APPLICATION:
            raise NoLedgerError(f"{self.path} is an SQLite file, but not a ledger's")
        if file_format(version) != FORMAT:
            raise StoreError(f"{self.path} is of format {file_format(version)}, this program reads format {FORMAT}")

    def _prepare(self) -> None:
        """Set the connection up for writing; the file says which SQLite writes to it, so that each byte has a cause."""
        run = self._file.execute
        if run("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise StoreError(f"{self.path} lies where SQLite can not keep a write-ahead log; move it to a local disk")
        run("PRAGMA synchronous = FULL")
        run("PRAGMA secure_delete = ON")
        if run("PRAGMA user_version").fetchone()[0] != version_written(sqlite3.sqlite_version_info):
            break_seal(self.path)
            run(f"PRAGMA user_version = {version_written(sqlite3.sqlite_version_info)}")

    def _count(self) -> int:
        count, last = self._file.execute("SELECT count(*), coalesce(max(number), -1) FROM blocks").fetchone()
        if last != count - 1 and self._writing is not None:
            raise _damaged(self.path, f"it holds {count} blocks, and the last is number {last}: some are missing")
        return int(count)

    def append(self, block: Block) -> None:
        """Add the next block; it is on disk when this returns."""
        if self._writing is None:
            raise StoreError(f"{self.path} was opened read-only, or has been closed")
        if block.number != self._height:
            raise StoreError(f"block {block.number} can not be stored, {self._height} is the next")
        break_seal(self.path)
        try:
            self._file.execute("INSERT INTO blocks VALUES (?, ?, ?, ?)", block)
        except (sqlite3.Error, OverflowError) as error:
            with suppress(sqlite3.Error):
                self._height = self._count()
            raise StoreError(f"block {block.number} could not be written to {self.path}: {error}") from None
        self._height += 1
        self._writing.mark(self._height)

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """Return the blocks from a number on."""
        try:
            rows = self._file.execute(
                "SELECT number, header, body, checkpoint FROM blocks WHERE number >= ? ORDER BY number", (start,)
            )
            for row in rows:
                yield Block(*row)
        except sqlite3.ProgrammingError:
            raise StoreError(f"{self.path} has been closed") from None
        except sqlite3.DatabaseError as error:
            raise DamagedStoreError(f"{self.path} can not be read on: {error}") from None

    def height(self) -> int:
        """Return how many blocks there are; a reader sees those that were added since it opened."""
        if self._writing is None:
            with suppress(sqlite3.Error):
                self._height = self._file.execute("SELECT coalesce(max(number), -1) + 1 FROM blocks").fetchone()[0]
        return self._height

    def close(self) -> None:
        """Leave the store: fold the write-ahead log into the file, and seal it if its blocks are known to hold.

        Raises
        ------
        StoreError
            If that can not be done, for lack of space for instance; all blocks are safe in the write-ahead log.
        """
        if self._writing is None:
            self._leave()
            return
        try:
            busy = self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            self._file.close()
            if self.verified and not busy:
                if not seal_path(self.path).exists():
                    write_seal(self.path)
                self._writing.clear()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{self.path} could not be closed: {error}; its blocks are in the log beside it") from None
        finally:
            self._leave()

    def _leave(self) -> None:
        if hasattr(self, "_file"):
            with suppress(sqlite3.Error):
                self._file.close()
        if self._writing is not None:
            self._writing.end()
            self._writing = None


def _connected(path: Path, read_only: bool) -> sqlite3.Connection:
    """Open the file; where nothing can be written beside it, a file that was closed well is read without locks."""
    where = path.absolute().as_uri()
    if not read_only:
        return sqlite3.connect(f"{where}?mode=rwc", uri=True, isolation_level=None, timeout=0.5)
    connection = sqlite3.connect(f"{where}?mode=ro", uri=True, isolation_level=None, timeout=0.5)
    try:
        connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if path.with_name(path.name + "-wal").exists():
            raise StoreError(f"{path} was not closed, and its folder can not be written to: copy it first") from None
        connection = sqlite3.connect(f"{where}?mode=ro&immutable=1", uri=True, isolation_level=None)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise _damaged(path, f"it can not be read: {error}") from None
    return connection


def _check_path(path: Path, create: bool) -> None:
    if create and path.exists():
        raise NoLedgerError(f"there is something at {path} already; found the new ledger at another path")
    if not create and not path.exists():
        raise NoLedgerError(f"there is no ledger at {path}")
    if path.is_dir():
        raise NoLedgerError(f"{path} is a folder, it must be a ledger's file")
    if not create and not seal_path(path).exists():
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise NoLedgerError(f"{path} is not a ledger: it is not an SQLite file")


def _damaged(path: Path, why: str) -> DamagedStoreError:
    from ledger.auditor.verification import verify  # it knows what blocks mean, a store does not, until one is damaged

    try:
        findings = [str(one) for one in verify(path).findings if one.block is not None]
        where = findings[0] if findings else "each block holds by itself"
    except LedgerError as error:
        where = str(error)
    return DamagedStoreError(f"{path} is damaged: {why}; {where}; it is not written to, but can be read up to there")


def _busy_or_damaged(path: Path, error: sqlite3.OperationalError) -> StoreError:
    if "locked" in str(error) or "busy" in str(error):
        return BusyStoreError(f"{path} is being written by another process; wait until it has closed it")
    return _damaged(path, f"it can not be opened: {error}")
