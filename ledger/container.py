"""The container: what a ledger's SQLite file holds apart from its blocks, down to the byte.

The file has one table and nothing else, and only ever grows, so that its first page follows from how long it is, how
often SQLite has changed that page, and which version of SQLite did. The version stands in it twice: SQLite writes it,
and the store repeats it in `user_version` together with the number of our own format. A byte that is otherwise was
changed by somebody else.

References
----------
SQLite, Database File Format (sqlite.org/fileformat2.html).
"""

import struct
from collections.abc import Sequence

__all__ = [
    "APPLICATION",
    "FORMAT",
    "MAGIC",
    "PAGE",
    "ROOT",
    "TABLE",
    "file_format",
    "first_page",
    "varint",
    "version_written",
]

MAGIC = b"SQLite format 3\x00"
APPLICATION = 0x48455849
"""What marks a file as ours, in SQLite's header: HEXI."""
FORMAT = 1
"""Of the file."""
PAGE = 4096
ROOT = 2
"""The page at which the table begins."""
TABLE = """CREATE TABLE blocks (
    number INTEGER PRIMARY KEY,
    header BLOB NOT NULL,
    body BLOB NOT NULL,
    checkpoint BLOB NOT NULL
) STRICT"""
_STEP = 10_000_000


def version_written(sqlite: Sequence[int]) -> int:
    """Return what `user_version` must be: our format, and the version of SQLite that writes to the file.

    Examples
    --------
    >>> version_written((3, 40, 1))
    13040001
    """
    major, minor, patch = sqlite
    return FORMAT * _STEP + major * 1_000_000 + minor * 1_000 + patch


def file_format(user_version: int) -> int:
    """Return the format of a file.

    Examples
    --------
    >>> file_format(13040001)
    1
    """
    return user_version // _STEP


def varint(number: int) -> bytes:
    """Return a number of up to 56 bits as SQLite writes it: seven bits to a byte, the highest first.

    Examples
    --------
    >>> varint(300).hex()
    '822c'
    """
    written = [number & 0x7F]
    while number := number >> 7:
        written.append(number & 0x7F | 0x80)
    return bytes(written[::-1])


def first_page(pages: int, changes: int, user_version: int) -> bytes:
    r"""Return the first page of a ledger's file.

    Parameters
    ----------
    pages
        How many there are.
    changes
        How often SQLite has changed the page.
    user_version
        See `version_written`.

    Examples
    --------
    >>> first_page(2, 1, 13040001)[:16]
    b'SQLite format 3\x00'
    """
    # Page size; read and write version 2 (write-ahead log); nothing reserved; fractions that never differ.
    head = MAGIC + struct.pack(">HBBBBBB", PAGE, 2, 2, 0, 64, 32, 32)
    # No free pages; schema changed once, in format 4; UTF-8.
    head += struct.pack(">II", changes, pages) + struct.pack(">10I", 0, 0, 1, 4, 0, 0, 1, user_version, 0, APPLICATION)
    head += bytes(20) + struct.pack(">II", changes, user_version % _STEP)
    text = TABLE.encode()
    columns = b"".join(map(varint, (2 * 5 + 13, 2 * 6 + 13, 2 * 6 + 13, 1, 2 * len(text) + 13)))
    record = varint(len(columns) + 1) + columns + b"tableblocksblocks" + bytes([ROOT]) + text
    cell = varint(len(record)) + varint(1) + record
    start = PAGE - len(cell)
    tree = struct.pack(">BHHHBH", 13, 0, 1, start, 0, start)
    return (head + tree).ljust(start, b"\0") + cell
