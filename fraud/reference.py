"""Slow, readable twins of the metrics, the decision and the thresholds.

Each says what is meant in a few lines of plain Python and is compared with the fast one in the tests, on many
small tables. Nothing else should call them.
"""

import itertools
import math
from collections.abc import Hashable, Sequence
from fractions import Fraction

from fraud.costs import CostTable

__all__ = ["card_precision", "cheapest_action", "expected_found", "precision_mean"]


def precision_mean(label: Sequence[int], score: Sequence[float]) -> Fraction:
    """Average precision: precision at each distinct score, weighted by the frauds that have that score.

    Examples
    --------
    >>> precision_mean([1, 0, 1], [0.9, 0.8, 0.7])
    Fraction(5, 6)
    """
    total = Fraction(0)
    for threshold in set(score):
        above = [truth for truth, value in zip(label, score, strict=True) if value >= threshold]
        exactly = [truth for truth, value in zip(label, score, strict=True) if value == threshold]
        total += Fraction(sum(above), len(above)) * Fraction(sum(exactly), sum(label))
    return total


def expected_found(worth: Sequence[int], score: Sequence[float], alerts: int) -> Fraction:
    """Worth of the first `alerts` rows by falling score, mean over all orders of the rows; at most seven rows.

    Examples
    --------
    >>> expected_found([1, 0, 0], [0.5, 0.5, 0.1], alerts=1)
    Fraction(1, 2)
    """
    found = []
    for order in itertools.permutations(range(len(score))):
        ranking = sorted(order, key=lambda row: -score[row])
        found.append(sum(worth[row] for row in ranking[:alerts]))
    return Fraction(sum(found), math.factorial(len(score)))


def card_precision(
    label: Sequence[int], score: Sequence[float], card: Sequence[Hashable], day: Sequence[int], k: int
) -> Fraction:
    """Card precision at k, day after day, as the Handbook describes it.

    Examples
    --------
    >>> card_precision([1, 0, 1, 0], [0.9, 0.2, 0.8, 0.1], "abab", [1, 1, 2, 2], k=1)
    Fraction(1, 2)
    """
    rows = list(zip(label, score, card, day, strict=True))
    detected: set[Hashable] = set()
    daily = []
    for today in sorted(set(day)):
        left = [row for row in rows if row[3] == today and row[2] not in detected]
        cards = sorted({row[2] for row in left}, key=str)
        highest = {name: max(row[1] for row in left if row[2] == name) for name in cards}
        top = sorted(cards, key=lambda name: -highest[name])[:k]
        caught = [name for name in top if any(row[0] for row in left if row[2] == name)]
        detected.update(caught)
        daily.append(Fraction(len(caught), k))
    return sum(daily, Fraction(0)) / len(daily)


def cheapest_action(probability: Fraction, amount_fen: int, costs: CostTable, floor: int = 0) -> int:
    """Least costly action at or above the floor, the weakest of equals, in exact fractions.

    Examples
    --------
    >>> from fraud.costs import ActionCost
    >>> table = CostTable(ActionCost(300, 20, 0.35), ActionCost(2_000, 1_500, 0.1), ActionCost(10_000, 500, 0.0))
    >>> cheapest_action(Fraction(1, 2), 100_000, table)
    3
    """
    expected = {}
    for action, entry in list(enumerate(costs.actions))[floor:]:
        good = entry.handling_fen + entry.friction_fen
        fraud = entry.handling_fen + Fraction(entry.share_lost) * amount_fen
        expected[action] = (1 - probability) * good + probability * fraud
    return min(expected, key=lambda action: (expected[action], action))
