"""Deadlines: working days with make-up days, cut-offs, warnings, lateness, and two clocks."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpa.deadlines import (
    Policy,
    WorkingDays,
    check_clock,
    dangers,
    deadline_of,
    default_policy,
    lateness,
    read_policy,
    working_days,
)
from rpa.deadlines.lateness import Finished
from rpa.deadlines.rules import CHINA
from rpa.deadlines.warning import Waiting
from rpa.errors import CalendarError, PolicyError, SafetyError

DAYS = WorkingDays()


def at(day: str, clock: str = "10:00") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), CHINA)


# which days are worked


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2020-01-01", False),
        ("2020-01-19", True),  # a Sunday, worked for the Spring Festival
        ("2020-06-28", True),  # a Sunday, worked for the Dragon Boat Festival
        ("2020-10-08", False),
        ("2020-10-10", True),
        ("2025-10-08", False),
        ("2025-09-28", True),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-10-10", True),
        ("2026-07-04", False),
        ("2026-07-06", True),
    ],
)
def test_holidays_and_make_up_days_are_those_that_were_published(day: str, worked: bool) -> None:
    assert DAYS.is_worked(date.fromisoformat(day)) is worked


def test_a_year_that_nobody_has_published_is_refused_even_on_an_ordinary_wednesday() -> None:
    with pytest.raises(CalendarError, match="2199 are not known"):
        DAYS.is_worked(date(2199, 3, 6))


def test_a_deadline_that_reaches_into_an_unknown_year_is_refused() -> None:
    last = max(year for year in range(2020, 2100) if known(year))
    with pytest.raises(CalendarError, match=f"{last + 1} are not known"):
        deadline_of("general", at(f"{last}-12-31"), default_policy(), DAYS)


def known(year: int) -> bool:
    try:
        DAYS.is_worked(date(year, 7, 1))
    except CalendarError:
        return False
    return True


def test_a_file_adds_a_year_and_changes_single_days(tmp_path: Path) -> None:
    path = tmp_path / "days.toml"
    path.write_text("worked = [2199-03-09]\nclosed = [2199-03-04, 2026-07-06]\nyears = [2199]\n")
    days = working_days(path)
    assert [days.is_worked(date(2199, 3, day)) for day in (4, 5, 8, 9, 10)] == [False, True, True, True, False]
    assert not days.is_worked(date(2026, 7, 6))
    assert days.is_worked(date(2026, 7, 7))


WRONG_FILES = {
    "not TOML": ("worked = ", "cannot be read"),
    "an unknown field": ("holidays = []", "'holidays'"),
    "a day as text": ('worked = ["2026-01-01"]', "list of days"),
    "a time": ("worked = [2026-01-01T10:00:00]", "list of days"),
    "one day": ("closed = 2026-01-01", "list of days"),
    "both of one day": ("worked = [2026-01-01]\nclosed = [2026-01-01]", "both"),
    "a year as text": ('years = ["2027"]', "list of years"),
    "a year far away": ("years = [20277]", "list of years"),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_a_calendar_that_says_anything_else_is_refused(tmp_path: Path, name: str) -> None:
    text, said = WRONG_FILES[name]
    (tmp_path / "days.toml").write_text(text)
    with pytest.raises(CalendarError, match=said):
        working_days(tmp_path / "days.toml")


def test_a_calendar_without_a_worked_day_does_not_loop_for_ever() -> None:
    closed = {date(2026, 1, 1) + timedelta(ahead): False for ahead in range(365)}
    with pytest.raises(CalendarError, match="must be wrong"):
        WorkingDays(closed).on_or_after(date(2026, 3, 1))


# by when


@pytest.mark.parametrize(
    ("kind", "opened", "due"),
    [
        ("basic", at("2026-07-01"), "2026-07-01T17:30"),
        ("basic", at("2026-07-01", "17:00"), "2026-07-01T17:30"),  # at the cut-off is in time
        ("basic", at("2026-07-01", "17:00:01"), "2026-07-02T17:30"),
        ("basic", at("2026-07-04"), "2026-07-06T17:30"),  # a Saturday
        ("basic", at("2026-10-10"), "2026-10-10T17:30"),  # a Saturday that is worked
        ("general", at("2026-07-01"), "2026-07-02T17:30"),
        ("general", at("2026-07-03"), "2026-07-06T17:30"),  # over a weekend
        ("general", at("2026-07-03", "18:00"), "2026-07-07T17:30"),  # counts as Monday's
        ("general", at("2026-09-30"), "2026-10-08T17:30"),  # over the October holidays
        ("general", at("2026-10-09"), "2026-10-10T17:30"),
    ],
)
def test_an_account_is_due_by_its_kind_the_cut_off_and_the_calendar(kind: str, opened: datetime, due: str) -> None:
    found = deadline_of(kind, opened, default_policy(), DAYS)
    assert found.due.isoformat().removesuffix(":00+08:00") == due


def test_a_moment_is_taken_in_chinas_time_wherever_it_was_written() -> None:
    abroad = at("2026-07-01", "16:00").astimezone(tz=None)
    assert deadline_of("basic", abroad, default_policy(), DAYS).due == at("2026-07-01", "17:30")


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 30)),
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 30)),
)
def test_who_opens_later_is_never_due_earlier_and_everybody_is_due_on_a_worked_day(
    one: datetime, two: datetime
) -> None:
    early, late = sorted((one.replace(tzinfo=CHINA), two.replace(tzinfo=CHINA)))
    policy = default_policy()
    for kind in policy.rules:
        first, second = (deadline_of(kind, opened, policy, DAYS) for opened in (early, late))
        assert first.due <= second.due
        assert first.due >= early
        assert DAYS.is_worked(first.due.date())
    basic, general = (deadline_of(kind, early, policy, DAYS) for kind in ("basic", "general"))
    assert basic.due < general.due
    assert basic.rank < general.rank


@pytest.mark.parametrize(("kind", "opened"), [("special", at("2026-07-01")), ("basic", datetime(2026, 7, 1, 10))])
def test_an_unknown_kind_and_a_moment_without_zone_are_refused(kind: str, opened: datetime) -> None:
    with pytest.raises(PolicyError):
        deadline_of(kind, opened, default_policy(), DAYS)


GOOD = (
    "cut_off = 17:00:00\ncloses = 17:30:00\nwarn_seconds = 60\nmost_skew_seconds = 9\n"
    "[accounts.basic]\nworking_days = 0\nrank = 0\n"
)
WRONG_POLICIES = {
    "not TOML": (GOOD + "[", "not TOML"),
    "a field is missing": (GOOD.replace("warn_seconds = 60\n", ""), "lacks warn_seconds"),
    "a field too many": ("speed = 1\n" + GOOD, "unknown field speed"),
    "a time as text": (GOOD.replace("17:00:00", '"17:00"'), "a time such as"),
    "seconds below zero": (GOOD.replace("60", "-60"), "0 or more seconds"),
    "seconds as a fraction": (GOOD.replace("= 9", "= 9.5"), "0 or more seconds"),
    "a cut-off after the close": (GOOD.replace("17:00:00", "18:00:00"), "after closes"),
    "an unknown kind of account": (GOOD.replace("basic", "secret"), "'secret'"),
    "too many days": (GOOD.replace("working_days = 0", "working_days = 31"), "from 0 to 30"),
    "a rule without rank": (GOOD.replace("rank = 0\n", ""), "working_days and rank"),
}


@pytest.mark.parametrize("name", WRONG_POLICIES)
def test_a_policy_that_says_anything_else_is_refused(tmp_path: Path, name: str) -> None:
    text, said = WRONG_POLICIES[name]
    (tmp_path / "policy.toml").write_text(text)
    with pytest.raises(PolicyError, match=said):
        read_policy(tmp_path / "policy.toml")


def test_a_policy_of_ones_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(GOOD)
    assert isinstance(read_policy(tmp_path / "policy.toml"), Policy)


# warnings and lateness


def test_an_account_is_in_danger_when_the_queue_before_it_is_too_long() -> None:
    now, due = at("2026-07-01", "14:00"), at("2026-07-01", "17:30")
    waiting = [Waiting(f"L{place}", due) for place in range(10)]
    alone = dangers(waiting, now, 1_500.0, 1, 600)
    assert [one.filing_id for one in alone] == ["L8", "L9"]
    assert dangers(waiting, now, 1_500.0, 2, 600) == []


def test_an_account_that_still_waits_shortly_before_its_deadline_is_in_danger() -> None:
    due = at("2026-07-01", "17:30")
    assert dangers([Waiting("L", due)], due - timedelta(seconds=601), 1.0, 1, 600) == []
    found = dangers([Waiting("L", due)], due - timedelta(seconds=600), 1.0, 1, 600)
    assert found[0].reason == "10 min are left, and it still waits"


def test_what_is_late_is_told_with_its_reason_and_what_is_in_time_is_not() -> None:
    due, came = at("2026-07-01", "17:30"), at("2026-07-01", "09:00")
    hour = timedelta(hours=1)
    accounts = [
        Finished("in time", due, came, due),
        Finished("slow", due, came, due + hour, ("the system was closed", "the system was closed", "a person decided")),
        Finished("came late", due, due + hour, due + hour),
        Finished("open", due, came, None),
    ]
    found = {one.filing_id: one.reason for one in lateness(accounts, due + hour)}
    assert found == {
        "slow": "the system was closed; a person decided",
        "came late": "it came 60 min after its deadline",
        "open": "it is not filed yet",
    }
    assert lateness(accounts[3:], due) == []


# two clocks


@pytest.mark.parametrize("seconds", [-120, -1, 0, 119, 120])
def test_clocks_that_are_near_each_other_will_do(seconds: int) -> None:
    now = datetime(2026, 7, 1, 8, tzinfo=CHINA)
    assert check_clock("Wed, 01 Jul 2026 00:00:00 GMT", now + timedelta(seconds=seconds), 120) == seconds


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Wed, 01 Jul 2026 00:02:01 GMT", "121 s behind"),
        ("Tue, 30 Jun 2026 23:57:00 GMT", "180 s ahead of"),
        ("yesterday", "as HTTP writes it"),
        ("", "as HTTP writes it"),
        ("Wed, 01 Jul 2026 00:00:00 -0000", "no time zone"),
    ],
)
def test_a_clock_that_is_far_away_or_unreadable_stops_the_bot(header: str, said: str) -> None:
    with pytest.raises(SafetyError, match=said):
        check_clock(header, datetime(2026, 7, 1, 8, tzinfo=CHINA), 120)
