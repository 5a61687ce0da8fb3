"""The capacity of the analysts: holds are limited by day and hour, and go to the payments where they save most.

An analyst's slot that is spent in the morning is gone in the evening. So a hold has a price (影子价格): the lowest
benefit such that, by what was seen on earlier days, the candidates above it until midnight will be no more than the
slots left. It is solved anew for every candidate, rises when slots run out and falls to nothing when they would be left
over. The hard limits hold always: without a slot the price is infinite. Holds that a rule or a list demands take slots
but are made in any case; `over` counts those beyond the limit. All is arithmetic on the stream, so that a replay gives
the same prices.

`hindsight` is the best that could have been done by who knew the whole stream, the measure for regret.

Source: Arlotto and Gurvich, "Uniformly bounded regret in the multisecretary problem", Stochastic Systems 9, 2019 (the
budget ratio solved anew at each step); days and hours nest, so the greedy choice in hindsight is optimal (a laminar
matroid).
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fraud.errors import CapacityRefusedError

__all__ = ["Capacity", "first_come", "hindsight", "limited"]

_BINS: Final = 128  # of the benefit, four to each doubling: from 1 fen to 43 million yuan
_DAY, _HOUR = 86_400, 3_600
_FADING: Final = 0.8  # weight of a day against the next one: three days are half of what is known


class Capacity:
    """Prices the next hold, and counts those that were made; its state is small and goes with a snapshot.

    Parameters
    ----------
    per_day, per_hour
        Holds that the analysts can work off in a day from midnight, and in each hour of it; None is without end.

    Raises
    ------
    CapacityRefusedError
        If a limit is negative, or an hour's is above the day's.

    Examples
    --------
    >>> capacity = Capacity(per_day=1)
    >>> capacity.price(0)
    0.0
    >>> capacity.take(0, benefit=500.0, held=True)
    >>> capacity.price(10), capacity.price(86_400)
    (inf, 0.0)
    """

    def __init__(self, per_day: int | None = None, per_hour: int | None = None) -> None:
        for name, limit in (("per_day", per_day), ("per_hour", per_hour)):
            if limit is not None and (type(limit) is not int or limit < 0):
                raise CapacityRefusedError(f"{name} is {limit!r}; it must be a whole number of holds, zero or more")
        if per_day is not None and per_hour is not None and per_hour > per_day:
            raise CapacityRefusedError(f"per_hour is {per_hour}, above per_day, {per_day}; the day's is never below")
        self.per_day, self.per_hour = per_day, per_hour
        self._day, self._hour = -1, -1
        self._held_day = self._held_hour = self.over = 0
        self._usual_bins, self._usual_hours, self._weight = [0.0] * _BINS, [0.0] * 24, 0.0
        self._bins, self._hours = [0] * _BINS, [0] * 24

    def price(self, second: int) -> float:
        """Return what the benefit of a hold must be above at this second (since 1970, local time), in fen."""
        if self.per_day is None and self.per_hour is None:
            return 0.0
        self._turn(second)
        if self._held_hour >= (math.inf if self.per_hour is None else self.per_hour):
            return math.inf
        if self.per_day is None:
            return 0.0
        left = self.per_day - self._held_day
        if left <= 0:
            return math.inf
        return self._solve(left, second)

    def _solve(self, left: int, second: int) -> float:
        """Return the lowest edge of a bin above which no more candidates are expected today than slots are left."""
        if not self._weight:
            return 0.0  # the first day knows nothing: who comes first is held
        share = self._share_to_come(second)
        expected = 0.0
        for place in range(_BINS - 1, -1, -1):
            more = self._usual_bins[place] / self._weight * share
            if expected + more > left:
                within = (left - expected) / more  # how far into the bin the slots reach, from above
                return math.exp2((place + 1 - within) / 4)
            expected += more
        return 0.0

    def _share_to_come(self, second: int) -> float:
        total = sum(self._usual_hours)
        hour, rest = divmod(second % _DAY, _HOUR)
        return (sum(self._usual_hours[hour + 1 :]) + self._usual_hours[hour] * (1 - rest / _HOUR)) / total

    def take(self, second: int, benefit: float, held: bool) -> None:
        """Take in a candidate (benefit above 0) or a hold that was demanded (benefit 0), and whether it was held."""
        self._turn(second)
        if benefit > 0:
            self._bins[min(_BINS - 1, max(0, int(4 * math.log2(max(benefit, 1.0)))))] += 1
            self._hours[second % _DAY // _HOUR] += 1
        if held:
            self._held_day += 1
            self._held_hour += 1
            self.over += self._held_day > (math.inf if self.per_day is None else self.per_day)

    def _turn(self, second: int) -> None:
        """Begin a new hour or day; a late event is worked on now, so the clock never goes back."""
        if second // _HOUR <= self._hour:
            return
        self._hour, self._held_hour = second // _HOUR, 0
        if second // _DAY <= self._day:
            return
        if self._day >= 0:
            self._learn(second // _DAY - self._day)
        self._day, self._held_day = second // _DAY, 0

    def _learn(self, days: int) -> None:
        if any(self._bins):
            fading = _FADING**days
            self._usual_bins = [old * fading + new for old, new in zip(self._usual_bins, self._bins, strict=True)]
            self._usual_hours = [old * fading + new for old, new in zip(self._usual_hours, self._hours, strict=True)]
            self._weight = self._weight * fading + 1.0
        self._bins, self._hours = [0] * _BINS, [0] * 24

    @property
    def limits(self) -> dict[str, int | None]:
        """The limits as JSON carries them."""
        return {"per_day": self.per_day, "per_hour": self.per_hour}

    def state(self) -> dict[str, Any]:
        """Return the whole state as JSON carries it."""
        return {name: list(value) if isinstance(value, list) else value for name, value in sorted(vars(self).items())}

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> "Capacity":
        """Return the capacity that was in this state.

        Examples
        --------
        >>> Capacity.of_state(Capacity(3).state()).per_day
        3
        """
        made = cls(state["per_day"], state["per_hour"])
        vars(made).update({name: list(value) if isinstance(value, list) else value for name, value in state.items()})
        return made


def limited(capacity: Capacity | None, per_day: int | None, per_hour: int | None) -> Capacity:
    """Return a capacity with other limits that knows what the old one knew; raises as `Capacity`.

    Examples
    --------
    >>> limited(Capacity(5), 9, None).per_day
    9
    """
    made = Capacity(per_day, per_hour)
    return made if capacity is None else Capacity.of_state(capacity.state() | made.limits)


def hindsight(
    times: Sequence[int], benefits: Sequence[float], per_day: int | None, per_hour: int | None = None
) -> list[bool]:
    """Return which candidates are held by who knows all of them: the largest sum of benefits within the limits.

    Parameters
    ----------
    times, benefits
        Second and benefit in fen of each candidate, shape (n,).
    per_day, per_hour
        As for `Capacity`.

    Examples
    --------
    >>> hindsight([0, 1, 3600, 90_000], [5.0, 7.0, 6.0, 1.0], per_day=2, per_hour=1)
    [False, True, True, True]
    """
    days: Counter[int] = Counter()
    hours: Counter[int] = Counter()
    held = [False] * len(times)
    for place in sorted(range(len(times)), key=lambda place: (-benefits[place], place)):
        day, hour = times[place] // _DAY, times[place] // _HOUR
        fits_day = per_day is None or days[day] < per_day
        if benefits[place] > 0 and fits_day and (per_hour is None or hours[hour] < per_hour):
            held[place] = True
            days[day] += 1
            hours[hour] += 1
    return held


def first_come(
    times: Sequence[int], benefits: Sequence[float], per_day: int | None, per_hour: int | None = None
) -> list[bool]:
    """Return which candidates are held if whoever comes first is held: the floor that a price must beat.

    Examples
    --------
    >>> first_come([0, 1, 3600, 90_000], [5.0, 7.0, 6.0, 1.0], per_day=2, per_hour=1)
    [True, False, True, True]
    """
    order = {time: len(times) - place for place, time in enumerate(sorted(set(times)))}
    ranks = [order[time] - place / (2 * len(times)) if benefits[place] > 0 else 0.0 for place, time in enumerate(times)]
    return hindsight(times, ranks, per_day, per_hour)
