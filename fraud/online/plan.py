"""The plan of a stream: which records its entities have, who meets whom, and the steps that make one row of features.

Only what the wanted features need is kept and computed: a kind of entity without features has no records, one without
windows no rings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fraud.features.entities import ENTITIES, FEEDBACK_WINDOWS, RELATIONS, WINDOWS, Feature
from fraud.online import words as at
from fraud.online.board import BLOCK, PLACES

__all__ = ["CATEGORIES", "REALS", "Plan", "plan_of"]

CATEGORIES: tuple[str, ...] = ("channel", "kind", "merchant_category", "country")
"""Columns whose words have codes."""

REALS: tuple[str, ...] = ("customer_age", "account_age_days", "sim_age_days", "latitude", "longitude")
"""Columns of numbers, in the order in which the kernel reads them."""

_KINDS = list(ENTITIES)
_SPANS = list(WINDOWS)
_RATIOS = {"count_ratio": ("1d", "30d"), "sum_ratio": ("1d", "30d"), "max_ratio": ("30d",)}
_SECTION = {"quarter_share": at.QUARTERS, "hour_share": at.HOURS, "usual_ratio": at.USUAL, "deviation": at.USUAL}
_SECTION |= {"place_changed": at.PLACE, "distance": at.POINT, "speed": at.POINT, "impossible": at.POINT}
_SECTION |= {"customers": at.CROWD, "new_customers": at.CROWD, "max": at.PEAKS, "max_ratio": at.PEAKS}
_SECTION |= {"frauds": at.FRAUDS, "fraud_rate": at.FRAUDS, "distinct": at.DISTINCT}
_WORDS = {at.CROWD: 2, at.FRAUDS: 7, at.DELAYED: 4, at.QUARTERS: 4, at.HOURS: 24, at.USUAL: 2, at.PLACE: 1, at.POINT: 4}


@dataclass(frozen=True, eq=False)
class Plan:
    """Arrays of int64 that steer the kernel: see `fraud.online.words` for their columns.

    `layout` has a row for each kind of entity, `spans` the lengths of its windows in seconds; `relations` a row for
    each pair that is remembered; `picks` the place of each feature on the board (`fraud.online.board`).
    """

    layout: NDArray[np.int64]
    spans: NDArray[np.int64]
    relations: NDArray[np.int64]
    picks: NDArray[np.int64]


def plan_of(features: Sequence[Feature]) -> Plan:
    """Return the plan that makes these features, in this order.

    Examples
    --------
    >>> from fraud.features.catalogue import available
    >>> kept, _ = available(["customer_id", "amount_fen"], ["customer_count_1h", "customer_sum_7d", "amount_fen"])
    >>> plan = plan_of(kept)
    >>> plan.spans[0].tolist(), plan.layout[0, :3].tolist(), plan.relations.shape
    ([3600, 604800, 0, 0], [11, 9, 2], (0, 5))
    """
    spans = [_spans_of(kind, features) for kind in _KINDS]
    relations = _relations_of(features)
    layout = np.full((len(_KINDS), at.SECTIONS), -1, np.int64)
    for number, kind in enumerate(_KINDS):
        _lay_out(layout[number], [one for one in features if _belongs(one, kind)], spans[number], kind, relations)
    picks = np.array([_place(feature, spans, relations) for feature in features], np.int64)
    lengths = np.zeros((len(_KINDS), len(_SPANS)), np.int64)
    for number, names in enumerate(spans):
        lengths[number, : len(names)] = [WINDOWS[name] for name in names]
    rows = np.array([row for _, row in relations.values()], np.int64).reshape(-1, at.RELATION)
    return Plan(layout, lengths, rows, picks)


def _belongs(feature: Feature, kind: str) -> bool:
    if feature.entity == kind:
        return True
    # a meeting is told from the life of the one who comes first in the relation
    return bool(feature.entity) and (kind, feature.entity) in RELATIONS and feature.other == kind


def _spans_of(kind: str, features: Sequence[Feature]) -> list[str]:
    wanted = set()
    for feature in features:
        if feature.entity == kind:
            if feature.stat in ("count", "sum", "mean", "max", "distinct", "new_customers"):
                wanted.add(feature.window)
            wanted.update(_RATIOS.get(feature.stat, ()))
    return [name for name in _SPANS if name in wanted]


def _relations_of(features: Sequence[Feature]) -> dict[tuple[str, str], tuple[int, list[int]]]:
    """Return the relations that are needed: place in the plan, and left, right, bits of both sides, number."""
    found: dict[tuple[str, str], tuple[int, list[int]]] = {}
    bits = dict.fromkeys(_KINDS, 0)
    for number, (left, right) in enumerate(RELATIONS):
        about = [one for one in features if {one.entity, one.other} == {left, right}]
        if not about:
            continue
        row = [_KINDS.index(left), at.MET_PLACE if right == "place" else _KINDS.index(right), -1, -1, number]
        for side, kind in enumerate((left, right)):
            if any(one.stat == "distinct" and one.entity == kind for one in about):
                row[at.REL_BIT + side] = bits[kind]
                bits[kind] += 1
        if [one for one in about if one.stat != "place_changed"]:
            found[left, right] = (len(found), row)
    return found


def _lay_out(
    shape: NDArray[np.int64],
    features: Sequence[Feature],
    spans: Sequence[str],
    kind: str,
    relations: dict[tuple[str, str], tuple[int, list[int]]],
) -> None:
    shape[[at.SIZE, at.SPANS, at.RING, at.BITS, at.MEANS, at.RATIO]] = 0
    if not features:
        return
    own = [one for one in features if one.entity == kind]
    sections = {_SECTION[one.stat] for one in own if one.stat in _SECTION}
    if any(one.stat == "fraud_rate" for one in own):
        sections.add(at.DELAYED)
    end = at.HEAD
    if spans:
        shape[at.TAILS], shape[at.SPANS], end = end, len(spans), end + len(spans)
    bits = sum(
        row[at.REL_BIT + side] >= 0 for pair, (_, row) in relations.items() for side in (0, 1) if pair[side] == kind
    )
    shape[at.BITS] = bits * len(spans)
    words = _WORDS | {at.DISTINCT: bits * len(spans), at.PEAKS: 3 + len(spans)}
    for section in sorted(sections):
        shape[section], end = end, end + words[section]
    if any(one.stat == "new_customers" for one in own):
        shape[at.CROWD_SPAN] = spans.index("7d")
    if any(one.stat in ("count_ratio", "sum_ratio") for one in own):
        shape[at.DAY] = spans.index("1d")
    shape[at.MEANS] = any(one.stat == "mean" for one in own)
    shape[at.RATIO] = any(one.stat == "mean_ratio" for one in own)
    shape[at.SIZE] = end
    shape[at.RING] = int(bool(spans) or at.DELAYED in sections)


def _place(
    feature: Feature, spans: Sequence[Sequence[str]], relations: dict[tuple[str, str], tuple[int, list[int]]]
) -> int:
    """Return where on the board a feature stands."""
    place, pair = PLACES[feature.stat], (feature.entity, feature.other)
    if not feature.entity:
        if feature.stat == "number":
            return place + REALS.index(feature.other)
        return place + CATEGORIES.index(feature.other) if feature.stat == "code" else place
    if feature.stat in ("new", "seen", "share"):
        return place + 3 * relations[pair][0]
    kind = _KINDS.index(feature.entity)
    place += kind * BLOCK
    if feature.stat in ("frauds", "fraud_rate"):
        return place + FEEDBACK_WINDOWS.index(feature.window)
    if not feature.window or feature.stat == "new_customers":
        return place
    place += spans[kind].index(feature.window)
    if feature.stat == "distinct":
        side = 0 if pair in relations else 1
        place += len(spans[kind]) * relations[pair if side == 0 else pair[::-1]][1][at.REL_BIT + side]
    return place
