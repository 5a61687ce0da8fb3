"""The work list of the analysts: alerts become cases, cases are taken, waited with, and disposed of.

Every change is one transaction, and names the version of the case that was looked at: two analysts cannot take one
case, and nobody closes a case to which an alert has come since he read it (compare and set). Whatever happens stands
in the history. Times are seconds since 1970 given by whoever calls.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from fraud.casework import rows
from fraud.casework.cases import Alert, Case, Listing, Outcome, Step
from fraud.casework.listing import Entry, approved, check_listing
from fraud.casework.priority import HOURS, due_at, expected_loss, in_order
from fraud.casework.states import CLOSED, State
from fraud.casework.tables import opened, transaction, written
from fraud.costs import CostTable
from fraud.errors import CaseInputError, CaseTakenError, CaseTransitionError, FourEyesError

__all__ = ["WorkList"]


class WorkList:
    """Cases in an SQLite file that several processes may share; within one, each thread opens its own.

    Parameters
    ----------
    path
        The file; made if it is not there.
    costs
        What the actions cost, for the priority.
    hours
        Hours from an alert to its deadline by action.

    Raises
    ------
    CaseStoreError
        If the file cannot be used.

    Examples
    --------
    >>> from fraud.costs import ActionCost
    >>> table = CostTable(ActionCost(300, 20, 0.35), ActionCost(2_000, 1_500, 0.1), ActionCost(30_000, 500, 0.02))
    >>> desk = WorkList(":memory:", table)
    >>> case = desk.add(Alert("T1", "C1", occurred_at=0, raised_at=60, amount_fen=100_000, probability=0.5, action=2))
    >>> case = desk.take(case.case_id, "Li", case.version, now=120)
    >>> desk.take(case.case_id, "Wang", version=1, now=130)
    Traceback (most recent call last):
    fraud.errors.cases.CaseTakenError: case 1 is at version 2, not 1: it is assigned, with Li; read it again
    >>> case = desk.dispose(case.case_id, "Li", State.CONFIRMED_FRAUD, "card stolen", case.version, now=600)
    >>> [(label.event_id, label.is_fraud, label.known_at) for label in desk.labels()]
    [('T1', True, 600)]
    """

    def __init__(self, path: Path | str, costs: CostTable, hours: Mapping[int, float] = HOURS) -> None:
        self._file, self._costs, self._hours = opened(path), costs, hours

    def close(self) -> None:
        """Leave the file."""
        self._file.close()

    def add(self, alert: Alert) -> Case:
        """Put an alert into the open case of its ring or customer, or into a new one; a second time changes nothing."""
        with transaction(self._file) as file:
            known = file.execute("SELECT case_id FROM alerts WHERE event_id = ?", (alert.event_id,)).fetchone()
            if known:
                return self.case(known[0])
            due = due_at(alert, self._hours)
            case_id = rows.group_case(file, alert, due)
            record = (alert.event_id, case_id, alert.occurred_at, written(alert))
            file.execute("INSERT INTO alerts VALUES (?, ?, ?, ?)", record)
            file.execute(
                "UPDATE cases SET alerts = alerts + 1, loss_fen = loss_fen + ?, due_at = min(due_at, ?),"
                " version = version + 1 WHERE case_id = ?",
                (expected_loss(alert, self._costs), due, case_id),
            )
            return self.case(case_id)

    def case(self, case_id: int) -> Case:
        """Return a case as it is; raises CaseUnknownError if there is none of this number."""
        return rows.read_case(self._file, case_id)

    def cases(self, states: Collection[State] = frozenset(State) - CLOSED) -> list[Case]:
        """Return the cases in these states, by default the open ones, oldest first."""
        return rows.read_cases(self._file, states)

    def queue(self, now: int) -> list[Case]:
        """Return the cases that nobody has taken, the most urgent first."""
        return in_order(self.cases({State.NEW}), now)

    def alerts(self, case_id: int) -> list[Alert]:
        """Return the alerts of a case, earliest event first."""
        return rows.read_alerts(self._file, case_id)

    def history(self, case_id: int) -> list[Step]:
        """Return what happened to a case, in order."""
        return rows.read_steps(self._file, case_id)

    def take(self, case_id: int, who: str, version: int, now: int) -> Case:
        """Give a new case to an analyst, or let a waiting one go on.

        Raises
        ------
        CaseTakenError
            If the case has changed since that version, or waits for another analyst.
        CaseTransitionError
            If it is neither new nor waiting; a closed one is opened by `reopen`.
        """
        found = self.case(case_id)
        if found.version == version and found.state not in (State.NEW, State.WAITING):
            raise CaseTransitionError(f"case {case_id} is {found.state}; only a new or waiting one can be taken")
        return self._step(case_id, who, State.ASSIGNED, "taken", version, now)

    def take_next(self, who: str, now: int) -> Case | None:
        """Give an analyst the most urgent case that nobody has; None if there is none."""
        for case in self.queue(now):
            try:
                return self.take(case.case_id, who, case.version, now)
            except CaseTakenError:
                continue  # somebody else was faster: the next one
        return None

    def release(self, case_id: int, who: str, reason: str, version: int, now: int) -> Case:
        """Put a case back for others; refusals as for `wait`."""
        return self._step(case_id, who, State.NEW, reason, version, now)

    def hand_over(self, case_id: int, who: str, to: str, reason: str, version: int, now: int) -> Case:
        """Give one's case to another analyst; refusals as for `wait`."""
        found = self.case(case_id)
        if found.version == version and found.state is not State.ASSIGNED:
            raise CaseTransitionError(f"case {case_id} is {found.state}; only an assigned one can be handed over")
        _check_words(to=to)
        return self._step(case_id, who, State.ASSIGNED, f"to {to}: {reason}", version, now, analyst=to)

    def wait(self, case_id: int, who: str, reason: str, version: int, now: int) -> Case:
        """Let a case wait, for the customer or somebody else, on its analyst's desk.

        Raises
        ------
        CaseTakenError
            If the case has changed since that version, or is another analyst's.
        CaseTransitionError
            If a case in its state cannot take this step.
        CaseInputError
            If no reason is given.
        """
        return self._step(case_id, who, State.WAITING, reason, version, now)

    def reopen(self, case_id: int, who: str, reason: str, version: int, now: int) -> Case:
        """Look at a closed case again; its labels are taken back from now on.

        Raises
        ------
        CaseTakenError
            If the case has changed since that version, or a later one of the same customer or ring is open.
        CaseTransitionError
            If it is not closed.
        """
        found = self.case(case_id)
        if found.version == version and found.state not in CLOSED:
            raise CaseTransitionError(f"case {case_id} is {found.state}; only a closed one can be opened again")
        _check_words(who=who, reason=reason)
        with transaction(self._file) as file:
            later = [case for case in self.cases() if case.group == found.group]
            if later:
                raise CaseTakenError(f"case {later[0].case_id} of the same {found.about[0]} is open; work on that one")
            rows.move(file, case_id, version, who, State.ASSIGNED, who, reason, now)
            rows.put_labels(file, case_id, {alert.event_id: None for alert in self.alerts(case_id)}, now)
        return self.case(case_id)

    def dispose(
        self,
        case_id: int,
        who: str,
        state: State,
        reason: str,
        version: int,
        now: int,
        *,
        honest: Collection[str] = (),
        listings: Sequence[Listing] = (),
    ) -> Case:
        """Close a case by saying what it was; this labels its events, and may propose entries of lists and snoozes.

        Parameters
        ----------
        case_id, who, version, now
            The case, its analyst, the version that he has read, and the time.
        state
            Confirmed fraud, false alarm or undetermined.
        reason
            Why; not empty.
        honest
            Of a confirmed fraud: ids of events that were the customer's own.
        listings
            What is proposed; each acts only after `check` by another person.

        Raises
        ------
        CaseTakenError, CaseTransitionError
            As for `wait`.
        CaseInputError
            If no reason is given, an honest event is not of the case, all are, or a proposed entry cannot be.
        """
        if state not in CLOSED:
            raise CaseTransitionError(f"a case is disposed of as {' or '.join(sorted(CLOSED))}, not {state}")
        events = {alert.event_id for alert in self.alerts(case_id)}
        _check_honest(case_id, state, events, honest)
        for listing in listings:
            check_listing(listing, who, now)
        labels = {event: _label_of(state, event in honest) for event in sorted(events)}
        _check_words(reason=reason)
        with transaction(self._file) as file:
            rows.move(file, case_id, version, who, state, None, reason, now)
            rows.put_labels(file, case_id, labels, now)
            for listing in listings:
                rows.propose(file, case_id, listing, who, now)
        return self.case(case_id)

    def listings(self, verdict: str = "proposed") -> list[Listing]:
        """Return entries of lists that were proposed, approved or refused, in order."""
        return rows.read_listings(self._file, verdict)

    def check(self, number: int, who: str, approve: bool, note: str, now: int) -> Entry | None:
        """Approve or refuse a proposed entry; return what is to be put into the engine's lists, None if refused.

        Raises
        ------
        CaseUnknownError
            If nothing of this number waits to be checked.
        FourEyesError
            If the checker is the maker.
        CaseInputError
            If no note is given.
        """
        _check_words(who=who, note=note)
        with transaction(self._file) as file:
            listing = rows.waiting_listing(file, number)
            if who.strip().casefold() == listing.maker.strip().casefold():
                raise FourEyesError(f"{who} has proposed entry {number}; somebody else must check it")
            entry = approved(listing, who, now) if approve else None
            verdict = "approved" if approve else "refused"
            file.execute(
                "UPDATE listings SET verdict = ?, checker = ?, checked_at = ?, note = ? WHERE number = ?",
                (verdict, who, now, note, number),
            )
            state = self.case(listing.case_id).state
            what = f"entry {number} ({listing.colour} {listing.entity} {listing.value}) {verdict}: {note}"
            rows.note(file, listing.case_id, now, who, state, state, what)
        return entry

    def approved(self, after: int = 0) -> list[tuple[int, Entry]]:
        """Return what was approved, with its number, for whoever puts it into the engine's lists and may be killed."""
        found = rows.approved_listings(self._file, after)
        return [(listing.number, approved(listing, listing.checker, at)) for listing, at in found]

    def labels(self, known_by: int | None = None) -> list[Outcome]:
        """Return the labels as they were known at a moment, by default now, in the order of their events' times.

        Whoever trains as of a day asks for the labels of that day: what was said later, or taken back later, does not
        count yet. Events of undetermined cases and of cases that are looked at again have none.
        """
        return rows.read_labels(self._file, known_by)

    def _step(
        self, case_id: int, who: str, state: State, reason: str, version: int, now: int, analyst: str | None = None
    ) -> Case:
        _check_words(who=who, reason=reason)
        keeper = "" if state is State.NEW else who if analyst is None else analyst
        with transaction(self._file) as file:
            rows.move(file, case_id, version, who, state, keeper, reason, now)
        return self.case(case_id)


def _label_of(state: State, is_own: bool) -> bool | None:
    if state is State.UNDETERMINED:
        return None
    return state is State.CONFIRMED_FRAUD and not is_own


def _check_words(**words: str) -> None:
    for name, text in words.items():
        if not isinstance(text, str) or not text.strip():
            raise CaseInputError(f"{name} is {text!r}; it must be text that says something")


def _check_honest(case_id: int, state: State, events: set[str], honest: Collection[str]) -> None:
    strange = sorted(set(honest) - events)
    if strange:
        raise CaseInputError(f"event {strange[0]!r} is not of case {case_id}; it has {', '.join(sorted(events))}")
    if honest and (state is not State.CONFIRMED_FRAUD or set(honest) == events):
        raise CaseInputError(
            "honest events are named of a confirmed fraud only, and not all of them: then it is a false alarm"
        )
