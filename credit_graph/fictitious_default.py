"""The fictitious default algorithm: who cannot pay, if all others pay what they still can.

The inner part of `credit_graph.clearing`. Everybody starts as solvent. A round marks the firms whose assets fall short
of their debts although all others pay what the last round found, and solves the linear system of all marked firms. With
ranks of claims, a marked firm pays one rank in part, all before it in full and none after it; when not even the senior
ones can be paid, that rank moves up by one. Each round starts from an upper bound of the greatest clearing vector and
ends with a smaller one, so marks are never taken back.

No system here is singular: in a circle of firms from which no payment leaks, all cannot come to fall short at once
unless the claims senior to it eat it up, and then somebody in it pays nothing and is left out of the system. Rounding
can still make one singular; `credit_graph.leontief` then sums down from the upper bound to the greatest solution.

References
----------
Eisenberg and Noe (2001), Management Science 47(2), section 3.1; Rogers and Veraart (2013), Management Science 59(4),
definition 3.6; Elsinger (2009), Oesterreichische Nationalbank, working paper 156.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from credit_graph.errors import MatrixInputError
from credit_graph.leontief import leontief_solve
from credit_graph.matrices import SparseRows

__all__ = ["Debts", "Settlement", "debts", "rounds_of_default"]

Float64 = npt.NDArray[np.float64]

_SHORT = 1e-12
_SATISFIED = 1e-9


@dataclass(frozen=True, eq=False)
class Debts:
    """Who owes what by rank, in the shape that the rounds need.

    Parameters
    ----------
    owed
        What each firm owes in each rank, float64 of shape (ranks, n).
    before
        What it owes in all ranks more senior, shape (ranks, n).
    shares
        By rank: row j, column i holds the share of i's payments that goes to j.
    assets
        External assets, shape (n,).
    alpha, beta
        Shares of the external assets and of the others' payments that are recovered in default.
    """

    owed: Float64
    before: Float64
    shares: list[SparseRows]
    assets: Float64
    alpha: float
    beta: float

    def received(self, payments: Float64) -> Float64:
        """Return what each firm gets from the others, shape (n,)."""
        return np.asarray(sum(share @ paid for share, paid in zip(self.shares, payments, strict=True)), np.float64)

    def recovered(self, payments: Float64) -> Float64:
        """Return what each firm would have in default, shape (n,)."""
        return self.alpha * self.assets + self.beta * self.received(payments)


@dataclass(frozen=True, eq=False)
class Settlement:
    """Payments by rank, shape (ranks, n); the round of each default (0 never), shape (n,); rounds; a check."""

    payments: Float64
    wave: npt.NDArray[np.int64]
    rounds: int
    satisfied: bool


def debts(ranks: list[SparseRows], outside: Float64, assets: Float64, alpha: float, beta: float) -> Debts:
    """Return the debts of liability matrices by rank; what is owed to outsiders has the last rank.

    Raises
    ------
    MatrixInputError
        If the amounts add up to more than a float can hold.

    Examples
    --------
    >>> from credit_graph.matrices import square
    >>> debts([square([[0, 3], [0, 0]], "liabilities")], np.array([1.0, 0.0]), np.zeros(2), 1.0, 1.0).owed.tolist()
    [[4.0, 0.0]]
    """
    n = len(outside)
    with np.errstate(over="ignore"):
        owed = np.array([matrix.sum(axis=1) for matrix in ranks], np.float64).reshape(len(ranks), n)
        owed[-1] += outside
        if not np.isfinite(owed.sum() + assets.sum()):
            raise MatrixInputError("the amounts add up to more than a number can hold; give them in a larger unit.")
    shares: list[SparseRows] = []
    for matrix, total in zip(ranks, owed, strict=True):
        parts = matrix.data / np.repeat(total, np.diff(matrix.indptr))
        relative: SparseRows = sparse.csr_array((parts, matrix.indices, matrix.indptr), shape=(n, n))
        shares.append(relative.T.tocsr())
    before = np.vstack([np.zeros((1, n)), np.cumsum(owed, axis=0)[:-1]])
    return Debts(owed, before, shares, assets, alpha, beta)


def rounds_of_default(book: Debts) -> Settlement:
    """Return the greatest clearing vector of debts.

    Examples
    --------
    >>> from credit_graph.matrices import square
    >>> chain = square([[0, 4, 0], [0, 0, 4], [0, 0, 0]], "liabilities")
    >>> end = rounds_of_default(debts([chain], np.zeros(3), np.array([1.0, 2.0, 0.0]), 1.0, 1.0))
    >>> end.payments.tolist(), end.wave.tolist()
    ([[1.0, 3.0, 0.0]], [1, 2, 0])
    """
    total = book.owed.sum(axis=0)
    ranks, n = book.owed.shape
    last = np.full(n, ranks)  # the rank that is paid in part; `ranks` for a firm that pays in full
    wave, payments, rounds = np.zeros(n, np.int64), book.owed.copy(), 0
    while True:
        held = book.assets + book.received(payments)
        new = (last == ranks) & (held < total - _SHORT * total)
        down = (last < ranks) & (last > 0) & _nothing_left(book, payments, last)
        if not (new | down).any():
            break
        rounds += 1
        wave[new] = rounds
        last[new | down] -= 1
        payments = _settled(book, last, payments)
    return Settlement(payments, wave, rounds, _is_satisfied(book, payments, last < ranks))


def _nothing_left(book: Debts, payments: Float64, last: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Whether a firm in default cannot even pay all that is more senior than the rank it pays in part."""
    n = len(last)
    senior = np.append(book.before, np.zeros((1, n)), axis=0)[last, np.arange(n)]
    return np.asarray(book.recovered(payments) < senior - _SHORT * senior, np.bool_)


def _settled(book: Debts, last: npt.NDArray[np.intp], payments: Float64) -> Float64:
    """Payments when each firm in default pays its rank `last` in part, if it can, and all before it in full."""
    ranks = len(book.owed)
    rank = np.arange(ranks)[:, np.newaxis]
    paid = np.where(rank < last, book.owed, 0.0)
    inside = np.flatnonzero(last < ranks)
    partial = last[inside]
    constant = book.recovered(paid)[inside] - book.before[partial, inside]
    flows: SparseRows = sparse.csr_array((len(inside), len(inside)))
    for k, share in enumerate(book.shares):
        columns = sparse.diags_array(np.where(partial == k, book.beta, 0.0))
        flows = sparse.csr_array(flows + share[inside][:, inside] @ columns)
    start = np.minimum(payments[partial, inside], book.owed[partial, inside])
    x = _not_negative(flows, constant, start)
    paid[partial, inside] = np.minimum(x, book.owed[partial, inside])
    return paid


def _not_negative(flows: SparseRows, constant: Float64, start: Float64) -> Float64:
    """Return the solution of x = max(0, constant + flows @ x); with one rank nobody is below zero.

    Firms join those above zero one round after another; x only grows, so no firm has to leave again.
    """
    paying = constant >= 0
    while True:
        x = np.zeros(len(constant))
        some = np.flatnonzero(paying)
        x[some] = np.maximum(leontief_solve(flows[some][:, some], constant[some], start[some]), 0.0)
        more = ~paying & (constant + flows @ x > 0)
        if not more.any():
            return x
        paying |= more


def _is_satisfied(book: Debts, payments: Float64, defaulted: npt.NDArray[np.bool_]) -> bool:
    total = book.owed.sum(axis=0)
    available = np.where(defaulted, book.recovered(payments), total)
    wanted = np.clip(available - book.before, 0.0, book.owed)
    return bool((np.abs(wanted - payments) <= _SATISFIED * total).all())
