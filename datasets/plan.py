"""The plan of a stream: how many payments in each hour, and which episodes begin when.

Small enough to be made at once for any length: a few bytes for an episode, none for an ordinary payment. All counts are
exact: the stream has n rows, of which the nearest whole number to n times the base rate is fraud.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets import background, seasons
from datasets.conduct import DAY
from datasets.errors import OutOfRangeError
from datasets.scenarios import SCENARIOS, Scenario
from datasets.seeds import generator
from datasets.world import FIRST_DAY, World

__all__ = ["BASE_RATE", "PAPER_BASE_RATE", "SLICE_ROWS", "Plan", "make", "slices"]

BASE_RATE = 0.002
"""Share of fraud for teaching: two in a thousand."""
PAPER_BASE_RATE = 8_576 / 136_500_000
"""Share of blocked transactions that the paper reports for case 1-5: 0.0063 %."""
SLICE_ROWS = 65_536


@dataclass(frozen=True, eq=False)
class Plan:
    """Ordinary payments of each hour and segment, shape (hours, 7), and the episodes in the order of their start.

    Of each episode: `scenario` (its position in `SCENARIOS`), `start` in seconds, `size` in payments, `town`.
    """

    hourly: NDArray[np.int64]
    scenario: NDArray[np.int64]
    start: NDArray[np.int64]
    size: NDArray[np.int64]
    town: NDArray[np.int64]


def make(world: World, n: int, base_rate: float = BASE_RATE) -> Plan:
    """Plan a stream of n payments.

    Parameters
    ----------
    world
        The world that pays.
    n
        Number of rows, 0 or more.
    base_rate
        Share of fraud, 0 to 0.5.

    Raises
    ------
    OutOfRangeError
        If n or the base rate is out of range.

    Examples
    --------
    >>> from datasets.world import build
    >>> plan = make(build(7, 1), 10_000)
    >>> int(plan.hourly.sum() + plan.size.sum())
    10000
    """
    if n < 0:
        raise OutOfRangeError(f"n is {n:,}, but a stream has 0 rows or more")
    if not 0 <= base_rate <= 0.5:
        raise OutOfRangeError(f"the base rate is {base_rate}, but it lies between 0 and 0.5")
    rng = generator(world.seed, "plan", n)
    honest = [scenario for scenario in SCENARIOS if not scenario.is_fraud]
    fraud = [scenario for scenario in SCENARIOS if scenario.is_fraud]
    frauds = round(n * base_rate)
    quotas = dict(zip(fraud, _divide(frauds, [scenario.share for scenario in fraud]), strict=True))
    quotas |= {scenario: min(round(n * scenario.share), (n - frauds) // len(honest)) for scenario in honest}
    parts = [_episodes(world, rng, code, quotas[scenario]) for code, scenario in enumerate(SCENARIOS)]
    episodes = np.concatenate(parts, axis=1)
    episodes = episodes[:, np.argsort(episodes[1], kind="stable")]
    ordinary = n - int(episodes[2].sum())
    hours = seasons.weights(FIRST_DAY, world.days)
    hourly = seasons.counts(rng, ordinary, hours, background.tickets_of_segments(world))
    return Plan(hourly, *episodes)


def _divide(total: int, shares: list[float]) -> list[int]:
    """Divide a number by shares into whole parts, the largest remainders first."""
    exact = [total * share / sum(shares) for share in shares]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


def _episodes(world: World, rng: np.random.Generator, code: int, quota: int) -> NDArray[np.int64]:
    """Return scenario, start, size and town of episodes with `quota` payments in all, int64 of shape (4, episodes)."""
    scenario: Scenario = SCENARIOS[code]
    sizes = rng.integers(scenario.shortest, scenario.longest + 1, quota // scenario.shortest + 1)
    ends = np.cumsum(sizes)
    sizes = sizes[: int(np.searchsorted(ends, quota)) + 1]
    sizes[-1:] -= max(0, int(sizes.sum()) - quota)
    sizes = sizes[sizes > 0]
    room = max(world.days - scenario.span_days, world.days * 0.1)
    # one episode in each of as many equal parts of the horizon, so that no season is without a typology
    part = rng.permutation(len(sizes)) + rng.random(len(sizes))
    start = (part / max(len(sizes), 1) * room * DAY).astype(np.int64)
    # people sleep: honest episodes begin between 8 and 22 o'clock, gangs at any hour but mostly then
    by_day = np.ones(len(sizes), bool) if not scenario.is_fraud else rng.random(len(sizes)) < 0.8
    hour = start % DAY * 14 // 24 + 8 * 3600
    start = np.where(by_day, start // DAY * DAY + hour, start)
    town = rng.integers(0, world.towns, len(sizes))
    return np.array([np.full(len(sizes), code), start, sizes, town])


def slices(plan: Plan) -> list[tuple[int, int]]:
    """Cut the hours of a plan into slices of at most 65,536 ordinary payments (or one hour, if it has more).

    Examples
    --------
    >>> from datasets.world import build
    >>> cuts = slices(make(build(7, 4), 200_000))
    >>> cuts[0][0], cuts[-1][1], len(cuts)
    (0, 2880, 3)
    """
    hourly = plan.hourly.sum(axis=1)
    cuts, first, held = [], 0, 0
    for hour, count in enumerate(hourly.tolist()):
        if held and held + count > SLICE_ROWS:
            cuts.append((first, hour))
            first, held = hour, 0
        held += count
    return [*cuts, (first, len(hourly))]
