"""What is done with one payment, once it is known what everybody says of it: a pure function.

Floors come from those who may demand (black and grey entries, rules); above the floor the action of least expected cost
is taken, as in `fraud.decision`. White entries and snoozes silence what is below block. A hold that no floor demands is
made only if its benefit is above the price of an analyst's time, and what was not held for that reason says so.

Precedence, from the strongest: black entry, rule that blocks, white entry, snooze, grey entry, other rules, model.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from fraud.costs import ACTIONS, CostTable

__all__ = ["BLOCK", "HOLD", "Lines", "Verdict", "judge", "lines_of"]

HOLD, BLOCK = ACTIONS.index("hold"), ACTIONS.index("block")

Lines = tuple[tuple[float, float, float], ...]
"""Handling, friction and share lost of each action, as floats."""


class Verdict(NamedTuple):
    """The action, who demanded it, and what would have been done if analysts had no end of time.

    `demanded_by` is "list", "rule", "model", "capacity", "white", "snooze", or "nobody" for a plain pass. `benefit` is
    what a hold is expected to save over the next best action, in fen; 0 if a floor demands it or another is cheaper.
    """

    action: int
    demanded_by: str
    wanted: int
    benefit: float


def lines_of(costs: CostTable) -> Lines:
    """Return a table of costs as plain floats, which a single decision is made from.

    Examples
    --------
    >>> from fraud.costs import ActionCost
    >>> lines_of(CostTable(ActionCost(100, 0, 0.5), ActionCost(200, 50, 0.2), ActionCost(400, 50, 0.0)))[2]
    (50.0, 200.0, 0.2)
    """
    return tuple((float(e.handling_fen), float(e.friction_fen), float(e.share_lost)) for e in costs.actions)


def _costs(lines: Lines, probability: float, amount_fen: int) -> list[float]:
    good, amount = 1.0 - probability, float(amount_fen)
    return [handling + good * friction + probability * (share * amount) for handling, friction, share in lines]


def _cheapest(costs: Sequence[float], floor: int, without: int = -1) -> int:
    best, chosen = math.inf, floor
    for action in range(floor, len(costs)):
        if action != without and costs[action] < best:
            best, chosen = costs[action], action
    return chosen


def judge(
    lines: Lines,
    probability: float | None,
    amount_fen: int,
    list_floor: int = 0,
    rule_floor: int = 0,
    grey_floor: int = 0,
    silencer: str = "",
    price: float = 0.0,
) -> Verdict:
    """Return what is done.

    Parameters
    ----------
    lines
        Of `lines_of`.
    probability
        Calibrated probability of fraud; None if no model was asked, then only floors count.
    amount_fen
        Amount of the payment.
    list_floor, rule_floor, grey_floor
        Least action that black entries, rules (those that are not snoozed by name) and grey entries demand, 0 to 3.
    silencer
        "white" or "snooze" if one covers the payment, else empty.
    price
        What an analyst's time is worth now, in fen for each hold; infinite if there is none left.

    Examples
    --------
    >>> lines = ((0.0, 0.0, 1.0), (20.0, 300.0, 0.35), (1500.0, 2000.0, 0.1), (500.0, 30000.0, 0.02))
    >>> judge(lines, 0.2, 100_000)
    Verdict(action=2, demanded_by='model', wanted=2, benefit=2160.0)
    >>> judge(lines, 0.2, 100_000, price=math.inf)
    Verdict(action=1, demanded_by='capacity', wanted=2, benefit=2160.0)
    >>> judge(lines, 0.2, 100_000, list_floor=3, silencer="white").action
    3
    """
    firm = max(list_floor, rule_floor if rule_floor == BLOCK else 0)
    floor = firm if silencer else max(firm, rule_floor, grey_floor)
    costs = [] if probability is None else _costs(lines, probability, amount_fen)
    wanted = _cheapest(costs, floor) if costs else floor
    if silencer and wanted < BLOCK:
        silenced = wanted > firm or max(rule_floor, grey_floor) > firm
        return Verdict(firm, silencer if silenced else _who(firm, firm, 0, 0), firm, 0.0)
    by = _who(wanted, list_floor, rule_floor, 0 if silencer else grey_floor)
    if wanted != HOLD or floor == HOLD:
        return Verdict(wanted, by, wanted, 0.0)
    other = _cheapest(costs, floor, without=HOLD)
    benefit = costs[other] - costs[HOLD]
    if price == 0.0 or benefit > price:
        return Verdict(HOLD, by, HOLD, benefit)
    return Verdict(other, "capacity", HOLD, benefit)


def _who(action: int, list_floor: int, rule_floor: int, grey_floor: int) -> str:
    if not action:
        return "nobody"
    if action <= max(list_floor, grey_floor):
        return "list"
    return "rule" if action <= rule_floor else "model"
