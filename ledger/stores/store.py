"""What a store of blocks can do; three of them do it."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

__all__ = ["Block", "Store"]


class Block(NamedTuple):
    """A block as stored.

    Parameters
    ----------
    number
        0 for the first.
    header, body, checkpoint
        Bytes, see `ledger.block` and `ledger.checkpoint`.
    """

    number: int
    header: bytes
    body: bytes
    checkpoint: bytes


class Store(Protocol):
    """Blocks in order; only the next one can be added.

    Attributes
    ----------
    verified
        Whether the blocks are known to be what was written: the store is new, or says itself that nothing has changed.
        Whoever opens a ledger audits the blocks if it is not so, and sets it.
    """

    verified: bool

    def append(self, block: Block) -> None:
        """Add the next block; it is durable when this returns.

        Raises
        ------
        StoreError
            If it is not the next, or can not be written. If the fault came after the commit, the block may be there all
            the same: `height` tells, or the next opening.
        """

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """Return the blocks from a number on."""

    def height(self) -> int:
        """Return how many blocks there are."""

    def close(self) -> None:
        """Leave the store; it can be opened again."""
