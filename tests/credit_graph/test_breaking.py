"""Releases: rankings, budgets, and what is left on scenarios that were held out."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from simulation_sample import samples

from credit_graph.breaking import STRATEGIES, circle_ties, compare_releases, rank_ties, release, within_budget
from credit_graph.errors import CreditGraphError, ReleaseInputError
from credit_graph.graph import Layer, layer
from credit_graph.reference.simulation import blame_by_rounds, cascade_rounds
from credit_graph.simulation import GaussianCopula, Scenarios, copula_scenarios, seed_scenarios, simulate_cascades


def province(n: int, seed: int) -> tuple[Layer, np.ndarray, Scenarios, Scenarios]:
    rng = np.random.default_rng(seed)
    tail = rng.integers(0, n, 3 * n)
    head = np.where(rng.random(3 * n) < 0.5, tail // 20 * 20 + rng.integers(0, 20, 3 * n), rng.integers(0, n, 3 * n))
    guarantees = layer("guarantee", tail, head % n, n, amount_fen=rng.lognormal(15, 1, 3 * n).astype(np.int64))
    buffer = rng.lognormal(15.5, 1, n)
    copula = GaussianCopula(np.full(n, 0.02), 0.15)
    return guarantees, buffer, copula_scenarios(copula, 150, rng), copula_scenarios(copula, 150, rng)


def test_attribution_prevents_more_contagion_than_chance_or_size_on_scenarios_it_has_not_seen() -> None:
    guarantees, buffer, training, held_out = province(2000, seed=1)
    found = compare_releases(guarantees, buffer, training, held_out, np.random.default_rng(2), share=0.02)
    change = found.set_index("strategy")["change"]
    error = found.set_index("strategy")["change_standard_error"]
    assert found["strategy"].tolist() == ["none", *STRATEGIES]
    assert (change.drop("none") < 0).all()
    assert change["attribution"] < change["largest amount"] - 3 * error["attribution"]
    assert change["attribution"] < change["random"] - 3 * error["attribution"]
    assert found.set_index("strategy")["released"].drop(["none", "circles"]).eq(120).all()
    share = found.set_index("strategy")["released_amount_share"]
    assert share["attribution per amount"] < share["attribution"]


def test_releasing_nothing_changes_nothing() -> None:
    guarantees, buffer, training, held_out = province(500, seed=3)
    rng = np.random.default_rng(4)
    found = compare_releases(
        guarantees, buffer, training, held_out, rng, share=0.0, strategies=["attribution", "random"]
    )
    assert found["change"].tolist() == found["loss_change"].tolist() == [0, 0, 0]
    assert found["expected_loss_fen"].nunique() == found["contagion_defaults"].nunique() == 1
    same = release(guarantees, np.zeros(guarantees.m, np.bool_))
    for name in ("tail", "head", "amount_fen", "row"):
        assert np.array_equal(getattr(same, name), getattr(guarantees, name))


def test_releasing_all_ends_contagion() -> None:
    guarantees, buffer, training, held_out = province(500, seed=5)
    rng = np.random.default_rng(4)
    found = compare_releases(guarantees, buffer, training, held_out, rng, share=1.0, strategies=["largest amount"])
    assert found["contagion_defaults"][0] > 0
    assert found["contagion_defaults"][1] == 0
    assert found["change"][1] == -1
    assert found["released_amount_share"][1] == 1


def test_a_released_layer_gives_the_cascades_of_calls_set_to_nothing() -> None:
    for sample in samples(100, seed=6):
        rng = np.random.default_rng(sample.guarantees.m)
        mask = rng.random(sample.guarantees.m) < 0.4
        less = release(sample.guarantees, mask)
        kept = np.where(mask, 0.0, sample.guarantees.amount_fen)
        one = simulate_cascades(less, sample.buffer, sample.scenarios, loss_fen=sample.loss)
        two = simulate_cascades(sample.guarantees, sample.buffer, sample.scenarios, call_fen=kept, loss_fen=sample.loss)
        pd.testing.assert_frame_equal(one.scenarios, two.scenarios)
        assert np.array_equal(less.row, sample.guarantees.row[~mask])


def test_no_release_ever_adds_contagion() -> None:
    for sample in samples(100, seed=7):
        order = rank_ties(sample.guarantees, sample.buffer, "attribution", scenarios=sample.scenarios)
        less = release(sample.guarantees, within_budget(sample.guarantees, order, 0.3))
        before = simulate_cascades(sample.guarantees, sample.buffer, sample.scenarios).scenarios
        after = simulate_cascades(less, sample.buffer, sample.scenarios).scenarios
        assert (after["contagion_defaults"] <= before["contagion_defaults"]).all()


def test_attribution_ranks_by_the_blame_of_the_twin() -> None:
    for sample in samples(100, seed=8):
        order = rank_ties(sample.guarantees, sample.buffer, "attribution", scenarios=sample.scenarios)
        blame = np.zeros(sample.guarantees.m)
        for number in range(sample.scenarios.count):
            own = sample.scenarios.defaults(number).tolist()
            blame += blame_by_rounds(sample.ties, cascade_rounds(sample.ties, sample.buffer, own))[0]
        assert (np.diff(blame[order]) <= 1e-6).all()


def test_no_circle_is_left_without_the_circle_ties() -> None:
    for sample in samples(200, seed=9):
        less = release(sample.guarantees, circle_ties(sample.guarantees))
        assert nx.is_directed_acyclic_graph(nx.DiGraph(zip(less.tail.tolist(), less.head.tolist(), strict=True)))


def test_every_strategy_names_each_tie_once() -> None:
    for sample in samples(50, seed=10):
        for strategy in STRATEGIES:
            order = rank_ties(
                sample.guarantees, sample.buffer, strategy, scenarios=sample.scenarios, rng=np.random.default_rng(1)
            )
            assert sorted(order.tolist()) == list(range(sample.guarantees.m))


def test_a_budget_is_kept_to_the_tie_and_to_the_fen() -> None:
    guarantees = layer("guarantee", np.zeros(100, int), np.arange(1, 101), n=101, amount_fen=np.full(100, 10))
    order = np.arange(100)
    for percent in range(101):
        assert within_budget(guarantees, order, percent / 100).sum() == percent
        assert within_budget(guarantees, order, percent / 100, "amount").sum() == percent


def test_huge_amounts_do_not_overflow_a_budget() -> None:
    most = 2**53 - 1
    guarantees = layer("guarantee", [0, 1, 2], [1, 2, 0], n=3, amount_fen=[most, most, most])
    assert within_budget(guarantees, [0, 1, 2], 0.67, "amount").sum() == 2


def test_refusals() -> None:
    guarantees, rng = layer("guarantee", [0, 1], [1, 0], n=2, amount_fen=[5, 6]), np.random.default_rng(7)
    scenarios = seed_scenarios(2, 1, 3, rng)
    calls = [
        lambda: rank_ties(guarantees, [1, 1], "luck"),
        lambda: rank_ties(guarantees, [1, 1], "random"),
        lambda: rank_ties(guarantees, [1, 1], "attribution"),
        lambda: rank_ties(guarantees, [1, -1], "largest amount"),
        lambda: within_budget(guarantees, [0, 1], 1.1),
        lambda: within_budget(guarantees, [0, 1], np.nan),
        lambda: within_budget(guarantees, [0, 1], 0.5, "yuan"),
        lambda: within_budget(guarantees, [0, 0], 0.5),
        lambda: within_budget(guarantees, [0], 0.5),
        lambda: release(guarantees, [0, 1]),
        lambda: release(guarantees, [True]),
    ]
    for call in calls:
        with pytest.raises(CreditGraphError):
            call()
    with pytest.raises(ReleaseInputError, match="held_out"):
        compare_releases(guarantees, [1, 1], scenarios, scenarios, rng)
