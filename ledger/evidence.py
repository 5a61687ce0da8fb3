r"""Evidence: two checkpoints that one log has signed and that can not both be true.

A log that is asked the same question twice must answer alike. It has contradicted itself if it signed two roots for one
size; or, since the checkpoints of this ledger name a block's number and digest in a line of their own, two digests for
one block number, which shows forks whose sizes differ too. Whoever has both notes and knows the log's key can check it,
without either ledger and without believing whoever brings them.

The file is made to be read by people: a title, the verifier key, and the two notes, each after its length in bytes.
"""

import re
from pathlib import Path
from typing import NamedTuple

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import EvidenceError, LedgerError
from ledger.verifier_keys import VerifierKey, parse_verifier_key

__all__ = [
    "TITLE",
    "Evidence",
    "check_evidence",
    "contradiction",
    "is_evidence",
    "parse_evidence",
    "read_evidence",
    "write_evidence",
]

TITLE = "evidence of a forked log, version 1"
_BLOCK = re.compile(r"block (0|[1-9][0-9]{0,18}) ([0-9a-f]{64})", re.ASCII)
_NOTE = re.compile(rb"note of ([1-9][0-9]{0,6}) bytes\n")
_LONGEST = 4_000_000


class Evidence(NamedTuple):
    """Two signed notes of one log.

    Parameters
    ----------
    key
        The verifier key of the log, as whoever collected the notes knows it.
    first, second
        The notes, byte for byte.
    """

    key: str
    first: bytes
    second: bytes

    def encode(self) -> bytes:
        """Return the bytes of its file."""
        notes = b"".join(b"note of %d bytes\n%b" % (len(one), one) for one in (self.first, self.second))
        return f"{TITLE}\n{self.key}\n\n".encode() + notes


def contradiction(one: Checkpoint, other: Checkpoint) -> str | None:
    """Say how two checkpoints of a log contradict each other, or None if both may be true.

    None does not say that one continues the other: that takes a consistency proof.

    Examples
    --------
    >>> contradiction(Checkpoint("log.example", 2, bytes(32)), Checkpoint("log.example", 2, b"r" * 32))
    'two roots for the size 2'
    >>> contradiction(Checkpoint("log.example", 2, bytes(32)), Checkpoint("log.example", 3, b"r" * 32))
    """
    if one.origin != other.origin:
        return None
    if one.size == other.size and one.root != other.root:
        return f"two roots for the size {one.size}"
    blocks, others = _blocks(one), _blocks(other)
    for number in sorted(blocks.keys() & others.keys()):
        if blocks[number] != others[number]:
            return f"two digests for the block {number}"
    return None


def check_evidence(evidence: Evidence, key: VerifierKey | None = None) -> str:
    """Check evidence, and say in a few words what the log has contradicted itself in.

    Parameters
    ----------
    evidence
        What somebody brought.
    key
        The log's key as the reader knows it. Without it the key in the evidence is taken: then the reader must see for
        themself whose it is.

    Raises
    ------
    EvidenceError
        If the log has not signed both, or both may be true.

    Examples
    --------
    >>> from ledger.notes import sign_note
    >>> from ledger.verifier_keys import ed25519_signer
    >>> log = ed25519_signer("log.example", bytes(32))
    >>> texts = [Checkpoint("log.example", 2, root).text for root in (bytes(32), b"r" * 32)]
    >>> check_evidence(Evidence(str(log.key), *(sign_note(text, [log]).encode() for text in texts)))
    'two roots for the size 2'
    """
    try:
        named = parse_verifier_key(evidence.key)
        if key is not None and named != key:
            raise EvidenceError(f"The evidence is about the key {named}; the log's is {key}.")
        one, _ = open_checkpoint(evidence.first, [named])
        other, _ = open_checkpoint(evidence.second, [named])
    except EvidenceError:
        raise
    except LedgerError as error:
        raise EvidenceError(f"The notes are no evidence: {error}") from None
    found = contradiction(one, other)
    if found is None:
        raise EvidenceError(
            f"The notes are no evidence: {one.origin} may have had {one.size} entries as in the first, "
            f"and {other.size} as in the second."
        )
    return found


def is_evidence(path: Path) -> bool:
    """Return whether a file begins as evidence does.

    Examples
    --------
    >>> is_evidence(Path("nowhere"))
    False
    """
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(TITLE) + 1) == f"{TITLE}\n".encode()


def parse_evidence(data: bytes) -> Evidence:
    """Return the evidence in the bytes of a file; nothing is checked but its form.

    Raises
    ------
    EvidenceError
        If they are not in the one form in which evidence is written.
    """
    head, _, rest = data[:_LONGEST].partition(b"\n\n")
    title, _, key = head.partition(b"\n")
    notes = []
    for _ in range(2):
        matched = _NOTE.match(rest)
        if matched is None:
            break
        end = matched.end() + int(matched[1])
        notes.append(rest[matched.end() : end])
        rest = rest[end:]
    try:
        evidence = Evidence(key.decode(), notes[0], notes[1])
    except (UnicodeDecodeError, IndexError):
        evidence = None
    if title != TITLE.encode() or evidence is None or evidence.encode() != data:
        raise EvidenceError(f"A file of evidence should have {TITLE!r}, a verifier key, and two notes with lengths.")
    return evidence


def read_evidence(path: Path) -> Evidence:
    """Return the evidence in a file.

    Raises
    ------
    EvidenceError
        If there is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LONGEST + 1)
    except OSError as error:
        raise EvidenceError(f"{path} can not be read: {error.strerror}") from None
    return parse_evidence(data)


def write_evidence(evidence: Evidence, path: Path) -> None:
    """Write evidence that holds into a new file; what is there already is not overwritten.

    Raises
    ------
    EvidenceError
        If it does not hold, or the file can not be made.
    """
    check_evidence(evidence)
    try:
        with path.open("xb") as file:
            file.write(evidence.encode())
    except OSError as error:
        raise EvidenceError(f"{path} can not be written: {error.strerror}") from None


def _blocks(checkpoint: Checkpoint) -> dict[str, str]:
    matched = (_BLOCK.fullmatch(line) for line in checkpoint.extensions)
    return {one[1]: one[2] for one in matched if one}
