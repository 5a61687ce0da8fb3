"""What a system keeps: its records and its log in SQLite, one file each, which judges read and pages do not.

Every change is one transaction with a line in the log: when, what, about which account, and in which words. Changes
that belong together share a transaction, and are there together or not at all.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
_BUSY_SECONDS = 30.0


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
        self._file = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._lock = threading.RLock()
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make what is read and changed inside one transaction; an exception takes all of it back.

        Examples
        --------
        >>> records = Records(Path(":memory:"))
        >>> try:
        ...     with records.together():
        ...         records.put("account", "1", {}, datetime(2026, 7, 1), "filed")
        ...         raise KeyError
        ... except KeyError:
        ...     records.get("account", "1"), records.log()
        (None, [])
        """
        with self._lock:
            if self._file.in_transaction:
                yield
                return
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """Return a record, None if there is none."""
        with self._lock:
            row = self._file.execute("SELECT value FROM records WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def count(self, kind: str) -> int:
        """Return how many records there are of a kind."""
        with self._lock:
            row = self._file.execute("SELECT count(*) FROM records WHERE kind = ?", (kind,)).fetchone()
        return int(row[0])

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return all records of a kind by key, in the order in which they came."""
        with self._lock:
            rows = self._file.execute(
                "SELECT key, value FROM records WHERE kind = ? ORDER BY rowid", (kind,)
            ).fetchall()
        return {key: json.loads(value) for key, value in rows}

    def add(self, kind: str, key: str, value: Mapping[str, Any], at: datetime, what: str = "") -> bool:
        """Add a record; return False, and change nothing, if there is one of that key.

        Without words it is a part of a change that has its own line in the log.
        """
        with self.together():
            done = self._file.execute(
                "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (kind, key, _text(value))
            ).rowcount
            if done and what:
                self.note(at, what, key, value)
        return bool(done)

    def put(self, kind: str, key: str, value: Mapping[str, Any], at: datetime, what: str = "") -> None:
        """Write a record, in the place of an older one; as above."""
        with self.together():
            self._file.execute(
                "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
                (kind, key, _text(value)),
            )
            if what:
                self.note(at, what, key, value)

    def note(self, at: datetime, what: str, key: str, detail: Mapping[str, Any]) -> None:
        """Write a line into the log."""
        row = (at.isoformat(), what, key, _text(detail))
        with self._lock:
            self._file.execute("INSERT INTO log (at, what, key, detail) VALUES (?, ?, ?, ?)", row)

    def log(self, what: str | None = None) -> list[Entry]:
        """Return the log, or those of its lines that say one thing, in order."""
        with self._lock:
            rows = self._file.execute(
                "SELECT at, what, key, detail FROM log WHERE ? IS NULL OR what = ? ORDER BY number", (what, what)
            ).fetchall()
        return [_entry(row) for row in rows]

    def latest(self, first: int, many: int) -> tuple[list[Entry], int]:
        """Return some lines of the log, the newest first, and how many there are in all."""
        with self._lock:
            rows = self._file.execute(
                "SELECT at, what, key, detail FROM log ORDER BY number DESC LIMIT ? OFFSET ?", (many, first)
            ).fetchall()
            total = self._file.execute("SELECT count(*) FROM log").fetchone()
        return [_entry(row) for row in rows], int(total[0])


def _entry(row: tuple[str, str, str, str]) -> Entry:
    at, what, key, detail = row
    return Entry(datetime.fromisoformat(at), what, key, json.loads(detail))


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
