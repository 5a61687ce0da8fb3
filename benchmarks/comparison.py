"""What became worse: the comparisons of a new run beside those of the record.

Seconds of two days are not compared, ratios are: how many times as good as another of the same run ours is. A ratio
that fell by more than a fifth is worth a look; a machine that somebody else uses can do that too, so look at the load
and measure again before anything is believed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.contests import Duel

__all__ = ["TOLERATED", "Change", "changes", "fallen", "vanished"]

TOLERATED = 0.2
"""Share of a ratio that it may lose."""


@dataclass(frozen=True)
class Change:
    """One comparison as it is recorded and as it is now."""

    recorded: Duel
    now: Duel

    @property
    def share(self) -> float:
        """How much of the ratio is gained, or lost if negative: -0.25 is a quarter less.

        Examples
        --------
        >>> from benchmarks.contests import PEER
        >>> before, now = (Duel("b", "d", "p50", "ours", "CEL", PEER, times) for times in (8.0, 6.0))
        >>> Change(before, now).share
        -0.25
        """
        return self.now.times / self.recorded.times - 1


def changes(recorded: Iterable[Duel], now: Iterable[Duel]) -> list[Change]:
    """Pair the comparisons that are in both, the worst first.

    Examples
    --------
    >>> from benchmarks.contests import PEER
    >>> before, after = (Duel("b", "d", "p50", "ours", "CEL", PEER, times) for times in (8.0, 9.0))
    >>> [round(one.share, 3) for one in changes([before], [after])], changes([before], [])
    ([0.125], [])
    """
    present = {one.place: one for one in now}
    pairs = [Change(one, present[one.place]) for one in recorded if one.place in present]
    return sorted(pairs, key=lambda one: one.share)


def fallen(found: Sequence[Change], tolerated: float = TOLERATED) -> list[Change]:
    """Return those of which more was lost than is tolerated.

    Examples
    --------
    >>> from benchmarks.contests import PEER
    >>> duels = [Duel("b", "d", "p50", "ours", "CEL", PEER, times) for times in (10.0, 8.0, 7.9)]
    >>> [one.now.times for one in fallen([Change(duels[0], duels[1]), Change(duels[0], duels[2])])]
    [7.9]
    """
    return [one for one in found if one.now.times < (1 - tolerated) * one.recorded.times * (1 - 1e-9)]


def vanished(recorded: Iterable[Duel], now: Iterable[Duel]) -> list[Duel]:
    """Return what is recorded and was not measured now: a peer that is not installed, a row of another name.

    Examples
    --------
    >>> from benchmarks.contests import PEER
    >>> [one.other for one in vanished([Duel("b", "d", "p50", "ours", "CEL", PEER, 8.0)], [])]
    ['CEL']
    """
    present = {one.place for one in now}
    return [one for one in recorded if one.place not in present]
