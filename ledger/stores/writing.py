"""The right to write to a store's file: a lock that ends with its process, and the mark of what was acknowledged."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from ledger.errors import BusyStoreError, StoreError
from ledger.mark import mark_line, mark_path, read_mark

__all__ = ["Writing"]


class Writing:
    """A lock on the file beside a store's, held while this process writes.

    Parameters
    ----------
    path
        The store's file.

    Attributes
    ----------
    marked
        How many blocks the last writer had acknowledged, if it did not close the store; see `ledger.mark.read_mark`.

    Raises
    ------
    BusyStoreError
        If another process holds it.
    StoreError
        If the file beside can not be made.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "receivables.ledger"
    >>> first = Writing(path)
    >>> Writing(path)
    Traceback (most recent call last):
    ledger.errors.faults.BusyStoreError: ... is being written by another process; wait until it has closed it
    >>> first.end()
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.fdopen(os.open(mark_path(path), os.O_RDWR | os.O_CREAT, 0o644), "r+b", buffering=0)
        except OSError as error:
            raise StoreError(f"{path} can not be opened for writing: {error.strerror}: {mark_path(path)}") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise BusyStoreError(f"{path} is being written by another process; wait until it has closed it") from None
        self.marked = read_mark(path)

    def mark(self, blocks: int) -> None:
        """Note that so many blocks are on disk; without space for it the note stays behind, which loses nothing."""
        with suppress(OSError):
            os.pwrite(self._file.fileno(), mark_line(blocks), 0)

    def clear(self) -> None:
        """Take the mark away: the store has been sealed."""
        self._file.truncate(0)

    def end(self) -> None:
        """Let others write."""
        self._file.close()
