"""Reading the queue for people: only reading, in one short transaction, so that no bot ever waits for a page.

SQLite's write-ahead log lets a reader look at a snapshot while others write; the file is opened for reading alone, and
closed when the page has been made.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from rpa.errors import QueueError
from rpa.queue import FOR_A_PERSON, Item, State, Step
from rpa.queue.tables import COLUMNS, item_of

__all__ = ["QueueView", "Row", "reading"]

_UNFILED = (State.NEW, State.VALIDATED, State.FILING, State.IN_DOUBT)
_TEXT = (
    "(? = '' OR instr(filing_id, ?) OR instr(coalesce(json_extract(record, '$.depositor_name'), ''), ?)"
    " OR substr(coalesce(json_extract(record, '$.account_number'), ''), -max(length(?), 1)) = ?)"
)


class Row(NamedTuple):
    """An account, who has it and until when (0 if nobody)."""

    item: Item
    worker: str
    lease_until: float


class QueueView:
    """What one page needs of the queue; made by `reading`."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def counts(self) -> dict[State, int]:
        """Return how many accounts are in each state."""
        found = dict(self._file.execute("SELECT state, count(*) FROM items GROUP BY state").fetchall())
        return {state: found.get(state, 0) for state in State}

    def rows(self, state: State | None = None, text: str = "", start: int = 0, size: int = -1) -> tuple[list[Row], int]:
        """Return some accounts in the order of their deadlines, and how many there are in all.

        Parameters
        ----------
        state
            Only those in it.
        text
            Only those with it in their number or name, or at the end of their account number.
        start, size
            Which of them; all if the size is -1.
        """
        where = f"(? IS NULL OR state = ?) AND {_TEXT}"
        given = (state, state, *[text] * 5)
        total = self._file.execute(f"SELECT count(*) FROM items WHERE {where}", given).fetchone()[0]  # noqa: S608 - only question marks are put in
        rows = self._file.execute(
            f"SELECT {COLUMNS}, worker, lease_until FROM items WHERE {where}"  # noqa: S608 - as above
            " ORDER BY due, rank, filing_id LIMIT ? OFFSET ?",
            (*given, size, start),
        )
        return [_row(row) for row in rows], int(total)

    def for_a_person(self) -> list[Row]:
        """Return the accounts that wait for a person, the earliest deadline first."""
        found = [row for state in sorted(FOR_A_PERSON) for row in self.rows(state)[0]]
        return sorted(found, key=lambda row: (row.item.due, row.item.rank, row.item.filing_id))

    def leased(self, now: float) -> list[Row]:
        """Return the accounts that somebody has now."""
        rows = self._file.execute(
            f"SELECT {COLUMNS}, worker, lease_until FROM items WHERE lease_until > ? ORDER BY worker, filing_id",  # noqa: S608 - the columns are ours
            (now,),
        )
        return [_row(row) for row in rows]

    def row(self, filing_id: str) -> Row:
        """Return one account.

        Raises
        ------
        QueueError
            If there is none of that number.
        """
        found = self._file.execute(
            f"SELECT {COLUMNS}, worker, lease_until FROM items WHERE filing_id = ?",  # noqa: S608 - the columns are ours
            (filing_id,),
        ).fetchone()
        if found is None:
            raise QueueError(f"there is no account {filing_id:.80} in the queue")
        return _row(found)

    def unfiled(self) -> list[tuple[str, float]]:
        """Return number and deadline of those that the bots have still to file, in the order of their turns."""
        marks = ", ".join("?" * len(_UNFILED))
        rows = self._file.execute(
            f"SELECT filing_id, due FROM items WHERE state IN ({marks}) AND filed_at IS NULL"  # noqa: S608 - only question marks are put in
            " ORDER BY due, rank, filing_id",
            _UNFILED,
        )
        return [(str(name), float(due)) for name, due in rows]

    def deadlines(self) -> list[tuple[str, float, float, float | None]]:
        """Return number, deadline, when it came and when it was filed of all accounts."""
        return self._file.execute("SELECT filing_id, due, came_at, filed_at FROM items").fetchall()

    def steps(self, filing_id: str | None = None, since: float = 0.0) -> list[Step]:
        """Return the steps of one account, or of all, from a moment on, in order."""
        rows = self._file.execute(
            "SELECT number, filing_id, at, before, after, who, reason FROM steps"
            " WHERE (? IS NULL OR filing_id = ?) AND at >= ? ORDER BY number",
            (filing_id, filing_id, since),
        )
        return [Step(*row) for row in rows]

    def last_steps(self) -> dict[str, int]:
        """Return the number of the last step of each account that waits for a person."""
        marks = ", ".join("?" * len(FOR_A_PERSON))
        rows = self._file.execute(
            "SELECT filing_id, max(number) FROM steps WHERE filing_id IN"  # noqa: S608 - only question marks are put in
            f" (SELECT filing_id FROM items WHERE state IN ({marks})) GROUP BY filing_id",
            sorted(FOR_A_PERSON),
        )
        return dict(rows.fetchall())


@contextmanager
def reading(path: Path) -> Iterator[QueueView]:
    """Open a queue for reading alone, and close it afterwards.

    Raises
    ------
    QueueError
        If it is not there, or no queue.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from rpa.queue import WorkQueue
    >>> with TemporaryDirectory() as folder:
    ...     queue = WorkQueue(Path(folder, "queue.db"))
    ...     is_new = queue.add("L1", {}, due=100.0, rank=0, now=0.0)
    ...     queue.close()
    ...     with reading(Path(folder, "queue.db")) as view:
    ...         view.unfiled()
    [('L1', 100.0)]
    """
    if not path.is_file():
        raise QueueError(f"there is no queue {path} yet: a bot makes it when it takes its first list")
    try:
        file = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, isolation_level=None, timeout=5)
    except sqlite3.Error as error:
        raise QueueError(f"the queue {path} cannot be read: {error}") from None
    try:
        file.execute("BEGIN")
        yield QueueView(file)
    except sqlite3.Error as error:
        raise QueueError(f"the queue {path} cannot be read: {error}") from None
    finally:
        file.close()


def _row(row: tuple[object, ...]) -> Row:
    *columns, worker, until = row
    return Row(item_of(tuple(columns)), str(worker or ""), float(until) if isinstance(until, float | int) else 0.0)
