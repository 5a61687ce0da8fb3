"""Simulated defaults follow the probabilities, the copula and the published generator, within statistical bounds."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.integrate import quad
from scipy.special import ndtr, ndtri

from credit_graph.errors import SimulationInputError
from credit_graph.simulation import (
    GaussianCopula,
    copula_scenarios,
    joint_default_probability,
    seed_scenarios,
    vasicek_quantile,
)
from credit_graph.simulation.philox import normal, philox, uniforms

VECTORS = [
    ((0, 0), (0, 0, 0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((2**32 - 1,) * 2, (2**32 - 1,) * 4, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    (
        (0xA4093822, 0x299F31D0),
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@pytest.mark.parametrize(("key", "counter", "expected"), VECTORS)
def test_philox_gives_its_authors_vectors(key: tuple[int, ...], counter: tuple[int, ...], expected: str) -> None:
    words = philox(*(np.uint64(word) for word in key + counter))
    assert " ".join(f"{word:08x}" for word in words) == expected


def test_uniforms_and_normals_have_their_distribution() -> None:
    key = np.array([3, 4], np.uint64)
    drawn = np.array([uniforms(key, 1, k, place) for k in range(100) for place in range(100)])
    assert stats.kstest(drawn.ravel(), "uniform").pvalue > 0.01
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.04
    assert abs(np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1]) < 0.04
    assert stats.kstest([normal(key, 0, k, 0) for k in range(5000)], "norm").pvalue > 0.01


def defaults_of(copula: GaussianCopula, count: int, seed: int) -> NDArray[np.bool_]:
    scenarios = copula_scenarios(copula, count, np.random.default_rng(seed))
    found = np.zeros((count, copula.n), np.bool_)
    for number in range(count):
        found[number, scenarios.defaults(number)] = True
    return found


def test_each_firm_defaults_with_its_probability() -> None:
    pd = np.array([0.0, 1e-12, 0.001, 0.01, 0.0101, 0.2, 0.5, 0.9, 0.999, 1.0])
    for rho in (0.0, 0.3, 0.95):
        found = defaults_of(GaussianCopula(pd, rho), 20_000, seed=1).sum(axis=0)
        assert found[0] == 0
        assert found[-1] == 20_000
        deviation = (found - 20_000 * pd) / np.sqrt(20_000 * pd * (1 - pd) + 1e-6)
        assert (np.abs(deviation[2:-1]) < 4).all()


@pytest.mark.parametrize("rho", [0.0, 0.15, 0.6])
def test_two_firms_default_together_as_the_copula_says(rho: float) -> None:
    pd = np.array([0.03, 0.03, 0.1, 0.4])
    found = defaults_of(GaussianCopula(pd, rho), 40_000, seed=2)
    for a, b in [(0, 1), (0, 2), (1, 3), (2, 3)]:
        joint = joint_default_probability(pd[a], pd[b], rho)
        share = (found[:, a] & found[:, b]).mean()
        assert abs(share - joint) < 4 * np.sqrt(joint * (1 - joint) / 40_000)


def test_sectors_hang_together_more_loosely_than_firms_of_one() -> None:
    copula = GaussianCopula([0.1] * 4, [0.5, 0.3], [0, 0, 1, 1], between_sectors=0.4)
    found = defaults_of(copula, 40_000, seed=3)
    wanted = {(0, 1): 0.5, (2, 3): 0.3, (0, 2): 0.4 * np.sqrt(0.5 * 0.3), (1, 3): 0.4 * np.sqrt(0.5 * 0.3)}
    for (a, b), rho in wanted.items():
        joint = joint_default_probability(0.1, 0.1, rho)
        assert abs((found[:, a] & found[:, b]).mean() - joint) < 4 * np.sqrt(joint / 40_000)


def test_the_number_of_defaults_is_spread_as_one_normal_draw_for_each_firm_would() -> None:
    pd, rho = np.random.default_rng(4).random(300) * 0.1, 0.25
    ours = defaults_of(GaussianCopula(pd, rho), 3000, seed=5).sum(axis=1)
    rng = np.random.default_rng(6)
    assets = np.sqrt(rho) * rng.standard_normal((3000, 1)) + np.sqrt(1 - rho) * rng.standard_normal((3000, 300))
    plain = (assets < ndtri(pd)).sum(axis=1)
    assert stats.ks_2samp(ours, plain).pvalue > 0.01


def test_a_large_even_portfolio_has_vasiceks_quantiles() -> None:
    share = defaults_of(GaussianCopula(np.full(3000, 0.05), 0.2), 4000, seed=7).mean(axis=1)
    for level in (0.5, 0.9, 0.99):
        below = (share <= vasicek_quantile(0.05, 0.2, level)).mean()
        assert abs(below - level) < 4 * np.sqrt(level * (1 - level) / 4000) + 0.005


def both_default(factor: float, a: float, b: float, rho: float) -> float:
    alone = [ndtr((ndtri(pd) - np.sqrt(rho) * factor) / np.sqrt(1 - rho)) for pd in (a, b)]
    return float(alone[0] * alone[1] * stats.norm.pdf(factor))


def test_joint_probability_is_the_integral_over_the_factor() -> None:
    for a, b, rho in [(0.01, 0.02, 0.2), (0.3, 0.001, 0.5), (0.5, 0.5, 0.9)]:
        whole, _ = quad(both_default, -10, 10, args=(a, b, rho))
        assert joint_default_probability(a, b, rho) == pytest.approx(whole, rel=1e-4)
    assert joint_default_probability(0.0, 0.5, 0.5) == 0
    assert joint_default_probability(1.0, 0.5, 0.5) == 0.5


def test_seeds_are_fixed_in_number_different_and_even() -> None:
    scenarios = seed_scenarios(20, 5, 4000, np.random.default_rng(8))
    count = np.zeros(20)
    for number in range(4000):
        seeds = scenarios.defaults(number)
        assert len(set(seeds.tolist())) == 5
        count[seeds] += 1
    assert (np.abs(count - 1000) < 4 * np.sqrt(1000 * 0.75)).all()
    assert seed_scenarios(4, 4, 1, np.random.default_rng(8)).defaults(0).tolist() == [0, 1, 2, 3]


WRONG = [
    {"pd": [1.1]},
    {"pd": [-0.1]},
    {"pd": [np.nan]},
    {"pd": [[0.1]]},
    {"correlation": 1.0},
    {"correlation": -0.1},
    {"correlation": np.nan},
    {"correlation": [0.1, 0.2]},
    {"sector": [0, 1]},
    {"sector": [0.5]},
    {"sector": [-1]},
    {"between_sectors": 1.5},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_wrong_copulas_are_refused(wrong: dict[str, object]) -> None:
    right = {"pd": [0.1], "correlation": 0.2}
    assert GaussianCopula(**right).n == 1
    with pytest.raises(SimulationInputError):
        GaussianCopula(**(right | wrong))


def test_wrong_probabilities_are_refused() -> None:
    for call in (
        lambda: joint_default_probability(1.2, 0.1, 0.1),
        lambda: joint_default_probability(0.2, 0.1, 1.0),
        lambda: vasicek_quantile(0.1, 0.1, 1.0),
    ):
        with pytest.raises(SimulationInputError):
            call()
