"""Supply chains: what a town's core enterprise (核心企业) owes its suppliers, and what becomes of each receivable.

A town has one core enterprise, the firm with the most equity; three tiers of suppliers live off it. A receivable
(应收款) lies in lots, as money lies in coins: a step takes a lot away and makes others of the same sum. Every step is
drawn so that it may be done, with the lots as they are on its day, but for attempts that may not: what they are stands
with the step as its truth. The ring's shell firms owe each other a receivable of their own, and pledge it twice.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from datasets import balance_sheets, firms, lending, towns
from datasets.seeds import generator
from datasets.ties import NO_END, firm_id

__all__ = ["ATTEMPTS", "LOOK_ALIKES", "Promise", "Step", "chain"]

ATTEMPTS = ("double_spend", "double_pledge", "moved_while_pledged", "registration_used_twice", "after_maturity")
"""What may not be done, in the truth of a step."""
LOOK_ALIKES = ("pledged_again_after_release", "two_equal_payments")
"""What looks like one of these and may be done."""
_RECEIVABLES, _TIERS = 8, (6, 9, 9)
_LAST_DAY = 119


class Promise(NamedTuple):
    """A receivable; days count from the first day of the streams, `recourse` says whether endorsers are liable."""

    obligor: str
    acceptor: str
    holder: str
    amount_fen: int
    issued: int
    due: int
    recourse: bool


class Step(NamedTuple):
    """One step in a receivable's life; a lot of -1 means all that are left."""

    day: int
    action: str
    lot: int = -1
    by: str = ""
    to: str = ""
    amount_fen: int = 0
    rate_bp: int = 0
    registration: str = ""
    until: int = NO_END
    with_lot: int = -1
    truth: str = ""


@dataclass
class _Lot:
    """A part of a receivable; `pledge` is a registration number, the pledgee and the last day of the term."""

    owner: str
    tier: int
    amount: int
    endorsers: tuple[str, ...] = ()
    pledge: tuple[str, str, int] | None = None


@dataclass
class _Life:
    """A receivable while its life is drawn: its lots by number, and the steps so far."""

    promise: Promise
    name: str
    lots: dict[int, _Lot] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    made: int = 0
    pledges: int = 0

    def add(self, lot: _Lot) -> None:
        """Give a lot the next number."""
        self.lots[self.made] = lot
        self.made += 1

    def heirs(self, lot: _Lot) -> tuple[str, ...]:
        """Return who is liable for what is made of a lot when its owner passes it on."""
        return (*lot.endorsers, lot.owner) if self.promise.recourse else lot.endorsers

    def free(self) -> list[int]:
        """Return the lots that may move."""
        return [number for number, lot in self.lots.items() if lot.pledge is None]

    def number(self) -> str:
        """Return the next registration number (登记编号)."""
        self.pledges += 1
        return f"{self.name}-{self.pledges:02d}"


@lru_cache(maxsize=128)
def chain(seed: int, town: int) -> tuple[tuple[Promise, tuple[Step, ...]], ...]:
    """Return one town's receivables, each with the steps of its life in order; the last one is the ring's.

    Examples
    --------
    >>> lives = chain(7, 0)
    >>> len(lives), {promise.obligor for promise, _ in lives[:-1]} == {lives[0][0].obligor}
    (9, True)
    >>> sorted({step.truth for _, steps in lives for step in steps if step.truth})[:2]
    ['after_maturity', 'double_pledge']
    """
    rng = generator(seed, "supply_chains", town)
    equity = balance_sheets.sheet(seed, town).equity_fen
    core = int(np.argmax(equity[: towns.FIRMS - firms.SHELLS]))
    others = [int(one) for one in rng.permutation(towns.FIRMS - firms.SHELLS) if one != core]
    tiers, taken = [], 0
    for size in _TIERS:
        tiers.append([firm_id(town, one) for one in others[taken : taken + size]])
        taken += size
    found = []
    for place in range(_RECEIVABLES):
        promise = _promise(rng, firm_id(town, core), tiers[0], int(equity[core]))
        life = _begun(promise, f"R{town:04d}{place:04d}")
        _live(rng, life, tiers)
        found.append((promise, tuple(life.steps)))
    found.append(_of_the_ring(rng, town, f"R{town:04d}{_RECEIVABLES:04d}", int(equity[-1])))
    return tuple(found)


def _promise(rng: np.random.Generator, core: str, suppliers: list[str], equity: int) -> Promise:
    acceptor = lending.BANKS[int(rng.integers(0, 3))][0] if rng.integers(0, 100) < 30 else core
    issued = int(rng.integers(0, 30))
    amount = max(equity * int(rng.integers(20, 160)) // 10_000 // 10_000 * 10_000, 10_000_000)
    return Promise(
        core,
        acceptor,
        suppliers[int(rng.integers(0, len(suppliers)))],
        amount + int(rng.integers(0, 10_000)) * 100,
        issued,
        issued + int(rng.integers(55, 86)),
        bool(rng.integers(0, 100) < 60),
    )


def _begun(promise: Promise, name: str) -> _Life:
    life = _Life(promise, name)
    signers = (("draft", promise.obligor), ("issue", promise.obligor), ("accept", promise.acceptor))
    for action, who in signers:
        day = promise.issued + (action == "accept" and promise.acceptor != promise.obligor)
        life.steps.append(Step(day, action, by=who, to=promise.holder, amount_fen=promise.amount_fen))
    life.add(_Lot(promise.holder, 0, promise.amount_fen))
    return life


def _live(rng: np.random.Generator, life: _Life, tiers: list[list[str]]) -> None:
    """Draw some moves between the acceptance and the day it is due, now and then an attempt, and the end."""
    day = life.promise.issued + 1
    for _ in range(int(rng.integers(3, 9))):
        day += int(rng.integers(2, 9))
        if day >= life.promise.due - 1 or not life.lots:
            break
        _move(rng, life, day, tiers)
    _end(rng, life)


def _move(rng: np.random.Generator, life: _Life, day: int, tiers: list[list[str]]) -> None:
    pledged = [number for number, lot in life.lots.items() if lot.pledge is not None]
    if pledged and rng.integers(0, 100) < 45:
        _release(rng, life, day, pledged[0])
        return
    free = life.free()
    if not free:
        return
    number = free[int(rng.integers(0, len(free)))]
    lot, draw = life.lots[number], int(rng.integers(0, 100))
    if _mergeable(life, number) and draw < 25:
        _merge(life, day, number, _mergeable(life, number)[0])
    elif lot.owner.startswith("K"):
        return  # a bank keeps what it has bought until the day
    elif lot.tier < 2 and draw < 62:
        _pay_on(rng, life, day, number, tiers[lot.tier + 1])
    elif draw < 80:
        _pledge(rng, life, day, number)
    else:
        _discount(rng, life, day, number)


def _pay_on(rng: np.random.Generator, life: _Life, day: int, number: int, payees: list[str]) -> None:
    """Pay one or two firms of the next tier; sometimes the payer tries to spend what it has just spent."""
    lot = life.lots.pop(number)
    to = payees[int(rng.integers(0, len(payees)))]
    part = lot.amount if rng.integers(0, 100) < 20 else lot.amount * int(rng.integers(15, 70)) // 100 // 100 * 100
    endorsers = life.heirs(lot)
    life.steps.append(Step(day, "pay_on", number, lot.owner, to, part))
    life.add(_Lot(to, lot.tier + 1, part, endorsers))
    rest = lot.amount - part
    if rest:
        life.add(_Lot(lot.owner, lot.tier, rest, lot.endorsers))
    if rest > part and rng.integers(0, 100) < 30:  # an honest firm owes the same sum twice
        again = life.made - 1
        life.lots.pop(again)
        life.steps.append(Step(day, "pay_on", again, lot.owner, to, part, truth="two_equal_payments"))
        life.add(_Lot(to, lot.tier + 1, part, endorsers))
        life.add(_Lot(lot.owner, lot.tier, rest - part, lot.endorsers))
    elif rng.integers(0, 100) < 12:
        other = payees[(payees.index(to) + 1) % len(payees)]
        life.steps.append(Step(day + 1, "pay_on", number, lot.owner, other, part, truth="double_spend"))


def _pledge(rng: np.random.Generator, life: _Life, day: int, number: int, truth: str = "") -> None:
    lot, banks = life.lots[number], [row[0] for row in lending.BANKS]
    bank = int(rng.integers(0, len(banks)))
    registration, until = life.number(), min(day + int(rng.integers(15, 60)), life.promise.due)
    life.steps.append(
        Step(day, "pledge", number, lot.owner, banks[bank], lot.amount, 0, registration, until, -1, truth)
    )
    lot.pledge = (registration, banks[bank], until)
    draw = int(rng.integers(0, 100))
    if draw < 15:
        other = banks[(bank + 1) % len(banks)]
        life.steps.append(
            Step(day + 1, "pledge", number, lot.owner, other, lot.amount, 0, life.number(), until, -1, "double_pledge")
        )
    elif draw < 25:
        rate = int(rng.integers(280, 620))
        life.steps.append(
            Step(day + 1, "discount", number, lot.owner, banks[bank], lot.amount, rate, truth="moved_while_pledged")
        )
    elif draw < 35 and life.free():
        other_lot = life.free()[0]
        owner, amount = life.lots[other_lot].owner, life.lots[other_lot].amount
        if not owner.startswith("K"):
            again = Step(day + 1, "pledge", other_lot, owner, banks[bank], amount, 0, registration, until)
            life.steps.append(again._replace(truth="registration_used_twice"))


def _release(rng: np.random.Generator, life: _Life, day: int, number: int) -> None:
    """Release a pledge; some owners pledge the same lot again, which they may."""
    lot = life.lots[number]
    assert lot.pledge is not None, "only what is pledged is released"
    registration, bank, _ = lot.pledge
    life.steps.append(Step(day, "release", number, bank, lot.owner, lot.amount, registration=registration))
    lot.pledge = None
    if rng.integers(0, 100) < 35 and day + 2 < life.promise.due:
        _pledge(rng, life, day + 1, number, "pledged_again_after_release")


def _discount(rng: np.random.Generator, life: _Life, day: int, number: int) -> None:
    lot = life.lots.pop(number)
    bank = lending.BANKS[int(rng.integers(0, len(lending.BANKS)))][0]
    life.steps.append(Step(day, "discount", number, lot.owner, bank, lot.amount, int(rng.integers(280, 620))))
    life.add(_Lot(bank, lot.tier, lot.amount, life.heirs(lot)))


def _mergeable(life: _Life, number: int) -> list[int]:
    one = life.lots[number]
    return [
        other
        for other in life.free()
        if other != number and (life.lots[other].owner, life.lots[other].endorsers) == (one.owner, one.endorsers)
    ]


def _merge(life: _Life, day: int, one: int, two: int) -> None:
    first, second = life.lots.pop(one), life.lots.pop(two)
    total = first.amount + second.amount
    life.steps.append(Step(day, "merge", one, first.owner, first.owner, total, with_lot=two))
    life.add(_Lot(first.owner, first.tier, total, first.endorsers))


def _end(rng: np.random.Generator, life: _Life) -> None:
    """Redeem on the day, or default; who comes too late with a payment is refused."""
    promise, day = life.promise, min(life.promise.due, _LAST_DAY)
    late = [number for number in life.free() if not life.lots[number].owner.startswith("K")]
    if late and rng.integers(0, 100) < 30:
        lot = life.lots[late[0]]
        step = Step(day, "pay_on", late[0], lot.owner, lending.BANKS[0][0], lot.amount, truth="after_maturity")
        life.steps.append(step)
    if rng.integers(0, 100) < 85:
        life.steps.append(Step(day, "redeem", by=promise.acceptor, amount_fen=promise.amount_fen))
        return
    number = next(iter(life.lots))
    life.steps.append(Step(day + 1, "default", number, life.lots[number].owner, promise.acceptor))
    for liable in [one for one in life.free() if life.lots[one].endorsers]:
        lot = life.lots.pop(liable)
        life.steps.append(Step(day + 2, "recourse", liable, lot.owner, lot.endorsers[-1], lot.amount))
        life.add(_Lot(lot.endorsers[-1], lot.tier, lot.amount, lot.endorsers[:-1]))


def _of_the_ring(rng: np.random.Generator, town: int, name: str, equity: int) -> tuple[Promise, tuple[Step, ...]]:
    """Draw what the shells do: one owes another for goods that nobody saw, who pledges it at two banks."""
    one, two = (firm_id(town, towns.FIRMS - firms.SHELLS + place) for place in (0, 1))
    issued = int(rng.integers(20, 50))
    promise = Promise(one, one, two, max(equity // 50 // 10_000 * 10_000, 10_000_000), issued, issued + 60, False)
    life = _begun(promise, name)
    banks = [lending.BANKS[int(one)][0] for one in rng.permutation(len(lending.BANKS))[:2]]
    until = issued + 50
    first = Step(issued + 1, "pledge", 0, two, banks[0], promise.amount_fen, 0, life.number(), until)
    second = Step(issued + 1, "pledge", 0, two, banks[1], promise.amount_fen, 0, life.number(), until)
    life.steps += [first, second._replace(truth="double_pledge")]
    life.steps.append(Step(promise.due + 1, "default", 0, banks[0], one))
    return promise, tuple(life.steps)
