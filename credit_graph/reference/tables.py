"""Readable twins of what is done to tables: the order of ties, repeated rows, companies sold more than once.

Each is its own definition, one tie and one day at a time. They are for small inputs only: the time grows with the
square of the number of rows.
"""

from collections.abc import Sequence
from fractions import Fraction

from credit_graph.intake.shareholders import TOLERANCE

__all__ = ["oversubscribed", "repeated_rows", "sorted_ties"]


def sorted_ties(tail: Sequence[int], head: Sequence[int]) -> list[int]:
    """Return the order of `credit_graph.graph.csr`: by tail, then head, then as given.

    Examples
    --------
    >>> sorted_ties([2, 0, 2], [1, 1, 0])
    [1, 2, 0]
    """
    return sorted(range(len(tail)), key=lambda tie: (tail[tie], head[tie], tie))


def repeated_rows(rows: Sequence[tuple[object, ...]]) -> list[int]:
    """Return for each row the first that equals it, -1 if it is that itself; see `credit_graph.intake.repeats`.

    Examples
    --------
    >>> repeated_rows([("A", 5), ("A", 7), ("A", 5)])
    [-1, -1, 0]
    """
    first = [rows.index(row) for row in rows]
    return [-1 if first[place] == place else first[place] for place in range(len(rows))]


def oversubscribed(
    company: Sequence[int], share: Sequence[Fraction], first_day: Sequence[int], last_day: Sequence[int]
) -> list[bool]:
    """Return which stakes are held on a day of excess; see `credit_graph.intake.shareholders`.

    Examples
    --------
    >>> oversubscribed([7, 7], [Fraction(3, 5), Fraction(1, 2)], [0, 10], [19, 19])
    [True, True]
    """
    stakes = range(len(company))
    wrong = [False] * len(company)
    for day in first_day:  # a sum is largest on a day on which some stake begins
        for one in set(company):
            held = [stake for stake in stakes if company[stake] == one and first_day[stake] <= day <= last_day[stake]]
            if sum(share[stake] for stake in held) > 1 + TOLERANCE:
                wrong = [wrong[stake] or stake in held for stake in stakes]
    return wrong
