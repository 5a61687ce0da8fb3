"""Data contracts: records of one kind, which only their controller reads and writes through.

A controller holds rules and no records, a data contract records and no rules but one: who asks must be its controller.
So that whoever reads a controller has read all that can happen to its records, and a controller in a new version takes
the records over as they are (case 4-3 of the white paper).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ledger.errors import NotItsControllerError, UnknownRecordError
from ledger.state import Record, State

__all__ = ["DataContract"]


@dataclass(frozen=True, slots=True)
class DataContract:
    """Records of one kind.

    Parameters
    ----------
    name
        Of the kind of records, in the plural; also the name of their space in the state.
    controller
        Name of the only contract that may ask.
    record
        What one record is called in messages.

    Examples
    --------
    >>> fragments = DataContract("fragments", "receivables", "fragment")
    >>> state = fragments.write(State(), "receivables", {"A": {"amount": 5}})
    >>> fragments.read(state, "receivables", "A")
    {'amount': 5}
    >>> fragments.write(state, "quotes", {"A": None})
    Traceback (most recent call last):
    ledger.errors.refusals.NotItsControllerError: the records of fragments accept receivables alone, not quotes
    """

    name: str
    controller: str
    record: str

    def read(self, state: State, caller: str, key: str) -> Record:
        """Return a record.

        Raises
        ------
        UnknownRecordError, NotItsControllerError
            If there is none of that name; if another contract asks.
        """
        if caller != self.controller:
            raise self._stranger(caller)
        found = state.get(self.name, key)
        if found is None:
            raise UnknownRecordError(f"there is no {self.record} {key}")
        return found

    def find(self, state: State, caller: str, key: str) -> Record | None:
        """Return a record, None if there is none of that name.

        Raises
        ------
        NotItsControllerError
            If another contract asks.
        """
        if caller != self.controller:
            raise self._stranger(caller)
        return state.get(self.name, key)

    def finder(self, state: State, caller: str) -> Callable[[str], Record | None]:
        """Return what finds records as `find` does, in this state and until there is another.

        Raises
        ------
        NotItsControllerError
            If another contract asks.
        """
        if caller != self.controller:
            raise self._stranger(caller)
        return state.finder(self.name)

    def write(self, state: State, caller: str, changes: Mapping[str, Record | None]) -> State:
        """Return the state with these records; None takes one away.

        Raises
        ------
        NotItsControllerError
            If another contract asks.
        """
        if caller != self.controller:
            raise self._stranger(caller)
        return state.write(self.name, changes)

    def _stranger(self, caller: str) -> NotItsControllerError:
        return NotItsControllerError(f"the records of {self.name} accept {self.controller} alone, not {caller}")
