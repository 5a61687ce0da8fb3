"""Which guarantees to release first (解链次序): a ranking of ties for each strategy.

The strategies are those of `credit_graph.breaking`, where they are compared. Equal scores go by the larger call, then
by the order of the layer. Attribution is learned from the scenarios that it is given; it ranks the others no better
than chance where those scenarios had no contagion.
"""

import numpy as np
import numpy.typing as npt

from credit_graph.errors import ReleaseInputError
from credit_graph.graph import Layer
from credit_graph.kernels.feedback import feedback_arcs
from credit_graph.simulation.amounts import checked_firms, checked_ties
from credit_graph.simulation.blame import attribute_blame
from credit_graph.simulation.scenarios import Scenarios

__all__ = ["STRATEGIES", "circle_ties", "rank_ties"]

STRATEGIES = ("attribution", "attribution per amount", "circles", "amount to buffer", "largest amount", "random")
"""What ties can be ranked by."""

Floats = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def rank_ties(
    guarantees: Layer,
    buffer_fen: npt.ArrayLike,
    strategy: str,
    *,
    scenarios: Scenarios | None = None,
    rng: np.random.Generator | None = None,
    call_fen: npt.ArrayLike | None = None,
    threads: int | None = None,
) -> Int64:
    """Return all ties, the one to release first at the front, int64 of shape (m,).

    Parameters
    ----------
    guarantees
        The layer of guarantees; ties are counted in its order.
    buffer_fen
        What each firm can pay on calls, shape (n,).
    strategy
        One of `STRATEGIES`; "circles" puts the ties of `circle_ties` first, larger ones before smaller ones.
    scenarios
        For the attributions: who defaults of its own. Some hundreds are enough.
    rng
        For "random".
    call_fen
        For how much each tie is called, shape (m,); None means its amount.
    threads
        Any number gives the same result.

    Raises
    ------
    ReleaseInputError
        If the strategy is not known, or lacks the scenarios or the generator that it needs.
    SimulationInputError
        If an array does not fit, or an amount is missing or negative.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> guarantees = layer("guarantee", [0, 1, 2], [1, 2, 0], n=3, amount_fen=[500, 700, 600])
    >>> rank_ties(guarantees, [900, 900, 100], "amount to buffer").tolist()
    [2, 1, 0]
    """
    call = checked_ties("call_fen", guarantees, call_fen)
    buffer = checked_firms("buffer_fen", buffer_fen, guarantees.into.n, may_be_infinite=True)
    if strategy == "random":
        if rng is None:
            raise ReleaseInputError("the strategy 'random' needs a generator: give rng")
        return rng.permutation(guarantees.m).astype(np.int64)
    if strategy in ("attribution", "attribution per amount"):
        if scenarios is None:
            raise ReleaseInputError(f"the strategy {strategy!r} needs scenarios to learn from: give scenarios")
        blame = attribute_blame(guarantees, buffer, scenarios, call_fen=call, threads=threads).tie_defaults
        return _descending(blame if strategy == "attribution" else _ratio(blame, call), call)
    if strategy == "circles":
        return _descending(circle_ties(guarantees).astype(np.float64), call)
    if strategy == "amount to buffer":
        return _descending(_ratio(call, buffer[guarantees.tail]), call)
    if strategy == "largest amount":
        return _descending(call, call)
    raise ReleaseInputError(f"there is no strategy {strategy!r}; give one of {', '.join(STRATEGIES)}")


def _descending(score: Floats, call: Floats) -> Int64:
    # equal scores: the larger call first, then the order of the layer
    return np.lexsort((-call, -score)).astype(np.int64)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.where(above > 0, np.inf, 0.0), where=below > 0)


def circle_ties(guarantees: Layer) -> Mask:
    """Return few ties without which no circle is left, bool of shape (m,).

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> circle_ties(layer("guarantee", [0, 1, 2], [1, 2, 0], n=4)).sum().item()
    1
    """
    down, mask = guarantees.out, np.zeros(guarantees.m, np.bool_)
    mask[down.edge[feedback_arcs(down.start, down.to)]] = True
    return mask
