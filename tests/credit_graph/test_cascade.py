import numpy as np
import pytest
from contagion_sample import formats, networks
from scipy import sparse

from credit_graph.cascade import furfine_cascade, guarantee_calls, guarantee_cascade, threshold_cascade
from credit_graph.errors import MatrixInputError, RateInputError, VectorInputError
from credit_graph.graph import layer
from credit_graph.matrices import layer_matrix
from credit_graph.reference.contagion import guarantee_by_rounds, threshold_by_rounds

CHAIN = np.diag([5.0, 5, 5], k=1)


def test_the_threshold_cascade_agrees_with_its_rounds() -> None:
    spread = 0
    for rng, exposures in networks(500, seed=1):
        n = len(exposures)
        equity = rng.integers(0, 12, n)
        failed = np.flatnonzero(rng.random(n) < 0.25)
        rate = float(rng.choice([0.3, 0.6, 1]))
        result = threshold_cascade(exposures, equity, failed, loss_given_default=rate)
        slow = threshold_by_rounds(exposures.tolist(), equity.tolist(), set(failed.tolist()), rate)
        assert result.round.tolist() == slow, (exposures, equity, failed, rate)
        spread += int(result.rounds > 1)
    assert spread > 50


def test_the_guarantee_cascade_agrees_with_its_rounds() -> None:
    spread = 0
    for rng, guarantees in networks(500, seed=2):
        n = len(guarantees)
        debt, buffer = rng.integers(0, 25, n), rng.integers(0, 8, n)
        failed = np.flatnonzero(rng.random(n) < 0.25)
        result = guarantee_cascade(guarantees, debt, buffer, failed)
        slow = guarantee_by_rounds(guarantees.tolist(), debt.tolist(), buffer.tolist(), set(failed.tolist()))
        assert result.round.tolist() == slow
        spread += int(result.rounds > 1)
    assert spread > 50


def test_guarantors_who_stand_in_for_each_other_agree_with_their_rounds() -> None:
    further = 0
    for rng, guarantees in networks(500, seed=12):
        n = len(guarantees)
        debt, buffer = rng.integers(0, 25, n), rng.integers(0, 8, n)
        failed = np.flatnonzero(rng.random(n) < 0.25)
        result = guarantee_cascade(guarantees, debt, buffer, failed, joint_and_several=True)
        given = guarantees.tolist(), debt.tolist(), buffer.tolist(), set(failed.tolist())
        assert result.round.tolist() == guarantee_by_rounds(*given, joint=True)
        alone = guarantee_cascade(guarantees, debt, buffer, failed)
        assert (alone.failed <= result.failed).all()
        further += int((result.failed & ~alone.failed).sum())
        by_firm = result.hits.groupby("firm")["amount"].sum().reindex(range(n), fill_value=0.0)
        assert by_firm.to_numpy() == pytest.approx(result.losses)
        np.fill_diagonal(guarantees, 0)
        calls = result.impact.toarray()
        assert (calls <= guarantees * (1 + 1e-12)).all()
        # those who stand pay the debt, or all that they guarantee
        standing = np.where(result.failed[:, None], 0.0, guarantees).sum(axis=0)
        assert calls[~result.failed].sum(axis=0) == pytest.approx(np.minimum(debt, standing))
    assert further > 20


def test_three_joint_guarantors_fall_one_by_one_as_the_debt_passes_on() -> None:
    # a debt of 90: 30 each, then 45 each, then all 60 that the last one guarantees
    guarantees = [[0, 0, 0, 60]] * 3 + [[0] * 4]
    given = guarantees, [0, 0, 0, 90]
    assert guarantee_cascade(*given, [29, 44, 60, 0], [3], joint_and_several=True).round.tolist() == [1, 2, -1, 0]
    assert guarantee_cascade(*given, [29, 44, 59, 0], [3], joint_and_several=True).round.tolist() == [1, 2, 3, 0]
    assert guarantee_cascade(*given, [29, 45, 44, 0], [3], joint_and_several=True).round.tolist() == [1, 3, 2, 0]
    assert guarantee_cascade(*given, [29, 44, 59, 0], [3]).round.tolist() == [1, -1, -1, 0]


def test_calls_exceed_neither_the_guarantee_nor_the_debt() -> None:
    for rng, guarantees in networks(200, seed=3):
        np.fill_diagonal(guarantees, 0)
        debt = rng.random(len(guarantees)) * 20
        calls = guarantee_calls(guarantees, debt).toarray()
        assert (calls <= guarantees * (1 + 1e-12)).all()
        assert calls.sum(axis=0) == pytest.approx(np.minimum(debt, guarantees.sum(axis=0)))


def test_the_result_is_the_least_fixed_point_and_tells_every_hit() -> None:
    for rng, exposures in networks(200, seed=4):
        np.fill_diagonal(exposures, 0)
        n = len(exposures)
        equity = rng.integers(0, 12, n)
        start = rng.random(n) < 0.25
        result = threshold_cascade(exposures, equity, start)
        assert result.losses == pytest.approx(exposures[:, result.failed].sum(axis=1))
        assert (result.failed == (start | ((result.losses > 0) & (result.losses >= equity)))).all()
        by_firm = result.hits.groupby("firm")["amount"].sum().reindex(range(n), fill_value=0.0)
        assert by_firm.to_numpy() == pytest.approx(result.losses)
        assert (result.round[result.hits["failed_firm"]] + 1 == result.hits["round"]).all()


def test_more_failures_never_save_a_firm() -> None:
    for rng, exposures in networks(200, seed=5):
        n = len(exposures)
        equity, start = rng.integers(0, 12, n), rng.random(n) < 0.2
        more = start | (rng.random(n) < 0.2)
        few, many = threshold_cascade(exposures, equity, start), threshold_cascade(exposures, equity, more)
        assert (few.failed <= many.failed).all()


def test_a_loss_that_equals_the_equity_is_fatal_but_a_call_that_can_be_met_is_met() -> None:
    assert threshold_cascade(CHAIN, 5, [3]).round.tolist() == [3, 2, 1, 0]
    assert guarantee_cascade(CHAIN, 5, 5, [3]).round.tolist() == [-1, -1, -1, 0]
    assert guarantee_cascade(CHAIN, 5, 4.99, [3]).round.tolist() == [3, 2, 1, 0]


def test_sums_of_tenths_meet_a_buffer_of_tenths() -> None:
    three = [[0, 0.1, 0.1, 0.1], *([[0] * 4] * 3)]
    assert threshold_cascade(three, 0.3, [1, 2, 3]).failed[0]
    assert not guarantee_cascade(three, 1, [0.3, 0, 0, 0], [1, 2, 3]).failed[0]


def test_a_firm_without_buffer_falls_only_if_it_is_called() -> None:
    assert threshold_cascade(CHAIN, 0, []).failed.tolist() == [False] * 4
    assert threshold_cascade(CHAIN, 0, [0]).failed.tolist() == [True, False, False, False]
    assert guarantee_cascade(CHAIN, 0, 0, [3]).failed.tolist() == [False, False, False, True]
    assert threshold_cascade(CHAIN, 0, [3], loss_given_default=0).failed.tolist() == [False, False, False, True]


def test_guarantors_of_one_debt_share_it_by_what_they_guaranteed() -> None:
    guarantees = [[0, 0, 60], [0, 0, 30], [0, 0, 0]]
    assert guarantee_calls(guarantees, [0, 0, 45]).toarray()[:, 2].tolist() == [30, 15, 0]
    assert guarantee_calls(guarantees, [0, 0, 900]).toarray()[:, 2].tolist() == [60, 30, 0]
    half = guarantee_calls(guarantees, [0, 0, 90], loss_given_default=[0, 0, 0.5])
    assert half.toarray()[:, 2].tolist() == [30, 15, 0]


def test_a_mask_and_numbers_name_the_same_firms() -> None:
    by_mask = threshold_cascade(CHAIN, 5, np.array([False, False, False, True]))
    by_list = threshold_cascade(CHAIN, 5, [False, False, False, True])
    assert by_mask.round.tolist() == by_list.round.tolist() == threshold_cascade(CHAIN, 5, 3).round.tolist()
    assert threshold_cascade(CHAIN, 5, {3, 1}).round.tolist() == threshold_cascade(CHAIN, 5, [1, 3]).round.tolist()


def test_furfine_tries_every_firm_alone() -> None:
    for rng, exposures in networks(60, seed=6):
        n = len(exposures)
        equity = rng.integers(0, 8, n)
        table = furfine_cascade(exposures, equity, loss_given_default=0.6)
        assert table["trigger"].tolist() == list(range(n))
        for row in table.itertuples():
            slow = threshold_by_rounds(exposures.tolist(), equity.tolist(), {int(row.trigger)}, 0.6)
            assert row.failed == sum(when > 0 for when in slow)
            assert row.rounds == max(slow)
    assert furfine_cascade(CHAIN, 5, loss_given_default=1, triggers=[3])["failed"].tolist() == [3]


def test_a_layer_of_the_graph_can_be_used_with_parallel_guarantees_and_self_loops() -> None:
    tied = layer("guarantee", [0, 0, 1, 2], [1, 1, 2, 2], n=3, amount_fen=[5, 7, 30, 100])
    matrix = layer_matrix(tied, 3)
    assert guarantee_cascade(matrix, 20, [11, 19, 0], [2]).round.tolist() == [2, 1, 0]
    assert guarantee_cascade(matrix, 20, [12, 19, 0], [2]).round.tolist() == [-1, 1, 0]


def test_a_long_chain_falls_to_its_end() -> None:
    n = 3000
    chain = sparse.diags_array(np.ones(n - 1), offsets=1, shape=(n, n))
    result = threshold_cascade(chain, 1, [n - 1])
    assert result.failed.all()
    assert result.rounds == n - 1


@pytest.mark.parametrize("matrix", formats(CHAIN), ids=lambda matrix: type(matrix).__name__)
def test_every_kind_of_matrix_is_read_alike(matrix: object) -> None:
    assert threshold_cascade(matrix, 5, [3]).round.tolist() == [3, 2, 1, 0]


def test_nobody_and_nothing() -> None:
    assert threshold_cascade([], [], []).failed.shape == (0,)
    assert len(threshold_cascade([], [], []).hits) == 0
    assert len(furfine_cascade([], [])) == 0
    assert threshold_cascade([[9]], 0, [0]).losses.tolist() == [0]
    assert guarantee_cascade(np.zeros((2, 2)), 0, 0, [0]).rounds == 0


@pytest.mark.parametrize(
    ("exposures", "equity", "failed", "rate", "error", "word"),
    [
        ([[0, -1], [0, 0]], 1, [0], 1, MatrixInputError, "-1"),
        ([[0, np.inf], [0, 0]], 1, [0], 1, MatrixInputError, "inf"),
        ([[0, 1], [0, 0]], -1, [0], 1, VectorInputError, "equity"),
        ([[0, 1], [0, 0]], [np.nan, 1], [0], 1, VectorInputError, "nan"),
        ([[0, 1], [0, 0]], 1, [2], 1, VectorInputError, "firm 2"),
        ([[0, 1], [0, 0]], 1, [-1], 1, VectorInputError, "firm -1"),
        ([[0, 1], [0, 0]], 1, [True], 1, VectorInputError, "mask"),
        ([[0, 1], [0, 0]], 1, [0.5], 1, VectorInputError, "numbers of firms"),
        ([[0, 1], [0, 0]], 1, ["a"], 1, VectorInputError, "numbers of firms"),
        (np.zeros((3, 3)), 1, [0, 0, 1], 1, VectorInputError, "3 zeros and ones; give True and False"),
        (np.array([[0, 1j], [0, 0]]), 1, [0], 1, MatrixInputError, "complex"),
        ([[0, 1], [0, 0]], 1, [0], 1.01, RateInputError, "loss_given_default"),
    ],
)
def test_bad_input_is_refused(
    exposures: object, equity: object, failed: object, rate: float, error: type[Exception], word: str
) -> None:
    with pytest.raises(error, match=word):
        threshold_cascade(exposures, equity, failed, loss_given_default=rate)  # type: ignore[arg-type]  # on purpose
