"""The inner loops of the compiled rules in numpy: the readable twin of `fraud.rules.kernels`, and its stand-in.

Where numba is not installed these do the work, several times slower.
"""

from typing import Any

import numpy as np

__all__ = [
    "count_hits",
    "find_cells",
    "find_readers",
    "keep_running",
    "name_hits",
    "narrow",
    "narrow_some",
    "translate",
]


def find_cells(values: Any, bounds: Any, cells: Any) -> None:
    """Write the cell of each value: 0 for NaN, else 1 and the number of bounds that it reaches.

    Examples
    --------
    >>> cells = np.zeros(4, np.uint8)
    >>> find_cells(np.array([np.nan, 1.0, 2.0, 9.0]), np.array([2.0, 5.0]), cells)
    >>> cells.tolist()
    [0, 1, 2, 3]
    """
    cells[:] = np.where(np.isnan(values), 0, 1 + np.searchsorted(bounds, values, side="right"))


def narrow(cells: Any, base: Any, table: Any, starts: Any, reads: Any, alive: Any) -> None:
    """Leave alive (words, rows or more) what the masks of the cells (sources, rows) leave, in one part of the reads.

    Examples
    --------
    >>> table, alive, first = np.array([[0, 1, 3]], np.uint64), np.full((1, 3), 3, np.uint64), np.array([0])
    >>> narrow(np.array([[1, 2, 0]]), first, table, np.array([0, 1]), first, alive)
    >>> alive.tolist()
    [[1, 3, 0]]
    """
    for word in range(len(starts) - 1):
        for source in reads[starts[word] : starts[word + 1]]:
            alive[word, : cells.shape[1]] &= table[word][base[source] + cells[source].astype(np.int64)]


def keep_running(alive: Any, rows: Any, kept: Any) -> int:
    """Copy what is alive in the rows that are still in the running, and their positions; return how many they are.

    Examples
    --------
    >>> rows, kept = np.zeros(3, int), np.zeros((1, 3), np.uint64)
    >>> keep_running(np.array([[0, 5, 6]], np.uint64), rows, kept), rows[:2].tolist(), kept[:, :2].tolist()
    (2, [1, 2], [[5, 6]])
    """
    running = np.flatnonzero(np.bitwise_or.reduce(alive, axis=0)) if len(alive) else np.zeros(0, np.int64)
    rows[: len(running)] = running
    kept[:, : len(running)] = alive[:, running]
    return len(running)


def find_readers(alive: Any, rows: int, words: Any, cares: Any, places: Any) -> int:
    """Find the rows in the running, of the first `rows`, that have a term alive of those that are cared for.

    Examples
    --------
    >>> alive, places = np.array([[0, 1, 3]], np.uint64), np.zeros(3, int)
    >>> find_readers(alive, 3, np.array([0]), np.array([2], np.uint64), places), places[:1].tolist()
    (1, [2])
    """
    found = np.flatnonzero((alive[words, :rows] & cares[:, None]).any(axis=0))
    places[: len(found)] = found
    return len(found)


def narrow_some(cells: Any, places: Any, words: Any, masks: Any, alive: Any) -> None:
    """Leave alive what the masks of the cells of one source leave, in the rows at these places.

    Examples
    --------
    >>> alive = np.array([[3, 3, 3]], np.uint64)
    >>> narrow_some(np.array([1, 0]), np.array([0, 2]), np.array([0]), np.array([[0, 1]], np.uint64), alive)
    >>> alive.tolist()
    [[1, 3, 0]]
    """
    for word, mask in zip(words, masks, strict=True):
        alive[word, places] &= mask[cells]


def translate(codes: Any, cells_of_codes: Any, cells: Any) -> None:
    """Write the cell of each text; code -1, missing, has the last one.

    Examples
    --------
    >>> cells = np.zeros(3, np.uint8)
    >>> translate(np.array([1, -1, 0]), np.array([2, 1, 0], np.uint8), cells)
    >>> cells.tolist()
    [1, 0, 2]
    """
    cells[:] = cells_of_codes[codes]


def count_hits(alive: Any, rule_of: Any, counts: Any) -> None:
    """Count the rules of each row that have a term alive.

    Examples
    --------
    >>> counts = np.zeros(2, int)
    >>> count_hits(np.array([[0b000, 0b111]], np.uint64), np.array([0, 0, 1]), counts)
    >>> counts.tolist()
    [0, 2]
    """
    counts[:] = np.bincount(_hits(alive[:, : len(counts)], rule_of)[0], minlength=len(counts))


def name_hits(alive: Any, rule_of: Any, counts: Any, hits: Any) -> None:
    """Write the rules of each row that have a term alive, one row after the other.

    Examples
    --------
    >>> hits = np.zeros(2, np.int16)
    >>> name_hits(np.array([[0b000, 0b111]], np.uint64), np.array([0, 0, 1]), np.array([0, 2]), hits)
    >>> hits.tolist()
    [0, 1]
    """
    hits[:] = _hits(alive[:, : len(counts)], rule_of)[1]


def _hits(alive: Any, rule_of: Any) -> tuple[Any, Any]:
    bits = np.unpackbits(np.ascontiguousarray(alive.T).view(np.uint8), axis=1, bitorder="little")
    rows, terms = np.nonzero(bits)
    rules = rule_of[terms]
    is_first = np.ones(len(rows), bool)
    is_first[1:] = (rows[1:] != rows[:-1]) | (rules[1:] != rules[:-1])
    return rows[is_first], rules[is_first]
