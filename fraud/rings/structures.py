"""Shapes that chance does not explain, each with its accounts, its ties and its score.

The score of a shape is minus the decimal logarithm of how many as surprising ones a table of this size holds by
chance (see `fraud.rings.chance`). Shapes that are found again from another end are kept once, the best of them.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fraud.rings.chance import Chance, chance_of, within
from fraud.rings.gatherings import WIDEST_CHANGE, WINDOWS, find_fans, find_meetings
from fraud.rings.trails import EXACT, LEAST, find_trails
from fraud.rings.transfers import Ties

__all__ = ["KINDS", "Structure", "structures_of", "trails_of"]

KINDS: dict[str, tuple[str, str]] = {
    "cycle": ("cycle", "资金回流"),
    "chain": ("chain", "过账链"),
    "fan_in": ("fan-in", "归集"),
    "fan_out": ("fan-out", "分散"),
    "scatter_gather": ("scatter-gather", "先散后聚"),
    "gather_scatter": ("gather-scatter", "先聚后散"),
    "bipartite": ("many-to-many", "多对多"),
    "sharing": ("shared", "共用"),
    "confirmed": ("confirmed fraud", "已确认欺诈"),
}
"""Kinds of shapes: what they are called in English and Chinese."""

_LEAST_SCORE = -4.0
"""Weaker ones than this say nothing, and are many."""


@dataclass(frozen=True)
class Structure:
    """One shape: positions of its accounts and of its ties, in the order in which money flows."""

    kind: str
    score: float
    accounts: tuple[int, ...]
    ties: tuple[int, ...]


def structures_of(ties: Ties, window: int) -> list[Structure]:
    """Return all shapes with a score of -4 or more, the strongest first.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> from fraud.rings.transfers import DAY, read_transfers, short_ties
    >>> found = structures_of(short_ties(read_transfers(payments()), 10 * DAY), 10 * DAY)
    >>> found[0].kind, len(found[0].accounts), found[0].score > 3
    ('cycle', 5, True)
    """
    if len(ties) < 2:
        return []
    chance = chance_of(ties)
    made = [
        *_trails(ties, chance, window),
        *_fans(ties, chance, window),
        *_meetings(ties, chance, window, onward=True),
        *_meetings(ties, chance, window, onward=False),
    ]
    return _distinct(made)


def _distinct(made: Iterable[Structure]) -> list[Structure]:
    """Keep of shapes with the same accounts the best, and drop chains that run along a better shape."""
    ranked = sorted(made, key=lambda one: (-one.score, one.kind, one.accounts, one.ties))
    kept: list[Structure] = []
    seen: set[frozenset[int]] = set()
    used: set[int] = set()
    for one in ranked:
        members = frozenset(one.accounts)
        if members in seen or (one.kind == "chain" and used.intersection(one.ties)):
            continue
        seen.add(members)
        used.update(one.ties)
        kept.append(one)
    return kept


def _score(log: float, tests: float) -> float:
    return -log / math.log(10) - math.log10(max(tests, 1.0))


def _strong(log: NDArray[np.float64], tests: float) -> NDArray[np.int64]:
    limit = -(_LEAST_SCORE + math.log10(max(tests, 1.0))) * math.log(10)
    return np.flatnonzero((log < 0) & (log <= limit))


def trails_of(ties: Ties, window: int) -> list[Structure]:
    """Return the trails of close sums among ties that may be habits: all transfers, each for itself.

    Examples
    --------
    >>> from fraud.rings.sample import payments
    >>> from fraud.rings.transfers import DAY, read_transfers, single_ties
    >>> found = trails_of(single_ties(read_transfers(payments())), 10 * DAY)
    >>> found[0].kind, len(found[0].accounts)
    ('cycle', 5)
    """
    return _distinct(_trails(ties, chance_of(ties), window, EXACT)) if len(ties) > 1 else []


def _trails(ties: Ties, chance: Chance, window: int, least: float = LEAST) -> Iterator[Structure]:
    cycle_log, cycle, chain_log, chain = find_trails(ties, chance, window, least)
    for kind, log, found in (("cycle", cycle_log, cycle), ("chain", chain_log, chain)):
        for begin in _strong(log, len(ties)).tolist():
            path = [int(tie) for tie in found[begin] if tie >= 0]
            accounts = [int(ties.payer[tie]) for tie in path]
            accounts += [] if kind == "cycle" else [int(ties.payee[path[-1]])]
            yield Structure(kind, _score(float(log[begin]), len(ties)), tuple(accounts), tuple(path))


def _fans(ties: Ties, chance: Chance, window: int) -> Iterator[Structure]:
    tests = float(len(ties) * len(WINDOWS))
    fans: dict[str, dict[int, Structure]] = {}
    for kind in ("fan_in", "fan_out"):
        log, first, last, order = find_fans(ties, chance, window, kind == "fan_in")
        end = ties.payer if kind == "fan_in" else ties.payee
        fans[kind] = {}
        for hub in _strong(log, tests).tolist():
            chosen = order[first[hub] : last[hub] + 1]
            members = tuple(int(one) for one in end[chosen])
            accounts = (*members, hub) if kind == "fan_in" else (hub, *members)
            score = _score(float(log[hub]), tests)
            fans[kind][hub] = Structure(kind, score, accounts, tuple(int(tie) for tie in chosen))
        yield from fans[kind].values()
    for hub, inward in fans["fan_in"].items():
        outward = fans["fan_out"].get(hub)
        if outward is not None:
            yield from _gather_scatter(ties, chance, window, hub, inward, outward)


def _gather_scatter(
    ties: Ties, chance: Chance, window: int, hub: int, inward: Structure, outward: Structure
) -> Iterator[Structure]:
    """Join a fan-in and a later fan-out of one account when about as much goes out as came in."""
    came, went = (int(ties.amount_fen[list(one.ties)].sum()) for one in (inward, outward))
    begun, ended = int(ties.first[list(inward.ties)].min()), int(ties.first[list(outward.ties)].max())
    change = abs(math.log(went / came))
    if change > WIDEST_CHANGE or not 0 <= ended - begun <= 2 * window or set(inward.ties) & set(outward.ties):
        return
    close = math.log(within(chance.closeness, change))
    tests = float(len(ties) * len(WINDOWS))
    # the fan-out is looked for at one account only: its own tests are those of the windows
    log = -(inward.score + outward.score + 2 * math.log10(tests)) * math.log(10) + close
    total = log + math.log(1 - log + log * log / 2)
    accounts = dict.fromkeys((*inward.accounts[:-1], hub, *outward.accounts[1:]))
    yield Structure(
        "gather_scatter", _score(total, tests * len(WINDOWS)), tuple(accounts), (*inward.ties, *outward.ties)
    )


def _meetings(ties: Ties, chance: Chance, window: int, onward: bool) -> Iterator[Structure]:
    log, other, _ = find_meetings(ties, chance, window, onward)
    chosen = _strong(log, len(ties))
    if not len(chosen):
        return
    near = _ties_by(ties.payer, chosen)
    far = _ties_by(ties.payee if onward else ties.payer, other[chosen])
    for one in chosen.tolist():
        onto = int(other[one])
        middles = ties.payer if onward else ties.payee
        back = {int(middles[tie]): tie for tie in far[onto]}
        legs = [(tie, back[int(ties.payee[tie])]) for tie in near[one] if int(ties.payee[tie]) in back]
        legs = [pair for pair in legs if _is_leg(ties, *pair, window, onward)]
        if len(legs) < 2:
            continue
        middle = tuple(int(ties.payee[tie]) for tie, _ in legs)
        accounts = (one, *middle, onto) if onward else (one, onto, *middle)
        through = tuple(tie for tie, _ in legs) + tuple(tie for _, tie in legs)
        kind = "scatter_gather" if onward else "bipartite"
        yield Structure(kind, _score(float(log[one]), len(ties)), accounts, through)


def _ties_by(end: NDArray[np.int64], chosen: NDArray[np.int64]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {int(account): [] for account in chosen}
    for tie in np.flatnonzero(np.isin(end, chosen)).tolist():
        found[int(end[tie])].append(tie)
    return found


def _is_leg(ties: Ties, one: int, other: int, window: int, onward: bool) -> bool:
    wait = int(ties.first[other] - ties.first[one])
    change = abs(math.log(ties.amount_fen[other] / ties.amount_fen[one]))
    return abs(wait) <= window and not (onward and wait < 0) and change <= WIDEST_CHANGE
