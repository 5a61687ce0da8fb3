"""What a loose stop says of a circle where small losses grow, against the exact answer.

DebtRank is usually iterated until nothing moves by more than some epsilon. Where the leading eigenvalue of calls over
buffers is above 1, small losses grow in every round, but slowly at first: the steps of the first rounds are small, and
the iteration stops before anything has happened. The exact answer solves the equation, see `credit_graph.debtrank`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.debtrank import debtrank, leverage
from credit_graph.kernels.rows import simple
from credit_graph.kernels.strong import strong_components
from credit_graph.matrices import SparseRows
from credit_graph.spectral import spectrum_of_rows
from engines.risk_graph.calls import Calls

__all__ = ["LOOSE", "SHOCKS", "Circle", "Stop", "circles", "course", "loose_stop", "rounds_of_stress", "told_circles"]

LOOSE = 1e-3
"""The iteration ends when no firm's stress moves by as much."""

SHOCKS = (0.0001, 0.001, 0.01, 0.1)
"""Parts of its buffer that the first firm of the circle loses."""

Floats = npt.NDArray[np.float64]
_MOST_ROUNDS = 100_000


@dataclass(frozen=True, eq=False)
class Circle:
    """Firms that can all reach each other along calls, numbered as in `Calls`, and their leading eigenvalue."""

    members: npt.NDArray[np.int64]
    eigenvalue: float


@dataclass(frozen=True)
class Stop:
    """One shock to a circle: the share of its buffers that is lost, by the loose stop and exactly.

    Parameters
    ----------
    shock
        Part of its buffer that the first member loses.
    rounds
        Until the loose stop.
    loose, exact
        Shares of the circle's buffers.
    residual
        How far the exact answer is from satisfying its equation, at most over the firms.
    """

    shock: float
    rounds: int
    loose: float
    exact: float
    residual: float

    @property
    def missed(self) -> float:
        """Part of the exact loss that the loose stop misses, between 0 and 1."""
        return 1.0 - self.loose / self.exact if self.exact else 0.0


def circles(calls: Calls) -> list[Circle]:
    """Return the circles of calls with their eigenvalues, the largest first.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> from engines.risk_graph.calls import calls_of
    >>> made = calls_of(small_graph(guarantee=[("F1", "F2", 500), ("F2", "F1", 900)]), [False, False])
    >>> circles(made)
    []
    """
    scaled = leverage(calls.matrix, calls.buffer_fen)
    label = strong_components(*simple(scaled.indptr.astype(np.int64), scaled.indices.astype(np.int32)))
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    several = [group for group in groups if len(group) > 1]
    found = [Circle(group, spectrum_of_rows(scaled[group][:, group]).value) for group in several]
    return sorted(found, key=lambda one: (-one.eigenvalue, int(one.members[0])))


def told_circles(found: list[Circle]) -> list[Circle]:
    """Return the circles worth telling of: the largest eigenvalue, the last above 1, the first below, and a calm one.

    Circles in which somebody has nothing to pay with are passed over: their eigenvalue is infinite.
    """
    finite = [one for one in found if np.isfinite(one.eigenvalue)]
    above = [one for one in finite if one.eigenvalue > 1]
    below = [one for one in finite if one.eigenvalue <= 1]
    calm = [one for one in below if one.eigenvalue <= 0.5]
    chosen = above[:1] + above[-1:] + below[:1] + calm[:1]
    return list({id(one): one for one in chosen}.values())


def loose_stop(calls: Calls, circle: Circle, shock: float) -> Stop:
    """Return what the loose stop and the exact answer say of one shock to a circle."""
    scaled, worth, start = _circle(calls, circle, shock)
    stress, rounds = rounds_of_stress(scaled, start, LOOSE)
    inner = calls.matrix[circle.members][:, circle.members]
    exact = debtrank(inner, calls.buffer_fen[circle.members], start).stress
    residual = float(np.abs(np.minimum(1.0, start + scaled @ exact) - exact).max())
    return Stop(shock, rounds, float(stress[-1] @ worth), float(exact @ worth), residual)


def rounds_of_stress(scaled: SparseRows, start: Floats, step: float) -> tuple[list[Floats], int]:
    """Return the stress after each round until none moves by `step`, the start first, and how many rounds it took.

    Examples
    --------
    >>> from credit_graph.matrices import square
    >>> stress, rounds = rounds_of_stress(square([[0, 0.5], [0, 0]], "leverage"), np.array([0.0, 0.4]), 1e-3)
    >>> stress[-1].tolist(), rounds
    ([0.2, 0.4], 2)
    """
    stress = [start]
    while len(stress) <= _MOST_ROUNDS:
        stress.append(np.minimum(1.0, start + scaled @ stress[-1]))
        if np.abs(stress[-1] - stress[-2]).max(initial=0.0) < step:
            break
    return stress, len(stress) - 1


def course(calls: Calls, circle: Circle, shock: float, step: float) -> tuple[Floats, int]:
    """Return the share of the circle's buffers that is lost after each round, and the round of the loose stop."""
    scaled, worth, start = _circle(calls, circle, shock)
    stress, _ = rounds_of_stress(scaled, start, step)
    return np.array([float(one @ worth) for one in stress]), rounds_of_stress(scaled, start, LOOSE)[1]


def _circle(calls: Calls, circle: Circle, shock: float) -> tuple[SparseRows, Floats, Floats]:
    buffer = calls.buffer_fen[circle.members]
    start = np.zeros(len(buffer))
    start[0] = shock
    return leverage(calls.matrix[circle.members][:, circle.members], buffer), buffer / buffer.sum(), start
