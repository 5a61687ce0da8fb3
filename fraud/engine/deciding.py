"""The engine (引擎): one event in, one decision out, from features, lists, rules, model, costs and capacity.

Events are taken in one at a time, in the order in which they come, by any number of threads; of two with one id the
second gets the decision of the first, or is refused if it says something else. A new setting is taken up whole between
two events. With a log, an answer means that the decision is on the disk, and an engine opened again after any crash
goes on as if nothing had happened; the log alone says what was decided.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from fraud.costs import CostTable
from fraud.engine.canonical import canonical, seconds
from fraud.engine.capacity import Capacity, limited
from fraud.engine.checking import check_event, marks
from fraud.engine.clock import Clock
from fraud.engine.events import EVENT_ID, event_bytes, event_of
from fraud.engine.explaining import explain
from fraud.engine.feeding import Features, confirm
from fraud.engine.judging import Circumstances, decide_event
from fraud.engine.lists import ListEntry, Lists
from fraud.engine.log import DecisionLog
from fraud.engine.record import Decision, earlier_decision
from fraud.engine.setting import Model, Setting
from fraud.engine.shadow import Shadow
from fraud.engine.snooze import Snooze, Snoozes
from fraud.errors import EngineMismatchError, EventRefusedError
from fraud.rules import Rulebook
from fraud.schema import LABEL

__all__ = ["Engine"]


class Engine:
    """Decides events one by one.

    Parameters
    ----------
    features
        `fraud.online.OnlineFeatures` or its like; the engine feeds it from now on, nobody else may.
    rules, model, costs
        The champion: a rulebook, what `fraud.modelfile.load` returned (None decides by rules and lists alone), and the
        table of costs.
    lists, snoozes, capacity
        What people know of entities, what they vouch for, and how much the analysts can take; all empty by default.
    shadow
        A challenger, and how much of the traffic it decides; see `fraud.engine.shadow`.

    Attributes
    ----------
    log
        Where decisions are kept, or None; `fraud.engine.recovery.attach` sets it and restores the engine from it.
    clock
        The stream's time, by which decisions are made when nobody tells the time.

    Raises
    ------
    EngineMismatchError
        If the model reads what neither features nor rules offer.
    """

    def __init__(
        self,
        features: Features,
        rules: Rulebook,
        model: Model | None,
        costs: CostTable,
        *,
        lists: Lists | None = None,
        snoozes: Iterable[Snooze] = (),
        capacity: Capacity | None = None,
        shadow: Shadow | None = None,
    ) -> None:
        self.features = features
        self.lists = Lists() if lists is None else lists
        self.snoozes = Snoozes(snoozes)
        self.capacity = capacity
        self.log: DecisionLog | None = None
        self.clock = Clock()
        self._setting = Setting.of(rules, model, costs, features.names)
        self._shadow = shadow
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: str | Path, version: str | None = None) -> "Engine":
        """Return the engine of a folder that `fraud.engine.folder.save_engine` wrote; see `open_engine` there."""
        from fraud.engine.folder import open_engine

        return open_engine(folder, version)

    @property
    def setting(self) -> Setting:
        """The champion's rulebook, model and costs."""
        return self._setting

    def decide(self, event: Mapping[str, Any], now: datetime | None = None) -> Decision:
        """Decide one event.

        Parameters
        ----------
        event
            Columns of `fraud.schema` and `transaction_id`; the caller leaves it as it is afterwards.
        now
            Local time of the decision, by which lists, snoozes and capacity are looked at; None is the time of
            the stream, see `fraud.engine.clock`, so that a history is judged as it happened.

        Raises
        ------
        EventRefusedError
            If id, time, customer or amount cannot be used.
        EventConflictError
            If an event of this id with other content was decided before.
        DecisionLogError
            If the decision could not be written; then it does not count.
        """
        decision, number = self.enter(event, now, "")
        if self.log is not None:
            self.log.wait(number)
        return decision

    def decide_by_rules(
        self, event: Mapping[str, Any], now: datetime | None = None, why: str = "over capacity"
    ) -> Decision:
        """Decide one event by rules and lists alone, without the model; the decision says that it is degraded and why.

        The event is taken into the features all the same, so that later ones are right. Raises as `decide`.
        """
        decision, number = self.enter(event, now, why)
        if self.log is not None:
            self.log.wait(number)
        return decision

    def decide_many(self, events: Sequence[Mapping[str, Any]], now: datetime | None = None) -> list[Decision]:
        """Decide events in their order and write them to the disk together; raises at the first that is refused."""
        made, number = [], 0
        try:
            for event in events:
                decision, number = self.enter(event, now, "")
                made.append(decision)
        finally:
            if self.log is not None:
                self.log.wait(number)
        return made

    def enter(self, event: Mapping[str, Any], now: datetime | None = None, why: str = "") -> tuple[Decision, int]:
        """Decide one event without waiting for the disk: for who decides many and then waits once.

        Returns the decision, which nobody may be told yet, and the number for `DecisionLog.wait`; with `why` the model
        is not asked. Raises as `decide`.
        """
        known = check_event(event)
        if LABEL in event:  # known only later, and told by `confirm`
            event = {name: value for name, value in event.items() if name != LABEL}
        if self.log is None:
            with self._lock:
                return self._make(event, known, now, why), 0
        content = event_bytes(event)
        with self._lock:
            self.log.check()
            found = self.log.find("event", known[0])
            if found is not None:
                return earlier_decision(known[0], *found, content), self.log.last
            before = self.features.sequence
            try:
                decision = self._make(event, known, now, why)
            except BaseException as error:
                if self.features.sequence != before:
                    self.log.stop(f"event {known[0]} was taken in but not decided: {error}")
                raise
            return decision, self.log.append("event", known[0], content, decision)

    def _make(self, event: Mapping[str, Any], known: tuple[str, int, int], now: datetime | None, why: str) -> Decision:
        _, second, amount = known
        features = self.features.push(event)
        odd = marks(event, second, self.clock.latest)
        told = self.clock.take(second)
        at = told if now is None else seconds(now)
        around = Circumstances(
            at,
            self.lists.matches(event, at),
            self.snoozes.matches(event, at, amount),
            self.lists.version,
            why,
            marks=odd,
        )
        decides = self._setting
        if self._shadow is not None:
            decides, around = self._shadow.beside(decides, event, known, features, around)
        return decide_event(decides, event, known, features, around, self.capacity, explain)

    def swap(
        self, rules: Rulebook | None = None, model: Model | None = None, costs: CostTable | None = None
    ) -> Setting:
        """Take up a new rulebook, model or table of costs between two events; what is not given stays.

        What is slow is done before, while the old one serves. Returns the new setting.

        Raises
        ------
        EngineMismatchError
            If they do not fit together; then the old ones serve on.
        """
        old = self._setting
        made = Setting.of(rules or old.rulebook, model or old.model, costs or old.costs, self.features.names)
        self._note("setting", {"names": list(made.names)}, lambda: setattr(self, "_setting", made))
        return made

    def challenge(self, shadow: Shadow | None) -> None:
        """Set a challenger beside the champion, or let it go.

        Raises
        ------
        EngineMismatchError
            If the challenger was made for other features.
        """
        if shadow is not None and shadow.challenger.feature_names != tuple(self.features.names):
            raise EngineMismatchError("the challenger was made for other features than this engine has; make it anew")
        names = None if shadow is None else list(shadow.challenger.names)
        self._note("setting", {"challenger": names}, lambda: setattr(self, "_shadow", shadow))

    def put(self, entry: ListEntry) -> None:
        """Put an entry on a list; it acts on the next decision. Raises `ListRefusedError` if it is there already."""
        self._note("list", None, lambda: self.lists.put(entry))

    def end(self, entry_id: str, who: str, reason: str, at: datetime) -> None:
        """End a list entry at once. Raises `ListRefusedError` if none in force has this id."""
        self._note("list", None, lambda: self.lists.end(entry_id, who, reason, at))

    def snooze(self, snooze: Snooze) -> None:
        """Vouch for an entity; it acts on the next decision."""
        self._note("snooze", None, lambda: self.snoozes.put(snooze))

    def limit(self, per_day: int | None, per_hour: int | None = None) -> None:
        """Set how many holds the analysts can work off from the next decision on; raises `CapacityRefusedError`."""
        content = {"per_day": per_day, "per_hour": per_hour}
        self._note("capacity", content, lambda: setattr(self, "capacity", limited(self.capacity, **content)))

    def confirm(self, event: str | Mapping[str, Any], is_fraud: bool, at: datetime) -> None:
        """Tell what an earlier event turned out to be; the features learn of it. Telling it again changes nothing.

        Parameters
        ----------
        event
            Id of the event; without a log, the event itself.
        is_fraud
            Whether it was fraud. A fraud that was told is not taken back out of the features.
        at
            Local time at which this became known.

        Raises
        ------
        EventRefusedError
            If there is no event of this id.
        """
        event_id = event if isinstance(event, str) else str(event[EVENT_ID])
        found = None if self.log is None else self.log.find("event", event_id)
        if found is not None:
            event = event_of(found[0])
        elif self.log is not None or isinstance(event, str):
            raise EventRefusedError(f"event {event_id} was never decided here, so nothing can be confirmed of it")
        known: Mapping[str, Any] = event
        content = {"event": event_id, "is_fraud": is_fraud, "at": at.isoformat()}
        self._note("label", content, lambda: confirm(self.features, known, is_fraud), event_id)

    def close(self) -> None:
        """Write what waits and let go of the log; the engine must not be used afterwards."""
        if self.log is not None:
            self.log.close()

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Let no event in while the state is looked at or set."""
        with self._lock:
            yield

    def _note(self, kind: str, content: Any, change: Callable[[], Any], key: str | None = None) -> None:
        """Make a change between two events, and write it down in the same order."""
        log = self.log
        with self._lock:
            if log is None:
                change()
                return
            log.check()
            known = None if key is None else log.find(kind, key)
            if known is None or known[0] != canonical(content):
                made = change()
                number = log.append(kind, key, made if content is None else content)
            else:
                number = log.last
        log.wait(number)
