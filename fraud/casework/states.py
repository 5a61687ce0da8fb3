"""The states of a case, and which may follow which; whatever else is asked for is refused by name.

A case is closed by saying what it was: confirmed fraud, false alarm, or undetermined. Only a new look, with its reason,
opens it again. A case that waits for the customer or for another bank belongs to its analyst all the while.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from fraud.errors import CaseTransitionError

__all__ = ["CLOSED", "LEGAL", "NAMES", "State", "check_transition"]


class State(StrEnum):
    """Where a case stands."""

    NEW = "new"
    ASSIGNED = "assigned"
    WAITING = "waiting"
    CONFIRMED_FRAUD = "confirmed_fraud"
    FALSE_ALARM = "false_alarm"
    UNDETERMINED = "undetermined"


CLOSED: Final = frozenset({State.CONFIRMED_FRAUD, State.FALSE_ALARM, State.UNDETERMINED})

LEGAL: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.NEW: frozenset({State.ASSIGNED}),
        State.ASSIGNED: frozenset({State.NEW, State.ASSIGNED, State.WAITING}) | CLOSED,
        State.WAITING: frozenset({State.ASSIGNED}) | CLOSED,
        **{state: frozenset({State.ASSIGNED}) for state in CLOSED},
    }
)
"""What may follow each state; assigned to assigned is a hand-over."""

NAMES: Final[Mapping[State, tuple[str, str]]] = MappingProxyType(
    {
        State.NEW: ("new", "新建"),
        State.ASSIGNED: ("assigned", "处理中"),
        State.WAITING: ("waiting", "等待回复"),
        State.CONFIRMED_FRAUD: ("confirmed fraud", "确认欺诈"),
        State.FALSE_ALARM: ("false alarm", "误报"),
        State.UNDETERMINED: ("undetermined", "无法判定"),
    }
)
"""What people call each state, in English and Chinese."""


def check_transition(before: State, after: State) -> None:
    """Refuse a step that no case may take.

    Raises
    ------
    CaseTransitionError
        With what would be right.

    Examples
    --------
    >>> check_transition(State.NEW, State.ASSIGNED)
    >>> check_transition(State.NEW, State.FALSE_ALARM)
    Traceback (most recent call last):
    fraud.errors.cases.CaseTransitionError: a case that is new cannot become false_alarm; it can become assigned
    """
    if after not in LEGAL[before]:
        allowed = " or ".join(sorted(LEGAL[before]))
        raise CaseTransitionError(f"a case that is {before} cannot become {after}; it can become {allowed}")
