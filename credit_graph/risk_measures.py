"""Expected loss (预期损失), value at risk (风险价值) and expected shortfall (预期短缺) of a list of losses.

The textbooks' formulas hold for losses without ties; simulated losses are full of them (most scenarios lose nothing),
and then "the mean of the losses beyond the quantile" is not coherent and can even be empty. Here all is defined for
discrete losses: the value at risk is the smallest loss x with P(loss <= x) >= level, and the expected shortfall takes
just the part of the tied losses at the quantile that the level asks for.

C. Acerbi, D. Tasche, "On the coherence of expected shortfall", Journal of Banking & Finance 26 (2002), definition 2.6.
Standard errors are those of independent scenarios of equal weight; far in the tail (fewer than some 30 scenarios
beyond the quantile) they are themselves a guess.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from credit_graph.errors import RiskMeasureInputError

__all__ = ["RiskMeasures", "expected_shortfall", "risk_measures", "value_at_risk"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RiskMeasures:
    """The measures of one list of losses, in its unit, each with its standard error.

    Parameters
    ----------
    level
        Of the value at risk and the expected shortfall, 0.99 say.
    scenarios
        Number of losses.
    expected_loss, value_at_risk, expected_shortfall
        The measures.
    expected_loss_error, value_at_risk_error, expected_shortfall_error
        Standard errors.
    """

    level: float
    scenarios: int
    expected_loss: float
    expected_loss_error: float
    value_at_risk: float
    value_at_risk_error: float
    expected_shortfall: float
    expected_shortfall_error: float


def value_at_risk(losses: npt.ArrayLike, level: float) -> float:
    """Return the smallest loss that is not exceeded with at least the probability `level`.

    Parameters
    ----------
    losses
        One for each scenario, all equally likely, shape (n,), n at least 1.
    level
        Above 0 and below 1, read as the decimal number that it is written as.

    Raises
    ------
    RiskMeasureInputError
        If there is no loss, one is missing or infinite, or the level is outside its range.

    Examples
    --------
    >>> value_at_risk([0, 0, 0, 0, 0, 0, 0, 10, 20, 30], 0.9)
    20.0
    >>> value_at_risk([0, 0, 0, 0, 0, 0, 0, 10, 20, 30], 0.91)
    30.0
    """
    ordered, place, _ = _ranked(losses, level)
    return float(ordered[place - 1])


def expected_shortfall(losses: npt.ArrayLike, level: float) -> float:
    """Return the mean of the worst 1 - level of the probability, splitting the loss at its edge.

    Parameters
    ----------
    losses, level
        As for `value_at_risk`.

    Raises
    ------
    RiskMeasureInputError
        As `value_at_risk`.

    Examples
    --------
    >>> expected_shortfall([0, 0, 0, 0, 0, 0, 0, 10, 20, 30], 0.9)
    30.0
    >>> expected_shortfall([0, 0, 0, 0, 0, 0, 0, 10, 20, 30], 0.85)
    26.666666666666668
    """
    ordered, place, below = _ranked(losses, level)
    beyond = ordered[place:]
    edge = ordered[place - 1]
    # relative to the edge, so that equal losses give just that loss
    return float(edge + (beyond - edge).sum() / float(len(ordered) - below))


def risk_measures(losses: npt.ArrayLike, level: float = 0.99) -> RiskMeasures:
    """Return all measures with their standard errors.

    The error of the value at risk is half the distance of the order statistics one binomial standard deviation to
    either side; that of the expected shortfall is from its influence function (B. Manistre, G. Hancock, "Variance of
    the CTE estimator", North American Actuarial Journal 9, 2005).

    Raises
    ------
    RiskMeasureInputError
        As `value_at_risk`.

    Examples
    --------
    >>> found = risk_measures([0, 0, 0, 0, 0, 0, 0, 10, 20, 30], 0.9)
    >>> found.expected_loss, found.value_at_risk, found.expected_shortfall
    (6.0, 20.0, 30.0)
    """
    ordered, place, _ = _ranked(losses, level)
    n = len(ordered)
    edge, spread = ordered[place - 1], math.sqrt(n * level * (1.0 - level))
    low, high = max(math.floor(place - spread), 1), min(math.ceil(place + spread), n)
    excess = np.maximum(ordered - edge, 0.0) / (1.0 - level)
    return RiskMeasures(
        level=level,
        scenarios=n,
        expected_loss=float(ordered.mean()),
        expected_loss_error=_standard_error(ordered),
        value_at_risk=float(edge),
        value_at_risk_error=float(ordered[high - 1] - ordered[low - 1]) / 2.0,
        expected_shortfall=expected_shortfall(ordered, level),
        expected_shortfall_error=_standard_error(excess),
    )


def _standard_error(values: Floats) -> float:
    return float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.nan


def _ranked(losses: npt.ArrayLike, level: float) -> tuple[Floats, int, Fraction]:
    """Losses in order, the rank of the value at risk (from 1), and level times n without rounding."""
    found = np.asarray(losses, np.float64)
    if found.ndim != 1 or not len(found) or not np.isfinite(found).all():
        raise RiskMeasureInputError("losses must be a list of at least one finite number")
    if not 0 < level < 1:
        raise RiskMeasureInputError(f"level must lie between 0 and 1, 0.99 say, not {level!r}")
    # 0.07 * 100 is a little above 7 in floating point, and the rank would be one too high
    below = Fraction(repr(float(level))) * len(found)
    return np.sort(found), math.ceil(below), below
