"""Guarantees of a small province as a table, and the order in which rows of two runs are compared."""

import numpy as np
import pandas as pd

NAMES = ["from_id", "to_id", "amount_fen"]
KEYS = ["component", "kind", "structure", "place"]
Ties = list[tuple[int, int, int]]


def table(ties: Ties) -> pd.DataFrame:
    return pd.DataFrame([(f"F{one}", f"F{two}", amount) for one, two, amount in ties], columns=NAMES)


def province(firms: int, ties: int, seed: int, reach: int = 4) -> pd.DataFrame:
    """Guarantees between near firms, so that there are many components, with circles in them."""
    rng = np.random.default_rng(seed)
    tail = rng.integers(0, firms, ties)
    head = (tail + rng.integers(-reach, reach + 1, ties)) % firms
    return table(list(zip(tail.tolist(), head.tolist(), rng.integers(0, 9, ties).tolist(), strict=True)))


def ordered(found: pd.DataFrame) -> pd.DataFrame:
    return found.sort_values(KEYS, ignore_index=True)
