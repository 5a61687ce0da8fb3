"""The scorers' arithmetic as it is defined, slow and readable: the twins of the fast kernels."""

from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt

from fraud.scorers.tree_table import LEAF, TreeTable

__all__ = ["leaf_sum", "pair_sum", "shapley"]

Floats = npt.NDArray[np.float64]


def leaf_sum(table: TreeTable, row: Floats) -> float:
    """Walk one row down every tree and add up the leaves."""
    return float(sum(_expected(table, int(root), row, set(range(len(row)))) for root in table.roots))


def pair_sum(encoded: Floats, factors: Floats) -> float:
    """Add up z_i z_j <v_i, v_j> over all pairs i < j of one encoded row."""
    pairs = combinations(range(len(encoded)), 2)
    return float(sum(encoded[i] * encoded[j] * (factors[:, i] @ factors[:, j]) for i, j in pairs))


def shapley(table: TreeTable, row: Floats) -> Floats:
    """Average what each feature adds over all subsets of the others that may be known before it."""
    width = len(row)
    shares = np.zeros(width)
    for feature in range(width):
        others = [other for other in range(width) if other != feature]
        for size in range(width):
            chance = factorial(size) * factorial(width - 1 - size) / factorial(width)
            for known in combinations(others, size):
                gain = _all(table, row, {*known, feature}) - _all(table, row, set(known))
                shares[feature] += chance * gain
    return shares


def _all(table: TreeTable, row: Floats, known: set[int]) -> float:
    return sum(_expected(table, int(root), row, known) for root in table.roots)


def _expected(table: TreeTable, at: int, row: Floats, known: set[int]) -> float:
    """Return the mean leaf below a node: a known feature chooses a side, an unknown one counts the learning rows."""
    feature, left, right, missing = table.nodes[at].tolist()
    if feature == LEAF:
        return float(table.number[at])
    if feature in known:
        value = float(np.float32(row[feature])) if table.narrow else float(row[feature])
        side = missing if np.isnan(value) else left if value <= table.number[at] else right
        return _expected(table, side, row, known)
    share = table.cover[left] / (table.cover[left] + table.cover[right])
    return float(share * _expected(table, left, row, known) + (1 - share) * _expected(table, right, row, known))
