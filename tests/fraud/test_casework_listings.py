"""Entries of the lists: proposed from a case, approved by a second person, and told to an engine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from fraud.casework import Listing, State, WorkList, suggested
from fraud.casework.teaching import Taught, teach
from fraud.engine.lists import ListEntry
from fraud.engine.snooze import Snooze
from fraud.errors import (
    CaseInputError,
    CaseUnknownError,
    FourEyesError,
    ListRefusedError,
)
from tests.fraud.care_sample import costs
from tests.fraud.casework_sample import ALERT, taken


@pytest.fixture
def desk() -> Iterator[WorkList]:
    opened = WorkList(":memory:", costs())
    yield opened
    opened.close()


def proposed(desk: WorkList, listing: Listing) -> int:
    case = taken(desk)
    desk.dispose(case.case_id, "Li", State.CONFIRMED_FRAUD, "stolen", case.version, now=200, listings=[listing])
    return desk.listings()[0].number


def test_a_black_entry_acts_only_after_a_second_person(desk: WorkList) -> None:
    number = proposed(desk, Listing("black", "payee", "6217", "mule"))
    with pytest.raises(FourEyesError, match="somebody else must check"):
        desk.check(number, " li ", approve=True, note="sure", now=300)
    entry = desk.check(number, "Chen", approve=True, note="seen the papers", now=300)
    assert isinstance(entry, ListEntry)
    assert (entry.colour, entry.value, entry.who, entry.since) == (
        "black",
        "6217",
        "Li, checked by Chen",
        datetime(1970, 1, 1, 0, 5),
    )
    assert desk.listings() == []
    assert "approved: seen the papers" in desk.history(1)[-1].reason
    with pytest.raises(CaseUnknownError, match="waits to be checked"):
        desk.check(number, "Chen", approve=True, note="again", now=400)


def test_what_a_checker_refuses_acts_nowhere(desk: WorkList) -> None:
    number = proposed(desk, Listing("snooze", "customer", "C1", "wedding", until=20 * 86_400))
    assert desk.check(number, "Chen", approve=False, note="not now", now=300) is None
    assert [listing.verdict for listing in desk.listings("refused")] == ["refused"]


def test_an_approved_snooze_is_one_for_the_engine(desk: WorkList) -> None:
    number = proposed(desk, Listing("snooze", "customer", "C1", "wedding", until=20 * 86_400))
    assert isinstance(desk.check(number, "Chen", approve=True, note="fine", now=300), Snooze)


class Pupil:
    """Keeps what it is told; like the engine, it refuses an entry that it has."""

    def __init__(self) -> None:
        self.labels: list[tuple[str, bool, datetime]] = []
        self.entries: list[ListEntry | Snooze] = []

    def confirm(self, event_id: str, is_fraud: bool, at: datetime) -> None:
        self.labels.append((event_id, is_fraud, at))

    def put(self, entry: ListEntry) -> None:
        if entry in self.entries:
            raise ListRefusedError("it is there already")
        self.entries.append(entry)

    def snooze(self, snooze: Snooze) -> None:
        self.entries.append(snooze)


def test_an_engine_is_told_what_was_said_and_approved_and_only_what_is_new(desk: WorkList) -> None:
    number = proposed(desk, Listing("black", "payee", "6217", "mule"))
    pupil = Pupil()
    assert teach(pupil, desk) == Taught(200, 0)
    entry = desk.check(number, "Chen", approve=True, note="seen", now=300)
    point = teach(pupil, desk)
    assert pupil.entries == [entry]
    assert pupil.labels[0] == ("T1", True, datetime(1970, 1, 1, 0, 3, 20))
    assert teach(pupil, desk) == point, "who has forgotten the point may be told all again"
    told = len(pupil.labels)
    assert teach(pupil, desk, *point[:2]) == point
    assert (pupil.entries, len(pupil.labels)) == ([entry], told + 1), "the last second is told again, no more"


@pytest.mark.parametrize(
    "listing",
    [
        Listing("black", "shoe", "6217", "mule"),
        Listing("black", "payee", "", "mule"),
        Listing("white", "customer", "C1", "good"),
        Listing("snooze", "customer", "C1", "good", until=400 * 86_400),
    ],
)
def test_an_entry_that_the_lists_would_not_take_is_refused_at_once(desk: WorkList, listing: Listing) -> None:
    case = taken(desk)
    with pytest.raises(CaseInputError, match="proposed"):
        desk.dispose(case.case_id, "Li", State.CONFIRMED_FRAUD, "x", case.version, now=200, listings=[listing])
    assert desk.case(case.case_id) == case


def test_no_victim_is_suggested_for_the_black_list() -> None:
    own = {"customer": "C1", "card": "K1", "account": "A1", "phone": "P1", "device": "D1"}
    transfer = replace(ALERT, entities=own | {"payee": "6217"})
    purchase = replace(ALERT, entities=own | {"payee": "shop", "merchant": "M1", "terminal": "T1"})
    assert [one.value for one in suggested(State.CONFIRMED_FRAUD, [transfer], 0)] == ["6217"]
    assert suggested(State.CONFIRMED_FRAUD, [purchase], 0) == []
    farm = [replace(ALERT, customer_id=name, entities={"device": "D9", "phone": name}) for name in ("C1", "C2")]
    assert [(one.entity, one.value) for one in suggested(State.CONFIRMED_FRAUD, farm, 0)] == [("device", "D9")]
