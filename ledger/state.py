"""The state of a ledger: records in named spaces, of which every version stays readable.

A contract gets a state and returns another; the one it got is as it was. Copying all records for that would make each
step as dear as the ledger is long, so that only the newest version holds the records, and an older one holds how it
differs from the next (Baker's rerooted arrays): the newest is read at the price of a dict, an older one at the price of
the steps between, and whoever goes back to an older one makes that the newest again. A version that nobody holds is
forgotten.

Records are JSON objects and must not be changed in place. Not for several threads at once.

References
----------
Baker (1991), Shallow binding makes functional arrays fast. Conchon and Filliatre (2007), A persistent union-find data
structure.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ledger.canonical import encode

__all__ = ["Record", "State", "state_digest"]

Record = Mapping[str, Any]
_Space = dict[str, Record]
_Changes = dict[str, dict[str, Record | None]]
_new = object.__new__


class State:
    """All records at one moment.

    Examples
    --------
    >>> before = State()
    >>> after = before.write("fragments", {"A": {"amount": 5}})
    >>> after.get("fragments", "A"), before.get("fragments", "A")
    ({'amount': 5}, None)
    """

    __slots__ = ("_derived", "_newer", "_space", "_spaces", "_undo")

    def __init__(self) -> None:
        self._spaces: dict[str, _Space] = {}
        self._derived: dict[str, dict[tuple[str, ...], dict[Any, Any]]] = {}
        self._newer: State | None = None
        self._space = ""  # the one in which the next newer version differs, and how
        self._undo: dict[str, Record | None] = {}

    def get(self, space: str, key: str) -> Record | None:
        """Return a record, None if there is none of that name in that space."""
        if self._newer is not None:
            self._reroot()
        records = self._spaces.get(space)
        return None if records is None else records.get(key)

    def finder(self, space: str) -> Callable[[str], Record | None]:
        """Return what finds the records of one space as `get` does, in this state and until there is another.

        Examples
        --------
        >>> State().write("fragments", {"A": {"amount": 5}}).finder("fragments")("A")
        {'amount': 5}
        """
        if self._newer is not None:
            self._reroot()
        return self._spaces.get(space, {}).get

    def write(self, space: str, changes: Mapping[str, Record | None]) -> "State":
        """Return the state with these records written; None takes a record away.

        Parameters
        ----------
        space
            Name of the space; one that is empty is no different from none.
        changes
            The new record of each key.
        """
        if self._newer is not None:
            self._reroot()
        records = self._spaces.get(space)
        if records is None:
            records = self._spaces[space] = {}
        self._undo, self._space = _swapped(records, changes), space
        if not records:
            del self._spaces[space]  # a dict stays as large as it ever was
        if space in self._derived:
            self._forget_derived(space)
        self._newer = newer = _new(State)
        newer._spaces, newer._derived, newer._newer = self._spaces, self._derived, None
        return newer

    def derived(self, spaces: tuple[str, ...]) -> dict[Any, Any]:
        """Return a table for what a caller works out from the records of some spaces, and will ask for again.

        It is emptied whenever a record of these spaces changes, so that it says nothing that the records do not.
        """
        if self._newer is not None:
            self._reroot()
        found = self._derived.get(spaces[0], {}).get(spaces)
        if found is None:
            found = {}
            for space in spaces:
                self._derived.setdefault(space, {})[spaces] = found
        return found

    def _forget_derived(self, space: str) -> None:
        for table in self._derived.get(space, {}).values():
            table.clear()

    def records(self, space: str) -> Iterator[tuple[str, Record]]:
        """Return keys and records of a space in order of key; a moment's list, which later steps do not change."""
        if self._newer is not None:
            self._reroot()
        return iter(sorted(self._spaces.get(space, {}).items()))

    def spaces(self) -> list[str]:
        """Return the names of the spaces that hold a record, in order."""
        if self._newer is not None:
            self._reroot()
        return sorted(space for space, records in self._spaces.items() if records)

    def everything(self) -> _Changes:
        """Return every record by its space and its key."""
        if self._newer is not None:
            self._reroot()
        return {space: dict(records) for space, records in self._spaces.items() if records}

    def changed_since(self, older: "State") -> _Changes:
        """Return by space and key what this state has otherwise than another version: the record, None if it is gone.

        Raises
        ------
        ValueError
            If the other is not a version of the same ledger.
        """
        if self._newer is not None:
            self._reroot()
        touched: dict[str, list[str]] = {}
        version: State = older
        while version is not self:
            if version._newer is None:
                raise ValueError("the other state is not a version of the same ledger")
            if version._undo:
                touched.setdefault(version._space, []).extend(version._undo)
            version = version._newer
        changes: _Changes = {}
        for space, keys in touched.items():
            find = self._spaces.get(space, {}).get
            changes[space] = {key: find(key) for key in keys}
        return changes

    def _reroot(self) -> None:
        """Make this version the newest: swap each difference between here and the newest one."""
        path: list[State] = [self]
        while (newer := path[-1]._newer) is not None:
            path.append(newer)
        spaces = path[-1]._spaces
        for older, newer in zip(path[-2::-1], path[:0:-1], strict=True):
            newer._undo, newer._space = _swapped(spaces.setdefault(older._space, {}), older._undo), older._space
            newer._newer, older._newer = older, None
            self._forget_derived(older._space)
        self._undo = {}


def _swapped(records: _Space, changes: Mapping[str, Record | None]) -> dict[str, Record | None]:
    """Make changes to the records of a space, and return those that undo them."""
    undo: dict[str, Record | None] = {}
    for key, record in changes.items():
        if record is None:
            undo[key] = records.pop(key, None)
        else:
            undo[key] = records.get(key)
            records[key] = record
    return undo


def state_digest(
    before: bytes, changes: Mapping[str, Mapping[str, Record | None]], digest: Callable[[bytes], bytes]
) -> bytes:
    """Return the digest of a state from that of the one before and what has changed.

    Two members that come from the same state through the same changes have the same digest, and no others do. It is a
    chain and costs what has changed, not what there is; it does not prove a single record.

    Parameters
    ----------
    before
        Digest of the state before, 32 bytes; zeros for the empty one.
    changes
        Of `State.changed_since`.
    digest
        The hash of the ledger's suite.

    Examples
    --------
    >>> from hashlib import sha256
    >>> state_digest(bytes(32), {}, lambda data: sha256(data).digest()).hex()[:8]
    '...'
    """
    return digest(b"hexi state\x00" + before + encode(changes))
