"""What a system keeps: its records and its log in SQLite, one file each, which judges read and pages do not.

Every change is one transaction with a line in the log: when, what, about which account, and in which words.
"""

import json
import sqlite3
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Entry", "Records"]

_TABLES = """
CREATE TABLE IF NOT EXISTS records (kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
                                    PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS log (number INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, key TEXT NOT NULL,
                                detail TEXT NOT NULL);
"""


class Entry(NamedTuple):
    """One line of a system's log."""

    at: datetime
    what: str
    key: str
    detail: Mapping[str, Any]


class Records:
    """Records by kind and key.

    Parameters
    ----------
    path
        The file; ":memory:" for one that goes with the process.

    Examples
    --------
    >>> records = Records(Path(":memory:"))
    >>> records.add("account", "1", {"name": "甲"}, datetime(2026, 7, 1), "filed")
    True
    >>> records.add("account", "1", {"name": "乙"}, datetime(2026, 7, 1), "filed"), records.get("account", "1")
    (False, {'name': '甲'})
    """

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._lock = threading.Lock()
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.executescript(_TABLES)

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """Return a record, None if there is none."""
        with self._lock:
            row = self._file.execute("SELECT value FROM records WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return all records of a kind by key, in the order in which they came."""
        with self._lock:
            rows = self._file.execute(
                "SELECT key, value FROM records WHERE kind = ? ORDER BY rowid", (kind,)
            ).fetchall()
        return {key: json.loads(value) for key, value in rows}

    def add(self, kind: str, key: str, value: Mapping[str, Any], at: datetime, what: str) -> bool:
        """Add a record; return False, and change nothing, if there is one of that key."""
        with self._lock:
            done = self._file.execute(
                "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (kind, key, _text(value))
            ).rowcount
            if done:
                self._note(at, what, key, value)
        return bool(done)

    def put(self, kind: str, key: str, value: Mapping[str, Any], at: datetime, what: str) -> None:
        """Write a record, in the place of an older one."""
        with self._lock:
            self._file.execute(
                "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
                (kind, key, _text(value)),
            )
            self._note(at, what, key, value)

    def note(self, at: datetime, what: str, key: str, detail: Mapping[str, Any]) -> None:
        """Write a line into the log."""
        with self._lock:
            self._note(at, what, key, detail)

    def log(self, what: str | None = None) -> list[Entry]:
        """Return the log, or those of its lines that say one thing, in order."""
        with self._lock:
            rows = self._file.execute(
                "SELECT at, what, key, detail FROM log WHERE ? IS NULL OR what = ? ORDER BY number", (what, what)
            ).fetchall()
        return [Entry(datetime.fromisoformat(at), said, key, json.loads(detail)) for at, said, key, detail in rows]

    def _note(self, at: datetime, what: str, key: str, detail: Mapping[str, Any]) -> None:
        row = (at.isoformat(), what, key, _text(detail))
        self._file.execute("INSERT INTO log (at, what, key, detail) VALUES (?, ?, ?, ?)", row)


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
