"""Weights of evidence (证据权重): what a level of an engine says, learnt on provinces that are not the one judged.

A level's weight is log10 of its likelihood ratio: how much more often shells of rings have it than honest firms. Two
signs are single acts, which one firm does for all: papers that contradict, and a second pledge. So of these it also
counts how many of a firm's partners (whom any engine ties to it) have done it. All weights and the prior are summed, as
if the signs came about independently, which they do not quite: the sum ranks firms, its scale is only roughly that of
odds. A firm is called a shell above a line, also learnt elsewhere. Each frequency is smoothed by half a firm, and a
stronger sign never weighs less than a weaker one: neighbouring levels that teach otherwise are pooled.

Reference: I. J. Good, "Probability and the Weighing of Evidence", 1950.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from engines.province.signs import Sign

__all__ = ["ACTS", "COMPANY", "Looked", "Weights", "best_line", "learn", "rising", "weighed"]

ACTS: Mapping[str, int] = {"papers": 2, "pledges": 2}
"""Engines whose sign is a single act, and the level from which on it is one."""
COMPANY = ("no partner", "partners who did nothing", "one partner did", "two or more partners did")
"""What a firm's partners did, by level."""
_HALF = 0.5

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Looked:
    """One province as the engines saw it, and the truth for judging: whether each firm is a shell, bool by firm."""

    seed: int
    signs: dict[str, Sign]
    is_ring: "pd.Series[bool]"
    kind: "pd.Series[str]"
    group: "pd.Series[str]"

    @cached_property
    def label(self) -> npt.NDArray[np.bool_]:
        """Whether each firm is a shell, as an array."""
        return self.is_ring.to_numpy(np.bool_)

    def partners(self, engines: Sequence[str]) -> dict[str, set[str]]:
        """Return whom some engines tie to each firm."""
        found: dict[str, set[str]] = {}
        for engine in engines:
            for pair in self.signs[engine].ties:
                one, other = sorted(pair)
                found.setdefault(one, set()).add(other)
                found.setdefault(other, set()).add(one)
        return found

    def levels(self, engines: Sequence[str]) -> dict[str, Ints]:
        """Return by engine the level of each firm, and under "company:" and the engine what its partners did."""
        found: dict[str, Ints] = {engine: np.asarray(self.signs[engine].level, np.int64) for engine in engines}
        tied = self.partners(engines)
        for engine in engines:
            if engine in ACTS:
                level = self.signs[engine].level
                did = set(level.index[level >= ACTS[engine]])
                steps = [1 + min(2, len(tied[one] & did)) if one in tied else 0 for one in level.index]
                found[f"company:{engine}"] = np.array(steps, np.int64)
        return found


@dataclass(frozen=True)
class Weights:
    """Weight of each level by engine and company, the prior odds (both in powers of ten), and the line."""

    of: Mapping[str, tuple[float, ...]]
    prior: float
    line: float = 0.0

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines that are weighed."""
        return tuple(name for name in self.of if not name.startswith("company:"))


def learn(provinces: Sequence[Looked], engines: Sequence[str]) -> Weights:
    """Learn weights and the line on provinces whose truth is known.

    Examples
    --------
    >>> from engines.province.samples import looked
    >>> weights = learn([looked([0, 2, 2, 2], [False, False, True, True], engine="money")], ["money"])
    >>> [round(one, 2) for one in weights.of["money"]], weights.prior
    ([-0.48, 0.0, 0.22], 0.0)
    """
    label = np.concatenate([one.label for one in provinces])
    levels = [one.levels(engines) for one in provinces]
    of = {}
    for name in levels[0]:
        level = np.concatenate([one[name] for one in levels])
        steps = len(COMPANY) if name.startswith("company:") else len(provinces[0].signs[name].levels)
        ring, honest = (np.bincount(level[label == side], minlength=steps) + _HALF for side in (True, False))
        of[name] = rising(ring.tolist(), honest.tolist())
    without_line = Weights(of, math.log10((label.sum() + _HALF) / ((~label).sum() + _HALF)))
    sums = np.concatenate([weighed(one, without_line)["together"].to_numpy(np.float64) for one in provinces])
    return Weights(of, without_line.prior, best_line(sums, label))


def rising(ring: Sequence[float], honest: Sequence[float]) -> tuple[float, ...]:
    """Return the weight of each level from how many shells and honest firms have it; neighbours that fall are pooled.

    Examples
    --------
    >>> [round(one, 2) for one in rising([1, 8, 1], [4, 2, 4])]
    [-0.6, 0.18, 0.18]
    """
    pools: list[tuple[float, float, int]] = []
    for shells, others in zip(ring, honest, strict=True):
        pools.append((shells, others, 1))
        while len(pools) > 1 and pools[-1][0] * pools[-2][1] < pools[-2][0] * pools[-1][1]:
            last, before = pools.pop(), pools.pop()
            pools.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    scale = sum(honest) / sum(ring)
    return tuple(math.log10(shells / others * scale) for shells, others, levels in pools for _ in range(levels))


def best_line(scores: npt.NDArray[np.float64], label: npt.NDArray[np.bool_]) -> float:
    """Return the line above or on which the mean of precision and recall (F1) is best; the highest of equals.

    Examples
    --------
    >>> best_line(np.array([3.0, 2.0, 1.0, 0.0]), np.array([True, True, False, False]))
    2.0
    """
    lines = np.unique(scores)[::-1]
    best, found = -1.0, float("inf")
    for line in lines.tolist():
        taken = scores >= line
        f1 = 2.0 * float((taken & label).sum()) / max(float(taken.sum() + label.sum()), 1.0)
        if f1 > best:
            best, found = f1, line
    return found


def weighed(province: Looked, weights: Weights) -> pd.DataFrame:
    """Return for each firm the weight of each engine's evidence, of its company, and `together`, with the prior.

    Examples
    --------
    >>> from engines.province.samples import looked
    >>> one = looked([0, 2], [False, True], engine="money")
    >>> weighed(one, Weights({"money": (-0.2, 0.0, 0.8)}, -1.0))["together"].round(1).tolist()
    [-1.2, -0.2]
    """
    levels = province.levels(weights.engines)
    columns = {name: np.array(values)[levels[name]] for name, values in weights.of.items()}
    table = pd.DataFrame({name: columns[name] for name in weights.engines}, index=province.is_ring.index)
    company = [values for name, values in columns.items() if name.startswith("company:")]
    table["company"] = np.sum(company, axis=0) if company else 0.0
    return table.assign(together=table.sum(axis=1) + weights.prior)
