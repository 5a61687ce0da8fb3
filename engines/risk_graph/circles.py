"""How much a circle can bear: the guarantees of a structure tested by the fall of each member in turn."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.cascade import guarantee_calls
from credit_graph.frontier import spread
from credit_graph.graph import Graph
from credit_graph.matrices import SparseRows, layer_matrix

__all__ = ["Strain", "strain"]


@dataclass(frozen=True, eq=False)
class Strain:
    """What calls do to the members of a structure.

    Parameters
    ----------
    graph
        The graph of the day.
    calls
        calls[i, j] is what i is called for if j defaults, fen.
    buffer
        What each party can pay, fen: its equity, or 0 where it has none or none is known.
    """

    graph: Graph
    calls: SparseRows
    buffer: npt.NDArray[np.float64]

    def pulled_down(self, members: npt.NDArray[np.int64]) -> float:
        """Return how many other members fall on average when one falls, over all who could fall first.

        Only calls among the members count, so that a structure is judged by itself.
        """
        inner, buffer = self.calls[members][:, members], self.buffer[members]
        fallen = 0
        for first in range(len(members)):
            failed = np.zeros(len(members), np.bool_)
            failed[first] = True
            fallen += int(spread(inner, buffer, failed, falls_when_equal=False).failed.sum()) - 1
        return fallen / max(len(members), 1)

    def table(self, findings: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
        """Return the findings with a column `pulled_down`, largest first."""
        codes = pd.Series(self.graph.codes(members["party_id"]), index=members["structure_id"])
        groups = {str(name): part.to_numpy() for name, part in codes.groupby(level=0)}
        down = [self.pulled_down(groups[name]) for name in findings["structure_id"]]
        told = findings.assign(pulled_down=down)
        return told.sort_values(["pulled_down", "amount_fen"], ascending=False, kind="stable", ignore_index=True)


def strain(graph: Graph, loans: npt.NDArray[np.float64]) -> Strain:
    """Lay out the calls of a day.

    Parameters
    ----------
    graph
        The graph of the day.
    loans
        What each party owes, fen, shape (n,).

    Examples
    --------
    >>> from datetime import date
    >>> from credit_graph.graph import graph_of, layer
    >>> pair = layer("guarantee", [0, 1], [1, 0], n=2, amount_fen=[500, 700])
    >>> tested = strain(graph_of(2, [pair], date(2024, 1, 1), equity_fen=[400, 900]), np.array([600.0, 600.0]))
    >>> tested.pulled_down(np.array([0, 1]))
    0.5
    """
    equity = graph.parties["equity_fen"].astype("Float64").fillna(0).to_numpy(np.float64)
    matrix = layer_matrix(graph.layers["guarantee"], graph.n)
    return Strain(graph, guarantee_calls(matrix, loans), np.maximum(equity, 0.0))
