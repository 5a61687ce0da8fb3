"""One device or two: fingerprints compared attribute by attribute, with a probability and a decision.

`fit` learns from a table of sightings, with the ids of devices where they are known and without where not; `pairs`
judges the candidates of a table, `devices` gives each sighting a device, `compare` explains one pair. The decision has
three values, for the middle belongs to a person or to a second factor: same above one probability, other below another,
maybe between.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.errors import IdentityInputError
from fraud.identity.attributes import ATTRIBUTES, MISSING, Prepared, levels, prepare
from fraud.identity.blocking import candidate_pairs, same_hardware_pairs
from fraud.identity.linkage import Frequencies, Linkage, added, counted, estimated, frequencies

__all__ = ["Decision", "DeviceMatcher", "Match", "Part"]

Decision: TypeAlias = Literal["same", "maybe", "other"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_PSEUDO = 20.0
"""A value's share within a hardware is drawn to its share among all as if by so many sightings."""
_SAMPLE = 200_000


@dataclass(frozen=True)
class Part:
    """One attribute of a match: its level in words and its weight in powers of ten; 0 where one side is missing."""

    attribute: str
    attribute_zh: str
    level: str
    weight: float


@dataclass(frozen=True)
class Match:
    """Two fingerprints compared; `parts` add up to `weight`, which together with the prior gives `probability`."""

    decision: Decision
    probability: float
    weight: float
    prior: float
    parts: tuple[Part, ...]

    def explain(self) -> str:
        """Return the decision and the attributes, the heaviest first, in lines of text."""
        head = f"{self.decision} (probability {self.probability:.4f}; before comparing {10**self.prior:.2g})"
        heavy = sorted(self.parts, key=lambda part: -abs(part.weight))
        lines = [f"  {part.weight:+.2f}  {part.attribute} ({part.attribute_zh}): {part.level}" for part in heavy]
        return "\n".join([head, *lines])


class DeviceMatcher:
    """Compares fingerprints after it has learnt what agreement is worth.

    Parameters
    ----------
    same, other
        Probabilities from which a pair is one device, and below which it is two.
    seed
        Seed of the sample of pairs that is learnt from.

    Examples
    --------
    >>> DeviceMatcher().pairs(pd.DataFrame())
    Traceback (most recent call last):
    fraud.errors.tables.IdentityInputError: the matcher has learnt nothing yet; call fit with a table of sightings first
    """

    def __init__(self, same: float = 0.95, other: float = 0.2, seed: int = 0) -> None:
        if not 0 <= other <= same <= 1:
            raise IdentityInputError(f"'same' is {same} and 'other' is {other}; 0 <= other <= same <= 1 must hold")
        self.same, self.other, self.seed = same, other, seed
        self._linkage: Linkage | None = None
        self._frequencies: Frequencies | None = None

    @property
    def linkage(self) -> Linkage:
        """What was learnt."""
        if self._linkage is None:
            raise IdentityInputError("the matcher has learnt nothing yet; call fit with a table of sightings first")
        return self._linkage

    @property
    def frequencies(self) -> Frequencies:
        """How often the values were seen in what was learnt from."""
        if self._frequencies is None:
            raise IdentityInputError("the matcher has learnt nothing yet; call fit with a table of sightings first")
        return self._frequencies

    def fit(self, frame: pd.DataFrame, device_ids: "pd.Series[str] | None" = None) -> Self:
        """Learn from a table of sightings.

        Parameters
        ----------
        frame
            `seen_at` and the attributes of `fraud.identity.attributes.ATTRIBUTES`, as many as there are.
        device_ids
            Which device each row is, of the same length; without it everything is estimated.
        """
        table = prepare(frame)
        rng = np.random.default_rng(self.seed)
        older, newer = same_hardware_pairs(table, _SAMPLE, rng)
        found = {name: level for name, level in levels(table, older, newer).items() if name != "hardware"}
        if device_ids is None:
            self._linkage = estimated(found)
        else:
            ids = device_ids.to_numpy(object)
            self._linkage = counted(found, ids[older] == ids[newer])
        self._frequencies = frequencies(table)
        return self

    def pairs(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Judge the candidate pairs of a table.

        Returns
        -------
        DataFrame
            older, newer (positions of rows), weight (natural logarithm), probability, decision (category).
        """
        self.linkage  # noqa: B018  # refuses before anything is computed
        table = prepare(frame)
        older, newer = candidate_pairs(table)
        weight, probability = self._judge(table, older, newer, added(self.frequencies, frequencies(table)))
        decision = np.where(probability >= self.same, "same", np.where(probability >= self.other, "maybe", "other"))
        return pd.DataFrame(
            {
                "older": older,
                "newer": newer,
                "weight": weight,
                "probability": probability,
                "decision": pd.Categorical(decision, ["same", "maybe", "other"]),
            }
        )

    def devices(self, frame: pd.DataFrame) -> "pd.Series[int]":
        """Return a device for each sighting: that of the best earlier one that is the same device, or a new one."""
        pairs = self.pairs(frame)
        same = pairs[pairs["decision"] == "same"].sort_values(
            ["newer", "weight", "older"], ascending=[True, False, False], kind="stable"
        )
        best = same.drop_duplicates("newer")
        device = np.arange(len(frame))
        seen = frame["seen_at"].to_numpy("datetime64[s]").astype(np.int64)
        order = np.argsort(seen[best["newer"].to_numpy()], kind="stable")
        for newer, older in best[["newer", "older"]].to_numpy()[order].tolist():
            device[newer] = device[older]
        return pd.Series(device, index=frame.index, name="device")

    def compare(self, older: Mapping[str, object], newer: Mapping[str, object]) -> Match:
        """Compare two fingerprints, each a mapping of attributes with `seen_at`, and explain the result.

        Raises
        ------
        IdentityInputError
            If the second was seen before the first, or an attribute cannot be read.
        """
        self.linkage  # noqa: B018  # refuses before anything is computed
        table = prepare(pd.DataFrame([dict(older), dict(newer)]))
        if table.seen[1] < table.seen[0]:
            raise IdentityInputError("the second fingerprint was seen before the first; give the earlier one first")
        one, other = np.array([0]), np.array([1])
        parts = {name: float(w[0]) for name, w in self._weights(table, one, other, self.frequencies).items()}
        weight, probability = self._judge(table, one, other, self.frequencies)
        found = levels(table, one, other)
        chance = float(probability[0])
        return Match(
            "same" if chance >= self.same else "maybe" if chance >= self.other else "other",
            chance,
            float(weight[0]) / math.log(10),
            self._prior(self.frequencies) / math.log(10),
            tuple(
                Part(a.name, a.name_zh, _level(a.levels, int(found[a.name][0])), parts[a.name] / math.log(10))
                for a in ATTRIBUTES
                if a.name in parts
            ),
        )

    def _prior(self, seen: Frequencies) -> float:
        """Return the logarithm of the odds that two sightings of anything are one device."""
        count = np.array(list(seen.hardware.values()), np.float64)
        share = self.linkage.share * float((count / count.sum()) @ (count / count.sum()))
        return math.log(share / (1.0 - share))

    def _judge(self, table: Prepared, older: Ints, newer: Ints, seen: Frequencies) -> tuple[Floats, Floats]:
        weight = np.zeros(len(older))
        for part in self._weights(table, older, newer, seen).values():
            weight += part
        return weight, 1.0 / (1.0 + np.exp(-np.clip(weight + self._prior(seen), -500, 500)))

    def _weights(self, table: Prepared, older: Ints, newer: Ints, seen: Frequencies) -> dict[str, Floats]:
        found = levels(table, older, newer)
        tables, by_value = self.linkage.weights(), {one.name for one in ATTRIBUTES if one.by_value}
        made: dict[str, Floats] = {}
        for name, level in found.items():
            if name == "hardware":
                made[name] = _hardware_weight(table, older, level, seen)
            elif name in tables:
                weight = np.append(np.array(tables[name]), 0.0)[level]
                if name in by_value:
                    same = level == 0
                    common = self._common(table, name, older[same], seen)
                    weight[same] = math.log(self.linkage.m[name][0]) - np.log(common)
                made[name] = weight
        return made

    def _common(self, table: Prepared, name: str, rows: Ints, seen: Frequencies) -> Floats:
        """Return how common each row's value is among sightings of the same hardware."""
        hardware = table.values.get("hardware", np.full(table.size, -1))[rows]
        pairs, back = np.unique(np.stack([hardware, table.values[name][rows]]), axis=1, return_inverse=True)
        chances = []
        for kind, value in pairs.T.tolist():
            text = str(table.labels[name][value])
            model = str(table.labels["hardware"][kind]) if kind >= 0 else ""
            if text not in seen.values.get(name, {}):
                # nobody knows how common a value is that was never seen; the average value is
                chances.append(self.linkage.u[name][0])
                continue
            size = seen.hardware.get(model, 0)
            # the device's own sightings are no accident: so many of a hardware are one device on average
            own = 1.0 + self.linkage.share * max(size - 1, 0)
            among_all = max(seen.values[name][text] - own, 0.5) / (seen.size + 1.0)
            within = max(seen.within.get(name, {}).get((model, text), 0) - own, 0.0)
            chances.append((within + _PSEUDO * among_all) / (size + _PSEUDO))
        return np.array(chances)[back.ravel()] if chances else np.empty(0)


def _hardware_weight(table: Prepared, older: Ints, level: NDArray[np.int8], seen: Frequencies) -> Floats:
    """Weigh equal hardware by how rare it is; other hardware is one device in a thousand cases of tampering."""
    share = np.array([seen.hardware.get(str(text), 0) for text in table.labels["hardware"]], np.float64)
    share = np.append((share + 1.0) / (seen.size + 1.0), 1.0)
    weight = np.where(level == 0, np.log(0.999 / share[table.values["hardware"][older]]), math.log(0.001))
    return np.where(level == MISSING, 0.0, weight)


def _level(names: tuple[str, ...], level: int) -> str:
    return "missing" if level == MISSING else names[level]
