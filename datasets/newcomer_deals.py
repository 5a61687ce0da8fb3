"""What newcomers sign: loans, guarantees for each other, and receivables among themselves.

The ring's shells borrow, stand for each other in a circle, owe each other for goods that nobody saw, and pledge two of
these receivables at two banks each. Honest newcomers do the like: members of a family stand for each other, too, owe
each other for real goods, and now and then a clerk registers a pledge a second time by mistake; large firms of the town
stand for somebody new. Days count from 2020-07-01; how steps and parts are numbered is said in `datasets.receivables`.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from datasets import balance_sheets, firms, lending, towns
from datasets.newcomers import Newcomer, grouped, newcomers
from datasets.receivables import promise_table, step_table, truth_table
from datasets.ring_roles import roles
from datasets.seeds import generator
from datasets.supply_chains import Promise, Step
from datasets.ties import Tie, firm_id, numbered, shuffled, table

__all__ = ["guarantees", "loans", "promises", "receivable_truth", "signed", "steps", "traded"]

_STEP_FEN = 1_000_000
_FIRST_NAME = 100
"""Number of the first receivable of newcomers in their town; the town's own have smaller ones."""

Signed = tuple[tuple[Tie, ...], tuple[Tie, ...]]
Traded = tuple[tuple[Promise, tuple[Step, ...]], ...]


def _town_of(one: Newcomer) -> int:
    return int(one.firm_id[1:5])


@lru_cache(maxsize=128)
def signed(seed: int, town: int) -> Signed:
    """Return the loans and the guarantees of one town's newcomers; the ring's are those of the first town.

    Examples
    --------
    >>> loans, guarantees = signed(7, 0)
    >>> sum(tie.structure_id == "ring" for tie in guarantees) >= 7
    True
    """
    rng = generator(seed, "newcomer deals", town)
    ring = grouped(seed, range(2))["ring"] if town == 0 else []
    others = [one for one in newcomers(seed, town) if one.kind != "ring"]
    lent = [*_lent(rng, ring, 95), *_lent(rng, others, 85)]
    owed = {tie.to_id: tie.amount_fen for tie in lent}
    found = list(_circle_of_the_ring(rng, seed, ring, owed))
    for name, members in grouped(seed, range(town, town + 1)).items():
        if name != "ring":
            found += _among(rng, name, members, owed)
    sheet = balance_sheets.sheet(seed, town)
    owed |= {firm_id(town, number): amount * 3 // 2 for number, amount in enumerate(sheet.loan_fen.tolist())}
    found += _chamber(rng, town, [one.firm_id for one in others if one.kind in ("lone", "house")], owed)
    for one in others:
        if rng.integers(0, 100) < 25:
            giver = firm_id(town, int(rng.integers(0, towns.FIRMS - firms.SHELLS)))
            found.append(_guarantee(rng, giver, one.firm_id, owed, ""))
    return tuple(shuffled(seed, "newcomers' loan", town, lent)), tuple(
        shuffled(seed, "newcomers' guarantee", town, found)
    )


def _lent(rng: np.random.Generator, some: Sequence[Newcomer], percent: int) -> Iterator[Tie]:
    for one in some:
        if rng.integers(0, 100) < percent:
            amount = one.equity_fen // 100 * int(rng.integers(60, 260)) // _STEP_FEN
            begins = one.opened + int(rng.integers(10, 40))
            bank = lending.BANKS[int(rng.integers(0, len(lending.BANKS)))][0]
            yield Tie(bank, one.firm_id, max(amount, 1) * _STEP_FEN, -1, begins, begins + 365, "loan ledger")


def _guarantee(rng: np.random.Generator, giver: str, taker: str, owed: dict[str, int], name: str) -> Tie:
    amount = owed.get(taker, 80 * _STEP_FEN) // 100 * int(rng.integers(50, 111)) // _STEP_FEN
    begins = int(rng.integers(30, 62))
    return Tie(giver, taker, max(amount, 1) * _STEP_FEN, -1, begins, begins + 365, "credit registry", name, "tie")


def _circle_of_the_ring(
    rng: np.random.Generator, seed: int, ring: Sequence[Newcomer], owed: dict[str, int]
) -> Iterator[Tie]:
    """Close the circle, and let who is not in it stand for somebody who is."""
    if not ring:
        return
    inside = [one.firm_id for one, role in zip(ring, roles(seed), strict=True) if role.in_circle]
    inside = [inside[place] for place in rng.permutation(len(inside)).tolist()]
    for giver, taker in zip(inside, inside[1:] + inside[:1], strict=True):
        yield _guarantee(rng, giver, taker, owed, "ring")
    for one in ring:
        if one.firm_id not in inside and rng.integers(0, 100) < 60:
            yield _guarantee(rng, one.firm_id, inside[int(rng.integers(0, len(inside)))], owed, "ring")


def _among(rng: np.random.Generator, name: str, members: Sequence[Newcomer], owed: dict[str, int]) -> Iterator[Tie]:
    """Let some honest groups stand for each other: in a circle, or the first member for all."""
    ids, draw = [one.firm_id for one in members], int(rng.integers(0, 100))
    circle, star = (40, 65) if members[0].kind == "family" else (12, 12)
    if draw < circle:
        inside = [ids[place] for place in rng.permutation(len(ids)).tolist()][: max(2, int(rng.integers(2, 10)))]
        for giver, taker in zip(inside, inside[1:] + inside[:1], strict=True):
            yield _guarantee(rng, giver, taker, owed, name)
    elif draw < star:
        for taker in ids[1:]:
            yield _guarantee(rng, ids[0], taker, owed, name)


def _chamber(rng: np.random.Generator, town: int, new: Sequence[str], owed: dict[str, int]) -> Iterator[Tie]:
    """Let a chamber of commerce (商会联保) in some towns close a circle of old firms and new ones."""
    if rng.integers(0, 100) < 50:
        old = [firm_id(town, int(one)) for one in rng.permutation(towns.FIRMS - firms.SHELLS)[: rng.integers(0, 3)]]
        inside = [*old, *(new[place] for place in rng.permutation(len(new)).tolist()[: int(rng.integers(4, 9))])]
        inside = [inside[place] for place in rng.permutation(len(inside)).tolist()]
        for giver, taker in zip(inside, inside[1:] + inside[:1], strict=True):
            yield _guarantee(rng, giver, taker, owed, "chamber")


def guarantees(seed: int, some: range) -> pd.DataFrame:
    """Return the guarantees of some towns' newcomers, in the columns of `datasets.guarantees`.

    Examples
    --------
    >>> guarantees(7, range(2))["edge_id"].str[0].unique().tolist()
    ['N']
    """
    return table([row for town in some for row in numbered("N", town, signed(seed, town)[1])])


def loans(seed: int, some: range) -> pd.DataFrame:
    """Return the loans of some towns' newcomers, in the columns of `datasets.lending`.

    Examples
    --------
    >>> loans(7, range(2))["from_id"].str[0].unique().tolist()
    ['K']
    """
    return table([row for town in some for row in numbered("O", town, signed(seed, town)[0])])


@lru_cache(maxsize=128)
def traded(seed: int, town: int) -> Traded:
    """Return the receivables of one town's newcomers with the steps of their lives; the ring's are the first town's.

    Examples
    --------
    >>> lives = traded(7, 0)
    >>> [step.truth for promise, steps in lives[:3] for step in steps if step.truth]
    ['double_pledge', 'double_pledge']
    """
    rng = generator(seed, "newcomer receivables", town)
    found: list[tuple[Promise, tuple[Step, ...]]] = []
    if town == 0:
        ring = grouped(seed, range(2))["ring"]
        pairs = [one for one, role in zip(ring, roles(seed), strict=True) if role.deals]
        for place in range(0, len(pairs), 2):
            found.append(_life(rng, town, len(found), pairs[place], pairs[place + 1], 100 if place else 0))
    for name, members in grouped(seed, range(town, town + 1)).items():
        if name.startswith("family") and rng.integers(0, 100) < 45:
            found.append(_life(rng, town, len(found), members[0], members[1], 30))
    lone = [one for one in newcomers(seed, town) if one.kind == "lone"]
    for one, other in zip(lone[::2], lone[1::2], strict=False):
        if rng.integers(0, 100) < 40:
            found.append(_life(rng, town, len(found), one, other, 15))
    return tuple(found)


def _life(
    rng: np.random.Generator, town: int, place: int, obligor: Newcomer, holder: Newcomer, twice: int
) -> tuple[Promise, tuple[Step, ...]]:
    """Draw a receivable that is pledged, perhaps twice (in so many percent), or sold, and paid or not."""
    issued = 62 + int(rng.integers(0, 14))
    amount = max(obligor.equity_fen // 100 * int(rng.integers(20, 80)) // 10_000, 1_000) * 10_000
    promise = Promise(obligor.firm_id, obligor.firm_id, holder.firm_id, amount, issued, issued + 40, False)
    who = {"by": obligor.firm_id, "to": holder.firm_id, "amount_fen": amount}
    steps = [Step(issued, action, **who) for action in ("draft", "issue", "accept")]  # type: ignore[arg-type]  # by field
    one, two = (lending.BANKS[int(bank)][0] for bank in rng.permutation(len(lending.BANKS))[:2])
    name, until = f"R{town:04d}{_FIRST_NAME + place:04d}", issued + 35
    day, owner = issued + 1 + int(rng.integers(0, 4)), holder.firm_id
    pledge = Step(day, "pledge", 0, owner, one, amount, 0, f"{name}-01", until)
    if rng.integers(0, 100) < twice:
        later = pledge._replace(day=day + int(rng.integers(0, 3)), to=two, registration=f"{name}-02")
        return promise, (*steps, pledge, later._replace(truth="double_pledge"))
    if rng.integers(0, 100) < 40:
        again = pledge._replace(day=day + 8, to=two, registration=f"{name}-02", truth="pledged_again_after_release")
        release = Step(day + 7, "release", 0, one, owner, amount, registration=f"{name}-01")
        return promise, (*steps, pledge, release, again)
    sold = Step(day, "discount", 0, owner, one, amount, int(rng.integers(280, 620)))
    return promise, (*steps, sold)


def _rows(seed: int, some: range) -> Iterator[tuple[str, str, Step]]:
    for town in some:
        lives = traded(seed, town)
        taken = [(f"R{town:04d}{_FIRST_NAME + place:04d}", step) for place, one in enumerate(lives) for step in one[1]]
        for number, (name, step) in enumerate(sorted(taken, key=lambda row: row[1].day)):
            yield f"E{town:04d}{5_000 + number:04d}", name, step


def promises(seed: int, some: range) -> pd.DataFrame:
    """Return the receivables of some towns' newcomers, in the columns of `datasets.receivables`.

    Examples
    --------
    >>> promises(7, range(1))["receivable_id"].iloc[0]
    'R00000100'
    """
    return promise_table(
        [
            (f"R{town:04d}{_FIRST_NAME + place:04d}", promise)
            for town in some
            for place, (promise, _) in enumerate(traded(seed, town))
        ]
    )


def steps(seed: int, some: range) -> pd.DataFrame:
    """Return the steps of these receivables.

    Examples
    --------
    >>> steps(7, range(1))["action"].iloc[0]
    'draft'
    """
    return step_table(list(_rows(seed, some)))


def receivable_truth(seed: int, some: range) -> pd.DataFrame:
    """Return the truth about these steps.

    Examples
    --------
    >>> int(receivable_truth(7, range(1))["is_refused"].sum()) >= 2
    True
    """
    return truth_table(list(_rows(seed, some)))
