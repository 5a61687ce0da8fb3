"""Which case comes first: the one where an hour of delay costs most.

What a case costs if it is left as it is, is the sum over its alerts of

    (1 - probability) x friction + probability x share lost x amount

by the table of costs: a fraud that runs on, or a good customer whose payment is held. Divided by the hours that are
left until it is due, that is the order of the list (highest cost per hour of time left first, after Smith's rule for
weighted jobs); within a quarter of an hour of the deadline, and after it, the divisor stays at a quarter.

Source: Smith, "Various optimizers for single-stage production", Naval Research Logistics Quarterly 3, 1956.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from fraud.casework.cases import Alert, Case
from fraud.costs import CostTable

__all__ = ["HOURS", "due_at", "expected_loss", "in_order", "urgency"]

HOURS: Final[Mapping[int, float]] = MappingProxyType({0: 72.0, 1: 48.0, 2: 2.0, 3: 24.0})
"""Hours from an alert to its deadline by the action that was taken: a held payment waits for a person."""

_LEAST_HOURS: Final = 0.25


def expected_loss(alert: Alert, costs: CostTable) -> int:
    """Return what an alert is expected to cost if nobody looks at it, in whole fen.

    Examples
    --------
    >>> from fraud.costs import ActionCost
    >>> table = CostTable(ActionCost(300, 20, 0.35), ActionCost(2_000, 1_500, 0.1), ActionCost(30_000, 500, 0.02))
    >>> expected_loss(Alert("T1", "C1", 0, 0, 100_000, 0.5, action=0), table)
    50000
    """
    entry = costs.actions[alert.action]
    chance = alert.probability
    return round((1 - chance) * entry.friction_fen + chance * entry.share_lost * alert.amount_fen)


def due_at(alert: Alert, hours: Mapping[int, float] = HOURS) -> int:
    """Return when an alert must be decided, in seconds since 1970.

    Examples
    --------
    >>> due_at(Alert("T1", "C1", 0, 100, 100_000, 0.5, action=2))
    7300
    """
    return alert.raised_at + round(hours[alert.action] * 3_600)


def urgency(case: Case, now: int) -> float:
    """Return what each hour until the deadline is worth, in fen.

    Examples
    --------
    >>> from fraud.casework.states import State
    >>> case = Case(1, "customer:C1", State.NEW, "", 1, 0, due_at=7200, loss_fen=90_000, alerts=1, follows=None)
    >>> urgency(case, now=0), urgency(case, now=7_200), urgency(case, now=90_000)
    (45000.0, 360000.0, 360000.0)
    """
    return case.loss_fen / max((case.due_at - now) / 3_600, _LEAST_HOURS)


def in_order(cases: Iterable[Case], now: int) -> list[Case]:
    """Return cases by falling urgency; of equals the one that is due first, then the older one.

    Examples
    --------
    >>> from fraud.casework.states import State
    >>> calm = Case(1, "customer:C1", State.NEW, "", 1, 0, due_at=7200, loss_fen=90_000, alerts=1, follows=None)
    >>> soon = Case(2, "customer:C1", State.NEW, "", 1, 0, due_at=3600, loss_fen=90_000, alerts=1, follows=None)
    >>> [case.case_id for case in in_order([calm, soon], now=0)]
    [2, 1]
    """
    return sorted(cases, key=lambda case: (-urgency(case, now), case.due_at, case.case_id))
