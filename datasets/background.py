"""Ordinary payments: who pays, for what, where and how much, by habit.

Vectorised over a slice of the stream. Amounts are integer products of a median, a personal factor and a quantile, so
they are the same fen on every machine.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from datasets import habits, quantiles, towns
from datasets.conduct import DAY, is_travelling
from datasets.rows import NONE, Rows, rows
from datasets.world import World

__all__ = ["ordinary", "tickets", "tickets_of_segments"]

_CHANNEL = np.array([habits.CHANNELS.index(act.channel) for act in habits.ACTS])
_KIND = np.array([habits.KINDS.index(act.kind) for act in habits.ACTS])
_CATEGORY = np.array([habits.CATEGORIES.index(act.category) if act.category else NONE for act in habits.ACTS])
_MEDIAN_FEN = np.array([act.median_yuan * 100 for act in habits.ACTS])
_STEP = np.array([act.step_fen for act in habits.ACTS])
_FACTORS = np.array([quantiles.factors(act.sigma) for act in habits.ACTS])
_NEW_PAYEE = np.array([act.new_payee for act in habits.ACTS])
_IS_TRANSFER = np.array([act.kind == "transfer" for act in habits.ACTS])
_IS_ONLINE = np.array([act.channel in ("web", "mobile") and act.category in habits.ONLINE for act in habits.ACTS])
_ONLINE_SHOP = np.array([habits.ONLINE.index(name) if name in habits.ONLINE else 0 for name in habits.CATEGORIES])
_MEAL = next(code for code, act in enumerate(habits.ACTS) if act.name == "meal")
_COUNTER = habits.CHANNELS.index("counter")
_ATM = habits.CHANNELS.index("atm")
_MAX_FEN = 50_000_000
"""Half a million yuan: what a customer may move in one payment."""
_FAVOURITE = np.repeat(np.arange(4), (9, 4, 2, 1))
_AWAY_CASH = np.array([5, 13])
_AWAY_SHOPS = np.array([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 14, 15])


@lru_cache(maxsize=4)
def tickets(world: World) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return customers as often as they are active, ordered by segment, and where each segment starts.

    Examples
    --------
    >>> from datasets.world import build
    >>> drawn, start = tickets(build(7, 1))
    >>> bool((build(7, 1).segment[drawn[start[2] : start[3]]] == 2).all())
    True
    """
    weight = np.concatenate([world.people.tickets, np.minimum(world.firms.scale // 150 + 3, 40)])
    by_segment = np.argsort(world.segment, kind="stable")
    drawn = np.repeat(by_segment, weight[by_segment])
    return drawn, np.searchsorted(world.segment[drawn], np.arange(len(habits.SEGMENTS) + 1))


def tickets_of_segments(world: World) -> NDArray[np.int64]:
    """Return how many tickets each segment holds, int64 of shape (7,).

    Examples
    --------
    >>> from datasets.world import build
    >>> bool((tickets_of_segments(build(7, 1)) > 0).all())
    True
    """
    return np.diff(tickets(world)[1])


def ordinary(world: World, rng: np.random.Generator, second: NDArray[np.int64], segment: NDArray[np.int64]) -> Rows:
    """Draw one ordinary payment of a customer of each given segment at each given second.

    Parameters
    ----------
    world
        The world that pays.
    rng
        Source of chance.
    second, segment
        Times in seconds from the first day and codes of segments, int64 of one shape (n,).

    Examples
    --------
    >>> from datasets.world import build
    >>> table = ordinary(build(7, 1), np.random.default_rng(1), np.arange(4) * 3600, np.array([0, 1, 3, 6]))
    >>> bool((table["amount_fen"] > 0).all())
    True
    """
    size = len(second)
    drawn, start = tickets(world)
    pick = start[segment] + (rng.random(size) * np.diff(start)[segment]).astype(np.int64)
    who = _with_account(world, drawn[pick], second)
    act = habits.act_tickets()[world.segment[who], rng.integers(0, 512, size)]
    travelling = is_travelling(world, who, second)
    act = np.where(travelling & (_CHANNEL[act] == _COUNTER), _MEAL, act)
    return rows(
        size,
        second=second,
        customer=who,
        channel=_CHANNEL[act],
        kind=_KIND[act],
        amount_fen=_amounts(world, rng, who, act),
        payee=_payees(world, rng, who, act, second),
        terminal=_terminals(world, rng, who, act, travelling),
    )


def _with_account(world: World, who: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Replace people whose account is not open yet by their neighbour, whose account always is."""
    person = np.minimum(who, world.persons - 1)
    too_early = (who < world.persons) & (world.people.opened[person] * DAY > second)
    return np.where(too_early, who + 1, who)


def _amounts(
    world: World, rng: np.random.Generator, who: NDArray[np.int64], act: NDArray[np.int64]
) -> NDArray[np.int64]:
    scales = np.concatenate([world.people.scale, np.minimum(world.firms.scale, 6_000)])
    factor = _FACTORS[act, rng.integers(0, quantiles.QUANTILES, len(who))]
    amount = np.minimum(_MEDIAN_FEN[act] * scales[who] // 1000 * factor // 1000, _MAX_FEN)
    # half of all payments are rounded as people round: to the act's step
    step = np.where(rng.random(len(who)) < 0.5, _STEP[act], np.minimum(_STEP[act], 100))
    step = np.where(_CHANNEL[act] == _ATM, 10_000, step)
    rounded: NDArray[np.int64] = np.maximum(amount // step * step, step)
    return rounded


def _payees(
    world: World,
    rng: np.random.Generator,
    who: NDArray[np.int64],
    act: NDArray[np.int64],
    second: NDArray[np.int64],
) -> NDArray[np.int64]:
    size, town = len(who), world.customer_town[who]
    favourite = _FAVOURITE[rng.integers(0, len(_FAVOURITE), size)]
    known = town * towns.PEOPLE + (who * 31 + favourite * 97 + 13) % towns.PEOPLE
    supplier = world.persons + (who * 17 + favourite * 29 + 5) % len(world.firms)
    is_firm = who >= world.persons
    anywhere = (rng.random(size) * world.customers).astype(np.int64)
    nearby = town * towns.PEOPLE + rng.integers(0, towns.PEOPLE, size)
    stranger = np.where(rng.random(size) < 0.6, nearby, anywhere)
    payee = np.where(_NEW_PAYEE[act], stranger, np.where(is_firm, supplier, known))
    return np.where(_IS_TRANSFER[act], _with_account(world, payee, second), NONE)


def _terminals(
    world: World,
    rng: np.random.Generator,
    who: NDArray[np.int64],
    act: NDArray[np.int64],
    travelling: NDArray[np.bool_],
) -> NDArray[np.int64]:
    size, category = len(who), _CATEGORY[act]
    _, first, count = habits.terminals_of()
    favourite = _FAVOURITE[rng.integers(0, len(_FAVOURITE), size)]
    elsewhere = rng.random(size) < 0.1
    town = np.where(elsewhere, rng.integers(0, world.towns, size), world.customer_town[who])
    number = who * 7 + favourite
    local = town * towns.TERMINALS + first[category] + number % np.maximum(count[category], 1)
    shop = np.where(elsewhere, rng.integers(0, 40, size), (who * 11 + favourite * 13) % 40)
    online = world.towns * towns.TERMINALS + _ONLINE_SHOP[category] * 40 + shop
    visited = np.where(_CHANNEL[act] == _ATM, _AWAY_CASH[number % 2], _AWAY_SHOPS[(who + favourite * 3) % 14])
    place = world.people.trip_place[np.minimum(who, world.persons - 1)]
    terminal = np.where(travelling, world.away(place, visited), local)
    return np.where(category == NONE, NONE, np.where(_IS_ONLINE[act], online, terminal))
