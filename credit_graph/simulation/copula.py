"""Correlated defaults: the one-factor Gaussian copula of Vasicek, with sectors if wanted.

Firm i defaults when sqrt(rho) F + sqrt(1 - rho) e_i falls below the quantile of its probability of default. F is the
factor of its sector (the times are good or bad), e_i is the firm's own luck, both standard normal; the factors of two
sectors correlate by `between_sectors`. Given the factors, firms fail independently: that is what lets a scenario be
drawn in time proportional to the defaults and not to the firms.

O. Vasicek, "The distribution of loan portfolio value", Risk, December 2002; the same model gives the capital formula
of Basel II. The normal copula has no tail dependence: with small probabilities it underrates joint disasters, and a
correlation that was estimated in calm years underrates them again.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal

from credit_graph.errors import SimulationInputError

__all__ = ["GaussianCopula", "joint_default_probability", "vasicek_quantile"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class GaussianCopula:
    """How likely each firm defaults of its own, and how strongly firms fail together.

    Parameters
    ----------
    pd
        Probability of default over the horizon, between 0 and 1, shape (n,).
    correlation
        Of two firms' asset values, at least 0 and below 1: one number, or one for each sector.
    sector
        Number of each firm's sector from 0 on, shape (n,); None means one sector.
    between_sectors
        Correlation of two sectors' factors, between 0 and 1; 1 means one factor for all.

    Raises
    ------
    SimulationInputError
        If a number is missing or outside its range, or shapes do not fit.

    Examples
    --------
    >>> copula = GaussianCopula(pd=[0.02, 0.05], correlation=0.2)
    >>> copula.n, copula.loading.tolist(), copula.threshold.round(3).tolist()
    (2, [0.2], [-2.054, -1.645])
    """

    pd: npt.ArrayLike
    correlation: npt.ArrayLike
    sector: npt.ArrayLike | None = None
    between_sectors: float = 1.0
    threshold: Floats = field(init=False, repr=False)
    sectors: npt.NDArray[np.int64] = field(init=False, repr=False)
    loading: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the numbers and keep them as arrays."""
        pd = np.asarray(self.pd, np.float64)
        if pd.ndim != 1 or not bool(((pd >= 0) & (pd <= 1)).all()):
            raise SimulationInputError("pd must be one probability between 0 and 1 for each firm, none missing")
        sectors = _checked_sectors(self.sector, len(pd))
        count = int(sectors.max(initial=0)) + 1
        loading = np.atleast_1d(np.asarray(self.correlation, np.float64))
        if not bool(((loading >= 0) & (loading < 1)).all()) or loading.shape not in ((1,), (count,)):
            raise SimulationInputError(
                f"correlation must be at least 0 and below 1, one number or one for each of the {count} sectors, "
                f"not {self.correlation!r}"
            )
        if not 0 <= self.between_sectors <= 1:
            raise SimulationInputError(f"between_sectors must lie between 0 and 1, not {self.between_sectors!r}")
        object.__setattr__(self, "threshold", ndtri(pd))
        object.__setattr__(self, "sectors", sectors)
        object.__setattr__(self, "loading", np.broadcast_to(loading, (count,)).copy())

    @property
    def n(self) -> int:
        """Number of firms."""
        return len(self.threshold)


def _checked_sectors(sector: npt.ArrayLike | None, n: int) -> npt.NDArray[np.int64]:
    if sector is None:
        return np.zeros(n, np.int64)
    found = np.asarray(sector)
    if found.shape != (n,) or (n and found.dtype.kind not in "iu") or (n and int(found.min()) < 0):
        raise SimulationInputError(f"sector must be one whole number from 0 on for each of the {n} firms")
    return found.astype(np.int64)


def joint_default_probability(pd_a: float, pd_b: float, correlation: float) -> float:
    """Return the probability that two firms default together.

    Parameters
    ----------
    pd_a, pd_b
        Their probabilities of default.
    correlation
        Of their asset values; for two sectors sqrt(rho_a rho_b) times the correlation of the factors.

    Examples
    --------
    >>> round(joint_default_probability(0.5, 0.5, 0.5), 6)
    0.333333
    >>> round(joint_default_probability(0.02, 0.02, 0.0), 6)
    0.0004
    """
    for value in (pd_a, pd_b):
        if not 0 <= value <= 1:
            raise SimulationInputError(f"a probability of default lies between 0 and 1, not {value!r}")
    if not 0 <= correlation < 1:
        raise SimulationInputError(f"correlation must be at least 0 and below 1, not {correlation!r}")
    if pd_a in (0, 1) or pd_b in (0, 1):
        return float(pd_a * pd_b)
    both = multivariate_normal(mean=[0.0, 0.0], cov=[[1.0, correlation], [correlation, 1.0]])
    return float(both.cdf(ndtri([pd_a, pd_b])))


def vasicek_quantile(pd: float, correlation: float, level: float) -> float:
    """Return the share of an endless even portfolio that defaults in a year as bad as `level`.

    Examples
    --------
    Basel's 99.9 % for a probability of 1 % and its correlation of 0.1928 for large firms:

    >>> round(vasicek_quantile(0.01, 0.1928, 0.999), 4)
    0.1403
    """
    if not (0 <= pd <= 1 and 0 <= correlation < 1 and 0 < level < 1):
        raise SimulationInputError(
            f"pd ({pd!r}), correlation ({correlation!r}) and level ({level!r}) must lie between 0 and 1"
        )
    bad_times = math.sqrt(correlation) * float(ndtri(level))
    return float(ndtr((float(ndtri(pd)) + bad_times) / math.sqrt(1.0 - correlation)))
