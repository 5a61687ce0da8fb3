"""One measured number: shown with its unit, plain in JSON, and never a hole."""

import json
import math

import pytest

from benchmarks.cost import in_fresh_process, timed
from benchmarks.errors import NotFiniteError
from benchmarks.measurement import SHARE, Measurement


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.5, SHARE, "0.500"),
        (0.0, "s", "0.000 s"),
        (0.00001, "s", "0.000 s"),
        (12.345, "s", "12.3 s"),
        (999.6, "MB", "1,000 MB"),
        (1_234_567.0, "rows/s", "1,230,000 rows/s"),
        (-12.345, "MB", "-12.3 MB"),
    ],
)
def test_a_value_is_shown_with_three_digits_and_its_unit(value, unit, shown):
    assert Measurement("d", "s", "m", value, unit).shown == shown


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused_by_name(value):
    with pytest.raises(NotFiniteError, match="recall of chance on province is"):
        Measurement("province", "chance", "recall", value, SHARE)


def test_the_fields_are_the_json():
    one = Measurement("province", "chance", "recall", 0.25, SHARE)
    again = json.loads(json.dumps(vars(one)))
    assert again == {"dataset": "province", "subject": "chance", "metric": "recall", "value": 0.25, "unit": SHARE}
    assert Measurement(**again) == one


def test_work_is_done_once_and_its_result_handed_back():
    calls = []
    result, seconds = timed(lambda: calls.append(1) or "done")
    assert (result, calls) == ("done", [1])
    assert seconds >= 0


def test_the_peak_memory_of_a_fresh_process_grows_with_its_work_and_not_with_ours():
    ours = bytearray(400_000_000)  # touched: the pages are there
    small, large = in_fresh_process(bytearray, 1_000_000), in_fresh_process(bytearray, 150_000_000)
    assert len(ours) > small.peak_bytes
    assert 130e6 < large.peak_bytes - small.peak_bytes < 170e6


def test_an_error_in_a_fresh_process_arrives_here():
    with pytest.raises(ValueError, match="chr"):
        in_fresh_process(chr, -1)
