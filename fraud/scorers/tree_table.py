"""Trees as arrays: one table for boosting, random forests and isolation forests, whoever grew them.

A library's object answers one row in milliseconds, is stored with pickle, and explains itself in its own way or not at
all. As arrays all trees are walked by one short loop, are stored as what they are, and are explained exactly
(`fraud.scorers.attribution`); and a fitted model is the same before it is stored and after it is loaded, by the bit.
Comparisons are those of the libraries: a value that is at most the threshold goes left, NaN goes where the split sends
it; scikit-learn's forests see float32.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from fraud.errors import TreeTableError
from fraud.scorers.compiled import HAS_NUMBA
from fraud.scorers.kernels import leaf_sums
from fraud.scorers.leaf_masks import LeafMasks, mask_sums, masks_of

__all__ = ["Tree", "TreeTable"]

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]

LEAF = -1
_MANY_ROWS = 64
"""From here on it pays to make all tests of small trees for many rows at once."""


@dataclass(frozen=True, eq=False)
class Tree:
    """One tree as columns of its nodes, the root first: `feature` is -1 for a leaf, whose children are not read.

    `missing` is the child that takes NaN; `number` the threshold or the leaf's value; `cover` how much learning weight
    passed through the node.
    """

    feature: npt.NDArray[np.int64]
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    missing: npt.NDArray[np.int64]
    number: Floats
    cover: Floats


@dataclass(frozen=True, eq=False)
class TreeTable:
    """Many trees, one behind the other; children lie behind their parents.

    Parameters
    ----------
    nodes
        Feature and places of the left, the right and the child for NaN, int32 of shape (nodes, 4).
    number
        Threshold or value of each node, float64 of shape (nodes,).
    cover
        Learning weight that passed through it, float64 of shape (nodes,), above 0.
    roots
        Place of each tree's root, rising, int32 of shape (trees,).
    narrow
        Whether values are rounded to float32 before they are compared.

    Examples
    --------
    >>> at = np.array([[0, 1, 2, 2], [-1, 0, 0, 0], [-1, 0, 0, 0]], dtype=np.int32)
    >>> table = TreeTable(at, np.array([5.0, -1.0, 1.0]), np.array([4.0, 3.0, 1.0]), np.array([0], dtype=np.int32))
    >>> table.sums(np.array([[5.0], [6.0], [np.nan]])).tolist()
    [-1.0, 1.0, 1.0]
    """

    nodes: Places
    number: Floats
    cover: Floats
    roots: Places
    narrow: bool = False

    @classmethod
    def of(cls, trees: Sequence[Tree], narrow: bool = False) -> Self:
        """Put trees behind one another, the nodes of each in the order of their depth."""
        parts, starts, behind = [], [], 0
        for tree in trees:
            parts.append(_laid_out(tree, behind))
            starts.append(behind)
            behind += len(parts[-1][1])
        nodes, number, cover = (np.concatenate([part[at] for part in parts]) for at in range(3))
        return cls(nodes, number, cover, np.array(starts, dtype=np.int32), narrow)

    def sums(self, X: Floats) -> Floats:
        """Return for each row the sum of the leaves that it falls into, shape (n,)."""
        if not HAS_NUMBA:  # pragma: no cover  # the tests run with every extra
            return self.plain_sums(np.asarray(X, dtype=np.float64))
        if len(X) >= _MANY_ROWS and self.masks is not None:
            kept_by_columns = X.dtype == np.float64 and X.flags.f_contiguous
            return mask_sums(self.masks, self.narrow, X if kept_by_columns else np.ascontiguousarray(X, np.float64))
        rows = np.ascontiguousarray(X, dtype=np.float64)
        found: Floats = leaf_sums(self.nodes, self.number, self.roots, self.narrow, rows)
        return found

    @cached_property
    def masks(self) -> LeafMasks | None:
        """The trees as masks of leaves, for many rows; None if they are too large for that."""
        return masks_of(self)

    def plain_sums(self, X: Floats) -> Floats:
        """Return the same by numpy alone: all rows go one step down at a time."""
        values = X.astype(np.float32).astype(np.float64) if self.narrow else X
        total = np.zeros(len(X))
        every = np.arange(len(X))
        for root in self.roots:
            at = np.full(len(X), root, dtype=np.int64)
            inner = every[self.nodes[at, 0] != LEAF]
            while inner.size:
                feature, left, right, missing = self.nodes[at[inner]].T
                value = values[inner, feature]
                aside = np.where(np.isnan(value), missing, right)
                at[inner] = np.where(value <= self.number[at[inner]], left, aside)
                inner = inner[self.nodes[at[inner], 0] != LEAF]
            total += self.number[at]
        return total

    def with_columns(self, columns: npt.NDArray[np.int64]) -> Self:
        """Return the trees for a table in which column i of theirs is column `columns[i]`."""
        nodes = self.nodes.copy()
        inner = nodes[:, 0] != LEAF
        nodes[inner, 0] = columns[nodes[inner, 0]]
        return replace(self, nodes=nodes)

    def check(self, width: int) -> Self:
        """Return the table if every walk through it ends at a leaf and reads one of `width` columns.

        Raises
        ------
        TreeTableError
            If the arrays do not fit together, a child does not lie behind its parent within the same tree, or a
            feature is out of range.
        """
        count = len(self.number)
        if self.nodes.shape != (count, 4) or self.cover.shape != (count,) or self.roots.ndim != 1 or not count:
            raise TreeTableError(f"A table of trees has {count} numbers, but nodes of shape {self.nodes.shape}.")
        if self.roots[0] != 0 or (np.diff(self.roots) <= 0).any() or self.roots[-1] >= count:
            raise TreeTableError("The roots of a table of trees must begin at 0, rise, and lie within it.")
        feature, children = self.nodes[:, 0], self.nodes[:, 1:]
        if (feature < LEAF).any() or (feature >= width).any():
            raise TreeTableError(f"A tree reads column {feature.max()}, but there are {width}.")
        ends = np.append(self.roots[1:], count).repeat(np.diff(np.append(self.roots, count)))
        inner = feature != LEAF
        is_behind = (children[inner] > np.flatnonzero(inner)[:, np.newaxis]).all()
        if not is_behind or not (children[inner] < ends[inner][:, np.newaxis]).all():
            raise TreeTableError("A node of a tree has a child that does not lie behind it within the tree.")
        if not np.isfinite(self.number[~inner]).all() or not (self.cover > 0).all():
            raise TreeTableError("A leaf's value must be finite, and the learning weight of a node above 0.")
        return self


def _laid_out(tree: Tree, behind: int) -> tuple[Places, Floats, Floats]:
    """Order the nodes of a tree by depth, so that children lie behind their parents, `behind` other nodes."""
    order, level = [np.zeros(1, dtype=np.int64)], np.zeros(1, dtype=np.int64)
    while level.size:
        inner = level[tree.feature[level] != LEAF]
        level = np.stack([tree.left[inner], tree.right[inner]], axis=1).ravel()
        order.append(level)
    kept = np.concatenate(order)
    place = np.zeros(len(tree.feature), dtype=np.int64)
    place[kept] = np.arange(kept.size) + behind
    feature = tree.feature[kept]
    children = [np.where(feature == LEAF, 0, place[side[kept]]) for side in (tree.left, tree.right, tree.missing)]
    nodes = np.stack([feature, *children], axis=1).astype(np.int32)
    return nodes, tree.number[kept].astype(np.float64), tree.cover[kept].astype(np.float64)
