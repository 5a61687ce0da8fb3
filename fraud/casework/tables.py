"""The tables of the work list in SQLite: cases, alerts, steps, outcomes and proposed entries.

Write-ahead log and full synchronisation: what is acknowledged is on the disk. Steps and outcomes are a story: triggers
refuse to change or take away what stands in them, whoever asks.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fraud.casework.cases import Alert, Case, Listing
from fraud.casework.states import State
from fraud.errors import CaseStoreError

__all__ = ["CASE", "LISTING", "alert_from", "case_from", "listing_from", "opened", "transaction", "written"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS cases (
    case_id INTEGER PRIMARY KEY AUTOINCREMENT, grouped TEXT NOT NULL, state TEXT NOT NULL, analyst TEXT NOT NULL,
    version INTEGER NOT NULL, opened_at INTEGER NOT NULL, due_at INTEGER NOT NULL, loss_fen INTEGER NOT NULL,
    alerts INTEGER NOT NULL, follows INTEGER REFERENCES cases
) STRICT;
CREATE INDEX IF NOT EXISTS groups ON cases (grouped, case_id);
CREATE UNIQUE INDEX IF NOT EXISTS one_open ON cases (grouped) WHERE state IN ('new', 'assigned', 'waiting');
CREATE TABLE IF NOT EXISTS alerts (
    event_id TEXT PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases, occurred_at INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS alerts_of ON alerts (case_id);
CREATE TABLE IF NOT EXISTS steps (
    number INTEGER PRIMARY KEY AUTOINCREMENT, case_id INTEGER NOT NULL REFERENCES cases, at INTEGER NOT NULL,
    who TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, reason TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS steps_of ON steps (case_id);
CREATE TABLE IF NOT EXISTS outcomes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL REFERENCES alerts, case_id INTEGER NOT NULL,
    is_fraud INTEGER, known_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS listings (
    number INTEGER PRIMARY KEY AUTOINCREMENT, case_id INTEGER NOT NULL REFERENCES cases, colour TEXT NOT NULL,
    entity TEXT NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL, until INTEGER, maker TEXT NOT NULL,
    made_at INTEGER NOT NULL, checker TEXT NOT NULL DEFAULT '', checked_at INTEGER, note TEXT NOT NULL DEFAULT '',
    verdict TEXT NOT NULL DEFAULT 'proposed'
) STRICT;
"""
_STORIES = ("steps", "outcomes")
_KEPT = """
CREATE TRIGGER IF NOT EXISTS {table}_are_not_{verb}d BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are a story: nothing in them is changed or taken away'); END
"""

CASE = "case_id, grouped, state, analyst, version, opened_at, due_at, loss_fen, alerts, follows"
"""Columns of a case, in the order in which `case_from` takes them."""
LISTING = "colour, entity, value, reason, until, number, case_id, maker, checker, verdict"
"""Columns of a proposed entry, in the order in which `listing_from` takes them."""


def opened(path: Path | str) -> sqlite3.Connection:
    """Open the file of a work list, and make its tables if they are not there.

    Raises
    ------
    CaseStoreError
        If the file cannot be used.

    Examples
    --------
    >>> opened(":memory:").execute("SELECT count(*) FROM cases").fetchone()
    (0,)
    """
    try:
        file = sqlite3.connect(path, isolation_level=None, timeout=20.0)
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        file.execute("PRAGMA foreign_keys = ON")
        kept = [_KEPT.format(table=table, verb=verb) for table in _STORIES for verb in ("UPDATE", "DELETE")]
        with transaction(file):
            for statement in (*_SCHEMA.split(";"), *kept):
                file.execute(statement)
    except sqlite3.Error as error:
        raise CaseStoreError(f"the work list {path} cannot be used: {error}") from None
    return file


@contextmanager
def transaction(file: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Do everything inside or nothing; whoever else writes waits.

    Raises
    ------
    CaseStoreError
        If the file is locked for too long, or cannot be written.

    Examples
    --------
    >>> file = opened(":memory:")
    >>> with transaction(file):
    ...     _ = file.execute("INSERT INTO alerts VALUES ('T1', 1, 0, '{}')")
    Traceback (most recent call last):
    sqlite3.IntegrityError: FOREIGN KEY constraint failed
    >>> file.in_transaction
    False
    """
    try:
        file.execute("BEGIN IMMEDIATE")
        try:
            yield file
        except BaseException:
            file.execute("ROLLBACK")
            raise
        file.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise CaseStoreError(f"the work list cannot be written: {error}") from error


def written(alert: Alert) -> str:
    """Return an alert as the text that its row holds.

    Examples
    --------
    >>> written(Alert("T1", "C1", 0, 0, 5, 0.5, 1))[:39]
    '{"event_id": "T1", "customer_id": "C1",'
    """
    entries = {name: getattr(alert, name) for name in alert.__dataclass_fields__}
    return json.dumps(entries | {"entities": dict(alert.entities)}, ensure_ascii=False)


def alert_from(record: str) -> Alert:
    """Return the alert that `written` wrote.

    Examples
    --------
    >>> alert = Alert("T1", "C1", 0, 0, 5, 0.5, 1, reasons=(("a", "b"),))
    >>> alert_from(written(alert)) == alert
    True
    """
    entries = json.loads(record)
    return Alert(**entries | {"reasons": tuple(tuple(pair) for pair in entries["reasons"])})


def case_from(row: tuple[Any, ...]) -> Case:
    """Return the case that a row of `CASE` stands for.

    Examples
    --------
    >>> case_from((1, "ring:R1", "new", "", 0, 5, 9, 300, 2, None)).about
    ('ring', 'R1')
    """
    case_id, group, state, *rest = row
    return Case(case_id, group, State(state), *rest)


def listing_from(row: tuple[Any, ...]) -> Listing:
    """Return the proposed entry that a row of `LISTING` stands for.

    Examples
    --------
    >>> listing_from(("black", "payee", "6217", "mule", None, 3, 1, "Li", "", "proposed")).number
    3
    """
    return Listing(*row)
