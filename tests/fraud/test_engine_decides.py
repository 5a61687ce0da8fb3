"""The engine end to end: order, duplicates, lateness, missing fields, degrading, switching, shadows and threads."""

import threading
from datetime import timedelta

import numpy as np
import orjson
import pytest

from fraud.decision import decide
from fraud.engine.canonical import canonical
from fraud.engine.capacity import Capacity
from fraud.engine.lists import ListEntry
from fraud.engine.record import read_decision
from fraud.engine.recovery import attach
from fraud.engine.setting import Setting, rulebook_name
from fraud.engine.shadow import Shadow, arm_of, compare
from fraud.engine.snooze import Snooze
from fraud.errors import EngineMismatchError, EventConflictError, EventRefusedError
from tests.fraud.engine_sample import COSTS, START, Counting, Loaded, Steep, engine, event, events, rulebook

DAY = timedelta(days=1)


@pytest.fixture
def logged(tmp_path):
    """Make an engine that writes a log, and close it after the test."""
    made = []

    def make():
        made.append(engine())
        attach(made[-1], tmp_path / "log.db")
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_decision_names_everything_that_made_it():
    made = engine()
    found = made.decide(event(1, 2_000_000))
    assert (found.event_id, found.amount_fen, found.hits) == ("T1", 2_000_000, ("evidence", "large", "huge"))
    assert found.rulebook == rulebook_name(rulebook())
    assert (found.model, found.degraded, found.arm) == ("steep-1", False, "champion")
    assert found.features.tolist() == [2_000_000, 0, 0, 0]
    assert found.probability == Steep().one(found.features)
    assert [reason.code for reason in found.reasons][:3] == ["rule:huge", "rule:large", "rule:evidence"]
    assert "20,000.00 yuan at once" in [reason.text for reason in found.reasons]


def test_attributions_of_an_alert_add_up_to_its_log_odds():
    found = engine().decide(event(1, 2_000_000))
    odds = np.log(found.probability / (1 - found.probability))
    assert sum(found.attributions.values()) == pytest.approx(odds)


def test_score_that_cannot_be_taken_apart_says_so_and_is_recorded_all_the_same():
    class Opaque(Steep):
        def taken_apart(self, row):
            raise ValueError("black box")

    found = engine(model=Loaded(Opaque())).decide(event(1, 2_000_000))
    assert found.reasons[-1].text == "score not taken apart: black box"
    assert read_decision(orjson.loads(found.record())).record() == found.record()


def test_what_is_no_alert_is_not_attributed():
    found = engine().decide(event(1, 200))
    assert (found.action, found.is_alert, dict(found.attributions)) == (0, False, {})


def test_decision_is_the_one_of_the_batch():
    made = engine()
    floors = {"evidence": 0, "large": 1, "huge": 2, "absurd": 3}
    for one in events(200):
        found = made.decide(one)
        floor = max((floors[rule] for rule in found.hits), default=0)
        assert found.action == int(decide(found.probability, one["amount_fen"], COSTS, floor)[0])


def test_decision_is_frozen_and_reads_as_it_was_recorded():
    found = engine(capacity=Capacity(0)).decide(event(1, 900_000, device_id="D1"))
    with pytest.raises(AttributeError):
        found.action = 0
    again = read_decision(orjson.loads(found.record()))
    assert again.record() == found.record()
    assert again.hash == found.hash
    assert canonical(found.as_json())
    assert again.reasons == found.reasons


def test_duplicate_gets_the_first_decision_and_is_not_counted_twice(logged):
    made = logged()
    first = made.decide(event(1, 50_000))
    assert made.decide(event(1, 50_000)).record() == first.record()
    assert made.features.sequence == 1
    assert made.decide(event(2, 50_000)).features[1] == 1


def test_one_event_from_many_threads_at_once_is_decided_once(logged):
    made = logged()
    found = []
    threads = [threading.Thread(target=lambda: found.append(made.decide(event(1, 50_000)).record())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert made.features.sequence == 1


def test_same_id_with_other_content_is_refused_by_name(logged):
    made = logged()
    made.decide(event(1, 50_000))
    with pytest.raises(EventConflictError, match=r"event T1 .* amount_fen was 50000 and is 50001"):
        made.decide(event(1, 50_001))
    assert made.features.sequence == 1


def test_same_event_from_a_table_and_from_json_is_one_event(logged):
    made = logged()
    first = made.decide(event(1, np.int64(50_000), customer_age=70, ip=float("nan"), transaction_id=17))
    again = made.decide(event(1, 50_000.0, customer_age=70.0, transaction_id="17", note="from the file"))
    assert again.record() == first.record()
    assert made.features.sequence == 1


def test_text_that_no_file_can_hold_is_refused_before_anything_changes(logged):
    made = logged()
    with pytest.raises(EventRefusedError, match="cannot be written as JSON"):
        made.decide(event(1, device_id="\ud800"))
    assert made.features.sequence == 0


def test_label_in_the_event_is_not_read_and_makes_no_other_event(logged):
    made = logged()
    first = made.decide(event(1, 50_000, is_fraud=1))
    assert made.decide(event(1, 50_000)).record() == first.record()


@pytest.mark.parametrize("missing", ["transaction_id", "customer_id", "amount_fen", "occurred_at"])
def test_event_without_what_it_needs_changes_nothing(missing):
    made = engine()
    with pytest.raises(EventRefusedError, match=missing):
        made.decide(event(1) | {missing: None})
    assert made.features.sequence == 0
    assert made.clock.latest is None


def test_late_event_is_judged_marked_and_does_not_turn_the_clock_back():
    made = engine()
    made.decide(event(1, minutes=3 * 1_440))
    late = made.decide(event(2, minutes=0))
    assert late.marks == ("late: 3.0 days",)
    assert late.decided_at - late.occurred_at == 3 * 86_400
    assert made.decide(event(3, minutes=3 * 1_440 - 1)).marks == ("out of order: 60 seconds",)


def test_clock_that_is_wrong_by_years_is_marked_and_ends_no_list_entry():
    made = engine()
    made.put(ListEntry("black", "customer", "C1", "mule", "me", START, START + DAY))
    made.decide(event(1))
    wrong = made.decide(event(2, customer="C2", minutes=1_440 * 3_000))
    assert wrong.marks == ("ahead: 3000.0 days",)
    assert made.decide(event(3)).action == 3
    paused = [made.decide(event(number, minutes=1_440 * 5)) for number in (4, 5)]
    assert [one.demanded_by == "list" for one in paused] == [True, False]


def test_unknown_words_are_marked_and_unknown_devices_are_not():
    found = engine().decide(event(1, channel="pigeon", device_id="never seen"))
    assert found.marks == ("unknown channel: pigeon",)


def test_black_entry_blocks_the_next_payment_and_white_does_not_help():
    made = engine()
    assert made.decide(event(1, 100)).action == 0
    made.put(ListEntry("black", "account", "A9", "mule", "ring search", START))
    made.put(ListEntry("white", "customer", "C1", "vip", "me", START, START + DAY))
    found = made.decide(event(2, 100, payee_id="A9"))
    assert (found.action, found.demanded_by, len(found.entries)) == (3, "list", 2)
    made.end(found.entries[0], "me", "cleared", START)
    assert made.decide(event(3, 100, payee_id="A9")).action == 0


def test_white_silences_rules_below_block_up_to_its_amount():
    made = engine()
    made.put(ListEntry("white", "customer", "C1", "vip", "me", START, START + DAY, most_fen=200_000))
    small, large = made.decide(event(1, 150_000)), made.decide(event(2, 250_000))
    assert (small.action, small.demanded_by, small.silenced) == (0, "white", ("evidence", "large"))
    assert large.action >= 1
    assert made.decide(event(3, 100_000_000)).action == 3


def test_grey_entry_demands_step_up():
    made = engine()
    made.put(ListEntry("grey", "device", "D1", "odd", "me", START))
    found = made.decide(event(1, 100, device_id="D1"))
    assert (found.action, found.demanded_by) == (1, "list")


def test_snoozed_rule_hits_but_demands_nothing():
    made = engine(model=None)
    made.snooze(Snooze("customer", "C1", START, START + DAY, "me", "moves house", ("large",)))
    found = made.decide(event(1, 150_000))
    assert (found.action, found.hits, found.silenced) == (0, ("evidence", "large"), ("large",))
    assert made.decide(event(2, 150_000, "C2")).action == 1
    assert made.decide(event(3, 150_000, minutes=1_441)).action == 1


def test_want_of_capacity_is_marked_and_the_demand_of_a_rule_is_kept():
    made = engine(capacity=Capacity(per_day=1))
    found = [made.decide(event(number, 150_000)) for number in range(3)]
    assert [one.wanted for one in found] == [2, 2, 2]
    assert [one.demanded_by for one in found] == ["model", "capacity", "capacity"]
    assert found[1].price == float("inf")
    assert found[1].benefit > 0
    ruled = engine(model=None, capacity=Capacity(per_day=0)).decide(event(9, 2_000_000))
    assert (ruled.action, ruled.demanded_by) == (2, "rule")


def test_degraded_decision_says_so_and_the_features_go_on():
    made = engine()
    found = made.decide_by_rules(event(1, 150_000), why="burst")
    assert (found.degraded, found.why, found.probability, found.action) == (True, "burst", None, 1)
    after = made.decide(event(2, 150_000))
    assert (after.degraded, after.features[1]) == (False, 1)


def test_failing_model_degrades_and_does_not_lose_the_payment():
    made = engine(model=Loaded(Steep(failing="disk on fire")))
    found = made.decide(event(1, 150_000))
    assert (found.degraded, found.why, found.action) == (True, "the model failed: ValueError", 1)
    nothing = engine(model=Loaded(Steep(slope=float("nan")))).decide(event(1, 150_000))
    assert (nothing.degraded, nothing.why) == (True, "the model returned nan")


def test_swap_is_whole_and_the_old_setting_is_named_until_then():
    made = engine()
    before = made.decide(event(1, 60_000))
    made.swap(rules=rulebook(2, step_up=50_000), model=Loaded(Steep(2.0), version="steep-2"))
    after = made.decide(event(2, 60_000))
    assert ("large" in before.hits, "large" in after.hits) == (False, True)
    assert (before.rulebook[:8], after.rulebook[:8]) == ("small@1:", "small@2:")
    assert (before.model, after.model) == ("steep-1", "steep-2")


def test_model_that_does_not_fit_is_refused_and_the_old_one_serves_on():
    made = engine()
    for name in ("hour_of_the_moon", "rule:unheard_of"):
        with pytest.raises(EngineMismatchError, match=name):
            made.swap(model=Loaded(Steep(), (*Counting.names[:3], name)))
    assert made.decide(event(1)).model == "steep-1"


def test_model_reads_hits_of_rules_as_columns():
    class Hit(Steep):
        def one(self, row):
            return 0.25 + row[0] / 2

    names = ("rule:huge", *Counting.names[:3])
    made = engine(model=Loaded(Hit(), names))
    assert [made.decide(event(n, amount)).probability for n, amount in enumerate((1, 2_000_000, 1))] == [
        0.25,
        0.75,
        0.25,
    ]


def test_rules_are_switched_while_threads_decide_and_no_event_is_lost_or_half_judged(logged):
    made = logged()
    found, stop = [], threading.Event()

    def decide_some(part):
        found.extend([made.decide(event(number, 60_000, f"C{number % 5}")) for number in part])

    def switch():
        version = 2
        while not stop.is_set():
            made.swap(rules=rulebook(version, step_up=50_000 if version % 2 else 100_000))
            version += 1

    switching = threading.Thread(target=switch)
    threads = [threading.Thread(target=decide_some, args=(range(at, 400, 4),)) for at in range(4)]
    for thread in (switching, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    switching.join()
    assert sorted(one.event_id for one in found) == sorted(f"T{number}" for number in range(400))
    assert made.features.sequence == 400
    for one in found:
        is_odd = int(one.rulebook.split("@")[1].split(":")[0]) % 2 == 1 and not one.rulebook.startswith("small@1:")
        assert ("large" in one.hits) == is_odd


def challenger(slope=1.5, **more):
    return Setting.of(
        rulebook(2, step_up=50_000), Loaded(Steep(slope), version="steep-2"), COSTS, Counting.names, **more
    )


def test_challenger_in_the_shadow_changes_no_decision():
    alone, watched = engine(), engine(shadow=Shadow(challenger()))
    for one in events(100):
        without, beside = alone.decide(one), watched.decide(one)
        assert (beside.action, beside.probability, beside.hits) == (without.action, without.probability, without.hits)
        assert beside.shadow["model"] == "steep-2"


def test_challenger_that_fails_in_the_shadow_harms_nobody():
    class Broken:
        def event_hits(self, event, features=None):
            raise RuntimeError("no")

    from dataclasses import replace

    made = engine(shadow=Shadow(replace(challenger(), rules=Broken())))
    found = made.decide(event(1, 150_000))
    assert found.shadow == {"failed": "RuntimeError: no"}
    assert compare([found]).failed == 1


def test_customer_stays_in_one_arm_and_a_larger_share_only_adds():
    small, large = ({n for n in range(3_000) if arm_of(f"C{n}", share, "x") == "challenger"} for share in (0.1, 0.3))
    assert small < large
    assert 240 < len(small) < 360
    assert 800 < len(large) < 1_000
    made = engine(shadow=Shadow(challenger(), share=0.5))
    arms = {}
    for one in events(200):
        found = made.decide(one)
        assert arms.setdefault(one["customer_id"], found.arm) == found.arm
        assert (found.model, found.shadow["model"]) == (
            ("steep-1", "steep-2") if found.arm == "champion" else ("steep-2", "steep-1")
        )
    assert set(arms.values()) == {"champion", "challenger"}


def test_comparison_counts_where_they_part():
    made = engine(shadow=Shadow(challenger(), share=0.5))
    decided = [made.decide(one) for one in events(200)]
    labels = {f"T{number}": number % 2 == 0 for number in range(100)}
    found = compare(decided, labels)
    wishes = {one.event_id: one.wanted if one.arm == "champion" else one.shadow["action"] for one in decided}
    assert found.caught["champion"] == sum(wishes[name] > 0 for name, is_fraud in labels.items() if is_fraud)
    assert found.disturbed["champion"] == sum(wishes[name] > 0 for name, is_fraud in labels.items() if not is_fraud)
    assert found.caught["challenger"] >= found.caught["champion"]
    assert found.decisions == sum(found.pairs.values()) == sum(found.arms.values()) == 200
    parted = sum(count for (one, other), count in found.pairs.items() if one != other)
    assert len(found.differing) == parted > 0
    assert found.agreement == pytest.approx(1 - parted / 200)
    assert ("challenger", "large") in found.only
    assert ("champion", "large") not in found.only


def test_challenger_for_other_features_is_refused():
    other = Setting.of(rulebook(), None, COSTS, ("amount_fen",))
    with pytest.raises(EngineMismatchError, match="other features"):
        engine().challenge(Shadow(other))
    with pytest.raises(EngineMismatchError, match="share is 2"):
        Shadow(challenger(), share=2)
