"""Histories of customers and the network over them: point-in-time, the same online, and worth what it adds."""

import importlib.util

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fraud.errors import ModelFileError, SequenceInputError
from fraud.modelfile import load, save
from fraud.sequence import Histories, Rescored, SequenceScorer

HAS_KERAS = all(importlib.util.find_spec(name) for name in ("keras", "jax"))
needs_keras = pytest.mark.skipif(not HAS_KERAS, reason="waits for Keras and JAX: the extra `sequence`")


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 10_000), st.integers(0, 30), st.integers(1, 4))
def test_histories_are_the_last_events_however_the_stream_is_cut(seed, cut, length):
    rng = np.random.default_rng(seed)
    customers, events = rng.integers(-1, 4, 30), rng.normal(size=(30, 2)).astype(np.float32)
    whole = Histories(2, length).update(customers, events)
    parts = Histories(2, length)
    pair = [parts.update(customers[:cut], events[:cut]), parts.update(customers[cut:], events[cut:])]
    assert np.array_equal(np.concatenate(pair), whole, equal_nan=True)
    for row, customer in enumerate(customers):
        own = events[: row + 1][customers[: row + 1] == customer] if customer >= 0 else events[[row]]
        last = own[-length:]
        assert np.array_equal(whole[row, length - len(last) :], last)
        assert np.isnan(whole[row, : length - len(last)]).all()


def test_only_wanted_rows_are_returned_and_all_are_remembered():
    customers, events = np.array([0, 0, 1_000]), np.arange(3, dtype=np.float32)[:, np.newaxis]
    made = Histories(1, 2).update(customers, events, wanted=np.array([False, True, False]))
    assert made.tolist() == [[[0.0], [1.0]]]


def test_event_with_a_gap_is_refused():
    with pytest.raises(SequenceInputError, match="finite"):
        Histories(1).update(np.array([0]), np.array([[np.nan]]))
    with pytest.raises(SequenceInputError, match="shape"):
        Histories(2).update(np.array([0]), np.zeros((1, 1)))


def told_by_order(rows, seed):
    """Histories of six events whose label is their order: fraud is a small one followed at once by a large one."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 6, 2)).astype(np.float32)
    X[rng.random(rows) < 0.3, :2] = np.nan
    label = rng.random(rows) < 0.3
    X[label, 4, 0], X[label, 5, 0] = -2.0, 2.0
    X[~label, 4, 0], X[~label, 5, 0] = 2.0, -2.0
    swap = rng.random(rows) < 0.5
    X[swap & ~label, 5, 0] = 2.0
    return X, label.astype(int)


@pytest.fixture(scope="module")
def scorer():
    X, y = told_by_order(512, seed=1)
    return SequenceScorer(units=8, epochs=6, batch=64, learning_rate=1e-2).fit(X, y)


@needs_keras
def test_order_of_events_is_learnt(scorer):
    X, y = told_by_order(64, seed=2)
    assert (scorer.predict(X) == y).mean() > 0.9


@needs_keras
def test_row_alone_scores_as_in_a_batch_and_missing_events_are_not_read(scorer):
    X, _ = told_by_order(40, seed=3)
    together = scorer.decision_function(X)
    assert [scorer.decision_function(X[[row]])[0] for row in (0, 7)] == pytest.approx(together[[0, 7]], abs=1e-4)
    assert scorer.decision_function(X[:0]).shape == (0,)
    chance = scorer.predict_proba(X)
    assert chance.sum(axis=1) == pytest.approx(1)


@needs_keras
def test_stored_network_answers_with_the_same_bits(scorer, tmp_path):
    names = [f"{at}:{number}" for at in range(6) for number in range(2)]
    save(tmp_path / "network", scorer, names)
    X, _ = told_by_order(20, seed=4)
    loaded = load(tmp_path / "network", names).model
    assert np.array_equal(loaded.decision_function(X), scorer.decision_function(X))


@needs_keras
def test_histories_of_another_shape_are_refused(scorer):
    with pytest.raises(SequenceInputError, match="shape"):
        scorer.predict_proba(np.zeros((2, 5, 2), np.float32))
    gap = np.zeros((2, 6, 2), np.float32)
    gap[1, 5, 0] = np.nan
    with pytest.raises(SequenceInputError, match="History 1 ends without its event"):
        scorer.predict_proba(gap)


def top(rows, seed, worth):
    rng = np.random.default_rng(seed)
    label = (rng.random(rows) < 0.3).astype(int)
    odds = label + rng.normal(size=rows) + 2.0
    return odds, worth * label + rng.normal(size=rows), label


def test_network_that_knows_more_reorders_the_top_and_only_that():
    odds, network, label = top(500, seed=1, worth=4.0)
    learnt = Rescored.learn(odds, network, label, threshold=-10.0)
    assert learnt.second > 0.3
    again = Rescored(2.0, learnt.first, learnt.second, learnt.intercept)
    wanted = again.wanted(odds)
    joined = again.joined(odds, network[wanted])
    assert np.array_equal(joined[~wanted], odds[~wanted])
    assert (joined[wanted] >= 2.0).all()


def test_network_that_speaks_against_fraud_is_not_heard():
    odds, network, label = top(500, seed=2, worth=-4.0)
    assert Rescored.learn(odds, network, label, threshold=-10.0).second == 0.0


def test_with_few_frauds_nothing_changes():
    odds, network, label = top(20, seed=3, worth=4.0)
    label[:] = 0
    label[:5] = 1
    same = Rescored.learn(odds, network, label, threshold=0.0)
    assert np.array_equal(same.joined(odds, network[same.wanted(odds)]), odds)


def test_top_is_the_asked_share():
    odds = np.random.default_rng(4).normal(size=10_000)
    assert Rescored(Rescored.top_of(odds, 0.01), 1.0, 0.0, 0.0).wanted(odds).sum() == 100


@needs_keras
def test_forged_network_is_refused(scorer, tmp_path):
    scorer_weights = scorer.weights_
    try:
        scorer.weights_ = scorer_weights[:-1]
        save(tmp_path / "short", scorer, [str(at) for at in range(12)])
    finally:
        scorer.weights_ = scorer_weights
    with pytest.raises(ModelFileError, match="network"):
        load(tmp_path / "short")
