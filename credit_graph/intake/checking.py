"""Check the tables: list every bad row, then refuse them all or leave the bad rows out.

What is checked: missing columns and unknown kinds of table (always an error); missing, repeated or wrongly typed
identifiers; ends that are no party (dangling ties); amounts and capital that are missing, negative, not finite, not
whole or too large; shares outside 0 to 1, and shares of one company that come to more than 100 % on one day; dates
that cannot be read, and validity that ends before it begins; ties of a party with itself; rows given twice.

It does not tell what is merely improbable: a guarantee a hundred times the guarantor's capital passes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from credit_graph.errors import FrameError, OnBadError, TableRefusedError, UnknownKindError
from credit_graph.graph import KINDS
from credit_graph.intake.faults import REASONS
from credit_graph.intake.frames import Column, Frame, in_kind_of, kept_rows
from credit_graph.intake.reading import is_missing
from credit_graph.intake.verdicts import Finding, Parties, Ties, judge_parties, judge_ties

__all__ = ["Checked", "Judged", "check", "judge"]


@dataclass(frozen=True, eq=False)
class Checked:
    """Tables without bad rows, and the report of what was left out.

    Parameters
    ----------
    parties
        The table of parties, in the kind of frame that it came in.
    edges
        The tables of ties by kind, each in the kind of frame that it came in.
    report
        One row for each fault, in the kind of frame of `parties`: table, row (position, from 0), field, value,
        reason, reason_zh.
    """

    parties: Frame
    edges: Mapping[str, Frame]
    report: Frame


@dataclass(frozen=True, eq=False)
class Judged:
    """Tables as read, and the report as a pandas frame, see `Checked`."""

    parties: Parties
    ties: Mapping[str, Ties]
    report: pd.DataFrame


def check(parties: Frame, edges: Mapping[str, Frame], on_bad: str = "refuse") -> Checked:
    """Check tables of parties and ties.

    Parameters
    ----------
    parties
        Table of parties, see `credit_graph.tables`; pandas, polars or Arrow.
    edges
        A table for each kind of tie that there is.
    on_bad
        "refuse" to raise at any bad row, "quarantine" to leave the bad rows out.

    Raises
    ------
    TableRefusedError
        If there are bad rows and they are refused; it carries the report.
    MissingColumnError, FrameError, UnknownKindError
        If a table cannot be read at all.
    OnBadError
        If `on_bad` is another word.

    Examples
    --------
    >>> firms = pd.DataFrame({"party_id": ["A", "B"], "kind": "firm", "name": None, "equity_fen": None})
    >>> days = {"valid_from": ["2024-01-01"] * 2, "valid_to": [None, "2023-01-01"], "source": "register"}
    >>> table = pd.DataFrame({"from_id": ["A", "A"], "to_id": ["B", "C"], "amount_fen": [500, -500], **days})
    >>> checked = check(firms, {"guarantee": table}, on_bad="quarantine")
    >>> len(checked.edges["guarantee"])
    1
    >>> checked.report[["row", "field", "value", "reason"]]
       row       field       value                          reason
    0    1       to_id           C  is not in the table of parties
    1    1    valid_to  2023-01-01            is before valid_from
    2    1  amount_fen        -500                     is negative
    """
    judged = judge(parties, edges, on_bad)
    kept = {kind: kept_rows(frame, judged.ties[kind].good) for kind, frame in edges.items()}
    return Checked(kept_rows(parties, judged.parties.good), kept, in_kind_of(parties, judged.report))


def judge(parties: Frame, edges: Mapping[str, Frame], on_bad: str = "refuse") -> Judged:
    """Read and check tables, for those who go on with the numbers; parameters and errors as `check`.

    Examples
    --------
    >>> firms = pd.DataFrame({"party_id": ["A", "B"], "kind": "firm", "name": None, "equity_fen": None})
    >>> judge(firms, {}).parties.good.tolist()
    [True, True]
    """
    if on_bad not in ("refuse", "quarantine"):
        raise OnBadError(f"on_bad is {on_bad!r}; say 'refuse' or 'quarantine'")
    if not isinstance(edges, Mapping):
        raise FrameError(f"edges is {type(edges).__name__}; give the tables by kind, such as {{'guarantee': table}}")
    unknown = [kind for kind in edges if kind not in KINDS]
    if unknown:
        raise UnknownKindError(f"no kind of tie is called {unknown[0]!r}; the kinds are {', '.join(KINDS)}")
    read = judge_parties(parties)
    ties = {kind: judge_ties(kind, edges[kind], read) for kind in KINDS if kind in edges}
    report = _report([("parties", read.findings), *((kind, table.findings) for kind, table in ties.items())])
    if on_bad == "refuse" and len(report):
        raise TableRefusedError(_sentence(report), report)
    return Judged(read, ties, report)


def _report(findings: Iterable[tuple[str, Sequence[Finding]]]) -> pd.DataFrame:
    faulty = [(table, [one for one in of_table if one.fault.any()]) for table, of_table in findings]
    told = [_told(table, of_table) for table, of_table in faulty if of_table]
    return pd.concat(told or [_told("", [])], ignore_index=True)


def _told(table: str, findings: Sequence[Finding]) -> pd.DataFrame:
    rows = [np.flatnonzero(finding.fault) for finding in findings]
    order = np.argsort(np.concatenate([np.zeros(0, np.int64), *rows]), kind="stable")
    faults = [fault for finding, bad in zip(findings, rows, strict=True) for fault in finding.fault[bad].tolist()]
    told = {
        "table": [table] * len(faults),
        "row": [row for bad in rows for row in bad.tolist()],
        "field": [finding.field for finding, bad in zip(findings, rows, strict=True) for _ in bad],
        "value": [value for finding, bad in zip(findings, rows, strict=True) for value in _given(finding.column, bad)],
        "reason": [REASONS[fault][0] for fault in faults],
        "reason_zh": [REASONS[fault][1] for fault in faults],
    }
    # through Arrow, so that the columns have one type whether or not there is anything in them
    types = {name: pa.int64() if name == "row" else pa.string() for name in told}
    whole = pd.DataFrame({name: pa.array(values, types[name]).to_pandas() for name, values in told.items()})
    return whole.iloc[order]


def _given(column: Column, rows: "npt.NDArray[np.int64]") -> list[str | None]:
    given = [column[row] for row in rows] if isinstance(column, list) else column.take(pa.array(rows)).to_pylist()
    return [None if is_missing(value) else str(value).encode(errors="replace").decode() for value in given]


def _sentence(report: pd.DataFrame) -> str:
    first, counts = report.iloc[0], report["table"].value_counts(sort=False)
    value = "" if pd.isna(first["value"]) else f" {first['value']}"
    faults = "1 fault" if len(report) == 1 else f"{len(report)} faults"
    where = ", ".join(f"{count} in {table}" for table, count in counts.items())
    return (
        f"{first['table']}, row {first['row']}: {first['field']}{value} {first['reason']}"
        f" ({first['reason_zh']}); {faults} in all: {where}; correct them, or leave the rows out with"
        " on_bad='quarantine'"
    )
