"""What the tests of guarantees read: a seed, a day, and the planted structures as sets of firms."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from datasets import catalogue

SEED = 7
FIRMS = 3_000
DAY = pd.Timestamp("2020-07-01")
TIES = ("guarantee", "loan", "shareholding", "control", "kinship", "fund_flow", "shared_attribute")
CLOSED = ("mutual_pair", "joint_group", "circle", "shell_ring", "village_triad")


def whole(name: str, n: int, seed: int = SEED) -> pd.DataFrame:
    return pd.concat(catalogue.frames(name, n, seed), ignore_index=True)


def pairs_on(ties: pd.DataFrame, day: pd.Timestamp) -> set[tuple[str, str]]:
    holds = (ties["valid_from"] <= day) & ~(ties["valid_to"] < day)
    return set(zip(ties.loc[holds, "from_id"], ties.loc[holds, "to_id"], strict=True))


def members(truth: pd.DataFrame, kind: str) -> list[list[str]]:
    """The firms of each structure of a kind, in their order."""
    mine = truth[(truth["kind"] == kind) & truth["party_id"].str.startswith("F").fillna(False)]
    return [group["party_id"].tolist() for _, group in mine.groupby("structure_id")]


def components(pairs: set[tuple[str, str]], how: str = "strong") -> list[set[str]]:
    """Components of two or more."""
    ids = pd.Index(sorted({name for pair in pairs for name in pair}))
    tail, head = (ids.get_indexer(list(side)) for side in zip(*sorted(pairs), strict=True))
    matrix = csr_matrix((np.ones(len(tail)), (tail, head)), shape=(len(ids), len(ids)))
    labels = connected_components(matrix, connection=how)[1]
    return [set(group) for _, group in pd.Series(ids).groupby(labels) if len(group) > 1]
