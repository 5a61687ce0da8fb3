"""Proofs out of a bundle's tiles: what they rest on is checked, though the blocks are not walked."""

import shutil
from pathlib import Path

import pytest
from ledger_sample import Consortium
from log_sample import flipped

from ledger.auditor.bundling import write_bundle
from ledger.auditor.opening import stored_blocks
from ledger.auditor.proof import growth_since, prove_growth, prove_inclusion
from ledger.auditor.proof_files import check_inclusion
from ledger.auditor.tile_proof import bundled_entries, open_tiles
from ledger.checkpoint import Checkpoint
from ledger.errors import LedgerError, NoLedgerError, ProofError, UnknownTransactionError, UnsignedNoteError
from ledger.genesis import genesis_bytes
from ledger.notes import sign_note
from ledger.tiles import entry_bundles
from ledger.transaction import read_transaction
from ledger.verifier_keys import ed25519_signer


@pytest.fixture
def bundle(written: Path, tmp_path: Path) -> Path:
    write_bundle(written, tmp_path / "bundle")
    return tmp_path / "bundle"


def test_transactions_are_found_by_id_and_by_index(bundle: Path, people: Consortium) -> None:
    for index, data in bundled_entries(open_tiles(bundle)):
        if index % 20 == 1:
            name = read_transaction(data, people.suite.hash).id.hex()
            assert prove_inclusion(bundle, name) == prove_inclusion(bundle, str(index))
            assert check_inclusion(prove_inclusion(bundle, name)).size == 101


@pytest.mark.parametrize("name", ["101", "9" * 40, "ab" * 32, "", "-1", "R1"])
def test_a_transaction_that_is_not_there_has_no_proof(bundle: Path, name: str) -> None:
    with pytest.raises(UnknownTransactionError):
        prove_inclusion(bundle, name)


def test_wherever_a_byte_was_changed_there_is_no_proof(bundle: Path) -> None:
    for path in ("checkpoint", "tile/0/000.p/101", "tile/entries/000.p/101"):
        data = (bundle / path).read_bytes()
        parts = range(0, len(data), max(1, len(data) // 40))
        for place in parts:
            (bundle / path).write_bytes(flipped(data, place))
            try:
                proofs = [prove_inclusion(bundle, str(index)) for index in range(0, 101, 50)]
            except LedgerError:
                continue
            # the byte lies in another entry, or in a hash that these proofs do not need
            assert path != "checkpoint"
            assert all(check_inclusion(proof).size == 101 for proof in proofs)
        (bundle / path).write_bytes(data)


def test_an_entry_that_was_changed_has_no_proof(bundle: Path) -> None:
    path = bundle / "tile/entries/000.p/101"
    entries = [data for _, data in bundled_entries(open_tiles(bundle))]
    entries[70] = flipped(entries[70], 100)
    ((_, content),) = entry_bundles(entries)
    path.write_bytes(content)
    with pytest.raises(ProofError):
        prove_inclusion(bundle, "70")
    assert prove_inclusion(bundle, "71").transaction == entries[71]


def test_a_genesis_that_names_another_key_does_not_make_it_the_operators(bundle: Path, people: Consortium) -> None:
    """An impostor puts a genesis of its own in front, and signs the checkpoint with the key that it names."""
    impostor = ed25519_signer(people.genesis.origin, b"i" * 32)
    log = open_tiles(bundle)
    entries = [data for _, data in bundled_entries(log)]
    entries[0] = genesis_bytes(people.genesis._replace(log_key=str(impostor.key)))
    ((path, content),) = entry_bundles(entries)
    (bundle / path).write_bytes(content)
    with pytest.raises(UnsignedNoteError):
        open_tiles(bundle)
    text = Checkpoint(log.checkpoint.origin, log.checkpoint.size, log.checkpoint.root).text
    (bundle / "checkpoint").write_bytes(sign_note(text, [impostor]).encode())
    with pytest.raises(ProofError, match="entry 0"):
        open_tiles(bundle)


def test_growth_is_proved_as_from_the_file(bundle: Path, written: Path) -> None:
    with stored_blocks(written) as blocks:
        checkpoints = [block.checkpoint for block in blocks]
    for checkpoint in checkpoints[::15]:
        growth = prove_growth(bundle, checkpoint)
        assert growth == prove_growth(written, checkpoint)
        assert growth_since(bundle, growth.earlier.size) == (list(growth.hashes), checkpoints[-1])
        assert growth_since(written, growth.earlier.size) == (list(growth.hashes), checkpoints[-1])
    for path in (bundle, written):
        with pytest.raises(ProofError):
            growth_since(path, 102)


def test_a_checkpoint_of_another_operator_is_not_continued(bundle: Path, people: Consortium) -> None:
    other = ed25519_signer(people.genesis.origin, b"i" * 32)
    with pytest.raises(LedgerError):
        prove_growth(bundle, sign_note(Checkpoint(people.genesis.origin, 0, bytes(32)).text, [other]).encode())


def test_a_folder_that_is_no_bundle_is_said_to_be_none(tmp_path: Path, bundle: Path) -> None:
    (bundle / "checkpoint").unlink()
    for path in (bundle, tmp_path):
        with pytest.raises(NoLedgerError, match="not a proof bundle"):
            prove_inclusion(path, "0")
    shutil.rmtree(bundle)
    with pytest.raises(NoLedgerError):
        prove_inclusion(bundle, "0")
