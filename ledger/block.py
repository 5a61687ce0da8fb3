"""Blocks: transactions in the order in which they hold, and a header that chains them to all that went before.

A header is canonical JSON and names: the ledger, its number, the hash of the header before, the time (the only clock
that contracts know), how many transactions it holds, the size and root of the Merkle tree over all transactions up to
and with its own, and the digest of the state after them. The body is the transactions, one per line: canonical JSON has
no line feed inside. The first block holds the genesis alone.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ledger.canonical import decode, encode
from ledger.errors import BlockError, FormatError
from ledger.schema import COUNT, DIGEST, MOMENT, Schema, whole_number

__all__ = [
    "FORMAT",
    "MOST_BLOCK_BYTES",
    "NO_BLOCK",
    "Header",
    "header_bytes",
    "header_digest",
    "join_entries",
    "read_header",
    "split_entries",
]

FORMAT = 1
NO_BLOCK = "0" * 64
"""What stands for the header before the first."""
MOST_BLOCK_BYTES = 64 * 2**20

_HEADER = Schema(
    {
        "format": whole_number(FORMAT, FORMAT),
        "ledger": DIGEST,
        "number": COUNT,
        "previous": DIGEST,
        "root": DIGEST,
        "size": COUNT,
        "state": DIGEST,
        "time": MOMENT,
        "transactions": COUNT,
    }
)


class Header(NamedTuple):
    """What a block says of itself.

    Parameters
    ----------
    ledger
        Id of the ledger: hash of the genesis' bytes.
    number
        0 for the first.
    previous
        Digest of the header before, `NO_BLOCK` for the first.
    time
        Unix seconds, never before that of the block before.
    transactions, size
        Transactions in this block, and in all up to it.
    root
        Of the Merkle tree over all transactions up to it.
    state
        Digest of the state after it, see `ledger.state.state_digest`.
    """

    ledger: str
    number: int
    previous: str
    time: int
    transactions: int
    size: int
    root: str
    state: str


def header_bytes(header: Header) -> bytes:
    """Return the canonical bytes of a header.

    Examples
    --------
    >>> header_bytes(Header("f" * 64, 0, NO_BLOCK, 60, 1, 1, "a" * 64, "b" * 64))[:30]
    b'{"format":1,"ledger":"ffffffff'
    """
    return encode({**header._asdict(), "format": FORMAT})


def read_header(data: bytes) -> Header:
    """Read a header; whether it follows from others is for the reader to check.

    Raises
    ------
    BlockError
        If the bytes are not a header in canonical form.

    Examples
    --------
    >>> read_header(b"{}")
    Traceback (most recent call last):
    ledger.errors.faults.BlockError: the header cannot be read: header.format is missing, ...
    """
    try:
        value = decode(data)
        _HEADER.check(value, "header")
    except FormatError as error:
        raise BlockError(f"the header cannot be read: {error}") from None
    del value["format"]
    return Header(**value)


def header_digest(data: bytes, digest: Callable[[bytes], bytes]) -> bytes:
    """Return the hash of a header's bytes, which the next header names.

    Examples
    --------
    >>> from hashlib import sha256
    >>> len(header_digest(b"{}", lambda data: sha256(data).digest()))
    32
    """
    return digest(b"hexi block\x00" + data)


def join_entries(entries: Sequence[bytes]) -> bytes:
    r"""Return the body of a block.

    Examples
    --------
    >>> split_entries(join_entries([b"{}", b"[]"]), 2)
    [b'{}', b'[]']
    """
    return b"\n".join([*entries, b""])


def split_entries(body: bytes, count: int) -> list[bytes]:
    """Return the transactions of a block's body.

    Raises
    ------
    BlockError
        If it does not hold as many as its header says.

    Examples
    --------
    >>> split_entries(b"", 0)
    []
    """
    entries = body.split(b"\n")
    if entries.pop() != b"" or len(entries) != count:
        raise BlockError(f"the block holds {len(entries)} whole transactions, its header says {count}")
    return entries
