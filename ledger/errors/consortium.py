"""Faults of a ledger that several members write: the ordering service, votes, and members that do not agree."""

from ledger.errors.base import LedgerError

__all__ = [
    "AmbiguousError",
    "ClusterError",
    "DroppedError",
    "HaltedError",
    "OrderingError",
    "PendingError",
    "UnavailableError",
    "UnsettledError",
    "VoteError",
]


class OrderingError(LedgerError):
    """The ordering service can not do what was asked."""


class AmbiguousError(OrderingError):
    """A write was sent and no answer came: it may have been done, or be done yet."""


class UnavailableError(OrderingError):
    """No endpoint of the ordering service answers."""


class UnsettledError(OrderingError):
    """It could not be found out in time whether a write was done."""


class DroppedError(OrderingError):
    """A block that is needed is no longer in the ordering service."""


class PendingError(OrderingError):
    """A block is in the log, but not enough members have signed for it in time."""


class VoteError(LedgerError):
    """A statement on a block's state does not count."""


class HaltedError(LedgerError):
    """A member comes to another state than the block says, or than others have signed for, and goes no further."""


class ClusterError(LedgerError):
    """The ordering service could not be started here."""
