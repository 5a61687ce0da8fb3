"""What a test looks at, and how constants cut it into cells.

A test asks about one source: a number (a field, or arithmetic over fields), a text, whether a value is there, how
two values compare, or, where a condition is too tangled to be taken apart, its own answer. All constants that any
rule compares a source with cut it into cells, in which every test has one answer; so a rulebook knows an event by
one cell for each source. Cell 0 is a missing value. Sets of cells are the bits of an integer.

Integers keep their own bounds: whole numbers are compared as whole numbers, up to 2**63.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from fraud.rules.syntax import Comparison, Node, fields_of

__all__ = [
    "MISSING",
    "Cuts",
    "Judged",
    "Numeric",
    "Pair",
    "Present",
    "Source",
    "Textual",
    "Words",
    "fields_of_source",
    "first_whole",
]

MISSING: Final = 1
"""The set that holds only the cell of missing values."""

_LEAST, _MOST = -(2**63), 2**63 - 1


@dataclass(frozen=True)
class Numeric:
    """A number: a field, or arithmetic over fields."""

    node: Node


@dataclass(frozen=True)
class Textual:
    """The text of a field."""

    name: str


@dataclass(frozen=True)
class Present:
    """Whether a field is there: 0 if it is, missing if not."""

    name: str


@dataclass(frozen=True)
class Pair:
    """How two values that both vary compare: -1, 0 or 1; of two texts, 0 if they are the same and else 1."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Judged:
    """The answer of a whole condition: 1 if it is as wanted (true or false), else 0."""

    node: Node
    wanted: bool


Source: TypeAlias = Numeric | Textual | Present | Pair | Judged
Constant: TypeAlias = int | float
Cut: TypeAlias = tuple[Constant, bool]
"""A place on the line of numbers: at least the constant, or, if the second is true, above it."""


def fields_of_source(source: Source) -> tuple[str, ...]:
    """Return the fields that a source reads.

    Examples
    --------
    >>> from fraud.rules.syntax import Field
    >>> fields_of_source(Pair(Field("ip"), Field("place")))
    ('ip', 'place')
    """
    match source:
        case Numeric(node) | Judged(node, _):
            return fields_of(node)
        case Textual(name) | Present(name):
            return (name,)
        case Pair(left, right):
            return fields_of(Comparison("==", left, right))


def first_whole(constant: Constant, above: bool) -> int | None:
    """Return the least whole number of 64 bits that reaches a cut; None if none does.

    A whole number is compared with a float as a float, which matters above 2**53, where many become one.

    Examples
    --------
    >>> first_whole(2.5, above=False), first_whole(3, above=True), first_whole(float("inf"), above=False)
    (3, 4, None)
    >>> first_whole(float(2**53), above=True) - 2**53
    2
    """
    if isinstance(constant, int):
        first = constant + above
    elif abs(constant) < 2**53:
        first = math.floor(constant) + 1 if above else math.ceil(constant)
    else:
        low, high = _LEAST, _MOST + 1
        while low < high:
            middle = (low + high) // 2
            reaches = float(middle) > constant if above else float(middle) >= constant
            low, high = (low, middle) if reaches else (middle + 1, high)
        first = low
    return None if first > _MOST else max(first, _LEAST)


@dataclass(frozen=True)
class Cuts:
    """The cuts of a source of numbers, in order; cell 1 lies before the first, cell k + 1 after the k-th."""

    cuts: tuple[Cut, ...]

    @classmethod
    def at(cls, found: Iterable[tuple[str, Constant]]) -> "Cuts":
        """Return the cuts that comparisons, each an operator and a constant, need."""
        needed: dict[Cut, None] = {}
        for operator, constant in found:
            if operator not in ("<=", ">"):
                needed[constant, False] = None
            if operator not in (">=", "<"):
                needed[constant, True] = None
        return cls(tuple(sorted(needed)))

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.cuts) + 2

    @property
    def there(self) -> int:
        """The set of all cells of present values."""
        return (1 << self.size) - 2

    def accepted(self, operator: str, constant: Constant) -> int:
        """Return the cells where a value compares so."""
        if operator in ("==", "!="):
            same = self._from(constant, False) & ~self._from(constant, True)
            return same if operator == "==" else self.there & ~same
        reached = self._from(constant, operator in ("<=", ">"))
        return reached if operator in (">", ">=") else self.there & ~reached

    def _from(self, constant: Constant, above: bool) -> int:
        return self.there & (-1 << (self._rank[constant, above] + 2))

    @cached_property
    def _rank(self) -> dict[Cut, int]:
        return {cut: place for place, cut in enumerate(self.cuts)}

    @cached_property
    def floats(self) -> list[float]:
        """The least float that reaches each cut; cuts that none reaches stand at the end and are left out."""
        least = [float(constant) for constant, _ in self.cuts]
        if least and self.cuts[-1] == (math.inf, True):
            least.pop()
        return [math.nextafter(x, math.inf) if up else x for x, (_, up) in zip(least, self.cuts, strict=False)]

    @cached_property
    def wholes(self) -> list[int]:
        """The least whole number of 64 bits that reaches each cut; those that none reaches are left out."""
        found = (first_whole(*cut) for cut in self.cuts)
        return [whole for whole in found if whole is not None]

    @cached_property
    def float_bounds(self) -> npt.NDArray[np.float64]:
        """`floats` as an array."""
        return np.array(self.floats, np.float64)

    @cached_property
    def whole_bounds(self) -> npt.NDArray[np.int64]:
        """`wholes` as an array."""
        return np.array(self.wholes, np.int64)


@dataclass(frozen=True)
class Words:
    """The texts that rules compare a source with; cell 1 is any other text, cell k + 2 the k-th word."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, found: Sequence[str]) -> "Words":
        """Return the different words among those found."""
        return cls(tuple(dict.fromkeys(found)))

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.words) + 2

    @property
    def there(self) -> int:
        """The set of all cells of present values."""
        return (1 << self.size) - 2

    @cached_property
    def cells(self) -> dict[str, int]:
        """Cell of each word."""
        return {word: place for place, word in enumerate(self.words, 2)}

    def accepted(self, operator: str, word: str) -> int:
        """Return the cells where a text is the word, or is not."""
        same = 1 << self.cells[word]
        return same if operator == "==" else self.there & ~same
