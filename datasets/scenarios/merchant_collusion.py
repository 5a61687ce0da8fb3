"""Merchant collusion, false sales that turn credit into cash (商户合谋套现), and two honest look-alikes.

A few cards buy again and again at one shop of a merchant who is in it, within a week and in parts small enough to pass
for shopping, a little under round sums. The ring is gone before the first owner complains. Honest: traders
who buy their stock and pay for rooms at the same houses again and again, and guests who settle a banquet. No rule of
the first rulebook knows this typology.
"""

import numpy as np

from datasets.conduct import DAY
from datasets.quantiles import spread
from datasets.rows import Rows, rows
from datasets.scenarios.episode import POS, PURCHASE, Episode, Scenario, neighbour, sequence
from datasets.world import World

__all__ = ["SCENARIOS"]


def _over_days(rng: np.random.Generator, episode: Episode, first_hour: int, last_hour: int) -> np.ndarray:
    days = np.sort(rng.integers(0, 6, episode.size))
    begun = episode.start // DAY * DAY
    return begun + days * DAY + rng.integers(first_hour * 3600, last_hour * 3600, episode.size)


def _collude(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    size = episode.size
    cards = neighbour(rng, episode.town, max(2, size // 3))
    category = ("jewellery", "electronics", "hotel")[int(rng.integers(0, 3))]
    amount = spread(rng, 80, 900, size)
    return rows(
        size,
        second=_over_days(rng, episode, 13, 24),
        customer=cards[rng.integers(0, len(cards), size)],
        channel=POS,
        kind=PURCHASE,
        amount_fen=amount // 5_000 * 5_000 + 5_000 - rng.integers(0, 12, size) * 100,
        terminal=int(world.terminal(episode.town, category, int(rng.integers(0, 60)))),
    )


def _wholesale(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    size = episode.size
    traders = neighbour(rng, episode.town, max(2, size // 3))
    category = ("jewellery", "electronics", "hotel")[int(rng.integers(0, 3))]
    amount = spread(rng, 60, 900, size)
    return rows(
        size,
        second=_over_days(rng, episode, 8, 22),
        customer=traders[rng.integers(0, len(traders), size)],
        channel=POS,
        kind=PURCHASE,
        amount_fen=np.where(rng.random(size) < 0.5, amount // 1000 * 1000, amount // 5_000 * 5_000 + 4_900),
        terminal=int(world.terminal(episode.town, category, int(rng.integers(0, 60)))),
    )


def _banquet(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    size, evening = episode.size, episode.start // DAY * DAY + 19 * 3600
    return rows(
        size,
        second=sequence(rng, evening, size, 60, 1_800),
        customer=neighbour(rng, episode.town, size),
        channel=POS,
        kind=PURCHASE,
        amount_fen=spread(rng, 500, 8_000, size) // 1000 * 1000,
        terminal=int(world.terminal(episode.town, "restaurant", int(rng.integers(0, 12)))),
    )


SCENARIOS = (
    Scenario("merchant_collusion", "商户合谋套现", True, 0.12, 8, 20, 7, _collude),
    Scenario("wholesale", "批发进货", False, 0.0060, 8, 20, 7, _wholesale),
    Scenario("banquet", "宴席结账", False, 0.0015, 3, 8, 2, _banquet),
)
