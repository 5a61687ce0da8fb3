"""The desk (决策台): each event gets its one decision, is answered only after that was written down, and in time.

Events are decided one after another, in the order of their arrival, by one thread, in groups: what came while one
group was decided is the next one. A group is written down at once (group commit) and only then answered, so that an
answer that somebody has seen survives the death of the process. The event loop only reads, and hands over. If the log
cannot be written, nothing more is decided until the process is started anew.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fraud.engine.canonical import canonical
from fraud.errors import DecisionLogError, EventConflictError, FraudError
from fraud.serving.deciding import Decider, Event, Kept
from fraud.serving.limits import Limits, Load
from fraud.serving.problem import RequestRefusedError, overloaded, unusable
from fraud.serving.watch import Watch

__all__ = ["Desk"]

T = TypeVar("T")

_GROUP = 64
_BEAT_SECONDS = 0.01


@dataclass(slots=True)
class _Waiting:
    """An event in the house: since when, and its answer, a body or a refusal."""

    event: Event
    arrived: float
    answered: "asyncio.Future[bytes]"
    told: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""
    refusal: RequestRefusedError | None = None
    is_new: bool = True


class Desk:
    """Decides events that come in at once from many sides.

    Parameters
    ----------
    decider
        Decides, and keeps what was decided.
    limits
        What is promised under load.
    clock
        Seconds, never set back.
    """

    def __init__(
        self, decider: Decider, limits: Limits | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.decider, self.limits, self._clock = decider, limits or Limits(), clock
        self.watch = Watch(clock())
        self.broken = ""
        self._queue: deque[_Waiting] = deque()
        self._in_work = 0
        self._is_working = self._is_closed = False
        self._lag, self._beat_due = 0.0, 0.0
        self._beating: asyncio.TimerHandle | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")

    @property
    def waiting(self) -> int:
        """Number of events in the house, not yet answered."""
        return len(self._queue) + self._in_work

    def open(self) -> None:
        """Begin to watch how late the event loop is; called on the loop."""
        self._beat_due = self._clock()
        self._beat()

    async def close(self) -> None:
        """Decide, write down and answer all that is in the house, then end."""
        self._is_closed = True
        while self.waiting and not self.broken:
            await asyncio.sleep(0.001)
        if self._beating is not None:
            self._beating.cancel()
        await self.aside(self.decider.close)
        self._thread.shutdown()

    async def aside(self, call: Callable[[], T]) -> T:
        """Have something done by the thread that decides, between two groups."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    async def decide(self, event: Event) -> bytes:
        """Return the decision on an event as JSON, once it is on the disk.

        Raises
        ------
        RequestRefusedError
            If there is no room, the log cannot be written, or the id was decided with other content.
        """
        if self.broken or self._is_closed:
            raise self._refused("closed", RequestRefusedError(503, self.broken or "closing down", retry_after=5))
        if self.limits.on_arrival(self.waiting) is Load.REFUSED:
            error = overloaded(self.waiting, self.limits.most_waiting, self.limits.retry_after)
            raise self._refused("full", error)
        loop = asyncio.get_running_loop()
        waiting = _Waiting(event, self._clock(), loop.create_future())
        self._queue.append(waiting)
        if not self._is_working:
            self._is_working = True
            loop.call_soon(self._begin)  # after all requests that came in this round of the loop
        return await waiting.answered

    async def find(self, event_id: str) -> Kept | None:
        """Return what was decided on an event."""
        return await asyncio.to_thread(self.decider.find, event_id)

    def _refused(self, reason: str, error: RequestRefusedError) -> RequestRefusedError:
        self.watch.noted("refused", self._clock(), reason)
        return error

    def _begin(self) -> None:
        group = [self._queue.popleft() for _ in range(min(_GROUP, len(self._queue)))]
        self._in_work = len(group)
        work = asyncio.get_running_loop().run_in_executor(self._thread, self._work, group, self._lag)
        work.add_done_callback(lambda _: self._answer(group))

    def _work(self, group: list[_Waiting], lag: float) -> None:
        """Decide a group, write it down, and make its answers; in the desk's own thread."""
        decided = []
        for one in group:
            waited = self._clock() - one.arrived + lag
            why = "" if self.limits.on_turn(waited) is Load.FULL else self.limits.as_reason(waited)
            try:
                decision, one.is_new = self.decider.decide(one.event, why)
                decided.append((one, decision))
            except Exception as error:  # one event's fault is not that of the others
                one.refusal = _refusal(error)
        try:
            self.decider.commit()
            for one, decision in decided:
                one.told = decision.as_json()
                one.body = canonical(one.told)
        except Exception as error:
            self.broken = f"the decision log cannot be written: {error}"
            for one in group:
                one.refusal = RequestRefusedError(503, self.broken, retry_after=5)

    def _answer(self, group: list[_Waiting]) -> None:
        now = self._clock()
        for one in group:
            if one.refusal is not None:
                self.watch.noted(
                    "conflict" if one.refusal.status == 409 else "refused",
                    now,
                    "failed" if one.refusal.status >= 500 else "",
                )
            elif one.is_new:
                self.watch.decided(one.event, one.told, int((now - one.arrived) * 1e9), now)
            else:
                self.watch.noted("repeated", now)
            if not one.answered.done():
                one.answered.set_result(one.body) if one.refusal is None else one.answered.set_exception(one.refusal)
        self._in_work = 0
        if self._queue:
            self._begin()
        else:
            self._is_working = False

    def _beat(self) -> None:
        """Note how late the loop is: requests that it has not read yet have waited at least that long."""
        now = self._clock()
        self._lag = max(0.0, now - self._beat_due)
        self._beat_due = now + _BEAT_SECONDS
        self._beating = asyncio.get_running_loop().call_later(_BEAT_SECONDS, self._beat)


def _refusal(error: Exception) -> RequestRefusedError:
    if isinstance(error, EventConflictError):
        return RequestRefusedError(409, str(error), field="transaction_id")
    if isinstance(error, DecisionLogError):
        return RequestRefusedError(503, str(error), retry_after=5)
    if isinstance(error, FraudError):
        return unusable(error)
    return RequestRefusedError(500, f"the event could not be decided: {type(error).__name__}: {error}")
