"""Shapes in which money is washed, and the honest habits that look like them, as short lists of transfers.

The shapes are those of the field (Suzumura and Kanezashi's AMLSim; Altman et al., "Realistic synthetic financial
transactions for anti-money laundering models", 2023): fan-in (归集), fan-out (分散), cycle (回流), scatter-gather,
gather-scatter, bipartite, stack, chain (过账). For each there is somebody honest who does the same: a wedding, a
payroll, a loan that is paid back, a savings club in which each member has a turn (合会), a group purchase.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["PATTERNS", "Moves", "Pattern"]

Moves = list[tuple[int, int, float, int]]
"""Payer and payee as places among the members, time as a share of the episode, amount in fen."""


@dataclass(frozen=True)
class Pattern:
    """One shape: its name in English and Chinese, whether it washes money, how many members, how many days."""

    name: str
    name_zh: str
    is_laundering: bool
    members: tuple[int, int]
    days: tuple[int, int]
    act: Callable[[np.random.Generator, int, int], Moves]


def _amounts(rng: np.random.Generator, base: int, size: int) -> list[int]:
    """Return sums that are equal, nearly equal, or anything between a half and twice the base."""
    way = int(rng.integers(0, 3))
    if way == 0:
        return [base] * size
    low, high = ((950, 1050), (500, 2000))[way - 1]
    return [base * int(factor) // 1000 for factor in rng.integers(low, high, size)]


def _less(rng: np.random.Generator, amount: int) -> int:
    """Keep a commission of nothing, or of up to a tenth."""
    return amount if rng.random() < 0.3 else amount * int(rng.integers(900, 1000)) // 1000


def _times(rng: np.random.Generator, size: int, start: float = 0.0, end: float = 1.0) -> list[float]:
    return [float(start + (end - start) * at) for at in np.sort(rng.random(size))]


def _fan_in(rng: np.random.Generator, members: int, base: int) -> Moves:
    amounts = _amounts(rng, base, members - 1)
    return [(k + 1, 0, at, amounts[k]) for k, at in enumerate(_times(rng, members - 1))]


def _fan_out(rng: np.random.Generator, members: int, base: int) -> Moves:
    return [(payee, payer, at, amount) for payer, payee, at, amount in _fan_in(rng, members, base)]


def _cycle(rng: np.random.Generator, members: int, base: int) -> Moves:
    made, amount = [], base
    for k, at in enumerate(_times(rng, members)):
        made.append((k, (k + 1) % members, at, amount))
        amount = _less(rng, amount)
    return made


def _chain(rng: np.random.Generator, members: int, base: int) -> Moves:
    return _cycle(rng, members, base)[:-1]


def _scatter_gather(rng: np.random.Generator, members: int, base: int) -> Moves:
    middle = range(2, members)
    amounts = _amounts(rng, base, len(middle))
    out = [(0, m, at, amounts[m - 2]) for m, at in zip(middle, _times(rng, len(middle), 0, 0.5), strict=True)]
    back = zip(middle, _times(rng, len(middle), 0.5, 1), strict=True)
    return out + [(m, 1, at, _less(rng, amounts[m - 2])) for m, at in back]


def _gather_scatter(rng: np.random.Generator, members: int, base: int) -> Moves:
    payers = (members - 1) // 2
    inward = _fan_in(rng, payers + 1, base)
    share = sum(amount for *_, amount in inward) // max(members - 1 - payers, 1)
    made = [(payer, payee, at / 2, amount) for payer, payee, at, amount in inward]
    payees = range(payers + 1, members)
    return made + [
        (0, m, at, _less(rng, share)) for m, at in zip(payees, _times(rng, len(payees), 0.5, 1), strict=True)
    ]


def _layer(rng: np.random.Generator, one: range, two: range, base: int, start: float, end: float) -> Moves:
    pairs = [(payer, payee) for payer in one for payee in two]
    amounts = _amounts(rng, base, len(pairs))
    return [(*pairs[k], at, amounts[k]) for k, at in enumerate(_times(rng, len(pairs), start, end))]


def _bipartite(rng: np.random.Generator, members: int, base: int) -> Moves:
    half = members // 2
    return _layer(rng, range(half), range(half, members), base, 0, 1)


def _stack(rng: np.random.Generator, members: int, base: int) -> Moves:
    third = members // 3
    first = _layer(rng, range(third), range(third, 2 * third), base, 0, 0.5)
    return first + _layer(rng, range(third, 2 * third), range(2 * third, members), base, 0.5, 1)


def _wedding(rng: np.random.Generator, members: int, base: int) -> Moves:
    usual = max(base // 100_000, 1) * 10_000
    gifts = [usual * times for times in (2, 3, 5, 6, 8, 10)]
    return [(k + 1, 0, at, gifts[int(rng.integers(0, 6))]) for k, at in enumerate(_times(rng, members - 1, 0, 0.1))]


def _group_purchase(rng: np.random.Generator, members: int, base: int) -> Moves:
    price = max(base // 2_000 * 100, 1_000)
    paid = [price * int(rng.integers(1, 4)) for _ in range(members - 2)]
    made = [(k + 2, 0, at, paid[k]) for k, at in enumerate(_times(rng, members - 2, 0, 0.6))]
    return [*made, (0, 1, 0.8, sum(paid) * int(rng.integers(880, 1000)) // 1000)]


def _payroll(rng: np.random.Generator, members: int, base: int) -> Moves:
    return [(0, k + 1, 0.001 * k, base * int(rng.integers(600, 1800)) // 1000) for k in range(members - 1)]


def _loan_repaid(rng: np.random.Generator, members: int, base: int) -> Moves:
    parts = int(rng.integers(1, members + 2))
    back = [(1, 0, at, base // parts) for at in _times(rng, parts, 0.3, 1)]
    return [(0, 1, 0.0, base), *back]


def _savings_club(rng: np.random.Generator, members: int, base: int) -> Moves:
    part = max(base // 5_000 * 500, 5_000)
    turns = range(min(members, 4))
    return [
        (m, turn, (turn + 0.1 * float(rng.random())) / 4, part) for turn in turns for m in range(members) if m != turn
    ]


PATTERNS: tuple[Pattern, ...] = (
    Pattern("fan_in", "归集", True, (5, 14), (1, 30), _fan_in),
    Pattern("fan_out", "分散", True, (5, 14), (1, 30), _fan_out),
    Pattern("cycle", "回流", True, (2, 10), (1, 30), _cycle),
    Pattern("scatter_gather", "先散后聚", True, (5, 12), (2, 30), _scatter_gather),
    Pattern("gather_scatter", "先聚后散", True, (6, 14), (2, 30), _gather_scatter),
    Pattern("bipartite", "多对多", True, (5, 10), (1, 20), _bipartite),
    Pattern("stack", "多层过账", True, (6, 12), (2, 30), _stack),
    Pattern("chain", "过账链", True, (4, 9), (1, 10), _chain),
    Pattern("wedding", "婚礼礼金", False, (8, 30), (2, 4), _wedding),
    Pattern("group_purchase", "团购代收代付", False, (6, 20), (1, 5), _group_purchase),
    Pattern("payroll", "新员工代发工资", False, (5, 20), (1, 2), _payroll),
    Pattern("loan_repaid", "借款归还", False, (2, 2), (3, 60), _loan_repaid),
    Pattern("savings_club", "合会", False, (4, 8), (60, 120), _savings_club),
)
