"""Opening what is to be audited: a ledger's file, or a proof bundle's directory. Both are only read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.auditor.bundle import bundle_blocks
from ledger.auditor.stored import StoredBlock, file_blocks
from ledger.errors import NoLedgerError

__all__ = ["stored_blocks"]


@contextmanager
def stored_blocks(path: Path) -> Iterator[Iterator[StoredBlock]]:
    """Give the blocks at a path, in order, and close it afterwards.

    Raises
    ------
    NoLedgerError
        If there is neither a ledger's file nor a bundle.

    Examples
    --------
    >>> with stored_blocks(Path("nowhere")):
    ...     pass
    Traceback (most recent call last):
    ledger.errors.faults.NoLedgerError: there is nothing at nowhere: give a ledger's file or a proof bundle's directory
    """
    if not path.exists():
        raise NoLedgerError(f"there is nothing at {path}: give a ledger's file or a proof bundle's directory")
    blocks = bundle_blocks(path) if path.is_dir() else file_blocks(path)
    try:
        yield blocks
    finally:
        blocks.close()
