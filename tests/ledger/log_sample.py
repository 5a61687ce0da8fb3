"""A log without a ledger: entries, tiles and a signed checkpoint, for whoever reads or witnesses logs."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives import hashes

from ledger.checkpoint import Checkpoint
from ledger.frontier import Hash, leaf_hashes, sha256
from ledger.merkle import root
from ledger.notes import sign_note
from ledger.tiles import entry_bundles, tree_tiles
from ledger.verifier_keys import Signer, ed25519_signer

ORIGIN = "log.example"
LOG = ed25519_signer(ORIGIN, b"l" * 32)


def sm3(data: bytes) -> bytes:
    working = hashes.Hash(hashes.SM3())
    working.update(data)
    return working.finalize()


def entries_of(size: int, word: str = "entry") -> list[bytes]:
    return [f"{word} {number}".encode() for number in range(size)]


def checkpoint_of(
    entries: Sequence[bytes], signer: Signer = LOG, digest: Hash = sha256, extensions: Iterable[str] = ()
) -> bytes:
    """The log's signed note over the tree of its entries."""
    found = root(leaf_hashes(entries, hash=digest), hash=digest)
    return sign_note(Checkpoint(signer.key.name, len(entries), found, tuple(extensions)).text, [signer]).encode()


def write_log(directory: Path, entries: Sequence[bytes], digest: Hash = sha256) -> Path:
    files = [*tree_tiles(leaf_hashes(entries, hash=digest), digest), *entry_bundles(entries)]
    for path, content in [*files, ("checkpoint", checkpoint_of(entries, digest=digest))]:
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content)
    return directory


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
