"""The clock of a stream: the newest time that is believed, by which decisions are made when nobody tells the time.

It never goes back. A time more than a day ahead of it may come from a wrong clock, and would end every list entry and
snooze at one blow; it is believed once the next event says the same, because a stream can also have paused.
"""

from typing import Any, Final

__all__ = ["AHEAD", "Clock"]

AHEAD: Final = 86_400
"""Seconds ahead of the clock beyond which a time is not believed at once."""


class Clock:
    """Keeps the time of a stream in seconds since 1970, local time.

    Examples
    --------
    >>> clock = Clock()
    >>> [clock.take(second) for second in (100, 90, 500_000, 160, 500_000, 500_060)]
    [100, 100, 100, 160, 160, 500060]
    """

    def __init__(self, latest: int | None = None, suspect: int | None = None) -> None:
        self.latest, self.suspect = latest, suspect

    def take(self, second: int) -> int:
        """Take in the time of an event, and return what time it is."""
        if self.latest is None or second <= self.latest + AHEAD:
            self.latest = second if self.latest is None or second > self.latest else self.latest
            self.suspect = None
        elif self.suspect is not None and abs(second - self.suspect) <= AHEAD:
            self.latest, self.suspect = second, None
        else:
            self.suspect = second
        return self.latest

    def state(self) -> list[Any]:
        """Return the state as JSON carries it: `Clock(*state)` goes on from there."""
        return [self.latest, self.suspect]
