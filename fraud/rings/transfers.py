"""Transfers as arrays, and the short acquaintances among them: pairs that pay each other for some days and never else.

Money that is washed moves along ties that have no past and no future; a salary, a rent or a supplier comes back. So the
shapes are looked for among short acquaintances alone: on a table of a million transfers these are some thousand pairs.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.errors import ColumnMissingError

__all__ = ["DAY", "Ties", "Transfers", "read_transfers", "short_ties"]

DAY = 86_400

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Transfers:
    """Transfers in time order; all arrays int64 of shape (n,).

    `payer` and `payee` are positions in `accounts`; `second` counts from 1970; `row` is the position in the table that
    was read. Payments that go to no account, to the payer itself, or of no money, are left out.
    """

    accounts: NDArray[np.object_]
    payer: IntArray
    payee: IntArray
    second: IntArray
    amount_fen: IntArray
    row: IntArray

    def __len__(self) -> int:
        """Return the number of transfers."""
        return len(self.payer)

    @property
    def span(self) -> int:
        """Seconds from the first transfer to the last, at least one."""
        return max(int(self.second[-1] - self.second[0]), 1) if len(self) else 1


@dataclass(frozen=True, eq=False)
class Ties:
    """Pairs of payer and payee whose transfers all lie within the window, in the order of their first transfer.

    `amount_fen` is all that the pair moved and `count` in how many transfers; int64 of shape (ties,).
    """

    payer: IntArray
    payee: IntArray
    first: IntArray
    last: IntArray
    amount_fen: IntArray
    count: IntArray
    accounts: int
    span: int

    def __len__(self) -> int:
        """Return the number of ties."""
        return len(self.payer)


def payer_column(frame: pd.DataFrame) -> "pd.Series[str]":
    """Return who pays: the account, and the customer where a payment names no account."""
    if "account_id" not in frame.columns:
        return frame["customer_id"].astype("object")
    payer = frame["account_id"].astype("object")
    return payer.where(payer.notna(), frame["customer_id"].astype("object")) if "customer_id" in frame else payer


def read_transfers(frame: pd.DataFrame) -> Transfers:
    """Take the transfers from a table of payments.

    Parameters
    ----------
    frame
        Columns of `fraud.schema`: occurred_at, payee_id, amount_fen, and account_id or customer_id; any order of rows.

    Raises
    ------
    ColumnMissingError
        If one of these columns is missing.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> transfers = read_transfers(payments())
    >>> len(transfers), transfers.accounts[transfers.payer[0]]
    (30, 'A1')
    """
    for name in ("occurred_at", "payee_id", "amount_fen"):
        if name not in frame.columns:
            raise ColumnMissingError(f"rings are looked for among transfers: the column {name!r} is missing")
    if not {"account_id", "customer_id"} & set(frame.columns):
        raise ColumnMissingError("rings need to know who pays: neither 'account_id' nor 'customer_id' is there")
    payer, payee = payer_column(frame), frame["payee_id"].astype("object")
    size = len(frame)
    # pairs of columns in one numbering: an account is the same whether it pays or is paid
    codes, accounts = pd.factorize(np.concatenate([payer.to_numpy(), payee.to_numpy()]))
    amount = frame["amount_fen"].to_numpy(np.int64)
    second = seconds_of(frame["occurred_at"])
    sender, receiver = codes[:size].astype(np.int64), codes[size:].astype(np.int64)
    kept = np.flatnonzero((sender >= 0) & (receiver >= 0) & (sender != receiver) & (amount > 0))
    order = kept[np.argsort(second[kept], kind="stable")]
    return Transfers(
        np.asarray(accounts, object),
        sender[order],
        receiver[order],
        second[order],
        amount[order],
        order.astype(np.int64),
    )


def seconds_of(times: "pd.Series[pd.Timestamp]") -> IntArray:
    """Return times as whole seconds since 1970, from timestamps or from such seconds."""
    if pd.api.types.is_integer_dtype(times):
        return times.to_numpy(np.int64)
    return times.to_numpy("datetime64[s]").astype(np.int64)


def short_ties(transfers: Transfers, window: int) -> Ties:
    """Return the pairs whose first and last transfer lie within `window` seconds of each other.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> ties = short_ties(read_transfers(payments()), 10 * DAY)
    >>> len(ties), bool((ties.last - ties.first <= 10 * DAY).all())
    (8, True)
    """
    size = len(transfers.accounts)
    if not len(transfers):
        none = np.empty(0, np.int64)
        return Ties(none, none, none, none, none, none, size, 1)
    key = transfers.payer * size + transfers.payee
    order = np.argsort(key, kind="stable")
    start = np.flatnonzero(np.diff(key[order], prepend=-1))
    count = np.diff(start, append=len(key))
    first, last = transfers.second[order[start]], transfers.second[order[start + count - 1]]
    total = np.add.reduceat(transfers.amount_fen[order], start)
    short = np.flatnonzero(last - first <= window)
    # of two ties of one second, the one whose transfer stands earlier in the table comes first
    short = short[np.argsort(order[start[short]], kind="stable")]
    chosen = order[start[short]]
    return Ties(
        transfers.payer[chosen],
        transfers.payee[chosen],
        first[short],
        last[short],
        total[short],
        count[short],
        size,
        transfers.span,
    )
