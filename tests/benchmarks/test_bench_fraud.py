"""The benchmark of fraud scorers: floors, peers, ours, a ceiling and anybody's own, on the same rows."""

import math
import sys

import numpy as np
import pandas as pd
import pytest

from benchmarks import fraud, payments, subjects
from benchmarks.errors import SubjectFailedError
from fraud.errors import FraudError, ScorerLoadError, ScorerUnusableError

OWN = """
import numpy as np

class Ratio:
    def fit(self, X, y):
        assert X["customer_amount_ratio"].isna().any(), "NaN is part of the bargain"
        self.seen = len(X)
        return self

    def predict_proba(self, X):
        chance = np.clip(X["customer_amount_ratio"].fillna(0) / 100, 0, 1)
        return np.column_stack([1 - chance, chance])

class Streaming:
    def learn_one(self, x):
        self.seen = True

    def score_one(self, x):
        return x["amount_fen"]

class Vandal:
    def fit(self, X, y):
        y[:] = 0
        X.iloc[:, :] = 0.0

    def decision_function(self, X):
        X.iloc[:, :] = 0.0
        return np.zeros(len(X))

class Broken:
    def fit(self, X, y):
        raise RuntimeError("no licence\\nand more")

class Holes(Ratio):
    def predict_proba(self, X):
        return np.full((len(X), 2), np.nan)
"""


@pytest.fixture(scope="module")
def small():
    """Both datasets, small."""
    return [make(12_000, 7, 0.02, lambda *_: None) for make in (payments.province, payments.foreign_columns)]


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    (tmp_path / "own_scorer_of_a_test.py").write_text(OWN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    sys.modules.pop("own_scorer_of_a_test", None)


def by_metric(measured):
    return {one.metric: one.value for one in measured}


def test_the_quick_run_measures_everybody_by_everything_with_a_scorer_of_our_own(own_folder):
    before, steps = list(sys.path), []
    found = fraud.run(quick=True, progress=lambda *step: steps.append(step), scorer="own_scorer_of_a_test:Ratio")
    names = [subject.name for subject in subjects.shipped(7)]
    speed = [one for one in found if one.dataset == "province: speed"]
    assert {one.metric for one in speed} == {"one row p50", "one row p99", "in a batch"}
    assert {one.subject for one in speed} == {"own_scorer_of_a_test:Ratio", *names}
    tried = {one.subject for one in found if one.dataset == "province: laws (1 kept, 0 broken)"}
    assert tried == {"own_scorer_of_a_test:Ratio", subjects.OURS}
    found = [one for one in found if one.dataset in ("province", "foreign columns")]
    assert list(dict.fromkeys(one.subject for one in found)) == [
        "own_scorer_of_a_test:Ratio",
        *names,
        "perfect (ceiling)",
    ]
    metrics = {*fraud.METRICS, "fit", "score a row"}
    wanted = {
        (d, s, m) for d in ("province", "foreign columns") for s in {one.subject for one in found} for m in metrics
    }
    assert {(one.dataset, one.subject, one.metric) for one in found} == wanted
    assert len(found) == len(wanted)
    assert all(math.isfinite(one.value) and one.value >= 0 for one in found)
    assert sys.path == before
    assert max(done for step, done, _ in steps if step.startswith("features")) == 12_000

    share = {(one.dataset, one.subject): one.value for one in found if one.metric == "average precision"}
    for dataset in ("province", "foreign columns"):
        assert share[dataset, "chance (floor)"] == pytest.approx(0.02, abs=0.005)
        assert share[dataset, "perfect (ceiling)"] == 1
        assert share[dataset, "ours: rules + trees"] > 2 * share[dataset, "rules only"]
        assert share[dataset, "ours: rules + trees"] > 2 * share[dataset, "amount alone (floor)"]


def test_both_datasets_hold_the_same_rows_and_foreign_columns_fewer_features(small):
    full, foreign = small
    same = ["occurred_at", "amount_fen", "is_fraud", "known"]
    pd.testing.assert_frame_equal(full.outcome[same], foreign.outcome[same])
    np.testing.assert_array_equal(full.label, foreign.label)
    assert set(foreign.learnt) < set(full.learnt)
    assert not {"new_device", "channel_code", "new_payee"} & set(foreign.learnt)
    assert "terminal_frauds_30d" in foreign.learnt


def test_no_judged_row_is_learnt_from_and_labels_had_time_to_arrive(small):
    full, _ = small
    assert len(full.learnt) + len(full.outcome) < 12_000
    assert len(full.judged) == len(full.outcome)
    assert list(full.judged) == list(full.learnt)
    assert "is_fraud" not in full.learnt
    assert not full.learnt.isna().all().any()


def test_equal_seeds_give_equal_figures_and_other_seeds_others(small):
    one, again, other = (by_metric(fraud.compare(small[0], subjects.shipped(seed)[0])) for seed in (7, 7, 8))
    assert {metric: one[metric] for metric in fraud.METRICS} == {metric: again[metric] for metric in fraud.METRICS}
    assert one["average precision"] != other["average precision"]


@pytest.mark.parametrize("name", ["rules + isolation forest", "gradient boosting", "ours: rules + trees"])
def test_what_learns_gives_equal_figures_for_equal_seeds(small, name):
    one, again = (
        by_metric(fraud.compare(small[1], next(subject for subject in subjects.shipped(7) if subject.name == name)))
        for _ in range(2)
    )
    assert {metric: one[metric] for metric in fraud.METRICS} == {metric: again[metric] for metric in fraud.METRICS}


def test_nobody_is_above_the_ceiling(small):
    full, _ = small
    top = by_metric(fraud.compare(full, subjects.Subject("perfect", subjects.Perfect(full.outcome))))
    for subject in subjects.shipped(7)[:4]:
        reached = by_metric(fraud.compare(full, subject))
        assert all(reached[metric] <= top[metric] for metric in fraud.METRICS)


def test_a_scorer_that_learns_row_by_row_is_the_amount_floor_under_another_name(small, own_folder):
    with subjects.current_folder_importable():
        streaming = subjects.own("own_scorer_of_a_test:Streaming")
    reached = by_metric(fraud.compare(small[1], streaming))
    floor = by_metric(fraud.compare(small[1], subjects.Subject("amount", subjects.AmountAlone())))
    assert {metric: reached[metric] for metric in fraud.METRICS} == {metric: floor[metric] for metric in fraud.METRICS}


def test_a_scorer_cannot_change_the_rows_of_the_next_one(small, own_folder):
    with subjects.current_folder_importable():
        vandal = subjects.own("own_scorer_of_a_test:Vandal")
    frauds, learnt, judged = small[1].label.sum(), small[1].learnt.copy(), small[1].judged.copy()
    fraud.compare(small[1], vandal)
    assert small[1].label.sum() == frauds > 0
    pd.testing.assert_frame_equal(small[1].learnt, learnt)
    pd.testing.assert_frame_equal(small[1].judged, judged)


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("Broken", SubjectFailedError, "own_scorer_of_a_test:Broken fails on the dataset .* RuntimeError: no licence$"),
        ("Holes", ScorerUnusableError, "finite"),
    ],
)
def test_a_broken_scorer_is_refused_in_one_sentence(small, own_folder, name, error, words):
    with subjects.current_folder_importable():
        broken = subjects.own(f"own_scorer_of_a_test:{name}")
    with pytest.raises(error, match=words) as refusal:
        fraud.compare(small[1], broken)
    assert "\n" not in str(refusal.value)


def test_a_scorer_that_is_not_there_is_refused_before_anything_is_made():
    with pytest.raises(ScorerLoadError, match="no module nowhere"):
        fraud.run(quick=True, progress=lambda *step: pytest.fail(f"worked: {step}"), scorer="nowhere:Scorer")
    assert issubclass(ScorerLoadError, FraudError)


def test_the_current_folder_hides_no_module_of_the_library(tmp_path, monkeypatch):
    (tmp_path / "colorsys.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    sys.modules.pop("colorsys", None)
    with subjects.current_folder_importable(), pytest.raises(ScorerLoadError, match="has no Scorer"):
        subjects.own("colorsys:Scorer")
