"""The payments of the Fraud Detection Handbook's simulator, equal to the published table in every row.

Data card. 5,000 customers and 10,000 terminals lie in a square of 100 by 100; a customer pays at the terminals nearer
than 5, some 2 times a day, around noon, amounts around a mean of their own. Three kinds of fraud: every payment above
220; all payments at a terminal for 28 days (2 more terminals a day); a third of a customer's payments for 14 days, five
times as large (3 more customers a day). World 0 has the seeds of the book and gives its table: 1,754,155 payments in
183 days from 1 April 2018, of which 14,681 are frauds (the book adds 978, 9,099 and 4,604 one after the other). Other
worlds have other seeds: a method that was chosen on world 0 should be tried there. Who finds fraud here finds what was
put in here.

Written from the description in Le Borgne, Siblini, Lebichot and Bontempi, "Reproducible Machine Learning for Credit
Card Fraud Detection - Practical Handbook", 2022, chapter 3, "Transaction data simulator". The numbers come from the old
generators of numpy and of Python (`datasets.mersenne`), which the book used. Payments of the same second are in the
order of the customers; the book left it open.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets.errors import OutOfRangeError
from datasets.mersenne import Draws

__all__ = ["COLUMNS", "FIRST_DAY", "simulate"]

FIRST_DAY = date(2018, 4, 1)
COLUMNS = ("TRANSACTION_ID", "TX_DATETIME", "CUSTOMER_ID", "TERMINAL_ID", "TX_AMOUNT", "TX_FRAUD", "TX_FRAUD_SCENARIO")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DAY = 86_400
_SIDE, _SPREAD_SECONDS = 100.0, 20_000.0
_LOWEST_MEAN, _MEANS, _MOST_A_DAY = 5.0, 95.0, 4.0
_LARGE = 220.0
_TERMINALS_A_DAY, _TERMINAL_DAYS = 2, 28
_CUSTOMERS_A_DAY, _CUSTOMER_DAYS, _ONE_IN, _TIMES = 3, 14, 3, 5.0
_SEEDS_OF_A_WORLD, _WORLDS = 1_000_000, 4_000


@dataclass(frozen=True)
class _Payments:
    """Payments in time order: their second since the first day, customer, terminal and amount, each of shape (n,)."""

    second: Ints
    customer: Ints
    terminal: Ints
    amount: Floats


def simulate(
    world: int = 0,
    customers: int = 5_000,
    terminals: int = 10_000,
    days: int = 183,
    radius: float = 5.0,
    first_day: date = FIRST_DAY,
) -> pd.DataFrame:
    """Return the labelled payments of one world, in time order.

    Parameters
    ----------
    world
        0 for the book's seeds, 1 to 4,000 for others.
    customers, terminals, days
        How many, at least 3 customers, 2 terminals and 1 day; at most a million customers.
    radius
        How far a customer goes to a terminal, above 0; one who has none near pays nothing.
    first_day
        Day 0.

    Raises
    ------
    OutOfRangeError
        If a number is out of range.

    Examples
    --------
    >>> frame = simulate(customers=20, terminals=200, days=10)
    >>> len(frame), int(frame["TX_FRAUD"].sum()), list(frame.columns) == list(COLUMNS)
    (192, 45, True)
    """
    _check(world, customers, terminals, days, radius)
    first_seed = world * _SEEDS_OF_A_WORLD
    paid = _payments(first_seed, customers, terminals, days, radius)
    amount, kind = _with_frauds(paid, first_seed, customers, terminals)
    when = np.datetime64(first_day, "s") + paid.second.astype("timedelta64[s]")
    is_fraud = (kind > 0).astype(np.int64)
    values = (np.arange(len(amount)), when, paid.customer, paid.terminal, amount, is_fraud, kind)
    return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))


def _check(world: int, customers: int, terminals: int, days: int, radius: float) -> None:
    limits = {
        "world": (world, 0, _WORLDS),
        "customers": (customers, _CUSTOMERS_A_DAY, _SEEDS_OF_A_WORLD),
        "terminals": (terminals, _TERMINALS_A_DAY, _SEEDS_OF_A_WORLD),
        "days": (days, 1, _SEEDS_OF_A_WORLD),
        "radius": (radius, 0, _SIDE),
    }
    for name, (value, least, most) in limits.items():
        if not least <= value <= most:
            raise OutOfRangeError(f"{name} is {value}, but must be from {least} to {most}")


def _payments(first_seed: int, customers: int, terminals: int, days: int, radius: float) -> _Payments:
    """Let every customer pay for all days, each with a seed of their own."""
    drawn = np.random.RandomState(first_seed).random_sample((customers, 4))
    place, mean, rate = _SIDE * drawn[:, :2], _LOWEST_MEAN + _MEANS * drawn[:, 2], _MOST_A_DAY * drawn[:, 3]
    shops = _SIDE * np.random.RandomState(first_seed + 1).random_sample((terminals, 2))
    seconds, amounts, chosen = [], [], []
    for customer in range(customers):
        near = np.flatnonzero(np.sqrt(np.square(place[customer] - shops).sum(axis=1)) < radius)
        second, amount = _paid_by(
            first_seed + customer, float(mean[customer]), float(rate[customer]), days, len(near) > 0
        )
        seconds.append(second)
        amounts.append(amount)
        chosen.append(near[Draws(first_seed + customer).choices(len(near), len(second))])
    second = np.concatenate(seconds)
    order = np.argsort(second, kind="stable")
    payer = np.repeat(np.arange(customers), [len(part) for part in seconds])
    return _Payments(second[order], payer[order], np.concatenate(chosen)[order], np.concatenate(amounts)[order])


def _paid_by(seed: int, mean: float, rate: float, days: int, has_shop: bool) -> tuple[Ints, Floats]:
    """Return second and amount of one customer's payments; each number drawn decides what the next one is for."""
    rng = np.random.RandomState(seed)
    poisson, normal, uniform = rng.poisson, rng.standard_normal, rng.uniform
    seconds, amounts = [], []
    for day in range(days):
        for _ in range(poisson(rate)):
            second = int(_DAY / 2 + _SPREAD_SECONDS * normal())
            if 0 < second < _DAY:
                amount = mean + mean / 2 * normal()
                seconds.append(day * _DAY + second)
                amounts.append(amount if amount >= 0 else uniform(0, mean * 2))
    kept = len(seconds) if has_shop else 0
    return np.array(seconds[:kept], dtype=np.int64), np.array(amounts[:kept], dtype=np.float64).round(2)


def _with_frauds(paid: _Payments, first_seed: int, customers: int, terminals: int) -> tuple[Floats, Ints]:
    """Return the amounts after fraud, and of which kind each payment is: 0 is honest; both of shape (n,)."""
    amount, kind = paid.amount.copy(), np.where(paid.amount > _LARGE, 1, 0)
    day = paid.second // _DAY
    last_day = int(day.max(initial=0))
    edge = np.searchsorted(day, np.arange(last_day + _TERMINAL_DAYS + 1))
    for today in range(last_day):
        begin, end = edge[today], edge[today + _TERMINAL_DAYS]
        chosen = np.random.RandomState(first_seed + today).choice(terminals, _TERMINALS_A_DAY, replace=False)
        kind[begin:end][np.isin(paid.terminal[begin:end], chosen)] = 2
    for today in range(last_day):
        begin, end = edge[today], edge[today + _CUSTOMER_DAYS]
        chosen = np.random.RandomState(first_seed + today).choice(customers, _CUSTOMERS_A_DAY, replace=False)
        rows = begin + np.flatnonzero(np.isin(paid.customer[begin:end], chosen))
        stolen = rows[Draws(first_seed + today).sample(len(rows), len(rows) // _ONE_IN)]
        amount[stolen] *= _TIMES
        kind[stolen] = 3
    return amount, kind
