"""The same releases in other worlds than the one that they were ranked in.

Errors of simulation are small beside what nobody knows: what firms can pay at once, and how likely each fails. So the
lists are kept as they are and judged again where firms can pay less or more, and in the truth of the synthetic
province, which no bank has: true buffers and true chances. The truth is read for this judgement alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from credit_graph.simulation import copula_scenarios
from engines.risk_graph.calls import PAYABLE, Calls
from engines.risk_graph.cutting import Cuts, copula, difference, left, resimulated

__all__ = ["World", "worlds"]

_PAYABLE = ((0.25, ""), (PAYABLE, " (assumed · 假设)"), (0.6, ""))
_SCENARIOS = 3_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class World:
    """What is left of contagion in one world.

    Parameters
    ----------
    name
        What firms can pay there.
    contagion_defaults
        Of a scenario on average, without any release.
    prevented
        By strategy: share of them that its release prevents, and its standard error.
    """

    name: str
    contagion_defaults: float
    prevented: dict[str, tuple[float, float]]


def worlds(found: Cuts, chance: Floats, strategies: Sequence[str], seed: int) -> tuple[World, ...]:
    """Judge the releases of some strategies in each world, on scenarios drawn for this alone.

    Parameters
    ----------
    found
        The releases.
    chance
        As they were ranked by, shape (n,).
    strategies
        Some of those of `found`.
    seed
        Of the scenarios.
    """
    calls = found.calls
    told = [
        _judged(found, calls.with_payable(part), chance, strategies, seed, f"{100 * part:.0f} %{word}")
        for part, word in _PAYABLE
    ]
    truth = found.credit.tables["default_truth"].set_index("party_id").reindex(calls.ids)
    real = replace(calls, buffer_fen=truth["buffer_fen"].to_numpy(np.float64))
    true_chance = truth["own_yearly_chance"].to_numpy(np.float64)
    return (*told, _judged(found, real, true_chance, strategies, seed, "truth · 真实"))


def _judged(found: Cuts, calls: Calls, chance: Floats, strategies: Sequence[str], seed: int, name: str) -> World:
    drawn = copula_scenarios(copula(found.credit, calls, chance), _SCENARIOS, np.random.default_rng([seed, 20]))
    before = resimulated(calls, drawn).scenarios
    afters = {name: left(found.credit, calls, found.by_strategy[name].draws, drawn) for name in strategies}
    prevented = {name: difference(before, after, before) for name, after in afters.items()}
    return World(name, float(before["contagion_defaults"].mean()), prevented)
