"""How well a score finds fraud: average precision, alert budgets, value, and cards per working day.

Analysts can look at a small share of the transactions, so what counts is the top of the ranking. `label` is 1
for fraud and 0 else, `score` is any number that grows with suspicion. A budget of 0.001 means that one
transaction in a thousand becomes an alert: floor(budget x n) of them, but at least one. Where equal scores
straddle the edge of the budget, every metric of a budget is the expected value over all orders of the tied
rows: a constant score gets what chance gets, and the order of the rows changes nothing. A table without any
fraud has no recall: that is an error.

Card precision follows Le Borgne, Siblini, Lebichot and Bontempi, "Reproducible Machine Learning for Credit
Card Fraud Detection - Practical Handbook", chapter 4, section "Precision top-k metrics".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from fraud.errors import MetricInputError
from fraud.ranking import alerts_in_budget, checked, checked_amounts, ranked, within

__all__ = [
    "AlertCounts",
    "alert_counts",
    "average_precision",
    "card_precision_at",
    "known_compromised",
    "precision_at_budget",
    "recall_at_budget",
    "value_detected",
]


@dataclass(frozen=True)
class AlertCounts:
    """What an alert budget means for the analysts: alerts, and the expected number of frauds in them."""

    alerts: int
    frauds_found: float
    frauds_missed: float
    false_alerts: float


def average_precision(label: npt.ArrayLike, score: npt.ArrayLike) -> float:
    """Return the mean of the precision at each threshold, weighted by the gain in recall.

    The same definition as scikit-learn's `average_precision_score`: sum of (R_i - R_(i-1)) P_i, rows with
    equal scores share one threshold.

    Parameters
    ----------
    label
        0 or 1, shape (n,).
    score
        Any number that grows with suspicion, shape (n,).

    Raises
    ------
    MetricInputError
        If the columns differ in length, a label is not 0 or 1, or a score is missing.
    NoFraudError
        If no row is fraud.

    Examples
    --------
    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    ranking = ranked(*checked(label, score))
    gain = np.diff(ranking.frauds, prepend=0.0)
    return float(np.sum(gain * ranking.frauds / ranking.alerts) / ranking.frauds[-1])


def alert_counts(label: npt.ArrayLike, score: npt.ArrayLike, budget: float) -> AlertCounts:
    """Return what analysts get to see within a budget; ties at its edge count by their expected share.

    Raises
    ------
    MetricInputError, NoFraudError
        As `average_precision`, or if the budget is not above 0 and at most 1.

    Examples
    --------
    >>> alert_counts([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], budget=0.5)
    AlertCounts(alerts=2, frauds_found=1.0, frauds_missed=1.0, false_alerts=1.0)
    """
    labels, scores = checked(label, score)
    alerts = alerts_in_budget(labels.size, budget)
    ranking = ranked(labels, scores)
    found = float(within(ranking, ranking.frauds, alerts))
    return AlertCounts(alerts, found, float(ranking.frauds[-1]) - found, alerts - found)


def recall_at_budget(label: npt.ArrayLike, score: npt.ArrayLike, budget: float) -> float:
    """Return the share of all frauds that is among the alerts of a budget.

    Raises
    ------
    MetricInputError, NoFraudError
        As `alert_counts`.

    Examples
    --------
    >>> recall_at_budget([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], budget=0.25)
    0.5
    >>> recall_at_budget([1, 0, 1, 0], [1, 1, 1, 1], budget=0.25)
    0.25
    """
    counts = alert_counts(label, score, budget)
    return counts.frauds_found / (counts.frauds_found + counts.frauds_missed)


def precision_at_budget(label: npt.ArrayLike, score: npt.ArrayLike, budget: float) -> float:
    """Return the share of the alerts of a budget that is fraud.

    Raises
    ------
    MetricInputError, NoFraudError
        As `alert_counts`.

    Examples
    --------
    >>> precision_at_budget([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], budget=0.5)
    0.5
    """
    counts = alert_counts(label, score, budget)
    return counts.frauds_found / counts.alerts


def value_detected(label: npt.ArrayLike, score: npt.ArrayLike, amount_fen: npt.ArrayLike, budget: float) -> float:
    """Return the share of the frauds' amount that is among the alerts of a budget.

    Parameters
    ----------
    label, score
        As `average_precision`.
    amount_fen
        Amount of each transaction in fen, shape (n,).
    budget
        Share of the transactions that become alerts.

    Raises
    ------
    MetricInputError, NoFraudError
        As `alert_counts`, or if an amount is negative or missing, or all frauds have amount zero.

    Examples
    --------
    >>> value_detected([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], [300, 50, 100, 50], budget=0.25)
    0.75
    """
    labels, scores = checked(label, score)
    ranking = ranked(labels, scores, checked_amounts(amount_fen, labels))
    found = within(ranking, ranking.value, alerts_in_budget(labels.size, budget))
    return float(found / ranking.value[-1])


def known_compromised(
    label: npt.ArrayLike, card: npt.ArrayLike, day: npt.ArrayLike, delay_days: int
) -> npt.NDArray[np.bool_]:
    """Return which rows belong to a card whose fraud is already known on that day.

    The Handbook's test set (chapter 3, "Baseline fraud detection system") has no transaction of a card that
    had a fraud more than `delay_days` days earlier: that card is blocked. Give the rows from the first day of
    training on.

    Examples
    --------
    >>> known_compromised([1, 0, 0, 0], ["a", "a", "a", "b"], [1, 8, 9, 9], delay_days=7).tolist()
    [False, False, True, False]
    """
    rows = pd.DataFrame({"card": np.asarray(card), "day": np.asarray(day, dtype=np.int64), "label": np.asarray(label)})
    first_fraud = rows[rows["label"] == 1].groupby("card")["day"].min()
    since = rows["day"] - rows["card"].map(first_fraud)
    return np.asarray(since > delay_days, dtype=np.bool_)


def card_precision_at(
    label: npt.ArrayLike, score: npt.ArrayLike, card: npt.ArrayLike, day: npt.ArrayLike, k: int = 100
) -> float:
    """Return the share of compromised cards among the k most suspected cards of a day, mean over days.

    As the Handbook defines it: a card's score and label on a day are the largest of its transactions' that
    day; the denominator is k even on a day with fewer cards; a card that was found on one day is blocked and
    left out of all later days; days count equally, also one of which nothing is left. The Handbook leaves
    ties open: here the card that sorts first goes first, so that the order of the rows changes nothing. Cards
    known from before the test period are left out by the caller (`known_compromised`).

    Parameters
    ----------
    label, score
        As `average_precision`.
    card
        Identifier of the card (or customer), shape (n,).
    day
        Number of the day, shape (n,), integer.
    k
        Number of cards that can be looked into in a day.

    Raises
    ------
    MetricInputError, NoFraudError
        As `average_precision`, or if k is below 1.

    Examples
    --------
    >>> card_precision_at([1, 0, 1, 0], [0.9, 0.2, 0.8, 0.1], ["a", "b", "a", "b"], [1, 1, 2, 2], k=1)
    0.5
    """
    labels, scores = checked(label, score)
    if k < 1:
        raise MetricInputError(f"k must be at least 1 card a day, not {k}.")
    rows = pd.DataFrame({"day": np.asarray(day), "card": np.asarray(card), "score": scores, "label": labels})
    if rows.isna().to_numpy().any():
        raise MetricInputError("card and day must be given in every row; leave out transactions without a card.")
    cards = rows.groupby(["day", "card"], sort=True, as_index=False).max()
    cards = cards.sort_values(["day", "score"], ascending=[True, False], kind="stable")
    found: set[object] = set()
    daily = []
    for _, today in cards.groupby("day", sort=True):
        top = today[~today["card"].isin(found)].head(k)
        caught = top.loc[top["label"] == 1, "card"]
        found.update(caught)
        daily.append(len(caught) / k)
    return float(np.mean(daily))
