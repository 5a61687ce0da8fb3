"""Shapes as features of accounts (账户图特征), for who has labels and wants to learn which shapes are bad.

`find` knows only what chance does not explain; whether a fan-in is a wedding or a collector, labels tell. For each
kind of shape an account gets the best one that it takes part in: its score, its part in it, how many take part, for
how long, and how round the sums are; beside them, how much goes in and out and to how many. Labels are not read, and
any scorer of `fraud.scorers` can be trained on the table.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.rings.clues import Clue
from fraud.rings.finding import clues_of
from fraud.rings.transfers import DAY, Transfers, checked

__all__ = ["SHAPES", "account_features"]

SHAPES = ("cycle", "chain", "fan_in", "fan_out", "scatter_gather", "gather_scatter", "bipartite", "sharing")
"""Kinds of shapes that give features."""
_MEASURES = ("score", "passes", "collects", "accounts", "days", "round", "amount")
_ROUND_FEN = 10_000
_NONE = -5.0
"""Below the score of any shape that is kept."""


def account_features(transactions: pd.DataFrame, window_days: float = 30.0) -> pd.DataFrame:
    """Return features of every account, float64; -5 and 0 where an account takes part in no shape of a kind.

    Parameters
    ----------
    transactions, window_days
        As for `fraud.rings.find`.

    Returns
    -------
    DataFrame
        Index: the account. Columns: for each shape its score, whether the account pays and is paid in it (`passes`) or
        only is paid (`collects`), the number of accounts, its days, the share of whole hundreds of yuan, and the
        logarithm of its mean sum in fen; and of the account itself `payers`, `payees`, `paid_log`, `received_log`,
        `balance` (of what moves, the part that comes in).

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> table = account_features(payments(), window_days=10)
    >>> table.loc["R1", ["cycle_accounts", "cycle_passes"]].tolist(), float(table.loc["LANDLORD", "cycle_score"])
    ([5.0, 1.0], -5.0)
    """
    frame = checked(transactions)
    clues, transfers = clues_of(frame, np.zeros(len(frame), bool), window_days)
    names = [str(account) for account in transfers.accounts]
    place = {name: number for number, name in enumerate(names)}
    columns = {
        f"{kind}_{measure}": np.full(len(names), _NONE if measure == "score" else 0.0)
        for kind in SHAPES
        for measure in _MEASURES
    }
    at = dict(zip(transfers.row.tolist(), range(len(transfers)), strict=True))
    for clue in sorted(clues, key=lambda one: (one.score, sorted(one.accounts))):
        for account, values in _of_clue(clue, transfers, at):
            if account in place:
                for measure, value in zip(_MEASURES, values, strict=True):
                    columns[f"{clue.kind}_{measure}"][place[account]] = value
    index = pd.Index(names, name="account")
    return pd.DataFrame({**columns, **_of_account(transfers)}, index=index)


def _of_clue(clue: Clue, transfers: Transfers, at: dict[int, int]) -> Iterator[tuple[str, tuple[float, ...]]]:
    rows = np.array([at[row] for row in clue.rows if row in at], np.int64)
    payers = {str(transfers.accounts[code]) for code in transfers.payer[rows]}
    payees = {str(transfers.accounts[code]) for code in transfers.payee[rows]}
    days = is_round = amount = 0.0
    if len(rows):
        days = float(np.ptp(transfers.second[rows])) / DAY
        is_round = float((transfers.amount_fen[rows] % _ROUND_FEN == 0).mean())
        amount = float(np.log(transfers.amount_fen[rows].mean()))
    for account in clue.accounts:
        is_paid, pays = account in payees, account in payers
        yield (
            account,
            (
                clue.score,
                float(is_paid and pays),
                float(is_paid and not pays),
                len(clue.accounts),
                days,
                is_round,
                amount,
            ),
        )


def _of_account(transfers: Transfers) -> dict[str, NDArray[np.float64]]:
    size = len(transfers.accounts)
    pairs = np.unique(transfers.payer * size + transfers.payee)
    paid = np.bincount(transfers.payer, transfers.amount_fen.astype(np.float64), minlength=size)
    received = np.bincount(transfers.payee, transfers.amount_fen.astype(np.float64), minlength=size)
    return {
        "payers": np.bincount(pairs % size, minlength=size).astype(np.float64),
        "payees": np.bincount(pairs // size, minlength=size).astype(np.float64),
        "paid_log": np.log1p(paid),
        "received_log": np.log1p(received),
        "balance": received / np.maximum(paid + received, 1.0),
    }
