"""The verdict on the province that is judged: whom the line takes, whom it misses, and which look-alikes it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from engines.province.looking import Seen
from engines.province.weighing import Looked, Weights, learn, weighed

__all__ = ["LOOK_ALIKES", "Verdict", "groups_taken", "verdict"]

LOOK_ALIKES = ("family", "house")
"""Kinds of honest groups that look like a ring."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """What all engines together say of one province, beside the truth.

    Parameters
    ----------
    seen
        The province.
    weights
        Learnt on other provinces.
    table
        Weights of evidence by firm, the highest `together` first.
    """

    seen: Seen
    weights: Weights
    table: pd.DataFrame

    @property
    def taken(self) -> list[str]:
        """Firms on or above the line, the most suspect first."""
        return [str(firm) for firm in self.table.index[self.table["together"] >= self.weights.line]]

    @property
    def ring(self) -> list[str]:
        """The shells, by the truth, the most suspect first."""
        label = self.seen.looked.is_ring
        return [str(firm) for firm in self.table.index if label[firm]]

    @property
    def right(self) -> list[str]:
        """Shells that are taken."""
        return [firm for firm in self.taken if firm in set(self.ring)]

    @property
    def wrong(self) -> list[str]:
        """Honest firms that are taken."""
        return [firm for firm in self.taken if firm not in set(self.ring)]

    @property
    def missed(self) -> list[str]:
        """Shells that are not taken."""
        return [firm for firm in self.ring if firm not in set(self.taken)]

    def words(self, firm: str) -> str:
        """Return what the engines say of a firm, one after the other."""
        signs = self.seen.looked.signs
        said = [signs[name].words[firm] for name in self.weights.engines if firm in signs[name].words]
        return "; ".join(said) or "–"


def verdict(seen: Seen, others: Sequence[Looked], engines: Sequence[str]) -> Verdict:
    """Weigh one province by what the others teach."""
    weights = learn(others, engines)
    table = weighed(seen.looked, weights).sort_values("together", ascending=False, kind="stable")
    return Verdict(seen, weights, table)


def groups_taken(province: Looked, weights: Weights) -> Mapping[str, tuple[int, int]]:
    """Return by look-alike group how many of its firms are on or above the line, and how many it has.

    Examples
    --------
    >>> from engines.province.samples import looked
    >>> groups_taken(looked([0, 2], [False, True], engine="money"), Weights({"money": (0.0, 0.0, 1.0)}, 0.0, 0.5))
    {}
    """
    above = weighed(province, weights)["together"] >= weights.line
    alike = province.group[province.kind.isin(LOOK_ALIKES)]
    return {
        str(name): (int(above[members.index].sum()), len(members)) for name, members in alike.groupby(alike, sort=True)
    }
