"""Refusals of the engine that decides, of its log, and of what serves it."""

from fraud.errors.base import FraudError

__all__ = [
    "CapacityRefusedError",
    "DecisionLogError",
    "DriftReferenceError",
    "EngineFolderError",
    "EngineMismatchError",
    "EventConflictError",
    "EventRefusedError",
    "ListRefusedError",
    "ReplayError",
    "ServingLimitError",
    "ServingStartError",
    "SnoozeRefusedError",
    "StreamError",
    "StreamMarkError",
    "StreamSettingsError",
]


class CapacityRefusedError(FraudError):
    """The limits of the analysts' work contradict each other."""


class DecisionLogError(FraudError):
    """The log of decisions cannot be read, written or continued."""


class EngineFolderError(FraudError):
    """A folder of an engine is incomplete, damaged or tampered with."""


class EngineMismatchError(FraudError):
    """Rules, model and features do not fit together, so that no engine can be made of them."""


class EventConflictError(FraudError):
    """An event has the id of an earlier one, but other content."""


class EventRefusedError(FraudError):
    """An event cannot be judged: a field of it is missing, unknown or out of bounds."""


class ListRefusedError(FraudError):
    """An entry of a black, grey or white list is not what it must be."""


class ReplayError(FraudError):
    """A decision cannot be replayed, because something that it names is not there."""


class SnoozeRefusedError(FraudError):
    """A snooze is too long, too wide, or nobody answers for it."""


class DriftReferenceError(FraudError):
    """What drift is compared with cannot be read."""


class ServingLimitError(FraudError):
    """The declared limits of a server leave no room for any event."""


class ServingStartError(FraudError):
    """A server cannot start: its port is taken, or a part of it is missing."""


class StreamError(FraudError):
    """A stream cannot go on: the broker does not answer or refuses."""


class StreamMarkError(FraudError):
    """The mark of what was told is not one."""


class StreamSettingsError(FraudError):
    """The settings of a stream contradict each other."""
