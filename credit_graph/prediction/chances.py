"""Chances of default, and the part of them that is contagion (风险传导占比).

How much is contagion is said by a counterfactual: the same firm on the same day, had nobody ever stood for anybody
("no exposure": no partners, no circle, no calls; its own features stay). The share is what the chance loses by that,
between 0 and 1. It is the model's account of its own prediction and not an experiment: firms that guarantee differ in
other ways too, and what comes with the company that a firm keeps counts as contagion.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.errors import PredictionInputError

__all__ = ["Prediction", "contagion_share"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prediction:
    """Chances of default within the horizon, float64 of shape (n,) each.

    Parameters
    ----------
    chance
        Of the firm with its network.
    own_chance
        Of the firm alone, by the model that knows nothing else: the first baseline.
    cascade_chance
        The least fixed point of expected calls, see `credit_graph.prediction.expected_calls`: a score, the second
        baseline.
    unexposed_chance
        Of the firm by the whole model, had nobody ever stood for anybody.
    """

    chance: Floats
    own_chance: Floats
    cascade_chance: Floats
    unexposed_chance: Floats

    @property
    def contagion_share(self) -> Floats:
        """Part of the chance that is contagion, see `contagion_share`."""
        return contagion_share(self.chance, self.unexposed_chance)


def contagion_share(chance: npt.ArrayLike, unexposed_chance: npt.ArrayLike) -> Floats:
    """Return the part of a chance that is gone without guarantees, between 0 and 1.

    Where a firm would be worse off without (its partners are sounder than those of others), nothing of its chance is
    contagion.

    Parameters
    ----------
    chance, unexposed_chance
        Between 0 and 1, shape (n,).

    Raises
    ------
    PredictionInputError
        If a number is outside 0 to 1, or there are more of one than of the other.

    Examples
    --------
    >>> contagion_share([0.08, 0.02, 0.0], [0.02, 0.03, 0.0]).tolist()
    [0.75, 0.0, 0.0]
    """
    whole, without = np.asarray(chance, np.float64), np.asarray(unexposed_chance, np.float64)
    if whole.shape != without.shape or not all(((one >= 0) & (one <= 1)).all() for one in (whole, without)):
        raise PredictionInputError(
            "chance and unexposed_chance must hold as many numbers between 0 and 1 as each other"
        )
    gone = np.maximum(whole - without, 0.0)
    return np.divide(gone, whole, out=np.zeros_like(gone), where=whole > 0)
