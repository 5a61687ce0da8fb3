"""Trails of money: cycles (回流), in which a sum comes home, and chains (过账链), in which it is passed on at once.

From each tie the search follows the ties of the payee that carry about the same sum within the window. A hop is as
surprising as it is quick and exact: the chance that an account of this pace makes a tie within that time whose sum
is that close, or which keeps the same commission as the hop before. A cycle also has to hit the account where it
began. The chances of the hops are combined by Fisher's method. Each cycle is found from its earliest tie;
`fraud.rings.reference` says the same over all trails.
"""

import math

import numpy as np
from numpy.typing import NDArray

from fraud.rings.chance import Chance
from fraud.rings.transfers import Ties
from fraud.scorers.compiled import compiled

__all__ = ["BACKWARD", "BUDGET", "EXACT", "LEAST", "LONGEST", "MOST", "Trails", "by_end", "find_trails"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ints2 = NDArray[np.int64]
Graph = tuple[Ints, Ints, Ints, Ints, Ints]
Paces = tuple[Floats, Floats, Floats, Floats]
Trails = tuple[Floats, Ints, Floats, Ints]

LONGEST = 10
"""Most ties of a trail."""
BUDGET = 400
"""Most ties that are looked at from one start: what bounds the time on any table."""
LEAST, MOST = -0.7, 0.1
"""A hop passes on between a half and a tenth more than it received, in logarithm."""
EXACT = -0.2
"""Among all transfers, habits and all, a hop keeps at most a fifth: only close sums say anything there."""
BACKWARD = 4.0
"""A hop that pays before it is paid, as in a cycle without order, is so much less surprising."""


def find_trails(ties: Ties, chance: Chance, window: int, least: float = LEAST) -> Trails:
    """Return for each tie the best cycle and the best chain of three ties or more that begin with it.

    Returns
    -------
    cycle_log, cycle
        Natural logarithm of the chance, float64 of shape (ties,), 0 for none; and its ties, int64 of shape
        (ties, 10), filled up with -1.
    chain_log, chain
        The same for chains.

    Examples
    --------
    >>> from fraud.rings.chance import chance_of
    >>> from fraud.rings.sample import payments
    >>> from fraud.rings.transfers import DAY, read_transfers, short_ties
    >>> ties = short_ties(read_transfers(payments()), 10 * DAY)
    >>> cycle_log, cycle, _, _ = find_trails(ties, chance_of(ties), 10 * DAY)
    >>> int(cycle_log.argmin()), cycle[cycle_log.argmin()][:6].tolist()
    (0, [0, 1, 2, 3, 4, -1])
    """
    start, order = by_end(ties.payer, ties.accounts)
    return _trails(
        (ties.payer, ties.payee, ties.first, start, order),
        (chance.log_amount, chance.pays / (chance.span + 1.0 / chance.mean_pace), chance.paid, chance.closeness),
        (chance.resolution, float(window), least),
    )


def by_end(end: Ints, accounts: int) -> tuple[Ints, Ints]:
    """Return where each account's ties start in the second array, and the ties account by account, in time order.

    Examples
    --------
    >>> start, order = by_end(np.array([1, 0, 1]), accounts=2)
    >>> start.tolist(), order.tolist()  # account 0 has tie 1, account 1 the ties 0 and 2
    ([0, 1, 3], [1, 0, 2])
    """
    order = np.argsort(end, kind="stable")
    return np.searchsorted(end[order], np.arange(accounts + 1)), order


@compiled
def _product(log_product: float, factors: int) -> float:
    """Fisher: the chance that a product of uniform numbers is at most this, as a logarithm."""
    total, term = 1.0, 1.0
    for step in range(1, factors):
        term *= -log_product / step
        total += term
    return min(log_product + math.log(total), 0.0)


@compiled
def _at_most(closeness: Floats, apart: float) -> float:
    last = len(closeness) - 1
    return float(closeness[min(math.ceil(apart * last / 4.0 - 1e-9), last)])


@compiled
def _hop(closeness: Floats, change: float, before: float, expected_in_time: float) -> float:
    """Return the logarithm of the chance of one hop; `before` is the change of the last hop, or NaN."""
    close = _at_most(closeness, abs(change))
    if not math.isnan(before):
        close = min(close, 2.0 * _at_most(closeness, abs(change - before)))
    return math.log(-math.expm1(-expected_in_time * close))


@compiled
def _keep(log: Floats, trail: Ints2, begin: int, found: float, path: Ints, size: int) -> None:
    """Keep a trail if it is the best so far that begins with this tie."""
    if found < log[begin]:
        log[begin] = found
        trail[begin, :size] = path[:size]
        trail[begin, size:] = -1


@compiled
def _trails(graph: Graph, paces: Paces, limits: tuple[float, float, float]) -> Trails:
    payer, payee, first, start, order = graph
    log_amount, pace, paid, closeness = paces
    resolution, window, least = limits
    size = len(payer)
    cycle_log, chain_log = np.zeros(size), np.zeros(size)
    cycle, chain = np.full((size, LONGEST), -1, np.int64), np.full((size, LONGEST), -1, np.int64)
    path, place, forward = np.zeros(LONGEST, np.int64), np.zeros(LONGEST, np.int64), np.ones(LONGEST, np.bool_)
    log_at, change_at = np.zeros(LONGEST), np.full(LONGEST, np.nan)
    for begin in range(size):
        home, end, looked, depth = payer[begin], first[begin] + window, 0, 0
        path[0], place[0] = begin, start[payee[begin]]
        while depth >= 0 and looked < BUDGET:
            at = payee[path[depth]]
            if place[depth] == start[at + 1] or first[order[place[depth]]] > end:
                depth -= 1
                continue
            tie = order[place[depth]]
            place[depth] += 1
            change = log_amount[tie] - log_amount[path[depth]]
            if first[tie] < first[begin] or tie == begin or change < least or change > MOST:
                continue
            looked += 1
            wait = first[tie] - first[path[depth]]
            time = max(float(abs(wait)), resolution) * (1.0 if wait >= 0 else BACKWARD)
            log = log_at[depth] + _hop(closeness, change, change_at[depth], pace[at] * time)
            if depth + 1 < LONGEST:
                path[depth + 1] = tie
            if payee[tie] == home:
                closing = math.log(paid[home] / (size + 1.0))
                _keep(cycle_log, cycle, begin, _product(log + closing, depth + 2), path, depth + 2)
            elif depth + 2 < LONGEST and not (payee[path[: depth + 1]] == payee[tie]).any():
                depth += 1
                log_at[depth], change_at[depth], place[depth] = log, change, start[payee[tie]]
                forward[depth] = forward[depth - 1] and wait >= 0
                if depth >= 2 and forward[depth]:
                    _keep(chain_log, chain, begin, _product(log, depth), path, depth + 1)
    return cycle_log, cycle, chain_log, chain
