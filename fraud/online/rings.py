"""Rings in one arena: rows of two words, as many as a power of two, given out and taken back without the system.

A ring of room r has 2**r rows; row of number n is n modulo that. It doubles when it is full, and its rows keep their
numbers. Blocks that are given back wait in a list for each room; what has become too large shrinks when room is made.
"""

from typing import Any

from fraud.online.compiled import compiled
from fraud.online.words import BUMP, FREE

__all__ = ["SMALLEST", "fitted", "given_back", "needed"]

SMALLEST = 2
"""Room of the smallest ring: four rows are one line of the processor's cache."""


@compiled
def given_back(arena: Any, heap: Any, base: int, room: int) -> None:
    """Put a ring's block into the list of its room.

    Examples
    --------
    >>> import numpy as np
    >>> arena, heap = np.zeros((64, 2), np.int64), np.zeros(64, np.int64)
    >>> block = fitted(arena, heap, 0, 0, 0, 0)
    >>> given_back(arena, heap, *block)
    >>> fitted(arena, heap, 0, 0, 0, 0) == block  # the next ring of this room gets the same rows
    True
    """
    if room > 0:
        arena[base, 0] = heap[FREE + room]
        heap[FREE + room] = base + 1


@compiled
def _block(arena: Any, heap: Any, room: int) -> int:
    base = heap[FREE + room] - 1
    if base >= 0:
        heap[FREE + room] = arena[base, 0]
        return int(base)
    base = heap[BUMP]
    heap[BUMP] = base + (1 << room)
    return int(base)


@compiled
def needed(room: int, first: int, end: int) -> int:
    """Return how many fresh rows at most it takes to put one more row into a ring with rows first ... end - 1.

    Examples
    --------
    >>> int(needed(0, 5, 5)), int(needed(2, 0, 3)), int(needed(2, 0, 4))
    (4, 0, 8)
    """
    if room == 0:
        return 1 << SMALLEST
    if end - first < (1 << room):
        return 0
    return 2 << room


@compiled
def fitted(arena: Any, heap: Any, base: int, room: int, first: int, end: int) -> tuple[int, int]:
    """Return base and room of a ring that has a row to spare, with rows first ... end - 1 as they were.

    Examples
    --------
    >>> import numpy as np
    >>> arena, heap = np.zeros((64, 2), np.int64), np.zeros(64, np.int64)
    >>> fitted(arena, heap, 0, 0, 0, 0)  # the smallest ring
    (0, 2)
    >>> fitted(arena, heap, 0, 2, 0, 3), fitted(arena, heap, 0, 2, 0, 4)  # a row to spare; full, so it doubles
    ((0, 2), (4, 3))
    """
    if room == 0:
        return _block(arena, heap, SMALLEST), SMALLEST
    if end - first < (1 << room):
        return base, room
    fresh = room + 1
    moved = _block(arena, heap, fresh)
    old_mask, mask = (1 << room) - 1, (1 << fresh) - 1
    for number in range(first, end):
        arena[moved + (number & mask), 0] = arena[base + (number & old_mask), 0]
        arena[moved + (number & mask), 1] = arena[base + (number & old_mask), 1]
    given_back(arena, heap, base, room)
    return moved, fresh
