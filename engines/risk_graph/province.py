"""The credit side of the province on one day: tables, graph and truth for the risk graph's cases."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from credit_graph.graph import KINDS, Graph
from credit_graph.snapshot import snapshot
from datasets.guarantees import credit_tables

__all__ = ["AS_OF", "Credit", "credit"]

AS_OF = date(2020, 7, 1)
"""The day on which the cases look: the first day of the province's streams."""


@dataclass(frozen=True, eq=False)
class Credit:
    """The credit tables of the first firms of the province, and the graph of one day.

    Parameters
    ----------
    tables
        As `datasets.guarantees.credit_tables`; "truth" and "default_truth" are for judging alone.
    graph
        The graph of the day.
    """

    tables: dict[str, pd.DataFrame]
    graph: Graph

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of each party by its identifier."""
        parties = self.graph.parties
        return dict(zip(parties["party_id"], parties["name"].fillna(parties["party_id"]), strict=True))

    @cached_property
    def defaulted(self) -> npt.NDArray[np.bool_]:
        """Which parties have defaulted by the day, bool of shape (graph.n,)."""
        table = self.tables["defaults"]
        fell = table.loc[table["defaulted_on"] <= pd.Timestamp(self.graph.as_of), "party_id"]
        return np.isin(self.graph.ids, fell.to_numpy(object))

    @property
    def truth(self) -> pd.DataFrame:
        """The planted structures, see `datasets.guarantee_truth`."""
        return self.tables["truth"]


def credit(seed: int, firms: int, as_of: date = AS_OF) -> Credit:
    """Make the tables of the first firms and the graph of a day.

    Raises
    ------
    OutOfRangeError
        If the seed or the number of firms is out of range.

    Examples
    --------
    >>> made = credit(7, 40)
    >>> made.graph.as_of.isoformat(), len(made.names) == made.graph.n
    ('2020-07-01', True)
    """
    tables = credit_tables(firms, seed)
    return Credit(tables, snapshot(tables["parties"], {kind: tables[kind] for kind in KINDS}, as_of))
