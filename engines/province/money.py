"""The fraud engine on the story's payments: shapes of `fraud.rings` as features, and a scorer that learnt them.

Shapes alone do not tell: cash pools, settled invoices and bonuses move as washed money does. So a scorer of
`fraud.scorers` learns on other provinces, whose truth is known, which shapes are bad, and scores every account here.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from engines.province.signs import Sign, signs_of
from engines.province.story import Story
from fraud.rings import Ring, account_features, find
from fraud.scorers import GradientBoosting

__all__ = ["LEVELS", "MoneyScorer", "fitted_on", "found_rings", "washing"]

LEVELS = (
    ("probability of washing under 2 %", "洗钱概率低于 2%"),
    ("2 to 20 %", "2% 至 20%"),
    ("20 to 60 %", "20% 至 60%"),
    ("above 60 %", "高于 60%"),
)
_LIMITS = (0.02, 0.2, 0.6)
_MOST_IN_A_RING = 12


class MoneyScorer:
    """A scorer of accounts that was fitted on provinces whose truth is known."""

    def __init__(self, model: GradientBoosting) -> None:
        self.model = model

    def probability(self, payments: pd.DataFrame) -> "pd.Series[float]":
        """Return for each account of a table of payments how likely money is washed through it."""
        table = account_features(payments)
        return pd.Series(self.model.predict_proba(table)[:, 1], index=table.index)


def fitted_on(tables: Sequence[tuple[pd.DataFrame, pd.DataFrame]]) -> MoneyScorer:
    """Fit a scorer on payments and the truth about them, some provinces."""
    features, labels = [], []
    for payments, truth in tables:
        made = account_features(payments)
        rows = payments[truth["is_washing"].to_numpy(np.bool_)]
        washing = {*rows["account_id"], *rows["payee_id"]}
        features.append(made)
        labels.append(made.index.isin(list(washing)).astype(np.int64))
    model = GradientBoosting(random_state=0)
    model.fit(pd.concat(features, ignore_index=True), np.concatenate(labels))
    return MoneyScorer(model)


def found_rings(story: Story) -> list[Ring]:
    """Return the rings that the engine finds among the payments without any label, the strongest first."""
    return find(story.tables["payments"])


def washing(story: Story, probability: "pd.Series[float]", rings: Sequence[Ring]) -> Sign:
    """Return what the fraud engine says of each firm, from the probabilities of all accounts and the rings."""
    known = {f"B{firm[1:]}": firm for firm in story.firms}
    mine = probability[probability.index.isin(list(known))]
    level = {known[account]: int(np.searchsorted(_LIMITS, value, side="right")) for account, value in _items(mine)}
    words = {
        known[account]: f"money is washed, probability {value:.0%} · 洗钱概率 {value:.0%}"
        for account, value in _items(mine)
        if value >= _LIMITS[0]
    }
    ties: set[frozenset[str]] = set()
    for ring in rings:
        firms = sorted({known[one] for one in ring.accounts if one in known and level.get(known[one], 0) >= 2})
        if len(firms) <= _MOST_IN_A_RING:
            ties |= {frozenset(pair) for pair in combinations(firms, 2)}
    return signs_of(story, "money", LEVELS, level, {known[a]: v for a, v in _items(mine)}, words, ties)


def _items(column: "pd.Series[float]") -> list[tuple[str, float]]:
    return [(str(name), float(value)) for name, value in column.items()]
