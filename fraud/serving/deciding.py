"""What serving asks of whoever decides: one decision for each event id, kept for good before anybody is told.

`EngineDecider` stands before the engine of `fraud.engine` with its log; tests put small honest ones in its place. All
calls but `find` and `swap_rules` come from one thread.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import orjson

from fraud.engine.canonical import canonical
from fraud.engine.deciding import Engine
from fraud.engine.record import Decision, read_decision
from fraud.engine.recovery import checkpoint
from fraud.engine.setting import Setting
from fraud.errors import RulebookError
from fraud.rules import Rulebook, check_examples, parse

__all__ = ["Decider", "EngineDecider", "Event", "Kept", "Told"]

Event = Mapping[str, Any]


class Told(Protocol):
    """A decision that can be told; telling may be dear (reasons), so it is done once, outside of the event loop."""

    def as_json(self) -> dict[str, Any]:
        """Return the decision as JSON carries it."""


class Kept(NamedTuple):
    """A decision of the log: the event's id, and the bytes of the answer."""

    event_id: str
    body: bytes


class Decider(Protocol):
    """Decides events one after another, and keeps what it decided."""

    def decide(self, event: Event, why: str = "") -> tuple[Told, bool]:
        """Return the decision on an event, and whether it is new; it is not to be told before `commit` has returned.

        With `why` it is decided by lists and rules alone, and says so. An id that was decided with other content raises
        `EventConflictError`.
        """

    def commit(self) -> None:
        """Return when all that was decided is on the disk."""

    def find(self, event_id: str) -> Kept | None:
        """Return what was decided on an event and is on the disk, or None."""

    def place(self) -> int:
        """Return the number of the last row of the log."""

    def since(self, place: int) -> Iterator[Kept]:
        """Go through the decisions on the disk after a row of the log, in order."""

    def versions(self) -> dict[str, Any]:
        """Return what decides now: `rulebook`, `rules` (their number), `model`."""

    def title(self, rule_id: str) -> tuple[str, str] | None:
        """Return what a rule is called in English and Chinese, if it is in force."""

    def swap_rules(self, text: str, source: str) -> None:
        """Put another rulebook in force from the next event on; a wrong one raises and changes nothing.

        It may take a second, and is called beside the thread that decides.
        """

    def close(self) -> None:
        """Write everything down, and end."""


class EngineDecider:
    """The engine with its log, as serving asks it.

    Parameters
    ----------
    engine
        With a log.
    clock
        Local time of a decision; None takes that of the events, for a history that is played again.
    keep
        Keeps a rulebook before it is put in force.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], datetime] | None = None,
        keep: Callable[[Rulebook], object] = lambda _: None,
    ) -> None:
        assert engine.log is not None, "an engine that serves keeps a log"
        self.engine, self._log, self._clock = engine, engine.log, clock
        self._keep = keep
        self._titles = _titles(engine.setting)

    def decide(self, event: Event, why: str = "") -> tuple[Decision, bool]:
        """Decide, and put the decision into the log without waiting for the disk."""
        before = self.engine.features.sequence
        decision, _ = self.engine.enter(event, None if self._clock is None else self._clock(), why)
        return decision, self.engine.features.sequence > before

    def commit(self) -> None:
        """Write to the disk."""
        self._log.wait(self._log.last)

    def find(self, event_id: str) -> Kept | None:
        """Look into the log; a decision that is not on the disk yet is not told."""
        found = self._log.find("event", event_id)
        return None if found is None or not isinstance(found[1], bytes) else Kept(event_id, _body(found[1]))

    def place(self) -> int:
        """Return the number of the last row."""
        return self._log.last

    def since(self, place: int) -> Iterator[Kept]:
        """Go through the later rows that are events."""
        for item in self._log.items(place):
            if item.kind == "event" and item.key is not None and item.decision is not None:
                yield Kept(item.key, _body(item.decision))

    def versions(self) -> dict[str, Any]:
        """Return the champion's versions."""
        rulebook, model, costs, _ = self.engine.setting.names
        return {"rulebook": rulebook, "rules": len(self.engine.setting.ids), "model": model, "costs": costs}

    def title(self, rule_id: str) -> tuple[str, str] | None:
        """Look a rule up."""
        return self._titles.get(rule_id)

    def swap_rules(self, text: str, source: str) -> None:
        """Read, check, make ready, and only then switch."""
        rulebook = parse(text, source)
        if failures := check_examples(rulebook):
            raise RulebookError(f"{source}: {failures[0]}; {len(failures)} examples of its own are not kept")
        self._keep(rulebook)
        self._titles = _titles(self.engine.swap(rules=rulebook))

    def close(self) -> None:
        """Set the state down, so that the next start is quick, and let go of the log."""
        checkpoint(self.engine)
        self._log.close()


def _titles(setting: Setting) -> dict[str, tuple[str, str]]:
    return {rule.id: (rule.title, rule.title_zh) for rule in setting.rulebook.rules}


def _body(record: bytes) -> bytes:
    """Return the answer that a record of the log stands for: the very bytes that were told."""
    return canonical(read_decision(orjson.loads(record)).as_json())
