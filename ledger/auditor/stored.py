"""Blocks as they lie in a ledger's SQLite file: bytes, of which nothing is believed yet.

A file that was closed is read page by page, without SQLite, so that every byte of it is accounted for. One that is
being written to, or was not closed, has a write-ahead log beside it that belongs to it; there SQLite reads the table of
blocks. Whatever else a file holds is a cache of the writer's.
"""

import sqlite3
from collections.abc import Generator
from pathlib import Path

from ledger.auditor.pages import page_blocks
from ledger.auditor.stored_block import StoredBlock
from ledger.container import MAGIC
from ledger.errors import BlockError, NoLedgerError, StoreError

__all__ = ["StoredBlock", "file_blocks"]


def file_blocks(path: Path) -> Generator[StoredBlock, None, None]:
    """Read the blocks of a file in order.

    Raises
    ------
    NoLedgerError
        If the file is not one of SQLite's.
    BlockError
        If the file is damaged, or holds something else than bytes.
    DamagedStoreError
        At the end, if something is damaged that no block is made of.
    StoreError
        If it was not closed, and nothing can be written beside it, as SQLite must to read what lies there.
    """
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        yield from _with_log(path)
        return
    with path.open("rb") as file:
        magic = file.read(len(MAGIC))
    if magic != MAGIC:
        raise NoLedgerError(f"{path} is not a ledger: it is not an SQLite file")
    yield from page_blocks(path)


def _with_log(path: Path) -> Generator[StoredBlock, None, None]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        for row in connection.execute("SELECT number, header, body, checkpoint FROM blocks ORDER BY number"):
            if [type(one) for one in row] != [int, bytes, bytes, bytes]:
                raise BlockError(f"block {row[0]!r} is not stored as a number and three runs of bytes")
            yield StoredBlock(*row)
    except sqlite3.OperationalError as error:
        if "unable to open" in str(error) or "readonly" in str(error):
            raise StoreError(f"{path} was not closed, and its folder can not be written to: copy it first") from None
        raise BlockError(f"{path} can not be read: {error}") from None
    except sqlite3.Error as error:
        raise BlockError(f"{path} can not be read: {error}") from None
    finally:
        connection.close()
