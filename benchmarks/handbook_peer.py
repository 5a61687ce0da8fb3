"""What the Fraud Detection Handbook learns from: its fifteen features, and its random forest.

A peer, made from the description: amount; weekend; night (up to and with the hour from six); number and mean amount of
the customer's payments of 1, 7 and 30 days, this one with them; and of the terminal's payments that are at least a
delay of 7 days old, the number and the share of fraud in windows of 1, 7 and 30 days. Of payments in the same second,
only the rows above count, as in the book.

Le Borgne, Siblini, Lebichot and Bontempi, "Reproducible Machine Learning for Credit Card Fraud Detection - Practical
Handbook", 2022, chapter 3, sections "Baseline feature transformation" and "Baseline fraud detection system".
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

__all__ = ["handbook_features", "handbook_forest"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_DAY = 86_400
_WINDOWS = (1, 7, 30)
_SATURDAY, _LAST_NIGHT_HOUR = 5, 6


def handbook_forest(seed: int = 0, jobs: int | None = None) -> Any:
    """Return the book's random forest, not fitted: scikit-learn's own settings on scaled features."""
    return make_pipeline(StandardScaler(), RandomForestClassifier(random_state=seed, n_jobs=jobs))


def handbook_features(payments: pd.DataFrame, delay_days: int = 7) -> pd.DataFrame:
    """Return the book's features of payments in its layout.

    Parameters
    ----------
    payments
        TX_DATETIME, CUSTOMER_ID, TERMINAL_ID, TX_AMOUNT and TX_FRAUD of n payments in time order.
    delay_days
        Days after which a label is known.

    Returns
    -------
    DataFrame of shape (n, 15), float64.

    Examples
    --------
    >>> times = pd.to_datetime(["2018-04-01 06:59", "2018-04-02 06:58", "2018-04-09 07:00"])
    >>> paid = pd.DataFrame({"TX_DATETIME": times, "CUSTOMER_ID": 1, "TERMINAL_ID": 2, "TX_AMOUNT": [10.0, 30.0, 50.0]})
    >>> made = handbook_features(paid.assign(TX_FRAUD=[1, 0, 0]))
    >>> made[["TX_DURING_NIGHT", "CUSTOMER_ID_AVG_AMOUNT_1DAY_WINDOW", "TERMINAL_ID_RISK_7DAY_WINDOW"]].values.tolist()
    [[1.0, 10.0, 0.0], [1.0, 20.0, 0.0], [0.0, 50.0, 0.5]]
    """
    when = payments["TX_DATETIME"]
    second = when.to_numpy().astype("datetime64[s]").astype(np.int64)
    amount, fraud = (payments[name].to_numpy(np.float64) for name in ("TX_AMOUNT", "TX_FRAUD"))
    made = {
        "TX_AMOUNT": amount,
        "TX_DURING_WEEKEND": (when.dt.day_of_week >= _SATURDAY).to_numpy(np.float64),
        "TX_DURING_NIGHT": (when.dt.hour <= _LAST_NIGHT_HOUR).to_numpy(np.float64),
    }
    customers = _Windows(payments["CUSTOMER_ID"], second)
    terminals = _Windows(payments["TERMINAL_ID"], second)
    for days in _WINDOWS:
        count, total = customers.sums(amount, days * _DAY, 0)
        made[f"CUSTOMER_ID_NB_TX_{days}DAY_WINDOW"] = count
        made[f"CUSTOMER_ID_AVG_AMOUNT_{days}DAY_WINDOW"] = total / count
        count, frauds = terminals.sums(fraud, days * _DAY, delay_days * _DAY)
        made[f"TERMINAL_ID_NB_TX_{days}DAY_WINDOW"] = count
        made[f"TERMINAL_ID_RISK_{days}DAY_WINDOW"] = frauds / np.maximum(count, 1)
    return pd.DataFrame(made, index=payments.index)


class _Windows:
    """Sums over the earlier rows of the same entity, by one sorted key of entity and time."""

    def __init__(self, entity: "pd.Series[Any]", second: Ints) -> None:
        code, _ = pd.factorize(entity)
        self._order = np.argsort(code, kind="stable")
        self._base = code[self._order] * (int(second[-1] - second[0]) + 100 * _DAY) + second[self._order]

    def sums(self, values: Floats, width: int, delay: int) -> tuple[Floats, Floats]:
        """Return count and sum of values with a time in (t - delay - width, t - delay], each of shape (n,)."""
        running = np.concatenate(([0.0], np.cumsum(values[self._order])))
        begin = np.searchsorted(self._base, self._base - delay - width, side="right")
        own = np.arange(1, len(values) + 1)
        end = np.searchsorted(self._base, self._base - delay, side="right") if delay else own
        count, total = np.empty(len(values)), np.empty(len(values))
        count[self._order], total[self._order] = end - begin, running[end] - running[begin]
        return count, total
