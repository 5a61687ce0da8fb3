"""Replay (重放): every decision of a log made again from what it names, and compared with the record, bit by bit.

The log holds events, features and the order of all changes; the library holds the versions of rulebooks, models and
costs. With features from the log it takes a rule and a model run for each event; with an engine's features as they were
in the beginning, the features are computed again from the events too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import orjson

from fraud.engine.canonical import read_floats, seconds
from fraud.engine.capacity import Capacity, limited
from fraud.engine.checking import check_event, marks
from fraud.engine.clock import Clock
from fraud.engine.events import event_of
from fraud.engine.explaining import explain
from fraud.engine.feeding import Features, confirm
from fraud.engine.judging import Circumstances, decide_event
from fraud.engine.lists import Lists
from fraud.engine.log import DecisionLog
from fraud.engine.rows import Item
from fraud.engine.setting import Setting
from fraud.engine.shadow import shadowed
from fraud.engine.snooze import Snooze, Snoozes
from fraud.errors import ReplayError

__all__ = ["Difference", "Library", "Report", "replay"]


class Library:
    """The settings that decisions name, found by the names of their versions.

    Parameters
    ----------
    settings
        Of each version; rulebooks, models and costs are found in any combination that one of them has.
    """

    def __init__(self, settings: Iterable[Setting]) -> None:
        self._settings: dict[tuple[str, ...], Setting] = {setting.names: setting for setting in settings}

    def of(self, names: tuple[str, ...], event_id: str) -> Setting:
        """Return the setting of these names: rulebook, model, costs, schema.

        Raises
        ------
        ReplayError
            If it is not there; the message says which of them is missing.
        """
        found = self._settings.get(names)
        if found is None:
            what = ("rulebook", "model", "table of costs", "schema")
            known = [{entry[at] for entry in self._settings} for at in range(4)]
            gone = [f"{what[at]} {names[at] or 'none'}" for at in range(4) if names[at] not in known[at]]
            raise ReplayError(
                f"event {event_id} was decided by {', '.join(gone) or ' with '.join(names)}, "
                "which the library does not hold; open the engine folder that has it"
            )
        return found


@dataclass(frozen=True)
class Difference:
    """A decision that did not come out the same: the first field that differs, what is recorded, and what came out."""

    event_id: str
    name: str
    recorded: Any
    made: Any


@dataclass
class Report:
    """What a replay found; it is faithful if every decision came out in the same bytes.

    `differing` counts the others, `otherwise` those of them in which more than the words of the reasons differs, and
    `differences` describes the first.
    """

    decisions: int = 0
    features_again: bool = False
    differences: list[Difference] = field(default_factory=list)
    differing: int = 0
    otherwise: int = 0

    @property
    def is_faithful(self) -> bool:
        """Whether there was no difference."""
        return self.differing == 0


class _State:
    """What the engine knew besides the events: rebuilt row by row."""

    def __init__(self, log: DecisionLog, start: dict[str, Any], features: Features | None) -> None:
        self.lists, self.snoozes = Lists(), Snoozes(map(Snooze.from_json, start["snoozes"]))
        for change in start["lists"]:
            self.lists.apply(change)
        self.capacity = None if start["capacity"] is None else Capacity.of_state(start["capacity"])
        self.clock = Clock(*start["clock"])
        self.features, self.log = features, log

    def change(self, item: Item) -> None:
        if item.kind == "list":
            self.lists.apply(item.table)
        elif item.kind == "capacity":
            self.capacity = limited(self.capacity, **item.table)
        elif item.kind == "snooze":
            self.snoozes.put(Snooze.from_json(item.table))
        elif item.kind == "label" and self.features is not None:
            confirm(self.features, self.log.event(item.table["event"]), item.table["is_fraud"])

    def decide(self, item: Item, recorded: dict[str, Any], library: Library) -> bytes:
        event = event_of(item.content)
        known = check_event(event)
        names = tuple(str(recorded[name]) for name in ("rulebook", "model", "costs", "schema"))
        if self.features is None:
            features = np.array(read_floats(recorded["features"]), np.float64)
        else:
            features = self.features.push(event)
        odd = marks(event, known[1], self.clock.latest)
        self.clock.take(known[1])
        at = seconds(datetime.fromisoformat(recorded["decided_at"]))
        entries, snoozes = self.lists.matches(event, at), self.snoozes.matches(event, at, known[2])
        # A model that was not asked is not asked again; one that failed is tried again.
        why = "" if _is_models_own(recorded["why"]) else recorded["why"]
        around = Circumstances(at, entries, snoozes, self.lists.version, why, recorded["arm"], odd)
        other = recorded["shadow"]
        if other is not None:
            if "failed" not in other:
                of_other = tuple(str(other[name]) for name in ("rulebook", "model", "costs"))
                other = shadowed(library.of((*of_other, names[3]), known[0]), event, known, features, around)
            around = around._replace(shadow=other)
        setting = library.of(names, known[0])
        return decide_event(setting, event, known, features, around, self.capacity, explain).record()


def _is_models_own(why: str) -> bool:
    return why.startswith(("the model ", "no model"))


def replay(log: DecisionLog, library: Library, features: Features | None = None, most: int = 100) -> Report:
    """Make every decision of a log again and compare.

    Parameters
    ----------
    log
        The log; reading checks its chain of hashes.
    library
        The settings that its decisions name.
    features
        As they were when the log was begun, to compute the features again from the events; None takes those recorded.
    most
        How many differences are described; all are counted.

    Raises
    ------
    ReplayError
        If the log has no beginning, or the library lacks a version, or the features are not those of the beginning.
    DecisionLogError
        If a row of the log was changed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, DecisionLog(Path(folder) / "decisions.db") as log:
    ...     replay(log, Library([]))
    Traceback (most recent call last):
    fraud.errors.deciding.ReplayError: decisions.db has no beginning, so there is nothing to replay
    """
    items = log.items()
    start = next(items, None)
    if start is None or start.kind != "start":
        raise ReplayError(f"{log.path.name} has no beginning, so there is nothing to replay")
    if features is not None and features.sequence != start.table["sequence"]:
        raise ReplayError(
            f"the features have taken in {features.sequence} events; "
            f"the log was begun with {start.table['sequence']}, give it those"
        )
    state = _State(log, start.table, features)
    report = Report(features_again=features is not None)
    for item in items:
        if item.kind != "event":
            state.change(item)
            continue
        recorded = orjson.loads(item.decision or b"{}")
        made = state.decide(item, recorded, library)
        report.decisions += 1
        if made != item.decision:
            again = orjson.loads(made)
            report.differing += 1
            report.otherwise += {**again, "reasons": None} != {**recorded, "reasons": None}
            if len(report.differences) < most:
                report.differences.append(_difference(recorded, again))
    return report


def _difference(recorded: dict[str, Any], made: dict[str, Any]) -> Difference:
    for name in sorted({*recorded, *made}):
        if recorded.get(name) != made.get(name):
            return Difference(recorded["event_id"], name, recorded.get(name), made.get(name))
    return Difference(recorded["event_id"], "bytes", None, None)
