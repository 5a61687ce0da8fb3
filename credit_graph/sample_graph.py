"""A small graph from a few ties by name, for examples and for trying a rule by hand.

Real tables go through `credit_graph.tables`, which checks them; this is for a page of ties that one reads.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from credit_graph.graph import KINDS, Graph, layer

__all__ = ["small_graph"]


def small_graph(
    names: Mapping[str, str] | None = None, parties: Sequence[str] = (), **ties: Sequence[tuple[str | float, ...]]
) -> Graph:
    """Return a graph of ties given as (from, to) or (from, to, amount in fen, or share for a shareholding).

    What a party is follows from its identifier: "address:H1" is an attribute, B... a bank, P... and Q... persons, all
    others are firms.

    Examples
    --------
    >>> graph = small_graph(guarantee=[("F1", "F2", 500)], loan=[("B1", "F2", 700)])
    >>> graph.ids.tolist(), graph.parties["kind"].tolist(), graph.layers["loan"].amount_fen.tolist()
    (['B1', 'F1', 'F2'], ['bank', 'firm', 'firm'], [700])
    """
    ids = sorted({*parties, *(str(end) for rows in ties.values() for row in rows for end in row[:2])})
    place = {known: code for code, known in enumerate(ids)}
    layers = {}
    for kind in KINDS:
        rows = list(ties.get(kind, ()))
        last = [row[2] if len(row) > 2 else 0 for row in rows]
        layers[kind] = layer(
            kind,
            [place[str(row[0])] for row in rows],
            [place[str(row[1])] for row in rows],
            len(ids),
            amount_fen=None if kind == "shareholding" else [int(value) for value in last],
            share=[float(value) for value in last] if kind == "shareholding" else None,
        )
    frame = pd.DataFrame({"party_id": pd.Series(ids, dtype=object)})
    frame["kind"] = [_kind(known) for known in ids]
    frame["name"] = [(names or {}).get(known, known) for known in ids]
    frame["equity_fen"] = pd.array([None] * len(ids), dtype="Int64")
    return Graph(date(2025, 1, 1), frame, layers)


def _kind(known: str) -> str:
    if ":" in known:
        return "attribute"
    return {"B": "bank", "P": "person", "Q": "person"}.get(known[:1], "firm")
