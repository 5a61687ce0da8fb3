"""What a rule adds beyond all others: what it alone catches, and what it adds when the best come first.

Two questions. If this rule were switched off tomorrow and all others stayed, what would be lost (`only`)? And if
rules were switched on one after the other, always the one that saves most next, what would each add (`greedy`)? Of
two copies of one rule neither adds anything by the first, and only one does by the second.
"""

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fraud.rulecare.hits import Hits, Ints

__all__ = ["Added", "greedy", "only"]


@dataclass(frozen=True)
class Added:
    """What one rule adds: its hits, the frauds among them, their value in fen, and what it saves in fen."""

    hits: int
    frauds: int
    value_fen: int
    benefit_fen: int


def only(hits: Hits, *values: npt.ArrayLike) -> Ints:
    """Return the sums of these whole numbers over the rows that one rule alone hits, shape (rules, values).

    Examples
    --------
    >>> hits = Hits.of_matrix(np.array([[True, False], [True, True]]), ("a", "b"))
    >>> only(hits, [1, 1], [5, 7]).tolist()
    [[1, 5], [0, 0]]
    """
    alone = np.flatnonzero(np.diff(hits.offsets) == 1)
    rule = hits.rules[hits.offsets[alone]]
    found = np.zeros((len(hits.ids), len(values)), np.int64)
    for place, value in enumerate(values):
        np.add.at(found[:, place], rule, np.asarray(value, np.int64)[alone])
    return found


def greedy(
    hits: Hits, fraud: npt.NDArray[np.bool_], value: Ints, worth: Ints, action: Ints
) -> tuple[Ints, list[Added]]:
    """Order the rules so that each next one saves most of what is left; of equals the one of more value, then earlier.

    Parameters
    ----------
    hits
        The hits.
    fraud, value
        Of each row: is it fraud, and its amount in fen if it is.
    worth
        int64 of shape (rows, actions): fen that each action saves on a row; negative is a loss.
    action
        int64 of shape (rules,): the action, a column of `worth`, that each rule demands.

    Returns
    -------
    order
        Positions of the rules.
    added
        What each of them added, in that order.

    Examples
    --------
    >>> hits = Hits.of_matrix(np.array([[True, True], [True, False]]), ("a", "b"))
    >>> worth = np.array([[0, 10], [0, -3]])
    >>> order, added = greedy(hits, np.array([True, False]), np.array([12, 0]), worth, np.array([1, 1]))
    >>> order.tolist(), added[0].benefit_fen, added[1].benefit_fen
    ([1, 0], 10, -3)
    """
    left = np.ones(hits.rows, bool)
    gain = np.zeros((len(hits.ids), 4), np.int64)
    for rule in range(len(hits.ids)):
        gain[rule] = _gain(hits.rows_of(rule), int(action[rule]), fraud, value, worth)
    heap = [_rank(gain[rule], rule) for rule in range(len(hits.ids))]
    heapq.heapify(heap)
    order, added, is_done = [], [], np.zeros(len(hits.ids), bool)
    while heap:
        rank = heapq.heappop(heap)
        rule = rank[-1]
        if is_done[rule] or rank != _rank(gain[rule], rule):
            continue  # an older rank of a rule that has lost rows since: its present one waits in the heap
        is_done[rule] = True
        order.append(rule)
        added.append(Added(*map(int, gain[rule])))
        rows = hits.rows_of(rule)
        for other in _take_away(hits, rows[left[rows]], gain, is_done, (fraud, value, worth, action)):
            heapq.heappush(heap, _rank(gain[other], int(other)))
        left[rows] = False
    return np.array(order, np.int64), added


def _rank(gain: Ints, rule: int) -> tuple[int, int, int]:
    return -int(gain[3]), -int(gain[2]), rule


def _gain(rows: Ints, action: int, fraud: npt.NDArray[np.bool_], value: Ints, worth: Ints) -> Ints:
    return np.array([len(rows), fraud[rows].sum(), value[rows].sum(), worth[rows, action].sum()])


def _take_away(
    hits: Hits,
    rows: Ints,
    gain: Ints,
    is_done: npt.NDArray[np.bool_],
    of: tuple[npt.NDArray[np.bool_], Ints, Ints, Ints],
) -> Ints:
    """Take the rows, which are covered now, from what the other rules would add; return the rules that it concerns."""
    fraud, value, worth, action = of
    block = hits.by_row[rows]
    rule, row = block.indices, np.repeat(rows, np.diff(block.indptr))
    for place, part in enumerate((np.ones(len(row), np.int64), fraud[row], value[row], worth[row, action[rule]])):
        np.subtract.at(gain[:, place], rule, part)
    changed = np.unique(rule)
    return np.asarray(changed[~is_done[changed]], np.int64)
