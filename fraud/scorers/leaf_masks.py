"""Small trees over many rows at once: all tests of a tree are made, and a mask says which leaf is left.

To walk down a tree is to wait for one test before it is known which comes next. Here no row waits. The leaves of a tree
are numbered from left to right; a test that sends a row to the right rules out the leaves on its left; after all tests,
in any order, the first leaf that is still alive is the one that a walk ends at. So a tree of 31 leaves is 30 masks of
32 bits, and a processor makes each test for 16 rows in one step. Values come down to the number of thresholds below
them first: a byte each, compared once, though hundreds of trees ask.

The sums are those of `fraud.scorers.kernels.leaf_sums` to the bit: the same leaves, added in the same order.

Source: Lucchese et al., "QuickScorer", SIGIR 2015; Lettich et al., "Parallel Traversal of Large Ensembles of Decision
Trees", IEEE TPDS 2019. It has no use for large trees (here: above 64 leaves), whose rows make few of the many tests.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fraud.scorers.compiled import compiled

if TYPE_CHECKING:
    from fraud.scorers.tree_table import TreeTable

__all__ = ["LeafMasks", "mask_sums", "masks_of"]

_ROWS = 128
"""Rows that go through all trees together: what is known of them stays in the fastest cache."""
_STEP = 4
"""Tests that are made in one go; a tree is filled up with tests that rule out nothing."""
_MANY = 128
"""From here on bisection is faster than to compare with all thresholds."""


@dataclass(frozen=True, eq=False)
class LeafMasks:
    """Trees as masks.

    Attributes
    ----------
    feature, to_right
        Column of the table that is read, and whether NaN goes to the right, for each of C columns of cells.
    first, bounds
        Thresholds of column c are bounds[first[c]:first[c + 1]], rising, infinite at the end.
    begin
        Tests of tree t are begin[t] to begin[t + 1] - 1.
    column, cut, mask
        Of each test: a row in whose cell of `column` more than `cut` thresholds are passed keeps the leaves in `mask`.
    leaf
        Values of the leaves, float64 (trees, 32 or 64), in the order of `_places`.
    """

    feature: npt.NDArray[np.int64]
    to_right: npt.NDArray[np.bool_]
    first: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.float64]
    begin: npt.NDArray[np.int64]
    column: npt.NDArray[np.int64]
    cut: npt.NDArray[Any]
    mask: npt.NDArray[Any]
    leaf: npt.NDArray[np.float64]


_DE_BRUIJN = {32: np.uint32(0x077CB531), 64: np.uint64(0x03F79D71B4CB0A89)}
"""A lone bit times this number has another value in its top five (six) bits for each place of the bit (de Bruijn)."""


def _places(bits: int) -> npt.NDArray[np.int64]:
    """Return for each bit what the product says in its top bits."""
    word = np.dtype(f"u{bits // 8}").type
    lone = np.left_shift(word(1), np.arange(bits, dtype=word))
    places: npt.NDArray[np.int64] = (lone * _DE_BRUIJN[bits] >> word(bits - bits.bit_length() + 1)).astype(np.int64)
    return places


def masks_of(table: "TreeTable") -> LeafMasks | None:
    """Return the masks of some trees; None if they are too large or not such that each node has one parent.

    Examples
    --------
    >>> from fraud.scorers.tree_table import TreeTable
    >>> at = np.array([[0, 1, 2, 2], [-1, 0, 0, 0], [-1, 0, 0, 0]], dtype=np.int32)
    >>> table = TreeTable(at, np.array([5.0, -1.0, 1.0]), np.array([4.0, 3.0, 1.0]), np.array([0], dtype=np.int32))
    >>> masks = masks_of(table)
    >>> masks.bounds[:1].tolist(), bin(masks.mask[0])[-4:]  # above 5 the first leaf is ruled out
    ([5.0], '1110')
    >>> mask_sums(masks, False, np.array([[5.0], [6.0], [np.nan]])).tolist()
    [-1.0, 1.0, 1.0]
    """
    nodes, roots = table.nodes.astype(np.int64), table.roots.astype(np.int64)
    inner = np.flatnonzero(nodes[:, 0] >= 0)
    leaves = np.add.reduceat(nodes[:, 0] < 0, roots)
    children, missing = nodes[inner, 1:3], nodes[inner, 3]
    parents = np.bincount(children.ravel(), minlength=len(nodes))
    parents[roots] += 1
    has_side = (missing == children[:, 0]) | (missing == children[:, 1])
    if leaves.max() > 64 or (parents != 1).any() or not has_side.all() or np.isnan(table.number[inner]).any():
        return None
    feature, to_right, first, bounds, column, cut = _columns(nodes[inner], table.number[inner])
    if np.diff(first).max(initial=0) > np.iinfo(np.uint16).max:
        return None
    bits = 32 if leaves.max() <= 32 else 64
    word = np.dtype(f"u{bits // 8}")
    number, ruled_out = _leaves_on_the_left(nodes)
    size = np.diff(np.searchsorted(inner, np.append(roots, len(nodes))))
    padded = -(-size // _STEP) * _STEP
    begin = np.append(0, np.cumsum(padded))
    to = np.arange(len(inner)) + np.repeat(begin[:-1] - (np.cumsum(size) - size), size)
    cell = np.uint8 if np.diff(first).max(initial=0) <= np.iinfo(np.uint8).max else np.uint16
    made = LeafMasks(
        *(feature, to_right, first, bounds, begin),
        np.zeros(begin[-1], np.int64),
        np.zeros(begin[-1], cell),
        np.full(begin[-1], ~np.zeros((), word), word),
        np.zeros((len(roots), bits)),
    )
    made.column[to], made.cut[to] = column, cut
    made.mask[to] = [(1 << bits) - 1 & ~mask for mask in ruled_out]
    tree = np.searchsorted(roots, np.arange(len(nodes)), side="right") - 1
    end = nodes[:, 0] < 0
    made.leaf[tree[end], _places(bits)[number[end]]] = table.number[end]
    return made


def _columns(nodes: npt.NDArray[np.int64], threshold: npt.NDArray[np.float64]) -> Any:
    """Return the columns of cells that some tests read, and for each test its column and the place of its threshold."""
    asked = nodes[:, 0] * 2 + (nodes[:, 3] == nodes[:, 2])
    kinds, column = np.unique(asked, return_inverse=True)
    found = [_filled_up(np.unique(threshold[column == at])) for at in range(len(kinds))]
    cut = np.zeros(len(nodes), np.int64)
    for at, bounds in enumerate(found):
        cut[column == at] = np.searchsorted(bounds, threshold[column == at])
    first = np.append(0, np.cumsum([len(bounds) for bounds in found])).astype(np.int64)
    return kinds // 2, kinds % 2 == 1, first, np.concatenate([*found, np.zeros(0)]), column, cut


def _filled_up(bounds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Fill rising bounds up to a whole number of steps, with some that no value passes."""
    return np.append(bounds, np.full(-len(bounds) % _STEP, np.inf))


def _leaves_on_the_left(nodes: npt.NDArray[np.int64]) -> tuple[Any, list[int]]:
    """Return the number of each node's first leaf, and for each split the bits of the leaves on its left."""
    count = (nodes[:, 0] < 0).astype(np.int64)
    inner = np.flatnonzero(nodes[:, 0] >= 0)
    for at in inner[::-1]:  # children lie behind their parents
        count[at] = count[nodes[at, 1]] + count[nodes[at, 2]]
    number = np.zeros(len(nodes), np.int64)
    for at in inner:
        number[nodes[at, 1]] = number[at]
        number[nodes[at, 2]] = number[at] + count[nodes[at, 1]]
    lefts = nodes[inner, 1]
    return number, [((1 << int(count[at])) - 1) << int(number[at]) for at in lefts]


def mask_sums(masks: LeafMasks, narrow: bool, X: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return for each row the sum of the leaves that it falls into, trees in order, shape (n,).

    Parameters
    ----------
    masks
        The trees.
    narrow
        Whether values are rounded to float32 before they are compared.
    X
        Float64 (n, m), in any order of memory.
    """
    word = masks.mask.dtype.type
    bits = masks.mask.dtype.itemsize * 8
    shape = (masks.feature, masks.to_right, masks.first, masks.bounds)
    tests = (masks.begin, masks.column, masks.cut, masks.mask, masks.leaf)
    shift = word(bits - bits.bit_length() + 1)
    found: npt.NDArray[np.float64] = _sums(X, narrow, *shape, *tests, word(0), _DE_BRUIJN[bits], shift)
    return found


@compiled
def _find_cells(values: Any, bounds: Any, to_right: bool, passed: Any, cells: Any) -> None:
    """Write how many bounds each value passes; NaN passes all or none. There are infinite ones at the end."""
    if len(bounds) < _MANY:
        for row in range(_ROWS):
            passed[row] = 0
        for at in range(0, len(bounds), _STEP):
            one, two, three, four = bounds[at], bounds[at + 1], bounds[at + 2], bounds[at + 3]
            for row in range(_ROWS):
                value = values[row]
                passed[row] += np.int64(value > one) + (value > two) + (value > three) + (value > four)
    else:
        for row in range(_ROWS):
            here, left = 0, len(bounds)
            while left > 0:
                half = (left + 1) >> 1
                here += half if values[row] > bounds[here + half - 1] else 0
                left -= half
            passed[row] = here
    if to_right:
        for row in range(_ROWS):
            passed[row] = len(bounds) if values[row] != values[row] else passed[row]
    for row in range(_ROWS):
        cells[row] = passed[row]


@compiled
def _read(X: Any, start: int, count: int, feature: int, narrow: bool, values: Any) -> None:
    if narrow:
        for row in range(count):
            values[row] = np.float64(np.float32(X[start + row, feature]))
    else:
        for row in range(count):
            values[row] = X[start + row, feature]


@compiled
def _narrow_down(cells: Any, begin: int, end: int, column: Any, cut: Any, mask: Any, alive: Any) -> None:
    """Make the tests of one tree for all rows, four at a time."""
    for test in range(begin, end, _STEP):
        one, two = cells[column[test]], cells[column[test + 1]]
        three, four = cells[column[test + 2]], cells[column[test + 3]]
        cut_one, cut_two, cut_three, cut_four = cut[test], cut[test + 1], cut[test + 2], cut[test + 3]
        mask_one, mask_two, mask_three, mask_four = mask[test], mask[test + 1], mask[test + 2], mask[test + 3]
        for row in range(_ROWS):
            left = alive[row]
            left = left & mask_one if one[row] > cut_one else left
            left = left & mask_two if two[row] > cut_two else left
            left = left & mask_three if three[row] > cut_three else left
            left = left & mask_four if four[row] > cut_four else left
            alive[row] = left


@compiled
def _sums(
    X: Any, narrow: bool, feature: Any, to_right: Any, first: Any, bounds: Any, begin: Any, column: Any, cut: Any,
    mask: Any, leaf: Any, none: Any, factor: Any, shift: Any,
) -> Any:  # fmt: skip
    sums = np.zeros(X.shape[0])
    cells = np.zeros((len(feature) + 1, _ROWS), cut.dtype)
    alive, values, total = np.zeros(_ROWS, mask.dtype), np.zeros(_ROWS), np.zeros(_ROWS)
    passed = np.zeros(_ROWS, np.int64)
    place = np.zeros(_ROWS, mask.dtype)
    for start in range(0, X.shape[0], _ROWS):
        count = min(_ROWS, X.shape[0] - start)
        for at in range(len(feature)):
            if at == 0 or feature[at] != feature[at - 1]:
                _read(X, start, count, feature[at], narrow, values)
            _find_cells(values, bounds[first[at] : first[at + 1]], to_right[at], passed, cells[at])
        total[:] = 0.0
        for tree in range(len(begin) - 1):
            alive[:] = ~none
            _narrow_down(cells, begin[tree], begin[tree + 1], column, cut, mask, alive)
            # the lowest bit that is left is the leaf; its place is found without looking for it
            for row in range(_ROWS):
                place[row] = alive[row] & (~alive[row] + 1)
            for row in range(_ROWS):
                place[row] *= factor
            for row in range(_ROWS):
                place[row] >>= shift
            values_of = leaf[tree]
            for row in range(_ROWS):
                total[row] += values_of[place[row]]
        for row in range(count):
            sums[start + row] = total[row]
    return sums
