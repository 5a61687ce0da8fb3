"""What a log of decisions consists of: rows, each chained to the one before by a hash, and snapshots of the state."""

import hashlib
from typing import Any, NamedTuple

import orjson

from fraud.engine.canonical import canonical

__all__ = ["Item", "Snapshot", "chained"]


class Item(NamedTuple):
    """One row: its number from 1, its kind, and what it holds.

    Kinds are "start", "event", "label", "list", "snooze", "capacity" and "setting"; the key is the event's id.
    """

    sequence: int
    kind: str
    key: str | None
    content: bytes
    decision: bytes | None
    chain: bytes = b""

    @property
    def table(self) -> Any:
        """The content as JSON carries it."""
        return orjson.loads(self.content)


class Snapshot(NamedTuple):
    """State after an item: the file that holds the features, the hash of it, and the rest of the state."""

    sequence: int
    file: str
    hash: str
    state: Any


def chained(chain: bytes, sequence: int, kind: str, key: str | None, content: bytes, decision: bytes | None) -> bytes:
    """Return the hash of a row with all before it, 32 bytes.

    Parameters
    ----------
    chain
        That of the row before; empty for the first.
    sequence, kind, key, content, decision
        The row.

    Examples
    --------
    >>> chained(b"", 1, "list", None, b"{}", None).hex()[:16]
    '96a8ea4bd195d319'
    """
    head = canonical([sequence, kind, key, len(content)])
    return hashlib.sha256(chain + head + content + (decision or b"")).digest()
