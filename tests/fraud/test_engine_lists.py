"""Lists and snoozes: what is refused, when they act, and who outranks whom."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud.decision import decide
from fraud.engine.canonical import canonical, seconds
from fraud.engine.lists import ENTITIES, ListEntry, Lists
from fraud.engine.snooze import Snooze, Snoozes
from fraud.engine.verdict import BLOCK, HOLD, judge, lines_of
from fraud.errors import ListRefusedError, SnoozeRefusedError
from tests.fraud.engine_sample import COSTS, START

DAY = timedelta(days=1)
NOW = seconds(START)
LINES = lines_of(COSTS)


def entry(colour="black", entity="device", value="D1", reason="farm", who="me", since=START, until=None, **more):
    if colour == "white" and until is None:
        until = since + 30 * DAY
    return ListEntry(colour, entity, value, reason, who, since, until, **more)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"colour": "red"}, "black, grey or white"),
        ({"entity": "shoe"}, "one of customer, account"),
        ({"value": ""}, "value is ''"),
        ({"value": 7}, "value is 7"),
        ({"reason": " "}, "reason is ' '"),
        ({"who": ""}, "who is ''"),
        ({"since": "2026"}, "since is '2026'"),
        ({"until": START}, "later than since"),
        ({"action": "pass"}, "black can demand block or hold"),
        ({"colour": "grey", "action": "block"}, "grey can demand step_up or hold"),
        ({"most_fen": 5}, "only white is bounded"),
        ({"colour": "white", "entity": "country", "value": "CN"}, "too many payments"),
        ({"colour": "white", "until": START + 400 * DAY}, "within 366 days"),
        ({"colour": "white", "most_fen": 0}, "whole fen above zero"),
    ],
)
def test_entry_that_cannot_be_answered_for_is_refused(wrong, said):
    with pytest.raises(ListRefusedError, match=said):
        entry(**wrong)


def test_white_without_an_end_is_refused():
    with pytest.raises(ListRefusedError, match="until is None"):
        ListEntry("white", "customer", "C1", "vip", "me", START)


@pytest.mark.parametrize(("entity", "columns"), ENTITIES.items())
def test_each_entity_is_found_in_its_columns(entity, columns):
    lists = Lists([entry(entity=entity, value="X")])
    for column in columns:
        assert len(lists.matches({column: "X"}, NOW)) == 1
        assert lists.matches({column: "Y"}, NOW) == ()


def test_entry_acts_from_since_until_before_until():
    lists = Lists([entry(until=START + DAY)])
    moments = [NOW - 1, NOW, NOW + 86_399, NOW + 86_400]
    assert [len(lists.matches({"device_id": "D1"}, at)) for at in moments] == [0, 1, 1, 0]


def test_ended_entry_acts_no_more_and_the_story_keeps_it():
    lists = Lists([entry()])
    before = lists.version
    lists.end(next(iter(lists)).id, "you", "cleared", START)
    assert lists.matches({"device_id": "D1"}, NOW) == ()
    assert lists.version != before
    assert [*lists] == []
    assert len(lists.changes) == 2
    with pytest.raises(ListRefusedError, match="no entry in force"):
        lists.end("0000", "you", "cleared", START)


def test_same_entry_twice_is_refused():
    lists = Lists([entry()])
    with pytest.raises(ListRefusedError, match="already"):
        lists.put(entry())


def test_nobody_ends_an_entry_without_saying_why():
    lists = Lists([entry()])
    with pytest.raises(ListRefusedError, match="who and why"):
        lists.end(next(iter(lists)).id, "you", "", START)


def test_lists_are_read_as_they_were_saved(tmp_path):
    lists = Lists([entry(), entry("grey", "payee", "P1", action="hold"), entry("white", "customer", "C1", most_fen=5)])
    lists.end(next(iter(lists)).id, "you", "cleared", START)
    lists.save(tmp_path / "lists.jsonl")
    again = Lists.load(tmp_path / "lists.jsonl")
    assert (again.version, [*again], again.changes) == (lists.version, [*lists], lists.changes)


def test_list_written_by_hand_is_read_and_its_faults_are_named_by_line(tmp_path):
    path = tmp_path / "hand.jsonl"
    path.write_bytes(canonical(entry().as_json()) + b"\n")
    assert len(Lists.load(path)) == 1
    for line, said in (
        (b"{", "line 2"),
        (b"[]", "line 2"),
        (b'{"colour": "black"}', "line 2: field entity is missing"),
        (canonical(entry().as_json() | {"expiry": "x"}), "line 2: field 'expiry' is unknown"),
        (canonical(entry().as_json() | {"since": "soon"}), "line 2: since and until"),
    ):
        path.write_bytes(canonical(entry().as_json()) + b"\n" + line + b"\n")
        with pytest.raises(ListRefusedError, match=said):
            Lists.load(path)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"entity": "ip"}, "entity is 'ip'"),
        ({"entity": "shoe"}, "entity is 'shoe'"),
        ({"who": ""}, "who is ''"),
        ({"until": START}, "within 90 days"),
        ({"until": START + 91 * DAY}, "within 90 days"),
        ({"most_fen": -1}, "most_fen is -1"),
        ({"since": None}, "since is None"),
    ],
)
def test_snooze_without_bounds_is_refused(wrong, said):
    good = {"entity": "customer", "value": "C1", "since": START, "until": START + DAY, "who": "me", "reason": "trip"}
    with pytest.raises(SnoozeRefusedError, match=said):
        Snooze(**{**good, **wrong})


def test_snooze_covers_its_entity_its_time_and_its_amount_only():
    given_ = Snoozes([Snooze("customer", "C1", START, START + DAY, "me", "trip", most_fen=100)])
    assert given_.matches({"customer_id": "C1"}, NOW, 100)
    assert not given_.matches({"customer_id": "C1"}, NOW, 101)
    assert not given_.matches({"customer_id": "C2"}, NOW, 1)
    assert not given_.matches({"customer_id": "C1"}, NOW - 1, 1)
    assert not given_.matches({"customer_id": "C1"}, NOW + 86_400, 1)


def test_snooze_reads_as_it_was_written():
    one = Snooze("customer", "C1", START, START + DAY, "me", "trip", ("large",), 100)
    assert Snooze.from_json(one.as_json()) == one
    with pytest.raises(SnoozeRefusedError, match="forever"):
        Snooze.from_json(one.as_json() | {"forever": True})


chances = st.floats(0, 1)
amounts = st.integers(0, 10**9)
floors = st.integers(0, 3)


@given(chances, amounts, floors)
def test_without_lists_and_limits_it_is_the_decision_of_the_batch(chance, amount, floor):
    found = judge(LINES, chance, amount, rule_floor=floor)
    assert found.action == found.wanted == int(decide(chance, amount, COSTS, floor)[0])


@given(
    chances | st.none(), amounts, floors, floors, st.sampled_from([0, 1, 2]), st.sampled_from(["", "white", "snooze"])
)
def test_nothing_silences_black_nor_a_rule_that_blocks(chance, amount, black, rule, grey, silencer):
    found = judge(LINES, chance, amount, black, rule, grey, silencer, price=float("inf"))
    assert found.action >= black
    if rule == BLOCK:
        assert found.action == BLOCK
    if not silencer:
        assert found.action >= max(rule, grey)


@given(chances | st.none(), amounts, st.integers(0, 2), st.integers(0, 2), st.sampled_from(["white", "snooze"]))
def test_white_and_snooze_silence_all_below_block(chance, amount, rule, grey, silencer):
    found = judge(LINES, chance, amount, 0, rule, grey, silencer)
    assert found.action in (0, BLOCK)
    if found.action == BLOCK:
        assert int(decide(chance, amount, COSTS)[0]) == BLOCK
    elif rule or grey:
        assert found.demanded_by == silencer


@given(chances, amounts, floors, st.floats(0, 1e9))
def test_price_takes_holds_alone_and_says_so(chance, amount, floor, price):
    free, dear = (
        judge(LINES, chance, amount, rule_floor=floor),
        judge(LINES, chance, amount, rule_floor=floor, price=price),
    )
    assert dear.wanted == free.action
    if free.action != HOLD or floor >= HOLD or free.benefit > price:
        assert dear.action == free.action
    else:
        assert dear.action != HOLD
        assert dear.demanded_by == "capacity"
        assert dear.action >= floor


@given(chances, amounts, floors)
def test_infinite_price_gives_the_next_cheapest(chance, amount, floor):
    found = judge(LINES, chance, amount, rule_floor=floor, price=float("inf"))
    if found.demanded_by == "capacity":
        costs = [h + (1 - chance) * f + chance * (s * amount) for h, f, s in LINES]
        others = [action for action in range(floor, 4) if action != HOLD]
        assert costs[found.action] == min(costs[action] for action in others)
        assert found.benefit == costs[found.action] - costs[HOLD]
