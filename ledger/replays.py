"""Replays: what was accepted once is not accepted again.

The ids of accepted transactions are remembered until their `valid_until` has passed; after that the clock refuses them.
They lie in one space per hour, so that an hour can be forgotten as a whole and memory stays level.
"""

from functools import lru_cache

from ledger.errors import ExpiredTransactionError, ReplayedError, TooLongValidError
from ledger.state import Record, State

__all__ = ["check_fresh", "forget", "remember"]

_HOUR = 3600
_SPACE = "seen/"
_SEEN: Record = {}


def check_fresh(state: State, identity: str, valid_until: int, time: int, longest: int) -> None:
    """Refuse a transaction that is too late, in the log already, or acceptable for too long to be remembered.

    Parameters
    ----------
    identity
        Id of the transaction in hexadecimal.
    valid_until, time
        Unix seconds; the time is that of the block.
    longest
        For how many seconds a transaction may be acceptable.

    Raises
    ------
    ExpiredTransactionError, TooLongValidError, ReplayedError
        See above.

    Examples
    --------
    >>> state = remember(State(), "ab", 100)
    >>> check_fresh(state, "ab", 100, 50, 3600)
    Traceback (most recent call last):
    ledger.errors.refusals.ReplayedError: transaction ab is in the log already
    """
    if valid_until < time:
        raise ExpiredTransactionError(
            f"body.valid_until is {valid_until}, it must not be before the block's time {time}"
        )
    if valid_until > time + longest:
        raise TooLongValidError(
            f"body.valid_until is {valid_until}, it must be at most {longest} seconds after the block's time {time}"
        )
    if state.get(_space(valid_until), identity) is not None:
        raise ReplayedError(f"transaction {identity} is in the log already")


def remember(state: State, identity: str, valid_until: int) -> State:
    """Return the state that knows of a transaction.

    Examples
    --------
    >>> remember(State(), "ab", 100).spaces()
    ['seen/0']
    """
    return state.write(_space(valid_until), {identity: _SEEN})


def forget(state: State, time: int) -> State:
    """Return the state without the transactions that the clock alone refuses at this time.

    Examples
    --------
    >>> forget(remember(State(), "ab", 100), 3600).spaces()
    []
    """
    for space in state.spaces():
        if space.startswith(_SPACE) and (int(space.removeprefix(_SPACE)) + 1) * _HOUR <= time:
            state = state.write(space, {key: None for key, _ in state.records(space)})
    return state


@lru_cache(maxsize=1024)
def _space(valid_until: int) -> str:
    return f"{_SPACE}{valid_until // _HOUR}"
