"""The operator's side: it gets a witness's signature wherever the witness stands, and tells what it is refused."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from ledger_sample import Consortium
from witness_sample import Watcher, continued, last_checkpoint, signer_of, three_watchers

from ledger.auditor import verify
from ledger.auditor.bundling import write_bundle
from ledger.auditor.cosigning import cosign
from ledger.errors import LedgerError, NoteError, ProofError, WitnessError
from ledger.notes import parse_note, signature_of, verify_note
from ledger.witness_protocol import Answer, respond


@pytest.fixture
def watcher(tmp_path: Path, people: Consortium) -> Watcher:
    return three_watchers(tmp_path, people)[0]


def test_it_is_signed_from_the_first_checkpoint_on(copy: Path, people: Consortium, watcher: Watcher) -> None:
    """The operator need not know where the witness stands: it is told, and proves from there."""
    asked: list[int] = []

    def ask(body: bytes) -> Answer:
        answer = respond(watcher.witness, body)
        asked.append(answer.status)
        return answer

    for number in range(3):
        note = last_checkpoint(copy)
        signature = cosign(copy, ask, watcher.witness.key)
        assert verify_note(parse_note(note).with_signature(signature), [watcher.witness.key])
        continued(copy, people, f"R-late-{number}")
    assert asked == [200, 409, 200, 409, 200]
    cosign(copy, ask, watcher.witness.key, old_size=107)
    assert asked[5:] == [200]


def test_a_bundle_is_cosigned_from_its_tiles(written: Path, tmp_path: Path, watcher: Watcher) -> None:
    write_bundle(written, tmp_path / "plain")
    signature = cosign(tmp_path / "plain", partial(respond, watcher.witness), watcher.witness.key)
    write_bundle(written, tmp_path / "cosigned", [signature], [watcher.witness.key])
    report = verify(tmp_path / "cosigned", witnesses=[watcher.witness.key])
    assert (report.holds, report.witnesses) == (True, (watcher.witness.key.name,))
    again = cosign(tmp_path / "cosigned", partial(respond, watcher.witness), watcher.witness.key)
    assert again.name == signature.name


def test_a_fork_is_not_signed_and_the_operator_is_told_why(
    copy: Path, people: Consortium, watcher: Watcher, tmp_path: Path
) -> None:
    fork = tmp_path / "fork.ledger"
    fork.write_bytes(copy.read_bytes())
    ask = partial(respond, watcher.witness)
    cosign(continued(copy, people, "R-one"), ask, watcher.witness.key)
    with pytest.raises(WitnessError, match=r"answers 422: .* it shows two histories"):
        cosign(continued(fork, people, "R-two"), ask, watcher.witness.key)


def test_a_ledger_that_was_rolled_back_has_no_proof_for_the_witness(
    copy: Path, people: Consortium, watcher: Watcher, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.ledger"
    backup.write_bytes(copy.read_bytes())
    ask = partial(respond, watcher.witness)
    cosign(continued(copy, people, "R-undone"), ask, watcher.witness.key)
    with pytest.raises(ProofError):
        cosign(backup, ask, watcher.witness.key)


def answers(status: int, body: bytes) -> Callable[[bytes], Answer]:
    return lambda request: Answer(status, "text/plain", body)


ANSWERS = {
    "nothing": (200, b""),
    "no signature": (200, b"hello\n"),
    "no text": (200, b"\xff\n"),
    "a signature of nobody": (200, b"\xe2\x80\x94 witness.example/b AAAAAAAA\n"),
    "a size that is none": (409, b"-1\n"),
    "a size without its line feed": (409, b"9"),
    "the same size again and again": (409, b"5\n"),
    "a size that the log has not": (409, b"99999\n"),
    "a failure": (500, b"out of order"),
    "a failure in no text": (500, b"\xff"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_is_no_signature_is_refused(written: Path, name: str) -> None:
    with pytest.raises(LedgerError):
        cosign(written, answers(*ANSWERS[name]), signer_of("a").key)


def test_a_signature_over_another_checkpoint_is_refused(written: Path) -> None:
    signature = signature_of(signer_of("a"), "another\n", 7)
    with pytest.raises(WitnessError, match="not its signature"):
        cosign(written, answers(200, signature.line.encode()), signer_of("a").key)


def test_a_bundle_is_not_written_with_signatures_that_do_not_hold(written: Path, tmp_path: Path) -> None:
    right = signature_of(signer_of("a"), parse_note(last_checkpoint(written)).text, 7)
    wrong = signature_of(signer_of("a"), "another\n", 7)
    for signatures, keys in [([wrong], [signer_of("a").key]), ([right], [signer_of("b").key]), ([right], [])]:
        with pytest.raises(NoteError):
            write_bundle(written, tmp_path / "bundle", signatures, keys)
        assert not (tmp_path / "bundle").exists()
