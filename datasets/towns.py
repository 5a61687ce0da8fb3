"""The grid of the province: every town has the same number of people, firms, homes and terminals.

Town k is the same whatever number of towns comes after it, so a small world is the beginning of a large one and all
tables can be joined. An entity's code is a number: its town times the number a town has, plus its place in the
town. Its identifier in the tables is a letter, the town in four digits, and the place in the town in four digits.
"""

import numpy as np
from numpy.typing import NDArray

from datasets.errors import OutOfRangeError

__all__ = [
    "AWAY_TERMINALS",
    "CAMPUS_EVERY",
    "CARRIER_IPS",
    "FIRMS",
    "GANG_DEVICES",
    "HOMES",
    "MAX_TOWNS",
    "OFFICES",
    "ONLINE_TERMINALS",
    "PEOPLE",
    "TERMINALS",
    "address_of_network",
    "identifiers",
    "towns_for",
]

PEOPLE = 500
"""People of a town."""
HOMES = 200
"""Households of a town, of two or three people each."""
OFFICES = 30
"""Addresses of a town at which firms sit; they come after the homes."""
FIRMS = 40
"""Firms of a town."""
TERMINALS = 66
"""Terminals of a town: of merchants, cash machines, and a branch's counter."""
ONLINE_TERMINALS = 200
"""Online shops of the country, which every town uses."""
AWAY_TERMINALS = 16
"""Terminals of a city to which people travel."""
CARRIER_IPS = 8
"""Addresses behind which a carrier hides a town's mobile phones (NAT)."""
GANG_DEVICES = 60
"""Devices of the gang that works from a town."""
CAMPUS_EVERY = 5
"""One town in so many has a college with one network address for all."""
MAX_TOWNS = 2_000
"""A million people: more than any table of a demonstration needs."""


def towns_for(n: int, per_town: int) -> int:
    """Return how many towns hold n entities of which each town has `per_town`.

    Raises
    ------
    OutOfRangeError
        If n is negative or needs more towns than the province can have.

    Examples
    --------
    >>> towns_for(501, PEOPLE)
    2
    """
    if n < 0:
        raise OutOfRangeError(f"n is {n:,}, but a table has 0 rows or more")
    towns = max(1, -(-n // per_town))
    if towns > MAX_TOWNS:
        raise OutOfRangeError(f"n is {n:,}, but the province holds at most {MAX_TOWNS * per_town:,} of these")
    return towns


def identifiers(letter: str, towns: int, per_town: int, first: int = 0) -> NDArray[np.object_]:
    """Return the identifiers of all entities of one kind, text of shape (towns * per_town,).

    Examples
    --------
    >>> list(identifiers("P", 2, 2))
    ['P00000000', 'P00000001', 'P00010000', 'P00010001']
    """
    places = range(first, first + per_town)
    return np.array([f"{letter}{town:04d}{place:04d}" for town in range(towns) for place in places], object)


def address_of_network(first_byte: int, code: int) -> str:
    """Return an address of a private network (RFC 1918, RFC 6598), so that no real one is named.

    Examples
    --------
    >>> address_of_network(10, 66_051)
    '10.1.2.3'
    """
    return f"{first_byte}.{code >> 16 & 255}.{code >> 8 & 255}.{code & 255}"
