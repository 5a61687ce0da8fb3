"""Chains that share no firm: the longest of each part of the network, then the longest of what it leaves (担保链).

One longest chain says little of a network of many towns, and all chains are too many to write down. So each weak
component gives its longest, which is then taken out, and so on until what is left has none that is worth a name. The
largest components come first, and each gives one before any gives two. Each look costs as much as the component is
large: a budget of looks ends the search, and the result says so.
"""

from collections import deque

import numpy as np
import numpy.typing as npt

from credit_graph.kernels.chains import longest_chain
from credit_graph.kernels.groups import Groups, sorted_groups
from credit_graph.structures.sets import components

__all__ = ["separate_chains"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


def separate_chains(
    start: Int64, to: Int32, weak: Int32, *, shortest: int = 5, most: int = 1_000, most_steps: int = 50_000_000
) -> Groups:
    """Return chains along the ties that have no firm in common.

    Parameters
    ----------
    start, to
        Rows without parallel ties and ties of a firm to itself.
    weak
        Label of each firm's weak component.
    shortest
        Firms of a chain that is worth a name.
    most
        Number of chains after which the search ends.
    most_steps
        Number of firms and ties looked at after which the search ends.

    Examples
    --------
    >>> rows = np.array([0, 1, 2, 3, 3, 4]), np.array([1, 2, 3, 2], np.int32)
    >>> [chain.tolist() for chain in separate_chains(*rows, np.zeros(5, np.int32), shortest=2)]
    [[0, 1, 2, 3]]
    """
    parts = components(weak, max(shortest, 2))
    by_size = np.argsort(-np.diff(parts.start), kind="stable")
    waiting = deque(parts.members[parts.start[part] : parts.start[part + 1]] for part in by_size)
    number = np.full(len(start) - 1, -1, np.int64)
    found: list[Int64] = []
    truncated = False
    while waiting and not truncated:
        nodes = waiting.popleft().astype(np.int64)
        rows, heads = _inner_rows(start, to, nodes, number)
        chain = nodes[longest_chain(rows, heads).nodes]
        most_steps -= len(nodes) + len(heads)
        if len(chain) < shortest:
            continue
        truncated = len(found) == most
        if not truncated:
            found.append(chain)
            waiting.append(np.setdiff1d(nodes, chain, assume_unique=True))
            truncated = most_steps < 0
    ends = np.cumsum([0, *map(len, found)])
    return sorted_groups(ends, np.concatenate([np.empty(0, np.int32), *found]).astype(np.int32), truncated)


def _inner_rows(start: Int64, to: Int32, nodes: Int64, number: Int64) -> tuple[Int64, Int64]:
    """Return the rows of some nodes (ascending), numbered anew, with the ties among them only; `number` is all -1."""
    number[nodes] = np.arange(len(nodes))
    degree = start[nodes + 1] - start[nodes]
    first = np.cumsum(degree) - degree
    heads = number[to[np.repeat(start[nodes] - first, degree) + np.arange(degree.sum())]]
    number[nodes] = -1
    rows = np.concatenate([[0], np.cumsum(heads >= 0)])[np.append(first, degree.sum())]
    return rows, heads[heads >= 0]
