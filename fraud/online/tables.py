"""Hash tables of whole numbers in arrays: which record an entity has, and what two entities had to do with each other.

Keys are 62 random bits (`fraud.online.keys`), so the low bits of a key are its place; collisions go to the next row. A
table is at most half full. Nothing is deleted here: what is forgotten goes when a table is built anew (`room`).
"""

from typing import Any

from fraud.online.compiled import compiled

__all__ = ["kind_key", "pair_key", "place_of"]

_SALT = 0x09E3779B97F4A7C1
_MASK = 2**62 - 1


@compiled
def place_of(table: Any, key: int) -> int:
    """Return the row of a key in the first column of a table, or the free row where it would stand.

    Examples
    --------
    >>> import numpy as np
    >>> int(place_of(np.array([[0], [5], [9], [0]]), 9))
    2
    """
    mask = table.shape[0] - 1
    at = key & mask
    while table[at, 0] != 0 and table[at, 0] != key:
        at = (at + 1) & mask
    return int(at)


@compiled
def kind_key(key: int, kind: int) -> int:
    """Return the key of an entity, which is another one for each kind that has the same identifier.

    Examples
    --------
    >>> int(kind_key(77, 0)) == int(kind_key(77, 1))
    False
    """
    return key ^ ((kind + 1) * _SALT & _MASK)


@compiled
def pair_key(left: int, right: int, relation: int) -> int:
    """Return the key of two entities in a relation, never 0; the two are not alike.

    Examples
    --------
    >>> int(pair_key(5, 6, 0)) == int(pair_key(6, 5, 0))
    False
    """
    turned = (right >> 7) | ((right & 127) << 55)
    key = left ^ turned ^ ((relation + 1) * _SALT & _MASK)
    return key if key != 0 else 1
