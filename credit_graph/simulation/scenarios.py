"""Who defaults of its own in each scenario: a value that can be asked for any scenario again.

Drawing a million normal numbers for each of ten thousand scenarios takes minutes, and almost all of them say "no
default". So firms of nearly the same probability stand in one bucket; given the factors, the kernel jumps through a
bucket by geometric skips at the largest probability in it and keeps a candidate with the ratio of its own probability
to that. The law is exact; the time is proportional to the defaults.

L. Devroye, "Non-Uniform Random Variate Generation", 1986, chapter X (skips) and section II.3 (rejection).
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from credit_graph.compiled import compiled
from credit_graph.errors import SimulationInputError
from credit_graph.simulation.copula import GaussianCopula
from credit_graph.simulation.philox import draw_key, normal, uniforms

__all__ = ["Scenarios", "Source", "copula_scenarios", "draw", "seed_scenarios"]

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_BUCKETS_PER_UNIT = 16
_FACTORS, _DEFAULTS, _SEEDS = 0, 1, 2
_MOST = 2**31


class Source(NamedTuple):
    """What the kernel reads to draw a scenario.

    `seeds` is the fixed number of seeds, or -1 for the copula. Bucket j is `firm[start[j]:start[j + 1]]` of sector
    `sector[j]` with thresholds up to `top[j]`.
    """

    key: npt.NDArray[np.uint64]
    n: int
    seeds: int
    firm: Int32
    threshold: Floats
    start: Int64
    sector: Int64
    top: Floats
    loading: Floats
    between: float


@dataclass(frozen=True, eq=False)
class Scenarios:
    """A number of scenarios over n firms, made by `copula_scenarios` or `seed_scenarios`.

    Parameters
    ----------
    n
        Number of firms.
    count
        Number of scenarios.
    source
        What the kernel reads.
    """

    n: int
    count: int
    source: Source

    def defaults(self, scenario: int) -> Int32:
        """Return which firms default of their own in one scenario, ascending.

        Examples
        --------
        >>> copula = GaussianCopula(pd=[0.0, 1.0, 0.3, 1.0], correlation=0.1)
        >>> copula_scenarios(copula, 10, np.random.default_rng(7)).defaults(3).tolist()
        [1, 3]
        """
        if not 0 <= scenario < self.count:
            raise SimulationInputError(f"scenario must be below {self.count}, not {scenario}")
        queue = np.empty(self.n, np.int32)
        found = draw(self.source, scenario, np.full(self.n, -1, np.int32), queue, np.empty(len(self.source.loading)))
        return np.sort(queue[:found])


def copula_scenarios(copula: GaussianCopula, count: int, rng: np.random.Generator) -> Scenarios:
    """Set up scenarios of correlated defaults; only a key of 64 bits is taken from the generator.

    Parameters
    ----------
    copula
        Probabilities and correlations.
    count
        Number of scenarios.
    rng
        The next call with the same generator gives other scenarios: hold those out.

    Raises
    ------
    SimulationInputError
        If count is negative or above 2^31.

    Examples
    --------
    >>> copula = GaussianCopula(pd=np.full(1000, 0.02), correlation=0.2)
    >>> scenarios = copula_scenarios(copula, 400, np.random.default_rng(7))
    >>> defaults = [len(scenarios.defaults(number)) for number in range(400)]
    >>> bool(15 < np.mean(defaults) < 25), bool(np.std(defaults) > 15)
    (True, True)
    """
    bucket = np.floor(np.clip(copula.threshold, -40, 40) * _BUCKETS_PER_UNIT)
    possible = np.flatnonzero(copula.threshold > -np.inf)
    order = possible[np.lexsort((-bucket[possible], copula.sectors[possible]))]
    threshold, sector = copula.threshold[order], copula.sectors[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (np.diff(bucket[order]) != 0) | (np.diff(sector) != 0)
    first = np.flatnonzero(is_first)
    source = Source(
        key=draw_key(rng),
        n=copula.n,
        seeds=-1,
        firm=order.astype(np.int32),
        threshold=threshold,
        start=np.append(first, len(order)).astype(np.int64),
        sector=sector[first],
        top=np.maximum.reduceat(threshold, first) if len(first) else np.empty(0),
        loading=copula.loading,
        between=float(copula.between_sectors),
    )
    return Scenarios(copula.n, _checked_count(count), source)


def seed_scenarios(n: int, seeds: int, count: int, rng: np.random.Generator) -> Scenarios:
    """Set up scenarios in each of which a fixed number of firms, all alike and all different, defaults.

    Raises
    ------
    SimulationInputError
        If there are more seeds than firms, or a number is negative.

    Examples
    --------
    >>> len(seed_scenarios(10, 4, 100, np.random.default_rng(7)).defaults(99))
    4
    """
    if not 0 <= seeds <= n:
        raise SimulationInputError(f"seeds must lie between 0 and the {n} firms, not {seeds}")
    none, empty = np.empty(0, np.int64), np.empty(0)
    source = Source(
        draw_key(rng), n, seeds, none.astype(np.int32), empty, np.zeros(1, np.int64), none, empty, empty, 1.0
    )
    return Scenarios(n, _checked_count(count), source)


def _checked_count(count: int) -> int:
    if not 0 <= count <= _MOST:
        raise SimulationInputError(f"the number of scenarios must lie between 0 and 2^31, not {count}")
    return count


@compiled
def draw(source: Source, scenario: int, mark: Int32, queue: Int32, factor: Floats) -> int:
    """Write one scenario's own defaults to `queue`, set their `mark` from -1 to 0, and return how many there are.

    `factor` is room for one number of each sector.

    Examples
    --------
    >>> scenarios, queue = seed_scenarios(10, 4, 1, np.random.default_rng(7)), np.zeros(10, np.int32)
    >>> draw(scenarios.source, 0, np.full(10, -1, np.int32), queue, np.empty(0))
    4
    """
    if source.seeds >= 0:
        return _draw_seeds(source, scenario, mark, queue)
    common = normal(source.key, _FACTORS, scenario, 0)
    for number in range(len(factor)):
        own = normal(source.key, _FACTORS, scenario, number + 1)
        factor[number] = math.sqrt(source.between) * common + math.sqrt(1.0 - source.between) * own
    found, place = 0, 0
    for bucket in range(len(source.top)):
        rho = source.loading[source.sector[bucket]]
        shift = math.sqrt(rho) * factor[source.sector[bucket]]
        scale = math.sqrt(0.5 / (1.0 - rho))
        most = 0.5 * math.erfc((shift - source.top[bucket]) * scale)
        if most <= 0.0:
            continue
        per_skip = -math.inf if most >= 1.0 else math.log1p(-most)
        at, end = source.start[bucket], source.start[bucket + 1]
        while True:
            skip, keep = uniforms(source.key, _DEFAULTS, scenario, place)
            place += 1
            jump = math.log(skip) / per_skip
            # compared as floats: the jump can be larger than any integer
            if not jump < end - at:
                break
            at += int(jump)
            if keep * most < 0.5 * math.erfc((shift - source.threshold[at]) * scale):
                firm = source.firm[at]
                mark[firm] = 0
                queue[found] = firm
                found += 1
            at += 1
            if at >= end:
                break
    return found


@compiled
def _draw_seeds(source: Source, scenario: int, mark: Int32, queue: Int32) -> int:
    found, place = 0, 0
    while found < source.seeds:
        one, two = uniforms(source.key, _SEEDS, scenario, place)
        place += 1
        for number in (one, two):
            firm = int(number * source.n)
            if found < source.seeds and mark[firm] < 0:
                mark[firm] = 0
                queue[found] = firm
                found += 1
    return found
