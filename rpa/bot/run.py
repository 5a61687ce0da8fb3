"""A run: intake, workers side by side until nothing is left that a bot can do, refusals written back, reconciliation.

What comes of it is a summary: what was done, what waits for a person and why, what is late or in danger, and what
somebody must look at. A run that is repeated goes on where the last one stopped.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from rpa.bot.closing import reconciled, refusals_written
from rpa.bot.desk import Desk, Engine
from rpa.bot.gates import Gates
from rpa.bot.intake import Intake, take_in
from rpa.bot.lists_taken import ListsTaken
from rpa.bot.settings import Settings
from rpa.bot.worker import Worker
from rpa.deadlines import Late, lateness
from rpa.deadlines.lateness import Finished
from rpa.deadlines.rules import CHINA
from rpa.errors import RpaError
from rpa.evidence import Evidence, Masking
from rpa.queue import FOR_A_PERSON, State, WorkQueue
from rpa.reconciliation import Reconciliation

if TYPE_CHECKING:
    from playwright.async_api import Browser

__all__ = ["Summary", "late_accounts", "run_once"]


@dataclass(frozen=True)
class Summary:
    """What came of a run.

    Parameters
    ----------
    counts
        How many accounts are in each state.
    intake
        What came of asking for lists.
    for_persons
        Reason of each account that was refused or waits, by number.
    late
        What is late, and why.
    alarms
        What somebody must look at.
    reconciliation
        Source, filed, images, written back; None if it was not asked for or could not be made.
    browser_starts, gates_closed
        How often a browser was started, and each system left alone after failures.
    seconds
        How long the run took.
    """

    counts: dict[State, int]
    intake: Intake
    for_persons: dict[str, str] = field(default_factory=dict)
    late: tuple[Late, ...] = ()
    alarms: tuple[str, ...] = ()
    reconciliation: Reconciliation | None = None
    browser_starts: int = 0
    gates_closed: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


async def run_once(
    settings: Settings,
    *,
    reconcile: bool = True,
    is_over: Callable[[], bool] = lambda: False,
    browser: "Browser | None" = None,
) -> Summary:
    """Run once.

    Parameters
    ----------
    settings
        Of the bot; its folder is made if it is not there.
    reconcile
        Whether all four systems are asked about each account at the end.
    is_over
        Asked before each account: whether to stop early.
    browser
        One that runs already; else one is started, and ended afterwards.
    """
    started = settings.now()
    settings.folder.mkdir(parents=True, exist_ok=True)
    queue, taken = WorkQueue(settings.queue_path), ListsTaken(settings.queue_path)
    evidence, gates, engine = _evidence(settings), Gates(settings.patience), Engine(settings, browser)
    desks = [Desk(engine, settings, f"{settings.name}-{place}") for place in range(settings.contexts)]
    try:
        intake = await _taken_in(desks[0], queue, taken)
        workers = [
            Worker(desk, queue, gates, evidence, f"{settings.name}-{place}", settings.rng(f"worker {place}"))
            for place, desk in enumerate(desks)
        ]
        await asyncio.gather(*(worker.run(is_over) for worker in workers))
        alarms = [*intake.alarms, *(f"{name}: {said}" for name, said in gates.said.items())]
        alarms += await refusals_written(desks[0], queue)
        checked, more = await reconciled(desks, queue) if reconcile else (None, [])
        alarms += more
        late = late_accounts(queue, settings.clock())
        for alarm in alarms:
            evidence.log.append("", "alarm", {"said": alarm}, at=settings.clock())
    finally:
        for desk in desks:
            await desk.close()
        await engine.close()
        counts, persons = queue.counts(), _for_persons(queue)
        queue.close()
        taken.close()
    seconds = settings.now() - started
    return Summary(
        counts, intake, persons, tuple(late), tuple(alarms), checked, engine.starts, gates.times_closed, seconds
    )


async def _taken_in(desk: Desk, queue: WorkQueue, taken: ListsTaken) -> Intake:
    """Take in lists; if that fails, what is in the queue already is worked on all the same."""
    try:
        return await take_in(desk, queue, taken)
    except RpaError as error:
        return Intake(alarms=[f"no list was taken: {error}"], is_late=True)


def _evidence(settings: Settings) -> Evidence:
    passwords = [one.password.reveal() for one in settings.credentials.values()]
    return Evidence(settings.evidence_folder, Masking([*passwords, settings.keys.secret]))


def _for_persons(queue: WorkQueue) -> dict[str, str]:
    return {item.filing_id: item.reason for item in queue.items() if item.state in FOR_A_PERSON}


def late_accounts(queue: WorkQueue, now: datetime) -> list[Late]:
    """Return the accounts that were filed late, or are late and not filed, and what held them up."""
    held_up: dict[str, list[str]] = {}
    for step in queue.steps():
        if step.reason and step.after not in (State.FILED, State.IMAGED, State.WRITTEN_BACK, State.DONE):
            held_up.setdefault(step.filing_id, []).append(step.reason)
    finished = [
        Finished(
            item.filing_id,
            datetime.fromtimestamp(item.due, CHINA),
            datetime.fromtimestamp(item.came_at, CHINA),
            None if item.filed_at is None else datetime.fromtimestamp(item.filed_at, CHINA),
            tuple(held_up.get(item.filing_id, ())),
        )
        for item in queue.items()
    ]
    return lateness(finished, now)
