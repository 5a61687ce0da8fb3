"""Comparison: whether two copies of a ledger tell one history, and where they part.

An operator who shows different histories to different members can keep each one whole; only two copies side by side
show it. Two checkpoints of one block that the operator has signed are proof of it to anybody, without either copy: see
`Comparison.evidence`. If there is no such evidence, one of the copies was changed by somebody else. Nothing is executed
here: the copies may be audited each by `ledger.auditor.verify`.
"""

from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from ledger.auditor.opening import stored_blocks
from ledger.auditor.stored import StoredBlock
from ledger.block import read_header, split_entries
from ledger.errors import EvidenceError, LedgerError
from ledger.evidence import Evidence, check_evidence
from ledger.genesis import read_genesis

__all__ = ["RELATIONS", "Branch", "Comparison", "compare"]

RELATIONS = ("same", "first_is_longer", "second_is_longer", "forked", "different_ledgers")


class Branch(NamedTuple):
    """What one copy has where the two part.

    Parameters
    ----------
    header
        The block's header in canonical form.
    entry
        Index in the log of its first entry that the other copy has otherwise; None if it is the header that differs.
    transaction
        That entry's bytes, empty if this copy has no such entry.
    checkpoint
        The signed note, in which the operator vouches for this history.
    log_key
        The operator's verifier key, from the genesis; empty if that can not be read.
    """

    header: str
    entry: int | None
    transaction: str
    checkpoint: str
    log_key: str = ""


class Comparison(NamedTuple):
    """How two copies stand to each other.

    Parameters
    ----------
    relation
        One of `RELATIONS`.
    blocks
        How many blocks they share from the first on.
    first, second
        What each has where they part, if they do.
    """

    relation: str
    blocks: int
    first: Branch | None = None
    second: Branch | None = None

    @property
    def agrees(self) -> bool:
        """Whether one history continues the other."""
        return self.relation in RELATIONS[:3]

    @property
    def evidence(self) -> Evidence | None:
        """The operator's two signed notes, if both are the operator's and they contradict each other."""
        if self.first is None or self.second is None:
            return None
        found = Evidence(self.first.log_key, self.first.checkpoint.encode(), self.second.checkpoint.encode())
        try:
            check_evidence(found)
        except EvidenceError:
            return None
        return found


def compare(first: Path | str, second: Path | str) -> Comparison:
    """Compare two copies of a ledger (a file or a proof bundle each).

    Raises
    ------
    NoLedgerError
        If there is no ledger at one of the paths.
    BlockError
        If a copy can not be read.
    """
    with stored_blocks(first) as ones, stored_blocks(second) as others:
        number, key = 0, ""
        for number, (one, two) in enumerate(zip_longest(ones, others)):
            if one is None:
                return Comparison("second_is_longer", number)
            if two is None:
                return Comparison("first_is_longer", number)
            key = key or _log_key(one)
            if (one.header, one.body) != (two.header, two.body):
                relation = "forked" if number else "different_ledgers"
                return Comparison(relation, number, *(branch._replace(log_key=key) for branch in _branches(one, two)))
        return Comparison("same", number + 1)


def _branches(one: StoredBlock, two: StoredBlock) -> tuple[Branch, Branch]:
    entries, others = _entries(one), _entries(two)
    pairs = zip_longest(entries, others)
    place = next((place for place, (mine, theirs) in enumerate(pairs) if mine != theirs), None)
    return _branch(one, entries, place), _branch(two, others, place)


def _branch(block: StoredBlock, entries: list[bytes], place: int | None) -> Branch:
    try:
        header = read_header(block.header)
        start = header.size - header.transactions
    except LedgerError:
        start = 0
    data = entries[place] if place is not None and place < len(entries) else b""
    return Branch(
        block.header.decode(errors="replace"),
        None if place is None else start + place,
        data.decode(errors="replace"),
        block.checkpoint.decode(errors="replace"),
    )


def _log_key(first: StoredBlock) -> str:
    try:
        return read_genesis(split_entries(first.body, 1)[0]).log_key
    except LedgerError:
        return ""


def _entries(block: StoredBlock) -> list[bytes]:
    return block.body.removesuffix(b"\n").split(b"\n")
