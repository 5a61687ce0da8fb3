"""Find the rings of a table of payments: shapes, shared things and confirmed frauds, joined and ranked.

The strongest clue begins a ring; a weaker one joins it if it lies for the greater part within it, else it begins a ring
of its own. So rings do not grow together through one busy account, and the result does not depend on the order of rows
of different times. Every account that takes part in any clue has a score, also below what makes a ring.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.errors import ColumnMissingError, RingInputError
from fraud.rings.assembly import assemble
from fraud.rings.clues import Clue, clues_of_shapes, clues_of_sharing
from fraud.rings.frauds import clues_of_frauds
from fraud.rings.ring import Ring
from fraud.rings.sharing import uses_of
from fraud.rings.structures import structures_of, trails_of
from fraud.rings.transfers import DAY, Transfers, checked, read_transfers, short_ties, single_ties

__all__ = ["Found", "account_scores", "clues_of", "find", "search"]


@dataclass(frozen=True)
class Found:
    """Rings, the strongest first, and the score of every account of the table, which has the account as its index."""

    rings: list[Ring]
    scores: "pd.Series[float]" = field(repr=False)


def find(
    transactions: pd.DataFrame,
    confirmed: Collection[object] | None = None,
    window_days: float = 30.0,
    least_score: float = 1.5,
    most: int | None = None,
) -> list[Ring]:
    """Return the rings of a table of payments, the strongest first.

    Parameters
    ----------
    transactions
        Payments in the columns of `fraud.schema`: occurred_at, amount_fen, payee_id and account_id (or customer_id);
        device_id, ip and phone are used when they are there. Any order of rows.
    confirmed
        Which of them are known to be fraud: values of transaction_id. None, as by default, are known: a label in the
        table is not read.
    window_days
        Within how many days a ring does one thing; at most a third of the table's time.
    least_score
        Least suspicion of a ring; each point less brings more rings, and more of them in vain.
    most
        Most rings to return; None is all.

    Raises
    ------
    ColumnMissingError
        If a required column is missing.
    RingInputError
        If a time is missing, an amount is not whole fen, a number is out of range, or `confirmed` names transactions
        and the table has no transaction_id.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> ring = find(payments(), window_days=10)[0]
    >>> ring.accounts, ring.evidence[0].kind, ring.amount_fen
    (('A1', 'R1', 'R2', 'R3', 'R4'), 'cycle', 44100000)
    """
    return search(transactions, confirmed, window_days, least_score).rings[:most]


def account_scores(
    transactions: pd.DataFrame, confirmed: Collection[object] | None = None, window_days: float = 30.0
) -> "pd.Series[float]":
    """Return the score of every account, payers and payees, highest first; parameters as for `find`.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> scores = account_scores(payments(), window_days=10)
    >>> sorted(scores.index[:5]), "LANDLORD" in scores.index[:5]
    (['A1', 'R1', 'R2', 'R3', 'R4'], False)
    """
    return search(transactions, confirmed, window_days).scores


def search(
    transactions: pd.DataFrame,
    confirmed: Collection[object] | None = None,
    window_days: float = 30.0,
    least_score: float = 1.5,
) -> Found:
    """Return rings and scores in one pass; parameters as for `find`.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> found = search(payments(), window_days=10)
    >>> found.rings[0].accounts, bool(found.scores["A1"] > found.scores["LANDLORD"])
    (('A1', 'R1', 'R2', 'R3', 'R4'), True)
    """
    frame = checked(transactions)
    is_fraud = _confirmed_rows(frame, confirmed)
    clues, transfers = clues_of(frame, is_fraud, window_days)
    rings = assemble([one for one in clues if one.suspicion >= least_score], frame, is_fraud)
    return Found(rings, _scores(clues, transfers.accounts))


def clues_of(
    frame: pd.DataFrame, is_fraud: NDArray[np.bool_], window_days: float = 30.0
) -> tuple[list[Clue], Transfers]:
    """Return all clues of a table whose index is 0, 1, 2, ..., and its transfers.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> clues, transfers = clues_of(payments(), np.zeros(30, bool), window_days=10)
    >>> max(clues, key=lambda one: one.suspicion).kind, len(transfers)
    ('cycle', 30)
    """
    if not window_days > 0:
        raise RingInputError(f"window_days is {window_days}, but a window is longer than nothing, such as 30")
    transfers = read_transfers(frame)
    window = max(min(int(window_days * DAY), transfers.span // 3), 1)
    ties, single = short_ties(transfers, window), single_ties(transfers)
    clues = [
        *clues_of_shapes(transfers, ties, structures_of(ties, window)),
        *clues_of_shapes(transfers, single, trails_of(single, window)),
        *clues_of_sharing(list(uses_of(frame))),
        *clues_of_frauds(frame, is_fraud),
    ]
    return clues, transfers


def _confirmed_rows(frame: pd.DataFrame, confirmed: Collection[object] | None) -> NDArray[np.bool_]:
    if confirmed is None or not len(confirmed):
        return np.zeros(len(frame), bool)
    if "transaction_id" not in frame:
        raise ColumnMissingError("confirmed frauds are named by transaction_id, and the table has no such column")
    known = frame["transaction_id"].isin(list(confirmed)).to_numpy(bool)
    if known.sum() < len(set(confirmed)):
        missing = sorted(map(str, set(confirmed) - set(frame["transaction_id"])))[:3]
        raise RingInputError(f"confirmed frauds are not in the table: {', '.join(missing)}; take them from its rows")
    return known


def _scores(clues: list[Clue], accounts: NDArray[np.object_]) -> "pd.Series[float]":
    """Score an account by its best clue and a tenth of its second; who is in none has the least of all."""
    best: dict[str, tuple[float, float]] = {}
    for one in clues:
        for account in one.accounts - one.victims:
            first, second = best.get(account, (-5.0, -5.0))
            value = one.suspicion
            best[account] = (max(first, value), max(second, min(first, value)))
    names = [str(account) for account in accounts]
    values = [best[name][0] + 0.1 * best[name][1] if name in best else -5.5 for name in names]
    made = pd.Series(values, index=pd.Index(names, name="account"), name="score", dtype="float64")
    return made.sort_values(ascending=False, kind="stable")
