"""One measured number: of which dataset, of which subject, by which metric, in which unit.

A benchmark returns a sequence of these and nothing else, so that one command shows any benchmark as a table and as
JSON. A number that is not finite is refused: a hole in a table of results looks like a result.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.errors import NotFiniteError

__all__ = ["SHARE", "Measurement", "Progress"]

SHARE = "share"
"""Unit of a number between 0 and 1."""

Progress = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done, and how much there is."""

_DIGITS = 3


@dataclass(frozen=True)
class Measurement:
    """One number, all of whose fields are text or a float, so that `vars` of it is JSON.

    Parameters
    ----------
    dataset, subject, metric
        What it was measured on, what was measured, and by which measure.
    value
        The number, in `unit`.
    unit
        Such as "s" or "MB"; `SHARE` for a number between 0 and 1.

    Raises
    ------
    NotFiniteError
        If the value is not a finite number.

    Examples
    --------
    >>> Measurement("province", "chance", "average precision", 0.00213, SHARE).shown
    '0.002'
    >>> Measurement("province", "stream", "speed", 812_345.6, "rows/s").shown
    '812,000 rows/s'
    >>> Measurement("province", "chance", "score", 0.0456, "µs").shown
    '0.046 µs'
    """

    dataset: str
    subject: str
    metric: str
    value: float
    unit: str

    def __post_init__(self) -> None:
        """Refuse what is not a number."""
        if not math.isfinite(self.value):
            raise NotFiniteError(
                f"{self.metric} of {self.subject} on {self.dataset} is {self.value}; it must be a finite number"
            )

    @property
    def shown(self) -> str:
        """The value as people read it: a share with three decimals, all else with its unit and three digits."""
        if self.unit == SHARE:
            return f"{self.value:.3f}"
        before_the_point = math.floor(math.log10(abs(self.value))) + 1 if self.value else 0
        decimals = min(_DIGITS - before_the_point, _DIGITS)
        return f"{round(self.value, decimals):,.{max(decimals, 0)}f} {self.unit}"
