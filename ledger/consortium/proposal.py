r"""Proposals: a block as it lies in the ordering service, with the vote of the member that proposes it.

Three parts, a line feed between them: the header, the proposer's vote for where it leads, and the body. Header and vote
are canonical JSON, which has no line feed inside. The checkpoint is not among them: the log's key signs a block only
when it has its number and members have voted for it, so that a proposal that lost is never signed for.
"""

from typing import NamedTuple

from ledger.block import Header, read_header, split_entries
from ledger.consortium.ordering import MOST_BLOCK_BYTES, MOST_TRANSACTIONS
from ledger.consortium.votes import Vote, read_vote
from ledger.errors import BlockError

__all__ = ["Proposal", "proposal_bytes", "read_proposal"]


class Proposal(NamedTuple):
    """A block as proposed.

    Parameters
    ----------
    header, body
        Bytes, see `ledger.block`.
    said, entries
        What the header says, and the transactions.
    vote
        Of the proposer.
    """

    header: bytes
    body: bytes
    said: Header
    entries: list[bytes]
    vote: Vote


def proposal_bytes(header: bytes, vote: bytes, body: bytes) -> bytes:
    r"""Return the bytes of a proposal.

    Examples
    --------
    >>> proposal_bytes(b"{}", b"[]", b"1\n")
    b'{}\n[]\n1\n'
    """
    return b"\n".join((header, vote, body))


def read_proposal(data: bytes) -> Proposal:
    """Read a proposal; whether it follows from anything is for the reader to check.

    Raises
    ------
    BlockError, VoteError
        If it is not one.

    Examples
    --------
    >>> read_proposal(b"{}")
    Traceback (most recent call last):
    ledger.errors.faults.BlockError: the block should be header, vote and body, it has 1 of the three
    """
    parts = data.split(b"\n", 2)
    if len(parts) != 3:
        raise BlockError(f"the block should be header, vote and body, it has {len(parts)} of the three")
    said = read_header(parts[0])
    if len(data) > MOST_BLOCK_BYTES or not 1 <= said.transactions <= MOST_TRANSACTIONS:
        raise BlockError(
            f"the block has {len(data):,} bytes and {said.transactions} transactions,"
            f" it may have {MOST_BLOCK_BYTES:,} and 1 to {MOST_TRANSACTIONS}"
        )
    return Proposal(parts[0], parts[2], said, split_entries(parts[2], said.transactions), read_vote(parts[1]))
