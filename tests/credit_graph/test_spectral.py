import numpy as np
import pytest
from contagion_sample import formats, networks
from scipy import sparse

from credit_graph.errors import MatrixInputError
from credit_graph.reference.contagion import eigenvalue_by_component
from credit_graph.spectral import leading_eigenvalue, spectrum


def test_it_agrees_with_dense_components() -> None:
    for _, matrix in networks(500, seed=1):
        found = spectrum(matrix)
        assert found.converged
        assert found.value == pytest.approx(eigenvalue_by_component(matrix.tolist()), abs=1e-9)
        assert found.lower <= found.value <= found.upper


def test_a_network_without_circles_has_exactly_zero() -> None:
    for _, matrix in networks(100, seed=2, largest=30):
        assert leading_eigenvalue(np.triu(matrix, k=1)) == 0


@pytest.mark.parametrize("length", [2, 3, 4, 201, 1000])
def test_a_circle_has_the_geometric_mean_of_its_ties(length: int) -> None:
    ties = np.random.default_rng(length).lognormal(size=length)
    ring = sparse.coo_array((ties, (np.arange(length), np.roll(np.arange(length), 1))), shape=(length, length))
    found = spectrum(ring)
    assert found.value == pytest.approx(np.exp(np.log(ties).mean()), rel=1e-12)
    assert found.converged


def test_circles_of_even_length_with_chords_do_not_swing() -> None:
    n = 400
    i = np.arange(n)
    rows, columns = np.concatenate([i, i]), np.concatenate([(i + 1) % n, (i + 3) % n])
    periodic = sparse.coo_array((np.ones(2 * n), (rows, columns)), shape=(n, n))
    assert leading_eigenvalue(periodic) == pytest.approx(2, rel=1e-9)


def test_the_largest_component_counts_wherever_it_stands() -> None:
    parts = [np.full((2, 2), 1.0), np.full((300, 300), 0.01), [[0, 9], [0.25, 0]], np.zeros((5, 5))]
    found = spectrum(sparse.block_diag(parts))
    assert found.value == pytest.approx(3)
    assert found.components == 3


def test_large_sparse_components_are_bounded() -> None:
    n, rng = 300, np.random.default_rng(3)
    dense = rng.random((n, n)) * (rng.random((n, n)) < 0.013)
    found = spectrum(sparse.csr_array(dense))
    assert found.converged
    assert found.value == pytest.approx(abs(np.linalg.eigvals(dense)).max(), rel=1e-8)
    assert found.upper - found.lower <= 1e-9 * found.value
    assert found == spectrum(sparse.csr_array(dense))


def test_huge_and_tiny_entries_do_not_overflow() -> None:
    assert leading_eigenvalue([[0, 1e300], [1e300, 0]]) == pytest.approx(1e300)
    assert leading_eigenvalue([[0, 1e-300], [1e300, 0]]) == pytest.approx(1)
    assert leading_eigenvalue([[0, 1, 0], [0, 0, 1e-200], [1e200, 0, 0]]) == pytest.approx(1)


def test_the_diagonal_counts_here() -> None:
    assert leading_eigenvalue([[3]]) == 3
    assert leading_eigenvalue([[3, 1], [0, 2]]) == 3


def test_nothing_has_zero() -> None:
    assert leading_eigenvalue([]) == 0
    assert leading_eigenvalue(np.zeros((3, 3))) == 0


@pytest.mark.parametrize("matrix", formats(np.array([[0.0, 2], [8, 0]])), ids=lambda matrix: type(matrix).__name__)
def test_every_kind_of_matrix_is_read_alike(matrix: object) -> None:
    assert leading_eigenvalue(matrix) == pytest.approx(4)


@pytest.mark.parametrize("matrix", [[[0, -1], [1, 0]], [[np.nan]], [[1, 2]], [1, 2, 3], [["x"]], [[1j]], None])
def test_bad_input_is_refused(matrix: object) -> None:
    with pytest.raises(MatrixInputError):
        spectrum(matrix)
