"""PageRank: how much of a walk along the ties ends up with each firm.

Brin and Page, "The anatomy of a large-scale hypertextual web search engine", 1998. The linear system without the
nodes that lead nowhere is solved by Gauss-Seidel sweeps and scaled to one at the end: that gives the same ranks as
spreading those nodes' weight over all nodes (Del Corso, Gulli and Romani, "Fast PageRank computation via a sparse
linear system", 2005). It is solved strong component by strong component, sources first, so that a firm in no circle
costs one look and a small circle stays in the processor's cache. Sweeps end when what is still missing is below `tol`
in the sum over all firms; a power method that stops at a change of `n * tol` is far from its limit at a million nodes.
"""

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.errors import RowsError
from credit_graph.kernels.rows import checked
from credit_graph.kernels.strong import Strong, given_or_found, strong_order

__all__ = ["pagerank"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
_SCALED = 60
"""Sweeps after which a component is scaled as a whole."""


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
    else:  # these rows lead against the ties
        against = strong_order(starts, tails)
        strong = Strong(against.label, against.order[::-1].copy())
    rank, missing = _ranks(
        starts, tails, shares, weight is not None, strong.label, strong.order, damping, tol, most_sweeps
    )
    if missing > tol:
        raise RowsError(
            f"{most_sweeps} sweeps leave an error of up to {missing:.1g}, more than {tol}; allow more sweeps"
        )
    return rank


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
    """Solve component by component, sources first, each with the final ranks of those before it."""
    n, missing = len(label), 0.0
    rank, local, largest, first = np.zeros(n), np.empty(n, np.int32), 0, 0
    for place in range(n):
        if label[order[place]] != label[order[first]]:
            first = place
        local[order[place]] = place - first
        largest = max(largest, place - first + 1)
    # the component at hand: its ties as rows of local tails, the part that each sends, and what comes from outside
    rows, fixed, own, leak = np.zeros(largest + 1, np.int64), np.empty(largest), np.empty(largest), np.empty(largest)
    inner, part = np.empty(len(tail), np.int32), np.empty(len(tail) if is_weighted else largest)
    first, end = 0, 0
    while first < n:
        while end < n and label[order[end]] == label[order[first]]:
            end += 1
        nodes, size = order[first:end], end - first
        fixed[:size] = (1.0 - damping) / n
        own[:size] = leak[:size] = 1.0
        _fill(nodes, start, tail, share, is_weighted, label, local, damping, rank, rows, fixed, own, leak, inner, part)
        found = fixed[:size] / own[:size]
        if size > 1 and is_weighted:
            left = _solve(rows, inner, part, fixed, own, leak, found, damping, tol, most)
            missing = max(missing, left)
        elif size > 1:
            left = _solve_even(rows, inner, part, fixed, own, leak, found, damping, tol, most)
            missing = max(missing, left)
        for place in range(size):
            rank[nodes[place]] = found[place]
        first = end
    return rank / rank.sum(), missing


@compiled
def _fill(
    nodes: Int32,
    start: Int64,
    tail: Int32,
    share: Float64,
    is_weighted: bool,
    label: Int32,
    local: Int32,
    damping: float,
    rank: Float64,
    rows: Int64,
    fixed: Float64,
    own: Float64,
    leak: Float64,
    inner: Int32,
    part: Float64,
) -> None:
    """Write down the equations of one component; `leak` is the part of a node's rank that leaves the component."""
    used = 0
    for row in range(len(nodes)):
        node = nodes[row]
        for place in range(start[node], start[node + 1]):
            other = tail[place]
            sent = damping * (share[place] if is_weighted else share[other])
            if label[other] != label[node]:
                fixed[row] += sent * rank[other]
                continue
            leak[local[other]] -= sent
            if other == node:
                own[row] -= sent
                continue
            inner[used] = local[other]
            if is_weighted:
                part[used] = sent
            used += 1
        if not is_weighted:
            part[row] = damping * share[node]
        rows[row + 1] = used


@compiled
def _solve(
    rows: Int64,
    inner: Int32,
    part: Float64,
    fixed: Float64,
    own: Float64,
    leak: Float64,
    found: Float64,
    damping: float,
    tol: float,
    most: int,
) -> float:
    """Sweep over one component until its share of the error is small enough; return that share."""
    missing, inflow = np.inf, fixed[: len(found)].sum()
    for sweep in range(most):
        change, total, lost = 0.0, 0.0, 0.0
        for node in range(len(found)):
            new = fixed[node]
            for place in range(rows[node], rows[node + 1]):
                new += part[place] * found[inner[place]]
            new /= own[node]
            change += abs(new - found[node])
            total += new
            lost += new * leak[node]
            found[node] = new
        # what is left of the system after a sweep is at most damping * change; its solution adds 1 / (1 - damping)
        missing = change * damping / (1.0 - damping) / total
        if missing <= tol:
            break
        # what flows in must flow out: one factor for all nodes takes away the slowest part of the error; only at first,
        # for it is the sweeps alone that are sure to converge
        if sweep < _SCALED:
            found *= inflow / lost
    return missing


@compiled
def _solve_even(
    rows: Int64,
    inner: Int32,
    part: Float64,
    fixed: Float64,
    own: Float64,
    leak: Float64,
    found: Float64,
    damping: float,
    tol: float,
    most: int,
) -> float:
    """Sweep as `_solve`, where each node sends the same part down each of its ties: `part` is of the nodes."""
    missing, inflow, passed = np.inf, fixed[: len(found)].sum(), found * part[: len(found)]
    for sweep in range(most):
        change, total, lost = 0.0, 0.0, 0.0
        for node in range(len(found)):
            new = fixed[node]
            for place in range(rows[node], rows[node + 1]):
                new += passed[inner[place]]
            new /= own[node]
            change += abs(new - found[node])
            total += new
            lost += new * leak[node]
            found[node], passed[node] = new, new * part[node]
        missing = change * damping / (1.0 - damping) / total
        if missing <= tol:
            break
        if sweep < _SCALED:
            found *= inflow / lost
            passed *= inflow / lost
    return missing
