"""Keys of identifiers: 62 bits of a hash, the same in every process, so that a state can be saved and restored.

An identifier is its text: the number 7 and the text "7" are the same. Among a hundred million identifiers two have the
same key with a chance of one in nine hundred; they would share a history.
"""

import math
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Keys", "key_of", "text_of"]

_MOST_CACHED = 1_000_000


def key_of(text: str) -> int:
    """Return the key of a text, 1 ... 2**62 - 1.

    Examples
    --------
    >>> key_of("7") == key_of("8"), 0 < key_of("") < 2**62
    (False, True)
    """
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 2 or 1


def text_of(value: object) -> str | None:
    """Return an identifier as text, None if it is missing (None, NaN, NaT).

    Examples
    --------
    >>> text_of(7), text_of("7"), text_of(float("nan")), text_of(7.0)
    ('7', '7', None, '7.0')
    """
    if isinstance(value, str):
        return value
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return str(value)


class Keys:
    """The keys of identifiers, with those that were asked for lately at hand.

    Examples
    --------
    >>> keys = Keys()
    >>> keys.one("7") == keys.one(7) == key_of("7"), keys.one(None)
    (True, -1)
    >>> keys.column(pd.Series(["7", None])).tolist() == [key_of("7"), -1]
    True
    """

    def __init__(self) -> None:
        self.known: dict[object, int] = {None: -1}
        self._categories: dict[str, tuple[Any, NDArray[np.int64]]] = {}

    def one(self, value: object) -> int:
        """Return the key of an identifier, -1 if it is missing."""
        text = value if type(value) is str else text_of(value)
        key = self.known.get(text)
        if key is None:
            key = key_of(str(text))
            if len(self.known) >= _MOST_CACHED:
                self.known.clear()
                self.known[None] = -1
            self.known[text] = key
        return key

    def column(self, values: "pd.Series[str]", name: str = "") -> NDArray[np.int64]:
        """Return the keys of a column, int64 of shape (n,), -1 where missing; `name` keeps its categories at hand."""
        if isinstance(values.dtype, pd.CategoricalDtype):
            places = values.cat.codes.to_numpy()
            categories = values.cat.categories
            known = self._categories.get(name)
            if name and known is not None and _are_the_same(known[0], categories):
                return known[1][places]
            if len(categories) <= 2 * len(values) or name:
                table = self._many(categories)
                self._categories[name] = (categories, table)
                return table[places]
        local, distinct = pd.factorize(values)
        return self._many(distinct)[local]

    def _many(self, values: Any) -> NDArray[np.int64]:
        """Return the keys of different identifiers, and that of a missing one behind them."""
        texts = values.to_numpy(dtype=object)
        if not isinstance(values.dtype, pd.StringDtype):
            return np.array([*map(self.one, texts), -1], np.int64)
        found = list(map(self.known.get, texts))
        if None in found:
            found = [self.one(text) if key is None else key for key, text in zip(found, texts, strict=True)]
        return np.array([*found, -1], np.int64)


def _are_the_same(one: Any, other: Any) -> bool:
    """Tell whether categories are the same: as they are in each part of a file, though read anew."""
    return one is other or (
        isinstance(one.dtype, pd.StringDtype) and one.dtype == other.dtype and bool(one.equals(other))
    )
