"""Beam search for the conjunctions of simple tests that pick frauds out of honest rows.

Each step joins one more test to the best ones so far. What leads on is Foil's gain: frauds picked, times how much
likelier fraud is among the picked than among all. What is returned is the conjunction that would save most if its
precision were only the lower end of its interval, so that three lucky frauds do not win. How many were looked at is
counted: who looks at a hundred thousand finds something, and only later rows can say whether it is anything.

Sources: Quinlan, "Learning logical definitions from relations", Machine Learning 5, 1990; Lavrac et al., "Subgroup
discovery with CN2-SD", JMLR 5, 2004.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fraud.rulecare.intervals import wilson
from fraud.rulecare.terms import Terms

__all__ = ["Found", "Gain", "Target", "search", "simplified"]

Floats: TypeAlias = npt.NDArray[np.float64]
Gain: TypeAlias = Callable[[Floats, Floats, Floats], Floats]
"""Of picked frauds, their amounts in fen, and picked honest rows: what picking them saves, in fen."""


@dataclass(frozen=True)
class Found:
    """A conjunction: positions of its terms, how many frauds and honest rows it picks, what it saves at the worst."""

    terms: tuple[int, ...]
    frauds: int
    honest: int
    worth: float


@dataclass(frozen=True, eq=False)
class Target:
    """What is looked for: the tests on both samples, amounts of the frauds, which are still open, and what counts.

    `amounts` are fen, float64 of shape (frauds,); `is_open` booleans of that shape, the other frauds count neither
    way. `honest` is the number of honest rows and `most_honest` how many of them a rule may disturb.
    """

    terms: Terms
    amounts: Floats
    is_open: npt.NDArray[np.bool_]
    honest: int
    most_honest: int
    gain: Gain

    def at_worst(self, picked: Floats, value: Floats, wrong: Floats) -> Floats:
        """Return what selections save if their precision is the lower end of its interval."""
        alerts = picked + wrong
        low, _ = wilson(picked, alerts)
        fewer = alerts * low
        saved = self.gain(fewer, value * fewer / np.maximum(picked, 1), alerts - fewer)
        return np.where(wrong <= self.most_honest, saved, -np.inf)

    def found(self, places: tuple[int, ...]) -> "Found":
        """Return what a conjunction of terms picks."""
        frauds = self.terms.on_frauds[list(places)].all(axis=0) & self.is_open
        wrong = int(np.bitwise_count(np.bitwise_and.reduce(self.terms.on_honest[list(places)], axis=0)).sum())
        parts = [np.array([float(part)]) for part in (frauds.sum(), self.amounts[frauds].sum(), wrong)]
        return Found(places, int(frauds.sum()), wrong, float(self.at_worst(*parts)[0]))


@dataclass(frozen=True, eq=False)
class _Held:
    terms: tuple[int, ...]
    frauds: npt.NDArray[np.bool_]
    honest: npt.NDArray[np.uint64]


def search(target: Target, *, width: int = 20, depth: int = 4, least_frauds: int = 6) -> tuple[Found | None, int]:
    """Return the conjunction that saves most, None if none saves anything, and how many were looked at.

    Parameters
    ----------
    target
        What is looked for.
    width, depth
        How many conjunctions lead on from each step, and the largest number of tests in one.
    least_frauds
        Conjunctions that pick fewer are passed over.

    Examples
    --------
    >>> from fraud.rulecare.terms import terms_of
    >>> terms = terms_of({"channel": ["web"] * 6 + ["atm"] * 6}, np.arange(6), np.arange(6, 12))
    >>> target = Target(terms, np.full(6, 1e6), np.ones(6, bool), 6, 6, lambda _, value, wrong: value - 9_000 * wrong)
    >>> best, looked_at = search(target)
    >>> best.frauds, best.honest, looked_at
    (6, 0, 1)
    """
    everything = np.full(target.terms.on_honest.shape[1:], 2**64 - 1, np.uint64)
    beam = [_Held((), target.is_open, everything)]
    best: Found | None = None
    looked_at = 0
    on_frauds = target.terms.on_frauds.astype(np.float32)
    for _ in range(depth):
        found: dict[tuple[bytes, int], tuple[float, _Held]] = {}
        for held in beam:
            picked = on_frauds[:, held.frauds].sum(axis=1).astype(np.float64)
            places = np.flatnonzero((picked >= least_frauds) & _is_new(target.terms, held))
            if len(places):
                looked_at += len(places)
                best = _join(target, held, places, picked[places], 2 * width, best, found)
        beam = [held for _, held in sorted(found.values(), key=lambda one: (-one[0], one[1].terms))[:width]]
    return best, looked_at


def simplified(target: Target, found: Found, loss: float = 0.05) -> Found:
    """Return the conjunction without tests that hardly matter: each may cost so much of what is saved at the worst.

    A test that only fits the past mostly excludes a few honest rows; without it the rule says more with less.

    Examples
    --------
    >>> from fraud.rulecare.terms import terms_of
    >>> columns = {"channel": ["web"] * 6 + ["atm"] * 6, "kind": ["transfer"] * 11 + ["payment"]}
    >>> terms = terms_of(columns, np.arange(6), np.arange(6, 12))
    >>> target = Target(terms, np.full(6, 1e6), np.ones(6, bool), 6, 6, lambda _, value, wrong: value - 9_000 * wrong)
    >>> [terms.sides[place] for place in simplified(target, target.found((0, 1))).terms]  # the kind says nothing
    ['channel']
    """
    while len(found.terms) > 1:
        shorter = [target.found(tuple(t for t in found.terms if t != term)) for term in found.terms]
        best = max(shorter, key=lambda one: one.worth)
        if best.worth < found.worth * (1 - loss):
            break
        found = best
    return found


def _join(
    target: Target,
    held: _Held,
    places: npt.NDArray[np.int64],
    picked: Floats,
    most: int,
    best: Found | None,
    found: dict[tuple[bytes, int], tuple[float, _Held]],
) -> Found | None:
    """Join each of these terms to what is held; put those that lead on into `found`, return the best so far."""
    joined = target.terms.on_honest[places] & held.honest
    wrong = np.bitwise_count(joined).sum(axis=1, dtype=np.int64).astype(np.float64)
    frauds = target.terms.on_frauds[places] & held.frauds
    saved = target.at_worst(picked, frauds @ target.amounts, wrong)
    at = int(saved.argmax())
    if saved[at] > (best.worth if best is not None else 0.0):
        best = Found((*held.terms, int(places[at])), int(picked[at]), int(wrong[at]), float(saved[at]))
    base = target.is_open.sum() / (target.is_open.sum() + target.honest)
    leads = picked * np.log2(picked / (picked + wrong) / base)
    for at in np.argsort(-leads, kind="stable")[:most].tolist():
        key = (np.packbits(frauds[at]).tobytes(), int(wrong[at]))
        if leads[at] > 0 and key not in found:
            found[key] = (float(leads[at]), _Held((*held.terms, int(places[at])), frauds[at], joined[at]))
    return best


def _is_new(terms: Terms, held: _Held) -> npt.NDArray[np.bool_]:
    """Say which terms test a side of a field that is not tested yet."""
    taken = {terms.sides[place] for place in held.terms}
    return np.array([side not in taken for side in terms.sides], bool)
