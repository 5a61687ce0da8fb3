"""Guarantees between the province's firms, with planted circles and honest look-alikes.

Data card. One row for each guarantee (担保): guarantor, borrower, amount in fen, share (missing), from when to when,
source, identifier. Firms and people are those of `datasets.firms` and `datasets.people`. Besides the structures of
`datasets.guarantee_structures` there are ordinary guarantees, from large firms more than from small ones, which close
no circle on any day; representatives who guarantee for their own firm; and guarantees for firms of earlier towns (a
later town never changes an earlier one, so the first rows are the same for every n). They run from 2018 to 2023; some
have ended on 2020-07-01, some have not begun. Truth is apart. Real networks also hold gaps and errors: these do not.
"""

from collections.abc import Callable, Iterator

import pandas as pd

from datasets import (
    blacklist,
    defaults,
    fund_flows,
    guarantee_ties,
    guarantee_truth,
    lending,
    ownership,
    parties,
    shared_attributes,
    towns,
)
from datasets.errors import OutOfRangeError
from datasets.ties import frames, numbered, table

__all__ = ["TRUTH", "blocks", "credit_tables", "make", "of_towns"]

TRUTH = ("truth", "default_truth")
"""Those of the credit tables that only a judge may read."""
_TOWNS_AT_ONCE = 50


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n guarantees, some towns at a time; see the data card above.

    Raises
    ------
    OutOfRangeError
        If n or the seed is negative, or n is more than the province holds.

    Examples
    --------
    >>> frame = next(make(3, seed=7))
    >>> frame.shape, frame["edge_id"].tolist()
    ((3, 8), ['G00000000', 'G00000001', 'G00000002'])
    """
    return frames(n, seed, of_towns)


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the guarantees of some towns.

    Examples
    --------
    >>> sorted(set(of_towns(7, range(2, 4))["edge_id"].str[:5]))
    ['G0002', 'G0003']
    """
    return table([row for town in some for row in numbered("G", town, guarantee_ties.ties(seed, town))])


_TABLES: dict[str, Callable[[int, range], pd.DataFrame]] = {
    "parties": parties.of_towns,
    "guarantee": of_towns,
    "loan": lending.of_towns,
    "shareholding": ownership.shareholdings_of_towns,
    "control": ownership.controls_of_towns,
    "kinship": ownership.kinships_of_towns,
    "fund_flow": fund_flows.of_towns,
    "shared_attribute": shared_attributes.of_towns,
    "blacklist": blacklist.of_towns,
    "truth": guarantee_truth.of_towns,
}


def blocks(firms: int, seed: int) -> Iterator[dict[str, pd.DataFrame]]:
    """Return the credit tables some towns at a time, for graphs that are larger than memory; see `credit_tables`.

    Examples
    --------
    >>> [len(block["default_truth"]) for block in blocks(2_100, seed=7)]
    [2000, 120]
    """
    if firms < 0:
        raise OutOfRangeError(f"firms is {firms:,}, but a table has 0 rows or more")
    count, walk = towns.towns_for(firms, towns.FIRMS) if firms else 0, defaults.histories(seed)
    for first in range(0, max(count, 1), _TOWNS_AT_ONCE):
        some = range(first, min(first + _TOWNS_AT_ONCE, count))
        found = {name: of(seed, some) for name, of in _TABLES.items()}
        past = [next(walk) for _ in some]
        yield found | {"defaults": defaults.observed(past), "default_truth": defaults.true_causes(seed, past)}


def credit_tables(firms: int, seed: int) -> dict[str, pd.DataFrame]:
    """Return all tables of the risk graph for the first firms, consistent with each other.

    Parameters
    ----------
    firms
        Number of firms, rounded up to whole towns of forty, since a part of a circle is none; 0 gives empty tables
        besides the banks.
    seed
        Seed of the province; the rows of a small graph are found in every larger one.

    Returns
    -------
    dict
        "parties", "banks", the ties "guarantee", "loan", "shareholding", "control", "kinship", "fund_flow" and
        "shared_attribute", "blacklist", "defaults"; and `TRUTH`, for judging alone.

    Raises
    ------
    OutOfRangeError
        If a number is negative or the province is too small.

    Examples
    --------
    >>> tables = credit_tables(100, seed=7)
    >>> int((tables["parties"]["kind"] == "firm").sum()), tables["guarantee"]["amount_fen"].dtype
    (120, dtype('int64'))
    """
    parts = list(blocks(firms, seed))
    found = {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]}
    return {"banks": next(lending.banks(len(lending.BANKS), seed)), **found}
