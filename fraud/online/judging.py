"""What is made of an event that is known: the values of its entities' features at a moment, before it is taken in.

All values of an entity that its sections allow go to fixed places of one board of numbers, from which the wanted ones
are picked: that is quicker than to ask for each. Every value is a division or two away from whole numbers, so that
equal histories give equal bits. NaN stands for what no earlier event defines.
"""

import math
from typing import Any

from fraud.online import board as on
from fraud.online import words as at
from fraud.online.compiled import compiled
from fraud.online.words import BASE, BORN, NEXT, ROOM, SPANS, TAILS, TOTAL

__all__ = ["judge_entity", "judge_event", "judge_meeting", "kilometres"]

_TO_RADIANS = math.pi / 180.0 / 10_000_000.0
_DIAMETER = 12_742.0176
"""Kilometres: twice the earth's mean radius (IUGG)."""
_AIRLINER, _FAR = 1_000.0, 100.0
"""Nobody travels faster, km/h; and nearer than so many km nobody's position is known well enough."""


@compiled
def _ratio(above: float, below: float) -> float:
    return above / below if below > 0.0 else math.nan


@compiled
def _flag(holds: bool) -> float:
    return 1.0 if holds else 0.0


@compiled
def _judge_windows(board: Any, slots: Any, arena: Any, shape: Any, s: int, place: int) -> None:
    base, mask, end, total = slots[s + BASE], (1 << slots[s + ROOM]) - 1, slots[s + NEXT], slots[s + TOTAL]
    spans = shape[SPANS]
    for w in range(spans):
        tail = slots[s + shape[TAILS] + w]
        count = float(end - tail)
        moved = float(total - arena[base + (tail & mask), 1]) if tail < end else 0.0
        board[place + on.COUNT + w], board[place + on.SUM + w] = count, moved
        if shape[at.MEANS] > 0:
            board[place + on.MEAN + w] = _ratio(moved, count)
    for word in range(shape[at.BITS]):
        board[place + on.DISTINCT + word] = float(slots[s + shape[at.DISTINCT] + word])
    if shape[at.DAY] >= 0:
        day, month = place + shape[at.DAY], place + spans - 1
        board[place + on.COUNT_RATIO] = _ratio(board[day + on.COUNT] * 30.0, board[month + on.COUNT])
        board[place + on.SUM_RATIO] = _ratio(board[day + on.SUM] * 30.0, board[month + on.SUM])


@compiled
def _judge_peaks(board: Any, slots: Any, arena: Any, shape: Any, s: int, place: int, amount: int) -> None:
    p = s + shape[at.PEAKS]
    base, mask, end = slots[p], (1 << slots[p + 1]) - 1, slots[p + 2]
    largest = math.nan
    for w in range(shape[SPANS]):
        head = slots[p + 3 + w]
        largest = float(arena[base + (head & mask), 1]) if head < end else math.nan
        board[place + on.MAX + w] = largest
    board[place + on.MAX_RATIO] = _ratio(float(amount), largest)


@compiled
def _judge_life(board: Any, slots: Any, shape: Any, s: int, place: int, event: Any, now: int) -> None:
    whole, time, amount = slots[s + NEXT] - slots[s + BORN], event[at.TIME], float(event[at.AMOUNT])
    board[place + on.TOTAL] = float(whole)
    if whole == 0:
        board[place + on.SINCE : place + on.TOTAL] = math.nan
        board[place + on.AGE : place + on.COUNT_RATIO] = math.nan
        return
    count = float(whole)
    board[place + on.SINCE], board[place + on.AGE] = float(now - slots[s + at.LAST]), float(now - slots[s + at.BIRTH])
    if shape[at.RATIO] > 0:
        total = float(slots[s + TOTAL])
        board[place + on.MEAN_RATIO] = amount / (total / count) if total > 0.0 else math.nan
    if shape[at.QUARTERS] >= 0:
        board[place + on.QUARTER] = float(slots[s + shape[at.QUARTERS] + time % 86_400 // 21_600]) / count
    if shape[at.HOURS] >= 0:
        h, hour = s + shape[at.HOURS], time % 86_400 // 3_600
        near = slots[h + (hour + 23) % 24] + slots[h + hour] + slots[h + (hour + 1) % 24]
        board[place + on.HOUR] = float(near) / count
    if shape[at.USUAL] >= 0:
        usual, spread = slots[s + shape[at.USUAL]], slots[s + shape[at.USUAL] + 1]
        board[place + on.USUAL] = _ratio(amount * 64.0, float(usual))
        board[place + on.DEVIATION] = float(event[at.AMOUNT] * 64 - usual) / float(spread + usual // 8 + 64)


@compiled
def _judge_feedback(board: Any, slots: Any, shape: Any, s: int, place: int) -> None:
    f, d = s + shape[at.FRAUDS] + 3, s + shape[at.DELAYED]
    for w in range(3):
        count = float(slots[f] - slots[f + 1 + w])
        board[place + on.FRAUDS + w] = count
        if shape[at.DELAYED] >= 0:
            board[place + on.RATE + w] = _ratio(count, float(slots[d] - slots[d + 1 + w]))


@compiled
def kilometres(latitude: int, longitude: int, other_latitude: int, other_longitude: int) -> float:
    """Return the distance along the great circle (haversine), of coordinates in ten millionths of a degree.

    Examples
    --------
    >>> round(kilometres(360_600_000, 1_038_300_000, 343_400_000, 1_089_400_000))  # Lanzhou to Xi'an
    502
    """
    north, other_north = latitude * _TO_RADIANS, other_latitude * _TO_RADIANS
    up = math.sin((other_north - north) / 2.0)
    along = math.sin((other_longitude - longitude) * _TO_RADIANS / 2.0)
    square = up * up + math.cos(north) * math.cos(other_north) * along * along
    return _DIAMETER * math.asin(min(1.0, math.sqrt(square)))


@compiled
def _judge_travel(board: Any, slots: Any, shape: Any, s: int, place: int, work: Any, now: int) -> None:
    p = s + shape[at.POINT]
    way, speed, impossible = math.nan, math.nan, math.nan
    if work[at.LAT] != at.NOWHERE and slots[p] == 1:
        way = kilometres(slots[p + 1], slots[p + 2], work[at.LAT], work[at.LON])
        speed = way * 3_600.0 / float(max(now - slots[p + 3], 60))
        impossible = 1.0 if way > _FAR and speed > _AIRLINER else 0.0
    board[place + on.DISTANCE], board[place + on.SPEED], board[place + on.IMPOSSIBLE] = way, speed, impossible


@compiled
def judge_entity(board: Any, slots: Any, arena: Any, shape: Any, work: Any, event: Any, kind: int) -> None:
    """Write the values of the event's entity of one kind on the board, NaN if it has none.

    Examples
    --------
    >>> import numpy as np
    >>> board, work, event = np.zeros(on.BOARD), np.full(at.WORK, -1), np.zeros(at.EVENT, np.int64)
    >>> slots, arena, shape = np.zeros(1, np.int64), np.zeros((1, 2), np.int64), np.full(at.SECTIONS, -1)
    >>> judge_entity(board, slots, arena, shape, work, event, 0)  # an event without a customer
    >>> bool(np.isnan(board[: on.BLOCK]).all()), bool(board[on.BLOCK :].any())
    (True, False)
    """
    s, now, place = work[at.AT + kind], work[at.NOW + kind], kind * on.BLOCK
    if s < 0:
        board[place : place + on.BLOCK] = math.nan
        return
    if shape[SPANS] > 0:
        _judge_windows(board, slots, arena, shape, s, place)
    if shape[at.PEAKS] >= 0:
        _judge_peaks(board, slots, arena, shape, s, place, event[at.AMOUNT])
    _judge_life(board, slots, shape, s, place, event, now)
    if shape[at.FRAUDS] >= 0:
        _judge_feedback(board, slots, shape, s, place)
    if shape[at.PLACE] >= 0:
        before, here = slots[s + shape[at.PLACE]], event[at.KEYS + at.MET_PLACE]
        board[place + on.PLACE_CHANGED] = _flag(before != here) if before != 0 and here >= 0 else math.nan
    if shape[at.POINT] >= 0:
        _judge_travel(board, slots, shape, s, place, work, now)


@compiled
def judge_meeting(board: Any, slots: Any, pairs: Any, layout: Any, relation: Any, work: Any, number: int) -> None:
    """Write the values of two entities that the event brings together on the board, NaN where one is missing.

    Examples
    --------
    >>> import numpy as np
    >>> board, work, relation = np.zeros(on.BOARD), np.full(at.WORK, -1), np.zeros(at.RELATION, np.int64)
    >>> slots, pairs, layout = np.zeros(1, np.int64), np.zeros((1, at.PAIR), np.int64), np.full((10, at.SECTIONS), -1)
    >>> judge_meeting(board, slots, pairs, layout, relation, work, 0)  # one of the two is missing
    >>> board[on.MEETINGS : on.MEETINGS + 4].tolist()
    [nan, nan, nan, 0.0]
    """
    row, left, right = work[at.ROW + number], relation[at.REL_LEFT], relation[at.REL_RIGHT]
    place = on.MEETINGS + 3 * number
    is_crowd = left == 0 and right != at.MET_PLACE and layout[right, at.CROWD] >= 0
    if row < 0:
        board[place : place + 3] = math.nan
        if is_crowd:
            board[right * on.BLOCK + on.CUSTOMERS : right * on.BLOCK + on.CUSTOMERS + 2] = math.nan
        return
    is_new, s = work[at.NEW + number], work[at.AT + left]
    count = 0.0 if is_new else float(pairs[row, at.PAIR_COUNT])
    board[place], board[place + 1] = float(is_new), count
    board[place + 2] = _ratio(count, float(slots[s + NEXT] - slots[s + BORN]))
    if is_crowd:
        c = work[at.AT + right] + layout[right, at.CROWD]
        board[right * on.BLOCK + on.CUSTOMERS] = float(slots[c] + is_new)
        board[right * on.BLOCK + on.NEW_CUSTOMERS] = float(slots[c + 1] + is_new)


@compiled
def judge_event(board: Any, event: Any, reals: Any) -> None:
    """Write what the event has by itself on the board.

    Examples
    --------
    >>> import numpy as np
    >>> board, event = np.zeros(on.BOARD), np.full(at.EVENT, -1)
    >>> event[:2] = 90_000, 30_000
    >>> judge_event(board, event, np.zeros(at.REALS))
    >>> board[on.OWN : on.OWN + 5].tolist()
    [30000.0, 1.0, 1.0, 4.0, nan]
    """
    time, amount = event[at.TIME], event[at.AMOUNT]
    board[on.OWN], board[on.OWN_ROUND] = float(amount), _flag(amount > 0 and amount % 10_000 == 0)
    # the first day of 1970, from which seconds count, was a Thursday
    board[on.OWN_HOUR], board[on.OWN_WEEKDAY] = float(time % 86_400 // 3_600), float((time // 86_400 + 3) % 7)
    for place in range(4):
        word = event[at.CODES + place]
        board[on.OWN_CODES + place] = float(word) if word >= 0 else math.nan
    country = event[at.CODES + 3]
    board[on.OWN_FOREIGN] = _flag(country > 0) if country >= 0 else math.nan
    for place in range(at.NUMBERS):
        board[on.OWN_NUMBERS + place] = reals[place]
