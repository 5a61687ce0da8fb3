"""The work list: no case is taken twice, no bad step is taken, nothing acknowledged is lost, labels have their time."""

import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from fraud.casework import LEGAL, State, WorkList, alert_of
from fraud.casework.priority import urgency
from fraud.casework.states import check_transition
from fraud.errors import (
    CaseInputError,
    CaseTakenError,
    CaseTransitionError,
    CaseUnknownError,
)
from tests.fraud.care_sample import costs
from tests.fraud.casework_sample import ALERT, taken

HOUR = 3_600


@pytest.fixture
def desk() -> Iterator[WorkList]:
    opened = WorkList(":memory:", costs())
    yield opened
    opened.close()


def test_alerts_of_a_customer_or_a_ring_become_one_case(desk: WorkList) -> None:
    first = desk.add(ALERT)
    assert desk.add(replace(ALERT, event_id="T2")).case_id == first.case_id
    ring = desk.add(replace(ALERT, event_id="T3", customer_id="C2", ring_id="R1"))
    assert desk.add(replace(ALERT, event_id="T4", customer_id="C3", ring_id="R1")).case_id == ring.case_id
    assert [(case.about, case.alerts) for case in desk.cases()] == [(("customer", "C1"), 2), (("ring", "R1"), 2)]


def test_an_alert_that_comes_twice_changes_nothing(desk: WorkList) -> None:
    once = desk.add(ALERT)
    assert desk.add(ALERT) == once


def test_after_a_closed_case_a_new_one_follows_it(desk: WorkList) -> None:
    case = taken(desk)
    desk.dispose(case.case_id, "Li", State.FALSE_ALARM, "travels", case.version, now=200)
    again = desk.add(replace(ALERT, event_id="T2"))
    assert (again.case_id, again.follows, again.state) == (2, 1, State.NEW)


def test_the_most_urgent_case_comes_first(desk: WorkList) -> None:
    calm = desk.add(replace(ALERT, event_id="calm", customer_id="A", action=0, amount_fen=200_000))
    held = desk.add(replace(ALERT, event_id="held", customer_id="B", action=2, amount_fen=900_000))
    small = desk.add(replace(ALERT, event_id="small", customer_id="C", action=0, amount_fen=1_000))
    now = HOUR
    assert [case.case_id for case in desk.queue(now)] == [held.case_id, calm.case_id, small.case_id]
    assert urgency(held, held.due_at + 9 * HOUR) == held.loss_fen / 0.25, "past the deadline it stays at the top"
    assert desk.take_next("Li", now) == desk.case(held.case_id)


def test_of_two_analysts_one_gets_the_case(desk: WorkList) -> None:
    case = desk.add(ALERT)
    desk.take(case.case_id, "Li", case.version, now=1)
    with pytest.raises(CaseTakenError, match="it is assigned, with Li; read it again"):
        desk.take(case.case_id, "Wang", case.version, now=1)
    assert desk.take_next("Wang", now=2) is None


def test_many_analysts_at_once_share_the_cases_out(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    desk = WorkList(path, costs())
    for number in range(12):
        desk.add(replace(ALERT, event_id=f"T{number}", customer_id=f"C{number}"))
    got: list[int] = []

    def work(who: str) -> None:
        mine = WorkList(path, costs())
        while (case := mine.take_next(who, now=100)) is not None:
            got.append(case.case_id)
        mine.close()

    threads = [threading.Thread(target=work, args=(who,)) for who in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(1, 13))


def test_a_case_to_which_an_alert_has_come_is_not_closed_unread(desk: WorkList) -> None:
    case = taken(desk)
    desk.add(replace(ALERT, event_id="T2"))
    with pytest.raises(CaseTakenError, match="read it again"):
        desk.dispose(case.case_id, "Li", State.FALSE_ALARM, "travels", case.version, now=200)


def test_nobody_works_on_the_case_of_another(desk: WorkList) -> None:
    case = taken(desk)
    for step in (desk.wait, desk.release):
        with pytest.raises(CaseTakenError, match="Li's, not Wang's"):
            step(case.case_id, "Wang", "why not", case.version, now=200)
    with pytest.raises(CaseTakenError, match="Li's, not Wang's"):
        desk.dispose(case.case_id, "Wang", State.FALSE_ALARM, "why not", case.version, now=200)
    handed = desk.hand_over(case.case_id, "Li", "Wang", "holiday", case.version, now=200)
    assert desk.wait(case.case_id, "Wang", "calls back", handed.version, now=300).analyst == "Wang"


ILLEGAL = [(a, b) for a, b in itertools.product(State, State) if b not in LEGAL[a]]


@pytest.mark.parametrize(("before", "after"), ILLEGAL, ids=[f"{a}-{b}" for a, b in ILLEGAL])
def test_a_step_that_no_case_may_take_is_refused_by_name(before: State, after: State) -> None:
    with pytest.raises(CaseTransitionError, match=f"{before} cannot become {after}; it can become"):
        check_transition(before, after)


def test_each_method_refuses_the_states_it_is_not_for(desk: WorkList) -> None:
    case = desk.add(ALERT)
    with pytest.raises(CaseTransitionError, match="new cannot become waiting"):
        desk.wait(case.case_id, "Li", "why", case.version, now=1)
    with pytest.raises(CaseTransitionError, match="new cannot become false_alarm"):
        desk.dispose(case.case_id, "Li", State.FALSE_ALARM, "why", case.version, now=1)
    with pytest.raises(CaseTransitionError, match="only a closed one"):
        desk.reopen(case.case_id, "Li", "why", case.version, now=1)
    with pytest.raises(CaseTransitionError, match="only an assigned one"):
        desk.hand_over(case.case_id, "Li", "Wang", "why", case.version, now=1)
    case = desk.take(case.case_id, "Li", case.version, now=1)
    with pytest.raises(CaseTransitionError, match="only a new or waiting one"):
        desk.take(case.case_id, "Li", case.version, now=1)
    with pytest.raises(CaseTransitionError, match="not assigned"):
        desk.dispose(case.case_id, "Li", State.ASSIGNED, "why", case.version, now=1)


def test_a_step_needs_a_person_and_a_reason(desk: WorkList) -> None:
    case = taken(desk)
    with pytest.raises(CaseInputError, match="reason is ''"):
        desk.wait(case.case_id, "Li", "", case.version, now=200)
    with pytest.raises(CaseInputError, match="reason is ' '"):
        desk.dispose(case.case_id, "Li", State.FALSE_ALARM, " ", case.version, now=200)
    assert desk.case(case.case_id) == case


def test_a_disposition_labels_the_events_of_the_case_from_then_on(desk: WorkList) -> None:
    desk.add(replace(ALERT, event_id="T0"))
    case = taken(desk)
    desk.dispose(case.case_id, "Li", State.CONFIRMED_FRAUD, "stolen", case.version, now=500, honest=["T0"])
    assert desk.labels(known_by=499) == []
    assert {(label.event_id, label.is_fraud, label.known_at) for label in desk.labels(500)} == {
        ("T0", False, 500),
        ("T1", True, 500),
    }


def test_an_undetermined_case_labels_nothing(desk: WorkList) -> None:
    case = taken(desk)
    desk.dispose(case.case_id, "Li", State.UNDETERMINED, "customer abroad", case.version, now=500)
    assert desk.labels() == []


def test_a_second_look_takes_labels_back_but_not_out_of_the_past(desk: WorkList) -> None:
    case = taken(desk)
    case = desk.dispose(case.case_id, "Li", State.FALSE_ALARM, "travels", case.version, now=500)
    case = desk.reopen(case.case_id, "Wu", "customer called again", case.version, now=700)
    assert desk.labels() == []
    desk.dispose(case.case_id, "Wu", State.CONFIRMED_FRAUD, "stolen after all", case.version, now=900)
    as_known = [[label.is_fraud for label in desk.labels(at)] for at in (499, 500, 699, 700, 899, 900)]
    assert as_known == [[], [False], [False], [], [], [True]]


def test_a_case_is_not_opened_again_beside_a_later_one(desk: WorkList) -> None:
    case = taken(desk)
    case = desk.dispose(case.case_id, "Li", State.FALSE_ALARM, "travels", case.version, now=500)
    desk.add(replace(ALERT, event_id="T2"))
    with pytest.raises(CaseTakenError, match="case 2 of the same customer is open"):
        desk.reopen(case.case_id, "Li", "once more", case.version, now=700)


@pytest.mark.parametrize(
    ("state", "honest"), [("confirmed_fraud", ["T9"]), ("confirmed_fraud", ["T1"]), ("false_alarm", ["T1"])]
)
def test_honest_events_that_make_no_sense_are_refused(desk: WorkList, state: str, honest: list[str]) -> None:
    case = taken(desk)
    with pytest.raises(CaseInputError):
        desk.dispose(case.case_id, "Li", State(state), "why", case.version, now=200, honest=honest)
    assert desk.case(case.case_id) == case


def test_an_alert_of_the_engine_leaves_out_what_is_missing() -> None:
    event = {"customer_id": "C1", "device_id": float("nan"), "payee_id": None, "ip": "10.0.0.1", "card_id": ""}
    decision = SimpleNamespace(
        event_id="T1",
        occurred_at=5,
        amount_fen=700,
        action=1,
        probability=None,
        reasons=[SimpleNamespace(text="a", text_zh="甲")],
    )
    alert = alert_of(event, decision, now=9)
    assert alert.entities == {"customer": "C1", "ip": "10.0.0.1"}
    assert (alert.probability, alert.reasons) == (0.2, (("a", "甲"),))


@pytest.mark.parametrize(
    "wrong", [{"event_id": ""}, {"amount_fen": -1}, {"amount_fen": 1.5}, {"probability": float("nan")}, {"action": 4}]
)
def test_an_alert_that_nobody_could_work_on_is_refused(wrong: dict) -> None:
    with pytest.raises(CaseInputError):
        replace(ALERT, **wrong)


def test_an_event_without_a_customer_makes_no_alert() -> None:
    decision = SimpleNamespace(event_id="T1", occurred_at=5, amount_fen=700, action=1, probability=0.5, reasons=())
    with pytest.raises(CaseInputError, match="customer_id is ''"):
        alert_of({"ip": "10.0.0.1"}, decision, now=9)


def test_an_unknown_case_is_refused(desk: WorkList) -> None:
    with pytest.raises(CaseUnknownError, match="no case 7"):
        desk.case(7)
