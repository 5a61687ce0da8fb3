"""Fragments (data contract): who holds how much of which receivable.

A receivable lies in fragments, as money lies in coins: a step takes some away and makes others of the same sum. A
fragment is there once, so that it is spent once; what has been spent is forgotten, so that the records stay as many as
there are fragments, however long the log is.

A record has `amount` (fen), `owner`, `receivable`, `parent` (the fragment that it came from, the first of several),
`endorsers` (who paid it on and is liable for it, the last one last), and, while it is locked, `lock`: `by` whom, and
the `payee` who gets the money on its day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from ledger.contracts.data import DataContract
from ledger.errors import AlreadyThereError, DoubleSpendError
from ledger.state import Record, State

__all__ = ["CONTROLLER", "exchange", "finder", "fragment_id", "live", "replace", "rewrite"]

CONTROLLER = "receivables"
_FRAGMENTS = DataContract("fragments", CONTROLLER, "fragment")


def fragment_id(transaction: str, place: int) -> str:
    """Return the name of a fragment: the transaction that made it, and its place there.

    Examples
    --------
    >>> fragment_id("ab" * 32, 1)
    'abababababababababababababababab:1'
    """
    return f"{transaction[:32]}:{place}"


def live(state: State, caller: str, name: str) -> Record:
    """Return a fragment that has not been spent.

    Raises
    ------
    DoubleSpendError
        If it is not there: it has been spent, or never was.
    NotItsControllerError
        If another contract than the controller asks.
    """
    found = _FRAGMENTS.find(state, caller, name)
    if found is None:
        raise DoubleSpendError(f"fragment {name} can not be spent: it has been spent before, or never was")
    return found


def exchange(state: State, caller: str, spent: Iterable[str], made: Sequence[Record], transaction: str) -> State:
    """Return the state in which fragments have been spent and others made, numbered in order.

    Raises
    ------
    AlreadyThereError
        If there is a fragment of the new name: two ids of transactions agree in 128 bits, which somebody worked for.
    NotItsControllerError
        If another contract than the controller asks.
    """
    changes: dict[str, Record | None] = dict.fromkeys(spent)
    for place, record in enumerate(made):
        name = fragment_id(transaction, place)
        if _FRAGMENTS.find(state, caller, name) is not None:
            raise AlreadyThereError(f"there is a fragment {name} already: sign the transaction with another nonce")
        changes[name] = record
    return _FRAGMENTS.write(state, caller, changes)


def rewrite(state: State, caller: str, changes: Mapping[str, Record]) -> State:
    """Return the state in which fragments have new records, with the amounts that they had.

    Raises
    ------
    NotItsControllerError
        If another contract than the controller asks.
    """
    return _FRAGMENTS.write(state, caller, changes)


def finder(state: State, caller: str) -> Callable[[str], Record | None]:
    """Return what finds a fragment by its name, in this state and until there is another; None if it is not there.

    Raises
    ------
    NotItsControllerError
        If another contract than the controller asks.
    """
    return _FRAGMENTS.finder(state, caller)


def replace(state: State, caller: str, changes: Mapping[str, Record | None]) -> State:
    """Return the state after many exchanges: what came of each fragment that was spent (None) or made in them.

    Raises
    ------
    NotItsControllerError
        If another contract than the controller asks.
    """
    return _FRAGMENTS.write(state, caller, changes)
