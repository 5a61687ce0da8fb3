"""Slow theft of small sums (蚂蚁搬家式盗转), and its look-alike: standing payments.

A hidden program on the victim's own phone pays a few yuan every day or two to one mule, for weeks.
Honest: pocket money, a class fund whose teacher collects from all parents, a subscription charged at night. No rule of
the first rulebook knows this typology.
"""

import numpy as np

from datasets import towns
from datasets.conduct import DAY
from datasets.quantiles import spread
from datasets.rows import Rows, rows
from datasets.scenarios.episode import MOBILE, PURCHASE, TRANSFER, Episode, Scenario, person, pick_mules
from datasets.world import World

__all__ = ["SCENARIOS"]


def _drip(world: World, rng: np.random.Generator, episode: Episode, most_days: int, at_night: float) -> Rows:
    """Return small transfers every one to `most_days` days, at one time of the day; the caller names the payee."""
    size = episode.size
    days = np.cumsum(rng.integers(1, most_days + 1, size))
    hours = (0, 6) if rng.random() < at_night else (7, 23)
    return rows(
        size,
        second=episode.start // DAY * DAY + days * DAY + rng.integers(hours[0] * 3600, hours[1] * 3600, size),
        customer=person(world, rng, episode.start),
        channel=MOBILE,
        kind=TRANSFER,
        amount_fen=spread(rng, 6, 150, size) // 100 * 100 + 100,
    )


def _steal(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    mule = pick_mules(world, rng, episode.town, 1)
    return _drip(world, rng, episode, 2, 0.5) | {"payee": np.repeat(mule, episode.size)}


def _standing(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    table = _drip(world, rng, episode, 3, 0.25)
    if rng.random() < 0.3:
        shop = int(world.online("games", int(rng.integers(0, 40))))
        return table | {"kind": np.full_like(table["kind"], PURCHASE), "terminal": np.full_like(table["kind"], shop)}
    teacher = episode.town * towns.PEOPLE + 2 * int(rng.integers(0, 20)) + 1
    return table | {"payee": np.full_like(table["payee"], teacher)}


SCENARIOS = (
    Scenario("slow_theft", "小额慢速盗转", True, 0.09, 6, 14, 29, _steal),
    Scenario("standing_payments", "定期小额支付", False, 0.0060, 6, 14, 43, _standing),
)
