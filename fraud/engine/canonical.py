"""One way to write what is kept for years, so that equal content has equal bytes and one hash.

JSON with sorted keys and no blanks. A float is written with the fewest digits that read back as the same bits; NaN,
which means missing everywhere in this engine, is null, and an infinity is a word, so that nothing is lost.
"""

import hashlib
import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson

__all__ = ["EPOCH", "canonical", "content_hash", "moment", "plain_floats", "read_floats", "seconds"]

EPOCH = datetime(1970, 1, 1)
_DAYS_TO_EPOCH = EPOCH.toordinal()
_WORDS = {math.inf: "inf", -math.inf: "-inf"}


def canonical(value: Any) -> bytes:
    """Return the bytes of a value of JSON: dicts with text keys, lists, text, whole numbers, floats, booleans, None.

    Examples
    --------
    >>> canonical({"b": 0.1, "a": [1, None]})
    b'{"a":[1,null],"b":0.1}'
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def content_hash(value: Any) -> str:
    """Return the SHA-256 of the canonical bytes of a value (or of the bytes that it is), in hexadecimal.

    Examples
    --------
    >>> content_hash({"a": 1})[:16]
    '015abd7f5cc57a2d'
    """
    return hashlib.sha256(value if isinstance(value, bytes) else canonical(value)).hexdigest()


def plain_floats(values: Iterable[float]) -> list[float | str | None]:
    """Return floats as JSON can carry them; `read_floats` is the way back.

    Examples
    --------
    >>> plain_floats([0.1, math.nan, -math.inf])
    [0.1, None, '-inf']
    """
    return [None if one != one else _WORDS.get(one, one) for one in values]  # only NaN differs from itself


def read_floats(values: Iterable[float | str | None]) -> list[float]:
    """Return the floats that `plain_floats` wrote.

    Examples
    --------
    >>> read_floats([0.1, None, "-inf"])
    [0.1, nan, -inf]
    """
    return [math.nan if one is None else float(one) for one in values]


def seconds(time: datetime | int) -> int:
    """Return a local time as whole seconds since 1970, fractions cut off.

    Examples
    --------
    >>> seconds(datetime(1970, 1, 2, 0, 0, 5, 999)), seconds(7)
    (86405, 7)
    """
    if isinstance(time, datetime):
        days = time.toordinal() - _DAYS_TO_EPOCH
        return days * 86_400 + time.hour * 3_600 + time.minute * 60 + time.second
    return time


def moment(second: int) -> str:
    """Return the ISO text of seconds since 1970, local time.

    Examples
    --------
    >>> moment(86405)
    '1970-01-02T00:00:05'
    """
    days, rest = divmod(second, 86_400)
    day = datetime.fromordinal(days + _DAYS_TO_EPOCH)
    return day.replace(hour=rest // 3_600, minute=rest // 60 % 60, second=rest % 60).isoformat()
