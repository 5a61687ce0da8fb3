"""The kernels of the simulations against plain Python, on hundreds of small graphs; and what must not change them."""

import numpy as np
import pandas as pd
import pytest
from simulation_sample import Sample, samples

from credit_graph.cascade import guarantee_calls, guarantee_cascade, threshold_cascade
from credit_graph.debtrank import debtrank
from credit_graph.errors import CreditGraphError, SimulationInputError
from credit_graph.graph import layer
from credit_graph.reference.simulation import blame_by_rounds, cascade_rounds, stress_limit
from credit_graph.simulation import (
    GaussianCopula,
    attribute_blame,
    capped_calls,
    copula_scenarios,
    seed_scenarios,
    simulate_cascades,
    simulate_debtrank,
)


def matrix_of(sample: Sample) -> np.ndarray:
    matrix = np.zeros((len(sample.buffer), len(sample.buffer)))
    np.add.at(matrix, (sample.guarantees.tail, sample.guarantees.head), sample.guarantees.amount_fen)
    return matrix


@pytest.mark.parametrize("falls_when_equal", [False, True])
def test_cascades_fell_whom_plain_rounds_fell(falls_when_equal: bool) -> None:
    contagion = 0
    for sample in samples(400, seed=1):
        found = simulate_cascades(
            sample.guarantees,
            sample.buffer,
            sample.scenarios,
            loss_fen=sample.loss,
            falls_when_equal=falls_when_equal,
            threads=1,
        )
        rows = []
        fallen = np.zeros((len(sample.buffer), 2))
        for number in range(sample.scenarios.count):
            own = sample.scenarios.defaults(number).tolist()
            fell = np.array(cascade_rounds(sample.ties, sample.buffer, own, falls_when_equal), np.int64)
            rows.append((number, (fell == 0).sum(), (fell > 0).sum(), sample.loss[fell == 0].sum()))
            rows[-1] += (sample.loss[fell > 0].sum(), sample.loss[fell >= 0].sum())
            fallen += np.column_stack([fell == 0, fell > 0])
            contagion += int((fell > 0).sum())
        assert found.scenarios.to_numpy(float).tolist() == np.array(rows, float).tolist()
        shares = found.firms[["own_default_probability", "contagion_default_probability"]].to_numpy()
        assert np.allclose(shares, fallen / sample.scenarios.count)
    assert contagion > 500


def test_blame_is_what_recursion_says_and_sums_to_the_contagion_defaults() -> None:
    for sample in samples(300, seed=2):
        report = attribute_blame(sample.guarantees, sample.buffer, sample.scenarios, loss_fen=sample.loss, threads=1)
        over, began, total = np.zeros(sample.guarantees.m), np.zeros(len(sample.buffer)), 0
        for number in range(sample.scenarios.count):
            fell = cascade_rounds(sample.ties, sample.buffer, sample.scenarios.defaults(number).tolist())
            ties, firms = blame_by_rounds(sample.ties, fell)
            over, began, total = over + ties, began + firms, total + sum(now > 0 for now in fell)
        assert report.contagion_defaults == total
        assert report.firm_defaults.sum() == pytest.approx(total, abs=1e-6)
        assert np.allclose(report.tie_defaults, over, atol=1e-6)
        assert np.allclose(report.firm_defaults, began, atol=1e-6)


def test_importance_is_the_blame_of_the_origins_for_defaults_and_losses() -> None:
    for sample in samples(200, seed=3):
        count = sample.scenarios.count
        found = simulate_cascades(sample.guarantees, sample.buffer, sample.scenarios, loss_fen=sample.loss)
        report = attribute_blame(sample.guarantees, sample.buffer, sample.scenarios, loss_fen=sample.loss)
        assert np.allclose(found.firms["caused_defaults"] * count, report.firm_defaults, atol=1e-6)
        assert np.allclose(found.firms["caused_loss_fen"] * count, report.firm_loss_fen, atol=1e-6)
        assert report.firm_loss_fen.sum() == pytest.approx(found.scenarios["contagion_loss_fen"].sum(), abs=1e-5)


def test_the_standard_error_of_importance_is_that_of_the_scenarios() -> None:
    guarantees = layer("guarantee", [0, 1, 2], [3, 3, 1], n=4, amount_fen=[5, 5, 5])
    scenarios = copula_scenarios(GaussianCopula([0.0, 0.1, 0.0, 0.5], 0.2), 500, np.random.default_rng(7))
    firms = simulate_cascades(guarantees, [1, 1, 9, 9], scenarios).firms
    caused = []
    for number in range(500):
        own = scenarios.defaults(number).tolist()
        fell = cascade_rounds([(0, 3, 5), (1, 3, 5), (2, 1, 5)], [1, 1, 9, 9], own)
        caused.append(sum(now > 0 for now in fell))
    error = np.std(caused) / np.sqrt(500)
    assert firms["caused_defaults"][3] == pytest.approx(np.mean(caused))
    assert firms["caused_defaults_standard_error"][3] == pytest.approx(error, rel=1e-6)
    assert firms["caused_loss_standard_error"][3] > 0 or firms["caused_loss_fen"][3] == 0


def test_single_scenarios_agree_with_the_cascades_of_matrices() -> None:
    for sample in samples(200, seed=4):
        buffer = np.where(np.isinf(sample.buffer), 1e9, sample.buffer)
        debt, matrix = np.arange(len(buffer)) * 3.0, matrix_of(sample)
        call = capped_calls(sample.guarantees, debt, loss_given_default=0.5)
        found = simulate_cascades(sample.guarantees, buffer, sample.scenarios, call_fen=call).scenarios
        equal = simulate_cascades(sample.guarantees, buffer, sample.scenarios, falls_when_equal=True).scenarios
        for number in range(sample.scenarios.count):
            own = np.isin(np.arange(len(buffer)), sample.scenarios.defaults(number))
            calls = guarantee_cascade(matrix, debt, buffer, own, loss_given_default=0.5)
            assert found["contagion_defaults"][number] == calls.contagion.sum()
            assert equal["contagion_defaults"][number] == threshold_cascade(matrix, buffer, own).contagion.sum()


def test_capped_calls_agree_with_those_of_matrices() -> None:
    for sample in samples(200, seed=5):
        n = len(sample.buffer)
        for debt, share in ((np.arange(n) * 2.0, 1.0), (np.arange(n) * 5.0, 0.4)):
            call = capped_calls(sample.guarantees, debt, loss_given_default=share)
            ours = np.zeros((n, n))
            np.add.at(ours, (sample.guarantees.tail, sample.guarantees.head), call)
            theirs = guarantee_calls(matrix_of(sample), debt, loss_given_default=share)
            assert np.allclose(ours, theirs.toarray())


def test_debtrank_approaches_the_limit_from_below() -> None:
    for sample in samples(300, seed=6):
        equity = np.where(np.isinf(sample.buffer), 50.0, sample.buffer * 2)
        found = simulate_debtrank(sample.guarantees, equity, sample.scenarios, stress=0.3, significant=1e-12)
        loose = simulate_debtrank(sample.guarantees, equity, sample.scenarios, stress=0.3, significant=0.05)
        limits = []
        for number in range(sample.scenarios.count):
            start = np.where(np.isin(np.arange(len(equity)), sample.scenarios.defaults(number)), 0.3, 0.0)
            limits.append(stress_limit(sample.ties, equity, start))
        mean = np.array(limits).mean(axis=0)
        assert np.allclose(found.firms["mean_stress"], mean, atol=1e-6)
        assert (loose.firms["mean_stress"] <= mean + 1e-9).all()


def test_debtrank_agrees_with_that_of_one_scenario() -> None:
    for sample in samples(100, seed=7):
        equity = np.where(np.isinf(sample.buffer), 50.0, sample.buffer + 1)
        found = simulate_debtrank(sample.guarantees, equity, sample.scenarios, stress=0.5, significant=1e-12)
        for number in range(sample.scenarios.count):
            start = np.where(np.isin(np.arange(len(equity)), sample.scenarios.defaults(number)), 0.5, 0.0)
            exact = debtrank(matrix_of(sample), equity, start)
            assert found.scenarios["loss"][number] == pytest.approx(exact.value_lost, abs=1e-6)
            assert found.scenarios["own_loss"][number] == pytest.approx(exact.value_lost - exact.contagion_value_lost)


def test_the_error_of_a_loose_threshold_stays_within_its_bound() -> None:
    rng = np.random.default_rng(8)
    for _ in range(20):
        n, m = 60, 150
        guarantees = layer("guarantee", rng.integers(0, n, m), rng.integers(0, n, m), n, rng.integers(1, 9, m))
        equity = 60.0 + rng.integers(0, 60, n)
        scenarios = seed_scenarios(n, 5, 1, rng)
        part = np.where(guarantees.tail == guarantees.head, 0, guarantees.amount_fen / equity[guarantees.tail])
        q = np.bincount(guarantees.head, part, minlength=n).max()
        exact = simulate_debtrank(guarantees, equity, scenarios, weights=np.ones(n), significant=1e-13).scenarios
        loose = simulate_debtrank(guarantees, equity, scenarios, weights=np.ones(n), significant=0.03).scenarios
        assert q < 1
        short = (exact["loss"] - loose["loss"])[0] * n
        assert short + 1e-9 >= 0
        assert short <= loose["unsent"][0] * q / (1 - q) + 1e-9


def frames(threads: int, batch: int) -> list[pd.DataFrame]:
    rng = np.random.default_rng(9)
    n, m = 2000, 6000
    guarantees = layer("guarantee", rng.integers(0, n, m), rng.integers(0, n, m), n, rng.integers(0, 10**9, m))
    buffer, pd_ = rng.random(n) * 10**9, rng.random(n) * 0.03
    scenarios = copula_scenarios(GaussianCopula(pd_, [0.1, 0.3], rng.integers(0, 2, n), 0.6), 60, rng)
    runs = {"threads": threads, "batch": batch}
    cascades = simulate_cascades(guarantees, buffer, scenarios, **runs)
    stress = simulate_debtrank(guarantees, buffer * 9, scenarios, **runs)
    blame = attribute_blame(guarantees, buffer, scenarios, **runs)
    ties = pd.DataFrame({"defaults": blame.tie_defaults, "loss": blame.tie_loss_fen})
    return [cascades.scenarios, cascades.firms, stress.scenarios, stress.firms, ties]


def test_threads_and_batches_change_no_bit() -> None:
    wanted = frames(threads=1, batch=60)
    assert wanted[0]["contagion_defaults"].sum() > 100
    for threads, batch in ((2, 1), (2, 7), (1, 13), (3, 1000)):
        for one, two in zip(wanted, frames(threads, batch), strict=True):
            pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_a_scenario_does_not_depend_on_how_many_there_are() -> None:
    copula = GaussianCopula(np.full(500, 0.05), 0.3)
    few, many = (copula_scenarios(copula, count, np.random.default_rng(7)) for count in (5, 50))
    assert [few.defaults(k).tolist() for k in range(5)] == [many.defaults(k).tolist() for k in range(5)]
    assert many.defaults(1).tolist() != many.defaults(2).tolist()


def test_nothing_happens_without_firms_scenarios_or_ties() -> None:
    none = layer("guarantee", [], [], 0)
    empty = copula_scenarios(GaussianCopula([], 0.1), 3, np.random.default_rng(7))
    assert simulate_cascades(none, [], empty).scenarios["loss_fen"].tolist() == [0, 0, 0]
    assert simulate_debtrank(none, [], empty).scenarios["loss"].tolist() == [0, 0, 0]
    lone = layer("guarantee", [], [], 1)
    no_scenario = copula_scenarios(GaussianCopula([0.5], 0.1), 0, np.random.default_rng(7))
    assert len(simulate_cascades(lone, [1], no_scenario).scenarios) == 0
    assert simulate_cascades(lone, [1], no_scenario).firms["caused_defaults"].tolist() == [0]
    assert attribute_blame(lone, [1], no_scenario).contagion_defaults == 0


def test_the_largest_amounts_do_not_overflow() -> None:
    most = 2**53 - 1
    guarantees = layer("guarantee", [0, 0, 1], [1, 2, 2], n=3, amount_fen=[most, most, most])
    scenarios = copula_scenarios(GaussianCopula([0.0, 0.0, 1.0], 0.1), 1000, np.random.default_rng(7))
    found = simulate_cascades(guarantees, [1.5 * most, 0, 0], scenarios)
    assert found.firms["caused_defaults"].tolist() == [0, 0, 2]
    assert found.firms["caused_loss_fen"][2] == pytest.approx(float(most))
    assert found.risk(0.99).expected_loss == pytest.approx(3.0 * most)


RIGHT = {"buffer_fen": [5.0, 5.0]}
WRONG = [
    {"buffer_fen": [5.0]},
    {"buffer_fen": [5.0, -1.0]},
    {"buffer_fen": [5.0, np.nan]},
    {"buffer_fen": [[5.0, 5.0]]},
    {"buffer_fen": ["many", "few"]},
    RIGHT | {"call_fen": [1.0, 2.0]},
    RIGHT | {"call_fen": [np.inf]},
    RIGHT | {"call_fen": [-1]},
    RIGHT | {"loss_fen": [1.0, np.nan]},
    RIGHT | {"loss_fen": [1.0, np.inf]},
    RIGHT | {"loss_fen": [1.0, 1e300]},
    RIGHT | {"threads": 0},
    RIGHT | {"batch": 0},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_wrong_input_is_refused_by_name(wrong: dict[str, object]) -> None:
    guarantees = layer("guarantee", [0], [1], n=2, amount_fen=[5])
    scenarios = seed_scenarios(2, 1, 3, np.random.default_rng(7))
    assert len(simulate_cascades(guarantees, **RIGHT, scenarios=scenarios).scenarios) == 3
    with pytest.raises(SimulationInputError):
        simulate_cascades(guarantees, scenarios=scenarios, **wrong)


def test_other_refusals() -> None:
    guarantees = layer("guarantee", [0], [1], n=2, amount_fen=[5])
    rng = np.random.default_rng(7)
    two, three = seed_scenarios(2, 1, 3, rng), seed_scenarios(3, 1, 3, rng)
    calls = [
        lambda: simulate_cascades(guarantees, [5, 5], three),
        lambda: simulate_debtrank(guarantees, [5, 5], three),
        lambda: simulate_debtrank(guarantees, [5, -5], two),
        lambda: simulate_debtrank(guarantees, [5, 5], two, stress=1.5),
        lambda: simulate_debtrank(guarantees, [5, 5], two, stress=0.1, significant=0.1),
        lambda: simulate_debtrank(guarantees, [5, 5], two, weights=[1, np.nan]),
        lambda: seed_scenarios(2, 3, 1, rng),
        lambda: seed_scenarios(2, -1, 1, rng),
        lambda: seed_scenarios(2, 1, -1, rng),
        lambda: capped_calls(guarantees, [5, 5], loss_given_default=1.1),
        lambda: capped_calls(guarantees, [5, np.nan]),
        lambda: two.defaults(3),
    ]
    for call in calls:
        with pytest.raises(CreditGraphError):
            call()
