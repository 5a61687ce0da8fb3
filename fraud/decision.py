"""The action that is expected to cost least: pass, step-up, hold or block (放行, 加强验证, 挂起, 阻断).

A probability alone decides nothing: 2 % on a payment of 20 yuan is worth nothing, 2 % on 20,000 yuan is
worth a call. With a table of costs the expected cost of an action is a straight line in the probability p,

    cost(p) = handling + (1 - p) x friction + p x share lost x amount,

and the cheapest action is the lower envelope of four lines. The table must be monotone (a stronger action
disturbs a good customer no less and loses no more of a fraud), so that a higher probability or amount never
weakens the action. It needs calibrated probabilities: given a mere rank it decides nonsense.

Source: Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001; Correa Bahnsen, Aouada and Ottersten,
"Example-Dependent Cost-Sensitive Decision Trees", Expert Systems with Applications 42, 2015 (costs by row;
savings).
"""

import math

import numpy as np
import numpy.typing as npt

from fraud.costs import ACTIONS, ActionCost, CostTable
from fraud.errors import DecisionInputError

__all__ = ["decide", "expected_cost", "realised_cost", "savings", "thresholds"]

Floats = npt.NDArray[np.float64]
Actions = npt.NDArray[np.int8]


def _checked(probability: npt.ArrayLike, amount_fen: npt.ArrayLike) -> tuple[Floats, Floats]:
    chance, amount = np.asarray(probability, dtype=np.float64), np.asarray(amount_fen, dtype=np.float64)
    chance, amount = np.broadcast_arrays(np.atleast_1d(chance), np.atleast_1d(amount))
    wrong = ~((chance >= 0) & (chance <= 1))
    if wrong.any():
        raise DecisionInputError(f"probability must be between 0 and 1; row {wrong.argmax()} has {chance[wrong][0]}.")
    wrong = ~((amount >= 0) & np.isfinite(amount))
    if wrong.any():
        raise DecisionInputError(f"amount_fen must be zero or more; row {wrong.argmax()} has {amount[wrong][0]}.")
    return chance, amount


def _line(entry: ActionCost, chance: Floats, amount: Floats) -> Floats:
    return entry.handling_fen + (1.0 - chance) * entry.friction_fen + chance * (entry.share_lost * amount)


def expected_cost(probability: npt.ArrayLike, amount_fen: npt.ArrayLike, costs: CostTable) -> Floats:
    """Return the expected cost of every action in fen, shape (n, 4), columns in the order of `ACTIONS`.

    Raises
    ------
    DecisionInputError
        If a probability is outside 0 to 1, or an amount is negative or missing.

    Examples
    --------
    >>> table = CostTable(ActionCost(100, 0, 0.5), ActionCost(200, 50, 0.2), ActionCost(400, 50, 0.0))
    >>> expected_cost([0.5], [1_000], table).tolist()
    [[500.0, 300.0, 250.0, 250.0]]
    """
    chance, amount = _checked(probability, amount_fen)
    return np.stack([_line(entry, chance, amount) for entry in costs.actions], axis=1)


def decide(
    probability: npt.ArrayLike,
    amount_fen: npt.ArrayLike,
    costs: CostTable,
    floor: npt.ArrayLike | None = None,
) -> Actions:
    """Return for every row the cheapest action that is at least the floor; of equally cheap ones the weakest.

    Parameters
    ----------
    probability
        Calibrated probability of fraud, shape (n,).
    amount_fen
        Amount of each transaction in fen, shape (n,) or one for all.
    costs
        The table of costs.
    floor
        Least action that the rules demand, 0 to 3, shape (n,) or one for all; None is 0 everywhere.

    Returns
    -------
    numpy.ndarray
        Positions in `ACTIONS`, int8, shape (n,).

    Raises
    ------
    DecisionInputError
        If a probability, an amount or a floor is out of bounds.

    Examples
    --------
    >>> step_up, hold = ActionCost(300, 20, 0.35), ActionCost(2_000, 1_500, 0.1)
    >>> table = CostTable(step_up, hold, block=ActionCost(10_000, 500, 0.02))
    >>> decide([0.001, 0.02, 0.3, 0.9], 100_000, table).tolist()
    [0, 1, 2, 3]
    >>> decide([0.001], 100_000, table, floor=[2]).tolist()
    [2]
    """
    chance, amount = _checked(probability, amount_fen)
    least = np.broadcast_to(np.asarray(0 if floor is None else floor), chance.shape)
    if not np.isin(least, range(len(ACTIONS))).all():
        raise DecisionInputError(f"floor must be an action from 0 (pass) to 3 (block), not {least.max()}.")
    best = np.full(chance.shape, np.inf)
    chosen = np.zeros(chance.shape, dtype=np.int8)
    for action, entry in enumerate(costs.actions):
        cost = _line(entry, chance, amount)
        better = (cost < best) & (action >= least)
        chosen[better] = action
        best[better] = cost[better]
    return chosen


def thresholds(costs: CostTable, amount_fen: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return above which probability step-up or more, hold or more, and block is the cheapest.

    The exact crossings of the lower envelope. They never fall from one action to the next; an action that is
    nowhere the cheapest has the threshold of the next one; an action that is not reached even at certainty
    has one of 1 or more, or infinity.

    Parameters
    ----------
    costs
        The table of costs.
    amount_fen
        Amounts in fen, any shape.

    Returns
    -------
    tuple of numpy.ndarray
        t_step_up, t_hold and t_block, float64, each in the shape of `amount_fen`. The cheapest action is at
        least hold if and only if the probability is above t_hold, and so on.

    Examples
    --------
    >>> step_up, hold = ActionCost(300, 20, 0.35), ActionCost(2_000, 1_500, 0.1)
    >>> table = CostTable(step_up, hold, block=ActionCost(10_000, 500, 0.02))
    >>> [round(float(t), 4) for t in thresholds(table, 100_000)]
    [0.0049, 0.1191, 0.4375]
    """
    _, checked = _checked(0.0, amount_fen)
    amount = checked.reshape(np.shape(amount_fen))
    found = []
    for action in range(1, len(ACTIONS)):
        stronger, weaker = costs.actions[action:], costs.actions[:action]
        reached = [np.max([_crossing(weak, strong, amount) for weak in weaker], axis=0) for strong in stronger]
        found.append(np.min(reached, axis=0))
    return found[0], found[1], found[2]


def _crossing(weak: ActionCost, strong: ActionCost, amount: Floats) -> Floats:
    """Probability above which the strong action costs less than the weak one; infinity if it never does."""
    dearer = strong.handling_fen + strong.friction_fen - weak.handling_fen - weak.friction_fen
    gain = (weak.share_lost - strong.share_lost) * amount + (strong.friction_fen - weak.friction_fen)
    parallel = np.full(gain.shape, -math.inf if dearer < 0 else math.inf)
    crossing: Floats = np.divide(dearer, gain, out=parallel, where=gain > 0)
    return crossing


def realised_cost(
    decision: npt.ArrayLike, label: npt.ArrayLike, amount_fen: npt.ArrayLike, costs: CostTable
) -> npt.NDArray[np.int64]:
    """Return what each decision cost in the end, in whole fen, once it is known what was fraud.

    Parameters
    ----------
    decision
        Positions in `ACTIONS`, shape (n,).
    label
        1 for fraud, 0 else, shape (n,).
    amount_fen
        Amounts in fen, shape (n,).
    costs
        The table of costs.

    Raises
    ------
    DecisionInputError
        If a decision, a label or an amount is out of bounds.

    Examples
    --------
    >>> step_up, hold = ActionCost(300, 20, 0.35), ActionCost(2_000, 1_500, 0.1)
    >>> table = CostTable(step_up, hold, block=ActionCost(10_000, 500, 0.02))
    >>> realised_cost([0, 0, 1, 3], [0, 1, 0, 1], [5_000, 5_000, 5_000, 5_000], table).tolist()
    [0, 5000, 320, 600]
    """
    taken = np.asarray(decision)
    truth, amount = _checked(label, amount_fen)
    if not (np.isin(taken, range(len(ACTIONS))).all() and np.isin(truth, (0.0, 1.0)).all()):
        raise DecisionInputError("decision must be 0 (pass) to 3 (block) and label 0 or 1 in every row.")
    cost = np.select([taken == action for action in range(4)], [_line(e, truth, amount) for e in costs.actions])
    return np.rint(cost).astype(np.int64)


def savings(decision: npt.ArrayLike, label: npt.ArrayLike, amount_fen: npt.ArrayLike, costs: CostTable) -> float:
    """Return the share that the decisions save of the cost of the best policy that treats everybody alike.

    Correa Bahnsen's savings compare with the cheaper of "pass all" and "block all"; with four actions it is
    the cheapest of four. 1 is perfect and free, 0 no better than no model, negative worse than that.

    Raises
    ------
    DecisionInputError
        As `realised_cost`, or if doing the same to everybody costs nothing, so that nothing can be saved.

    Examples
    --------
    >>> step_up, hold = ActionCost(300, 20, 0.35), ActionCost(2_000, 1_500, 0.1)
    >>> table = CostTable(step_up, hold, block=ActionCost(10_000, 500, 0.02))
    >>> round(savings([0, 3], [0, 1], [5_000, 500_000], table), 4)
    0.5
    """
    labels = np.asarray(label)
    alike = min(
        int(realised_cost(np.full(labels.shape, action), labels, amount_fen, costs).sum()) for action in range(4)
    )
    if alike == 0:
        raise DecisionInputError("Passing every payment costs nothing here (no fraud), so nothing can be saved.")
    return 1.0 - int(realised_cost(decision, labels, amount_fen, costs).sum()) / alike
