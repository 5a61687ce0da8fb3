"""Times to the second and money to the fen, from whatever people write."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraud.intake import Mapping
from fraud.intake.amounts import read_amounts
from fraud.intake.times import TimeReader
from fraud.schema import MAX_AMOUNT_FEN

NAMES = {"occurred_at": "T", "customer_id": "C", "amount_fen": "A"}


def read_times(*texts: str, **settings: object) -> list[str]:
    """Each time as ISO 8601, or the code of its fault."""
    seconds, faults = TimeReader(Mapping(NAMES, **settings)).read(pa.array(texts, pa.string()))
    shown = seconds.astype("datetime64[s]").astype(str)
    return [faults.get(place, shown[place]) for place in range(len(texts))]


@pytest.mark.parametrize(
    "text",
    [
        "2018-04-01 09:05:00",
        "2018-04-01T09:05:00",
        "2018-04-01 09:05",
        "2018-04-01 09:05:00.999",
        "2018-04-01 09:05:00.123456789",
        "2018-04-01T01:05:00Z",
        "2018-04-01T09:05:00+08:00",
        "2018-04-01T09:05:00.250+0800",
        "2018-03-31 20:05:00-05",
        "2018/04/01 09:05",
        "2018/4/1 9:05",
        "2018/4/1 9:05:00",
        "2018.04.01 09:05:00",
        "2018年4月1日 9:05",
        "2018年4月1日 9时5分0秒",
        "20180401090500",
        "201804010905",
        "20180401 090500",
        "20180401T010500Z",
    ],
)
def test_a_time_is_recognised(text: str) -> None:
    assert read_times(text) == ["2018-04-01T09:05:00"]


@pytest.mark.parametrize(("text", "code"), [
    ("", "time-missing"),
    ("yesterday", "time-unreadable"),
    ("2018-02-30 10:00:00", "time-unreadable"),
    ("2018-13-01", "time-unreadable"),
    ("2018-04-01 24:00:00", "time-unreadable"),
    ("2018-04-01 10:61", "time-unreadable"),
    ("2018-04-01 10:00:00+99:00", "time-unreadable"),
    ("2018-04-01 10:00:00 and more", "time-unreadable"),
    ("03/04/2018", "time-ambiguous"),
    ("3.4.18 10:00", "time-ambiguous"),
    ("1522540800", "time-is-a-number"),
    ("17.5", "time-is-a-number"),
    ("1889-04-01 10:00:00", "time-implausible"),
    ("2100-01-01 00:00:00", "time-implausible"),
    ("9999-12-31 23:59:59", "time-implausible"),
])  # fmt: skip
def test_a_bad_time_is_refused(text: str, code: str) -> None:
    assert read_times(text) == [code]
    assert read_times("2018-04-01", text) == ["2018-04-01T00:00:00", code]


@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31, 23, 59, 59)), min_size=1))
def test_the_fast_and_the_patient_reading_of_times_agree(times) -> None:
    texts = [str(time) for time in times]
    # A slash is nothing for Arrow's parser, so that the whole batch is taken apart by patterns.
    patient = read_times(*texts, "2018/4/1")[:-1]
    assert read_times(*texts) == patient == [time.replace(microsecond=0).isoformat() for time in times]


def test_zones_must_be_everywhere_or_nowhere() -> None:
    assert read_times("2018-04-01 10:00Z", "2018-04-01 10:00") == ["2018-04-01T18:00:00", "time-zone-mixed"]
    assert read_times("2018-04-01 10:00", "2018-04-01 10:00Z") == ["2018-04-01T10:00:00", "time-zone-mixed"]


def test_a_zone_is_remembered_from_batch_to_batch() -> None:
    reader = TimeReader(Mapping(NAMES))
    reader.read(pa.array(["2018-04-01 10:00Z"]))
    assert reader.read(pa.array(["2018-04-01 10:00"]))[1] == {0: "time-zone-mixed"}


def test_a_format_settles_day_and_month() -> None:
    found = read_times("03/04/2018 10:00", "31/12/2018 23:59", "12/31/2018 00:00", "", time_format="%d/%m/%Y %H:%M")
    assert found == ["2018-04-03T10:00:00", "2018-12-31T23:59:00", "time-not-in-format", "time-missing"]


def test_numbers_count_from_the_origin() -> None:
    settings = {"time_unit": "hours", "time_origin": datetime(2018, 4, 1)}
    found = read_times("0", "1", "743", "0.5", "x", "1e300", **settings)
    days = ["2018-04-01T00:00:00", "2018-04-01T01:00:00", "2018-05-01T23:00:00", "2018-04-01T00:30:00"]
    assert found == [*days, "time-not-a-number", "time-implausible"]


def fen_of(*texts: str, **settings: str) -> list[object]:
    """Each amount in fen, or the code of its fault."""
    fen, faults, _ = read_amounts(pa.array(texts, pa.string()), **settings)
    return [faults.get(place, int(fen[place])) for place in range(len(texts))]


@pytest.mark.parametrize(("text", "fen"), [
    ("57.16", 5716), ("0.29", 29), ("1.1", 110), ("146.0", 14600), ("146.", 14600), (".5", 50), ("+3", 300), ("-0", 0),
    ("1e3", 100_000), ("5.716E+1", 5716), ("1,234.56", 123_456), ("12,345,678", 1_234_567_800), ("¥3.50", 350),
    ("￥ 3.50", 350), ("CNY 7", 700), ("3.5元", 350), ("$1,000.00", 100_000), ("57.160000", 5716),
    ("57.160000000000004", 5716), ("85.64999999999999", 8565), ("0.125", 12), ("0.135", 14), ("0.005", 0),
    ("100000000000", MAX_AMOUNT_FEN),
])  # fmt: skip
def test_yuan_become_exact_fen(text: str, fen: int) -> None:
    assert fen_of(text) == [fen]
    assert fen_of(text, "x") == [fen, "amount-not-a-number"]


@pytest.mark.parametrize(("text", "code"), [
    ("", "amount-missing"), ("abc", "amount-not-a-number"), ("1,23", "amount-not-a-number"),
    ("1.234,56", "amount-not-a-number"), ("1 000", "amount-not-a-number"), ("0x10", "amount-not-a-number"),
    ("1_000", "amount-not-a-number"), ("--5", "amount-not-a-number"), ("5-", "amount-not-a-number"),
    ("9" * 500, "amount-not-a-number"), ("inf", "amount-not-finite"), ("-Infinity", "amount-not-finite"),
    ("-3", "amount-negative"), ("-0.001", "amount-negative"), ("-¥5", "amount-negative"),
    ("100000000000.01", "amount-too-large"), ("1e30", "amount-too-large"), ("9" * 40, "amount-too-large"),
    ("1e999", "amount-too-large"), ("99999999999999.99", "amount-too-large"),
])  # fmt: skip
def test_a_bad_amount_is_refused(text: str, code: str) -> None:
    assert fen_of(text) == [code]


def test_fen_must_be_whole() -> None:
    assert fen_of("5716", "5716.0", "5,716", "5716.5", unit="fen") == [5716, 5716, 5716, "amount-not-whole-fen"]


def test_a_decimal_comma_is_read_when_it_is_told() -> None:
    found = fen_of("57,16", "1.057,16", "3", "57.16", "1.057.16", decimal=",")
    assert found == [5716, 105_716, 300, "amount-not-a-number", "amount-not-a-number"]


@given(st.lists(st.integers(0, MAX_AMOUNT_FEN), min_size=1))
def test_no_fen_is_lost(amounts) -> None:
    texts = [f"{fen // 100}.{fen % 100:02d}" for fen in amounts]
    assert fen_of(*texts) == amounts
    assert fen_of(*texts, "x")[:-1] == amounts
    assert fen_of(*map(str, amounts), unit="fen") == amounts


@given(st.lists(st.decimals(0, 10**11, places=9), min_size=1))
def test_rounding_is_half_to_even_and_counted(amounts) -> None:
    fen, faults, rounded = read_amounts(pa.array([f"{amount:f}" for amount in amounts]))
    right = [int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)) for amount in amounts]
    assert not faults
    assert fen.tolist() == right
    assert rounded == sum(amount * 100 != whole for amount, whole in zip(amounts, right, strict=True))


@given(st.lists(st.text(st.sampled_from("0123456789.,+-eE¥元 "), max_size=8), min_size=1))
def test_a_batch_reads_each_amount_as_if_it_were_alone(texts) -> None:
    assert fen_of(*texts) == [fen_of(text)[0] for text in texts]


def test_a_slice_of_an_array_is_read_from_its_place() -> None:
    whole = pa.array(["1.00", "2.00", "3.00", "4.00"])
    assert read_amounts(whole.slice(1, 2))[0].tolist() == [200, 300]
    assert np.diff(TimeReader(Mapping(NAMES)).read(pa.array(["x", "2018-04-01", "2018-04-02"]).slice(1))[0]) == 86_400


def test_a_second_that_is_cut_is_not_rounded_up() -> None:
    late = datetime(2018, 4, 1) - timedelta(microseconds=1)
    assert read_times(late.isoformat()) == ["2018-03-31T23:59:59"]
