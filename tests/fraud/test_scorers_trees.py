"""Trees as arrays: read from each library to the bit, walked fast and plainly alike, taken apart exactly."""

from dataclasses import replace

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)

from fraud.errors import ModelKindError, TreeTableError
from fraud.scorers import reference
from fraud.scorers.attribution import tree_shares
from fraud.scorers.leaf_masks import mask_sums
from fraud.scorers.tree_reading import (
    average_search,
    of_forest,
    of_histogram_boosting,
    of_isolation_forest,
    of_lightgbm,
)
from fraud.scorers.tree_table import Tree, TreeTable


def rows(count, seed, gaps=0.2):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(count, 4)).round(1)
    X[rng.random(X.shape) < gaps] = np.nan
    X[:, 3] = rng.integers(-1, 2, count)  # a column without gaps in learning
    return X


X = rows(400, seed=1)
Y = (np.nan_to_num(X[:, 0]) + X[:, 3] * np.nan_to_num(X[:, 1]) > 0.5).astype(int)
CHANCE = np.random.default_rng(3).random(400) > 0.5
LATER = rows(300, seed=2)
LATER[::7, 3] = np.nan


def test_boosting_of_scikit_learn_is_read_as_it_is():
    model = HistGradientBoostingClassifier(max_iter=10, random_state=0).fit(X, Y)
    table, base = of_histogram_boosting(model)
    assert base + table.sums(LATER) == pytest.approx(model.decision_function(LATER), abs=1e-13)


@pytest.mark.parametrize("family", [ExtraTreesClassifier, RandomForestClassifier])
def test_forests_of_scikit_learn_are_read_to_the_bit(family):
    model = family(8, random_state=0).fit(X, Y)
    assert np.array_equal(of_forest(model).sums(LATER) / 8, model.predict_proba(LATER)[:, 1])


def test_isolation_forest_is_read_as_it_is():
    model = IsolationForest(n_estimators=10, max_samples=64, random_state=0).fit(X)
    mean = of_isolation_forest(model).sums(LATER) / 10
    assert -np.exp2(-mean / average_search(64)) == pytest.approx(model.score_samples(LATER), abs=1e-13)


@pytest.mark.parametrize("use_missing", [True, False])
def test_lightgbm_is_read_from_its_text_to_the_bit(use_missing):
    given_settings = {"objective": "binary", "verbosity": -1, "num_threads": 1, "use_missing": use_missing}
    model = lightgbm.train(given_settings, lightgbm.Dataset(X, Y, params={"verbosity": -1}), 20)
    found = of_lightgbm(model.model_to_string()).sums(LATER)
    assert np.array_equal(found, model.predict(LATER, raw_score=True, num_threads=1))


def test_lightgbm_that_takes_zeros_for_missing_is_refused():
    given_settings = {"objective": "binary", "verbosity": -1, "num_threads": 1, "zero_as_missing": True}
    model = lightgbm.train(given_settings, lightgbm.Dataset(X, Y, params={"verbosity": -1}), 2)
    with pytest.raises(ModelKindError, match="zeros"):
        of_lightgbm(model.model_to_string())


@st.composite
def tables(draw):
    """Random trees over three features, with thresholds that rows meet exactly."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    trees = []
    for _ in range(draw(st.integers(1, 3))):
        count = 2 * draw(st.integers(0, 6)) + 1
        feature, left, right = np.full(count, -1), np.zeros(count, int), np.zeros(count, int)
        leaves = [0]
        for child in range(1, count, 2):
            at = leaves.pop(rng.integers(len(leaves)))
            feature[at], left[at], right[at] = rng.integers(3), child, child + 1
            leaves += [child, child + 1]
        cover = rng.integers(1, 9, count).astype(float)
        for at in range(count)[::-1]:
            if feature[at] >= 0:
                cover[at] = cover[left[at]] + cover[right[at]]
        missing = np.where(rng.random(count) < 0.5, left, right)
        number = rng.integers(-2, 3, count) + rng.choice([0.0, 0.1], count)
        trees.append(Tree(feature, left, right, missing, number, cover))
    table = TreeTable.of(trees, narrow=draw(st.booleans()))
    row = rng.choice([-1.0, 0.0, 0.1, 1.0, 1.1, 2.0, np.nan], 3)
    return table, row


@settings(deadline=None, max_examples=150)
@given(tables())
def test_kernel_numpy_and_definition_agree_to_the_bit(made):
    table, row = made
    table.check(3)
    expected = reference.leaf_sum(table, row)
    assert table.sums(row[np.newaxis])[0] == expected
    assert table.plain_sums(row[np.newaxis])[0] == expected
    assert mask_sums(table.masks, table.narrow, np.tile(row, (130, 1))).tolist() == [expected] * 130


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("leaves", [2, 31, 32, 33, 64])
def test_trees_as_masks_give_many_rows_what_walking_gives_each(leaves, order):
    given_settings = {"max_leaf_nodes": leaves, "min_samples_leaf": 1, "random_state": 0, "early_stopping": False}
    model = HistGradientBoostingClassifier(max_iter=3, **given_settings).fit(
        X, np.random.default_rng(3).random(400) > 0.5
    )
    table, _ = of_histogram_boosting(model)
    assert np.add.reduceat(table.nodes[:, 0] < 0, table.roots).max() == leaves
    found = table.sums(np.asarray(LATER, order=order))
    assert table.masks is not None
    assert found.tolist() == table.plain_sums(LATER).tolist()
    assert found[:5].tolist() == table.sums(LATER[:5]).tolist()


def test_trees_read_columns_with_many_thresholds_by_bisection():
    rng = np.random.default_rng(4)
    fine = rng.normal(size=(3_000, 1))
    model = HistGradientBoostingClassifier(max_iter=80, early_stopping=False, random_state=0)
    table, _ = of_histogram_boosting(model.fit(fine, np.sin(9 * fine[:, 0]) + rng.normal(size=3_000) > 0))
    assert np.diff(table.masks.first).max() > 128
    edges = np.append(table.number[table.nodes[:, 0] >= 0], [np.nan, np.inf, -np.inf])[:, np.newaxis]
    assert table.sums(edges).tolist() == table.plain_sums(edges).tolist()


def test_large_trees_and_nodes_with_two_parents_are_walked():
    forest = RandomForestClassifier(2, random_state=0).fit(X, CHANCE)
    large = of_forest(forest)
    assert np.add.reduceat(large.nodes[:, 0] < 0, large.roots).max() > 64
    nodes = SMALL.nodes.copy()
    nodes[0, 1] = nodes[0, 2]
    for table in (large, replace(SMALL, nodes=nodes)):
        assert table.masks is None
        assert table.sums(LATER).tolist() == table.plain_sums(LATER).tolist()


@settings(deadline=None, max_examples=150)
@given(tables())
def test_shares_are_shapley_values_and_sum_to_the_score(made):
    table, row = made
    base, shares = tree_shares(table, row)
    assert shares == pytest.approx(reference.shapley(table, row), abs=1e-12)
    assert base + shares.sum() == pytest.approx(reference.leaf_sum(table, row), abs=1e-12)


SMALL = of_forest(RandomForestClassifier(2, max_depth=2, random_state=0).fit(X, Y))


def broken(column, value):
    nodes = SMALL.nodes.copy()
    nodes[0, column] = value
    return replace(SMALL, nodes=nodes)


@pytest.mark.parametrize(
    "table",
    [
        broken(0, 4),
        broken(0, -2),
        broken(1, 0),
        broken(2, len(SMALL.number)),
        broken(3, -1),
        replace(SMALL, roots=SMALL.roots[::-1].copy()),
        replace(SMALL, cover=SMALL.cover * 0),
        replace(SMALL, number=SMALL.number[:-1]),
        replace(SMALL, number=np.where(SMALL.nodes[:, 0] < 0, np.nan, SMALL.number)),
    ],
)
def test_trees_in_which_a_walk_could_go_astray_are_refused(table):
    assert SMALL.check(4) is SMALL
    with pytest.raises(TreeTableError):
        table.check(4)
