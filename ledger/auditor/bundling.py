"""Bundling: writes a proof bundle from a ledger's file, for `ledger.auditor.bundle` to read."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from ledger.auditor.bundle import BLOCKS, CHECKPOINT, WITNESSES, block_line
from ledger.auditor.opening import stored_blocks
from ledger.block import split_entries
from ledger.errors import NoLedgerError
from ledger.frontier import leaf_hashes
from ledger.genesis import read_genesis
from ledger.notes import Note, Signature, parse_note, verify_note
from ledger.suites import by_name
from ledger.tiles import WIDTH, GrowingTiles, entry_bundles
from ledger.verifier_keys import VerifierKey

__all__ = ["write_bundle"]


def write_bundle(
    source: Path | str, directory: Path, cosignatures: Iterable[Signature] = (), witnesses: Iterable[VerifierKey] = ()
) -> None:
    """Write a ledger as a bundle.

    Parameters
    ----------
    source
        A ledger's file, another bundle (its cosignatures are left behind), or the URL of a database; it is only read.
    directory
        It is made, and must not be there; it appears whole or not at all.
    cosignatures, witnesses
        What witnesses have signed under the last checkpoint, and their keys; see `ledger.auditor.cosigning`.

    Raises
    ------
    NoLedgerError
        If there is something at the directory already, or no block in the file.
    NoteError
        If a signature is not that of one of the witnesses under this checkpoint.
    """
    signatures, keys = tuple(cosignatures), tuple(witnesses)
    if directory.exists():
        raise NoLedgerError(f"there is something at {directory} already; name another place for the bundle")
    unfinished = directory.with_name(directory.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    checkpoint = _write_log(source, unfinished)
    note = parse_note(checkpoint)
    for one in signatures:
        verify_note(Note(note.text, (one,)), keys)
        note = note.with_signature(one)
    (unfinished / CHECKPOINT).write_bytes(note.encode())
    if keys:
        (unfinished / WITNESSES).write_text("".join(f"{key}\n" for key in keys))
    unfinished.rename(directory)


def _write_log(source: Path | str, directory: Path) -> bytes:
    """Write blocks, entries and tiles as they come; return the last checkpoint."""
    pending: list[bytes] = []
    written, checkpoint = 0, b""
    tiles: GrowingTiles | None = None
    with (directory / BLOCKS).open("wb") as lines, stored_blocks(source) as blocks:
        for block in blocks:
            lines.write(block_line(block))
            entries = block.body.removesuffix(b"\n").split(b"\n")
            if tiles is None:
                digest = by_name(read_genesis(split_entries(block.body, 1)[0]).suite).hash
                tiles = GrowingTiles(digest)
            _write_files(directory, tiles.add(leaf_hashes(entries, hash=digest)))
            pending, checkpoint = pending + entries, block.checkpoint
            whole = len(pending) // WIDTH * WIDTH
            _write_files(directory, entry_bundles(pending[:whole], written))
            pending, written = pending[whole:], written + whole // WIDTH
    if tiles is None:
        raise NoLedgerError(f"{source} holds no block")
    _write_files(directory, entry_bundles(pending, written))
    _write_files(directory, tiles.rest())
    return checkpoint


def _write_files(directory: Path, files: Iterable[tuple[str, bytes]]) -> None:
    for path, content in files:
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content)
