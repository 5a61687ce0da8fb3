"""What an auditor found: where a ledger does not hold, and how far it does."""

from typing import NamedTuple

__all__ = ["Finding", "Report"]


class Finding(NamedTuple):
    """One place where a ledger does not hold.

    Parameters
    ----------
    block
        Number of the block, None if the fault is the file's, in bytes that no block is made of.
    entry
        Index of the transaction in the whole log, None if the fault is not one transaction's.
    rule
        Name of the error class, such as `BadSignatureError`.
    message
        What is wrong, in one sentence.
    """

    block: int | None
    entry: int | None
    rule: str
    message: str

    def __str__(self) -> str:
        """Return the finding as one line."""
        place = "the file" if self.block is None else f"block {self.block}"
        place += "" if self.entry is None else f", entry {self.entry}"
        return f"{place}: {self.message} ({self.rule})"


class Report(NamedTuple):
    """The result of an audit.

    Parameters
    ----------
    ledger, origin, suite
        Id of the ledger, name of its log, name of its crypto suite; empty if the genesis cannot be read.
    blocks, entries
        How many hold, from the first on.
    root
        Of the Merkle tree over those entries, hexadecimal.
    state
        Digest of the state after them, hexadecimal.
    first, last
        Time of the first and the last block that hold, Unix seconds.
    findings
        Empty if everything holds; else the first place where it does not, and what the seal of the file says.
    witnesses
        Names of the witnesses that have cosigned the last checkpoint, of those whose keys the reader gave.
    cosigned_at
        Time of the oldest of their signatures, Unix seconds, 0 without any: until then each of them had seen no longer
        log. A bundle that is shown again much later may be an old one.
    named_witnesses
        Names of all that have, by keys that a bundle brings itself: they prove nothing to who does not know the keys.
    """

    ledger: str = ""
    origin: str = ""
    suite: str = ""
    blocks: int = 0
    entries: int = 0
    root: str = ""
    state: str = ""
    first: int = 0
    last: int = 0
    findings: tuple[Finding, ...] = ()
    witnesses: tuple[str, ...] = ()
    cosigned_at: int = 0
    named_witnesses: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings
