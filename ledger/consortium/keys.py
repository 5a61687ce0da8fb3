r"""Keys: the little that an ordering service must be able to do, and one in memory.

A key is written only if it is not there yet; that is all the ordering that a ledger needs. `MemoryKeys` is for trials
inside one process; `ledger.consortium.etcd` does the same with etcd.
"""

from typing import NamedTuple, Protocol

__all__ = ["Entry", "Keys", "MemoryKeys"]


class Entry(NamedTuple):
    """A key with its value, and the revision of the service at which it was last written."""

    key: str
    value: bytes
    revision: int


class Keys(Protocol):
    """Keys with values; what one reader has seen, every later reader sees (linearizable)."""

    @property
    def revision(self) -> int:
        """The revision of the service at the last answer."""

    def create(self, key: str, value: bytes, after: str | None = None) -> bool:
        """Write a key if it is not there, and say whether this call did so.

        Parameters
        ----------
        after
            Another key, which must be there.

        Raises
        ------
        AmbiguousError
            If no answer came: the key may be written, now or a little later.
        UnavailableError
            If nothing could be sent.
        """

    def put(self, key: str, value: bytes) -> None:
        """Write a key whether it is there or not; raises as `create` does."""

    def get(self, key: str) -> bytes | None:
        """Return the value of a key, None if it is not there.

        Raises
        ------
        UnavailableError
            If no answer came.
        """

    def first(self, start: str, end: str) -> Entry | None:
        """Return the first entry from a key on, before another; raises as `get` does."""

    def changes(self, start: str, end: str, since: int, limit: int = 1000) -> list[Entry]:
        """Return entries that were written after a revision, the oldest change first; raises as `get` does."""

    def remove(self, start: str, end: str, unless: str | None = None) -> bool:
        """Take all entries from a key on, before another, away; raises as `create` does.

        Parameters
        ----------
        unless
            A key because of which nothing is done, and False returned, if it is there.
        """

    def wait(self, start: str, end: str, since: int, seconds: float) -> None:
        """Return when something between the keys was written after a revision, or the seconds are over; or earlier."""


class MemoryKeys:
    """Keys in memory, for several members in one process.

    Examples
    --------
    >>> keys = MemoryKeys()
    >>> keys.create("block/7", b"mine"), keys.create("block/7", b"yours")
    (True, False)
    >>> keys.get("block/7")
    b'mine'
    """

    def __init__(self) -> None:
        self.revision = 1
        self._entries: dict[str, Entry] = {}

    def create(self, key: str, value: bytes, after: str | None = None) -> bool:
        """Write a key if it is not there, and say whether this call did so."""
        if key in self._entries or (after is not None and after not in self._entries):
            return False
        self.put(key, value)
        return True

    def put(self, key: str, value: bytes) -> None:
        """Write a key whether it is there or not."""
        self.revision += 1
        self._entries[key] = Entry(key, value, self.revision)

    def get(self, key: str) -> bytes | None:
        """Return the value of a key, None if it is not there."""
        found = self._entries.get(key)
        return None if found is None else found.value

    def first(self, start: str, end: str) -> Entry | None:
        """Return the first entry from a key on, before another."""
        return min(self._between(start, end), default=None)

    def changes(self, start: str, end: str, since: int, limit: int = 1000) -> list[Entry]:
        """Return entries that were written after a revision, the oldest change first."""
        found = [one for one in self._between(start, end) if one.revision > since]
        return sorted(found, key=lambda one: one.revision)[:limit]

    def remove(self, start: str, end: str, unless: str | None = None) -> bool:
        """Take all entries from a key on, before another, away, unless a key is there."""
        if unless in self._entries:
            return False
        self.revision += 1
        for one in self._between(start, end):
            del self._entries[one.key]
        return True

    def wait(self, start: str, end: str, since: int, seconds: float) -> None:
        """Return at once: within one process nobody else writes meanwhile."""

    def _between(self, start: str, end: str) -> list[Entry]:
        return [one for key, one in self._entries.items() if start <= key < end]
