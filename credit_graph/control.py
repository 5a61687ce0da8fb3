"""Who controls a company in the end (实际控制人): the fixed point of the majority of votes.

A party controls a company when it and the companies that it controls together hold more than half of the votes: start
with the party alone, add every company whose votes it has, and go on until none is added. Control over A gives all of
A's votes in B, however small the dividend rights: it is the consistent reading of chains, pyramids and circles. The
strength of a chain is its weakest link (La Porta, Lopez-de-Silanes and Shleifer 1999, "Corporate ownership around the
world", Journal of Finance 54; Claessens, Djankov and Lang 2000), reported beside it. Ties of the layer `control`
(agreement, acting in concert, appointed boards) count as all votes.

What a company holds of itself has no vote, and half is not more than half, to the last digit: `credit_graph.votes`.

When it fails: relatives with 30 % each are two parties here unless they are put `together`; shares lent, nominee
holdings (代持) and golden shares are not in the tables. Two circles without an outside owner control themselves and are
flagged. Two ties of the layer `control` on one company give it two controllers.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from credit_graph.graph import Graph
from credit_graph.phrases import LINKS_SHOWN, called, chain, part
from credit_graph.votes import UNITS, Votes, votes_of

__all__ = ["Domain", "domains", "ultimate_controllers"]


@dataclass(frozen=True)
class Domain:
    """What one party controls.

    Parameters
    ----------
    heads
        The party; several when relatives vote together.
    companies
        What they control, and the units of votes that they and their companies hold in it (0 if by agreement only).
    is_circle
        The head is a company that is itself controlled by what it controls: nobody outside does.
    """

    heads: tuple[int, ...]
    companies: dict[int, int]
    is_circle: bool


def domains(votes: Votes, together: Iterable[Sequence[int]] = ()) -> list[Domain]:
    """Return what each ultimate controller controls, by its smallest number.

    Parameters
    ----------
    votes
        See `credit_graph.votes.votes_of`.
    together
        Parties that vote as one (spouses, parents and children), each in at most one such family.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> from credit_graph.votes import votes_of
    >>> votes = votes_of(small_graph(shareholding=[("P1", "F1", 0.3), ("P2", "F1", 0.3)]))
    >>> len(domains(votes)), domains(votes, together=[(1, 2)])[0].heads
    (0, (1, 2))
    """
    families = {member: tuple(sorted(family)) for family in together for member in family}
    has_holder = {company for rows in votes.held.values() for company, _ in rows}
    has_holder |= {company for rows in votes.agreed.values() for company in rows}
    holders = sorted({*votes.held, *votes.agreed})
    heads = {families.get(holder, (holder,)) for holder in holders if holder not in has_holder}
    found = [_spread(votes, head) for head in sorted(heads)]
    covered = {company for domain in found for company in domain.companies}
    rest = [holder for holder in holders if holder in has_holder and holder not in covered]
    inner = [_spread(votes, families.get(head, (head,))) for head in _tops(votes, rest)]
    return sorted(
        [domain for domain in (*found, *_outermost(votes, inner)) if domain.companies], key=lambda one: one.heads
    )


def ultimate_controllers(graph: Graph, needed: float = 0.5) -> pd.DataFrame:
    """Return who controls each company in the end, through whom, and how strongly.

    Parameters
    ----------
    graph
        Reads the layers `shareholding` and `control`.
    needed
        More than this part of the votes is control, see `votes_of`.

    Returns
    -------
    company_id, controller_id, votes (part of the votes that can be cast, held by the controller and its companies),
    weakest_link (the smallest direct holding on the strongest chain; 1 for control by agreement), steps (links of that
    chain), is_circle, chain_zh, chain_en: one row for each company that somebody controls (two under joint control),
    by company. A circle that nobody outside controls stands under its smallest identifier, for each member but that.

    Raises
    ------
    OwnershipError
        As `votes_of`.

    References
    ----------
    La Porta, Lopez-de-Silanes and Shleifer 1999; Claessens, Djankov and Lang 2000.

    Examples
    --------
    >>> from credit_graph.sample_graph import small_graph
    >>> ties = [("P1", "F1", 0.6), ("F1", "F2", 0.3), ("P1", "F2", 0.25)]
    >>> found = ultimate_controllers(small_graph(shareholding=ties))
    >>> found[["company_id", "controller_id", "votes", "weakest_link", "steps"]].to_numpy().tolist()
    [['F1', 'P1', 0.6, 0.6, 1], ['F2', 'P1', 0.55, 0.3, 2]]
    >>> found["chain_en"][1]
    'P1 controls F2: P1 and its companies hold 55% of the votes; strongest chain P1 → F1 → F2, weakest link 30%'
    """
    votes, rows = votes_of(graph, needed), []
    for domain in domains(votes):
        links = _strongest_chains(votes, domain)
        for company, units in sorted(domain.companies.items()):
            if company not in domain.heads:
                rows.append(_row(graph, votes, domain, company, units, links))
    columns = ["company_id", "controller_id", "votes", "weakest_link", "steps", "is_circle", "chain_zh", "chain_en"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(columns[:2], kind="stable", ignore_index=True)
    return frame.astype({"votes": np.float64, "weakest_link": np.float64, "steps": np.int64, "is_circle": np.bool_})


def _spread(votes: Votes, heads: tuple[int, ...]) -> Domain:
    """Return the fixed point: all companies that the heads control."""
    inside, queue = set(heads), list(heads)
    got: dict[int, int] = defaultdict(int)
    agreed: set[int] = set()
    while queue:
        holder = queue.pop()
        for company in votes.agreed.get(holder, ()):
            agreed.add(company)
            if company not in inside:
                inside.add(company)
                queue.append(company)
        for company, units in votes.held.get(holder, ()):
            got[company] += units
            if company not in inside and votes.is_majority(company, got[company]):
                inside.add(company)
                queue.append(company)
    is_circle = any(head in agreed or votes.is_majority(head, got.get(head, 0)) for head in heads)
    companies = {company: got.get(company, 0) for company in inside if is_circle or company not in heads}
    return Domain(heads, companies, is_circle)


def _tops(votes: Votes, rest: list[int]) -> list[int]:
    """Of parties with holders, those that no other controls by one direct tie; of a circle the smallest."""
    place = {party: number for number, party in enumerate(rest)}
    pairs = [(party, company) for party in rest for company in votes.agreed.get(party, ()) if company in place]
    for party in rest:
        held = votes.held.get(party, ())
        pairs += [(party, company) for company, units in held if company in place and votes.is_majority(company, units)]
    ties = np.asarray([(place[upper], place[lower]) for upper, lower in pairs], np.int64).reshape(-1, 2)
    shape = (len(rest), len(rest))
    direct = sparse.csr_array((np.ones(len(ties)), (ties[:, 0], ties[:, 1])), shape=shape)
    count, circle_of = connected_components(direct, connection="strong") if rest else (0, np.zeros(0, np.int32))
    is_below = np.zeros(count, np.bool_)
    crossing = circle_of[ties[:, 0]] != circle_of[ties[:, 1]]
    is_below[circle_of[ties[crossing, 1]]] = True
    _, first = np.unique(circle_of, return_index=True)
    return [rest[place_] for place_ in sorted(first[~is_below].tolist())]


def _outermost(votes: Votes, inner: list[Domain]) -> list[Domain]:
    """Leave out whom another controls; of those that control each other the first stands for all."""
    by_head = {head: domain for domain in inner for head in domain.heads}
    controllers: dict[int, list[Domain]] = defaultdict(list)
    for domain in inner:
        for company in domain.companies:
            if company in by_head and company not in domain.heads:
                controllers[company].append(domain)
    kept = []
    for domain in inner:
        above = [upper for head in domain.heads for upper in controllers[head]]
        mutual = all(domain.companies.keys() >= set(upper.heads) for upper in above)
        if mutual and all(domain.heads < upper.heads for upper in above):
            kept.append(_under_smallest(votes, domain) if domain.is_circle else domain)
    return kept


def _under_smallest(votes: Votes, domain: Domain) -> Domain:
    """Put a circle under its smallest member, a company that controls the head and so whatever the head controls."""
    head = domain.heads[0]
    smaller = (_spread(votes, (company,)) for company in sorted(domain.companies) if company < head)
    return next((other for other in smaller if head in other.companies), domain)


def _strongest_chains(votes: Votes, domain: Domain) -> dict[int, tuple[int, int, int]]:
    """For each company: units of the weakest link, links, and the last holder, on the chain with the widest weakest."""
    best: dict[int, tuple[int, int, int]] = {}
    queue = [(-UNITS, 0, head, -1) for head in domain.heads]
    heapq.heapify(queue)
    while queue:
        width, steps, company, holder = heapq.heappop(queue)
        if company in best:
            continue
        best[company] = (-width, steps, holder)
        ties = [(lower, UNITS) for lower in votes.agreed.get(company, ())] + votes.held.get(company, [])
        for lower, units in ties:
            if lower in domain.companies and lower not in best:
                heapq.heappush(queue, (max(width, -units), steps + 1, lower, company))
    return best


def _row(
    graph: Graph, votes: Votes, domain: Domain, company: int, units: int, links: dict[int, tuple[int, int, int]]
) -> tuple[object, ...]:
    width, steps, holder = links[company]
    way = [company]
    while holder >= 0 and len(way) < LINKS_SHOWN:
        way.append(holder)
        holder = links[holder][2]
    head = domain.heads[0]
    cut = max(steps + 1 - len(way), 0)
    shown = chain([called(graph, code) for code in ([*way, head] if cut else way)[::-1]], cut)
    held = units / int(votes.castable[company]) if votes.castable[company] else 0.0
    who, what, weakest = called(graph, head), called(graph, company), width / UNITS
    zh = f"{who}控制{what}：本人及所控公司合计持有表决权 {part(held)}；最强控制链 {shown}，最弱一环 {part(weakest)}"
    en = f"{who} controls {what}: {who} and its companies hold {part(held)} of the votes; "
    en += f"strongest chain {shown}, weakest link {part(weakest)}"
    if domain.is_circle:
        zh, en = zh + "；循环持股，外部无控制人", en + "; the holdings run in a circle that nobody outside controls"
    return graph.ids[company], graph.ids[head], held, weakest, steps, domain.is_circle, zh, en
