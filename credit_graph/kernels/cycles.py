"""Simple cycles of bounded length: who ends up standing behind his own loan (担保圈).

A cycle is found from that of its members who has most ties, and then this node is taken out: hubs go first, so that
no later path runs through them. From the node, a search against the ties marks who can still reach it within half of
the length; the search along the ties goes beyond its own half only over marked nodes. What is in no cycle any more
when a node is taken out (nothing leads in, or nothing out) goes with it. Mutual pairs are read off two sorted rows.
Only ties inside of strong components are searched, their nodes numbered anew so that neighbours lie close together.

The number of cycles can grow with the power of the length: budgets of cycles and of steps (ties looked at) end the
search, and the result says so; `stop` is for those who must look at a clock. For cycles of any length see Johnson,
"Finding all the elementary circuits of a directed graph", 1975: this search takes far more steps for long ones.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.errors import RowsError
from credit_graph.kernels.groups import Groups, from_smallest, sorted_groups
from credit_graph.kernels.rows import mutual, simple
from credit_graph.kernels.strong import Strong, given_or_found, inner_rows

__all__ = ["short_cycles"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
_CHUNK = 20_000_000
"""Steps between two questions whether to stop, some tenths of a second."""


def short_cycles(
    start: npt.ArrayLike,
    to: npt.ArrayLike,
    longest: int = 4,
    *,
    most: int = 1_000_000,
    most_steps: int = 2_000_000_000,
    stop: Callable[[], bool] | None = None,
    strong: Strong | None = None,
) -> Groups:
    """Return each simple cycle of 2 to `longest` nodes once, smallest node first, in lexicographic order.

    Parameters
    ----------
    start, to
        Ties; those of a node to itself are left out, parallel ones count once.
    longest
        Most nodes of a cycle, at least 2.
    most
        Number of cycles after which the search ends. Pairs come first, then what hubs are in.
    most_steps
        Number of ties looked at after which the search ends.
    stop
        Asked about every twenty million steps; the search ends when it says True.
    strong
        What `strong_order` found for these ties, if it is at hand.

    Raises
    ------
    RowsError
        As `checked`, or if longest is below 2.

    Examples
    --------
    >>> cycles = short_cycles([0, 2, 4, 5], [1, 2, 0, 2, 0], longest=3)
    >>> [cycle.tolist() for cycle in cycles], cycles.truncated
    ([[0, 1], [0, 1, 2], [0, 2]], False)
    """
    starts, heads = simple(start, to)
    if longest < 2:
        raise RowsError(f"a cycle has at least 2 nodes, so longest must be at least 2, not {longest}")
    if most < 0 or most_steps < 0:
        raise RowsError(f"budgets of cycles and steps must be at least 0, not {most} and {most_steps}")
    strong = given_or_found(starts, heads, strong)
    inner = inner_rows(starts, heads, strong)
    nodes, ties = inner[0], inner[1:]
    pairs = np.sort(nodes[_pairs(*ties)], axis=1)
    found, members, truncated = np.zeros(1, np.int64), np.empty(0, np.int32), len(pairs) > most
    if truncated:
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))[:most]]
    if longest > 2 and not truncated:
        size = _sizes(strong.label[nodes])
        longest = min(longest, int(size.max(initial=0)))
        found, members, truncated = _longer(*ties, size, longest, most - len(pairs), most_steps, stop)
        members = from_smallest(found, nodes[members])
    together = np.concatenate([np.arange(0, 2 * len(pairs), 2), found + 2 * len(pairs)])
    return sorted_groups(together, np.concatenate([pairs.ravel(), members]), truncated)


def _sizes(label: Int32) -> Int64:
    """Return the size of each node's component; nodes of one component stand beside each other."""
    first = np.flatnonzero(np.diff(label, prepend=-1))
    size = np.diff(first, append=len(label))
    return np.repeat(size, size)


def _longer(
    out_start: Int64,
    out_to: Int32,
    in_start: Int64,
    in_to: Int32,
    size: Int64,
    longest: int,
    most: int,
    most_steps: int,
    stop: Callable[[], bool] | None,
) -> tuple[Int64, Int32, bool]:
    """Find the cycles of three nodes and more, chunk by chunk: `_search` goes on where it stood."""
    n = len(size)
    degrees, alive, roots = _by_degree(out_start, in_start, size)
    work = (degrees, alive, np.zeros(n, np.int32), np.empty(n, np.int32))
    path, at = np.empty(longest + 1, np.int32), np.empty(longest + 1, np.int64)
    state = np.array([0, -1, 0, 0, 0], np.int64)
    found, members = np.zeros(1024, np.int64), np.empty(4096, np.int32)
    while state[0] < len(roots):
        if state[4] >= most_steps or (state[4] and stop is not None and stop()):
            break
        until = min(int(state[4]) + _CHUNK, most_steps)
        _search(out_start, out_to, in_start, in_to, roots, *work, path, at, state, found, members, most, until)
        if state[2] > most:
            state[2] = most
            break
        if state[2] + 1 == len(found):
            found = np.concatenate([found, np.zeros_like(found)])
        if found[state[2]] + longest > len(members):
            members = np.concatenate([members, np.empty(len(members) + longest, np.int32)])
    count = int(state[2])
    return found[: count + 1], members[: found[count]], bool(state[0] < len(roots))


def _pairs(out_start: Int64, out_to: Int32, in_start: Int64, in_to: Int32) -> Int32:
    """Return the pairs tied both ways."""
    start, partner = mutual(out_start, out_to, (in_start, in_to))
    node = np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start))
    return np.column_stack([node, partner])[node < partner]


def _by_degree(out_start: Int64, in_start: Int64, size: Int64) -> tuple[Int32, npt.NDArray[np.bool_], Int32]:
    """Return the degrees (out, in), who can be in a cycle of three, and these by falling degree."""
    degrees, alive = np.column_stack([np.diff(out_start), np.diff(in_start)]).astype(np.int32), size > 2
    ties = degrees.sum(axis=1)
    return degrees, alive, _falling(ties, alive, int(ties.max(initial=0)))


@compiled
def _falling(ties: Int64, wanted: npt.NDArray[np.bool_], most: int) -> Int32:
    free = np.zeros(most + 2, np.int64)
    for count in ties[wanted]:
        free[most - count + 1] += 1
    for rank in range(most + 1):
        free[rank + 1] += free[rank]
    nodes = np.empty(free[most + 1], np.int32)
    for node in range(len(ties)):
        if wanted[node]:
            nodes[free[most - ties[node]]] = node
            free[most - ties[node]] += 1
    return nodes


@compiled
def _search(
    out_start: Int64,
    out_to: Int32,
    in_start: Int64,
    in_to: Int32,
    roots: Int32,
    degrees: Int32,
    alive: npt.NDArray[np.bool_],
    far: Int32,
    queue: Int32,
    path: Int32,
    at: Int64,
    state: Int64,
    found: Int64,
    members: Int32,
    most: int,
    until: int,
) -> None:
    """Go on until a budget of steps is spent, the room for cycles is full, or all roots are done.

    `state` is: the root at hand, the end of the path (-1: the root has not begun), cycles found, nodes marked, steps.
    `far` is the number of ties from a node to the root, 0 where it is not marked; the marked ones stand in `queue`.
    """
    while state[0] < len(roots) and state[2] <= most:
        root = roots[state[0]]
        if state[1] < 0 and alive[root]:
            state[3], looked = _mark(root, (len(path) - 1) // 2, in_start, in_to, alive, far, queue)
            state[4] += looked
            state[1], path[0], at[0] = 0, root, out_start[root]
        _walk(root, out_start, out_to, alive, far, path, at, state, found, members, most, until)
        if state[1] >= 0:
            break
        for rank in range(state[3]):
            far[queue[rank]] = 0
        state[3] = 0
        if alive[root]:
            _take_out(root, out_start, out_to, in_start, in_to, degrees, alive, queue)
        state[0] += 1


@compiled
def _walk(
    root: int,
    out_start: Int64,
    out_to: Int32,
    alive: npt.NDArray[np.bool_],
    far: Int32,
    path: Int32,
    at: Int64,
    state: Int64,
    found: Int64,
    members: Int32,
    most: int,
    until: int,
) -> None:
    """Go on along the ties from one root; see `_search`. The end of the path is left at -1 when all is walked."""
    half, longest = (len(path) - 1) // 2, len(path) - 1
    depth, count, steps = state[1], state[2], state[4]
    while depth >= 0 and count <= most and steps < until:
        if count + 1 >= len(found) or found[count] + longest > len(members):
            break  # no room for another cycle
        place = at[depth]
        if place == out_start[path[depth] + 1]:
            alive[path[depth]] = True
            depth -= 1
            continue
        at[depth] += 1
        steps += 1
        head, rest = out_to[place], longest - depth - 1
        if head == root and depth > 1:
            if count < most:
                found[count + 1] = found[count] + depth + 1
                members[found[count] : found[count + 1]] = path[: depth + 1]
            count += 1
        elif head != root and alive[head] and rest > 0 and (0 < far[head] <= rest or rest > half):
            depth += 1
            path[depth], at[depth] = head, out_start[head]
            alive[head] = False  # on the path
    state[1], state[2], state[4] = depth, count, steps


@compiled
def _mark(
    root: int, half: int, in_start: Int64, in_to: Int32, alive: npt.NDArray[np.bool_], far: Int32, queue: Int32
) -> tuple[int, int]:
    """Mark who reaches the root over at most `half` ties; return their number and the ties looked at."""
    marked, next_one, looked, node, steps = 0, 0, 0, root, 0
    while True:
        for place in range(in_start[node], in_start[node + 1]):
            other = in_to[place]
            if alive[other] and far[other] == 0 and other != root:
                far[other] = steps + 1
                queue[marked] = other
                marked += 1
        looked += in_start[node + 1] - in_start[node]
        if next_one == marked or far[queue[next_one]] == half:
            return marked, looked
        node = queue[next_one]
        steps = far[node]
        next_one += 1


@compiled
def _take_out(
    node: int,
    out_start: Int64,
    out_to: Int32,
    in_start: Int64,
    in_to: Int32,
    degrees: Int32,
    alive: npt.NDArray[np.bool_],
    queue: Int32,
) -> None:
    """Take a node out, and with it all that then have nobody before or nobody behind them."""
    alive[node] = False
    queue[0], waiting = node, 1
    while waiting:
        waiting -= 1
        node = queue[waiting]
        waiting = _lost(out_to[out_start[node] : out_start[node + 1]], 1, degrees, alive, queue, waiting)
        waiting = _lost(in_to[in_start[node] : in_start[node + 1]], 0, degrees, alive, queue, waiting)


@compiled
def _lost(others: Int32, side: int, degrees: Int32, alive: npt.NDArray[np.bool_], queue: Int32, waiting: int) -> int:
    for other in others:
        degrees[other, side] -= 1
        if alive[other] and degrees[other, side] == 0:
            alive[other] = False
            queue[waiting] = other
            waiting += 1
    return waiting
