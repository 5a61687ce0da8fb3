"""Ties between parties: how one is written down, and how many become a table.

A tie points the way that the risk is carried on paper: guarantor to borrower, lender to borrower, holder to company,
controller to controlled, payer to payee. It holds from the beginning of `valid_from` to the end of `valid_to`; without
an end it holds until further notice. Days count from the first day of the streams, 2020-07-01.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets import towns
from datasets.errors import OutOfRangeError
from datasets.seeds import generator
from datasets.world import FIRST_DAY

__all__ = ["NO_END", "Tie", "days", "firm_id", "frames", "numbered", "person_id", "shuffled", "table"]

NO_END = 10**6
"""The day of a tie that has no end."""
_TOWNS_AT_ONCE = 64


class Tie(NamedTuple):
    """One tie; `share` in basis points or -1; what comes after `source` is truth or only for one kind of tie."""

    from_id: str
    to_id: str
    amount_fen: int
    share: int
    begins: int
    ends: int
    source: str
    structure_id: str = ""
    role: str = ""
    attribute: str = ""


def firm_id(town: int, number: int) -> str:
    """Return the identifier of a firm by its number in the town.

    Examples
    --------
    >>> firm_id(3, 12), person_id(3, 499)
    ('F00030012', 'P00030499')
    """
    return f"F{town:04d}{number:04d}"


def person_id(town: int, number: int) -> str:
    """Return the identifier of a person by the number in the town.

    Examples
    --------
    >>> person_id(3, 7)
    'P00030007'
    """
    return f"P{town:04d}{number:04d}"


def days(values: list[int]) -> NDArray[np.datetime64]:
    """Return days that count from the first day as dates, `NO_END` as missing; datetime64[s].

    Examples
    --------
    >>> days([0, -366, NO_END]).astype("datetime64[D]").tolist()
    [datetime.date(2020, 7, 1), datetime.date(2019, 7, 1), None]
    """
    number = np.array(values, np.int64)
    dates = np.datetime64(FIRST_DAY, "D") + number.astype("timedelta64[D]")
    return np.where(number == NO_END, np.datetime64("NaT", "D"), dates).astype("datetime64[s]")


def shuffled(seed: int, kind: str, town: int, ties: list[Tie]) -> list[Tie]:
    """Return the ties of one town in an order that tells nothing of why they are there.

    Examples
    --------
    >>> one, other = (Tie("F00000000", name, 1, -1, 0, 1, "contract") for name in ("F00000001", "F00000002"))
    >>> sorted(shuffled(7, "guarantee", 0, [one, other])) == [one, other]
    True
    """
    order = generator(seed, "order of ties", kind, town).permutation(len(ties))
    return [ties[place] for place in order]


def numbered(letter: str, town: int, ties: Sequence[Tie]) -> Iterator[tuple[str, Tie]]:
    """Give each tie of a town its identifier.

    Examples
    --------
    >>> [name for name, _ in numbered("G", 2, [Tie("F00020000", "F00020001", 1, -1, 0, 1, "contract")])]
    ['G00020000']
    """
    for place, tie in enumerate(ties):
        yield f"{letter}{town:04d}{place:04d}", tie


def table(rows: list[tuple[str, Tie]], with_attribute: bool = False) -> pd.DataFrame:
    """Return numbered ties as a frame, without the truth.

    Examples
    --------
    >>> frame = table([("S00000000", Tie("F00000000", "F00000001", 0, 5100, -9, NO_END, "registry"))])
    >>> list(frame.columns)
    ['from_id', 'to_id', 'amount_fen', 'share', 'valid_from', 'valid_to', 'source', 'edge_id']
    >>> float(frame.at[0, "share"]), bool(frame["valid_to"].isna().all())
    (0.51, True)
    """
    ties = [tie for _, tie in rows]
    share = np.array([tie.share for tie in ties], np.float64)
    columns = {
        "from_id": pd.Series([tie.from_id for tie in ties], dtype="str"),
        "to_id": pd.Series([tie.to_id for tie in ties], dtype="str"),
        "amount_fen": np.array([tie.amount_fen for tie in ties], np.int64),
        "share": np.where(share < 0, np.nan, share / 10_000),
        "valid_from": days([tie.begins for tie in ties]),
        "valid_to": days([tie.ends for tie in ties]),
        "source": pd.Series([tie.source for tie in ties], dtype="str"),
        "edge_id": pd.Series([name for name, _ in rows], dtype="str"),
    }
    if with_attribute:
        columns["attribute"] = pd.Series([tie.attribute for tie in ties], dtype="str")
    return pd.DataFrame(columns)


def frames(n: int, seed: int, rows_of: Callable[[int, range], pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Return the first n rows of a table that is made some towns at a time.

    Parameters
    ----------
    n
        Number of rows, 0 or more.
    seed
        Seed of the province.
    rows_of
        Makes the rows of some towns, from the seed and the towns' numbers.

    Raises
    ------
    OutOfRangeError
        If n or the seed is negative; at the end of the province, if it has fewer rows than n.

    Examples
    --------
    >>> [len(part) for part in frames(3, 7, lambda seed, some: pd.DataFrame({"town": list(some)}))]
    [3]
    """
    if n < 0:
        raise OutOfRangeError(f"n is {n:,}, but a table has 0 rows or more")
    generator(seed, "refuses a seed that is negative")
    return _frames(n, seed, rows_of)


def _frames(n: int, seed: int, rows_of: Callable[[int, range], pd.DataFrame]) -> Iterator[pd.DataFrame]:
    # the first towns come alone, because a short table is asked for most often
    made, first, step = 0, 0, 4
    while first < towns.MAX_TOWNS and (made < n or first == 0):
        frame = rows_of(seed, range(first, min(first + step, towns.MAX_TOWNS))).head(n - made)
        first, step, made = first + step, min(4 * step, _TOWNS_AT_ONCE), made + len(frame)
        if len(frame) or first <= 4:
            yield frame
    if made < n:
        raise OutOfRangeError(f"n is {n:,}, but the province holds only {made:,} of these")
