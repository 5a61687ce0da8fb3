"""A tiny province for examples and tests: some firms, one engine, what it says of each, and the truth."""

from collections.abc import Sequence

import pandas as pd

from engines.province.signs import Sign
from engines.province.weighing import Looked

__all__ = ["looked"]


def looked(levels: Sequence[int], is_ring: Sequence[bool], seed: int = 1, engine: str = "papers") -> Looked:
    """Return a province of firms of which one engine says these levels (0 to 2).

    Examples
    --------
    >>> looked([0, 2], [False, True]).signs["papers"].level.tolist()
    [0, 2]
    """
    firms = pd.Index([f"F{seed:04d}{place:04d}" for place in range(len(levels))], name="firm_id")
    level = pd.Series(list(levels), index=firms, dtype="int64")
    meaning = (("nothing", "无"), ("little", "少"), ("much", "多"))
    sign = Sign(engine, meaning, level, level.astype("float64"), {}, frozenset())
    kind = pd.Series(["ring" if one else "settled" for one in is_ring], index=firms, dtype="str")
    ring = pd.Series(list(is_ring), index=firms, dtype="bool")
    return Looked(seed, {engine: sign}, ring, kind, kind.where(ring, ""))
