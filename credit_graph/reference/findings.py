"""Findings the readable way: which structures a small graph has, by their definitions, and their amounts.

The twin of `credit_graph.structures.find`. Chains are not among them: several may be the longest, so that a test has
to look at each chain whether it is one.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise

from credit_graph.reference.structures import (
    biconnected,
    core_numbers,
    maximal_cliques,
    mutual_pairs,
    short_cycles,
    strong_components,
)

__all__ = ["amount_by_definition", "findings_by_definition"]

Group = tuple[int, ...]


def findings_by_definition(
    n: int, ties: Sequence[tuple[int, int]], longest_cycle: int = 4, hub: int = 8
) -> dict[str, set[Group]]:
    """Return the groups of each kind but chains; cycles along the ties from their smallest node, sets ascending.

    Examples
    --------
    >>> found = findings_by_definition(4, [(0, 1), (1, 2), (2, 0), (0, 2), (2, 3), (3, 3)])
    >>> {kind: groups for kind, groups in found.items() if groups}
    {'mutual': {(0, 2)}, 'mixed_triangle': {(0, 1, 2)}, 'circle': {(0, 1, 2)}, 'articulation': {(2,)}}
    """
    pairs = mutual_pairs(ties)
    cycles = [tuple(cycle) for cycle in short_cycles(n, ties, longest_cycle)]
    # whose members all stand for each other is in a joint group, and no finding of its own
    apart = [cycle for cycle in cycles if not set(combinations(sorted(cycle), 2)) <= pairs]
    three = {cycle: len(set(combinations(sorted(cycle), 2)) & pairs) for cycle in apart if len(cycle) == 3}
    label, core = strong_components(n, ties), core_numbers(n, ties)
    circles = {tuple(node for node in range(n) if label[node] == one) for one in label}
    innermost = max(core, default=0)
    borrowers = [{head for tail, head in ties if tail == node != head} for node in range(n)]
    guarantors = [{tail for tail, head in ties if head == node != tail} for node in range(n)]
    return {
        "mutual": set(pairs),
        "joint": {tuple(clique) for clique in maximal_cliques(n, ties)},
        "triad": {cycle for cycle, mutual in three.items() if mutual == 0},
        "mixed_triangle": {cycle for cycle, mutual in three.items() if mutual > 0},
        "cycle": {cycle for cycle in apart if len(cycle) > 3},
        "circle": {circle for circle in circles if len(circle) > 2},
        "hub": {(node,) for node in range(n) if len(borrowers[node]) >= hub},
        "star": {(node,) for node in range(n) if len(guarantors[node]) >= hub},
        "core": {tuple(node for node in range(n) if core[node] == innermost)} if innermost > 2 else set(),
        "articulation": {(node,) for node in biconnected(n, ties)[0]},
    }


def amount_by_definition(kind: str, group: Group, ties: Sequence[tuple[int, int, int]]) -> int:
    """Return what a structure's guarantees come to; a tie is (guarantor, borrower, amount).

    What a firm guarantees for itself counts nothing.

    Examples
    --------
    >>> amount_by_definition("triad", (0, 1, 2), [(0, 1, 5), (0, 1, 5), (1, 2, 7), (2, 0, 9), (1, 0, 100), (1, 1, 50)])
    26
    """
    proper = [tie for tie in ties if tie[0] != tie[1]]
    given = sum(amount for tail, _, amount in proper if tail in group)
    taken = sum(amount for _, head, amount in proper if head in group)
    if kind in ("hub", "star", "articulation"):
        return {"hub": given, "star": taken, "articulation": given + taken}[kind]
    if kind in ("chain", "triad", "mixed_triangle", "cycle"):
        ways = set(pairwise(group if kind == "chain" else (*group, group[0])))
        return sum(amount for tail, head, amount in proper if (tail, head) in ways)
    return sum(amount for tail, head, amount in proper if tail in group and head in group)
