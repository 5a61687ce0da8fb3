"""What each shell of the newcomers' ring does: not all do everything, and that is why no engine sees them all."""

from typing import NamedTuple

import numpy as np

from datasets.seeds import generator

__all__ = ["RING", "Role", "roles"]

RING = 9
"""Shell firms of the ring."""


class Role(NamedTuple):
    """What one shell does in the ring.

    Parameters
    ----------
    nominee
        Which of the two people who lend their names represents it; 2 for somebody of its own.
    has_agent, has_phone
        Whether it has the ring's agent and telephone.
    seat
        0 for the ring's office, 1 for a place in the tower where hundreds are, 2 for an address of its own.
    contradicts
        Whether its papers name somebody else than the registry.
    in_circle
        Whether it stands in the circle of guarantees.
    deals
        Whether it takes part in receivables.
    washes
        Whether money goes through its account.
    """

    nominee: int
    has_agent: bool
    has_phone: bool
    seat: int
    contradicts: bool
    in_circle: bool
    deals: bool
    washes: bool


def roles(seed: int) -> tuple[Role, ...]:
    """Return what each of the ring's nine shells does.

    Examples
    --------
    >>> drawn = roles(7)
    >>> len(drawn), sum(role.contradicts for role in drawn), sum(role.in_circle for role in drawn)
    (9, 3, 7)
    """
    rng = generator(seed, "newcomers", "ring")
    counts = {"agent": 7, "phone": 6, "contradicts": 3, "circle": 7, "deals": 6, "washes": 7}
    marks = {name: np.isin(np.arange(RING), rng.permutation(RING)[:count]) for name, count in counts.items()}
    nominee, seat = rng.permutation([0] * 5 + [1] * 3 + [2]), rng.permutation([0] * 6 + [1] * 2 + [2])
    return tuple(
        Role(
            int(nominee[place]),
            bool(marks["agent"][place]),
            bool(marks["phone"][place]),
            int(seat[place]),
            *(bool(marks[name][place]) for name in ("contradicts", "circle", "deals", "washes")),
        )
        for place in range(RING)
    )
