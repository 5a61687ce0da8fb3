"""Releases of guarantees, ranked on some scenarios and simulated again on others (拆圈解链).

The strategies are those of `credit_graph.breaking`. Two things are stricter here than in its `compare_releases`. After
a release the calls are laid out again: the bank then calls those who still stand for a borrower for more, where they
stand for more than it owes. And what a release costs is counted: the bank gives up recourse, which is worth at most the
loss given default of what it would have called, times the chance that the borrower falls.

"circles" is taken twice: within the budget, the largest amounts first, and whole, whatever it costs. "random" is the
mean of five draws, so that no single lucky one is compared.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.breaking import circle_ties, rank_ties, release, within_budget
from credit_graph.simulation import (
    BlameReport,
    CascadeSimulation,
    GaussianCopula,
    Scenarios,
    attribute_blame,
    copula_scenarios,
    simulate_cascades,
)
from engines.risk_graph.calls import Calls, calls_of
from engines.risk_graph.losses import BETWEEN_SECTORS, CORRELATION, LOSS_GIVEN_DEFAULT
from engines.risk_graph.province import Credit

__all__ = [
    "ALL_CIRCLES",
    "BUDGET",
    "STRATEGIES",
    "Cut",
    "Cuts",
    "copula",
    "cuts",
    "difference",
    "first_of",
    "left",
    "resimulated",
    "without",
]

BUDGET = 0.01
"""Of the guarantees between firms; at least one."""

ALL_CIRCLES = "all circles"
STRATEGIES: dict[str, tuple[str, str]] = {
    "random": ("at random", "随机"),
    "largest amount": ("largest amount", "金额最大优先"),
    "amount to buffer": ("amount over buffer", "金额/可付额"),
    "circles": ("circles, in budget", "破圈（预算内）"),
    "attribution": ("attribution", "传导归因"),
    "attribution per amount": ("attribution per amount", "单位金额归因"),
    ALL_CIRCLES: ("all circles, no budget", "全部破圈（不限预算）"),
}
"""What is compared, in the order of the report, and how it is called."""

_TRAINING, _HELD_OUT = 5_000, 10_000
_DRAWS = 5

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cut:
    """What one strategy releases, and what is left.

    Parameters
    ----------
    draws
        What is released, of the guarantees between firms: one mask of shape (m,), or several for "random".
    after
        The held-out scenarios without them: a row for each, as `CascadeSimulation.scenarios`; means over the draws.
    amount_share
        What they make of the amount of all guarantees between firms, as written.
    recourse_fen
        What the bank gives up in a year, at most.
    """

    draws: tuple[Mask, ...]
    after: pd.DataFrame
    amount_share: float
    recourse_fen: float

    @property
    def released(self) -> Mask:
        """The first draw, bool of shape (m,)."""
        return self.draws[0]


@dataclass(frozen=True, eq=False)
class Cuts:
    """All strategies on the same scenarios.

    Parameters
    ----------
    credit, calls
        The day.
    training, held_out
        What the attributions learn from, and what all strategies are judged on.
    blame
        Of the training scenarios.
    before
        The held-out scenarios without any release.
    by_strategy
        One cut for each of `STRATEGIES`.
    """

    credit: Credit
    calls: Calls
    training: Scenarios
    held_out: Scenarios
    blame: BlameReport
    before: CascadeSimulation
    by_strategy: Mapping[str, Cut]

    @cached_property
    def has_contagion(self) -> bool:
        """Whether anybody was pulled down in the held-out scenarios, so that there is something to compare."""
        return bool(self.before.scenarios["contagion_defaults"].sum() > 0)

    def fall_chance(self) -> Floats:
        """Return each firm's chance to fall within a year, of its own or pulled down, shape (n,)."""
        firms = self.before.firms
        return (firms["own_default_probability"] + firms["contagion_default_probability"]).to_numpy(np.float64)


def cuts(credit: Credit, calls: Calls, chance: npt.ArrayLike, seed: int) -> Cuts:
    """Rank by every strategy, release, and simulate again.

    Parameters
    ----------
    credit, calls
        The day.
    chance
        Of each firm of the calls to fail of its own within the year, shape (n,).
    seed
        Of the scenarios and of the random strategy.
    """
    drawn, rng = copula(credit, calls, chance), np.random.default_rng([seed, 18])
    training, held_out = copula_scenarios(drawn, _TRAINING, rng), copula_scenarios(drawn, _HELD_OUT, rng)
    blame = attribute_blame(calls.guarantees, calls.buffer_fen, training, call_fen=calls.call_fen)
    whole = Cuts(credit, calls, training, held_out, blame, resimulated(calls, held_out), {})
    draws = {name: first_of(whole, name, seed, BUDGET) for name in STRATEGIES}
    return replace(whole, by_strategy={name: _cut(whole, masks) for name, masks in draws.items()})


def copula(credit: Credit, calls: Calls, chance: npt.ArrayLike) -> GaussianCopula:
    """Return how firms fail together: those of one industry more than others, as in the case "contagion"."""
    industry = credit.tables["parties"].set_index("party_id")["industry"].reindex(calls.ids)
    sector = pd.factorize(industry.fillna("").to_numpy(object), sort=True)[0].astype(np.int64)
    return GaussianCopula(chance, CORRELATION, sector, BETWEEN_SECTORS)


def first_of(found: Cuts, strategy: str, seed: int, budget: float) -> tuple[Mask, ...]:
    """Return what a strategy releases within a budget, a share of the ties but at least one: its draws."""
    ties = found.calls.guarantees
    if strategy == ALL_CIRCLES:
        return (circle_ties(ties),)
    rng, draws = np.random.default_rng([seed, 19]), []
    for _ in range(_DRAWS if strategy == "random" else 1):
        order = rank_ties(
            *(ties, found.calls.buffer_fen, strategy),
            scenarios=found.training,
            rng=rng,
            call_fen=found.calls.call_fen,
        )
        mask = within_budget(ties, order, budget)
        mask[order[:1]] = True
        draws.append(mask)
    return tuple(draws)


def without(credit: Credit, calls: Calls, released: Mask) -> Calls:
    """Return the calls of the day without some guarantees; what a firm can pay is as in `calls`.

    Parameters
    ----------
    released
        Of `calls.guarantees`, bool of shape (m,).

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> graph = small_graph(guarantee=[("F1", "F3", 300), ("F2", "F3", 300)], loan=[("B1", "F3", 400)])
    >>> made = Credit({"defaults": pd.DataFrame({"party_id": [], "defaulted_on": pd.to_datetime([])})}, graph)
    >>> calls = calls_of(graph, made.defaulted)
    >>> calls.call_fen.tolist(), without(made, calls, np.array([True, False])).call_fen.tolist()
    ([200.0, 200.0], [300.0])
    """
    layer = credit.graph.layers["guarantee"]
    gone = np.zeros(layer.m, np.bool_)
    gone[calls.guarantees.row[released]] = True
    rest = replace(credit.graph, layers={**credit.graph.layers, "guarantee": release(layer, gone)})
    return replace(calls_of(rest, credit.defaulted), buffer_fen=calls.buffer_fen)


def resimulated(calls: Calls, scenarios: Scenarios) -> CascadeSimulation:
    """Run the scenarios on the calls; what is lost if a firm falls is `LOSS_GIVEN_DEFAULT` of what it owes."""
    return simulate_cascades(
        *(calls.guarantees, calls.buffer_fen, scenarios),
        call_fen=calls.call_fen,
        loss_fen=LOSS_GIVEN_DEFAULT * calls.debt_fen,
        importance=False,
    )


def left(credit: Credit, calls: Calls, draws: Sequence[Mask], scenarios: Scenarios) -> pd.DataFrame:
    """Return the scenarios without what is released: a row for each, means over the draws."""
    runs = [resimulated(without(credit, calls, released), scenarios).scenarios for released in draws]
    return runs[0] if len(runs) == 1 else pd.concat(runs).groupby(level=0).mean()


def _cut(found: Cuts, draws: tuple[Mask, ...]) -> Cut:
    calls = found.calls
    amount = calls.guarantees.amount_fen.astype(np.float64)
    called = LOSS_GIVEN_DEFAULT * calls.call_fen * found.fall_chance()[calls.guarantees.head]
    part = np.mean(draws, axis=0)
    share = float(amount @ part / amount.sum()) if amount.sum() > 0 else 0.0
    return Cut(draws, left(found.credit, calls, draws, found.held_out), share, float(called @ part))


def difference(
    before: pd.DataFrame, one: pd.DataFrame, other: pd.DataFrame, column: str = "contagion_defaults"
) -> tuple[float, float]:
    """Return by how much one falls short of the other on the same scenarios, as a share of before, and its error.

    Parameters
    ----------
    before, one, other
        The same scenarios, a row for each: without release, and with two releases.
    column
        "contagion_defaults" or "loss_fen".

    Returns
    -------
    tuple of float
        Positive if there is less in `one`; the standard error is that of pairs (of a ratio of means, by the delta
        method). Zeros if there was nothing before.

    Examples
    --------
    >>> whole, cut = pd.DataFrame({"contagion_defaults": [2, 4]}), pd.DataFrame({"contagion_defaults": [1, 2]})
    >>> difference(whole, cut, whole), difference(whole, whole, whole)
    ((0.5, 0.0), (0.0, 0.0))
    """
    was, this, that = (it[column].to_numpy(np.float64) for it in (before, one, other))
    if len(was) < 2 or was.sum() == 0:
        return 0.0, 0.0
    less = float((that - this).sum() / was.sum())
    rest = (that - this) - less * was
    return less, float(rest.std(ddof=1) / math.sqrt(len(was)) / was.mean())
