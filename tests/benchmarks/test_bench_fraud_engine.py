"""One event, the whole history, and quality over provinces: small runs of each, and what they must agree with."""

import math

import numpy as np
import pandas as pd
import pytest

from benchmarks import fraud_event, fraud_history, fraud_quality
from benchmarks.fraud_history import history, replay, write_history
from fraud.features import FeatureBuilder
from fraud.rules import full_rulebook
from fraud.rules.compiled import compile_rules


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "history.parquet"
    write_history(path, 3_000, lambda *_: None)
    return path


def test_one_event_and_its_parts_are_measured(monkeypatch):
    monkeypatch.setattr(fraud_event, "_QUICK_ROWS", 3_000)
    monkeypatch.setattr(fraud_event, "_QUICK_ASKED", 60)
    monkeypatch.setattr(fraud_event, "_QUICK_SECONDS", 0.0)
    monkeypatch.setattr(fraud_event, "_TREES", 20)
    found = fraud_event.run(quick=True)
    subjects = {"everything", "part: features", "part: rules", "part: model", "model, LightGBM's predict"}
    assert subjects <= {one.subject for one in found}
    assert {one.dataset for one in found} == {found[0].dataset}
    assert "561 rules" in found[0].dataset
    assert all(math.isfinite(one.value) and one.value >= 0 for one in found)
    middle = {one.subject: one.value for one in found if one.metric == "p50"}
    slow = {one.subject: one.value for one in found if one.metric == "p99"}
    assert all(middle[subject] <= slow[subject] for subject in middle)


def test_a_history_longer_than_its_file_goes_on_in_time_and_ends_on_the_row(file):
    rows = pd.concat(list(history(file, 7_001)), ignore_index=True)
    assert len(rows) == 7_001
    assert rows["occurred_at"].is_monotonic_increasing
    assert rows["transaction_id"].is_unique
    assert rows["customer_id"].iloc[3_000:6_000].tolist() == rows["customer_id"].iloc[:3_000].tolist()


def test_a_replay_in_a_stream_hits_what_the_table_at_once_hits(file):
    done = replay(file, 4_000, learnt_rows=3_000, trees=5)
    whole = pd.concat(list(history(file, 4_000)), ignore_index=True)
    rules = compile_rules(full_rulebook())
    judge = fraud_history._Judge.learnt(file, 3_000, 5)
    features = FeatureBuilder(list(whole.columns), features=judge.names).update(whole)
    lists = rules.hit_lists({**dict(features.items()), **dict(whole.drop(columns="is_fraud").items())})
    assert done.rows == 4_000
    assert done.hit_rows == int((np.diff(lists.offsets) > 0).sum()) > 0
    assert done.suspected == int((judge.model.decision_function(features.to_numpy()[:, judge.asked]) > 0).sum())
    assert set(done.parts) == {"reading", "features", "rules", "model"}
    assert done.peak > 0


def test_quality_is_told_with_intervals_over_the_provinces(monkeypatch):
    small = {"seeds": (101, 102), "n": 2_500, "rate": 0.06, "trees": 3}
    monkeypatch.setattr(fraud_quality, "_QUICK", small)
    found = fraud_quality.run(quick=True)
    value = {(one.dataset, one.subject, one.metric): one.value for one in found}
    ahead = "all frauds: the blend is ahead of"
    low, by, high = (value[ahead, "rules alone", f"AP {word}"] for word in ("at least", "by", "at most"))
    assert low <= by <= high
    mean = value["all frauds", fraud_quality.BLEND, "average precision"]
    assert by == pytest.approx(mean - value["all frauds", "rules alone", "average precision"])
    assert {"boosting alone", "forest alone", "PyOD's best"} <= {one.subject for one in found}
    assert any(one.dataset == "frauds that no rule was written for" for one in found)


def test_an_interval_is_students():
    low, high = fraud_quality._interval([0.1, 0.2, 0.3])
    assert (low + high) / 2 == pytest.approx(0.2)
    assert high - low == pytest.approx(2 * 4.302653 * 0.1 / math.sqrt(3), rel=1e-5)
