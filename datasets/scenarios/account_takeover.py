"""Account take-over after a SIM swap (补换卡盗号), and its look-alike: somebody who bought a new phone.

The gang has the victim's SIM replaced, logs in on a device of its own and moves the money to mules within an hour
or two. One gang in five works through the victim's own phone instead. The honest customer with a new phone, often a
new SIM too, pays a deposit or a friend: new device, new payees, large sums.
"""

import numpy as np

from datasets.quantiles import spread
from datasets.rows import UNSET, Rows, rows
from datasets.scenarios.episode import MOBILE, TRANSFER, WEB, Episode, Scenario, neighbour, person, pick_mules, sequence
from datasets.world import World

__all__ = ["SCENARIOS"]


def _take_over(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    size, victim = episode.size, person(world, rng, episode.start)
    mules = pick_mules(world, rng, episode.town, 2)
    number = int(rng.integers(0, 60))
    own_phone, swapped, rented = rng.random(3) < (0.2, 0.65, 0.45)
    carrier = int(world.carrier_ip(int(world.customer_town[victim]), number % 8))
    amount = spread(rng, 600, 30_000, size)
    return rows(
        size,
        second=sequence(rng, episode.start, size, 60, 2_400),
        customer=victim,
        channel=np.where(rng.random(size) < 0.75, MOBILE, WEB),
        kind=TRANSFER,
        # some stay just below the sum from which the bank calls back
        amount_fen=np.where(rng.random(size) < 0.2, 500_000 - amount % 20_000, amount // 1000 * 1000),
        payee=mules[(rng.random(size) < 0.35).astype(np.int64)],
        device=UNSET if own_phone else world.gang_device(episode.town, number),
        ip=UNSET if own_phone else world.gang_ip(episode.town, number) if rented else carrier,
        sim_age=int(rng.integers(0, 3)) if swapped else UNSET,
    )


def _new_phone(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    size, who = episode.size, person(world, rng, episode.start)
    payees = neighbour(rng, int(rng.integers(0, world.towns)), 3)
    amount = spread(rng, 300, 30_000, size)
    return rows(
        size,
        second=sequence(rng, episode.start, size, 120, 9_000),
        customer=who,
        channel=np.where(rng.random(size) < 0.85, MOBILE, WEB),
        kind=TRANSFER,
        amount_fen=np.where(rng.random(size) < 0.5, amount // 10_000 * 10_000 + 10_000, amount // 100 * 100),
        payee=payees[rng.integers(0, 3, size)],
        device=world.persons + who,
        sim_age=int(rng.integers(0, 4)) if rng.random() < 0.6 else UNSET,
    )


SCENARIOS = (
    Scenario("account_takeover", "补换卡盗号", True, 0.16, 2, 6, 1, _take_over),
    Scenario("new_phone", "新手机", False, 0.0030, 2, 6, 1, _new_phone),
)
