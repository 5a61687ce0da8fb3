"""Listed parties: who stands on a blacklist, why, and since when.

Data card. One row for each listed party (黑名单): party_id, reason, listed_on. Firms that pay late are listed more
often, and so are representatives of shells, but most listed parties are neither. Some are listed only after 2020-07-01.
In some towns a relative of a clean firm's representative is listed (`datasets.guarantee_truth`: blacklist_proxy);
whoever only sits in the same tower as a listed firm is not near it.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from datasets import balance_sheets, firms, ownership, towns
from datasets.seeds import generator
from datasets.ties import days, firm_id, frames, person_id

__all__ = ["REASONS", "listed", "make", "of_towns", "proxies"]

REASONS = ("失信被执行人", "重大税收违法", "逾期贷款", "经营异常名录")
"""Judgement debtor who does not pay, serious tax offence, overdue loan, abnormal operation."""


@lru_cache(maxsize=128)
def proxies(seed: int, town: int) -> tuple[tuple[str, str, str], ...]:
    """Return listed relative, representative and client, where a clean client is two steps from a listed person.

    Examples
    --------
    >>> all(len(one) == 3 and one[2].startswith("F") for town in range(9) for one in proxies(7, town))
    True
    """
    rng = generator(seed, "blacklist", "proxies", town)
    related = {frozenset((tie.from_id, tie.to_id)) for tie in ownership.ties(seed, town)["kinship"]}
    controls = {tie.to_id: tie.from_id for tie in ownership.ties(seed, town)["control"]}
    found = []
    for firm in range(towns.FIRMS - firms.SHELLS):
        client = firm_id(town, firm)
        who = controls.get(client, "")
        if rng.integers(0, 100) < 5 and who.startswith("P"):
            relative = person_id(town, ownership.spouse_of(int(who[5:])))
            if frozenset((who, relative)) in related:
                found.append((relative, who, client))
    return tuple(found)


@lru_cache(maxsize=128)
def listed(seed: int, town: int) -> tuple[tuple[str, str, int], ...]:
    """Return party, reason and day of each listed party of one town.

    Examples
    --------
    >>> parties = [party for party, _, _ in listed(7, 0)]
    >>> len(parties) == len(set(parties))
    True
    """
    rng = generator(seed, "blacklist", town)
    drawn = firms.draw(seed, towns.MAX_TOWNS).representative
    representative = [int(code) % towns.PEOPLE for code in drawn[town * towns.FIRMS : (town + 1) * towns.FIRMS]]
    near = {name for proxy in proxies(seed, town) for name in proxy[1:]}
    overdue = balance_sheets.sheet(seed, town).overdue_days
    found = {relative: _reason(rng) for relative, _, _ in proxies(seed, town)}
    for firm in range(towns.FIRMS):
        chance = 8 + 60 * (overdue[firm] > 60)
        if rng.integers(0, 1000) < chance and firm_id(town, firm) not in near:
            found.setdefault(firm_id(town, firm), _reason(rng, late=True))
        person = person_id(town, representative[firm])
        chance = 150 if firm >= towns.FIRMS - firms.SHELLS else 5
        if rng.integers(0, 1000) < chance and person not in near:
            found.setdefault(person, _reason(rng, late=True))
    return tuple((party, *found[party]) for party in sorted(found))


def _reason(rng: np.random.Generator, late: bool = False) -> tuple[str, int]:
    return REASONS[int(rng.integers(0, len(REASONS)))], int(rng.integers(-1_500, 150 if late else -10))


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n listed parties, some towns at a time; see the data card above.

    Examples
    --------
    >>> list(next(make(5, seed=7)).columns)
    ['party_id', 'reason', 'listed_on']
    """
    return frames(n, seed, of_towns)


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the listed parties of some towns.

    Examples
    --------
    >>> len(of_towns(7, range(1, 3))) > 0
    True
    """
    rows = [row for town in some for row in listed(seed, town)]
    return pd.DataFrame(
        {
            "party_id": pd.Series([row[0] for row in rows], dtype="str"),
            "reason": pd.Series([row[1] for row in rows], dtype="str"),
            "listed_on": days([row[2] for row in rows]),
        }
    )
