"""The province does not flatter: no feature and no rule alone finds the frauds, and two typologies no rule knows."""

import numpy as np
import pandas as pd
import pytest
from judged_world import TYPOLOGIES, JudgedWorld, judge
from single_measures import HALF, best_cuts, too_easy
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from fraud.metrics import average_precision

UNKNOWN_TO_RULES = ("slow_theft", "merchant_collusion")


@pytest.fixture(scope="module")
def large_world() -> JudgedWorld:
    return judge(300_000, seed=7)


@pytest.fixture(scope="module")
def other_world() -> JudgedWorld:
    return judge(150_000, seed=11)


@pytest.fixture(params=["large_world", "other_world"])
def world(request) -> JudgedWorld:
    return request.getfixturevalue(request.param)


def test_no_feature_alone_finds_the_frauds_or_one_typology(world):
    features = {name: world.features[name].to_numpy() for name in world.features}
    assert too_easy(best_cuts(features, world.targets, ~world.is_fraud)) == []


def test_the_order_of_a_columns_values_or_categories_does_not_find_them_either(world):
    """Not tried is one value of an identifier: it may be one gang's address in its one long episode."""
    columns = {name: as_numbers(world.payments[name]) for name in world.payments}
    assert too_easy(best_cuts(columns, world.targets, ~world.is_fraud, tests=("<=", ">=", "is missing"))) == []


def test_no_rule_alone_finds_them(world):
    assert too_easy(best_cuts(world.hits, world.targets, ~world.is_fraud)) == []


def test_every_typology_is_there_to_be_found(world):
    assert all(mask.sum() >= 20 for mask in world.targets.values())


@pytest.mark.parametrize("typology", UNKNOWN_TO_RULES)
def test_no_rule_knows(typology, large_world):
    honest, wanted = ~large_world.is_fraud, large_world.targets[typology]
    known = {
        rule: (float(hits[wanted].mean()), float(hits[honest].mean()))
        for rule, hits in large_world.hits.items()
        if hits[wanted].mean() > max(2 * hits[honest].mean(), 0.02)
    }
    assert known == {}


def test_the_other_typologies_are_each_known_to_a_rule(large_world):
    """Otherwise the test above would pass on rules that never hit."""
    honest = ~large_world.is_fraud
    for typology in set(TYPOLOGIES) - set(UNKNOWN_TO_RULES):
        wanted = large_world.targets[typology]
        assert any(hits[wanted].mean() > max(10 * hits[honest].mean(), 0.02) for hits in large_world.hits.values())


def test_without_history_a_model_learns_little(large_world):
    assert precision_of_model(raw_columns(large_world), large_world.is_fraud) < 0.2


def test_the_check_of_a_model_notices_a_leaked_label(large_world):
    leaked = raw_columns(large_world).assign(risk_code=large_world.is_fraud * 1.0)
    assert precision_of_model(leaked.head(100_000), large_world.is_fraud[:100_000]) > 0.9


@pytest.mark.parametrize(
    "leak",
    [
        lambda label, chance: label * 1.0,
        lambda label, chance: 1.0 - label,
        lambda label, chance: np.where(label, np.nan, chance),
        lambda label, chance: np.where(label & (chance < 0.6), 0.5, chance),
        lambda label, chance: np.where(label, 2.0 + chance, chance + 1.05 * (chance > 0.9995)),
    ],
    ids=["label", "its opposite", "missing for frauds", "one value for six in ten", "large for nearly only frauds"],
)
def test_the_check_notices_a_leaked_label(leak):
    chance = np.random.default_rng(3).random(50_000)
    label = np.arange(50_000) % 500 == 0
    cuts = best_cuts({"leak": leak(label, chance), "chance": chance}, {"all frauds": label}, ~label)
    assert [cut.measure for cut in too_easy(cuts)] == ["leak"]


def test_the_check_finds_the_best_cut_of_all():
    """Its definition, slowly: every test of every value, on tables small enough to try all."""
    rng = np.random.default_rng(5)
    for _ in range(100):
        values = np.where(rng.random(40) < 0.1, np.nan, rng.integers(0, 6, 40))
        wanted = rng.random(40) < 0.3
        tests = [np.isnan(values), *(t for x in range(6) for t in (values <= x, values >= x, values == x))]
        precise = [wanted[t].mean() for t in tests if wanted[t].sum() > HALF * wanted.sum()]
        found = best_cuts({"value": values}, {"wanted": wanted}, ~wanted)[0].precision
        assert found == pytest.approx(max(precise, default=0.0))


def as_numbers(column: pd.Series) -> np.ndarray:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy().astype(np.float64)
    return column.to_numpy().astype(np.float64)


def raw_columns(world: JudgedWorld) -> pd.DataFrame:
    names = ["amount_fen", "hour", "channel_code", "merchant_category_code", "customer_age", "is_foreign"]
    return world.features[names]


def precision_of_model(table: pd.DataFrame, is_fraud: np.ndarray) -> float:
    """Learn from the first seven tenths, judge the rest."""
    cut = len(table) * 7 // 10
    model = HistGradientBoostingClassifier(max_leaf_nodes=7, learning_rate=0.05, early_stopping=False, random_state=0)
    with threadpool_limits(limits=1):
        model.fit(table[:cut], is_fraud[:cut])
        score = model.predict_proba(table[cut:])[:, 1]
    return average_precision(is_fraud[cut:], score)
