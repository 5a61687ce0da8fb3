"""Slow theft of small sums (蚂蚁搬家式盗转), and its look-alike: standing payments.

A hidden program on the victim's own phone pays a few yuan every day or two, to one mule or one game shop, for weeks.
Honest: pocket money, a class fund whose teacher collects from all parents, a subscription charged at night. No rule of
the first rulebook knows this typology.
"""

import numpy as np

from datasets import towns
from datasets.conduct import DAY
from datasets.quantiles import spread
from datasets.rows import NONE, Rows, rows
from datasets.scenarios.episode import MOBILE, PURCHASE, TRANSFER, Episode, Scenario, person, pick_mules
from datasets.world import World

__all__ = ["SCENARIOS"]


def _drip(
    world: World,
    rng: np.random.Generator,
    episode: Episode,
    payee: int,
    gap_days: tuple[int, int],
    at_night: float,
) -> Rows:
    size, to_shop = episode.size, bool(rng.random() < 0.4)
    days = np.cumsum(rng.integers(*gap_days, size))
    night = bool(rng.random() < at_night)
    hours = (0, 6) if night else (7, 23)
    second = episode.start // DAY * DAY + days * DAY + rng.integers(hours[0] * 3600, hours[1] * 3600, size)
    shop = int(world.online("games", int(rng.integers(0, 40))))
    return rows(
        size,
        second=second,
        customer=person(world, rng, episode.start),
        channel=MOBILE,
        kind=PURCHASE if to_shop else TRANSFER,
        amount_fen=spread(rng, 6, 150, size) // 100 * 100 + 100,
        payee=NONE if to_shop else payee,
        terminal=shop if to_shop else NONE,
    )


def _steal(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    mule = int(pick_mules(world, rng, episode.town, 1)[0])
    return _drip(world, rng, episode, mule, (1, 3), 0.5)


def _standing(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    teacher = episode.town * towns.PEOPLE + int(rng.integers(0, 40))
    return _drip(world, rng, episode, teacher, (1, 4), 0.25)


SCENARIOS = (
    Scenario("slow_theft", "小额慢速盗转", True, 0.09, 6, 14, 29, _steal),
    Scenario("standing_payments", "定期小额支付", False, 0.0060, 6, 14, 43, _standing),
)
