"""Where the dots of an overview stand: each component drawn alone, then all packed in rows, largest first.

A browser would need a minute to lay out 5,000 firms, and every reader would see another picture. Here equal input
gives equal coordinates. A component starts from the steps between its nodes and a few far ones: Harel and Koren,
"Graph drawing by high-dimensional embedding", 2002. It is then relaxed by springs: Fruchterman and Reingold, "Graph
drawing by force-directed placement", 1991; above 700 nodes repulsion is exact from near nodes only, and comes from the
centres of a 10 x 10 grid otherwise. Distances mean nothing between components, and little within a large one.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

__all__ = ["pack", "place", "relax"]

Points = NDArray[np.float64]

_EXACT = 700
_ROUNDS = 100
_GRID = 10
_NEAR = 1.5
_PIVOTS = 8
_ASPECT = 1.7


def place(nodes: int, source: Sequence[int], target: Sequence[int]) -> Points:
    """Return coordinates for all nodes of a graph, components side by side.

    Parameters
    ----------
    nodes
        Number of nodes.
    source, target
        Positions of the ends of each edge, shape (edges,), int; direction, loops and parallel edges do not matter.

    Returns
    -------
    points
        Shape (nodes, 2), about 1 between neighbours, y upwards, origin at the lower left.

    Examples
    --------
    >>> place(3, [0], [1]).shape
    (3, 2)
    """
    if nodes == 0:
        return np.zeros((0, 2))
    ends = np.array([source, target], dtype=np.int64).reshape(2, -1)
    matrix = sparse.csr_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(nodes, nodes))
    _, component = connected_components(matrix, directed=False)
    order = np.argsort(component, kind="stable")
    starts = np.flatnonzero(np.diff(component[order], prepend=-1))
    groups = np.split(order, starts[1:])
    local = np.empty(nodes, dtype=np.int64)
    for group in groups:
        local[group] = np.arange(len(group))
    by_edge = np.argsort(component[ends[0]], kind="stable")
    first = np.searchsorted(component[ends[0]][by_edge], np.arange(len(groups) + 1))
    drawn = [relax(len(group), local[ends[:, by_edge[first[at] : first[at + 1]]]]) for at, group in enumerate(groups)]
    corners = pack([_size(points) for points in drawn])
    placed = np.empty((nodes, 2))
    for group, points, corner in zip(groups, drawn, corners, strict=True):
        placed[group] = points + corner
    placed[:, 1] = placed[:, 1].max() - placed[:, 1]
    return placed


def relax(nodes: int, ends: NDArray[np.int64]) -> Points:
    """Return coordinates of one connected component, lying wide, its lower left corner at the origin.

    Parameters
    ----------
    nodes
        Number of nodes, at least 1.
    ends
        Positions of the ends of each edge, shape (2, edges).

    Examples
    --------
    >>> relax(1, np.zeros((2, 0), dtype=np.int64))
    array([[0., 0.]])
    """
    pairs = np.unique(np.sort(ends[:, ends[0] != ends[1]], axis=0), axis=1)
    points = _start(nodes, pairs)
    repel = _repel_exactly if nodes <= _EXACT else _repel_roughly
    for heat in np.linspace(max(nodes, 4) ** 0.5 / 4, 0.02, _ROUNDS if nodes > 2 else 0):
        force = repel(points) + _attract(points, pairs)
        length = np.maximum(np.hypot(force[:, 0], force[:, 1]), 1e-9)
        points = points + force * (np.minimum(length, heat) / length)[:, None]
    points = _lie_wide(points) * _spacing(points)
    return np.asarray(points - points.min(axis=0))


def pack(sizes: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the corner of each box when all are set in rows of about equal length, the tallest first.

    Parameters
    ----------
    sizes
        Width and height of each box.

    Examples
    --------
    >>> pack([(1.0, 1.0), (1.0, 3.0)])
    [(2.8, 0.0), (0.0, 0.0)]
    """
    gap = 1.8
    order = sorted(range(len(sizes)), key=lambda at: (-sizes[at][1], -sizes[at][0], at))
    area = sum((width + gap) * (height + gap) for width, height in sizes)
    row = max((area * _ASPECT) ** 0.5, max((width for width, _ in sizes), default=0.0) + gap)
    corners = [(0.0, 0.0)] * len(sizes)
    x = y = tall = 0.0
    for at in order:
        width, height = sizes[at]
        if x and x + width > row:
            x, y, tall = 0.0, y + tall + gap, 0.0
        corners[at] = (x, y)
        x, tall = x + width + gap, max(tall, height)
    return corners


def _size(points: Points) -> tuple[float, float]:
    width, height = np.ptp(points, axis=0)
    return float(width), float(height)


def _start(nodes: int, pairs: NDArray[np.int64]) -> Points:
    # A sunflower alone keeps nodes apart that are equally far from all pivots, such as the leaves of a star.
    at = np.arange(nodes)
    radius, angle = np.sqrt(at), at * np.pi * (3 - 5**0.5)
    points = 0.7 * np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    if nodes <= 3:
        return points
    steps = _steps_to_pivots(nodes, pairs)
    centred = steps - steps.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    spread = centred @ (axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(_PIVOTS)]))[:, -2:]
    way = spread[pairs[0]] - spread[pairs[1]]
    length = float(np.hypot(way[:, 0], way[:, 1]).mean())
    return np.asarray(spread / max(length, 1e-9) + points * (0.2 / radius.max()))


def _steps_to_pivots(nodes: int, pairs: NDArray[np.int64]) -> Points:
    neighbours: list[list[int]] = [[] for _ in range(nodes)]
    for left, right in pairs.T.tolist():
        neighbours[left].append(right)
        neighbours[right].append(left)
    nearest = np.full(nodes, np.inf)
    steps = np.empty((nodes, _PIVOTS))
    pivot = max(range(nodes), key=lambda node: (len(neighbours[node]), -node))
    for at in range(_PIVOTS):
        steps[:, at] = _breadth_first(neighbours, pivot)
        nearest = np.minimum(nearest, steps[:, at])
        pivot = int(nearest.argmax())
    return steps


def _breadth_first(neighbours: list[list[int]], start: int) -> list[int]:
    steps = [-1] * len(neighbours)
    steps[start] = 0
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for other in neighbours[node]:
            if steps[other] < 0:
                steps[other] = steps[node] + 1
                waiting.append(other)
    return steps


def _attract(points: Points, pairs: NDArray[np.int64]) -> Points:
    way = points[pairs[1]] - points[pairs[0]]
    pull = way * np.hypot(way[:, 0], way[:, 1])[:, None]
    force = np.zeros_like(points)
    for axis in (0, 1):
        force[:, axis] += np.bincount(pairs[0], pull[:, axis], len(points))
        force[:, axis] -= np.bincount(pairs[1], pull[:, axis], len(points))
    return force


def _repel_exactly(points: Points) -> Points:
    way = points[:, None, :] - points[None, :, :]
    return np.asarray((way / np.maximum((way**2).sum(axis=2), 1e-4)[:, :, None]).sum(axis=1))


def _repel_roughly(points: Points) -> Points:
    force = np.zeros_like(points)
    near = cKDTree(points).query_pairs(_NEAR, output_type="ndarray")
    way = points[near[:, 0]] - points[near[:, 1]]
    push = way / np.maximum((way**2).sum(axis=1), 1e-4)[:, None]
    low = points.min(axis=0)
    cell_of = np.minimum((points - low) / np.maximum(np.ptp(points, axis=0), 1e-9) * _GRID, _GRID - 1).astype(np.int64)
    cell = cell_of[:, 0] * _GRID + cell_of[:, 1]
    mass = np.bincount(cell, minlength=_GRID**2).astype(float)
    held = np.flatnonzero(mass)
    centre = np.column_stack([np.bincount(cell, points[:, axis], _GRID**2)[held] / mass[held] for axis in (0, 1)])
    for axis in (0, 1):
        force[:, axis] += np.bincount(near[:, 0], push[:, axis], len(points))
        force[:, axis] -= np.bincount(near[:, 1], push[:, axis], len(points))
    far = points[:, None, :] - centre[None, :, :]
    # Softened by the near radius: who stands in the cell itself is already counted, or pushed from its middle.
    force += (far * (mass[held] / ((far**2).sum(axis=2) + _NEAR**2))[:, :, None]).sum(axis=1)
    return force


def _spacing(points: Points) -> float:
    # A star draws its leaves together; all components shall have their dots equally far apart.
    if len(points) < 3:
        return 1.0
    nearest = np.asarray(cKDTree(points).query(points, k=2)[0])[:, 1]
    return float(np.clip(1 / max(float(np.median(nearest)), 1e-9), 0.5, 4.0))


def _lie_wide(points: Points) -> Points:
    if len(points) == 1:
        return np.zeros((1, 2))
    centred = points - points.mean(axis=0)
    angle = 0.5 * np.arctan2(2 * (centred[:, 0] * centred[:, 1]).sum(), (centred[:, 0] ** 2 - centred[:, 1] ** 2).sum())
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(centred @ turn)
