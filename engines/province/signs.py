"""What one engine says of every firm: a level with words, a score to rank by, a reason, and whom it ties to whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engines.province.story import Story

__all__ = ["ENGINES", "Levels", "Sign", "signs_of"]

Levels = tuple[tuple[str, str], ...]
"""What each level means, in English and Chinese; level 0 is that nothing is seen."""

ENGINES: dict[str, tuple[str, str]] = {
    "monitoring": ("shared attributes", "账户监测"),
    "papers": ("filing bot", "备案机器人"),
    "circles": ("risk graph", "担保图谱"),
    "pledges": ("ledger", "应收款账本"),
    "money": ("fraud engine", "反欺诈"),
}
"""The five kinds of evidence, in the order of the story."""


@dataclass(frozen=True, eq=False)
class Sign:
    """The evidence of one engine, one row for each firm.

    Parameters
    ----------
    engine
        A key of `ENGINES`.
    levels
        What each level means.
    level
        int64 by firm.
    score
        float64 by firm; higher is more suspect. Firms of one level may differ.
    words
        Why, by firm; only where something is seen.
    ties
        Pairs of firms that the engine has seen to belong together.
    """

    engine: str
    levels: Levels
    level: "pd.Series[int]"
    score: "pd.Series[float]"
    words: dict[str, str]
    ties: frozenset[frozenset[str]]


def signs_of(
    story: Story,
    engine: str,
    levels: Levels,
    level: Mapping[str, int],
    score: Mapping[str, float],
    words: Mapping[str, str],
    ties: Iterable[frozenset[str]],
) -> Sign:
    """Lay out what was seen of some firms for all of a story; of the others nothing was seen.

    Examples
    --------
    >>> from engines.province.story import story
    >>> made = story(7, 100)
    >>> sign = signs_of(made, "papers", (("", ""),) * 2, {made.firms[0]: 1}, {}, {}, [])
    >>> int(sign.level.sum()), float(sign.score.iloc[0])
    (1, 1.0)
    """
    steps = pd.Series({firm: level.get(firm, 0) for firm in story.firms}, dtype=np.int64)
    # within a level the score ranks, but never above the next level
    raw = np.array([float(score.get(firm, 0.0)) for firm in story.firms])
    within = raw / (raw.max() + 1.0) if len(raw) and raw.max() > 0 else raw
    known = {firm: said for firm, said in words.items() if firm in steps.index}
    pairs = frozenset(pair for pair in ties if len(pair) == 2 and all(one in steps.index for one in pair))
    return Sign(engine, levels, steps, steps + 0.999 * pd.Series(within, index=steps.index), known, pairs)
