"""Envelopes: the one form of bytes in which a private payload is handed around.

Canonical JSON of the ledger's id, the payload's name, its owner, the ciphertext, and for each recipient a copy of the
payload key, wrapped for one of its keys. Reading refuses every other form. Whether an envelope is genuine is for
`ledger.privacy.opening` to say, against the record on the ledger.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ledger.canonical import decode, encode
from ledger.errors import BadEnvelopeError, BadFieldError, FormatError
from ledger.schema import DIGEST, IDENTIFIER, MEMBER, Kind, Schema, matching, shown, whole_number

__all__ = ["MOST_CIPHERTEXT", "Copy", "Envelope", "envelope_bytes", "read_envelope"]

MOST_CIPHERTEXT = 4 * 2**20
"""The most bytes of ciphertext in one envelope."""
_HEXADECIMAL = matching("bytes in lower-case hexadecimal", r"[0-9a-f]*")
_OBJECT = Kind("an object", lambda value: type(value) is dict)
_CIPHERTEXT = Kind(
    f"1 to {MOST_CIPHERTEXT} bytes in lower-case hexadecimal",
    lambda value: _HEXADECIMAL.holds(value) and len(value) % 2 == 0 and 2 <= len(value) <= 2 * MOST_CIPHERTEXT,
)
_ENVELOPE = Schema(
    {
        "ciphertext": _CIPHERTEXT,
        "copies": _OBJECT,
        "format": whole_number(1, 1),
        "ledger": DIGEST,
        "owner": MEMBER,
        "payload": IDENTIFIER,
    }
)
_COPY = Schema(
    {
        "key": whole_number(1, 1_000_000),
        "wrapped": matching("1 to 1024 bytes in lower-case hexadecimal", r"(?:[0-9a-f]{2}){1,1024}"),
    }
)


class Copy(NamedTuple):
    """A payload key wrapped for one recipient: the number of its public key, and the wrapped bytes."""

    key: int
    wrapped: bytes


class Envelope(NamedTuple):
    """What is handed around.

    Parameters
    ----------
    ledger, payload, owner
        Whose it is: id of the ledger, name of the payload, organisation that made it.
    ciphertext
        Salt and payload, sealed.
    copies
        By recipient.
    """

    ledger: str
    payload: str
    owner: str
    ciphertext: bytes
    copies: Mapping[str, Copy]


def envelope_bytes(envelope: Envelope) -> bytes:
    """Return the canonical bytes of an envelope.

    Raises
    ------
    BadEnvelopeError
        If it holds what it may not.

    Examples
    --------
    >>> envelope_bytes(Envelope("ab" * 32, "P1", "core", b"...", {}))[:40]
    b'{"ciphertext":"2e2e2e","copies":{},"form'
    """
    copies = {name: {"key": one.key, "wrapped": one.wrapped.hex()} for name, one in envelope.copies.items()}
    value = {**envelope._asdict(), "ciphertext": envelope.ciphertext.hex(), "copies": copies, "format": 1}
    try:
        _check(value)
        return encode(value)
    except FormatError as error:
        raise BadEnvelopeError(f"the envelope can not be written: {error}") from None


def read_envelope(data: bytes) -> Envelope:
    """Read an envelope.

    Raises
    ------
    BadEnvelopeError
        If the bytes are not one in canonical form.

    Examples
    --------
    >>> read_envelope(b"{}")
    Traceback (most recent call last):
    ledger.errors.faults.BadEnvelopeError: the envelope can not be read: envelope.ciphertext is missing, ...
    """
    try:
        value = decode(data)
        _check(value)
    except FormatError as error:
        raise BadEnvelopeError(f"the envelope can not be read: {error}") from None
    copies = {name: Copy(one["key"], bytes.fromhex(one["wrapped"])) for name, one in value["copies"].items()}
    ciphertext = bytes.fromhex(value["ciphertext"])
    return Envelope(value["ledger"], value["payload"], value["owner"], ciphertext, copies)


def _check(value: Any) -> None:
    _ENVELOPE.check(value, "envelope")
    for name, one in value["copies"].items():
        _COPY.check(one, f"envelope.copies.{name[:64]}")
        if not MEMBER.holds(name):
            raise BadFieldError(f"envelope.copies has the name {shown(name)}, it must be {MEMBER.wish}")
