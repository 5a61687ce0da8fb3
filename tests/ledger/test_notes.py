"""Signed notes: Go's published note, their one form, and who counts as a signer."""

import numpy as np
import pytest

from ledger.errors import NoteError, NoteSignatureError, UnsignedNoteError, VerifierKeyError
from ledger.notes import (
    MOST_NOTE_BYTES,
    MOST_SIGNATURES,
    Note,
    Signature,
    parse_note,
    parse_signature,
    sign_note,
    signature_of,
    verify_note,
)
from ledger.verifier_keys import (
    COSIGNATURE,
    ED25519,
    SM2,
    VerifierKey,
    base64_decoded,
    ed25519_signer,
    parse_verifier_key,
    sm2_signer,
)

# The note of golang.org/x/mod/sumdb/note, with its key pair.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # it is published
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PUBLISHED = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()

# The example of C2SP signed-note.
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = (
    "This is an example message.\n\n— example.com/foo"
    " Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()

LOG = ed25519_signer("log.example", b"l" * 32)
BANK = sm2_signer("bank.example", b"b" * 32)
WITNESS = ed25519_signer("w.example", b"w" * 32, COSIGNATURE)
STRANGER = ed25519_signer("stranger.example", b"s" * 32)


@pytest.mark.parametrize(("published", "key"), [(PUBLISHED, PETER), (EXAMPLE, EXAMPLE_KEY)])
def test_the_published_notes_are_read_and_verified(published: bytes, key: str) -> None:
    note = parse_note(published)
    (found,) = verify_note(note, [parse_verifier_key(key)])
    assert (str(found.key), found.signed_at) == (key, 0)
    assert note.encode() == published
    assert note.text.encode() == published.partition(b"\n\n")[0] + b"\n"


def test_signing_gives_the_published_note_byte_for_byte() -> None:
    secret = base64_decoded(PETER_SECRET)
    assert secret is not None
    signer = ed25519_signer("PeterNeumann", secret[1:])
    assert str(signer.key) == PETER
    assert sign_note(TEXT, [signer]).encode() == PUBLISHED


def test_each_changed_bit_of_a_note_is_refused() -> None:
    key = parse_verifier_key(PETER)
    for place in range(8 * len(PUBLISHED)):
        flipped = (int.from_bytes(PUBLISHED, "big") ^ 1 << place).to_bytes(len(PUBLISHED), "big")
        with pytest.raises(NoteError):
            verify_note(parse_note(flipped), [key])


def test_several_kinds_of_keys_sign_one_note() -> None:
    note = sign_note("Paid.\n", [LOG, BANK, WITNESS], at=1_790_000_000)
    read = parse_note(note.encode())
    assert read == note
    found = verify_note(read, [WITNESS.key, LOG.key, BANK.key])
    assert [(one.key.name, one.signed_at) for one in found] == [
        ("log.example", 0),
        ("bank.example", 0),
        ("w.example", 1_790_000_000),
    ]


def test_signatures_of_strangers_are_passed_over() -> None:
    note = sign_note("Paid.\n", [STRANGER, LOG, BANK])
    assert [one.key.name for one in verify_note(note, [LOG.key])] == ["log.example"]
    with pytest.raises(UnsignedNoteError, match=r"trusted keys \(w\.example\) has signed"):
        verify_note(note, [WITNESS.key])
    with pytest.raises(UnsignedNoteError, match="there are none"):
        verify_note(note, [])


def test_a_stranger_under_a_trusted_name_is_passed_over() -> None:
    """Name and id are only labels: the key counts that the reader was given."""
    impostor = ed25519_signer("log.example", b"i" * 32)
    with pytest.raises(UnsignedNoteError):
        verify_note(sign_note("Paid.\n", [impostor]), [LOG.key])


def test_a_wrong_signature_under_a_trusted_key_refuses_the_whole_note() -> None:
    for signer in (BANK, WITNESS):
        forged = Signature(signer.key.name, signer.key.key_id, bytes(72))
        note = sign_note("Paid.\n", [LOG]).with_signature(forged)
        with pytest.raises(NoteSignatureError, match=rf"signature of {signer.key.name} is wrong"):
            verify_note(note, [LOG.key, signer.key])
        assert len(verify_note(note, [LOG.key])) == 1


def test_a_signature_of_another_text_is_wrong() -> None:
    moved = Note("Paid!\n", sign_note("Paid.\n", [LOG]).signatures)
    with pytest.raises(NoteSignatureError):
        verify_note(moved, [LOG.key])


class Labelled(VerifierKey):
    """A key whose id somebody has ground to be another's: ids have 4 bytes, so that it takes minutes."""

    @property
    def key_id(self) -> bytes:
        return b"same"


def test_two_trusted_keys_of_one_label_are_refused() -> None:
    """Neither may hide behind the other."""
    pair = [Labelled("log.example", ED25519, one.key.public_key) for one in (LOG, STRANGER)]
    with pytest.raises(
        VerifierKeyError, match=r"Two keys of log\.example have the id 73616d65; only one may be trusted"
    ):
        verify_note(sign_note("Paid.\n", [LOG]), pair)


def test_a_key_that_is_trusted_twice_is_trusted_once() -> None:
    assert len(verify_note(sign_note("Paid.\n", [LOG]), [LOG.key, LOG.key])) == 1


def test_a_newer_signature_takes_the_place_of_an_older_one() -> None:
    note = sign_note("Paid.\n", [LOG, WITNESS], at=5)
    later = note.with_signature(signature_of(WITNESS, "Paid.\n", 9))
    assert [one.signed_at for one in verify_note(later, [LOG.key, WITNESS.key])] == [0, 9]
    assert len(later.signatures) == 2


GOOD = sign_note("Paid.\n", [LOG])
LINE = GOOD.signatures[0].line
REJECTS: dict[str, bytes] = {
    "nothing": b"",
    "only a text": b"Paid.\n",
    "a text and an empty line": b"Paid.\n\n",
    "no text": b"\n" + LINE.encode(),
    "no empty line": f"Paid.\n{LINE}".encode(),
    "a text without its line feed": f"Paid.\n{LINE}"[:-1].encode(),
    "an end without its line feed": GOOD.encode()[:-1],
    "an empty line at the end": GOOD.encode() + b"\n",
    "carriage returns": GOOD.encode().replace(b"\n", b"\r\n"),
    "a tab in the text": GOOD.encode().replace(b"Paid", b"Pa\tid"),
    "a zero byte in the text": GOOD.encode().replace(b"Paid", b"Pa\0id"),
    "an escape in the text": GOOD.encode().replace(b"Paid", b"Pa\x1bid"),
    "not UTF-8": GOOD.encode().replace(b"Paid", b"Pa\xffid"),
    "a surrogate in UTF-8": GOOD.encode().replace(b"Paid", b"Pa\xed\xa0\x80id"),
    "UTF-16": GOOD.encode().decode().encode("utf-16"),
    "a byte order mark before the line": f"Paid.\n\n\ufeff{LINE}".encode(),
    "a hyphen for the dash": GOOD.encode().replace("—".encode(), b"-"),
    "no space after the dash": GOOD.encode().replace("— ".encode(), "—".encode()),
    "two spaces after the dash": GOOD.encode().replace("— ".encode(), "—  ".encode()),
    "a blank at the end of the line": GOOD.encode()[:-1] + b" \n",
    "a line without a name": f"Paid.\n\n— {LINE.split(' ')[2]}".encode(),
    "a name with a plus sign": GOOD.encode().replace(b"log.example", b"log+example"),
    "a name with a wide space": GOOD.encode().replace(b"log.", "log\u3000".encode()),
    "base64 cut": GOOD.encode()[:-3] + b"\n",
    "base64 with a blank": GOOD.encode()[:-10] + b" " + GOOD.encode()[-10:],
    "base64 in the other alphabet": f"Paid.\n\n{LINE[:-6]}-_-=\n".encode(),
    "no base64": "Paid.\n\n— log.example \n".encode(),
    "only an id": "Paid.\n\n— log.example AAAAAA==\n".encode(),
    "signed twice by one key": GOOD.encode() + LINE.encode(),
    "a signature that is none": GOOD.encode() + b"signed: the bank\n",
}


@pytest.mark.parametrize("data", REJECTS.values(), ids=REJECTS)
def test_what_is_no_note_is_refused(data: bytes) -> None:
    assert parse_note(GOOD.encode()) == GOOD
    with pytest.raises(NoteError):
        parse_note(data)


def test_a_text_may_hold_empty_lines_and_lines_like_signatures() -> None:
    """The last empty line divides; what stands before it is text, and is signed as such."""
    text = f"Paid.\n\n{LINE}\nAgain.\n"
    note = sign_note(text, [LOG])
    read = parse_note(note.encode())
    assert read.text == text
    assert len(read.signatures) == 1
    assert verify_note(read, [LOG.key])


def test_a_note_has_at_most_a_hundred_signatures() -> None:
    lines = [f"— w{number}.example AAAAAAA=\n" for number in range(MOST_SIGNATURES + 1)]
    assert len(parse_note("".join(["Paid.\n\n", *lines[:-1]]).encode()).signatures) == MOST_SIGNATURES
    with pytest.raises(NoteError, match="at most 100 signatures"):
        parse_note("".join(["Paid.\n\n", *lines]).encode())


def test_a_note_is_not_endless() -> None:
    long = Note("x" * MOST_NOTE_BYTES + "\n", GOOD.signatures)
    with pytest.raises(NoteError, match="at most 1000000"):
        long.encode()
    with pytest.raises(NoteError, match="at most 1000000"):
        parse_note(b"x" * (MOST_NOTE_BYTES + 1))


@pytest.mark.parametrize("text", ["", "Paid.", "Pa\tid.\n", "Paid.\r\n", "Pa\0id\n", "Pa\ud800id\n", None, b"Paid.\n"])
def test_what_is_no_text_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        sign_note(text, [LOG]).encode()


def test_a_note_that_nobody_signed_is_not_written() -> None:
    with pytest.raises(NoteError, match="should have a signature"):
        Note("Paid.\n").encode()


@pytest.mark.parametrize("data", ["Paid.\n", bytearray(b"Paid.\n"), None])
def test_only_bytes_are_read(data: bytes) -> None:
    with pytest.raises(NoteError, match="should be bytes"):
        parse_note(data)


def test_a_line_is_read_back_as_it_was_written() -> None:
    for signer in (LOG, BANK, WITNESS):
        one = signature_of(signer, "Paid.\n", 7)
        assert parse_signature(one.line) == one


def test_random_bytes_are_read_in_one_form_or_refused() -> None:
    """What is accepted is written again in the same bytes, whatever it came from."""
    rng, whole = np.random.default_rng(11), sign_note("Paid.\n", [LOG, BANK]).encode()
    read = 0
    for _ in range(3000):
        data = bytearray(whole)
        for place in rng.integers(0, len(data), 2):
            data[place] = int(rng.integers(0, 256))
        try:
            note = parse_note(bytes(data))
        except NoteError:
            continue
        read += 1
        assert note.encode() == bytes(data)
    assert 100 < read < 2900


def test_a_note_signed_with_sm2_is_skipped_by_who_knows_no_sm2() -> None:
    note = sign_note("Paid.\n", [BANK, LOG])
    assert note.signatures[0].key_id == VerifierKey("bank.example", SM2, BANK.key.public_key).key_id
    assert verify_note(note, [parse_verifier_key(str(LOG.key), [ED25519])])
