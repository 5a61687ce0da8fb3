"""From a decision of the engine to a case, its disposition, and back into the engine's features, lists and snoozes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from fraud.casework import Listing, State, WorkList, alert_of
from fraud.casework.listing import moment
from fraud.casework.pages import profile_page
from fraud.casework.profile import profile
from fraud.casework.teaching import Taught, teach
from fraud.engine.canonical import seconds
from fraud.engine.deciding import Engine
from fraud.engine.recovery import attach
from tests.fraud.engine_sample import COSTS, START, event
from tests.fraud.engine_sample import engine as made_engine

ENTITIES = {"payee_id": "6217", "device_id": "D1"}
NOON = seconds(START + timedelta(hours=3))


@pytest.fixture
def desk() -> Iterator[WorkList]:
    opened = WorkList(":memory:", COSTS)
    yield opened
    opened.close()


def logged(folder: Path) -> Engine:
    made = made_engine()
    attach(made, folder / "decisions.db")
    return made


def test_a_confirmed_fraud_reaches_the_features_and_the_lists_of_the_engine(desk: WorkList, tmp_path: Path) -> None:
    engine: Engine = logged(tmp_path)
    first = event(1, amount=1_500_000, **ENTITIES)
    decision = engine.decide(first)
    case = desk.add(alert_of(first, decision, now=NOON))
    assert (case.loss_fen > 0, desk.alerts(1)[0].reasons[0]) == (True, ("15,000.00 yuan at once", "一次 15,000.00元"))
    case = desk.take(case.case_id, "Li", case.version, now=NOON)
    mule = Listing("black", "payee", "6217", "mule")
    desk.dispose(case.case_id, "Li", State.CONFIRMED_FRAUD, "stolen", case.version, now=NOON + 60, listings=[mule])
    point = teach(engine, desk)
    assert engine.features.known["C1"][2] == 1, "the features count the fraud"
    other = engine.decide(event(240, amount=500, customer="C2", **ENTITIES))
    assert other.action == 0, "nobody has checked the entry yet"
    desk.check(1, "Chen", approve=True, note="seen", now=NOON + 120)
    teach(engine, desk, *point[:2])
    blocked = engine.decide(event(241, amount=500, customer="C2", **ENTITIES))
    assert (blocked.action, blocked.demanded_by) == (3, "list")
    engine.close()


def test_a_false_alarm_quiets_the_engine_for_that_customer(desk: WorkList, tmp_path: Path) -> None:
    engine: Engine = logged(tmp_path)
    first = event(1, amount=300_000, **ENTITIES)
    decision = engine.decide(first)
    assert decision.action == 2
    case = desk.add(alert_of(first, decision, now=NOON))
    case = desk.take(case.case_id, "Li", case.version, now=NOON)
    quiet = Listing("snooze", "customer", "C1", "buys a house", until=NOON + 86_400)
    desk.dispose(case.case_id, "Li", State.FALSE_ALARM, "buys a house", case.version, now=NOON + 60, listings=[quiet])
    desk.check(1, "Chen", approve=True, note="papers seen", now=NOON + 120)
    teach(engine, desk)
    later = engine.decide(event(240, amount=300_000, **ENTITIES))
    assert (later.action, later.demanded_by) == (0, "snooze")
    engine.close()


def test_a_profile_shows_what_the_engine_decided(desk: WorkList) -> None:
    engine: Engine = made_engine()
    rows = [event(number, amount=500 * 10**number, **ENTITIES) for number in range(1, 4)]
    decisions = [engine.decide(row) for row in rows]
    found = profile("device", "D1", pd.DataFrame(rows), decisions=decisions, until=NOON)
    assert sum(found.decisions) == 3
    assert found.recent[0]["action"] == decisions[-1].action
    assert "step-up" in profile_page(found)
    assert moment(found.last_at) == rows[-1]["occurred_at"]
    engine.close()


def test_an_event_that_the_engine_never_saw_keeps_nothing_else_from_it(desk: WorkList, tmp_path: Path) -> None:
    engine: Engine = logged(tmp_path)
    known = event(2, amount=1_500_000)
    for row in (event(1, amount=1_500_000, customer="C0"), known):
        decision = made_engine().decide(row) if row is not known else engine.decide(row)
        case = desk.add(alert_of(row, decision, now=NOON))
        case = desk.take(case.case_id, "Li", case.version, now=NOON)
        desk.dispose(case.case_id, "Li", State.CONFIRMED_FRAUD, "stolen", case.version, now=NOON + 60)
    assert teach(engine, desk) == Taught(NOON + 60, 0, ("T1",))
    assert engine.features.known["C1"][2] == 1
    engine.close()
