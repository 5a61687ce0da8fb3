"""The graph of one day: parties as numbers, ties of each kind as sorted arrays both ways.

Compressed sparse rows (CSR): the neighbours of node v are `to[start[v]:start[v + 1]]`, in ascending order. Every
algorithm reads these arrays and nothing else, so that a million firms with three million guarantees take some 100 MB
and a sweep over all of them some milliseconds. What a number means stands in `Graph.ids`.

A tie points the way that the risk is carried on paper: guarantor to borrower, lender to borrower, holder to company,
controller to controlled, payer to payee. Kinship (between two persons) has no direction and is stored as written. A
shared attribute ties a party to a node that stands for the attribute ("address:H0001").
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from credit_graph.errors import AsOfError, TieArrayError, UnknownKindError, UnknownPartyError
from credit_graph.numbering import fen_amounts, node_numbers, parts_of_a_whole, whole_numbers
from credit_graph.sorting import stable_order

__all__ = ["KINDS", "Csr", "Graph", "Layer", "csr", "graph_of", "layer", "with_empty_layers"]

KINDS = ("guarantee", "loan", "shareholding", "control", "kinship", "fund_flow", "shared_attribute")
"""The kinds of ties, each a table of its own and a layer of the graph."""

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Csr:
    """Neighbours in compressed sparse rows.

    Parameters
    ----------
    start
        Where each node's neighbours begin, int64 of shape (n + 1,).
    to
        The neighbours, ascending in each row, int32 of shape (m,); parallel ties stand beside each other.
    edge
        Which tie of the layer each is, int32 of shape (m,).
    """

    start: Int64
    to: Int32
    edge: Int32

    @property
    def n(self) -> int:
        """Number of nodes."""
        return len(self.start) - 1

    @property
    def m(self) -> int:
        """Number of ties."""
        return len(self.to)

    @property
    def degree(self) -> Int64:
        """Number of ties of each node, int64 of shape (n,)."""
        return np.diff(self.start)


@dataclass(frozen=True, eq=False)
class Layer:
    """All ties of one kind that are valid on the day, sorted by (tail, head, row).

    Parameters
    ----------
    kind
        One of `KINDS`.
    tail, head
        From whom and to whom, int32 of shape (m,).
    amount_fen
        int64 of shape (m,); 0 where the kind has no amount.
    share
        Part of the whole, between 0 and 1, float64 of shape (m,); NaN where the kind has none.
    row
        Position of the tie in its table, int64 of shape (m,).
    out, into
        The neighbours down (tail to head) and up (head to tail).
    """

    kind: str
    tail: Int32
    head: Int32
    amount_fen: Int64
    share: npt.NDArray[np.float64]
    row: Int64
    out: Csr
    into: Csr

    @property
    def m(self) -> int:
        """Number of ties."""
        return len(self.tail)


@dataclass(frozen=True, eq=False)
class Graph:
    """All parties, and the layers of ties between them on one day.

    Parameters
    ----------
    as_of
        The day.
    parties
        One row for each node, in the order of their numbers: party_id (ascending), kind (firm, person, bank,
        attribute), name, equity_fen (Int64, missing where unknown).
    layers
        Each of `KINDS`, empty if there are no such ties.
    report
        The rows that were left out because they are bad, see `credit_graph.intake.checking.Checked`; if any.
    """

    as_of: date
    parties: pd.DataFrame
    layers: Mapping[str, Layer]
    report: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def n(self) -> int:
        """Number of nodes."""
        return len(self.parties)

    @cached_property
    def ids(self) -> npt.NDArray[np.object_]:
        """Identifier of each node, shape (n,)."""
        return self.parties["party_id"].to_numpy(object)

    @cached_property
    def _index(self) -> "pd.Index[Any]":
        return pd.Index(self.ids)

    def codes(self, ids: Iterable[str]) -> Int64:
        """Return the numbers of parties, int64 in the order given.

        Raises
        ------
        UnknownPartyError
            If one of them is not in the graph.
        """
        wanted = list(ids)
        found = self._index.get_indexer(pd.Index(wanted, dtype=object))
        if (found < 0).any():
            missing = wanted[int(np.flatnonzero(found < 0)[0])]
            raise UnknownPartyError(
                f"no party {missing!r} in the graph of {self.as_of}; give an identifier of the table of parties"
            )
        return found.astype(np.int64)


def csr(tail: npt.ArrayLike, head: npt.ArrayLike, n: int) -> Csr:
    """Sort ties by tail, then head, then the order given.

    Parameters
    ----------
    tail, head
        Numbers below n, shape (m,).
    n
        Number of nodes.

    Raises
    ------
    TieArrayError
        If the arrays differ in shape, or hold what is not the number of a node.

    Examples
    --------
    >>> rows = csr([2, 0, 2], [0, 1, 1], n=3)
    >>> rows.start.tolist(), rows.to.tolist(), rows.edge.tolist()
    ([0, 1, 1, 3], [1, 0, 1], [1, 0, 2])
    """
    tails, heads = node_numbers("tail", tail, n), node_numbers("head", head, n)
    if len(tails) != len(heads):
        raise TieArrayError(f"tail has {len(tails)} ties and head has {len(heads)}; each tie needs both ends")
    by_head = stable_order(heads, n)[1]
    start, order = stable_order(tails, n, by_head)
    return Csr(start, heads[order], order)


def layer(
    kind: str,
    tail: npt.ArrayLike,
    head: npt.ArrayLike,
    n: int,
    amount_fen: npt.ArrayLike | None = None,
    share: npt.ArrayLike | None = None,
    row: npt.ArrayLike | None = None,
) -> Layer:
    """Build the layer of one kind from plain arrays of shape (m,), see `Layer`.

    Raises
    ------
    UnknownKindError
        If the kind is none of `KINDS`.
    TieArrayError
        As `csr`, or if an amount is not a whole number of fen from 0 to 2**53 - 1, or a share is neither between
        0 and 1 nor NaN.

    Examples
    --------
    >>> guarantees = layer("guarantee", [1, 0], [2, 1], n=3, amount_fen=[500, 700])
    >>> guarantees.tail.tolist(), guarantees.amount_fen.tolist(), guarantees.into.to.tolist()
    ([0, 1], [700, 500], [0, 1])
    """
    if kind not in KINDS:
        raise UnknownKindError(f"no kind of tie is called {kind!r}; the kinds are {', '.join(KINDS)}")
    down = csr(tail, head, n)
    order, m = down.edge, down.m
    tails = np.repeat(np.arange(n, dtype=np.int32), down.degree)
    # the ties stand sorted by tail, so that one more sweep by head gives (head, tail, position)
    start, edge = stable_order(down.to, n)
    amounts = None if amount_fen is None else fen_amounts(amount_fen, m)
    shares = None if share is None else parts_of_a_whole(share, m)
    return Layer(
        kind=kind,
        tail=tails,
        head=down.to,
        amount_fen=np.zeros(m, np.int64) if amounts is None else amounts[order],
        share=np.full(m, np.nan) if shares is None else shares[order],
        row=order.astype(np.int64) if row is None else whole_numbers("row", row, m).astype(np.int64)[order],
        out=Csr(down.start, down.to, np.arange(m, dtype=np.int32)),
        into=Csr(start, tails[edge], edge),
    )


def graph_of(n: int, layers: Iterable[Layer], as_of: date, equity_fen: npt.ArrayLike | None = None) -> Graph:
    """Build a graph from arrays alone: firms without names, called F and their number.

    Parameters
    ----------
    n
        Number of firms.
    layers
        At most one of each kind; the other kinds are empty.
    as_of
        The day.
    equity_fen
        int64 of shape (n,); unknown if not given.

    Raises
    ------
    TieArrayError
        If a layer has another number of nodes, or two are of one kind.
    AsOfError
        If the day is not a date.

    Examples
    --------
    >>> graph = graph_of(3, [layer("guarantee", [0, 1], [1, 2], n=3)], date(2024, 6, 30))
    >>> graph.ids.tolist(), graph.layers["guarantee"].m, graph.layers["loan"].m
    (['F0', 'F1', 'F2'], 2, 0)
    """
    if type(as_of) is not date:
        raise AsOfError(f"as_of is {as_of!r}; give a date such as date(2024, 6, 30)")
    given = list(layers)
    for one in given:
        if one.out.n != n:
            raise TieArrayError(f"the layer {one.kind} has {one.out.n} nodes, but the graph has {n}")
    if len({one.kind for one in given}) < len(given):
        raise TieArrayError(f"two layers are of one kind: {', '.join(one.kind for one in given)}; join them first")
    equity = np.zeros(n, np.int64) if equity_fen is None else whole_numbers("equity_fen", equity_fen, n)
    number = pa.array(np.arange(n)).cast(pa.string())
    # zeros before the number, so that the firms' order is also that of their identifiers
    padded = pc.utf8_lpad(number, len(str(max(n - 1, 0))), "0")
    parties = pd.DataFrame(
        {
            "party_id": pc.binary_join_element_wise("F", padded, "").to_pandas(),
            "kind": pa.repeat("firm", n).to_pandas(),
            "name": pa.nulls(n, pa.string()).to_pandas(),
            "equity_fen": pd.arrays.IntegerArray(equity.astype(np.int64), np.full(n, equity_fen is None)),
        }
    )
    return Graph(as_of, parties, with_empty_layers(given, n))


def with_empty_layers(layers: Iterable[Layer], n: int) -> dict[str, Layer]:
    """Return a layer of each kind, in the order of `KINDS`; those not given are empty and share their arrays.

    Examples
    --------
    >>> [one.m for one in with_empty_layers([layer("loan", [0], [1], n=2)], n=2).values()]
    [0, 1, 0, 0, 0, 0, 0]
    """
    given = {one.kind: one for one in layers}
    empty = layer(KINDS[0], [], [], n)
    return {kind: given.get(kind) or replace(empty, kind=kind) for kind in KINDS}
