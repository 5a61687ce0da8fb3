"""Opening what is to be audited: a ledger's file, a proof bundle's directory, or a PostgreSQL database.

All three are only read. A file has others beside it (its seal, its mark) that tell of damage which blocks can not show.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ledger.auditor.bundle import bundle_blocks
from ledger.auditor.database import database_blocks, is_database
from ledger.auditor.report import Finding, Report
from ledger.auditor.stored import StoredBlock, file_blocks
from ledger.errors import BusyStoreError, DamagedStoreError, NoLedgerError
from ledger.mark import lost_blocks, read_mark
from ledger.seal import broken_page, seal_path

__all__ = ["Beside", "beside", "findings_beside", "stored_blocks"]


class Beside(NamedTuple):
    """What lies beside a file, before its blocks are read.

    Parameters
    ----------
    sealed
        Whether a seal lies there.
    marked
        How many blocks its writer had acknowledged, see `ledger.mark.read_mark`.
    stamp
        Size and time of the last change of the file.
    """

    sealed: bool = False
    marked: int | None = None
    stamp: tuple[int, int] = (0, 0)


@contextmanager
def stored_blocks(path: Path | str) -> Iterator[Iterator[StoredBlock]]:
    """Give the blocks at a path, in order, and close it afterwards.

    Parameters
    ----------
    path
        Of a ledger's file or a proof bundle; or the URL of a PostgreSQL database, as text.

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
    if is_database(path):
        blocks = database_blocks(str(path))
    else:
        path = Path(path)
        if not path.exists():
            raise NoLedgerError(f"there is nothing at {path}: give a ledger's file or a proof bundle's directory")
        blocks = bundle_blocks(path) if path.is_dir() else file_blocks(path)
    try:
        yield blocks
    finally:
        blocks.close()


def beside(path: Path | str) -> Beside:
    """Look at what lies beside a file; nothing does beside a bundle or a database.

    Examples
    --------
    >>> beside("postgresql://127.0.0.1/hexi")
    Beside(sealed=False, marked=None, stamp=(0, 0))
    """
    if is_database(path) or not Path(path).is_file():
        return Beside()
    path = Path(path)
    return Beside(seal_path(path).exists(), read_mark(path), _stamp(path))


def findings_beside(path: Path | str, before: Beside, report: Report) -> tuple[Finding, ...]:
    """Return what the seal and the mark of a file say that the report of its blocks does not.

    Raises
    ------
    BusyStoreError
        If something was found, but somebody wrote to the file meanwhile.
    """
    if before == Beside():
        return ()
    path, found = Path(path), []
    lost = None if report.findings else lost_blocks(path, before.marked, report.blocks)
    if lost is not None:
        found.append(Finding(report.blocks, None, DamagedStoreError.__name__, lost))
    damage = broken_page(path) if before.sealed else None
    if damage is not None:
        found.append(Finding(None, None, DamagedStoreError.__name__, damage))
    if (found or report.findings) and _stamp(path) != before.stamp:
        raise BusyStoreError(f"{path} was written to while it was read: audit it again, or a copy of it")
    return tuple(found)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
