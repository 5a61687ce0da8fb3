"""Strong components: firms from each of which the ties lead to every other (担保圈 live inside them).

Depth first with Pearce's one array of indices ("A space-efficient algorithm for finding strongly connected
components", 2016), the call stack kept in arrays, so that a chain of a million firms is no problem. Components come
out sinks first; `order` lists the nodes the other way round, so that ties between components lead forward in it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.errors import RowsError
from credit_graph.kernels.rows import checked

__all__ = ["Strong", "given_or_found", "inner_rows", "inner_ties", "strong_components", "strong_order"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Strong:
    """Strong components, and an order in which ties between them lead forward.

    Parameters
    ----------
    label
        Smallest node of each node's component, int32 of shape (n,).
    order
        The nodes, component by component, int32 of shape (n,). Inside of a component most ties lead forward, too
        (it is the reverse of the order in which the search left the nodes).
    """

    label: Int32
    order: Int32


def strong_components(start: npt.ArrayLike, to: npt.ArrayLike) -> Int32:
    """Return the smallest node of each node's strong component, int32 of shape (n,).

    Raises
    ------
    RowsError
        As `checked`.

    Examples
    --------
    >>> strong_components([0, 1, 2, 4], [1, 2, 1, 2]).tolist()
    [0, 1, 1]
    """
    return strong_order(start, to).label


def strong_order(start: npt.ArrayLike, to: npt.ArrayLike) -> Strong:
    """Return the strong components and an order of the nodes in which ties between components lead forward.

    Raises
    ------
    RowsError
        As `checked`.

    Examples
    --------
    >>> strong_order([0, 1, 2, 4], [1, 2, 1, 2]).order.tolist()
    [0, 1, 2]
    """
    label, order = _strong(*checked(start, to))
    return Strong(label, order)


def given_or_found(start: Int64, to: Int32, given: Strong | None) -> Strong:
    """Return what is at hand already, or the strong components of these ties.

    Raises
    ------
    RowsError
        If what is given is of another number of nodes.

    Examples
    --------
    >>> given_or_found(np.array([0, 0]), np.empty(0, np.int32), None).label.tolist()
    [0]
    """
    n = len(start) - 1
    if given is None:
        return strong_order(start, to)
    if given.label.shape != (n,) or given.order.shape != (n,):
        raise RowsError(f"the strong components given are of {given.label.size} nodes, but must be of {n}")
    return given


def inner_ties(start: npt.ArrayLike, to: npt.ArrayLike, label: Int32) -> tuple[Int64, Int32, Int64, Int32]:
    """Return the ties inside of strong components, between two nodes each: rows out, and rows in.

    Examples
    --------
    >>> [part.tolist() for part in inner_ties([0, 1, 2, 4], [1, 2, 1, 2], np.array([0, 1, 1]))]
    [[0, 0, 1, 2], [2, 1], [0, 0, 1, 2], [2, 1]]
    """
    out_start, out_to, in_start, in_to = _inner_ties(*checked(start, to), label)
    return out_start, out_to, in_start, in_to


def inner_rows(start: npt.ArrayLike, to: npt.ArrayLike, strong: Strong) -> tuple[Int32, Int64, Int32, Int64, Int32]:
    """Return who is in a strong component with others, and their ties inside of it: rows out, and rows in.

    The rows number these nodes anew, in the order of `strong`: neighbours then lie close to each other in memory, and a
    long search over them waits for it far less.

    Returns
    -------
    The nodes by their new numbers, int32; then as `inner_ties`.

    Examples
    --------
    >>> [part.tolist() for part in inner_rows([0, 1, 2, 4], [1, 2, 1, 2], strong_order([0, 1, 2, 4], [1, 2, 1, 2]))]
    [[1, 2], [0, 1, 2], [1, 0], [0, 1, 2], [1, 0]]
    """
    nodes, out_start, out_to, in_start, in_to = _inner_rows(*checked(start, to), strong.label, strong.order)
    return nodes, out_start, out_to, in_start, in_to


@compiled
def _strong(start: Int64, to: Int32) -> tuple[Int32, Int32]:
    n = len(start) - 1
    done = n + 1  # an index above those of all nodes under way: the node's component is complete
    index = np.zeros(n, np.int32)
    path, own, at = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int64)
    # nodes whose component is not yet known stand at the left end, those of complete ones at the right end
    order = np.empty(n, np.int32)
    waiting, complete, count = 0, n, 0
    for first in range(n):
        if index[first]:
            continue
        count += 1
        index[first] = own[0] = count
        path[0], at[0], depth = first, start[first], 0
        while depth >= 0:
            node, place = path[depth], at[depth]
            low, end = index[node], start[path[depth] + 1]
            while place < end:
                head = to[place]
                if index[head] == 0:
                    if start[head] < start[head + 1]:
                        break
                    complete -= 1  # it leads nowhere: a component of its own, without a step down and back
                    order[complete], index[head] = head, done + head
                low = min(low, index[head])
                place += 1
            index[node] = low
            if place < end:  # go down; the same tie is read again on the way back, for the index found below
                at[depth] = place
                depth += 1
                count += 1
                path[depth], at[depth] = head, start[head]
                index[head] = own[depth] = count
                continue
            if low < own[depth]:
                order[waiting] = node
                waiting += 1
            else:
                waiting, complete = _closed(node, low, index, order, waiting, complete)
            depth -= 1
    for node in range(n):
        index[node] -= done
    return index, order


@compiled
def _closed(node: int, low: int, index: Int32, order: Int32, waiting: int, complete: int) -> tuple[int, int]:
    """Move a node and those that wait above it to the right end of the order: their component is complete."""
    smallest, right = node, complete
    complete -= 1
    order[complete] = node
    while waiting > 0 and index[order[waiting - 1]] >= low:
        waiting -= 1
        complete -= 1
        order[complete] = order[waiting]
        smallest = min(smallest, order[complete])
    index[node] = len(index) + 1 + smallest
    if right - complete > 1:  # most are alone, and a slice costs more than all else about them
        for rank in range(complete, right):
            index[order[rank]] = len(index) + 1 + smallest
        order[complete:right] = order[complete:right][::-1].copy()
    return waiting, complete


@compiled
def _inner_ties(start: Int64, to: Int32, label: Int32) -> tuple[Int64, Int32, Int64, Int32]:
    n = len(start) - 1
    out_start, in_start, out_to = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64), np.empty_like(to)
    used = 0
    for node in range(n):
        for place in range(start[node], start[node + 1]):
            if label[to[place]] == label[node] and to[place] != node:
                out_to[used] = to[place]
                in_start[to[place] + 1] += 1
                used += 1
        out_start[node + 1] = used
    for node in range(n):
        in_start[node + 1] += in_start[node]
    free, in_to = in_start[:-1].copy(), np.empty(used, np.int32)
    for node in range(n):
        for place in range(out_start[node], out_start[node + 1]):
            in_to[free[out_to[place]]] = node
            free[out_to[place]] += 1
    return out_start, out_to[:used].copy(), in_start, in_to


@compiled
def _inner_rows(start: Int64, to: Int32, label: Int32, order: Int32) -> tuple[Int32, Int64, Int32, Int64, Int32]:
    n, count, used = len(label), 0, 0
    number, nodes = np.empty(n, np.int32), np.empty(n, np.int32)
    for place in range(n):
        mine = label[order[place]]
        is_second = place > 0 and label[order[place - 1]] == mine
        if is_second or (place + 1 < n and label[order[place + 1]] == mine):
            number[order[place]], nodes[count] = count, order[place]
            count += 1
    out_start, in_start, out_to = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64), np.empty_like(to)
    for row in range(count):
        node = nodes[row]
        for place in range(start[node], start[node + 1]):
            if label[to[place]] == label[node] and to[place] != node:
                out_to[used] = number[to[place]]
                in_start[out_to[used] + 1] += 1
                used += 1
        out_start[row + 1] = used
    for row in range(count):
        in_start[row + 1] += in_start[row]
    # turned round twice, the ties of each row are in ascending order
    in_to = np.empty(used, np.int32)
    for rows, others, back, turned in ((out_start, out_to, in_start, in_to), (in_start, in_to, out_start, out_to)):
        free = back[:-1].copy()
        for row in range(count):
            for place in range(rows[row], rows[row + 1]):
                turned[free[others[place]]] = row
                free[others[place]] += 1
    return nodes[:count].copy(), out_start, out_to[:used].copy(), in_start, in_to
