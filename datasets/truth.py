"""The truth about a stream: which payments are fraud, of which typology, by which ring.

Data card. One row for each payment that belongs to an episode, fraud or look-alike: transaction_id, is_fraud,
typology (name of the scenario), episode_id, ring_id (of frauds). Payments that are not listed are ordinary. It is made
from the same n and seed as `datasets.transactions`, and is for training labels and for judging; never for features.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from datasets.plan import BASE_RATE
from datasets.scenarios import SCENARIOS
from datasets.transactions import Slice, stream
from datasets.world import DAYS

__all__ = ["COLUMNS", "labels_of", "make", "truth_of"]

COLUMNS: tuple[str, ...] = ("transaction_id", "is_fraud", "typology", "episode_id", "ring_id")

_IS_FRAUD = np.array([scenario.is_fraud for scenario in SCENARIOS])
_NAMES = pd.CategoricalDtype([scenario.name for scenario in SCENARIOS])


def truth_of(part: Slice) -> pd.DataFrame:
    """Return the truth about the rows of one slice; see the data card above.

    Examples
    --------
    >>> listed = truth_of(next(stream(10_000, seed=7)))
    >>> int(listed["is_fraud"].sum()), len(listed) > 100
    (20, True)
    """
    listed = np.flatnonzero(part.rows["scenario"] >= 0)
    scenario = part.rows["scenario"][listed]
    rings = pd.CategoricalDtype([f"R{town:04d}" for town in range(part.world.towns)])
    return pd.DataFrame(
        {
            "transaction_id": part.first + listed,
            "is_fraud": _IS_FRAUD[scenario].astype(np.int8),
            "typology": pd.Categorical.from_codes(scenario, dtype=_NAMES),
            "episode_id": part.rows["episode"][listed],
            "ring_id": pd.Categorical.from_codes(part.rows["ring"][listed], dtype=rings),
        }
    )


def labels_of(part: Slice) -> NDArray[np.int8]:
    """Return 1 for each row of a slice that is fraud and 0 for every other, int8 of shape (rows,).

    Examples
    --------
    >>> int(labels_of(next(stream(10_000, seed=7))).sum())
    20
    """
    scenario = part.rows["scenario"]
    return np.where(scenario >= 0, _IS_FRAUD[scenario], False).astype(np.int8)


def make(
    n: int, seed: int, base_rate: float = BASE_RATE, days: int = DAYS, people: int | None = None
) -> Iterator[pd.DataFrame]:
    """Make the truth about the n payments that `datasets.transactions.make` gives for the same arguments.

    Examples
    --------
    >>> frames = list(make(10_000, seed=7))
    >>> sum(int(frame["is_fraud"].sum()) for frame in frames)
    20
    """
    for part in stream(n, seed, base_rate, days, people):
        yield truth_of(part)
