"""Bundles that witnesses have signed: the reader's own keys count, and no others."""

import itertools
from pathlib import Path

import pytest
from command_sample import told
from ledger_sample import START, Consortium
from log_sample import flipped
from witness_sample import Watcher, last_checkpoint, signer_of, three_watchers

from ledger.auditor import verify
from ledger.auditor.bundling import write_bundle
from ledger.auditor.opening import stored_blocks
from ledger.auditor.proof import prove_growth, prove_inclusion
from ledger.auditor.proof_files import check_inclusion, read_inclusion, write_inclusion
from ledger.errors import NoLedgerError, QuorumError, VerifierKeyError
from ledger.notes import Signature
from ledger.verifier_keys import COSIGNATURE, ed25519_signer
from ledger.witness_memory import create_memory


@pytest.fixture
def watchers(tmp_path: Path, people: Consortium) -> list[Watcher]:
    return three_watchers(tmp_path, people)


@pytest.fixture
def witnessed(written: Path, tmp_path: Path, watchers: list[Watcher]) -> Path:
    """A bundle that two of the three witnesses have signed."""
    signatures = [watcher.sees(written) for watcher in watchers[:2]]
    write_bundle(written, tmp_path / "bundle", signatures, [watcher.witness.key for watcher in watchers[:2]])
    return tmp_path / "bundle"


def test_the_report_names_the_witnesses_that_the_reader_trusts(witnessed: Path) -> None:
    keys = [signer_of(letter).key for letter in "abc"]
    everybody = ("witness.example/a", "witness.example/b")
    report = verify(witnessed)
    assert (report.holds, report.witnesses, report.named_witnesses) == (True, (), everybody)
    for trusted, quorum, names in [(keys[:2], None, everybody), (keys, 2, everybody), (keys[1:], 1, everybody[1:])]:
        for given in (trusted, [str(key) for key in trusted]):
            report = verify(witnessed, witnesses=given, quorum=quorum)
            assert (report.holds, report.witnesses, report.cosigned_at) == (True, names, START + 4000)


@pytest.mark.parametrize(("letters", "quorum"), [("abc", None), ("abc", 3), ("c", 1), ("bc", 2), ("xyz", 1)])
def test_too_few_trusted_witnesses_are_a_finding(witnessed: Path, letters: str, quorum: int | None) -> None:
    report = verify(witnessed, witnesses=[signer_of(letter).key for letter in letters], quorum=quorum)
    assert not report.holds
    (finding,) = report.findings
    assert (finding.block, finding.rule) == (75, "QuorumError")


def test_witnesses_that_a_bundle_invents_count_for_nobody(written: Path, tmp_path: Path) -> None:
    """Names are free: a bundle may bring keys of its own under the names of witnesses that the reader knows."""
    invented = ed25519_signer("witness.example/a", b"?" * 32, COSIGNATURE)
    create_memory(tmp_path / "w", invented.key)
    note = last_checkpoint(written)
    signature = Signature(
        invented.key.name, invented.key.key_id, invented.payload(note.partition(b"\n\n")[0] + b"\n", 7)
    )
    write_bundle(written, tmp_path / "bundle", [signature], [invented.key])
    report = verify(tmp_path / "bundle")
    assert (report.holds, report.witnesses, report.named_witnesses) == (True, (), ("witness.example/a",))
    assert not verify(tmp_path / "bundle", witnesses=[signer_of("a").key]).holds


def test_a_ledgers_file_carries_no_witnesses(written: Path) -> None:
    report = verify(written, witnesses=[signer_of("a").key])
    assert report.findings[0].rule == "QuorumError"
    assert "proof bundle" in report.findings[0].message


def test_a_quorum_that_can_not_be_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(QuorumError):
        verify(tmp_path / "nothing", quorum=1)
    with pytest.raises(QuorumError):
        verify(tmp_path / "nothing", witnesses=[signer_of("a").key], quorum=2)
    with pytest.raises(VerifierKeyError):
        verify(tmp_path / "nothing", witnesses=["no key"])


def test_every_flipped_byte_of_the_witnesses_signatures_and_keys_is_found(witnessed: Path) -> None:
    for name in ("checkpoint", "witnesses"):
        path = witnessed / name
        data = path.read_bytes()
        for place in range(0, len(data), 29):
            path.write_bytes(flipped(data, place))
            assert not verify(witnessed).holds, (name, place)
        path.write_bytes(data)
    assert verify(witnessed).holds


def test_a_proof_from_a_bundle_carries_its_witnesses(witnessed: Path, written: Path, tmp_path: Path) -> None:
    keys = [signer_of(letter).key for letter in "abc"]
    write_inclusion(prove_inclusion(witnessed, "50"), tmp_path / "proof")
    proof = read_inclusion(tmp_path / "proof")
    assert check_inclusion(proof, witnesses=keys, quorum=2).size == 101
    with pytest.raises(QuorumError):
        check_inclusion(proof, witnesses=keys)
    with pytest.raises(QuorumError):
        check_inclusion(prove_inclusion(written, "50"), witnesses=keys, quorum=1)


def test_proofs_from_a_bundle_and_from_the_file_are_the_same(witnessed: Path, written: Path) -> None:
    for index in range(0, 101, 9):
        one, other = (prove_inclusion(path, str(index)) for path in (witnessed, written))
        assert one._replace(checkpoint=b"") == other._replace(checkpoint=b"")
    with stored_blocks(written) as blocks:
        for block in itertools.islice(blocks, 0, None, 25):
            assert prove_growth(witnessed, block.checkpoint) == prove_growth(written, block.checkpoint)


def test_the_command_verify_demands_witnesses(witnessed: Path) -> None:
    keys = [str(signer_of(letter).key) for letter in "abc"]
    code, said = told("verify 0", witnessed)
    assert (code, "give the keys that you trust with --witness" in said) == (0, True)
    code, said = told(f"verify 0 --witness {keys[0]} --witness {keys[1]}", witnessed)
    assert (code, "witness.example/a, witness.example/b, the first at 20" in said) == (0, True)
    code, said = told(f"verify 0 --witness {keys[0]} --witness {keys[2]}", witnessed)
    assert (code, "FIRST FAULT" in said) == (1, True)


def test_the_command_bundle_writes_what_verify_accepts(written: Path, witnessed: Path, tmp_path: Path) -> None:
    assert told("bundle 0 1", written, tmp_path / "once")[0] == 0
    assert told("bundle 0 1", witnessed, tmp_path / "again")[0] == 0
    for path in ("once", "again"):
        report = verify(tmp_path / path)
        assert report == verify(written)
    with pytest.raises(NoLedgerError, match="something at"):
        told("bundle 0 1", written, tmp_path / "once")
