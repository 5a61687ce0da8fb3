"""Which structures of guarantees stand in a town: circles, chains, groups, and honest ones that look like them.

Data card. Each town draws some kinds from `SHAPES`; each structure takes firms of similar size that belong to no other.
A harmful one (担保圈风险) is over-extended: its guarantees exceed what its members can bear, so that one default takes
others along. A harmless one of the same kind has the same shape. Published work on loans in China finds mutual pairs
risky and closed triads rather stable, hence the shares. The truth is in `datasets.guarantee_truth`; never for features.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from datasets import firms, quantiles, towns
from datasets.seeds import generator

__all__ = ["COMPANY_EVERY", "SHAPES", "Shape", "Structure", "has_guarantee_company", "structures"]

COMPANY_EVERY = 5
"""One town in so many has a licensed guarantee company (融资担保公司), which serves it and the four before it."""
_IN_STRUCTURES = 31
"""Firms of a town that structures may take; the others have ordinary guarantees only."""

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Structure:
    """One planted structure.

    Parameters
    ----------
    structure_id
        Letter, town, number in the town.
    kind
        One of `SHAPES`, or "shell_ring" or "guarantee_company".
    members
        Firms by their number in the town, in the order of the circle or chain; a hub or parent comes first.
    pairs
        Guarantor and borrower of each guarantee, numbers in the town.
    is_harmful
        Whether it spreads defaults or hides who is behind it.
    """

    structure_id: str
    kind: str
    members: tuple[int, ...]
    pairs: Pairs
    is_harmful: bool


def _all_pairs(members: tuple[int, ...]) -> Pairs:
    return tuple((giver, taker) for giver in members for taker in members if giver != taker)


def _circle(members: tuple[int, ...]) -> Pairs:
    return tuple(zip(members, members[1:] + members[:1], strict=True))


def _chain(members: tuple[int, ...]) -> Pairs:
    return tuple(pairwise(members))


def _star(members: tuple[int, ...]) -> Pairs:
    return tuple((members[0], taker) for taker in members[1:])


def _no_pairs(members: tuple[int, ...]) -> Pairs:
    del members
    return ()


@dataclass(frozen=True)
class Shape:
    """A kind of structure: how often in a town (percent), its sizes, how often harmful (percent), its guarantees."""

    kind: str
    chance: int
    fewest: int
    most: int
    harmful: int
    pairs: Callable[[tuple[int, ...]], Pairs]


SHAPES: tuple[Shape, ...] = (
    Shape("mutual_pair", 75, 2, 2, 45, _all_pairs),
    Shape("mutual_pair", 35, 2, 2, 45, _all_pairs),
    Shape("joint_group", 45, 3, 6, 40, _all_pairs),
    Shape("circle", 60, 3, 8, 50, _circle),
    Shape("chain", 35, 5, 12, 40, _chain),
    Shape("star", 20, 7, 10, 60, _star),
    Shape("hidden_group", 25, 3, 5, 100, _chain),
    # what follows looks like the above and is not, or is honest
    Shape("village_triad", 40, 3, 3, 0, _all_pairs),
    Shape("parent_subsidiaries", 50, 3, 5, 0, _star),
    Shape("expired_circle", 35, 3, 6, 0, _circle),
    Shape("future_circle", 20, 3, 5, 0, _circle),
    Shape("mutual_apart", 35, 2, 2, 0, _all_pairs),
    Shape("family_apart", 45, 2, 2, 0, _no_pairs),
    Shape("circular_ownership", 30, 3, 4, 0, _no_pairs),
    Shape("cross_shareholding", 25, 2, 2, 0, _no_pairs),
)
"""Kinds that a town may have: village joint liability (农户联保), a parent for its subsidiaries, a circle that an ended
or a future guarantee would close, a pair that is mutual at different times only, relatives with separate firms."""


def has_guarantee_company(town: int) -> bool:
    """Return whether a licensed guarantee company sits in the town.

    Examples
    --------
    >>> [town for town in range(10) if has_guarantee_company(town)]
    [3, 8]
    """
    return town % COMPANY_EVERY == 3


@lru_cache(maxsize=128)
def structures(seed: int, town: int) -> tuple[Structure, ...]:
    """Return the structures of one town; no firm belongs to two of them.

    Examples
    --------
    >>> drawn = structures(7, 3)
    >>> drawn[0].kind, drawn[0].members, drawn[1].kind
    ('shell_ring', (37, 38, 39), 'guarantee_company')
    >>> members = [member for structure in drawn for member in structure.members]
    >>> len(members) == len(set(members))
    True
    """
    rng = generator(seed, "guarantee_structures", town)
    shells = tuple(range(towns.FIRMS - firms.SHELLS, towns.FIRMS))
    found: list[tuple[str, tuple[int, ...], Pairs, bool]] = [("shell_ring", shells, _circle(shells), True)]
    scale = firms.draw(seed, towns.MAX_TOWNS).scale[town * towns.FIRMS :][: shells[0]]
    if has_guarantee_company(town):
        # whom it guarantees is drawn with the guarantees, since most of them sit in other towns
        found.append(("guarantee_company", (int(scale.argmax()),), (), False))
    noise = quantiles.factors(0.5)[rng.integers(0, quantiles.QUANTILES, len(scale))]
    taken = {member for _, members, _, _ in found for member in members}
    by_size = np.argsort(scale * noise, kind="stable")
    # begin anywhere, or the smallest firms would always be in structures and the largest never
    by_size = np.roll(by_size, int(rng.integers(0, len(by_size))))
    found += _drawn(rng, iter([int(firm) for firm in by_size if int(firm) not in taken]))
    return tuple(Structure(f"S{town:04d}{number:04d}", *one) for number, one in enumerate(found))


def _drawn(rng: np.random.Generator, pool: Iterator[int]) -> Iterator[tuple[str, tuple[int, ...], Pairs, bool]]:
    left = _IN_STRUCTURES
    for code in rng.permutation(len(SHAPES)):
        shape = SHAPES[int(code)]
        chance, harm = rng.integers(0, 100, 2)
        size = int(rng.integers(shape.fewest, shape.most + 1))
        if chance < shape.chance and size <= left:
            # firms of similar size stand together in the pool, but which of them guarantees first is chance
            members = tuple(rng.permutation([next(pool) for _ in range(size)]).tolist())
            left -= size
            yield shape.kind, members, shape.pairs(members), bool(harm < shape.harmful)
