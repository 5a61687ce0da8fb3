"""Drift (漂移): how far scores and key fields have moved from what the model learnt from.

The measure is the population stability index, sum of (p - q) ln(p / q) over the cells of a field; below 0.1 nothing has
changed, above 0.25 much has (the field's rule of thumb). A missing value is a cell of its own: a channel that stops
sending a field is the most frequent drift of all. A reference is counted once from the table that was learnt from and
kept as JSON; without one, the first decisions after the start are the reference, and the page says so.

When it fails: on few events the index is high by chance, by about (cells - 1) x (1/n + 1/m); it is not told below
`FEWEST` events.

Source: Yurdakul, "Statistical Properties of the Population Stability Index", 2018 (the index, its bias and its bounds).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from fraud.errors import DriftReferenceError

__all__ = ["DRIFTED", "FEWEST", "SHIFTING", "Drift", "FieldCells", "stability_index"]

SHIFTING, DRIFTED = 0.1, 0.25
FEWEST = 500
"""Events below which no index is told."""


def stability_index(reference: Sequence[int], present: Sequence[int]) -> float:
    """Return the population stability index of two histograms over the same cells.

    Half an event is added to every cell, so that an empty one does not make the index infinite.

    Examples
    --------
    >>> stability_index([50, 50], [500, 500]), round(stability_index([500, 500], [900, 100]), 3)
    (0.0, 0.876)
    """
    one, two = np.asarray(reference) + 0.5, np.asarray(present) + 0.5
    one, two = one / one.sum(), two / two.sum()
    return float(((two - one) * np.log(two / one)).sum())


@dataclass(frozen=True)
class FieldCells:
    """The cells of one field: between `edges` for numbers, by `names` for categories; the last one is for missing.

    Examples
    --------
    >>> cells = FieldCells("amount_fen", edges=(10_000, 1_000_000))
    >>> [cells.place(value) for value in (5, 10_000, 2_000_000, None)]
    [0, 1, 2, 3]
    >>> FieldCells("channel", names=("atm", "pos")).place("web")
    2
    """

    name: str
    edges: tuple[float, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Number of cells."""
        return len(self.names) + 2 if self.names else len(self.edges) + 2

    def place(self, value: object) -> int:
        """Return the cell of a value; a text that is not in `names` has the last cell but one."""
        if value is None or value != value:
            return self.count - 1
        if self.names:
            return self.names.index(value) if value in self.names else self.count - 2
        return bisect_right(self.edges, float(value)) if isinstance(value, int | float) else self.count - 1


YUAN = 100
FIELDS: tuple[FieldCells, ...] = (
    FieldCells("probability", edges=(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)),
    FieldCells("amount_fen", edges=tuple(yuan * YUAN for yuan in (10, 50, 200, 1_000, 5_000, 20_000, 50_000))),
    FieldCells("hour", edges=(3, 6, 9, 12, 15, 18, 21)),
    FieldCells("channel", names=("counter", "atm", "pos", "mobile", "web", "qr")),
    FieldCells("kind", names=("purchase", "transfer", "withdrawal", "deposit")),
    FieldCells("country", names=("CN",)),
    FieldCells("customer_age", edges=(18, 25, 35, 45, 55, 65, 75)),
    FieldCells("account_age_days", edges=(7, 30, 90, 365, 1_095)),
)


@dataclass
class Drift:
    """Counts of the last events beside those of a reference.

    Parameters
    ----------
    reference
        Counts of every field of `FIELDS` by its name; None to take the first `window` events.
    window
        Number of events after which the older half of the present ones is forgotten.
    """

    reference: dict[str, list[int]] | None = None
    window: int = 5_000
    about: str = ""
    _halves: list[dict[str, list[int]]] = field(default_factory=lambda: [_empty(), _empty()])
    _in_half: int = 0
    _older: int = 0

    def observe(self, event: Mapping[str, object], probability: float | None) -> None:
        """Take in one event with its probability of fraud; None where the rules alone have decided."""
        half = self._halves[1]
        for cells in FIELDS:
            half[cells.name][cells.place(_value(cells.name, event, probability))] += 1
        self._in_half += 1
        if self._in_half >= max(self.window // 2, 1):
            self._turn()

    def _turn(self) -> None:
        if self.reference is None:
            self.reference, self.about = self._halves[1], "first_events"
            self._halves = [_empty(), _empty()]
            self._older = self._in_half = 0
            return
        self._halves = [self._halves[1], _empty()]
        self._older, self._in_half = self._in_half, 0

    @classmethod
    def of(
        cls, events: Iterable[tuple[Mapping[str, object], float | None]], about: str, window: int = 5_000
    ) -> "Drift":
        """Return a drift whose reference is made of events with their probabilities."""
        counted = cls(reference=_empty(), window=2**62)
        for event, probability in events:
            counted.observe(event, probability)
        return cls(counted._halves[1], window, about)

    def write(self, path: Path) -> None:
        """Write the reference as JSON."""
        path.write_bytes(orjson.dumps({"about": self.about, "counts": self.reference}))

    @classmethod
    def read(cls, path: Path, window: int = 5_000) -> "Drift":
        """Read what `write` wrote.

        Raises
        ------
        DriftReferenceError
            If it is no reference, or one for other fields or cells.
        """
        try:
            table = orjson.loads(path.read_bytes())
            counts = {cells.name: [int(count) for count in table["counts"][cells.name]] for cells in FIELDS}
            about = str(table["about"])
        except (KeyError, TypeError, ValueError) as error:
            raise DriftReferenceError(
                f"{path.name} is no reference of drift: {error!r}; make it with Drift.of"
            ) from None
        for cells in FIELDS:
            if len(counts[cells.name]) != cells.count or min(counts[cells.name]) < 0:
                raise DriftReferenceError(f"{path.name}: {cells.name} must have {cells.count} counts, zero or more")
        return cls(counts, window, about)

    def told(self) -> dict[str, Any]:
        """Return what the page shows: the index of each field with a word for it, and what it is compared with."""
        seen = self._older + self._in_half
        told: dict[str, Any] = {"reference": self.about, "events": seen, "fewest": FEWEST, "fields": []}
        if self.reference is None or seen < FEWEST:
            return told
        for cells in FIELDS:
            present = [one + two for one, two in zip(*(half[cells.name] for half in self._halves), strict=True)]
            index = stability_index(self.reference[cells.name], present)
            word = "stable" if index < SHIFTING else "shifting" if index < DRIFTED else "drifted"
            told["fields"].append({"name": cells.name, "index": round(index, 4), "state": word})
        return told


def _empty() -> dict[str, list[int]]:
    return {cells.name: [0] * cells.count for cells in FIELDS}


def _value(name: str, event: Mapping[str, object], probability: float | None) -> object:
    if name == "probability":
        return probability
    if name != "hour":
        return event.get(name)
    at = event.get("occurred_at")
    if isinstance(at, datetime):
        return at.hour
    return at // 3_600 % 24 if isinstance(at, int) else None
