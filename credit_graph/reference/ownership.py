"""Dividend rights as the sum of all chains, and control as the growing set of companies whose votes one has.

The readable twin of `credit_graph.ownership` and `credit_graph.control`.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from credit_graph.graph import Graph

__all__ = ["controlled_by", "dividend_rights", "ultimate_heads"]


def dividend_rights(shares: Sequence[Sequence[float]], holder: int, rounds: int = 2_000) -> list[float]:
    """Return what one holder gets of each company's profit: profit is passed up, round by round.

    What reaches the holder stays there; the rest goes on to the companies' own holders.

    Examples
    --------
    >>> [round(part, 4) for part in dividend_rights([[0, 0.5, 0], [0, 0, 0.5], [0, 0.5, 0]], holder=0)]
    [0.0, 0.6667, 0.3333]
    """
    direct = np.asarray(shares, np.float64)
    # a column for each company that makes one yuan of profit
    profit, got = np.eye(len(direct)), np.zeros(len(direct))
    for _ in range(rounds):
        profit = direct @ profit
        got += profit[holder]
        profit[holder] = 0.0
    return [float(part) for part in got]


def controlled_by(graph: Graph, heads: Iterable[int], needed: Fraction = Fraction(1, 2)) -> set[int]:
    """Return the companies in which heads and what they control have more than the needed part of the votes.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> sorted(controlled_by(small_graph(shareholding=[("F1", "F2", 0.6), ("F2", "F3", 0.6)]), [0]))
    [1, 2]
    """
    owns, agreed = graph.layers["shareholding"], graph.layers["control"]
    units = [round(share * 10**12) for share in owns.share.tolist()]
    ties = list(zip(owns.tail.tolist(), owns.head.tolist(), units, strict=True))
    contracts = [(a, b) for a, b in zip(agreed.tail.tolist(), agreed.head.tolist(), strict=True) if a != b]
    inside, controlled = set(heads), set[int]()
    while True:
        more = {company for head, company in contracts if head in inside}
        for company in {company for _, company, _ in ties}:
            own = sum(share for holder, held, share in ties if holder == held == company)
            votes = sum(share for holder, held, share in ties if held == company != holder and holder in inside)
            more |= {company} if votes > needed * (10**12 - own) else set()
        if more <= controlled:
            return controlled
        controlled |= more
        inside |= more


def ultimate_heads(graph: Graph) -> dict[int, set[int]]:
    """Return for each controlled company who controls it in the end; for a closed circle its smallest member.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> ultimate_heads(small_graph(shareholding=[("F1", "F2", 0.6), ("F2", "F3", 0.6)]))
    {1: {0}, 2: {0}}
    """
    domain = {party: controlled_by(graph, [party]) for party in range(graph.n)}
    found: dict[int, set[int]] = {}
    for head, companies in domain.items():
        above = [other for other in domain if other != head and head in domain[other]]
        if all(other in companies and head < other for other in above):
            for company in companies - {head}:
                found.setdefault(company, set()).add(head)
    return dict(sorted(found.items()))
