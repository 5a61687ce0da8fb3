"""What a transaction says about itself: amount, hour, weekday, channel, country, ages.

These features need no history. The code of a category is its place in `KNOWN`; values that are not listed
there follow in order of first appearance, so a model must be used with the builder whose features it learnt
from.
"""

from collections.abc import Mapping

import numpy as np

from fraud.features.codes import FloatArray, IntArray

__all__ = ["KNOWN", "NUMBERS", "context_features"]

KNOWN: dict[str, tuple[str, ...]] = {
    "channel": ("counter", "atm", "pos", "mobile", "web", "qr"),
    "kind": ("purchase", "transfer", "withdrawal", "deposit"),
    "merchant_category": (),
    "country": ("CN",),
}
"""Categories that have a code, and the values whose codes are fixed: 0, 1, 2, ... in this order."""

NUMBERS = ("customer_age", "account_age_days", "sim_age_days")
"""Columns that are features as they stand."""

_DAY, _HOUR = 86_400, 3_600
_ROUND_FEN = 10_000
# The first day of 1970, from which seconds count, was a Thursday.
_FIRST_WEEKDAY = 3


def context_features(
    seconds: IntArray, amounts: IntArray, codes: Mapping[str, IntArray], numbers: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """Return the features that a row has by itself.

    Parameters
    ----------
    seconds, amounts
        int64 of shape (n,): seconds since 1970 in local time, and fen.
    codes
        Codes of shape (n,) of the categories in `KNOWN` that the table has, -1 where missing.
    numbers
        float64 of shape (n,) of the columns in `NUMBERS` that the table has.

    Returns
    -------
    dict
        float64 of shape (n,) by name of feature: `amount_fen`; `is_round_amount`, 1 for whole hundreds of
        yuan above zero; `hour` 0 to 23; `weekday`, Monday is 0; and for the columns that are there
        `channel_code`, `kind_code`, `merchant_category_code`, `is_foreign` (1 if the country is not CN) and
        the numbers.

    Examples
    --------
    >>> made = context_features(np.array([90_000]), np.array([30_000]), {"country": np.array([-1])}, {})
    >>> {name: float(values[0]) for name, values in made.items()}
    {'amount_fen': 30000.0, 'is_round_amount': 1.0, 'hour': 1.0, 'weekday': 4.0, 'is_foreign': nan}
    """
    made = {
        "amount_fen": amounts.astype(np.float64),
        "is_round_amount": ((amounts > 0) & (amounts % _ROUND_FEN == 0)).astype(np.float64),
        "hour": (seconds % _DAY // _HOUR).astype(np.float64),
        "weekday": ((seconds // _DAY + _FIRST_WEEKDAY) % 7).astype(np.float64),
    }
    for column in KNOWN:
        if column not in codes:
            continue
        known = codes[column] >= 0
        if column == "country":
            made["is_foreign"] = np.where(known, codes[column] > 0, np.nan)
        else:
            made[f"{column}_code"] = np.where(known, codes[column], np.nan)
    return made | dict(numbers)
