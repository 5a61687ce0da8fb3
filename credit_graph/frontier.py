"""Cascades by their front: only who fell last can pull down others.

The common part of all threshold cascades. A round adds up what the firms of the front cost those who are exposed to
them, looks only at firms that were hit, and makes those that fall the next front. So a cascade costs what it touches,
not the size of the graph times its rounds; 1 m firms take milliseconds.

Falling is monotone: more failures never save a firm. So the result is the least fixed point and does not depend on the
order in which firms are looked at. Sums of floats do: losses that meet a buffer to 1 part in 10^12 count as equal.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from credit_graph.matrices import SparseRows

__all__ = ["Cascade", "spread", "spread_each"]

Float64 = npt.NDArray[np.float64]
SparseColumns: TypeAlias = "sparse.csc_array[np.float64]"
_EQUAL = 1e-12


@dataclass(frozen=True, eq=False)
class Cascade:
    """Who fell, when, and who hit whom for how much.

    Parameters
    ----------
    failed
        bool of shape (n,), the firms that failed at the start among them.
    round
        Round in which each firm fell, int64 of shape (n,): 0 at the start, -1 never.
    losses
        What each firm lost to (or was called for by) all that failed, float64 of shape (n,).
    impact
        impact[i, j] is what i loses if j fails, sparse columns of shape (n, n).
    """

    failed: npt.NDArray[np.bool_]
    round: npt.NDArray[np.int64]
    losses: Float64
    impact: SparseColumns

    @property
    def rounds(self) -> int:
        """Last round in which a firm fell; 0 if nobody was pulled down."""
        return int(self.round.max(initial=0))

    @property
    def contagion(self) -> npt.NDArray[np.bool_]:
        """Firms that were pulled down by others, bool of shape (n,)."""
        return self.round > 0

    @cached_property
    def hits(self) -> pd.DataFrame:
        """Every hit: round (in which it strikes), firm (who loses or is called), failed_firm, amount.

        Rows are sorted by round, failed_firm, firm; those of round r come from firms that fell in round r - 1.
        """
        fallen = np.flatnonzero(self.failed)
        firm, owner, amount = _gather(self.impact, fallen)
        table = pd.DataFrame(
            {
                "round": self.round[fallen][owner] + 1,
                "firm": firm.astype(np.int64),
                "failed_firm": fallen[owner].astype(np.int64),
                "amount": amount,
            }
        )
        return table.sort_values(["round", "failed_firm", "firm"], kind="stable", ignore_index=True)


def spread(
    impact: SparseRows, buffer: Float64, failed: npt.NDArray[np.bool_], *, falls_when_equal: bool = True
) -> Cascade:
    """Return the cascade that firms start who failed.

    Parameters
    ----------
    impact
        impact[i, j] is what i loses if j fails, shape (n, n).
    buffer
        What each firm can lose, shape (n,).
    failed
        Who failed at the start, shape (n,).
    falls_when_equal
        Whether a loss that just uses up the buffer is fatal. A firm that loses nothing never falls.

    Examples
    --------
    >>> from credit_graph.matrices import square
    >>> chain = square([[0, 5, 0], [0, 0, 5], [0, 0, 0]], "impact")
    >>> spread(chain, np.array([9.0, 5.0, 5.0]), np.array([False, False, True])).round.tolist()
    [-1, 1, 0]
    """
    columns = sparse.csc_array(impact)
    when, losses = np.where(failed, 0, -1).astype(np.int64), np.zeros(len(buffer))
    _fall(columns, buffer, falls_when_equal, when, losses, np.flatnonzero(failed))
    return Cascade(when >= 0, when, losses, columns)


def spread_each(
    impact: SparseRows, buffer: Float64, triggers: npt.NDArray[np.int64]
) -> list[tuple[int, int, int, float, float]]:
    """Return what each trigger, failing alone, does: itself, how many it pulls down, rounds, losses, buffers lost.

    Each costs what it touches: the state is kept, and what was touched is wiped.

    Examples
    --------
    >>> from credit_graph.matrices import square
    >>> spread_each(square([[0, 5], [0, 0]], "impact"), np.array([5.0, 5.0]), np.array([0, 1]))
    [(0, 0, 0, 0.0, 0.0), (1, 1, 1, 5.0, 5.0)]
    """
    columns = sparse.csc_array(impact)
    when, losses = np.full(len(buffer), -1, np.int64), np.zeros(len(buffer))
    results = []
    for trigger in triggers:
        when[trigger] = 0
        hit = np.unique(np.concatenate(_fall(columns, buffer, True, when, losses, np.array([trigger]))))
        fell = hit[when[hit] > 0]
        rounds = int(when[fell].max(initial=0))
        results.append((int(trigger), len(fell), rounds, float(losses[hit].sum()), float(buffer[fell].sum())))
        when[hit], losses[hit], when[trigger] = -1, 0.0, -1
    return results


def _fall(
    columns: SparseColumns,
    buffer: Float64,
    falls_when_equal: bool,
    when: npt.NDArray[np.int64],
    losses: Float64,
    front: npt.NDArray[np.int64],
) -> list[npt.NDArray[np.int64]]:
    """Let the front pull down others, in place of `when` and `losses`; return who was hit in each round."""
    factor, hits, now = 1 - _EQUAL if falls_when_equal else 1 + _EQUAL, [], 0
    while front.size:
        now += 1
        firm, _, amount = _gather(columns, front)
        np.add.at(losses, firm, amount)
        hit = np.unique(firm)
        hits.append(hit)
        hit = hit[when[hit] < 0]
        lost, limit = losses[hit], buffer[hit] * factor
        front = hit[(lost > 0) & ((lost >= limit) if falls_when_equal else (lost > limit))]
        when[front] = now
    return hits


def _gather(
    columns: SparseColumns, chosen: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Float64]:
    """Return rows, positions in `chosen` and values of all entries of the chosen columns."""
    first, size = columns.indptr[chosen].astype(np.int64), np.diff(columns.indptr)[chosen].astype(np.int64)
    owner = np.repeat(np.arange(len(chosen)), size)
    place = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size) + np.repeat(first, size)
    return columns.indices[place].astype(np.int64), owner, columns.data[place]
