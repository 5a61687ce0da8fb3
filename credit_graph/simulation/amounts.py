"""Amounts of the simulations: what is called, what can be borne, what is lost, checked and laid out.

The conventions are those of `credit_graph.cascade`: what a firm guarantees for itself counts nothing, and calls that
meet a buffer to one part in 10^12 count as equal to it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credit_graph.errors import SimulationInputError
from credit_graph.graph import Layer
from credit_graph.simulation.falling import Calls, calls_of
from credit_graph.simulation.scenarios import Scenarios

__all__ = ["Mechanism", "capped_calls", "checked_firms", "checked_ties", "mechanism"]

Floats = npt.NDArray[np.float64]
_EQUAL = 1e-12


@dataclass(frozen=True, eq=False)
class Mechanism:
    """What the kernels read: the calls, how much a firm can be called for before it falls, what its fall loses."""

    calls: Calls
    limit: Floats
    loss: Floats


def mechanism(
    layer: Layer,
    buffer_fen: npt.ArrayLike,
    scenarios: Scenarios,
    call_fen: npt.ArrayLike | None,
    loss_fen: npt.ArrayLike | None,
    falls_when_equal: bool,
) -> Mechanism:
    """Check and lay out the arguments of `credit_graph.simulation.simulate_cascades`.

    Raises
    ------
    SimulationInputError
        If an array does not fit the layer, or an amount is missing or negative.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> from credit_graph.simulation.scenarios import seed_scenarios
    >>> scenarios = seed_scenarios(2, 1, 1, np.random.default_rng(7))
    >>> mechanism(layer("guarantee", [0], [1], 2, amount_fen=[500]), [9, 9], scenarios, None, None, False).loss.tolist()
    [0.0, 500.0]
    """
    n = layer.into.n
    if scenarios.n != n:
        raise SimulationInputError(f"the scenarios are of {scenarios.n} firms, the guarantees of {n}")
    call = checked_ties("call_fen", layer, call_fen)
    buffer = checked_firms("buffer_fen", buffer_fen, n, may_be_infinite=True)
    loss = _by_borrower(layer, call) if loss_fen is None else checked_firms("loss_fen", loss_fen, n)
    limit = np.nextafter(buffer * (1.0 - _EQUAL), -np.inf) if falls_when_equal else buffer * (1.0 + _EQUAL)
    return Mechanism(calls_of(layer, call), limit, loss)


def capped_calls(
    layer: Layer, debt_fen: npt.ArrayLike | None = None, *, loss_given_default: float = 1.0
) -> npt.NDArray[np.float64]:
    """Return for how much each tie's guarantor is called when the borrower defaults, in fen, shape (m,).

    The same rule as `credit_graph.cascade.guarantee_calls`, for a layer of any size: the bank calls what it lacks; no
    call exceeds the guarantee, and all calls together not the debt times the loss given default.

    Parameters
    ----------
    layer
        The guarantees.
    debt_fen
        What each borrower owes under guarantee, shape (n,); None means just what is guaranteed.
    loss_given_default
        Share of the debt that the borrower and its collateral do not pay, between 0 and 1.

    Raises
    ------
    SimulationInputError
        If a debt is missing, negative or infinite, or the share is outside its range.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> guarantees = layer("guarantee", [0, 1], [2, 2], n=3, amount_fen=[600, 200])
    >>> capped_calls(guarantees, debt_fen=[0, 0, 400]).tolist()
    [300.0, 100.0]
    """
    if not 0 <= loss_given_default <= 1:
        raise SimulationInputError(f"loss_given_default must lie between 0 and 1, not {loss_given_default!r}")
    call, n = checked_ties("amount_fen", layer, None), layer.into.n
    guaranteed = _by_borrower(layer, call)
    debt = guaranteed if debt_fen is None else checked_firms("debt_fen", debt_fen, n)
    lacking = debt * loss_given_default
    part = np.divide(lacking, guaranteed, out=np.ones(n), where=guaranteed > lacking)
    return np.asarray(call * part[layer.head])


def _by_borrower(layer: Layer, call: Floats) -> Floats:
    # without any tie numpy counts in integers
    return np.bincount(layer.head, call, minlength=layer.into.n).astype(np.float64)


def checked_firms(name: str, values: npt.ArrayLike, n: int, *, may_be_infinite: bool = False) -> Floats:
    """Return one amount for each firm as floats, refusing what is missing or negative.

    Examples
    --------
    >>> checked_firms("buffer_fen", [1, 2], n=2).tolist()
    [1.0, 2.0]
    """
    return _checked(name, values, n, "firm", may_be_infinite)


def checked_ties(name: str, layer: Layer, values: npt.ArrayLike | None) -> Floats:
    """Return one amount for each tie as floats (its own if none is given); 0 for ties of a firm to itself.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> checked_ties("call_fen", layer("guarantee", [0, 1], [1, 1], n=2), [500, 300]).tolist()
    [500.0, 0.0]
    """
    found = _checked(name, layer.amount_fen if values is None else values, layer.m, "tie", may_be_infinite=False)
    return np.where(layer.tail == layer.head, 0.0, found)


def _checked(name: str, values: npt.ArrayLike, size: int, thing: str, may_be_infinite: bool) -> Floats:
    try:
        found = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise SimulationInputError(f"{name} must hold numbers only, none missing") from None
    if found.shape != (size,):
        raise SimulationInputError(
            f"{name} must hold one amount for each of the {size} {thing}s, but has the shape {found.shape}"
        )
    wrong = ~(found >= 0)
    if not may_be_infinite:
        wrong |= np.isinf(found)
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise SimulationInputError(f"{name} of {thing} {place} is {found[place]}; it must be a number of 0 or more")
    if found[np.isfinite(found)].max(initial=0.0) > 1e290:
        raise SimulationInputError(f"{name} is as large as {found.max()}; check its unit")
    return found
