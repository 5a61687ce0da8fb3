"""How different customers live: what they pay for, where, how much, and at which hours.

A segment (客群) has a table of acts with weights and a profile of hours. An act is a kind of payment: its channel,
kind, merchant category, median amount in yuan, spread, and to what step the amount is rounded. All figures are
plausible inventions, stated here once.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ACTS",
    "CATEGORIES",
    "CHANNELS",
    "KINDS",
    "ONLINE",
    "SEGMENTS",
    "SEGMENT_SHARES",
    "Act",
    "act_tickets",
    "hour_profile",
    "terminals_of",
]

CHANNELS = ("counter", "atm", "pos", "mobile", "web", "qr")
KINDS = ("purchase", "transfer", "withdrawal", "deposit")
CATEGORIES = (
    *("grocery", "market", "restaurant", "fuel", "hospital", "jewellery", "hotel", "school"),
    *("clothing", "electronics", "cash", "branch", "games", "travel", "utilities"),
)
SEGMENTS = ("student", "worker", "farmer", "elderly", "trader", "professional", "firm")
SEGMENT_SHARES = (0.12, 0.34, 0.18, 0.17, 0.08, 0.11)
"""Shares of the people's segments; firms are drawn apart."""

_TOWN_TERMINALS = {
    **{"grocery": 10, "market": 14, "restaurant": 12, "fuel": 4, "hospital": 2, "jewellery": 3, "hotel": 3},
    **{"school": 2, "clothing": 4, "electronics": 5, "cash": 5, "branch": 2},
}
ONLINE = ("clothing", "electronics", "games", "travel", "utilities")
"""Categories that are also sold online, by 40 shops each."""


@dataclass(frozen=True)
class Act:
    """One kind of payment."""

    name: str
    channel: str
    kind: str
    category: str
    median_yuan: int
    sigma: float
    step_fen: int = 1
    new_payee: bool = False


ACTS: tuple[Act, ...] = (
    Act("groceries", "pos", "purchase", "grocery", 68, 0.8),
    Act("market stall", "qr", "purchase", "market", 18, 0.9, 10),
    Act("meal", "qr", "purchase", "restaurant", 32, 0.9, 50),
    Act("fuel", "pos", "purchase", "fuel", 260, 0.4, 100),
    Act("clothes online", "web", "purchase", "clothing", 130, 0.8, 10),
    Act("electronics online", "web", "purchase", "electronics", 420, 1.1, 100),
    Act("games and credit", "mobile", "purchase", "games", 24, 0.9, 100),
    Act("bills", "mobile", "purchase", "utilities", 85, 0.7),
    Act("tickets", "web", "purchase", "travel", 320, 0.8, 50),
    Act("to a known payee", "mobile", "transfer", "", 380, 1.2, 1000),
    Act("to a new payee", "mobile", "transfer", "", 420, 1.4, 1000, True),
    Act("web transfer", "web", "transfer", "", 900, 1.3, 1000),
    Act("cash machine", "atm", "withdrawal", "cash", 600, 0.8, 10_000),
    Act("cash at the counter", "counter", "withdrawal", "branch", 3000, 0.9, 10_000),
    Act("paid in at the counter", "counter", "deposit", "branch", 2000, 1.0, 10_000),
    Act("counter transfer", "counter", "transfer", "branch", 4000, 1.1, 10_000),
    Act("hospital", "pos", "purchase", "hospital", 260, 1.3),
    Act("jewellery", "pos", "purchase", "jewellery", 2600, 0.9, 100),
    Act("hotel", "pos", "purchase", "hotel", 330, 0.7, 100),
    Act("school", "qr", "purchase", "school", 150, 1.2, 100),
    Act("electronics shop", "pos", "purchase", "electronics", 900, 1.1, 100),
    Act("supplier", "web", "transfer", "", 9000, 1.4, 1000),
    Act("new supplier", "web", "transfer", "", 12_000, 1.4, 1000, True),
)

_WEIGHTS: dict[str, tuple[int, ...]] = {
    #                gr mk me fu cl el ga bi ti kn nw wt at cc dc ct ho je hl sc es su ns
    "student": (8, 8, 30, 0, 10, 4, 14, 3, 5, 6, 4, 1, 2, 0, 0, 0, 1, 0, 1, 7, 1, 0, 0),
    "worker": (16, 16, 18, 6, 7, 3, 4, 6, 2, 8, 3, 1, 5, 1, 1, 0, 2, 1, 1, 2, 2, 0, 0),
    "farmer": (12, 30, 6, 5, 2, 1, 1, 4, 1, 8, 3, 0, 10, 5, 5, 2, 3, 1, 0, 1, 1, 0, 0),
    "elderly": (18, 30, 4, 0, 1, 0, 0, 7, 1, 7, 2, 0, 12, 7, 3, 2, 9, 1, 0, 0, 1, 0, 0),
    "trader": (6, 12, 10, 9, 3, 3, 2, 4, 2, 14, 8, 6, 4, 2, 4, 1, 1, 1, 3, 1, 3, 6, 2),
    "professional": (14, 8, 20, 9, 8, 5, 3, 5, 5, 7, 3, 3, 3, 1, 0, 0, 2, 2, 3, 2, 3, 0, 0),
    "firm": (2, 2, 3, 4, 0, 4, 0, 8, 4, 0, 0, 4, 0, 4, 6, 4, 0, 0, 4, 0, 3, 38, 12),
}

_HOURS: dict[str, str] = {
    # one digit for each hour from 0 to 23: how busy, 9 is most
    "student": "210000023435774456787764",
    "worker": "100000235434664334787521",
    "farmer": "000001357665443345654210",
    "elderly": "000001478875432344431100",
    "trader": "100002456788655677777542",
    "professional": "100000135566764455777642",
    "firm": "000000004899856899741000",
}


@cache
def act_tickets() -> NDArray[np.int64]:
    """Return for each segment 512 act codes in proportion to their weights, int64 of shape (7, 512).

    Examples
    --------
    >>> act_tickets().shape
    (7, 512)
    """
    rows = []
    for segment in SEGMENTS:
        weights = np.array(_WEIGHTS[segment])
        edges = (np.cumsum(weights) * 512) // weights.sum()
        rows.append(np.searchsorted(edges, np.arange(512), side="right"))
    return np.array(rows)


@cache
def hour_profile() -> NDArray[np.float64]:
    """Return how busy each segment is in each hour of the day, float64 of shape (7, 24), each row with mean 1.

    Examples
    --------
    >>> hour_profile().shape, float(hour_profile().mean().round(9))
    ((7, 24), 1.0)
    """
    table = np.array([[int(digit) + 0.15 for digit in _HOURS[segment]] for segment in SEGMENTS])
    profile: NDArray[np.float64] = table / table.mean(axis=1, keepdims=True)
    return profile


@cache
def terminals_of() -> tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.int64]]:
    """Return the category of each terminal of a town, and where each category starts and how many it has.

    Examples
    --------
    >>> categories, first, count = terminals_of()
    >>> categories[int(first[3])], int(count[3])
    ('fuel', 4)
    """
    categories = tuple(name for name, count in _TOWN_TERMINALS.items() for _ in range(count))
    counts = np.array([_TOWN_TERMINALS.get(name, 0) for name in CATEGORIES])
    first = np.array([categories.index(name) if name in categories else 0 for name in CATEGORIES])
    return categories, first, counts
