"""Expected calls on guarantees: what a guarantor will probably have to pay, against what it can pay.

A borrower that has defaulted is called for with certainty at first, and less and less as time goes by without a call;
one that has not is called for with its chance of default. Two readings:

- direct: the chances are those of the firms alone;
- cascade: a firm also fails when it is called, by the share of its buffer that is called. The chances are the least
  fixed point of p = own + (1 - own) min(1, (A p + pending) / buffer).

The fixed point is a score and not a probability: calls are spread over all scenarios, while a firm falls in those where
they come together (`credit_graph.simulation` draws these). Where the amounts of a circle exceed the buffers, repeating
the sum takes thousands of rounds and a loose stop is wrong by half, so the cap is guessed and the rest solved: at first
everybody is thought certain to fall, whoever is called for less is let go, and the linear system of those let go is
solved. That only ever lets more go, and ends within some ten systems (Howard's policy iteration). Firms that no cause
reaches have the chance 0; among the others the fixed point is the only one, so that coming from above finds the least.

References
----------
Howard (1960), "Dynamic Programming and Markov Processes"; uniqueness as in Eisenberg and Noe (2001), theorem 2.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from credit_graph.errors import PredictionInputError
from credit_graph.leontief import leontief_solve
from credit_graph.matrices import reached
from credit_graph.prediction.neighbours import Floats, Rows

__all__ = ["TOLERANCE", "FixedPoint", "cascade_chances", "decayed", "over_buffer"]

TOLERANCE = 1e-9
"""One more round would change no chance by more."""


@dataclass(frozen=True, eq=False)
class FixedPoint:
    """Chances of default with calls, shape (n,); how many systems were solved; whether it holds to `TOLERANCE`."""

    chance: Floats
    rounds: int
    converged: bool


def decayed(days_ago: npt.ArrayLike, half_life_days: float) -> Floats:
    """Return the weight of what happened so many days ago: 1 today, a half after the half-life, 0 if still to come.

    Examples
    --------
    >>> decayed([0, 60, -1], half_life_days=60).tolist()
    [1.0, 0.5, 0.0]
    """
    ago = np.asarray(days_ago, np.float64)
    if not half_life_days > 0 or not np.isfinite(half_life_days):
        raise PredictionInputError(f"half_life_days is {half_life_days}; give a number of days above 0")
    return np.where(ago >= 0, np.exp2(-np.maximum(ago, 0.0) / half_life_days), 0.0)


def over_buffer(amount: Floats, buffer: Floats) -> Floats:
    """Return amounts as parts of a buffer; a buffer below one fen counts as one fen, an unknown one gives NaN.

    Nothing over anything is nothing, also over an unknown buffer.

    Examples
    --------
    >>> over_buffer(np.array([50.0, 50.0, 0.0, 7.0]), np.array([100.0, -3.0, np.nan, np.nan])).tolist()
    [0.5, 50.0, 0.0, nan]
    """
    return np.where(amount == 0, 0.0, amount / np.maximum(buffer, 1.0))


def cascade_chances(ties: Rows, own: Floats, buffer: Floats, pending: Floats) -> FixedPoint:
    """Return the chances of default with calls, the least fixed point; see above.

    Parameters
    ----------
    ties
        Guarantor x borrower amounts in fen, shape (n, n), borrowers that have not defaulted.
    own
        Chance of default of each firm alone, between 0 and 1, shape (n,).
    buffer
        What each firm can pay in fen, shape (n,); a party whose buffer is unknown does not fall by calls.
    pending
        Calls in fen from borrowers that have defaulted, shape (n,).

    Raises
    ------
    PredictionInputError
        If a chance is missing or outside 0 to 1.

    Examples
    --------
    Firm 0 stands with half of its buffer for firm 1, which stands for firm 2:

    >>> from scipy import sparse
    >>> ties = sparse.csr_array(np.array([[0, 5.0, 0], [0, 0, 10.0], [0, 0, 0]]))
    >>> found = cascade_chances(ties, np.array([0, 0, 0.2]), np.full(3, 10.0), np.zeros(3))
    >>> found.chance.tolist(), found.converged
    ([0.1, 0.2, 0.2], True)
    """
    if own.size and not ((own >= 0) & (own <= 1)).all():
        wrong = int(np.flatnonzero(~((own >= 0) & (own <= 1)))[0])
        raise PredictionInputError(f"the chance of firm {wrong} is {own[wrong]}; give a number between 0 and 1")
    bearable = np.where(np.isnan(buffer), 0.0, (1 - own) / np.maximum(np.nan_to_num(buffer, nan=1.0), 1.0))
    gain = sparse.csr_array(ties.multiply(bearable[:, None]))
    gain.eliminate_zeros()
    constant = own + bearable * pending
    chance = reached(gain, constant > 0).astype(np.float64)
    free, rounds = np.zeros(len(own), np.bool_), 0
    while True:
        let_go = free | ((chance > 0) & (constant + gain @ chance < 1))
        if (let_go == free).all():
            break
        free, rounds = let_go, rounds + 1
        rows = gain[free]
        from_certain = constant[free] + rows @ np.where(free, 0.0, chance)
        chance[free] = np.clip(
            leontief_solve(sparse.csr_array(rows[:, free]), from_certain, chance[free]), own[free], 1.0
        )
    left = np.abs(np.minimum(constant + gain @ chance, 1.0) - chance).max(initial=0.0)
    return FixedPoint(chance, rounds, bool(left <= TOLERANCE))
