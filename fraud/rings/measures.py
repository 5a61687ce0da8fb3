"""How good found rings are, against the true ones: ring by ring, account by account, and beside three simple baselines.

A found ring is right if it shares at least half of all accounts of the two together with a true ring (Jaccard 0.5); a
true ring is found if a found ring is right about it. Both are what an analyst feels: cases opened in vain, and gangs
that go on. Accounts are judged by average precision, which needs no threshold.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.errors import RingInputError

__all__ = ["RingQuality", "account_precision", "baselines", "ring_quality"]


Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RingQuality:
    """Precision and recall of rings: how many were found, were there, and matched."""

    found: int
    true: int
    right: int
    recalled: int

    @property
    def precision(self) -> float:
        """Share of the found rings that are right; 0 when none was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the true rings that were found."""
        return self.recalled / self.true if self.true else 0.0


def ring_quality(
    found: Iterable[Collection[str]], true: Iterable[Collection[str]], least_overlap: float = 0.5
) -> RingQuality:
    """Compare found rings with true ones, each given by its accounts.

    Examples
    --------
    >>> quality = ring_quality([{"a", "b", "c"}, {"x", "y"}], [{"a", "b", "c", "d"}, {"e", "f"}])
    >>> quality.precision, quality.recall
    (0.5, 0.5)
    """
    founds, trues = [frozenset(one) for one in found], [frozenset(one) for one in true]
    of: dict[str, list[int]] = {}
    for place, some in enumerate(trues):
        for account in some:
            of.setdefault(account, []).append(place)
    recalled, right = set(), 0
    for one in founds:
        near = {place for account in one for place in of.get(account, ())}
        matched = {place for place in near if len(one & trues[place]) >= least_overlap * len(one | trues[place])}
        recalled |= matched
        right += bool(matched)
    return RingQuality(len(founds), len(trues), right, len(recalled))


def account_precision(scores: "pd.Series[float]", bad: Collection[str]) -> float:
    """Return the average precision of scores by account; `bad` are the accounts that belong to true rings.

    Raises
    ------
    RingInputError
        If no account with a score is bad.

    Examples
    --------
    >>> account_precision(pd.Series([3.0, 2.0, 1.0], index=["a", "b", "c"]), {"a", "c"})
    0.833...
    """
    from fraud.metrics import average_precision

    label = scores.index.isin(list(bad)).astype(np.int8)
    if not label.any():
        raise RingInputError("no account with a score belongs to a true ring; the identifiers may be written otherwise")
    return float(average_precision(label, scores.to_numpy()))


def baselines(transactions: pd.DataFrame, seed: int = 0) -> dict[str, "pd.Series[float]"]:
    """Return the scores that need no idea of a ring: number of partners, money moved, and chance.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> baselines(payments())["partners"].idxmax()
    'A4'
    """
    from fraud.rings.transfers import read_transfers

    transfers = read_transfers(transactions)
    size = len(transfers.accounts)
    pairs = np.unique(transfers.payer * size + transfers.payee)
    index = pd.Index([str(account) for account in transfers.accounts])

    def both(payer: Ints, payee: Ints, weight: Floats | None = None) -> "pd.Series[float]":
        total = np.bincount(payer, weight, minlength=size) + np.bincount(payee, weight, minlength=size)
        return pd.Series(total.astype(np.float64), index=index)

    rng = np.random.default_rng(seed)
    return {
        "partners": both(pairs // size, pairs % size),
        "amount": both(transfers.payer, transfers.payee, transfers.amount_fen.astype(np.float64)),
        "chance": pd.Series(rng.random(size), index=index),
    }
