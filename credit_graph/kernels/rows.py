"""Rows of neighbours: what every kernel reads, checked, merged, turned round and made mutual.

A graph is given as `start` (int64 of shape (n + 1,)) and `to` (int32 of shape (m,)): the neighbours of node v are
`to[start[v]:start[v + 1]]`, ascending, parallel ties beside each other (`credit_graph.graph.Csr`). Compiled code does
not look where it steps, so `checked` refuses rows that would lead it out of its arrays; it costs some milliseconds
for three million ties.

A kernel calls no kernel of another file: numba's cache sees only the file of the function itself, and would keep
old machine code of the other one.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.errors import RowsError

__all__ = ["checked", "mutual", "reversed_rows", "simple", "undirected"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Rows = tuple[Int64, Int32]
_FLAWS = (
    "",
    "start must begin with 0, never fall, and end with the number of ties",
    "each neighbour must be a number from 0 to n - 1",
    "the neighbours of each node must be in ascending order",
)


def checked(start: npt.ArrayLike, to: npt.ArrayLike) -> Rows:
    """Return rows in the types of the kernels, or refuse them.

    Raises
    ------
    RowsError
        If the numbers are not whole, `start` does not fit `to`, or a row is not ascending or leaves the graph.

    Examples
    --------
    >>> checked([0, 1, 1], [2])
    Traceback (most recent call last):
    credit_graph.errors.RowsError: rows of neighbours: each neighbour must be a number from 0 to n - 1
    """
    starts, heads = np.asarray(start), np.asarray(to)
    if any(part.size and part.dtype.kind not in "iu" for part in (starts, heads)) or starts.ndim * heads.ndim != 1:
        raise RowsError("rows of neighbours must be two plain arrays of whole numbers, start and to")
    starts = np.ascontiguousarray(starts, np.int64)
    heads = np.ascontiguousarray(heads) if heads.dtype == np.int32 else heads.astype(np.int64)
    flaw = 1 if len(starts) == 0 else int(_flaw(starts, heads))
    if flaw:
        raise RowsError(f"rows of neighbours: {_FLAWS[flaw]}")
    return starts, heads.astype(np.int32, copy=False)


def simple(start: npt.ArrayLike, to: npt.ArrayLike) -> Rows:
    """Return the rows without ties of a node to itself, and with parallel ties as one.

    Raises
    ------
    RowsError
        As `checked`.

    Examples
    --------
    >>> [part.tolist() for part in simple([0, 4, 4], [0, 0, 1, 1])]
    [[0, 1, 1], [1]]
    """
    starts, heads = _simple(*checked(start, to))
    return starts, heads


def reversed_rows(start: npt.ArrayLike, to: npt.ArrayLike) -> Rows:
    """Return the rows of the graph with each tie turned round.

    Raises
    ------
    RowsError
        As `checked`.

    Examples
    --------
    >>> [part.tolist() for part in reversed_rows([0, 2, 2, 3], [1, 2, 1])]
    [[0, 0, 2, 3], [0, 2, 0]]
    """
    starts, tails = _reversed(*checked(start, to))
    return starts, tails


def undirected(start: npt.ArrayLike, to: npt.ArrayLike, back: Rows | None = None) -> Rows:
    """Return each node's partners in either direction, each once and never itself: symmetric rows.

    Parameters
    ----------
    start, to
        The ties.
    back
        The same rows turned round, if they are at hand (`Layer.into`).

    Raises
    ------
    RowsError
        As `checked`.

    Examples
    --------
    >>> [part.tolist() for part in undirected([0, 2, 3, 3], [0, 1, 2])]
    [[0, 1, 3, 4], [1, 0, 2, 1]]
    """
    return _both_ways(start, to, back, False)


def mutual(start: npt.ArrayLike, to: npt.ArrayLike, back: Rows | None = None) -> Rows:
    """Return the partners to which a node is tied in both directions (互保): symmetric rows.

    Parameters
    ----------
    start, to, back
        As `undirected`.

    Raises
    ------
    RowsError
        As `checked`.

    Examples
    --------
    >>> [part.tolist() for part in mutual([0, 2, 3, 3], [1, 2, 0])]
    [[0, 1, 2, 2], [1, 0]]
    """
    return _both_ways(start, to, back, True)


def _both_ways(start: npt.ArrayLike, to: npt.ArrayLike, back: Rows | None, both: bool) -> Rows:
    starts, heads = checked(start, to)
    back_start, back_to = _reversed(starts, heads) if back is None else checked(*back)
    if len(back_start) != len(starts):
        raise RowsError(f"the rows turned round are of {len(back_start) - 1} nodes, but must be of {len(starts) - 1}")
    rows, partners = _merged(starts, heads, back_start, back_to, both)
    return rows, partners


@compiled
def _flaw(start: Int64, to: npt.NDArray[Any]) -> int:
    """Look at all ties in one stretch, without a branch in the loop: four times as fast as row by row."""
    n = len(start) - 1
    if start[0] != 0 or start[n] != len(to):
        return 1
    falls, outside = 0, 0
    for node in range(n):
        falls += start[node] > start[node + 1]
    if falls:
        return 1
    for head in to:
        outside += (head < 0) | (head >= n)
    if outside:
        return 2
    for place in range(1, len(to)):
        falls += to[place] < to[place - 1]
    for node in range(1, n):  # the first of a row may be below the last of the row before
        first = start[node]
        if 0 < first < start[node + 1]:
            falls -= to[first] < to[first - 1]
    return 3 if falls else 0


@compiled
def _simple(start: Int64, to: Int32) -> Rows:
    n = len(start) - 1
    rows, kept = np.zeros(n + 1, np.int64), np.empty(len(to), np.int32)
    used = 0
    for node in range(n):
        last = -1
        for place in range(start[node], start[node + 1]):
            head = to[place]
            if head not in (last, node):
                kept[used] = head
                used += 1
            last = head
        rows[node + 1] = used
    return rows, kept[:used].copy()


@compiled
def _reversed(start: Int64, to: Int32) -> Rows:
    n = len(start) - 1
    rows, tails = np.zeros(n + 1, np.int64), np.empty(len(to), np.int32)
    for head in to:
        rows[head + 1] += 1
    for node in range(n):
        rows[node + 1] += rows[node]
    free = rows[:-1].copy()
    for node in range(n):
        for place in range(start[node], start[node + 1]):
            tails[free[to[place]]] = node
            free[to[place]] += 1
    return rows, tails


@compiled
def _merged(start: Int64, to: Int32, back_start: Int64, back_to: Int32, both: bool) -> Rows:
    """Merge two ascending rows for each node: what is in both, or in either."""
    n = len(start) - 1
    rows = np.zeros(n + 1, np.int64)
    found = np.empty(len(to) if both else len(to) + len(back_to), np.int32)
    used = 0
    for node in range(n):
        left, right = start[node], back_start[node]
        last = node
        while left < start[node + 1] or right < back_start[node + 1]:
            one = to[left] if left < start[node + 1] else n
            two = back_to[right] if right < back_start[node + 1] else n
            head = min(one, two)
            left += one == head
            right += two == head
            if head not in (last, node) and (one == two or not both):
                found[used] = head
                used += 1
                last = head
        rows[node + 1] = used
    return rows, found[:used].copy()
