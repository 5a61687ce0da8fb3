"""The truth about the gangs: who belongs to the ring of each town, and as what.

Data card. One row for each member of a ring: ring_id, member_id, role (mule 资金骡子, shell firm 空壳公司,
representative 法定代表人 of the shells). The same ring commits the frauds whose `ring_id` the truth of a stream names.
Never for features.
"""

import numpy as np
import pandas as pd

from datasets import firms, towns
from datasets.world import build

__all__ = ["make"]

_MEMBERS = 24 + firms.SHELLS + 1


def make(n: int, seed: int) -> pd.DataFrame:
    """Return the first n members of rings, ring by ring.

    Examples
    --------
    >>> make(28, seed=7)["role"].value_counts().to_dict()
    {'mule': 24, 'shell firm': 3, 'representative': 1}
    """
    world = build(seed, towns.towns_for(n, _MEMBERS))
    label, rows = world.labels["customer_id"], []
    for town in range(world.towns):
        shells = town * towns.FIRMS + np.arange(towns.FIRMS - firms.SHELLS, towns.FIRMS)
        ring = f"R{town:04d}"
        rows += [(ring, label[mule], "mule") for mule in world.mules[town]]
        rows += [(ring, label[world.persons + shell], "shell firm") for shell in shells]
        rows.append((ring, label[world.firms.representative[shells[0]]], "representative"))
    return pd.DataFrame(rows, columns=["ring_id", "member_id", "role"]).head(n)
