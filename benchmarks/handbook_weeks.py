"""The Handbook's protocol: which rows are learnt from, which are judged, and by what.

A week is learnt from, a week is waited until its labels are known, a week is judged. A card whose fraud was known by a
day of that week is blocked: it is judged no more, as the analysts would only be told what they know. What came before
the first week is history: features may look at it, models may not.

Le Borgne, Siblini, Lebichot and Bontempi, "Reproducible Machine Learning for Credit Card Fraud Detection - Practical
Handbook", 2022, chapter 3, "Baseline fraud detection system", and chapter 4, "Precision top-k metrics".
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import roc_auc_score

from benchmarks.errors import LayoutError
from fraud.metrics import average_precision, card_precision_at, known_compromised

__all__ = ["DELAY_DAYS", "LAYOUT", "Weeks", "figures", "in_layout", "weeks"]

Floats = npt.NDArray[np.float64]

LAYOUT = ("TX_DATETIME", "CUSTOMER_ID", "TERMINAL_ID", "TX_AMOUNT", "TX_FRAUD")
DELAY_DAYS = 7
_WEEK = 7
_CARDS = 100


@dataclass(frozen=True, eq=False)
class Weeks:
    """One application of the protocol: its first day of learning and of judging, and both as masks of shape (n,)."""

    train: date
    test: date
    learnt: npt.NDArray[np.bool_]
    judged: npt.NDArray[np.bool_]


def in_layout(payments: pd.DataFrame) -> pd.DataFrame:
    """Return the five columns of a table in the Handbook's layout, in time order, with rows numbered from 0.

    Raises
    ------
    LayoutError
        If a column is missing, or a time, an amount or a label is none.

    Examples
    --------
    >>> in_layout(pd.DataFrame({"TX_DATETIME": []}))
    Traceback (most recent call last):
    benchmarks.errors.LayoutError: the table has no column CUSTOMER_ID; the Handbook's layout is ...
    """
    for name in LAYOUT:
        if name not in payments:
            raise LayoutError(f"the table has no column {name}; the Handbook's layout is {', '.join(LAYOUT)}")
    table = payments[list(LAYOUT)].assign(TX_DATETIME=pd.to_datetime(payments["TX_DATETIME"]))
    wrong = {
        "TX_DATETIME": table["TX_DATETIME"].isna(),
        "CUSTOMER_ID": table["CUSTOMER_ID"].isna(),
        "TX_AMOUNT": ~(table["TX_AMOUNT"] >= 0),
        "TX_FRAUD": ~table["TX_FRAUD"].isin([0, 1]),
    }
    for name, is_wrong in wrong.items():
        if is_wrong.any():
            row = int(is_wrong.to_numpy().argmax())
            raise LayoutError(f"{name} of row {row} is {payments[name].iloc[row]}, which it cannot be")
    return table.sort_values("TX_DATETIME", kind="stable", ignore_index=True)


def weeks(payments: pd.DataFrame, train: date, test: date | None = None, length: int = _WEEK) -> Weeks:
    """Choose the rows of one application of the protocol.

    Parameters
    ----------
    payments
        A table of `in_layout`.
    train, test
        First day to learn from, and to judge; by default two weeks later.
    length
        Days of each.

    Raises
    ------
    LayoutError
        If labels could not have been known, or there is nothing or no fraud to learn from or to judge.

    Examples
    --------
    >>> from datasets.handbook_simulation import simulate
    >>> chosen = weeks(in_layout(simulate(customers=50, terminals=500, days=40, radius=9)), date(2018, 4, 10))
    >>> str(chosen.test), int(chosen.learnt.sum())
    ('2018-04-24', 633)
    """
    begin = train + timedelta(days=length + DELAY_DAYS) if test is None else test
    if begin < train + timedelta(days=length + DELAY_DAYS):
        raise LayoutError(
            f"what is judged from {begin} needs labels of {train + timedelta(days=length - 1)}, which are known "
            f"{DELAY_DAYS} days later; judge from {train + timedelta(days=length + DELAY_DAYS)} on"
        )
    when = payments["TX_DATETIME"].to_numpy().astype("datetime64[s]")
    day = when.astype("datetime64[D]").astype(np.int64)
    first, start = (np.datetime64(one, "D").astype(np.int64) for one in (train, begin))
    learnt, judged = (day >= first) & (day < first + length), (day >= start) & (day < start + length)
    since = np.flatnonzero(day >= first)
    known = known_compromised(
        payments["TX_FRAUD"].iloc[since], payments["CUSTOMER_ID"].iloc[since], day[since], DELAY_DAYS
    )
    judged[since] &= ~known
    label = payments["TX_FRAUD"].to_numpy()
    for mask, what, from_day in ((learnt, "learn from", train), (judged, "judge", begin)):
        if len(np.unique(label[mask])) < 2:
            raise LayoutError(
                f"in the {length} days from {from_day} there are not both frauds and honest payments to {what}"
            )
    return Weeks(train, begin, learnt, judged)


def figures(payments: pd.DataFrame, chosen: Weeks, score: Floats) -> dict[str, float]:
    """Return the Handbook's three measures of the scores of the judged rows.

    Examples
    --------
    >>> from datasets.handbook_simulation import simulate
    >>> table = in_layout(simulate(customers=50, terminals=500, days=40, radius=9))
    >>> chosen = weeks(table, date(2018, 4, 10))
    >>> shown = figures(table, chosen, table["TX_FRAUD"].to_numpy(float)[chosen.judged])
    >>> shown["AUC ROC"], shown["average precision"]
    (1.0, 1.0)
    """
    rows = payments[chosen.judged]
    day = rows["TX_DATETIME"].to_numpy().astype("datetime64[D]").astype(np.int64)
    label = rows["TX_FRAUD"].to_numpy()
    return {
        "AUC ROC": float(roc_auc_score(label, score)),
        "average precision": average_precision(label, score),
        f"card precision at {_CARDS}": card_precision_at(label, score, rows["CUSTOMER_ID"], day, _CARDS),
    }
