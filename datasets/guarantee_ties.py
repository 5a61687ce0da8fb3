"""The guarantees of one town: planted, ordinary, for other towns, and of people for their firms.

Ordinary guarantees go down an order of the town's firms and never stay within a structure, and a guarantee for a firm
of another town is always for an earlier town: so the planted structures are the only circles and mutual pairs, and a
measure of recall and precision is exact. What the columns mean is said in `datasets.guarantees`.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from datasets import balance_sheets, firms, quantiles, towns
from datasets.guarantee_structures import COMPANY_EVERY, Structure, structures
from datasets.seeds import generator
from datasets.ties import NO_END, Tie, firm_id, person_id, shuffled

__all__ = ["REACH", "ties"]

REACH = 8
"""A guarantee for a firm of another town is for one of so many towns before."""
_STEP_FEN = 1_000_000
_LAST_DAY = 1278  # the end of 2023
_COVER = {True: (40, 100), False: (20, 90)}
_MEANS = {True: 800, False: 380}
_WEIGHT = {"village_triad": 50, "parent_subsidiaries": 60, "joint_group": 70, "circle": 150}
"""Guarantees of a kind, in percent of the usual: who stands for many neighbours at once signs for less each."""


@lru_cache(maxsize=128)
def ties(seed: int, town: int) -> tuple[Tie, ...]:
    """Return the guarantees that the parties of one town have given, with the truth about them.

    Examples
    --------
    >>> drawn = ties(7, 0)
    >>> sorted(tie.to_id for tie in drawn if tie.structure_id == "S00000000")
    ['F00000037', 'F00000038', 'F00000039']
    """
    rng = generator(seed, "guarantees", town)
    found: list[Tie] = []
    for structure in structures(seed, town):
        found += _company(rng, seed, town, structure) if structure.kind == "guarantee_company" else []
        found += _planted(rng, seed, town, structure)
    found += _ordinary(rng, seed, town)
    found += _far(rng, seed, town) if town else []
    found += _personal(rng, seed, town)
    return tuple(shuffled(seed, "guarantee", town, found))


def _amount(
    rng: np.random.Generator, seed: int, giver: tuple[int, int], taker: tuple[int, int], heavy: bool, per_mille: int
) -> int:
    """Cover a part of the borrower's loans, within what a bank lets this guarantor sign for."""
    loan = int(balance_sheets.sheet(seed, taker[0]).loan_fen[taker[1]])
    equity = int(balance_sheets.sheet(seed, giver[0]).equity_fen[giver[1]])
    bound = per_mille * int(quantiles.factors(0.55)[rng.integers(0, quantiles.QUANTILES)]) // 1000
    amount = min(loan * int(rng.integers(*_COVER[heavy])) // 100, equity * bound // 1000)
    return max(amount // _STEP_FEN, 1) * _STEP_FEN


def _lasting(rng: np.random.Generator) -> tuple[int, int]:
    """From when to when a guarantee holds that holds on the first day of the streams."""
    ends = NO_END if rng.integers(0, 10) == 0 else int(rng.integers(60, _LAST_DAY))
    return int(rng.integers(-900, -200)), ends


def _source(rng: np.random.Generator) -> str:
    return ("credit registry", "credit registry", "contract")[int(rng.integers(0, 3))]


def _planted(rng: np.random.Generator, seed: int, town: int, structure: Structure) -> Iterator[Tie]:
    usual = _MEANS[structure.is_harmful] * _WEIGHT.get(structure.kind, 100) // 100
    # members of one structure resemble each other, so that its mean tells little more than one guarantee
    per_mille = usual * int(quantiles.factors(0.8)[rng.integers(0, quantiles.QUANTILES)]) // 1000
    for place, (giver, taker) in enumerate(structure.pairs):
        amount = _amount(rng, seed, (town, giver), (town, taker), structure.is_harmful, per_mille)
        begins, ends, role = *_lasting(rng), "tie"
        is_last = place == len(structure.pairs) - 1
        if structure.kind == "expired_circle" and is_last:
            ends, role = int(rng.integers(-150, -5)), "ended"
        if structure.kind == "future_circle" and is_last:
            begins, ends, role = int(rng.integers(20, 300)), int(rng.integers(400, _LAST_DAY)), "not begun"
        if structure.kind == "mutual_apart" and is_last:
            ends, role = int(rng.integers(-150, -100)), "ended"
        elif structure.kind == "mutual_apart":
            begins = int(rng.integers(-95, -10))
        who = firm_id(town, giver), firm_id(town, taker)
        yield Tie(*who, amount, -1, begins, ends, _source(rng), structure.structure_id, role)


def _company(rng: np.random.Generator, seed: int, town: int, structure: Structure) -> Iterator[Tie]:
    """Let a licensed guarantee company stand for many borrowers, each within a twelfth of its own funds."""
    hub = structure.members[0]
    for back in range(min(town + 1, COMPANY_EVERY)):
        takers = rng.permutation(towns.FIRMS - firms.SHELLS)[:8].tolist()
        for taker in takers:
            if (back, taker) != (0, hub):
                amount = _amount(rng, seed, (town, hub), (town - back, taker), False, 40)
                who = firm_id(town, hub), firm_id(town - back, taker)
                yield Tie(*who, amount, -1, *_lasting(rng), _source(rng), structure.structure_id, "tie")


def _ranks(rng: np.random.Generator, seed: int, town: int) -> tuple[list[int], NDArray[np.int64]]:
    """Return to which structure each firm belongs (or to itself), and the order in which these may guarantee.

    Guarantees only go down this order and never within a structure: none of them closes a circle.
    """
    unit = list(range(towns.FIRMS))
    top = -1
    for structure in structures(seed, town):
        for member in structure.members:
            unit[member] = structure.members[0]
        top = structure.members[0] if structure.kind == "guarantee_company" else top
    scale = firms.draw(seed, towns.MAX_TOWNS).scale[town * towns.FIRMS : (town + 1) * towns.FIRMS]
    noise = quantiles.factors(0.8)[rng.integers(0, quantiles.QUANTILES, towns.FIRMS)]
    rank = np.argsort(np.argsort(scale * noise, kind="stable"), kind="stable")
    if top >= 0:
        rank[top] = towns.FIRMS
    return unit, rank


def _giver(rng: np.random.Generator, seed: int, town: int) -> int:
    """Draw a firm, larger ones more often."""
    scale = firms.draw(seed, towns.MAX_TOWNS).scale[town * towns.FIRMS : (town + 1) * towns.FIRMS]
    ends = np.cumsum(scale + 200)
    return int(np.searchsorted(ends, rng.integers(0, ends[-1]), side="right"))


def _ordinary(rng: np.random.Generator, seed: int, town: int) -> Iterator[Tie]:
    unit, rank = _ranks(rng, seed, town)
    done: set[tuple[int, int]] = set()
    for _ in range(int(rng.integers(18, 34))):
        giver, taker = _giver(rng, seed, town), int(rng.integers(0, towns.FIRMS))
        above, below = int(rank[unit[giver]]), int(rank[unit[taker]])
        if above > below and (giver, taker) not in done:
            done.add((giver, taker))
            yield _loose(rng, seed, (town, giver), (town, taker))


def _far(rng: np.random.Generator, seed: int, town: int) -> Iterator[Tie]:
    for _ in range(int(rng.integers(1, 5))):
        back = 1 + int(rng.integers(0, min(REACH, town)) * rng.integers(0, min(REACH, town)) // min(REACH, town))
        taker = town - back, int(rng.integers(0, towns.FIRMS))
        yield _loose(rng, seed, (town, _giver(rng, seed, town)), taker)


def _loose(rng: np.random.Generator, seed: int, giver: tuple[int, int], taker: tuple[int, int]) -> Tie:
    heavy = bool(rng.integers(0, 100) < 25)
    amount = _amount(rng, seed, giver, taker, heavy, _MEANS[heavy])
    # from the beginning of 2018 to the summer of 2022, more of them early
    begins = -912 + int(rng.integers(0, 1_200)) * int(rng.integers(0, 1_200)) // 1_000
    ends = NO_END if rng.integers(0, 12) == 0 else min(begins + int(rng.integers(365, 1_100)), _LAST_DAY)
    return Tie(firm_id(*giver), firm_id(*taker), amount, -1, begins, ends, _source(rng))


def _personal(rng: np.random.Generator, seed: int, town: int) -> Iterator[Tie]:
    """Let representatives stand for their own firm with all they have (个人连带责任保证)."""
    here = slice(town * towns.FIRMS, (town + 1) * towns.FIRMS)
    representative = firms.draw(seed, towns.MAX_TOWNS).representative[here] % towns.PEOPLE
    loan = balance_sheets.sheet(seed, town).loan_fen
    for firm in range(towns.FIRMS):
        if rng.integers(0, 100) < 35:
            amount = int(loan[firm]) * int(rng.integers(20, 101)) // 100 // _STEP_FEN
            who = person_id(town, int(representative[firm])), firm_id(town, firm)
            yield Tie(*who, max(amount, 1) * _STEP_FEN, -1, *_lasting(rng), _source(rng))
