"""Features of transactions that fit on a screen, and chunks that must be refused."""

import numpy as np
import pandas as pd
import pytest

from fraud.errors import (
    AmountRefusedError,
    ColumnMissingError,
    DelayRefusedError,
    NumberRefusedError,
    TimeOrderError,
    TimeRefusedError,
)
from fraud.features import CORE, FeatureBuilder
from fraud.features.arrays import ARRAY_FEATURES
from fraud.features.codes import SeenPairs
from fraud.schema import COLUMNS, MAX_AMOUNT_FEN

NAN = np.nan
HOUR, DAY = 3_600, 86_400


def table(seconds, **columns):
    rows = len(seconds)
    start = pd.Timestamp("2026-03-02 00:00")  # a Monday
    data = {"occurred_at": start + pd.to_timedelta(seconds, unit="s"), "customer_id": ["a"] * rows}
    return pd.DataFrame(data | {"amount_fen": [100] * rows} | columns)


def features(frame, **options):
    return FeatureBuilder(frame.columns, **options).update(frame)


def values(frame, name, **options):
    return features(frame, **options)[name].tolist()


def same(found, wanted):
    return np.array_equal(found, wanted, equal_nan=True)


def test_window_is_open_at_its_old_end_and_closed_at_now():
    frame = table([0, 1, HOUR, HOUR, HOUR + 1])
    assert values(frame, "customer_count_1h") == [0, 1, 1, 2, 2]
    assert values(frame, "customer_count_1d") == [0, 1, 2, 3, 4]


def test_window_reaches_into_earlier_chunks_to_its_last_second():
    builder = FeatureBuilder(table([0]).columns)
    counts = [builder.update(table([at]))["customer_count_7d"].iloc[0] for at in (0, 7 * DAY - 1, 7 * DAY - 1, 7 * DAY)]
    assert counts == [0, 1, 2, 2]


def test_identifier_is_the_same_as_number_text_and_category():
    builder = FeatureBuilder(table([0]).columns)
    chunks = [table([0], customer_id=word) for word in ([7], ["7"], pd.Categorical(["7"], ["6", "7"]))]
    assert [builder.update(chunk)["customer_count_total"].iloc[0] for chunk in chunks] == [0, 1, 2]


def test_sum_leaves_out_the_transaction_itself():
    assert values(table([0, 1, 2], amount_fen=[5, 7, 11]), "customer_sum_1h") == [0, 5, 12]


def test_sums_of_the_largest_amounts_are_exact():
    frame = table(range(1001), amount_fen=[MAX_AMOUNT_FEN] * 1000 + [1])
    assert values(frame, "customer_sum_7d")[-1] == 1000 * MAX_AMOUNT_FEN


def test_seconds_since_last_reach_beyond_the_longest_window():
    builder = FeatureBuilder(table([0]).columns)
    seconds = [builder.update(table([at]))["customer_seconds_since_last"].iloc[0] for at in (5, 5, 90 * DAY)]
    assert same(seconds, [NAN, 0, 90 * DAY - 5])


def test_missing_entity_has_no_velocity_and_is_nobody_s_history():
    frame = table([0, 1, 2], device_id=["d", None, "d"], channel=[None, "atm", "drone"])
    made = features(frame)
    assert same(made["device_count_1h"], [0, NAN, 1])
    assert same(made["device_customers"], [1, NAN, 1])
    assert same(made["new_device"], [1, NAN, 0])
    assert same(made["channel_code"], [NAN, 1, 6])


def test_crowd_counts_customers_at_their_first_meeting():
    frame = table([0, DAY, 2 * DAY, 8 * DAY], customer_id=list("abac"), device_id=["d"] * 4)
    made = features(frame)
    assert made["device_customers"].tolist() == [1, 2, 2, 3]
    # On the eighth day the meeting of the first day and, one day later to the second, of b are a week old.
    assert made["device_new_customers_7d"].tolist() == [1, 2, 2, 1]


def test_ratio_needs_a_mean_above_zero():
    frame = table([0, 1, 2, 3], amount_fen=[0, 40, 40, 20])
    assert same(values(frame, "customer_amount_ratio"), [NAN, NAN, 2.0, 20 / (80 / 3)])


def test_hours_share_counts_the_same_quarter_of_the_day():
    frame = table([0, 6 * HOUR - 1, 6 * HOUR, DAY])
    assert same(values(frame, "customer_hours_share"), [NAN, 1.0, 0.0, 2 / 3])


def test_place_changed_looks_past_transactions_without_a_place():
    frame = table([0, 1, 2, 3], place=["Lanzhou", None, "Lanzhou", "Tianshui"])
    assert same(values(frame, "place_changed"), [NAN, NAN, 0, 1])


def test_context_of_a_row():
    frame = table([0, 6 * DAY + 23 * HOUR], amount_fen=[0, 20_000], country=["CN", "HK"], kind=["deposit", "transfer"])
    made = features(frame)
    assert made[["weekday", "hour", "is_round_amount", "is_foreign", "kind_code"]].to_numpy().tolist() == [
        [0, 0, 0, 0, 3],
        [6, 23, 1, 1, 1],
    ]


def test_fraud_counts_from_the_delay_on_and_for_thirty_days():
    frame = table([0, 7 * DAY - 1, 7 * DAY, 37 * DAY - 1, 37 * DAY], is_fraud=[1, 0, 0, 0, 0])
    assert values(frame, "customer_frauds_30d") == [0, 0, 1, 1, 0]
    assert values(frame, "customer_frauds_30d", delay_days=1.0) == [0, 1, 1, 0, 0]


@pytest.mark.parametrize("label", [[True, False], pd.array([1, None], dtype="Int8"), [1.0, NAN]])
def test_labels_of_any_kind_are_read(label):
    frame = table([0, 8 * DAY], is_fraud=label)
    assert values(frame, "customer_frauds_30d") == [0, 1]


def test_chunk_without_labels_counts_as_not_confirmed_and_still_sees_earlier_frauds():
    builder = FeatureBuilder(table([0], is_fraud=[1]).columns)
    builder.update(table([0], is_fraud=[1]))
    assert builder.update(table([8 * DAY]))["customer_frauds_30d"].tolist() == [1]
    assert builder.update(table([16 * DAY]))["customer_frauds_30d"].tolist() == [1]


def test_all_features_are_there_with_all_columns_and_the_others_are_named():
    assert FeatureBuilder([entry.name for entry in COLUMNS]).names == CORE
    builder = FeatureBuilder(["occurred_at", "customer_id", "amount_fen", "terminal_id"])
    assert set(builder.names) | set(builder.left_out) >= set(ARRAY_FEATURES)
    assert builder.left_out["terminal_frauds_30d"] == ("is_fraud",)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_unit_of_time_changes_nothing(unit):
    frame = table([0, 1, HOUR, 9 * DAY])
    made = features(frame.astype({"occurred_at": f"datetime64[{unit}]"}))
    pd.testing.assert_frame_equal(made, features(frame))


def test_fractions_of_a_second_are_cut_off():
    assert same(values(table([0.9, 1.1]), "customer_seconds_since_last"), [NAN, 1])


def test_empty_chunk_gives_an_empty_table_and_changes_nothing():
    builder = FeatureBuilder(table([0]).columns)
    empty = builder.update(table([]))
    assert empty.shape == (0, len(builder.names))
    assert list(empty.columns) == list(builder.names)
    assert set(empty.dtypes) == {np.dtype("float64")}
    assert builder.update(table([0]))["customer_count_total"].tolist() == [0]


def test_index_of_the_chunk_is_kept():
    frame = table([0, 1]).set_axis(["x", "y"])
    assert features(frame).index.tolist() == ["x", "y"]


def test_pairs_are_remembered_over_many_chunks():
    seen, known = SeenPairs(), set()
    chance = np.random.default_rng(7)
    for _ in range(40):
        left, right = chance.integers(-1, 12, 30), chance.integers(-1, 12, 30)
        for first, pair in zip(seen.first_times(left, right), zip(left, right, strict=True), strict=True):
            assert first == (min(pair) >= 0 and pair not in known)
            known.add(pair)


def test_time_out_of_order_is_refused_within_a_chunk():
    with pytest.raises(
        TimeOrderError, match=r"Row 2 happened at 2026-03-02T00:00:03, before .* at 2026-03-02T00:00:05"
    ):
        features(table([0, 5, 3]))


def test_time_out_of_order_is_refused_between_chunks_and_leaves_the_builder_as_it_was():
    builder = FeatureBuilder(table([0]).columns)
    builder.update(table([5]))
    with pytest.raises(TimeOrderError, match="Row 0 happened at 2026-03-02T00:00:04"):
        builder.update(table([4, 6]))
    assert builder.update(table([5]))["customer_count_total"].tolist() == [1]


def broken(**columns):
    return table([0, 1]).assign(**columns)


@pytest.mark.parametrize(
    ("frame", "error", "words"),
    [
        (broken(occurred_at=["today", "now"]), TimeRefusedError, "must hold local times"),
        (
            broken(occurred_at=pd.to_datetime(["2026-03-02", None])),
            TimeRefusedError,
            "Row 1 has no occurred_at",
        ),
        (
            broken(occurred_at=pd.to_datetime(["2026-03-02"] * 2, utc=True)),
            TimeRefusedError,
            "without a zone",
        ),
        (
            broken(occurred_at=np.array(["2026-01-01", "9999-12-31"], "M8[s]")),
            TimeRefusedError,
            "1900 to 2199",
        ),
        (broken(amount_fen=[1.0, 1.5]), AmountRefusedError, "Row 1 has the amount_fen 1.5"),
        (broken(amount_fen=[1.0, NAN]), AmountRefusedError, "nan"),
        (broken(amount_fen=[-1, 1]), AmountRefusedError, "Row 0"),
        (broken(amount_fen=[1, MAX_AMOUNT_FEN + 1]), AmountRefusedError, "Row 1"),
        (broken(amount_fen=["1", "much"]), NumberRefusedError, "amount_fen"),
        (broken(customer_age=["old", "young"]), NumberRefusedError, "customer_age"),
    ],
)
def test_chunk_that_cannot_be_read_is_refused(frame, error, words):
    with pytest.raises(error, match=words):
        features(frame)


def test_money_that_no_integer_holds_is_refused():
    rows = 2**63 // MAX_AMOUNT_FEN + 1
    frame = table(np.zeros(rows), amount_fen=np.full(rows, MAX_AMOUNT_FEN))
    with pytest.raises(AmountRefusedError, match="add up to"):
        features(frame, features=["amount_fen"])


def test_missing_columns_are_refused():
    with pytest.raises(ColumnMissingError, match="customer_id"):
        FeatureBuilder(["occurred_at", "amount_fen"])
    with pytest.raises(ColumnMissingError, match="device_id"):
        FeatureBuilder([*table([0]).columns, "device_id"]).update(table([0]))


@pytest.mark.parametrize("delay", [0.0, -1.0, NAN])
def test_delay_below_one_second_is_refused(delay):
    with pytest.raises(DelayRefusedError, match="at least one second"):
        FeatureBuilder(table([0]).columns, delay)
