"""Findings: each structure with its members, amounts, reason, and what the evidence says, as tables.

Kinds are those of `EVIDENCE`. Of each kind the largest by amount are named, up to `most_named`; `counts` says how many
there are in all, so that nothing is left out silently. Amounts are sums of the guarantees between the members (between
neighbours, for cycles and chains), in fen. A cycle within a joint group is not named again, see
`credit_graph.structures.sets`; chains have no firm in common, see `credit_graph.structures.chains`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.errors import RowsError
from credit_graph.graph import Graph
from credit_graph.kernels.rows import simple
from credit_graph.structures.amounts import Amounts
from credit_graph.structures.analysis import Structures, analyse
from credit_graph.structures.chains import separate_chains
from credit_graph.structures.evidence import EVIDENCE
from credit_graph.structures.sets import groups_by_kind

__all__ = ["Findings", "find"]

Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Findings:
    """Structures with names.

    Parameters
    ----------
    structures
        One row each: structure_id, kind, title, title_zh, level, size, amount_fen, why, why_zh, known, known_zh.
    members
        One row for each member, in order (along the guarantees, for cycles and chains): structure_id, place, party_id.
    firms
        One row for each node: party_id, borrowers, guarantors, core, is_articulation, component, circle (smallest
        member's party_id).
    counts
        kind, found, named, is_truncated: a budget ended the search, and there may be more.
    """

    structures: pd.DataFrame
    members: pd.DataFrame
    firms: pd.DataFrame
    counts: pd.DataFrame


def find(
    graph: Graph,
    *,
    longest_cycle: int = 4,
    shortest_chain: int = 5,
    hub: int = 8,
    most: int = 1_000_000,
    most_steps: int = 2_000_000_000,
    stop: Callable[[], bool] | None = None,
    most_named: int = 1_000,
) -> Findings:
    """Find and name the structures of the guarantees of a day.

    Parameters
    ----------
    graph
        The graph of the day.
    longest_cycle, most, most_steps, stop
        As `analyse`.
    shortest_chain
        Firms of a chain that is worth a name, at least 2, see `credit_graph.structures.chains`. The search for chains
        ends when `most_named` are found.
    hub
        Borrowers (or guarantors) from which on a firm is a hub (or a star's centre), at least 1.
    most_named
        How many of each kind are named, the largest amounts first.

    Raises
    ------
    RowsError
        As `analyse`, or if `shortest_chain`, `hub` or `most_named` is too small.
    TieArrayError
        If all guarantees together are too much to be counted exactly.
    ExtraMissingError
        As `analyse`.

    Examples
    --------
    >>> from datetime import date
    >>> from credit_graph.graph import layer
    >>> parties = pd.DataFrame({"party_id": ["A", "B", "C"], "kind": "firm", "name": "", "equity_fen": 1})
    >>> ties = layer("guarantee", [0, 1, 1], [1, 0, 2], n=3, amount_fen=[500, 700, 900])
    >>> found = find(Graph(date(2024, 1, 1), parties, {"guarantee": ties}))
    >>> found.structures[["structure_id", "kind", "size", "amount_fen"]].values.tolist()
    [['mutual-1', 'mutual', 2, 1200], ['articulation-1', 'articulation', 1, 2100]]
    >>> found.members["party_id"].tolist()
    ['A', 'B', 'B']
    """
    if hub < 1 or shortest_chain < 2 or most_named < 0:
        raise RowsError(
            f"hub must be at least 1, shortest_chain 2 and most_named 0, not {hub}, {shortest_chain} and {most_named}"
        )
    layer = graph.layers["guarantee"]
    found = analyse(layer, longest_cycle=longest_cycle, most=most, most_steps=most_steps, stop=stop)
    amounts, by_kind = Amounts(layer), groups_by_kind(found, hub)
    by_kind["chain"] = separate_chains(
        *simple(layer.out.start, layer.out.to), found.weak, shortest=shortest_chain, most=most_named
    )
    rows, members, counts = [], [], []
    for kind, known in EVIDENCE.items():
        groups = by_kind[kind]
        sums = amounts.of(kind, groups)
        largest = np.argsort(-sums, kind="stable")[:most_named]
        counts.append((kind, len(groups), len(largest), groups.truncated))
        for number, place in enumerate(largest.tolist(), start=1):
            name, group = f"{kind}-{number}", groups.members[groups.start[place] : groups.start[place + 1]]
            rows.append((name, kind, known.title, known.title_zh, known.level, len(group), int(sums[place])))
            members += [(name, rank, graph.ids[one]) for rank, one in enumerate(group)]
    titles = ["structure_id", "kind", "title", "title_zh", "level", "size", "amount_fen"]
    table = pd.DataFrame(rows, columns=titles)
    for column in ("why", "why_zh", "known", "known_zh"):
        table[column] = [getattr(EVIDENCE[kind], column) for kind in table["kind"]]
    return Findings(
        table,
        pd.DataFrame(members, columns=["structure_id", "place", "party_id"]),
        _firms(graph, found),
        pd.DataFrame(counts, columns=["kind", "found", "named", "is_truncated"]),
    )


def _firms(graph: Graph, found: Structures) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "party_id": graph.ids,
            "borrowers": found.borrowers,
            "guarantors": found.guarantors,
            "core": found.core,
            "is_articulation": found.articulation,
            "component": graph.ids[found.weak],
            "circle": graph.ids[found.strong],
        }
    )
