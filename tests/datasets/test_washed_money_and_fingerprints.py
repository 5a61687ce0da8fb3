"""Washed money and fingerprints: equal seeds are equal rows, truth stands apart, and the hard cases are there."""

import pandas as pd
import pytest

from datasets import fingerprints, laundering
from datasets.errors import OutOfRangeError
from datasets.laundering_patterns import PATTERNS


@pytest.mark.parametrize("table", [laundering, fingerprints], ids=["laundering", "fingerprints"])
def test_a_seed_gives_its_rows_in_order_of_time_and_no_truth_among_them(table):
    frame, truth = next(table.make(6_000, 7)), next(table.truth(6_000, 7))
    pd.testing.assert_frame_equal(frame, next(table.make(6_000, 7)))
    assert not frame.equals(next(table.make(6_000, 8)))
    time = "occurred_at" if table is laundering else "seen_at"
    assert frame[time].is_monotonic_increasing
    assert len(frame) == 6_000
    assert set(frame.columns) & set(truth.columns) <= {"transaction_id", "observation_id"}


def test_there_are_as_many_honest_look_alikes_as_were_asked_for():
    for asked in (0, 3):
        known = next(laundering.truth(20_000, 7, look_alikes=asked))
        episodes = known.groupby("is_laundering")["episode_id"].nunique()
        assert episodes.get(0, 0) == asked * episodes[1]
    assert {one.name for one in PATTERNS} >= set(known["typology"])


def test_members_who_are_acquainted_pay_each_other_at_other_times_too():
    frame = next(laundering.make(20_000, 7, strangers=0.0, look_alikes=0, acquainted=1.0))
    known = next(laundering.truth(20_000, 7, strangers=0.0, look_alikes=0, acquainted=1.0))
    pairs = frame.groupby(["account_id", "payee_id"]).size()
    washed = frame.merge(known, on="transaction_id").groupby(["account_id", "payee_id"]).size()
    assert (pairs[washed.index] > washed).mean() > 0.8


def test_versions_of_a_device_never_fall():
    frame, truth = next(fingerprints.make(4_000, 7)), next(fingerprints.truth(4_000, 7))
    for name in ("os_version", "app_version", "browser_version"):
        version = frame[name].str.split(".").map(lambda parts: int(parts[0]) * 1_000 + int(parts[1]))
        assert (version.groupby(truth["device_id"]).diff().dropna() >= 0).all()


def test_numbers_out_of_range_are_refused():
    with pytest.raises(OutOfRangeError, match="n is -1"):
        next(laundering.make(-1, 7))
    with pytest.raises(OutOfRangeError, match="strangers is 2"):
        next(laundering.make(10, 7, strangers=2))
    with pytest.raises(OutOfRangeError, match="n is -1"):
        next(fingerprints.make(-1, 7))
