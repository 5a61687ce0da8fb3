"""The network's say: where the other models are alarmed already, their log-odds and its own are weighed anew.

A threshold picks the top of the first score, one payment in a hundred by default. Above it, a logistic regression with
weights of zero or more joins both log-odds; below it nothing changes. So the network is asked about few payments, and
one that has learnt nothing gets the weight zero and does no harm. The regression is learnt on later rows which neither
has seen.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from fraud.errors import SequenceInputError
from fraud.scorers.logistic import nonnegative_logistic

__all__ = ["Rescored"]

Floats = npt.NDArray[np.float64]

_FEWEST_FRAUDS = 10
_STRENGTH = 1.0


@dataclass(frozen=True)
class Rescored:
    """How the top is scored again.

    Parameters
    ----------
    threshold
        Log-odds of the first score from which on the network is asked.
    first, second, intercept
        Log-odds = intercept + first x log-odds of the first score + second x the network's.

    Examples
    --------
    >>> top = Rescored(threshold=0.0, first=0.5, second=0.5, intercept=0.0)
    >>> top.wanted(np.array([-1.0, 2.0])).tolist(), top.joined(np.array([-1.0, 2.0]), np.array([4.0])).tolist()
    ([False, True], [-1.0, 3.0])
    """

    threshold: float
    first: float
    second: float
    intercept: float

    @classmethod
    def learn(
        cls,
        odds: Floats,
        network_odds: Floats,
        label: npt.NDArray[np.int64],
        threshold: float,
        weight: Floats | None = None,
    ) -> Self:
        """Learn from later rows of the top.

        Parameters
        ----------
        odds, network_odds
            Log-odds of both for the rows above the threshold, shape (n,).
        label
            1 for fraud, 0 else, shape (n,).
        threshold
            Where the top begins, see `top_of`.
        weight
            How many payments each row stands for, shape (n,).

        Returns
        -------
        Rescored
            With fewer than ten frauds, or none but frauds, the one that changes nothing.
        """
        if odds.shape != network_odds.shape or odds.shape != label.shape:
            raise SequenceInputError(f"{odds.size} scores, {network_odds.size} of the network and {label.size} labels.")
        frauds = int(label.sum())
        if frauds < _FEWEST_FRAUDS or frauds == label.size:
            return cls(threshold, 1.0, 0.0, 0.0)
        # The first score is calibrated: what is learnt is how far to move from it.
        total = np.ones(label.size) if weight is None else weight
        (first, second), intercept = nonnegative_logistic(
            np.column_stack([odds, network_odds]), label, total, _STRENGTH
        )
        if first == 0.0:
            return cls(threshold, 1.0, 0.0, 0.0)
        return cls(threshold, float(first), float(second), intercept)

    @staticmethod
    def top_of(odds: Floats, share: float = 0.01) -> float:
        """Return the log-odds above which this share of the rows lies."""
        return float(np.quantile(odds, 1.0 - share))

    def wanted(self, odds: Floats) -> npt.NDArray[np.bool_]:
        """Return the rows about which the network is asked, shape (n,)."""
        return odds > self.threshold

    def joined(self, odds: Floats, network_odds: Floats) -> Floats:
        """Return the log-odds of all rows; `network_odds` are those of the wanted ones, in their order.

        Nothing of the top falls below the threshold, so that the rest keeps its place behind it.
        """
        made = odds.copy()
        top = self.wanted(odds)
        again = self.intercept + self.first * odds[top] + self.second * network_odds
        made[top] = np.maximum(again, self.threshold)
        return made
