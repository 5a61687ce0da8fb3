"""Sums, means and maxima over the partners of each firm, and over the partners of its partners.

Everything is linear in the number of ties, also beside a hub: walks of two ties are never listed. Their sums are two
sparse products less what returns to its start, and their maxima come from the two largest values at each midpoint (the
second one counts where the first is the firm itself). Missing values are left out; means and maxima of nothing are
missing, sums of nothing are zero.

A walk counts as often as there are midpoints, so that a firm reached in two ways weighs twice in a mean.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from credit_graph.graph import Layer

__all__ = ["Aggregates", "distinct_ties", "over_partners", "over_walks", "returning"]

Floats: TypeAlias = npt.NDArray[np.float64]
Rows: TypeAlias = "sparse.csr_array[np.float64, tuple[int, int]]"


@dataclass(frozen=True, eq=False)
class Aggregates:
    """What is known of the partners of each firm.

    Parameters
    ----------
    count
        Number of partners, or of walks to partners of partners, shape (n,).
    total, mean, largest
        Of each column of values, shape (n, k).
    """

    count: Floats
    total: Floats
    mean: Floats
    largest: Floats


def distinct_ties(layer: Layer, n: int) -> Rows:
    """Return guarantor x borrower amounts: parallel ties added up, those of a firm for itself left out.

    A tie without amount stays: it has an entry of zero.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> distinct_ties(layer("guarantee", [0, 0, 1], [1, 1, 1], n=2, amount_fen=[5, 7, 9]), 2).data.tolist()
    [12.0]
    """
    kept = layer.tail != layer.head
    ends = (layer.tail[kept], layer.head[kept])
    table: Rows = sparse.coo_array((layer.amount_fen[kept].astype(np.float64), ends), shape=(n, n)).tocsr()
    table.sum_duplicates()
    return table


def over_partners(ties: Rows, values: Floats) -> Aggregates:
    """Aggregate over the partners of each firm, the columns of its row.

    Parameters
    ----------
    ties
        Entries are partners, whatever the amount; shape (n, n), sorted, no diagonal.
    values
        Of each firm, NaN where missing, shape (n, k).

    Examples
    --------
    >>> from scipy import sparse
    >>> ties = sparse.csr_array(np.array([[0, 1, 1], [0, 0, 0], [0, 0, 0]]))
    >>> found = over_partners(ties, np.array([[0.0], [4.0], [np.nan]]))
    >>> found.count.tolist(), found.total[:, 0].tolist(), found.mean[:, 0].tolist()
    ([2.0, 0.0, 0.0], [4.0, 0.0, 0.0], [4.0, nan, nan])
    """
    binary = _binary(ties)
    known = ~np.isnan(values)
    total, number = binary @ np.where(known, values, 0.0), binary @ known.astype(np.float64)
    largest = _row_maxima(ties, np.where(known, values, -np.inf)[ties.indices])
    return _aggregates(np.diff(ties.indptr).astype(np.float64), total, number, largest)


def over_walks(ties: Rows, values: Floats, back: Floats) -> Aggregates:
    """Aggregate over the partners of the partners of each firm, itself left out.

    Parameters
    ----------
    ties, values
        As `over_partners`.
    back
        How many walks of two ties return to each firm, see `returning`, shape (n,).

    Examples
    --------
    >>> from scipy import sparse
    >>> ties = sparse.csr_array(np.array([[0, 1, 0], [1, 0, 1], [0, 0, 0]]))
    >>> found = over_walks(ties, np.array([[9.0], [4.0], [5.0]]), returning(ties))
    >>> found.count.tolist(), found.largest[:, 0].tolist()
    ([1.0, 0.0, 0.0], [5.0, nan, nan])
    """
    binary = _binary(ties)
    known = ~np.isnan(values)
    filled, present = np.where(known, values, 0.0), known.astype(np.float64)
    total = binary @ (binary @ filled) - back[:, None] * filled
    number = binary @ (binary @ present) - back[:, None] * present
    count = binary @ (binary @ np.ones(len(values))) - back
    # what is left of a difference of equal sums is rounding
    total[number == 0] = 0.0
    return _aggregates(count, total, number, _two_step_maxima(ties, np.where(known, values, -np.inf)))


def returning(ties: Rows) -> Floats:
    """Return how many walks of two ties lead from each firm back to itself: its mutual partners.

    Examples
    --------
    >>> from scipy import sparse
    >>> returning(sparse.csr_array(np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0]]))).tolist()
    [1.0, 1.0, 0.0]
    """
    binary = _binary(ties)
    return np.asarray(binary.multiply(binary.T.tocsr()).sum(axis=1), np.float64).ravel()


def _binary(ties: Rows) -> Rows:
    return sparse.csr_array((np.ones(len(ties.indices)), ties.indices, ties.indptr), shape=ties.shape)


def _aggregates(count: Floats, total: Floats, number: Floats, largest: Floats) -> Aggregates:
    mean = np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)
    return Aggregates(count, total, mean, np.where(np.isneginf(largest), np.nan, largest))


def _row_maxima(ties: Rows, of_ties: Floats) -> Floats:
    """Return the largest of each row's entries, shape (n, k), from those of all entries, shape (m, k)."""
    found = np.full((ties.shape[0], of_ties.shape[1]), -np.inf)
    filled = np.diff(ties.indptr) > 0
    if filled.any() and of_ties.shape[1]:
        # an empty row has no entries, so that the next filled row begins where the last one ends
        found[filled] = np.maximum.reduceat(of_ties, ties.indptr[:-1][filled], axis=0)
    return found


def _two_step_maxima(ties: Rows, values: Floats) -> Floats:
    found = np.full(values.shape, -np.inf)
    owner = np.repeat(np.arange(ties.shape[0]), np.diff(ties.indptr))
    for place in range(values.shape[1]):
        of_ties = values[ties.indices, place]
        first = _row_maxima(ties, of_ties[:, None])[:, 0]
        leader = np.full(len(first), -1)
        at_top = np.flatnonzero(of_ties == first[owner])[::-1]
        leader[owner[at_top]] = at_top  # written backwards, so that the first of equals stays
        rest = of_ties.copy()
        rest[leader[leader >= 0]] = -np.inf
        second = _row_maxima(ties, rest[:, None])[:, 0]
        who = np.where(leader >= 0, ties.indices[np.maximum(leader, 0)] if len(ties.indices) else -1, -1)
        beyond = np.where(who[ties.indices] == owner, second[ties.indices], first[ties.indices])
        found[:, place] = _row_maxima(ties, beyond[:, None])[:, 0]
    return found
