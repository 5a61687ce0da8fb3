"""How an event is taken in: it becomes the last of each of its entities, and what they met is remembered."""

from typing import Any

from fraud.online.compiled import compiled
from fraud.online.lives import oldest
from fraud.online.rings import fitted, needed
from fraud.online.words import (
    AMOUNT,
    AT,
    BASE,
    BIRTH,
    BORN,
    CROWD,
    DISTINCT,
    FIRST_BIT,
    FRAUDS,
    FRESH_MARK,
    HOURS,
    KEYS,
    LAST,
    LAT,
    LON,
    MARKS,
    MET_PLACE,
    NEW,
    NEXT,
    NOW,
    NOWHERE,
    PAIR_COUNT,
    PAIR_ORDINAL,
    PAIR_TIME,
    PEAKS,
    PLACE,
    POINT,
    QUARTERS,
    REL_BIT,
    REL_LEFT,
    REL_RIGHT,
    RING,
    ROOM,
    ROW,
    SPANS,
    TAILS,
    TIME,
    TOTAL,
    USUAL,
)

__all__ = ["confirm", "rows_needed", "take", "take_meeting"]

_USUAL_STEPS = 16
"""How many transactions what is usual looks back, about: its newest counts with one part in so many."""


@compiled
def rows_needed(slots: Any, shape: Any, s: int, is_fraud: bool) -> int:
    """Return how many fresh rows of the arena the next event of the record at s may take.

    Examples
    --------
    >>> from fraud.online import OnlineFeatures
    >>> online = OnlineFeatures(["occurred_at", "customer_id", "amount_fen"], features=["customer_count_1h"])
    >>> memory, shape = online.stream.memory, online.stream.plan.layout[0]
    >>> first = rows_needed(memory.slots, shape, memory.begin, False)
    >>> _ = online.push({"occurred_at": 0, "customer_id": "a", "amount_fen": 100})
    >>> int(first), int(rows_needed(memory.slots, shape, memory.begin, False))  # a ring of four rows, then none
    (4, 0)
    """
    rows = 0
    if shape[RING] > 0:
        rows += needed(slots[s + ROOM], oldest(slots, shape, s), slots[s + NEXT])
    if shape[PEAKS] >= 0:
        at = s + shape[PEAKS]
        rows += needed(slots[at + 1], slots[at + 2 + shape[SPANS]], slots[at + 2])
    if is_fraud and shape[FRAUDS] >= 0:
        at = s + shape[FRAUDS]
        rows += needed(slots[at + 1], slots[at + 6], slots[at + 2])
    return rows


@compiled
def _push_peak(slots: Any, arena: Any, heap: Any, shape: Any, s: int, amount: int) -> None:
    at = s + shape[PEAKS]
    first, end = slots[at + 2 + shape[SPANS]], slots[at + 2]
    base, room = fitted(arena, heap, slots[at], slots[at + 1], first, end)
    mask = (1 << room) - 1
    while end > first and arena[base + ((end - 1) & mask), 1] <= amount:
        end -= 1
    for w in range(shape[SPANS]):
        slots[at + 3 + w] = min(slots[at + 3 + w], end)
    row = base + (end & mask)
    arena[row, 0], arena[row, 1] = slots[s + NEXT], amount
    slots[at], slots[at + 1], slots[at + 2] = base, room, end + 1


@compiled
def _learn_usual(slots: Any, at: int, count: int, amount: int) -> None:
    # in 64ths of a fen, so that rounding down in every step does not add up to money
    amount *= 64
    if count == 0:
        slots[at], slots[at + 1] = amount, 0
        return
    usual, step = slots[at], min(count + 1, _USUAL_STEPS)
    # one huge amount must not become what is usual; a yuan lets somebody start at nothing
    seen = min(amount, 4 * max(usual, 6_400))
    slots[at + 1] += (abs(seen - usual) - slots[at + 1]) // step
    slots[at] = usual + (seen - usual) // step


@compiled
def _learn_habits(slots: Any, shape: Any, work: Any, event: Any, s: int, now: int) -> None:
    if shape[QUARTERS] >= 0:
        slots[s + shape[QUARTERS] + event[TIME] % 86_400 // 21_600] += 1
    if shape[HOURS] >= 0:
        slots[s + shape[HOURS] + event[TIME] % 86_400 // 3_600] += 1
    if shape[USUAL] >= 0:
        _learn_usual(slots, s + shape[USUAL], slots[s + NEXT] - slots[s + BORN], event[AMOUNT])
    if shape[PLACE] >= 0 and event[KEYS + MET_PLACE] >= 0:
        slots[s + shape[PLACE]] = event[KEYS + MET_PLACE]
    if shape[POINT] >= 0 and work[LAT] != NOWHERE:
        at = s + shape[POINT]
        slots[at], slots[at + 1], slots[at + 2], slots[at + 3] = 1, work[LAT], work[LON], now


@compiled
def take(slots: Any, arena: Any, heap: Any, shape: Any, work: Any, event: Any, kind: int, marks: int) -> None:
    """Make the event the last one of its entity of a kind; `marks` are its bits beside its time."""
    s, now = work[AT + kind], work[NOW + kind]
    if slots[s + NEXT] == slots[s + BORN]:
        slots[s + BIRTH] = now
    _learn_habits(slots, shape, work, event, s, now)
    if shape[PEAKS] >= 0:
        _push_peak(slots, arena, heap, shape, s, event[AMOUNT])
    end = slots[s + NEXT]
    if shape[RING] > 0:
        base, room = fitted(arena, heap, slots[s + BASE], slots[s + ROOM], oldest(slots, shape, s), end)
        row = base + (end & ((1 << room) - 1))
        arena[row, 0], arena[row, 1] = (now << MARKS) | marks, slots[s + TOTAL]
        slots[s + BASE], slots[s + ROOM] = base, room
    slots[s + NEXT] = end + 1
    slots[s + TOTAL] += event[AMOUNT]
    slots[s + LAST] = now


@compiled
def _meet(slots: Any, arena: Any, shape: Any, s: int, bit: int, before: int) -> int:
    """Count a counterpart as different in the windows that its last event, number `before`, has left."""
    if bit < 0:
        return 0
    at = s + shape[DISTINCT] + bit * shape[SPANS]
    for w in range(shape[SPANS]):
        if before < slots[s + shape[TAILS] + w]:
            slots[at + w] += 1
    if before >= oldest(slots, shape, s):
        arena[slots[s + BASE] + (before & ((1 << slots[s + ROOM]) - 1)), 0] &= ~(1 << (FIRST_BIT + bit))
    return 1 << (FIRST_BIT + bit)


@compiled
def take_meeting(
    slots: Any, pairs: Any, arena: Any, layout: Any, relation: Any, work: Any, number: int, marks: Any
) -> None:
    """Remember the meeting of two entities, and add the bits of their events to `marks`, one word for each kind."""
    row, is_new = work[ROW + number], work[NEW + number]
    left, right = relation[REL_LEFT], relation[REL_RIGHT]
    was_there = pairs[row, PAIR_COUNT] > 0
    for side in range(2):
        kind = left if side == 0 else right
        if kind == MET_PLACE or work[AT + kind] < 0:
            continue
        s = work[AT + kind]
        before = pairs[row, PAIR_ORDINAL + side] if was_there else -1
        if before < slots[s + BORN]:
            before = -1
        marks[kind] |= _meet(slots, arena, layout[kind], s, relation[REL_BIT + side], before)
        pairs[row, PAIR_ORDINAL + side] = slots[s + NEXT]
    if left == 0 and is_new and right != MET_PLACE and layout[right, CROWD] >= 0:
        at = work[AT + right] + layout[right, CROWD]
        slots[at] += 1
        slots[at + 1] += 1
        marks[right] |= FRESH_MARK
    pairs[row, PAIR_COUNT] = 1 if is_new else pairs[row, PAIR_COUNT] + 1
    pairs[row, PAIR_TIME] = work[NOW + left]


@compiled
def confirm(slots: Any, arena: Any, heap: Any, shape: Any, s: int, time: int, identity: int) -> bool:
    """Put a confirmed fraud where its time belongs; one that is there already, or is too old to count, is not put.

    A fraud without a number (-1) is always put.
    """
    at = s + shape[FRAUDS]
    first, end, mask = slots[at + 6], slots[at + 2], (1 << slots[at + 1]) - 1
    place = end
    while place > first and arena[slots[at] + ((place - 1) & mask), 0] >= time:
        row = slots[at] + ((place - 1) & mask)
        if arena[row, 0] == time and arena[row, 1] == identity and identity >= 0:
            return False
        place -= 1
    base, room = fitted(arena, heap, slots[at], slots[at + 1], first, end)
    mask = (1 << room) - 1
    for number in range(end, place, -1):
        row, before = base + (number & mask), base + ((number - 1) & mask)
        arena[row, 0], arena[row, 1] = arena[before, 0], arena[before, 1]
    arena[base + (place & mask), 0], arena[base + (place & mask), 1] = time, identity
    slots[at], slots[at + 1], slots[at + 2] = base, room, end + 1
    for pointer in range(at + 3, at + 7):
        if place < slots[pointer]:
            slots[pointer] += 1
    return True
