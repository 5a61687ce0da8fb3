"""Clearing: what everybody can pay when all pay each other what they have.

`liabilities[i, j]` is what firm i owes firm j. A firm that can pays in full; one that cannot hands over all that it
has, shared among its creditors in proportion to what it owes them (Eisenberg and Noe 2001). With costs of bankruptcy a
firm in default recovers only the share alpha of its external assets and beta of what others pay it (Rogers and Veraart
2013); then there can be many clearing vectors, and the greatest, in which the fewest default, is the one returned.
With ranks, a claim is paid only after all senior ones are paid in full (Elsinger 2009).

The answer is exact: the fictitious default algorithm starts with everybody solvent, marks who cannot pay, solves the
linear system of those, and marks again. At most n rounds (n times the number of ranks) end it; each holds an upper
bound of the greatest solution, so none of the marked firms is wronged. In default means that assets fall short of debts
by more than one part in 10^12: a circle of debts that just nets out is paid, whatever the last digit of its sums.

Equity is external assets, plus what others pay, minus all that the firm owes; below zero in default, by what its
creditors would lack before costs of bankruptcy. What a firm owes itself is ignored, see `credit_graph.matrices`.

Limits: all works on sparse rows, and a system of more than `leontief.ELIMINATED_UP_TO` firms in default with circles
among them is solved by iteration, to about 12 digits; `Clearing.converged` says whether the payments satisfy the
equations to 1 part in 10^9. A chain of k defaults, one after the other, takes k rounds.

References
----------
Eisenberg and Noe (2001), "Systemic Risk in Financial Systems", Management Science 47(2).
Rogers and Veraart (2013), "Failure and Rescue in an Interbank Network", Management Science 59(4), definition 3.6.
Elsinger (2009), "Financial Networks, Cross Holdings, and Limited Liability", Oesterreichische Nationalbank 156.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from credit_graph.errors import MatrixInputError, RateInputError
from credit_graph.fictitious_default import debts, rounds_of_default
from credit_graph.matrices import Matrix, SparseRows, amounts, square

__all__ = ["Clearing", "clear", "clear_ranked", "clearing_vector"]

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Clearing:
    """The greatest clearing vector and what follows from it; all in the unit of the liabilities.

    Parameters
    ----------
    payments
        What each firm pays in all, float64 of shape (n,).
    payments_by_rank
        The same for each rank, most senior first, shape (ranks, n).
    owed
        What each firm owes in all, shape (n,).
    equities
        External assets + received - owed, shape (n,); negative exactly where `defaulted`, up to rounding.
    defaulted
        Which firms cannot pay in full, bool of shape (n,).
    wave
        Round in which each firm was found unable to pay, int64 of shape (n,); 1 defaults by itself, 2 because of
        those of round 1, and so on; 0 never.
    rounds
        Number of linear systems solved.
    converged
        Whether the payments satisfy the equations of clearing to 1 part in 10^9.
    """

    payments: Float64
    payments_by_rank: Float64
    owed: Float64
    equities: Float64
    defaulted: npt.NDArray[np.bool_]
    wave: npt.NDArray[np.int64]
    rounds: int
    converged: bool

    @cached_property
    def shortfall(self) -> Float64:
        """What each firm's creditors lose, shape (n,)."""
        return self.owed - self.payments


def clearing_vector(
    liabilities: Matrix, external_assets: npt.ArrayLike, alpha: float = 1.0, beta: float = 1.0
) -> Float64:
    """Return what each firm pays in all: the greatest clearing vector, float64 of shape (n,).

    Parameters
    ----------
    liabilities
        liabilities[i, j] is what i owes j; dense or sparse, shape (n, n).
    external_assets
        What each firm has besides its claims on the others, shape (n,) or one number for all.
    alpha, beta
        Shares of the external assets and of the others' payments that a firm in default recovers, 0 to 1.

    Raises
    ------
    MatrixInputError, VectorInputError
        If an amount is negative or not a finite number, or the shapes do not fit.
    RateInputError
        If alpha or beta is outside 0 to 1.

    Examples
    --------
    >>> clearing_vector([[0, 20, 10], [5, 0, 24], [10, 0, 0]], [10, 10, 10]).round(4).tolist()
    [24.5455, 26.3636, 10.0]
    >>> clearing_vector([[0, 30, 0], [5, 0, 20], [10, 0, 0]], [10, 5, 5], alpha=0.4).round(4).tolist()
    [18.0, 20.0, 10.0]
    """
    return clear(liabilities, external_assets, alpha, beta).payments


def clear(
    liabilities: Matrix,
    external_assets: npt.ArrayLike,
    alpha: float = 1.0,
    beta: float = 1.0,
    *,
    external_liabilities: npt.ArrayLike = 0.0,
) -> Clearing:
    """Return the greatest clearing vector with equities, defaults and rounds.

    Parameters
    ----------
    liabilities, external_assets, alpha, beta
        As `clearing_vector`.
    external_liabilities
        What each firm owes to outsiders, with the same rank, shape (n,) or one number for all; part of the payments.

    Raises
    ------
    MatrixInputError, VectorInputError, RateInputError
        As `clearing_vector`.

    Examples
    --------
    >>> result = clear([[0, 20, 10], [5, 0, 24], [10, 0, 0]], 10)
    >>> result.equities.round(4).tolist(), result.wave.tolist()
    ([-5.4545, -2.6364, 30.0], [1, 2, 0])
    """
    matrix = square(liabilities, "liabilities")
    outside = amounts(external_liabilities, matrix.shape[0], "external_liabilities")
    return _clear([matrix], outside, external_assets, alpha, beta)


def clear_ranked(
    liabilities_by_rank: Sequence[Matrix], external_assets: npt.ArrayLike, alpha: float = 1.0, beta: float = 1.0
) -> Clearing:
    """Return the greatest clearing vector when claims have ranks.

    Parameters
    ----------
    liabilities_by_rank
        One matrix for each rank, the most senior first, each as in `clearing_vector`.
    external_assets, alpha, beta
        As `clearing_vector`.

    Raises
    ------
    MatrixInputError, VectorInputError, RateInputError
        As `clearing_vector`, or if there is no rank or the matrices differ in shape.

    Examples
    --------
    Firm 0 has 6 and owes 4 to firm 1, then 4 to firm 2:

    >>> senior, junior = [[0, 4, 0], [0, 0, 0], [0, 0, 0]], [[0, 0, 4], [0, 0, 0], [0, 0, 0]]
    >>> clear_ranked([senior, junior], [6, 0, 0]).payments_by_rank.tolist()
    [[4.0, 0.0, 0.0], [2.0, 0.0, 0.0]]
    """
    ranks = [square(matrix, f"liabilities_by_rank[{k}]") for k, matrix in enumerate(liabilities_by_rank)]
    if not ranks or len({matrix.shape for matrix in ranks}) > 1:
        shapes = [matrix.shape for matrix in ranks]
        raise MatrixInputError(
            f"liabilities_by_rank has matrices of the shapes {shapes}; give at least one, all alike."
        )
    return _clear(ranks, np.zeros(ranks[0].shape[0]), external_assets, alpha, beta)


def _clear(
    ranks: list[SparseRows], outside: Float64, external_assets: npt.ArrayLike, alpha: float, beta: float
) -> Clearing:
    for name, value in (("alpha", alpha), ("beta", beta)):
        if not 0 <= value <= 1:
            raise RateInputError(f"{name} is {value}; the share that is recovered must be between 0 and 1.")
    assets = amounts(external_assets, len(outside), "external_assets")
    book = debts(ranks, outside, assets, float(alpha), float(beta))
    end = rounds_of_default(book)
    owed = book.owed.sum(axis=0)
    return Clearing(
        payments=end.payments.sum(axis=0),
        payments_by_rank=end.payments,
        owed=owed,
        equities=assets + book.received(end.payments) - owed,
        defaulted=end.wave > 0,
        wave=end.wave,
        rounds=end.rounds,
        converged=end.satisfied,
    )
