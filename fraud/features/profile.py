"""What is usual for a customer or a terminal, and what is new: ratios, hours, first times, places.

All earlier transactions count, however old. The state is one number for each entity and quantity, and one for
each pair of a customer and what was seen with it.
"""

from collections.abc import Mapping

import numpy as np

from fraud.features.codes import BoolArray, FloatArray, IntArray, SeenPairs
from fraud.features.expanding import NONE, LastValue, RunningTotal
from fraud.features.groups import ARRAY_ENTITIES as ENTITIES
from fraud.features.groups import Groups

__all__ = ["PAIRED", "FirstTimes", "Profile"]

PAIRED: dict[str, str] = {short: ENTITIES[short][0] for short in ("device", "ip", "payee", "terminal")}
PAIRED["place"] = "place"
"""What a customer can meet for the first time, and its column."""

_QUARTER_DAY, _DAY = 21_600, 86_400


class FirstTimes:
    """When each customer met each device, address, payee, terminal and place for the first time."""

    def __init__(self) -> None:
        self._seen = {short: SeenPairs() for short in PAIRED}

    def update(self, codes: Mapping[str, IntArray]) -> dict[str, BoolArray]:
        """Tell for each of `PAIRED` that the table has where the customer meets it for the first time.

        It is false where the customer or the other is missing: nothing is met then.
        """
        customer = codes["customer_id"]
        return {
            short: self._seen[short].first_times(customer, codes[column])
            for short, column in PAIRED.items()
            if column in codes
        }


class Profile:
    """The features of the catalogue's profile part."""

    def __init__(self) -> None:
        self._counts = {"customer_id": RunningTotal(), "terminal_id": RunningTotal()}
        self._sums = {"customer_id": RunningTotal(), "terminal_id": RunningTotal()}
        self._quarters = RunningTotal()
        self._places = LastValue()

    def update(
        self,
        seconds: IntArray,
        amounts: IntArray,
        codes: Mapping[str, IntArray],
        groups: Mapping[str, Groups],
        firsts: Mapping[str, BoolArray],
    ) -> dict[str, FloatArray]:
        """Return the profile features of the next chunk.

        Parameters
        ----------
        seconds, amounts
            int64 of shape (n,): seconds since 1970 in local time, and fen.
        codes, groups
            Codes of shape (n,) of each identifier that the table has, -1 where missing, and the rows grouped
            by them.
        firsts
            What `FirstTimes.update` says of this chunk.

        Returns
        -------
        dict
            float64 of shape (n,) by name of feature, NaN where an identifier is missing or no history defines
            it.
        """
        made: dict[str, FloatArray] = {}
        for short in ("customer", "terminal"):
            if f"{short}_id" not in groups:
                continue
            group = groups[f"{short}_id"]
            count = self._counts[f"{short}_id"].before(group, 1)
            total = self._sums[f"{short}_id"].before(group, amounts)
            mean = _divide(total, count)
            made[f"{short}_amount_ratio"] = group.spread(_divide(amounts[group.order], mean))
            if short == "customer":
                made["customer_count_total"] = group.spread(count)
                made["customer_hours_share"] = self._hours(seconds, codes["customer_id"], made)
        for short, first in firsts.items():
            both = (codes["customer_id"] >= 0) & (codes[PAIRED[short]] >= 0)
            made[f"new_{short}"] = np.where(both, first, np.nan)
        if "place" in codes:
            made["place_changed"] = self._place_changed(codes["customer_id"], codes["place"])
        return made

    def _hours(self, seconds: IntArray, customers: IntArray, made: Mapping[str, FloatArray]) -> FloatArray:
        quarter = seconds % _DAY // _QUARTER_DAY
        group = Groups(np.where(customers >= 0, customers * 4 + quarter, -1))
        return _divide(group.spread(self._quarters.before(group, 1)), made["customer_count_total"])

    def _place_changed(self, customers: IntArray, places: IntArray) -> FloatArray:
        group = Groups(np.where(places >= 0, customers, -1))
        before = self._places.before(group, places)
        return group.spread(np.where(before == NONE, np.nan, before != places[group.order]))


def _divide(above: IntArray | FloatArray, below: IntArray | FloatArray) -> FloatArray:
    """Return above / below, NaN where below is zero or missing."""
    # Integers become the nearest floats first, so the only other rounding is that of one division.
    numerator, denominator = above.astype(np.float64), below.astype(np.float64)
    result: FloatArray = np.full(len(numerator), np.nan)
    np.divide(numerator, denominator, out=result, where=denominator > 0)
    return result
