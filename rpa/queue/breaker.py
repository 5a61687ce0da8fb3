"""Circuit breakers: a system that has failed several times in a row is left alone for a while.

Open, it lets nobody through; after its time it lets one through to try (half open), and closes when that went well.

References
----------
Nygard (2018), Release It!, second edition, chapter 5.
"""

from dataclasses import dataclass

__all__ = ["Breaker"]


@dataclass
class Breaker:
    """The breaker of one system.

    Parameters
    ----------
    name
        Of the system, for messages.
    most_failures
        In a row, after which it opens.
    open_seconds
        For how long it stays open.

    Examples
    --------
    >>> breaker = Breaker("images", most_failures=2, open_seconds=30)
    >>> breaker.failed(0.0), breaker.failed(1.0)
    (False, True)
    >>> breaker.lets_through(30.9), breaker.lets_through(31.0), breaker.lets_through(31.0)
    (False, True, False)
    """

    name: str
    most_failures: int = 5
    open_seconds: float = 30.0
    failures: int = 0
    opened: int = 0
    _until: float | None = None
    _is_trying: bool = False

    def lets_through(self, now: float) -> bool:
        """Return whether the system may be used now; half open, only the first who asks may."""
        if self._until is None:
            return True
        if now < self._until or self._is_trying:
            return False
        self._is_trying = True
        return True

    def went_well(self) -> None:
        """Close it: the system answers."""
        self.failures, self._until, self._is_trying = 0, None, False

    def failed(self, now: float) -> bool:
        """Count a failure; return whether it is open now."""
        self.failures += 1
        if self._is_trying or self.failures >= self.most_failures:
            self.opened += self._until is None or self._is_trying
            self._until, self._is_trying = now + self.open_seconds, False
        return self._until is not None

    def opens_at(self, now: float) -> float:
        """Return when it may be tried again: now, if it is closed."""
        return now if self._until is None else max(now, self._until)
