"""Commitments: what the log holds of a private payload, and how salt and payload lie in the ciphertext.

A commitment is the hash of a random salt with the ledger's id, the owner, the payload's name and the payload itself in
canonical form. Without the salt nobody can try out payloads against it, however few there are; with it the owner can
not show two of them. Encryption alone would not do: with AES-GCM, and whatever else is not committing, a sender can
make one ciphertext that opens to different texts under different keys.

The salt travels inside the ciphertext, before the payload, so that it is erased together with the key. The rest is
filled with zero bytes up to a multiple of 256, so that the length of an envelope says little; a payload ends in no zero
byte, so that the filling comes off in one way.
"""

from collections.abc import Callable
from typing import Any

from ledger.canonical import decode, encode
from ledger.errors import BadEnvelopeError, FormatError

__all__ = ["SALT_BYTES", "commitment", "packed", "unpacked"]

SALT_BYTES = 32
_STEP = 256


def commitment(
    digest: Callable[[bytes], bytes], ledger: str, owner: str, payload: str, salt: bytes, content: Any
) -> str:
    """Return the commitment to a payload, 64 hexadecimal digits.

    Parameters
    ----------
    digest
        The hash of the ledger's suite.
    salt
        32 random bytes, of this payload alone.
    content
        Whatever canonical JSON can hold.

    Raises
    ------
    CanonicalError
        If the content is not such.

    Examples
    --------
    >>> from hashlib import sha256
    >>> commitment(lambda data: sha256(data).digest(), "ab" * 32, "core", "P1", bytes(32), {"price": 5})[:8]
    '7901a9c2'
    """
    return digest(b"hexi payload\x00" + salt + encode([ledger, owner, payload, content])).hex()


def packed(salt: bytes, content: Any) -> bytes:
    """Return salt and content as they are encrypted.

    Examples
    --------
    >>> len(packed(bytes(32), {"price": 5}))
    256
    """
    plain = salt + encode(content)
    return plain + bytes(-len(plain) % _STEP)


def unpacked(plain: bytes) -> tuple[bytes, Any]:
    """Return salt and content of decrypted bytes.

    Raises
    ------
    BadEnvelopeError
        If they are not in the one form.

    Examples
    --------
    >>> unpacked(packed(bytes(32), {"price": 5}))[1]
    {'price': 5}
    """
    salt, written = plain[:SALT_BYTES], plain[SALT_BYTES:].rstrip(b"\x00")
    try:
        content = decode(written)
    except FormatError as error:
        raise BadEnvelopeError(f"the envelope opens, but holds no payload: {error}") from None
    if packed(salt, content) != plain:
        raise BadEnvelopeError(f"the envelope opens, but is not filled up to a multiple of {_STEP} bytes")
    return salt, content
