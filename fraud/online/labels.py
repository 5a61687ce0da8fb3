"""Labels that come late: a fraud is confirmed days after its event, and counts as if it had been known all the time."""

from collections.abc import Mapping
from typing import Any

from fraud.online import words as at
from fraud.online.kernel import Stream
from fraud.online.lives import locate
from fraud.online.taking import confirm as put
from fraud.online.taking import rows_needed

__all__ = ["confirm"]


def confirm(stream: Stream, event: Mapping[str, Any]) -> None:
    """Put a confirmed fraud into the records of its entities; one that is not remembered any more is left out.

    Examples
    --------
    >>> from fraud.online import OnlineFeatures
    >>> online = OnlineFeatures(["occurred_at", "customer_id", "amount_fen", "is_fraud"], 1.0, ["customer_frauds_7d"])
    >>> event = {"occurred_at": 0, "customer_id": "a", "amount_fen": 100}
    >>> _ = online.push(event)
    >>> confirm(online.stream, event)
    >>> online.push({**event, "occurred_at": 2 * 86_400}).tolist()
    [1.0]
    """
    stream.reader.one(event)
    row, memory, layout = stream.reader.event[0], stream.memory, stream.plan.layout
    for kind in range(at.KINDS):
        shape = layout[kind]
        if row[at.KEYS + kind] < 0 or shape[at.SIZE] == 0 or shape[at.FRAUDS] < 0:
            continue
        s = locate(memory.slots, memory.index, memory.arena, memory.heap, shape, kind, row[at.KEYS + kind], False)
        if s == 0:
            continue
        while memory.heap[at.BUMP] + rows_needed(memory.slots, shape, s, True) > len(memory.arena):
            memory.heap[at.WANTS] = at.ARENA_FULL
            stream.make_room()
        put(memory.slots, memory.arena, memory.heap, shape, s, row[at.TIME], row[at.IDENTITY])
