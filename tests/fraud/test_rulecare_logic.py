"""What is proved of conditions holds for every event; and the simple cases are proved."""

import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fraud.rulecare.logic import implies, needs, never_true
from fraud.rules import judge, parse_condition
from fraud.rules.syntax import And, Between, Comparison, Field, IsNull, Membership, Node, Not, Number, Or, Text, Truth

numbers = st.integers(0, 3).map(Number)
fields = st.sampled_from(["hour", "weekday"]).map(Field)
signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
atoms = st.one_of(
    st.builds(Comparison, signs, fields, numbers),
    st.builds(Comparison, signs, numbers, fields),
    st.builds(Comparison, signs, fields, fields),
    st.builds(
        lambda field, a, b: Between(field, Number(min(a, b)), Number(max(a, b))), fields, *[st.integers(0, 3)] * 2
    ),
    st.builds(Membership, fields, st.lists(numbers, min_size=1, max_size=2, unique=True).map(tuple)),
    st.builds(
        Membership,
        st.just(Field("channel")),
        st.lists(st.sampled_from(["atm", "web", "qr"]).map(Text), min_size=1, max_size=2, unique=True).map(tuple),
    ),
    st.builds(Comparison, st.sampled_from(["==", "!="]), st.just(Field("channel")), st.just(Text("atm"))),
    st.builds(IsNull, st.sampled_from(["hour", "channel"]).map(Field)),
    st.builds(Truth, st.booleans()),
)
pairs = lambda inner: st.tuples(inner, inner)  # noqa: E731  # a strategy of a strategy, used once below
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(st.builds(Not, inner), st.builds(And, pairs(inner)), st.builds(Or, pairs(inner))),
    max_leaves=5,
)
EVENTS = [
    {"hour": hour, "weekday": weekday, "channel": channel}
    for hour, weekday, channel in itertools.product(
        (None, -1, 0, 0.5, 1, 2, 2.5, 3, 4, float("inf")), (None, 0, 1, 1.5, 3), (None, "atm", "web", "pos")
    )
]


@settings(max_examples=60)
@given(conditions, conditions)
def test_what_is_proved_to_follow_follows_in_every_event(one: Node, other: Node) -> None:
    assume(implies(one, other))
    assert all(judge(other, event) for event in EVENTS if judge(one, event))


@given(conditions)
def test_a_condition_follows_from_itself_and_from_a_narrower_one(condition: Node) -> None:
    assert implies(condition, condition)
    narrower = And((condition, Comparison(">", Field("weekday"), Number(1))))
    assert implies(narrower, condition)


@settings(max_examples=60)
@given(conditions)
def test_what_is_never_true_hits_nothing_and_what_is_needed_is_needed(condition: Node) -> None:
    if never_true(condition):
        assert not any(judge(condition, event) for event in EVENTS)
    for name in needs(condition):
        assert not any(judge(condition, event | {name: None}) for event in EVENTS)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("amount_fen >= 5_000 yuan", "amount_fen > 4_000 yuan"),
        ('channel == "atm" and hour < 3', 'channel in ["atm", "web"]'),
        ("hour between 2 and 4", "not (hour < 2 or hour > 4)"),
        ("hour == 3", "hour != 4"),
        ('channel != "atm"', "channel is not null"),
        ("customer_sum_1h + amount_fen >= 9_000 yuan", "customer_sum_1h + amount_fen >= 8_000 yuan"),
        ("amount_fen > 0.5 * customer_sum_1h", "amount_fen >= 0.5 * customer_sum_1h"),
        ("amount_fen > customer_sum_1d", "not amount_fen <= customer_sum_1d"),
        ("hour < 3 or hour > 20", "hour < 4 or hour > 19 or ip is null"),
    ],
)
def test_a_stricter_condition_is_proved_to_imply_a_wider_one(narrow: str, wide: str) -> None:
    one, other = parse_condition(narrow), parse_condition(wide)
    assert implies(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hour < 5", "not hour >= 4"),
        ("hour is null", "hour < 5"),
        ("not hour < 5", "hour is null"),
        ('channel != "atm"', 'channel == "web"'),
        ("customer_sum_1h + amount_fen >= 9_000 yuan", "amount_fen >= 9_000 yuan"),
    ],
)
def test_what_does_not_follow_is_not_proved(one: str, other: str) -> None:
    assert not implies(parse_condition(one), parse_condition(other))


@pytest.mark.parametrize(
    "text", ["hour > 5 and hour < 3", "hour is null and hour > 1", "false", 'channel == "atm" and channel == "web"']
)
def test_a_contradiction_is_seen(text: str) -> None:
    assert never_true(parse_condition(text))


def test_a_condition_of_too_many_alternatives_is_given_up_and_proves_nothing() -> None:
    text = " and ".join(f"(hour == {n} or weekday == {n})" for n in range(8))
    assert not implies(parse_condition(text), parse_condition("hour >= 0 or weekday >= 0"))
    assert not never_true(parse_condition(text))
