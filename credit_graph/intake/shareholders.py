"""Shares of one company that come to more than the whole on some day.

Shares begin and end, so that the sum counts day by day: a stake sold on 30 June and bought by another from 1 July is
no fault. All that are held on a day of excess are reported, since the table does not say which of them is wrong.
A millionth is allowed, for thirds that were rounded; 33.34 % three times is too much.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["TOLERANCE", "oversubscribed"]

TOLERANCE = 1e-6
"""By how much the shares of a company may exceed the whole."""

_GRID = 10**12  # sums of whole numbers leave no residue when a stake ends, sums of floats do

Int64 = npt.NDArray[np.int64]


def oversubscribed(
    company: npt.ArrayLike, share: npt.ArrayLike, first_day: npt.ArrayLike, last_day: npt.ArrayLike
) -> npt.NDArray[np.bool_]:
    """Return which stakes are held on a day on which those of their company come to more than the whole.

    Parameters
    ----------
    company
        Number of the company whose stake it is, shape (m,).
    share
        Part of the whole, from 0 to 1, shape (m,).
    first_day, last_day
        Days on which the stake is held, both included, first not after last, shape (m,).

    Examples
    --------
    >>> oversubscribed([7, 7, 7], [0.6, 0.5, 0.4], [0, 10, 20], [19, 19, 99]).tolist()
    [True, True, False]
    """
    companies, first, last = (np.asarray(values, np.int64) for values in (company, first_day, last_day))
    part = np.round(np.asarray(share, np.float64) * _GRID).astype(np.int64)
    m = len(companies)
    # a stake that ended yesterday makes room before one that begins today
    begins = np.repeat(np.array([0, 1]), m)
    order = np.lexsort((begins, np.concatenate([last + 1, first]), np.tile(companies, 2)))
    # each company's changes come to nothing in the end, so that one running sum serves all
    held = np.cumsum(np.concatenate([-part, part])[order])
    excess = np.cumsum(held > _GRID * (1 + TOLERANCE))
    place = np.empty(2 * m, np.int64)
    place[order] = np.arange(2 * m)
    end, begin = place[:m], place[m:]
    before = np.where(begin > 0, excess[begin - 1], 0)
    return excess[end - 1] > before
