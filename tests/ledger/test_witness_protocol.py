"""The witness protocol: requests in their one form, and the answers that HTTP has numbers for."""

import base64
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from log_sample import LOG, ORIGIN, checkpoint_of, entries_of

from ledger.checkpoint import LARGEST_LOG, Checkpoint
from ledger.errors import EquivocationError, StoredWitnessError, WitnessRequestError
from ledger.frontier import leaf_hashes
from ledger.merkle import consistency_proof
from ledger.notes import MOST_NOTE_BYTES, parse_note, parse_signature, sign_note, verify_note
from ledger.verifier_keys import COSIGNATURE, ed25519_signer
from ledger.witness import KnownLog, Witness
from ledger.witness_memory import create_memory
from ledger.witness_protocol import MOST_HASHES, Request, parse_request, respond

SIGNER = ed25519_signer("witness.example/w1", b"w" * 32, COSIGNATURE)
ENTRIES, FORK = entries_of(40), entries_of(40, "forked")
LEAVES = leaf_hashes(ENTRIES)
HASH = base64.b64encode(bytes(range(32))).decode()
requests = st.builds(
    Request,
    st.integers(0, LARGEST_LOG),
    st.lists(st.binary(min_size=32, max_size=32), max_size=MOST_HASHES).map(tuple),
    st.binary(min_size=1, max_size=200),
)


@given(requests)
def test_a_request_is_read_back(request: Request) -> None:
    assert parse_request(request.encode()) == request


def test_a_request_looks_as_the_specification_has_it() -> None:
    note = checkpoint_of(ENTRIES[:9])
    request = Request(7, tuple(consistency_proof(LEAVES, 7, 9)), note)
    head, _, rest = request.encode().partition(b"\n\n")
    assert rest == note
    old, *hashes = head.decode().split("\n")
    assert old == "old 7"
    assert [base64.b64decode(one) for one in hashes] == list(request.proof)


REJECTED = {
    "nothing": "",
    "no empty line": f"old 7\n{HASH}\nlog.example\n",
    "no checkpoint": "old 7\n\n",
    "no old size": f"{HASH}\n\nnote",
    "another word": "new 7\n\nnote",
    "old size with a leading zero": "old 07\n\nnote",
    "old size 00": "old 00\n\nnote",
    "old size negative": "old -7\n\nnote",
    "old size with a plus sign": "old +7\n\nnote",
    "old size with a space": "old 7 \n\nnote",
    "two spaces": "old  7\n\nnote",
    "old size in other digits": "old ७\n\nnote",
    "old size too large": f"old {LARGEST_LOG + 1}\n\nnote",
    "old size far too large": f"old {'9' * 5000}\n\nnote",
    "no old size after the word": "old \n\nnote",
    "a blank in front": " old 7\n\nnote",
    "a line feed in front": "\nold 7\n\nnote",
    "carriage returns": f"old 7\r\n{HASH}\r\n\r\nnote",
    "a hash without padding": f"old 7\n{HASH[:-1]}\n\nnote",
    "a hash with open bits": f"old 7\n{HASH[:-2]}9=\n\nnote",
    "a hash of the other alphabet": f"old 7\n{base64.urlsafe_b64encode(bytes([255]) * 32).decode()}\n\nnote",
    "a hash of 31 bytes": f"old 7\n{base64.b64encode(bytes(31)).decode()}\n\nnote",
    "a hash of 33 bytes": f"old 7\n{base64.b64encode(bytes(33)).decode()}\n\nnote",
    "a blank after a hash": f"old 7\n{HASH} \n\nnote",
    "two hashes in a line": f"old 7\n{HASH}{HASH}\n\nnote",
    "64 hashes": f"old 7\n{(HASH + chr(10)) * 64}\nnote",
    "very many hashes": f"old 7\n{(HASH + chr(10)) * 5000}\nnote",
    "a checkpoint that is too long": f"old 7\n\n{'x' * (MOST_NOTE_BYTES + 1)}",
}


@pytest.mark.parametrize("name", REJECTED)
def test_what_is_not_in_the_form_is_refused(name: str) -> None:
    with pytest.raises(WitnessRequestError):
        parse_request(REJECTED[name].encode())


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_has_one_form(data: bytes) -> None:
    try:
        request = parse_request(data)
    except WitnessRequestError:
        return
    assert request.encode() == data


@pytest.mark.parametrize(
    "request_",
    [
        Request(-1, (), b"note"),
        Request(True, (), b"note"),
        Request(LARGEST_LOG + 1, (), b"note"),
        Request(0, (bytes(31),), b"note"),
        Request(0, (bytes(32),) * 64, b"note"),
        Request(0, (), b""),
    ],
)
def test_a_request_that_could_not_be_read_is_not_written(request_: Request) -> None:
    with pytest.raises(WitnessRequestError):
        request_.encode()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """It has signed 9 entries."""
    create_memory(tmp_path / "w1", SIGNER.key)
    one = Witness(SIGNER, [KnownLog(ORIGIN, (LOG.key,))], tmp_path / "w1", lambda: 1_800_000_000)
    one.add_checkpoint(checkpoint_of(ENTRIES[:9]))
    return one


def test_what_continues_the_log_is_answered_with_a_signature(witness: Witness) -> None:
    note = checkpoint_of(ENTRIES[:20])
    answer = respond(witness, Request(9, tuple(consistency_proof(LEAVES, 9, 20)), note).encode())
    assert (answer.status, answer.refusal) == (200, None)
    assert verify_note(parse_note(note + answer.body), [SIGNER.key])
    assert answer.body.decode() == parse_signature(answer.body.decode()).line


SHOWN = {
    "another size than the last": (4, consistency_proof(LEAVES, 4, 20), checkpoint_of(ENTRIES[:20]), 409),
    "no size, to ask for it": (0, [], checkpoint_of(ENTRIES[:20]), 409),
    "an older checkpoint with its size": (4, consistency_proof(LEAVES, 4, 8), checkpoint_of(ENTRIES[:8]), 409),
    "a fork with another size than the last": (4, [], checkpoint_of(FORK[:9]), 409),
    "an old size above the checkpoint's": (9, [], checkpoint_of(ENTRIES[:8]), 400),
    "an unknown old size above the checkpoint's": (30, [], checkpoint_of(ENTRIES[:20]), 400),
    "another root for the last size": (9, [], checkpoint_of(FORK[:9]), 422),
    "a proof of another tree": (9, consistency_proof(LEAVES, 9, 21), checkpoint_of(ENTRIES[:20]), 422),
    "no proof": (9, [], checkpoint_of(ENTRIES[:20]), 422),
    "a log that is not followed": (0, [], checkpoint_of(ENTRIES[:9], SIGNER), 404),
    "a log that has not signed": (9, [], checkpoint_of(ENTRIES[:9], ed25519_signer(ORIGIN, b"i" * 32)), 403),
    "a note that is none": (9, [], b"note", 400),
    "a note that is no checkpoint": (9, [], sign_note("no checkpoint\n", [LOG]).encode(), 400),
    "an empty log with a root": (9, [], sign_note(Checkpoint(ORIGIN, 0, bytes(32)).text, [LOG]).encode(), 400),
}


@pytest.mark.parametrize("name", SHOWN)
def test_each_refusal_has_its_number(witness: Witness, name: str) -> None:
    old, proof, note, status = SHOWN[name]
    answer = respond(witness, Request(old, tuple(proof), note).encode())
    assert (answer.status, type(answer.refusal) is type(None)) == (status, False)
    if status == 409:
        assert (answer.kind, answer.body) == ("text/x.tlog.size", b"9\n")
    assert witness.size(ORIGIN) == 9


def test_evidence_is_kept_whatever_number_a_fork_is_answered_with(witness: Witness) -> None:
    for old in (0, 9):
        answer = respond(witness, Request(old, (), checkpoint_of(FORK[:9])).encode())
        assert isinstance(answer.refusal, EquivocationError)
        assert answer.refusal.evidence[1] == checkpoint_of(FORK[:9])


GROWN = Request(9, tuple(consistency_proof(LEAVES, 9, 30)), checkpoint_of(ENTRIES[:30])).encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(*[st.integers(0, len(GROWN))] * 2).map(sorted), st.binary(max_size=8))
def test_a_request_with_any_bytes_changed_is_answered_and_not_signed(
    witness: Witness, part: list[int], put_in: bytes
) -> None:
    changed = GROWN[: part[0]] + put_in + GROWN[part[1] :]
    assume(changed != GROWN)
    assert respond(witness, changed).status in (400, 403, 404, 409, 422)
    assert witness.size(ORIGIN) == 9


def test_the_request_that_is_changed_above_is_signed_as_it_is(witness: Witness) -> None:
    assert respond(witness, GROWN).status == 200


def test_a_body_that_is_no_request_is_answered_with_400(witness: Witness) -> None:
    assert respond(witness, b"old 9\n").status == 400


def test_a_witness_that_has_lost_its_file_answers_with_500(witness: Witness, tmp_path: Path) -> None:
    (tmp_path / "w1").unlink()
    answer = respond(witness, Request(9, (), checkpoint_of(ENTRIES[:9])).encode())
    assert answer.status == 500
    assert isinstance(answer.refusal, StoredWitnessError)
