"""Lists that were taken: their serial numbers and checksums, in the file of the queue, so that none is taken twice."""

import sqlite3
from pathlib import Path

from rpa.errors import QueueError
from rpa.listing import PendingList

__all__ = ["ListsTaken"]


class ListsTaken:
    """The memory of lists.

    Parameters
    ----------
    path
        Of the queue's file.

    Examples
    --------
    >>> taken = ListsTaken(Path(":memory:"))
    >>> taken.last_serial("陇上银行"), taken.has("ab" * 32)
    (0, False)
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = sqlite3.connect(path, isolation_level=None, timeout=20.0)
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.execute(
                "CREATE TABLE IF NOT EXISTS lists (digest TEXT PRIMARY KEY, bank TEXT NOT NULL,"
                " serial INTEGER NOT NULL, day TEXT NOT NULL, at REAL NOT NULL, accounts INTEGER NOT NULL) STRICT"
            )
        except sqlite3.Error as error:
            raise QueueError(f"the memory of lists in {path} cannot be used: {error}") from None

    def last_serial(self, bank: str) -> int:
        """Return the serial number of the last list that was taken, 0 for none."""
        row = self._file.execute("SELECT max(serial) FROM lists WHERE bank = ?", (bank,)).fetchone()
        return int(row[0] or 0)

    def has(self, digest: str) -> bool:
        """Return whether a package was taken, by its SHA-256."""
        return self._file.execute("SELECT 1 FROM lists WHERE digest = ?", (digest,)).fetchone() is not None

    def has_day(self, day: str) -> bool:
        """Return whether a list of a day was taken."""
        return self._file.execute("SELECT 1 FROM lists WHERE day = ?", (day,)).fetchone() is not None

    def note(self, taken: PendingList, at: float) -> None:
        """Remember a list, after all its accounts are in the queue."""
        row = (taken.digest, taken.bank, taken.serial, taken.day.isoformat(), at, len(taken.records))
        self._file.execute("INSERT INTO lists VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)

    def close(self) -> None:
        """Leave the file."""
        self._file.close()
