"""Blocks as they lie in a PostgreSQL database: bytes, of which nothing is believed yet.

The auditor's own few lines: it asks for the rows of one table, read-only, and believes neither the order nor the
numbers that it gets.
"""

from collections.abc import Generator
from pathlib import Path

from ledger.auditor.stored_block import StoredBlock
from ledger.database_url import connect, place_of
from ledger.errors import BlockError, NoLedgerError

__all__ = ["database_blocks", "is_database"]

_SCHEMES = ("postgresql://", "postgres://")
_AT_ONCE = 16


def is_database(path: Path | str) -> bool:
    """Return whether a place is the URL of a PostgreSQL database.

    Examples
    --------
    >>> is_database("postgresql://127.0.0.1/hexi"), is_database("receivables.ledger")
    (True, False)
    """
    return isinstance(path, str) and path.startswith(_SCHEMES)


def database_blocks(url: str) -> Generator[StoredBlock, None, None]:
    """Read the blocks of a database in order.

    Raises
    ------
    NoLedgerError
        If there is no ledger in the database.
    StoreError
        If the database can not be reached.
    BlockError
        If the rows can not be read on.
    MissingExtraError
        If psycopg is not installed.
    """
    with connect(url, read_only=True) as connection:
        import psycopg

        last: int | None = None
        try:
            while True:
                rows = connection.execute(
                    "SELECT number, header, body, checkpoint FROM hexi_blocks"
                    " WHERE %(last)s::bigint IS NULL OR number > %(last)s ORDER BY number LIMIT %(most)s",
                    {"last": last, "most": _AT_ONCE},
                    binary=True,
                ).fetchall()
                if not rows:
                    return
                for row in rows:
                    yield StoredBlock(*row)
                last = rows[-1][0]
        except psycopg.errors.UndefinedTable:
            raise NoLedgerError(f"{place_of(url)} holds no ledger: it has no table hexi_blocks") from None
        except psycopg.Error as error:
            raise BlockError(f"{place_of(url)} can not be read on: {type(error).__name__}") from None
