"""Account monitoring (账户监测): which firms that opened accounts share a representative, agent, address or more.

The rules are those of the risk graph (`credit_graph.attributes`): what too many share says nothing, the representative
alone links two firms, of the other signs two different ones do. Families and start-up houses share as much as a ring.
"""

import pandas as pd

from credit_graph.attributes import shared
from engines.province.signs import Sign, signs_of
from engines.province.story import Story
from engines.risk_graph.grouping import policy_for

__all__ = ["LEVELS", "linked_pairs", "monitored"]

LEVELS = (
    ("shares nothing that counts", "无共同要素"),
    ("two lesser signs in common with somebody", "与他户有两项一般要素相同"),
    ("one representative with others", "与他户同一法定代表人"),
    ("one representative and more with two or more", "与两户以上同一法定代表人且另有要素相同"),
)


def linked_pairs(story: Story) -> pd.DataFrame:
    """Return the pairs of firms that the rules link.

    Columns: party_a, party_b, signs (how many), has_representative, words and words_zh (which they are).

    Examples
    --------
    >>> from engines.province.story import story
    >>> pairs = linked_pairs(story(7, 100))
    >>> bool((pairs["has_representative"] | (pairs["signs"] > 1)).all())
    True
    """
    policy = policy_for(len(story.firms))
    pairs = shared(story.graph, story.tables["shared_attribute"], policy).pairs
    zh = {rule.attribute: rule.title_zh.removeprefix("同一") for rule in policy.rules}
    en = {rule.attribute: rule.title_en.removeprefix("the same ") for rule in policy.rules}
    pairs = pairs.drop_duplicates(["party_a", "party_b", "attribute"])
    found = pairs.groupby(["party_a", "party_b"], sort=True).agg(
        weight=("weight", "sum"), signs=("attribute", "size"), attributes=("attribute", list)
    )
    found = found[found["weight"] >= policy.needed].reset_index()
    has = [("legal_representative" in one) for one in found["attributes"]]
    told = {"words": (", ", en), "words_zh": ("、", zh)}
    words = {
        name: [comma.join(by[one] for one in some) for some in found["attributes"]]
        for name, (comma, by) in told.items()
    }
    return found.assign(has_representative=pd.Series(has, dtype=bool), **words).drop(columns="attributes")


def monitored(story: Story) -> Sign:
    """Return what account monitoring says of each firm.

    Examples
    --------
    >>> from engines.province.story import story
    >>> int(monitored(story(7, 100)).level.max())
    3
    """
    pairs = linked_pairs(story)
    turned = pairs.rename(columns={"party_a": "party_b", "party_b": "party_a"})
    both = pd.concat([pairs, turned], ignore_index=True)
    one_person = both[both["has_representative"]]
    more = one_person[one_person["signs"] > 1]["party_a"].value_counts()
    level = dict.fromkeys(both["party_a"], 1) | dict.fromkeys(one_person["party_a"], 2)
    level |= {str(firm): 3 for firm, count in more.items() if count > 1}
    score: dict[str, float] = {}
    told: dict[str, str] = {}
    for name, mine in both.groupby("party_a", sort=True):
        score[str(name)] = float(mine["signs"].sum())
        most, many = int(mine["signs"].to_numpy().argmax()), len(mine)
        english, chinese = mine["words"].iloc[most], mine["words_zh"].iloc[most]
        told[str(name)] = f"tied to {many} firms, at most by {english} · 与 {many} 户关联，至多同{chinese}"
    ties = [frozenset(pair) for pair in zip(pairs["party_a"], pairs["party_b"], strict=True)]
    return signs_of(story, "monitoring", LEVELS, level, score, told, ties)
