"""Card testing, then cash-out (盗卡试卡), and its look-alikes: a shopping spree and a flash sale.

A gang tries a handful of stolen cards with tiny payments at one or two online shops, seconds apart, and spends what
works on goods that sell. Honest: one customer buys all that the holidays need in an hour, or a hundred customers
behind one carrier's address take the same offer for a few yuan.
"""

import numpy as np

from datasets.quantiles import spread
from datasets.rows import NONE, Rows, join, rows
from datasets.scenarios.episode import PURCHASE, WEB, Episode, Scenario, neighbour, person, sequence
from datasets.world import World

__all__ = ["SCENARIOS"]


def _shop(world: World, rng: np.random.Generator, names: tuple[str, ...], size: int) -> np.ndarray:
    shops = np.array([world.online(name, int(rng.integers(0, 40))) for name in names])
    return shops[rng.integers(0, len(names), size)]


def _test_and_cash_out(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    tests = max(1, episode.size * 2 // 3)
    cash = episode.size - tests
    stolen = np.array([person(world, rng, episode.start) for _ in range(max(2, tests // 3))])
    number = int(rng.integers(0, 60))
    unseen = bool(rng.random() < 0.3)
    carrier = int(world.carrier_ip(episode.town, number % 8))
    by_gang = {
        "channel": WEB,
        "kind": PURCHASE,
        "device": NONE if unseen else world.gang_device(episode.town, number),
        "ip": world.gang_ip(episode.town, number) if rng.random() < 0.5 else carrier,
    }
    trial = rows(
        tests,
        second=sequence(rng, episode.start, tests, 8, 240),
        customer=stolen[np.arange(tests) % len(stolen)],
        amount_fen=spread(rng, 1, 40, tests),
        terminal=_shop(world, rng, ("games", "utilities"), tests),
        **by_gang,
    )
    spent = rows(
        cash,
        second=sequence(rng, int(trial["second"][-1]) + 300, cash, 120, 3_000),
        customer=stolen[rng.integers(0, len(stolen), cash)],
        amount_fen=spread(rng, 300, 6_000, cash) // 100 * 100,
        terminal=_shop(world, rng, ("electronics", "games", "travel"), cash),
        **by_gang,
    )
    return join([trial, spent])


def _spree(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    size = episode.size
    return rows(
        size,
        second=sequence(rng, episode.start, size, 20, 900),
        customer=person(world, rng, episode.start),
        channel=WEB,
        kind=PURCHASE,
        amount_fen=spread(rng, 5, 4_000, size) // 10 * 10,
        terminal=_shop(world, rng, ("clothing", "electronics", "games", "clothing", "travel"), size),
    )


def _flash_sale(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    size = episode.size
    large = rng.random(size) < 0.2
    return rows(
        size,
        second=sequence(rng, episode.start, size, 4, 200),
        customer=neighbour(rng, episode.town, size),
        channel=WEB,
        kind=PURCHASE,
        amount_fen=np.where(large, spread(rng, 200, 4_000, size), spread(rng, 1, 40, size)),
        terminal=_shop(world, rng, ("games", "utilities", "electronics"), size),
        ip=world.carrier_ip(episode.town, int(rng.integers(0, 8))),
    )


SCENARIOS = (
    Scenario("card_testing", "盗卡试卡", True, 0.18, 8, 20, 1, _test_and_cash_out),
    Scenario("shopping_spree", "集中购物", False, 0.0060, 5, 15, 1, _spree),
    Scenario("flash_sale", "限时抢购", False, 0.0060, 10, 30, 1, _flash_sale),
)
