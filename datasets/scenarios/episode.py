"""What a scenario is, and the few moves that all scenarios share."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets import habits, towns
from datasets.conduct import DAY
from datasets.rows import Rows
from datasets.world import World

__all__ = [
    "ATM",
    "COUNTER",
    "DEPOSIT",
    "MOBILE",
    "POS",
    "PURCHASE",
    "QR",
    "TRANSFER",
    "WEB",
    "WITHDRAWAL",
    "Episode",
    "Scenario",
    "elderly",
    "hundreds",
    "neighbour",
    "person",
    "pick_mules",
    "sequence",
]

COUNTER, ATM, POS, MOBILE, WEB, QR = range(len(habits.CHANNELS))
PURCHASE, TRANSFER, WITHDRAWAL, DEPOSIT = range(len(habits.KINDS))


@dataclass(frozen=True)
class Episode:
    """One run of a scenario: its first second, how many payments it has, and the town it works from."""

    start: int
    size: int
    town: int


@dataclass(frozen=True)
class Scenario:
    """One fraud typology or one honest look-alike.

    `share` is its part of all fraud, or of all payments where it is honest. An episode has `shortest` to `longest`
    payments and lasts at most `span_days`. `act` makes exactly `episode.size` rows.
    """

    name: str
    name_zh: str
    is_fraud: bool
    share: float
    shortest: int
    longest: int
    span_days: float
    act: Callable[[World, np.random.Generator, Episode], Rows]


def person(world: World, rng: np.random.Generator, start: int) -> int:
    """Choose somebody whose account is open.

    Examples
    --------
    >>> from datasets.world import build
    >>> 0 <= person(build(7, 1), np.random.default_rng(1), 0) < 500
    True
    """
    return _opened(world, int(rng.integers(0, world.persons)), start)


def elderly(world: World, rng: np.random.Generator) -> int:
    """Choose somebody who is 60 or older and whose account has been open for long.

    Examples
    --------
    >>> from datasets.world import build
    >>> world = build(7, 1)
    >>> int(world.people.age[elderly(world, np.random.default_rng(1))]) >= 60
    True
    """
    return int(world.elderly[rng.integers(0, len(world.elderly))])


def neighbour(rng: np.random.Generator, town: int, size: int) -> NDArray[np.int64]:
    """Choose people of one town whose accounts have been open for long, int64 of shape (size,).

    Examples
    --------
    >>> neighbour(np.random.default_rng(1), 2, 3).tolist()
    [1237, 1255, 1377]
    """
    return town * towns.PEOPLE + 2 * rng.integers(0, towns.PEOPLE // 2, size) + 1


def _opened(world: World, who: int, start: int) -> int:
    """Return the person, or the neighbour where the account is not open yet; new accounts have even numbers."""
    return who if world.people.opened[who] * DAY <= start else who + 1


def pick_mules(world: World, rng: np.random.Generator, town: int, size: int) -> NDArray[np.int64]:
    """Choose different mules of the gang of one town, int64 of shape (size,).

    Examples
    --------
    >>> from datasets.world import build
    >>> len(set(pick_mules(build(7, 1), np.random.default_rng(1), 0, 3).tolist()))
    3
    """
    chosen: NDArray[np.int64] = rng.permutation(world.mules[town])[:size]
    return chosen


def sequence(rng: np.random.Generator, start: int, size: int, least: int, most: int) -> NDArray[np.int64]:
    """Return times that follow each other by `least` to `most` seconds, int64 of shape (size,).

    Examples
    --------
    >>> sequence(np.random.default_rng(1), 100, 3, 5, 6).tolist()
    [100, 105, 110]
    """
    gaps = rng.integers(least, most, size)
    gaps[:1] = 0
    times: NDArray[np.int64] = start + np.cumsum(gaps)
    return times


def hundreds(amount_fen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Round amounts down to whole hundreds of yuan, at least one hundred.

    Examples
    --------
    >>> hundreds(np.array([123_456, 50])).tolist()
    [120000, 10000]
    """
    return np.maximum(amount_fen // 10_000 * 10_000, 10_000)
