"""Gatherings: many pay one (fan-in, 归集), one pays many (fan-out, 分散), and both through the same go-betweens.

A fan is a window of days in which an account makes more new ties than its pace explains, the more surprising when
the sums are alike. A meeting is two accounts that are joined by several go-betweens: u pays each of them and each pays
w (scatter-gather, 先散后聚), or u and w pay the same payees (bipartite, 多对多). What is popular meets everybody: its
pace is taken off.
"""

import math

import numpy as np
from numpy.typing import NDArray

from fraud.rings.chance import Chance
from fraud.rings.trails import by_end
from fraud.rings.transfers import DAY, Ties
from fraud.scorers.compiled import compiled

__all__ = ["ALIKE", "HUB", "WINDOWS", "find_fans", "find_meetings"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WINDOWS = (1, 2, 4, 8, 16, 30)
"""Lengths of the windows in days; those above the search's window are left out."""
ALIKE = 0.75
"""Sums are alike if so large a part of them lies close together: one stranger among them does not matter."""
WIDEST_CHANGE = 0.7
"""A go-between passes on between a half and twice what it received, in logarithm."""
HUB = 300
"""Accounts with more ties than this are no go-betweens, and in a window of more, sums are not compared."""


def find_fans(ties: Ties, chance: Chance, window: int, inward: bool) -> tuple[Floats, Ints, Ints, Ints]:
    """Return for each account its most surprising fan.

    Returns
    -------
    log
        Natural logarithm of the chance, float64 of shape (accounts,), 0 for none.
    first, last
        Positions in `order` of the fan's first and last tie, int64 of shape (accounts,).
    order
        Ties account by account in time order, int64 of shape (ties,).

    Examples
    --------
    >>> from fraud.rings.chance import chance_of
    >>> from fraud.rings.sample import payments
    >>> from fraud.rings.transfers import DAY, read_transfers, short_ties
    >>> ties = short_ties(read_transfers(payments()), 10 * DAY)
    >>> log, *_ = find_fans(ties, chance_of(ties), 10 * DAY, inward=True)
    >>> bool(log.max() <= 0)
    True
    """
    end, count = (ties.payee, chance.paid) if inward else (ties.payer, chance.pays)
    start, order = by_end(end, ties.accounts)
    lengths = np.array([days * DAY for days in WINDOWS if days * DAY <= window] or [window], np.int64)
    log, first, last = _fans(
        ties.first,
        start,
        order,
        chance.log_amount,
        count,
        chance.mean_pace,
        chance.span,
        chance.closeness,
        chance.resolution,
        lengths,
    )
    return log, first, last, order


def find_meetings(ties: Ties, chance: Chance, window: int, onward: bool) -> tuple[Floats, Ints, Ints]:
    """Return for each account the other account that it meets most surprisingly.

    Parameters
    ----------
    onward
        True: u pays m, m pays w later (scatter-gather). False: u and w both pay m (bipartite).

    Returns
    -------
    log, other, count
        Natural logarithm of the chance (0 for none), the other account (-1 for none), and through how many.

    Examples
    --------
    >>> import pandas as pd
    >>> from fraud.rings.chance import chance_of
    >>> from fraud.rings.transfers import read_transfers, single_ties
    >>> legs = [leg for between in "abc" for leg in (("u", between), (between, "w"))]
    >>> frame = pd.DataFrame(legs, columns=["account_id", "payee_id"]).assign(occurred_at=range(6), amount_fen=1_000)
    >>> transfers = read_transfers(frame)
    >>> _, other, count = find_meetings(single_ties(transfers), chance_of(single_ties(transfers)), DAY, onward=True)
    >>> transfers.accounts[other[0]], int(count[0])  # u meets w through three accounts
    ('w', 3)
    """
    start, order = by_end(ties.payer, ties.accounts)
    second = (start, order) if onward else by_end(ties.payee, ties.accounts)
    far, paces = (ties.payee, chance.paid) if onward else (ties.payer, chance.pays)
    log, other, count = _meetings(
        ties.payee, far, ties.first, start, order, *second, chance.log_amount, paces, chance.closeness, window, onward
    )
    return log, other, count


@compiled
def _at_most(closeness: Floats, apart: float) -> float:
    last = len(closeness) - 1
    return float(closeness[min(math.ceil(apart * last / 4.0 - 1e-9), last)])


@compiled
def _poisson(count: int, expected: float) -> float:
    """Logarithm of the chance of `count` or more where `expected` are expected."""
    if count <= 0:
        return 0.0
    term = 1.0
    total, step = 1.0, count
    while term > 1e-12 * total and step < count + 10_000:
        step += 1
        term *= expected / step
        total += term
    return min(-expected + count * math.log(expected) - math.lgamma(count + 1.0) + math.log(total), 0.0)


@compiled
def _binomial(count: int, trials: int, chance: float) -> float:
    """Logarithm of the chance of `count` or more successes."""
    if count <= 0 or chance >= 1.0:
        return 0.0
    total = 0.0
    for step in range(count, trials + 1):
        ways = math.lgamma(trials + 1.0) - math.lgamma(step + 1.0) - math.lgamma(trials - step + 1.0)
        total += math.exp(ways + step * math.log(chance) + (trials - step) * math.log1p(-chance))
    return min(math.log(total), 0.0) if total > 0.0 else -700.0


@compiled
def _both(one: float, other: float) -> float:
    """Fisher: two chances taken together."""
    log = one + other
    return min(log + math.log(1.0 - log), 0.0)


@compiled
def _fans(
    first: Ints,
    start: Ints,
    order: Ints,
    log_amount: Floats,
    count: Floats,
    pace: float,
    span: float,
    closeness: Floats,
    resolution: float,
    lengths: Ints,
) -> tuple[Floats, Ints, Ints]:
    accounts = len(start) - 1
    best = np.zeros(accounts)
    begin, finish = np.full(accounts, -1, np.int64), np.full(accounts, -1, np.int64)
    for account in range(accounts):
        if start[account + 1] - start[account] < 3:
            continue
        for length in lengths:
            right = start[account]
            for left in range(start[account], start[account + 1]):
                while right + 1 < start[account + 1] and first[order[right + 1]] <= first[order[left]] + length:
                    right += 1
                size = right - left + 1
                if size < 3:
                    continue
                elapsed = max(float(first[order[right]] - first[order[left]]), resolution)
                expected = (count[account] - size + 1.0) / (span + 1.0 / pace) * elapsed
                log = _poisson(size - 1, expected)
                alike = 0.0
                if size <= HUB:
                    sums = np.sort(log_amount[order[left : right + 1]])
                    apart = np.sort(np.abs(sums - sums[size // 2]))
                    within = math.ceil(ALIKE * size)
                    alike = _binomial(within - 1, size - 1, _at_most(closeness, apart[within - 1]))
                found = _both(log, alike)
                if found < best[account]:
                    best[account], begin[account], finish[account] = found, left, right
    return best, begin, finish


@compiled
def _meetings(
    payee: Ints,
    far: Ints,
    first: Ints,
    start: Ints,
    order: Ints,
    far_start: Ints,
    far_order: Ints,
    log_amount: Floats,
    paces: Floats,
    closeness: Floats,
    window: int,
    onward: bool,
) -> tuple[Floats, Ints, Ints]:
    accounts, size = len(start) - 1, len(payee)
    best, other, through = np.zeros(accounts), np.full(accounts, -1, np.int64), np.zeros(accounts, np.int64)
    seen, apart, met = np.zeros(accounts, np.int64), np.zeros(accounts), np.zeros(accounts, np.int64)
    for account in range(accounts):
        ways, known = 0, 0
        if start[account + 1] - start[account] < 2 or start[account + 1] - start[account] > HUB:
            continue
        for tie in order[start[account] : start[account + 1]]:
            middle = payee[tie]
            if far_start[middle + 1] - far_start[middle] > HUB:
                continue
            for onto in far_order[far_start[middle] : far_start[middle + 1]]:
                wait = first[onto] - first[tie]
                change = abs(log_amount[onto] - log_amount[tie])
                if far[onto] == account or abs(wait) > window or (onward and wait < 0) or change > WIDEST_CHANGE:
                    continue
                ways += 1
                if seen[far[onto]] == 0:
                    met[known] = far[onto]
                    known += 1
                seen[far[onto]] += 1
                apart[far[onto]] += change
        for one in met[:known]:
            count = seen[one]
            if count >= 2:
                expected = (ways - count + 1.0) * max(paces[one] - count + 1.0, 1.0) / (size + 1.0)
                alike = (count - 1) * math.log(_at_most(closeness, apart[one] / count))
                found = _both(_poisson(count - 1, expected), alike)
                if found < best[account]:
                    best[account], other[account], through[account] = found, one, count
            seen[one], apart[one] = 0, 0.0
    return best, other, through
