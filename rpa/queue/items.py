"""What the queue holds: accounts on their way, leases on them, and the steps that they took."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from rpa.queue.states import State

__all__ = ["Item", "Lease", "Step"]


@dataclass(frozen=True, slots=True)
class Item:
    """An account on its way.

    Parameters
    ----------
    filing_id, state
        Which, and where.
    record
        The filing, see `rpa.filing.to_record`.
    due, rank
        Unix seconds of its deadline; rank among those due at one time.
    came_at, filed_at
        Unix seconds; `filed_at` is None until it is filed.
    attempts
        Failures in a row; any step forward sets it to 0.
    not_before
        Unix seconds until which it is left alone.
    reason
        Why it is where it is, in words.
    facts
        What was learnt on the way: receipt, number of the basic account, hashes of images.
    resume
        The state to which a person can send it back.
    """

    filing_id: str
    state: State
    record: Mapping[str, Any]
    due: float
    rank: int
    came_at: float
    filed_at: float | None
    attempts: int
    not_before: float
    reason: str
    facts: Mapping[str, Any]
    resume: State | None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on an account until a moment; a later lease has a greater token."""

    item: Item
    worker: str
    token: int
    until: float


class Step(NamedTuple):
    """One transition: when, from where to where, by whom, and why."""

    number: int
    filing_id: str
    at: float
    before: str
    after: str
    who: str
    reason: str
