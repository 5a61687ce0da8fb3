"""Which guarantees carry contagion: simulated cascades walked backwards.

Every contagion default is blamed on the calls that came before it fell, in proportion to their amounts; a caller that
itself was felled hands its blame on to those that called it, down to the firms that defaulted of their own. A tie's
blame is what passed over it: the contagion defaults that may not have happened without it. A firm's blame is what is
left with it; over the firms it sums to the contagion defaults.

Blame is no counterfactual: two calls each of which was enough share the blame, yet releasing one saves nobody.
`credit_graph.breaking` therefore simulates again after the cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.graph import Layer
from credit_graph.simulation.amounts import mechanism
from credit_graph.simulation.batches import fixed_point, run_batches
from credit_graph.simulation.falling import Calls, Room, backwards, cascade, put_back, room
from credit_graph.simulation.scenarios import Scenarios, Source, draw

__all__ = ["BlameReport", "attribute_blame"]

Int64 = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BlameReport:
    """Sums over all scenarios.

    Parameters
    ----------
    tie_defaults, tie_loss_fen
        Contagion defaults and their losses that passed over each tie, shape (m,).
    firm_defaults, firm_loss_fen
        Contagion defaults and losses that began with each firm, shape (n,).
    contagion_defaults
        All of them.
    """

    tie_defaults: Floats
    tie_loss_fen: Floats
    firm_defaults: Floats
    firm_loss_fen: Floats
    contagion_defaults: int


def attribute_blame(
    layer: Layer,
    buffer_fen: npt.ArrayLike,
    scenarios: Scenarios,
    *,
    call_fen: npt.ArrayLike | None = None,
    loss_fen: npt.ArrayLike | None = None,
    falls_when_equal: bool = False,
    threads: int | None = None,
    batch: int = 50,
) -> BlameReport:
    """Blame every contagion default of the scenarios on ties and on firms.

    Parameters and errors are those of `credit_graph.simulation.simulate_cascades`.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> from credit_graph.simulation.copula import GaussianCopula
    >>> from credit_graph.simulation.scenarios import copula_scenarios
    >>> guarantees = layer("guarantee", [0, 1], [1, 2], n=3, amount_fen=[500, 700])
    >>> scenarios = copula_scenarios(GaussianCopula([0.0, 0.0, 1.0], 0.1), 10, np.random.default_rng(7))
    >>> report = attribute_blame(guarantees, [400, 600, 0], scenarios)
    >>> report.tie_defaults.tolist(), report.firm_defaults.tolist(), report.contagion_defaults
    ([10.0, 20.0], [0.0, 0.0, 20.0], 20)
    """
    given = mechanism(layer, buffer_fen, scenarios, call_fen, loss_fen, falls_when_equal)
    calls, loss, n, count = given.calls, given.loss, scenarios.n, scenarios.count
    many = float(max(count, 1))
    scale = fixed_point(n * many), fixed_point(float(loss.sum()) * many)

    def work(batches: Iterator[range]) -> tuple[Int64, Int64, int]:
        arrays, fallen = room(given.limit, len(scenarios.source.loading)), 0
        ties, firms = np.zeros((layer.m, 2), np.int64), np.zeros((n, 2), np.int64)
        for part in batches:
            for scenario in part:
                fallen += _run(scenarios.source, calls, arrays, loss, scenario, ties, firms, scale)
        return ties, firms, fallen

    found = run_batches(work, count, threads, batch)
    ties, firms = (np.asarray(sum(one[place] for one in found)) / scale for place in (0, 1))
    return BlameReport(ties[:, 0], ties[:, 1], firms[:, 0], firms[:, 1], sum(one[2] for one in found))


@compiled
def _run(
    source: Source,
    calls: Calls,
    work: Room,
    loss: Floats,
    scenario: int,
    ties: Int64,
    firms: Int64,
    scale: tuple[float, float],
) -> int:
    own = draw(source, scenario, work.mark, work.queue, work.factor)
    fallen = cascade(calls, work, own)
    backwards(calls, work, loss, own, fallen, ties, scale)
    for place in range(fallen):
        firm = work.queue[place]
        for column in range(2):
            if place < own:
                firms[firm, column] += int(work.burden[firm, column] * scale[column] + 0.5)
            work.burden[firm, column] = 0.0
    put_back(calls, work, fallen)
    return fallen - own
