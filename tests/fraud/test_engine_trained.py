"""The engine with its real parts: trained from the province, opened, killed, restored and replayed."""

import os
from datetime import timedelta
from functools import partial

import numpy as np
import pandas as pd
import pytest

from datasets import transactions, truth
from fraud.engine.deciding import Engine
from fraud.engine.folder import open_setting
from fraud.engine.log import DecisionLog
from fraud.engine.recovery import attach, checkpoint
from fraud.engine.replay import Library, replay
from fraud.engine.training import train
from fraud.errors import TooFewRowsError
from fraud.rules import first_rulebook
from fraud.schema import LABEL
from fraud.scorers import GradientBoosting
from fraud.scorers.additive import taken_apart
from tests.fraud.killing import killed_after
from tests.fraud.test_engine_log import records

COLUMNS = (*transactions.COLUMNS, LABEL)


def as_events(frame):
    plain = frame.drop(columns=LABEL).astype(object).where(frame.drop(columns=LABEL).notna(), None)
    return [
        row | {"occurred_at": row["occurred_at"].to_pydatetime(), "transaction_id": f"T{row['transaction_id']}"}
        for row in plain.to_dict("records")
    ]


@pytest.fixture(scope="module")
def province():
    parts = [
        transactions.frame_of(part).assign(**{LABEL: truth.labels_of(part)})
        for part in transactions.stream(3_000, 5, 0.05)
    ]
    frame = pd.concat(parts, ignore_index=True)
    return frame[:2_400], frame[2_400:]


@pytest.fixture(scope="module")
def trained(province, tmp_path_factory):
    past, _ = province
    folder = tmp_path_factory.mktemp("trained") / "engine"
    until = past["occurred_at"].iloc[-1] - timedelta(days=7)
    made = train(
        [past[:1_000], past[1_000:]],
        COLUMNS,
        until,
        folder,
        rulebook=first_rulebook(),
        scorer=GradientBoosting(n_trees=20),
    )
    return folder, made


def test_trained_engine_says_what_it_learnt_from(trained):
    folder, made = trained
    assert made.rows == 2_400
    assert 20 <= made.frauds < made.learnt < 2_400
    assert made.left_out == {}
    assert made.version
    assert made.engine.setting.names == Engine.open(folder, made.version).setting.names


def test_attributions_of_each_alert_add_up_to_its_log_odds(trained, province):
    folder, _ = trained
    opened = Engine.open(folder)
    model = opened.setting.model
    alerts = 0
    for one in as_events(province[1])[:200]:
        found = opened.decide(one)
        if found.is_alert and not found.degraded:
            alerts += 1
            odds = np.log(found.probability / (1 - found.probability))
            assert sum(found.attributions.values()) == pytest.approx(odds, abs=1e-6)
    assert alerts
    assert taken_apart(model.model, np.zeros(len(model.names)))[1].shape == (len(model.names),)


def test_probability_is_that_of_the_model_over_the_same_row(trained, province):
    folder, _ = trained
    opened = Engine.open(folder)
    model = opened.setting.model
    for one in as_events(province[1])[:50]:
        found = opened.decide(one)
        values = dict(zip(opened.features.names, found.features.tolist(), strict=True))
        values |= {f"rule:{rule}": float(rule in found.hits) for rule in opened.setting.ids}
        row = pd.DataFrame([[values[name] for name in model.names]], columns=list(model.names))
        assert found.probability == pytest.approx(model.model.predict_proba(row)[0, 1], abs=1e-12)


def work(folder, events, path, pipe, first):
    """Be a process that decides events from one on, tells of each, and keeps its state now and then."""
    made = Engine.open(folder)
    attach(made, path)
    for number, one in enumerate(events[first:], first):
        os.write(pipe, f"{number} {made.decide(one).hash}\n".encode())
        if number % 50 == 49:
            checkpoint(made)
    made.close()


def test_killed_engine_goes_on_with_the_features_of_an_undisturbed_one(trained, province, tmp_path):
    folder, _ = trained
    events = as_events(province[1])[:160]
    path, told, kills = tmp_path / "log.db", {}, 0
    while len(told) < len(events):
        told |= dict(
            killed_after(path, len(told), 40 if kills < 3 else len(events), 0.0, partial(work, folder, events))
        )
        kills += 1
    plain = Engine.open(folder)
    assert list(records(path).values()) == [plain.decide(one).record() for one in events]
    with DecisionLog(path, read_only=True) as log:
        for features in (None, Engine.open(folder).features):
            report = replay(log, Library([open_setting(folder)]), features)
            assert report.is_faithful, report.differences
            assert report.decisions == len(events)


def test_late_label_counts_for_its_entities_after_a_crash_too(trained, province, tmp_path):
    folder, _ = trained
    events = as_events(province[1])[:30]
    made = Engine.open(folder)
    attach(made, tmp_path / "log.db")
    made.decide_many(events[:20])
    payee = next(one for one in events[:20] if one.get("payee_id") is not None)
    later = payee | {"transaction_id": "T-later", "occurred_at": payee["occurred_at"] + timedelta(days=9)}
    place = made.features.names.index("payee_frauds_30d")
    made.confirm(payee["transaction_id"], True, payee["occurred_at"] + timedelta(days=8))
    made.close()
    again = Engine.open(folder)
    attach(again, tmp_path / "log.db")
    before = Engine.open(folder)
    for one in events[:20]:
        before.decide(one)
    assert again.decide(later).features[place] == before.decide(later).features[place] + 1
    again.close()


def test_events_out_of_order_late_by_days_strange_or_bare_are_judged_and_leave_a_sound_state(trained, province):
    folder, _ = trained
    events = as_events(province[1])[:60]
    made = Engine.open(folder)
    made.decide_many(events)
    one = next(event for event in events if event.get("device_id") is not None)
    counts = made.features.counts

    def sent(number, **changes):
        return made.decide(one | {"transaction_id": f"T-{number}"} | changes)

    late = sent("late", occurred_at=events[-1]["occurred_at"] - timedelta(days=30))
    assert late.marks[0].startswith("late: 30")
    assert made.features.counts == counts | {"stale": counts["stale"] + 1}
    hours = sent("hours", occurred_at=events[-1]["occurred_at"] - timedelta(hours=2))
    assert hours.marks == ("out of order: 7200 seconds",)
    assert made.features.counts["late"] == counts["late"] + 1
    strange = sent("strange", device_id="never seen", channel="pigeon", occurred_at=events[-1]["occurred_at"])
    assert strange.marks == ("unknown channel: pigeon",)
    assert strange.features[made.features.names.index("new_device")] == 1
    needed = ("transaction_id", "occurred_at", "customer_id", "amount_fen")
    bare = made.decide({name: events[-1][name] for name in needed} | {"transaction_id": "T-bare"})
    assert not bare.degraded
    assert np.isnan(bare.features[made.features.names.index("new_device")])
    again = sent("hours", occurred_at=events[-1]["occurred_at"] - timedelta(hours=2))
    assert made.features.counts["duplicates"] == counts["duplicates"] + 1
    assert again.event_id == hours.event_id


def test_table_that_ends_before_learning_begins_is_refused(province):
    past, _ = province
    with pytest.raises(TooFewRowsError, match="none of 100 transactions is before"):
        train([past[:100]], COLUMNS, past["occurred_at"].iloc[0], rulebook=first_rulebook())


def test_without_frauds_enough_there_is_no_model_and_rules_decide(province):
    past, later = province
    quiet = past[past[LABEL] == 0][:300]
    made = train([quiet], COLUMNS, quiet["occurred_at"].iloc[-1], rulebook=first_rulebook())
    assert made.engine.setting.model is None
    found = made.engine.decide(as_events(later)[0])
    assert (found.degraded, found.why) == (True, "no model")
