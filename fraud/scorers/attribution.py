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

from functools import cache, lru_cache
from typing import Any, NamedTuple

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
    paths, shares = _paths(table), np.zeros(len(row))
    _add_trees(table.nodes, table.number, table.roots, *paths[:-1], seen, shares)
    return paths.base, shares


class _Paths(NamedTuple):
    """What no row changes.

    Of each node its parent, and the edge above that splits the same feature; for each point of the quadrature the
    factor of its own edge, and the inverse, if the row does not pass there (0) and if it does (1).
    """

    parent: npt.NDArray[np.int64]
    edge: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    weights: Floats
    part: Floats
    factor: Floats
    inverse: Floats
    base: float


@lru_cache(maxsize=8)  # a table is the same object as long as its model lives
def _paths(table: TreeTable) -> _Paths:
    parent, edge = _edges(table.nodes)
    ends = np.append(table.roots[1:], len(table.number)).astype(np.int64)
    depth, part, reach = _down(table.nodes, table.cover, parent, edge)
    # A path of d different features makes a polynomial of degree d - 1, exact with (d + 1) // 2 points.
    deepest = np.maximum.reduceat(depth, table.roots)
    counts = np.maximum(1, (deepest + 1) // 2)
    weights = np.zeros((len(counts), counts.max()))
    points = np.full((len(counts), counts.max()), 0.5)
    for tree, count in enumerate(counts.tolist()):
        points[tree, :count], weights[tree, :count] = _quadrature(count)
    t = np.repeat(points, ends - table.roots, axis=0)
    unknown = part[:, np.newaxis] * (1.0 - t)
    factor = np.stack((unknown, t + unknown), axis=1)
    is_leaf = table.nodes[:, 0] < 0
    base = float((reach * table.number)[is_leaf].sum())
    return _Paths(parent, edge, ends, counts, weights, part, factor, 1.0 / factor, base)


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
def _down(nodes: Any, cover: Any, parent: Any, edge: Any) -> Any:
    """Return each node's depth, z of its edge's feature over the whole path, and its share of the learning rows."""
    depth = np.zeros(len(nodes), dtype=np.int64)
    part, reach = np.ones(len(nodes)), np.ones(len(nodes))
    for at in range(len(nodes)):
        above = parent[at]
        if above >= 0:
            share = cover[at] / (cover[nodes[above, 1]] + cover[nodes[above, 2]])
            depth[at] = depth[above] + 1
            reach[at] = reach[above] * share
            part[at] = share * (part[edge[at]] if edge[at] >= 0 else 1.0)
    return depth, part, reach


@compiled
def _go_down(
    nodes: Any,
    number: Any,
    parent: Any,
    edge: Any,
    start: int,
    end: int,
    weights: Any,
    factor: Any,
    inverse: Any,
    row: Any,
    passes: Any,
    product: Any,
    carried: Any,
) -> None:
    """Say of each node of a tree whether the row passes the splits of its edge's feature, and value the leaves."""
    count = product.shape[1]
    passes[0] = 1
    product[0, :] = 1.0
    for at in range(start, end):
        place, above = at - start, parent[at]
        if above >= 0:
            value, threshold = row[nodes[above, 0]], number[above]
            side = nodes[above, 3] if np.isnan(value) else (nodes[above, 1] if value <= threshold else nodes[above, 2])
            is_passed = 1 if side == at else 0
            if edge[at] >= 0:
                before = passes[edge[at] - start]
                is_passed *= before
                for point in range(count):
                    product[place, point] = product[above - start, point] * inverse[edge[at], before, point]
            else:
                for point in range(count):
                    product[place, point] = product[above - start, point]
            passes[place] = is_passed
            for point in range(count):
                product[place, point] *= factor[at, is_passed, point]
        leaf = number[at] if nodes[at, 0] < 0 else 0.0
        for point in range(count):
            carried[place, point] = leaf * product[place, point] * weights[point]


@compiled
def _carry_up(
    nodes: Any,
    parent: Any,
    edge: Any,
    start: int,
    end: int,
    part: Any,
    inverse: Any,
    passes: Any,
    carried: Any,
    shares: Any,
) -> None:
    """Carry the leaves' values up to the root, and add what each edge gives the feature that it splits."""
    for at in range(end - 1, start, -1):
        place, above, same = at - start, parent[at] - start, edge[at]
        o, own, former = passes[place], 0.0, 0.0
        for point in range(carried.shape[1]):
            own += carried[place, point] * inverse[at, o, point]
            carried[above, point] += carried[place, point]
        share = own * (o - part[at])
        if same >= 0:
            before = passes[same - start]
            for point in range(carried.shape[1]):
                former += carried[place, point] * inverse[same, before, point]
            share -= former * (before - part[same])
        shares[nodes[parent[at], 0]] += share


@compiled
def _add_trees(
    nodes: Any,
    number: Any,
    roots: Any,
    parent: Any,
    edge: Any,
    ends: Any,
    counts: Any,
    weights: Any,
    part: Any,
    factor: Any,
    inverse: Any,
    row: Any,
    shares: Any,
) -> None:
    """Add the shares of all trees, one after another."""
    for tree in range(len(roots)):
        start, end, count = roots[tree], ends[tree], counts[tree]
        passes = np.empty(end - start, dtype=np.int64)
        product, carried = np.empty((end - start, count)), np.empty((end - start, count))
        _go_down(nodes, number, parent, edge, start, end, weights[tree], factor, inverse, row, passes, product, carried)
        _carry_up(nodes, parent, edge, start, end, part, inverse, passes, carried, shares)
