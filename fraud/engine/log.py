"""The log of decisions: exactly one decision for each event id, none lost that was acknowledged, none made twice.

An append-only table in SQLite (write-ahead log, full synchronisation): events with their decisions, and between them in
one order whatever else changed the engine: labels, list entries, snoozes, new settings. Each row is chained to the one
before by a hash. A row is acknowledged once it is on the disk; whoever waits writes for all who wait (group commit). If
writing fails the log refuses everything from then on: what is on the disk is the truth, and the engine is opened anew.
"""

import fcntl
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from fraud.engine.canonical import canonical
from fraud.engine.events import event_of
from fraud.engine.rows import Item, Snapshot, chained
from fraud.errors import DecisionLogError

__all__ = ["DecisionLog"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    sequence INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT,
    content BLOB NOT NULL, decision BLOB, chain BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS events ON items (key) WHERE kind = 'event';
CREATE INDEX IF NOT EXISTS labels ON items (key, sequence) WHERE kind = 'label';
CREATE INDEX IF NOT EXISTS others ON items (sequence) WHERE kind != 'event';
CREATE TABLE IF NOT EXISTS snapshots (
    sequence INTEGER PRIMARY KEY, file TEXT NOT NULL, hash TEXT NOT NULL, state BLOB NOT NULL
);
"""
_FIND = {
    "event": "SELECT content, decision FROM items WHERE kind = 'event' AND key = ?",
    "label": "SELECT content, decision FROM items WHERE kind = 'label' AND key = ? ORDER BY sequence DESC LIMIT 1",
}


class DecisionLog:
    """The log in one file; one process writes, others may read.

    Parameters
    ----------
    path
        The file; it is made if it is not there.
    read_only
        Whether to read beside a process that writes.

    Raises
    ------
    DecisionLogError
        If another process writes it, or it is no such log.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, DecisionLog(Path(folder) / "decisions.db") as log:
    ...     log.wait(log.append("label", "T1", {"is_fraud": 1}))
    ...     [item.table for item in log.items()]
    [{'is_fraud': 1}]
    """

    def __init__(self, path: str | Path, read_only: bool = False) -> None:
        self.path = Path(path)
        self._commit, self._pending_lock = threading.Lock(), threading.Lock()
        self._pending: list[tuple[int, str, str | None, bytes, Callable[[], bytes] | None]] = []
        self._waiting: dict[tuple[str, str], tuple[bytes, Any]] = {}
        self._broken = self._stopped = ""
        self._guard = None if read_only else self._own()
        try:
            self._writer = self._open(read_only)
            self._reader = self._open(True)
            last = self._reader.execute("SELECT sequence, chain FROM items ORDER BY sequence DESC LIMIT 1").fetchone()
        except sqlite3.DatabaseError as error:
            if self._guard is not None:
                self._guard.close()
            raise DecisionLogError(f"{self.path.name} is no log of decisions, or is damaged: {error}") from error
        self.last: int = last[0] if last else 0
        self._chain: bytes = last[1] if last else b""
        self._durable = self.last

    def _own(self) -> Any:
        guard = self.path.with_name(self.path.name + ".lock").open("a")
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            guard.close()
            raise DecisionLogError(f"{self.path.name} is written by another process; one at a time may") from None
        return guard

    def _open(self, read_only: bool) -> sqlite3.Connection:
        where = f"{self.path.resolve().as_uri()}?mode={'ro' if read_only else 'rwc'}"
        connection = sqlite3.connect(where, uri=True, isolation_level=None, check_same_thread=False)
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_SCHEMA)
        return connection

    def find(self, kind: str, key: str) -> tuple[bytes, Any] | None:
        """Return content and decision (bytes once it is on the disk) of the event, or of the last label, of a key."""
        with self._pending_lock:
            found = self._waiting.get((kind, key))
            if found is None:
                rows = self._reader.execute(_FIND[kind], (key,))
                found = rows.fetchone()
        return found

    def event(self, event_id: str) -> dict[str, Any]:
        """Return an event of the log; raises `DecisionLogError` if there is none of this id."""
        found = self.find("event", event_id)
        if found is None:
            raise DecisionLogError(f"{self.path.name} has no event {event_id}")
        return event_of(found[0])

    def append(self, kind: str, key: str | None, content: Any, decision: Any = None) -> int:
        """Put a row at the end and return its number; it is not acknowledged before `wait` has returned.

        Parameters
        ----------
        kind, key
            What it is, and of an event and its label the event's id.
        content
            Bytes, or what is written canonically.
        decision
            With `record() -> bytes`, which is called when the row is written.

        Raises
        ------
        DecisionLogError
            If an earlier row could not be written.
        """
        with self._pending_lock:
            self.check()
            self.last = number = self.last + 1
            data = content if isinstance(content, bytes) else canonical(content)
            self._pending.append((number, kind, key, data, decision and decision.record))
            if key is not None:
                self._waiting[kind, key] = (data, decision)
            return number

    def wait(self, sequence: int) -> None:
        """Return when the row of this number, and all before it, are on the disk.

        Raises
        ------
        DecisionLogError
            If they cannot be written; then nothing is accepted any more.
        """
        with self._commit:
            if self._durable >= sequence:
                return
            if self._broken:
                raise DecisionLogError(self._broken)
            with self._pending_lock:
                batch, self._pending = self._pending, []
            try:
                self._write(batch)
            except Exception as error:
                self._broken = f"{self.path.name} cannot be written: {error}; open the engine anew from what it holds"
                raise DecisionLogError(self._broken) from error
            with self._pending_lock:
                self._durable = batch[-1][0]
                for _, kind, key, data, _ in batch:
                    if key is not None and self._waiting.get((kind, key), (b"",))[0] is data:
                        del self._waiting[kind, key]

    def _write(self, batch: list[tuple[int, str, str | None, bytes, Callable[[], bytes] | None]]) -> None:
        rows = []
        chain = self._chain
        for sequence, kind, key, content, record in batch:
            decision = None if record is None else record()
            chain = chained(chain, sequence, kind, key, content, decision)
            rows.append((sequence, kind, key, content, decision, chain))
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            self._writer.executemany("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._writer.execute("COMMIT")
        except BaseException:
            self._writer.execute("ROLLBACK") if self._writer.in_transaction else None
            raise
        self._chain = chain

    def check(self) -> None:
        """Refuse to go on after a row could not be written, or the log was stopped."""
        if self._broken or self._stopped:
            raise DecisionLogError(self._broken or self._stopped)

    def stop(self, why: str) -> None:
        """Accept nothing from now on, because memory and disk would part; what waits can still be written."""
        self._stopped = f"{self.path.name} is stopped: {why}; open the engine anew from what it holds"

    def items(self, after: int = 0) -> Iterator[Item]:
        """Go through the rows on the disk after a number, and check that none was changed.

        Raises
        ------
        DecisionLogError
            If a row is missing, or does not fit the hash that it is chained by.
        """
        connection = self._open(True)
        try:
            before = connection.execute("SELECT chain FROM items WHERE sequence = ?", (after,)).fetchone()
            chain: bytes = before[0] if before else b""
            expected = after
            for row in connection.execute("SELECT * FROM items WHERE sequence > ? ORDER BY sequence", (after,)):
                item = Item(*row)
                expected += 1
                chain = chained(chain, *item[:5])
                if item.sequence != expected or item.chain != chain:
                    raise DecisionLogError(
                        f"{self.path.name}: row {expected} was changed or taken out after it was written"
                    )
                yield item
        finally:
            connection.close()

    def others(self, until: int | None = None) -> list[Item]:
        """Return the rows that are no events, up to a number."""
        with self._pending_lock:
            rows = self._reader.execute(
                "SELECT * FROM items WHERE kind != 'event' AND sequence <= ? ORDER BY sequence",
                (self.last if until is None else until,),
            ).fetchall()
        return [Item(*row) for row in rows]

    def note(self, snapshot: Snapshot) -> None:
        """Write down that a snapshot is on the disk; those before the last two are forgotten.

        Raises
        ------
        DecisionLogError
            If it holds more than the log does.
        """
        with self._commit:
            if snapshot.sequence > self._durable:
                raise DecisionLogError(
                    f"the snapshot is of row {snapshot.sequence}, but only {self._durable} rows are on the disk"
                )
            row = (snapshot.sequence, snapshot.file, snapshot.hash, canonical(snapshot.state))
            self._writer.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", row)

    def snapshots(self) -> list[Snapshot]:
        """Return the snapshots, the newest first."""
        with self._pending_lock:
            rows = self._reader.execute("SELECT * FROM snapshots ORDER BY sequence DESC").fetchall()
        return [Snapshot(sequence, file, hashed, orjson.loads(state)) for sequence, file, hashed, state in rows]

    def forget(self, sequence: int) -> None:
        """Take a snapshot, whose file is gone or damaged, off the list."""
        with self._commit:
            self._writer.execute("DELETE FROM snapshots WHERE sequence = ?", (sequence,))

    def close(self) -> None:
        """Write what waits and let go of the file."""
        if self._pending and not self._broken:
            self.wait(self.last)
        self._reader.close()
        self._writer.close()
        if self._guard is not None:
            self._guard.close()

    def __enter__(self) -> "DecisionLog":
        """Return the log itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()
