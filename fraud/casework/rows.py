"""The rows of the work list, read and written: a statement or two each, inside the transaction of who calls."""

import sqlite3
from collections.abc import Collection, Mapping

from fraud.casework.cases import Alert, Case, Listing, Outcome, Step
from fraud.casework.states import CLOSED, State, check_transition
from fraud.casework.tables import CASE, LISTING, alert_from, case_from, listing_from
from fraud.errors import CaseTakenError, CaseUnknownError

__all__ = [
    "approved_listings",
    "group_case",
    "move",
    "note",
    "propose",
    "put_labels",
    "read_alerts",
    "read_case",
    "read_cases",
    "read_labels",
    "read_listings",
    "read_steps",
    "waiting_listing",
]


def read_case(file: sqlite3.Connection, case_id: int) -> Case:
    """Return a case as it is.

    Raises
    ------
    CaseUnknownError
        If there is none of this number.

    Examples
    --------
    >>> from fraud.casework.tables import opened
    >>> read_case(opened(":memory:"), 7)
    Traceback (most recent call last):
    fraud.errors.cases.CaseUnknownError: there is no case 7
    """
    row = file.execute(f"SELECT {CASE} FROM cases WHERE case_id = ?", (case_id,)).fetchone()  # noqa: S608  # our own constant
    if row is None:
        raise CaseUnknownError(f"there is no case {case_id}")
    return case_from(row)


def read_cases(file: sqlite3.Connection, states: Collection[State]) -> list[Case]:
    """Return the cases in these states, oldest first.

    Examples
    --------
    >>> from fraud.casework.tables import opened
    >>> file = opened(":memory:")
    >>> case_id = group_case(file, Alert("T1", "C1", 0, 60, 900, 0.5, 1), due=90)
    >>> [case.group for case in read_cases(file, {State.NEW})], read_cases(file, CLOSED)
    (['customer:C1'], [])
    """
    marks = ", ".join("?" * len(states))
    rows = file.execute(f"SELECT {CASE} FROM cases WHERE state IN ({marks}) ORDER BY case_id", tuple(states))  # noqa: S608  # our own constants
    return [case_from(row) for row in rows]


def read_alerts(file: sqlite3.Connection, case_id: int) -> list[Alert]:
    """Return the alerts of a case, earliest event first.

    Examples
    --------
    >>> from fraud.casework.tables import opened
    >>> read_alerts(opened(":memory:"), 1)
    []
    """
    rows = file.execute("SELECT record FROM alerts WHERE case_id = ? ORDER BY occurred_at, event_id", (case_id,))
    return [alert_from(record) for (record,) in rows]


def read_steps(file: sqlite3.Connection, case_id: int) -> list[Step]:
    """Return what happened to a case, in order.

    Examples
    --------
    >>> from fraud.casework.tables import opened
    >>> file = opened(":memory:")
    >>> case_id = group_case(file, Alert("T1", "C1", 0, 60, 900, 0.5, 1), due=90)
    >>> [(step.who, step.after, step.reason) for step in read_steps(file, case_id)]
    [('engine', 'new', 'an alert came in')]
    """
    rows = file.execute(
        "SELECT at, who, before, after, reason FROM steps WHERE case_id = ? ORDER BY number", (case_id,)
    )
    return [Step(*row) for row in rows]


def read_listings(file: sqlite3.Connection, verdict: str) -> list[Listing]:
    """Return the entries of lists that were proposed, approved or refused, in order.

    Examples
    --------
    >>> from fraud.casework.tables import opened
    >>> file = opened(":memory:")
    >>> case_id = group_case(file, Alert("T1", "C1", 0, 60, 900, 0.5, 1), due=90)
    >>> propose(file, case_id, Listing("black", "payee", "6217", "mule"), "Li", now=100)
    >>> [(one.value, one.maker, one.verdict) for one in read_listings(file, "proposed")]
    [('6217', 'Li', 'proposed')]
    """
    rows = file.execute(f"SELECT {LISTING} FROM listings WHERE verdict = ? ORDER BY number", (verdict,))  # noqa: S608  # our own constant
    return [listing_from(row) for row in rows]


def approved_listings(file: sqlite3.Connection, after: int) -> list[tuple[Listing, int]]:
    """Return the entries of greater numbers that were approved, each with the time of the approval, in order.

    Examples
    --------
    >>> from fraud.casework.tables import opened
    >>> file = opened(":memory:")
    >>> case_id = group_case(file, Alert("T1", "C1", 0, 60, 900, 0.5, 1), due=90)
    >>> propose(file, case_id, Listing("black", "payee", "6217", "mule"), "Li", now=100)
    >>> approved_listings(file, after=0)  # proposed, but nobody has approved it yet
    []
    """
    rows = file.execute(
        f"SELECT {LISTING}, checked_at FROM listings WHERE verdict = 'approved' AND number > ? ORDER BY number",  # noqa: S608  # our own constant
        (after,),
    )
    return [(listing_from(row[:-1]), int(row[-1])) for row in rows]


def waiting_listing(file: sqlite3.Connection, number: int) -> Listing:
    """Return a proposed entry that waits to be checked.

    Raises
    ------
    CaseUnknownError
        If nothing of this number waits.

    Examples
    --------
    >>> from fraud.casework.tables import opened
    >>> waiting_listing(opened(":memory:"), 3)
    Traceback (most recent call last):
    fraud.errors.cases.CaseUnknownError: no proposed entry 3 waits to be checked
    """
    found = [listing for listing in read_listings(file, "proposed") if listing.number == number]
    if not found:
        raise CaseUnknownError(f"no proposed entry {number} waits to be checked")
    return found[0]


def read_labels(file: sqlite3.Connection, known_by: int | None) -> list[Outcome]:
    """Return of each event the last label that was given by then, if it is not taken back, by the event's time."""
    rows = file.execute(
        "SELECT o.event_id, a.occurred_at, o.is_fraud, o.known_at, o.case_id FROM outcomes o"
        " JOIN alerts a USING (event_id) WHERE o.number IN"
        " (SELECT max(number) FROM outcomes WHERE ? IS NULL OR known_at <= ? GROUP BY event_id)"
        " AND o.is_fraud IS NOT NULL ORDER BY a.occurred_at, o.event_id",
        (known_by, known_by),
    )
    return [Outcome(event, at, bool(fraud), known, case) for event, at, fraud, known, case in rows]


def group_case(file: sqlite3.Connection, alert: Alert, due: int) -> int:
    """Return the number of the open case of the alert's ring or customer; a new one if there is none.

    Examples
    --------
    >>> from fraud.casework.tables import opened
    >>> file = opened(":memory:")
    >>> case_id = group_case(file, Alert("T1", "C1", 0, 60, 900, 0.5, 1), due=90)
    >>> group_case(file, Alert("T2", "C1", 0, 60, 500, 0.5, 1), due=95) == case_id
    True
    """
    last = file.execute(
        "SELECT case_id, state FROM cases WHERE grouped = ? ORDER BY case_id DESC LIMIT 1", (alert.group,)
    ).fetchone()
    is_open = file.execute(
        "SELECT case_id FROM cases WHERE grouped = ? AND state IN ('new', 'assigned', 'waiting')", (alert.group,)
    ).fetchone()
    if is_open:
        return int(is_open[0])
    made = file.execute(
        "INSERT INTO cases (grouped, state, analyst, version, opened_at, due_at, loss_fen, alerts, follows)"
        " VALUES (?, ?, '', 0, ?, ?, 0, 0, ?)",
        (alert.group, State.NEW, alert.raised_at, due, last[0] if last else None),
    )
    case_id = int(made.lastrowid or 0)
    note(file, case_id, alert.raised_at, "engine", "", State.NEW, "an alert came in")
    return case_id


def move(
    file: sqlite3.Connection,
    case_id: int,
    version: int,
    who: str,
    state: State,
    analyst: str | None,
    reason: str,
    now: int,
) -> None:
    """Bring a case into another state, if it is still as it was read and in the hands of who asks.

    Raises
    ------
    CaseTakenError
        If it has changed since that version, or is another analyst's.
    CaseTransitionError
        If it may not go from its state to this one.

    Examples
    --------
    >>> from fraud.casework.tables import opened
    >>> file = opened(":memory:")
    >>> case_id = group_case(file, Alert("T1", "C1", 0, 60, 900, 0.5, 1), due=90)
    >>> move(file, case_id, 0, "Li", State.ASSIGNED, "Li", "taken", now=100)
    >>> read_case(file, case_id).analyst, read_case(file, case_id).version
    ('Li', 1)
    """
    found = read_case(file, case_id)
    if found.version != version:
        whose = f", with {found.analyst}" if found.analyst else ""
        raise CaseTakenError(
            f"case {case_id} is at version {found.version}, not {version}: it is {found.state}{whose}; read it again"
        )
    check_transition(found.state, state)
    if found.state not in CLOSED | {State.NEW} and found.analyst != who:
        raise CaseTakenError(f"case {case_id} is {found.analyst}'s, not {who}'s; ask for it to be handed over")
    file.execute(
        "UPDATE cases SET state = ?, analyst = ?, version = version + 1 WHERE case_id = ?",
        (state, found.analyst if analyst is None else analyst, case_id),
    )
    note(file, case_id, now, who, found.state, state, reason)


def put_labels(file: sqlite3.Connection, case_id: int, labels: Mapping[str, bool | None], now: int) -> None:
    """Write what the events of a case were, None for what is not known, any more or at all."""
    rows = [(event, case_id, None if fraud is None else int(fraud), now) for event, fraud in labels.items()]
    file.executemany("INSERT INTO outcomes (event_id, case_id, is_fraud, known_at) VALUES (?, ?, ?, ?)", rows)


def propose(file: sqlite3.Connection, case_id: int, listing: Listing, maker: str, now: int) -> None:
    """Write a proposed entry, which waits to be checked.

    Examples
    --------
    >>> from fraud.casework.tables import opened
    >>> file = opened(":memory:")
    >>> case_id = group_case(file, Alert("T1", "C1", 0, 60, 900, 0.5, 1), due=90)
    >>> propose(file, case_id, Listing("black", "payee", "6217", "mule"), "Li", now=100)
    >>> waiting_listing(file, 1).maker
    'Li'
    """
    file.execute(
        "INSERT INTO listings (case_id, colour, entity, value, reason, until, maker, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (case_id, listing.colour, listing.entity, listing.value, listing.reason, listing.until, maker, now),
    )


def note(file: sqlite3.Connection, case_id: int, now: int, who: str, before: str, after: str, reason: str) -> None:
    """Write a step into the history of a case.

    Examples
    --------
    >>> from fraud.casework.tables import opened
    >>> file = opened(":memory:")
    >>> case_id = group_case(file, Alert("T1", "C1", 0, 60, 900, 0.5, 1), due=90)
    >>> note(file, case_id, 100, "Li", "new", "new", "called the branch")
    >>> read_steps(file, case_id)[-1].reason
    'called the branch'
    """
    file.execute(
        "INSERT INTO steps (case_id, at, who, before, after, reason) VALUES (?, ?, ?, ?, ?, ?)",
        (case_id, now, who, before, after, reason),
    )
