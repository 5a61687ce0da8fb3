"""Inner loops of the scorers: from one row of features to the log-odds of a whole blend, without a call in between.

Trees lie in two arrays (see `fraud.scorers.tree_table`): `nodes[at]` is (feature, left, right, missing) with the
places of the three children, a feature below 0 marks a leaf; `number[at]` is the threshold of a split or the value of a
leaf. Every loop adds up in one order, so that a row has the same bits alone and in any batch.
"""

import math
from typing import Any

import numpy as np

from fraud.scorers.compiled import compiled

__all__ = ["blend_row", "encode_rows", "leaf_sums", "pair_sums"]

_ROWS = 64
"""Rows that go through one tree after the other together, so that the tree stays in the cache."""


@compiled
def _leaf_value(nodes: Any, number: Any, root: int, row: Any, narrow: bool) -> float:
    at = root
    feature = nodes[at, 0]
    while feature >= 0:
        value = row[feature]
        if narrow:
            value = np.float64(np.float32(value))
        if value <= number[at]:
            at = nodes[at, 1]
        elif math.isnan(value):
            at = nodes[at, 3]
        else:
            at = nodes[at, 2]
        feature = nodes[at, 0]
    return number[at]  # type: ignore[no-any-return]  # a float64 of an array


@compiled
def leaf_sums(nodes: Any, number: Any, roots: Any, narrow: bool, X: Any) -> Any:
    """Return for each row the sum of the leaves that it falls into, trees in order, shape (n,).

    Examples
    --------
    >>> nodes = np.array([[0, 1, 2, 2], [-1, 0, 0, 0], [-1, 0, 0, 0]], dtype=np.int32)
    >>> number, roots = np.array([5.0, -1.0, 1.0]), np.array([0], dtype=np.int32)
    >>> leaf_sums(nodes, number, roots, False, np.array([[5.0], [6.0], [np.nan]])).tolist()
    [-1.0, 1.0, 1.0]
    """
    total = np.zeros(X.shape[0])
    for start in range(0, X.shape[0], _ROWS):
        for root in roots:
            for row in range(start, min(start + _ROWS, X.shape[0])):
                total[row] += _leaf_value(nodes, number, root, X[row], narrow)
    return total


@compiled
def _encode(row: Any, column: Any, kind: Any, shift: Any, scale: Any, most: float, out: Any) -> None:
    """Encode one row; see `fraud.scorers.encoding` for the kinds."""
    for place in range(len(column)):
        value = row[column[place]]
        is_missing = math.isnan(value)
        if kind[place] == 2:
            out[place] = 1.0 if is_missing else 0.0
        elif kind[place] == 3:
            out[place] = 1.0 if value == shift[place] else 0.0
        elif is_missing:
            out[place] = 0.0
        else:
            if kind[place] == 1:
                value = math.copysign(math.log1p(abs(value)), value)
            out[place] = min(max((value - shift[place]) * scale[place], -most), most)


@compiled
def encode_rows(X: Any, column: Any, kind: Any, shift: Any, scale: Any, most: float) -> Any:
    """Return the encoded rows, shape (n, len(column)).

    Examples
    --------
    >>> X, column, kind = np.array([[3.0], [np.nan]]), np.array([0, 0]), np.array([0, 2])
    >>> encode_rows(X, column, kind, np.array([1.0, 0.0]), np.array([2.0, 1.0]), 9.0).tolist()
    [[4.0, 0.0], [0.0, 1.0]]
    """
    out = np.empty((X.shape[0], len(column)))
    for row in range(X.shape[0]):
        _encode(X[row], column, kind, shift, scale, most, out[row])
    return out


@compiled
def _pairs(encoded: Any, factors: Any) -> float:
    """Return the sum of z_i z_j <v_i, v_j> over all pairs i < j, by Rendle's identity in linear time."""
    total = 0.0
    for factor in range(factors.shape[0]):
        once = 0.0
        squared = 0.0
        for place in range(factors.shape[1]):
            part = factors[factor, place] * encoded[place]
            once += part
            squared += part * part
        total += once * once - squared
    return 0.5 * total


@compiled
def pair_sums(encoded: Any, factors: Any) -> Any:
    """Return for each encoded row the sum over all pairs, shape (n,)."""
    total = np.empty(encoded.shape[0])
    for row in range(encoded.shape[0]):
        total[row] = _pairs(encoded[row], factors)
    return total


@compiled
def blend_row(
    row: Any,
    nodes: Any,
    number: Any,
    roots: Any,
    groups: Any,
    links: Any,
    column: Any,
    kind: Any,
    scaling: Any,
    lines: Any,
    linear: Any,
    factors: Any,
    rules: Any,
    points: Any,
    constants: Any,
) -> float:
    """Return the probability of fraud of one row; `fraud.scorers.single` says what the arrays hold."""
    odds = constants[0]
    card = constants[1]
    for place in range(len(rules)):
        if row[rules[place]] > 0:
            card += points[place]
    odds += constants[2] * card
    for group in range(len(groups)):
        total = 0.0
        for tree in range(groups[group, 0], groups[group, 1]):
            total += _leaf_value(nodes, number, roots[tree], row, groups[group, 2] == 1)
        if groups[group, 3] == 1:  # votes of a forest: links has their number, the base rate, the shift
            fraud = total + links[group, 1]
            honest = links[group, 0] - total + (1.0 - links[group, 1])
            member = math.log(fraud) - math.log(honest) + links[group, 2]
        else:
            member = links[group, 0] + links[group, 1] * total
        odds += links[group, 3] * member
    if len(column):
        encoded = np.empty(len(column))
        _encode(row, column, kind, scaling[0], scaling[1], constants[3], encoded)
        for line in range(len(lines)):
            member = lines[line, 0]
            for place in range(len(column)):
                member += linear[line, place] * encoded[place]
            if lines[line, 2] > 0:
                member += _pairs(encoded, factors)
            odds += lines[line, 1] * member
    return 1.0 / (1.0 + math.exp(-min(max(odds, -700.0), 700.0)))
