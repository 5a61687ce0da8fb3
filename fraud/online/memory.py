"""The state of a stream: a handful of arrays of 64-bit whole numbers, and nothing else.

Bytes: 136 for an entity's record with the features of `VELOCITY`, 152 to 240 with those of `CORE`, 520 to 720 with all;
32 to 128 for its row in the index; 16 for each event that a window of it may still hold, up to twice that because rings
have powers of two; 80 to 160 for each pair. The numbers of transactions that are kept to find duplicates take 8 MB.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fraud.online import words as at

__all__ = ["Memory", "empty_memory"]

IntArray = NDArray[np.int64]


@dataclass(eq=False)
class Memory:
    """Records, the index that finds them, pairs, rings, counters, and numbers of transactions.

    Records begin at `begin`, behind a blank one; `spare` is the room in words that one event may need.
    """

    slots: IntArray
    index: IntArray
    pairs: IntArray
    arena: IntArray
    heap: IntArray
    ids: IntArray
    begin: int
    spare: int

    @property
    def size(self) -> int:
        """Bytes of all arrays."""
        return sum(one.nbytes for one in (self.slots, self.index, self.pairs, self.arena, self.heap, self.ids))


def empty_memory(largest_record: int, remembered: int) -> Memory:
    """Return the state before the first event.

    Parameters
    ----------
    largest_record
        Words of the largest record of the plan.
    remembered
        How many numbers of transactions are remembered at least, rounded up to a power of two.

    Examples
    --------
    >>> memory = empty_memory(20, 1_000)
    >>> int(memory.heap[at.SEQUENCE]), memory.ids.shape, memory.size < 300_000
    (0, (2, 2048), True)
    """
    heap = np.zeros(at.HEAP, np.int64)
    heap[at.CLOCK], heap[at.SUSPECT], heap[at.END] = at.NEVER, at.NEVER, largest_record
    spare = at.KINDS * 128
    slots = np.zeros(largest_record + 2 * spare, np.int64)
    slots[at.LAST] = at.NEVER
    ids = 1 << max(2 * remembered, 2).bit_length()
    return Memory(
        slots,
        np.zeros((256, 2), np.int64),
        np.zeros((256, at.PAIR), np.int64),
        np.zeros((1_024, 2), np.int64),
        heap,
        np.zeros((2, ids), np.int64),
        largest_record,
        spare,
    )
