"""Feedback arcs: few ties without which no circle is left (拆圈).

The greedy ordering of Eades, Lin and Smyth ("A fast and effective heuristic for the feedback arc set problem", 1993):
nodes that lead nowhere go to the end, nodes that nothing leads to go to the front, else the node with most more ties
out than in goes to the front; ties that point backwards are the ones to release. At most half of the ties, and far
fewer as a rule; the fewest would be too slow to find. Only ties inside of strong components are ever looked at.
"""

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.kernels.rows import checked
from credit_graph.kernels.strong import Strong, given_or_found, inner_ties

__all__ = ["feedback_arcs"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


def feedback_arcs(start: npt.ArrayLike, to: npt.ArrayLike, *, strong: Strong | None = None) -> Int64:
    """Return positions in `to` of ties without which no cycle is left, int64, ascending.

    Ties of a node to itself are always among them; of parallel ties, all or none.

    Parameters
    ----------
    start, to
        Ties.
    strong
        What `strong_order` found for these ties, if it is at hand.

    Raises
    ------
    RowsError
        As `checked`.

    Examples
    --------
    >>> feedback_arcs([0, 1, 2, 4], [1, 2, 0, 2]).tolist()
    [2, 3]
    """
    starts, heads = checked(start, to)
    label = given_or_found(starts, heads, strong).label
    return _backward(starts, heads, label, _sequence(*inner_ties(starts, heads, label)))


@compiled
def _backward(start: Int64, to: Int32, label: Int32, rank: Int32) -> Int64:
    found, used = np.empty(len(to), np.int64), 0
    for node in range(len(rank)):
        for place in range(start[node], start[node + 1]):
            if label[node] == label[to[place]] and rank[to[place]] <= rank[node]:
                found[used] = place
                used += 1
    return found[:used].copy()


@compiled
def _sequence(start: Int64, to: Int32, back_start: Int64, back_to: Int32) -> Int32:
    """Return the place of each node in the greedy order."""
    n = len(start) - 1
    state = np.zeros((n, 4), np.int32)  # ties out and in that are left, and the neighbours in the node's bucket
    widest = 1
    for node in range(n):
        state[node, 0] = start[node + 1] - start[node]
        state[node, 1] = back_start[node + 1] - back_start[node]
        widest = max(widest, state[node, 0], state[node, 1])
    # buckets by ties out minus ties in; then those that lead nowhere, and those that nothing leads to
    first = np.full(2 * widest + 3, -1, np.int32)
    for node in range(n - 1, -1, -1):
        _put(node, state, first, widest)
    rank, front, end, top = np.empty(n, np.int32), 0, n - 1, 2 * widest
    while front <= end:
        node = first[2 * widest + 1]
        if node < 0:
            node = first[2 * widest + 2]
        if node < 0:
            while first[top] < 0:
                top -= 1
            node = first[top]
        _drop(node, state, first, widest)
        if state[node, 0] == 0:
            rank[node] = end
            end -= 1
        else:
            rank[node] = front
            front += 1
        state[node, 2] = -2  # gone
        for place in range(start[node], start[node + 1]):
            other = to[place]
            if state[other, 2] != -2:
                _drop(other, state, first, widest)
                state[other, 1] -= 1
                top = max(top, _put(other, state, first, widest))
        for place in range(back_start[node], back_start[node + 1]):
            other = back_to[place]
            if state[other, 2] != -2:
                _drop(other, state, first, widest)
                state[other, 0] -= 1
                _put(other, state, first, widest)
    return rank


@compiled
def _bucket(node: int, state: Int32, widest: int) -> int:
    if state[node, 0] == 0:
        return 2 * widest + 1
    if state[node, 1] == 0:
        return 2 * widest + 2
    return int(state[node, 0] - state[node, 1] + widest)


@compiled
def _put(node: int, state: Int32, first: Int32, widest: int) -> int:
    bucket = _bucket(node, state, widest)
    state[node, 2], state[node, 3] = -1, first[bucket]
    if first[bucket] >= 0:
        state[first[bucket], 2] = node
    first[bucket] = node
    return bucket if bucket <= 2 * widest else 0


@compiled
def _drop(node: int, state: Int32, first: Int32, widest: int) -> None:
    before, after = state[node, 2], state[node, 3]
    if before >= 0:
        state[before, 3] = after
    else:
        first[_bucket(node, state, widest)] = after
    if after >= 0:
        state[after, 2] = before
