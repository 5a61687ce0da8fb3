"""Tables of the case `blacklist`: reach by strength and by hops, kinds of paths, and who stands near, in words."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from credit_graph.blacklist import Paths, paths
from engines.result import Table
from engines.risk_graph.nearness import HOPS, TIE_WORDS, WATCH, Near, Proxies
from engines.risk_graph.province import Credit

__all__ = [
    "Listing",
    "all_paths",
    "hop_table",
    "kind_table",
    "nearest_table",
    "proxy_table",
    "shown_clients",
    "strength_table",
]

_STRENGTHS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.2)
_SHOWN = 10
_KINDS_SHOWN = 12


@dataclass(frozen=True, eq=False)
class Listing:
    """What the case found.

    Parameters
    ----------
    made
        The tables and the graph.
    near
        Who stands within three hops of a listed party, with the strongest path.
    proxies
        The planted clients.
    paths
        All paths, within a budget, to the clients that are looked at closely.
    """

    made: Credit
    near: Near
    proxies: Proxies
    paths: Mapping[str, Paths]

    def name(self, party: str) -> str:
        """Return the name of a party with its identifier."""
        return f"{self.made.names[party]} ({party})"

    def reason(self, party: str) -> str:
        """Return why and since when a party is listed."""
        table = self.made.tables["blacklist"].set_index("party_id")
        return f"{table['reason'][party]} {pd.Timestamp(table['listed_on'][party]):%Y-%m-%d}"

    def count(self, client: str) -> str:
        """Return how many paths lead to a client, and whether the search for them was cut short."""
        found = self.paths[client]
        return f"{len(found.paths):,}{'+ (cut short · 截断)' if found.is_truncated else ''}"


def all_paths(made: Credit, near: Near, clients: Iterable[str], budget: int) -> dict[str, Paths]:
    """Return all paths to some clients, at most so many for each, by client.

    Examples
    --------
    >>> from engines.risk_graph.nearness import near
    >>> from engines.risk_graph.province import credit
    >>> made = credit(7, 40)
    >>> found = all_paths(made, near(made, ["P00000064"]), ["F00000024"], budget=1)["F00000024"]
    >>> found.paths["party_ids"].tolist()
    [('P00000064', 'P00000063', 'F00000024')]
    """
    return {one: paths(made.graph, near.listed, one, HOPS, near.rules, budget) for one in dict.fromkeys(clients)}


def _row(found: Listing, title: str, some: pd.DataFrame) -> tuple[str, ...]:
    firms = int((found.made.graph.parties["kind"] == "firm").sum())
    known, there = found.proxies.among(some["client_id"]), len(found.proxies.table)
    recall = f"{known} of {there}"
    precision = f"{100 * known / len(some):.1f}%" if len(some) else "–"
    return title, f"{len(some):,}", f"{100 * len(some) / max(firms, 1):.1f}%", recall, precision


_REACH = ("clients · 企业", "of all · 占比", "planted among · 其中预埋", "precision · 精确率")


def strength_table(found: Listing) -> Table:
    """Return how many clients have a strongest path of some strength, and how many planted ones are among them."""
    firms = found.near.firms
    rows = [
        _row(found, f"{least:g}{' (watch · 关注线)' if least == WATCH else ''}", firms[firms["strength"] >= least])
        for least in _STRENGTHS
    ]
    rows.append(_row(found, f"any, {HOPS} hops · {HOPS} 跳内", firms))
    head = ("strength at least · 强度不低于", *_REACH)
    return Table("Reach by strength of the strongest path", "按最强路径强度统计", head, tuple(rows))


def hop_table(found: Listing) -> Table:
    """Return how many clients stand within some hops of a listed party: distance alone."""
    firms = found.near.firms
    rows = [_row(found, f"{hops}", firms[firms["nearest_hops"] <= hops]) for hops in [*range(1, HOPS), HOPS]]
    head = ("hops at most · 跳数不超过", *_REACH)
    return Table("Reach by distance alone", "仅按距离统计", head, tuple(rows))


def kind_table(found: Listing) -> Table:
    """Return what the strongest paths to the clients on watch are made of."""
    watched = found.near.watched
    planted = watched["client_id"].isin(list(found.proxies.table["client"]))
    counts = Counter(watched["kinds"].tolist())
    rows = []
    for kinds, count in counts.most_common(_KINDS_SHOWN):
        is_such = np.array([one == kinds for one in watched["kinds"]])
        said = " → ".join(TIE_WORDS[kind] for kind in kinds)
        best = f"{watched['strength'][is_such].max():.3f}"
        rows.append((said, f"{count:,}", f"{int(planted[is_such].sum()):,}", best))
    head = ("path · 路径类型", "clients · 企业", "planted · 其中预埋", "strongest · 最强")
    return Table("What the paths to clients on watch are made of", "关注客户的路径类型", head, tuple(rows))


def nearest_table(found: Listing) -> Table:
    """Return the clients with the strongest paths, in words."""
    some = found.near.firms.head(_SHOWN)
    return _in_words(found, some, "Clients nearest to a listed party", "与黑名单关联最强的客户")


def proxy_table(found: Listing) -> Table:
    """Return planted clients with the strongest paths to them, in words; those that are not found are missing."""
    firms = found.near.firms
    some = firms[firms["client_id"].isin(list(found.proxies.table["client"]))].head(_SHOWN)
    return _in_words(
        found, some, "Planted: a clean firm whose controller's relative is listed", "预埋：控制人亲属在名单上"
    )


def _in_words(found: Listing, some: pd.DataFrame, title: str, title_zh: str) -> Table:
    rows = tuple(
        (
            found.name(one["client_id"]),
            found.reason(one["listed_id"]),
            f"{one['hops']:g}",
            found.count(one["client_id"]),
            one["words_zh"],
            one["words_en"],
        )
        for one in some.to_dict("records")
    )
    head = ("client · 客户", "listed for · 列名原因", "hops · 跳数", "paths · 路径数", "最强路径", "strongest path")
    return Table(title, title_zh, head, rows)


def shown_clients(found: Near, planted: Proxies) -> list[str]:
    """Return the clients of the tables in words, and all that are planted.

    Examples
    --------
    >>> from engines.risk_graph.nearness import near, proxies
    >>> from engines.risk_graph.province import credit
    >>> made = credit(7, 40)
    >>> shown_clients(near(made, ["P00000064"]), proxies(made))[0]
    'F00000024'
    """
    return [*found.firms["client_id"].head(_SHOWN), *planted.table["client"]]
