"""Read whole tables and find what is wrong with each row.

Parties come first; a tie to a party whose own row is bad is bad too, so that what is left always fits together. A
row may have several faults and all of them are told. Shares are summed over the rows that are good otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from credit_graph.intake.faults import Fault
from credit_graph.intake.frames import Column, Frame, columns, number_of_rows
from credit_graph.intake.reading import Reading, read_days, read_fen, read_shares, read_text
from credit_graph.intake.repeats import repeated_ids, repeated_rows
from credit_graph.intake.shareholders import oversubscribed
from credit_graph.numbering import LARGEST_FEN
from credit_graph.tables import (
    ATTRIBUTES,
    NOT_WITH_ITSELF,
    PARTY_COLUMNS,
    PARTY_KINDS,
    TIE_COLUMNS,
    WITH_AMOUNT,
    WITH_SHARE,
)

__all__ = ["OPEN_END", "Finding", "Parties", "Ties", "judge_parties", "judge_ties"]

OPEN_END = 2**31
"""The last day of a tie that has none, in days since 1970: later than any date."""

Bools = npt.NDArray[np.bool_]
Int64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Finding:
    """The faults of one field: its name, its values as given, and `Fault` of each row, int8 of shape (m,)."""

    field: str
    column: Column
    fault: npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Parties:
    """The table of parties, read.

    Parameters
    ----------
    ids
        Identifiers, an Arrow array of shape (n,).
    good
        Which rows have no fault, shape (n,).
    equity_fen, equity_known
        Own capital, 0 where it is not known.
    findings
        The faults.
    """

    ids: Any
    good: Bools
    equity_fen: Int64
    equity_known: Bools
    findings: Sequence[Finding]


@dataclass(frozen=True, eq=False)
class Ties:
    """A table of ties, read.

    Parameters
    ----------
    good
        Which rows have no fault, shape (m,).
    tail, head
        Rows of the ends in the table of parties; the head is -1 for shared attributes.
    node
        For shared attributes the names of the nodes ("address:H0001"), an Arrow array; else None.
    amount_fen, share
        int64 and float64 (NaN where there is none), or None if the kind has none.
    first_day, last_day
        Days since 1970, both included; `OPEN_END` if open.
    findings
        The faults.
    """

    good: Bools
    tail: Int64
    head: Int64
    node: Any
    amount_fen: Int64 | None
    share: npt.NDArray[np.float64] | None
    first_day: Int64
    last_day: Int64
    findings: Sequence[Finding]


def judge_parties(frame: Frame) -> Parties:
    """Read the table of parties.

    Examples
    --------
    >>> import pandas as pd
    >>> parties = pd.DataFrame({"party_id": ["A", "A"], "kind": "firm", "name": None, "equity_fen": [5, None]})
    >>> judge_parties(parties).good.tolist()
    [True, False]
    """
    column = columns(frame, "parties", PARTY_COLUMNS)
    ids, equity = read_text(column["party_id"]), read_fen(column["equity_fen"], lowest=-LARGEST_FEN)
    fault = ids.fault.copy()
    fault[_true(pc.match_substring_regex(ids.values, f"^({'|'.join(ATTRIBUTES)}):"))] = Fault.RESERVED_ID
    fault[(fault == 0) & repeated_ids(ids.values)] = Fault.REPEATED_PARTY
    known = equity.fault != Fault.MISSING
    findings = [
        Finding("party_id", column["party_id"], fault),
        Finding("kind", column["kind"], _one_of(column["kind"], PARTY_KINDS, Fault.PARTY_KIND)[1]),
        Finding("equity_fen", column["equity_fen"], np.where(known, equity.fault, np.int8(0))),
    ]
    return Parties(ids.values, _good(findings, len(fault)), equity.values, known, findings)


def judge_ties(kind: str, frame: Frame, parties: Parties) -> Ties:
    """Read the table of one kind of ties.

    Examples
    --------
    >>> import pandas as pd
    >>> parties = judge_parties(pd.DataFrame({"party_id": ["A"], "kind": "firm", "name": None, "equity_fen": None}))
    >>> table = {"from_id": ["A"], "to_id": ["B"], "valid_from": ["2024-01-01"], "valid_to": [None], "source": ""}
    >>> judge_ties("kinship", pd.DataFrame(table), parties).good.tolist()
    [False]
    """
    column = columns(frame, kind, TIE_COLUMNS[kind], ("edge_id", "share") if kind in WITH_SHARE else ("edge_id",))
    m = number_of_rows(frame)
    tail, head, node, findings = _ends(kind, column, parties)
    first, last, told = _days(column)
    findings += told
    amount = share = None
    if kind in WITH_AMOUNT:
        reading = read_fen(column["amount_fen"])
        amount = reading.values
        findings.append(Finding("amount_fen", column["amount_fen"], reading.fault))
    if kind in WITH_SHARE and "share" in column:
        share, fault = _share(kind, column["share"])
        findings.append(Finding("share", column["share"], fault))
    findings += _repeats(frame, column, [tail, head, first, last, amount, share, node])
    if kind == "shareholding" and share is not None:
        findings.append(_excess(column["share"], _good(findings, m), head, share, first, last))
    return Ties(_good(findings, m), tail, head, node, amount, share, first, last, findings)


def _ends(kind: str, column: dict[str, Column], parties: Parties) -> tuple[Int64, Int64, Any, list[Finding]]:
    if kind == "shared_attribute":
        tail, fault = _rows(column["from_id"], parties)
        value = read_text(column["to_id"])
        attribute, unknown = _one_of(column["attribute"], ATTRIBUTES, Fault.ATTRIBUTE)
        node = pc.binary_join_element_wise(attribute, value.values, pa.scalar(":", pa.large_string()))
        told = [Finding("to_id", column["to_id"], value.fault), Finding("attribute", column["attribute"], unknown)]
        return tail, np.full(len(tail), -1), node, [Finding("from_id", column["from_id"], fault), *told]
    tail, fault = _rows(column["from_id"], parties)
    head, wrong = _rows(column["to_id"], parties)
    if kind in NOT_WITH_ITSELF:
        wrong[(head >= 0) & (head == tail)] = Fault.WITH_ITSELF
    return tail, head, None, [Finding("from_id", column["from_id"], fault), Finding("to_id", column["to_id"], wrong)]


def _rows(column: Column, parties: Parties) -> tuple[Int64, npt.NDArray[np.int8]]:
    """Return the rows of parties in their table, -1 where there is a fault."""
    reading = read_text(column)
    rows = np.append(np.flatnonzero(parties.good), -1)
    place = pc.index_in(reading.values, value_set=parties.ids.filter(pa.array(parties.good)), skip_nulls=True)
    code = rows[place.fill_null(len(rows) - 1).to_numpy(zero_copy_only=False)]
    fault = reading.fault.copy()
    unknown = (fault == 0) & (code < 0)
    if unknown.any():
        refused = parties.ids.filter(pa.array(~parties.good)).drop_null()
        fault[unknown] = Fault.UNKNOWN_PARTY
        fault[unknown & _true(pc.is_in(reading.values, value_set=refused))] = Fault.REFUSED_PARTY
    return code, fault


def _days(column: dict[str, Column]) -> tuple[Int64, Int64, list[Finding]]:
    begin, end = read_days(column["valid_from"]), read_days(column["valid_to"])
    is_open = end.fault == Fault.MISSING
    last = np.where(is_open, OPEN_END, end.values)
    fault = np.where(is_open, np.int8(0), end.fault)
    fault[(fault == 0) & (begin.fault == 0) & (last < begin.values)] = Fault.ENDS_BEFORE
    told = [Finding("valid_from", column["valid_from"], begin.fault), Finding("valid_to", column["valid_to"], fault)]
    return begin.values, last, told


def _share(kind: str, column: Column) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
    reading = read_shares(column)
    missing = reading.fault == Fault.MISSING
    fault = reading.fault if kind == "shareholding" else np.where(missing, np.int8(0), reading.fault)
    return np.where(missing, np.nan, reading.values), fault


def _repeats(frame: Frame, column: dict[str, Column], read: list[Any]) -> list[Finding]:
    earlier = repeated_rows(frame, [values for values in read if values is not None])
    again = earlier >= 0
    told = [Finding("row", pa.array(earlier), np.where(again, np.int8(Fault.REPEATED_ROW), np.int8(0)))]
    if "edge_id" in column:
        fault = np.where(repeated_ids(column["edge_id"]) & ~again, np.int8(Fault.REPEATED_EDGE_ID), np.int8(0))
        told.append(Finding("edge_id", column["edge_id"], fault))
    return told


def _excess(column: Column, good: Bools, head: Int64, share: Any, first: Int64, last: Int64) -> Finding:
    fault = np.zeros(len(head), np.int8)
    rows = np.flatnonzero(good)
    wrong = oversubscribed(head[rows], share[rows], first[rows], last[rows])
    fault[rows[wrong]] = Fault.OVERSUBSCRIBED
    return Finding("share", column, fault)


def _one_of(column: Column, allowed: tuple[str, ...], wrong: Fault) -> tuple[Any, npt.NDArray[np.int8]]:
    reading: Reading = read_text(column)
    fault = reading.fault.copy()
    fault[(fault == 0) & ~_true(pc.is_in(reading.values, value_set=pa.array(allowed, pa.large_string())))] = wrong
    return reading.values, fault


def _good(findings: list[Finding], m: int) -> Bools:
    good = np.ones(m, np.bool_)
    for finding in findings:
        good &= finding.fault == 0
    return good


def _true(mask: Any) -> Bools:
    return np.asarray(mask.fill_null(False).to_numpy(zero_copy_only=False), np.bool_)
