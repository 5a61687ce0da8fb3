"""Pace: how many accounts are filed a minute, by which bot, and how long one takes.

Counted from the queue's history of steps. A bot is whoever moves accounts that do not wait for a person; a person's
steps begin where the bots stop.
"""

from collections.abc import Iterable
from statistics import median
from typing import NamedTuple

from rpa.queue import FOR_A_PERSON, State, Step

__all__ = ["BotPace", "Pace", "pace_of"]


class BotPace(NamedTuple):
    """One bot's work in a time: accounts filed and done, failures, hand-overs, and when it was last heard of."""

    name: str
    filed: int
    done: int
    failures: int
    handed_over: int
    last_at: float


class Pace(NamedTuple):
    """What was done in a time.

    Parameters
    ----------
    filed, done
        Accounts in each minute, the oldest first.
    bots
        By name.
    seconds_filing, seconds_whole
        Median of an account from the check to the receipt, and to its end; None if there was none.
    seconds_between
        Median time between two filings of one bot; None if no bot has filed two.
    """

    filed: tuple[int, ...]
    done: tuple[int, ...]
    bots: tuple[BotPace, ...]
    seconds_filing: float | None
    seconds_whole: float | None
    seconds_between: float | None

    @property
    def seconds_each(self) -> float:
        """Return how long one account takes one bot at the present pace; 0 if nothing was filed."""
        return self.seconds_between or self.seconds_filing or 0.0


def pace_of(steps: Iterable[Step], now: float, minutes: int = 60) -> Pace:
    """Return the pace of the last minutes.

    Parameters
    ----------
    steps
        In order; those before the time are left out.
    now
        Unix seconds.

    Examples
    --------
    >>> steps = [
    ...     Step(1, "L1", 50.0, "new", "validated", "bot", ""),
    ...     Step(2, "L1", 90.0, "filing", "filed", "bot", ""),
    ... ]
    >>> found = pace_of(steps, now=100.0, minutes=2)
    >>> found.filed, found.seconds_filing, found.seconds_each
    ((0, 1), 40.0, 40.0)
    """
    start = now - 60.0 * minutes
    filed, done = [0] * minutes, [0] * minutes
    bots: dict[str, BotPace] = {}
    began: dict[str, float] = {}
    filing: list[float] = []
    whole: list[float] = []
    between: list[float] = []
    last_filed: dict[str, float] = {}
    for step in steps:
        if not start < step.at <= now or step.before in ("", *FOR_A_PERSON):
            continue
        place = min(int((step.at - start) // 60), minutes - 1)
        is_new = step.before != step.after
        is_filed, is_done = is_new and step.after == State.FILED, is_new and step.after == State.DONE
        filed[place] += is_filed
        done[place] += is_done
        bot = bots.get(step.who, BotPace(step.who, 0, 0, 0, 0, step.at))
        bots[step.who] = BotPace(
            step.who,
            bot.filed + is_filed,
            bot.done + is_done,
            bot.failures + (not is_new),
            bot.handed_over + (is_new and step.after in FOR_A_PERSON),
            step.at,
        )
        if step.after == State.VALIDATED and is_new:
            began.setdefault(step.filing_id, step.at)
        if step.filing_id in began and (is_filed or is_done):
            (filing if is_filed else whole).append(step.at - began[step.filing_id])
        if is_filed:
            if step.who in last_filed:
                between.append(step.at - last_filed[step.who])
            last_filed[step.who] = step.at
    medians = [median(times) if times else None for times in (filing, whole, between)]
    in_order = tuple(bots[name] for name in sorted(bots))
    return Pace(tuple(filed), tuple(done), in_order, *medians)
