"""Telecom fraud on elderly people with a chain of mules (电信诈骗), and three honest look-alikes.

The victim, on the own phone, transfers savings to a mule, who passes them on within minutes; the second mules draw
cash. Honest: an elderly customer pays a hospital or helps a child, a neighbour collects for a group purchase and pays
the supplier, a firm pays its people on payroll day.
"""

import numpy as np

from datasets import towns
from datasets.quantiles import spread
from datasets.rows import NONE, UNSET, Rows, join, rows
from datasets.scenarios.episode import (
    ATM,
    MOBILE,
    POS,
    PURCHASE,
    TRANSFER,
    WEB,
    WITHDRAWAL,
    Episode,
    Scenario,
    elderly,
    hundreds,
    neighbour,
    person,
    pick_mules,
    sequence,
)
from datasets.world import World

__all__ = ["SCENARIOS"]


def _victim(world: World, rng: np.random.Generator, episode: Episode) -> int:
    return elderly(world, rng) if rng.random() < 0.7 else person(world, rng, episode.start)


def _mule_chain(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    paid = max(1, episode.size // 4)
    cash = episode.size // 3
    passed = episode.size - paid - cash
    mules = pick_mules(world, rng, episode.town, 4)
    amount = spread(rng, 2_000, 60_000, paid)
    first = rows(
        paid,
        second=sequence(rng, episode.start, paid, 300, 3_600),
        customer=_victim(world, rng, episode),
        channel=MOBILE,
        kind=TRANSFER,
        amount_fen=np.where(rng.random(paid) < 0.6, hundreds(amount), amount),
        payee=mules[0],
    )
    begun = int(first["second"][-1]) + int(rng.integers(120, 1_800))
    number = int(rng.integers(0, 60))
    second = rows(
        passed,
        second=sequence(rng, begun, passed, 60, 900),
        customer=mules[0],
        channel=np.where(rng.random(passed) < 0.8, MOBILE, WEB),
        kind=TRANSFER,
        amount_fen=np.maximum(int(amount.sum()) // max(passed, 1) * rng.integers(60, 101, passed) // 100, 100),
        payee=mules[rng.integers(1, 4, passed)],
        device=world.gang_device(episode.town, number) if rng.random() < 0.5 else UNSET,
    )
    third = rows(
        cash,
        second=sequence(rng, begun + 600, cash, 60, 3_000),
        customer=mules[rng.integers(1, 4, cash)],
        channel=ATM,
        kind=WITHDRAWAL,
        amount_fen=hundreds(spread(rng, 800, 5_000, cash)),
        terminal=world.terminal(episode.town, "cash", rng.integers(0, 5, cash)),
    )
    return join([first, second, third])


def _large_payment(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    size, who = episode.size, elderly(world, rng)
    town, amount = int(world.customer_town[who]), spread(rng, 2_000, 70_000, size)
    at_hospital = bool(rng.random() < 0.35)
    return rows(
        size,
        second=sequence(rng, episode.start, size, 300, 5_000),
        customer=who,
        channel=POS if at_hospital else MOBILE,
        kind=PURCHASE if at_hospital else TRANSFER,
        amount_fen=np.where(rng.random(size) < 0.6, hundreds(amount), amount),
        terminal=world.terminal(town, "hospital", rng.integers(0, 2, size)) if at_hospital else NONE,
        payee=NONE if at_hospital else neighbour(rng, town, 1)[0],
    )


def _group_purchase(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    onward = max(1, episode.size // 3)
    town, paying = episode.town, episode.size - onward
    organiser = neighbour(rng, town, 1)[0]
    amount = spread(rng, 80, 6_000, paying)
    collected = rows(
        paying,
        second=sequence(rng, episode.start, paying, 60, 2_400),
        customer=neighbour(rng, town, paying),
        channel=MOBILE,
        kind=TRANSFER,
        amount_fen=amount // 100 * 100,
        payee=organiser,
    )
    begun = episode.start + int(rng.integers(1_800, 9_000))
    passed_on = rows(
        onward,
        second=sequence(rng, begun, onward, 60, 2_400),
        customer=organiser,
        channel=MOBILE,
        kind=TRANSFER,
        amount_fen=max(int(amount.sum()) // onward, 100) * rng.integers(70, 101, onward) // 100,
        payee=np.where(rng.random(onward) < 0.5, neighbour(rng, town, onward), _firm(world, rng, town)),
    )
    return join([collected, passed_on])


def _payroll(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    size = episode.size
    return rows(
        size,
        second=sequence(rng, episode.start, size, 5, 90),
        customer=_firm(world, rng, episode.town),
        channel=WEB,
        kind=TRANSFER,
        amount_fen=spread(rng, 1_800, 12_000, size) // 1000 * 1000,
        payee=neighbour(rng, episode.town, size),
    )


def _firm(world: World, rng: np.random.Generator, town: int) -> int:
    return world.persons + town * towns.FIRMS + int(rng.integers(0, towns.FIRMS))


SCENARIOS = (
    Scenario("telecom_fraud", "电信诈骗", True, 0.20, 5, 12, 1, _mule_chain),
    Scenario("large_payment", "老年客户大额支付", False, 0.0030, 1, 3, 1, _large_payment),
    Scenario("group_purchase", "邻里团购代收代付", False, 0.0060, 5, 14, 1, _group_purchase),
    Scenario("payroll", "代发工资", False, 0.0060, 12, 30, 1, _payroll),
)
