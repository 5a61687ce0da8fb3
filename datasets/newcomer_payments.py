"""What newcomers pay and are paid: business as usual, money that is washed, and honest money that moves alike.

Data card. One row for each transfer, in the columns of `datasets.transactions` that it has: occurred_at, customer_id,
account_id, channel, kind, amount_fen, payee_id. Seven of the ring's nine shells send money round and out to people who
lend their accounts (资金骡子, `datasets.rings`), who pass a part on. Honest families pool their cash, owners settle
invoices in a circle, firms pay bonuses, and buy harvests through brokers who pass the money on: for each shape of the
ring's there is somebody who does the same.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from datasets import firms, towns
from datasets.newcomers import Newcomer, grouped, newcomers
from datasets.ring_roles import roles
from datasets.seeds import generator
from datasets.ties import firm_id, frames, person_id
from datasets.world import FIRST_DAY, build

__all__ = ["MULES", "account_of", "make", "mules", "of_towns", "truth", "truth_of"]

MULES = 8
"""People who lend their accounts to the ring."""
_DAY, _LAST = 86_400, 118
_WAVES = 3

Move = tuple[int, str, str, int, str]
"""Second, payer, payee, amount in fen, and what it is in truth: "wash", or a look-alike's name, or empty."""


def account_of(customer: str) -> str:
    """Return the account of a customer: a firm's basic one, a person's first one.

    Examples
    --------
    >>> account_of("F00000041"), account_of("P00000007")
    ('B00000041', 'A00000007')
    """
    return ("B" if customer.startswith("F") else "A") + customer[1:]


def mules(seed: int) -> list[str]:
    """Return the people of the first two towns who lend their accounts to the ring.

    Examples
    --------
    >>> len(set(mules(7)))
    8
    """
    lenders = build(seed, 2).mules.ravel()
    chosen = generator(seed, "newcomer payments", "mules").permutation(lenders)[:MULES]
    return [person_id(int(code) // towns.PEOPLE, int(code) % towns.PEOPLE) for code in chosen]


@lru_cache(maxsize=128)
def _moves(seed: int, town: int) -> tuple[Move, ...]:
    rng = generator(seed, "newcomer payments", town)
    found: list[Move] = []
    for one in newcomers(seed, town):
        found += _business(rng, town, one)
    for name, members in grouped(seed, range(town, town + 1)).items():
        if name.startswith("family"):
            found += _pooled(rng, [one.firm_id for one in members])
            for _ in range(int(rng.integers(0, 3))):
                found += _bought(rng, town, members[int(rng.integers(0, len(members)))].firm_id)
    for _ in range(int(rng.integers(1, 3))):
        found += _settled(rng, town)
        for buyer in rng.integers(0, towns.FIRMS - firms.SHELLS, 2).tolist():
            found += _bought(rng, town, firm_id(town, buyer))
    for one in newcomers(seed, town):
        if one.kind != "ring" and rng.integers(0, 100) < 8:
            found += _bought(rng, town, one.firm_id)
    if town == 0:
        found += _washed(rng, seed)
    return tuple(sorted(found))


def _at(rng: np.random.Generator, day: float) -> int:
    """Return a second within office hours of a day."""
    return int(day) * _DAY + int(rng.integers(8 * 3_600, 19 * 3_600))


def _sum(rng: np.random.Generator, low: int, high: int) -> int:
    """Return an amount in fen between yuan, round in one case of three."""
    yuan = int(rng.integers(low, high))
    return (yuan // 1_000 * 1_000 or yuan) * 100 if rng.integers(0, 3) == 0 else yuan * 100 + int(rng.integers(0, 100))


def _business(rng: np.random.Generator, town: int, one: Newcomer) -> Iterator[Move]:
    """Pay suppliers and wages, be paid by customers; some firms pay a bonus once."""
    begins = max(one.opened, 0) + 3
    for _ in range(int(rng.integers(1, 4))):
        partner = firm_id(town, int(rng.integers(0, towns.FIRMS - firms.SHELLS)))
        pair = (one.firm_id, partner) if rng.integers(0, 2) else (partner, one.firm_id)
        usual, every = int(rng.integers(2_000, 90_000)), int(rng.integers(7, 31))
        for day in range(begins + int(rng.integers(0, 10)), _LAST, every):
            yield _at(rng, day), *pair, _sum(rng, usual, usual * 2), ""
    staff = [person_id(town, int(number)) for number in rng.integers(0, towns.PEOPLE, int(rng.integers(1, 7)))]
    for day in range(begins + 15, _LAST, 30):
        for place, person in enumerate(staff):
            yield _at(rng, day), one.firm_id, person, 420_000 + 30_000 * place, ""
    if rng.integers(0, 100) < 20:
        day = int(rng.integers(begins, _LAST))
        for number in rng.integers(0, towns.PEOPLE, int(rng.integers(4, 10))).tolist():
            yield _at(rng, day), one.firm_id, person_id(town, number), _sum(rng, 5_000, 48_000), "bonus"


def _pooled(rng: np.random.Generator, ids: Sequence[str]) -> Iterator[Move]:
    """Let a family pool its cash at one member and invest it, or pass it on from one to the next."""
    draw = int(rng.integers(0, 100))
    for _ in range(int(rng.integers(1, 4))):
        day, amount = int(rng.integers(45, 105)), int(rng.integers(200_000, 2_400_000))
        if draw < 35:
            for one in ids[1:]:
                yield _at(rng, day), one, ids[0], _sum(rng, amount // 2, amount), "pool"
            for one in ids[1:]:
                yield _at(rng, day + 1 + int(rng.integers(0, 3))), ids[0], one, _sum(rng, amount // 2, amount), "pool"
        elif draw < 55:
            round_trip = [ids[place] for place in rng.permutation(len(ids)).tolist()]
            for place, (one, other) in enumerate(zip(round_trip, round_trip[1:] + round_trip[:1], strict=True)):
                amount = amount * int(rng.integers(960, 1_001)) // 1_000
                yield _at(rng, day + place), one, other, amount * 100, "pool"


def _settled(rng: np.random.Generator, town: int) -> Iterator[Move]:
    """Let three to five firms of the town settle mutual invoices in a circle within some days (三角债清理)."""
    members = [firm_id(town, int(one)) for one in rng.permutation(towns.FIRMS - firms.SHELLS)[: rng.integers(3, 6)]]
    day, amount = int(rng.integers(5, 100)), int(rng.integers(100_000, 2_400_000)) * 100
    for place, (one, other) in enumerate(zip(members, members[1:] + members[:1], strict=True)):
        yield _at(rng, day + place * int(rng.integers(0, 3))), one, other, amount, "settled"


def _bought(rng: np.random.Generator, town: int, firm: str) -> Iterator[Move]:
    """Let a firm buy a harvest: it pays some brokers (收购经纪人), who pass most of it on to whom they collect for."""
    for _ in range(int(rng.integers(1, 4))):
        day = int(rng.integers(40, 115))
        people = [person_id(town, int(one)) for one in rng.permutation(towns.PEOPLE)[: int(rng.integers(4, 8))]]
        grower, *brokers = people
        for broker in brokers:
            part, when = _sum(rng, 20_000, 60_000), _at(rng, day + int(rng.integers(0, 2)))
            yield when, firm, broker, part, "bought"
            if rng.integers(0, 100) < 70:
                yield when + int(rng.integers(900, 40_000)), broker, grower, part // 100 * 95, "bought"


def _washed(rng: np.random.Generator, seed: int) -> Iterator[Move]:
    """Send money round the ring with a small commission, then out in parts to mules, who pass a part on."""
    ring = [one.firm_id for one, role in zip(grouped(seed, range(2))["ring"], roles(seed), strict=True) if role.washes]
    lent = mules(seed)
    for wave in range(_WAVES):
        day, amount = 68 + wave * 16 + int(rng.integers(0, 8)), int(rng.integers(400_000, 2_500_000)) * 100
        length = int(rng.integers(3, len(ring) + 1))
        trip = [ring[place] for place in rng.permutation(len(ring)).tolist()][:length]
        at = float(day)
        for one, other in zip(trip, trip[1:] + trip[: 1 if rng.integers(0, 2) else 0], strict=False):
            amount = amount * int(rng.integers(960, 1_000)) // 1_000
            yield _at(rng, at), one, other, amount, "wash"
            at += int(rng.integers(0, 3))
        payer = trip[-1]
        used = [lent[place] for place in rng.permutation(MULES).tolist()][: int(rng.integers(4, 7))]
        collector = lent[int(rng.integers(0, MULES))]
        for mule in used:
            part, when = _sum(rng, 28_000, 49_900), _at(rng, at + int(rng.integers(0, 2)))
            yield when, payer, mule, part, "wash"
            if mule != collector and rng.integers(0, 100) < 70:
                yield when + int(rng.integers(900, 40_000)), mule, collector, part // 100 * 96, "wash"


def make(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return the first n payments, some towns at a time; within a town in time order. See the data card above.

    Examples
    --------
    >>> next(make(3, seed=7))["kind"].tolist()
    ['transfer', 'transfer', 'transfer']
    """
    return frames(n, seed, of_towns)


def of_towns(seed: int, some: range) -> pd.DataFrame:
    """Return the payments of some towns' newcomers.

    Examples
    --------
    >>> bool((of_towns(7, range(2))["amount_fen"] > 0).all())
    True
    """
    moves = [move for town in some for move in _moves(seed, town)]
    payers, payees = [move[1] for move in moves], [move[2] for move in moves]
    start = np.datetime64(FIRST_DAY, "s")
    return pd.DataFrame(
        {
            "occurred_at": start + np.array([move[0] for move in moves], "timedelta64[s]"),
            "customer_id": pd.Series(payers, dtype="str"),
            "account_id": pd.Series([account_of(one) for one in payers], dtype="str"),
            "channel": pd.Series(["web" if one.startswith("F") else "mobile" for one in payers], dtype="str"),
            "kind": pd.Series(["transfer"] * len(moves), dtype="str"),
            "amount_fen": np.array([move[3] for move in moves], np.int64),
            "payee_id": pd.Series([account_of(one) for one in payees], dtype="str"),
        }
    )


def truth(n: int, seed: int) -> Iterator[pd.DataFrame]:
    """Return what the first n payments are in truth: typology ("wash", or a look-alike's, or empty), is_washing.

    Examples
    --------
    >>> bool(next(truth(900, seed=7))["is_washing"].any())
    True
    """
    return frames(n, seed, truth_of)


def truth_of(seed: int, some: range) -> pd.DataFrame:
    """Return the truth about the payments of some towns' newcomers, row by row as `of_towns`.

    Examples
    --------
    >>> sorted(set(truth_of(7, range(3))["typology"]))
    ['', 'bonus', 'bought', 'pool', 'settled', 'wash']
    """
    kinds = [move[4] for town in some for move in _moves(seed, town)]
    return pd.DataFrame({"typology": pd.Series(kinds, dtype="str"), "is_washing": np.array(kinds, object) == "wash"})
