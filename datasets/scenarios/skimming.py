"""Cross-border skimming, a copied card used far away (跨境盗刷), and its look-alike: relatives on a journey.

The copied card draws cash and buys what sells, within hours, in a city where its owner is not; two gangs in five
stay inside the country. Honest: a member of the family travels with the card while its owner pays at home, and
ordinary journeys, which the background has.
"""

import numpy as np

from datasets import places
from datasets.quantiles import spread
from datasets.rows import Rows, rows
from datasets.scenarios.episode import (
    ATM,
    POS,
    PURCHASE,
    WITHDRAWAL,
    Episode,
    Scenario,
    hundreds,
    person,
    sequence,
)
from datasets.world import World

__all__ = ["SCENARIOS"]

_FIRST_AWAY = len(places.HOME)
_FIRST_ABROAD = len(places.HOME) + len(places.DOMESTIC)
_SHOPS = np.array([0, 1, 3, 3, 4, 4, 6, 11, 12, 14])
_CASH = np.array([5, 13])


def _spend(
    world: World,
    rng: np.random.Generator,
    episode: Episode,
    abroad: float,
    gap: tuple[int, int],
    yuan: tuple[int, int],
    cash_share: float,
) -> Rows:
    size = episode.size
    first = _FIRST_ABROAD if rng.random() < abroad else _FIRST_AWAY
    last = len(places.PLACES) if first == _FIRST_ABROAD else _FIRST_ABROAD
    place = np.full(size, rng.integers(first, last))
    is_cash = rng.random(size) < cash_share
    number = np.where(is_cash, _CASH[rng.integers(0, 2, size)], _SHOPS[rng.integers(0, len(_SHOPS), size)])
    amount = spread(rng, *yuan, size)
    return rows(
        size,
        second=sequence(rng, episode.start, size, *gap),
        customer=person(world, rng, episode.start),
        channel=np.where(is_cash, ATM, POS),
        kind=np.where(is_cash, WITHDRAWAL, PURCHASE),
        amount_fen=np.where(is_cash, hundreds(amount), amount),
        terminal=world.away(place, number),
    )


def _skim(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    return _spend(world, rng, episode, 0.6, (240, 7_000), (150, 9_000), 0.4)


def _relatives(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    return _spend(world, rng, episode, 0.5, (900, 40_000), (20, 6_000), 0.2)


SCENARIOS = (
    Scenario("skimming", "跨境盗刷", True, 0.10, 2, 7, 1, _skim),
    Scenario("relatives_travelling", "亲属持卡旅行", False, 0.0050, 3, 10, 5, _relatives),
)
