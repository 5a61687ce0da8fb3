"""A reader: a ledger opened to be looked at only, as far as it holds.

A ledger that was damaged is not written to again, and not repaired. What comes before the damage is as good as ever:
a reader has the blocks and the records up to the last block that holds, beside what was found and where. What holds is
for the auditor to say, so that there is one meaning of it.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ledger.auditor.opening import stored_blocks
from ledger.auditor.report import Finding, Report
from ledger.auditor.verification import verify
from ledger.errors import DamagedStoreError
from ledger.genesis import Genesis
from ledger.replay import replay
from ledger.state import State
from ledger.stores.store import Block

__all__ = ["Reader", "open_read_only"]


class Reader:
    """A ledger up to its last block that holds.

    Parameters
    ----------
    place
        A ledger's file, a proof bundle's directory, or the URL of a PostgreSQL database.
    report
        What the auditor says of it.

    Attributes
    ----------
    genesis
        What it begins with.
    state
        The records after the last block that holds.

    Raises
    ------
    DamagedStoreError
        If not even the first block holds.
    """

    def __init__(self, place: Path | str, report: Report) -> None:
        self.place, self.report = place, report
        log = replay(self.blocks()) if report.blocks else None
        if log is None:
            raise DamagedStoreError(f"nothing of the ledger can be read: {self.finding}")
        self.genesis: Genesis = log.genesis
        self.state: State = log.head.state

    @property
    def finding(self) -> Finding | None:
        """The first thing that does not hold, and where; None if all holds."""
        return self.report.findings[0] if self.report.findings else None

    def blocks(self) -> Iterator[Block]:
        """Return the blocks that hold, from the first on."""
        with stored_blocks(self.place) as blocks:
            yield from (Block(*block) for block in islice(blocks, self.report.blocks))


def open_read_only(place: Path | str) -> Reader:
    """Audit a ledger, and open what holds of it.

    Parameters
    ----------
    place
        A ledger's file, a proof bundle's directory, or the URL of a PostgreSQL database.

    Raises
    ------
    NoLedgerError
        If there is none of these.
    DamagedStoreError
        If not even its first block holds.

    Examples
    --------
    >>> open_read_only("nowhere")
    Traceback (most recent call last):
    ledger.errors.faults.NoLedgerError: there is nothing at nowhere: give a ledger's file or a proof bundle's directory
    """
    return Reader(place, verify(place))
