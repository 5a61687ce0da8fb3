"""Transfers as arrays, and the short acquaintances among them: pairs that pay each other for some days and never else.

Money that is washed moves along ties that have no past and no future; a salary, a rent or a supplier comes back. So the
shapes are looked for among short acquaintances alone: on a table of a million transfers these are some thousand pairs.
Members of a ring may know each other besides: of old acquaintances, the sums that are odd for the pair are taken too.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.errors import ColumnMissingError, RingInputError

__all__ = [
    "DAY",
    "Ties",
    "Transfers",
    "checked",
    "payer_column",
    "read_transfers",
    "seconds_of",
    "short_ties",
    "single_ties",
]

DAY = 86_400
_HABIT = 4
"""A pair has a habit if it pays at least so often."""
_ODD, _LEAST_ODD = 0.5, 0.02
"""A sum is odd if it lies beyond the others by half their range, and by two per cent at least."""

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

    `amount_fen` is all that the pair moved and `count` in how many transfers; int64 of shape (ties,). `lone` is -1, or
    for a single transfer that is a tie of its own, its position among the transfers.
    """

    payer: IntArray
    payee: IntArray
    first: IntArray
    last: IntArray
    amount_fen: IntArray
    count: IntArray
    lone: IntArray
    accounts: int
    span: int

    def __len__(self) -> int:
        """Return the number of ties."""
        return len(self.payer)


_TEXTS = ("account_id", "customer_id", "payee_id", "device_id", "phone", "ip")


def checked(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a plain index and identifiers as text, as everything in this package reads it.

    Raises
    ------
    ColumnMissingError
        If a required column is missing.
    RingInputError
        If a time is missing or an amount is not whole fen.

    Examples
    --------
    >>> frame = pd.DataFrame({"occurred_at": [0], "account_id": [7], "payee_id": [8.0], "amount_fen": [1]})
    >>> checked(frame)[["account_id", "payee_id"]].values.tolist()
    [['7', '8']]
    """
    for name in ("occurred_at", "payee_id", "amount_fen"):
        if name not in frame.columns:
            raise ColumnMissingError(f"rings are looked for among transfers: the column {name!r} is missing")
    if not {"account_id", "customer_id"} & set(frame.columns):
        raise ColumnMissingError("rings need to know who pays: neither 'account_id' nor 'customer_id' is there")
    made = frame.reset_index(drop=True)
    for name in ("occurred_at", "amount_fen"):
        if made[name].isna().any():
            row = int(np.flatnonzero(made[name].isna().to_numpy())[0])
            raise RingInputError(f"row {row} has no {name!r}; take such rows out, or read the file by fraud.intake")
    amount = pd.to_numeric(made["amount_fen"], errors="coerce").to_numpy(np.float64)
    if not (amount == np.floor(amount)).all():
        row = int(np.flatnonzero(amount != np.floor(amount))[0])
        raise RingInputError(f"row {row}: amount_fen is {made['amount_fen'].iloc[row]!r}; it must be whole fen")
    numbers = [name for name in _TEXTS if name in made and pd.api.types.is_numeric_dtype(made[name])]
    return made.assign(**{name: _text(made[name]) for name in numbers})


def _text(column: "pd.Series[float]") -> "pd.Series[str]":
    """Write numbers as text; a whole number that missing values made a float gets no point."""
    whole = column.dropna()
    is_whole = pd.api.types.is_float_dtype(column) and bool((whole == np.floor(whole)).all())
    values = (column.astype("Int64") if is_whole else column).astype("object")
    return values.where(column.notna(), None).map(str, na_action="ignore")


def payer_column(frame: pd.DataFrame) -> "pd.Series[str]":
    """Return who pays: the account, and the customer where a payment names no account.

    Examples
    --------
    >>> payer_column(pd.DataFrame({"account_id": ["A1", None], "customer_id": ["C1", "C2"]})).tolist()
    ['A1', 'C2']
    """
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
    ColumnMissingError, RingInputError
        As for `checked`.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> transfers = read_transfers(payments())
    >>> len(transfers), transfers.accounts[transfers.payer[0]]
    (30, 'A1')
    """
    frame = checked(frame)
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
    """Return times as whole seconds since 1970, from timestamps or from such seconds.

    Examples
    --------
    >>> seconds_of(pd.Series(pd.to_datetime(["1970-01-01 00:01", "1970-01-02 00:00"]))).tolist()
    [60, 86400]
    """
    if pd.api.types.is_integer_dtype(times):
        return times.to_numpy(np.int64)
    return times.to_numpy("datetime64[s]").astype(np.int64)


def short_ties(transfers: Transfers, window: int) -> Ties:
    """Return the pairs whose transfers all lie within `window` seconds, and what is odd between old acquaintances.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> ties = short_ties(read_transfers(payments()), 10 * DAY)
    >>> len(ties), bool((ties.last - ties.first <= 10 * DAY).all())
    (8, True)
    """
    if not len(transfers):
        return single_ties(transfers)
    key = transfers.payer * len(transfers.accounts) + transfers.payee
    order = np.argsort(key, kind="stable")
    start = np.flatnonzero(np.diff(key[order], prepend=-1))
    count = np.diff(start, append=len(key))
    first, last = transfers.second[order[start]], transfers.second[order[start + count - 1]]
    short = np.flatnonzero(last - first <= window)
    total = np.add.reduceat(transfers.amount_fen[order], start)
    is_odd = _odd(np.log(transfers.amount_fen[order].astype(np.float64)), start, count)
    lone = order[is_odd & np.repeat(last - first > window, count)]
    none = np.full(len(short), -1)
    begin = np.concatenate([order[start[short]], lone])
    # of two ties of one second, the one whose transfer stands earlier in the table comes first
    by_time = np.argsort(begin, kind="stable")
    begin = begin[by_time]
    return Ties(
        transfers.payer[begin],
        transfers.payee[begin],
        transfers.second[begin],
        np.concatenate([last[short], transfers.second[lone]])[by_time],
        np.concatenate([total[short], transfers.amount_fen[lone]])[by_time],
        np.concatenate([count[short], np.ones(len(lone), np.int64)])[by_time],
        np.concatenate([none, lone])[by_time],
        len(transfers.accounts),
        transfers.span,
    )


def _odd(log_amount: NDArray[np.float64], start: IntArray, count: IntArray) -> NDArray[np.bool_]:
    """Tell for each transfer, pair by pair, whether its sum lies well outside the other sums of its pair."""
    pair = np.repeat(np.arange(len(start)), count)
    by_sum = np.lexsort((log_amount, pair))
    sums, last = log_amount[by_sum], start + count - 1
    odd = np.zeros(len(log_amount), bool)
    many = np.flatnonzero(count >= _HABIT)
    for end, one, two, other in (
        (last[many], sums[last[many] - 1], sums[start[many]], 1.0),
        (start[many], sums[start[many] + 1], sums[last[many]], -1.0),
    ):
        margin = np.maximum(_LEAST_ODD, _ODD * np.abs(one - two))
        odd[by_sum[end[(sums[end] - one) * other > margin]]] = True
    return odd


def single_ties(transfers: Transfers) -> Ties:
    """Return every transfer as a tie of its own.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> len(single_ties(read_transfers(payments())))
    30
    """
    size = len(transfers)
    return Ties(
        transfers.payer,
        transfers.payee,
        transfers.second,
        transfers.second,
        transfers.amount_fen,
        np.ones(size, np.int64),
        np.arange(size),
        len(transfers.accounts),
        transfers.span,
    )
