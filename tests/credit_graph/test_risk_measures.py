"""Risk measures of discrete losses: exact definitions, ties, coherence."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from credit_graph.errors import RiskMeasureInputError
from credit_graph.reference.simulation import shortfall_by_definition
from credit_graph.risk_measures import expected_shortfall, risk_measures, value_at_risk

LOSSES = st.lists(st.integers(0, 20), min_size=1, max_size=60)
LEVELS = st.integers(1, 99).map(lambda percent: percent / 100)


@given(LOSSES, LEVELS)
def test_they_are_those_of_acerbi_and_tasche(losses: list[int], level: float) -> None:
    quantile, shortfall = shortfall_by_definition(losses, repr(level))
    assert value_at_risk(losses, level) == quantile
    assert expected_shortfall(losses, level) == pytest.approx(shortfall, rel=1e-12, abs=1e-12)


@given(LOSSES, LEVELS)
def test_shortfall_lies_between_quantile_and_worst_loss(losses: list[int], level: float) -> None:
    shortfall = expected_shortfall(losses, level)
    assert value_at_risk(losses, level) <= shortfall <= max(losses) + 1e-9
    assert shortfall >= np.mean(losses) - 1e-9


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=40), LEVELS)
def test_shortfall_of_a_sum_is_no_more_than_the_sum_of_shortfalls(pairs: list[tuple[int, int]], level: float) -> None:
    one, two = np.array(pairs).T
    assert expected_shortfall(one + two, level) <= (
        expected_shortfall(one, level) + expected_shortfall(two, level) + 1e-9
    )


def test_the_level_is_the_decimal_number_that_was_written() -> None:
    losses = np.arange(1, 101)
    for percent in range(1, 100):
        assert value_at_risk(losses, percent / 100) == percent
    assert value_at_risk(np.arange(1000), np.float64(0.999)) == 998


def test_two_tied_losses_at_the_quantile() -> None:
    losses = [0] * 90 + [10] * 8 + [50] * 2
    assert value_at_risk(losses, 0.95) == 10
    assert expected_shortfall(losses, 0.95) == pytest.approx((2 * 50 + 3 * 10) / 5)
    assert expected_shortfall(losses, 0.98) == pytest.approx(50)


def test_one_loss_and_equal_losses_are_themselves() -> None:
    assert value_at_risk([7], 0.99) == expected_shortfall([7], 0.99) == 7
    assert expected_shortfall([0.1] * 77, 0.9) == 0.1
    assert risk_measures([0.1] * 77, 0.9).expected_shortfall_error == 0
    assert np.isnan(risk_measures([7], 0.9).expected_loss_error)


def test_standard_errors_are_those_of_repeated_simulations() -> None:
    rng = np.random.default_rng(7)
    runs = [risk_measures(rng.exponential(size=2000), 0.95) for _ in range(400)]
    for name in ("expected_loss", "value_at_risk", "expected_shortfall"):
        spread = np.std([getattr(run, name) for run in runs])
        told = np.mean([getattr(run, f"{name}_error") for run in runs])
        assert told == pytest.approx(spread, rel=0.15)
    exact = stats.expon.ppf(0.95) + 1
    assert np.mean([run.expected_shortfall for run in runs]) == pytest.approx(exact, rel=0.01)


def test_huge_losses_stay_finite() -> None:
    assert expected_shortfall([1e300] * 10, 0.5) == 1e300
    assert Fraction(value_at_risk([2**60, 2**61], 0.9)) == 2**61


@pytest.mark.parametrize("losses", [[], [np.nan], [np.inf, 1], [[1, 2]]], ids=str)
def test_losses_that_are_none_are_refused(losses: list[float]) -> None:
    with pytest.raises(RiskMeasureInputError):
        risk_measures(losses, 0.9)


@pytest.mark.parametrize("level", [0, 1, 99, -0.1, np.nan])
def test_levels_outside_zero_to_one_are_refused(level: float) -> None:
    with pytest.raises(RiskMeasureInputError):
        value_at_risk([1, 2], level)
