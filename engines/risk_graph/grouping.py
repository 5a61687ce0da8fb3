"""How well connected groups are found: planted groups found whole, and look-alikes that are joined.

A planted group is found whole if all its firms are in one group; exactly, if that group holds no other firm. Groups
grow beyond what was planted by right: a representative may control another firm besides, and relatives may own one.
What is planted is therefore a lower bound of what is there, and precision is told as the share of groups of several
firms in which one is planted, beside what ties the others.

To see what each kind of tie is good for, the groups are found again with that kind left out.
"""

from dataclasses import dataclass, replace

import pandas as pd

from credit_graph.attributes import AttributePolicy, house_attribute_policy, shared
from credit_graph.graph import layer
from credit_graph.groups import Groups, connected_groups
from engines.risk_graph.judging import planted
from engines.risk_graph.province import Credit

__all__ = [
    "FEW",
    "LOOK_ALIKES",
    "PLANTED",
    "GroupScore",
    "firms_by_group",
    "groups_of",
    "joined_by_value",
    "judge_groups",
    "planted_in",
    "policy_for",
    "tied_by",
    "without_window",
]

FEW = 10
"""What so few firms share is no tower in a sample, and is not judged as one."""

PLANTED = ("hidden_group", "shell_ring", "parent_subsidiaries", "circular_ownership")
"""Planted kinds that are one customer."""

LOOK_ALIKES = ("cross_shareholding", "family_apart")
"""Planted kinds that only seem to be one: small holdings in each other, and relatives with separate firms."""


@dataclass(frozen=True)
class GroupScore:
    """How many groups of a kind are planted, in one group whole, without other firms, and with the person behind."""

    kind: str
    planted: int
    whole: int
    exact: int
    with_person: int


def policy_for(firms: int) -> AttributePolicy:
    """Return the rules of the house for a sample of so many firms.

    What too many share says nothing, and how many are too many is set for a bank with hundreds of clients or more; a
    sample of the province holds a part of the tenants of a tower, so that one firm in twenty counts as too many there.

    Examples
    --------
    >>> [policy_for(firms).rules[-1].most for firms in (100, 300, 100_000)]
    [10, 15, 20]
    """
    policy, most = house_attribute_policy(), max(FEW, firms // 20)
    return replace(policy, rules=tuple(replace(rule, most=min(rule.most, most)) for rule in policy.rules))


def _policy(made: Credit) -> AttributePolicy:
    return policy_for(int((made.graph.parties["kind"] == "firm").sum()))


def groups_of(made: Credit, without: str = "", policy: AttributePolicy | None = None) -> Groups:
    """Return the connected groups of the day, with one kind of tie left out if it is named.

    Parameters
    ----------
    made
        The credit tables and the graph; the table of shared attributes gives the windows of time.
    without
        "kinship", "ownership" (control and shareholdings) or "shared_attribute".
    policy
        The rules of shared attributes; those of `policy_for` the number of firms if left out.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> made = credit(7, 40)
    >>> len(groups_of(made).links) > len(groups_of(made, without="kinship").links)
    True
    """
    kinds = ("control", "shareholding") if without == "ownership" else (without,) if without == "kinship" else ()
    nothing = {kind: layer(kind, [], [], made.graph.n) for kind in kinds}
    graph = replace(made.graph, layers={**made.graph.layers, **nothing})
    attributes = made.tables["shared_attribute"]
    return connected_groups(
        graph, attributes.iloc[:0] if without == "shared_attribute" else attributes, policy or _policy(made)
    )


def firms_by_group(groups: Groups) -> "pd.Series[int]":
    """Return how many firms each group holds, by its name, the largest first.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> firms_by_group(connected_groups(small_graph(control=[("P1", "F1"), ("P1", "F2")]))).to_dict()
    {'F1': 2}
    """
    firms = groups.members[groups.members["party_id"].str.startswith("F")]
    return firms["group_id"].value_counts().sort_index().sort_values(ascending=False, kind="stable")


def judge_groups(groups: Groups, truth: pd.DataFrame) -> tuple[GroupScore, ...]:
    """Return for each planted kind and each look-alike how many are in one group.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> truth = pd.DataFrame({"structure_id": "S1", "kind": "hidden_group", "party_id": ["F1", "F2", "P1"],
    ...     "role": ["member", "member", "controller"], "is_harmful": True})
    >>> groups = connected_groups(small_graph(control=[("P1", "F1"), ("P1", "F2"), ("P1", "F3")]))
    >>> judge_groups(groups, truth)[0]
    GroupScore(kind='hidden_group', planted=1, whole=1, exact=0, with_person=1)
    """
    group_of = dict(zip(groups.members["party_id"], groups.members["group_id"], strict=True))
    firms, people = firms_by_group(groups), truth[truth["party_id"].str.startswith("P", na=False)]
    person = people.drop_duplicates("structure_id").set_index("structure_id")["party_id"].to_dict()
    rows, told = planted(truth), []
    for kind in (*PLANTED, *LOOK_ALIKES):
        some = rows.loc[rows["kind"] == kind, "firms"]
        in_one = {str(name): group_of[min(one)] for name, one in some.items() if _is_together(one, group_of)}
        exact = sum(int(firms[group]) == len(some[name]) for name, group in in_one.items())
        held = sum(group_of.get(person.get(name, "")) == group for name, group in in_one.items())
        told.append(GroupScore(kind, len(some), len(in_one), exact, held))
    return tuple(told)


def _is_together(firms: frozenset[str], group_of: dict[str, str]) -> bool:
    found = {group_of.get(firm) for firm in firms}
    return len(found) == 1 and None not in found


def joined_by_value(made: Credit, groups: Groups, value: str) -> tuple[int, int]:
    """Return how many firms are linked to another by one value of an attribute, and how many have that value.

    Parameters
    ----------
    made
        The credit tables and the graph.
    groups
        What `groups_of` found.
    value
        Such as the address of an office tower.
    """
    table = made.tables["shared_attribute"]
    today = pd.Timestamp(made.graph.as_of)
    is_valid = (table["valid_from"] <= today) & ~(table["valid_to"] < today)
    having = table.loc[is_valid & (table["to_id"] == value), "from_id"].nunique()
    pairs = shared(made.graph, table, _policy(made)).pairs
    pairs = pairs[pairs["attribute_id"].str.split(":", n=1).str[1] == value]
    links = groups.links[groups.links["kind"] == "shared_attribute"]
    joined = pairs.merge(links, on=["party_a", "party_b"])
    return len({*joined["party_a"], *joined["party_b"]}), having


def tied_by(groups: Groups) -> "pd.Series[str]":
    """Return by group which kinds of links it rests on: "control", "kinship + shareholding" and so on.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> tied_by(connected_groups(small_graph(control=[("P1", "F1"), ("P1", "F2")]))).to_dict()
    {'F1': 'control'}
    """
    kinds = groups.links.groupby("group_id", sort=True)["kind"].agg(lambda one: " + ".join(sorted(set(one))))
    return kinds.astype(object)


def without_window(made: Credit) -> dict[str, tuple[int, int]]:
    """Return for each attribute how many pairs share it as its rule asks, and how many would without its window.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> inside, ever = without_window(credit(7, 40))["agent"]
    >>> inside <= ever
    True
    """
    policy = _policy(made)
    ever = AttributePolicy(tuple(replace(rule, within_days=None) for rule in policy.rules), policy.needed)
    table = made.tables["shared_attribute"]
    counts = [shared(made.graph, table, one).pairs["attribute"].value_counts() for one in (policy, ever)]
    return {
        rule.attribute: (int(counts[0].get(rule.attribute, 0)), int(counts[1].get(rule.attribute, 0)))
        for rule in policy.rules
    }


def planted_in(groups: Groups, truth: pd.DataFrame) -> dict[str, str]:
    """Return the planted kind, by name of the group, of groups that hold a planted group whole.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> truth = pd.DataFrame({"structure_id": "S1", "kind": "hidden_group", "party_id": ["F1", "F2"],
    ...     "role": "member", "is_harmful": True})
    >>> planted_in(connected_groups(small_graph(control=[("P1", "F1"), ("P1", "F2")])), truth)
    {'F1': 'hidden_group'}
    """
    group_of = dict(zip(groups.members["party_id"], groups.members["group_id"], strict=True))
    rows = planted(truth)
    some = rows[rows["kind"].isin(list(PLANTED))]
    return {
        group_of[min(firms)]: str(kind)
        for kind, firms in zip(some["kind"], some["firms"], strict=True)
        if _is_together(firms, group_of)
    }
