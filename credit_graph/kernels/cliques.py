"""Maximal cliques: groups in which everybody is tied to everybody (联保小组, on the rows of mutual guarantees).

Bron and Kerbosch with a pivot, begun at each node in a degeneracy order (Eppstein, Löffler and Strash, "Listing all
maximal cliques in sparse graphs in near-optimal time", 2010). Only partners later in the order can extend a clique,
and they are few: each search works on bit sets over them, so that firms outside the 2-core cost nothing. The number
of cliques can grow as 3^(n/3): budgets of cliques and of steps end the search, and the result says so.
"""

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.errors import RowsError
from credit_graph.kernels.cores import core_order
from credit_graph.kernels.groups import Groups, sorted_groups
from credit_graph.kernels.rows import checked

__all__ = ["maximal_cliques"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
UInt64 = npt.NDArray[np.uint64]


def maximal_cliques(
    start: npt.ArrayLike,
    to: npt.ArrayLike,
    *,
    smallest: int = 3,
    most: int = 1_000_000,
    most_steps: int = 1_000_000_000,
) -> Groups:
    """Return the maximal cliques of at least `smallest` members, members ascending, in lexicographic order.

    Parameters
    ----------
    start, to
        Symmetric rows, each partner once and no ties of a node to itself: `rows.mutual` or `rows.undirected`.
    smallest
        Fewest members of a clique, at least 2.
    most
        Number of cliques after which the search ends.
    most_steps
        Number of candidates looked at after which the search ends.

    Raises
    ------
    RowsError
        As `checked`, or if smallest is below 2.

    Examples
    --------
    >>> from credit_graph.kernels.rows import undirected
    >>> [clique.tolist() for clique in maximal_cliques(*undirected([0, 2, 3, 4, 4], [1, 2, 2, 3]))]
    [[0, 1, 2]]
    """
    starts, heads = checked(start, to)
    if smallest < 2:
        raise RowsError(f"a clique has at least 2 members, not {smallest}")
    if most < 0 or most_steps < 0:
        raise RowsError(f"budgets of cliques and steps must be at least 0, not {most} and {most_steps}")
    order = core_order(starts, heads).order
    later_start, later_to, earlier_start, earlier_to = _split(starts, heads, order)
    found, members, truncated = _cliques(
        order, later_start, later_to, earlier_start, earlier_to, smallest, most, most_steps
    )
    return sorted_groups(found, members, bool(truncated))


@compiled
def _split(start: Int64, to: Int32, order: Int32) -> tuple[Int64, Int32, Int64, Int32]:
    """Rows of the partners later in the order, and of those earlier."""
    n = len(order)
    rank = np.empty(n, np.int32)
    for place in range(n):
        rank[order[place]] = place
    later, earlier = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    later_to, earlier_to = np.empty(len(to), np.int32), np.empty(len(to), np.int32)
    ups, downs = 0, 0
    for node in range(n):
        for place in range(start[node], start[node + 1]):
            if rank[to[place]] > rank[node]:
                later_to[ups] = to[place]
                ups += 1
            else:
                earlier_to[downs] = to[place]
                downs += 1
        later[node + 1], earlier[node + 1] = ups, downs
    return later, later_to[:ups].copy(), earlier, earlier_to[:downs].copy()


@compiled
def _cliques(
    order: Int32,
    later: Int64,
    later_to: Int32,
    earlier: Int64,
    earlier_to: Int32,
    smallest: int,
    most: int,
    most_steps: int,
) -> tuple[Int64, Int32, bool]:
    bit = np.full(len(order), -1, np.int32)  # place of a node among the candidates of the present search
    starts, members = np.zeros(1024, np.int64), np.empty(4096, np.int32)
    state = np.zeros(3, np.int64)  # cliques found, steps taken, whether a budget is spent
    for node in order:
        ahead = later_to[later[node] : later[node + 1]]
        if len(ahead) + 1 < smallest or state[2]:
            continue
        for place in range(len(ahead)):
            bit[ahead[place]] = place
        is_joined = smallest == 2  # a clique of three needs a tie between two candidates
        for one in ahead:
            for place in range(later[one], later[one + 1]):
                is_joined = is_joined or bit[later_to[place]] >= 0
        if is_joined:
            behind = earlier_to[earlier[node] : earlier[node + 1]]
            near, total = _nearness(ahead, behind, later, later_to, bit)
            starts, members = _search(node, ahead, near, total, starts, members, state, smallest, most, most_steps)
        for one in ahead:
            bit[one] = -1
    return starts[: state[0] + 1].copy(), members[: starts[state[0]]].copy(), state[2] > 0


@compiled
def _nearness(ahead: Int32, behind: Int32, later: Int64, later_to: Int32, bit: Int32) -> tuple[UInt64, int]:
    """Return to which candidates (bits) each candidate, and each earlier partner who is tied to one, is tied."""
    words, rows, total = (len(ahead) + 63) // 64, len(ahead), 0
    near = np.zeros((len(ahead) + len(behind), words), np.uint64)
    for mine in range(len(ahead)):
        for place in range(later[ahead[mine]], later[ahead[mine] + 1]):
            other = bit[later_to[place]]
            if other >= 0:
                near[mine, other >> 6] |= np.uint64(1) << np.uint64(other & 63)
                near[other, mine >> 6] |= np.uint64(1) << np.uint64(mine & 63)
    for one in behind:
        ties = 0
        for place in range(later[one], later[one + 1]):
            other = bit[later_to[place]]
            if other >= 0:
                near[rows, other >> 6] |= np.uint64(1) << np.uint64(other & 63)
                ties += 1
        rows += ties > 0
        total += ties + (ties > 0)
    return near[:rows], total


@compiled
def _ones(word: np.uint64) -> int:
    """Count the bits of a word that are set."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled
def _common(one: UInt64, other: UInt64, out: UInt64) -> int:
    """Write down what two sets have in common, and count it."""
    size = 0
    for word in range(len(out)):
        out[word] = one[word] & other[word]
        size += _ones(out[word])
    return size


@compiled
def _next(branch: UInt64) -> tuple[int, np.uint64]:
    """Take the first member out of a set: its number, -1 if there is none, and its bit."""
    for word in range(len(branch)):
        if branch[word]:
            lowest = branch[word] & (~branch[word] + np.uint64(1))
            branch[word] ^= lowest
            return 64 * word + _ones(lowest - np.uint64(1)), lowest
    return -1, np.uint64(0)


@compiled
def _branches(left: UInt64, seen: UInt64, outside: Int32, near: UInt64, out: UInt64) -> int:
    """Fill the candidates that are not tied to the pivot, who is tied to most; return the number of pivots tried."""
    best, pivot, tried = -1, 0, 0
    for who in range(64 * len(left) + len(outside)):
        is_outside = who >= 64 * len(left)
        row = outside[who - 64 * len(left)] if is_outside else who
        if not is_outside and not ((left[who >> 6] | seen[who >> 6]) >> np.uint64(who & 63)) & np.uint64(1):
            continue
        ties = 0
        for word in range(len(left)):
            ties += _ones(left[word] & near[row, word])
        tried += 1
        if ties > best:
            best, pivot = ties, row
    for word in range(len(left)):
        out[word] = left[word] & ~near[pivot, word]
    return tried


@compiled
def _search(
    node: int,
    ahead: Int32,
    near: UInt64,
    total: int,
    starts: Int64,
    members: Int32,
    state: Int64,
    smallest: int,
    most: int,
    most_steps: int,
) -> tuple[Int64, Int32]:
    """Find the maximal cliques of a node and candidates ahead of it; see `_cliques` for `state`."""
    size, words = len(ahead), near.shape[1]
    left, seen = np.zeros((size + 1, words), np.uint64), np.zeros((size + 1, words), np.uint64)
    branch, chosen = np.zeros((size + 1, words), np.uint64), np.empty(size + 1, np.int32)
    # earlier partners tied to all chosen so far, one stretch for each level
    outside, stretch = np.empty(total, np.int32), np.zeros(size + 2, np.int64)
    for place in range(size):
        left[0, place >> 6] |= np.uint64(1) << np.uint64(place & 63)
    for row in range(size, len(near)):
        outside[row - size] = row
    stretch[1] = len(near) - size
    state[1] += _branches(left[0], seen[0], outside[: stretch[1]], near, branch[0])
    level = 0
    while level >= 0 and not state[2]:
        one, lowest = _next(branch[level])
        if one < 0:
            level -= 1
            continue
        word = one >> 6
        chosen[level] = one
        open_left = _common(left[level], near[one], left[level + 1])
        open_seen = _common(seen[level], near[one], seen[level + 1])
        left[level, word] ^= lowest  # from now on, who was chosen here has been seen
        seen[level, word] |= lowest
        used = stretch[level + 1]
        for place in range(stretch[level], stretch[level + 1]):
            if near[outside[place], word] & lowest:
                outside[used] = outside[place]
                used += 1
        stretch[level + 2] = used
        if open_left == 0:
            if open_seen == 0 and used == stretch[level + 1] and level + 2 >= smallest:
                starts, members = _kept(node, ahead, chosen[: level + 1], starts, members, state, most)
        elif level + 2 + open_left >= smallest:
            level += 1
            state[1] += _branches(left[level], seen[level], outside[stretch[level] : used], near, branch[level])
            state[2] |= state[1] > most_steps
    return starts, members


@compiled
def _kept(
    node: int, ahead: Int32, chosen: Int32, starts: Int64, members: Int32, state: Int64, most: int
) -> tuple[Int64, Int32]:
    """Write down a clique, members ascending, unless there are enough."""
    if state[0] >= most:
        state[2] = 1
        return starts, members
    used = starts[state[0]]
    if state[0] + 2 > len(starts):
        starts = np.concatenate((starts, np.zeros_like(starts)))
    if used + len(chosen) + 1 > len(members):
        members = np.concatenate((members, np.empty(len(members) + len(chosen) + 1, np.int32)))
    members[used] = node
    for place in range(len(chosen)):
        members[used + 1 + place] = ahead[chosen[place]]
    state[0] += 1
    starts[state[0]] = used + len(chosen) + 1
    members[used : starts[state[0]]].sort()
    return starts, members
