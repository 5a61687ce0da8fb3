"""Rules and trees together: the blend, its calibration, weights, and tables that are hard to learn from."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

from fraud.errors import NothingToLearnError, OneClassError, RuleColumnError, TimesInputError
from fraud.metrics import average_precision
from fraud.scorers import (
    Blend,
    FactorizationMachine,
    FeatureRegression,
    GradientBoosting,
    InformationGain,
    RandomForest,
    RulesAndIsolation,
    RuleScorecard,
    Unusualness,
)


@pytest.fixture(autouse=True)
def one_thread():
    """Small tables: a second thread of OpenMP mostly waits, and on a busy machine it waits at full load."""
    with threadpool_limits(limits=1):
        yield


NOT_MONOTONE = "it reads hits, and a hit never speaks against fraud: in the check's data high values do"


DRAWS_ROWS = "it draws rows, and two rows of weight one are not one of weight two"


NOTHING_IS_TOLD = "the check's labels are chance: no feature tells of them, and scikit-learn's selector warns of that"


LEAVES_COUNT_ROWS = "a leaf needs so many rows, and one row of weight two is one row"


def expected_failures(estimator):
    if isinstance(estimator, GradientBoosting | Blend):
        return {"check_sample_weight_equivalence_on_dense_data": LEAVES_COUNT_ROWS}
    if isinstance(estimator, RandomForest) and estimator.chance == "rows":
        return {"check_sample_weight_equivalence_on_dense_data": DRAWS_ROWS}
    if isinstance(estimator, InformationGain):
        return {"check_fit_idempotent": NOTHING_IS_TOLD}
    if isinstance(estimator, RuleScorecard):
        return {"check_classifiers_train": NOT_MONOTONE}
    return {}


@parametrize_with_checks(
    [
        RuleScorecard(),
        Blend(n_trees=10),
        Blend(rule_columns=[0], n_trees=10),
        GradientBoosting(n_trees=10),
        GradientBoosting(n_trees=10, library="scikit-learn"),
        RandomForest(n_trees=10),
        RandomForest(n_trees=10, chance="rows"),
        FeatureRegression(),
        FactorizationMachine(most_steps=20),
        Unusualness(n_trees=10),
        InformationGain(),
        RulesAndIsolation(n_estimators=10),
        RulesAndIsolation(rule_columns=[0], n_estimators=10),
    ],
    expected_failed_checks=expected_failures,
    xfail_strict=True,
)
def test_scikit_learn_finds_nothing_to_object(estimator, check):
    if check.func.__name__.startswith("check_array_api"):  # a check for those who claim to take other arrays
        assert not get_tags(estimator).array_api_support
        return
    check(estimator)


def world(rows, seed, rate=-5.5):
    """Features and hits of which the trees need `a` and `b`, and the rules know what is not in the features."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(rows, 4)), columns=["a", "b", "noise", "gaps"])
    X.loc[rng.random(rows) < 0.3, "gaps"] = np.nan
    X["empty"], X["constant"] = np.nan, 7.0
    X["rule:known"] = (rng.random(rows) < 0.02).astype(float)
    X["rule:useless"] = (rng.random(rows) < 0.05).astype(float)
    odds = rate + 3.0 * (X["a"] * X["b"] > 1) + 5.0 * X["rule:known"]
    return X, (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(int).to_numpy()


X, Y = world(30_000, seed=1)
LATER, TRUTH = world(30_000, seed=2)
with threadpool_limits(limits=1):
    SCORER = Blend(n_trees=60).fit(X, Y)


def test_blend_beats_each_member_on_later_rows():
    found = {name: average_precision(TRUTH, p) for name, p in SCORER.predict_members(LATER).items()}
    assert SCORER.calibrated_
    assert found["blend"] > found["rules"] + 0.05
    assert found["blend"] > found["boosting"] + 0.05
    assert found["blend"] > found["forest"] + 0.05
    assert found["blend"] > found["factorization"] + 0.05


def test_probabilities_are_those_of_the_later_rows():
    chance = SCORER.predict_proba(LATER)[:, 1]
    assert chance.mean() == pytest.approx(TRUTH.mean(), rel=0.2)
    suspected = chance > 0.1
    assert chance[suspected].mean() == pytest.approx(TRUTH[suspected].mean(), rel=0.25)


def test_weights_undo_the_thinning_of_legitimate_rows():
    whole = Blend(n_trees=30).fit(X, Y).predict_proba(LATER)[:, 1].mean()
    means = []
    for seed in range(3, 8):
        kept = (Y == 1) | (np.random.default_rng(seed).random(len(Y)) < 0.2)
        weight = np.where(Y[kept] == 1, 1.0, 5.0)
        thinned = Blend(n_trees=30).fit(X[kept], Y[kept], sample_weight=weight)
        means.append(thinned.predict_proba(LATER)[:, 1].mean())
    naive = Blend(n_trees=30).fit(X[kept], Y[kept])
    assert means == pytest.approx([TRUTH.mean()] * 5, rel=0.25)
    assert np.mean(means) == pytest.approx(whole, rel=0.1)
    assert naive.predict_proba(LATER)[:, 1].mean() > 2 * TRUTH.mean()


def test_one_thread_and_two_give_equal_bits():
    with threadpool_limits(limits=1):
        one = clone(SCORER).fit(X, Y).predict_proba(LATER)
    with threadpool_limits(limits=2):
        two = clone(SCORER).fit(X, Y).predict_proba(LATER)
    assert np.array_equal(one, two)
    assert np.array_equal(one, SCORER.predict_proba(LATER))


def test_blend_is_one_of_the_members_and_matches_predict_proba():
    members = SCORER.predict_members(LATER)
    assert list(members) == ["rules", "boosting", "forest", "factorization", "blend"]
    assert np.array_equal(members["blend"], SCORER.predict_proba(LATER)[:, 1])
    assert np.array_equal(SCORER.predict(LATER), (members["blend"] > 0.5).astype(int))


def test_table_without_rules_has_models_only():
    scorer = Blend(n_trees=10).fit(X[["a", "b"]], Y)
    assert list(scorer.predict_members(X[["a", "b"]])) == ["boosting", "forest", "factorization", "blend"]
    assert scorer.calibrated_


def test_table_of_rules_only_has_rules_only():
    hits = X[["rule:known", "rule:useless"]]
    assert list(Blend().fit(hits, Y).predict_members(hits)) == ["rules", "blend"]


def test_rule_columns_can_be_named_and_unknown_ones_are_refused():
    assert Blend(["constant"], n_trees=5).fit(X, Y).members_[0].columns.tolist() == [5]
    with pytest.raises(RuleColumnError, match="'typo'"):
        Blend(["typo"]).fit(X, Y)
    with pytest.raises(RuleColumnError, match="give positions"):
        Blend(["a"]).fit(X.to_numpy(), Y)


def test_with_too_few_later_frauds_the_log_odds_are_averaged():
    late = np.zeros(len(Y), dtype=int)
    late[:200][::10] = 1
    scorer = Blend(n_trees=5).fit(X, late)
    assert not scorer.calibrated_
    assert scorer.blend_weights_.tolist() == [1 / 4] * 4
    assert np.isfinite(scorer.predict_proba(X)).all()


def test_three_frauds_are_enough_to_fit():
    few = np.zeros(len(Y), dtype=int)
    few[[5, 500, 29_000]] = 1
    assert np.isfinite(Blend(n_trees=5).fit(X, few).predict_proba(X)).all()


def test_labels_that_were_not_yet_known_do_not_teach_the_blend():
    day = np.linspace(0, 100, len(X)) * 86_400
    kept = Blend(n_trees=5, folds=1, first_share=0.5, delay=20).fit(X, Y, times=day)
    waiting = (day > 31 * 86_400) & (day < 50 * 86_400 - 86_400)
    changed = Blend(n_trees=5, folds=1, first_share=0.5, delay=20).fit(X, np.where(waiting, 1 - Y, Y), times=day)
    assert np.array_equal(kept.blend_weights_, changed.blend_weights_)
    assert not np.array_equal(kept.predict_proba(LATER), changed.predict_proba(LATER))


def test_delay_without_times_is_refused():
    with pytest.raises(TimesInputError, match="needs the times"):
        Blend(delay=7).fit(X, Y)


def test_where_the_delay_swallows_all_rows_the_log_odds_are_averaged():
    assert not Blend(n_trees=5, delay=7).fit(X, Y, times=np.linspace(0, 86_400, len(X))).calibrated_


@pytest.mark.parametrize("scorer", [Blend(), RuleScorecard()])
def test_one_label_only_is_refused_in_a_sentence(scorer):
    with pytest.raises(OneClassError, match="only one class"):
        scorer.fit(X, np.zeros(len(X)))
    with pytest.raises(OneClassError, match=r"only one class \(0\)"):
        scorer.fit(X, Y, sample_weight=(Y == 0).astype(float))


def test_table_of_empty_columns_is_refused():
    with pytest.raises(NothingToLearnError, match="empty"):
        Blend().fit(X[["empty"]], Y)


def test_column_that_is_empty_at_first_may_fill_up_later():
    late = X[["rule:known"]].assign(new=np.where(np.arange(len(X)) < 25_000, np.nan, X["a"]))
    assert not Blend(n_trees=5).fit(late, Y).calibrated_
