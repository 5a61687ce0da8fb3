"""The members that are not trees: what they compute, against the definition."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_sample import world
from scipy.optimize import approx_fprime
from sklearn.model_selection import cross_val_score

from fraud.errors import TimesInputError, TooShortError
from fraud.metrics import average_precision
from fraud.scorers import FactorizationMachine, FeatureRegression, InformationGain, reference
from fraud.scorers.encoding import Encoding
from fraud.scorers.factorization import loss_and_slope
from fraud.scorers.factorization import pairwise as pair_sums
from fraud.scorers.information import cuts, gain
from fraud.split import DelayedTimeSplit


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 3))
def test_sum_over_pairs_is_the_sum_over_pairs(seed, width, factors):
    rng = np.random.default_rng(seed)
    encoded, vectors = rng.normal(size=(3, width)), rng.normal(size=(factors, width))
    expected = [reference.pair_sum(row, vectors) for row in encoded]
    assert pair_sums(encoded, vectors) == pytest.approx(expected, abs=1e-12)


def test_slope_of_the_factorization_machine_is_that_of_its_loss():
    rng = np.random.default_rng(3)
    Z, y, weight = rng.normal(size=(20, 4)), rng.integers(0, 2, 20), rng.random(20)
    point, penalty = rng.normal(size=1 + 4 + 8), rng.random(13)

    def loss(at):
        return loss_and_slope(at, Z, Z**2, y, weight, penalty)[0]

    slope = loss_and_slope(point, Z, Z**2, y, weight, penalty)[1]
    assert slope == pytest.approx(approx_fprime(point, loss, 1e-7), abs=1e-4)


def test_pairs_are_found_that_a_regression_cannot_see():
    X, y = world(3_000)
    later, truth = world(3_000, seed=1)
    paired = FactorizationMachine().fit(X, y).predict_proba(later)[:, 1]
    alone = FeatureRegression().fit(X, y).predict_proba(later)[:, 1]
    assert average_precision(truth, paired) > average_precision(truth, alone) + 0.05


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000))
def test_kernel_and_numpy_encode_alike(seed):
    rng = np.random.default_rng(seed)
    X = rng.choice([np.nan, -1e15, -3.0, 0.0, 0.5, 7.0, 1e9], (12, 3))
    X[:, 2] = rng.integers(0, 3, 12)
    encoding = Encoding.learn(X, categories=[2])
    later = rng.choice([np.nan, -2.0, 0.0, 1.0, 1e300], (9, 3))
    assert encoding.encode(later) == pytest.approx(encoding.plain_encode(later), abs=1e-12)
    assert np.isfinite(encoding.encode(later)).all()


def test_amounts_are_logarithms_gaps_are_said_and_categories_stand_apart():
    X, _ = world()
    encoding = Encoding.learn(X.to_numpy(), categories=[4])
    assert list(zip(encoding.column.tolist(), encoding.kind.tolist(), strict=True)) == [
        *((0, 1), (1, 0), (2, 0), (2, 2), (3, 0)),
        *((4, 3), (4, 3), (4, 3), (4, 3), (5, 0), (6, 0)),
    ]


def test_category_is_known_by_its_name():
    X, y = world()
    assert 3 in FeatureRegression().fit(X, y).encoding_.kind
    assert 3 not in FeatureRegression().fit(X.to_numpy(), y).encoding_.kind


def brute_cuts(values, label):
    """Fayyad and Irani's criterion, all cuts tried, parts cut again."""

    def bits(part):
        share = np.bincount(part, minlength=2) / len(part)
        return -sum(p * np.log2(p) for p in share if p)

    places = [(one + two) / 2 for one, two in pairwise(sorted(set(values)))]
    if not places:
        return []

    def left_over(cut):
        below, above = label[values <= cut], label[values > cut]
        return (len(below) * bits(below) + len(above) * bits(above)) / len(label)

    cut = min(places, key=lambda place: (round(left_over(place), 12), place))
    parts = [label[values <= cut], label[values > cut]]
    kinds = [len(set(part.tolist())) for part in (label, *parts)]
    extra = np.log2(3 ** kinds[0] - 2) - (
        kinds[0] * bits(label) - kinds[1] * bits(parts[0]) - kinds[2] * bits(parts[1])
    )
    if bits(label) - left_over(cut) <= (np.log2(len(label) - 1) + extra) / len(label):
        return []
    below = values <= cut
    return sorted([cut, *brute_cuts(values[below], label[below]), *brute_cuts(values[~below], label[~below])])


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 10_000), st.integers(2, 60))
def test_cuts_are_those_of_trying_all(seed, rows):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 12, rows).astype(float)
    label = np.r_[0, 1, ((values > 3) ^ (values > 8) ^ (rng.random(rows) < 0.1)).astype(int)[2:]]
    found, expected = cuts(values, label), np.array(brute_cuts(values, label))
    # two cuts may tell the same to the last bit but one; then what they tell must be equal
    assert gain(values, label, found) == pytest.approx(gain(values, label, expected), abs=1e-9)


def test_feature_that_tells_nothing_is_left_out_and_a_gap_can_tell():
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 400)
    label, gap = y + rng.normal(size=400) / 9, np.where(y, 1, np.nan)
    X = pd.DataFrame({"noise": rng.normal(size=400), "label": label, "gap": gap})
    choice = InformationGain().fit(X, y)
    assert choice.get_feature_names_out().tolist() == ["label", "gap"]
    assert InformationGain(most=1).fit(X, y).get_support().sum() == 1


def test_folds_learn_nothing_that_was_not_yet_known():
    day = np.sort(np.random.default_rng(1).integers(0, 100, 500))
    for learn, test in DelayedTimeSplit(3, delay=7).split(day, groups=day * 86_400):
        assert day[learn].max() <= day[test].min() - 7
        assert day[learn].max() + 1 > day[test].min() - 7 - 2


def test_folds_serve_as_a_splitter_of_scikit_learn():
    X, y = world()
    day = pd.date_range("2026-01-01", periods=len(X), freq="h")
    folds = DelayedTimeSplit(2, delay=3)
    scores = cross_val_score(FeatureRegression(), X, y, cv=folds, groups=day, scoring="average_precision")
    assert folds.get_n_splits() == len(scores) == 2
    assert (scores > y.mean()).all()


@pytest.mark.parametrize("times", [None, [3, 2, 1, 0], [0, 1, 2]])
def test_times_that_do_not_fit_the_rows_are_refused(times):
    with pytest.raises(TimesInputError):
        list(DelayedTimeSplit(2, delay=1).split(np.zeros(4), groups=times))


def test_delay_longer_than_the_rows_is_refused():
    with pytest.raises(TooShortError, match="shorter delay"):
        list(DelayedTimeSplit(2, delay=1).split(np.zeros(4), groups=np.arange(4)))
