"""The ranking of transactions by suspicion, on which every metric of an alert budget rests.

Rows with equal scores form one group. Between the ends of a group a running total is a straight line: that is
its expected value over all orders of the tied rows (each tied row is as likely as the other to be looked at),
so that no metric depends on how the file happens to be sorted, and a constant score gets what chance gets.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fraud.errors import MetricInputError, NoFraudError

__all__ = ["Ranking", "alerts_in_budget", "checked", "checked_amounts", "ranked", "within"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """Totals down the ranking, one entry for each group of equal scores, the most suspected group first."""

    score: Floats
    """Score of the group."""
    alerts: Floats
    """Rows down to the end of the group."""
    frauds: Floats
    """Frauds among them."""
    value: Floats
    """Amount of these frauds in fen; the number of frauds where no amounts were given."""


def checked(label: npt.ArrayLike, score: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return labels and scores as arrays of numbers, or refuse them.

    Raises
    ------
    MetricInputError
        If the columns differ in length, a label is not 0 or 1, or a score is missing.
    NoFraudError
        If no row is fraud.

    Examples
    --------
    >>> checked([0, 1], [0.2, 0.3])
    (array([0., 1.]), array([0.2, 0.3]))
    """
    labels, scores = np.asarray(label, dtype=np.float64), np.asarray(score, dtype=np.float64)
    if labels.ndim != 1 or labels.shape != scores.shape:
        raise MetricInputError(
            f"label and score must be two columns of equal length, not of shapes {labels.shape} and {scores.shape}."
        )
    strange = ~np.isin(labels, (0.0, 1.0))
    if strange.any():
        row = int(strange.argmax())
        raise MetricInputError(f"label must be 0 or 1 in every row; row {row} has {labels[row]:g}.")
    if np.isnan(scores).any():
        raise MetricInputError(f"score must be a number in every row; row {int(np.isnan(scores).argmax())} has none.")
    if not labels.any():
        raise NoFraudError(f"None of the {labels.size} rows is labelled as fraud, so recall has no meaning here.")
    return labels, scores


def checked_amounts(amount_fen: npt.ArrayLike, labels: Floats) -> Floats:
    """Return amounts as an array of numbers of fen, or refuse them.

    Raises
    ------
    MetricInputError
        If an amount is missing, negative or infinite, or there is not one for each row.
    NoFraudError
        If the frauds have no amount at all.

    Examples
    --------
    >>> checked_amounts([100, 250], np.array([0.0, 1.0]))
    array([100., 250.])
    """
    amounts = np.asarray(amount_fen, dtype=np.float64)
    if amounts.shape != labels.shape or not (np.isfinite(amounts) & (amounts >= 0)).all():
        raise MetricInputError("amount_fen must be a number of fen, zero or more, in every row.")
    if not amounts[labels == 1].any():
        raise NoFraudError("The frauds have no amount, so a share of their value has no meaning here.")
    return amounts


def ranked(labels: Floats, scores: Floats, amounts: Floats | None = None) -> Ranking:
    """Rank rows by falling score; give what `checked` and `checked_amounts` returned.

    Examples
    --------
    >>> ranked(np.array([1.0, 0.0, 0.0]), np.array([0.5, 0.5, 0.1])).frauds
    array([1., 1.])
    """
    order = np.argsort(-scores, kind="stable")
    sorted_scores, fraud = scores[order], labels[order]
    ends = np.append(np.flatnonzero(sorted_scores[1:] != sorted_scores[:-1]), scores.size - 1)
    value = fraud if amounts is None else fraud * amounts[order]
    return Ranking(sorted_scores[ends], ends + 1.0, np.cumsum(fraud)[ends], np.cumsum(value)[ends])


def within(ranking: Ranking, total: Floats, alerts: int | Floats) -> Floats:
    """Return the expected total (one of the ranking's columns) in the first `alerts` rows.

    Examples
    --------
    >>> tied = ranked(np.array([1.0, 0.0, 0.0, 0.0]), np.array([0.5, 0.5, 0.5, 0.5]))
    >>> float(within(tied, tied.frauds, 2))
    0.5
    """
    found: Floats = np.interp(
        np.asarray(alerts, dtype=np.float64), np.append(0.0, ranking.alerts), np.append(0.0, total)
    )
    return found


def alerts_in_budget(rows: int, budget: float) -> int:
    """Return the number of alerts that a budget allows: floor(budget x rows), but at least one.

    A product within a millionth of a whole number is that number, so 0.29 of 100 rows is 29 and not 28.

    Raises
    ------
    MetricInputError
        If the budget is not above 0 and at most 1.

    Examples
    --------
    >>> alerts_in_budget(288_062, 0.001), alerts_in_budget(100, 0.29), alerts_in_budget(10, 0.001)
    (288, 29, 1)
    """
    if not 0 < budget <= 1:
        raise MetricInputError(f"budget must be a share of the transactions above 0 and at most 1, not {budget}.")
    return max(1, int(budget * rows + 1e-6))
