"""Blocks and articulation points: the firms without whom a guarantee network falls apart.

Hopcroft and Tarjan ("Algorithm 447: efficient algorithms for graph manipulation", 1973), the call stack kept in
arrays. A block (biconnected component) stays whole when any one of its members leaves; an articulation point belongs
to several blocks; a block of two is a bridge. A node without partners is in no block.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.kernels.groups import Groups
from credit_graph.kernels.rows import checked

__all__ = ["Biconnected", "biconnected", "bridges", "tie_blocks"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Biconnected:
    """Blocks and articulation points.

    Parameters
    ----------
    articulation
        Whether the graph falls apart when the node leaves, bool of shape (n,).
    blocks
        The members of each block; the first member is the one that the search came from.
    entered
        Rank of each node in the search, from 1, int32 of shape (n,).
    block
        The block through which the search came to each node, int32 of shape (n,); -1 where it began. A tie lies in
        the block of that end which was entered later (`tie_blocks`).
    """

    articulation: npt.NDArray[np.bool_]
    blocks: Groups
    entered: Int32
    block: Int32


def biconnected(start: npt.ArrayLike, to: npt.ArrayLike) -> Biconnected:
    """Return the blocks and articulation points.

    Parameters
    ----------
    start, to
        Symmetric rows, each partner once and no ties of a node to itself: `rows.undirected`.

    Raises
    ------
    RowsError
        As `checked`.

    Examples
    --------
    >>> from credit_graph.kernels.rows import undirected
    >>> found = biconnected(*undirected([0, 1, 2, 4, 4], [1, 2, 0, 3]))
    >>> found.articulation.tolist(), [sorted(block.tolist()) for block in found.blocks]
    ([False, False, True, False], [[2, 3], [0, 1, 2]])
    """
    articulation, starts, members, entered, block = _biconnected(*checked(start, to))
    return Biconnected(articulation, Groups(starts, members), entered, block)


def bridges(found: Biconnected) -> Int32:
    """Return the ties without which the graph falls apart, int32 of shape (bridges, 2), ascending.

    Examples
    --------
    >>> from credit_graph.kernels.rows import undirected
    >>> bridges(biconnected(*undirected([0, 1, 2, 4, 4], [1, 2, 0, 3]))).tolist()
    [[2, 3]]
    """
    first = found.blocks.start[:-1][np.diff(found.blocks.start) == 2]
    pairs = np.sort(np.column_stack([found.blocks.members[first], found.blocks.members[first + 1]]), axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def tie_blocks(start: npt.ArrayLike, to: npt.ArrayLike, found: Biconnected) -> Int32:
    """Return the block of each tie, int32 of shape (m,), in the order of `to`.

    Examples
    --------
    >>> from credit_graph.kernels.rows import undirected
    >>> rows = undirected([0, 1, 2, 4, 4], [1, 2, 0, 3])
    >>> tie_blocks(*rows, biconnected(*rows)).tolist()
    [1, 1, 1, 1, 1, 1, 0, 0]
    """
    starts, heads = checked(start, to)
    tails = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    return found.block[np.where(found.entered[tails] > found.entered[heads], tails, heads)]


@compiled
def _biconnected(start: Int64, to: Int32) -> tuple[npt.NDArray[np.bool_], Int64, Int32, Int32, Int32]:
    n = len(start) - 1
    entered, low, block = np.zeros(n, np.int32), np.empty(n, np.int32), np.full(n, -1, np.int32)
    articulation = np.zeros(n, np.bool_)
    path, at, open_nodes = np.empty(n, np.int32), np.empty(n, np.int64), np.empty(n, np.int32)
    starts, members = np.zeros(n + 1, np.int64), np.empty(2 * n, np.int32)
    count, opened, blocks, used = 0, 0, 0, 0
    for first in range(n):
        if entered[first]:
            continue
        count += 1
        entered[first] = low[first] = count
        path[0], at[0], depth, below_first = first, start[first], 0, 0
        while depth >= 0:
            node, place, end = path[depth], at[depth], start[path[depth] + 1]
            above = path[depth - 1] if depth else -1
            lowest, head = low[node], -1
            while place < end:
                head = to[place]
                place += 1
                if entered[head] == 0:
                    break
                if head != above:
                    lowest = min(lowest, entered[head])
                head = -1
            low[node] = lowest
            at[depth] = place
            if head >= 0:
                depth += 1
                count += 1
                path[depth], at[depth] = head, start[head]
                entered[head] = low[head] = count
                open_nodes[opened] = head
                opened += 1
                continue
            depth -= 1
            if depth < 0:
                break
            low[above] = min(low[above], lowest)
            if lowest >= entered[above]:  # nothing below reaches past the node above: a block ends here
                below_first += depth == 0
                articulation[above] = depth > 0
                members[used] = above
                size = _closed(node, open_nodes, opened, members, used + 1, block, blocks)
                opened, used, blocks = opened - size, used + 1 + size, blocks + 1
                starts[blocks] = used
        articulation[first] = below_first > 1
    return articulation, starts[: blocks + 1].copy(), members[:used].copy(), entered, block


@compiled
def _closed(node: int, open_nodes: Int32, opened: int, members: Int32, used: int, block: Int32, number: int) -> int:
    """Move a node and all that were entered since into a block; return how many they are."""
    size = 0
    while size == 0 or open_nodes[opened - size] != node:
        size += 1
        members[used + size - 1] = open_nodes[opened - size]
        block[open_nodes[opened - size]] = number
    return size
