"""How fast money moves: counts, sums and pauses of each entity, and the customers who crowd around it.

Many transactions in an hour on one card, or many new customers on one device in a week, are the oldest signs
of fraud. They are as common on a payroll day or behind the address of a campus, so they are evidence and not
proof.
"""

from collections.abc import Mapping

import numpy as np

from fraud.features.codes import BoolArray, FloatArray, IntArray
from fraud.features.expanding import NONE, LastValue, RunningTotal
from fraud.features.groups import ARRAY_ENTITIES as ENTITIES
from fraud.features.groups import ARRAY_WINDOWS as WINDOWS
from fraud.features.groups import Groups
from fraud.features.windows import Tail, WindowedRows

__all__ = ["CROWDED", "Velocity"]

CROWDED = ("device", "ip", "terminal", "payee")
"""Entities whose different customers are counted."""

_LONGEST = max(WINDOWS.values())


class Velocity:
    """The features of the catalogue's velocity and crowd parts."""

    def __init__(self) -> None:
        self._tail = Tail(_LONGEST)
        self._last = {short: LastValue() for short in ENTITIES}
        self._customers = {short: RunningTotal() for short in CROWDED}

    def update(
        self,
        seconds: IntArray,
        amounts: IntArray,
        codes: Mapping[str, IntArray],
        groups: Mapping[str, Groups],
        firsts: Mapping[str, BoolArray],
    ) -> dict[str, FloatArray]:
        """Return the velocity and crowd features of the next chunk, n > 0; parameters as in `Profile`."""
        entities = {short: column for short, (column, _, _) in ENTITIES.items() if column in codes}
        joined, start = self._tail.join(
            {"seconds": seconds, "amounts": amounts}
            | {f"code {short}": codes[column] for short, column in entities.items()}
            | {f"first {short}": firsts[short].astype(np.int64) for short in CROWDED if short in firsts}
        )
        made: dict[str, FloatArray] = {}
        for short, column in entities.items():
            rows = WindowedRows(joined[f"code {short}"], joined["seconds"], start, _LONGEST)
            for name, length in WINDOWS.items():
                lower = rows.lower(length)
                made[f"{short}_count_{name}"] = rows.count(lower)
                made[f"{short}_sum_{name}"] = rows.total(joined["amounts"], lower)
            group = groups[column]
            last = self._last[short].before(group, seconds)
            pause = np.where(last == NONE, np.nan, seconds[group.order] - last)
            made[f"{short}_seconds_since_last"] = group.spread(pause)
            if short in CROWDED:
                fresh = rows.total(joined[f"first {short}"], rows.lower(WINDOWS["7d"]), with_self=True)
                known = codes["customer_id"] >= 0
                made[f"{short}_new_customers_7d"] = np.where(known, fresh, np.nan)
                first = joined[f"first {short}"][start:]
                so_far = group.spread(self._customers[short].before(group, first))
                made[f"{short}_customers"] = np.where(known, so_far + first, np.nan)
        return made
