"""The readable twin of the kernels: every trail, every window, every pair, by their definitions.

It takes time that grows without bounds and is meant for a few dozen ties. A property test holds `trails` and
`gatherings` to it. Tails are scipy's.
"""

import math
from collections.abc import Iterator

import numpy as np
from scipy.stats import binom, poisson

from fraud.rings.chance import Chance, within
from fraud.rings.gatherings import ALIKE, WIDEST_CHANGE, WINDOWS
from fraud.rings.trails import BACKWARD, LEAST, LONGEST, MOST
from fraud.rings.transfers import DAY, Ties

__all__ = ["best_fans", "best_meetings", "best_trails", "fisher"]


def fisher(log_product: float, factors: int) -> float:
    """Return the logarithm of the chance that a product of so many uniform numbers is at most this.

    Examples
    --------
    >>> round(fisher(math.log(0.01), 2), 4) == round(math.log(0.01 * (1 - math.log(0.01))), 4)
    True
    """
    total = sum((-log_product) ** step / math.factorial(step) for step in range(factors))
    return min(log_product + math.log(total), 0.0)


def best_trails(ties: Ties, chance: Chance, window: int, kind: str, least: float = LEAST) -> list[float]:
    """Return for each tie the logarithm of the chance of its best cycle or chain, 0 for none.

    Examples
    --------
    >>> from fraud.rings.chance import chance_of
    >>> from fraud.rings.sample import payments
    >>> from fraud.rings.transfers import read_transfers, short_ties
    >>> ties = short_ties(read_transfers(payments()), 10 * DAY)
    >>> best = best_trails(ties, chance_of(ties), 10 * DAY, "cycle")
    >>> best.index(min(best)), best.count(0.0)  # the round trip begins with the first tie
    (0, 7)
    """
    best = [0.0] * len(ties)
    for begin in range(len(ties)):
        for log, factors, is_cycle in _trails(ties, chance, window, [begin], 0.0, True, least):
            if is_cycle == (kind == "cycle"):
                best[begin] = min(best[begin], fisher(log, factors))
    return best


def _trails(
    ties: Ties, chance: Chance, window: int, path: list[int], log: float, forward: bool, least: float
) -> Iterator[tuple[float, int, bool]]:
    begin, last = path[0], path[-1]
    home, at = ties.payer[begin], ties.payee[last]
    if len(path) >= 3 and forward:
        yield log, len(path) - 1, False
    if len(path) == LONGEST:
        return
    for tie in np.flatnonzero(ties.payer == at).tolist():
        change = chance.log_amount[tie] - chance.log_amount[last]
        in_time = ties.first[begin] <= ties.first[tie] <= ties.first[begin] + window
        if tie == begin or not in_time or not least <= change <= MOST:
            continue
        wait = int(ties.first[tie] - ties.first[last])
        time = max(abs(wait), chance.resolution) * (1 if wait >= 0 else BACKWARD)
        close = within(chance.closeness, abs(change))
        if len(path) > 1:
            before = chance.log_amount[last] - chance.log_amount[path[-2]]
            close = min(close, 2 * within(chance.closeness, abs(change - before)))
        expected = chance.pays[at] / (chance.span + 1 / chance.mean_pace) * time * close
        hop = log + math.log(1 - math.exp(-expected))
        if ties.payee[tie] == home:
            yield hop + math.log(chance.paid[home] / (len(ties) + 1)), len(path) + 1, True
        elif ties.payee[tie] not in ties.payee[path] and len(path) + 1 < LONGEST:
            yield from _trails(ties, chance, window, [*path, tie], hop, forward and wait >= 0, least)


def best_fans(ties: Ties, chance: Chance, window: int, inward: bool) -> list[float]:
    """Return for each account the logarithm of the chance of its best fan, 0 for none.

    Examples
    --------
    >>> from fraud.rings.chance import chance_of
    >>> from fraud.rings.sample import payments
    >>> from fraud.rings.transfers import read_transfers, short_ties
    >>> transfers = read_transfers(payments())
    >>> ties = short_ties(transfers, 30 * DAY)
    >>> best = best_fans(ties, chance_of(ties), 30 * DAY, inward=False)
    >>> transfers.accounts[best.index(min(best))]  # gives to three
    'A4'
    """
    end, count = (ties.payee, chance.paid) if inward else (ties.payer, chance.pays)
    lengths = [days * DAY for days in WINDOWS if days * DAY <= window] or [window]
    best = [0.0] * ties.accounts
    for account in range(ties.accounts):
        mine = np.flatnonzero(end == account)
        for begin in mine.tolist():
            for length in lengths:
                inside = [
                    tie for tie in mine.tolist() if tie >= begin and ties.first[tie] <= ties.first[begin] + length
                ]
                best[account] = min(best[account], _fan(ties, chance, inside, float(count[account])))
    return best


def _fan(ties: Ties, chance: Chance, inside: list[int], count: float) -> float:
    size = len(inside)
    if size < 3:
        return 0.0
    elapsed = max(int(ties.first[inside[-1]] - ties.first[inside[0]]), chance.resolution)
    expected = (count - size + 1) / (chance.span + 1 / chance.mean_pace) * elapsed
    sums = sorted(chance.log_amount[inside])
    apart = sorted(abs(one - sums[size // 2]) for one in sums)
    most = math.ceil(ALIKE * size)
    alike = binom.logsf(most - 2, size - 1, within(chance.closeness, apart[most - 1]))
    return fisher(float(poisson.logsf(size - 2, expected)) + float(alike), 2)


def best_meetings(ties: Ties, chance: Chance, window: int, onward: bool) -> list[float]:
    """Return for each account the logarithm of the chance of its best meeting, 0 for none.

    Examples
    --------
    >>> from fraud.rings.chance import chance_of
    >>> from fraud.rings.sample import payments
    >>> from fraud.rings.transfers import read_transfers, short_ties
    >>> ties = short_ties(read_transfers(payments()), 10 * DAY)
    >>> set(best_meetings(ties, chance_of(ties), 10 * DAY, onward=True))  # nobody is met twice
    {0.0}
    """
    best = [0.0] * ties.accounts
    for account in range(ties.accounts):
        met: dict[int, list[float]] = {}
        for tie in np.flatnonzero(ties.payer == account).tolist():
            onto_ties = (ties.payer if onward else ties.payee) == ties.payee[tie]
            for onto in np.flatnonzero(onto_ties).tolist():
                other = int((ties.payee if onward else ties.payer)[onto])
                wait = ties.first[onto] - ties.first[tie]
                change = abs(chance.log_amount[onto] - chance.log_amount[tie])
                if other != account and 0 <= (wait if onward else abs(wait)) <= window and change <= WIDEST_CHANGE:
                    met.setdefault(other, []).append(change)
        ways = sum(len(changes) for changes in met.values())
        paces = chance.paid if onward else chance.pays
        for other, changes in met.items():
            if (count := len(changes)) >= 2:
                expected = (ways - count + 1) * max(paces[other] - count + 1, 1) / (len(ties) + 1)
                alike = (count - 1) * math.log(within(chance.closeness, sum(changes) / count))
                best[account] = min(best[account], fisher(float(poisson.logsf(count - 2, expected)) + alike, 2))
    return best
