"""Reading the trees that a library has grown into a `TreeTable`: scikit-learn's boosting and forests, LightGBM's text.

Each reader keeps the comparisons of its library to the bit; the tests hold every one against the library's own
predictions. Splits on sets of categories are not read: our features are numbers.

The text of LightGBM is its documented model format; the average length of an unsuccessful search is from Liu, Ting and
Zhou, "Isolation Forest", ICDM 2008.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from fraud.errors import ModelKindError
from fraud.scorers.tree_table import LEAF, Tree, TreeTable

__all__ = ["average_search", "of_forest", "of_histogram_boosting", "of_isolation_forest", "of_lightgbm"]

Floats = npt.NDArray[np.float64]

_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_NAN_IS_ZERO, _NAN_HAS_A_SIDE = 0, 2


def of_histogram_boosting(model: Any) -> tuple[TreeTable, float]:
    """Return the trees of a fitted binary HistGradientBoostingClassifier, and the log-odds that they start from."""
    trees = []
    for (predictor,) in model._predictors:
        nodes = predictor.nodes
        if nodes["is_categorical"].any():
            raise ModelKindError("Trees that split sets of categories cannot be read; give the categories as numbers.")
        left, right = nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
        is_leaf = nodes["is_leaf"].astype(bool)
        trees.append(
            Tree(
                feature=np.where(is_leaf, LEAF, nodes["feature_idx"].astype(np.int64)),
                left=left,
                right=right,
                missing=np.where(nodes["missing_go_to_left"].astype(bool), left, right),
                number=np.where(is_leaf, nodes["value"], nodes["num_threshold"]),
                cover=nodes["count"].astype(np.float64),
            )
        )
    return TreeTable.of(trees), float(np.ravel(model._baseline_prediction)[0])


def of_forest(model: Any) -> TreeTable:
    """Return the trees of a fitted binary random forest of scikit-learn; a leaf is the share of the second class."""
    return TreeTable.of([_of_tree(one.tree_, one.tree_.value[:, 0, 1]) for one in model.estimators_], narrow=True)


def of_isolation_forest(model: Any) -> TreeTable:
    """Return the trees of a fitted IsolationForest; a leaf is the length of the search that ends there.

    Raises
    ------
    ModelKindError
        If its trees see different columns.
    """
    width = model.n_features_in_
    if any(len(seen) != width for seen in model.estimators_features_):
        raise ModelKindError("An isolation forest whose trees see different columns cannot be read: max_features=1.0.")
    grown = [one.tree_ for one in model.estimators_]
    return TreeTable.of([_of_tree(tree, _depths(tree) + average_search(tree.n_node_samples)) for tree in grown], True)


def average_search(rows: npt.ArrayLike) -> Floats:
    """Return the mean length of an unsuccessful search in a binary tree of so many rows.

    Examples
    --------
    >>> average_search([1, 2, 256]).round(2).tolist()
    [0.0, 1.0, 10.24]
    """
    count = np.asarray(rows, dtype=np.float64)
    many = np.maximum(count, 3.0)
    length = 2.0 * (np.log(many - 1.0) + np.euler_gamma) - 2.0 * (many - 1.0) / many
    return np.select([count <= 1, count == 2], [0.0, 1.0], length)


def _of_tree(tree: Any, value: Floats) -> Tree:
    left, right = tree.children_left.astype(np.int64), tree.children_right.astype(np.int64)
    is_leaf = left == -1
    return Tree(
        feature=np.where(is_leaf, LEAF, tree.feature.astype(np.int64)),
        left=left,
        right=right,
        missing=np.where(np.asarray(tree.missing_go_to_left, dtype=bool), left, right),
        number=np.where(is_leaf, value, tree.threshold),
        cover=tree.weighted_n_node_samples.astype(np.float64),
    )


def _depths(tree: Any) -> Floats:
    depth = np.zeros(tree.node_count)
    for at in range(tree.node_count):  # scikit-learn's nodes lie behind their parents
        if tree.children_left[at] != -1:
            depth[[tree.children_left[at], tree.children_right[at]]] = depth[at] + 1.0
    return depth


def of_lightgbm(text: str) -> TreeTable:
    """Return the trees of a binary LightGBM model from its text (`Booster.model_to_string`).

    Raises
    ------
    ModelKindError
        If it splits sets of categories, takes zeros for missing values, or has linear leaves.
    """
    trees = []
    for block in text.split("\nTree=")[1:]:
        lines = (line.split("=", 1) for line in block.split("\n\n")[0].splitlines() if "=" in line)
        trees.append(_of_block(dict(lines)))
    return TreeTable.of(trees)


def _of_block(block: dict[str, str]) -> Tree:
    def column(name: str, kind: type) -> npt.NDArray[Any]:
        return np.array(block.get(name, "").split(), dtype=kind)

    leaf, leaf_count = column("leaf_value", np.float64), column("leaf_count", np.float64)
    if block.get("is_linear", "0") != "0":
        raise ModelKindError("LightGBM's linear leaves cannot be read; train with linear_tree=False.")
    if leaf.size == 1:
        none = np.zeros(1, dtype=np.int64)
        return Tree(none + LEAF, none, none, none, leaf, np.ones(1))
    kind, threshold = column("decision_type", np.int64), column("threshold", np.float64)
    inner = len(kind)
    # a child below 0 is the leaf ~child; leaves are put behind the splits
    left, right = (
        np.where(child < 0, ~child + inner, child)
        for child in (column("left_child", np.int64), column("right_child", np.int64))
    )
    rows = np.zeros(leaf.size, dtype=np.int64)
    return Tree(
        feature=np.r_[column("split_feature", np.int64), rows + LEAF],
        left=np.r_[left, rows],
        right=np.r_[right, rows],
        missing=np.r_[np.where(_goes_left(kind, threshold), left, right), rows],
        number=np.r_[threshold, leaf],
        cover=np.maximum(np.r_[column("internal_count", np.float64), leaf_count], 1.0),
    )


def _goes_left(kind: npt.NDArray[np.int64], threshold: Floats) -> npt.NDArray[np.bool_]:
    """Say where NaN goes: to the side that was learnt; where none was seen in learning, LightGBM reads it as zero."""
    meaning = kind >> 2 & 3
    if (kind & _CATEGORICAL).any() or not np.isin(meaning, (_NAN_IS_ZERO, _NAN_HAS_A_SIDE)).all():
        raise ModelKindError("LightGBM's splits of categories, and zeros taken for missing values, cannot be read.")
    return np.where(meaning == _NAN_IS_ZERO, threshold >= 0.0, kind & _DEFAULT_LEFT != 0)
