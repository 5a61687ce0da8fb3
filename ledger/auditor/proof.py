"""Proofs: that one transaction is in the log, and that one state of the log continues another.

An inclusion proof is a small directory that needs nothing else: the transaction's bytes, its place with the hashes that
lead to the root and the operator's checkpoint over that root (C2SP tlog-proof), and the operator's verifier key.
Whoever holds it can check it offline when the operator is gone.

From a ledger's file a proof is cut after walking the whole chain; from a bundle it is read out of its tiles, and the
checkpoint in it bears the signatures of witnesses too.

References
----------
C2SP tlog-proof (c2sp.org/tlog-proof); RFC 6962, sections 2.1.1 and 2.1.2.
"""

from pathlib import Path
from typing import NamedTuple

from ledger.auditor.chain import Anchor, Link, check_block, opening_link
from ledger.auditor.opening import stored_blocks
from ledger.auditor.tile_proof import TileLog, bundled_entries, open_tiles
from ledger.auditor.verification import anchor_of
from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import LedgerError, ProofError, UnknownTransactionError
from ledger.evidence import contradiction
from ledger.frontier import leaf_hash, leaf_hashes
from ledger.growth import verify_growth
from ledger.merkle import consistency_proof, inclusion_proof, verify_inclusion
from ledger.suites import Suite
from ledger.transaction import read_transaction

__all__ = ["Growth", "Inclusion", "growth_since", "prove_growth", "prove_inclusion"]


class Inclusion(NamedTuple):
    """That a transaction is in the log.

    Parameters
    ----------
    transaction
        Its bytes.
    place
        Its place in the log, 0 for the genesis.
    hashes
        From its leaf to the root, RFC 6962's audit path.
    checkpoint
        The operator's signed note over that root.
    log_key, suite
        The operator's verifier key; name of the ledger's crypto suite.
    """

    transaction: bytes
    place: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    log_key: str
    suite: str


class Growth(NamedTuple):
    """That the log continues what an earlier checkpoint vouched for.

    Parameters
    ----------
    earlier, later
        The two checkpoints.
    hashes
        RFC 6962's consistency proof between them.
    """

    earlier: Checkpoint
    later: Checkpoint
    hashes: tuple[bytes, ...]


class _Log(NamedTuple):
    """What proofs are cut from: the ledger's anchor, its leaves, where it stands, and its last checkpoint."""

    anchor: Anchor
    leaves: list[bytes]
    link: Link
    checkpoint: bytes
    found: tuple[int, bytes] | None


def prove_inclusion(path: Path | str, transaction: str) -> Inclusion:
    """Prove that a transaction is in the ledger, or the proof bundle, at a path.

    Parameters
    ----------
    transaction
        Its id, 64 hexadecimal digits; or its index in the log.

    Raises
    ------
    UnknownTransactionError
        If there is none of that id or index.
    LedgerError
        If the chain does not hold, or a bundle's tiles do not lead to its checkpoint; what it proves would be worth
        nothing.
    """
    if Path(path).is_dir():
        return _from_tiles(open_tiles(Path(path)), transaction)
    log = _read(path, transaction)
    if log.found is None:
        raise UnknownTransactionError(f"the ledger of {len(log.leaves)} entries has no transaction {transaction}")
    index, data = log.found
    hashes = inclusion_proof(log.leaves, index, hash=log.anchor.suite.hash)
    return Inclusion(data, index, tuple(hashes), log.checkpoint, str(log.anchor.key), log.anchor.suite.name)


def prove_growth(path: Path | str, earlier: bytes) -> Growth:
    """Prove that the ledger at a path continues what an earlier checkpoint vouched for.

    Parameters
    ----------
    earlier
        The signed note, as it was handed out then.

    Raises
    ------
    ProofError
        If it does not: the log was forked or rolled back since, and both notes together are the evidence.
    LedgerError
        If the chain does not hold, or the note is not one of this log.
    """
    if Path(path).is_dir():
        tiles = open_tiles(Path(path))
        old, _ = open_checkpoint(earlier, [tiles.key])
        _check_not_rolled_back(old, tiles.checkpoint)
        return _growth(old, tiles.checkpoint, tiles.tiles.consistency_proof(old.size), tiles.suite)
    log = _read(path, None)
    old, _ = open_checkpoint(earlier, [log.anchor.key])
    new, _ = open_checkpoint(log.checkpoint, [log.anchor.key])
    _check_not_rolled_back(old, new)
    suite = log.anchor.suite
    return _growth(old, new, consistency_proof(log.leaves, old.size, hash=suite.hash), suite)


def growth_since(path: Path | str, size: int) -> tuple[list[bytes], bytes]:
    """Return the consistency proof from the log's first entries to all of them, and the last checkpoint.

    Parameters
    ----------
    size
        How many are the first, of which somebody has seen a checkpoint.

    Raises
    ------
    ProofError
        If the log has not so many.
    LedgerError
        If the chain does not hold.
    """
    if Path(path).is_dir():
        tiles = open_tiles(Path(path))
        return tiles.tiles.consistency_proof(size), tiles.note
    log = _read(path, None)
    return consistency_proof(log.leaves, size, hash=log.anchor.suite.hash), log.checkpoint


def _check_not_rolled_back(old: Checkpoint, new: Checkpoint) -> None:
    if old.size > new.size:
        raise ProofError(f"the checkpoint vouches for {old.size} entries, the ledger has only {new.size}: rolled back")
    found = contradiction(old, new)
    if found is not None:
        raise ProofError(f"the operator has signed {found}: forked")


def _growth(old: Checkpoint, new: Checkpoint, hashes: list[bytes], suite: Suite) -> Growth:
    verify_growth(old, new, hashes, hash=suite.hash)
    return Growth(old, new, tuple(hashes))


def _from_tiles(log: TileLog, wanted: str) -> Inclusion:
    index = int(wanted) if wanted.isdecimal() and len(wanted) < 20 else None
    if index is not None and index >= log.tiles.size:
        raise UnknownTransactionError(f"the ledger of {log.tiles.size} entries has no transaction {wanted}")
    for place, data in bundled_entries(log, index or 0):
        if index == place or (index is None and _id(data, log.suite) == wanted):
            hashes = log.tiles.inclusion_proof(place)
            leaf = leaf_hash(data, hash=log.suite.hash)
            verify_inclusion(leaf, place, log.tiles.size, hashes, log.checkpoint.root, hash=log.suite.hash)
            return Inclusion(data, place, tuple(hashes), log.note, str(log.key), log.suite.name)
    raise UnknownTransactionError(f"the ledger of {log.tiles.size} entries has no transaction {wanted}")


def _read(path: Path | str, wanted: str | None) -> _Log:
    log: _Log | None = None
    with stored_blocks(path) as blocks:
        for block in blocks:
            if log is None:
                _, anchor = anchor_of(block, None)
                log = _Log(anchor, [], opening_link(anchor.suite), b"", None)
            _, entries, link = check_block(block, log.link, log.anchor)
            found = log.found or _find(entries, len(log.leaves), wanted, log.anchor)
            log.leaves.extend(leaf_hashes(entries, hash=log.anchor.suite.hash))
            log = log._replace(link=link, checkpoint=block.checkpoint, found=found)
    if log is None:
        raise UnknownTransactionError(f"{path} holds no block")
    return log


def _find(entries: list[bytes], start: int, wanted: str | None, anchor: Anchor) -> tuple[int, bytes] | None:
    if wanted is None:
        return None
    if wanted.isdecimal() and len(wanted) < 20:
        index = int(wanted)
        return (index, entries[index - start]) if start <= index < start + len(entries) else None
    places = (place for place, data in enumerate(entries) if _id(data, anchor.suite) == wanted)
    place = next(places, None)
    return None if place is None else (start + place, entries[place])


def _id(data: bytes, suite: Suite) -> str | None:
    try:
        return read_transaction(data, suite.hash).id.hex()
    except LedgerError:
        return None  # the genesis has no id
