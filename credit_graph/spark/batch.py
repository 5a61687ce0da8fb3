"""The structures of some whole weak components, as rows: what one worker does with its part of a table.

Each component is a world of its own: structures are numbered anew in each, the innermost core is that of the component,
and a budget holds for each component. So the rows of a component are the same with whatever others it is packed, and
those of all parts together are those of the whole table. (`credit_graph.structures.find` numbers over all components
and names one innermost core of them all; in everything else the two agree.)
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.errors import RowsError, TieArrayError
from credit_graph.graph import Layer, layer
from credit_graph.kernels.groups import Groups
from credit_graph.kernels.rows import simple
from credit_graph.structures.amounts import Amounts
from credit_graph.structures.analysis import analyse
from credit_graph.structures.chains import separate_chains
from credit_graph.structures.evidence import EVIDENCE
from credit_graph.structures.sets import groups_by_kind

__all__ = ["COLUMNS", "UNFINISHED", "structures_of"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]

COLUMNS = {
    "component": "string",
    "kind": "string",
    "structure": "bigint",
    "place": "bigint",
    "party_id": "string",
    "amount_fen": "bigint",
}
"""The columns of the rows, with their types on Spark."""

UNFINISHED = "unfinished "
"""Before the name of a kind: a budget ended the search for it in this component, and there may be more of it."""


def structures_of(
    ties: pd.DataFrame,
    *,
    longest_cycle: int = 4,
    shortest_chain: int = 5,
    hub: int = 8,
    most: int = 1_000_000,
    most_steps: int = 2_000_000_000,
    most_chain_steps: int = 50_000_000,
) -> pd.DataFrame:
    """Find the structures of guarantees and name their members.

    Parameters
    ----------
    ties
        from_id, to_id, amount_fen: all ties of each component that is in it.
    longest_cycle, shortest_chain, hub
        As `credit_graph.structures.find`.
    most, most_steps
        Budgets of cycles and of joint groups in each component, as those of `analyse`.
    most_chain_steps
        How many firms and ties of each component may be looked at for chains.

    Returns
    -------
    One row for each member of each structure: component (its smallest party), kind (of `EVIDENCE`), structure (number
    from 1 within component and kind, the largest amount first), place (from 0, along the guarantees for cycles and
    chains), party_id, amount_fen (of the whole structure). A search that a budget ended has one row more, whose kind is
    "unfinished " and the kind, with structure 0 and the component as its party.

    Raises
    ------
    TieArrayError
        If an amount is not a whole number of fen, or all together are too much.
    RowsError
        If an option is too small.

    Examples
    --------
    >>> found = structures_of(pd.DataFrame([("B", "A", 5), ("A", "B", 7)], columns=["from_id", "to_id", "amount_fen"]))
    >>> found.values.tolist()
    [['A', 'mutual', 1, 0, 'A', 12], ['A', 'mutual', 1, 1, 'B', 12]]
    """
    if hub < 1 or shortest_chain < 2:
        raise RowsError(f"hub must be at least 1 and shortest_chain 2, not {hub} and {shortest_chain}")
    guarantees, parties = _numbered(ties)
    found = analyse(guarantees, longest_cycle=longest_cycle, most=most, most_steps=most_steps)
    rows, most_chains = simple(guarantees.out.start, guarantees.out.to), len(parties)
    by_kind = groups_by_kind(found, hub) | {
        "chain": separate_chains(
            *rows, found.weak, shortest=shortest_chain, most=most_chains, most_steps=most_chain_steps
        ),
        "core": _innermost(found.core, found.weak),
    }
    if found.weak.any() and any(groups.truncated for groups in by_kind.values()):
        # a budget is that of one component: what it cuts off may not depend on which others are beside it
        options = {"longest_cycle": longest_cycle, "shortest_chain": shortest_chain, "hub": hub}
        budgets = {"most": most, "most_steps": most_steps, "most_chain_steps": most_chain_steps}
        halves = _halves(ties, found.weak[guarantees.tail[np.argsort(guarantees.row)]])
        return pd.concat([structures_of(half, **options, **budgets) for half in halves], ignore_index=True)
    amounts = Amounts(guarantees)
    tables = [_members(kind, by_kind[kind], amounts, found.weak, parties) for kind in EVIDENCE]
    return pd.concat(tables, ignore_index=True).astype({"component": "str", "kind": "str", "party_id": "str"})


def _halves(ties: pd.DataFrame, component: Int32) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the components so that the largest are in the first half and both have about as many ties."""
    known, count = np.unique(component, return_counts=True)
    by_size = np.argsort(-count, kind="stable")
    large = 1 + np.searchsorted(np.cumsum(count[by_size]), len(ties) / 2)
    is_large = np.isin(component, known[by_size[: min(int(large), len(known) - 1)]])
    return ties[is_large], ties[~is_large]


def _numbered(ties: pd.DataFrame) -> tuple[Layer, npt.NDArray[np.object_]]:
    """Give the parties numbers in the order of their identifiers."""
    both = pd.concat([ties["from_id"], ties["to_id"]], ignore_index=True)
    codes, parties = pd.factorize(both, sort=True)
    if (codes < 0).any():
        raise TieArrayError(
            f"row {int(np.argmax(codes < 0)) % len(ties)} has no from_id or no to_id; give both parties"
        )
    tail, head = codes[: len(ties)], codes[len(ties) :]
    amount = ties["amount_fen"].to_numpy()
    return layer("guarantee", tail, head, len(parties), amount_fen=amount), np.asarray(parties, object)


def _innermost(core: Int32, weak: Int32) -> Groups:
    """Return of each component the firms of its highest core number, if that is at least 3."""
    highest = np.zeros_like(core)
    np.maximum.at(highest, weak, core)
    inside = np.flatnonzero((core >= 3) & (core == highest[weak]))
    members = inside[np.argsort(weak[inside], kind="stable")].astype(np.int32)
    first = np.flatnonzero(np.diff(weak[members], prepend=-1))
    return Groups(np.append(first, len(members)), members)


def _members(
    kind: str, groups: Groups, amounts: Amounts, weak: Int32, parties: npt.NDArray[np.object_]
) -> pd.DataFrame:
    """Write down the members of all groups of a kind."""
    component = weak[groups.members[groups.start[:-1]]]
    sums = amounts.of(kind, groups)
    order = np.lexsort((-sums, component))
    ranked, size = component[order], np.diff(groups.start)[order]
    number = np.arange(1, len(order) + 1) - np.searchsorted(ranked, ranked)
    place = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    members = groups.members[np.repeat(groups.start[:-1][order], size) + place]
    table = pd.DataFrame(
        {
            "component": parties[np.repeat(ranked, size)],
            "kind": np.full(len(members), kind, object),
            "structure": np.repeat(number, size),
            "place": place,
            "party_id": parties[members],
            "amount_fen": np.repeat(sums[order], size),
        }
    )
    if groups.truncated:
        table.loc[len(table)] = [parties[0], UNFINISHED + kind, 0, 0, parties[0], 0]
    return table
