"""Holding an account: a lease that is kept alive while a bot works on it, and through which all steps are written.

When another bot has taken the account over, whatever is still being done here ends at once.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from rpa.bot.settings import Settings
from rpa.filing import Filing, from_record
from rpa.queue import Item, Lease, State, WorkQueue

__all__ = ["BESIDE", "Hold"]

_BEATS_PER_LEASE = 4
BESIDE = ("opened_at", "shown", "trouble")
"""What a record in the queue holds beside the fields of a filing: the moment of opening, what the platform's pending
list showed of the account, and why its deadline could not be counted."""


class Hold:
    """An account in hand.

    Parameters
    ----------
    queue, lease
        From which, and the right to work on it.
    settings
        Of the bot.
    """

    def __init__(self, queue: WorkQueue, lease: Lease, settings: Settings) -> None:
        self._queue, self._lease, self._settings = queue, lease, settings

    @property
    def item(self) -> Item:
        """The account as it is known to be."""
        return self._lease.item

    @property
    def filing(self) -> Filing:
        """What is to be filed: the record, with what the registry completed."""
        record = {name: value for name, value in self.item.record.items() if name not in BESIDE}
        return from_record(record | dict(self.item.facts.get("completed", {})))

    def now(self) -> float:
        """Return the time, Unix seconds."""
        return self._settings.now()

    def all_accounts(self) -> list[Item]:
        """Return all accounts of the queue, this one among them."""
        return self._queue.items()

    def beat(self) -> None:
        """Make the lease longer.

        Raises
        ------
        LeaseLostError
            If another bot has the account.
        """
        seconds = self._settings.patience.lease_seconds
        self._lease = self._queue.heartbeat(self._lease, now=self._settings.now(), seconds=seconds)

    async def keep_beating(self) -> None:
        """Make the lease longer again and again, until another bot has the account.

        Raises
        ------
        LeaseLostError
            Then.
        """
        while True:
            await asyncio.sleep(self._settings.patience.lease_seconds / _BEATS_PER_LEASE)
            self.beat()

    def advance(self, state: State, reason: str = "", facts: Mapping[str, Any] | None = None) -> None:
        """Go one step further; it is on disk then.

        Raises
        ------
        LeaseLostError
            If another bot has the account.
        """
        now = self._settings.now()
        self._lease = self._queue.advance(self._lease, state, now=now, reason=reason, facts=facts)
        self._settings.watch(self.item.filing_id, state.value)

    def reschedule(self, due: float, rank: int) -> None:
        """Set by when the account must be filed, and its rank among those due at that time.

        Raises
        ------
        LeaseLostError
            If another bot has the account.
        """
        self._lease = self._queue.reschedule(self._lease, due=due, rank=rank)

    def release(self, not_before: float = 0.0, reason: str = "") -> None:
        """Give the account back: for later, or because of a failure."""
        self._queue.release(self._lease, now=self._settings.now(), not_before=not_before, reason=reason)

    def since(self, state: State) -> float:
        """Return when the account came into a state, for the last time; now, if it never did."""
        steps = self._queue.steps(self.item.filing_id)
        came = [step.at for step in steps if step.after == state and step.before != state]
        return came[-1] if came else self._settings.now()

    def was_corrected(self) -> bool:
        """Return whether a person has given other data."""
        steps = self._queue.steps(self.item.filing_id)
        return any(step.after == State.NEW and step.before in (State.WAITING, State.REFUSED) for step in steps)

    def was_filed_here(self) -> bool:
        """Return whether this bot has filed the account, not longer ago than a lease is long."""
        filed = [step for step in self._queue.steps(self.item.filing_id) if step.after == State.FILED]
        if not filed or self._settings.now() - filed[-1].at > self._settings.patience.lease_seconds:
            return False
        return filed[-1].who.startswith(f"{self._settings.name}-")

    def times_in(self, state: State) -> int:
        """Return how often the account came into a state since it was last taken in or handed back by a person."""
        count = 0
        for step in self._queue.steps(self.item.filing_id):
            if step.before in (State.WAITING, State.REFUSED):
                count = 0
            count += step.after == state and step.before != state
        return count
