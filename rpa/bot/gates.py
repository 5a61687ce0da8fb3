"""Gates before the systems: open, closed for a while after failures, or shut until a person has been there.

A breaker closes a gate after several failures in a row. A system that asks for what only a person can give, such as a
one-time password, closes it at once; when that happens again and again, it stays shut for the rest of the run. The
account that met it waits for a person, all others stay where they are.
"""

from collections.abc import Sequence

from rpa.bot.settings import SYSTEMS, Patience
from rpa.queue import Breaker, State

__all__ = ["NEEDS", "Gates"]

NEEDS: dict[State, tuple[str, ...]] = {
    State.NEW: (),
    State.VALIDATED: ("accounts",),
    State.FILING: ("accounts",),
    State.IN_DOUBT: ("accounts",),
    State.FILED: ("operations", "images"),
    State.IMAGED: ("operations",),
    State.WRITTEN_BACK: (),
}
"""Which systems the next step of an account needs."""
_MOST_HAND_OVERS = 3
_SHORT_WHILE = 1.0


class Gates:
    """One gate for each system, shared by the workers of a bot.

    Parameters
    ----------
    patience
        How many failures close one, and for how long.

    Examples
    --------
    >>> gates = Gates(Patience(breaker_failures=1, breaker_seconds=30))
    >>> gates.failed("images", 100.0)
    >>> gates.closed_until(State.FILED, 101.0), gates.closed_until(State.VALIDATED, 101.0)
    (130.0, None)
    """

    def __init__(self, patience: Patience) -> None:
        self._seconds = patience.breaker_seconds
        self._breakers = {name: Breaker(name, patience.breaker_failures, patience.breaker_seconds) for name in SYSTEMS}
        self._hand_overs = dict.fromkeys(SYSTEMS, 0)
        self._closed_until = dict.fromkeys(SYSTEMS, 0.0)
        self.said: dict[str, str] = {}

    def closed_until(self, state: State, now: float) -> float | None:
        """Return until when the next step of an account must wait, None if it may be made now."""
        waits = [max(self._breakers[name].opens_at(now), self._closed_until[name]) for name in NEEDS[state]]
        if any(wait > now for wait in waits):
            return max(waits)
        for place, name in enumerate(NEEDS[state]):
            if not self._breakers[name].lets_through(now):
                for earlier in NEEDS[state][:place]:
                    self._breakers[earlier].went_well()  # nobody tries it now, so the next may
                return now + _SHORT_WHILE
        return None

    def went_well(self, state: State) -> None:
        """Note that the systems of a step have answered."""
        for name in NEEDS[state]:
            self._breakers[name].went_well()
            self._hand_overs[name] = 0

    def failed(self, system: str, now: float, state: State | None = None) -> None:
        """Note that a system has failed; the others that the step needed are not to blame."""
        for name in NEEDS[state] if state is not None else ():
            if name != system:
                self._breakers[name].went_well()
        if system in self._breakers:
            self._breakers[system].failed(now)

    def hand_over(self, system: str, reason: str, now: float) -> None:
        """Close a gate because a person is needed there."""
        if system in self._breakers:
            self._breakers[system].went_well()
            self._hand_overs[system] += 1
            self._closed_until[system] = now + self._seconds
            self.said[system] = reason

    def is_shut(self, state: State) -> bool:
        """Return whether the next step of an account needs a system that only a person can open again."""
        return any(self._hand_overs[name] >= _MOST_HAND_OVERS for name in NEEDS[state])

    @property
    def shut(self) -> Sequence[str]:
        """The systems that only a person can open again."""
        return [name for name in SYSTEMS if self._hand_overs[name] >= _MOST_HAND_OVERS]

    @property
    def times_closed(self) -> dict[str, int]:
        """How often each gate was closed by failures."""
        return {name: breaker.opened for name, breaker in self._breakers.items()}
