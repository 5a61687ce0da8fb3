"""Fetching ahead: what the next events will need comes into the processor's cache while earlier ones are worked on.

The state of many entities is larger than any cache, and an event touches some fifty places of it, each of which would
be waited for. Where they are is known before: keys say the row of the index, the row says the record, the record says
the rows of its ring. Each step is taken some events ahead of the next one, so that nothing waits. Nothing is written
but notes in the scratch, and a fetch changes no value: with or without it the results are the same bits.
"""

from typing import Any

from fraud.online.compiled import compiled, fetch
from fraud.online.tables import kind_key, pair_key, place_of
from fraud.online.words import (
    AHEAD_OF,
    BASE,
    DELAYED,
    FRAUDS,
    KEYS,
    KINDS,
    NEXT,
    NOTES,
    PAIR_ORDINAL,
    PEAKS,
    REL_BIT,
    REL_LEFT,
    REL_NUMBER,
    REL_RIGHT,
    ROOM,
    SIZE,
    SPANS,
    TAILS,
)

__all__ = ["fetch_event", "fetch_meetings", "fetch_records", "fetch_rings", "fetch_rows", "forget_notes"]

_LINE = 8
"""Words in a line of the cache."""


@compiled
def fetch_event(events: Any, reals: Any, number: int) -> None:
    """Fetch an event."""
    fetch(events, number)
    fetch(events, number + 1)  # an event lies in up to three lines
    fetch(reals, number)


@compiled
def fetch_rows(index: Any, pairs: Any, layout: Any, relations: Any, event: Any) -> None:
    """Fetch the rows of an event's entities and meetings in the tables."""
    for kind in range(KINDS):
        key = event[KEYS + kind]
        if key >= 0 and layout[kind, SIZE] > 0:
            fetch(index, kind_key(key, kind) & (index.shape[0] - 1))
    for number in range(relations.shape[0]):
        left, right = event[KEYS + relations[number, REL_LEFT]], event[KEYS + relations[number, REL_RIGHT]]
        if left >= 0 and right >= 0:
            row = pair_key(left, right, relations[number, REL_NUMBER]) & (pairs.shape[0] - 1)
            fetch(pairs, row)
            fetch(pairs, row + 1)  # a row may lie in two lines


@compiled
def fetch_records(slots: Any, index: Any, layout: Any, work: Any, event: Any, number: int) -> None:
    """Fetch the records of an event's entities, and note where they are."""
    note = NOTES + number % AHEAD_OF * KINDS
    for kind in range(KINDS):
        key, size = event[KEYS + kind], layout[kind, SIZE]
        s = 0
        if key >= 0 and size > 0:
            row = place_of(index, kind_key(key, kind))
            if index[row, 0] != 0:
                s = index[row, 1]
                for word in range(0, size, _LINE):
                    fetch(slots, s + word)
                fetch(slots, s + size - 1)
        work[note + kind] = s


@compiled
def fetch_rings(slots: Any, arena: Any, layout: Any, work: Any, number: int) -> None:
    """Fetch the rows of the rings that the noted records of an event will look at."""
    note = NOTES + number % AHEAD_OF * KINDS
    for kind in range(KINDS):
        s, shape = work[note + kind], layout[kind]
        if s == 0:
            continue
        base, mask = slots[s + BASE], (1 << slots[s + ROOM]) - 1
        for w in range(shape[SPANS]):
            tail = slots[s + shape[TAILS] + w]
            fetch(arena, base + (tail & mask))
            fetch(arena, base + (tail + 4 & mask))
        fetch(arena, base + (slots[s + NEXT] & mask))
        if shape[DELAYED] >= 0:
            for w in range(4):
                fetch(arena, base + (slots[s + shape[DELAYED] + w] & mask))
        if shape[PEAKS] >= 0:
            fetch(arena, slots[s + shape[PEAKS]])
        if shape[FRAUDS] >= 0:
            fetch(arena, slots[s + shape[FRAUDS]])


@compiled
def fetch_meetings(slots: Any, pairs: Any, arena: Any, relations: Any, work: Any, event: Any, ahead: int) -> None:
    """Fetch the rows of the rings in which the entities of an event met last."""
    note = NOTES + ahead % AHEAD_OF * KINDS
    for number in range(relations.shape[0]):
        left, right = relations[number, REL_LEFT], relations[number, REL_RIGHT]
        here, there = event[KEYS + left], event[KEYS + right]
        if here < 0 or there < 0 or relations[number, REL_BIT] + relations[number, REL_BIT + 1] == -2:
            continue
        row = place_of(pairs, pair_key(here, there, relations[number, REL_NUMBER]))
        for side in range(2):
            if relations[number, REL_BIT + side] >= 0:
                s = work[note + (left if side == 0 else right)]
                before = pairs[row, PAIR_ORDINAL + side] & ((1 << slots[s + ROOM]) - 1)
                fetch(arena, slots[s + BASE] + before)


@compiled
def forget_notes(work: Any) -> None:
    """Forget where records are: they may lie elsewhere when the kernel begins anew."""
    for place in range(NOTES, NOTES + AHEAD_OF * KINDS):
        work[place] = 0
