"""A worker: takes the next account from the queue, walks it as far as it goes, and leaves it where it must wait.

There are two counters (窗口): one files accounts, the other carries their papers and writes the results back; so the
next account is filed, which has a deadline, while the papers of the last one are under way. Several workers of one
process share a browser, each at a desk of its own; several processes share the queue. What fails is judged in one
place, see `rpa.bot.verdicts`.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Mapping

import numpy as np

from rpa.bot.checking_step import check_account
from rpa.bot.desk import Desk
from rpa.bot.filing_step import file_account, settle
from rpa.bot.gates import NEEDS, Gates
from rpa.bot.hold import Hold
from rpa.bot.image_step import carry_papers
from rpa.bot.proof import Proof
from rpa.bot.result_step import finish, write_result
from rpa.bot.verdicts import Asks, Verdict, verdict_of
from rpa.errors import EvidenceError, FailureError, HandOverError, LeaseLostError, SessionExpiredError
from rpa.evidence import Evidence
from rpa.queue import LEGAL, Lease, State, WorkQueue, retry_after

__all__ = ["FILING", "PAPERS", "Worker"]

Step = Callable[[Desk, Hold, Proof], Awaitable[float | None]]

_SHORTEST_NAP, _LONGEST_NAP = 0.05, 0.2


async def _check(desk: Desk, hold: Hold, proof: Proof) -> float | None:
    del proof
    return check_account(hold, desk.settings)


FILING: dict[State, Step] = {
    State.NEW: _check,
    State.VALIDATED: file_account,
    State.FILING: settle,
    State.IN_DOUBT: settle,
}
"""What the first counter does with an account in each state."""
PAPERS: dict[State, Step] = {
    State.FILED: carry_papers,
    State.IMAGED: write_result,
    State.WRITTEN_BACK: finish,
}
"""What the second counter does."""


class Worker:
    """A worker at its desk.

    Parameters
    ----------
    desk, queue, gates, evidence
        With what; the queue, the gates and the evidence are shared.
    steps
        What it does: `FILING` or `PAPERS`.
    name
        Under which it holds its leases.
    rng
        By which retries are spread.
    """

    def __init__(
        self,
        desk: Desk,
        queue: WorkQueue,
        gates: Gates,
        evidence: Evidence,
        steps: Mapping[State, Step],
        name: str,
        rng: np.random.Generator,
    ) -> None:
        self._desk, self._queue, self._gates, self._evidence = desk, queue, gates, evidence
        self._settings, self._steps, self._name, self._rng = desk.settings, steps, name, rng
        self._locked_out = 0

    async def run(self, is_over: Callable[[], bool] = lambda: False) -> None:
        """Work until nothing is left that a bot can do, or it is said to be over.

        Raises
        ------
        FailureError
            If the queue cannot be written again and again.
        """
        while not is_over():
            now = self._settings.now()
            try:
                lease = self._claim(now)
            except sqlite3.OperationalError as error:
                await self._wait_for_the_disk(error)
                continue
            if lease is not None:
                await self._work_on(Hold(self._queue, lease, self._settings))
                continue
            next_at = self._queue.next_at(now)
            if next_at is None or self._is_only_for_persons():
                return
            await asyncio.sleep(min(max(next_at - now, _SHORTEST_NAP), _LONGEST_NAP))

    def _claim(self, now: float) -> Lease | None:
        seconds = self._settings.patience.lease_seconds
        lease = self._queue.claim(self._name, now=now, seconds=seconds, states=self._steps.keys())
        self._locked_out = 0
        return lease

    async def _wait_for_the_disk(self, error: sqlite3.OperationalError) -> None:
        """Wait while the queue cannot be written (a full disk), but not for ever."""
        patience = self._settings.patience
        self._locked_out += 1
        if self._locked_out >= patience.most_attempts:
            raise FailureError(f"the queue could not be written {self._locked_out} times in a row: {error}") from None
        wait = retry_after(self._locked_out, self._rng, patience.first_backoff, patience.longest_backoff)
        await asyncio.sleep(wait)

    def _is_only_for_persons(self) -> bool:
        """Return whether all that is left needs a system that only a person can open again."""
        if not self._gates.shut:
            return False
        return all(self._gates.is_shut(item.state) for item in self._queue.items() if item.state in NEEDS)

    async def _work_on(self, hold: Hold) -> None:
        proof = Proof(self._evidence, self._settings, hold.item.filing_id)
        tasks = [asyncio.create_task(self._walk(hold, proof)), asyncio.create_task(hold.keep_beating())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            error = next((error for task in done if (error := task.exception()) is not None), None)
        except asyncio.CancelledError:
            await self._end(tasks)
            self._leave(hold)
            raise
        await self._end(tasks)
        if error is not None:
            await self._judge(hold, proof, error)

    @staticmethod
    async def _end(tasks: "list[asyncio.Task[None]]") -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _leave(self, hold: Hold) -> None:
        """Give an account back because the bot is stopped."""
        with contextlib.suppress(LeaseLostError, sqlite3.OperationalError):
            hold.release()

    async def _walk(self, hold: Hold, proof: Proof) -> None:
        """Walk an account from state to state until it is done, or must wait."""
        while hold.item.state in self._steps:
            state, now = hold.item.state, self._settings.now()
            closed_until = self._gates.closed_until(state, now)
            if closed_until is not None:
                hold.release(closed_until)
                return
            is_again = self._settings.pictures and hold.item.attempts > 0
            tabs = self._desk.opened(NEEDS[state]) if is_again else []
            async with asyncio.timeout(self._settings.patience.step_seconds), proof.traced(tabs):
                pause = await self._steps[state](self._desk, hold, proof)
            self._gates.went_well(state)
            for healed in self._desk.healed():
                proof.said("a control was found otherwise than by its label", **_told(healed))
            if pause is not None:
                hold.release(pause)
                return
        proof.close()
        if hold.item.state is not State.DONE:
            hold.release()

    async def _judge(self, hold: Hold, proof: Proof, error: BaseException) -> None:
        """Do with an account what an error asks for."""
        verdict, state, now = verdict_of(error), hold.item.state, self._settings.now()
        if state in NEEDS:
            self._blame(error, verdict, state, now)
        await self._desk.forget()
        if isinstance(error, TimeoutError | SessionExpiredError) or verdict.asks is Asks.PERSON:
            await self._desk.drop(self._desk.last)
        try:
            self._write(hold, verdict)
            if verdict.asks is not Asks.NOTHING:
                proof.said(verdict.asks.value, state=state.value, reason=verdict.reason)
            if hold.item.state in (State.REFUSED, State.WAITING):
                proof.close()
        except (LeaseLostError, EvidenceError, sqlite3.OperationalError):
            return  # the lease ends by itself, and the account is as it was

    def _blame(self, error: BaseException, verdict: Verdict, state: State, now: float) -> None:
        if isinstance(error, HandOverError):
            self._gates.hand_over(self._desk.last, verdict.reason, now)
        elif verdict.is_systems:
            self._gates.failed(self._desk.last, now, state)
        else:
            self._gates.went_well(state)

    def _write(self, hold: Hold, verdict: Verdict) -> None:
        if verdict.asks is Asks.NOTHING:
            return
        legal, attempts = LEGAL[hold.item.state], hold.item.attempts + 1
        patience = self._settings.patience
        if verdict.asks is Asks.REFUSED and State.REFUSED in legal:
            hold.advance(State.REFUSED, verdict.reason)
        elif verdict.asks is not Asks.AGAIN:
            hold.advance(State.WAITING, verdict.reason)
        elif attempts >= patience.most_attempts:
            hold.advance(State.WAITING, f"it failed {attempts} times in a row, the last time because {verdict.reason}")
        else:
            wait = retry_after(attempts, self._rng, patience.first_backoff, patience.longest_backoff)
            if verdict.is_unsure and hold.item.state is State.FILED:
                wait = max(wait, patience.settle_seconds)  # what comes late would take the place of the next try
            hold.release(self._settings.now() + wait, verdict.reason)


def _told(healed: object) -> dict[str, str]:
    return {name: str(getattr(healed, name)) for name in ("field", "asked", "took", "found_by", "score")}
