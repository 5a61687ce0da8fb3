import numpy as np
import pytest
from contagion_sample import networks
from scipy import sparse

from credit_graph.leontief import leontief_solve
from credit_graph.matrices import firms, reached, square


def leaking(rng: np.random.Generator, n: int, kept: float) -> sparse.csr_array:
    place = (rng.integers(0, n, 3 * n), rng.integers(0, n, 3 * n))
    matrix = sparse.csr_array(sparse.coo_array((rng.random(3 * n), place), shape=(n, n)))
    return sparse.csr_array(matrix @ sparse.diags_array(kept / np.maximum(matrix.sum(axis=0), 1e-9)))


@pytest.mark.parametrize("n", [1, 50, 1000, 20_000])
@pytest.mark.parametrize("kept", [0.5, 0.99, 1 - 1e-6])
def test_the_solution_solves_the_system(n: int, kept: float) -> None:
    rng = np.random.default_rng(n)
    matrix, constant = leaking(rng, n, kept), rng.random(n)
    x = leontief_solve(matrix, constant)
    assert constant + matrix @ x == pytest.approx(x, rel=1e-9)


def test_long_chains_are_summed_without_elimination() -> None:
    n = 50_000
    chain = sparse.csr_array(sparse.diags_array(np.full(n - 1, 0.5), offsets=1, shape=(n, n)))
    constant = np.zeros(n)
    constant[-1] = 1
    assert leontief_solve(chain, constant)[-40:] == pytest.approx(0.5 ** np.arange(39, -1, -1))


def test_a_circle_without_a_leak_is_solved_downwards_from_the_start() -> None:
    circle = square([[0, 1], [1, 0]], "shares")
    assert leontief_solve(circle, np.zeros(2), np.array([3.0, 3.0])).tolist() == [3, 3]


def test_within_reach_is_what_a_walk_finds() -> None:
    for rng, exposures in networks(300, seed=1):
        n = len(exposures)
        seeds = rng.random(n) < 0.2
        found = seeds.copy()
        for _ in range(n):
            found |= (exposures[:, found] > 0).any(axis=1)
        assert reached(square(exposures, "exposures"), firms(seeds, n, "seeds")).tolist() == found.tolist()
