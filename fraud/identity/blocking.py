"""Which pairs are compared at all: those that agree on something a device keeps, and are near in time within it.

Comparing all pairs of a million sightings takes a lifetime. Each key below puts sightings in blocks; within a block
each is compared with the ones that follow it, at most so many. A pair that agrees on no key is not compared: how many
true pairs that loses is measured beside precision and recall.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fraud.identity.attributes import Prepared

__all__ = ["candidate_pairs", "same_hardware_pairs"]

Ints = NDArray[np.int64]
_FOLLOWING = 15
_SENSOR_STEP = 5_000


def candidate_pairs(table: Prepared, following: int = _FOLLOWING) -> tuple[Ints, Ints]:
    """Return the pairs to compare, the earlier sighting first, each once, sorted; int64 of shape (pairs,).

    Examples
    --------
    >>> import pandas as pd
    >>> from fraud.identity.attributes import prepare
    >>> times = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"])
    >>> frame = pd.DataFrame({"seen_at": times, "model": ["A", "B", "A"], "fonts": ["x", "x", "x"]})
    >>> [pairs.tolist() for pairs in candidate_pairs(prepare(frame))]
    [[0], [2]]
    """
    order = np.argsort(table.seen, kind="stable")
    found = [np.empty(0, np.int64)]
    for key in _keys(table):
        sequence = order[key[order] >= 0]
        sequence = sequence[np.argsort(key[sequence], kind="stable")]
        for step in range(1, following + 1):
            one, other = sequence[:-step], sequence[step:]
            same = key[one] == key[other]
            found.append(one[same] * table.size + other[same])
    pairs = np.unique(np.concatenate(found))
    return pairs // table.size, pairs % table.size


def _keys(table: Prepared) -> Iterator[Ints]:
    """Yield one number for each sighting and key, -1 where it has none."""
    hardware = table.values.get("hardware", np.zeros(table.size, np.int64))
    for name in ("fonts", "ip"):
        if name in table.values:
            value = table.values[name]
            yield np.where((value >= 0) & (hardware >= 0), hardware * (value.max(initial=0) + 1) + value, -1)
    if "sensor" in table.numbers:
        sensor = table.numbers["sensor"]
        for shift in (0, _SENSOR_STEP // 2):
            step = np.floor_divide(np.nan_to_num(sensor) + shift, _SENSOR_STEP).astype(np.int64)
            step -= step.min(initial=0)
            key = hardware * (step.max(initial=0) + 1) + step
            yield np.where(np.isnan(sensor) | (hardware < 0), -1, key)
    if "canvas" in table.values and "ip" in table.values:
        canvas, ip = table.values["canvas"], table.values["ip"]
        yield np.where((canvas >= 0) & (ip >= 0), canvas * (ip.max(initial=0) + 1) + ip, -1)


def same_hardware_pairs(table: Prepared, most: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Draw pairs of one hardware, the earlier first: what m, u and the share of true pairs are estimated from.

    Examples
    --------
    >>> import pandas as pd
    >>> from fraud.identity.attributes import prepare
    >>> times = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"])
    >>> table = prepare(pd.DataFrame({"seen_at": times, "model": ["A", "B", "A"]}))
    >>> [pairs.tolist() for pairs in same_hardware_pairs(table, 10, np.random.default_rng(1))]
    [[0], [2]]
    """
    hardware = table.values.get("hardware", np.zeros(table.size, np.int64))
    order = np.lexsort((table.seen, hardware))
    order = order[hardware[order] >= 0]
    start = np.flatnonzero(np.diff(hardware[order], prepend=-1))
    size = np.diff(start, append=len(order))
    weight = size * (size - 1) / 2
    if not len(order) or not weight.sum():
        return np.empty(0, np.int64), np.empty(0, np.int64)
    block = rng.choice(len(size), most, p=weight / weight.sum())
    one = (rng.random(most) * size[block]).astype(np.int64)
    other = (rng.random(most) * (size[block] - 1)).astype(np.int64)
    other += other >= one
    first, second = np.minimum(one, other), np.maximum(one, other)
    pairs = np.unique(order[start[block] + first] * table.size + order[start[block] + second])
    return pairs // table.size, pairs % table.size
