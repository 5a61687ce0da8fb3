"""The guarantee cascade in many scenarios (信用风险传导的蒙特卡洛模拟): losses, vulnerability, systemic importance.

In each scenario some firms default of their own. Whoever defaults has its guarantors called; a guarantor whose calls
exceed its buffer defaults too, and so on: the least fixed point, reached event by event.

Systemic importance (系统重要性) is the expected number and loss of contagion defaults that a firm causes. Where several
firms together felled another, blame is split among their calls in proportion to the amounts and walked back to the
firms that defaulted of their own: over the firms it sums to the contagion defaults of every scenario. That is a cheap
stand-in for the Shapley value of the game "who defaults of its own", and equals it where a firm falls by calls of one
size from such firms; it gives nothing to calls that arrived too late. N. Tarashev, K. Tsatsaronis and C. Borio, "Risk
attribution using the Shapley value", Review of Finance 20 (2016).

Fails where amounts are recovered by and by or firms pay in part: see `credit_graph.clearing` for those.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.compiled import compiled
from credit_graph.graph import Layer
from credit_graph.risk_measures import RiskMeasures, risk_measures
from credit_graph.simulation.amounts import mechanism
from credit_graph.simulation.batches import fixed_point, run_batches
from credit_graph.simulation.falling import Calls, Room, backwards, cascade, put_back, room
from credit_graph.simulation.scenarios import Scenarios, Source, draw

__all__ = ["CascadeSimulation", "simulate_cascades"]

Int64 = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_Scale = tuple[float, float, float, float]

_LIMB = 2.0**40


@dataclass(frozen=True, eq=False)
class CascadeSimulation:
    """What came out, by scenario and by firm.

    Parameters
    ----------
    scenarios
        One row for each scenario: scenario, own_defaults, contagion_defaults, own_loss_fen, contagion_loss_fen,
        loss_fen.
    firms
        One row for each firm, by number: own_default_probability, contagion_default_probability (vulnerability),
        its standard error, and if asked for caused_defaults and caused_loss_fen (systemic importance: expected
        contagion defaults and losses that the firm causes in a scenario) with their standard errors.
    """

    scenarios: pd.DataFrame
    firms: pd.DataFrame

    def risk(self, level: float = 0.99) -> RiskMeasures:
        """Return expected loss, value at risk and expected shortfall of the loss in fen, with standard errors."""
        return risk_measures(self.scenarios["loss_fen"].to_numpy(), level)


def simulate_cascades(
    layer: Layer,
    buffer_fen: npt.ArrayLike,
    scenarios: Scenarios,
    *,
    call_fen: npt.ArrayLike | None = None,
    loss_fen: npt.ArrayLike | None = None,
    falls_when_equal: bool = False,
    importance: bool = True,
    threads: int | None = None,
    batch: int = 50,
) -> CascadeSimulation:
    """Run the guarantee cascade in every scenario.

    Parameters
    ----------
    layer
        The guarantees, guarantor to borrower.
    buffer_fen
        What a firm can pay before it falls, shape (n,), not negative; it falls when it is called for more. Infinite
        for one that cannot fall.
    scenarios
        Who defaults of its own.
    call_fen
        For how much each tie is called, shape (m,), see `credit_graph.simulation.capped_calls`; None means its amount.
    loss_fen
        What is lost when a firm defaults, shape (n,); None means what it is called for in all (its guaranteed debt).
    falls_when_equal
        Whether calls that just use up the buffer are fatal: False for guarantees (what it can just meet, a firm meets),
        True for losses of equity (as `credit_graph.cascade.threshold_cascade`).
    importance
        Whether to attribute contagion to the firms that began it.
    threads, batch
        Any numbers give the same result; None means one thread for each processor.

    Raises
    ------
    SimulationInputError
        If an array does not fit the layer, or an amount is missing or negative.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> from credit_graph.simulation.copula import GaussianCopula
    >>> from credit_graph.simulation.scenarios import copula_scenarios
    >>> guarantees = layer("guarantee", [0, 1], [1, 2], n=3, amount_fen=[500, 700])
    >>> scenarios = copula_scenarios(GaussianCopula([0.0, 0.0, 1.0], 0.1), 100, np.random.default_rng(7))
    >>> found = simulate_cascades(guarantees, [400, 600, 0], scenarios)
    >>> found.firms[["own_default_probability", "contagion_default_probability", "caused_defaults"]].values.tolist()
    [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 2.0]]
    >>> found.risk(0.99).expected_loss
    1200.0
    """
    given = mechanism(layer, buffer_fen, scenarios, call_fen, loss_fen, falls_when_equal)
    calls, loss, n, count = given.calls, given.loss, scenarios.n, scenarios.count
    scale = _scales(n, float(loss.sum()), count)
    found = np.zeros((count, 4))

    def work(batches: Iterator[range]) -> tuple[Int64, Int64]:
        arrays = room(given.limit, len(scenarios.source.loading))
        falls, caused = np.zeros((n, 2), np.int64), np.zeros((n if importance else 0, 6), np.int64)
        for part in batches:
            _run(scenarios.source, calls, arrays, loss, part.start, part.stop, found, falls, caused, scale)
        return falls, caused

    sums = run_batches(work, count, threads, batch)
    falls, caused = sum(one[0] for one in sums), sum(one[1] for one in sums)
    return CascadeSimulation(
        _by_scenario(found), _by_firm(np.asarray(falls), np.asarray(caused) if importance else None, scale, count)
    )


def _scales(n: int, loss: float, count: int) -> _Scale:
    root = fixed_point(float(n)), fixed_point(loss)
    many = max(count, 1)
    # squares are kept in two limbs: count * (2^50 / sqrt(count))^2 = 2^60 * _LIMB
    narrow = 2.0**-11 / np.sqrt(many)
    return fixed_point(float(n) * many), fixed_point(loss * many), root[0] * narrow, root[1] * narrow


@compiled
def _run(
    source: Source,
    calls: Calls,
    work: Room,
    loss: Floats,
    first: int,
    last: int,
    found: Floats,
    falls: Int64,
    caused: Int64,
    scale: _Scale,
) -> None:
    no_ties = np.empty((0, 2), np.int64)
    for scenario in range(first, last):
        own = draw(source, scenario, work.mark, work.queue, work.factor)
        fallen = cascade(calls, work, own)
        for place in range(fallen):
            firm = work.queue[place]
            by_contagion = 0 if place < own else 1
            falls[firm, by_contagion] += 1
            found[scenario, by_contagion] += 1.0
            found[scenario, 2 + by_contagion] += loss[firm]
        if len(caused) > 0:
            backwards(calls, work, loss, own, fallen, no_ties, (1.0, 1.0))
            for place in range(fallen):
                firm = work.queue[place]
                for column in range(2):
                    burden = work.burden[firm, column]
                    work.burden[firm, column] = 0.0
                    if place < own and burden > 0.0:
                        square = (burden * scale[2 + column]) ** 2
                        high = math.floor(square / _LIMB)
                        caused[firm, column] += int(burden * scale[column] + 0.5)
                        caused[firm, 2 + column] += int(high)
                        caused[firm, 4 + column] += int(square - high * _LIMB)
        put_back(calls, work, fallen)


def _by_scenario(found: Floats) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "scenario": np.arange(len(found)),
            "own_defaults": found[:, 0].astype(np.int64),
            "contagion_defaults": found[:, 1].astype(np.int64),
            "own_loss_fen": found[:, 2],
            "contagion_loss_fen": found[:, 3],
            "loss_fen": found[:, 2] + found[:, 3],
        }
    )


def _by_firm(falls: Int64, caused: Int64 | None, scale: _Scale, count: int) -> pd.DataFrame:
    many = max(count, 1)
    share = falls / many
    columns = {
        "own_default_probability": share[:, 0],
        "contagion_default_probability": share[:, 1],
        "contagion_default_standard_error": np.sqrt(share[:, 1] * (1.0 - share[:, 1]) / many),
    }
    if caused is None:
        return pd.DataFrame(columns)
    for column, name in enumerate(("caused_defaults", "caused_loss")):
        mean = caused[:, column] / (scale[column] * many)
        square = (caused[:, 2 + column] * _LIMB + caused[:, 4 + column]) / (scale[2 + column] ** 2 * many)
        columns[name if column == 0 else "caused_loss_fen"] = mean
        columns[f"{name}_standard_error"] = np.sqrt(np.maximum(square - mean**2, 0.0) / many)
    return pd.DataFrame(columns)
