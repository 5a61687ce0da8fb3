"""What one field may be under a condition: intervals of numbers, a list of words or all but some, missing or not.

These sets can be intersected and compared exactly, which is all that is needed to prove that one rule implies another.
"""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["ANYTHING", "MISSING", "PRESENT", "Allowed", "Interval", "number_test", "word_test"]

Interval: TypeAlias = tuple[float, bool, float, bool]
"""Low end, is it inside, high end, is it inside; infinities are values and can be inside."""

_ALL: Final[Interval] = (-math.inf, True, math.inf, True)


@dataclass(frozen=True)
class Allowed:
    """A set of values: `missing`, numbers in disjoint rising intervals, and words listed or all but those listed."""

    missing: bool
    numbers: tuple[Interval, ...]
    words: frozenset[str]
    is_all_but: bool

    def __and__(self, other: "Allowed") -> "Allowed":
        """Return what both allow."""
        numbers = tuple(found for one in self.numbers for two in other.numbers if (found := _meet(one, two)))
        if self.is_all_but and other.is_all_but:
            words, is_all_but = self.words | other.words, True
        elif self.is_all_but:
            words, is_all_but = other.words - self.words, False
        else:
            words = self.words - other.words if other.is_all_but else self.words & other.words
            is_all_but = False
        return Allowed(self.missing and other.missing, tuple(sorted(numbers)), words, is_all_but)

    def __le__(self, other: "Allowed") -> bool:
        """Say whether the other allows all that this one does."""
        if self.missing and not other.missing:
            return False
        if not all(any(_is_inside(one, two) for two in other.numbers) for one in self.numbers):
            return False
        if self.is_all_but:
            return other.is_all_but and other.words <= self.words
        return not self.words & other.words if other.is_all_but else self.words <= other.words

    @property
    def is_empty(self) -> bool:
        """Whether nothing is allowed."""
        return not (self.missing or self.numbers or self.words or self.is_all_but)


ANYTHING: Final = Allowed(True, (_ALL,), frozenset(), True)
PRESENT: Final = Allowed(False, (_ALL,), frozenset(), True)
MISSING: Final = Allowed(True, (), frozenset(), False)


def _meet(one: Interval, two: Interval) -> Interval | None:
    low, has_low = max((one[0], not one[1]), (two[0], not two[1]))
    high, has_high = min((one[2], one[3]), (two[2], two[3]))
    inside = low < high or (low == high and not has_low and has_high)
    return (low, not has_low, high, has_high) if inside else None


def _is_inside(one: Interval, two: Interval) -> bool:
    return (two[0], not two[1]) <= (one[0], not one[1]) and (one[2], one[3]) <= (two[2], two[3])


def number_test(operator: str, value: float) -> Allowed:
    """Return the numbers for which `x operator value` is true; a missing x is not one.

    Examples
    --------
    >>> number_test(">=", 5) <= number_test(">", 4), number_test(">", 4) <= number_test(">=", 5)
    (True, False)
    """
    below, above = (-math.inf, True, value, False), (value, False, math.inf, True)
    found: dict[str, tuple[Interval, ...]] = {
        "<": (below,),
        ">": (above,),
        "!=": (below, above),
        "==": ((value, True, value, True),),
        "<=": ((-math.inf, True, value, True),),
        ">=": ((value, True, math.inf, True),),
    }
    real = tuple(interval for interval in found[operator] if interval[0] < interval[2] or (interval[1] and interval[3]))
    return Allowed(False, real, frozenset(), False)


def word_test(words: frozenset[str], is_all_but: bool) -> Allowed:
    """Return these words, or all but these; a missing word is neither.

    Examples
    --------
    >>> word_test(frozenset({"atm"}), False) <= word_test(frozenset({"web"}), True)
    True
    """
    return Allowed(False, (), words, is_all_but)
