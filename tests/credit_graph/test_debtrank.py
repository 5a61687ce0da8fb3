import numpy as np
import pytest
from contagion_sample import formats, networks
from scipy import sparse

from credit_graph.debtrank import debtrank
from credit_graph.errors import DebtRankOptionError, MatrixInputError, RateInputError, VectorInputError
from credit_graph.reference.contagion import debtrank_by_iteration, eigenvalue_by_component, single_walk_by_rounds
from credit_graph.spectral import spectrum

# the example of the R package NetworkRiskMeasures
THREE, EQUITY, WEIGHTS = np.array([[0.0, 1, 0], [10, 0, 3], [3, 2, 0]]), [2, 5, 2], [10, 100, 30]


def by_brute_force(exposures: np.ndarray, equity: list[float], shock: list[float]) -> np.ndarray:
    lever = exposures / np.array(equity)[:, np.newaxis]
    stress = np.array(shock, float)
    for _ in range(100_000):
        stress = np.minimum(1, shock + lever @ stress)
    return stress


def test_the_example_of_network_risk_measures_is_its_limit() -> None:
    shock = [0.1, 0.1, 0.1]
    result = debtrank(THREE, EQUITY, shock, weights=WEIGHTS)
    assert result.leading_eigenvalue > 1
    assert result.amplifies
    assert result.stress == pytest.approx(by_brute_force(THREE, EQUITY, shock), abs=1e-12)
    assert result.value_lost == pytest.approx(result.stress @ WEIGHTS / 140)
    assert result.contagion_value_lost == pytest.approx(result.value_lost - 0.1)


def test_a_borrower_with_two_creditors_costs_each_its_own_exposure() -> None:
    # a closure that is bound late gives every creditor the equity of the last one
    result = debtrank([[0, 0, 4], [0, 0, 4], [0, 0, 0]], [8, 4, 2], [0, 0, 0.5], unclipped=True)
    assert result.stress.tolist() == [0.25, 0.5, 0.5]
    assert result.unclipped is not None
    assert result.unclipped.tolist() == [0.25, 0.5, 0.5]


def test_a_loose_stop_does_not_loosen_the_result_above_one() -> None:
    rng = np.random.default_rng(3)
    exposures = rng.random((60, 60)) * (rng.random((60, 60)) < 0.1)
    np.fill_diagonal(exposures, 0)
    exposures *= 1.02 / max(abs(np.linalg.eigvals(exposures)))
    shock = np.zeros(60)
    shock[0] = 1e-6
    strict, loose = (debtrank(exposures, 1, shock, tol=tol).stress for tol in (1e-12, 1e-3))
    assert loose == pytest.approx(strict, abs=1e-11)
    assert strict.max() == 1


def test_below_one_a_loose_stop_keeps_its_promise() -> None:
    for rng, exposures in networks(200, seed=4):
        n = len(exposures)
        equity = exposures.sum(axis=1) / 0.97 + 0.01
        shock = rng.random(n) * (rng.random(n) < 0.4)
        strict, loose = (debtrank(exposures, equity, shock, tol=tol) for tol in (1e-12, 1e-2))
        assert loose.stress == pytest.approx(strict.stress, abs=1e-2)
        assert loose.error_bound <= 1e-2
        assert loose.iterations <= strict.iterations


@pytest.mark.parametrize("max_iter", [1, 20, 5000])
def test_it_agrees_with_the_iteration_of_the_paper(max_iter: int) -> None:
    above = 0
    for rng, exposures in networks(300, seed=max_iter):
        n = len(exposures)
        equity = rng.integers(0, 9, n) * rng.choice([0.3, 1, 5])
        shock = rng.random(n) * (rng.random(n) < 0.4)
        slow = debtrank_by_iteration(exposures.tolist(), equity.tolist(), shock.tolist(), rounds=20_000)
        result = debtrank(exposures, equity, shock, max_iter=max_iter, unclipped=True)
        assert result.converged
        assert result.stress == pytest.approx(np.array(slow), abs=1e-9), (exposures, equity, shock)
        assert result.unclipped is not None
        assert not np.isnan(result.unclipped).any()
        assert np.minimum(1, result.unclipped) == pytest.approx(result.stress, abs=1e-9)
        above += int(result.amplifies)
    assert above > 60


def test_solving_and_iterating_agree_to_twelve_digits_above_one() -> None:
    compared = 0
    for rng, exposures in networks(300, seed=6):
        n = len(exposures)
        equity = rng.random(n) * 20 + 1
        shock = rng.random(n) * 0.3
        solved, iterated = (debtrank(exposures, equity, shock, max_iter=rounds) for rounds in (1, 100_000))
        assert solved.stress == pytest.approx(iterated.stress, abs=1e-11)
        compared += int(solved.amplifies)
    assert compared > 50


def test_the_original_agrees_with_its_rounds() -> None:
    for rng, exposures in networks(400, seed=7):
        n = len(exposures)
        equity = rng.integers(0, 9, n)
        shock = rng.random(n) * (rng.random(n) < 0.4)
        result = debtrank(exposures, equity, shock, variant="original")
        assert result.stress == pytest.approx(np.array(single_walk_by_rounds(exposures.tolist(), equity, shock)))
        assert (result.stress <= debtrank(exposures, equity, shock).stress + 1e-9).all()


def test_the_leading_eigenvalue_is_that_of_exposures_over_equity() -> None:
    for rng, exposures in networks(200, seed=8):
        np.fill_diagonal(exposures, 0)
        equity = rng.random(len(exposures)) + 0.1
        expected = eigenvalue_by_component((exposures / equity[:, np.newaxis]).tolist())
        assert debtrank(exposures, equity, 0).leading_eigenvalue == pytest.approx(expected, abs=1e-9)


def test_without_a_shock_nothing_happens_also_when_small_losses_would_grow() -> None:
    result = debtrank([[0, 5], [5, 0]], 1, 0)
    assert result.stress.tolist() == [0, 0]
    assert result.leading_eigenvalue == pytest.approx(5)
    assert result.value_lost == 0


def test_a_shock_however_small_grows_to_failure_above_one_and_only_where_it_reaches() -> None:
    exposures = sparse.block_diag([[[0, 1.1], [1.1, 0]], [[0, 9], [9, 0]]])
    assert debtrank(exposures, 1, [1e-12, 0, 0, 0]).stress.tolist() == [1, 1, 0, 0]


def test_at_exactly_one_the_circle_fails_and_it_is_flagged() -> None:
    result = debtrank([[0, 1], [1, 0]], 1, [0.001, 0])
    assert result.amplifies
    assert result.stress.tolist() == pytest.approx([1, 1])
    assert result.converged


def test_a_firm_without_capital_fails_at_the_first_loss_and_not_before() -> None:
    exposures = [[0, 1e-9, 0], [0, 0, 0], [0, 0, 0]]
    result = debtrank(exposures, [0, 1, 0], [0, 1e-6, 0], unclipped=True)
    assert result.stress.tolist() == [1, 1e-6, 0]
    assert result.unclipped is not None
    assert result.unclipped.tolist() == [np.inf, 1e-6, 0]
    assert debtrank(exposures, [0, 1, 0], 0).stress.tolist() == [0, 0, 0]
    assert debtrank(exposures, [0, 1, 0], [0, 1e-6, 0], variant="original").stress.tolist() == [1, 1e-6, 0]
    assert debtrank([[0, 1], [1, 0]], [0, 1], 0).leading_eigenvalue == np.inf
    assert debtrank(exposures, [0, 1, 0], 0).leading_eigenvalue == 0


def test_losses_beyond_the_capital_are_clipped_but_can_be_seen() -> None:
    result = debtrank([[0, 30], [0, 0]], 10, [0, 1], unclipped=True)
    assert result.stress.tolist() == [1, 1]
    assert result.unclipped is not None
    assert result.unclipped.tolist() == [3, 1]
    assert debtrank([[0, 30], [0, 0]], 10, [0, 1]).unclipped is None
    assert result.value_lost == 1


def test_what_a_firm_is_exposed_to_itself_is_ignored() -> None:
    assert debtrank([[9, 1], [0, 9]], 2, [0, 0.5]).stress.tolist() == [0.25, 0.5]


@pytest.mark.parametrize("matrix", formats(THREE), ids=lambda matrix: type(matrix).__name__)
def test_every_kind_of_matrix_is_read_alike(matrix: object) -> None:
    assert debtrank(matrix, EQUITY, 0.1).stress == pytest.approx(debtrank(THREE, EQUITY, [0.1] * 3).stress)


def test_it_unpacks_and_a_spectrum_can_be_used_again() -> None:
    first = debtrank(THREE, EQUITY, 0.05)
    stress, lost = debtrank(THREE, EQUITY, 0.05, spectrum=first.spectrum)
    assert (len(first), first[1]) == (2, first.value_lost)
    assert first[0] is first.stress
    assert np.array_equal(stress, first.stress)
    assert lost == first.value_lost
    assert first.spectrum == spectrum(THREE / np.array(EQUITY)[:, np.newaxis])


def test_nobody_and_nothing() -> None:
    assert debtrank([], [], []).value_lost == 0
    assert debtrank([[5]], 0, [0.5]).stress.tolist() == [0.5]
    assert debtrank(np.zeros((2, 2)), 0, 1).stress.tolist() == [1, 1]
    assert debtrank(np.zeros((2, 2)), 1e308, 0.5).value_lost == 0.5
    assert debtrank([[0, 1e308], [1e308, 0]], 1e-300, [1e-3, 0]).stress.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("exposures", "equity", "stress", "options", "error", "word"),
    [
        ([[0, -1], [0, 0]], 1, 0, {}, MatrixInputError, "-1"),
        ([[0, np.nan], [0, 0]], 1, 0, {}, MatrixInputError, "nan"),
        ([[0, 1, 2]], 1, 0, {}, MatrixInputError, "shape"),
        ([[0, 1], [0, 0]], [1, -1], 0, {}, VectorInputError, "equity"),
        ([[0, 1], [0, 0]], [1, 1, 1], 0, {}, VectorInputError, "equity"),
        ([[0, 1], [0, 0]], 1, [0, 1.1], {}, RateInputError, r"stress\[1\] is 1.1"),
        ([[0, 1], [0, 0]], 1, [-0.1, 0], {}, RateInputError, "between 0 and 1"),
        ([[0, 1], [0, 0]], 1, [np.nan, 0], {}, RateInputError, "nan"),
        ([[0, 1], [0, 0]], 1, [0], {}, VectorInputError, "stress"),
        ([[0, 1], [0, 0]], 1, 0, {"weights": [1, -1]}, VectorInputError, "weights"),
        ([[0, 1], [0, 0]], 1, 0, {"tol": 0}, DebtRankOptionError, "tol"),
        ([[0, 1], [0, 0]], 1, 0, {"max_iter": 0}, DebtRankOptionError, "max_iter"),
        ([[0, 1], [0, 0]], 1, 0, {"variant": "cubic"}, DebtRankOptionError, "cubic"),
    ],
)
def test_bad_input_is_refused(
    exposures: object, equity: object, stress: object, options: dict[str, object], error: type[Exception], word: str
) -> None:
    with pytest.raises(error, match=word):
        debtrank(exposures, equity, stress, **options)  # type: ignore[arg-type]  # bad input is the point


def test_a_large_network_above_one_is_bounded() -> None:
    n, rng = 20_000, np.random.default_rng(9)
    place = (rng.integers(0, n, 3 * n), rng.integers(0, n, 3 * n))
    exposures = sparse.coo_array((rng.random(3 * n), place), shape=(n, n))
    shock = np.zeros(n)
    shock[:5] = 1
    result = debtrank(exposures, 1.2, shock)
    assert result.amplifies
    assert result.converged
    assert result.error_bound <= 1e-9
