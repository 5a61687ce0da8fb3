"""A device farm that opens and drains accounts (设备农场), and its look-alikes: enrolment and a family's phone.

The gang opens accounts in strangers' names on one or two devices and moves through them, within days, what other
frauds brought in. Honest: a hundred students open accounts on the branch's tablet behind the college's one
address, or one child sets up the accounts of the whole family on one phone.
"""

import numpy as np

from datasets import habits, towns
from datasets.quantiles import spread
from datasets.rows import NONE, UNSET, Rows, rows
from datasets.scenarios.episode import (
    MOBILE,
    PURCHASE,
    QR,
    TRANSFER,
    Episode,
    Scenario,
    neighbour,
    person,
    pick_mules,
    sequence,
)
from datasets.world import World

__all__ = ["SCENARIOS"]


def _farm(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    size = episode.size
    opened = np.array([person(world, rng, episode.start) for _ in range(max(2, size // 3))])
    who = opened[np.arange(size) % len(opened)]
    is_activation = np.arange(size) < len(opened)
    number = int(rng.integers(0, 60))
    mules = pick_mules(world, rng, episode.town, 3)
    rented = bool(rng.random() < 0.4)
    return rows(
        size,
        second=sequence(rng, episode.start, size, 300, 14_000),
        customer=who,
        account=world.second_account(who),
        channel=MOBILE,
        kind=TRANSFER,
        amount_fen=np.where(is_activation, spread(rng, 1, 50, size), spread(rng, 500, 18_000, size) // 100 * 100),
        payee=mules[rng.integers(0, 3, size)],
        device=np.where(
            rng.random(size) < 0.7,
            world.gang_device(episode.town, number),
            world.gang_device(episode.town, number + 1),
        ),
        ip=world.gang_ip(episode.town, number) if rented else world.carrier_ip(episode.town, rng.integers(0, 8, size)),
        account_age=np.arange(size) // len(opened) + rng.integers(0, 4, size),
    )


def _enrolment(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    """Use the nearest college's town: there students share an address."""
    size = episode.size
    town = _campus_town(world, episode.town)
    here = np.arange(town * towns.PEOPLE, (town + 1) * towns.PEOPLE)
    students = here[world.people.segment[here] == habits.SEGMENTS.index("student")]
    who = students[rng.integers(0, len(students), size)]
    pays_school = rng.random(size) < 0.4
    return rows(
        size,
        second=sequence(rng, episode.start, size, 120, 2_400),
        customer=who,
        account=world.second_account(who),
        channel=np.where(pays_school, QR, MOBILE),
        kind=np.where(pays_school, PURCHASE, TRANSFER),
        amount_fen=np.where(pays_school, spread(rng, 50, 8_000, size), spread(rng, 1, 3_000, size)),
        payee=np.where(pays_school, NONE, neighbour(rng, town, size)),
        terminal=np.where(pays_school, world.terminal(town, "school", 0), NONE),
        device=np.where(rng.random(size) < 0.6, world.tablet(town), UNSET),
        ip=world.campus_ip(town),
        account_age=rng.integers(0, 6, size),
    )


def _campus_town(world: World, town: int) -> int:
    nearest = town // towns.CAMPUS_EVERY * towns.CAMPUS_EVERY + 2
    return nearest if nearest < world.towns else town


def _family(world: World, rng: np.random.Generator, episode: Episode) -> Rows:
    size = episode.size
    home = int(neighbour(rng, episode.town, 1)[0]) // 5 * 5
    who = home + rng.integers(0, 3, size)
    is_new = bool(rng.random() < 0.6)
    return rows(
        size,
        second=sequence(rng, episode.start, size, 60, 9_000),
        customer=who,
        account=world.second_account(who),
        channel=MOBILE,
        kind=TRANSFER,
        amount_fen=np.where(
            rng.random(size) < 0.4, spread(rng, 1, 60, size), spread(rng, 300, 15_000, size) // 100 * 100
        ),
        payee=np.where(rng.random(size) < 0.5, home + rng.integers(0, 3, size), neighbour(rng, episode.town, size)),
        device=home,
        ip=int(world.people.household[home]),
        account_age=rng.integers(0, 8, size) if is_new else UNSET,
    )


SCENARIOS = (
    Scenario("device_farm", "设备农场", True, 0.15, 8, 24, 4, _farm),
    Scenario("enrolment", "新生开户", False, 0.0060, 12, 40, 2, _enrolment),
    Scenario("family_phone", "家庭共用手机", False, 0.0040, 4, 10, 1, _family),
)
