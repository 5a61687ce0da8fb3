"""The queue in its table: who is next, who has it, and what he may write.

A lease ends by itself when its holder is killed; then another gets the account, in the state in which it was left, and
with a greater token. What the first one still writes is refused by that token (fencing): a slow bot that wakes up late
changes nothing. Times are given in Unix seconds by whoever calls.

References
----------
Gray and Cheriton (1989), Leases; Kleppmann (2016), How to do distributed locking (fencing tokens).
"""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rpa.errors import LeaseLostError, QueueError
from rpa.queue.items import Item, Lease, Step
from rpa.queue.states import ENDED, FOR_A_PERSON, State, check_step
from rpa.queue.tables import COLUMNS, item_of, opened

__all__ = ["WorkQueue"]

_IDLE = tuple(sorted(ENDED | FOR_A_PERSON))
_AT_WORK = frozenset(State) - ENDED - FOR_A_PERSON


class WorkQueue:
    """Accounts on their way, in an SQLite file that several bots share.

    Parameters
    ----------
    path
        The file; made if it is not there.

    Raises
    ------
    QueueError
        If the file cannot be used.

    Examples
    --------
    >>> queue = WorkQueue(Path(":memory:"))
    >>> queue.add("L1", {}, due=100.0, rank=0, now=0.0)
    True
    >>> lease = queue.claim("bot", now=1.0, seconds=30)
    >>> queue.advance(lease, State.VALIDATED, now=2.0).item.state
    <State.VALIDATED: 'validated'>
    >>> queue.claim("other", now=3.0, seconds=30) is None
    True
    """

    def __init__(self, path: Path) -> None:
        self._file = opened(path)

    def close(self) -> None:
        """Leave the file."""
        self._file.close()

    def add(self, filing_id: str, record: Mapping[str, Any], *, due: float, rank: int, now: float) -> bool:
        """Put an account in; return False, and change nothing, if it is there already (a list that comes twice)."""
        with self._transaction() as run:
            row = (filing_id, State.NEW, json.dumps(record, ensure_ascii=False), due, rank, now)
            done = run(
                "INSERT INTO items (filing_id, state, record, due, rank, came_at) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                row,
            )
            if done.rowcount:
                self._note(filing_id, now, "", State.NEW, "list", "")
            return bool(done.rowcount)

    def claim(self, worker: str, *, now: float, seconds: float, states: Collection[State] = _AT_WORK) -> Lease | None:
        """Return a lease on the next account, None if nobody needs work now.

        Parameters
        ----------
        worker
            Name of the bot.
        seconds
            For how long; see `heartbeat`.
        states
            In which it may be, for bots that do a part of the way; without, all in which a bot has work.
        """
        wanted = sorted(set(states) & _AT_WORK)
        with self._transaction() as run:
            marks = ", ".join("?" * len(wanted))
            row = run(
                f"SELECT filing_id FROM items WHERE state IN ({marks}) AND lease_until <= ? AND not_before <= ?"  # noqa: S608 - only question marks are put in
                " ORDER BY due, rank, filing_id LIMIT 1",
                (*wanted, now, now),
            ).fetchone()
            if row is None:
                return None
            token = run("UPDATE tokens SET last = last + 1 RETURNING last").fetchone()[0]
            run(
                "UPDATE items SET worker = ?, token = ?, lease_until = ? WHERE filing_id = ?",
                (worker, token, now + seconds, row[0]),
            )
            return Lease(self.item(row[0]), worker, token, now + seconds)

    def heartbeat(self, lease: Lease, *, now: float, seconds: float) -> Lease:
        """Return the lease made longer.

        Raises
        ------
        LeaseLostError
            If another bot has the account.
        """
        with self._transaction() as run:
            self._check(lease)
            run("UPDATE items SET lease_until = ? WHERE filing_id = ?", (now + seconds, lease.item.filing_id))
            return Lease(lease.item, lease.worker, lease.token, now + seconds)

    def advance(
        self, lease: Lease, state: State, *, now: float, reason: str = "", facts: Mapping[str, Any] | None = None
    ) -> Lease:
        """Return the lease on the account one step further; the step is on disk then.

        Parameters
        ----------
        state
            The next.
        reason
            Why, in words; needed for a person.
        facts
            What was learnt; added to what is known.

        Raises
        ------
        LeaseLostError
            If another bot has the account.
        QueueError
            If the step may not be.
        """
        with self._transaction() as run:
            before = self._check(lease)
            check_step(before.state, state, before.filing_id)
            known = json.dumps({**before.facts, **(facts or {})}, ensure_ascii=False)
            is_stop = state in FOR_A_PERSON
            resume = before.state if is_stop else None
            filed_at = now if state is State.FILED and before.filed_at is None else before.filed_at
            until = 0.0 if is_stop or state in ENDED else lease.until
            run(
                "UPDATE items SET state = ?, reason = ?, facts = ?, resume = ?, filed_at = ?, lease_until = ?,"
                " attempts = 0, not_before = 0 WHERE filing_id = ?",
                (state, reason, known, resume, filed_at, until, before.filing_id),
            )
            self._note(before.filing_id, now, before.state, state, lease.worker, reason)
            return Lease(self.item(before.filing_id), lease.worker, lease.token, until)

    def reschedule(self, lease: Lease, *, due: float, rank: int) -> Lease:
        """Return the lease on the account with another deadline.

        Raises
        ------
        LeaseLostError
            If another bot has the account.
        """
        with self._transaction() as run:
            before = self._check(lease)
            run("UPDATE items SET due = ?, rank = ? WHERE filing_id = ?", (due, rank, before.filing_id))
            return Lease(self.item(before.filing_id), lease.worker, lease.token, lease.until)

    def release(self, lease: Lease, *, now: float, not_before: float = 0.0, reason: str = "") -> None:
        """Give an account back, because it failed (a reason) or the bot stops (none), in the state in which it is.

        Raises
        ------
        LeaseLostError
            If another bot has the account.
        """
        with self._transaction() as run:
            before = self._check(lease)
            run(
                "UPDATE items SET lease_until = 0, worker = NULL, not_before = ?, attempts = attempts + ?, reason = ?"
                " WHERE filing_id = ?",
                (not_before, bool(reason), reason, before.filing_id),
            )
            if reason:
                self._note(before.filing_id, now, before.state, before.state, lease.worker, reason)

    def correct(self, filing_id: str, record: Mapping[str, Any], *, who: str, now: float, reason: str) -> Item:
        """Put an account that waits for a person back with other data; it is checked again from the beginning.

        Raises
        ------
        QueueError
            If it does not wait for a person, or has been filed already: what is filed is corrected at the central bank.
        """
        return self._back(filing_id, State.NEW, who, now, reason, record)

    def resume(self, filing_id: str, *, who: str, now: float, reason: str) -> Item:
        """Put an account that waits for a person back where it was.

        Raises
        ------
        QueueError
            If it does not wait for a person, or was refused by a rule: that needs a correction.
        """
        item = self.item(filing_id)
        if item.state is State.REFUSED:
            raise QueueError(f"account {filing_id} was refused by a rule: correct it, the same data are refused again")
        # what was being sent when a person was called is asked about first, never sent again unasked
        where = State.IN_DOUBT if item.resume in (State.FILING, None) else item.resume
        return self._back(filing_id, where, who, now, reason, item.record)

    def _back(self, filing_id: str, state: State, who: str, now: float, reason: str, record: Mapping[str, Any]) -> Item:
        with self._transaction() as run:
            before = self.item(filing_id)
            if before.state not in FOR_A_PERSON:
                raise QueueError(f"account {filing_id} is {before.state}, it does not wait for a person")
            if state is State.NEW and before.filed_at is not None:
                raise QueueError(f"account {filing_id} has been filed: a correction must be made at the central bank")
            check_step(before.state, state, filing_id)
            run(
                "UPDATE items SET state = ?, record = ?, reason = ?, resume = NULL, attempts = 0, not_before = 0,"
                " lease_until = 0 WHERE filing_id = ?",
                (state, json.dumps(record, ensure_ascii=False), reason, filing_id),
            )
            self._note(filing_id, now, before.state, state, who, reason)
            return self.item(filing_id)

    def item(self, filing_id: str) -> Item:
        """Return an account.

        Raises
        ------
        QueueError
            If there is none of that number.
        """
        row = self._file.execute(f"SELECT {COLUMNS} FROM items WHERE filing_id = ?", (filing_id,)).fetchone()  # noqa: S608 - the columns are ours
        if row is None:
            raise QueueError(f"there is no account {filing_id} in the queue")
        return item_of(row)

    def items(self) -> list[Item]:
        """Return all accounts in the order in which they are due."""
        rows = self._file.execute(f"SELECT {COLUMNS} FROM items ORDER BY due, rank, filing_id")  # noqa: S608 - as above
        return [item_of(row) for row in rows]

    def counts(self) -> dict[State, int]:
        """Return how many accounts are in each state."""
        found = dict(self._file.execute("SELECT state, count(*) FROM items GROUP BY state").fetchall())
        return {state: found.get(state, 0) for state in State}

    def steps(self, filing_id: str | None = None) -> list[Step]:
        """Return the steps of one account, or of all, in order."""
        rows = self._file.execute(
            "SELECT number, filing_id, at, before, after, who, reason FROM steps"
            " WHERE ? IS NULL OR filing_id = ? ORDER BY number",
            (filing_id, filing_id),
        )
        return [Step(*row) for row in rows]

    def next_at(self, now: float) -> float | None:
        """Return when somebody may need work again, None if all that is left is done or waits for a person."""
        marks = ", ".join("?" * len(_IDLE))
        row = self._file.execute(
            f"SELECT min(max(not_before, lease_until)) FROM items WHERE state NOT IN ({marks})",  # noqa: S608 - only question marks are put in
            _IDLE,
        ).fetchone()
        return None if row[0] is None else max(now, float(row[0]))

    def _check(self, lease: Lease) -> Item:
        row = self._file.execute("SELECT token FROM items WHERE filing_id = ?", (lease.item.filing_id,)).fetchone()
        if row is None or row[0] != lease.token:
            raise LeaseLostError(
                f"account {lease.item.filing_id} was leased to {lease.worker} with token {lease.token},"
                f" it has token {row[0] if row else 'none'} now: another bot has it"
            )
        return self.item(lease.item.filing_id)

    def _note(self, filing_id: str, at: float, before: str, after: str, who: str, reason: str) -> None:
        self._file.execute(
            "INSERT INTO steps (filing_id, at, before, after, who, reason) VALUES (?, ?, ?, ?, ?, ?)",
            (filing_id, at, before, after, who, reason),
        )

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield self._file.execute
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")
