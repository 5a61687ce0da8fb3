"""Who can pull down one party, and whom it can pull down: the falls of single parties through its guarantees.

One cascade from the party says whom it pulls down. Who pulls it down needs a cascade from each party that stands
somewhere behind its borrowers; only those are tried whose fall is more than somebody can pay who stands for them, for
a single fall does nothing otherwise. Each costs what it touches. Two parties that together pull down a third, which
neither does alone, are not found here: `credit_graph.simulation` draws those.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from credit_graph.frontier import Cascade, spread
from credit_graph.graph import Graph
from credit_graph.matrices import SparseRows

__all__ = ["SingleFalls", "single_falls"]

Floats = npt.NDArray[np.float64]

COLUMNS = ["party_id", "round", "calls_fen", "buffer_fen", "through"]
_EQUAL = 1e-12


@dataclass(frozen=True, eq=False)
class SingleFalls:
    """What single falls do to and from one party.

    Parameters
    ----------
    pulls_down
        One row for each party that falls if this one does: party_id, round, calls_fen (what it was called for before it
        fell), buffer_fen (what it can pay), through (tuple of identifiers, from this party to that one, along the
        largest calls): the largest calls first, of equal ones the earlier round.
    pulled_down_by
        The same for each party whose fall alone brings down this one, where round, calls_fen and buffer_fen are of this
        one and `through` leads from that one to this.
    calls
        One row for each borrower for whom the party stands: party_id, calls_fen (if the borrower falls), buffer_share
        (of what the party can pay; infinite if that is nothing), the largest first.
    is_truncated
        Whether there were more parties to try than `most_tried`.
    """

    pulls_down: pd.DataFrame
    pulled_down_by: pd.DataFrame
    calls: pd.DataFrame
    is_truncated: bool


def single_falls(graph: Graph, code: int, calls: SparseRows, buffer: Floats, most_tried: int) -> SingleFalls:
    """Try the falls of single parties.

    Parameters
    ----------
    graph
        For the identifiers.
    code
        Number of the party.
    calls
        calls[i, j] is what i is called for if j falls, fen, shape (n, n), without zeros.
    buffer
        What each can pay, infinite for who cannot fall, shape (n,).
    most_tried
        At most so many parties are tried, the nearest first.

    Examples
    --------
    >>> from credit_graph.matrices import square
    >>> from credit_graph.sample_graph import small_graph
    >>> graph = small_graph(guarantee=[("F1", "F2", 50), ("F2", "F3", 80)])
    >>> calls = square([[0, 50, 0], [0, 0, 80], [0, 0, 0]], "calls")
    >>> found = single_falls(graph, 0, calls, np.array([40.0, 10.0, 10.0]), most_tried=9)
    >>> found.pulled_down_by[["party_id", "round", "through"]].values.tolist()
    [['F2', 1, ('F2', 'F1')], ['F3', 2, ('F3', 'F2', 'F1')]]
    """
    own = _fall(sparse.csc_array(calls), buffer, code)
    below = [_told(graph.ids, own, buffer, code, int(one), int(one)) for one in np.flatnonzero(own.contagion)]
    above, is_truncated = _pulled_down_by(graph, code, calls, buffer, most_tried)
    return SingleFalls(_frame(below), _frame(above), _calls(graph, calls, buffer, code), is_truncated)


def _pulled_down_by(
    graph: Graph, code: int, calls: SparseRows, buffer: Floats, most: int
) -> tuple[list[tuple[object, ...]], bool]:
    behind = csgraph.breadth_first_order(calls, code, return_predecessors=False)
    # who does not stand behind the party's borrowers has no part in its fall
    nodes = np.sort(behind)
    inner, limit, ids = calls[nodes][:, nodes], buffer[nodes], graph.ids[nodes]
    # those on the way need not be harmful alone: two small calls together can be one too many
    is_harmful = _harmful(inner, limit)
    near = np.searchsorted(nodes, behind[1:])
    candidates = near[is_harmful[near]].tolist()
    columns, me, rows = sparse.csc_array(inner), int(np.searchsorted(nodes, code)), []
    for seed in candidates[:most]:
        result = _fall(columns, limit, seed)
        if result.round[me] > 0:
            rows.append(_told(ids, result, limit, seed, me, seed))
    return rows, len(candidates) > most


def _fall(columns: "sparse.csc_array[np.float64]", buffer: Floats, seed: int) -> Cascade:
    failed = np.zeros(len(buffer), np.bool_)
    failed[seed] = True
    return spread(columns, buffer, failed, falls_when_equal=False)  # type: ignore[arg-type]  # columns are taken as they are


def _harmful(calls: SparseRows, buffer: Floats) -> npt.NDArray[np.bool_]:
    """Return whose fall is more than somebody can pay."""
    owner = np.repeat(np.arange(calls.shape[0]), np.diff(calls.indptr))
    found = np.zeros(len(buffer), np.bool_)
    found[calls.indices[calls.data > buffer[owner] * (1 + _EQUAL)]] = True
    return found


def _told(
    ids: npt.NDArray[np.object_], result: Cascade, buffer: Floats, seed: int, fallen: int, named: int
) -> tuple[object, ...]:
    chain, called = [fallen], 0.0
    while chain[-1] != seed:
        before = _struck_by(result, chain[-1])
        if len(chain) == 1:
            called = sum(before.values())
        # of equal calls the one of the smallest number
        chain.append(max(before, key=lambda one: (before[one], -one)))
    through = tuple(str(ids[one]) for one in reversed(chain))
    return str(ids[named]), int(result.round[fallen]), round(called), float(buffer[fallen]), through


def _struck_by(result: Cascade, firm: int) -> dict[int, float]:
    """Return the calls on a party from those that fell before it."""
    row = sparse.csr_array(result.impact[[firm]])
    pairs = zip(row.indices.tolist(), row.data.tolist(), strict=True)
    return {other: amount for other, amount in pairs if 0 <= result.round[other] < result.round[firm]}


def _frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = frame.assign(less=-frame["calls_fen"].astype(np.float64)).sort_values(
        ["less", "round", "party_id"], kind="stable"
    )
    kinds = {"round": np.int64, "calls_fen": np.int64, "buffer_fen": np.float64}
    return frame.loc[order.index].astype(kinds).reset_index(drop=True)


def _calls(graph: Graph, calls: SparseRows, buffer: Floats, code: int) -> pd.DataFrame:
    some = slice(int(calls.indptr[code]), int(calls.indptr[code + 1]))
    amount = calls.data[some]
    with np.errstate(divide="ignore"):
        share = amount / buffer[code]
    frame = pd.DataFrame({"party_id": graph.ids[calls.indices[some]], "calls_fen": amount, "buffer_share": share})
    order = frame.assign(less=-amount).sort_values(["less", "party_id"], kind="stable").index
    return frame.loc[order].astype({"calls_fen": np.int64}).reset_index(drop=True)
