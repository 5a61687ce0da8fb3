"""Single events against whole tables and the definition: ties, late, double and wrong times, labels, silence."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud.errors import AmountRefusedError, DelayRefusedError, NumberRefusedError, TimeRefusedError
from fraud.features import CORE, FEATURES, VELOCITY, FeatureBuilder
from fraud.features.checks import require_equal
from fraud.features.reference import features_by_definition
from fraud.online import Limits, OnlineFeatures
from fraud.online.keys import key_of
from fraud.online.reference import believed_by_definition
from fraud.schema import MAX_AMOUNT_FEN
from tests.fraud.test_features_agree_with_definition import DAY, HOUR, OPTIONAL, frames, random_frame

ALL = [feature.name for feature in FEATURES]
SHORT = Limits(idle_days=38)
BASIC = ["occurred_at", "customer_id", "amount_fen"]


def events_of(frame: pd.DataFrame) -> list[dict[str, object]]:
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [
        {str(name): value.to_pydatetime() if name == "occurred_at" else value for name, value in one.items()}
        for one in records
    ]


def pushed(frame: pd.DataFrame, online: OnlineFeatures) -> pd.DataFrame:
    rows = [online.push(event).copy() for event in events_of(frame)]
    return pd.DataFrame(rows, index=frame.index, columns=list(online.names), dtype="float64")


@settings(max_examples=25, deadline=None)
@given(frames(), st.lists(st.integers(0, 30), max_size=3), st.sampled_from([7.0, 1.0, 1 / 86_400]))
def test_events_tables_and_definition_agree_on_all_features_bit_for_bit(frame, cuts, delay_days):
    wanted = features_by_definition(frame, frame.columns, delay_days, ALL, idle_days=38)
    online = OnlineFeatures(frame.columns, delay_days, ALL, SHORT)
    require_equal(pushed(frame.drop(columns="transaction_id", errors="ignore"), online), wanted, "online")
    builder = FeatureBuilder(frame.columns, delay_days, ALL, limits=SHORT)
    edges = [0, *sorted(min(cut, len(frame)) for cut in cuts), len(frame)]
    pieces = [builder.update(frame.iloc[begin:end]) for begin, end in pairwise(edges)]
    require_equal(pd.concat(pieces), wanted, "by the builder")


def arrivals(seed: int, rows: int) -> pd.DataFrame:
    """Return events as they may come: shuffled a little, some late by days, some from a wrong clock, some twice."""
    chance = np.random.default_rng(seed)
    frame = random_frame(seed, rows, OPTIONAL, "str").assign(transaction_id=[f"t{n}" for n in range(rows)])
    wrong = chance.choice([0, 0, 0, -60, -5 * HOUR, -2 * DAY, -4 * DAY, 3 * HOUR, 40 * DAY, 500 * DAY], rows)
    frame["occurred_at"] += pd.to_timedelta(wrong, unit="s")
    again = np.sort(np.concatenate((np.arange(rows), chance.choice(rows, rows // 5))))
    return frame.iloc[again].reset_index(drop=True)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 25), st.integers(0, 30))
def test_arrivals_out_of_order_late_twice_and_from_wrong_clocks_agree_in_all_three(seed, rows, cut):
    frame = arrivals(seed, rows)
    seconds = frame["occurred_at"].to_numpy().astype("datetime64[s]").astype(np.int64)
    as_of = believed_by_definition(zip(seconds.tolist(), frame["transaction_id"], strict=True), SHORT)
    wanted = features_by_definition(frame, frame.columns, 7.0, ALL, 38, as_of)
    online = OnlineFeatures(frame.columns, 7.0, ALL, SHORT)
    require_equal(pushed(frame, online), wanted, "online")
    builder = FeatureBuilder(frame.columns, 7.0, ALL, ordered=False, limits=SHORT)
    found = pd.concat([builder.update(frame.iloc[:cut]), builder.update(frame.iloc[cut:])])
    require_equal(found, wanted, "by the builder")
    counts = online.counts
    assert counts["duplicates"] + counts["stale"] + counts["ahead"] == len(frame) - as_of.count(None)
    assert online.sequence == len(frame)
    half = OnlineFeatures(frame.columns, 7.0, ALL, SHORT)
    found = pd.concat([half.update(frame.iloc[:cut]), pushed(frame.iloc[cut:], half)])
    require_equal(found, wanted, "first as a table, then one by one")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 30), st.integers(0, 6 * DAY))
def test_fraud_that_is_confirmed_before_its_delay_counts_as_if_it_came_with_its_label(seed, rows, wait):
    frame = random_frame(seed, rows, OPTIONAL, "str").assign(transaction_id=[f"t{n}" for n in range(rows)])
    with_label = OnlineFeatures(frame.columns, 7.0, ALL)
    confirmed = OnlineFeatures(frame.columns, 7.0, ALL)
    waiting: list[dict[str, object]] = []
    for event in events_of(frame):
        for old in [one for one in waiting if event["occurred_at"] - one["occurred_at"] >= timedelta(seconds=wait)]:
            confirmed.confirm(old)
            confirmed.confirm(old)
            waiting.remove(old)
        wanted = with_label.push(event)
        assert np.array_equal(confirmed.push(event | {"is_fraud": None}), wanted, equal_nan=True)
        if event["is_fraud"] == 1:
            waiting.append(event)


def simple(second: int, customer: str = "a", amount: int = 100, **more: object) -> dict[str, object]:
    return {"occurred_at": second, "customer_id": customer, "amount_fen": amount} | more


def test_fraud_that_is_confirmed_late_counts_from_then_on_and_not_for_those_who_were_never_seen():
    online = OnlineFeatures([*BASIC, "is_fraud"], 1.0, ["customer_frauds_7d"])
    online.push(simple(0))
    assert online.push(simple(2 * DAY)).tolist() == [0]
    online.confirm(simple(0))
    online.confirm(simple(0, "nobody"))
    assert online.push(simple(2 * DAY + 1)).tolist() == [1]
    assert online.push(simple(2 * DAY, "nobody")).tolist() == [0]
    assert online.push(simple(8 * DAY)).tolist() == [0]


def test_wrong_clock_of_one_sender_harms_only_its_own_entities():
    online = OnlineFeatures(BASIC, features=["customer_count_1h", "customer_seconds_since_last"])
    for second in range(0, 600, 60):
        online.push(simple(second))
    assert online.push(simple(300 * DAY, "skewed")).tolist()[0] == 0
    assert online.push(simple(660)).tolist() == [10, 120]
    assert online.push(simple(900 * DAY, "far ahead")).tolist()[0] == 0
    assert online.push(simple(720)).tolist() == [11, 60]
    assert online.counts["ahead"] == 1


def test_clock_that_was_wrong_from_the_first_event_is_put_back():
    online = OnlineFeatures(BASIC, features=["customer_count_1h"])
    online.push(simple(10_000 * DAY, "skewed"))
    found = [online.push(simple(second)).tolist()[0] for second in range(103)]
    assert found == [0] * 101 + [1, 2]
    assert online.counts["stale"] == 100


def test_stream_that_pauses_for_years_goes_on_with_the_second_event():
    online = OnlineFeatures(BASIC, features=["customer_count_1h"])
    found = [online.push(simple(second)).tolist()[0] for second in (0, 700 * DAY, 700 * DAY + 1, 700 * DAY + 2)]
    # the second event is answered as of the first, and is not taken in
    assert found == [0, 1, 0, 1]
    assert online.counts["ahead"] == 1


def test_silence_longer_than_what_is_remembered_begins_a_new_life():
    online = OnlineFeatures(BASIC, features=["customer_count_total", "customer_seconds_since_last"], limits=SHORT)
    found = [online.push(simple(day * DAY)).tolist() for day in (0, 38, 77, 77)]
    assert np.array_equal(found, [[0, np.nan], [1, 38 * DAY], [0, np.nan], [1, 0]], equal_nan=True)


def test_an_entity_cannot_be_forgotten_before_its_frauds_are_confirmed():
    with pytest.raises(DelayRefusedError, match="idle_days is 30"):
        OnlineFeatures(BASIC, limits=Limits(idle_days=30))


def test_state_is_bounded_when_identifiers_never_come_again():
    names = [*VELOCITY, "new_device", "customer_usual_ratio"]
    online = OnlineFeatures([*BASIC, "device_id", "card_id", "terminal_id"], features=names, limits=SHORT)
    sizes = []
    for number in range(30_000):
        word = str(number)
        online.push(simple(number * 600, word, device_id=word, card_id=word, terminal_id=word))
        if number % 10_000 == 9_999:
            sizes.append(online.size)
    # 38 days of 600 seconds are 5,472 events, each with three kinds of entities
    assert online.counts["entities"] < 6 * 3 * 5_472
    assert sizes[-1] < 1.5 * sizes[0]


def test_large_records_survive_while_small_ones_are_forgotten():
    names = [name for name in ALL if name.startswith("customer_")] + ["device_seconds_since_last"]
    online = OnlineFeatures([*BASIC, "device_id"], features=names, limits=SHORT)
    place = online.names.index("customer_count_total")
    for number in range(60_000):
        event = simple(number * 120, str(number % 2_000), device_id=str(number))
        assert online.push(event)[place] == number // 2_000
    assert online.counts["entities"] < 60_000


def test_capacity_forgets_who_was_silent_longest_and_the_rest_keeps_its_history():
    limits = Limits(entities=100, pairs=100)
    online = OnlineFeatures([*BASIC, "device_id"], features=["customer_count_7d", "new_device"], limits=limits)
    table = FeatureBuilder([*BASIC, "device_id"], features=online.names, ordered=False, limits=limits)
    events = [simple(n, "regular" if n % 3 == 0 else str(n), device_id="d") for n in range(2_000)]
    found = np.array([online.push(event).copy() for event in events])
    assert online.counts["entities"] <= 300
    assert online.counts["pairs"] <= 300
    assert found[1998].tolist() == [666, 0]
    frame = pd.DataFrame(events)
    frame["occurred_at"] = frame["occurred_at"].to_numpy().astype("datetime64[s]")
    assert np.array_equal(table.update(frame).to_numpy(), found)


def test_hot_entity_and_quiet_ones_share_the_arena():
    online = OnlineFeatures(BASIC, features=["customer_max_1h", "customer_sum_30d", "customer_mean_7d"])
    chance, told = np.random.default_rng(7), []
    amounts = chance.integers(0, 1000, 20_000).tolist()
    for number, amount in enumerate(amounts):
        told.append(online.push(simple(10 * number, "hot" if number % 2 else str(number % 997), amount)).copy())
    hot = np.array(amounts[1::2])
    assert told[19_999].tolist() == [hot[-181:-1].max(), hot[:-1].sum(), hot[:-1].mean()]


def test_times_as_seconds_and_as_datetimes_are_the_same_and_identifiers_are_their_text():
    online = OnlineFeatures(BASIC, features=["customer_count_1h"])
    online.push(simple(0, 7))
    online.push({"occurred_at": pd.Timestamp("1970-01-01 00:00:01.9"), "customer_id": "7", "amount_fen": np.int64(5)})
    assert online.push(simple(1, np.str_("7"), 5.0)).tolist() == [2]


@pytest.mark.parametrize(
    ("event", "error", "words"),
    [
        (simple(0) | {"occurred_at": None}, TimeRefusedError, "occurred_at None"),
        (simple(0) | {"occurred_at": "2026-01-01"}, TimeRefusedError, "must be a datetime"),
        (simple(0) | {"occurred_at": pd.NaT}, TimeRefusedError, "NaT"),
        (simple(0) | {"occurred_at": pd.Timestamp("2026-01-01", tz="UTC")}, TimeRefusedError, "without zone"),
        (simple(10**11), TimeRefusedError, "1900 to 2199"),
        (simple(0, amount=-1), AmountRefusedError, "-1"),
        (simple(0, amount=MAX_AMOUNT_FEN + 1), AmountRefusedError, "whole fen"),
        (simple(0, amount=1.5), AmountRefusedError, "1.5"),
        (simple(0, amount=float("nan")), AmountRefusedError, "nan"),
        (simple(0, amount=True), AmountRefusedError, "True"),
        (simple(0, amount="1"), AmountRefusedError, "'1'"),
        (simple(0, customer_age="old"), NumberRefusedError, "customer_age 'old'"),
    ],
)
def test_event_that_cannot_be_read_is_refused_and_leaves_the_state_as_it_was(event, error, words):
    online = OnlineFeatures([*BASIC, "customer_age", "channel"], features=["customer_count_1h", "customer_age"])
    online.push(simple(0))
    with pytest.raises(error, match=words):
        online.push(event)
    assert online.sequence == 1
    assert online.push(simple(0)).tolist()[0] == 1


def test_absurd_values_have_a_meaning():
    columns = [*BASIC, "latitude", "longitude", "device_id"]
    online = OnlineFeatures(columns, features=["customer_distance_km", "new_device"])
    online.push(simple(0, latitude=36.06, longitude=103.83, device_id=""))
    assert np.isnan(online.push(simple(1, latitude=1e300, longitude=float("inf"), device_id=None))).all()
    far, new = online.push(simple(2, latitude=34.34, longitude=108.94, device_id="")).tolist()
    assert (round(far), new) == (502, 0)


def test_keys_of_identifiers_stay_as_they_are():
    assert key_of("P00000000") == 4_395_266_767_772_770_015


def test_core_and_velocity_are_fixed():
    assert (len(CORE), len(VELOCITY), len(set(ALL))) == (82, 48, 431)
    assert {*CORE, *VELOCITY} <= {*ALL}
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in one.meaning_zh) for one in FEATURES)
