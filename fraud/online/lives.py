"""The record of an entity: found or begun, brought to a moment, and begun anew after a long silence."""

from typing import Any

from fraud.online.compiled import compiled
from fraud.online.rings import given_back
from fraud.online.tables import kind_key, place_of
from fraud.online.words import (
    BASE,
    BORN,
    CROWD,
    CROWD_SPAN,
    DELAY,
    DELAYED,
    DISTINCT,
    END,
    ENTITIES,
    FIRST_BIT,
    FRAUDS,
    FRESH_MARK,
    HEAD,
    KEY,
    KIND,
    LAST,
    MARKS,
    NEVER,
    NEXT,
    PEAKS,
    ROOM,
    SEQUENCE,
    SIZE,
    SPANS,
    TAILS,
)

__all__ = ["advance", "begin_life", "locate", "oldest"]

_FEEDBACK_SPANS = (86_400, 604_800, 2_592_000)


@compiled
def begin_life(slots: Any, arena: Any, heap: Any, shape: Any, s: int) -> None:
    """Begin the record at s without a history; its events are numbered from the stream's number on.

    Numbers are never used again, so that pairs remembered from an earlier life are told by theirs.

    Examples
    --------
    >>> from fraud.online import OnlineFeatures
    >>> online = OnlineFeatures(["occurred_at", "customer_id", "amount_fen"], features=["customer_count_1h"])
    >>> _ = [online.push({"occurred_at": at, "customer_id": "a", "amount_fen": 100}) for at in (0, 5)]
    >>> memory = online.stream.memory
    >>> begin_life(memory.slots, memory.arena, memory.heap, online.stream.plan.layout[0], memory.begin)
    >>> online.push({"occurred_at": 9, "customer_id": "a", "amount_fen": 100}).tolist()
    [0.0]
    """
    given_back(arena, heap, slots[s + BASE], slots[s + ROOM])
    if shape[PEAKS] >= 0:
        given_back(arena, heap, slots[s + shape[PEAKS]], slots[s + shape[PEAKS] + 1])
    if shape[FRAUDS] >= 0:
        given_back(arena, heap, slots[s + shape[FRAUDS]], slots[s + shape[FRAUDS] + 1])
    for word in range(s + LAST, s + shape[SIZE]):
        slots[word] = 0
    number = heap[SEQUENCE]
    slots[s + LAST], slots[s + NEXT], slots[s + BORN] = NEVER, number, number
    for w in range(shape[SPANS]):
        slots[s + shape[TAILS] + w] = number
    if shape[DELAYED] >= 0:
        for word in range(4):
            slots[s + shape[DELAYED] + word] = number


@compiled
def locate(slots: Any, index: Any, arena: Any, heap: Any, shape: Any, kind: int, key: int, make: bool) -> int:
    """Return where the record of an entity begins; the blank one at 0 if it has none and none is to be made.

    Examples
    --------
    >>> from fraud.online import OnlineFeatures
    >>> stream = OnlineFeatures(["occurred_at", "customer_id", "amount_fen"], features=["customer_count_1h"]).stream
    >>> memory, shape = stream.memory, stream.plan.layout[0]
    >>> arrays = (memory.slots, memory.index, memory.arena, memory.heap, shape)
    >>> [locate(*arrays, 0, 42, make) - memory.begin * make for make in (False, True)]
    [0, 0]
    >>> locate(*arrays, 0, 42, False) == memory.begin
    True
    """
    salted = kind_key(key, kind)
    at = place_of(index, salted)
    if index[at, 0] != 0:
        return int(index[at, 1])
    if not make:
        return 0
    s = heap[END]
    heap[END] = s + shape[SIZE]
    heap[ENTITIES] += 1
    index[at, 0], index[at, 1] = salted, s
    slots[s + KEY], slots[s + KIND] = salted, kind
    slots[s + BASE], slots[s + ROOM] = 0, 0
    for word in range(s + HEAD, s + shape[SIZE]):
        slots[word] = 0
    begin_life(slots, arena, heap, shape, s)
    return int(s)


@compiled
def oldest(slots: Any, shape: Any, s: int) -> int:
    """Return the number of the oldest event that a window may still hold.

    Examples
    --------
    >>> from fraud.online import OnlineFeatures
    >>> online = OnlineFeatures(["occurred_at", "customer_id", "amount_fen"], features=["customer_count_1h"])
    >>> _ = [online.push({"occurred_at": at, "customer_id": "a", "amount_fen": 100}) for at in (0, 5, 3_602)]
    >>> memory = online.stream.memory
    >>> oldest(memory.slots, online.stream.plan.layout[0], memory.begin)  # event 0 has left the hour
    1
    """
    number = slots[s + NEXT]
    if shape[SPANS] > 0:
        number = slots[s + shape[TAILS] + shape[SPANS] - 1]
    if shape[DELAYED] >= 0:
        number = min(number, slots[s + shape[DELAYED] + 3])
    return int(number)


@compiled
def _leave(slots: Any, shape: Any, s: int, w: int, marks: int) -> None:
    if shape[CROWD_SPAN] == w and marks & FRESH_MARK:
        slots[s + shape[CROWD] + 1] -= 1
    bit = 0
    marks >>= FIRST_BIT
    while marks:
        if marks & 1 and shape[DISTINCT] >= 0:
            slots[s + shape[DISTINCT] + bit * shape[SPANS] + w] -= 1
        marks >>= 1
        bit += 1


@compiled
def advance(slots: Any, arena: Any, shape: Any, spans: Any, settings: Any, s: int, now: int) -> None:
    """Let go what has left the windows of the record at s by a moment that is not before its last event.

    Examples
    --------
    >>> from fraud.online import OnlineFeatures
    >>> online = OnlineFeatures(["occurred_at", "customer_id", "amount_fen"], features=["customer_count_1h"])
    >>> _ = [online.push({"occurred_at": at, "customer_id": "a", "amount_fen": 100}) for at in (0, 5)]
    >>> memory, plan, s = online.stream.memory, online.stream.plan, online.stream.memory.begin
    >>> advance(memory.slots, memory.arena, plan.layout[0], plan.spans[0], online.stream.settings, s, 3_602)
    >>> oldest(memory.slots, plan.layout[0], s)
    1
    """
    base, end = slots[s + BASE], slots[s + NEXT]
    mask = (1 << slots[s + ROOM]) - 1
    for w in range(shape[SPANS]):
        tail = slots[s + shape[TAILS] + w]
        limit = now - spans[w]
        while tail < end and arena[base + (tail & mask), 0] >> MARKS <= limit:
            marks = arena[base + (tail & mask), 0] & ((1 << MARKS) - 1)
            if marks:
                _leave(slots, shape, s, w, marks)
            tail += 1
        slots[s + shape[TAILS] + w] = tail
    if shape[PEAKS] >= 0:
        _advance_peaks(slots, arena, shape, s)
    known = now - settings[DELAY]
    if shape[DELAYED] >= 0:
        _follow(slots, arena, s + shape[DELAYED], base, mask, end, known, MARKS)
    if shape[FRAUDS] >= 0:
        at = s + shape[FRAUDS]
        _follow(slots, arena, at + 3, slots[at], (1 << slots[at + 1]) - 1, slots[at + 2], known, 0)


@compiled
def _advance_peaks(slots: Any, arena: Any, shape: Any, s: int) -> None:
    at = s + shape[PEAKS]
    base, mask, end = slots[at], (1 << slots[at + 1]) - 1, slots[at + 2]
    for w in range(shape[SPANS]):
        tail, head = slots[s + shape[TAILS] + w], slots[at + 3 + w]
        while head < end and arena[base + (head & mask), 0] < tail:
            head += 1
        slots[at + 3 + w] = head


@compiled
def _follow(slots: Any, arena: Any, at: int, base: int, mask: int, end: int, known: int, shift: int) -> None:
    """Move where feedback begins to be known, and where each of its windows ends."""
    enter = slots[at]
    while enter < end and arena[base + (enter & mask), 0] >> shift <= known:
        enter += 1
    slots[at] = enter
    for w in range(3):
        leave = slots[at + 1 + w]
        limit = known - _FEEDBACK_SPANS[w]
        while leave < enter and arena[base + (leave & mask), 0] >> shift <= limit:
            leave += 1
        slots[at + 1 + w] = leave
