"""The layouts of IBM's simulators of money laundering, read into the columns of `fraud.schema`, truth apart.

Three are known by their headers, whatever the case of the letters: AMLSim's own (TX_ID, SENDER_ACCOUNT_ID,
RECEIVER_ACCOUNT_ID, TX_TYPE, TX_AMOUNT, TIMESTAMP in steps of a day, IS_FRAUD or IS_SAR, ALERT_ID); AMLSim's after
its conversion (tran_id or tx_id, orig_acct, bene_acct, tx_type, base_amt, tran_timestamp, is_sar or is_fraud,
alert_id); and IBM Transactions for Anti Money Laundering (Timestamp, From Bank, Account, To Bank, Account, Amount
Received, ..., Amount Paid, Payment Currency, Payment Format, Is Laundering), whose accounts are named by bank and
number. Sums keep their figures: a hundredth of the file's currency is taken for a fen.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from fraud.errors import FileError

__all__ = ["Laundering", "read_alerts", "read_amlsim", "read_patterns"]

_FIRST_STEP = pd.Timestamp(2017, 1, 1)
"""The day of step 0 in AMLSim's configuration."""
_NAMES: dict[str, tuple[str, ...]] = {
    "transaction_id": ("tx_id", "tran_id"),
    "account_id": ("sender_account_id", "orig_acct"),
    "payee_id": ("receiver_account_id", "bene_acct"),
    "kind": ("tx_type", "payment format"),
    "amount": ("tx_amount", "base_amt", "amount paid"),
    "occurred_at": ("timestamp", "tran_timestamp"),
    "is_fraud": ("is_fraud", "is_sar", "is laundering"),
    "alert_id": ("alert_id",),
}


@dataclass(frozen=True)
class Laundering:
    """A file of a simulator: `transactions` without labels, and the `truth` about the same rows.

    `truth` has transaction_id, is_laundering (0 or 1) and alert_id (empty where there is none).
    """

    transactions: pd.DataFrame = field(repr=False)
    truth: pd.DataFrame = field(repr=False)

    @property
    def bad_accounts(self) -> set[str]:
        """Accounts that pay or are paid in a transfer that washes money."""
        bad = self.transactions[self.truth["is_laundering"].eq(1).to_numpy()]
        return {*bad["account_id"], *bad["payee_id"]}

    @property
    def rings(self) -> dict[str, set[str]]:
        """Accounts of each alert that washes money, by its number."""
        is_bad = self.truth["is_laundering"].eq(1).to_numpy() & self.truth["alert_id"].ne("").to_numpy()
        bad, alerts = self.transactions[is_bad], self.truth.loc[is_bad, "alert_id"]
        ends = pd.concat([bad["account_id"], bad["payee_id"]]).groupby(pd.concat([alerts, alerts]))
        return {str(alert): set(members) for alert, members in ends}


def read_amlsim(path: str | Path) -> Laundering:
    r"""Read a file of transactions in one of the three layouts.

    Parameters
    ----------
    path
        A CSV file, also compressed; the layout is known by its header.

    Raises
    ------
    FileError
        If the file cannot be read or has none of the layouts; the message names the columns that are missing.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "transactions.csv"
    ...     _ = path.write_text("orig_acct,bene_acct,base_amt,tran_timestamp,is_sar\nA,B,12.50,3,true\nC,D,9,4,false")
    ...     sorted(read_amlsim(path).bad_accounts)
    ['A', 'B']
    """
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise FileError(f"{Path(path).name} cannot be read as a table with commas: {error}") from None
    names = {str(name).strip().lower(): name for name in frame.columns}
    found = {ours: next((names[one] for one in theirs if one in names), None) for ours, theirs in _NAMES.items()}
    by_bank = [names.get(name) for name in ("from bank", "account", "to bank", "account.1")]
    if None not in by_bank:
        # pandas names the second of two equal headers "Account.1"
        one, account, other, payee = (frame[name].str.strip() for name in by_bank)
        frame = frame.assign(_payer=one.str.lstrip("0") + "-" + account, _payee=other.str.lstrip("0") + "-" + payee)
        found |= {"account_id": "_payer", "payee_id": "_payee"}
    needed = ("account_id", "payee_id", "amount", "occurred_at")
    if missing := [f"{ours} ({' or '.join(_NAMES[ours])})" for ours in needed if found[ours] is None]:
        raise FileError(f"{Path(path).name} has none of the known layouts: it lacks {', '.join(missing)}")
    return _laundering(frame, found, Path(path).name)


def _laundering(frame: pd.DataFrame, found: dict[str, str | None], name: str) -> Laundering:
    def column(ours: str) -> "pd.Series[str]":
        theirs = found[ours]
        return frame[theirs] if theirs is not None else pd.Series("", index=frame.index)

    amount = pd.to_numeric(column("amount"), errors="coerce")
    if amount.isna().any():
        row = int(np.flatnonzero(amount.isna().to_numpy())[0])
        raise FileError(f"{name}, row {row + 1}: the amount {column('amount').iloc[row]!r} is no number, such as 12.50")
    rows = pd.Series(frame.index.astype(str), index=frame.index)
    number = column("transaction_id") if found["transaction_id"] else rows
    transactions = pd.DataFrame(
        {
            "transaction_id": number,
            "occurred_at": _times(column("occurred_at"), name),
            "customer_id": column("account_id"),
            "account_id": column("account_id"),
            "payee_id": column("payee_id"),
            "amount_fen": np.rint(amount.to_numpy() * 100).astype(np.int64),
            "kind": "transfer",
        }
    )
    alert = column("alert_id").where(~column("alert_id").isin(["-1", "-1.0", ""]), "")
    is_bad = column("is_fraud").str.lower().isin(["true", "1", "1.0", "yes"]).astype(np.int8)
    truth = pd.DataFrame({"transaction_id": number, "is_laundering": is_bad, "alert_id": alert})
    order = np.argsort(transactions["occurred_at"].to_numpy(), kind="stable")
    return Laundering(
        transactions.iloc[order].reset_index(drop=True),
        truth.iloc[order].reset_index(drop=True),
    )


def _times(column: "pd.Series[str]", name: str) -> "pd.Series[pd.Timestamp]":
    step = pd.to_numeric(column, errors="coerce")
    if step.notna().all():
        return (_FIRST_STEP + pd.to_timedelta(step.astype(np.int64), unit="D")).astype("datetime64[s]")
    times = pd.to_datetime(column, errors="coerce", format="mixed", utc=True).dt.tz_localize(None)
    if times.isna().any():
        row = int(np.flatnonzero(times.isna().to_numpy())[0])
        raise FileError(f"{name}, row {row + 1}: the time {column.iloc[row]!r} is neither a step nor a date")
    return times.astype("datetime64[s]")


def read_alerts(path: str | Path) -> dict[str, tuple[str, set[str]]]:
    r"""Read AMLSim's alerts (alerts.csv, alert_transactions.csv): for each alert its typology and its accounts.

    Raises
    ------
    FileError
        If the file cannot be read or lacks a column.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "alerts.csv"
    ...     _ = path.write_text("alert_id,alert_type,orig_acct,bene_acct\n7,cycle,A,B\n7,cycle,B,A")
    ...     {alert: (kind, sorted(accounts)) for alert, (kind, accounts) in read_alerts(path).items()}
    {'7': ('cycle', ['A', 'B'])}
    """
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise FileError(f"{Path(path).name} cannot be read as a table with commas: {error}") from None
    frame.columns = pd.Index([str(name).strip().lower() for name in frame.columns])
    ends = [name for name in (*_NAMES["account_id"], *_NAMES["payee_id"], "acct_id") if name in frame]
    if "alert_id" not in frame or not ends:
        raise FileError(f"{Path(path).name} has no alert_id beside the accounts of a transfer; alerts.csv has both")
    kinds = frame["alert_type"] if "alert_type" in frame else pd.Series("", index=frame.index)
    found: dict[str, tuple[str, set[str]]] = {}
    for alert, kind, *accounts in zip(frame["alert_id"], kinds, *(frame[name] for name in ends), strict=True):
        found.setdefault(str(alert), (str(kind), set()))[1].update(accounts)
    return found


def read_patterns(path: str | Path) -> list[tuple[str, set[str]]]:
    r"""Read the patterns beside IBM's transactions (HI-Small_Patterns.txt): typology and accounts of each attempt.

    Raises
    ------
    FileError
        If the file cannot be read or an attempt has no end.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "patterns.txt"
    ...     lines = "BEGIN LAUNDERING ATTEMPT - CYCLE", "2022/09/01 00:06,011,A,012,B,9", "END LAUNDERING ATTEMPT"
    ...     _ = path.write_text("\n".join(lines))
    ...     [(kind, sorted(accounts)) for kind, accounts in read_patterns(path)]
    [('cycle', ['11-A', '12-B'])]
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{Path(path).name} cannot be read: {error}") from None
    return list(_attempts(lines, Path(path).name))


def _attempts(lines: list[str], name: str) -> Iterator[tuple[str, set[str]]]:
    kind, accounts = "", set[str]()
    for line in lines:
        if line.startswith("BEGIN LAUNDERING ATTEMPT"):
            kind, accounts = line.partition("-")[2].partition(":")[0].strip().lower(), set()
        elif line.startswith("END LAUNDERING ATTEMPT"):
            yield kind, accounts
            kind = ""
        elif kind and line.strip():
            _, bank, payer, other, payee, *_ = next(csv.reader([line]))
            accounts |= {f"{bank.lstrip('0')}-{payer}", f"{other.lstrip('0')}-{payee}"}
    if kind:
        raise FileError(f"{name} ends within an attempt of kind {kind!r}; its last line is missing")
