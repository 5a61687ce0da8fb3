"""Connected groups (集团客户): which parties are one customer, and why.

Two parties are linked when one controls the other (a tie of the layer `control`, or more than half of the votes,
directly or through companies it controls, or together with relatives: 近亲属共同控制), when relatives both hold or
control something in a family that controls a company, or when they share what the rules of `credit_graph.attributes`
ask for: the legal representative alone, or two different ones of officer, agent, address and telephone number. A group
is a connected component of these links; it bears the smallest identifier of its members, so that it keeps its name
when unrelated parties come and go. Every link has its reason in words, and `Groups.explain_link` gives the shortest
chain of reasons between two members.

Sources: 商业银行集团客户授信业务风险管理指引, article 3 (direct or indirect control, common control, relatives); white
paper, case 7-1. Economic dependence (经济依存) links parties only where its findings are given, see
`credit_graph.dependence`. When it fails: guarantees are not looked at: a guarantee circle is a risk structure, not a
group. Banks are lenders here and belong to no group.
"""

from collections import deque
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from credit_graph.attributes import AttributePolicy, house_attribute_policy, shared
from credit_graph.control import Domain, domains
from credit_graph.errors import UnknownPartyError
from credit_graph.graph import Graph
from credit_graph.phrases import called, part
from credit_graph.votes import UNITS, Votes, votes_of

__all__ = ["Groups", "connected_groups"]

LINK_COLUMNS = ["group_id", "party_a", "party_b", "kind", "reason_zh", "reason_en"]
Link = tuple[int, int, str, str, str]


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of at least two parties, and what links them.

    Parameters
    ----------
    members
        group_id, party_id, size of the group: by group, then party.
    links
        group_id, party_a, party_b, kind (control, shareholding, kinship, shared_attribute, economic_dependence),
        reason_zh, reason_en.
    ignored
        Attributes that too many share to mean anything: attribute_id, attribute, parties, most.
    """

    members: pd.DataFrame
    links: pd.DataFrame
    ignored: pd.DataFrame

    @cached_property
    def _neighbours(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        ends = zip(self.links["party_a"].tolist(), self.links["party_b"].tolist(), strict=True)
        for row, (a, b) in enumerate(ends):
            found.setdefault(a, {}).setdefault(b, row)
            found.setdefault(b, {}).setdefault(a, row)
        return found

    def explain_link(self, a: str, b: str) -> pd.DataFrame:
        """Return the shortest chain of reasons between two members, one row of `links` a step, empty for a = b.

        Raises
        ------
        UnknownPartyError
            If one of them is in no group, or they are in different groups.

        Examples
        --------
        >>> from credit_graph.sample_graph import small_graph
        >>> groups = connected_groups(small_graph(control=[("P1", "F1"), ("P1", "F2")]))
        >>> groups.explain_link("F1", "F2")["reason_en"].tolist()
        ['P1 controls F1', 'P1 controls F2']
        """
        for party in (a, b):
            if party not in self._neighbours:
                raise UnknownPartyError(f"{party!r} is in no group; give two members of one group")
        before: dict[str, tuple[str, int]] = {a: ("", -1)}
        queue = deque([a])
        while queue and b not in before:
            here = queue.popleft()
            for other, row in self._neighbours[here].items():
                if other not in before:
                    before[other] = (here, row)
                    queue.append(other)
        if b not in before:
            raise UnknownPartyError(f"{a!r} and {b!r} are in different groups; give two members of one group")
        rows: list[int] = []
        while before[b][1] >= 0:
            rows.append(before[b][1])
            b = before[b][0]
        return self.links.iloc[rows[::-1]].reset_index(drop=True)


def connected_groups(
    graph: Graph,
    attributes: pd.DataFrame | None = None,
    policy: AttributePolicy | None = None,
    needed: float = 0.5,
    *,
    dependence: pd.DataFrame | None = None,
) -> Groups:
    """Find the connected groups of a graph.

    Parameters
    ----------
    graph
        Reads the layers control, shareholding, kinship and, without a table, shared_attribute.
    attributes
        The table of shared attributes with their beginnings, for rules with a window, see `attributes.shared`.
    policy
        The rules of shared attributes; those of the house if left out.
    needed
        More than this part of the votes is control, see `credit_graph.votes.votes_of`.
    dependence
        Who depends on whom, party_id, on_id, reason_zh and reason_en (`dependence.economic_dependence`): these belong
        together, too. Nobody if left out.

    Raises
    ------
    AttributeRuleError, UnknownPartyError
        As `credit_graph.attributes.shared`.
    OwnershipError
        As `credit_graph.votes.votes_of`.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> held = [("P1", "F1", 0.6), ("F1", "F2", 0.51), ("P2", "F3", 0.5)]
    >>> groups = connected_groups(small_graph(shareholding=held))
    >>> groups.members["party_id"].tolist(), groups.links["reason_en"].tolist()
    (['F1', 'F2', 'P1'], ['F1 holds 51% of F2', 'P1 holds 60% of F1'])
    """
    rules = policy or house_attribute_policy()
    found = shared(graph, attributes, rules)
    is_client = ~graph.parties["kind"].isin(["bank", "attribute"]).to_numpy(dtype=np.bool_)
    links = _control_links(graph, needed) + _shared_links(graph, found.pairs, rules) + _dependent(graph, dependence)
    kept = [link for link in links if link[0] != link[1] and is_client[link[0]] and is_client[link[1]]]
    tails, heads = [link[0] for link in kept], [link[1] for link in kept]
    ties = sparse.csr_array((np.ones(len(kept)), (tails, heads)), shape=(graph.n, graph.n))
    _, group_of = connected_components(ties, directed=False) if graph.n else (0, np.zeros(0, np.int32))
    _, first, place, size = np.unique(group_of, return_index=True, return_inverse=True, return_counts=True)
    # parties are ascending, so that the first node of a group has its smallest identifier
    name, sizes = graph.ids[first[place]], size[place]
    members = pd.DataFrame({"group_id": name, "party_id": graph.ids, "size": sizes.astype(np.int64)})[sizes > 1]
    rows = [(name[a], graph.ids[a], graph.ids[b], kind, zh, en) for a, b, kind, zh, en in kept]
    frame = pd.DataFrame(rows, columns=LINK_COLUMNS, dtype=object).drop_duplicates()
    return Groups(
        members.sort_values(["group_id", "party_id"], kind="stable", ignore_index=True),
        frame.sort_values(LINK_COLUMNS[:4], kind="stable", ignore_index=True),
        found.ignored,
    )


def _control_links(graph: Graph, needed: float) -> list[Link]:
    votes = votes_of(graph, needed)
    pairs, families = _families(graph, votes)
    ties = graph.layers["control"]
    links: list[Link] = []
    for head, company in zip(ties.tail.tolist(), ties.head.tolist(), strict=True):
        who, what = called(graph, head), called(graph, company)
        links.append((head, company, "control", f"{who}控制{what}", f"{who} controls {what}"))
    in_control: set[int] = set()
    for domain in domains(votes, families):
        in_control |= set(domain.heads)
        links += _holding_links(graph, votes, domain)
    for a, b in pairs:
        if a in in_control:
            who, other = called(graph, a), called(graph, b)
            zh, en = (
                f"{who}与{other}为近亲属，家族控制企业",
                f"{who} and {other} are relatives whose family controls a firm",
            )
            links.append((a, b, "kinship", zh, en))
    return links


def _families(graph: Graph, votes: Votes) -> tuple[list[tuple[int, int]], list[list[int]]]:
    """Pairs of relatives who both hold or control something, and the families that they make."""
    ties = graph.layers["kinship"]
    is_person = (graph.parties["kind"] == "person").to_numpy(dtype=np.bool_)
    holding = {*votes.held, *votes.agreed}
    ends = zip(ties.tail.tolist(), ties.head.tolist(), strict=True)
    pairs = sorted({(min(a, b), max(a, b)) for a, b in ends if a != b and {a, b} <= holding})
    pairs = [(a, b) for a, b in pairs if is_person[a] and is_person[b]]
    if not pairs:
        return [], []
    shape = (graph.n, graph.n)
    kin = sparse.csr_array((np.ones(len(pairs)), ([a for a, _ in pairs], [b for _, b in pairs])), shape=shape)
    _, family_of = connected_components(kin, directed=False)
    families: dict[int, list[int]] = {}
    for person in sorted({person for pair in pairs for person in pair}):
        families.setdefault(int(family_of[person]), []).append(person)
    return pairs, list(families.values())


def _holding_links(graph: Graph, votes: Votes, domain: Domain) -> list[Link]:
    """Everybody in a domain who holds part of a company in it, if those parts together decide."""
    links: list[Link] = []
    for holder in {*domain.heads, *domain.companies}:
        for company, units in votes.held.get(holder, ()):
            together = domain.companies.get(company, 0)
            if not votes.is_majority(company, together):
                continue
            who, what, own = called(graph, holder), called(graph, company), part(units / UNITS)
            zh, en = f"{who}持有{what} {own}", f"{who} holds {own} of {what}"
            if units != together:
                head, total = called(graph, domain.heads[0]), part(together / UNITS)
                side = head if len(domain.heads) == 1 else f"{head} 等近亲属"
                zh += f"，{side}及所控企业合计 {total}"
                kin = "" if len(domain.heads) == 1 else ", relatives"
                en += f"; {head}{kin} and the companies controlled hold {total} together"
            links.append((holder, company, "shareholding", zh, en))
    return links


def _dependent(graph: Graph, dependence: pd.DataFrame | None) -> list[Link]:
    if dependence is None or dependence.empty:
        return []
    ends = (graph.codes(dependence[name]).tolist() for name in ("party_id", "on_id"))
    words = (dependence[name].tolist() for name in ("reason_zh", "reason_en"))
    return [(a, b, "economic_dependence", zh, en) for a, b, zh, en in zip(*ends, *words, strict=True)]


def _shared_links(graph: Graph, pairs: pd.DataFrame, policy: AttributePolicy) -> list[Link]:
    """Pairs whose different attributes together weigh enough."""
    titles = {rule.attribute: rule for rule in policy.rules}
    different = pairs.drop_duplicates(["party_a", "party_b", "attribute"])
    weight = different.groupby(["party_a", "party_b"], sort=True)["weight"].transform("sum")
    enough = different[weight >= policy.needed]
    a, b = graph.codes(enough["party_a"]).tolist(), graph.codes(enough["party_b"]).tolist()
    said: dict[tuple[int, int], list[tuple[str, str]]] = {}
    columns = (enough[name].tolist() for name in ("attribute", "attribute_id", "parties"))
    for left, right, attribute, known, parties in zip(a, b, *columns, strict=True):
        rule = titles[attribute]
        zh, en = f"{rule.title_zh} {known}（{parties} 户）", f"{rule.title_en} {known} ({parties} parties)"
        said.setdefault((left, right), []).append((zh, en))
    links: list[Link] = []
    for (left, right), words in said.items():
        who, other = called(graph, left), called(graph, right)
        zh = f"{who}与{other}：" + "、".join(one for one, _ in words)
        en = f"{who} and {other} share " + " and ".join(one for _, one in words)
        links.append((left, right, "shared_attribute", zh, en))
    return links
