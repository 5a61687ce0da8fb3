"""The graph of one day, from tables: check, keep what is valid on the day, number, sort.

A tie is valid from the first to the last day of its validity, both included; without a last day it is valid from the
first on. A tie that begins tomorrow is not in today's graph, so that nothing leaks from the future into a prediction.
Parties have no validity: all are nodes, also those without any tie.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from credit_graph.errors import AsOfError
from credit_graph.graph import Graph, Layer, layer, with_empty_layers
from credit_graph.intake.checking import Judged, judge
from credit_graph.intake.frames import Frame, pandas_rows
from credit_graph.intake.verdicts import Parties, Ties
from credit_graph.tables import ATTRIBUTE_KIND, PARTY_COLUMNS

__all__ = ["day_of", "snapshot"]

Int64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def snapshot(parties: Frame, edges: Mapping[str, Frame], as_of: date | str, on_bad: str = "refuse") -> Graph:
    """Compile the graph of one day.

    Parameters
    ----------
    parties
        Table of parties, see `credit_graph.tables`; pandas, polars or Arrow. Further columns are kept.
    edges
        A table for each kind of tie that there is.
    as_of
        The day.
    on_bad
        "refuse" to raise at any bad row, "quarantine" to leave the bad rows out and list them in `Graph.report`.

    Raises
    ------
    AsOfError
        If the day is not a date.
    TableRefusedError, MissingColumnError, FrameError, UnknownKindError, OnBadError
        As `credit_graph.intake.checking.check`.

    Examples
    --------
    >>> firms = pd.DataFrame({"party_id": ["B", "A"], "kind": "firm", "name": None, "equity_fen": None})
    >>> days = {"valid_from": ["2024-01-01"], "valid_to": ["2024-06-30"], "source": ["register"]}
    >>> table = pd.DataFrame({"from_id": ["A"], "to_id": ["B"], "amount_fen": [500], **days})
    >>> graph = snapshot(firms, {"guarantee": table}, "2024-06-30")
    >>> graph.ids.tolist(), graph.layers["guarantee"].tail.tolist(), graph.layers["guarantee"].amount_fen.tolist()
    (['A', 'B'], [0], [500])
    >>> snapshot(firms, {"guarantee": table}, "2024-07-01").layers["guarantee"].m
    0
    """
    day = day_of(as_of)
    judged = judge(parties, edges, on_bad)
    today = (day - date(1970, 1, 1)).days
    valid = {kind: np.flatnonzero(_on(ties, today)) for kind, ties in judged.ties.items()}
    ids, attributes, rank, order = _nodes(judged, valid)
    n = len(ids)
    layers = [_layer(kind, judged.ties[kind], rows, rank, ids, n) for kind, rows in valid.items()]
    table = _parties(parties, judged.parties, attributes, order)
    return Graph(day, table, with_empty_layers(layers, n), judged.report)


def day_of(as_of: date | str) -> date:
    """Return a day given as a date, a time or text.

    Raises
    ------
    AsOfError
        If it is none of these.

    Examples
    --------
    >>> day_of("2024-06-30")
    datetime.date(2024, 6, 30)
    """
    if isinstance(as_of, datetime) and not pd.isna(as_of):
        return as_of.date()
    if isinstance(as_of, date) and not pd.isna(as_of):
        return as_of
    try:
        if isinstance(as_of, str) and len(as_of) == len("2024-06-30"):
            return date.fromisoformat(as_of)
    except ValueError:
        pass
    raise AsOfError(f"as_of is {as_of!r}; give a date such as date(2024, 6, 30) or '2024-06-30'")


def _on(ties: Ties, today: int) -> Bools:
    return ties.good & (ties.first_day <= today) & (today <= ties.last_day)


def _nodes(judged: Judged, valid: Mapping[str, Int64]) -> tuple[Any, Any, Int64, Int64]:
    """Return all identifiers in order, those of attributes, the number of each row of parties, and the order."""
    good = judged.parties.good
    attributes = pa.array([], pa.large_string())
    if "shared_attribute" in valid:
        attributes = judged.ties["shared_attribute"].node.take(pa.array(valid["shared_attribute"])).unique()
    named = pa.concat_arrays([judged.parties.ids.filter(pa.array(good)), attributes])
    order = np.arange(len(named))
    if len(named) and not pc.all(pc.less(named[:-1], named[1:]), min_count=0).as_py():
        order = pc.sort_indices(named).to_numpy().astype(np.int64)
    place = np.empty(len(named), np.int64)
    place[order] = np.arange(len(named))
    rank = np.full(len(good), -1)
    rank[good] = place[: int(good.sum())]
    return named.take(pa.array(order)), attributes, rank, order


def _layer(kind: str, ties: Ties, rows: Int64, rank: Int64, ids: Any, n: int) -> Layer:
    if ties.node is None:
        head = rank[ties.head[rows]]
    else:
        head = pc.index_in(ties.node.take(pa.array(rows)), value_set=ids).to_numpy(zero_copy_only=False)
    amount, share = ties.amount_fen, ties.share
    return layer(
        kind,
        rank[ties.tail[rows]],
        head,
        n,
        amount_fen=None if amount is None else amount[rows],
        share=None if share is None else share[rows],
        row=rows,
    )


def _parties(frame: Frame, parties: Parties, attributes: Any, order: Int64) -> pd.DataFrame:
    rows = np.flatnonzero(parties.good)
    table = pandas_rows(frame, rows)
    table = table.assign(
        party_id=parties.ids.take(pa.array(rows)).cast(pa.string()).to_pandas(),
        equity_fen=pd.arrays.IntegerArray(parties.equity_fen[rows], ~parties.equity_known[rows]),
    )
    own = [name for name in table.columns if name not in PARTY_COLUMNS]
    table = table[[*PARTY_COLUMNS, *own]]
    if len(attributes):
        table = pd.concat([_nullable(table, own), _attribute_nodes(attributes)], ignore_index=True)
    return table.iloc[order].reset_index(drop=True)


def _nullable(table: pd.DataFrame, own: list[Any]) -> pd.DataFrame:
    """Let whole numbers stay whole beside rows that have none."""
    wider = {"i": "Int64", "u": "UInt64", "b": "boolean"}
    kinds = {name: getattr(table[name].dtype, "kind", "O") for name in own}
    return table.astype({name: wider[kind] for name, kind in kinds.items() if kind in wider})


def _attribute_nodes(attributes: Any) -> pd.DataFrame:
    number = len(attributes)
    return pd.DataFrame(
        {
            "party_id": attributes.cast(pa.string()).to_pandas(),
            "kind": ATTRIBUTE_KIND,
            "name": pc.replace_substring_regex(attributes, "^[^:]*:", "").cast(pa.string()).to_pandas(),
            "equity_fen": pd.arrays.IntegerArray(np.zeros(number, np.int64), np.ones(number, np.bool_)),
        }
    )
