"""Cascades of defaults: who is pulled down when somebody falls.

Three readings of one mechanism, a firm falls when what it loses to failed firms uses up its buffer:

- `threshold_cascade`: creditors lose their exposures to failed debtors, times the loss given default; a loss that
  equals the buffer is fatal (equity of zero is insolvency).
- `guarantee_cascade`: the guarantors of a failed borrower are called, together for no more than its debt; a firm falls
  when calls exceed its buffer (a call that it can just meet, it meets). Its call is its share of the debt, or, with
  `joint_and_several` (连带责任), what those who have fallen leave unpaid as well.
- `furfine_cascade`: each firm fails alone in turn, the stress test of interbank exposures.

A firm that loses nothing never falls, also with a buffer of zero. The result is the least fixed point: nobody falls
without a cause that leads back to the start. See `credit_graph.frontier` for the arithmetic.

Use them for the first question, "who falls if X falls". They say nothing of losses that a firm survives but that make
its own debts worth less (use `debtrank`), nor of what failed firms still pay (use `clearing`).

References
----------
Furfine (2003), "Interbank Exposures: Quantifying the Risk of Contagion", Journal of Money, Credit and Banking 35(1).
Gai and Kapadia (2010), "Contagion in financial networks", Proceedings of the Royal Society A 466.
Guarantors: 民法典 articles 681 to 702; several guarantors of one debt without agreed shares, article 699.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from credit_graph.frontier import Cascade, spread, spread_each
from credit_graph.joint_guarantors import spread_jointly
from credit_graph.matrices import Matrix, SparseRows, amounts, firms, rates, square

__all__ = ["furfine_cascade", "guarantee_calls", "guarantee_cascade", "threshold_cascade"]


def threshold_cascade(
    exposures: Matrix,
    equity: npt.ArrayLike,
    failed: npt.ArrayLike,
    *,
    loss_given_default: npt.ArrayLike = 1.0,
) -> Cascade:
    """Return who falls when losses to failed firms reach a firm's equity.

    Parameters
    ----------
    exposures
        exposures[i, j] is what i loses if j fails and nothing is recovered; dense or sparse, shape (n, n).
    equity
        What each firm can lose, shape (n,) or one number for all.
    failed
        Who fails at the start: numbers of firms, or a mask of shape (n,).
    loss_given_default
        Share of an exposure that is lost, 1 - recovery rate, by failed firm: shape (n,) or one number for all.

    Raises
    ------
    MatrixInputError, VectorInputError
        If an amount is negative or not a finite number, shapes do not fit, or a number is not that of a firm.
    RateInputError
        If a loss given default is outside 0 to 1.

    Examples
    --------
    >>> result = threshold_cascade([[0, 6, 0], [0, 0, 6], [0, 0, 0]], equity=[7, 6, 1], failed=[2])
    >>> result.round.tolist(), result.losses.tolist()
    ([-1, 1, 0], [6.0, 6.0, 0.0])
    """
    matrix = square(exposures, "exposures")
    n = matrix.shape[0]
    return spread(
        _by_column(matrix, rates(loss_given_default, n, "loss_given_default")),
        amounts(equity, n, "equity"),
        firms(failed, n, "failed"),
    )


def guarantee_calls(guarantees: Matrix, debt: npt.ArrayLike, *, loss_given_default: npt.ArrayLike = 1.0) -> SparseRows:
    """Return what each guarantor is called for if a borrower defaults.

    The bank calls what it lacks, debt times loss given default. If the guaranteed amounts are more than that together,
    each guarantor pays in proportion to its amount; no call exceeds the amount, and all calls together not the debt.

    Parameters
    ----------
    guarantees
        guarantees[i, j] is the amount up to which i stands for j; dense or sparse, shape (n, n).
    debt
        What each firm owes under guarantee, shape (n,) or one number for all.
    loss_given_default
        Share of the debt that the borrower and its collateral do not pay, shape (n,) or one number for all.

    Raises
    ------
    MatrixInputError, VectorInputError, RateInputError
        As `threshold_cascade`.

    Examples
    --------
    >>> guarantee_calls([[0, 0, 60], [0, 0, 30], [0, 0, 0]], debt=[0, 0, 45]).toarray()[:, 2].tolist()
    [30.0, 15.0, 0.0]
    """
    matrix = square(guarantees, "guarantees")
    n = matrix.shape[0]
    called = amounts(debt, n, "debt") * rates(loss_given_default, n, "loss_given_default")
    guaranteed = np.asarray(matrix.sum(axis=0), np.float64)
    share = np.divide(called, guaranteed, out=np.zeros(n), where=guaranteed > 0)
    return _by_column(matrix, np.minimum(share, 1.0))


def guarantee_cascade(
    guarantees: Matrix,
    debt: npt.ArrayLike,
    buffer: npt.ArrayLike,
    failed: npt.ArrayLike,
    *,
    loss_given_default: npt.ArrayLike = 1.0,
    joint_and_several: bool = False,
) -> Cascade:
    """Return who falls when the guarantors of failed borrowers are called.

    Parameters
    ----------
    guarantees, debt, loss_given_default
        As `guarantee_calls`.
    buffer
        What each firm can pay on calls, shape (n,) or one number for all.
    failed
        Who fails at the start: numbers of firms, or a mask of shape (n,).
    joint_and_several
        Whether the part of a guarantor who has fallen passes to the other guarantors of the same borrower, each up to
        its amount, see `credit_graph.joint_guarantors`.

    Raises
    ------
    MatrixInputError, VectorInputError, RateInputError
        As `threshold_cascade`.

    Examples
    --------
    Firm 0 stands for 1, and 1 for 2, which fails; firm 1 has nothing to pay with:

    >>> result = guarantee_cascade([[0, 50, 0], [0, 0, 80], [0, 0, 0]], debt=[0, 40, 70], buffer=[40, 0, 0], failed=[2])
    >>> result.round.tolist()
    [-1, 1, 0]
    >>> result.hits
       round  firm  failed_firm  amount
    0      1     1            2    70.0
    1      2     0            1    40.0

    Two guarantors share a debt of 80. The first has 30 and falls; the second, who has 50, is then called for 60:

    >>> given = ([[0, 0, 60], [0, 0, 60], [0, 0, 0]], [0, 0, 80], [30, 50, 0], [2])
    >>> guarantee_cascade(*given).round.tolist(), guarantee_cascade(*given, joint_and_several=True).round.tolist()
    ([1, -1, 0], [1, 2, 0])
    """
    if joint_and_several:
        matrix = square(guarantees, "guarantees")
        n = matrix.shape[0]
        called = amounts(debt, n, "debt") * rates(loss_given_default, n, "loss_given_default")
        return spread_jointly(matrix, called, amounts(buffer, n, "buffer"), firms(failed, n, "failed"))
    calls = guarantee_calls(guarantees, debt, loss_given_default=loss_given_default)
    n = calls.shape[0]
    return spread(calls, amounts(buffer, n, "buffer"), firms(failed, n, "failed"), falls_when_equal=False)


def furfine_cascade(
    exposures: Matrix,
    equity: npt.ArrayLike,
    *,
    loss_given_default: npt.ArrayLike = 0.4,
    triggers: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Return what happens when firms fail alone, one after the other.

    Furfine's sequential simulation, with his higher loss rate of 40 % as the default (his lower one is 5 %).

    Parameters
    ----------
    exposures, equity
        As `threshold_cascade`.
    loss_given_default
        Share of an exposure that is lost, shape (n,) or one number for all.
    triggers
        Whose failures to try: numbers of firms, or a mask; all of them if not given.

    Returns
    -------
    pandas.DataFrame
        One row for each trigger: trigger, failed (how many it pulled down), rounds, losses (of all firms together, what
        the failed ones lose included), failed_equity (equity of those pulled down).

    Raises
    ------
    MatrixInputError, VectorInputError, RateInputError
        As `threshold_cascade`.

    Examples
    --------
    >>> furfine_cascade([[0, 6, 0], [0, 0, 6], [0, 0, 0]], equity=[7, 6, 1], loss_given_default=1)
       trigger  failed  rounds  losses  failed_equity
    0        0       0       0     0.0            0.0
    1        1       0       0     6.0            0.0
    2        2       1       1    12.0            6.0
    """
    matrix = square(exposures, "exposures")
    n = matrix.shape[0]
    capital = amounts(equity, n, "equity")
    impact = _by_column(matrix, rates(loss_given_default, n, "loss_given_default"))
    chosen = np.ones(n, np.bool_) if triggers is None else firms(triggers, n, "triggers")
    rows = spread_each(impact, capital, np.flatnonzero(chosen))
    return pd.DataFrame(rows, columns=["trigger", "failed", "rounds", "losses", "failed_equity"])


def _by_column(matrix: SparseRows, factor: npt.NDArray[np.float64]) -> SparseRows:
    scaled: SparseRows = sparse.csr_array(
        (matrix.data * factor[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape
    )
    return scaled
