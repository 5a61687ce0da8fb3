"""A decision with all that is needed to explain it, and to make it again bit by bit years later.

What is expensive is done when it is asked for: the texts of rules and the attributions of the model (milliseconds) wait
until somebody reads `reasons`, which the log does before it writes, outside of the way of the payment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from fraud.costs import ACTIONS, ACTIONS_ZH
from fraud.engine.canonical import canonical, content_hash, moment, plain_floats, read_floats, seconds
from fraud.engine.events import differing
from fraud.errors import EventConflictError
from fraud.reasons import Reason

__all__ = ["Decision", "Explanation", "earlier_decision", "read_decision"]

_LISTED: Final = ("hits", "silenced", "entries", "snoozes", "marks")
_PLAIN: Final = (
    *("event_id", "action", "demanded_by", "wanted", "probability", "amount_fen", "benefit", "rulebook"),
    *("model", "costs", "lists", "schema", "degraded", "why", "arm", "shadow"),
)


class Explanation(NamedTuple):
    """Why: reasons for people, and additive attributions in log-odds by column, "base" among them."""

    reasons: tuple[Reason, ...]
    attributions: Mapping[str, float]


@dataclass(frozen=True)
class Decision:
    """What was decided for one event, when, by what and why.

    Parameters
    ----------
    event_id, occurred_at, decided_at, amount_fen
        The event, its time and the time of the decision (seconds since 1970, local time), and its amount.
    action, demanded_by, wanted
        Position in `fraud.costs.ACTIONS`; who demanded it ("list", "rule", "model", "capacity", "white", "snooze",
        "nobody"); and what would have been done if the analysts' time had no end.
    probability
        Of fraud, by the model; None if no model was asked.
    hits, silenced
        Ids of the rules that hit; and those of them that a snooze or a white entry silenced.
    entries, snoozes
        Ids of the list entries and snoozes that the event met.
    price, benefit
        Of a hold, in fen: what the analysts' time was worth (0 if it was not asked), and what it would save.
    rulebook, model, costs, lists, schema
        Names of the versions: id@version:hash of the rulebook, hashes of the others; the schema is the features' names.
    values
        The features, float64 of shape (n,), as bytes.
    degraded, why
        Whether rules and lists alone decided, and for what reason.
    arm, shadow
        "champion" or "challenger", and what the other one would have done.
    marks
        What was odd about the event.
    """

    event_id: str
    occurred_at: int
    decided_at: int
    amount_fen: int
    action: int
    demanded_by: str
    wanted: int
    probability: float | None
    hits: tuple[str, ...]
    silenced: tuple[str, ...]
    entries: tuple[str, ...]
    snoozes: tuple[str, ...]
    price: float
    benefit: float
    rulebook: str
    model: str
    costs: str
    lists: str
    schema: str
    values: bytes = field(repr=False)
    degraded: bool = False
    why: str = ""
    arm: str = "champion"
    marks: tuple[str, ...] = ()
    shadow: Mapping[str, Any] | None = field(default=None, hash=False)
    explain: Callable[["Decision"], "Explanation"] = field(
        default=lambda _: Explanation((), {}), repr=False, compare=False
    )

    @cached_property
    def explanation(self) -> "Explanation":
        """Reasons and attributions, made when first asked for."""
        return self.explain(self)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Rules that hit, by falling severity, then of alerts the features that raised the model's score most."""
        return self.explanation.reasons

    @property
    def attributions(self) -> Mapping[str, float]:
        """Of alerts: what each column adds to the model's log-odds; with "base" they add up to them."""
        return self.explanation.attributions

    @property
    def features(self) -> npt.NDArray[np.float64]:
        """The features, float64 of shape (n,), in the order of the names that `schema` is the hash of."""
        return np.frombuffer(self.values, np.float64)

    @property
    def is_alert(self) -> bool:
        """Whether anything but pass was done or wanted."""
        return self.action > 0 or self.wanted > 0

    def as_json(self) -> dict[str, Any]:
        """Return what a caller is answered: everything but the features."""
        return self._told.copy()

    @cached_property
    def _told(self) -> dict[str, Any]:
        """The answer, which the log writes and the caller is told."""
        made = {name: getattr(self, name) for name in _PLAIN}
        made |= {name: list(getattr(self, name)) for name in _LISTED}
        made["price"] = plain_floats([self.price])[0]
        made |= {"occurred_at": moment(self.occurred_at), "decided_at": moment(self.decided_at)}
        made |= {"action_name": ACTIONS[self.action], "action_name_zh": ACTIONS_ZH[self.action]}
        made["reasons"] = [reason._asdict() for reason in self.reasons]
        made["attributions"] = dict(self.attributions)
        return made

    def record(self) -> bytes:
        """Return the canonical bytes that the log keeps: `as_json` with the features."""
        values = self.features
        # what is not a number is null in JSON by itself, what is infinite is not
        listed = plain_floats(values.tolist()) if np.isinf(values).any() else values.tolist()
        return canonical(self._told | {"features": listed})

    @property
    def hash(self) -> str:
        """SHA-256 of the record, in hexadecimal."""
        return content_hash(self.record())


def read_decision(table: Mapping[str, Any]) -> Decision:
    """Return the decision whose record this is; its own record has the same bytes.

    Parameters
    ----------
    table
        What `orjson.loads` makes of `Decision.record`.

    Examples
    --------
    >>> made = Decision("T1", 0, 5, 100, 2, "rule", 2, None, ("r1",), (), (), (), 0.0, 0.0, *"abcde", b"")
    >>> read_decision(orjson.loads(made.record())) == made
    True
    """
    explained = Explanation(tuple(Reason(**reason) for reason in table["reasons"]), table["attributions"])
    read: dict[str, Any] = {name: table[name] for name in _PLAIN}
    read |= {name: tuple(table[name]) for name in _LISTED}
    return Decision(
        **read,
        occurred_at=_second(table["occurred_at"]),
        decided_at=_second(table["decided_at"]),
        price=read_floats([table["price"]])[0],
        values=np.array(read_floats(table["features"]), np.float64).tobytes(),
        explain=lambda _: explained,
    )


def _second(text: str) -> int:
    return seconds(datetime.fromisoformat(text))


def earlier_decision(event_id: str, content: bytes, decision: Decision | bytes, again: bytes) -> Decision:
    """Return the decision of an event that came before.

    Parameters
    ----------
    event_id, content, decision
        The event, its canonical JSON as it came first, and what was decided then.
    again
        Its canonical JSON as it comes now.

    Raises
    ------
    EventConflictError
        If it says something else now.

    Examples
    --------
    >>> earlier_decision("T1", b'{"amount_fen":1}', b"", b'{"amount_fen":2}')
    Traceback (most recent call last):
    fraud.errors.deciding.EventConflictError: event T1 was decided before with other content: amount_fen was 1 and ...
    """
    if content != again:
        raise EventConflictError(
            f"event {event_id} was decided before with other content: {differing(content, again)}; "
            "another payment needs an id of its own"
        )
    return decision if isinstance(decision, Decision) else read_decision(orjson.loads(decision))
