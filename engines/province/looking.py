"""All engines look at a province: the five signs, with what stands behind them for the report."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from datasets.province_story import story_tables
from engines.progress import Report
from engines.province.circles import circled
from engines.province.money import MoneyScorer, fitted_on, found_rings, washing
from engines.province.monitoring import monitored
from engines.province.papers import checked
from engines.province.pledges import Playing, played, pledged
from engines.province.story import Story, story
from engines.province.weighing import Looked
from fraud.rings import Ring

__all__ = ["Seen", "look", "other_seeds", "scorer_for"]

_TRAINING = 4


@dataclass(frozen=True, eq=False)
class Seen:
    """One province, what the engines saw in it, and what they saw it on.

    Parameters
    ----------
    story, looked
        The province, and the engines' signs with the truth beside.
    playing
        What the ledger answered.
    rings
        Found among the payments without labels.
    probability
        Of washing money, by account, as the fraud engine's scorer says.
    """

    story: Story
    looked: Looked
    playing: Playing
    rings: list[Ring]
    probability: "pd.Series[float]"


def other_seeds(seed: int, count: int, purpose: int) -> list[int]:
    """Return seeds of other provinces: `purpose` 0 for those to weigh by, 1 for those to train the scorer on.

    Examples
    --------
    >>> other_seeds(7, 2, 0), other_seeds(7, 2, 1)
    ([1007001, 1007002], [2007001, 2007002])
    """
    return [(purpose + 1) * 1_000_000 + seed % 1_000 * 1_000 + place + 1 for place in range(count)]


def scorer_for(seed: int, size: int, progress: Report) -> MoneyScorer:
    """Fit the scorer of accounts on provinces that are used for nothing else."""
    made = []
    for place, other in enumerate(other_seeds(seed, _TRAINING, 1)):
        progress("training provinces · 训练省份", place, _TRAINING)
        tables = story_tables(size, other)
        made.append((tables["payments"], tables["payment_truth"]))
    progress("training provinces · 训练省份", _TRAINING, _TRAINING)
    return fitted_on(made)


def look(seed: int, size: int, scorer: MoneyScorer, progress: Report) -> Seen:
    """Let all engines look at one province; the truth is laid beside, for judging alone."""
    made = story(seed, size)
    playing, rings = played(made, progress), found_rings(made)
    probability = scorer.probability(made.tables["payments"])
    signs = (monitored(made), checked(made), circled(made), pledged(made, playing), washing(made, probability, rings))
    truth = made.tables["truth"].set_index("firm_id").reindex(made.firms)
    looked = Looked(
        seed, {sign.engine: sign for sign in signs}, truth["is_ring"].astype(np.bool_), truth["kind"], truth["group_id"]
    )
    return Seen(made, looked, playing, rings, probability)
