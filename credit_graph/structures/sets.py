"""The groups of each kind, sorted out from what the kernels found, as packed arrays.

A cycle whose members all stand for each other says nothing that their joint group does not say: six such firms hold
more than four hundred cycles. It is left out.
"""

from itertools import combinations

import numpy as np
import numpy.typing as npt

from credit_graph.kernels.groups import Groups
from credit_graph.structures.analysis import Structures

__all__ = ["components", "groups_by_kind"]

Bools = npt.NDArray[np.bool_]
Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


def groups_by_kind(found: Structures, hub: int = 8) -> dict[str, Groups]:
    """Return the groups of each kind but chains, in lexicographic order.

    Parameters
    ----------
    found
        The structures.
    hub
        Borrowers (or guarantors) from which on a firm is a hub (or a star's centre).

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> from credit_graph.structures.analysis import analyse
    >>> found = groups_by_kind(analyse(layer("guarantee", [0, 1, 1, 2], [1, 0, 2, 0], n=3)))
    >>> {kind: [group.tolist() for group in groups] for kind, groups in found.items() if len(groups)}
    {'mutual': [[0, 1]], 'mixed_triangle': [[0, 1, 2]], 'circle': [[0, 1, 2]]}
    """
    innermost = found.core.max(initial=0)
    return {
        "mutual": Groups(np.arange(0, 2 * len(found.pairs) + 1, 2), found.pairs.ravel()),
        "joint": found.joint,
        **_cycles(found),
        "circle": components(found.strong, 3),
        "hub": _single(found.borrowers >= hub),
        "star": _single(found.guarantors >= hub),
        "core": _one(found.core == innermost) if innermost >= 3 else _none(),
        "articulation": _single(found.articulation),
    }


def components(label: Int32, smallest: int = 2) -> Groups:
    """Return the groups of at least `smallest` nodes with equal labels, members ascending, in the labels' order.

    Examples
    --------
    >>> [group.tolist() for group in components(np.array([0, 1, 0, 3, 3, 0], np.int32))]
    [[0, 2, 5], [3, 4]]
    """
    size = np.bincount(label, minlength=len(label))
    inside = np.flatnonzero(size[label] >= smallest)
    members = inside[np.argsort(label[inside], kind="stable")].astype(np.int32)
    return Groups(np.concatenate([[0], np.cumsum(size[size >= max(smallest, 1)])]), members)


def _none() -> Groups:
    return Groups(np.zeros(1, np.int64), np.empty(0, np.int32))


def _one(inside: Bools) -> Groups:
    nodes = np.flatnonzero(inside).astype(np.int32)
    return Groups(np.array([0, len(nodes)]), nodes)


def _single(is_one: Bools) -> Groups:
    nodes = np.flatnonzero(is_one).astype(np.int32)
    return Groups(np.arange(len(nodes) + 1), nodes)


def _cycles(found: Structures) -> dict[str, Groups]:
    size = np.diff(found.cycles.start)
    mutual, within = np.zeros(len(size), np.int64), np.zeros(len(size), np.bool_)
    n = len(found.strong)
    keys = found.pairs[:, 0].astype(np.int64) * n + found.pairs[:, 1]
    for length in np.unique(size):
        mine = np.flatnonzero(size == length)
        rows = found.cycles.members[found.cycles.start[mine][:, None] + np.arange(length)]
        mutual[mine] = sum(_are_mutual(rows[:, at - 1], rows[:, at], keys, n) for at in range(length))
        for one, two in combinations(range(length), 2):
            closed = _are_mutual(rows[:, one], rows[:, two], keys, n)
            rows, mine = rows[closed], mine[closed]
        within[mine] = True
    return {
        "triad": _chosen(found.cycles, (size == 3) & (mutual == 0)),
        "mixed_triangle": _chosen(found.cycles, (size == 3) & (mutual > 0) & ~within),
        "cycle": _chosen(found.cycles, (size > 3) & ~within),
    }


def _are_mutual(one: Int32, two: Int32, keys: Int64, n: int) -> Bools:
    wanted = np.minimum(one, two).astype(np.int64) * n + np.maximum(one, two)
    if len(keys) == 0:
        return np.zeros(len(wanted), np.bool_)
    return np.asarray(keys[np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)] == wanted)


def _chosen(groups: Groups, wanted: Bools) -> Groups:
    size = np.diff(groups.start)
    start = np.concatenate([[0], np.cumsum(size[wanted])])
    return Groups(start, groups.members[np.repeat(wanted, size)], groups.truncated)
