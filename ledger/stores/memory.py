"""A store in memory, for trials: gone when the process ends."""

from collections.abc import Iterator

from ledger.errors import StoreError
from ledger.stores.store import Block

__all__ = ["MemoryStore"]


class MemoryStore:
    """Blocks in a list.

    Examples
    --------
    >>> store = MemoryStore()
    >>> store.append(Block(0, b"{}", b"", b""))
    >>> store.height()
    1
    """

    def __init__(self) -> None:
        self.verified = True
        self._blocks: list[Block] = []

    def append(self, block: Block) -> None:
        """Add the next block."""
        if block.number != len(self._blocks):
            raise StoreError(f"block {block.number} can not be stored, {len(self._blocks)} is the next")
        self._blocks.append(block)

    def blocks(self, start: int = 0) -> Iterator[Block]:
        """Return the blocks from a number on."""
        return iter(self._blocks[max(start, 0) :])

    def height(self) -> int:
        """Return how many blocks there are."""
        return len(self._blocks)

    def close(self) -> None:
        """Leave the store; nothing is kept."""
