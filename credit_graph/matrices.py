"""Tables of who owes whom: reading, checking, and walking along them.

Contagion is arithmetic on a square matrix: `exposures[i, j]` is what firm i loses if firm j fails, `liabilities[i, j]`
what i owes j, `guarantees[i, j]` the amount up to which i stands for j. All functions take lists, dense arrays, data
frames and every sparse format of scipy, and work on compressed rows (CSR) in float64. What stands twice at one place
of a sparse matrix is added up (two loans between the same firms are two amounts).

The diagonal is ignored everywhere: what a firm owes to itself is extinguished (混同, 民法典 article 576), and the
models of contagion assume that it is zero.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from credit_graph.errors import MatrixInputError, RateInputError, VectorInputError
from credit_graph.graph import Layer

__all__ = ["Matrix", "SparseRows", "amounts", "firms", "layer_matrix", "rates", "reached", "square"]

Float64: TypeAlias = npt.NDArray[np.float64]
SparseRows: TypeAlias = "sparse.csr_array[np.float64, tuple[int, int]]"
# scipy's classes for sparse matrices share no public base: anything that scipy or numpy can read is taken
Matrix: TypeAlias = Any


def square(matrix: Matrix, name: str, *, diagonal: bool = False) -> SparseRows:
    """Return a matrix of amounts as compressed rows in float64, without zeros and without its diagonal.

    Parameters
    ----------
    matrix
        Dense or sparse, shape (n, n), no amount negative; an empty list is a matrix of no firms.
    name
        How the caller names it, for the message.
    diagonal
        Whether to keep the diagonal.

    Raises
    ------
    MatrixInputError
        If it is not square, holds something that is not a number, or an amount is negative or not finite.

    Examples
    --------
    >>> square([[7, 2], [0, 0]], "exposures").toarray().tolist()
    [[0.0, 2.0], [0.0, 0.0]]
    """
    rows = _rows(matrix, name)
    wrong = np.flatnonzero(~np.isfinite(rows.data) | (rows.data < 0))
    if wrong.size:
        place = int(wrong[0])
        i, j = int(np.searchsorted(rows.indptr, place, side="right")) - 1, int(rows.indices[place])
        raise MatrixInputError(f"{name}[{i}, {j}] is {rows.data[place]}; an amount must be a finite number, 0 or more.")
    if not diagonal:
        owner = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        rows.data[owner == rows.indices] = 0.0
    rows.eliminate_zeros()
    return rows


def _rows(matrix: Matrix, name: str) -> SparseRows:
    try:
        table: Any = matrix if sparse.issparse(matrix) else np.asarray(matrix)
        if table.size == 0 and table.ndim == 1:
            table = np.zeros((0, 0))
        if table.ndim != 2 or table.shape[0] != table.shape[1]:
            raise MatrixInputError(f"{name} has the shape {table.shape}; give one row and one column for each firm.")
        if np.issubdtype(table.dtype, np.complexfloating):
            raise MatrixInputError(f"{name} holds complex numbers; give amounts.")
        if not sparse.issparse(table):
            table = table.astype(np.float64)
        rows: SparseRows = sparse.csr_array(table).astype(np.float64)
    except (TypeError, ValueError) as error:
        if isinstance(error, MatrixInputError):
            raise
        raise MatrixInputError(f"{name} holds something that is not a number ({error}); give amounts.") from None
    rows.sum_duplicates()
    return rows


def amounts(values: npt.ArrayLike, n: int, name: str) -> Float64:
    """Return one amount for each firm in float64; a single number stands for all.

    Raises
    ------
    VectorInputError
        If there are not n of them, or one is negative, not finite or not a number.

    Examples
    --------
    >>> amounts(5, 3, "equity").tolist()
    [5.0, 5.0, 5.0]
    """
    try:
        given = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise VectorInputError(f"{name} holds something that is not a number ({error}); give amounts.") from None
    if given.ndim and given.shape != (n,):
        raise VectorInputError(
            f"{name} has the shape {given.shape}; give {n} numbers, one for each firm, or one for all."
        )
    full = np.broadcast_to(given, (n,)).copy()
    wrong = np.flatnonzero(~np.isfinite(full) | (full < 0))
    if wrong.size:
        i = int(wrong[0])
        raise VectorInputError(f"{name}[{i}] is {full[i]}; it must be a finite number, 0 or more.")
    return full


def rates(values: npt.ArrayLike, n: int, name: str) -> Float64:
    """Return one number between 0 and 1 for each firm; a single number stands for all.

    Raises
    ------
    VectorInputError
        As `amounts`.
    RateInputError
        If one of them is outside 0 to 1.

    Examples
    --------
    >>> rates([0, 1], 2, "stress").tolist()
    [0.0, 1.0]
    """
    try:
        full = amounts(values, n, name)
    except VectorInputError as error:
        if np.ndim(values) and np.shape(values) != (n,):
            raise
        raise RateInputError(str(error).replace("0 or more", "between 0 and 1")) from None
    wrong = np.flatnonzero(full > 1)
    if wrong.size:
        i = int(wrong[0])
        raise RateInputError(f"{name}[{i}] is {full[i]}; it must be between 0 and 1.")
    return full


def firms(chosen: npt.ArrayLike, n: int, name: str) -> npt.NDArray[np.bool_]:
    """Return a mask of firms from a mask, shape (n,), or from their numbers: one, or a list, an array or a set.

    Raises
    ------
    VectorInputError
        If a mask has not n entries, a number is not that of a firm, or zeros and ones could be meant as a mask.

    Examples
    --------
    >>> firms([2], 3, "failed").tolist(), firms([True, False, False], 3, "failed").tolist()
    ([False, False, True], [True, False, False])
    """
    given = np.atleast_1d(np.asarray(sorted(chosen) if isinstance(chosen, set | frozenset) else chosen))
    mask = np.zeros(n, np.bool_)
    if given.dtype == np.bool_:
        if given.shape != (n,):
            raise VectorInputError(f"{name} has the shape {given.shape}; a mask has {n} entries, one for each firm.")
        mask[given] = True
        return mask
    if given.size == 0:
        return mask
    if given.ndim != 1 or not np.issubdtype(given.dtype, np.integer):
        raise VectorInputError(f"{name} holds {given.dtype}; give the numbers of firms, or a mask of True and False.")
    wrong = np.flatnonzero((given < 0) | (given >= n))
    if wrong.size:
        raise VectorInputError(f"{name} names firm {given[wrong[0]]}; the firms are numbered from 0 to {n - 1}.")
    if given.size == n > 2 and given.max() <= 1:
        raise VectorInputError(f"{name} holds {n} zeros and ones; give True and False for a mask, or each number once.")
    mask[given] = True
    return mask


def layer_matrix(layer: Layer, n: int) -> SparseRows:
    """Return the amounts of a layer of the graph in fen, tails as rows and heads as columns.

    For guarantees and loans the row is who loses (guarantor, lender), so that the layer is a matrix of exposures.

    Examples
    --------
    >>> from credit_graph.graph import layer
    >>> layer_matrix(layer("loan", [0, 0], [1, 1], n=2, amount_fen=[5, 7]), 2).toarray().tolist()
    [[0.0, 12.0], [0.0, 0.0]]
    """
    # a copy, because adding up what stands twice moves the neighbours of the layer itself
    ties = layer.out.to.copy(), layer.out.start.copy()
    table: SparseRows = sparse.csr_array((layer.amount_fen.astype(np.float64), *ties), shape=(n, n))
    table.sum_duplicates()
    return table


def reached(exposures: SparseRows, seeds: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which firms are seeds, or exposed to a seed through any number of others.

    Examples
    --------
    >>> chain = square([[0, 1, 0], [0, 0, 1], [0, 0, 0]], "exposures")
    >>> reached(chain, firms([1], 3, "seeds")).tolist()
    [True, True, False]
    """
    n, found = len(seeds), np.zeros(len(seeds), np.bool_)
    first = np.flatnonzero(seeds)
    if not first.size:
        return found
    down = exposures.T.tocsr()
    # one more node that points at all seeds makes one walk of many
    start = np.append(down.indptr, down.indptr[-1] + len(first))
    walk = sparse.csr_array(
        (np.ones(len(down.data) + len(first)), np.append(down.indices, first), start), shape=(n + 1, n + 1)
    )
    order = csgraph.breadth_first_order(walk, n, return_predecessors=False)
    found[order[1:]] = True
    return found
