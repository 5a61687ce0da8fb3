"""What the server promises under load, declared before the load comes (容量与降级).

An event waits between its arrival and its decision. While the wait is short it gets everything: features, rules, model.
One that has waited longer than `patience` is decided by the rules alone, and its decision says so. When more than
`most_waiting` events are in the house, the next one is refused with 503 and told when to come again: a late answer to a
payment is worth nothing, and a queue that only grows makes every answer late.

When it fails: reading a request over HTTP costs more than deciding it, so a flood of tiny requests is turned away more
often than it is degraded. Degrading pays when deciding is dear: alerts with reasons, batches, a slow model.
"""

from dataclasses import dataclass
from enum import Enum

from fraud.errors import ServingLimitError

__all__ = ["Limits", "Load"]


class Load(Enum):
    """How an event is treated: with everything, by rules alone, or not at all."""

    FULL = "full"
    RULES_ONLY = "rules_only"
    REFUSED = "refused"


@dataclass(frozen=True)
class Limits:
    """The declared limits.

    Parameters
    ----------
    patience
        Seconds that an event may have waited and still be decided in full.
    most_waiting
        Events that may be in the house, not yet decided or not yet written down.
    retry_after
        Seconds after which somebody who was refused may come again.

    Raises
    ------
    ServingLimitError
        If a limit leaves no room for any event.

    Examples
    --------
    >>> limits = Limits(patience=0.02, most_waiting=100)
    >>> limits.on_arrival(100).value, limits.on_turn(0.021).value, limits.on_turn(0.02).value
    ('refused', 'rules_only', 'full')
    """

    patience: float = 0.025
    most_waiting: int = 2_000
    retry_after: int = 1

    def __post_init__(self) -> None:
        """Refuse limits that leave no room."""
        if not self.patience >= 0:
            raise ServingLimitError(f"patience must be zero seconds or more, not {self.patience}")
        if self.most_waiting < 1 or self.retry_after < 1:
            raise ServingLimitError(
                f"most_waiting and retry_after must be at least 1, not {self.most_waiting} and {self.retry_after}"
            )

    def on_arrival(self, waiting: int) -> Load:
        """Say whether one more event is let in when so many are in the house."""
        return Load.REFUSED if waiting >= self.most_waiting else Load.FULL

    def on_turn(self, waited: float) -> Load:
        """Say how an event is decided that has waited so many seconds."""
        return Load.RULES_ONLY if waited > self.patience else Load.FULL

    def as_reason(self, waited: float) -> str:
        """Return what a degraded decision says of itself.

        Examples
        --------
        >>> Limits(patience=0.02).as_reason(0.0315)
        'rules only: waited 31.5 ms, more than the declared 20 ms'
        """
        return f"rules only: waited {waited * 1e3:.1f} ms, more than the declared {self.patience * 1e3:g} ms"
