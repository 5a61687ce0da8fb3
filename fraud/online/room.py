"""Room in the state: what was silent for too long is forgotten, the rest is laid out anew with space to grow.

Making room happens before an event for which a table is full, so at the same events however a stream is cut, and it
changes no feature, with one exception that is declared: with more entities (or pairs) than the capacity, those that
were silent longest are forgotten until half of the capacity is left.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fraud.online.compiled import compiled
from fraud.online.lives import advance, begin_life, oldest
from fraud.online.memory import Memory
from fraud.online.plan import Plan
from fraud.online.tables import place_of
from fraud.online.words import (
    ARENA_FULL,
    BASE,
    BUMP,
    CLOCK,
    END,
    ENTITIES,
    FRAUDS,
    FREE,
    IDLE,
    KEY,
    KIND,
    LAST,
    LATE_BOUND,
    NEVER,
    NEXT,
    PAIR_COUNT,
    PAIR_TIME,
    PAIRS,
    PEAKS,
    ROOM,
    SIZE,
    SLOTS_FULL,
    SPANS,
    WANTS,
)

__all__ = ["make_room"]


@compiled
def _fitting(rows: int) -> int:
    """Return the room of the smallest ring that holds so many rows and one more; 0 for none."""
    if rows <= 0:
        return 0
    room = 2
    while (1 << room) <= rows:
        room += 1
    return room


@compiled
def _settle(slots: Any, arena: Any, layout: Any, spans: Any, settings: Any, begin: int, end: int, moment: int) -> int:
    """Bring all records to a moment before which nothing can come, and return the rows that their rings need."""
    rows, s = 0, begin
    while s < end:
        shape = layout[slots[s + KIND]]
        if moment > slots[s + LAST]:
            advance(slots, arena, shape, spans[slots[s + KIND]], settings, s, moment)
        for at, first, last in _rings(slots, shape, s):
            if at >= 0 and last > first:
                rows += 1 << _fitting(last - first)
        s += shape[SIZE]
    return rows


@compiled
def _rings(slots: Any, shape: Any, s: int) -> Any:
    """Return for each of a record's rings where its base stands (-1 if there is none), its first row and its end."""
    peaks, frauds = s + shape[PEAKS], s + shape[FRAUDS]
    return (
        (s + BASE, oldest(slots, shape, s), slots[s + NEXT]) if slots[s + ROOM] > 0 else (-1, 0, 0),
        (peaks, slots[peaks + 2 + shape[SPANS]], slots[peaks + 2]) if shape[PEAKS] >= 0 else (-1, 0, 0),
        (frauds, slots[frauds + 6], slots[frauds + 2]) if shape[FRAUDS] >= 0 else (-1, 0, 0),
    )


@compiled
def _pack(slots: Any, arena: Any, packed: Any, layout: Any, begin: int, end: int) -> int:
    """Copy all rings into another arena, each as small as it can be, and return the rows that were taken."""
    bump, s = 0, begin
    while s < end:
        shape = layout[slots[s + KIND]]
        for at, first, last in _rings(slots, shape, s):
            if at < 0:
                continue
            base, mask, room = slots[at], (1 << slots[at + 1]) - 1, _fitting(last - first)
            fresh = (1 << room) - 1
            for number in range(first, last):
                packed[bump + (number & fresh), 0] = arena[base + (number & mask), 0]
                packed[bump + (number & fresh), 1] = arena[base + (number & mask), 1]
            slots[at], slots[at + 1] = bump, room
            bump += 1 << room if room > 0 else 0
        s += shape[SIZE]
    return bump


@compiled
def _survey(slots: Any, layout: Any, begin: int, end: int, lasts: Any, sizes: Any) -> None:
    s, number = begin, 0
    while s < end:
        lasts[number], sizes[number] = slots[s + LAST], layout[slots[s + KIND], SIZE]
        number += 1
        s += layout[slots[s + KIND], SIZE]


@compiled
def _keep(slots: Any, kept: Any, index: Any, layout: Any, begin: int, end: int, cut: int) -> tuple[int, int]:
    """Copy the records that were last seen after `cut`, and return where they end and how many they are."""
    to, count, s = begin, 0, begin
    while s < end:
        size = layout[slots[s + KIND], SIZE]
        if slots[s + LAST] > cut:
            for word in range(size):
                kept[to + word] = slots[s + word]
            row = place_of(index, slots[s + KEY])
            index[row, 0], index[row, 1] = slots[s + KEY], to
            to += size
            count += 1
        s += size
    return to, count


@compiled
def _keep_pairs(pairs: Any, kept: Any, cut: int) -> int:
    count = 0
    for row in range(pairs.shape[0]):
        if pairs[row, 0] != 0 and pairs[row, PAIR_TIME] >= cut:
            to = place_of(kept, pairs[row, 0])
            for word in range(pairs.shape[1]):
                kept[to, word] = pairs[row, word]
            count += 1
    return count


def make_room(memory: Memory, plan: Plan, settings: NDArray[np.int64], capacity: tuple[int, int]) -> None:
    """Make room where the kernel wants it; `capacity` is how many entities and how many pairs are remembered.

    Examples
    --------
    >>> from fraud.online import OnlineFeatures
    >>> online = OnlineFeatures(["occurred_at", "customer_id", "amount_fen"], features=["customer_count_1h"])
    >>> _ = [online.push({"occurred_at": at, "customer_id": name, "amount_fen": 1}) for at, name in enumerate("abcdef")]
    >>> stream = online.stream
    >>> stream.memory.heap[WANTS] = SLOTS_FULL
    >>> make_room(stream.memory, stream.plan, stream.settings, (4, 4))
    >>> online.counts["entities"]  # of six, half of the capacity of four
    2
    """
    heap = memory.heap
    # nothing that is still believed can be older: see fraud.online.clock
    moment = int(heap[CLOCK] - settings[LATE_BOUND]) if heap[CLOCK] != NEVER else NEVER
    idle = moment - int(settings[IDLE]) - 1 if moment != NEVER else NEVER
    if heap[WANTS] == SLOTS_FULL:
        _renew_slots(memory, plan, idle, capacity[0])
    elif heap[WANTS] == ARENA_FULL:
        _renew_arena(memory, plan, settings, moment)
    else:
        _renew_pairs(memory, idle, capacity[1])
    heap[WANTS] = 0


def _cut(times: NDArray[np.int64], idle: int, capacity: int) -> int:
    """Return the time up to which is forgotten: what is idle, and over capacity the half that was silent longest."""
    alive = times[times > idle]
    if len(alive) < capacity:
        return idle
    return int(np.partition(alive, len(alive) - capacity // 2 - 1)[len(alive) - capacity // 2 - 1])


def _renew_slots(memory: Memory, plan: Plan, idle: int, capacity: int) -> None:
    heap, slots, begin = memory.heap, memory.slots, memory.begin
    end, count = int(heap[END]), int(heap[ENTITIES])
    lasts, sizes = np.empty(count, np.int64), np.empty(count, np.int64)
    _survey(slots, plan.layout, begin, end, lasts, sizes)
    cut = _cut(lasts, idle, capacity)
    survivors, words = int((lasts > cut).sum()), int(sizes[lasts > cut].sum())
    _bury(slots, memory.arena, heap, plan.layout, begin, end, cut)
    memory.slots = np.zeros(begin + 2 * words + memory.spare, np.int64)
    memory.slots[:begin] = slots[:begin]
    memory.index = np.zeros((_power(4 * (survivors + 32)), 2), np.int64)
    heap[END], heap[ENTITIES] = _keep(slots, memory.slots, memory.index, plan.layout, begin, end, cut)


@compiled
def _bury(slots: Any, arena: Any, heap: Any, layout: Any, begin: int, end: int, cut: int) -> None:
    s = begin
    while s < end:
        shape, last = layout[slots[s + KIND]], slots[s + LAST]
        if last <= cut:
            begin_life(slots, arena, heap, shape, s)
            slots[s + LAST] = last
        s += shape[SIZE]


def _renew_pairs(memory: Memory, idle: int, capacity: int) -> None:
    used = memory.pairs[memory.pairs[:, PAIR_COUNT] > 0]
    cut = _cut(used[:, PAIR_TIME], idle, capacity) + 1
    survivors = int((used[:, PAIR_TIME] >= cut).sum())
    kept = np.zeros((_power(4 * (survivors + 32)), used.shape[1]), np.int64)
    memory.heap[PAIRS] = _keep_pairs(memory.pairs, kept, cut)
    memory.pairs = kept


def _renew_arena(memory: Memory, plan: Plan, settings: NDArray[np.int64], moment: int) -> None:
    heap, end = memory.heap, int(memory.heap[END])
    live = _settle(memory.slots, memory.arena, plan.layout, plan.spans, settings, memory.begin, end, moment)
    if 2 * live > heap[BUMP]:
        # most of it is in use: let the system move it to where more follows, without a second copy
        more = len(memory.arena) + max(len(memory.arena) // 3, _largest(memory, plan), 4_096)
        memory.arena.resize((more, 2), refcheck=False)
        return
    # each entity may soon need its smallest ring again
    spare = 8 * int(heap[ENTITIES]) + _largest(memory, plan) + 4_096
    packed = np.zeros((2 * live + spare, 2), np.int64)
    heap[BUMP] = _pack(memory.slots, memory.arena, packed, plan.layout, memory.begin, end)
    heap[FREE:] = 0
    memory.arena = packed


def _largest(memory: Memory, plan: Plan) -> int:
    """Return rows enough for any one event: all rings of all its entities may double."""
    return 0 if not len(plan.layout) else 8 * int(_largest_ring(memory.slots, plan.layout, memory.begin, memory.heap))


@compiled
def _largest_ring(slots: Any, layout: Any, begin: int, heap: Any) -> int:
    s, room = begin, 2
    while s < heap[END]:
        shape = layout[slots[s + KIND]]
        for at, _, _ in _rings(slots, shape, s):
            if at >= 0:
                room = max(room, slots[at + 1])
        s += shape[SIZE]
    return 1 << room


def _power(least: int) -> int:
    return 1 << (least - 1).bit_length()
