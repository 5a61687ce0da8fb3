"""Blocks as they lie in a ledger's SQLite file: bytes, of which nothing is believed yet.

Only the table of blocks is read. Whatever else the file holds is a cache of the writer's.
"""

import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

from ledger.errors import BlockError, NoLedgerError

__all__ = ["StoredBlock", "file_blocks"]

_MAGIC = b"SQLite format 3\x00"


class StoredBlock(NamedTuple):
    """A block as stored: its number and the bytes of its header, its body and its checkpoint."""

    number: int
    header: bytes
    body: bytes
    checkpoint: bytes


def file_blocks(path: Path) -> Generator[StoredBlock, None, None]:
    """Read the blocks of a file in order.

    Raises
    ------
    NoLedgerError
        If the file is not one of SQLite's.
    BlockError
        If the file is damaged, or holds something else than bytes.
    """
    with path.open("rb") as file:
        magic = file.read(len(_MAGIC))
    if magic != _MAGIC:
        raise NoLedgerError(f"{path} is not a ledger: it is not an SQLite file")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        for row in connection.execute("SELECT number, header, body, checkpoint FROM blocks ORDER BY number"):
            if [type(one) for one in row] != [int, bytes, bytes, bytes]:
                raise BlockError(f"block {row[0]!r} is not stored as a number and three runs of bytes")
            yield StoredBlock(*row)
    except sqlite3.Error as error:
        raise BlockError(f"{path} can not be read: {error}") from None
    finally:
        connection.close()
