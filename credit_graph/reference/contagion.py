"""Contagion as the papers write it: plain loops over firms, repeated until nothing moves.

The readable twins of `credit_graph.clearing`, `debtrank`, `cascade` and `spectral`. Matrices are lists of rows, firms
are counted from 0, the diagonal is skipped. Slow, and near an eigenvalue of 1 very slow: for reading and for tests.
"""

from collections.abc import Sequence

import networkx as nx
import numpy as np

__all__ = [
    "clearing_by_iteration",
    "debtrank_by_iteration",
    "eigenvalue_by_component",
    "guarantee_by_rounds",
    "ranked_clearing_by_iteration",
    "single_walk_by_rounds",
    "threshold_by_rounds",
]

Rows = Sequence[Sequence[float]]
Numbers = Sequence[float]


def clearing_by_iteration(
    liabilities: Rows, assets: Numbers, alpha: float = 1.0, beta: float = 1.0, rounds: int = 100_000
) -> list[float]:
    """Return the greatest clearing vector: all pay in full, then what they can, and so on downwards.

    Examples
    --------
    >>> [round(paid, 4) for paid in clearing_by_iteration([[0, 20, 10], [5, 0, 24], [10, 0, 0]], [10, 10, 10])]
    [24.5455, 26.3636, 10]
    """
    return [sum(paid) for paid in ranked_clearing_by_iteration([liabilities], assets, alpha, beta, rounds)]


def ranked_clearing_by_iteration(
    ranks: Sequence[Rows], assets: Numbers, alpha: float = 1.0, beta: float = 1.0, rounds: int = 100_000
) -> list[list[float]]:
    """Return what each firm pays in each rank, most senior first.

    Examples
    --------
    >>> ranked_clearing_by_iteration([[[0, 4], [0, 0]], [[0, 4], [0, 0]]], [6, 0])
    [[4, 2.0], [0, 0]]
    """
    n = len(assets)
    owed = [[sum(rank[i][j] for j in range(n) if j != i) for rank in ranks] for i in range(n)]
    paid = [list(row) for row in owed]
    for _ in range(rounds):
        after = []
        for i in range(n):
            received = sum(
                rank[j][i] * paid[j][k] / owed[j][k]
                for k, rank in enumerate(ranks)
                for j in range(n)
                if j != i and owed[j][k] > 0
            )
            is_solvent = assets[i] + received >= sum(owed[i]) * (1 - 1e-12)
            left = sum(owed[i]) if is_solvent else alpha * assets[i] + beta * received
            row = []
            for amount in owed[i]:
                row.append(min(amount, left))
                left -= row[-1]
            after.append(row)
        if after == paid:
            break
        paid = after
    return paid


def debtrank_by_iteration(exposures: Rows, equity: Numbers, shock: Numbers, rounds: int = 100_000) -> list[float]:
    """Return the limit of linear DebtRank (Bardoscia et al. 2015).

    Examples
    --------
    >>> debtrank_by_iteration([[0, 5], [0, 0]], [10, 10], [0, 0.5])
    [0.25, 0.5]
    """
    n, stress = len(equity), list(shock)
    for _ in range(rounds):
        lost = [sum(exposures[i][j] * stress[j] for j in range(n) if j != i) for i in range(n)]
        after = [min(1.0, shock[i] + _share(lost[i], equity[i])) for i in range(n)]
        if after == stress:
            break
        stress = after
    return stress


def _share(lost: float, equity: float) -> float:
    if equity > 0:
        return lost / equity
    return float("inf") if lost > 0 else 0.0


def single_walk_by_rounds(exposures: Rows, equity: Numbers, shock: Numbers) -> list[float]:
    """Return the original DebtRank (Battiston et al. 2012): undistressed, distressed for one round, then inactive.

    Examples
    --------
    >>> single_walk_by_rounds([[0, 5], [5, 0]], [10, 10], [0.4, 0])
    [0.5, 0.2]
    """
    n, stress = len(equity), list(shock)
    state = ["distressed" if h > 0 else "undistressed" for h in stress]
    while "distressed" in state:
        senders = [j for j in range(n) if state[j] == "distressed"]
        after = list(stress)
        for i in range(n):
            hits = [(exposures[i][j], stress[j]) for j in senders if j != i and exposures[i][j] > 0]
            after[i] += sum(min(1.0, amount / equity[i]) * h if equity[i] > 0 else 1.0 for amount, h in hits)
        stress = [min(1.0, h) for h in after]
        for j in senders:
            state[j] = "inactive"
        state = ["distressed" if s == "undistressed" and stress[i] > 0 else s for i, s in enumerate(state)]
    return stress


def threshold_by_rounds(exposures: Rows, equity: Numbers, failed: set[int], loss_given_default: float) -> list[int]:
    """Return the round in which each firm falls, 0 at the start, -1 never.

    Examples
    --------
    >>> threshold_by_rounds([[0, 6, 0], [0, 0, 6], [0, 0, 0]], [7, 6, 1], {2}, 1.0)
    [-1, 1, 0]
    """
    n = len(equity)
    when = [0 if i in failed else -1 for i in range(n)]
    for now in range(1, n + 1):
        down = [j for j in range(n) if when[j] >= 0]
        for i in range(n):
            lost = loss_given_default * sum(exposures[i][j] for j in down if j != i)
            if when[i] < 0 and lost > 0 and lost >= equity[i] * (1 - 1e-12):
                when[i] = now
    return when


def guarantee_by_rounds(
    guarantees: Rows, debt: Numbers, buffer: Numbers, failed: set[int], joint: bool = False
) -> list[int]:
    """Return the round in which each guarantor falls, 0 at the start, -1 never.

    Examples
    --------
    >>> guarantee_by_rounds([[0, 50, 0], [0, 0, 80], [0, 0, 0]], [0, 40, 70], [40, 0, 0], {2})
    [-1, 1, 0]
    >>> guarantee_by_rounds([[0, 0, 60], [0, 0, 60], [0, 0, 0]], [0, 0, 80], [30, 50, 0], {2}, joint=True)
    [1, 2, 0]
    """
    n = len(buffer)
    when = [0 if i in failed else -1 for i in range(n)]
    for now in range(1, n + 1):
        down = [j for j in range(n) if when[j] >= 0]
        for i in [firm for firm in range(n) if when[firm] < 0]:
            calls = 0.0
            for j in down:
                if guarantees[i][j] > 0:
                    # jointly: i pays beside those who have not fallen; else beside all, fallen or not
                    others = [k for k in range(n) if k not in (i, j) and not (joint and k in down)]
                    together = guarantees[i][j] + sum(guarantees[k][j] for k in others)
                    calls += min(guarantees[i][j], debt[j] * guarantees[i][j] / together)
            if calls > buffer[i] * (1 + 1e-12):
                when[i] = now
        if now not in when:
            break
    return when


def eigenvalue_by_component(matrix: Rows) -> float:
    """Return the spectral radius: the largest over strong components, each solved densely.

    Examples
    --------
    >>> eigenvalue_by_component([[0, 7], [0, 0]])
    0.0
    """
    table = np.array(matrix, np.float64).reshape(len(matrix), len(matrix))
    graph = nx.from_numpy_array(table, create_using=nx.DiGraph)
    parts = [table[np.ix_(list(part), list(part))] for part in nx.strongly_connected_components(graph)]
    return max((float(np.abs(np.linalg.eigvals(part)).max()) for part in parts), default=0.0)
