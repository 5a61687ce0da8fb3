"""States of an account on its way, and which may follow which.

`filing` is written before anything is sent, so that whoever finds it after a crash knows that something may have been
sent: it is asked, not sent again. `in_doubt` says the same of an answer that never came. A refusal by a rule
(`refused`) and what only a person can decide (`waiting`) leave the bot's hands until somebody acts.
"""

from collections.abc import Mapping
from enum import StrEnum

from rpa.errors import QueueError

__all__ = ["ENDED", "FOR_A_PERSON", "LEGAL", "NAMES_ZH", "State", "check_step"]


class State(StrEnum):
    """Where an account is."""

    NEW = "new"
    VALIDATED = "validated"
    FILING = "filing"
    IN_DOUBT = "in_doubt"
    FILED = "filed"
    IMAGED = "imaged"
    WRITTEN_BACK = "written_back"
    DONE = "done"
    REFUSED = "refused"
    WAITING = "waiting"


NAMES_ZH: Mapping[State, str] = {
    State.NEW: "待校验",
    State.VALIDATED: "待备案",
    State.FILING: "备案中",
    State.IN_DOUBT: "结果待核实",
    State.FILED: "已备案",
    State.IMAGED: "影像已上传",
    State.WRITTEN_BACK: "已回写",
    State.DONE: "完成",
    State.REFUSED: "业务拒绝",
    State.WAITING: "待人工处理",
}
FOR_A_PERSON = frozenset({State.REFUSED, State.WAITING})
ENDED = frozenset({State.DONE})
_STOPS = {State.REFUSED, State.WAITING}
LEGAL: Mapping[State, frozenset[State]] = {
    State.NEW: frozenset({State.VALIDATED, *_STOPS}),
    # what was found on record before anything was sent is filed at once
    State.VALIDATED: frozenset({State.FILING, State.FILED, *_STOPS}),
    State.FILING: frozenset({State.IN_DOUBT, State.FILED, State.VALIDATED, *_STOPS}),
    State.IN_DOUBT: frozenset({State.FILED, State.VALIDATED, *_STOPS}),
    State.FILED: frozenset({State.IMAGED, State.WAITING}),
    State.IMAGED: frozenset({State.WRITTEN_BACK, State.WAITING}),
    State.WRITTEN_BACK: frozenset({State.DONE, State.WAITING}),
    State.DONE: frozenset({State.WAITING}),
    State.REFUSED: frozenset({State.NEW}),
    State.WAITING: frozenset(set(State) - {State.WAITING, State.DONE}),
}
"""What may follow each state. A finished account goes to a person if the reconciliation finds a difference."""


def check_step(before: State, after: State, filing_id: str) -> None:
    """Refuse a step that may not be.

    Raises
    ------
    QueueError
        If `after` may not follow `before`.

    Examples
    --------
    >>> check_step(State.FILED, State.FILING, "L1")
    Traceback (most recent call last):
    rpa.errors.QueueError: account L1 is filed, it cannot become filing: what may follow is imaged, waiting
    """
    if after not in LEGAL[before]:
        allowed = ", ".join(sorted(LEGAL[before]))
        raise QueueError(f"account {filing_id} is {before}, it cannot become {after}: what may follow is {allowed}")
