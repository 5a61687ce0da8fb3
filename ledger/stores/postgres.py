"""A store in a PostgreSQL database: one row for each block, copied in, and on the server's disk when that returns.

For a server that has a database already, with its backups and its copies elsewhere. One process writes; an advisory
lock that ends with its connection sees to that. A connection that was lost is not taken up again: nobody can say
whether the last block is in, so that the ledger has to be opened anew, which looks.

References
----------
PostgreSQL: COPY; Advisory Locks; synchronous_commit.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ledger.database_url import connect, place_of
from ledger.errors import BusyStoreError, DamagedStoreError, NoLedgerError, StoreError
from ledger.stores.store import Block

if TYPE_CHECKING:
    from psycopg import Connection

__all__ = ["PostgresStore"]

_TABLE = """CREATE TABLE hexi_blocks (
    number bigint PRIMARY KEY CHECK (number >= 0),
    header bytea NOT NULL,
    body bytea NOT NULL,
    checkpoint bytea NOT NULL
)"""
_TYPES = ("int8", "bytea", "bytea", "bytea")
_LOCK = (
    "SELECT pg_try_advisory_lock(x'48455849'::int, (SELECT oid::int FROM pg_class WHERE oid = 'hexi_blocks'::regclass))"
)
_GAP = (
    "SELECT min(place) FROM (SELECT number, row_number() OVER (ORDER BY number) - 1 AS place FROM hexi_blocks)"
    " AS numbered WHERE number <> place"
)
_DURABLE = {"fsync": "on", "synchronous_commit": "on"}
_AT_ONCE = 16


class PostgresStore:
    """Blocks in a table of a PostgreSQL database.

    Parameters
    ----------
    url
        `postgresql://user:password@host:port/database`; the password may also come from where libpq looks for it. A
        database holds one ledger for each schema that `options=-csearch_path=...` names.
    create
        Whether to found a new store.
    read_only
        Whether nothing will be written; several may read while one writes.

    Raises
    ------
    MissingExtraError
        If psycopg is not installed.
    NoLedgerError
        If there is no store in the database, or, with `create`, there is one.
    BusyStoreError
        If another process writes to it.
    DamagedStoreError
        If rows are missing.
    StoreError
        If the database can not be reached, or its server does not write through to its disk.

    Examples
    --------
    >>> PostgresStore("postgresql://clerk:secret@127.0.0.1:1/receivables")
    Traceback (most recent call last):
    ledger.errors.faults.StoreError: the database receivables at 127.0.0.1:1 can not be opened: ...
    """

    def __init__(self, url: str, *, create: bool = False, read_only: bool = False) -> None:
        self.place = place_of(url)
        self.verified = create
        self._height = 0
        self._read_only = read_only
        self._file: Connection[tuple[Any, ...]] | None = connect(url, read_only=read_only)
        try:
            self._open(create)
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        """Return what it is, without the password."""
        return f"PostgresStore({self.place!r})"

    def _open(self, create: bool) -> None:
        if create:
            self._create()
        if not self._run("SELECT to_regclass('hexi_blocks') IS NOT NULL")[0]:
            raise NoLedgerError(f"{self.place} holds no ledger: it has no table hexi_blocks")
        if not self._read_only:
            self._prepare()
        self._height, last = self._run("SELECT count(*), coalesce(max(number), -1) FROM hexi_blocks")
        if last != self._height - 1 and not self._read_only:
            raise DamagedStoreError(
                f"{self.place} holds {self._height} blocks, the last is number {last}: block {self._run(_GAP)[0]} is"
                " missing; it is not written to, but can be read up to there"
            )

    def _create(self) -> None:
        import psycopg

        try:
            self._connection().execute(_TABLE)
        except psycopg.errors.DuplicateTable:
            raise NoLedgerError(f"{self.place} holds a ledger already; found the new one in another schema") from None
        except psycopg.Error as error:
            raise self._fault("no ledger can be founded in it", error) from None

    def _prepare(self) -> None:
        """Become the only writer, and see to it that what is acknowledged is on disk."""
        if not self._run(_LOCK)[0]:
            raise BusyStoreError(f"{self.place} is being written by another process; wait until it has closed it")
        self._run("SELECT set_config('synchronous_commit', 'on', false)")
        for name, wanted in _DURABLE.items():
            found = self._run(f"SHOW {name}")[0]
            if found != wanted:
                raise StoreError(f"{self.place} has {name} = {found}: a ledger is kept only where it is {wanted}")

    def append(self, block: Block) -> None:
        """Add the next block; it is on the server's disk when this returns."""
        import psycopg

        if self._read_only:
            raise StoreError(f"{self.place} was opened read-only")
        if block.number != self._height:
            raise StoreError(f"block {block.number} can not be stored, {self._height} is the next")
        try:
            copied = self._connection().cursor().copy("COPY hexi_blocks FROM STDIN (FORMAT BINARY)")
            with copied as copy:
                copy.set_types(_TYPES)
                copy.write_row(block)
        except psycopg.Error as error:
            raise self._fault(f"block {block.number} could not be written", error) from None
        self._height += 1

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """Return the blocks from a number on."""
        import psycopg

        while True:
            try:
                rows = (
                    self._connection()
                    .execute(
                        "SELECT number, header, body, checkpoint FROM hexi_blocks WHERE number >= %s"
                        " ORDER BY number LIMIT %s",
                        (start, _AT_ONCE),
                        binary=True,
                    )
                    .fetchall()
                )
            except psycopg.Error as error:
                raise self._fault("it can not be read on", error) from None
            for row in rows:
                yield Block(*row)
            if len(rows) < _AT_ONCE:
                return
            start = rows[-1][0] + 1

    def height(self) -> int:
        """Return how many blocks there are; a reader sees those that were added since it opened."""
        if self._read_only:
            self._height = self._run("SELECT coalesce(max(number), -1) + 1 FROM hexi_blocks")[0]
        return self._height

    def close(self) -> None:
        """Leave the store; the connection ends, and with it the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _connection(self) -> "Connection[tuple[Any, ...]]":
        if self._file is None:
            raise StoreError(f"the connection to {self.place} has ended: open the ledger again")
        return self._file

    def _run(self, command: str) -> tuple[Any, ...]:
        import psycopg

        try:
            return self._connection().execute(command).fetchone() or (None,)
        except psycopg.Error as error:
            raise self._fault("it does not answer as it should", error) from None

    def _fault(self, what: str, error: Exception) -> StoreError:
        """Put a fault into words; if the connection is lost, leave it, else look how many blocks there are now."""
        if self._file is not None and self._file.broken:
            self.close()
            return StoreError(f"{self.place}: {what}: the connection was lost; open the ledger again")
        with suppress(Exception):
            row = self._connection().execute("SELECT count(*) FROM hexi_blocks").fetchone()
            self._height = row[0] if row else self._height
        line = next(iter(str(error).strip().splitlines()), type(error).__name__)
        return StoreError(f"{self.place}: {what}: {line}")
