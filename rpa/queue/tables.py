"""The tables of the queue in SQLite: accounts, the steps that they took, and the last token that was given.

Write-ahead log and full synchronisation: a step is on disk when its transaction ends, and several bots may share it.
"""

import json
import sqlite3
import time
from pathlib import Path
from typing import Any

from rpa.errors import QueueError
from rpa.queue.items import Item
from rpa.queue.states import State

__all__ = ["COLUMNS", "item_of", "opened"]

_TABLES = """
CREATE TABLE IF NOT EXISTS items (
    filing_id TEXT PRIMARY KEY, state TEXT NOT NULL, record TEXT NOT NULL, due REAL NOT NULL, rank INTEGER NOT NULL,
    came_at REAL NOT NULL, filed_at REAL, attempts INTEGER NOT NULL DEFAULT 0, not_before REAL NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '', facts TEXT NOT NULL DEFAULT '{}', resume TEXT,
    worker TEXT, token INTEGER NOT NULL DEFAULT 0, lease_until REAL NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS next_items ON items (due, rank, filing_id);
CREATE TABLE IF NOT EXISTS steps (
    number INTEGER PRIMARY KEY AUTOINCREMENT, filing_id TEXT NOT NULL, at REAL NOT NULL, before TEXT NOT NULL,
    after TEXT NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS steps_of ON steps (filing_id);
CREATE TABLE IF NOT EXISTS tokens (last INTEGER NOT NULL) STRICT;
INSERT INTO tokens SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM tokens);
"""
_TRIES, _WAIT_SECONDS = 200, 0.05
COLUMNS = "filing_id, state, record, due, rank, came_at, filed_at, attempts, not_before, reason, facts, resume"
"""Of an item, in the order in which `item_of` takes them."""


def opened(path: Path) -> sqlite3.Connection:
    """Open the file of a queue, and make its tables if they are not there.

    Raises
    ------
    QueueError
        If the file cannot be used.

    Examples
    --------
    >>> opened(Path(":memory:")).execute("SELECT last FROM tokens").fetchone()
    (0,)
    """
    try:
        file = sqlite3.connect(path, isolation_level=None, timeout=20.0)
        _share(file)
        file.execute("PRAGMA synchronous = FULL")
        file.execute("BEGIN IMMEDIATE")
        for statement in _TABLES.split(";"):
            file.execute(statement)
        file.execute("COMMIT")
    except sqlite3.Error as error:
        raise QueueError(f"the queue {path} cannot be used: {error}") from None
    return file


def _share(file: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; SQLite does not wait by itself while another bot does the same."""
    for _ in range(_TRIES):
        try:
            file.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            time.sleep(_WAIT_SECONDS)
        else:
            return
    file.execute("PRAGMA journal_mode = WAL")


def item_of(row: tuple[Any, ...]) -> Item:
    """Return the account that a row of `COLUMNS` stands for."""
    filing_id, state, record, due, rank, came, filed, attempts, not_before, reason, facts, resume = row
    return Item(
        filing_id,
        State(state),
        json.loads(record),
        due,
        rank,
        came,
        filed,
        attempts,
        not_before,
        reason,
        json.loads(facts),
        None if resume is None else State(resume),
    )
