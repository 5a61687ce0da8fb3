"""All structures of a layer of guarantees as arrays, in one pass over the kernels.

Nothing is named or judged here: see `credit_graph.structures.findings`. Ties of a firm to itself are left out and
parallel guarantees count once, since a structure is about who stands behind whom, not how often. Cycles are those of
three firms and more; two make a mutual pair. A search that a budget ended is named in `truncated`: what is missing
then is more of the same kind, and never a pair.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.graph import Layer
from credit_graph.kernels.biconnected import biconnected
from credit_graph.kernels.chains import Chain, longest_chain
from credit_graph.kernels.cliques import maximal_cliques
from credit_graph.kernels.components import weak_components
from credit_graph.kernels.cores import core_numbers
from credit_graph.kernels.cycles import short_cycles
from credit_graph.kernels.groups import Groups
from credit_graph.kernels.rows import mutual, simple, undirected
from credit_graph.kernels.strong import strong_order

__all__ = ["Structures", "analyse"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Structures:
    """What the guarantees of a day form, for n firms.

    Parameters
    ----------
    borrowers, guarantors
        For how many others a firm stands, and how many stand for it, int64 of shape (n,).
    weak
        Smallest firm of each firm's weak component, int32 of shape (n,).
    strong
        Smallest firm of each firm's strong component: those of more than one firm are guarantee circles (担保圈).
    core
        Core number among all partners in either direction, int32 of shape (n,).
    articulation
        Whether the network falls apart when the firm leaves, bool of shape (n,).
    pairs
        Mutual pairs (互保), the smaller number first, int32 of shape (pairs, 2).
    joint
        Joint-guarantee groups (联保): maximal sets of at least three in which each stands for each.
    cycles
        Simple cycles of three firms up to the length asked for, along the guarantees, smallest number first.
    chain
        The longest chain (担保链), with circles taken as one firm each.
    truncated
        Names of the searches that a budget ended.
    """

    borrowers: Int64
    guarantors: Int64
    weak: Int32
    strong: Int32
    core: Int32
    articulation: npt.NDArray[np.bool_]
    pairs: Int32
    joint: Groups
    cycles: Groups
    chain: Chain
    truncated: tuple[str, ...] = ()


def analyse(
    layer: Layer,
    *,
    longest_cycle: int = 4,
    most: int = 1_000_000,
    most_steps: int = 2_000_000_000,
    stop: Callable[[], bool] | None = None,
) -> Structures:
    """Find all structures of a layer of guarantees.

    Parameters
    ----------
    layer
        Ties from guarantor to borrower.
    longest_cycle
        Most firms of a cycle, at least 2; 2 looks for pairs only.
    most, most_steps
        Budgets of cycles and of joint groups: how many, and how many ties may be looked at.
    stop
        Asked now and then whether the search for cycles should end, for a budget of time.

    Raises
    ------
    RowsError
        If `longest_cycle` or a budget is too small.
    ExtraMissingError
        If the compiler of the kernels is not installed.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> found = analyse(layer("guarantee", [0, 1, 1, 2, 3], [1, 0, 2, 3, 1], n=5))
    >>> found.pairs.tolist(), [cycle.tolist() for cycle in found.cycles], found.strong.tolist()
    ([[0, 1]], [[1, 2, 3]], [0, 0, 0, 0, 4])
    """
    start, to = simple(layer.out.start, layer.out.to)
    back = simple(layer.into.start, layer.into.to)
    around = undirected(start, to, back)
    order = strong_order(start, to)
    pair_rows = mutual(start, to, back)
    joint = _joint(pair_rows, most, most_steps)
    found = short_cycles(start, to, longest_cycle, most=most, most_steps=most_steps, stop=stop, strong=order)
    pairs = _pairs(pair_rows)
    return Structures(
        borrowers=np.diff(start),
        guarantors=np.diff(back[0]),
        weak=weak_components(start, to),
        strong=order.label,
        core=core_numbers(*around),
        articulation=biconnected(*around).articulation,
        pairs=pairs,
        joint=joint,
        cycles=_of_three(found),
        chain=longest_chain(start, to, strong=order),
        truncated=tuple(name for name, part in (("joint", joint), ("cycle", found)) if part.truncated),
    )


def _joint(pair_rows: tuple[Int64, Int32], most: int, most_steps: int) -> Groups:
    # who has fewer than two mutual partners is in no set of three; without them the search is a hundred times faster
    start, to = pair_rows
    inner = core_numbers(start, to) >= 2
    kept = inner[to] & np.repeat(inner, np.diff(start))
    rows = np.concatenate([[0], np.cumsum(kept)])[start]
    return maximal_cliques(rows, to[kept], most=most, most_steps=most_steps)


def _pairs(rows: tuple[Int64, Int32]) -> Int32:
    start, to = rows
    first = np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start))
    return np.column_stack([first, to])[first < to]


def _of_three(found: Groups) -> Groups:
    size = np.diff(found.start)
    long = size >= 3
    start = np.concatenate([[0], np.cumsum(size[long])]).astype(np.int64)
    return Groups(start, found.members[np.repeat(long, size)], found.truncated)
