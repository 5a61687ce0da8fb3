"""To networkx and back, and to tables: for those who explore.

networkx is right for a neighbourhood of some thousand parties that somebody wants to look at with its hundreds of
functions; it takes a hundred times the memory and time of the arrays. What comes back from it is checked as any
table is. Ties are written with their row, so that two guarantees between the same firms stay two.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import networkx as nx
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from credit_graph.errors import UndirectedError, UnknownKindError
from credit_graph.graph import Graph, Layer
from credit_graph.intake.reading import is_missing
from credit_graph.snapshot import day_of, snapshot
from credit_graph.tables import ATTRIBUTE_KIND, PARTY_COLUMNS, TIE_COLUMNS, WITH_AMOUNT, WITH_SHARE

__all__ = ["edges_of", "from_networkx", "to_networkx"]


def edges_of(graph: Graph, kind: str = "guarantee") -> pd.DataFrame:
    """Return the ties of one kind on the day as a table with identifiers.

    Returns
    -------
    pandas.DataFrame
        from_id, to_id, attribute (shared attributes only), amount_fen and share where the kind has them, row
        (position in the table that the graph was made of); sorted by the numbers of the ends, then by row.

    Raises
    ------
    UnknownKindError
        If the graph has no such kind.

    Examples
    --------
    >>> from credit_graph.graph import graph_of, layer
    >>> graph = graph_of(2, [layer("guarantee", [0], [1], n=2, amount_fen=[500])], date(2024, 6, 30))
    >>> edges_of(graph)
      from_id to_id  amount_fen  row
    0      F0    F1         500    0
    """
    ties = _ties(graph, kind)
    ids = pa.array(graph.parties["party_id"], pa.string())
    ends = {name: ids.take(pa.array(node)) for name, node in (("from_id", ties.tail), ("to_id", ties.head))}
    if kind == "shared_attribute":
        ends["attribute"] = pc.replace_substring_regex(ends["to_id"], "(?s):.*$", "")
        ends["to_id"] = pc.replace_substring_regex(ends["to_id"], "^[^:]*:", "")
    table = {name: column.to_pandas() for name, column in ends.items()}
    if kind in WITH_AMOUNT:
        table["amount_fen"] = ties.amount_fen
    if kind in WITH_SHARE:
        table["share"] = ties.share
    return pd.DataFrame({**table, "row": ties.row})


def to_networkx(graph: Graph, kind: str = "guarantee") -> Any:
    """Return the parties and the ties of one kind as a `networkx.MultiDiGraph`.

    Nodes are identifiers and carry what the table of parties says of them; ties have the row of their table as key
    and carry kind, amount_fen and share. What is missing is left out. Nodes of attributes are there only together
    with their ties.

    Raises
    ------
    UnknownKindError
        If the graph has no such kind.

    Examples
    --------
    >>> from credit_graph.graph import graph_of, layer
    >>> graph = graph_of(2, [layer("guarantee", [0], [1], n=2, amount_fen=[500])], date(2024, 6, 30))
    >>> to_networkx(graph)["F0"]["F1"][0]
    {'kind': 'guarantee', 'amount_fen': 500}
    """
    ties, ids = _ties(graph, kind), graph.ids
    shown = graph.parties if kind == "shared_attribute" else graph.parties[graph.parties["kind"] != ATTRIBUTE_KIND]
    told = shown.drop(columns="party_id").astype(object).to_dict("records")
    explored = nx.MultiDiGraph(as_of=graph.as_of.isoformat())
    explored.add_nodes_from((node, _known(said)) for node, said in zip(shown["party_id"], told, strict=True))
    fields: dict[str, Any] = {"kind": [kind] * ties.m}
    if kind in WITH_AMOUNT:
        fields["amount_fen"] = ties.amount_fen.tolist()
    if kind in WITH_SHARE:
        fields["share"] = ties.share.tolist()
    said = (_known(dict(zip(fields, values, strict=True))) for values in zip(*fields.values(), strict=True))
    explored.add_edges_from(zip(ids[ties.tail], ids[ties.head], ties.row.tolist(), said, strict=True))
    return explored


def from_networkx(nx_graph: Any, as_of: date | str, kind: str = "guarantee") -> Graph:
    """Return a graph with one kind of ties from any directed networkx graph.

    Nodes are identifiers (text); their attributes kind ("firm" if there is none), name and equity_fen are read, and
    others kept. Nodes of the kind "attribute" come back with their ties only. Ties carry amount_fen or share as the
    tables do, and may carry valid_from, valid_to and source; without valid_from they are valid on the day. Their rows
    are numbered as networkx lists them.

    Raises
    ------
    UndirectedError
        If the graph is undirected, except for kinship.
    UnknownKindError, AsOfError
        If there is no such kind of tie, or the day is not a date.
    TableRefusedError
        If a node or tie would be a bad row, see `credit_graph.intake.checking.check`.

    Examples
    --------
    >>> explored = nx.DiGraph()
    >>> explored.add_edge("A", "B", amount_fen=500)
    >>> graph = from_networkx(explored, "2024-06-30")
    >>> graph.ids.tolist(), graph.layers["guarantee"].amount_fen.tolist()
    (['A', 'B'], [500])
    """
    if kind not in TIE_COLUMNS:
        raise UnknownKindError(f"no kind of tie is called {kind!r}; the kinds are {', '.join(TIE_COLUMNS)}")
    if not nx_graph.is_directed() and kind != "kinship":
        raise UndirectedError(f"the graph is undirected, but a {kind} runs from one party to another; give a DiGraph")
    day = day_of(as_of)
    nodes = [
        {"kind": "firm", "name": None, "equity_fen": None, **said, "party_id": node}
        for node, said in nx_graph.nodes(data=True)
        if said.get("kind") != ATTRIBUTE_KIND
    ]
    start = {"valid_from": day, "valid_to": None, "source": "networkx"}
    ties = [{**start, **said, **_ends(tail, head, kind)} for tail, head, said in nx_graph.edges(data=True)]
    wanted = [*TIE_COLUMNS[kind], *(["share"] if kind == "control" else [])]
    return snapshot(_table(nodes, PARTY_COLUMNS), {kind: _table(ties, wanted, only=True)}, day)


def _ties(graph: Graph, kind: str) -> Layer:
    if kind not in graph.layers:
        raise UnknownKindError(f"no kind of tie is called {kind!r}; the kinds are {', '.join(graph.layers)}")
    return graph.layers[kind]


def _known(said: dict[Any, Any]) -> dict[Any, Any]:
    return {name: value for name, value in said.items() if not is_missing(value)}


def _ends(tail: Any, head: Any, kind: str) -> dict[str, Any]:
    if kind != "shared_attribute":
        return {"from_id": tail, "to_id": head}
    attribute, _, value = str(head).partition(":")
    return {"from_id": tail, "to_id": value, "attribute": attribute}


def _table(records: list[dict[str, Any]], wanted: Iterable[str], only: bool = False) -> pd.DataFrame:
    """Return a table whose values are as they were, neither widened to floats nor read as dates."""
    names = dict.fromkeys(wanted)
    if not only:
        names.update(dict.fromkeys(name for record in records for name in record))
    # a series of objects keeps whatever it is given, a tuple too
    columns = {name: pd.Series([record.get(name) for record in records], dtype=object) for name in names}
    return pd.DataFrame(columns)
