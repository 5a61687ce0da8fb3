r"""The witness protocol: what a log asks of a witness, and what it is answered, as bytes.

A request is a line with the size of the last checkpoint that the witness signed, a consistency proof from there, one
hash a line, an empty line, and the new checkpoint. The answer is the witness's signature line, or a refusal with the
number that HTTP has for it. There is no server here: `respond` may be mounted in any, as `POST .../add-checkpoint`.

References
----------
C2SP tlog-witness (c2sp.org/tlog-witness).
"""

import base64
import re
from typing import NamedTuple

from ledger.checkpoint import LARGEST_LOG, parse_checkpoint
from ledger.errors import (
    CheckpointError,
    EquivocationError,
    LedgerError,
    NoteSignatureError,
    OldSizeError,
    ProofError,
    RollbackError,
    StoredWitnessError,
    UnknownLogError,
    UnsignedNoteError,
    WitnessRequestError,
)
from ledger.notes import MOST_NOTE_BYTES, parse_note
from ledger.verifier_keys import base64_decoded
from ledger.witness import Witness

__all__ = ["MOST_HASHES", "Answer", "Request", "parse_request", "respond"]

MOST_HASHES = 63
HASH_BYTES = 32
_OLD = re.compile("old (0|[1-9][0-9]{0,18})", re.ASCII)
_LONGEST_HEAD = len("old \n") + 19 + MOST_HASHES * 45


class Request(NamedTuple):
    """What a log asks: to sign a checkpoint, with the proof that it continues the last.

    Parameters
    ----------
    old_size
        Size of the last checkpoint that the witness signed.
    proof
        Consistency proof from there.
    checkpoint
        The signed note.
    """

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def encode(self) -> bytes:
        """Return the bytes of the request.

        Raises
        ------
        WitnessRequestError
            If they could not be read back: too many hashes, one that is none, or a size that is none.
        """
        hashes = "".join(base64.b64encode(one).decode() + "\n" for one in self.proof)
        data = f"old {self.old_size}\n{hashes}\n".encode() + self.checkpoint
        parse_request(data)
        return data


class Answer(NamedTuple):
    """What a witness answers: the status of HTTP, the type of the body, the body; and the refusal, for its records."""

    status: int
    kind: str
    body: bytes
    refusal: LedgerError | None = None


def parse_request(data: bytes) -> Request:
    r"""Return the request that bytes stand for; its checkpoint is not looked at.

    Raises
    ------
    WitnessRequestError
        If they are not a request in its one form.

    Examples
    --------
    >>> parse_request(b"old 0\n\nlog.example\n...")
    Request(old_size=0, proof=(), checkpoint=b'log.example\n...')
    >>> parse_request(b"old 01\n\nlog.example\n...")
    Traceback (most recent call last):
    ...
    ledger.errors.faults.WitnessRequestError: The first line should be "old" and a size without leading zeroes.
    """
    head, divider, checkpoint = data[: _LONGEST_HEAD + 2].partition(b"\n\n")
    checkpoint += data[_LONGEST_HEAD + 2 :]
    if not divider or not head.isascii():
        raise WitnessRequestError(f"A request should have a size, at most {MOST_HASHES} hashes, and an empty line.")
    old, *lines = head.decode().split("\n")
    matched = _OLD.fullmatch(old)
    if matched is None or int(matched[1]) > LARGEST_LOG:
        raise WitnessRequestError('The first line should be "old" and a size without leading zeroes.')
    hashes = [one for one in map(base64_decoded, lines) if one is not None and len(one) == HASH_BYTES]
    if len(hashes) != len(lines) or len(hashes) > MOST_HASHES:
        raise WitnessRequestError(
            f"A proof should be at most {MOST_HASHES} lines of {HASH_BYTES} bytes in exact base64."
        )
    if not 0 < len(checkpoint) <= MOST_NOTE_BYTES:
        raise WitnessRequestError(f"After the empty line should be a checkpoint, of at most {MOST_NOTE_BYTES} bytes.")
    return Request(int(matched[1]), tuple(hashes), checkpoint)


def respond(witness: Witness, body: bytes) -> Answer:
    """Answer a request.

    Parameters
    ----------
    witness
        Who is asked.
    body
        What came in.

    Returns
    -------
    Answer
        Status 200 with a signature line; 404 for an unknown log, 403 if the log has not signed, 409 with the last size
        if the request starts at another, 422 if the log did not only grow, 400 if it cannot be read, 500 if the
        witness's own file is damaged.
    """
    try:
        request = parse_request(body)
        signature = witness.add_checkpoint(request.checkpoint, request.old_size, request.proof)
    except LedgerError as error:
        return _refused(witness, body, error)
    return Answer(200, "text/plain; charset=utf-8", signature.line.encode())


def _refused(witness: Witness, body: bytes, error: LedgerError) -> Answer:
    if isinstance(error, OldSizeError | EquivocationError | RollbackError):
        request = parse_request(body)
        checkpoint = parse_checkpoint(parse_note(request.checkpoint).text)
        last = witness.size(checkpoint.origin)
        if request.old_size > checkpoint.size:
            return _in_words(400, error)
        if request.old_size != last:
            return Answer(409, "text/x.tlog.size", b"%d\n" % last, error)
    return _in_words(next((status for kinds, status in _STATUS if isinstance(error, kinds)), 400), error)


def _in_words(status: int, error: LedgerError) -> Answer:
    return Answer(status, "text/plain; charset=utf-8", f"{error}\n".encode(errors="replace"), error)


_STATUS: tuple[tuple[tuple[type[LedgerError], ...], int], ...] = (
    ((UnknownLogError,), 404),
    ((NoteSignatureError, UnsignedNoteError), 403),
    ((EquivocationError, ProofError), 422),
    ((StoredWitnessError,), 500),
    ((CheckpointError,), 400),
)
