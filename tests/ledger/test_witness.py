"""A witness signs one history of a log, and only forwards."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_sample import LOG, ORIGIN, checkpoint_of, entries_of, flipped, sm3

from ledger.checkpoint import Checkpoint
from ledger.errors import (
    CheckpointError,
    EquivocationError,
    LedgerError,
    NoteError,
    NoteSignatureError,
    OldSizeError,
    ProofError,
    RollbackError,
    UnknownLogError,
    UnsignedNoteError,
    VerifierKeyError,
    WitnessError,
)
from ledger.evidence import Evidence, check_evidence
from ledger.frontier import leaf_hashes, sha256
from ledger.merkle import consistency_proof
from ledger.notes import Note, parse_note, sign_note, verify_note
from ledger.quorum import Quorum
from ledger.signature_types import SM2_COSIGNATURE
from ledger.verifier_keys import COSIGNATURE, ed25519_signer, sm2_signer
from ledger.witness import KnownLog, Witness
from ledger.witness_memory import create_memory

SIGNER = ed25519_signer("witness.example/w1", b"w" * 32, COSIGNATURE)
OTHER_LOG = ed25519_signer("other.example", b"o" * 32)
ENTRIES, FORK = entries_of(40), [*entries_of(5), *entries_of(35, "forked")]
Opened = Callable[[], Witness]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Opens the witness, each time anew from its file; its clock goes on by a second."""
    create_memory(tmp_path / "w1", SIGNER.key)
    ticks = itertools.count(1_800_000_000)
    logs = [KnownLog(ORIGIN, (LOG.key,)), KnownLog("other.example", (OTHER_LOG.key,), sm3)]
    return lambda: Witness(SIGNER, logs, tmp_path / "w1", lambda: next(ticks))


def proof(old: int, new: int, entries: list[bytes] = ENTRIES) -> list[bytes]:
    return consistency_proof(leaf_hashes(entries[:new]), old)


def grown(witness: Witness, old: int, new: int, entries: list[bytes] = ENTRIES) -> bytes:
    """Let a witness cosign growth from its last size, and return the note."""
    note = checkpoint_of(entries[:new])
    witness.add_checkpoint(note, old, proof(old, new, entries))
    return note


def test_the_first_checkpoint_is_believed_and_what_continues_it_is_signed(opened: Opened) -> None:
    assert opened().size(ORIGIN) == 0
    for old, new in itertools.pairwise([0, 1, 7, 7, 8, 40]):
        note = checkpoint_of(ENTRIES[:new])
        signature = opened().add_checkpoint(note, old, proof(old, new))
        (verified,) = verify_note(parse_note(note).with_signature(signature), [SIGNER.key])
        assert verified.key == SIGNER.key
        assert opened().size(ORIGIN) == new


def test_the_same_checkpoint_is_signed_again_at_a_later_time(opened: Opened) -> None:
    note = checkpoint_of(ENTRIES[:9])
    first = opened().add_checkpoint(note)
    again = opened().add_checkpoint(note, 9)
    assert first != again
    assert int.from_bytes(first.payload[:8], "big") < int.from_bytes(again.payload[:8], "big")


def test_a_clock_that_is_put_back_does_not_date_signatures_back(tmp_path: Path) -> None:
    create_memory(tmp_path / "w1", SIGNER.key)
    times = iter([500, 400])
    witness = Witness(SIGNER, [KnownLog(ORIGIN, (LOG.key,))], tmp_path / "w1", lambda: next(times))
    signatures = [witness.add_checkpoint(checkpoint_of(ENTRIES[:3]), old) for old in (0, 3)]
    assert [int.from_bytes(one.payload[:8], "big") for one in signatures] == [500, 500]


def test_another_root_for_the_same_size_is_equivocation_and_the_evidence_holds(opened: Opened) -> None:
    grown(opened(), 0, 9)
    with pytest.raises(EquivocationError, match="two roots for the size 9") as refused:
        opened().add_checkpoint(checkpoint_of(FORK[:9]), 9)
    evidence = Evidence(str(LOG.key), *refused.value.evidence)
    assert check_evidence(evidence, LOG.key) == "two roots for the size 9"
    assert verify_note(parse_note(evidence.first), [SIGNER.key])  # it shows that the witness had seen the first


@pytest.mark.parametrize("old_size", [0, 3, 9, 10])
def test_equivocation_is_caught_wherever_the_proof_is_said_to_start(opened: Opened, old_size: int) -> None:
    grown(opened(), 0, 9)
    with pytest.raises(EquivocationError):
        opened().add_checkpoint(checkpoint_of(FORK[:9]), old_size)


@pytest.mark.parametrize("new", [9, 12])
def test_two_digests_for_one_block_are_equivocation_too(opened: Opened, new: int) -> None:
    first, second = (f"block 3 {letter * 64}" for letter in "ab")
    opened().add_checkpoint(checkpoint_of(ENTRIES[:9], extensions=[first]))
    with pytest.raises(EquivocationError, match="two digests for the block 3"):
        opened().add_checkpoint(checkpoint_of(ENTRIES[:new], extensions=[second]), 9, proof(9, new))
    opened().add_checkpoint(checkpoint_of(ENTRIES[:new], extensions=[first, "another line"]), 9, proof(9, new))


@pytest.mark.parametrize("old_size", [0, 4, 9])
@pytest.mark.parametrize("entries", [ENTRIES, FORK])
def test_an_older_checkpoint_is_a_rollback(opened: Opened, old_size: int, entries: list[bytes]) -> None:
    grown(opened(), 0, 9)
    with pytest.raises(RollbackError, match="has size 8, an earlier one had 9"):
        opened().add_checkpoint(checkpoint_of(entries[:8]), old_size, proof(4, 8) if old_size == 4 else [])


@pytest.mark.parametrize("old_size", [0, 8, 10, 40, -9, True, 9.0, None])
def test_a_proof_that_starts_elsewhere_is_refused_with_the_right_size(opened: Opened, old_size: int) -> None:
    grown(opened(), 0, 9)
    with pytest.raises(OldSizeError, match="size 9") as refused:
        opened().add_checkpoint(checkpoint_of(ENTRIES), old_size, proof(9, 40))
    assert refused.value.size == 9


def test_a_fork_has_no_proof_that_is_accepted(opened: Opened) -> None:
    grown(opened(), 0, 9)
    for shown in (proof(9, 20), proof(9, 20, FORK), [], [bytes(32)] * 5, proof(9, 20)[::-1], proof(9, 20)[:-1]):
        with pytest.raises(ProofError):
            opened().add_checkpoint(checkpoint_of(FORK[:20]), 9, shown)
    assert opened().size(ORIGIN) == 9


def test_a_first_checkpoint_and_an_equal_one_take_no_proof(opened: Opened) -> None:
    with pytest.raises(ProofError, match="nothing to prove"):
        opened().add_checkpoint(checkpoint_of(ENTRIES[:9]), 0, [bytes(32)])
    grown(opened(), 0, 9)
    with pytest.raises(ProofError):
        opened().add_checkpoint(checkpoint_of(ENTRIES[:9]), 9, [bytes(32)])


def test_an_empty_log_is_continued_by_any_first_entries(opened: Opened) -> None:
    grown(opened(), 0, 0)
    grown(opened(), 0, 5)
    assert opened().size(ORIGIN) == 5


def test_an_empty_log_has_the_root_of_the_empty_tree(opened: Opened) -> None:
    note = sign_note(Checkpoint(ORIGIN, 0, sha256(b"x")).text, [LOG]).encode()
    with pytest.raises(ProofError, match="root is not that of the empty tree"):
        opened().add_checkpoint(note)


def test_an_unknown_log_is_refused(opened: Opened) -> None:
    stranger = ed25519_signer("stranger.example", b"s" * 32)
    with pytest.raises(UnknownLogError, match=r"does not follow the log stranger\.example"):
        opened().add_checkpoint(checkpoint_of(ENTRIES[:3], stranger))
    with pytest.raises(UnknownLogError):
        opened().size("stranger.example")


def test_a_log_that_has_not_signed_itself_is_refused(opened: Opened) -> None:
    impostor = ed25519_signer(ORIGIN, b"i" * 32)
    note = checkpoint_of(ENTRIES[:3])
    changed = parse_note(note)
    broken = Note(changed.text, (changed.signatures[0].__class__(ORIGIN, LOG.key.key_id, bytes(64)),))
    for wrong, error in [
        (checkpoint_of(ENTRIES[:3], impostor), UnsignedNoteError),
        (broken.encode(), NoteSignatureError),
        (note.replace(b"\n3\n", b"\n4\n"), NoteSignatureError),
        (note[:-1], NoteError),
        (b"", NoteError),
        (sign_note("no checkpoint\n", [LOG]).encode(), CheckpointError),
    ]:
        with pytest.raises(error):
            opened().add_checkpoint(wrong)
    assert opened().size(ORIGIN) == 0


def test_signatures_of_others_under_a_checkpoint_do_not_matter(opened: Opened) -> None:
    another = ed25519_signer("witness.example/w2", b"2" * 32, COSIGNATURE)
    text = parse_note(checkpoint_of(ENTRIES[:3])).text
    opened().add_checkpoint(sign_note(text, [another, LOG], at=7).encode())
    assert opened().size(ORIGIN) == 3


def test_each_flipped_byte_of_a_checkpoint_is_refused(opened: Opened) -> None:
    note = checkpoint_of(ENTRIES[:3])
    for place in range(len(note)):
        with pytest.raises(LedgerError):
            opened().add_checkpoint(flipped(note, place))
    assert opened().size(ORIGIN) == 0


def test_logs_are_followed_each_by_itself_and_each_with_its_digest(opened: Opened) -> None:
    grown(opened(), 0, 9)
    leaves = leaf_hashes(ENTRIES[:12], hash=sm3)
    opened().add_checkpoint(checkpoint_of(ENTRIES[:4], OTHER_LOG, sm3))
    hashes = consistency_proof(leaves, 4, hash=sm3)
    with pytest.raises(ProofError):
        opened().add_checkpoint(checkpoint_of(ENTRIES[:12], OTHER_LOG), 4, proof(4, 12))
    opened().add_checkpoint(checkpoint_of(ENTRIES[:12], OTHER_LOG, sm3), 4, hashes)
    assert [opened().size(one) for one in (ORIGIN, "other.example")] == [9, 12]


def test_a_witness_may_sign_with_sm2_beside_a_log_of_sm3(tmp_path: Path) -> None:
    signer = sm2_signer("witness.example/sm", b"k" * 32, SM2_COSIGNATURE)
    log = sm2_signer(ORIGIN, b"l" * 32)
    create_memory(tmp_path / "sm", signer.key)
    witness = Witness(signer, [KnownLog(ORIGIN, (log.key,), sm3)], tmp_path / "sm", lambda: 7)
    leaves = leaf_hashes(ENTRIES[:9], hash=sm3)
    for old, new in [(0, 4), (4, 9)]:
        note = checkpoint_of(ENTRIES[:new], log, sm3)
        hashes = consistency_proof(leaves[:new], old, hash=sm3)
        signature = witness.add_checkpoint(note, old, hashes)
        assert Quorum((signer.key,), 1).check(parse_note(note).with_signature(signature)) == ("witness.example/sm",)
    with pytest.raises(EquivocationError):
        witness.add_checkpoint(checkpoint_of(FORK[:9], log, sm3), 9)


def test_a_key_that_signs_no_time_is_no_witness(tmp_path: Path) -> None:
    with pytest.raises(WitnessError, match="signs the time too"):
        Witness(LOG, [], tmp_path / "w1", lambda: 0)


def test_a_log_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    logs = [KnownLog(ORIGIN, (LOG.key,)), KnownLog(ORIGIN, (OTHER_LOG.key,))]
    with pytest.raises(WitnessError, match="named twice"):
        Witness(SIGNER, logs, tmp_path / "w1", lambda: 0)


@pytest.mark.parametrize("time", [-1, 2**63, 1.5, True])
def test_a_clock_that_is_wrong_signs_and_remembers_nothing(tmp_path: Path, time: int) -> None:
    create_memory(tmp_path / "w1", SIGNER.key)
    witness = Witness(SIGNER, [KnownLog(ORIGIN, (LOG.key,))], tmp_path / "w1", lambda: time)
    with pytest.raises(VerifierKeyError):
        witness.add_checkpoint(checkpoint_of(ENTRIES[:3]))
    assert witness.size(ORIGIN) == 0


def is_signed(witness: Witness, entries: list[bytes], new: int, old: int, shown: list[bytes]) -> bool:
    try:
        witness.add_checkpoint(checkpoint_of(entries[:new]), old, shown)
    except LedgerError:
        return False
    return True


steps = st.lists(st.tuples(st.booleans(), st.integers(0, 12), st.booleans(), st.integers(0, 12)), max_size=12)


@settings(max_examples=30, deadline=None)
@given(steps)
def test_whatever_it_is_shown_all_it_has_signed_is_one_history(
    tmp_path_factory: pytest.TempPathFactory, shown: list[tuple[bool, int, bool, int]]
) -> None:
    path = tmp_path_factory.mktemp("witness") / "w1"
    create_memory(path, SIGNER.key)
    witness = Witness(SIGNER, [KnownLog(ORIGIN, (LOG.key,))], path, lambda: 7)
    signed: list[list[bytes]] = []
    for forked, new, honest, number in shown:
        entries = FORK if forked else ENTRIES
        old = witness.size(ORIGIN) if honest else number
        hashes = proof(old, new, entries) if old <= new else []
        if is_signed(witness, entries, new, old, hashes):
            signed.append(entries[:new])
    for earlier, later in itertools.pairwise(signed):
        assert later[: len(earlier)] == earlier
