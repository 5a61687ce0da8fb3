"""A quorum counts witnesses that the reader trusts, each once."""

import pytest
from log_sample import LOG, checkpoint_of, entries_of

from ledger.errors import NoteSignatureError, QuorumError
from ledger.notes import Note, Signature, parse_note, sign_note, signature_of
from ledger.quorum import Quorum
from ledger.verifier_keys import COSIGNATURE, ed25519_signer

NAMES = ("witness.example/a", "witness.example/b", "witness.example/c", "witness.example/d")
WITNESSES = [ed25519_signer(name, name[-1].encode() * 32, COSIGNATURE) for name in NAMES]
KEYS = tuple(one.key for one in WITNESSES)
TEXT = parse_note(checkpoint_of(entries_of(3))).text


def signed_by(*numbers: int) -> Note:
    return sign_note(TEXT, [LOG, *(WITNESSES[number] for number in numbers)], at=7)


@pytest.mark.parametrize("needed", [1, 2, 3, 4])
def test_so_many_are_enough_and_fewer_are_not(needed: int) -> None:
    quorum = Quorum(KEYS, needed)
    for count in range(5):
        note = signed_by(*range(count))
        assert quorum.signed(note) == NAMES[:count]
        if count >= needed:
            assert quorum.check(note) == NAMES[:count]
        else:
            with pytest.raises(QuorumError, match=rf"^{count} of the trusted .* {needed} should have\.$"):
                quorum.check(note)


def test_witnesses_that_the_reader_does_not_trust_do_not_count() -> None:
    quorum = Quorum(KEYS[:2], 2)
    assert quorum.signed(signed_by(2, 3)) == ()
    with pytest.raises(QuorumError):
        quorum.check(signed_by(0, 2, 3))
    assert quorum.check(signed_by(3, 1, 0)) == NAMES[:2]


def test_a_wrong_signature_of_a_trusted_witness_refuses_the_note() -> None:
    wrong = Signature(NAMES[1], KEYS[1].key_id, bytes(72))
    with pytest.raises(NoteSignatureError):
        Quorum(KEYS, 1).check(signed_by(0).with_signature(wrong))


def test_the_signature_of_another_checkpoint_does_not_count() -> None:
    other = sign_note(parse_note(checkpoint_of(entries_of(4))).text, [WITNESSES[0]], at=7).signatures[0]
    with pytest.raises(NoteSignatureError):
        Quorum(KEYS, 1).check(Note(TEXT, (other,)))


def test_a_witness_with_two_keys_counts_once() -> None:
    """A key that is being replaced: both are trusted for a time."""
    new = ed25519_signer(NAMES[0], b"n" * 32, COSIGNATURE)
    quorum = Quorum((*KEYS[:2], new.key), 2)
    note = sign_note(TEXT, [LOG, WITNESSES[0], new], at=7)
    assert quorum.signed(note) == NAMES[:1]
    with pytest.raises(QuorumError):
        quorum.check(note)
    assert quorum.check(sign_note(TEXT, [new, WITNESSES[1]], at=7)) == NAMES[:2]


def test_the_time_of_a_witness_is_that_of_its_later_signature() -> None:
    new = ed25519_signer(NAMES[0], b"n" * 32, COSIGNATURE)
    note = sign_note(TEXT, [LOG, WITNESSES[0], WITNESSES[1]], at=7).with_signature(signature_of(new, TEXT, 9))
    assert Quorum((*KEYS, new.key), 1).times(note) == {NAMES[0]: 9, NAMES[1]: 7}


def test_one_key_under_two_names_is_refused() -> None:
    """A witness does not sign its name: one signature would count for both."""
    again = ed25519_signer(NAMES[1], b"a" * 32, COSIGNATURE)
    with pytest.raises(QuorumError, match="have one key"):
        Quorum((KEYS[0], again.key), 1)


def test_the_key_of_a_log_is_no_witness() -> None:
    with pytest.raises(QuorumError, match="signs the time too"):
        Quorum((*KEYS, LOG.key), 1)


@pytest.mark.parametrize("needed", [0, -1, 5, True, 1.0, None])
def test_a_quorum_that_cannot_be_or_asks_for_nothing_is_refused(needed: int) -> None:
    with pytest.raises(QuorumError, match="1 to 4"):
        Quorum(KEYS, needed)
