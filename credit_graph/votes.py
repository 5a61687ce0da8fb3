"""The votes in companies: who holds how many, who has them by agreement, and how many it takes.

Votes are counted in units of 1e-12, so that 20 % + 30 % is not more than 50 %: decimals add up exactly, floats do not.
What a company holds of itself has no vote and leaves the denominator (公司法: 公司持有的本公司股份没有表决权).
"""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import sparse

from credit_graph.errors import OwnershipError
from credit_graph.graph import Graph
from credit_graph.ownership import share_matrix

__all__ = ["UNITS", "Votes", "votes_of"]

UNITS = 10**12


@dataclass(frozen=True)
class Votes:
    """The ties that carry votes, by holder.

    Parameters
    ----------
    held
        For each holder: company and units of 1e-12 of it, without what a company holds of itself.
    agreed
        For each controller: the companies that it controls by agreement.
    castable
        Votes that can be cast in each company, int64 units of shape (n,).
    needed
        More than this part of them is control.
    """

    held: dict[int, list[tuple[int, int]]]
    agreed: dict[int, list[int]]
    castable: npt.NDArray[np.int64]
    needed: Fraction

    def is_majority(self, company: int, units: int) -> bool:
        """Return whether so many votes decide in a company."""
        return units * self.needed.denominator > int(self.castable[company]) * self.needed.numerator


def votes_of(graph: Graph, needed: float = 0.5) -> Votes:
    """Collect the votes of a graph.

    Parameters
    ----------
    graph
        Reads the layers `shareholding` and `control`.
    needed
        More than this part of the votes is control; at least a half, or two could control the same company.

    Raises
    ------
    OwnershipError
        As `credit_graph.ownership.share_matrix`, or if `needed` is below a half or not below 1.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> votes = votes_of(small_graph(shareholding=[("P1", "F1", 0.5)]))
    >>> votes.is_majority(0, UNITS // 2), votes.is_majority(0, UNITS // 2 + 1)
    (False, True)
    """
    if not 0.5 <= needed < 1:
        raise OwnershipError(f"needed is {needed!r}; give the part of votes that control exceeds, from 0.5 to below 1")
    shares = sparse.coo_array(share_matrix(graph))
    # rounding tie by tie before adding: decimals then add up exactly
    units = np.rint(shares.data * UNITS).astype(np.int64).tolist()
    castable = np.full(graph.n, UNITS, np.int64)
    held: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for holder, company, votes in zip(shares.coords[0].tolist(), shares.coords[1].tolist(), units, strict=True):
        if holder == company:
            castable[company] -= votes
        else:
            held[holder].append((company, votes))
    agreed: dict[int, list[int]] = defaultdict(list)
    ties = graph.layers["control"]
    for head, company in zip(ties.tail.tolist(), ties.head.tolist(), strict=True):
        if head != company:
            agreed[head].append(company)
    return Votes(dict(held), dict(agreed), castable, Fraction(str(needed)))
