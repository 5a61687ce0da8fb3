"""Which events are believed: the one rule for events that are late, early, or come twice.

A time is compared with the stream's clock, the newest time that was believed.

1. An event whose number was among the last quarter to half a million is a duplicate.
2. An event older than the clock by more than `late` is stale: a file that was uploaded days later says nothing of how
   fast money moves now.
3. An event newer than the clock by more than `ahead` comes from a wrong clock, unless the next one agrees with it: the
   stream itself may have paused. A clock that is wrong by less moves the stream's clock only if it is followed by
   another one within a day of it, for the same reason.

4. A hundred stale events in a row mean that the clock itself is wrong: it is put back to the last of them.

The first three are answered as of the last event of each of their entities, or of the oldest moment that is still
believed, and leave nothing behind. All others are
taken in, each at its own time: a late event counts at its own time for its entities, unless one of them has a later
event already; for that entity it counts as of that event. Rows of a file that was sorted and checked are always
believed.
"""

from typing import Any

from fraud.online.compiled import compiled
from fraud.online.words import (
    AHEAD,
    AHEAD_BOUND,
    CLOCK,
    DUPLICATES,
    GENERATION,
    IN_ORDER,
    KNOWN_IDS,
    LATE,
    LATE_BOUND,
    NEVER,
    STALE,
    STALE_RUN,
    SUSPECT,
)

__all__ = ["believed", "remember"]

_DAY = 86_400
_TOO_MANY = 100


@compiled
def _place(ids: Any, generation: int, identity: int) -> int:
    mask = ids.shape[1] - 1
    at = identity & mask
    while ids[generation, at] != 0 and ids[generation, at] != identity + 1:
        at = (at + 1) & mask
    return int(at)


@compiled
def _is_known(ids: Any, identity: int) -> bool:
    return bool(ids[0, _place(ids, 0, identity)] != 0 or ids[1, _place(ids, 1, identity)] != 0)


@compiled
def believed(heap: Any, ids: Any, settings: Any, time: int, identity: int) -> bool:
    """Tell whether an event is to be taken in; `identity` is the key of its number, -1 if it has none.

    Examples
    --------
    >>> import numpy as np
    >>> from fraud.online.memory import empty_memory
    >>> memory, settings = empty_memory(20, 1_000), np.array([60, 3_600, 0, 0, 0])
    >>> remember(memory.heap, memory.ids, settings, 1_000, 7, True)
    >>> events = ((990, 8), (990, 7), (900, 9))  # late, seen before, too late
    >>> [believed(memory.heap, memory.ids, settings, time, number) for time, number in events]
    [True, False, False]
    """
    if settings[IN_ORDER] == 1:
        return True
    if identity >= 0 and _is_known(ids, identity):
        return False
    clock, suspect = heap[CLOCK], heap[SUSPECT]
    if clock == NEVER:
        return True
    if time - clock > settings[AHEAD_BOUND]:
        return bool(suspect != NEVER and time >= suspect and time - suspect <= settings[AHEAD_BOUND])
    return bool(clock - time <= settings[LATE_BOUND])


@compiled
def remember(heap: Any, ids: Any, settings: Any, time: int, identity: int, taken: bool) -> None:
    """Move the clock, keep the event's number, and count what was not taken in or came late.

    Examples
    --------
    >>> import numpy as np
    >>> from fraud.online.memory import empty_memory
    >>> memory, settings = empty_memory(20, 1_000), np.array([60, 3_600, 0, 0, 0])
    >>> remember(memory.heap, memory.ids, settings, 1_000, 7, True)
    >>> remember(memory.heap, memory.ids, settings, 900, 9, False)
    >>> int(memory.heap[CLOCK]), int(memory.heap[STALE])
    (1000, 1)
    """
    clock = heap[CLOCK]
    if settings[IN_ORDER] == 1:
        heap[CLOCK] = max(clock, time)
        return
    if not taken:
        if identity >= 0 and _is_known(ids, identity):
            heap[DUPLICATES] += 1
        elif time > clock:
            heap[AHEAD] += 1
            heap[SUSPECT] = time
        else:
            heap[STALE] += 1
            heap[STALE_RUN] += 1
            if heap[STALE_RUN] >= _TOO_MANY:
                heap[CLOCK], heap[SUSPECT], heap[STALE_RUN] = time, NEVER, 0
        return
    heap[STALE_RUN] = 0
    if time < clock:
        heap[LATE] += 1
        heap[SUSPECT] = NEVER
    elif clock == NEVER or time - clock <= _DAY or (heap[SUSPECT] != NEVER and time - heap[SUSPECT] >= -_DAY):
        heap[CLOCK], heap[SUSPECT] = time, NEVER
    else:
        heap[SUSPECT] = time
    if identity >= 0:
        _keep(heap, ids, identity)


@compiled
def _keep(heap: Any, ids: Any, identity: int) -> None:
    """Keep a number among those of its generation; a full generation replaces the one before it."""
    generation = heap[GENERATION]
    ids[generation, _place(ids, generation, identity)] = identity + 1
    heap[KNOWN_IDS] += 1
    if heap[KNOWN_IDS] * 2 >= ids.shape[1]:
        heap[GENERATION], heap[KNOWN_IDS] = 1 - generation, 0
        ids[1 - generation, :] = 0
