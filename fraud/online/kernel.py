"""A stream of events with its state: the plan, the arrays, and the loop that makes room where it is needed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fraud.errors import AmountRefusedError, DelayRefusedError
from fraud.features.entities import Feature
from fraud.online import words as at
from fraud.online.board import BOARD
from fraud.online.memory import empty_memory
from fraud.online.plan import plan_of
from fraud.online.reading import Reader
from fraud.online.room import make_room
from fraud.online.transition import run

__all__ = ["Limits", "Stream"]

_DAY = 86_400
_MONTH = 30
_MOST_MONEY = 2**63 - 1
"""Fen that all amounts of a stream may add up to: 92 quadrillion yuan, more than a country pays in years."""


@dataclass(frozen=True)
class Limits:
    """What a stream believes and how much it remembers; `fraud.online.clock` and `room` say what happens beyond.

    Parameters
    ----------
    late_seconds, ahead_seconds
        How far an event's time may lie before or after the newest one.
    idle_days
        An entity, or a pair, that is silent for longer begins a new life. It must be longer than the longest window and
        the delay of labels together.
    entities, pairs
        How many are remembered: before twice as many are reached, those that were silent longest are forgotten, down to
        half of it. Only then features change, in tables and single events alike.
    numbers
        How many numbers of transactions are remembered at least, to know duplicates.
    """

    late_seconds: int = 3 * _DAY
    ahead_seconds: int = 366 * _DAY
    idle_days: int = 400
    entities: int = 4_000_000
    pairs: int = 16_000_000
    numbers: int = 250_000


class Stream:
    """Features of one stream, from events that were read already.

    Parameters
    ----------
    features
        Features that are made, in this order.
    columns
        Columns of the events.
    delay_days
        Days from a transaction until its label is known.
    in_order
        Whether the events come from a table that is sorted by time and names each transaction once.
    limits
        What is believed and remembered.

    Raises
    ------
    DelayRefusedError
        If an entity may be forgotten before its frauds are confirmed.
    """

    def __init__(
        self, features: Sequence[Feature], columns: Collection[str], delay_days: float, in_order: bool, limits: Limits
    ) -> None:
        if limits.idle_days < delay_days + _MONTH + 1:
            raise DelayRefusedError(
                f"idle_days is {limits.idle_days}, but with a delay of {delay_days} days an entity must be remembered "
                f"for at least {delay_days + _MONTH + 1} days."
            )
        needed = {need for feature in features for need in feature.needs}
        self.limits = limits
        self.plan = plan_of(features)
        self.reader = Reader([*needed, *({"transaction_id"} & set(columns))])
        self.memory = empty_memory(max(at.HEAD, int(self.plan.layout[:, at.SIZE].max())), limits.numbers)
        self.money = 0
        # The delay is rounded to whole seconds, in which times count.
        idle = limits.idle_days * _DAY
        late, ahead = (0, 0) if in_order else (limits.late_seconds, limits.ahead_seconds)
        self.settings = np.array([late, ahead, idle, round(delay_days * _DAY), in_order], np.int64)
        self._work = np.zeros(at.WORK, np.int64)
        self._marks = np.zeros(at.KINDS + 1, np.int64)
        self._board = np.full(BOARD, np.nan)
        self._arrays: Any = ()
        self.bind()

    def bind(self) -> None:
        """Look at the arrays of the memory as they are now."""
        memory, plan = self.memory, self.plan
        state = (memory.slots, memory.index, memory.pairs, memory.arena, memory.heap, memory.ids)
        scratch = (self._work, self._marks, self._board)
        fixed = (plan.layout, plan.spans, plan.relations, plan.picks, self.settings)
        self._arrays = (*state, *scratch, *fixed)

    @property
    def sequence(self) -> int:
        """Events that are through."""
        return int(self.memory.heap[at.SEQUENCE])

    def run(self, events: NDArray[np.int64], reals: NDArray[np.float64], out: NDArray[np.float64]) -> None:
        """Let events through, int64 of shape (n, 18), and write their features to `out`, float64 of shape (n, names).

        Raises
        ------
        AmountRefusedError
            If all amounts of the stream together are more than 64 bits hold; the state is as it was.
        """
        count = len(events)
        self._spend(_exact_sum(events[:, at.AMOUNT]))
        done = run(events, reals, 0, out, *self._arrays)
        while done < count:
            self.make_room()
            done = run(events, reals, done, out, *self._arrays)

    def run_one(self, amount: int, out: NDArray[np.float64]) -> None:
        """Let the event through that the reader has just read; `amount` is its amount.

        Raises
        ------
        AmountRefusedError
            As `run`.
        """
        self._spend(amount)
        reader = self.reader
        while run(reader.event, reader.reals, 0, out, *self._arrays) == 0:
            self.make_room()

    def _spend(self, amount: int) -> None:
        money = self.money + amount
        if money > _MOST_MONEY:
            raise AmountRefusedError(
                f"All amounts of the stream add up to {money} fen; "
                f"it must be at most {_MOST_MONEY}, so some must be wrong."
            )
        self.money = money

    def make_room(self) -> None:
        """Make room where the kernel wants it."""
        # the system may move the arena, so nothing may look at it meanwhile
        self._arrays = ()
        make_room(self.memory, self.plan, self.settings, (self.limits.entities, self.limits.pairs))
        self.bind()


def _exact_sum(amounts: NDArray[np.int64]) -> int:
    # Two halves, because the sum of a chunk alone could pass what 64 bits hold.
    return (int((amounts >> 20).sum()) << 20) + int((amounts & 0xF_FFFF).sum())
