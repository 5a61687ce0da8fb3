"""How busy each hour of the stream is for each segment: hours, weekdays, payroll, pensions and holidays.

Salaries are paid on the 10th and the 11th (发薪日), pensions on the 25th; the weeks of National Day and
Spring Festival are for shopping. The figures are plausible inventions, stated here once.
"""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from datasets import habits

__all__ = ["HOLIDAYS", "counts", "is_holiday", "weights"]

HOLIDAYS: tuple[tuple[date, date], ...] = (
    (date(2020, 1, 24), date(2020, 1, 30)),
    (date(2020, 10, 1), date(2020, 10, 8)),
    (date(2021, 2, 11), date(2021, 2, 17)),
    (date(2021, 10, 1), date(2021, 10, 7)),
)
_FIRM = habits.SEGMENTS.index("firm")
_ELDERLY = habits.SEGMENTS.index("elderly")
_PAID = tuple(habits.SEGMENTS.index(name) for name in ("worker", "professional"))


def is_holiday(day: date) -> bool:
    """Return whether a day lies in one of the two long holidays.

    Examples
    --------
    >>> is_holiday(date(2020, 10, 3))
    True
    """
    return any(first <= day <= last for first, last in HOLIDAYS)


def weights(first_day: date, days: int) -> NDArray[np.float64]:
    """Return how busy each segment is in each hour, float64 of shape (days * 24, 7); 1 is an average hour.

    Examples
    --------
    >>> weights(date(2020, 7, 1), 2).shape
    (48, 7)
    """
    profile = habits.hour_profile().T
    return np.concatenate([profile * _of_day(first_day + timedelta(days=day)) for day in range(days)])


def _of_day(day: date) -> NDArray[np.float64]:
    factor = np.ones(len(habits.SEGMENTS))
    if day.weekday() >= 5:
        factor *= 1.15
        factor[_FIRM] = 0.25
    if day.day in (10, 11):
        factor[list(_PAID)] *= 1.6
        factor[_FIRM] *= 1.7
    if day.day == 25:
        factor[_ELDERLY] *= 1.7
    if is_holiday(day):
        factor *= 1.35
        factor[_FIRM] = 0.15
    return factor


def counts(
    rng: np.random.Generator, n: int, hours: NDArray[np.float64], tickets: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Spread n payments over hours and segments.

    Parameters
    ----------
    rng
        Source of chance.
    n
        Number of payments.
    hours
        What `weights` returns, shape (hours, 7).
    tickets
        How much each segment pays in an average hour, shape (7,).

    Returns
    -------
    NDArray[np.int64]
        Numbers of shape (hours, 7) with the sum n.

    Examples
    --------
    >>> table = counts(np.random.default_rng(1), 1000, weights(date(2020, 7, 1), 1), np.ones(7, np.int64))
    >>> table.shape, int(table.sum())
    ((24, 7), 1000)
    """
    share = hours * tickets
    return rng.multinomial(n, (share / share.sum()).ravel()).reshape(hours.shape)
