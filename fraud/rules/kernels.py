"""The inner loops of the compiled rules, as machine code by numba; `fraud.rules.plain` says the same in numpy.

They are compiled once for a machine and kept; a new rulebook is only a new table. They hold no lock of the
interpreter, so that two threads judge two blocks of rows at once.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

__all__ = [
    "OUT_OF_RANGE",
    "count_hits",
    "find_cells",
    "find_readers",
    "judge_event",
    "keep_running",
    "name_hits",
    "narrow",
    "narrow_some",
    "translate",
]

_TILE = 2048
"""Rows that are gone through together: what is alive of them stays in the fastest cache."""

F = TypeVar("F", bound=Callable[..., Any])
OUT_OF_RANGE = -1
"""What `judge_event` returns when a number is so large that floats do not tell whole numbers apart."""


def _compiled(function: F) -> F:
    return cast(F, numba.njit(cache=True, nogil=True)(function))


@_compiled
def find_cells(values: Any, bounds: Any, cells: Any) -> None:
    """Write the cell of each value: 0 for NaN, else 1 and the number of bounds that it reaches.

    Examples
    --------
    >>> cells = np.zeros(4, np.uint8)
    >>> find_cells(np.array([np.nan, 1.0, 2.0, 9.0]), np.array([2.0, 5.0]), cells)
    >>> cells.tolist()
    [0, 1, 2, 3]
    """
    for start in range(0, len(values), _TILE):
        some, found = values[start : start + _TILE], cells[start : start + _TILE]
        for row in range(len(some)):
            found[row] = some[row] == some[row]
        for place in range(len(bounds)):
            bound = bounds[place]
            for row in range(len(some)):
                found[row] += some[row] >= bound


@_compiled
def narrow(cells: Any, base: Any, table: Any, starts: Any, reads: Any, alive: Any) -> None:
    """Leave alive (words, rows or more) what the masks of the cells (sources, rows) leave, in one part of the reads.

    Examples
    --------
    >>> table, alive, first = np.array([[0, 1, 3]], np.uint64), np.full((1, 3), 3, np.uint64), np.array([0])
    >>> narrow(np.array([[1, 2, 0]]), first, table, np.array([0, 1]), first, alive)
    >>> alive.tolist()
    [[1, 3, 0]]
    """
    for start in range(0, cells.shape[1], _TILE):
        for word in range(len(starts) - 1):
            left = alive[word, start : min(start + _TILE, cells.shape[1])]
            for place in range(starts[word], starts[word + 1]):
                source = reads[place]
                masks, codes = table[word, base[source] :], cells[source, start : start + _TILE]
                for row in range(len(left)):
                    left[row] &= masks[codes[row]]


@_compiled
def keep_running(alive: Any, rows: Any, kept: Any) -> int:
    """Copy what is alive in the rows that are still in the running, and their positions; return how many they are.

    Examples
    --------
    >>> rows, kept = np.zeros(3, int), np.zeros((1, 3), np.uint64)
    >>> keep_running(np.array([[0, 5, 6]], np.uint64), rows, kept), rows[:2].tolist(), kept[:, :2].tolist()
    (2, [1, 2], [[5, 6]])
    """
    found = 0
    for row in range(alive.shape[1]):
        left = np.uint64(0)
        for word in range(alive.shape[0]):
            left |= alive[word, row]
        rows[found] = row
        found += left != 0
    for word in range(alive.shape[0]):
        for at in range(found):
            kept[word, at] = alive[word, rows[at]]
    return found


@_compiled
def find_readers(alive: Any, rows: int, words: Any, cares: Any, places: Any) -> int:
    """Find the rows in the running, of the first `rows`, that have a term alive of those that are cared for.

    Examples
    --------
    >>> alive, places = np.array([[0, 1, 3]], np.uint64), np.zeros(3, int)
    >>> find_readers(alive, 3, np.array([0]), np.array([2], np.uint64), places), places[:1].tolist()
    (1, [2])
    """
    found = 0
    is_read = np.empty(_TILE, np.bool_)
    for start in range(0, rows, _TILE):
        size = min(_TILE, rows - start)
        is_read[:] = False
        for place in range(len(words)):
            left, cared = alive[words[place], start : start + size], cares[place]
            for row in range(size):
                is_read[row] |= (left[row] & cared) != 0
        for row in range(size):
            places[found] = start + row
            found += is_read[row]
    return found


@_compiled
def narrow_some(cells: Any, places: Any, words: Any, masks: Any, alive: Any) -> None:
    """Leave alive what the masks of the cells of one source leave, in the rows at these places."""
    for word in range(len(words)):
        left, mask = alive[words[word]], masks[word]
        for at in range(len(places)):
            left[places[at]] &= mask[cells[at]]


@_compiled
def translate(codes: Any, cells_of_codes: Any, cells: Any) -> None:
    """Write the cell of each text; code -1, missing, has the last one.

    Examples
    --------
    >>> cells = np.zeros(3, np.uint8)
    >>> translate(np.array([1, -1, 0]), np.array([2, 1, 0], np.uint8), cells)
    >>> cells.tolist()
    [1, 0, 2]
    """
    for row in range(len(codes)):
        cells[row] = cells_of_codes[codes[row]]


@_compiled
def count_hits(alive: Any, rule_of: Any, counts: Any) -> None:
    """Count the rules of each row that have a term alive.

    Examples
    --------
    >>> counts = np.zeros(2, int)
    >>> count_hits(np.array([[0b000, 0b111]], np.uint64), np.array([0, 0, 1]), counts)
    >>> counts.tolist()
    [0, 2]
    """
    for row in range(len(counts)):
        counts[row] = 0
        last = -1
        for word in range(alive.shape[0]):
            left = alive[word, row]
            term = 64 * word
            while left:
                if left & np.uint64(1) and rule_of[term] != last:
                    last = rule_of[term]
                    counts[row] += 1
                left >>= np.uint64(1)
                term += 1


@_compiled
def name_hits(alive: Any, rule_of: Any, counts: Any, hits: Any) -> None:
    """Write the rules of each row that have a term alive, one row after the other.

    Examples
    --------
    >>> hits = np.zeros(2, np.int16)
    >>> name_hits(np.array([[0b000, 0b111]], np.uint64), np.array([0, 0, 1]), np.array([0, 2]), hits)
    >>> hits.tolist()
    [0, 1]
    """
    found = 0
    for row in range(len(counts)):
        last = -1
        for word in range(alive.shape[0]):
            left = alive[word, row]
            term = 64 * word
            while left:
                if left & np.uint64(1) and rule_of[term] != last:
                    last = rule_of[term]
                    hits[found] = last
                    found += 1
                left >>= np.uint64(1)
                term += 1


@_compiled
def judge_event(
    slots: Any, features: Any, plan: Any, constants: Any, table: Any, rule_of: Any, scratch: Any, hits: Any
) -> int:
    """Judge one event; return the number of rules that hit, or `OUT_OF_RANGE`.

    Parameters
    ----------
    slots
        float64: numbers of the event, NaN for missing, and places of its words.
    features
        float64: features of the event; the plan says which values are read from here.
    plan
        int64: see `fraud.rules.plan`.
    constants
        float64: bounds of all sources, and the numbers that are computed with.
    table, rule_of
        Of the rulebook.
    scratch
        float64: values are kept here, then a stack.
    hits
        int16: the positions of the rules that hit are left at its beginning.
    """
    origin, code = plan[plan[4] : plan[5]], plan[plan[5] : plan[6]]
    for slot in range(len(origin)):
        if origin[slot] >= 0:
            scratch[slot] = features[origin[slot]]
        else:
            scratch[slot] = slots[slot]
            if abs(slots[slot]) >= 9007199254740992.0 and abs(slots[slot]) != np.inf:
                return OUT_OF_RANGE
    _compute(code, plan[0], plan[1], constants, scratch)
    return _judge(plan, constants, table, rule_of, scratch, hits)


@_compiled
def _compute(code: Any, slots: int, stack: int, constants: Any, scratch: Any) -> None:
    """Run the programs, words of two numbers each; values are kept after the slots, the stack begins at `stack`."""
    kept, top = slots, stack
    for at in range(0, len(code), 2):
        action, what = code[at], code[at + 1]
        if action == 0:
            scratch[top] = scratch[what]
            top += 1
        elif action == 1:
            scratch[top] = constants[what]
            top += 1
        elif action == 2:
            top -= 1
            scratch[kept] = scratch[top]
            kept += 1
        else:
            top -= 1
            scratch[top - 1] = _result(action, scratch[top - 1], scratch[top])


@_compiled
def _result(action: int, left: float, right: float) -> float:
    if action == 3:
        return left + right
    if action == 4:
        return left - right
    if action == 5:
        return left * right
    if action == 6:
        return left / right if right != 0 else np.nan
    if left != left or right != right:
        return np.nan
    return 1.0 if left > right else -1.0 if left < right else 0.0


@_compiled
def _judge(plan: Any, constants: Any, table: Any, rule_of: Any, scratch: Any, hits: Any) -> int:
    layout, starts, reads = plan[plan[6] : plan[7]], plan[plan[7] : plan[8]], plan[plan[8] :]
    words = plan[3]
    found, last = 0, -1
    for word in range(words):
        masks = table[word]
        left = masks[-1]
        for part in range(2):
            for place in range(starts[part * (words + 1) + word], starts[part * (words + 1) + word + 1]):
                if not left:
                    break
                source = 4 * reads[place]
                value = scratch[layout[source]]
                cell = np.int64(value == value)
                for bound in range(layout[source + 1], layout[source + 2]):
                    cell += value >= constants[bound]
                left &= masks[layout[source + 3] + cell]
        term = 64 * word
        while left:
            if left & np.uint64(1) and rule_of[term] != last:
                last = rule_of[term]
                hits[found] = last
                found += 1
            left >>= np.uint64(1)
            term += 1
    return found
