"""What each feature added to a score, exactly: Shapley values of trees whose sum, with a base, is the score.

Each feature's share is its mean effect over all orders in which features could become known; one that is not known yet
is averaged over the rows that the tree learnt from. For one leaf this is an integral over one variable, which Gauss's
quadrature of enough points solves exactly: with t from 0 to 1,

    share of feature i = value x (o_i - z_i) x integral of the product over the other features j of o_j t + z_j (1 - t),

where o_j says whether the row passes all splits of the path on j, and z_j which share of the learning rows does. Sums
over leaves are carried up the tree, so that the cost grows with its size alone.

Source: Shapley, 1953; Lundberg et al., "From local explanations to global understanding with explainable AI for trees",
Nature Machine Intelligence 2, 2020 (path-dependent values); Yu et al., "Linear TreeShap", NeurIPS 2022 (the carrying).
`fraud.scorers.reference` has the definition over all subsets. Of two features that tell one story, each gets a part.
"""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from fraud.scorers.compiled import compiled
from fraud.scorers.tree_table import TreeTable

__all__ = ["tree_shares"]

Floats = npt.NDArray[np.float64]


def tree_shares(table: TreeTable, row: Floats) -> tuple[float, Floats]:
    """Return what the leaves' sum is on average, and what each feature of this row adds to that.

    Parameters
    ----------
    table
        The trees.
    row
        Features, float64 of shape (m,).

    Returns
    -------
    base
        Mean of the sum over the learning rows.
    shares
        Shape (m,); base + shares.sum() is `table.sums(row)` up to rounding.

    Examples
    --------
    >>> at = np.array([[0, 1, 2, 2], [-1, 0, 0, 0], [-1, 0, 0, 0]], dtype=np.int32)
    >>> table = TreeTable(at, np.array([5.0, -1.0, 1.0]), np.array([4.0, 3.0, 1.0]), np.array([0], dtype=np.int32))
    >>> base, shares = tree_shares(table, np.array([6.0, 0.0]))
    >>> base, shares.tolist()
    (-0.5, [1.5, 0.0])
    """
    seen = row.astype(np.float32).astype(np.float64) if table.narrow else row.astype(np.float64)
    parent, edge = _edges(table.nodes)
    # A path of d different features makes a polynomial of degree d - 1, exact with (d + 1) // 2 points.
    points, weights = _quadrature(max(1, (_deepest(parent) + 1) // 2))
    shares = np.zeros(len(row))
    ends = np.append(table.roots[1:], len(table.number))
    nodes = (table.nodes, table.number, table.cover, parent, edge)
    return float(_add_trees(*nodes, table.roots, ends, seen, points, weights, shares)), shares


@cache
def _quadrature(count: int) -> tuple[Floats, Floats]:
    """Return Gauss's points and weights from 0 to 1."""
    points, weights = np.polynomial.legendre.leggauss(count)
    return (points + 1.0) / 2.0, weights / 2.0


@compiled
def _edges(nodes: Any) -> Any:
    """Return each node's parent (-1 for a root), and the nearest node above whose parent splits the same feature."""
    parent = np.full(len(nodes), -1)
    edge = np.full(len(nodes), -1)
    for at in range(len(nodes)):
        if nodes[at, 0] >= 0:
            parent[nodes[at, 1]] = at
            parent[nodes[at, 2]] = at
    for at in range(len(nodes)):
        if parent[at] >= 0:
            above = parent[at]
            while parent[above] >= 0 and nodes[parent[above], 0] != nodes[parent[at], 0]:
                above = parent[above]
            edge[at] = above if parent[above] >= 0 else -1
    return parent, edge


@compiled
def _deepest(parent: Any) -> int:
    """Return the number of splits on the longest path."""
    depth = np.zeros(len(parent), dtype=np.int64)
    for at in range(len(parent)):
        if parent[at] >= 0:
            depth[at] = depth[parent[at]] + 1
    return int(depth.max())


@compiled
def _mean(nodes: Any, number: Any, cover: Any, parent: Any, start: int, end: int) -> float:
    """Return the mean value of one tree over the rows that it learnt from."""
    reach = np.ones(end - start)
    mean = 0.0
    for at in range(start, end):
        if parent[at] >= 0:
            above = parent[at]
            share = cover[at] / (cover[nodes[above, 1]] + cover[nodes[above, 2]])
            reach[at - start] = reach[above - start] * share
        if nodes[at, 0] < 0:
            mean += reach[at - start] * number[at]
    return mean


@compiled
def _carry_up(
    nodes: Any,
    parent: Any,
    edge: Any,
    start: int,
    end: int,
    passes: Any,
    part: Any,
    points: Any,
    carried: Any,
    shares: Any,
) -> None:
    """Carry the leaves' values up to the root, and add what each edge gives the feature that it splits."""
    for at in range(end - 1, start, -1):
        place, above = at - start, parent[at] - start
        feature = nodes[parent[at], 0]
        for point in range(len(points)):
            t, whole = points[point], carried[place, point]
            shares[feature] += whole * (passes[place] - part[place]) / (passes[place] * t + part[place] * (1.0 - t))
            if edge[at] >= 0:
                o, z = passes[edge[at] - start], part[edge[at] - start]
                shares[feature] -= whole * (o - z) / (o * t + z * (1.0 - t))
            carried[above, point] += whole


@compiled
def _add_tree(
    nodes: Any,
    number: Any,
    cover: Any,
    parent: Any,
    edge: Any,
    start: int,
    end: int,
    row: Any,
    points: Any,
    weights: Any,
    shares: Any,
) -> float:
    """Add the shares of one tree, whose nodes are start to end - 1; return its mean value."""
    size, count = end - start, len(points)
    passes = np.ones(size)  # o and z of the feature that the edge into each node splits, over the whole path
    part = np.ones(size)
    product = np.ones((size, count))
    carried = np.zeros((size, count))
    for at in range(start, end):
        place = at - start
        if parent[at] >= 0:
            above = parent[at]
            value, threshold = row[nodes[above, 0]], number[above]
            side = nodes[above, 3] if np.isnan(value) else (nodes[above, 1] if value <= threshold else nodes[above, 2])
            passes[place] = 1.0 if side == at else 0.0
            part[place] = cover[at] / (cover[nodes[above, 1]] + cover[nodes[above, 2]])
            before, before_part = 1.0, 1.0
            if edge[at] >= 0:
                before, before_part = passes[edge[at] - start], part[edge[at] - start]
            passes[place] *= before
            part[place] *= before_part
            for point in range(count):
                t = points[point]
                old = before * t + before_part * (1.0 - t)
                new = passes[place] * t + part[place] * (1.0 - t)
                product[place, point] = product[above - start, point] / old * new
        if nodes[at, 0] < 0:
            for point in range(count):
                carried[place, point] = number[at] * product[place, point] * weights[point]
    _carry_up(nodes, parent, edge, start, end, passes, part, points, carried, shares)
    return _mean(nodes, number, cover, parent, start, end)


@compiled
def _add_trees(
    nodes: Any,
    number: Any,
    cover: Any,
    parent: Any,
    edge: Any,
    roots: Any,
    ends: Any,
    row: Any,
    points: Any,
    weights: Any,
    shares: Any,
) -> float:
    """Add the shares of all trees, one after another; return the sum of their mean values."""
    base = 0.0
    for tree in range(len(roots)):
        start, end = roots[tree], ends[tree]
        base += _add_tree(nodes, number, cover, parent, edge, start, end, row, points, weights, shares)
    return base
