"""What the fall of one firm does, told round by round and checked against the definition.

The cascade is the least fixed point: a firm falls if what it is called for by those that fell exceeds what it can pay,
and nobody falls without a cause that leads back to the start. A firm whose fall calls nobody for more than he can pay
pulls down nobody; the others are tried one by one.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from credit_graph.frontier import Cascade, spread
from credit_graph.matrices import firms, layer_matrix
from credit_graph.reference.contagion import guarantee_by_rounds
from engines.risk_graph.calls import Calls

__all__ = ["Falls", "agrees_with_definition", "fall", "falls", "is_least_fixed_point"]

_EQUAL = 1e-12


@dataclass(frozen=True, eq=False)
class Falls:
    """What the fall of each firm alone pulls down.

    Parameters
    ----------
    calls
        The calls of the day.
    pulled_down
        How many other firms, int64 of shape (n,).
    debt_fen
        What these owe, float64 of shape (n,).
    """

    calls: Calls
    pulled_down: npt.NDArray[np.int64]
    debt_fen: npt.NDArray[np.float64]

    @cached_property
    def order(self) -> npt.NDArray[np.int64]:
        """Firms, those first that pull down most; of equals those whose victims owe most."""
        return np.lexsort((np.arange(len(self.pulled_down)), -self.debt_fen, -self.pulled_down))


def fall(calls: Calls, seeds: npt.ArrayLike) -> Cascade:
    """Return the cascade that some firms start by falling, numbered as in `calls`."""
    return spread(calls.matrix, calls.buffer_fen, firms(seeds, calls.n, "seeds"), falls_when_equal=False)


def falls(calls: Calls) -> Falls:
    """Let each firm fall alone.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> from engines.risk_graph.calls import calls_of
    >>> graph = small_graph(guarantee=[("F1", "F2", 500), ("F2", "F3", 900)], loan=[("B1", "F2", 9), ("B1", "F3", 9)])
    >>> falls(calls_of(graph, [False] * graph.n)).pulled_down.tolist()
    [0, 1, 2]
    """
    ties = calls.matrix.tocoo()
    # one firm alone pulls down another only by a call that this one cannot pay
    harmful = np.unique(ties.col[ties.data > calls.buffer_fen[ties.row] * (1 + _EQUAL)])
    count, debt = np.zeros(calls.n, np.int64), np.zeros(calls.n)
    for firm in harmful:
        victims = fall(calls, [int(firm)]).contagion
        count[firm], debt[firm] = victims.sum(), calls.debt_fen[victims].sum()
    return Falls(calls, count, debt)


def is_least_fixed_point(calls: Calls, result: Cascade) -> tuple[bool, str]:
    """Return whether the survivors can pay all calls and the fallen could not pay those of earlier rounds, and a word.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> from engines.risk_graph.calls import calls_of
    >>> graph = small_graph(guarantee=[("F1", "F2", 500)], loan=[("B1", "F2", 9)])
    >>> made = calls_of(graph, [False] * graph.n)
    >>> is_least_fixed_point(made, fall(made, [1]))
    (True, '1 of 1 pulled down had calls above their buffer before, 0 of 0 survivors that were called can pay')
    """
    limit = calls.buffer_fen * (1 + _EQUAL)
    called = calls.matrix @ result.failed.astype(np.float64)
    survivors = np.flatnonzero(~result.failed & (called > 0))
    sound = int((called[survivors] <= limit[survivors]).sum())
    victims = np.flatnonzero(result.contagion)
    due = 0
    for firm in victims:
        before = (result.round >= 0) & (result.round < result.round[firm])
        due += int((calls.matrix[[firm]] @ before.astype(np.float64))[0] > limit[firm])
    told = (
        f"{due} of {len(victims)} pulled down had calls above their buffer before, "
        f"{sound} of {len(survivors)} survivors that were called can pay"
    )
    return due == len(victims) and sound == len(survivors), told


def agrees_with_definition(calls: Calls, seed: int) -> tuple[bool, int]:
    """Return whether the readable twin lets the same firms fall in the same rounds, and on how many parties it ran.

    The twin reads the graph's own guarantees and debts, persons among them, not the calls; it runs on those who can be
    reached in one round more than the cascade took.
    """
    graph, result = calls.graph, fall(calls, [seed])
    matrix = layer_matrix(graph.layers["guarantee"], graph.n)
    is_firm, alive = (graph.parties["kind"] == "firm").to_numpy(np.bool_), np.zeros(graph.n, np.bool_)
    alive[calls.codes] = True
    alive |= ~is_firm
    near = np.zeros(graph.n, np.bool_)
    near[calls.codes[seed]] = True
    for _ in range(result.rounds + 1):
        near |= (np.asarray(matrix @ near.astype(np.float64)) > 0) & alive
    some = np.flatnonzero(near)
    debt, buffer = np.zeros(graph.n), np.full(graph.n, np.inf)
    debt[calls.codes], buffer[calls.codes] = calls.debt_fen, calls.buffer_fen
    rows = matrix[some][:, some].toarray().tolist()
    start = {int(np.searchsorted(some, calls.codes[seed]))}
    when = np.array(guarantee_by_rounds(rows, debt[some].tolist(), buffer[some].tolist(), start))
    ours = np.full(graph.n, -1)
    ours[calls.codes] = result.round
    outside = int((ours >= 0).sum()) - int((ours[some] >= 0).sum())
    return bool((when == ours[some]).all()) and not outside, len(some)
