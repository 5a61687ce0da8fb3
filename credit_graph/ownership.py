"""Who owns a company in the end: dividend rights through circular and cross-shareholdings.

Company A holds part of B, B part of C, and C part of A again: a share of A's profit runs round the circle for ever.
Integrated ownership adds up all the rounds: with A the matrix of direct shares (holder x company), the sum of its
powers is (I - A)^-1 - I (Brioschi, Buzzacchi and Colombo 1989, "Risk capital financing and the separation of ownership
and control in business groups", Journal of Banking & Finance 13). What returns to a holder itself is not counted as
its own again: each row is divided by the diagonal of (I - A)^-1 (Baldone, Brioschi and Paleari 1998). Solved exactly,
circle by circle (strong component), from the holders downwards.

When it fails: a circle whose companies are owned 100 % by each other has no owner outside, and I - A is singular. Such
a closed circle is flagged and stands for its own owner, under its smallest identifier. A part of a company whose
holder is not in the table belongs to nobody here: the parts of its owners then add up to less than one. Dividend
rights are not control: see `credit_graph.control`.
"""

from collections import defaultdict, deque
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from credit_graph.errors import OwnershipError
from credit_graph.graph import Graph

__all__ = ["closed_circles", "integrated_ownership", "share_matrix", "ultimate_owners"]

TOLERANCE, ROUNDED_THIRDS = 1e-9, 1e-6
DENSE_CIRCLE, LARGEST_DENSE = 200, 5_000
Rows = list[dict[int, float]]


def share_matrix(graph: Graph) -> "sparse.csr_array[np.float64]":
    """Return the direct shares, holder x company, parallel shareholdings added up; float64 of shape (n, n).

    Raises
    ------
    OwnershipError
        If a shareholding has no share, or the shares of one company add up to more than the whole.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> shares = share_matrix(small_graph(shareholding=[("P", "A", 0.4), ("P", "A", 0.2), ("A", "B", 1.0)]))
    >>> shares.toarray().round(2).tolist()  # A, B, P
    [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.6, 0.0, 0.0]]
    """
    ties = graph.layers["shareholding"]
    bad = np.flatnonzero(~((ties.share >= 0) & (ties.share <= 1)))
    if len(bad):
        holder, company = graph.ids[ties.tail[bad[0]]], graph.ids[ties.head[bad[0]]]
        raise OwnershipError(
            f"the share that {holder} holds of {company} is {ties.share[bad[0]]}; give a part between 0 and 1"
        )
    shares = sparse.csr_array((ties.share, (ties.tail, ties.head)), shape=(graph.n, graph.n))
    shares.sum_duplicates()
    shares.eliminate_zeros()
    _refuse_more_than_whole(shares, [str(known) for known in graph.ids])
    return shares


def integrated_ownership(shares: npt.ArrayLike | sparse.sparray | sparse.spmatrix) -> npt.NDArray[np.float64]:
    """Return the part of each company's profit that ends with each holder, all circles run through.

    Parameters
    ----------
    shares
        Direct shares, holder x company, between 0 and 1, dense or sparse, shape (n, n), n at most 5,000; a larger
        table goes through `ultimate_owners`.

    Returns
    -------
    float64 of shape (n, n). Where a closed circle makes I - A singular, each of its members' rows is solved with that
    member's own owners left out, which is the limit of the formula.

    Raises
    ------
    OwnershipError
        If the table is not square, or a share is missing, not finite, below 0, above 1, or a company is owned by more
        than the whole.

    References
    ----------
    Brioschi, Buzzacchi and Colombo 1989; Baldone, Brioschi and Paleari 1998.

    Examples
    --------
    Q holds half of A, A half of B, and B half of A: of A's profit a quarter comes back to A, and Q has two thirds.

    >>> integrated_ownership([[0, 0.5, 0], [0, 0, 0.5], [0, 0.5, 0]]).round(4).tolist()
    [[0.0, 0.6667, 0.3333], [0.0, 0.25, 0.5], [0.0, 0.5, 0.25]]
    """
    direct = _checked_dense(shares)
    n = len(direct)
    is_closed, circle_of = np.zeros(n, np.bool_), np.full(n, -1)
    for number, circle in enumerate(closed_circles(sparse.csr_array(direct))):
        is_closed[circle], circle_of[circle] = True, number
    opened = direct.copy()
    # nothing enters a closed circle from outside, so that cutting it changes no other holder's row
    opened[:, is_closed] = 0.0
    inverse = np.linalg.solve(np.eye(n) - opened, np.eye(n))
    owned = (inverse - np.eye(n)) / np.diag(inverse)[:, None]
    for holder in np.flatnonzero(is_closed):
        cut = direct.copy()
        cut[:, is_closed & (circle_of != circle_of[holder])] = 0.0
        cut[:, holder] = 0.0
        row = np.linalg.solve((np.eye(n) - cut).T, cut[holder])
        row[holder] = direct[holder, holder] + row @ direct[:, holder]
        owned[holder] = row
    return np.clip(owned, 0.0, 1.0)


def closed_circles(shares: "sparse.csr_array[np.float64]") -> list[list[int]]:
    """Return the circles of companies that own each other wholly, as ascending lists of nodes.

    Examples
    --------
    >>> closed_circles(sparse.csr_array([[0, 1.0, 0], [1.0, 0, 0.5], [0, 0, 0]]))
    [[0, 1]]
    """
    count, circle_of = connected_components(shares, connection="strong")
    ties = sparse.coo_array(shares)
    inside = circle_of[ties.coords[0]] == circle_of[ties.coords[1]]
    owned = np.bincount(ties.coords[1][inside], weights=ties.data[inside], minlength=len(circle_of))
    least = np.full(count, np.inf)
    np.minimum.at(least, circle_of, owned)
    members = _members(circle_of, np.flatnonzero(least >= 1 - TOLERANCE))
    return sorted(members)


def ultimate_owners(graph: Graph, least: float = 0.0) -> pd.DataFrame:
    """Return who has the dividend rights of each company in the end, and how much of them.

    Owners are the parties that nobody holds (persons, the state, firms whose holders are unknown), and closed circles.
    The cost grows with the number of pairs (company, owner).

    Parameters
    ----------
    graph
        Reads the layer `shareholding`.
    least
        Parts below it are left out, on the way as well as in the end; 0 keeps everything.

    Returns
    -------
    company_id, owner_id, dividend_share (float64), is_closed_circle (bool): by company, the largest part first.

    Raises
    ------
    OwnershipError
        As `share_matrix`, or if `least` is not a part between 0 and 1.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> ties = [("Q", "A", 0.5), ("A", "B", 0.5), ("B", "A", 0.5)]
    >>> ultimate_owners(small_graph(shareholding=ties)).round(4).to_numpy().tolist()
    [['A', 'Q', 0.6667, False], ['B', 'Q', 0.3333, False]]
    """
    if not 0 <= least <= 1:
        raise OwnershipError(f"least is {least!r}; give a part between 0 and 1 below which owners are left out")
    shares = share_matrix(graph)
    closed = {node: circle[0] for circle in closed_circles(shares) for node in circle}
    owners = _flow_down(shares, closed, least)
    has_holder = np.diff(sparse.csc_array(shares).indptr) > 0
    ids, rows = graph.ids, []
    for company in np.flatnonzero(has_holder).tolist():
        for owner, part in sorted(owners[company].items(), key=lambda pair: (-pair[1], pair[0])):
            if part > 0 and part >= least:
                rows.append((ids[company], ids[owner], min(part, 1.0), owner in closed))
    frame = pd.DataFrame(rows, columns=["company_id", "owner_id", "dividend_share", "is_closed_circle"])
    return frame.astype({"dividend_share": np.float64, "is_closed_circle": np.bool_})


def _flow_down(shares: "sparse.csr_array[np.float64]", closed: dict[int, int], least: float) -> Rows:
    """Owners of every node: those of its holders, weighted, and solved together where holders run in a circle."""
    holders, of_itself = sparse.csc_array(shares), shares.diagonal()
    owners: Rows = [{} for _ in range(shares.shape[0])]
    for circle in _from_holders_down(shares):
        inside = {node: place for place, node in enumerate(circle)}
        inflow: Rows = []
        for node in circle:
            got: dict[int, float] = defaultdict(float)
            for place in range(holders.indptr[node], holders.indptr[node + 1]):
                holder = int(holders.indices[place])
                if holder not in inside:
                    for owner, part in owners[holder].items():
                        got[owner] += float(holders.data[place]) * part
            inflow.append(got)
        if circle[0] in closed:
            inflow = [{closed[circle[0]]: 1.0} for _ in circle]
        elif holders.indptr[circle[0]] == holders.indptr[circle[0] + 1]:
            inflow = [{circle[0]: 1.0}]
        elif len(circle) > 1 or of_itself[circle[0]] > 0:
            inflow = _around(sparse.csc_array(holders[:, circle][circle, :]), inflow)
        for node, got in zip(circle, inflow, strict=True):
            owners[node] = {owner: part for owner, part in got.items() if part >= least}
    return owners


def _around(inside: "sparse.csc_array[np.float64]", inflow: Rows) -> Rows:
    """Solve X (I - A) = inflow for one circle, owner by owner."""
    size = len(inflow)
    names = sorted(set().union(*inflow))
    place = {owner: position for position, owner in enumerate(names)}
    given = np.zeros((size, len(names)))
    for row, got in enumerate(inflow):
        for owner, part in got.items():
            given[row, place[owner]] = part
    if size <= DENSE_CIRCLE:
        found = np.linalg.solve(np.eye(size) - inside.toarray().T, given)
    else:
        found = splu(sparse.csc_array(sparse.eye_array(size) - inside.T)).solve(given)
    return [{names[column]: float(row[column]) for column in np.flatnonzero(row > 0)} for row in found]


def _from_holders_down(shares: "sparse.csr_array[np.float64]") -> Iterable[list[int]]:
    """Circles (strong components) in an order in which every holder comes before what it holds."""
    count, circle_of = connected_components(shares, connection="strong")
    members = _members(circle_of, np.arange(count))
    ties = sparse.coo_array(shares)
    down = np.column_stack([circle_of[ties.coords[0]], circle_of[ties.coords[1]]])
    down = np.unique(down[down[:, 0] != down[:, 1]], axis=0)
    waits = np.bincount(down[:, 1], minlength=count).tolist()
    start = np.searchsorted(down[:, 0], np.arange(count + 1)).tolist()
    ready = deque(circle for circle in range(count) if not waits[circle])
    below = down[:, 1].tolist()
    while ready:
        circle = ready.popleft()
        yield members[circle]
        for lower in below[start[circle] : start[circle + 1]]:
            waits[lower] -= 1
            if not waits[lower]:
                ready.append(lower)


def _members(circle_of: npt.NDArray[np.int32], wanted: npt.NDArray[np.int64]) -> list[list[int]]:
    order = np.argsort(circle_of, kind="stable")
    start = np.searchsorted(circle_of[order], np.arange(len(circle_of) + 1))
    return [order[start[circle] : start[circle + 1]].tolist() for circle in wanted]


def _checked_dense(shares: npt.ArrayLike | sparse.sparray | sparse.spmatrix) -> npt.NDArray[np.float64]:
    dense = np.asarray(shares.toarray() if sparse.issparse(shares) else shares, dtype=np.float64)
    if dense.size == 0:
        dense = dense.reshape(0, 0)
    if dense.ndim != 2 or dense.shape[0] != dense.shape[1]:
        raise OwnershipError(f"the table of shares has the shape {dense.shape}; give it one row and one column a party")
    if len(dense) > LARGEST_DENSE:
        raise OwnershipError(f"the table has {len(dense):,} parties; above {LARGEST_DENSE:,} use ultimate_owners")
    bad = np.argwhere(~((dense >= 0) & (dense <= 1)))
    if len(bad):
        holder, company = bad[0]
        raise OwnershipError(f"party {holder} holds {dense[holder, company]} of {company}; give a part between 0 and 1")
    _refuse_more_than_whole(sparse.csr_array(dense), [str(number) for number in range(len(dense))])
    return dense


def _refuse_more_than_whole(shares: "sparse.csr_array[np.float64]", names: list[str]) -> None:
    total: npt.NDArray[np.float64] = np.asarray(shares.sum(axis=0)).ravel()
    over = np.flatnonzero(total > 1 + ROUNDED_THIRDS)
    if len(over):
        company = int(over[0])
        raise OwnershipError(
            f"the shares of {names[company]} add up to {100 * total[company]:.4f} %; they cannot be more than 100 %"
        )
