"""What the work list holds: alerts, the cases that they are grouped into, the steps of a case, and proposed entries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fraud.casework.states import State
from fraud.errors import CaseInputError
from fraud.rules.reference import present

__all__ = ["Alert", "Case", "Listing", "Outcome", "Step", "alert_of"]


@dataclass(frozen=True)
class Alert:
    """One event that a person should look at; times are seconds since 1970, local time, money is fen.

    `action` is the position in `fraud.costs.ACTIONS` that was taken, `reasons` are pairs of English and Chinese, and
    `entities` name what can be listed: "customer", "device", "payee" and so on, with its identifier.

    Raises
    ------
    CaseInputError
        If a number is out of bounds, or the event or the customer has no name.
    """

    event_id: str
    customer_id: str
    occurred_at: int
    raised_at: int
    amount_fen: int
    probability: float
    action: int
    reasons: tuple[tuple[str, str], ...] = ()
    entities: Mapping[str, str] = field(default_factory=dict, hash=False)
    ring_id: str = ""

    def __post_init__(self) -> None:
        """Refuse what nobody could work on."""
        for name in ("event_id", "customer_id"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                raise CaseInputError(f"{name} is {getattr(self, name)!r}; an alert names its event and its customer")
        for name, most in (("amount_fen", 10**13), ("action", 3)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
                raise CaseInputError(f"{name} is {value!r}; it must be a whole number from 0 to {most}")
        if not 0 <= self.probability <= 1:
            raise CaseInputError(f"probability is {self.probability!r}; it must be between 0 and 1")

    @property
    def group(self) -> str:
        """What alerts are put together by: the ring if there is one, else the customer."""
        return f"ring:{self.ring_id}" if self.ring_id else f"customer:{self.customer_id}"


@dataclass(frozen=True)
class Case:
    """Alerts of one customer or ring; `version` rises with every change, and whoever changes names the one he saw."""

    case_id: int
    group: str
    state: State
    analyst: str
    version: int
    opened_at: int
    due_at: int
    loss_fen: int
    alerts: int
    follows: int | None

    @property
    def about(self) -> tuple[str, str]:
        """Kind and name of what the case is about: ("ring", ..) or ("customer", ..)."""
        kind, _, name = self.group.partition(":")
        return kind, name


@dataclass(frozen=True)
class Step:
    """What happened to a case: when, by whom, from which state to which, and why."""

    at: int
    who: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class Listing:
    """An entry of a list, or a snooze, that somebody proposes; it acts only after somebody else has approved it.

    `colour` is "black", "grey", "white" or "snooze". `number`, `case_id`, `maker`, `checker` and `verdict` ("proposed",
    "approved" or "refused") are filled in by the work list.
    """

    colour: Literal["black", "grey", "white", "snooze"]
    entity: str
    value: str
    reason: str
    until: int | None = None
    number: int = 0
    case_id: int = 0
    maker: str = ""
    checker: str = ""
    verdict: str = "proposed"


@dataclass(frozen=True)
class Outcome:
    """A label that a person has given: of which event, whether it was fraud, and since when that is known."""

    event_id: str
    occurred_at: int
    is_fraud: bool
    known_at: int
    case_id: int


_ENTITY_COLUMNS = {
    **{"customer": "customer_id", "account": "account_id", "card": "card_id", "device": "device_id", "ip": "ip"},
    **{"phone": "phone", "payee": "payee_id", "merchant": "merchant_id", "terminal": "terminal_id"},
}


def alert_of(event: Mapping[str, Any], decision: Any, now: int, ring_id: str = "", unknown: float = 0.2) -> Alert:
    """Return the alert of an event and the decision that was made on it.

    Parameters
    ----------
    event
        The columns of `fraud.schema`; missing is absent, None or NaN.
    decision
        Anything with event_id, occurred_at, amount_fen, action, probability and reasons, as `fraud.engine` makes them.
    now
        When the alert is raised.
    ring_id
        The ring that the customer belongs to, if one is known.
    unknown
        Probability that is taken where rules alone decided.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> decided = {"event_id": "T1", "occurred_at": 5, "amount_fen": 700, "action": 2, "probability": None}
    >>> event = {"customer_id": "C1", "device_id": None}
    >>> alert = alert_of(event, SimpleNamespace(**decided, reasons=()), now=9)
    >>> alert.group, alert.probability, alert.entities
    ('customer:C1', 0.2, {'customer': 'C1'})
    """
    named = {entity: present(event.get(column)) for entity, column in _ENTITY_COLUMNS.items()}
    return Alert(
        event_id=str(decision.event_id),
        customer_id=str(named.get("customer") or ""),
        occurred_at=int(decision.occurred_at),
        raised_at=now,
        amount_fen=int(decision.amount_fen),
        probability=unknown if decision.probability is None else float(decision.probability),
        action=int(decision.action),
        reasons=tuple((reason.text, reason.text_zh) for reason in decision.reasons),
        entities={entity: str(value) for entity, value in named.items() if value not in (None, "")},
        ring_id=ring_id,
    )
