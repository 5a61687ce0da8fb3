"""Guarantee chains: the longest way along the ties on which nobody comes twice (担保链).

Strong components are taken as one firm each; between them the ties cannot run in circles, so that the longest way
follows from one look at each tie, sinks first. (The longest simple path through circles has no fast algorithm.) Where
a chain enters a component at one firm and leaves it at another, a shortest way between the two is put in.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.errors import RowsError
from credit_graph.kernels.rows import checked
from credit_graph.kernels.strong import Strong, given_or_found

__all__ = ["Chain", "longest_chain"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chain:
    """A way along ties.

    Parameters
    ----------
    nodes
        The nodes in their order, int32; each is tied to the next. Empty if the graph is.
    length
        Sum of the weights of its ties between strong components; without weights their number.
    ties
        Positions in `to` of these ties, int64, in their order.
    """

    nodes: Int32
    length: float
    ties: Int64


def longest_chain(
    start: npt.ArrayLike, to: npt.ArrayLike, weight: npt.ArrayLike | None = None, *, strong: Strong | None = None
) -> Chain:
    """Return the longest chain; among equals, the one that begins in the component of the smallest node.

    Parameters
    ----------
    start, to
        Ties; those of a node to itself, or inside of a strong component, add no length.
    weight
        Weight of each tie, at least 0, shape (m,); 1 if not given.
    strong
        What `strong_order` found for these ties, if it is at hand.

    Raises
    ------
    RowsError
        As `checked`, or if weights do not fit the ties, or are negative or not finite.

    Examples
    --------
    >>> chain = longest_chain([0, 1, 2, 4, 4], [1, 2, 1, 3])
    >>> chain.nodes.tolist(), chain.length
    ([0, 1, 2, 3], 2.0)
    """
    starts, heads = checked(start, to)
    weights = np.empty(0) if weight is None else np.asarray(weight, np.float64)
    if weight is not None and (weights.shape != heads.shape or not ((weights >= 0) & (weights < np.inf)).all()):
        raise RowsError("each tie must have one weight, a finite number of at least 0")
    found = given_or_found(starts, heads, strong)
    if len(found.label) == 0:
        return Chain(np.empty(0, np.int32), 0.0, np.empty(0, np.int64))
    length, ties, tails = _chain(starts, heads, weights, found.label, found.order)
    if len(ties) == 0:
        return Chain(found.label[:1].copy(), 0.0, ties)
    return Chain(_way(starts, heads, found.label, ties, tails), float(length), ties)


@compiled
def _chain(start: Int64, to: Int32, weight: Float64, label: Int32, order: Int32) -> tuple[float, Int64, Int32]:
    """Return the length of the longest chain, its ties between components, and the tails of these."""
    n = len(label)
    # of each component, at its smallest node: length of the chain that begins there, its first tie and the tail of it
    best, tie, tail = np.zeros(n), np.full(n, -1, np.int64), np.full(n, -1, np.int32)
    for rank in range(n - 1, -1, -1):
        node = order[rank]
        mine = label[node]
        for place in range(start[node], start[node + 1]):
            head = label[to[place]]
            if head == mine:
                continue
            length = best[head] + (weight[place] if len(weight) else 1.0)
            if length > best[mine] or (length == best[mine] and 0 <= place < tie[mine]):
                best[mine], tie[mine], tail[mine] = length, place, node
    at = np.argmax(best)
    ties, tails, used = np.empty(n, np.int64), np.empty(n, np.int32), 0
    longest = best[at]
    while tie[at] >= 0:
        ties[used], tails[used] = tie[at], tail[at]
        at = label[to[tie[at]]]
        used += 1
    return longest, ties[:used].copy(), tails[:used].copy()


@compiled
def _way(start: Int64, to: Int32, label: Int32, ties: Int64, tails: Int32) -> Int32:
    """Write the nodes of a chain down, with a shortest way inside each component (breadth first)."""
    n = len(label)
    came, queue = np.full(n, -1, np.int32), np.empty(n, np.int32)
    nodes, used = np.empty(n, np.int32), 0
    for hop in range(len(ties) + 1):
        enter = tails[0] if hop == 0 else to[ties[hop - 1]]
        leave = enter if hop == len(ties) else tails[hop]
        queue[0], done, waiting = enter, 0, 1
        came[enter] = enter
        while came[leave] < 0:
            node = queue[done]
            done += 1
            for place in range(start[node], start[node + 1]):
                head = to[place]
                if label[head] == label[enter] and came[head] < 0:
                    came[head] = node
                    queue[waiting] = head
                    waiting += 1
        first = used
        node = leave
        while node != enter:
            nodes[used] = node
            used += 1
            node = came[node]
        nodes[used] = enter
        used += 1
        nodes[first:used] = nodes[first:used][::-1].copy()
    return nodes[:used].copy()
