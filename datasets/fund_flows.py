"""Money that moves between firms: trade, loans passed on, a parent's cash pool, and the ring's round trips.

Data card. One row for each pair of payer and payee: the sum in fen, from the first to the last payment of the time that
is looked at. A borrower passes on a part of its loan to its guarantor more often in harmful structures (贷款挪用), but
honest neighbours trade along guarantees as well. The shells of a town pay round their circle, and people who lend their
accounts (`datasets.rings`: mules) take money out of it.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from datasets import balance_sheets, guarantee_ties, towns
from datasets.guarantee_structures import Structure, structures
from datasets.seeds import generator
from datasets.ties import Tie, firm_id, frames, numbered, person_id, shuffled, table
from datasets.world import build

__all__ = ["make", "of_towns", "ties"]

_STEP_FEN = 10_000


def _observed(rng: np.random.Generator) -> tuple[int, int]:
    begins = int(rng.integers(-500, -20))
    return begins, int(rng.integers(5, 184))


def _tie(rng: np.random.Generator, payer: str, payee: str, amount: int, truth: tuple[str, str] = ("", "")) -> Tie:
    rounded = max(amount // _STEP_FEN, 1) * _STEP_FEN
    return Tie(payer, payee, rounded, -1, *_observed(rng), "payment accounts", *truth)


@lru_cache(maxsize=128)
def ties(seed: int, town: int) -> tuple[Tie, ...]:
    """Return the flows of one town's firms, with the truth about them.

    Examples
    --------
    >>> ring = [tie for tie in ties(7, 0) if tie.role == "round trip"]
    >>> len(ring), {tie.from_id for tie in ring} == {tie.to_id for tie in ring}
    (3, True)
    """
    rng = generator(seed, "fund_flows", town)
    found = list(_trade(rng, seed, town))
    harmful = {one.structure_id for one in structures(seed, town) if one.is_harmful}
    for tie in guarantee_ties.ties(seed, town):
        passes_on = rng.integers(0, 100) < (50 if tie.structure_id in harmful else 18)
        if passes_on and tie.from_id.startswith("F"):
            truth = (tie.structure_id, "passed on") if tie.structure_id in harmful else ("", "")
            part = tie.amount_fen * int(rng.integers(5, 60)) // 100
            found.append(_tie(rng, tie.to_id, tie.from_id, part, truth))
    for structure in structures(seed, town):
        if structure.kind == "shell_ring":
            found += _round_trips(rng, seed, town, structure)
        if structure.kind == "parent_subsidiaries":
            parent, *subsidiaries = structure.members
            for firm in subsidiaries:
                amount = int(balance_sheets.sheet(seed, town).equity_fen[firm]) * int(rng.integers(5, 80)) // 100
                truth = structure.structure_id, "cash pool"
                found.append(_tie(rng, firm_id(town, firm), firm_id(town, parent), amount, truth))
    return tuple(shuffled(seed, "fund_flow", town, found))


def _trade(rng: np.random.Generator, seed: int, town: int) -> Iterator[Tie]:
    equity = balance_sheets.sheet(seed, town).equity_fen
    for _ in range(int(rng.integers(50, 80))):
        payer = int(rng.integers(0, towns.FIRMS))
        back = min(int(rng.integers(0, 12)), town) if rng.integers(0, 4) == 0 else 0
        payee = firm_id(town - back, int(rng.integers(0, towns.FIRMS)))
        amount = int(equity[payer]) * int(rng.integers(1, 50)) * int(rng.integers(1, 50)) // 2_500
        if payee != firm_id(town, payer):
            yield _tie(rng, firm_id(town, payer), payee, amount)


def _round_trips(rng: np.random.Generator, seed: int, town: int, ring: Structure) -> Iterator[Tie]:
    amount = (
        int(balance_sheets.sheet(seed, town).equity_fen[list(ring.members)].min()) * int(rng.integers(20, 80)) // 100
    )
    for payer, payee in ring.pairs:
        part = amount * int(rng.integers(94, 101)) // 100
        yield _tie(rng, firm_id(town, payer), firm_id(town, payee), part, (ring.structure_id, "round trip"))
    # worlds of a power of two are built a few times only while towns go by
    mules = build(seed, min(towns.MAX_TOWNS, 1 << town.bit_length())).mules[town] % towns.PEOPLE
    for place, mule in enumerate(rng.permutation(mules)[:4].tolist()):
        payer = ring.members[place % len(ring.members)]
        part = amount * int(rng.integers(1, 6)) // 100
        yield _tie(rng, firm_id(town, payer), person_id(town, mule), part, (ring.structure_id, "to a mule"))


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n flows, some towns at a time; see the data card above.

    Examples
    --------
    >>> frame = next(make(100, seed=7))
    >>> bool((frame["amount_fen"] > 0).all()), bool((frame["from_id"] != frame["to_id"]).all())
    (True, True)
    """
    return frames(n, seed, of_towns)


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the flows of some towns.

    Examples
    --------
    >>> len(of_towns(7, range(1, 3))) > 40
    True
    """
    return table([row for town in some for row in numbered("M", town, ties(seed, town))])
