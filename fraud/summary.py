"""The figures that the field reports, of one evaluation, for each member of the blend.

Budgets are shares of all judged payments: 0.1 % and 1 % of them can be looked at. Card precision follows the Handbook:
customers whose fraud was confirmed before are left out. Without labels, or without a fraud to find, there are no
figures, and `summarise` says so by returning nothing.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fraud.costs import ACTIONS, CostTable
from fraud.decision import realised_cost, savings
from fraud.evaluation import Evaluation
from fraud.metrics import average_precision, card_precision_at, recall_at_budget, value_detected
from fraud.scorers.blend import expected_loss_fen

__all__ = ["Decided", "Figures", "decisions", "figures", "subjects", "summarise"]


@dataclass(frozen=True)
class Figures:
    """What one subject reached on the judged payments, as shares between 0 and 1.

    The value found is NaN where the frauds have no amount. Of two orders of the same payments, by probability and by
    expected loss (probability x amount), the first finds the most frauds and the second the most money; the last figure
    is the second's, NaN for scores that are no probabilities.
    """

    average_precision: float
    recall_at_per_mille: float
    recall_at_percent: float
    value_at_per_mille: float
    value_at_percent: float
    card_precision_at_100: float
    value_by_loss_at_per_mille: float


@dataclass(frozen=True)
class Decided:
    """How often one action was taken, for good payments and for frauds, and what that cost in fen."""

    action: str
    good: int
    fraud: int
    cost_fen: int


def figures(scored: pd.DataFrame, score: str) -> Figures:
    """Return the figures of one column of scores.

    Parameters
    ----------
    scored
        Judged payments with labels, see `fraud.evaluation.Evaluation.scored`.
    score
        Name of the column with the scores.

    Raises
    ------
    NoFraudError
        If no judged payment is fraud.

    Examples
    --------
    >>> when = pd.to_datetime(["2026-01-01 10:00", "2026-01-01 11:00"])
    >>> made = pd.DataFrame({"is_fraud": [0.0, 1.0], "score": [0.1, 0.9], "amount_fen": [100, 100], "customer": [1, 2]})
    >>> figures(made.assign(occurred_at=when, known=False), "score").average_precision
    1.0
    """
    label, values = scored["is_fraud"].to_numpy(), scored[score].to_numpy(np.float64)
    amount = scored["amount_fen"].to_numpy()
    has_value = bool(amount[label == 1].sum() > 0)
    fresh = scored[~scored["known"]]
    has_fresh_fraud = bool((fresh["is_fraud"] == 1).any())
    day = fresh["occurred_at"].to_numpy().astype("datetime64[D]").astype(np.int64)
    return Figures(
        average_precision=average_precision(label, values),
        recall_at_per_mille=recall_at_budget(label, values, 0.001),
        recall_at_percent=recall_at_budget(label, values, 0.01),
        value_at_per_mille=value_detected(label, values, amount, 0.001) if has_value else math.nan,
        value_at_percent=value_detected(label, values, amount, 0.01) if has_value else math.nan,
        card_precision_at_100=card_precision_at(
            fresh["is_fraud"].to_numpy(), fresh[score].to_numpy(np.float64), fresh["customer"].to_numpy(), day
        )
        if has_fresh_fraud
        else 0.0,
        value_by_loss_at_per_mille=value_detected(label, expected_loss_fen(values, amount), amount, 0.001)
        if has_value and values.min() >= 0 and values.max() <= 1
        else math.nan,
    )


def subjects(evaluation: Evaluation) -> dict[str, str]:
    """Return what is compared: the name of each subject and its column of scores."""
    members = getattr(evaluation.scorer, "member_names_", ())
    return {f"{name} only": name for name in members} | {"blend": "score"}


def summarise(evaluation: Evaluation) -> dict[str, Figures]:
    """Return the figures of each subject; empty where no label or no fraud was judged."""
    labelled = evaluation.scored[evaluation.scored["is_fraud"].notna()]
    if not (labelled["is_fraud"] == 1).any():
        return {}
    return {name: figures(labelled, column) for name, column in subjects(evaluation).items()}


def decisions(scored: pd.DataFrame, costs: CostTable) -> tuple[tuple[Decided, ...], float]:
    """Count the decisions, and say what they cost and save.

    Returns
    -------
    counts
        One entry for each action, from the weakest.
    saved
        Share of the cost of the best single action for everybody that the decisions save; NaN where no fraud has an
        amount, so that nothing could be saved.
    """
    labelled = scored[scored["is_fraud"].notna()]
    taken, label = labelled["decision"].to_numpy(), labelled["is_fraud"].to_numpy()
    amount = labelled["amount_fen"].to_numpy()
    cost = realised_cost(taken, label, amount, costs)
    counts = tuple(
        Decided(
            action=name,
            good=int(((taken == place) & (label == 0)).sum()),
            fraud=int(((taken == place) & (label == 1)).sum()),
            cost_fen=int(cost[taken == place].sum()),
        )
        for place, name in enumerate(ACTIONS)
    )
    has_value = bool(amount[label == 1].sum() > 0)
    return counts, savings(taken, label, amount, costs) if has_value else math.nan
