"""Losses of a year, simulated: defaults that come together, what they pull down, and which firms begin it.

How likely a firm fails of its own is read from what a bank has: the defaults so far in five classes of leverage, each
drawn towards the mean as if it had `_PRIOR_YEARS` firm-years more (credibility weighting). Past defaults by contagion
are among them, since a bank cannot tell them apart, so that contagion is counted a little twice. Firms of one industry
fail together more than others. What is lost by a default is `LOSS_GIVEN_DEFAULT` of the debt, as in Basel's foundation
approach of 2006 for senior claims without collateral, whatever the guarantors pay.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.risk_measures import RiskMeasures, risk_measures
from credit_graph.simulation import (
    CascadeSimulation,
    GaussianCopula,
    Scenarios,
    copula_scenarios,
    simulate_cascades,
)
from engines.risk_graph.calls import Calls

__all__ = [
    "BETWEEN_SECTORS",
    "CORRELATION",
    "LEVEL",
    "LOSS_GIVEN_DEFAULT",
    "SCENARIOS",
    "Losses",
    "chances",
    "simulated",
]

SCENARIOS = 10_000
LEVEL = 0.99
LOSS_GIVEN_DEFAULT = 0.45
CORRELATION = 0.2
"""Of the asset values of two firms of one industry."""

BETWEEN_SECTORS = 0.7
_FLOOR = 0.0005
_CLASSES = 5
_PRIOR_YEARS = 50.0
_OBSERVED_FROM = date(2019, 1, 1)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Losses:
    """The simulated year.

    Parameters
    ----------
    calls
        What was simulated.
    chance
        Of each firm to fail of its own within the year, shape (n,).
    scenarios, simulation
        Who fails when, and what came of it.
    loss_fen
        What is lost if a firm falls, shape (n,).
    again
        Runs the same simulation once more, on one thread and in other batches.
    """

    calls: Calls
    chance: Floats
    scenarios: Scenarios
    simulation: CascadeSimulation
    loss_fen: Floats
    again: CascadeSimulation = field(repr=False)

    @cached_property
    def risk(self) -> RiskMeasures:
        """Measures of the whole loss, in fen."""
        return self.simulation.risk(LEVEL)

    @cached_property
    def own_risk(self) -> RiskMeasures:
        """Measures of the loss if nobody were pulled down."""
        return risk_measures(self.simulation.scenarios["own_loss_fen"].to_numpy(), LEVEL)

    @cached_property
    def importance(self) -> pd.DataFrame:
        """Firms with the loss that they cause, the largest first: firm (number), and the columns of the simulation."""
        firms = self.simulation.firms.rename_axis("firm").reset_index()
        order = ["caused_loss_fen", "caused_defaults", "firm"]
        return firms.sort_values(order, ascending=[False, False, True], kind="stable", ignore_index=True)

    @property
    def is_repeatable(self) -> bool:
        """Whether the second run gave the same bits."""
        one, two = self.simulation, self.again
        return one.scenarios.equals(two.scenarios) and one.firms.equals(two.firms)


def chances(leverage: npt.ArrayLike, fell: npt.ArrayLike, years: float) -> Floats:
    """Return each firm's chance to fail within a year, from the defaults of its class of leverage.

    Parameters
    ----------
    leverage
        Debt over assets, NaN where unknown (these make the middle class), shape (n,).
    fell
        Which firms have defaulted within the years, shape (n,).
    years
        For how long defaults have been observed.

    Examples
    --------
    >>> chances([0.2, 0.4, 0.5, 0.6, 0.9], [False, False, False, False, True], years=2.0).round(3).tolist()
    [0.092, 0.092, 0.092, 0.092, 0.109]
    """
    known, down = np.asarray(leverage, np.float64), np.asarray(fell, np.bool_)
    if not len(known) or years <= 0:
        return np.zeros(len(known))
    filled = np.where(np.isnan(known), np.nanmedian(known) if not np.isnan(known).all() else 0.0, known)
    classes = np.searchsorted(np.quantile(filled, np.arange(1, _CLASSES) / _CLASSES), filled, side="left")
    count = np.bincount(classes, minlength=_CLASSES) * years
    defaults = np.bincount(classes, weights=down, minlength=_CLASSES)
    rate = (defaults + _PRIOR_YEARS * defaults.sum() / count.sum()) / (count + _PRIOR_YEARS)
    return np.asarray(np.maximum(1.0 - np.exp(-rate), _FLOOR)[classes], np.float64)


def simulated(calls: Calls, parties: pd.DataFrame, fell: npt.NDArray[np.bool_], seed: int, count: int) -> Losses:
    """Simulate a year.

    Parameters
    ----------
    calls
        The calls of the day.
    parties
        The table of parties: party_id, leverage, industry.
    fell
        Which parties of the graph have defaulted by the day, shape (graph.n,).
    seed
        Of the scenarios.
    count
        How many.
    """
    graph = calls.graph
    rows = parties.set_index("party_id").reindex(graph.ids)
    is_firm = (graph.parties["kind"] == "firm").to_numpy(np.bool_)
    years = (graph.as_of - _OBSERVED_FROM).days / 365.25
    all_chances = np.zeros(graph.n)
    all_chances[is_firm] = chances(
        rows["leverage"].to_numpy(np.float64, na_value=np.nan)[is_firm], fell[is_firm], years
    )
    chance = all_chances[calls.codes]
    sector = pd.factorize(rows["industry"].fillna("").to_numpy(object)[calls.codes], sort=True)[0].astype(np.int64)
    copula = GaussianCopula(chance, CORRELATION, sector, BETWEEN_SECTORS)
    loss = LOSS_GIVEN_DEFAULT * calls.debt_fen

    def run(threads: int | None, batch: int) -> tuple[Scenarios, CascadeSimulation]:
        scenarios = copula_scenarios(copula, count, np.random.default_rng([seed, 16]))
        done = simulate_cascades(
            *(calls.guarantees, calls.buffer_fen, scenarios),
            call_fen=calls.call_fen,
            loss_fen=loss,
            threads=threads,
            batch=batch,
        )
        return scenarios, done

    scenarios, simulation = run(None, 50)
    return Losses(calls, chance, scenarios, simulation, loss, run(1, 333)[1])
