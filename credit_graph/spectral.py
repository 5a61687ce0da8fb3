"""The leading eigenvalue of a network: whether a small loss dies out or feeds on itself.

For the leverage matrix (exposures over equity) it is the factor by which a small loss, once spread over its worst
pattern, is multiplied in each round. Below 1 losses die out; above 1 they grow until firms fail (Bardoscia, Battiston,
Caccioli and Caldarelli 2017), and an iteration that stops at a small step stops far from its end.

A matrix with nothing negative has its spectral radius as an eigenvalue (Perron and Frobenius), and it is the largest
one among its strong components, so each component is taken alone: a network without circles has exactly 0, and circles
of even length, on which the plain power method swings for ever, do no harm. Small components are solved densely, large
ones by Arnoldi's method (ARPACK) from a fixed start, and both are checked: for any x > 0 the eigenvalue lies between
the smallest and the largest ratio (A x)[i] / x[i] (Collatz and Wielandt). Components that cannot beat the best so far
are left out by the largest sum of a row.

Fails to converge on large components with two almost equal leading eigenvalues; the bounds still hold then. On large
components the digits beyond `tol` can depend on the number of threads.

References
----------
Collatz (1942), Mathematische Zeitschrift 48; Wielandt (1950), Mathematische Zeitschrift 52.
Bardoscia et al. (2017), "Pathways towards instability in financial networks", Nature Communications 8:14416.
"""

import contextlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph, linalg

from credit_graph.matrices import Matrix, SparseRows, square

__all__ = ["Spectrum", "leading_eigenvalue", "spectrum", "spectrum_of_rows"]

Float64 = npt.NDArray[np.float64]

_DENSE_UP_TO = 150
_DENSE_AT_LAST = 2_000
_STEPS = 500
_GLANCES = 30
_TINY = 1e-200


@dataclass(frozen=True)
class Spectrum:
    """The leading eigenvalue and how surely it is known.

    Parameters
    ----------
    value
        The spectral radius; infinite if a firm without capital stands in a circle.
    lower, upper
        Bounds that hold whether it converged or not.
    converged
        Whether the bounds are as near as `tol` asked, relative to the value.
    steps
        Multiplications with the matrix.
    components
        Strong components that hold a circle.
    """

    value: float
    lower: float
    upper: float
    converged: bool
    steps: int
    components: int

    @property
    def amplifies(self) -> bool:
        """Whether small losses may grow: the value is 1 or more."""
        return self.value >= 1


def leading_eigenvalue(matrix: Matrix) -> float:
    """Return the spectral radius of a matrix with nothing negative, see `spectrum`.

    Examples
    --------
    >>> leading_eigenvalue([[0, 2], [0.5, 0]])
    1.0
    >>> leading_eigenvalue([[0, 7], [0, 0]])
    0.0
    """
    return spectrum(matrix).value


def spectrum(matrix: Matrix, *, tol: float = 1e-9) -> Spectrum:
    """Return the leading eigenvalue of a matrix with nothing negative, with bounds.

    Parameters
    ----------
    matrix
        Dense or sparse, shape (n, n), no entry negative. Here the diagonal counts.
    tol
        How near the bounds must be, relative to the value.

    Raises
    ------
    MatrixInputError
        If it is not square, or an entry is negative or not a finite number.

    Examples
    --------
    >>> found = spectrum([[0, 4, 0], [0, 0, 2], [1, 0, 0]])
    >>> round(found.value, 12), found.converged, found.components
    (2.0, True, 1)
    """
    return spectrum_of_rows(square(matrix, "matrix", diagonal=True), tol)


def spectrum_of_rows(rows: SparseRows, tol: float = 1e-9) -> Spectrum:
    """Return the leading eigenvalue; entries may be infinite here (losses of a firm without capital)."""
    inside, owner, count = _circles(rows)
    if count == 0:
        return Spectrum(0.0, 0.0, 0.0, True, 0, 0)
    if np.isinf(inside.data).any():
        return Spectrum(np.inf, np.inf, np.inf, True, 0, count)
    below, above = _bounds(inside, owner, count)
    order = np.argsort(owner, kind="stable")
    start = np.searchsorted(owner[order], np.arange(count + 1))
    value, least, most, steps = 0.0, float(below.max()), 0.0, _GLANCES
    for component in np.argsort(-above, kind="stable"):
        if above[component] < max(least, value):
            break
        nodes = order[start[component] : start[component + 1]]
        found, lower, upper, taken = _perron(inside[nodes][:, nodes], tol)
        value, least, most, steps = max(value, found), max(least, lower), max(most, upper), steps + taken
    return Spectrum(value, min(least, value), max(most, value), bool(most - least <= tol * value), steps, count)


def _bounds(inside: SparseRows, owner: npt.NDArray[np.int64], count: int) -> tuple[Float64, Float64]:
    """Return bounds for each component from a few steps on all of them at once; they show which can be left out."""
    x = np.ones(len(owner))
    below, above = np.zeros(count), np.full(count, np.inf)
    for _ in range(_GLANCES):
        after = np.asarray(inside @ x, np.float64)
        least, most, top = np.full(count, np.inf), np.zeros(count), np.zeros(count)
        np.minimum.at(least, owner, after / x)
        np.maximum.at(most, owner, after / x)
        below, above = np.maximum(below, least), np.minimum(above, most)
        x = after / np.maximum(above[owner], _TINY) + x
        np.maximum.at(top, owner, x)
        x = np.maximum(x / top[owner], _TINY)
    # the last digits of the bounds are rounded
    return below * (1 - 1e-12), above * (1 + 1e-12)


def _circles(rows: SparseRows) -> tuple[SparseRows, npt.NDArray[np.int64], int]:
    """Return the part of the matrix that lies on circles, the component of each of its rows, and their number."""
    n = rows.shape[0]
    if n == 0 or rows.nnz == 0:
        return rows, np.zeros(0, np.int64), 0
    # csgraph takes an infinite weight for a missing tie
    pattern = sparse.csr_array((np.ones(rows.nnz), rows.indices, rows.indptr), shape=rows.shape)
    _, label = csgraph.connected_components(pattern, directed=True, connection="strong")
    tail = np.repeat(np.arange(n), np.diff(rows.indptr))
    keep = label[tail] == label[rows.indices]
    on = np.unique(tail[keep])
    place = np.full(n, -1)
    place[on] = np.arange(len(on))
    inside: SparseRows = sparse.csr_array(
        (rows.data[keep], (place[tail[keep]], place[rows.indices[keep]])), shape=(len(on), len(on))
    )
    found, owner = np.unique(label[on], return_inverse=True)
    return inside, owner.astype(np.int64), len(found)


def _perron(block: SparseRows, tol: float) -> tuple[float, float, float, int]:
    """Return eigenvalue, bounds and steps of an irreducible block."""
    n, scale = len(block.indptr) - 1, float(block.data.max())
    if block.nnz == n:  # a single circle: the geometric mean of its ties
        value = scale if n == 1 else float(np.exp(np.log(block.data).mean()))
        return value, value, value, 0
    scaled: SparseRows = sparse.csr_array((block.data / scale, block.indices, block.indptr), shape=(n, n))
    if n <= _DENSE_UP_TO:
        value = _root(scaled) * scale
        return value, value, value, 0
    x, taken = _arnoldi(scaled)
    lower, upper = 0.0, np.inf
    for step in range(_STEPS):
        after = np.asarray(scaled @ x, np.float64)
        ratio = after / x
        lower, upper = max(lower, float(ratio.min())), min(upper, float(ratio.max()))
        if upper - lower <= tol * upper:
            return (lower + upper) / 2 * scale, lower * scale, upper * scale, taken + step + 1
        # half of the old vector stays, so that circles of even length do not swing
        x = after / upper + x
        x = np.maximum(x / x.max(), _TINY)
    value = _root(scaled) if n <= _DENSE_AT_LAST else (lower + upper) / 2
    lower, upper = (value, value) if n <= _DENSE_AT_LAST else (lower, upper)
    return value * scale, lower * scale, upper * scale, taken + _STEPS


def _root(block: SparseRows) -> float:
    """Return the leading eigenvalue of a small block."""
    return float(np.linalg.eigvals(block.toarray()).real.max())


def _arnoldi(block: SparseRows) -> tuple[Float64, int]:
    """Return a positive start for the bounds, and the multiplications spent."""
    n, taken = len(block.indptr) - 1, 0

    def multiply(vector: Float64) -> Float64:
        nonlocal taken
        taken += 1
        return np.asarray(block @ vector.ravel() + vector.ravel(), np.float64)

    operator = linalg.LinearOperator((n, n), matvec=multiply, dtype=np.float64)
    x = np.ones(n)
    with contextlib.suppress(linalg.ArpackError):
        _, vectors = linalg.eigs(operator, k=1, which="LR", v0=x, maxiter=300, tol=1e-10)
        x = np.abs(vectors[:, 0].real)
    return np.maximum(x / x.max(), 1e-12), taken
