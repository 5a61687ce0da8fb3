"""Rows of a stream while they are made: one integer array for each column.

Codes stand for identifiers (see `datasets.world`). NONE means that the payment has no such thing, UNSET that
`datasets.conduct` shall fill in what this customer ordinarily does.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["COLUMNS", "NONE", "UNSET", "Rows", "join", "rows", "select"]

Rows = dict[str, NDArray[np.int64]]

UNSET = -2
NONE = -1

COLUMNS: dict[str, int] = {
    **{"second": 0, "customer": 0, "channel": 0, "kind": 0, "amount_fen": 0},
    **{"payee": NONE, "terminal": NONE},
    **{"account": UNSET, "card": UNSET, "device": UNSET, "ip": UNSET, "place": UNSET},
    **{"account_age": UNSET, "sim_age": UNSET},
    **{"scenario": NONE, "episode": NONE, "ring": NONE},
}
"""Columns with what they hold when nothing is said; `second` counts from the first day's midnight."""


def rows(size: int, **given: NDArray[np.int64] | int) -> Rows:
    """Make rows from the columns that are given; the others get their default.

    Examples
    --------
    >>> made = rows(2, customer=5, second=np.array([10, 20]))
    >>> made["customer"].tolist(), made["device"].tolist()
    ([5, 5], [-2, -2])
    """
    unknown = set(given) - set(COLUMNS)
    if unknown:
        raise KeyError(f"rows have no column {sorted(unknown)}")
    made: Rows = {}
    for name, default in COLUMNS.items():
        column = np.empty(size, np.int64)
        column[:] = given.get(name, default)
        made[name] = column
    return made


def join(parts: Sequence[Rows]) -> Rows:
    """Put rows behind each other.

    Examples
    --------
    >>> len(join([rows(2), rows(3)])["second"])
    5
    """
    if not parts:
        return rows(0)
    return {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}


def select(table: Rows, index: NDArray[np.int64] | NDArray[np.bool_]) -> Rows:
    """Take rows by position or by mask.

    Examples
    --------
    >>> select(rows(2, customer=np.array([4, 6])), np.array([1]))["customer"].tolist()
    [6]
    """
    return {name: column[index] for name, column in table.items()}
