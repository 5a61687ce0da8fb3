"""Best walks within a bound on hops, and all simple paths, from several beginnings.

The table of best walks has a row for each number of half hops and a column for each party; a row is made from the two
rows before it (a tie takes two half hops, a shared attribute one) in one sweep over all ties. Memory is rows x parties,
time rows x ties, whatever the number of beginnings.

Simple paths are walked depth first, and only where the goal can still be reached within the bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.ties import Ways

__all__ = ["BestWalks", "best_walks", "simple_walks"]

Int64 = npt.NDArray[np.int64]
UNSEEN = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class BestWalks:
    """The strongest walks from any of the beginnings.

    Parameters
    ----------
    roads
        The ways that were walked.
    strength
        Of the strongest walk of exactly so many half hops to each party, 0 where there is none, float64 of shape
        (bound + 1, n).
    source
        Where it begins, the smallest number among equals, int64 of the same shape.
    last
        Its last way, the smallest number among equals, int64 of the same shape.
    """

    roads: Ways
    strength: npt.NDArray[np.float64]
    source: Int64
    last: Int64

    def back(self, goal: int) -> list[int]:
        """Return the strongest path to a party, of equals the one with the fewest half hops; empty if there is none."""
        if self.strength[:, goal].max(initial=0.0) == 0:
            return []
        half, path = int(self.strength[:, goal].argmax()), [goal]
        while half > 0:
            tie = int(self.last[half, path[-1]])
            path.append(int(self.roads.tail[tie]))
            half -= int(self.roads.half_hops[tie])
        return path[::-1]


def best_walks(roads: Ways, sources: Sequence[int], bound: int) -> BestWalks:
    """Fill the table of best walks.

    Parameters
    ----------
    roads
        Ways with strengths of at most 1.
    sources
        Numbers of the beginnings.
    bound
        The most half hops.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> from credit_graph.ties import ways
    >>> walks = best_walks(ways(small_graph(control=[("F1", "F2"), ("F2", "F3")])), [0], bound=4)
    >>> walks.strength[:, 2].tolist(), walks.back(2)
    ([0.0, 0.0, 0.0, 0.0, 0.9025], [0, 1, 2])
    """
    n = len(roads.start) - 1
    strength, source = np.zeros((bound + 1, n)), np.full((bound + 1, n), UNSEEN)
    last = np.full((bound + 1, n), UNSEEN)
    begin = np.asarray(sources, np.int64)
    strength[0, begin], source[0, begin] = 1.0, begin
    by_cost = {cost: np.flatnonzero(roads.half_hops == cost) for cost in (1, 2)}
    for half in range(1, bound + 1):
        for cost, ties in by_cost.items():
            if cost > half or not len(ties):
                continue
            before = strength[half - cost]
            # a path may begin at a bank, but not lead through one
            is_open = (before > 0) & (~roads.is_dead_end | (half == cost))
            used = ties[is_open[roads.tail[ties]]]
            made = before[roads.tail[used]] * roads.strength[used]
            at = strength[half].copy()
            np.maximum.at(at, roads.head[used], made)
            source[half, at > strength[half]] = UNSEEN
            strength[half] = at
            used = used[made == at[roads.head[used]]]
            begun = source[half].copy()
            np.minimum.at(source[half], roads.head[used], source[half - cost][roads.tail[used]])
            last[half, source[half] != begun] = UNSEEN
            used = used[source[half - cost][roads.tail[used]] == source[half][roads.head[used]]]
            np.minimum.at(last[half], roads.head[used], used)
    return BestWalks(roads, strength, source, last)


def simple_walks(
    roads: Ways, sources: Sequence[int], goal: int, bound: int, budget: int, steps: int
) -> tuple[list[list[int]], bool]:
    """Return simple paths from each source to the goal, and whether the budget or the steps ended the search.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> from credit_graph.ties import ways
    >>> roads = ways(small_graph(control=[("F1", "F2"), ("F2", "F3"), ("F1", "F3")]))
    >>> simple_walks(roads, [0], goal=2, bound=4, budget=9, steps=99)
    ([[0, 1, 2], [0, 2]], False)
    >>> simple_walks(roads, [0], goal=2, bound=4, budget=1, steps=99)
    ([[0, 1, 2]], True)
    """
    left = _half_hops_to(roads, goal, bound)
    found: list[list[int]] = []
    for source in sources:
        if left[source] > bound:
            continue
        path, spent, on_path = [source], [0], {source}
        open_ways = [_next(roads, source, goal)]
        while open_ways:
            here = open_ways[-1]
            if path[-1] == goal:
                if len(found) == budget:
                    return found, True
                found.append(path.copy())
            if path[-1] == goal or not here:
                on_path.discard(path.pop())
                spent.pop()
                open_ways.pop()
                continue
            steps -= 1
            if steps < 0:
                return found, True
            after, cost = here.pop()
            total = spent[-1] + cost
            if after not in on_path and total + left[after] <= bound:
                path.append(after)
                spent.append(total)
                on_path.add(after)
                is_end = after == goal or roads.is_dead_end[after]
                open_ways.append([] if is_end else _next(roads, after, goal))
    return found, False


def _next(roads: Ways, here: int, goal: int) -> list[tuple[int, int]]:
    """Neighbours and half hops, the smallest number last, to be taken from the end."""
    if here == goal:
        return []
    first, last = int(roads.start[here]), int(roads.start[here + 1])
    return list(zip(roads.head[first:last].tolist(), roads.half_hops[first:last].tolist(), strict=True))[::-1]


def _half_hops_to(roads: Ways, goal: int, bound: int) -> Int64:
    """Count the fewest half hops from each party to the goal, more than the bound where it is out of reach."""
    left = np.full(len(roads.start) - 1, UNSEEN // 2)
    left[goal] = 0
    for half in range(1, bound + 1):
        for cost in (1, 2):
            reached = left[roads.head] == half - cost
            is_open = ~roads.is_dead_end[roads.head] | (roads.head == goal)
            tails = roads.tail[reached & is_open & (roads.half_hops == cost)]
            left[tails] = np.minimum(left[tails], half)
    return left
