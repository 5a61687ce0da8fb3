"""The chain: each block follows from the one before, and its checkpoint vouches for it.

Here nothing is executed. Checked are the header's place in the chain, the Merkle tree over all entries so far, and the
operator's signature under both.
"""

from typing import NamedTuple

from ledger.auditor.stored import StoredBlock
from ledger.block import NO_BLOCK, Header, header_digest, read_header, split_entries
from ledger.checkpoint import open_checkpoint
from ledger.errors import BlockError, LedgerError
from ledger.frontier import Frontier, leaf_hashes
from ledger.suites import Suite
from ledger.verifier_keys import VerifierKey

__all__ = ["Anchor", "Link", "check_block", "opening_link"]


class Anchor(NamedTuple):
    """What all blocks of one ledger share.

    Parameters
    ----------
    ledger
        Its id.
    suite
        Its crypto suite.
    origin
        Name of its log.
    key
        With which the operator signs checkpoints.
    """

    ledger: str
    suite: Suite
    origin: str
    key: VerifierKey


class Link(NamedTuple):
    """Where a chain stands after a block: the block's number, digest and time, and the tree up to it."""

    number: int
    digest: str
    time: int
    tree: Frontier


def opening_link(suite: Suite) -> Link:
    """Return where a chain stands before its first block."""
    return Link(-1, NO_BLOCK, 0, Frontier(hash=suite.hash))


def check_block(block: StoredBlock, before: Link, anchor: Anchor) -> tuple[Header, list[bytes], Link]:
    """Check a block against the one before, and return its header, its entries, and where the chain stands after it.

    Raises
    ------
    BlockError
        If it does not follow, does not hold what it says, or its checkpoint does not vouch for it.
    """
    header = read_header(block.header)
    _check_place(header, block.number, before, anchor)
    entries = split_entries(block.body, header.transactions)
    tree = before.tree.extend(leaf_hashes(entries, hash=anchor.suite.hash))
    if header.size != tree.size:
        raise BlockError(f"the header's size is {header.size}, with its transactions the log has {tree.size}")
    if header.root != tree.root().hex():
        raise BlockError(f"the header's root is {header.root}, its transactions give {tree.root().hex()}")
    digest = header_digest(block.header, anchor.suite.hash).hex()
    _check_checkpoint(block.checkpoint, header, digest, anchor)
    return header, entries, Link(header.number, digest, header.time, tree)


def _check_place(header: Header, number: int, before: Link, anchor: Anchor) -> None:
    wanted = before.number + 1
    if number != wanted or header.number != wanted:
        raise BlockError(
            f"block {wanted} should follow here, it is stored as {number} and calls itself {header.number}"
        )
    if header.ledger != anchor.ledger:
        raise BlockError(f"the header's ledger is {header.ledger}, it must be {anchor.ledger}")
    if header.previous != before.digest:
        raise BlockError(f"the header follows {header.previous}, the block before it is {before.digest}")
    if header.time < before.time:
        raise BlockError(f"the header's time is {header.time}, before {before.time}, the time of the block before")


def _check_checkpoint(data: bytes, header: Header, digest: str, anchor: Anchor) -> None:
    try:
        checkpoint, _ = open_checkpoint(data, [anchor.key])
    except LedgerError as error:
        raise BlockError(f"the checkpoint does not hold: {error}") from None
    wanted = (anchor.origin, header.size, bytes.fromhex(header.root), (f"block {header.number} {digest}",))
    said = (checkpoint.origin, checkpoint.size, checkpoint.root, checkpoint.extensions)
    if said != wanted:
        raise BlockError(f"the checkpoint vouches for {said}, the block is {wanted}")
