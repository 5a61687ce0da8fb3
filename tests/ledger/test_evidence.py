"""Evidence of a fork: two notes of one log that can not both be true, in a file that anybody can check."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_sample import LOG, ORIGIN, checkpoint_of, entries_of, flipped

from ledger.checkpoint import Checkpoint
from ledger.errors import EvidenceError
from ledger.evidence import (
    TITLE,
    Evidence,
    check_evidence,
    contradiction,
    is_evidence,
    parse_evidence,
    read_evidence,
    write_evidence,
)
from ledger.notes import sign_note
from ledger.verifier_keys import COSIGNATURE, ed25519_signer

KEY = str(LOG.key)
ENTRIES, FORK = entries_of(9), entries_of(9, "forked")
BLOCK = [f"block 3 {letter * 64}" for letter in "ab"]
FORKED = Evidence(KEY, checkpoint_of(ENTRIES), checkpoint_of(FORK))


def test_two_roots_for_one_size_are_evidence_whoever_checks_it() -> None:
    assert check_evidence(FORKED) == check_evidence(FORKED, LOG.key) == "two roots for the size 9"
    assert check_evidence(Evidence(KEY, FORKED.second, FORKED.first)) == "two roots for the size 9"


def test_two_digests_for_one_block_are_evidence_even_if_the_sizes_differ() -> None:
    notes = [checkpoint_of(ENTRIES[:size], extensions=[BLOCK[size % 2]]) for size in (8, 9)]
    assert check_evidence(Evidence(KEY, *notes)) == "two digests for the block 3"


STRANGER = ed25519_signer("other.example", b"o" * 32)
IMPOSTOR = ed25519_signer(ORIGIN, b"i" * 32)
NONE: dict[str, Evidence] = {
    "the same note twice": Evidence(KEY, FORKED.first, FORKED.first),
    "a log that grew": Evidence(KEY, checkpoint_of(ENTRIES[:5]), checkpoint_of(ENTRIES)),
    "a fork that these two do not show": Evidence(KEY, checkpoint_of(ENTRIES[:5]), checkpoint_of(FORK)),
    "one digest for one block": Evidence(
        KEY, checkpoint_of(ENTRIES[:5], extensions=BLOCK[:1]), checkpoint_of(FORK, extensions=BLOCK[:1])
    ),
    "digests of two blocks": Evidence(
        KEY,
        checkpoint_of(ENTRIES[:5], extensions=[f"block 4 {'a' * 64}"]),
        checkpoint_of(FORK, extensions=[f"block 5 {'b' * 64}"]),
    ),
    "lines that name no block": Evidence(
        KEY,
        checkpoint_of(ENTRIES, extensions=["block 03 " + "a" * 64, "block 3 a", "Block 3 " + "a" * 64]),
        checkpoint_of(ENTRIES, extensions=["block 03 " + "b" * 64, "block 3 b", "Block 3 " + "b" * 64]),
    ),
    "a note that another key has signed": Evidence(KEY, FORKED.first, checkpoint_of(FORK, IMPOSTOR)),
    "a note of another log": Evidence(str(STRANGER.key), FORKED.first, checkpoint_of(FORK, STRANGER)),
    "a note that was changed": Evidence(KEY, FORKED.first, FORKED.second.replace(b"\n9\n", b"\n8\n")),
    "no note": Evidence(KEY, FORKED.first, b""),
    "no checkpoint": Evidence(KEY, FORKED.first, sign_note("hello\n", [LOG]).encode()),
    "no key": Evidence("", FORKED.first, FORKED.second),
    "a key whose hash is wrong": Evidence(KEY.replace("+", "+0", 1), FORKED.first, FORKED.second),
}


@pytest.mark.parametrize("name", NONE)
def test_what_proves_nothing_is_refused_and_not_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError):
        check_evidence(NONE[name])
    with pytest.raises(EvidenceError):
        write_evidence(NONE[name], tmp_path / "evidence")
    assert list(tmp_path.iterdir()) == []


def test_one_key_that_signs_for_two_logs_has_not_contradicted_itself() -> None:
    """The key's name is the log's here, but nothing keeps an operator from signing other texts with it."""
    notes = [
        sign_note(Checkpoint(name, 9, name.encode() * 4).text, [LOG]).encode() for name in ("one.name", "two.name")
    ]
    with pytest.raises(EvidenceError):
        check_evidence(Evidence(KEY, *notes))


def test_evidence_about_another_key_than_the_readers_is_refused() -> None:
    invented = Evidence(str(IMPOSTOR.key), *(checkpoint_of(one, IMPOSTOR) for one in (ENTRIES, FORK)))
    assert check_evidence(invented)
    with pytest.raises(EvidenceError, match="the log's is"):
        check_evidence(invented, LOG.key)


def test_a_witness_that_has_signed_both_is_found_in_the_same_way() -> None:
    witness = ed25519_signer("witness.example/w1", b"w" * 32, COSIGNATURE)
    texts = [Checkpoint(ORIGIN, 2, letter * 32).text for letter in (b"a", b"b")]
    notes = [sign_note(text, [LOG, witness], at=at).encode() for at, text in enumerate(texts)]
    assert check_evidence(Evidence(str(witness.key), *notes), witness.key) == "two roots for the size 2"


def test_evidence_is_written_to_one_file_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "evidence"
    write_evidence(FORKED, path)
    assert is_evidence(path)
    assert read_evidence(path) == FORKED
    assert path.read_text().splitlines()[:4] == [TITLE, KEY, "", f"note of {len(FORKED.first)} bytes"]
    with pytest.raises(EvidenceError, match="can not be written"):
        write_evidence(FORKED, path)
    with pytest.raises(EvidenceError, match="can not be read"):
        read_evidence(tmp_path / "nothing")
    assert not is_evidence(tmp_path)


def test_every_flipped_byte_and_every_truncation_of_the_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "evidence"
    write_evidence(FORKED, path)
    data = path.read_bytes()
    for place in range(len(data)):
        for changed in (flipped(data, place), data[:place]):
            path.write_bytes(changed)
            with pytest.raises(EvidenceError):
                check_evidence(read_evidence(path))


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_two_notes_are_read_back(first: bytes, second: bytes) -> None:
    evidence = Evidence(KEY, first, second)
    if first and second:
        assert parse_evidence(evidence.encode()) == evidence
    else:
        with pytest.raises(EvidenceError):
            parse_evidence(evidence.encode())


BROKEN = {
    "nothing": b"",
    "another title": FORKED.encode().replace(b"version 1", b"version 2"),
    "a byte more": FORKED.encode() + b"\n",
    "three notes": FORKED.encode() + b"note of 1 bytes\nx",
    "one note": Evidence(KEY, FORKED.first, b"").encode(),
    "a length with a leading zero": FORKED.encode().replace(b"note of ", b"note of 0", 1),
    "a length that is too long": FORKED.encode().replace(b"note of ", b"note of 9", 1),
    "a length that is too long to be": FORKED.encode().replace(b"note of ", b"note of " + b"9" * 5000, 1),
    "a key that is no text": FORKED.encode().replace(b"log.example+", b"\xff", 1),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_in_another_form_is_refused(name: str) -> None:
    with pytest.raises(EvidenceError):
        parse_evidence(BROKEN[name])


def test_different_logs_do_not_contradict_each_other() -> None:
    assert contradiction(Checkpoint("a.example", 2, bytes(32)), Checkpoint("b.example", 2, b"r" * 32)) is None
