"""Replays: what was accepted once is not accepted again.

The ids of accepted transactions are remembered until their `valid_until` has passed; after that the clock refuses them.
They lie in one space per hour, so that an hour can be forgotten as a whole and memory stays level.
"""

from collections.abc import Mapping
from functools import lru_cache

from ledger.errors import ExpiredTransactionError, ReplayedError, TooLongValidError
from ledger.state import Record, State

__all__ = ["SEEN", "check_fresh", "check_times", "forget", "remember", "remember_all", "space_of"]

_HOUR = 3600
_SPACE = "seen/"
SEEN: Record = {}
"""The record of each id that is remembered."""


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
    check_times(valid_until, time, longest)
    if state.get(space_of(valid_until), identity) is not None:
        raise ReplayedError(f"transaction {identity} is in the log already")


def check_times(valid_until: int, time: int, longest: int) -> None:
    """Refuse what is too late, or acceptable for too long; see `check_fresh`.

    Raises
    ------
    ExpiredTransactionError, TooLongValidError
        See above.

    Examples
    --------
    >>> check_times(100, 101, 3600)
    Traceback (most recent call last):
    ledger.errors.refusals.ExpiredTransactionError: body.valid_until is 100, it must not be before ... 101
    """
    if valid_until < time:
        raise ExpiredTransactionError(
            f"body.valid_until is {valid_until}, it must not be before the block's time {time}"
        )
    if valid_until > time + longest:
        raise TooLongValidError(
            f"body.valid_until is {valid_until}, it must be at most {longest} seconds after the block's time {time}"
        )


def remember(state: State, identity: str, valid_until: int) -> State:
    """Return the state that knows of a transaction.

    Examples
    --------
    >>> remember(State(), "ab", 100).spaces()
    ['seen/0']
    """
    return state.write(space_of(valid_until), {identity: SEEN})


def remember_all(state: State, seen: Mapping[str, Mapping[str, Record]]) -> State:
    """Return the state that knows of many transactions: by the name of their space (`space_of`), `SEEN` for each id.

    Examples
    --------
    >>> remember_all(State(), {space_of(100): {"ab": SEEN}}).spaces()
    ['seen/0']
    """
    for space, identities in seen.items():
        state = state.write(space, identities)
    return state


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
def space_of(valid_until: int) -> str:
    """Return the name of the space in which ids are remembered that are acceptable until then.

    Examples
    --------
    >>> space_of(7200)
    'seen/2'
    """
    return f"{_SPACE}{valid_until // _HOUR}"
