"""What firms own and owe at the end of 2018, before the first default, and what they could really pay at once.

Data card. Equity, leverage (资产负债率, debt over assets), days overdue (逾期天数, worst of the last year) and total
loans are known to a bank. The buffer, that is how much a firm can pay at once when its guarantees are called, and
whether it belongs to a harmful structure are not: the former is in `datasets.defaults.truth`, the latter in
`datasets.guarantee_truth`. Members of harmful structures are somewhat more indebted, by less than firms differ anyway.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from datasets import firms, quantiles, towns
from datasets.guarantee_structures import structures
from datasets.seeds import generator

__all__ = ["BASIS", "Sheet", "sheet"]

BASIS = 10_000
"""Shares are drawn in basis points, so that every machine draws the same."""
_LARGEST_LOAN_FEN = 140_000_000_000
_LICENSED_CAPITAL_FEN = 80_000_000_000
_STEP_FEN = 1_000_000

Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sheet:
    """The firms of one town, int64 of shape (40,): money in fen, leverage in basis points, days."""

    capital_fen: Int64
    equity_fen: Int64
    leverage: Int64
    overdue_days: Int64
    loan_fen: Int64
    buffer_fen: Int64


@lru_cache(maxsize=128)
def sheet(seed: int, town: int) -> Sheet:
    """Return the sheets of one town's firms.

    Examples
    --------
    >>> drawn = sheet(7, 0)
    >>> drawn.equity_fen.shape, bool((drawn.leverage < BASIS).all()), bool((drawn.loan_fen > 0).all())
    ((40,), True, True)
    """
    rng = generator(seed, "balance_sheets", town)
    size = towns.FIRMS
    capital = firms.draw(seed, towns.MAX_TOWNS).scale[town * size : (town + 1) * size] * 10_000_000
    weak, sound, licensed = _marked(seed, town)
    equity = capital * quantiles.factors(0.35)[rng.integers(0, quantiles.QUANTILES, size)] // 1000
    equity = np.where(licensed, equity + _LICENSED_CAPITAL_FEN, equity) // _STEP_FEN * _STEP_FEN
    spread = rng.integers(0, 3_200, (2, size)).sum(axis=0)
    leverage = 1_800 + spread + weak * rng.integers(0, 1_100, size) - sound * rng.integers(0, 900, size)
    leverage = np.where(licensed, 1_000 + spread // 8, leverage)
    is_late = rng.integers(0, 100, size) < np.where(leverage > 6_000, 26, 14) + 8 * weak
    lateness = rng.integers(0, 95, size)
    debt = equity // (BASIS - leverage) * leverage
    loan = np.minimum(debt // 100 * rng.integers(50, 96, size), _LARGEST_LOAN_FEN)
    doubt = quantiles.factors(0.4)[rng.integers(0, quantiles.QUANTILES, size)]
    # who is over-extended has less at hand than the sheet lets expect, most of all a shell
    is_shell = np.arange(size) >= size - firms.SHELLS
    at_hand = rng.integers(2_400, 6_500, size) * np.where(weak, 55, 100) // 100
    liquid = equity // BASIS * np.where(is_shell, 900, at_hand)
    return Sheet(
        capital_fen=capital,
        equity_fen=np.maximum(equity, _STEP_FEN),
        leverage=leverage,
        overdue_days=is_late * (1 + lateness * lateness // 100),
        loan_fen=np.maximum(loan // _STEP_FEN, 1) * _STEP_FEN,
        buffer_fen=liquid // 1000 * doubt,
    )


def _marked(seed: int, town: int) -> tuple[Int64, Int64, NDArray[np.bool_]]:
    """Return who belongs to a harmful structure, who to a sound one, and who holds a licence to guarantee."""
    weak, sound = np.zeros((2, towns.FIRMS), np.int64)
    licensed = np.zeros(towns.FIRMS, np.bool_)
    for structure in structures(seed, town):
        members = list(structure.members)
        weak[members] = structure.is_harmful
        sound[members] = structure.kind in ("village_triad", "parent_subsidiaries")
        licensed[members] = structure.kind == "guarantee_company"
    return weak, sound, licensed
