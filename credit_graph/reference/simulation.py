"""Simulation in plain Python: cascades in rounds, blame by recursion, risk measures by definition."""

from collections.abc import Sequence
from fractions import Fraction

__all__ = ["blame_by_rounds", "cascade_rounds", "shortfall_by_definition", "stress_limit"]

Tie = tuple[int, int, float]


def cascade_rounds(
    ties: Sequence[Tie], buffer: Sequence[float], failed: Sequence[int], falls_when_equal: bool = False
) -> list[int]:
    """Return the round in which each firm falls, -1 for never; a tie is (guarantor, borrower, call).

    Examples
    --------
    >>> cascade_rounds([(0, 1, 500), (1, 2, 700)], buffer=[500, 600, 0], failed=[2])
    [-1, 1, 0]
    """
    fell = [0 if firm in set(failed) else -1 for firm in range(len(buffer))]
    for now in range(1, len(buffer) + 1):
        called = [0.0] * len(buffer)
        for guarantor, borrower, call in ties:
            called[guarantor] += call if fell[borrower] >= 0 and guarantor != borrower else 0.0
        for firm, amount in enumerate(called):
            is_too_much = amount > buffer[firm] or (falls_when_equal and amount == buffer[firm])
            if fell[firm] < 0 and amount > 0 and is_too_much:
                fell[firm] = now
    return fell


def blame_by_rounds(ties: Sequence[Tie], fell: Sequence[int]) -> tuple[list[float], list[float]]:
    """Return the contagion defaults that passed over each tie, and those that began with each firm.

    Examples
    --------
    >>> blame_by_rounds([(0, 1, 500), (1, 2, 700)], fell=[2, 1, 0])
    ([1.0, 2.0], [0.0, 0.0, 2.0])
    """
    over, began = [0.0] * len(ties), [0.0] * len(fell)

    def hand_on(firm: int, blame: float) -> None:
        if fell[firm] == 0:
            began[firm] += blame
            return
        calls = [(k, b, a) for k, (g, b, a) in enumerate(ties) if g == firm and 0 <= fell[b] < fell[firm]]
        for number, borrower, call in calls:
            part = blame * call / sum(a for _, _, a in calls)
            over[number] += part
            hand_on(borrower, part)

    for firm, now in enumerate(fell):
        if now > 0:
            hand_on(firm, 1.0)
    return over, began


def stress_limit(
    ties: Sequence[Tie], equity: Sequence[float], start: Sequence[float], rounds: int = 10_000
) -> list[float]:
    """Return the limit of linear DebtRank; a tie is (who loses, who fails, exposure).

    Examples
    --------
    >>> [round(level, 3) for level in stress_limit([(0, 1, 50), (1, 2, 40)], [100, 80, 60], [0, 0, 0.4])]
    [0.1, 0.2, 0.4]
    """
    stress = list(start)
    for _ in range(rounds):
        after = list(start)
        for loser, failing, exposure in ties:
            if loser != failing and exposure > 0 and stress[failing] > 0:
                after[loser] += exposure * stress[failing] / equity[loser] if equity[loser] > 0 else 1.0
        after = [min(1.0, level) for level in after]
        if after == stress:
            break
        stress = after
    return stress


def shortfall_by_definition(losses: Sequence[float], level: str) -> tuple[float, float]:
    """Return value at risk and expected shortfall as Acerbi and Tasche define them, in exact fractions.

    Examples
    --------
    >>> shortfall_by_definition([0, 0, 10, 20], "0.5")
    (0.0, 15.0)
    """
    alpha, n = Fraction(level), len(losses)
    exact = [Fraction(loss) for loss in losses]
    quantile = min(x for x in exact if Fraction(sum(loss <= x for loss in exact), n) >= alpha)
    tail = sum((loss for loss in exact if loss >= quantile), Fraction(0)) / n
    surplus = Fraction(sum(loss >= quantile for loss in exact), n) - (1 - alpha)
    return float(quantile), float((tail - quantile * surplus) / (1 - alpha))
