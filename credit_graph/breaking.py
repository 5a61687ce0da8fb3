"""Breaking circles (拆圈解链): which few guarantees to release so that the most contagion disappears.

A bank cannot release all guarantees: each has to be replaced by collateral, repaid or written off. So ties are ranked,
and released from the top within a budget, a share of the ties or of their amount:

- `attribution`: contagion that passed over a tie in simulated cascades, walked backwards;
- `attribution per amount`: the same for each fen that is released, where the budget is money;
- `circles`: the ties without which no circle is left (greedy feedback arc set), whole and outside of any budget;
- `amount to buffer`, `largest amount`, `random`: what is done without a simulation.

A ranking is fitted to the scenarios that it has seen. `compare_releases` therefore simulates again on scenarios that
were held out, the same ones for every strategy, so that differences are those of pairs and small ones can be told from
chance. Circles are not the same as contagion: chains and stars carry most of it, and taking all circles out costs many
times as many ties.

P. Eades, X. Lin, W. Smyth, "A fast and effective heuristic for the feedback arc set problem", Information Processing
Letters 47 (1993). Fails where a released guarantee makes the bank call the loan: that is not modelled.
"""

import math
from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.errors import ReleaseInputError
from credit_graph.graph import Layer, layer
from credit_graph.release_order import STRATEGIES, circle_ties, rank_ties
from credit_graph.simulation.amounts import checked_ties
from credit_graph.simulation.cascades import CascadeSimulation, simulate_cascades
from credit_graph.simulation.scenarios import Scenarios

__all__ = ["STRATEGIES", "circle_ties", "compare_releases", "rank_ties", "release", "within_budget"]

Mask = npt.NDArray[np.bool_]


def within_budget(guarantees: Layer, order: npt.ArrayLike, share: float, budget: str = "ties") -> Mask:
    """Return which ties are released, bool of shape (m,): the first of the order that the budget pays for.

    Parameters
    ----------
    order
        As `rank_ties` gives it.
    share
        Of all ties or of their amount, between 0 and 1; rounded down.
    budget
        "ties" or "amount". An amount is spent in order; what no longer fits is passed over.

    Raises
    ------
    ReleaseInputError
        If the share or the budget is not as above, or the order does not hold every tie once.

    Examples
    --------
    >>> guarantees = layer("guarantee", [0, 1, 2], [1, 2, 0], n=3, amount_fen=[500, 700, 300])
    >>> within_budget(guarantees, [1, 0, 2], share=0.67).tolist()
    [True, True, False]
    >>> within_budget(guarantees, [1, 0, 2], share=0.67, budget="amount").tolist()
    [False, True, True]
    """
    ranked = np.asarray(order, np.int64)
    if not 0 <= share <= 1 or budget not in ("ties", "amount"):
        raise ReleaseInputError(f"share must lie between 0 and 1 of 'ties' or 'amount', not {share!r} of {budget!r}")
    if not np.array_equal(np.sort(ranked), np.arange(guarantees.m)):
        raise ReleaseInputError(f"the order must name each of the {guarantees.m} ties once")
    mask = np.zeros(guarantees.m, np.bool_)
    # 0.07 of 100 ties is 7; the product of the floats may fall short of it
    part = Fraction(repr(float(share)))
    if budget == "ties":
        mask[ranked[: math.floor(part * guarantees.m)]] = True
        return mask
    amounts = guarantees.amount_fen.tolist()
    left = math.floor(part * sum(amounts))
    for tie in ranked.tolist():
        if amounts[tie] <= left:
            left -= amounts[tie]
            mask[tie] = True
    return mask


def release(guarantees: Layer, released: npt.ArrayLike) -> Layer:
    """Return the layer without the released ties.

    Parameters
    ----------
    released
        Mask of shape (m,).

    Raises
    ------
    ReleaseInputError
        If it is not a mask of the ties.

    Examples
    --------
    >>> guarantees = layer("guarantee", [0, 1, 2], [1, 2, 0], n=3, amount_fen=[500, 700, 300])
    >>> release(guarantees, [True, False, False]).amount_fen.tolist()
    [700, 300]
    """
    kept = ~_mask(guarantees, released)
    return layer(
        guarantees.kind,
        guarantees.tail[kept],
        guarantees.head[kept],
        guarantees.into.n,
        amount_fen=guarantees.amount_fen[kept],
        share=guarantees.share[kept],
        row=guarantees.row[kept],
    )


def _mask(guarantees: Layer, released: npt.ArrayLike) -> Mask:
    mask = np.asarray(released)
    if mask.dtype != np.bool_ or mask.shape != (guarantees.m,):
        raise ReleaseInputError(f"released must say True or False for each of the {guarantees.m} ties")
    return mask


def compare_releases(
    guarantees: Layer,
    buffer_fen: npt.ArrayLike,
    training: Scenarios,
    held_out: Scenarios,
    rng: np.random.Generator,
    *,
    share: float = 0.01,
    budget: str = "ties",
    strategies: Iterable[str] = STRATEGIES,
    call_fen: npt.ArrayLike | None = None,
    loss_fen: npt.ArrayLike | None = None,
    threads: int | None = None,
) -> pd.DataFrame:
    """Return what is left of contagion after the releases of each strategy, on scenarios that none has seen.

    Parameters
    ----------
    guarantees, buffer_fen, call_fen
        As `rank_ties`.
    training
        Scenarios that the attributions learn from.
    held_out
        Others, on which all strategies are compared.
    rng
        For "random".
    share, budget
        As `within_budget`; "circles" releases all of `circle_ties`, whatever the budget.
    strategies
        Some of `STRATEGIES`.
    loss_fen
        What is lost when a firm defaults, shape (n,); None means what it is called for before any release.
    threads
        Any number gives the same result.

    Returns
    -------
    pandas.DataFrame
        A row "none" and one for each strategy: strategy, released (ties), released_amount_share, contagion_defaults
        (mean of a scenario), expected_loss_fen, change (of contagion defaults, as a share of those without release),
        change_standard_error (of the paired difference), loss_change, loss_change_standard_error.

    Raises
    ------
    ReleaseInputError, SimulationInputError
        As `rank_ties` and `within_budget`, or if the held-out scenarios are the training scenarios.

    Examples
    --------
    >>> from credit_graph.simulation import GaussianCopula, copula_scenarios
    >>> guarantees = layer("guarantee", [0, 1, 2], [1, 2, 3], n=4, amount_fen=[500, 700, 600])
    >>> copula, rng = GaussianCopula([0.0, 0.0, 0.0, 0.5], 0.0), np.random.default_rng(7)
    >>> training, held_out = copula_scenarios(copula, 100, rng), copula_scenarios(copula, 100, rng)
    >>> found = compare_releases(guarantees, [0, 0, 0, 0], training, held_out, rng, share=0.4)
    >>> found[["strategy", "released", "change"]].round(2).head(3)
                     strategy  released  change
    0                    none         0     0.0
    1             attribution         1    -1.0
    2  attribution per amount         1    -1.0
    """
    if held_out is training or np.array_equal(held_out.source.key, training.source.key):
        raise ReleaseInputError("held_out must be other scenarios than training; draw them from the generator again")
    call = checked_ties("call_fen", guarantees, call_fen)
    loss = np.bincount(guarantees.head, call, minlength=guarantees.into.n) if loss_fen is None else loss_fen

    def after(released: Mask) -> CascadeSimulation:
        kept = np.where(released, 0.0, call)
        return simulate_cascades(
            guarantees, buffer_fen, held_out, call_fen=kept, loss_fen=loss, importance=False, threads=threads
        )

    nothing = np.zeros(guarantees.m, np.bool_)
    before = after(nothing)
    rows = [_row("none", guarantees, nothing, before, before)]
    for strategy in strategies:
        order = rank_ties(guarantees, buffer_fen, strategy, scenarios=training, rng=rng, call_fen=call, threads=threads)
        is_whole = strategy == "circles"
        released = circle_ties(guarantees) if is_whole else within_budget(guarantees, order, share, budget)
        rows.append(_row(strategy, guarantees, released, before, after(released)))
    return pd.DataFrame(rows)


def _row(
    strategy: str, guarantees: Layer, released: Mask, before: CascadeSimulation, after: CascadeSimulation
) -> dict[str, object]:
    defaults = _paired(before, after, "contagion_defaults")
    loss = _paired(before, after, "loss_fen")
    amount = guarantees.amount_fen.astype(np.float64)
    return {
        "strategy": strategy,
        "released": int(released.sum()),
        "released_amount_share": float(amount[released].sum() / amount.sum()) if amount.sum() > 0 else 0.0,
        "contagion_defaults": float(after.scenarios["contagion_defaults"].sum() / max(len(after.scenarios), 1)),
        "expected_loss_fen": float(after.scenarios["loss_fen"].sum() / max(len(after.scenarios), 1)),
        "change": defaults[0],
        "change_standard_error": defaults[1],
        "loss_change": loss[0],
        "loss_change_standard_error": loss[1],
    }


def _paired(before: CascadeSimulation, after: CascadeSimulation, column: str) -> tuple[float, float]:
    """Mean of the difference within scenarios, and its standard error, as shares of the mean before."""
    was, now = (one.scenarios[column].to_numpy(np.float64) for one in (before, after))
    if len(was) < 2 or was.sum() == 0:
        return 0.0, 0.0
    # of a ratio of means: both vary with the scenarios (delta method)
    change = float((now - was).sum() / was.sum())
    rest = (now - was) - change * was
    return change, float(rest.std(ddof=1) / math.sqrt(len(was)) / was.mean())
