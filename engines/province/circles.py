"""The risk graph's own finding: who stands in pairs, groups, circles and chains of guarantees, and what they bear.

A shape is no verdict: half the circles of the province are honest neighbours. What bears little is riskier, whoever
stands in it.
"""

from itertools import pairwise

import numpy as np
import pandas as pd

from credit_graph.structures import EVIDENCE, find
from engines.province.signs import Sign, signs_of
from engines.province.story import Story
from engines.risk_graph.circles import strain

__all__ = ["LEVELS", "circled", "structures_on"]

LEVELS = (
    ("in no structure of guarantees", "不在担保结构中"),
    ("in a chain or around a hub", "在担保链或担保中心"),
    ("in a pair, group or circle that bears the fall of any member", "在可承压的互保、联保、担保圈中"),
    ("in one where a fall takes others along", "在一户倒下会拖累他户的担保结构中"),
)
_CLOSED = ("mutual", "joint", "triad", "cycle")
_LONGEST_CYCLE = 8


def structures_on(story: Story) -> pd.DataFrame:
    """Return the structures of the last day with `pulled_down` and their members (a list, in order).

    Examples
    --------
    >>> from engines.province.story import story
    >>> found = structures_on(story(7, 100))
    >>> bool((found["size"] > 1).all()), "cycle" in set(found["kind"])
    (True, True)
    """
    graph = story.graph
    found = find(graph, longest_cycle=_LONGEST_CYCLE, shortest_chain=4, hub=6, most_named=100_000)
    loans = graph.layers["loan"]
    owed = np.bincount(loans.head, weights=loans.amount_fen, minlength=graph.n).astype(np.float64)
    several = found.structures[(found.structures["size"] > 1) & (found.structures["kind"] != "core")]
    table = strain(graph, owed).table(several, found.members)
    members = found.members.groupby("structure_id", sort=True)["party_id"].agg(list)
    return table.assign(members=[members.loc[name] for name in table["structure_id"]])


def circled(story: Story) -> Sign:
    """Return what the risk graph says of each firm.

    Examples
    --------
    >>> from engines.province.story import story
    >>> sorted(set(circled(story(7, 100)).level.tolist()))[:3]
    [0, 1, 2]
    """
    level: dict[str, int] = {}
    score: dict[str, float] = {}
    words: dict[str, str] = {}
    ties: set[frozenset[str]] = set()
    for one in structures_on(story).to_dict("records"):
        is_closed = one["kind"] in _CLOSED
        reached = (3 if one["pulled_down"] >= 1 else 2) if is_closed else 1
        for firm in one["members"]:
            if reached >= level.get(firm, 0):
                known, size, down = EVIDENCE[one["kind"]], one["size"], one["pulled_down"]
                words[firm] = (
                    f"{known.title} of {size} firms, one that falls pulls {down:.1f} down · "
                    f"{known.title_zh}（{size} 户，平均连带 {down:.1f} 户）"
                )
            level[firm] = max(level.get(firm, 0), reached)
            score[firm] = max(score.get(firm, 0.0), float(one["pulled_down"]))
        if is_closed:
            ties |= {frozenset(pair) for pair in pairwise([*one["members"], one["members"][0]])}
    return signs_of(story, "circles", LEVELS, level, score, words, ties)
