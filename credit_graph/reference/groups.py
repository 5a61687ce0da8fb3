"""Connected groups and shared attributes, as one would say them: every pair looked at, networkx components.

The readable twin of `credit_graph.groups`, `credit_graph.attributes` and `credit_graph.dependence`.
"""

from datetime import date
from fractions import Fraction
from itertools import combinations

import networkx as nx

from credit_graph.attributes import AttributePolicy, AttributeRule
from credit_graph.graph import Graph
from credit_graph.reference.ownership import controlled_by

__all__ = ["dependents_by_definition", "groups_by_definition", "pairs_by_definition"]


def dependents_by_definition(flows: list[tuple[str, str, int]], needed: Fraction) -> set[tuple[str, str, str]]:
    """Return who receives, or pays, at least so large a part of all through whom: (party, on whom, side).

    Examples
    --------
    >>> sorted(dependents_by_definition([("F1", "F2", 5), ("F3", "F2", 4)], Fraction(1, 2)))
    [('F1', 'F2', 'expenditures'), ('F2', 'F1', 'receipts'), ('F3', 'F2', 'expenditures')]
    """
    found = set()
    trade = [(payer, receiver, amount) for payer, receiver, amount in flows if payer != receiver]
    for one in {party for payer, receiver, _ in trade for party in (payer, receiver)}:
        came = [(payer, amount) for payer, receiver, amount in trade if receiver == one]
        went = [(receiver, amount) for payer, receiver, amount in trade if payer == one]
        for side, rows in (("receipts", came), ("expenditures", went)):
            for other in {party for party, _ in rows}:
                through = sum(amount for party, amount in rows if party == other)
                if through > 0 and through >= needed * sum(amount for _, amount in rows):
                    found.add((one, other, side))
    return found


def pairs_by_definition(users: list[tuple[str, date]], rule: AttributeRule) -> set[tuple[str, str]]:
    """Return the pairs that share one attribute within a window of enough parties.

    Examples
    --------
    >>> rule = AttributeRule("agent", "代理人", "agent", at_least=2, most=9, weight=1, within_days=30)
    >>> pairs_by_definition([("F1", date(2025, 1, 1)), ("F2", date(2025, 1, 31)), ("F3", date(2025, 3, 9))], rule)
    {('F1', 'F2')}
    """
    if len({party for party, _ in users}) > rule.most:
        return set()
    found = set()
    for _, first in users:
        span = rule.within_days if rule.within_days is not None else 10**6
        inside = {party for party, day in users if 0 <= (day - first).days <= span}
        if rule.within_days is None:
            inside = {party for party, _ in users}
        if len(inside) >= rule.at_least:
            found |= set(combinations(sorted(inside), 2))
    return found


def groups_by_definition(
    graph: Graph, users: dict[str, list[tuple[str, date]]], policy: AttributePolicy
) -> set[frozenset[str]]:
    """Return the groups of at least two parties, from majority control, kinship and shared attributes.

    Parameters
    ----------
    graph
        Its layers shareholding, control and kinship.
    users
        For each attribute ("address:H1"), who uses it from when.
    policy
        The rules.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> found = groups_by_definition(small_graph(control=[("F1", "F2")]), {}, AttributePolicy((), 1))
    >>> [sorted(group) for group in found]
    [['F1', 'F2']]
    """
    ids, kind = graph.ids, graph.parties["kind"].tolist()
    links = nx.Graph()
    owns, rules = graph.layers["shareholding"], {rule.attribute: rule for rule in policy.rules}
    agreed = set(zip(graph.layers["control"].tail.tolist(), graph.layers["control"].head.tolist(), strict=True))
    held = [
        (h, c) for h, c, s in zip(owns.tail.tolist(), owns.head.tolist(), owns.share.tolist(), strict=True) if s > 0
    ]
    active = {h for h, c in (*held, *agreed) if h != c}
    relatives = zip(graph.layers["kinship"].tail.tolist(), graph.layers["kinship"].head.tolist(), strict=True)
    kin = [(a, b) for a, b in relatives if a != b and {a, b} <= active and kind[a] == kind[b] == "person"]
    families = nx.Graph(kin)
    for head in active:
        family = nx.node_connected_component(families, head) if head in families else {head}
        companies = controlled_by(graph, family)
        inside = family | companies
        links.add_edges_from((h, c) for h, c in (*held, *agreed) if h in inside and c in companies)
        if companies:
            links.add_edges_from((a, b) for a, b in kin if a in family)
    weight: dict[tuple[str, str], dict[str, int]] = {}
    for known, rows in users.items():
        attribute = known.split(":")[0]
        for pair in pairs_by_definition(rows, rules[attribute]) if attribute in rules else ():
            weight.setdefault(pair, {})[attribute] = rules[attribute].weight
    place = {known: code for code, known in enumerate(ids)}
    links.add_edges_from((place[a], place[b]) for (a, b), each in weight.items() if sum(each.values()) >= policy.needed)
    links.remove_nodes_from([code for code in list(links) if kind[code] in ("bank", "attribute")])
    links.remove_edges_from(list(nx.selfloop_edges(links)))
    return {frozenset(ids[code] for code in part) for part in nx.connected_components(links) if len(part) > 1}
