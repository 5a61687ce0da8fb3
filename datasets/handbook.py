"""A small file in the layout of the Fraud Detection Handbook, to try foreign input with.

Data card. The province's payments with six columns only: TRANSACTION_ID, TX_DATETIME, CUSTOMER_ID, TERMINAL_ID,
TX_AMOUNT (yuan), TX_FRAUD. TERMINAL_ID is the shop's, cash machine's or payee's number. Layout: Le Borgne, Siblini,
Lebichot, Bontempi, Reproducible Machine Learning for Credit Card Fraud Detection, 2022. The rows are ours, not theirs.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from datasets.plan import BASE_RATE
from datasets.transactions import numbers, stream
from datasets.truth import labels_of
from datasets.world import DAYS

__all__ = ["make"]


def make(
    n: int, seed: int, base_rate: float = BASE_RATE, days: int = DAYS, people: int | None = None
) -> Iterator[pd.DataFrame]:
    """Make n payments in the Handbook's layout; parameters as for `datasets.transactions.stream`.

    Examples
    --------
    >>> frame = next(make(1000, seed=7))
    >>> list(frame.columns)
    ['TRANSACTION_ID', 'TX_DATETIME', 'CUSTOMER_ID', 'TERMINAL_ID', 'TX_AMOUNT', 'TX_FRAUD']
    """
    for part in stream(n, seed, base_rate, days, people):
        terminal, payee = part.rows["terminal"], part.rows["payee"]
        shops = len(part.world.terminal_category)
        yield pd.DataFrame(
            {
                "TRANSACTION_ID": numbers(part, "transaction_id"),
                "TX_DATETIME": numbers(part, "occurred_at").astype("datetime64[s]"),
                "CUSTOMER_ID": part.rows["customer"],
                "TERMINAL_ID": np.where(terminal >= 0, terminal, shops + payee),
                "TX_AMOUNT": part.rows["amount_fen"] / 100,
                "TX_FRAUD": labels_of(part),
            }
        )
