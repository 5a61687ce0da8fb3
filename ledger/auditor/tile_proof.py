"""Proofs from a bundle's tiles: some files are read, not the whole ledger.

The blocks are not walked. What stands in for them is the signed checkpoint: the genesis is proved to be its first
entry, so that the operator's key is this ledger's, and what is proved is checked against its root like any proof.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

from ledger.auditor.bundle import CHECKPOINT
from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.errors import NoLedgerError
from ledger.frontier import leaf_hash
from ledger.genesis import read_genesis
from ledger.merkle import verify_inclusion
from ledger.notes import parse_note
from ledger.suites import Suite, by_name
from ledger.tile_reader import TileReader, files_in
from ledger.tiles import WIDTH
from ledger.verifier_keys import VerifierKey, parse_verifier_key

__all__ = ["TileLog", "bundled_entries", "open_tiles"]


class TileLog(NamedTuple):
    """A bundle whose checkpoint is signed: the note and what it says, the operator's key, the suite, and the tiles."""

    note: bytes
    checkpoint: Checkpoint
    key: VerifierKey
    suite: Suite
    tiles: TileReader


def open_tiles(directory: Path) -> TileLog:
    """Open a bundle to prove something from its tiles.

    Raises
    ------
    NoLedgerError
        If the directory is no bundle.
    LedgerError
        If the checkpoint is not signed by the key in the genesis, or the genesis is not its first entry.
    """
    if not (directory / CHECKPOINT).is_file():
        raise NoLedgerError(f"{directory} is not a proof bundle: it has no file {CHECKPOINT}")
    note = (directory / CHECKPOINT).read_bytes()
    size = parse_checkpoint(parse_note(note).text).size
    first = TileReader(files_in(directory), size).entry(0)
    genesis = read_genesis(first)
    key, suite = parse_verifier_key(genesis.log_key), by_name(genesis.suite)
    checkpoint, _ = open_checkpoint(note, [key])
    tiles = TileReader(files_in(directory), size, hash=suite.hash)
    leaf = leaf_hash(first, hash=suite.hash)
    verify_inclusion(leaf, 0, size, tiles.inclusion_proof(0), checkpoint.root, hash=suite.hash)
    return TileLog(note, checkpoint, key, suite, tiles)


def bundled_entries(log: TileLog, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Give the entries of a bundle from one on, each with its place, reading a file of 256 at a time."""
    for place in count(start // WIDTH):
        if place * WIDTH >= log.tiles.size:
            return
        for index, entry in enumerate(log.tiles.bundle(place), place * WIDTH):
            if index >= start:
                yield index, entry
