"""The readable twins of rule care, in plain Python over rows and rules; slow, and the place to look when in doubt."""

from collections.abc import Sequence

from fraud.rulecare.marginal import Added

__all__ = ["greedy", "only", "sums", "together"]

Matrix = Sequence[Sequence[bool]]
"""Row -> rule -> does it hit."""


def sums(matrix: Matrix, value: Sequence[int]) -> list[int]:
    """Return the sum of a value over the hits of each rule.

    Examples
    --------
    >>> sums([[True, False], [True, True]], [5, 7])
    [12, 7]
    """
    return [sum(v for row, v in zip(matrix, value, strict=True) if row[rule]) for rule in range(len(matrix[0]))]


def together(matrix: Matrix) -> list[list[int]]:
    """Return how often two rules hit the same row.

    Examples
    --------
    >>> together([[True, False], [True, True]])
    [[2, 1], [1, 1]]
    """
    rules = range(len(matrix[0]))
    return [[sum(row[one] and row[other] for row in matrix) for other in rules] for one in rules]


def only(matrix: Matrix, value: Sequence[int]) -> list[int]:
    """Return the sum of a value over the rows that each rule alone hits.

    Examples
    --------
    >>> only([[True, False], [True, True]], [5, 7])
    [5, 0]
    """
    alone = [[hit and sum(row) == 1 for hit in row] for row in matrix]
    return sums(alone, value)


def greedy(
    matrix: Matrix, fraud: Sequence[bool], value: Sequence[int], worth: Sequence[Sequence[int]], action: Sequence[int]
) -> tuple[list[int], list[Added]]:
    """Order the rules so that each next one saves most of the rows that no earlier one hits.

    Examples
    --------
    >>> greedy([[True, True], [True, False]], [True, False], [12, 0], [[0, 10], [0, -3]], [1, 1])[0]
    [1, 0]
    """
    left, waiting, order, added = set(range(len(matrix))), list(range(len(action))), [], []
    while waiting:
        gains = {}
        for rule in waiting:
            rows = [row for row in left if matrix[row][rule]]
            saved = sum(worth[row][action[rule]] for row in rows)
            gains[rule] = Added(len(rows), sum(fraud[row] for row in rows), sum(value[row] for row in rows), saved)
        best = min(waiting, key=lambda rule: (-gains[rule].benefit_fen, -gains[rule].value_fen, rule))
        waiting.remove(best)
        order.append(best)
        added.append(gains[best])
        left -= {row for row in left if matrix[row][best]}
    return order, added
