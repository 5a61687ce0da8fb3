"""How much each agreement is worth: Fellegi and Sunter's theory of record linkage, with weights that are learnt.

For each level of each attribute, m is its share among pairs of one device and u its share among pairs of two devices
of the same hardware; the weight is ln(m / u) and weights add up (Fellegi and Sunter, 1969). u is taken within the
hardware because what follows from the model would else be counted as an accident. Where a rare value agrees (a set of
fonts, a home's address), u is how common that value is (Winkler). m, u and the share of true pairs are counted from
pairs that are known, or estimated without labels by expectation maximisation (Dempster, Laird and Rubin, 1977).

It fails where most pairs of one hardware are one device (a table of three phones): then count, do not estimate.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fraud.errors import IdentityInputError
from fraud.identity.attributes import ATTRIBUTES, MISSING, Codes, Prepared

__all__ = ["Frequencies", "Linkage", "added", "counted", "estimated", "frequencies"]

Floats = NDArray[np.float64]
Table = Mapping[str, tuple[float, ...]]
T = TypeVar("T")

_SMOOTHING = 1.0
_ROUNDS = 100
_CLOCKED = ("os_version", "app_version", "browser_version", "canvas")
"""Pairs that are near in time agree on all of these, whoever they are: they do not vote on who is who."""
_BELIEF: dict[str, tuple[float, ...]] = {
    "hardware": (0.999, 0.001),
    "os_version": (0.7, 0.29, 0.01),
    "app_version": (0.2, 0.1, 0.69, 0.01),
    "browser_version": (0.2, 0.2, 0.59, 0.01),
    "canvas": (0.5, 0.49, 0.01),
    "fonts": (0.9, 0.07, 0.02, 0.01),
    "sensor": (0.8, 0.18, 0.02),
    "time_zone": (0.97, 0.03),
    "language": (0.98, 0.02),
    "carrier": (0.95, 0.05),
    "ip": (0.3, 0.2, 0.5),
}
"""What a person would say of one device: where the estimation of m begins, and what it is drawn to."""


@dataclass(frozen=True)
class Linkage:
    """m and u for each attribute and level, and the share of pairs of one hardware that are one device."""

    m: Table
    u: Table
    share: float

    def weights(self) -> dict[str, tuple[float, ...]]:
        """Return ln(m / u) of each level.

        Examples
        --------
        >>> Linkage({"carrier": (0.9, 0.1)}, {"carrier": (0.5, 0.5)}, 0.1).weights()["carrier"][0].__round__(2)
        0.59
        """
        return {
            name: tuple(math.log(m / u) for m, u in zip(self.m[name], self.u[name], strict=True)) for name in self.m
        }


@dataclass(frozen=True)
class Frequencies:
    """How often each value was seen: by attribute and text, also within one hardware; for the u of rare values."""

    size: int
    hardware: Mapping[str, int]
    values: Mapping[str, Mapping[str, int]]
    within: Mapping[str, Mapping[tuple[str, str], int]]


def added(one: Frequencies, other: Frequencies) -> Frequencies:
    """Return the counts of two tables together.

    Examples
    --------
    >>> both = added(Frequencies(1, {"A": 1}, {"ip": {"1": 1}}, {}), Frequencies(2, {"A": 2}, {"ip": {"1": 2}}, {}))
    >>> both.size, both.hardware, both.values
    (3, {'A': 3}, {'ip': {'1': 3}})
    """
    return Frequencies(
        one.size + other.size,
        _sum(one.hardware, other.hardware),
        {name: _sum(one.values.get(name, {}), other.values.get(name, {})) for name in {**one.values, **other.values}},
        {name: _sum(one.within.get(name, {}), other.within.get(name, {})) for name in {**one.within, **other.within}},
    )


def _sum(one: Mapping[T, int], other: Mapping[T, int]) -> dict[T, int]:
    return {value: one.get(value, 0) + other.get(value, 0) for value in {**one, **other}}


def frequencies(table: Prepared) -> Frequencies:
    """Count the values of the attributes whose rare agreements count for more.

    Examples
    --------
    >>> import pandas as pd
    >>> from fraud.identity.attributes import prepare
    >>> frame = pd.DataFrame({"seen_at": pd.to_datetime(["2026-01-01"] * 2), "model": ["A", "B"], "ip": ["1", "1"]})
    >>> frequencies(prepare(frame)).values["ip"]
    {'1': 2}
    """
    hardware = _texts(table, "hardware") if "hardware" in table.values else [""] * table.size
    names = [one.name for one in ATTRIBUTES if one.by_value and one.name in table.values and one.name != "hardware"]
    texts = {name: _texts(table, name) for name in names}
    return Frequencies(
        table.size,
        Counter(hardware),
        {name: dict(Counter(text for text in found if text)) for name, found in texts.items()},
        {name: dict(Counter(zip(hardware, found, strict=True))) for name, found in texts.items()},
    )


def _texts(table: Prepared, name: str) -> list[str]:
    labels = np.append(table.labels[name].astype(str), "").astype(object)
    return [str(text) for text in labels[table.values[name]]]


def counted(levels: Mapping[str, Codes], is_same: NDArray[np.bool_]) -> Linkage:
    """Count m and u from pairs of which it is known whether they are one device.

    Raises
    ------
    IdentityInputError
        If there is no pair of the one kind or of the other.

    Examples
    --------
    >>> made = counted({"carrier": np.array([0, 0, 1, 0], np.int8)}, np.array([True, True, False, False]))
    >>> made.m["carrier"], made.u["carrier"], made.share
    ((0.75, 0.25), (0.5, 0.5), 0.5)
    """
    if is_same.all() or not is_same.any():
        raise IdentityInputError("pairs of one device and pairs of two are both needed to count m and u")
    share = float(is_same.mean())
    return Linkage(_shares(levels, is_same.astype(float)), _shares(levels, 1.0 - is_same), share)


def _shares(levels: Mapping[str, Codes], weight: "NDArray[np.floating[Any]]") -> dict[str, tuple[float, ...]]:
    sizes = {one.name: len(one.levels) for one in ATTRIBUTES}
    made = {}
    for name, level in levels.items():
        known = level != MISSING
        count = np.bincount(level[known], weight[known], minlength=sizes[name]) + _SMOOTHING
        made[name] = tuple((count / count.sum()).tolist())
    return made


def estimated(levels: Mapping[str, Codes], share: float = 0.02) -> Linkage:
    """Estimate m, u and the share of true pairs from pairs of one hardware without labels, by 100 rounds of EM.

    Parameters
    ----------
    levels
        Levels of each attribute, int8 of shape (pairs,), as `fraud.identity.attributes.levels` gives them.
    share
        Where the share of true pairs begins.

    Raises
    ------
    IdentityInputError
        If there are fewer than 50 pairs.

    Examples
    --------
    >>> fonts = np.array([0] * 10 + [3] * 90, np.int8)  # a rare set of fonts agrees in ten pairs
    >>> made = estimated({"fonts": fonts})
    >>> made.m["fonts"][0] > made.u["fonts"][0]
    True
    """
    pairs = len(next(iter(levels.values()), ()))
    if pairs < 50:
        raise IdentityInputError(f"{pairs} pairs of one hardware are too few to estimate from; give device ids instead")
    # equal combinations of levels are one row with a count: a hundred rounds cost little then
    names = list(levels)
    combined, count = np.unique(np.stack([levels[name] for name in names]), axis=1, return_counts=True)
    rows = {name: combined[place] for place, name in enumerate(names)}
    voting = {name: level for name, level in rows.items() if name not in _CLOCKED}
    m: Table = {name: _BELIEF[name] for name in names}
    u: Table = _shares(rows, count.astype(float))
    for _ in range(_ROUNDS):
        odds = math.log(share / (1.0 - share)) + _total(voting, m, u)
        same = 1.0 / (1.0 + np.exp(-np.clip(odds, -500, 500)))
        share = float(np.clip((same * count).sum() / pairs, 1e-6, 0.5))
        m, u = _drawn(_shares(rows, same * count)), _shares(rows, (1.0 - same) * count)
    return Linkage(m, u, share)


def _drawn(m: Table) -> Table:
    """Draw m half-way to the belief: else the clones of a farm are taken for one device whose fonts change daily."""
    return {name: tuple((one + other) / 2 for one, other in zip(m[name], _BELIEF[name], strict=True)) for name in m}


def _total(levels: Mapping[str, Codes], m: Table, u: Table) -> Floats:
    size = len(next(iter(levels.values())))
    total = np.zeros(size)
    for name, level in levels.items():
        weight = np.append(np.log(np.array(m[name]) / np.array(u[name])), 0.0)
        total += weight[level]
    return total
