"""Events from outside: what is read, what is refused and how it is said, and what is judged but marked."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud.engine.canonical import canonical, content_hash, moment, plain_floats, read_floats, seconds
from fraud.engine.checking import check_event, marks
from fraud.engine.events import differing, event_json, event_of, read_event
from fraud.errors import EventRefusedError
from fraud.schema import COLUMNS, LABEL

SENT = {"transaction_id": "T1", "occurred_at": "2026-03-01T09:30:00", "customer_id": "C1", "amount_fen": 100}
FULL = SENT | {
    **{
        "account_id": "A1",
        "card_id": "K1",
        "channel": "mobile",
        "kind": "transfer",
        "payee_id": "P1",
        "ip": "10.0.0.1",
    },
    **{"terminal_id": "M1", "merchant_category": "food", "device_id": "D1", "place": "Lanzhou", "country": "CN"},
    **{"customer_age": 70, "account_age_days": 12.5, "sim_age_days": 0, "phone": "13800000000"},
}


def test_every_field_of_the_schema_is_read():
    event = read_event(FULL)
    assert event["occurred_at"] == datetime(2026, 3, 1, 9, 30)
    assert {name: value for name, value in event.items() if name != "occurred_at"} == {
        name: value for name, value in FULL.items() if name != "occurred_at"
    }


def test_null_is_missing():
    assert "device_id" not in read_event(SENT | {"device_id": None})


@pytest.mark.parametrize("missing", ["transaction_id", "occurred_at", "customer_id", "amount_fen"])
def test_event_without_a_required_field_is_refused_by_its_name(missing):
    for sent in ({**SENT, missing: None}, {name: value for name, value in SENT.items() if name != missing}):
        with pytest.raises(EventRefusedError, match=f"{missing} is missing"):
            read_event(sent)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("amount_fen", -1, "whole number of fen"),
        ("amount_fen", 10**13 + 1, "from 0 to 10000000000000"),
        ("amount_fen", 10**400, "amount_fen is 1000"),
        ("amount_fen", 100.0, r"amount_fen is 100\.0"),
        ("amount_fen", True, "amount_fen is True"),
        ("amount_fen", "100", "amount_fen is '100'"),
        ("occurred_at", "2026-02-30T09:00:00", "occurred_at is '2026-02-30T09:00:00'"),
        ("occurred_at", "1899-12-31T23:59:59", "from 1900 to 2199"),
        ("occurred_at", "2200-01-01T00:00:00", "from 1900 to 2199"),
        ("occurred_at", "2026-03-01T09:30:00+08:00", "without a zone"),
        ("occurred_at", "2026-03-01T09:30:00Z", "without a zone"),
        ("occurred_at", "2026-03-01", "such as 2026-01-31T08:15:00"),
        ("occurred_at", 1_772_000_000, "such as"),
        ("customer_id", 17, "customer_id is 17; it must be text"),
        ("customer_id", "", "be left out when there is none"),
        ("device_id", " ", "printable"),
        ("device_id", "a\nb", "printable"),
        ("device_id", "x" * 129, "of 1 to 128"),
        ("customer_age", 131, "from 0 to 130"),
        ("customer_age", float("nan"), "finite number"),
        ("sim_age_days", float("inf"), "finite number"),
        ("sim_age_days", "3", "sim_age_days is '3'"),
        ("is_fraud", 1, "known later"),
        ("amount", 5, "did you mean 'amount_fen'"),
        ("zzzz", 5, "fields are transaction_id"),
    ],
)
def test_field_that_cannot_be_is_refused_with_its_name_and_value(name, value, said):
    with pytest.raises(EventRefusedError, match=said) as refused:
        read_event(FULL | {name: value})
    assert str(refused.value).startswith(name)
    assert len(str(refused.value)) < 500


def test_what_is_no_object_is_refused():
    with pytest.raises(EventRefusedError, match="list"):
        read_event([SENT])


def test_event_from_ahead_of_the_clock_is_refused_beyond_the_tolerance():
    now = datetime(2026, 3, 1, 9, 26)
    assert read_event(SENT, now)
    with pytest.raises(EventRefusedError, match="at most 60 seconds ahead"):
        read_event(SENT, now, timedelta(minutes=1))
    assert read_event(SENT, now + timedelta(days=400))["amount_fen"] == 100


def test_fraction_of_a_second_is_kept_by_the_event_and_cut_in_the_record():
    event = read_event(SENT | {"occurred_at": "2026-03-01T09:30:00.75"})
    assert event_json(event)["occurred_at"] == "2026-03-01T09:30:00"


values = {
    "time": st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)).map(lambda time: time.isoformat()),
    "money": st.integers(0, 10**13),
    "identifier": st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20),
    "category": st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20),
}


@st.composite
def sendings(draw):
    made = {}
    for entry in COLUMNS:
        if entry.name == LABEL or not (entry.required or entry.name == "transaction_id" or draw(st.booleans())):
            continue
        low, high = entry.lowest or 0, 1e6 if entry.highest is None else entry.highest
        made[entry.name] = draw(values.get(entry.kind, st.floats(low, high) | st.integers(int(low), int(high))))
    return made


@given(sendings())
def test_what_is_read_and_written_reads_the_same_again(sent):
    event = read_event(sent)
    content = canonical(event_json(event))
    again = event_of(content)
    assert again == event | {"occurred_at": event["occurred_at"].replace(microsecond=0)}
    assert canonical(event_json(again)) == content
    assert check_event(event) == check_event(again)


@given(sendings(), st.sampled_from([entry.name for entry in COLUMNS]), st.sampled_from([[], {}, b"x", -1, "", "\x00"]))
def test_garbage_in_a_field_is_refused_by_its_name_and_never_crashes(sent, name, garbage):
    if garbage == -1 and name in ("latitude", "longitude"):
        return
    with pytest.raises(EventRefusedError) as refused:
        read_event(sent | {name: garbage})
    assert str(refused.value).startswith(name)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)))
def test_seconds_and_moments_are_inverse(time):
    assert moment(seconds(time)) == time.replace(microsecond=0).isoformat()
    assert seconds(time) == (time - datetime(1970, 1, 1)) // timedelta(seconds=1)


@given(st.lists(st.floats()))
def test_floats_come_back_bit_by_bit(numbers):
    import orjson

    back = read_floats(orjson.loads(canonical(plain_floats(numbers))))
    assert [one.hex() if one == one else "nan" for one in back] == [
        one.hex() if one == one else "nan" for one in numbers
    ]


def test_equal_content_has_one_hash_whatever_the_order():
    assert content_hash({"a": 1, "b": 2.5}) == content_hash({"b": 2.5, "a": 1}) != content_hash({"a": 1, "b": 2.25})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"transaction_id": None}, "transaction_id is missing"),
        ({"customer_id": None}, "customer_id is missing"),
        ({"occurred_at": None}, "occurred_at is None"),
        ({"occurred_at": "2026-03-01"}, "occurred_at is '2026-03-01'"),
        ({"occurred_at": 10**12}, "from 1900 to 2199"),
        ({"amount_fen": None}, "amount_fen is None"),
        ({"amount_fen": float("nan")}, "amount_fen is nan"),
        ({"amount_fen": 0.5}, r"amount_fen is 0\.5"),
        ({"amount_fen": -1}, "amount_fen is -1"),
        ({"amount_fen": "12"}, "amount_fen is '12'"),
        ({"device_id": 5}, "device_id is 5"),
        ({"sim_age_days": "new"}, "sim_age_days is 'new'"),
    ],
)
def test_event_in_process_is_refused_before_anything_changes(change, said):
    event = {"transaction_id": "T1", "occurred_at": datetime(2026, 3, 1), "customer_id": "C1", "amount_fen": 5}
    with pytest.raises(EventRefusedError, match=said):
        check_event(event | change)


def test_marks_name_what_is_odd():
    assert marks({"channel": "mobile", "kind": "transfer"}, 100, 100) == ()
    assert marks({}, 40, 100) == ("out of order: 60 seconds",)
    assert marks({}, 0, 86_400 * 2) == ("late: 2.0 days",)
    assert marks({"kind": "gift"}, 5, None) == ("unknown kind: gift",)


def test_first_difference_is_named():
    assert differing(b'{"a":1}', b'{"a":1,"b":"x"}') == "b was None and is 'x'"
