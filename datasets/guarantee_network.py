"""A large guarantee network as plain arrays, for measuring speed.

Data card. Firms fall into neighbourhoods of very unequal size (most of a handful, a few of thousands), and a guarantee
seldom leaves its neighbourhood: so there are many small components and a few large ones. Some firms of each guarantee
much more than others. Mutual pairs (互保), joint groups (联保) and circles (担保圈) are laid over that. Numbers are
scattered, as identifiers are: neighbours do not stand beside each other in memory. No names, no dates, no truth:
whoever needs these takes `datasets.guarantees`, which is slow beside this.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from datasets import quantiles
from datasets.errors import OutOfRangeError
from datasets.seeds import generator

__all__ = ["Network", "arrays"]

_SMALLEST, _LARGEST, _TAIL = 4, 20_000, 1.1
_CIRCLES, _JOINT, _MUTUAL = 0.03, 0.03, 0.04
_BACKWARD, _FAR = 0.02, 0.001
_MOST_EDGES = 2**31 - 1
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Network:
    """Guarantees between firms that are numbered from 0.

    Parameters
    ----------
    tail, head
        Guarantor and borrower, int32 of shape (m,); never equal; a pair may occur more than once.
    amount_fen
        int64 of shape (m,), positive.
    equity_fen, buffer_fen
        Net worth of each firm, and what of it can be paid at once when guarantees are called; int64 of shape (n,).
    """

    tail: Int32
    head: Int32
    amount_fen: Int64
    equity_fen: Int64
    buffer_fen: Int64


def arrays(n_firms: int, n_edges: int, seed: int) -> Network:
    """Draw a network of exactly so many firms and guarantees.

    Parameters
    ----------
    n_firms, n_edges
        0 or more; guarantees need two firms at least.
    seed
        0 or more; equal seeds give equal arrays.

    Raises
    ------
    OutOfRangeError
        If a number is out of range.

    Examples
    --------
    >>> network = arrays(1_000, 3_000, seed=7)
    >>> network.tail.shape, network.equity_fen.shape, bool((network.tail != network.head).all())
    ((3000,), (1000,), True)
    """
    _check(n_firms, n_edges)
    rng = generator(seed, "guarantee_network")
    if n_edges == 0:
        tail = head = np.zeros(0, np.int64)
    else:
        first, size = _neighbourhoods(rng, n_firms)
        closed = [_circles(rng, first, size, int(n_edges * _CIRCLES)), _joint(rng, first, size, int(n_edges * _JOINT))]
        back = int(n_edges * _MUTUAL)
        loose = _loose(rng, first, size, n_edges - back - sum(len(pair[0]) for pair in closed))
        again = rng.integers(0, len(loose[0]), back)
        tail = np.concatenate([loose[0], loose[1][again], *(pair[0] for pair in closed)])
        head = np.concatenate([loose[1], loose[0][again], *(pair[1] for pair in closed)])
        mixed = rng.permutation(n_edges)
        scattered = rng.permutation(n_firms)
        tail, head = scattered[tail[mixed]], scattered[head[mixed]]
    return _with_money(rng, tail, head, n_firms)


def _check(n_firms: int, n_edges: int) -> None:
    if not 0 <= n_firms <= _MOST_EDGES or not 0 <= n_edges <= _MOST_EDGES:
        raise OutOfRangeError(f"{n_firms:,} firms and {n_edges:,} guarantees: each is 0 to {_MOST_EDGES:,}")
    if n_edges and n_firms < 2:
        raise OutOfRangeError(f"{n_edges:,} guarantees need two firms at least, and there are {n_firms}")


@cache
def _sizes() -> Int64:
    """Middle quantiles of a Pareto distribution, cut off above, as whole numbers."""
    steps = ((step + 0.5) / 65_536 for step in range(65_536))
    return np.array([min(_LARGEST, round(_SMALLEST * step ** (-1 / _TAIL))) for step in steps], np.int64)


def _neighbourhoods(rng: np.random.Generator, n_firms: int) -> tuple[Int64, Int64]:
    """Return for each firm the first firm of its neighbourhood, and how many there are in it, 2 at least."""
    sizes = _sizes()[rng.integers(0, 65_536, n_firms // _SMALLEST + 1)]
    ends = np.cumsum(sizes)
    ends = ends[: int(np.searchsorted(ends, n_firms)) + 1]
    ends[-1] = n_firms
    if len(ends) > 1 and ends[-1] - ends[-2] < _SMALLEST:
        ends = np.delete(ends, -2)
    sizes = np.diff(ends, prepend=0)
    return np.repeat(ends - sizes, sizes), np.repeat(sizes, sizes)


def _loose(rng: np.random.Generator, first: Int64, size: Int64, count: int) -> tuple[Int64, Int64]:
    """Guarantees for anybody of the neighbourhood; its first firms give most of them."""
    head, other = rng.integers(0, len(first), (2, count))
    # large neighbourhoods are also denser; small ones could not hold so many different guarantees
    head = np.where(size[other] > size[head], other, head)
    chance = rng.random(count)
    tail = first[head] + (chance * chance * size[head]).astype(np.int64)
    is_far = rng.random(count) < _FAR
    tail[is_far] = rng.integers(0, len(first), int(is_far.sum()))
    is_same = tail == head
    tail[is_same] = first[head[is_same]] + (tail[is_same] - first[head[is_same]] + 1) % size[head[is_same]]
    # mostly from the earlier firm to the later one, or every neighbourhood would be one great circle
    turned = (tail > head) != (rng.random(count) < _BACKWARD)
    return np.where(turned, head, tail), np.where(turned, tail, head)


def _circles(rng: np.random.Generator, first: Int64, size: Int64, budget: int) -> tuple[Int64, Int64]:
    """Circles of three to eight firms that follow each other, of at most so many guarantees."""
    base = rng.integers(0, len(first), budget // 3)
    length = np.minimum(rng.integers(3, 9, len(base)), size[base])
    keep = np.cumsum(length) <= budget
    base, length = base[keep], length[keep]
    which, place = _steps(length)
    return (
        _member(base[which], place, first, size),
        _member(base[which], (place + 1) % length[which], first, size),
    )


def _joint(rng: np.random.Generator, first: Int64, size: Int64, budget: int) -> tuple[Int64, Int64]:
    """Return groups of three to five firms in which everybody guarantees everybody, of at most so many guarantees."""
    base = rng.integers(0, len(first), budget // 6)
    members = np.minimum(rng.integers(3, 6, len(base)), size[base])
    keep = np.cumsum(members * (members - 1)) <= budget
    base, members = base[keep], members[keep]
    which, place = _steps(members * (members - 1))
    giver, other = np.divmod(place, members[which] - 1)
    return (
        _member(base[which], giver, first, size),
        _member(base[which], other + (other >= giver), first, size),
    )


def _steps(length: Int64) -> tuple[Int64, Int64]:
    """Return for each step of each structure the structure's number and the step's."""
    which = np.repeat(np.arange(len(length)), length)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(length) - length, length)


def _member(base: Int64, place: Int64, first: Int64, size: Int64) -> Int64:
    """Return the firm that stands so many places behind the base; the neighbourhood goes round."""
    begin = first[base]
    return np.asarray(begin + (base - begin + place) % size[base])


def _with_money(rng: np.random.Generator, tail: Int64, head: Int64, n_firms: int) -> Network:
    factors, ratios = quantiles.factors(1.1), quantiles.factors(0.9)
    equity = factors[rng.integers(0, quantiles.QUANTILES, n_firms)] * 1_000_000
    # who guarantees much is larger, or hubs would be bankrupt on the first call
    equity = equity * (4 + np.bincount(tail, minlength=n_firms)) // 4
    bound = np.minimum(equity[tail], equity[head])
    amount = bound // 100_000 * ratios[rng.integers(0, quantiles.QUANTILES, len(tail))] * 12
    return Network(
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        amount_fen=np.maximum(amount, 1_000_000),
        equity_fen=equity,
        buffer_fen=equity // 100 * rng.integers(8, 60, n_firms),
    )
