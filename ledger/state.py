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
_Changes = dict[tuple[str, str], Record | None]


class State:
    """All records at one moment.

    Examples
    --------
    >>> before = State()
    >>> after = before.write("fragments", {"A": {"amount": 5}})
    >>> after.get("fragments", "A"), before.get("fragments", "A")
    ({'amount': 5}, None)
    """

    __slots__ = ("_newer", "_spaces", "_undo")

    def __init__(self) -> None:
        self._spaces: dict[str, _Space] = {}
        self._newer: State | None = None
        self._undo: _Changes = {}

    def get(self, space: str, key: str) -> Record | None:
        """Return a record, None if there is none of that name in that space."""
        if self._newer is not None:
            self._reroot()
        records = self._spaces.get(space)
        return None if records is None else records.get(key)

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
        undo = self._undo
        for key, record in changes.items():
            undo[space, key] = records.get(key)
            if record is None:
                records.pop(key, None)
            else:
                records[key] = record
        newer = State.__new__(State)
        newer._spaces, newer._newer, newer._undo = self._spaces, None, {}
        self._newer = newer
        return newer

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
        """Return every record by its space and key."""
        if self._newer is not None:
            self._reroot()
        return {(space, key): record for space, records in self._spaces.items() for key, record in records.items()}

    def changed_since(self, older: "State") -> _Changes:
        """Return what this state has otherwise than another version: the record, None if it is gone.

        Raises
        ------
        ValueError
            If the other is not a version of the same ledger.
        """
        if self._newer is not None:
            self._reroot()
        touched: dict[tuple[str, str], None] = {}
        version: State = older
        while version is not self:
            touched.update(dict.fromkeys(version._undo))
            if version._newer is None:
                raise ValueError("the other state is not a version of the same ledger")
            version = version._newer
        return {(space, key): self._spaces.get(space, {}).get(key) for space, key in touched}

    def _reroot(self) -> None:
        """Make this version the newest: swap each difference between here and the newest one."""
        path: list[State] = [self]
        while (newer := path[-1]._newer) is not None:
            path.append(newer)
        spaces = path[-1]._spaces
        for older, newer in zip(path[-2::-1], path[:0:-1], strict=True):
            redo: _Changes = {}
            for (space, key), record in older._undo.items():
                records = spaces.setdefault(space, {})
                redo[space, key] = records.get(key)
                if record is None:
                    records.pop(key, None)
                else:
                    records[key] = record
            newer._undo, newer._newer = redo, older
            older._undo, older._newer = {}, None


def state_digest(
    before: bytes, changes: Mapping[tuple[str, str], Record | None], digest: Callable[[bytes], bytes]
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
    rows = [[space, key, record] for (space, key), record in sorted(changes.items(), key=_by_place)]
    return digest(b"hexi state\x00" + before + encode(rows))


def _by_place(change: tuple[tuple[str, str], Record | None]) -> tuple[str, str]:
    return change[0]
