"""When a bot runs: at given times of working days, or round after round as a service, until it is told to stop.

A service keeps its browser from round to round. A round that fails is told, and the next one comes all the same.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from rpa.bot.run import Summary, run_once
from rpa.bot.settings import Settings
from rpa.browser import open_browser
from rpa.deadlines import WorkingDays
from rpa.deadlines.rules import CHINA
from rpa.errors import FailureError, PolicyError

__all__ = ["next_run", "run_as_service", "run_on_schedule"]

_FURTHEST_DAYS = 40
_LONGEST_NAP = 1.0


def next_run(times: Sequence[time], now: datetime, days: WorkingDays) -> datetime:
    """Return when the next run is due: the first of some times of a working day that lies ahead.

    Parameters
    ----------
    times
        Of the day, in China's time.
    now
        With its time zone.

    Raises
    ------
    PolicyError
        If there are no times.
    CalendarError
        If it is not known which days are worked.

    Examples
    --------
    >>> friday = datetime(2026, 9, 30, 16, 0, tzinfo=CHINA)  # the holidays of October begin
    >>> next_run([time(9, 30), time(16, 30)], friday, WorkingDays()).isoformat()
    '2026-09-30T16:30:00+08:00'
    >>> next_run([time(9, 30)], friday, WorkingDays()).isoformat()
    '2026-10-08T09:30:00+08:00'
    """
    if not times:
        raise PolicyError("a schedule needs at least one time of the day, such as 09:30")
    local = now.astimezone(CHINA)
    for ahead in range(_FURTHEST_DAYS):
        day = local.date() + timedelta(ahead)
        if not days.is_worked(day):
            continue
        for moment in sorted(times):
            due = datetime.combine(day, moment, CHINA)
            if due > local:
                return due
    raise PolicyError(f"no day within {_FURTHEST_DAYS} days of {local.date()} is worked: the calendar must be wrong")


async def run_on_schedule(
    settings: Settings, times: Sequence[time], is_over: Callable[[], bool], tell: Callable[[Summary], None]
) -> None:
    """Run at given times of working days, until it is over.

    Parameters
    ----------
    is_over
        Whether to stop; asked every second, and before each account.
    tell
        Hears what came of each run.

    Raises
    ------
    CalendarError
        If it is not known which days are worked.
    """
    while not is_over():
        due = next_run(times, settings.clock(), settings.days)
        while not is_over() and settings.clock() < due:
            await asyncio.sleep(min(_LONGEST_NAP, max((due - settings.clock()).total_seconds(), 0.01)))
        if not is_over():
            tell(await run_once(settings, is_over=is_over))


async def run_as_service(
    settings: Settings,
    is_over: Callable[[], bool],
    tell: Callable[[Summary], None],
    pause_seconds: float = 10.0,
) -> None:
    """Run round after round with one browser, until it is over.

    Parameters
    ----------
    is_over, tell
        As for `run_on_schedule`.
    pause_seconds
        Between two rounds.
    """
    while not is_over():
        try:
            async with open_browser(settings.browser, headed=settings.headed) as browser:
                while not is_over() and browser.is_connected():
                    tell(await run_once(settings, reconcile=False, list_tries=1, is_over=is_over, browser=browser))
                    until = settings.now() + pause_seconds
                    while not is_over() and settings.now() < until:
                        await asyncio.sleep(min(_LONGEST_NAP, pause_seconds))
        except FailureError:
            await asyncio.sleep(_LONGEST_NAP)
