"""The one transition: an event comes, its features are made from earlier events, and it is taken in.

Batches and single events go through `run` alike, so that they cannot differ. It stops before an event for which a
table has no room left, says which in the heap, and goes on from there when room was made (`fraud.online.room`).
"""

import math
from typing import Any

from fraud.online.ahead import fetch_event, fetch_meetings, fetch_records, fetch_rings, fetch_rows, forget_notes
from fraud.online.clock import believed, remember
from fraud.online.compiled import HAS_NUMBA, compiled
from fraud.online.judging import judge_entity, judge_event, judge_meeting
from fraud.online.lives import advance, begin_life, locate
from fraud.online.tables import pair_key, place_of
from fraud.online.taking import confirm, rows_needed, take, take_meeting
from fraud.online.words import (
    AHEAD_OF,
    ARENA_FULL,
    AT,
    BORN,
    BUMP,
    CLOCK,
    END,
    ENTITIES,
    FRAUDS,
    IDENTITY,
    IDLE,
    KEYS,
    KINDS,
    LABEL_FLAG,
    LAST,
    LAT,
    LATE_BOUND,
    LATITUDE,
    LON,
    LONGITUDE,
    NEW,
    NEXT,
    NOW,
    NOWHERE,
    PAIR_ORDINAL,
    PAIR_TIME,
    PAIRS,
    PAIRS_FULL,
    REL_LEFT,
    REL_NUMBER,
    REL_RIGHT,
    ROW,
    SEQUENCE,
    SIZE,
    SLOTS_FULL,
    TIME,
    WANTS,
)

__all__ = ["run"]

_LARGEST_RECORD = 128


@compiled
def _has_room(slots: Any, index: Any, pairs: Any, heap: Any, relations: int) -> bool:
    if heap[END] + KINDS * _LARGEST_RECORD > slots.shape[0] or (heap[ENTITIES] + KINDS) * 2 > index.shape[0]:
        heap[WANTS] = SLOTS_FULL
        return False
    if (heap[PAIRS] + relations) * 2 > pairs.shape[0]:
        heap[WANTS] = PAIRS_FULL
        return False
    return True


@compiled
def _bring_up(
    slots: Any, index: Any, arena: Any, heap: Any, layout: Any, settings: Any, work: Any, event: Any, taken: bool
) -> bool:
    """Find the records of the event's entities; False if the arena might run out of rows."""
    rows = 0
    for kind in range(KINDS):
        key = event[KEYS + kind]
        work[AT + kind] = -1
        if key < 0 or layout[kind, SIZE] == 0:
            continue
        shape = layout[kind]
        s = locate(slots, index, arena, heap, shape, kind, key, taken)
        has_history = slots[s + NEXT] > slots[s + BORN]
        now = event[TIME]
        if has_history:
            # an event that is not taken in is answered as of a moment that is past for all that will be
            now = max(now if taken else heap[CLOCK] - settings[LATE_BOUND], slots[s + LAST])
            if now - slots[s + LAST] > settings[IDLE]:
                if taken:
                    begin_life(slots, arena, heap, shape, s)
                else:
                    s = 0
        work[AT + kind], work[NOW + kind] = s, now
        if taken:
            rows += rows_needed(slots, shape, s, event[LABEL_FLAG] == 1)
    if heap[BUMP] + rows > arena.shape[0]:
        heap[WANTS] = ARENA_FULL
        return False
    return True


@compiled
def _bring_together(slots: Any, pairs: Any, relations: Any, settings: Any, work: Any, event: Any) -> None:
    for number in range(relations.shape[0]):
        left, right = relations[number, REL_LEFT], relations[number, REL_RIGHT]
        here, there = event[KEYS + left], event[KEYS + right]
        work[ROW + number] = -1
        if here < 0 or there < 0:
            continue
        row, s = place_of(pairs, pair_key(here, there, relations[number, REL_NUMBER])), work[AT + left]
        is_new = pairs[row, 0] == 0 or pairs[row, PAIR_ORDINAL] < slots[s + BORN] or slots[s + NEXT] == slots[s + BORN]
        if not is_new:
            is_new = work[NOW + left] - pairs[row, PAIR_TIME] > settings[IDLE]
        work[ROW + number], work[NEW + number] = row, 1 if is_new else 0


@compiled
def _judge(
    slots: Any, pairs: Any, arena: Any, layout: Any, spans: Any, relations: Any, picks: Any, settings: Any,
    work: Any, board: Any, event: Any, reals: Any, out: Any,
) -> None:  # fmt: skip
    for kind in range(KINDS):
        if layout[kind, SIZE] > 0:
            if work[AT + kind] >= 0:
                advance(slots, arena, layout[kind], spans[kind], settings, work[AT + kind], work[NOW + kind])
            judge_entity(board, slots, arena, layout[kind], work, event, kind)
    for number in range(relations.shape[0]):
        judge_meeting(board, slots, pairs, layout, relations[number], work, number)
    judge_event(board, event, reals)
    for place in range(picks.shape[0]):
        out[place] = board[picks[place]]


@compiled
def _take_in(
    slots: Any, pairs: Any, arena: Any, heap: Any, layout: Any, relations: Any, work: Any, event: Any, marks: Any
) -> None:
    marks[:] = 0
    for number in range(relations.shape[0]):
        row = work[ROW + number]
        if row >= 0:
            left, right = relations[number, REL_LEFT], relations[number, REL_RIGHT]
            key = pair_key(event[KEYS + left], event[KEYS + right], relations[number, REL_NUMBER])
            if pairs[row, 0] != key:
                # an earlier pair of this very event may have taken the free row
                row = place_of(pairs, key)
                work[ROW + number], pairs[row, 0] = row, key
                heap[PAIRS] += 1
            take_meeting(slots, pairs, arena, layout, relations[number], work, number, marks)
    for kind in range(KINDS):
        if work[AT + kind] >= 0:
            take(slots, arena, heap, layout[kind], work, event, kind, marks[kind])
            if event[LABEL_FLAG] == 1 and layout[kind, FRAUDS] >= 0:
                confirm(slots, arena, heap, layout[kind], work[AT + kind], event[TIME], event[IDENTITY])


@compiled
def _locate_point(work: Any, reals: Any) -> None:
    work[LAT] = NOWHERE
    latitude, longitude = reals[LATITUDE], reals[LONGITUDE]
    if -90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0:
        # ten millionths of a degree are a centimetre
        work[LAT] = math.floor(latitude * 10_000_000.0 + 0.5)
        work[LON] = math.floor(longitude * 10_000_000.0 + 0.5)


@compiled
def _look_ahead(
    events: Any, reals: Any, i: int, step: int, slots: Any, index: Any, pairs: Any, arena: Any, work: Any, layout: Any,
    relations: Any,
) -> None:  # fmt: skip
    """Fetch what later events need, each thing some steps ahead of event i (`fraud.online.ahead`); 0 for i itself."""
    count = events.shape[0]
    far, middle, near = i + 4 * step, i + 2 * step, i + step
    fetch_event(events, reals, i + 6 * step)
    if far < count:
        fetch_rows(index, pairs, layout, relations, events[far])
    if middle < count:
        fetch_records(slots, index, layout, work, events[middle], middle)
    if near < count:
        fetch_rings(slots, arena, layout, work, near)
        fetch_meetings(slots, pairs, arena, relations, work, events[near], near)


@compiled
def run(
    events: Any, reals: Any, begin: int, out: Any, slots: Any, index: Any, pairs: Any, arena: Any, heap: Any,
    ids: Any, work: Any, marks: Any, board: Any, layout: Any, spans: Any, relations: Any, picks: Any, settings: Any,
) -> int:  # fmt: skip
    """Let events begin, begin + 1, ... through, and return how many are through in all."""
    count = events.shape[0]
    step = AHEAD_OF // 2 if count - begin > 1 else 0
    if step > 0:
        forget_notes(work)
    for i in range(begin, count):
        event = events[i]
        if HAS_NUMBA:
            _look_ahead(events, reals, i, step, slots, index, pairs, arena, work, layout, relations)
        if not _has_room(slots, index, pairs, heap, relations.shape[0]):
            return i
        taken = believed(heap, ids, settings, event[TIME], event[IDENTITY])
        if not _bring_up(slots, index, arena, heap, layout, settings, work, event, taken):
            return i
        _bring_together(slots, pairs, relations, settings, work, event)
        _locate_point(work, reals[i])
        _judge(slots, pairs, arena, layout, spans, relations, picks, settings, work, board, event, reals[i], out[i])
        if taken:
            _take_in(slots, pairs, arena, heap, layout, relations, work, event, marks)
        remember(heap, ids, settings, event[TIME], event[IDENTITY], taken)
        heap[SEQUENCE] += 1
    return int(events.shape[0])
