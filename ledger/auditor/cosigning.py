"""Cosigning: the operator's side of a witness: asks it to sign the last checkpoint of a ledger.

The ledger may be a file or a bundle. A witness that has signed an earlier checkpoint is shown that the log only grew
since; which one that was it says itself.
"""

import re
from collections.abc import Callable
from pathlib import Path

from ledger.auditor.proof import growth_since
from ledger.errors import NoteError, UnsignedNoteError, WitnessError
from ledger.notes import Note, Signature, parse_note, parse_signature, verify_note
from ledger.verifier_keys import VerifierKey
from ledger.witness_protocol import Answer, Request

__all__ = ["cosign"]

_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


def cosign(path: Path | str, ask: Callable[[bytes], Answer], key: VerifierKey, old_size: int = 0) -> Signature:
    """Return a witness's signature under the last checkpoint of a ledger.

    Parameters
    ----------
    path
        The ledger.
    ask
        Brings a request to the witness and its answer back: `functools.partial(respond, witness)`, or a network.
    key
        The witness's verifier key, as the operator knows it.
    old_size
        Size of the last checkpoint that the witness signed, if the operator knows it.

    Raises
    ------
    WitnessError
        If the witness refuses, or its answer is not a signature of its key; what it said is in the message.
    LedgerError
        If the ledger does not hold, or has not as many entries as the witness has seen: it was rolled back.
    """
    answer, note = _asked(path, ask, old_size)
    matched = _SIZE.fullmatch(answer.body)
    if answer.status == 409 and matched is not None:
        answer, note = _asked(path, ask, int(matched[1]))
    if answer.status != 200:
        said = answer.body.decode(errors="replace").strip()
        raise WitnessError(f"The witness {key.name} has not signed; it answers {answer.status}: {said}")
    return _signature(answer.body, parse_note(note), key)


def _asked(path: Path | str, ask: Callable[[bytes], Answer], old_size: int) -> tuple[Answer, bytes]:
    proof, note = growth_since(path, old_size)
    return ask(Request(old_size, tuple(proof), note).encode()), note


def _signature(body: bytes, note: Note, key: VerifierKey) -> Signature:
    """Return the signature of a key among the lines of an answer; those of keys that are not known are passed over."""
    try:
        for line in body.decode().splitlines(keepends=True):
            one = parse_signature(line)
            if (one.name, one.key_id) == (key.name, key.key_id):
                verify_note(Note(note.text, (one,)), [key])
                return one
        raise UnsignedNoteError("its key has not signed")
    except (UnicodeDecodeError, NoteError) as error:
        raise WitnessError(f"The answer of the witness {key.name} is not its signature: {error}") from None
