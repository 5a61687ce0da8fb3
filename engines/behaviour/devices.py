"""Devices: which sightings are one device, measured against the truth and two plain ways, and what threatens them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from datasets import fingerprints
from fraud.identity.attributes import ATTRIBUTES
from fraud.identity.matching import DeviceMatcher, Match
from fraud.identity.threats import Threat, judge_terminal

__all__ = ["Found", "Terminals", "match_devices", "threatened"]

Bools = npt.NDArray[np.bool_]

_SIGNALS = ("emulator_files", "root_files", "hook_library", "debugger", "proxy", "developer_mode")
_GRAVE = ("likely", "certain")
_SHARES = np.arange(0.5, 1.0, 0.02)


@dataclass(frozen=True)
class Found:
    """What a way of comparing found among the candidate pairs: precision and recall of "one device", as shares."""

    name: str
    name_zh: str
    precision: float
    recall: float


@dataclass(frozen=True)
class Terminals:
    """Grave threats by kind of device: how many sightings there are, and in how many each threat is grave."""

    kind: str
    sightings: int
    grave: dict[str, int]


def match_devices(size: int, seed: int) -> tuple[list[Found], int, Match, Match]:
    """Learn from the earlier half of the sightings which agreement is worth what, and judge pairs of the later half.

    Parameters
    ----------
    size
        Number of sightings.
    seed
        Of the province.

    Returns
    -------
    found
        Ours first, then the plain ways.
    maybe
        Pairs that are left to a second factor.
    drifted, look_alike
        One pair that is one device although much has changed, and one that is two although nearly all agrees.
    """
    frame, truth = next(fingerprints.make(size, seed)), next(fingerprints.truth(size, seed))
    half = size // 2
    matcher = DeviceMatcher(seed=seed).fit(frame.iloc[:half], truth["device_id"].iloc[:half])
    least = _best_share(frame.iloc[:half], truth["device_id"].to_numpy()[:half], matcher)
    later, ids = frame.iloc[half:].reset_index(drop=True), truth["device_id"].to_numpy()[half:]
    pairs = matcher.pairs(later)
    is_one = ids[pairs["older"]] == ids[pairs["newer"]]
    agreeing = _agreeing(later, pairs)
    decided = (pairs["decision"] == "same").to_numpy()
    found = [
        _found("weighted by what agreement is worth", "按一致程度加权", decided, is_one),
        _found("every attribute equal", "全部属性相同", agreeing == 1.0, is_one),
        _found(f"{least:.0%} of the attributes equal", f"{least:.0%}属性相同", agreeing >= least, is_one),
    ]
    drifted = pairs[decided & is_one].assign(agreeing=agreeing[decided & is_one]).sort_values("agreeing", kind="stable")
    other = (pairs["decision"] == "other").to_numpy() & ~is_one
    alike = pairs[other].assign(agreeing=agreeing[other]).sort_values("agreeing", ascending=False, kind="stable")
    shown = [_compared(matcher, later, one) for one in (drifted, alike)]
    return found, int((pairs["decision"] == "maybe").sum()), shown[0], shown[1]


def _found(name: str, name_zh: str, said: Bools, is_one: Bools) -> Found:
    both = int((said & is_one).sum())
    return Found(name, name_zh, both / max(int(said.sum()), 1), both / max(int(is_one.sum()), 1))


def _best_share(frame: pd.DataFrame, ids: npt.NDArray[np.object_], matcher: DeviceMatcher) -> float:
    """Return from which share of equal attributes on a pair is best called one device: the largest F1 on these rows."""
    pairs = matcher.pairs(frame)
    is_one, agreeing = ids[pairs["older"]] == ids[pairs["newer"]], _agreeing(frame, pairs)
    best = [
        (2 * (is_one & (agreeing >= share)).sum() / (is_one.sum() + (agreeing >= share).sum()), share)
        for share in _SHARES
    ]
    return float(max(best)[1])


def _agreeing(frame: pd.DataFrame, pairs: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return for each pair the share of the attributes that both have and that are equal."""
    names = [name for name in frame.columns if name not in ("observation_id", "seen_at", *_SIGNALS)]
    equal, known = np.zeros(len(pairs)), np.zeros(len(pairs))
    for name in names:
        codes = pd.factorize(frame[name])[0]
        older, newer = codes[pairs["older"]], codes[pairs["newer"]]
        both = (older >= 0) & (newer >= 0)
        known += both
        equal += both & (older == newer)
    return equal / known


def _compared(matcher: DeviceMatcher, frame: pd.DataFrame, pairs: pd.DataFrame) -> Match:
    first = pairs.iloc[0]
    names = ["seen_at", *(name for name in frame.columns if name in {one.name for one in ATTRIBUTES} | set(_RAW))]
    older, newer = (dict(zip(names, frame.loc[int(first[side]), names], strict=True)) for side in ("older", "newer"))
    return matcher.compare(older, newer)


_RAW = ("os", "model", "gpu", "screen", "storage_gb")
"""Columns of which the attribute `hardware` is made."""


def threatened(size: int, seed: int) -> tuple[list[Terminals], Threat]:
    """Judge the signals of every sighting; return the grave threats by kind of device, and one that is explained.

    How many devices of one make are behind one address is counted in the table itself.
    """
    frame, truth = next(fingerprints.make(size, seed)), next(fingerprints.truth(size, seed))
    alike = truth.groupby([frame["model"], frame["os_version"], frame["ip"]])["device_id"].transform("nunique")
    rows = frame[list(_SIGNALS)].assign(
        similar_devices=alike.fillna(1.0),
        company_network=(truth["kind"] == "company").astype(float),
        campus_network=(truth["kind"] == "campus").astype(float),
    )
    judged: dict[tuple[float, ...], list[Threat]] = {}
    keys = list(map(tuple, rows.to_numpy(np.float64).tolist()))
    for key in keys:
        if key not in judged:
            judged[key] = judge_terminal(dict(zip(rows.columns, key, strict=True)))
    kinds: dict[str, Terminals] = {}
    for kind, key in zip(truth["kind"], keys, strict=True):
        entry = kinds.setdefault(kind, Terminals(kind, 0, {one.id: 0 for one in judged[key]}))
        grave = {one.id: entry.grave[one.id] + (one.grade in _GRAVE) for one in judged[key]}
        kinds[kind] = Terminals(kind, entry.sightings + 1, grave)
    worst = max((one for threats in judged.values() for one in threats), key=lambda one: (one.points, one.id))
    return sorted(kinds.values(), key=lambda one: one.kind), worst
