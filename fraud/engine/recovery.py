"""An engine and its log: begun together, restored after any crash, and set down now and then so that this is quick.

State is a snapshot of the features with the rest (clock, capacity), and everything in the log after it, taken in again
in the same order. What was never acknowledged may be gone; then it was never decided, and who sent it sends it again.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from fraud.engine.canonical import content_hash, seconds
from fraud.engine.capacity import Capacity, limited
from fraud.engine.clock import Clock
from fraud.engine.deciding import Engine
from fraud.engine.events import event_of
from fraud.engine.feeding import confirm
from fraud.engine.lists import Lists
from fraud.engine.log import DecisionLog
from fraud.engine.rows import Item, Snapshot
from fraud.engine.setting import schema_hash
from fraud.engine.snooze import Snooze, Snoozes
from fraud.engine.verdict import HOLD
from fraud.errors import DecisionLogError, EngineMismatchError

__all__ = ["attach", "checkpoint", "take_in"]

_KEPT = 2


def attach(engine: Engine, path: str | Path) -> int:
    """Give an engine its log, and bring it to where the log ends.

    Parameters
    ----------
    engine
        As it was when the log was begun, with any rulebook, model and costs; features, lists, snoozes and what the
        capacity knows are those of the log, if it has any. New limits of the capacity hold from now on.
    path
        The log's file; beside it are the snapshots.

    Returns
    -------
    int
        The number of events that were taken in again after the last snapshot.

    Raises
    ------
    DecisionLogError
        If the log is damaged, written by another process, or has neither a snapshot nor a beginning that fits.
    EngineMismatchError
        If the log was begun with other features.
    """
    log = DecisionLog(path)
    wanted = engine.capacity
    try:
        again = _restore(engine, log) if log.last else _begin(engine, log)
        engine.log = log
        if not log.snapshots() and hasattr(engine.features, "save"):
            checkpoint(engine)
        _note_setting(engine, log)
        if wanted is not None and (engine.capacity is None or engine.capacity.limits != wanted.limits):
            engine.limit(**wanted.limits)
    except BaseException:
        engine.log = None
        log.close()
        raise
    return again


def _begin(engine: Engine, log: DecisionLog) -> int:
    content = {
        "schema": schema_hash(engine.features.names),
        "names": list(engine.features.names),
        "sequence": engine.features.sequence,
        "clock": engine.clock.state(),
        "capacity": None if engine.capacity is None else engine.capacity.state(),
        "lists": engine.lists.changes,
        "snoozes": [snooze.as_json() for snooze in engine.snoozes],
    }
    log.wait(log.append("start", None, content))
    return 0


def _note_setting(engine: Engine, log: DecisionLog) -> None:
    names = list(engine.setting.names)
    noted = [item.table["names"] for item in log.others() if item.kind == "setting" and "names" in item.table]
    if not noted or noted[-1] != names:
        log.wait(log.append("setting", None, {"names": names}))


def _restore(engine: Engine, log: DecisionLog) -> int:
    start = next(log.items())
    if start.kind != "start" or start.table["schema"] != schema_hash(engine.features.names):
        raise EngineMismatchError(
            f"{log.path.name} was begun with other features than this engine has; "
            "open it with the engine that it belongs to, or begin a new log"
        )
    with engine.pause():
        return _taken_in_again(engine, log, start)


def _taken_in_again(engine: Engine, log: DecisionLog, start: Item) -> int:
    after, state = _snapshot(engine, log, start)
    engine.clock = Clock(*state["clock"])
    engine.capacity = None if state["capacity"] is None else Capacity.of_state(state["capacity"])
    engine.lists, engine.snoozes = Lists(), Snoozes(map(Snooze.from_json, start.table["snoozes"]))
    for change in start.table["lists"]:
        engine.lists.apply(change)
    for item in log.others(until=after):
        if item.kind in ("list", "snooze"):
            take_in(engine, log, item)
    before = engine.features.sequence
    for item in log.items(after):
        take_in(engine, log, item)
    return engine.features.sequence - before


def _snapshot(engine: Engine, log: DecisionLog, start: Item) -> tuple[int, Any]:
    """Put the newest snapshot that is whole into the engine; return after which row it was taken, and its state."""
    for found in log.snapshots():
        file = log.path.with_name(found.file)
        if found.sequence <= log.last and file.is_file() and content_hash(file.read_bytes()) == found.hash:
            kept: Any = type(engine.features)
            engine.features = kept.restore(file)
            return found.sequence, found.state
        log.forget(found.sequence)
    if engine.features.sequence != start.table["sequence"]:
        raise DecisionLogError(
            f"{log.path.name} has no snapshot left, and the engine's features have taken in "
            f"{engine.features.sequence} events; give it the {start.table['sequence']} with which the log was begun"
        )
    return start.sequence, start.table


def take_in(engine: Engine, log: DecisionLog, item: Item) -> None:
    """Take one row of a log into the state of an engine, without deciding anything."""
    if item.kind == "event":
        event = event_of(item.content)
        engine.features.push(event)
        engine.clock.take(seconds(event["occurred_at"]))
        table = orjson.loads(item.decision or b"{}")
        if engine.capacity is not None and table["wanted"] == HOLD:
            at = seconds(datetime.fromisoformat(table["decided_at"]))
            engine.capacity.take(at, table["benefit"], table["action"] == HOLD)
    elif item.kind == "label":
        confirm(engine.features, log.event(item.table["event"]), item.table["is_fraud"])
    elif item.kind == "capacity":
        engine.capacity = limited(engine.capacity, **item.table)
    elif item.kind == "list":
        engine.lists.apply(item.table)
    elif item.kind == "snooze":
        engine.snoozes.put(Snooze.from_json(item.table))


def checkpoint(engine: Engine) -> Snapshot:
    """Set down the engine's state, so that only what comes after must be taken in again; decisions wait meanwhile.

    Raises
    ------
    DecisionLogError
        If the engine has no log.
    """
    log = engine.log
    if log is None:
        raise DecisionLogError("the engine has no log, so there is nothing to set its state down beside; attach one")
    with engine.pause():
        log.wait(log.last)
        file = log.path.with_name(f"{log.path.name}.{log.last}.features")
        waiting = file.with_suffix(".writing")
        kept: Any = engine.features
        kept.save(waiting)
        with waiting.open("rb+") as written:
            os.fsync(written.fileno())
            hashed = content_hash(waiting.read_bytes())
        waiting.replace(file)
        state = {
            "clock": engine.clock.state(),
            "capacity": None if engine.capacity is None else engine.capacity.state(),
        }
        made = Snapshot(log.last, file.name, hashed, state)
        log.note(made)
    for old in log.snapshots()[_KEPT:]:
        log.forget(old.sequence)
        log.path.with_name(old.file).unlink(missing_ok=True)
    return made
