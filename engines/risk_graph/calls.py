"""The calls of one day: what each firm must pay if a borrower falls, and what it has to pay with.

The same balance for all models of contagion, so that they differ by what they assume and not by what they read. Parties
that have defaulted by the day are taken out: their calls have been made. A call is capped (`capped_calls`): the bank
calls no more than the borrower owes. Persons who stand for a loan bear their part of it and go no further: what they
own is not known, and nobody stands for a person. Guarantees whose borrower has no loan on the day call nothing.

What a firm can pay at once is assumed to be `PAYABLE` of its equity. Nobody but the firm knows; the case shows how much
hangs on it.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from credit_graph.debtrank import leverage
from credit_graph.graph import Graph, Layer, layer
from credit_graph.matrices import SparseRows, layer_matrix, square
from credit_graph.simulation.amounts import capped_calls
from credit_graph.spectral import Spectrum, spectrum_of_rows

__all__ = ["PAYABLE", "Calls", "calls_of"]

PAYABLE = 0.4
"""Part of its equity that a firm can pay at once when it is called; the rest is plant and stock."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calls:
    """Firms that have not defaulted, numbered from 0, and what they are called for.

    Parameters
    ----------
    graph
        The graph of the day.
    codes
        Number of each firm in the graph, int64 of shape (n,).
    guarantees
        Between these firms; `row` is the place of each in the graph's layer of guarantees.
    call_fen
        For how much each guarantee is called, float64 of shape (m,).
    debt_fen, equity_fen, buffer_fen
        What each firm owes, owns, and can pay on calls, float64 of shape (n,).
    """

    graph: Graph
    codes: npt.NDArray[np.int64]
    guarantees: Layer
    call_fen: Floats
    debt_fen: Floats
    equity_fen: Floats
    buffer_fen: Floats

    @property
    def n(self) -> int:
        """Number of firms."""
        return len(self.codes)

    @cached_property
    def ids(self) -> npt.NDArray[np.object_]:
        """Identifier of each firm, shape (n,)."""
        return self.graph.ids[self.codes]

    @cached_property
    def matrix(self) -> SparseRows:
        """calls[i, j] is what i is called for if j falls, fen, shape (n, n)."""
        ties = self.guarantees.out
        return square(sparse.csr_array((self.call_fen, ties.to, ties.start), shape=(self.n, self.n)), "calls")

    @cached_property
    def guaranteed(self) -> SparseRows:
        """The amounts of the guarantees as they are written, fen, shape (n, n)."""
        return square(layer_matrix(self.guarantees, self.n), "guarantees")

    @cached_property
    def spectrum(self) -> Spectrum:
        """Leading eigenvalue of calls over buffers."""
        return spectrum_of_rows(leverage(self.matrix, self.buffer_fen))

    def with_payable(self, part: float) -> "Calls":
        """Return the same day with another part of the equity to pay with."""
        return replace(self, buffer_fen=part * self.equity_fen)


def calls_of(graph: Graph, defaulted: npt.ArrayLike, payable: float = PAYABLE) -> Calls:
    """Lay out the calls of a day.

    Parameters
    ----------
    graph
        The graph of the day; reads the layers guarantee and loan.
    defaulted
        Which parties have defaulted by then, bool of shape (graph.n,).
    payable
        Part of its equity that a firm can pay at once.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> given = [("F1", "F2", 500), ("P1", "F2", 300), ("F2", "F3", 900)]
    >>> graph = small_graph(guarantee=given, loan=[("B1", "F2", 400)])
    >>> made = calls_of(graph, np.zeros(graph.n, bool))
    >>> made.ids.tolist(), made.call_fen.tolist()
    (['F1', 'F2', 'F3'], [250.0, 0.0])
    """
    loans, whole = graph.layers["loan"], graph.layers["guarantee"]
    owed = np.bincount(loans.head, weights=loans.amount_fen, minlength=graph.n).astype(np.float64)
    alive = ~np.asarray(defaulted, np.bool_)
    kept = np.flatnonzero(alive[whole.tail] & alive[whole.head] & (whole.tail != whole.head))
    sound = layer("guarantee", whole.tail[kept], whole.head[kept], graph.n, whole.amount_fen[kept], row=kept)
    call = capped_calls(sound, owed)
    is_firm = alive & (graph.parties["kind"] == "firm").to_numpy(np.bool_)
    codes = np.flatnonzero(is_firm)
    place = np.full(graph.n, -1)
    place[codes] = np.arange(len(codes))
    # the firms keep their order, so that the ties keep theirs
    inner = np.flatnonzero(is_firm[sound.tail] & is_firm[sound.head])
    ends = place[sound.tail[inner]], place[sound.head[inner]]
    ties = layer("guarantee", *ends, len(codes), sound.amount_fen[inner], row=sound.row[inner])
    equity = np.maximum(_equity(graph)[codes], 0.0)
    return Calls(graph, codes, ties, call[inner], owed[codes], equity, payable * equity)


def _equity(graph: Graph) -> Floats:
    known = graph.parties["equity_fen"].astype("Float64").fillna(0.0)
    return np.asarray(known, np.float64)
