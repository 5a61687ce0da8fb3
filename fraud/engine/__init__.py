"""The engine that decides: features, lists, rules, model, costs and analysts' capacity joined for one event.

In: one event at a time, as a mapping with the columns of `fraud.schema`. Out: one `Decision` for each event id, with
everything that is needed to explain it and to make it again bit by bit years later; a log that loses none and makes
none twice, whenever the process dies; and the comparison of a champion with a challenger that decides in its shadow.
"""

from fraud.engine.capacity import Capacity
from fraud.engine.deciding import Engine
from fraud.engine.events import read_event
from fraud.engine.folder import open_engine, open_setting, save_engine
from fraud.engine.lists import ListEntry, Lists
from fraud.engine.log import DecisionLog
from fraud.engine.record import Decision, read_decision
from fraud.engine.recovery import attach, checkpoint
from fraud.engine.replay import Library, replay
from fraud.engine.setting import Setting
from fraud.engine.shadow import Shadow, compare
from fraud.engine.snooze import Snooze
from fraud.engine.training import Trained, train

__all__ = [
    "Capacity",
    "Decision",
    "DecisionLog",
    "Engine",
    "Library",
    "ListEntry",
    "Lists",
    "Setting",
    "Shadow",
    "Snooze",
    "Trained",
    "attach",
    "checkpoint",
    "compare",
    "open_engine",
    "open_setting",
    "read_decision",
    "read_event",
    "replay",
    "save_engine",
    "train",
]
