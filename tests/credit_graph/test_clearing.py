import numpy as np
import pytest
from contagion_sample import formats, networks
from scipy import sparse

from credit_graph.clearing import clear, clear_ranked, clearing_vector
from credit_graph.errors import MatrixInputError, RateInputError, VectorInputError
from credit_graph.reference.contagion import clearing_by_iteration, ranked_clearing_by_iteration

THREE = np.array([[0.0, 20, 10], [5, 0, 24], [10, 0, 0]])


def test_the_published_values_come_out() -> None:
    result = clear(THREE, [10, 10, 10])
    assert result.payments == pytest.approx([24.5454545454, 26.3636363636, 10])
    assert result.equities == pytest.approx([-5.4545454545, -2.6363636363, 30])
    assert clearing_vector([[0, 2], [2.2, 0]], 1, 0.5, 0.5) == pytest.approx([2, 2.2])
    assert clearing_vector([[0, 30, 0], [5, 0, 20], [10, 0, 0]], [10, 5, 5], 0.4, 1) == pytest.approx([18, 20, 10])


def test_the_example_of_the_r_package_systemicrisk_comes_out() -> None:
    x, owed_outside = 0.5, [1.5, 0.5, 0.5]
    liabilities = [[0, 1 - x, x], [x, 0, 1 - x], [1 - x, x, 0]]
    result = clear(liabilities, [0.5, 0.625, 0.75], external_liabilities=owed_outside)
    inside = [[*row, outside] for row, outside in zip(liabilities, owed_outside, strict=True)]
    by_sink = clearing_vector([*inside, [0, 0, 0, 0]], [0.5, 0.625, 0.75, 0])
    assert result.payments == pytest.approx(by_sink[:3])
    assert result.payments == pytest.approx(clearing_by_iteration([*inside, [0] * 4], [0.5, 0.625, 0.75, 0])[:3])


@pytest.mark.parametrize("matrix", formats(THREE), ids=lambda matrix: type(matrix).__name__)
def test_every_kind_of_matrix_is_read_alike(matrix: object) -> None:
    assert clearing_vector(matrix, 10) == pytest.approx(clearing_vector(THREE, [10, 10, 10]), abs=1e-12)


def test_it_agrees_with_the_iteration_of_the_paper() -> None:
    seen = 0
    for rng, liabilities in networks(400, seed=1):
        n = len(liabilities)
        assets = rng.integers(0, 12, n) * (rng.random(n) < 0.7)
        alpha, beta = rng.choice([0, 0.3, 0.5, 1], 2)
        slow = clearing_by_iteration(liabilities.tolist(), assets.tolist(), alpha, beta, rounds=3000)
        result = clear(liabilities, assets, alpha, beta)
        assert result.converged
        assert result.payments == pytest.approx(slow, abs=1e-6), (liabilities, assets, alpha, beta)
        seen += int(result.defaulted.any())
    assert seen > 150


def test_ranks_agree_with_the_iteration() -> None:
    deep = 0
    for rng, first in networks(400, seed=2, largest=6):
        n = len(first)
        ranks = [first, *(rng.permutation(first.ravel()).reshape(n, n) for _ in range(int(rng.integers(0, 3))))]
        assets = rng.integers(0, 12, n) * (rng.random(n) < 0.7)
        alpha, beta = rng.choice([0.3, 0.5, 1], 2)
        slow = ranked_clearing_by_iteration(
            [rank.tolist() for rank in ranks], assets.tolist(), alpha, beta, rounds=5000
        )
        result = clear_ranked(ranks, assets, alpha, beta)
        assert result.converged
        by_firm = np.reshape(slow, (n, len(ranks)))
        assert result.payments_by_rank == pytest.approx(by_firm.T, abs=1e-5)
        below = [[sum(row) for row in rank * (1 - np.eye(n))] for rank in ranks[:-1]]
        deep += int((result.payments_by_rank[:-1] < np.reshape(below, (len(ranks) - 1, n)) - 1e-6).any())
    assert deep > 60


def test_what_is_paid_is_received_or_was_there() -> None:
    for rng, liabilities in networks(200, seed=3):
        assets = rng.random(len(liabilities)) * 10
        result = clear(liabilities, assets)
        kept = np.maximum(result.equities, 0)
        assert kept.sum() == pytest.approx(assets.sum())
        assert (result.payments <= result.owed).all()
        assert (result.payments >= 0).all()
        assert ((result.equities < -1e-9) <= result.defaulted).all()


def test_more_costs_never_pay_anybody_more() -> None:
    for rng, liabilities in networks(200, seed=4):
        assets = rng.random(len(liabilities)) * 10
        with_costs, without = clearing_vector(liabilities, assets, 0.6, 0.7), clearing_vector(liabilities, assets)
        assert (with_costs <= without + 1e-9).all()


def test_a_circle_of_debts_without_any_cash_is_netted_in_full() -> None:
    assert clearing_vector([[0, 1], [1, 0]], 0).tolist() == [1, 1]
    thirds = np.roll(np.eye(3) / 3, 1, axis=1)
    result = clear(thirds, 0, 0.5, 0.5)
    assert result.payments.tolist() == [1 / 3] * 3
    assert not result.defaulted.any()


def test_a_circle_that_is_unbalanced_and_has_no_cash_pays_what_its_weakest_can() -> None:
    assert clearing_vector([[0, 3], [1, 0]], 0) == pytest.approx([1, 1])


def test_a_closed_circle_of_junior_claims_is_eaten_up_by_the_senior_ones() -> None:
    senior = np.zeros((3, 3))
    senior[[0, 1], 2] = 5
    junior = np.zeros((3, 3))
    junior[[0, 1], [1, 0]] = 10
    result = clear_ranked([senior, junior], [4.999, 4.999, 0])
    assert result.payments_by_rank[0] == pytest.approx([4.999, 4.999, 0])
    assert result.payments_by_rank[1] == pytest.approx([0, 0, 0])
    assert result.converged


def test_waves_tell_first_defaults_from_those_they_cause() -> None:
    chain = np.diag([4.0, 4, 4], k=1)
    result = clear(chain, [1, 2, 0.5, 0])
    assert result.wave.tolist() == [1, 2, 3, 0]
    assert result.rounds == 3
    assert result.shortfall.tolist() == [3, 1, 0.5, 0]


def test_nothing_owed_and_nobody_there() -> None:
    assert clearing_vector(np.zeros((3, 3)), 5).tolist() == [0, 0, 0]
    assert clearing_vector([], []).shape == (0,)
    assert clearing_vector(np.zeros((0, 0)), 1).shape == (0,)
    assert clearing_vector([[7]], 0).tolist() == [0]
    assert clearing_vector(sparse.csr_matrix((2, 2)), [0, 0]).tolist() == [0, 0]


def test_a_debt_to_oneself_is_ignored() -> None:
    with_self = THREE + np.diag([100, 0, 50])
    assert clearing_vector(with_self, 10) == pytest.approx(clearing_vector(THREE, 10))


def test_huge_amounts_keep_their_digits() -> None:
    fen = [[0, 20 * 10**17, 10**18], [5 * 10**17, 0, 24 * 10**17], [10**18, 0, 0]]
    assert clearing_vector(fen, 10**18) / 1e17 == pytest.approx(clearing_vector(THREE, 10), rel=1e-12)
    tiny = clearing_vector(THREE * 1e-300, 1e-299)
    assert tiny * 1e300 == pytest.approx(clearing_vector(THREE, 10))


def test_the_input_is_not_changed() -> None:
    given = sparse.csr_array(THREE + np.eye(3))
    before = given.toarray()
    clearing_vector(given, 10)
    assert (given.toarray() == before).all()


@pytest.mark.parametrize(
    ("liabilities", "assets", "alpha", "error", "word"),
    [
        ([[0, -1], [0, 0]], 0, 1, MatrixInputError, r"liabilities\[0, 1\] is -1"),
        ([[0, np.nan], [0, 0]], 0, 1, MatrixInputError, "nan"),
        (sparse.csr_array([[0, np.inf], [0, 0]]), 0, 1, MatrixInputError, "inf"),
        ([[0, 1]], 0, 1, MatrixInputError, "shape"),
        ([[0, "a"], [0, 0]], 0, 1, MatrixInputError, "not a number"),
        ([[0, 1e308, 1e308], [0, 0, 0], [0, 0, 0]], 0, 1, MatrixInputError, "larger unit"),
        ([[0, 1], [0, 0]], [1, -2], 1, VectorInputError, r"external_assets\[1\] is -2"),
        ([[0, 1], [0, 0]], [1, 2, 3], 1, VectorInputError, "2 numbers"),
        ([[0, 1], [0, 0]], np.nan, 1, VectorInputError, "nan"),
        ([[0, 1], [0, 0]], 0, 1.5, RateInputError, "alpha is 1.5"),
        ([[0, 1], [0, 0]], 0, np.nan, RateInputError, "alpha"),
    ],
)
def test_bad_input_is_refused(
    liabilities: object, assets: object, alpha: float, error: type[Exception], word: str
) -> None:
    with pytest.raises(error, match=word):
        clearing_vector(liabilities, assets, alpha)  # type: ignore[arg-type]  # bad input is the point


def test_beta_and_ranks_are_checked() -> None:
    with pytest.raises(RateInputError, match=r"beta is -0\.1"):
        clearing_vector(THREE, 10, 1, -0.1)
    with pytest.raises(MatrixInputError, match="at least one"):
        clear_ranked([], 10)
    with pytest.raises(MatrixInputError, match="all alike"):
        clear_ranked([THREE, np.zeros((2, 2))], 10)


def test_large_sparse_systems_satisfy_the_equations() -> None:
    n = 30_000
    rng = np.random.default_rng(5)
    place = (rng.integers(0, n, 3 * n), rng.integers(0, n, 3 * n))
    liabilities = sparse.coo_array((rng.random(3 * n), place), shape=(n, n))
    result = clear(liabilities, rng.random(n) * 0.1, 0.9, 0.9)
    assert result.converged
    assert result.defaulted.sum() > 10_000
    again = clear(liabilities, rng.random(n) * 0 + 5)
    assert again.converged
