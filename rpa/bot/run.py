"""A run: intake, workers side by side until nothing is left that a bot can do, refusals written back, reconciliation.

What comes of it is a summary: what was done, what waits for a person and why, what is late or in danger, and what
somebody must look at. A run that is repeated goes on where the last one stopped.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rpa.bot.closing import reconciled, refusals_written
from rpa.bot.desk import Desk, Engine
from rpa.bot.gates import Gates
from rpa.bot.intake import Intake, take_in
from rpa.bot.lists_taken import ListsTaken
from rpa.bot.settings import Settings
from rpa.bot.timeliness import accounts_in_danger, late_accounts
from rpa.bot.worker import FILING, PAPERS, Worker
from rpa.deadlines import Danger, Late
from rpa.errors import RpaError
from rpa.evidence import Evidence, Masking
from rpa.queue import FOR_A_PERSON, State, WorkQueue
from rpa.reconciliation import Reconciliation

if TYPE_CHECKING:
    from playwright.async_api import Browser

__all__ = ["Summary", "run_once"]

_LONGEST_NAP = 1.0


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
    late, warnings
        What is late, and why; what was in danger of being late when its turn was counted, told while there was time.
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
    warnings: tuple[Danger, ...] = ()
    alarms: tuple[str, ...] = ()
    reconciliation: Reconciliation | None = None
    browser_starts: int = 0
    gates_closed: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


async def run_once(
    settings: Settings,
    *,
    reconcile: bool = True,
    list_tries: int | None = None,
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
    list_tries
        How often a list that is late is asked for; as the settings say if not given.
    is_over
        Asked before each account: whether to stop early.
    browser
        One that runs already; else one is started, and ended afterwards.
    """
    started = settings.now()
    settings.folder.mkdir(parents=True, exist_ok=True)
    queue, taken = WorkQueue(settings.queue_path), ListsTaken(settings.queue_path)
    evidence, gates, engine = _evidence(settings), Gates(settings.patience), Engine(settings, browser)
    desks, workers = _staff(settings, engine, queue, gates, evidence)
    warnings: dict[str, Danger] = {}

    def warn(one: Danger) -> None:
        if warnings.setdefault(one.filing_id, one) is one:
            evidence.log.append(one.filing_id, "its deadline is in danger", {"said": one.reason}, at=settings.clock())

    try:
        tries = list_tries or settings.patience.list_tries
        intake = await _worked_off(desks[-1], workers, queue, taken, tries, is_over, warn)
        alarms = [*intake.alarms, *([intake.late] if intake.late else [])]
        alarms += [f"{name}: {said}" for name, said in gates.said.items()]
        checked: Reconciliation | None = None
        if not is_over():
            alarms += await refusals_written(desks[-1], queue)
            checked, differences = await reconciled(desks, queue) if reconcile else (None, [])
            alarms += differences
        late = late_accounts(queue, settings.clock())
        for alarm in alarms:
            evidence.log.append("", "alarm", {"said": alarm}, at=settings.clock())
        return Summary(
            queue.counts(),
            intake,
            {item.filing_id: item.reason for item in queue.items() if item.state in FOR_A_PERSON},
            tuple(late),
            tuple(warnings.values()),
            tuple(alarms),
            checked,
            engine.starts,
            gates.times_closed,
            settings.now() - started,
        )
    finally:
        for desk in desks:
            await desk.close()
        await engine.close()
        queue.close()
        taken.close()


def _staff(
    settings: Settings, engine: Engine, queue: WorkQueue, gates: Gates, evidence: Evidence
) -> tuple[list[Desk], list[Worker]]:
    """Return the desks and the workers of both counters; the last desk is one for papers."""
    desks, workers = [], []
    for part, steps in (("", FILING), ("p", PAPERS)):
        for place in range(settings.contexts):
            name = f"{settings.name}-{place}{part}"
            desks.append(Desk(engine, settings, name))
            workers.append(Worker(desks[-1], queue, gates, evidence, steps, name, settings.rng(name)))
    return desks, workers


async def _worked_off(
    desk: Desk,
    workers: Sequence[Worker],
    queue: WorkQueue,
    taken: ListsTaken,
    tries: int,
    is_over: Callable[[], bool],
    warn: Callable[[Danger], None],
) -> Intake:
    """Take in what is offered and work on it, as often as a list is late."""
    found = Intake()
    for attempt in range(tries):
        if attempt:
            await _nap(desk.settings.patience.list_wait_seconds, is_over)
        found = found.joined(await _taken_in(desk, queue, taken))
        warn_seconds, pace = desk.settings.policy.warn_seconds, desk.settings.patience.seconds_each
        for one in accounts_in_danger(queue, desk.settings.clock(), pace, len(workers), warn_seconds):
            warn(one)
        await _together(workers, is_over)
        if not found.is_late or is_over():
            break
    return found


async def _together(workers: Sequence[Worker], is_over: Callable[[], bool]) -> None:
    """Let all workers work; if one cannot go on, none does."""
    tasks = [asyncio.create_task(worker.run(is_over)) for worker in workers]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _nap(seconds: float, is_over: Callable[[], bool]) -> None:
    until = asyncio.get_running_loop().time() + seconds
    while not is_over() and (left := until - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(min(left, _LONGEST_NAP))


async def _taken_in(desk: Desk, queue: WorkQueue, taken: ListsTaken) -> Intake:
    """Take in lists; if that fails, what is in the queue already is worked on all the same."""
    try:
        return await take_in(desk, queue, taken)
    except RpaError as error:
        return Intake(alarms=[f"no list was taken: {error}"])


def _evidence(settings: Settings) -> Evidence:
    passwords = [one.password.reveal() for one in settings.credentials.values()]
    return Evidence(settings.evidence_folder, Masking([*passwords, settings.keys.secret]))
