"""Working days of China, with holidays (节假日) and make-up days (调休上班); years that are not known are refused.

Every November the State Council says which days of the next year are holidays, and which Saturdays and Sundays are
worked for them. `chinesecalendar` knows the years that have been published when it was released, and says so of the
others; calendars that guess are silently wrong. A file of one's own may add a year before the library knows it, or a
local closing day.

References
----------
国务院办公厅关于部分节假日安排的通知, each year's.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rpa.errors import CalendarError, MissingExtraError

__all__ = ["WorkingDays", "working_days"]

_FURTHEST = 40
"""No closing is longer than this: beyond it, the calendar must be wrong."""


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked.

    Parameters
    ----------
    said
        Days of which somebody said whether they are worked; this goes before all else.
    years
        Years that `said` describes in full: all other days of them are worked from Monday to Friday.

    Examples
    --------
    >>> days = WorkingDays()
    >>> days.is_worked(date(2026, 10, 1)), days.is_worked(date(2026, 10, 10))
    (False, True)
    >>> days.on_or_after(date(2026, 10, 1)).isoformat()
    '2026-10-08'
    """

    said: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def is_worked(self, day: date) -> bool:
        """Return whether a day is worked.

        Raises
        ------
        CalendarError
            If nobody has said so of that year.
        """
        if day in self.said:
            return self.said[day]
        if day.year in self.years:
            return day.weekday() < 5
        return _published(day)

    def on_or_after(self, day: date) -> date:
        """Return the first worked day from a day on, that day included.

        Raises
        ------
        CalendarError
            If a year on the way is not known, or there is none for weeks.
        """
        for ahead in range(_FURTHEST):
            if self.is_worked(day + timedelta(ahead)):
                return day + timedelta(ahead)
        raise CalendarError(f"no day within {_FURTHEST} days of {day} is worked: the calendar must be wrong")

    def after(self, day: date, count: int) -> date:
        """Return the worked day that comes `count` worked days after a day.

        Raises
        ------
        CalendarError
            As `on_or_after`.
        """
        for _ in range(count):
            day = self.on_or_after(day + timedelta(1))
        return day


def working_days(path: Path | None = None) -> WorkingDays:
    """Return the published calendar, with what a file adds to it.

    Parameters
    ----------
    path
        A TOML file with lists of days `worked` (make-up days) and `closed`, and of `years` that it describes in full.

    Raises
    ------
    CalendarError
        If the file holds anything else, or says both of one day.

    Examples
    --------
    >>> working_days().is_worked(date(2020, 6, 28))
    True
    """
    if path is None:
        return WorkingDays()
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CalendarError(f"the calendar {path} cannot be read: {error}") from None
    if unknown := sorted(set(given) - {"worked", "closed", "years"}):
        raise CalendarError(f"the calendar {path} has {unknown[0]!r}; it may have worked, closed and years")
    worked, closed = (_days(given.get(name, []), name, path) for name in ("worked", "closed"))
    if both := sorted(worked & closed):
        raise CalendarError(f"the calendar {path} says of {both[0]} both that it is worked and that it is closed")
    years = given.get("years", [])
    if type(years) is not list or not all(type(year) is int and 1990 <= year <= 2200 for year in years):
        raise CalendarError(f"years of the calendar {path} must be a list of years, such as [2027]")
    return WorkingDays(dict.fromkeys(worked, True) | dict.fromkeys(closed, False), frozenset(years))


def _days(given: Any, name: str, path: Path) -> set[date]:
    if type(given) is not list or not all(type(day) is date for day in given):
        raise CalendarError(f"{name} of the calendar {path} must be a list of days, such as [2027-01-01]")
    return set(given)


def _published(day: date) -> bool:
    try:
        import chinese_calendar
    except ModuleNotFoundError:
        raise MissingExtraError("the calendar of working days needs chinesecalendar: pip install -e '.[rpa]'") from None
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        raise CalendarError(
            f"the working days of {day.year} are not known: update chinesecalendar, or name the year in a calendar file"
        ) from None
