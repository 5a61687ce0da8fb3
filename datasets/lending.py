"""Banks of the province, their capital, and the loans that firms have from them.

Data card. `banks` has one row for each bank: party_id, name, tier-1 capital (一级资本净额) and net capital (资本净额)
in fen. `make` gives the loans (贷款), bank to borrower. Most loans stay far below the limits of concentration
(授信集中度); in some towns one client's loan is planted just under or above 10 % of its bank's net capital, or the
loans of one group just under or above 20 % of tier-1 capital (大额风险暴露管理办法, 2018). The planted ones are in
`datasets.guarantee_truth`; only loans are counted there, not guarantees. The banks are invented.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd

from datasets import balance_sheets, towns
from datasets.errors import OutOfRangeError
from datasets.guarantee_structures import Structure, structures
from datasets.seeds import generator
from datasets.ties import NO_END, Tie, firm_id, frames, numbered, shuffled, table

__all__ = ["BANKS", "banks", "make", "of_towns", "ties"]

BANKS: tuple[tuple[str, str, int, int], ...] = (
    # identifier, name, tier-1 capital and net capital in fen
    ("K00000000", "陇上银行", 2_550_000_000_000, 3_000_000_000_000),
    ("K00000001", "河西商业银行", 1_300_000_000_000, 1_560_000_000_000),
    ("K00000002", "黄河农村商业银行", 520_000_000_000, 610_000_000_000),
    ("K00000003", "祁连农村信用联社", 260_000_000_000, 300_000_000_000),
    ("K00000004", "绿洲村镇银行", 88_000_000_000, 102_000_000_000),
    ("K00000005", "丝路村镇银行", 36_000_000_000, 41_000_000_000),
)
_NET = np.array([row[3] for row in BANKS], np.int64)
_ORDINARY_PERCENT = 5
_STEP_FEN = 1_000_000
_GROUPS = ("parent_subsidiaries", "hidden_group")


@dataclass(frozen=True)
class _Ledger:
    """What is still to be lent to each firm of a town, and by which banks it is not to be lent."""

    left: list[int]
    taken: set[tuple[int, int]] = field(default_factory=set)
    ties: list[Tie] = field(default_factory=list)

    def lend(
        self, town: int, bank: int, firm: int, amount: int, dates: tuple[int, int], truth: tuple[str, str] = ("", "")
    ) -> None:
        """Write down a loan, whole steps of ten thousand yuan."""
        self.left[firm] -= amount
        self.taken.add((bank, firm))
        self.ties.append(Tie(BANKS[bank][0], firm_id(town, firm), amount, -1, *dates, "loan ledger", *truth))


def banks(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n banks; the same for every seed.

    Raises
    ------
    OutOfRangeError
        If n is negative.

    Examples
    --------
    >>> next(banks(6, 7))["net_capital_fen"].tolist()[-1]
    41000000000
    """
    del seed
    if n < 0:
        raise OutOfRangeError(f"n is {n:,}, but a table has 0 rows or more")
    columns = ["party_id", "name", "tier1_capital_fen", "net_capital_fen"]
    return iter([pd.DataFrame(list(BANKS), columns=columns).astype({"name": "str", "party_id": "str"}).head(n)])


@lru_cache(maxsize=128)
def ties(seed: int, town: int) -> tuple[Tie, ...]:
    """Return the loans of one town's firms, with the truth about them; they add up to the loans of the sheets.

    Examples
    --------
    >>> drawn = ties(7, 0)
    >>> from datasets.balance_sheets import sheet
    >>> sum(tie.amount_fen for tie in drawn) == int(sheet(7, 0).loan_fen.sum())
    True
    """
    rng = generator(seed, "lending", town)
    ledger = _Ledger(balance_sheets.sheet(seed, town).loan_fen.tolist())
    drawn = structures(seed, town)
    for structure in drawn:
        if structure.kind in _GROUPS and rng.integers(0, 100) < 60:
            _lend_to_group(rng, town, structure, ledger)
    if rng.integers(0, 100) < 40:
        free = sorted(set(range(towns.FIRMS)) - {member for one in drawn for member in one.members})
        _lend_to_one(rng, town, free, ledger)
    for firm in range(towns.FIRMS):
        _lend_the_rest(rng, town, firm, ledger)
    return tuple(shuffled(seed, "loan", town, ledger.ties))


def _lasting(rng: np.random.Generator) -> tuple[int, int]:
    return int(rng.integers(-700, -30)), int(rng.integers(60, 1_200))


def _lend_to_one(rng: np.random.Generator, town: int, firms: list[int], ledger: _Ledger) -> None:
    """Lend to one client just under or above a tenth of its bank's net capital."""
    is_above = bool(rng.integers(0, 100) < 45)
    share = int(rng.integers(1_020, 1_600)) if is_above else int(rng.integers(930, 998))
    choices = [
        (bank, firm)
        for bank, net in enumerate(_NET.tolist())
        for firm in firms
        if ledger.left[firm] > net * share // 10_000
    ]
    if choices:
        bank, firm = choices[int(rng.integers(0, len(choices)))]
        amount = int(_NET[bank]) * share // 10_000 // _STEP_FEN * _STEP_FEN
        role = "above" if is_above else "under"
        ledger.lend(town, bank, firm, amount, _lasting(rng), (f"X{town:04d}9999", f"one client {role}"))


def _lend_to_group(rng: np.random.Generator, town: int, structure: Structure, ledger: _Ledger) -> None:
    """Lend to a group just under or above a fifth of its bank's tier-1 capital, each member below its own limit."""
    is_above = bool(rng.integers(0, 100) < 50)
    share = int(rng.integers(2_040, 2_500)) if is_above else int(rng.integers(1_850, 1_990))
    members = structure.members
    for bank in range(len(BANKS)):
        each = BANKS[bank][2] * share // 10_000 // len(members) // _STEP_FEN * _STEP_FEN
        fits = all(ledger.left[member] > each for member in members)
        if fits and each * 100 < BANKS[bank][3] * 9:
            role = "above" if is_above else "under"
            for member in members:
                truth = structure.structure_id.replace("S", "X"), f"group {role}"
                ledger.lend(town, bank, member, each, _lasting(rng), truth)
            return


def _lend_the_rest(rng: np.random.Generator, town: int, firm: int, ledger: _Ledger) -> None:
    """Split what is left among one to three banks, each far below its limits."""
    parts = int(rng.integers(1, 4))
    order = [int(bank) for bank in rng.permutation(len(BANKS)) if (int(bank), firm) not in ledger.taken]
    each = max(ledger.left[firm] // parts // _STEP_FEN, 1) * _STEP_FEN
    for bank in [*order, *order]:
        room = int(_NET[bank]) * _ORDINARY_PERCENT // 100
        amount = min(ledger.left[firm], each)
        if amount <= 0:
            return
        if amount <= room and (bank, firm) not in ledger.taken:
            begins = int(rng.integers(-900, -10))
            ends = NO_END if rng.integers(0, 20) == 0 else begins + int(rng.integers(365, 1_800))
            ledger.lend(town, bank, firm, amount, (begins, ends))
    if ledger.left[firm] > 0:
        # too much for the small banks: the largest, at which no limit is near for anybody, takes it
        ledger.lend(town, 0, firm, ledger.left[firm], _lasting(rng))


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n loans, some towns at a time; see the data card above.

    Examples
    --------
    >>> sorted(set(next(make(60, seed=7))["from_id"].str[0]))
    ['K']
    """
    return frames(n, seed, of_towns)


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the loans of some towns.

    Examples
    --------
    >>> len(of_towns(7, range(1, 3))) > 40
    True
    """
    return table([row for town in some for row in numbered("L", town, ties(seed, town))])
