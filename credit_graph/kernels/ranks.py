"""PageRank: how much of a walk along the ties ends up with each firm.

Brin and Page, "The anatomy of a large-scale hypertextual web search engine", 1998. The linear system without the
nodes that lead nowhere is solved by Gauss-Seidel sweeps and scaled to one at the end: that gives the same ranks as
spreading those nodes' weight over all nodes (Del Corso, Gulli and Romani, "Fast PageRank computation via a sparse
linear system", 2005). It is solved strong component by strong component, sources first, so that a firm in no circle
costs one look and a small circle stays in the processor's cache. Sweeps end when what is still missing is below `tol`
in the sum over all firms; a power method that stops at a change of `n * tol` is far from its limit at a million nodes.

Where nearly every node is in one large component there is nothing to gain from components, and finding them costs as
much as ten sweeps. If most nodes have ties both in and out, some sweeps over the whole network are tried: when they
come close fast enough (uniform random ties do; long chains do not) they are all that is needed.
"""

import math

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.errors import RowsError
from credit_graph.kernels.rank_sweeps import sweep, sweep_even
from credit_graph.kernels.rows import checked
from credit_graph.kernels.strong import Strong, given_or_found, strong_order

__all__ = ["pagerank"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
_KNIT = 0.8
"""Part of the nodes that must have ties both in and out for sweeps over the whole network to be tried."""
_FIRST, _NEXT, _REST = 6, 2, 24
"""Sweeps over the whole network before its speed is measured, while it is, and afterwards at the most."""


def pagerank(
    into_start: npt.ArrayLike,
    into_to: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    *,
    damping: float = 0.85,
    tol: float = 1e-9,
    most_sweeps: int = 10_000,
    strong: Strong | None = None,
) -> Float64:
    """Return the PageRank of each node, float64 of shape (n,), summing to one.

    Parameters
    ----------
    into_start, into_to
        Rows of those whose ties come in (`Layer.into`).
    weight
        Weight of each of these ties, at least 0, shape (m,); 1 if not given. Parallel ties add up. For a layer:
        `amount_fen[into.edge]`.
    damping
        Probability that the walk follows a tie instead of starting anew, at least 0 and below 1.
    tol
        Largest error that is allowed, summed over all nodes.
    most_sweeps
        Sweeps over a strong component after which to give up.
    strong
        What `strong_order` found for the ties the way they point (`Layer.out`), if it is at hand.

    Raises
    ------
    RowsError
        As `checked`; if weights do not fit the ties, or are negative or not finite; if damping or tol is out of
        range; or if the sweeps do not suffice.

    Examples
    --------
    >>> pagerank([0, 0, 1, 3], [0, 0, 1]).round(4).tolist()
    [0.1976, 0.2816, 0.5209]
    """
    starts, tails = checked(into_start, into_to)
    if not 0 <= damping < 1 or not tol > 0:
        raise RowsError(f"damping must be from 0 to below 1 and tol above 0, not {damping} and {tol}")
    weights = np.empty(0) if weight is None else np.asarray(weight, np.float64)
    if weight is not None and (weights.shape != tails.shape or not ((weights >= 0) & (weights < np.inf)).all()):
        raise RowsError("each tie must have one weight, a finite number of at least 0")
    n = len(starts) - 1
    shares = _even_shares(tails, n) if weight is None else _shares(tails, weights, n)
    if strong is not None:
        strong = given_or_found(starts, tails, strong)
    else:
        found = _as_one(starts, tails, shares, weight is not None, damping, tol, most_sweeps)
        if found is not None:
            return found
        against = strong_order(starts, tails)  # these rows lead against the ties
        strong = Strong(against.label, against.order[::-1].copy())
    rank, missing = _ranks(
        starts, tails, shares, weight is not None, strong.label, strong.order, damping, tol, most_sweeps
    )
    if missing > tol:
        raise RowsError(
            f"{most_sweeps} sweeps leave an error of up to {missing:.1g}, more than {tol}; allow more sweeps"
        )
    return rank


def _as_one(
    start: Int64, tail: Int32, share: Float64, is_weighted: bool, damping: float, tol: float, most: int
) -> Float64 | None:
    """Return the ranks by sweeps over the whole network, or None if components are likely to be faster."""
    n = len(start) - 1
    sends = (np.bincount(tail, share, n) if is_weighted else share) > 0
    knit = np.count_nonzero(sends & (start[1:] > start[:-1]))
    if knit < max(_KNIT * n, 1) or most < _FIRST + _NEXT + _REST:
        return None
    fixed, leak, part = np.full(n, (1.0 - damping) / n), np.where(sends, 1.0 - damping, 1.0), damping * share
    found, own = fixed.copy(), np.ones(n)
    solve = sweep if is_weighted else sweep_even
    early = late = solve(start, tail, part, fixed, own, leak, found, damping, tol, _FIRST)
    if late > tol:
        late = solve(start, tail, part, fixed, own, leak, found, damping, tol, _NEXT)
    if late > tol:
        # so many more such sweeps would be needed, if the error went on falling as it did
        if late >= early or _NEXT * math.log(tol / late) / math.log(late / early) > _REST:
            return None
        late = solve(start, tail, part, fixed, own, leak, found, damping, tol, _REST)
    return found / found.sum() if late <= tol else None


@compiled
def _shares(tail: Int32, weight: Float64, n: int) -> Float64:
    """Return which part of its tail's weight each tie carries; sums stay finite for huge and for tiny weights."""
    largest, total = np.zeros(n), np.zeros(n)
    for place in range(len(tail)):
        largest[tail[place]] = max(largest[tail[place]], weight[place])
    for place in range(len(tail)):
        if largest[tail[place]] > 0.0:
            total[tail[place]] += weight[place] / largest[tail[place]]
    share = np.zeros(len(tail))
    for place in range(len(tail)):
        if largest[tail[place]] > 0.0:
            share[place] = weight[place] / largest[tail[place]] / total[tail[place]]
    return share


@compiled
def _even_shares(tail: Int32, n: int) -> Float64:
    """Return the share of each node's ties: one number for each node instead of one for each tie."""
    share = np.zeros(n)
    for node in tail:
        share[node] += 1.0
    for node in range(n):
        share[node] = 1.0 / share[node] if share[node] > 0.0 else 0.0
    return share


@compiled
def _ranks(
    start: Int64,
    tail: Int32,
    share: Float64,
    is_weighted: bool,
    label: Int32,
    order: Int32,
    damping: float,
    tol: float,
    most: int,
) -> tuple[Float64, float]:
    """Solve component by component, sources first, each with the final ranks of those before it.

    `rank`, and what a node sends down each of its ties where all carry the same (`passed`), stand in the given order:
    one look tells whether a tie comes from the component at hand, and where its tail is.
    """
    n, missing, largest, begin = len(label), 0.0, 0, 0
    position, is_first = np.empty(n, np.int32), np.ones(n + 1, np.bool_)
    for place in range(n):
        position[order[place]] = place
        is_first[place] = place == 0 or label[order[place]] != label[order[place - 1]]
        begin = place if is_first[place] else begin
        largest = max(largest, place - begin + 1)
    rank, passed = np.empty(n), np.empty(0 if is_weighted else n)
    # the component at hand: its ties as rows of local tails, the part that each sends, and what comes from outside
    rows, fixed, own, leak = np.zeros(largest + 1, np.int64), np.empty(largest), np.empty(largest), np.empty(largest)
    inner, part = np.empty(len(tail), np.int32), np.empty(len(tail) if is_weighted else largest)
    begin, base, sent = 0, (1.0 - damping) / max(n, 1), rank if is_weighted else passed
    given = (order, position, start, tail, share, is_weighted, damping, base, sent)
    for end in range(1, n + 1):
        if not is_first[end] or end <= begin:
            continue
        if end - begin == 1:
            begin = _alone(begin, is_first, rank, *given)
            continue
        _fill(begin, end, *given, rows, fixed, own, leak, inner, part)
        found = fixed[: end - begin] / own[: end - begin]
        solve = (rows, inner, part, fixed, own, leak, found, damping, tol, most)
        missing = max(missing, sweep(*solve) if is_weighted else sweep_even(*solve))
        rank[begin:end] = found
        if not is_weighted:
            passed[begin:end] = found * part[: end - begin]
        begin = end
    result, total = np.empty(n), rank.sum()
    for place in range(n):
        result[order[place]] = rank[place] / total
    return result, missing


@compiled
def _alone(
    begin: int,
    is_first: npt.NDArray[np.bool_],
    rank: Float64,
    order: Int32,
    position: Int32,
    start: Int64,
    tail: Int32,
    share: Float64,
    is_weighted: bool,
    damping: float,
    base: float,
    sent: Float64,
) -> int:
    """Rank all nodes from `begin` on that are components of their own, and return where a larger one begins.

    Most components are: a call for each would cost more than what is done for it.
    """
    place = begin
    while place < len(order) and is_first[place + 1]:
        node = order[place]
        flow, mine = base, 1.0
        for tie in range(start[node], start[node + 1]):
            tail_place, down = position[tail[tie]], damping * share[tie if is_weighted else node]
            if tail_place == place:
                mine -= down
            else:
                flow += sent[tail_place] * (down if is_weighted else 1.0)
        rank[place] = flow / mine
        sent[place] = rank[place] if is_weighted else rank[place] * damping * share[node]
        place += 1
    return place


@compiled
def _fill(
    begin: int,
    end: int,
    order: Int32,
    position: Int32,
    start: Int64,
    tail: Int32,
    share: Float64,
    is_weighted: bool,
    damping: float,
    base: float,
    sent: Float64,
    rows: Int64,
    fixed: Float64,
    own: Float64,
    leak: Float64,
    inner: Int32,
    part: Float64,
) -> None:
    """Write down the equations of one component; `leak` is the part of a node's rank that leaves the component."""
    used, size, even = 0, end - begin, 0.0
    leak[:size] = 0.0
    for row in range(size):
        node = order[begin + row]
        flow, mine = base, 1.0
        if not is_weighted:
            even = part[row] = damping * share[node]
        for place in range(start[node], start[node + 1]):
            local = position[tail[place]] - begin
            down = damping * share[place] if is_weighted else even
            if local < 0:
                flow += sent[local + begin] * (down if is_weighted else 1.0)
                continue
            leak[local] += down if is_weighted else 1.0
            if local == row:
                mine -= down
                continue
            inner[used] = local
            if is_weighted:
                part[used] = down
            used += 1
        fixed[row], own[row], rows[row + 1] = flow, mine, used
    for row in range(size):
        leak[row] = 1.0 - leak[row] * (1.0 if is_weighted else part[row])
