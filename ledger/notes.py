"""Signed notes: text that people can read, with signatures below it.

A note is a text that ends with a line feed, an empty line, and one line for each signature: a dash, the name of the
key, and base64 of the key's id and its signature. Log, witnesses and members can each add theirs to the same text.

A text counts for nothing before `verify_note` has found the signature of a trusted key. Signatures of unknown keys are
ignored; a wrong signature under a trusted key refuses the whole note. Stricter than the specification, there is one
form of each note: base64 is read strictly, and a key signs once (elsewhere a repeated signature is skipped).

References
----------
C2SP signed-note (c2sp.org/signed-note); the limit of 100 signatures is that of Go's golang.org/x/mod/sumdb/note.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ledger.errors import NoteError, NoteSignatureError, UnsignedNoteError, VerifierKeyError
from ledger.verifier_keys import Signer, VerifierKey, base64_decoded, is_name

__all__ = [
    "MOST_NOTE_BYTES",
    "MOST_SIGNATURES",
    "Note",
    "Signature",
    "Verified",
    "parse_note",
    "parse_signature",
    "sign_note",
    "signature_of",
    "verify_note",
]

MOST_NOTE_BYTES = 1_000_000
MOST_SIGNATURES = 100
DASH = "\u2014 "
CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True)
class Signature:
    """One signature line: who says to have signed, and the signature; nothing is checked yet."""

    name: str
    key_id: bytes
    payload: bytes

    @property
    def line(self) -> str:
        """The line of the note, with its line feed."""
        return f"{DASH}{self.name} {base64.b64encode(self.key_id + self.payload).decode()}\n"


@dataclass(frozen=True)
class Verified:
    """A signature that is right: whose, and when it says it was made (unix seconds; 0 for types without a time)."""

    key: VerifierKey
    signed_at: int


@dataclass(frozen=True)
class Note:
    """A text and its signatures, well formed but not yet believed.

    Raises
    ------
    NoteError
        If the text does not end with a line feed or holds a control character, or a key signs twice.
    """

    text: str
    signatures: tuple[Signature, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        if type(self.text) is not str or not self.text.endswith("\n"):
            raise NoteError("The text of a note should be text that ends with a line feed.")
        if CONTROL.search(self.text):
            raise NoteError("The text of a note should hold no control characters but line feeds.")
        if len(self.signatures) > MOST_SIGNATURES:
            raise NoteError(f"A note has {len(self.signatures)} signatures; it should have at most {MOST_SIGNATURES}.")
        signers = [(one.name, one.key_id) for one in self.signatures]
        for signer in signers:
            if signers.count(signer) > 1:
                raise NoteError(f"{signer[0]} has signed twice with the key {signer[1].hex()}; once is right.")

    def with_signature(self, signature: Signature) -> "Note":
        """Return the note with one more signature, in the place of an older one of the same key."""
        signer = (signature.name, signature.key_id)
        others = tuple(one for one in self.signatures if (one.name, one.key_id) != signer)
        return Note(self.text, (*others, signature))

    def encode(self) -> bytes:
        """Return the bytes of the note.

        Raises
        ------
        NoteError
            If nobody has signed it, it cannot be written in UTF-8, or it is longer than 1,000,000 bytes.
        """
        if not self.signatures:
            raise NoteError("A note should have a signature before it is written.")
        try:
            data = "".join([self.text, "\n", *(one.line for one in self.signatures)]).encode()
        except UnicodeEncodeError:
            raise NoteError("The text of a note should be written in UTF-8, but a character cannot be.") from None
        if len(data) > MOST_NOTE_BYTES:
            raise NoteError(f"A note is {len(data)} bytes long; it should be at most {MOST_NOTE_BYTES}.")
        return data


def parse_note(data: bytes) -> Note:
    r"""Return the text and the signatures of a note; none of them is checked.

    Raises
    ------
    NoteError
        If the bytes are not a signed note in its one form.

    Examples
    --------
    >>> parse_note("Paid.\n\n— bank.example AAAAAAA=\n".encode()).signatures
    (Signature(name='bank.example', key_id=b'\x00\x00\x00\x00', payload=b'\x00'),)
    """
    if type(data) is not bytes:
        raise NoteError(f"A note is of type {type(data).__name__}; it should be bytes.")
    if len(data) > MOST_NOTE_BYTES:
        raise NoteError(f"A note is {len(data)} bytes long; it should be at most {MOST_NOTE_BYTES}.")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise NoteError("A note should be written in UTF-8, but some bytes of it are not.") from None
    # the last empty line divides, for a text may have empty lines of its own
    text, divider, lines = whole.rpartition("\n\n")
    if not divider or not lines.endswith("\n"):
        raise NoteError("A note should be a text, an empty line and signature lines, each with a line feed at its end.")
    if whole.count("\n", len(text) + 2) > MOST_SIGNATURES:
        raise NoteError(f"A note should have at most {MOST_SIGNATURES} signatures; this one has more.")
    return Note(text + "\n", tuple(parse_signature(line + "\n") for line in lines[:-1].split("\n")))


def parse_signature(line: str) -> Signature:
    r"""Return what one signature line says.

    Raises
    ------
    NoteError
        If it is not a dash, a name, a space and base64 of more than 4 bytes, with a line feed.

    Examples
    --------
    >>> parse_signature("— bank.example AAAAAAA=\n").name
    'bank.example'
    """
    if type(line) is not str or not line.startswith(DASH) or not line.endswith("\n"):
        raise NoteError("A signature line should begin with a dash (U+2014) and a space, and end with a line feed.")
    name, _, written = line[len(DASH) : -1].partition(" ")
    if not is_name(name):
        raise NoteError("The name in a signature line should have no spaces, plus signs or control characters.")
    data = base64_decoded(written)
    if data is None or len(data) < 5:
        raise NoteError(f"The signature of {name} should be base64, in its one exact form, of more than 4 bytes.")
    return Signature(name, data[:4], data[4:])


def signature_of(signer: Signer, text: str, at: int = 0) -> Signature:
    r"""Return a signer's signature over the text of a note.

    Parameters
    ----------
    signer
        Who signs.
    text
        The text, with its line feed at the end.
    at
        Time of signing in unix seconds, for types of signature that have one.

    Raises
    ------
    NoteError
        If it is not the text of a note.

    Examples
    --------
    >>> from ledger.verifier_keys import ed25519_signer
    >>> signature_of(ed25519_signer("log.example", bytes(32)), "Paid.\n").line[:28]
    '— log.example 2F9odFZvCIOwIe'
    """
    return Signature(signer.key.name, signer.key.key_id, signer.payload(_text_bytes(text), at))


def sign_note(text: str, signers: Iterable[Signer], at: int = 0) -> Note:
    r"""Return a note over a text, signed by each of the signers.

    Raises
    ------
    NoteError
        If it is not the text of a note, or a key is given twice.

    Examples
    --------
    >>> from ledger.verifier_keys import ed25519_signer
    >>> signer = ed25519_signer("log.example", bytes(32))
    >>> [one.key.name for one in verify_note(sign_note("Paid.\n", [signer]), [signer.key])]
    ['log.example']
    """
    return Note(text, tuple(signature_of(signer, text, at) for signer in signers))


def verify_note(note: Note, keys: Iterable[VerifierKey]) -> tuple[Verified, ...]:
    r"""Return the signatures of trusted keys under a note, in its order.

    Parameters
    ----------
    note
        A note that was parsed or signed.
    keys
        The keys that are trusted.

    Raises
    ------
    UnsignedNoteError
        If no trusted key has signed.
    NoteSignatureError
        If the signature of a trusted key is wrong.
    VerifierKeyError
        If two trusted keys have one name and id.

    Examples
    --------
    >>> from ledger.verifier_keys import ed25519_signer
    >>> bank, stranger = ed25519_signer("bank.example", bytes(32)), ed25519_signer("stranger.example", b"s" * 32)
    >>> verify_note(sign_note("Paid.\n", [stranger]), [bank.key])
    Traceback (most recent call last):
    ...
    ledger.errors.faults.UnsignedNoteError: None of the trusted keys (bank.example) has signed the note.
    """
    trusted: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if trusted.setdefault((key.name, key.key_id), key) != key:
            raise VerifierKeyError(f"Two keys of {key.name} have the id {key.key_id.hex()}; only one may be trusted.")
    text, found = _text_bytes(note.text), []
    for one in note.signatures:
        known = trusted.get((one.name, one.key_id))
        if known is None:
            continue
        signed_at = known.signed_at(one.payload, text)
        if signed_at is None:
            raise NoteSignatureError(f"The signature of {one.name} is wrong: the text or the signature was changed.")
        found.append(Verified(known, signed_at))
    if not found:
        names = ", ".join(sorted({name for name, _ in trusted})) or "there are none"
        raise UnsignedNoteError(f"None of the trusted keys ({names}) has signed the note.")
    return tuple(found)


def _text_bytes(text: str) -> bytes:
    try:
        return Note(text).text.encode()
    except UnicodeEncodeError:
        raise NoteError("The text of a note should be written in UTF-8, but a character cannot be.") from None
