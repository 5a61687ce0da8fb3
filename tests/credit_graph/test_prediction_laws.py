"""Prediction reads nothing later than the day, agrees with its readable twin, and ranks better than chance."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from credit_graph.errors import PredictionInputError
from credit_graph.prediction import (
    DefaultRanker,
    area_under_curve,
    average_precision,
    call_features,
    candidates,
    contagion_share,
    day_of_history,
    history_of,
    network_features,
    panel,
    precision_at,
    time_split,
)
from credit_graph.prediction.history import NEVER, History
from credit_graph.reference import prediction as twin
from datasets.guarantees import credit_tables

HALF_LIFE = 60.0
OWN = ("equity_fen", "leverage", "overdue_days")


def drawn(seed: int) -> tuple[History, int]:
    """A small history with loops, parallel guarantees, gaps, and firms without any buffer."""
    rng = np.random.default_rng(seed)
    n, m, day = int(rng.integers(1, 7)), int(rng.integers(0, 14)), 100
    own = np.where(rng.random((n, 2)) < 0.2, np.nan, rng.random((n, 2)).round(2))
    first = rng.integers(0, 120, m)
    history = History(
        ids=np.array([f"F{number}" for number in range(n)], object),
        kind=np.full(n, "firm", object),
        own_names=("leverage", "age"),
        own=own,
        is_date=np.zeros(2, np.bool_),
        buffer_fen=np.where(rng.random(n) < 0.2, np.nan, rng.integers(0, 900, n)),
        tail=rng.integers(0, n, m),
        head=rng.integers(0, n, m),
        amount_fen=rng.integers(0, 500, m),
        first_day=first,
        last_day=first + rng.integers(0, 90, m),
        defaulted_day=np.where(rng.random(n) < 0.4, rng.integers(1, 140, n), NEVER),
        observed_until=200,
    )
    return history, day


def as_plain(history: History) -> dict[str, object]:
    def known(values: np.ndarray) -> list[float | None]:
        return [None if np.isnan(value) else float(value) for value in values]

    parts = (history.tail, history.head, history.amount_fen, history.first_day, history.last_day)
    ties = [tuple(int(part[place]) for part in parts) for place in range(len(history.tail))]
    fell = [None if day == NEVER else int(day) for day in history.defaulted_day]
    own = [known(row) for row in history.own]
    return {"guarantees": ties, "own": own, "buffer": known(history.buffer_fen), "fell": fell}


def assert_same(found: pd.DataFrame, wanted: list[dict[str, float | None]]) -> None:
    right = pd.DataFrame(wanted, dtype=np.float64)
    assert sorted(found.columns) == sorted(right.columns)
    np.testing.assert_allclose(found[right.columns].to_numpy(np.float64), right.to_numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("block", range(10))
def test_network_features_are_those_of_the_definition(block):
    for seed in range(block * 30, block * 30 + 30):
        history, day = drawn(seed)
        plain = as_plain(history)
        wanted = twin.network_features(
            plain["guarantees"], history.own_names, plain["own"], plain["buffer"], plain["fell"], day, HALF_LIFE
        )
        assert_same(network_features(day_of_history(history, day), HALF_LIFE), wanted)


@pytest.mark.parametrize("block", range(5))
def test_expected_calls_are_those_of_the_definition(block):
    for seed in range(block * 20, block * 20 + 20):
        history, day = drawn(seed)
        plain = as_plain(history)
        chance = np.random.default_rng(seed + 1).random(history.n) * 0.3
        wanted = twin.call_features(
            plain["guarantees"], chance.tolist(), plain["buffer"], plain["fell"], day, HALF_LIFE
        )
        assert_same(call_features(day_of_history(history, day), chance, HALF_LIFE), wanted)


@pytest.mark.parametrize("seed", range(60))
def test_nothing_that_happens_later_changes_a_feature(seed):
    history, day = drawn(seed)
    later = history.defaulted_day > day
    kept = history.first_day <= day
    changed = replace(
        history,
        defaulted_day=np.where(later, NEVER, history.defaulted_day),
        amount_fen=np.where(kept, history.amount_fen, 10**9),
        last_day=np.where(history.last_day >= day, history.last_day + 1_000, history.last_day),
    )
    before, after = (network_features(day_of_history(one, day), HALF_LIFE) for one in (history, changed))
    pd.testing.assert_frame_equal(before, after)
    chance = np.full(history.n, 0.1)
    before, after = (call_features(day_of_history(one, day), chance, HALF_LIFE) for one in (history, changed))
    pd.testing.assert_frame_equal(before, after)


def test_no_training_label_looks_into_the_time_of_the_test():
    history, _ = drawn(3)
    rows = panel(history, ["1970-02-01", "1970-03-01", "1970-05-01"], horizon_days=40)
    learnt, judged = time_split(rows, "1970-05-01")
    assert learnt["label_until"].max() <= judged["day"].min()
    with pytest.raises(PredictionInputError, match="horizon"):
        panel(history, ["1970-07-01"], horizon_days=40)


def test_who_has_defaulted_is_no_candidate():
    history, day = drawn(5)
    asked = candidates(history, pd.Timestamp("1970-01-01") + pd.Timedelta(days=day))
    assert (history.defaulted_day[asked["party"]] > day).all()
    assert len(asked) == int((history.defaulted_day > day).sum())


@pytest.mark.parametrize("seed", range(20))
def test_measures_are_those_of_scikit_learn_with_ties(seed):
    rng = np.random.default_rng(seed)
    label, score = rng.integers(0, 2, 60), rng.integers(0, 8, 60) / 8
    label[:2] = (0, 1)
    assert average_precision(label, score) == pytest.approx(average_precision_score(label, score))
    assert area_under_curve(label, score) == pytest.approx(roc_auc_score(label, score))
    assert 0 <= precision_at(label, score, 0.1) <= 1


@pytest.fixture(scope="module")
def province():
    tables = credit_tables(3_000, 7)
    known = history_of(tables["parties"], tables["guarantee"], tables["defaults"], own=OWN, observed_until="2020-12-31")
    days = ["2019-03-01", "2019-06-01", "2019-09-01", "2019-12-01", "2020-06-15"]
    return known, time_split(panel(known, days, 180), "2020-06-15")


@pytest.fixture(scope="module")
def predicted(province):
    known, (learnt, judged) = province
    return DefaultRanker(n_trees=60, n_models=1).fit(known, learnt).predict(known, judged)


def test_the_ranking_is_better_than_chance_and_knows_more_than_the_firm_alone(province, predicted):
    label = province[1][1]["label"]
    base = label.mean()
    assert average_precision(label, predicted.chance) > 2 * base
    assert area_under_curve(label, predicted.chance) > 0.65
    assert area_under_curve(label, predicted.chance) > area_under_curve(label, predicted.own_chance) - 0.02


def test_equal_seeds_give_equal_bits_and_labels_of_the_test_are_not_read(province, predicted):
    known, (learnt, judged) = province
    again = DefaultRanker(n_trees=60, n_models=1).fit(known, learnt)
    blind = again.predict(known, judged.drop(columns=["label", "label_until"]))
    np.testing.assert_array_equal(blind.chance, predicted.chance)


def test_the_share_of_contagion_is_a_share_and_nothing_where_nobody_is_guaranteed(province, predicted):
    known, (_, judged) = province
    share = predicted.contagion_share
    assert ((share >= 0) & (share <= 1)).all()
    given = np.bincount(np.concatenate([known.tail, known.head]), minlength=known.n)[judged["party"]]
    np.testing.assert_allclose(share[given == 0], 0.0)
    assert share[given > 0].max() > 0
    with pytest.raises(PredictionInputError):
        contagion_share([1.2], [0.1])
