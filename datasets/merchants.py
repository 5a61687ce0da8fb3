"""Merchants: whose terminals are, in towns, among online shops, and in the cities that people travel to.

A town's terminals belong to its firms, several to one of them; two online shops make one merchant; a merchant of a
city away has two terminals. Cash machines and counters are the bank's and have no merchant.
"""

import numpy as np
from numpy.typing import NDArray

from datasets import firms, habits, places, towns

__all__ = ["AWAY", "identifiers", "of_terminals"]

AWAY = ("hotel", "restaurant", "grocery", "jewellery", "electronics", "cash", "clothing", "market")
"""Merchant categories of a city away from home, each with two terminals."""

_ONLINE = towns.ONLINE_TERMINALS // 2


def of_terminals(category: NDArray[np.int64], town_count: int) -> NDArray[np.int64]:
    """Return the merchant of each terminal, int64 of the shape of its category; -1 where it is the bank's.

    Codes of merchants: firms, then those of online shops, then those of cities away.

    Examples
    --------
    >>> from datasets.world import build
    >>> world = build(7, 2)
    >>> int(world.terminal_merchant.max()) < len(identifiers(world.labels["customer_id"][world.persons :]))
    True
    """
    town, here = np.divmod(np.arange(town_count * towns.TERMINALS), towns.TERMINALS)
    city, there = np.divmod(np.arange(len(places.PLACES) * towns.AWAY_TERMINALS), towns.AWAY_TERMINALS)
    firm_count = town_count * towns.FIRMS
    merchants = [
        town * towns.FIRMS + here % (towns.FIRMS - firms.SHELLS),
        firm_count + np.arange(towns.ONLINE_TERMINALS) // 2,
        firm_count + _ONLINE + city * len(AWAY) + there % len(AWAY),
    ]
    is_bank = np.isin(category, [habits.CATEGORIES.index(name) for name in ("cash", "branch")])
    return np.where(is_bank, -1, np.concatenate(merchants))


def identifiers(companies: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the identifier of each merchant, given those of the firms: text, in the order of the codes.

    Examples
    --------
    >>> identifiers(np.array(["F00000000"], object))[[0, 1, 101]].tolist()
    ['F00000000', 'M99990000', 'M80000000']
    """
    online = [f"M9999{number:04d}" for number in range(_ONLINE)]
    away = [f"M8{place:03d}{number:04d}" for place in range(len(places.PLACES)) for number in range(len(AWAY))]
    return np.array([*companies, *online, *away], object)
