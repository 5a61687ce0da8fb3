"""The ring as a network: what the shells share at the left, themselves in the middle, where money goes at the right."""

from collections.abc import Iterator, Sequence
from typing import Any

from credit_graph.attributes import house_attribute_policy
from datasets.people import called
from datasets.towns import PEOPLE
from engines.province.looking import Seen
from engines.province.papers import rows_of
from engines.report.networks import Box, Edge, Node, View, describe
from engines.risk_graph.amounts import wan

__all__ = ["ring_network"]

_SHARED, _SHELLS, _OUT = 0, 1, 2
_LEAST = 0.6
"""Whom the fraud engine gives at least this probability of washing money is drawn as a mule."""
_SHARED_BY = (2, 20)


def ring_network(seen: Seen, members: Sequence[str], labels: dict[str, str]) -> dict[str, Any]:
    """Describe the ring for the page.

    Parameters
    ----------
    seen
        The province.
    members
        The shells.
    labels
        What each firm is called.
    """
    ties = [*_attributes(seen, members), *_guarantees(seen, members), *_money(seen, members)]
    nodes = [Node(firm, labels[firm], "firm", _SHELLS) for firm in members]
    known = set(members)
    for tie in ties:
        for name, layer in ((tie.source, _SHELLS), (tie.target, _SHARED if tie.kind == "shared_attribute" else _OUT)):
            if name not in known:
                known.add(name)
                kind = "attribute" if layer == _SHARED else "person"
                nodes.append(Node(name, _called(seen, name), kind, layer))
    boxes = [Box("ring", "空壳团伙 the ring", tuple(members))]
    return describe(View("ego", nodes, ties, boxes))


def _called(seen: Seen, name: str) -> str:
    """Name a value of an attribute with what it is, and a person by name."""
    kind, _, value = name.rpartition(":")
    titles = {rule.attribute: rule.title_zh.removeprefix("同一") for rule in house_attribute_policy().rules}
    if value.startswith("P"):
        value = str(called(seen.story.seed, int(value[1:5]) * PEOPLE + int(value[5:]), 1)[0])
    return f"{titles.get(kind, '')} {value}".strip()


def _attributes(seen: Seen, members: Sequence[str]) -> Iterator[Edge]:
    """Return what at least two of the shells share and not too many others do."""
    table = seen.story.tables["shared_attribute"]
    table = table[table["attribute"].isin(["legal_representative", "agent", "address"])]
    mine = table[table["from_id"].isin(list(members))]
    users = table.groupby("to_id")["from_id"].nunique()
    inside = mine.groupby("to_id")["from_id"].nunique()
    for row in rows_of(mine.sort_values(["to_id", "from_id"])):
        if inside[row["to_id"]] >= _SHARED_BY[0] and users[row["to_id"]] <= _SHARED_BY[1]:
            value = f"{row['attribute']}:{row['to_id']}"
            yield Edge(f"a{row['edge_id']}", row["from_id"], value, "shared_attribute")


def _guarantees(seen: Seen, members: Sequence[str]) -> Iterator[Edge]:
    table = seen.story.tables["guarantee"]
    inside = table["from_id"].isin(list(members)) & table["to_id"].isin(list(members))
    for row in rows_of(table[inside]):
        yield Edge(f"g{row['edge_id']}", row["from_id"], row["to_id"], "guarantee", wan(int(row["amount_fen"])))


def _money(seen: Seen, members: Sequence[str]) -> Iterator[Edge]:
    """Return what goes to people of whom the fraud engine thinks that they lend their accounts."""
    payments, likely = seen.story.tables["payments"], seen.probability
    mules = likely.index[(likely >= _LEAST) & likely.index.str.startswith("A")]
    mine = payments[payments["customer_id"].isin(list(members)) & payments["payee_id"].isin(list(mules))]
    sums = mine.groupby(["customer_id", "payee_id"], sort=True)["amount_fen"].sum().reset_index()
    for number, row in enumerate(rows_of(sums)):
        person = f"P{row['payee_id'][1:]}"
        yield Edge(f"m{number}", row["customer_id"], person, "fund_flow", wan(int(row["amount_fen"])))
