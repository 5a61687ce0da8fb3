"""Keys in memory behind a line that loses, delays and repeats: for each operation, the next fault of a list."""

from collections.abc import Callable, Iterator

from ledger.consortium import MemoryKeys
from ledger.consortium.keys import Entry
from ledger.errors import AmbiguousError, UnavailableError

FAULTS = ("none", "answer lost", "question lost", "late", "twice", "refused", "rival first")


class FaultyKeys:
    """One client's view of shared keys.

    A write with an answer lost is done, with a question lost it is not, and a late one is done before a later
    operation of anybody; all three look alike to whoever wrote. With `rival first`, somebody else writes just before.
    """

    def __init__(self, keys: MemoryKeys, faults: Iterator[str], late: list[Callable[[], object]]) -> None:
        self._keys, self._faults, self._late = keys, faults, late
        self.rival: Callable[[str], None] = lambda key: None

    def break_from_now(self, faults: Iterator[str]) -> None:
        """Meet these faults next."""
        self._faults = faults

    @property
    def revision(self) -> int:
        return self._keys.revision

    def create(self, key: str, value: bytes, after: str | None = None) -> bool:
        return bool(self._write(key, lambda: self._keys.create(key, value, after)))

    def put(self, key: str, value: bytes) -> None:
        self._write(key, lambda: self._keys.put(key, value))

    def remove(self, start: str, end: str, unless: str | None = None) -> bool:
        return bool(self._write(start, lambda: self._keys.remove(start, end, unless)))

    def get(self, key: str) -> bytes | None:
        self._read()
        return self._keys.get(key)

    def first(self, start: str, end: str) -> Entry | None:
        self._read()
        return self._keys.first(start, end)

    def changes(self, start: str, end: str, since: int, limit: int = 1000) -> list[Entry]:
        self._read()
        return self._keys.changes(start, end, since, limit)

    def wait(self, start: str, end: str, since: int, seconds: float) -> None:
        self._arrive()

    def _read(self) -> None:
        if next(self._faults, "none") in ("answer lost", "question lost", "refused"):
            raise UnavailableError("no answer")
        self._arrive()

    def _write(self, key: str, write: Callable[[], object]) -> object:
        fault = next(self._faults, "none")
        if fault == "refused":
            raise UnavailableError("nobody listens")
        if fault == "question lost":
            raise AmbiguousError("no answer")
        if fault == "late":
            self._late.append(write)
            raise AmbiguousError("no answer")
        self._arrive()
        if fault == "rival first":
            self.rival(key)
        done = write()
        if fault == "twice":
            write()
        if fault == "answer lost":
            raise AmbiguousError("no answer")
        return done

    def _arrive(self) -> None:
        """Late writes arrive now, unless the next fault says that they are later still."""
        if next(self._faults, "none") != "late":
            while self._late:
                self._late.pop(0)()
