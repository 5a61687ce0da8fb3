"""Monte Carlo of correlated defaults and of what they pull down.

In: the guarantees of a day, each firm's buffer, its probability of default and how strongly firms fail together. Out:
losses per scenario with their expected value, value at risk and expected shortfall, and for each firm how often
contagion fells it and how much contagion it causes (系统重要性). Scenario 17 of a set is the same on one thread and on
two, in a batch of one or of a thousand, and for every set of guarantees that it is run on.
"""

from credit_graph.simulation.amounts import capped_calls
from credit_graph.simulation.blame import BlameReport, attribute_blame
from credit_graph.simulation.cascades import CascadeSimulation, simulate_cascades
from credit_graph.simulation.copula import GaussianCopula, joint_default_probability, vasicek_quantile
from credit_graph.simulation.scenarios import Scenarios, copula_scenarios, seed_scenarios
from credit_graph.simulation.stress import StressSimulation, simulate_debtrank

__all__ = [
    "BlameReport",
    "CascadeSimulation",
    "GaussianCopula",
    "Scenarios",
    "StressSimulation",
    "attribute_blame",
    "capped_calls",
    "copula_scenarios",
    "joint_default_probability",
    "seed_scenarios",
    "simulate_cascades",
    "simulate_debtrank",
    "vasicek_quantile",
]
