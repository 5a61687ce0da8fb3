"""How near clients stand to listed parties, through which kinds of ties, and how the planted ones are found.

Within three hops of a listed party stands nearly everybody, so that distance alone tells little. What tells is how
strong the strongest path is (`credit_graph.ties`) and what it is made of. A client is put on watch from a strength on;
the planted clients (a clean firm whose controller's relative is listed) must be among them, and the share of those on
watch that are planted is a lower bound of precision: others are near by right, through other ties.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from credit_graph.blacklist import nearest_listed
from credit_graph.graph import KINDS
from credit_graph.ties import TieRules, house_ties, ways
from credit_graph.walks import best_walks
from engines.risk_graph.grouping import FEW
from engines.risk_graph.province import Credit

__all__ = ["HOPS", "TIE_WORDS", "WATCH", "Near", "Proxies", "crowds", "listed_on", "near", "proxies", "rules_for"]

HOPS = 3
WATCH = 0.6
"""Clients whose strongest path is at least so strong are on watch: a little less than sharing one attribute."""

TIE_WORDS = {
    "guarantee": "担保 guarantee",
    "loan": "贷款 loan",
    "shareholding": "持股 shareholding",
    "control": "控制 control",
    "kinship": "亲属 kinship",
    "fund_flow": "资金往来 fund flow",
    "shared_attribute": "共同属性 shared attribute",
}


@dataclass(frozen=True, eq=False)
class Near:
    """Who stands near a listed party.

    Parameters
    ----------
    listed
        The listed parties of the day, ascending.
    parties
        As `credit_graph.blacklist.nearest_listed` without the listed themselves, and party_ids (tuple, the strongest
        path with the attributes on it), kinds (tuple, its ties, a shared attribute once).
    rules
        The strengths of ties.
    """

    listed: tuple[str, ...]
    parties: pd.DataFrame
    rules: TieRules

    @cached_property
    def firms(self) -> pd.DataFrame:
        """The clients among them: firms, the strongest first."""
        return self.parties[self.parties["client_id"].str.startswith("F")].reset_index(drop=True)

    @property
    def watched(self) -> pd.DataFrame:
        """The firms on watch."""
        return self.firms[self.firms["strength"] >= WATCH]

    def through(self, node: str) -> int:
        """Return how many parties have a strongest path that leads through a node."""
        return sum(node in path for path in self.parties["party_ids"])


@dataclass(frozen=True, eq=False)
class Proxies:
    """The planted clients near a listed relative.

    Parameters
    ----------
    table
        listed, representative, client: one row for each.
    """

    table: pd.DataFrame

    def among(self, clients: Iterable[str]) -> int:
        """Return how many of some clients are planted."""
        return len(set(clients) & set(self.table["client"]))


def listed_on(made: Credit) -> pd.DataFrame:
    """Return the rows of the blacklist that are known on the day of the graph.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> listed_on(credit(7, 40))["party_id"].tolist()
    ['P00000064']
    """
    table = made.tables["blacklist"]
    return table[table["listed_on"] <= pd.Timestamp(made.graph.as_of)].reset_index(drop=True)


def rules_for(firms: int) -> TieRules:
    """Return the strengths of the house for a sample of so many firms.

    An attribute that too many share leads nowhere. How many are too many is set for a bank with thousands of clients;
    a sample of the province holds a part of the tenants of a tower, so that one firm in forty counts as too many there.

    Examples
    --------
    >>> [rules_for(firms).most_sharing for firms in (100, 1_000, 100_000)]
    [10, 25, 50]
    """
    known = house_ties()
    return replace(known, most_sharing=min(known.most_sharing, max(FEW, firms // 40)))


def near(made: Credit, listed: Iterable[str], rules: TieRules | None = None) -> Near:
    """Return everybody within three hops of a listed party, with the strongest path.

    Parameters
    ----------
    made
        The credit tables and the graph.
    listed
        Identifiers of the listed parties.
    rules
        Strengths of ties; those of `rules_for` the number of firms if left out.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> near(credit(7, 40), ["P00000064"]).firms[["client_id", "kinds"]].to_numpy().tolist()[0]
    ['F00000024', ('kinship', 'control')]
    """
    names, firms = sorted(set(listed)), int((made.graph.parties["kind"] == "firm").sum())
    known = rules or rules_for(firms)
    table = nearest_listed(made.graph, names, HOPS, known)
    table = table[~table["client_id"].isin(names)].reset_index(drop=True)
    roads = ways(made.graph, known)
    best = best_walks(roads, made.graph.codes(names).tolist(), 2 * HOPS)
    found, kinds = np.empty(len(table), object), np.empty(len(table), object)
    for row, code in enumerate(made.graph.codes(table["client_id"]).tolist()):
        path = best.back(code)
        ties = [roads.between(*pair) for pair in pairwise(path)]
        # two parties that share an attribute have two ties with it between them, and are told once
        told = [tie for tie in ties if roads.half_hops[tie] == 2 or roads.is_forward[tie]]
        found[row] = tuple(str(made.graph.ids[node]) for node in path)
        kinds[row] = tuple(KINDS[roads.kind[tie]] for tie in told)
    return Near(tuple(names), table.assign(party_ids=found, kinds=kinds), known)


def proxies(made: Credit) -> Proxies:
    """Return the planted clients near a listed relative.

    Examples
    --------
    >>> from engines.risk_graph.province import credit
    >>> proxies(credit(7, 40)).table.to_numpy().tolist()
    [['P00000064', 'P00000063', 'F00000024']]
    """
    truth = made.truth[made.truth["kind"] == "blacklist_proxy"]
    columns = ["listed", "representative", "client"]
    wide = truth.pivot(index="structure_id", columns="role", values="party_id").reindex(columns=columns)
    return Proxies(wide.reset_index(drop=True).rename_axis(columns=None))


def crowds(made: Credit, found: Near, values: Iterable[str]) -> NDArray[np.int64]:
    """Return the numbers of the firms, not listed themselves, that share one of some values with a listed firm.

    Parameters
    ----------
    made
        The credit tables and the graph.
    found
        Who is listed.
    values
        Such as the address of an office tower.
    """
    ties, names = made.graph.layers["shared_attribute"], pd.Series(made.graph.ids)
    wanted = np.flatnonzero(names.str.split(":", n=1).str[-1].isin(list(values)) & names.str.contains(":"))
    is_listed = np.zeros(made.graph.n, np.bool_)
    is_listed[made.graph.codes(found.listed)] = True
    mates = [ties.tail[ties.head == node] for node in wanted]
    together = [some[~is_listed[some]] for some in mates if is_listed[some].any()]
    return np.unique(np.concatenate([np.zeros(0, np.int64), *together])).astype(np.int64)
