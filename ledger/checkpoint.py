"""Checkpoints: what a log says of itself, in three lines: its name, its size and the root of its tree.

A checkpoint is the text of a signed note. Who has one that is signed by the log and cosigned by witnesses can check any
entry with an inclusion proof, and that a later checkpoint only added to it with a consistency proof.

There is one form for each checkpoint: what `parse_checkpoint` accepts, `Checkpoint.text` gives back. Further lines
(extensions) are carried but not understood; the specification advises against them.

References
----------
C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint).
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.errors import CheckpointError
from ledger.notes import Note, parse_note, verify_note
from ledger.verifier_keys import VerifierKey, base64_decoded

__all__ = ["LARGEST_LOG", "Checkpoint", "open_checkpoint", "parse_checkpoint"]

LARGEST_LOG = 2**63 - 1  # readers in other languages keep sizes in signed 64-bit numbers
ROOT_BYTES = 32  # SHA-256 and SM3 alike
SIZE = re.compile("0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """Name of the log, number of entries, root of the tree, and any further lines.

    Raises
    ------
    CheckpointError
        If a line is empty or would break into two, or size or root are not what they should be.

    Examples
    --------
    >>> print(Checkpoint("log.example", 2, bytes(32)).text, end="")
    log.example
    2
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        for what, line in [("origin", self.origin), *(("extension", line) for line in self.extensions)]:
            if type(line) is not str or not line or any(letter < " " for letter in line):
                raise CheckpointError(f"The {what} of a checkpoint should be one line of text that is not empty.")
        if type(self.size) is not int or not 0 <= self.size <= LARGEST_LOG:
            raise CheckpointError("The size of a checkpoint should be a whole number from 0 to 2**63 - 1.")
        if type(self.root) is not bytes or len(self.root) != ROOT_BYTES:
            raise CheckpointError(f"The root of a checkpoint should be {ROOT_BYTES} bytes.")

    @property
    def text(self) -> str:
        """The text of its note."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that the text of a note stands for.

    Raises
    ------
    CheckpointError
        If it is not one, in its one form.

    Examples
    --------
    >>> one = Checkpoint("log.example", 2, bytes(32))
    >>> parse_checkpoint(one.text) == one
    True
    >>> parse_checkpoint(one.text.replace("2", "02"))
    Traceback (most recent call last):
    ...
    ledger.errors.faults.CheckpointError: The size of a checkpoint should be a decimal number without leading zeroes.
    """
    if type(text) is not str or not text.endswith("\n") or text.count("\n") < 3:
        raise CheckpointError("A checkpoint should have three lines (origin, size, root), each with a line feed.")
    origin, size, written, *extensions = text[:-1].split("\n")
    if not SIZE.fullmatch(size):
        raise CheckpointError("The size of a checkpoint should be a decimal number without leading zeroes.")
    root = base64_decoded(written)
    if root is None:
        raise CheckpointError("The root of a checkpoint should be base64 in its one exact form.")
    return Checkpoint(origin, int(size), root, tuple(extensions))


def open_checkpoint(data: bytes, keys: Iterable[VerifierKey]) -> tuple[Checkpoint, Note]:
    """Return the checkpoint in a signed note, and the note, if a trusted key has signed it.

    Parameters
    ----------
    data
        Bytes of the note.
    keys
        The keys of the log.

    Raises
    ------
    NoteError
        If it is not a note; its subclasses, if no trusted key has signed it, or wrongly.
    CheckpointError
        If the text is not a checkpoint.

    Examples
    --------
    >>> from ledger.notes import sign_note
    >>> from ledger.verifier_keys import ed25519_signer
    >>> log = ed25519_signer("log.example", bytes(32))
    >>> note = sign_note(Checkpoint("log.example", 2, bytes(32)).text, [log])
    >>> open_checkpoint(note.encode(), [log.key])[0].size
    2
    """
    note = parse_note(data)
    verify_note(note, keys)
    return parse_checkpoint(note.text), note
