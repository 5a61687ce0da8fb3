"""What chance would do: how often a shape of this size would be seen if everybody paid as before, without a plan.

Each shape is judged a contrario (Desolneux, Moisan and Morel, 2008): under a model of independent payments, in which
every account keeps its own pace and sums are drawn from all sums, how many shapes as surprising as this one are to
be expected in the whole table? The score is minus the decimal logarithm of that number: 0 means one by chance, 3 means
one in a thousand such tables. So scores of a cycle, of a fan and of a shared phone can be compared and added, and a
payee whom everybody pays earns nothing by it.

`Chance` holds the paces and the table of closeness; the kernels read its arrays.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fraud.rings.transfers import Ties

__all__ = ["Chance", "chance_of", "closeness", "within"]

_WIDEST = 4.0
"""Sums that differ by more than a factor of e^4 are not close in any sense that matters here."""
_STEPS = 8_192
_PAIRS = 65_536
_GOLDEN = 40_503


@dataclass(frozen=True, eq=False)
class Chance:
    """The model of independent payments.

    `pays` and `paid`: number of ties in which each account pays, and is paid; float64 of shape (accounts,).
    `mean_pace`: ties of an account in a second, on average. `closeness`: chance that two random sums differ by at most
    k / 2048 in logarithm, float64 of shape (8193,). `resolution`: the least time that is told apart, in seconds.
    """

    pays: NDArray[np.float64]
    paid: NDArray[np.float64]
    log_amount: NDArray[np.float64]
    mean_pace: float
    span: float
    closeness: NDArray[np.float64]
    resolution: float


def chance_of(ties: Ties) -> Chance:
    """Return the model of independent payments for the ties of a table.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> from fraud.rings.transfers import DAY, read_transfers, short_ties
    >>> chance = chance_of(short_ties(read_transfers(payments()), 10 * DAY))
    >>> float(chance.pays.sum()), float(chance.closeness[-1])
    (8.0, 1.0)
    """
    log_amount = np.log(ties.amount_fen.astype(np.float64))
    active = max(len(np.unique(np.concatenate([ties.payer, ties.payee]))), 1)
    return Chance(
        np.bincount(ties.payer, minlength=ties.accounts).astype(np.float64),
        np.bincount(ties.payee, minlength=ties.accounts).astype(np.float64),
        log_amount,
        max(len(ties), 1) / active / ties.span,
        float(ties.span),
        closeness(log_amount),
        float(_resolution(ties.first)),
    )


def closeness(log_amount: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chance that two random sums differ by at most k / 2048 in logarithm, for k = 0 to 8192.

    Of many pairs some are taken at a fixed stride and not drawn, so that the same table gives the same scores.

    Examples
    --------
    >>> closeness(np.log(np.array([100.0, 100.0, 10_000.0, 1_000_000.0])))[[0, 8192]].round(2).tolist()
    [0.29, 1.0]
    """
    size = len(log_amount)
    if size < 2:
        return np.ones(_STEPS + 1)
    if size * (size - 1) // 2 <= _PAIRS:
        one, other = np.triu_indices(size, 1)
    else:
        one = np.arange(max(_PAIRS, size)) % size
        other = (one + 1 + np.arange(len(one)) * _GOLDEN % (size - 1)) % size
    apart = np.sort(np.abs(log_amount[one] - log_amount[other]))
    at_most = np.searchsorted(apart, np.arange(_STEPS + 1) * (_WIDEST / _STEPS) + 1e-12, side="right")
    share = np.asarray((at_most + 1.0) / (len(apart) + 1.0), np.float64)
    share[-1] = 1.0
    return share


def within(closeness: NDArray[np.float64], apart: float) -> float:
    """Return the chance that two random sums differ by at most `apart` in logarithm.

    Examples
    --------
    >>> within(np.linspace(0, 1, 8193), 0.5)
    0.125
    """
    last = len(closeness) - 1
    return float(closeness[min(math.ceil(apart * last / _WIDEST - 1e-9), last)])


def _resolution(first: NDArray[np.int64]) -> int:
    """Return the step of the clock: a day if all times are whole days, else an hour."""
    if len(first) and not ((first - first[0]) % 86_400).any():
        return 86_400
    return 3_600
