"""Small random networks with everything that is awkward in them: the inputs of the tests of contagion."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Float64 = NDArray[np.float64]


def networks(count: int, seed: int, largest: int = 8) -> Iterator[tuple[np.random.Generator, Float64]]:
    """Matrices of amounts: empty, one firm, disconnected, with self-loops, whole numbers or not, of any density."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        n = int(rng.integers(0, largest + 1))
        amount = rng.integers(0, 10, (n, n)).astype(float) if rng.random() < 0.5 else rng.random((n, n)) * 10
        yield rng, amount * (rng.random((n, n)) < rng.random())


def with_parallel_edges(matrix: Float64) -> "sparse.coo_array[np.float64, tuple[int, int]]":
    """The same amounts, each in two parts that stand at one place."""
    row, column = np.nonzero(matrix)
    half = matrix[row, column] / 2
    place = (np.concatenate([row, row]), np.concatenate([column, column]))
    return sparse.coo_array((np.concatenate([half, half]), place), shape=matrix.shape)


def formats(matrix: Float64) -> list[object]:
    """The same matrix as everything that people hold matrices in."""
    return [
        matrix,
        matrix.tolist(),
        np.asfortranarray(matrix),
        sparse.csr_matrix(matrix),
        sparse.csc_array(matrix),
        sparse.coo_matrix(matrix),
        sparse.lil_array(matrix),
        sparse.dok_array(matrix),
        with_parallel_edges(matrix),
    ]
