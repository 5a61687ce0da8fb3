"""Arrays of numbers that stand for nodes, fen and shares: what is not one is refused before a kernel reads it.

A kernel does not look where it reads: a node number that is too large would read foreign memory, and an amount that
is NaN becomes an arbitrary whole number when it is cast. So each array is looked at once, where a layer is built.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from credit_graph.errors import TieArrayError

__all__ = ["LARGEST_FEN", "fen_amounts", "node_numbers", "parts_of_a_whole", "whole_numbers"]

LARGEST_FEN = 2**53 - 1
"""The largest amount, in fen: 90 trillion yuan, and the last whole number that a float still tells from the next."""


def whole_numbers(name: str, values: npt.ArrayLike, m: int | None = None) -> "npt.NDArray[np.integer[Any]]":
    """Return an array of shape (m,) of whole numbers; floats are taken if each is whole.

    Raises
    ------
    TieArrayError
        If a number is missing, not finite or not whole, or the shape is another.

    Examples
    --------
    >>> whole_numbers("row", [3.0, 1.0])
    array([3, 1])
    """
    given = np.asarray(values)
    if given.ndim != 1 or (m is not None and len(given) != m):
        wanted = "(m,)" if m is None else f"({m},)"
        raise TieArrayError(f"{name} has the shape {given.shape}; give one number each, shape {wanted}")
    if given.size == 0:
        return np.zeros(0, np.int64)
    if given.dtype.kind == "f":
        if not (whole := np.isfinite(given) & (np.floor(given) == given)).all():
            raise TieArrayError(f"{name} holds {given[~whole][0]}; give whole numbers, none of them missing")
        # beyond any number allowed anywhere, and still inside int64
        given = np.clip(given, -(2.0**62), 2.0**62).astype(np.int64)
    if given.dtype.kind not in "iu":
        raise TieArrayError(f"{name} holds values of type {given.dtype}; give whole numbers, none of them missing")
    return given


def node_numbers(name: str, values: npt.ArrayLike, n: int) -> npt.NDArray[np.int32]:
    """Return the numbers of nodes as int32.

    Raises
    ------
    TieArrayError
        As `whole_numbers`, or if one is not the number of one of n nodes.

    Examples
    --------
    >>> node_numbers("tail", [0, 2], n=3)
    array([0, 2], dtype=int32)
    """
    given = whole_numbers(name, values)
    if not 0 <= n < 2**31:
        raise TieArrayError(f"n is {n!r}; a graph has from 0 to {2**31 - 1} nodes")
    if given.size and (given.min() < 0 or given.max() >= n):
        wrong = given[(given < 0) | (given >= n)][0]
        raise TieArrayError(f"{name} holds {wrong}, but the numbers of {n} nodes are those from 0 to below {n}")
    return given.astype(np.int32, copy=False)


def fen_amounts(values: npt.ArrayLike, m: int) -> npt.NDArray[np.int64]:
    """Return amounts in fen as int64 of shape (m,).

    Raises
    ------
    TieArrayError
        As `whole_numbers`, or if one is negative or above `LARGEST_FEN`.

    Examples
    --------
    >>> fen_amounts([100, 250], m=2)
    array([100, 250])
    """
    given = whole_numbers("amount_fen", values, m)
    if given.size and (given.min() < 0 or given.max() > LARGEST_FEN):
        wrong = given[(given < 0) | (given > LARGEST_FEN)][0]
        raise TieArrayError(f"amount_fen holds {wrong}; give whole numbers of fen from 0 to {LARGEST_FEN}")
    return given.astype(np.int64, copy=False)


def parts_of_a_whole(values: npt.ArrayLike, m: int) -> npt.NDArray[np.float64]:
    """Return shares as float64 of shape (m,); NaN stands where there is none.

    Raises
    ------
    TieArrayError
        If one is below 0 or above 1, or the shape is another.

    Examples
    --------
    >>> parts_of_a_whole([0.25, 1], m=2)
    array([0.25, 1.  ])
    """
    given = np.asarray(values, np.float64)
    if given.shape != (m,):
        raise TieArrayError(f"share has the shape {given.shape}; give one number each, shape ({m},)")
    if (bad := (given < 0) | (given > 1)).any():
        raise TieArrayError(f"share holds {given[bad][0]}; give parts of the whole from 0 to 1, or NaN for none")
    return given
