"""A crypto suite: the algorithms that one ledger uses for everything, fixed when it is founded.

Keys, signatures and digests are plain bytes of fixed length, so that records and logs need not know the suite.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ledger.errors import BadEnvelopeError, BadKeyError

__all__ = ["NONCE_BYTES", "Suite", "check_length", "check_sealing"]

NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Suite:
    """The algorithms of a ledger.

    Parameters
    ----------
    name
        As the genesis gives it.
    hash
        From bytes to a digest of 32 bytes.
    public_key
        From a private key (32 bytes) to the public key that verifies; raises `BadKeyError` if it is not one.
    check_key
        From a public key that verifies to nothing; raises `BadKeyError` if no good signature could be one under it.
    sign
        From a private key and a message to a signature of 64 bytes.
    verify
        From a public key, a message and a signature to nothing; raises `BadSignatureError` if it is not good, whatever
        is wrong with it or with the key.
    seal, unseal
        Authenticated encryption: key, nonce of 12 bytes, plaintext or ciphertext, and associated data, to the other;
        `unseal` raises `BadEnvelopeError`. A nonce must never come twice under one key.
    key_bytes
        Length of the key that `seal` takes.
    recipient_key
        From a private key (32 bytes) to the public key that `wrap` takes; not the signing pair.
    check_recipient_key
        From such a public key to nothing; raises `BadKeyError` if nothing can be wrapped for it. Without chance.
    wrap, unwrap
        Encryption to a recipient: public (or private) key, plaintext (or ciphertext), and context, to the other;
        `wrap` raises `BadKeyError`, `unwrap` `BadEnvelopeError`.
    signing_key_bytes, recipient_key_bytes
        Lengths of the two kinds of public keys.
    """

    name: str
    hash: Callable[[bytes], bytes]
    public_key: Callable[[bytes], bytes]
    check_key: Callable[[bytes], None]
    sign: Callable[[bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], None]
    seal: Callable[[bytes, bytes, bytes, bytes], bytes]
    unseal: Callable[[bytes, bytes, bytes, bytes], bytes]
    key_bytes: int
    recipient_key: Callable[[bytes], bytes]
    check_recipient_key: Callable[[bytes], None]
    wrap: Callable[[bytes, bytes, bytes], bytes]
    unwrap: Callable[[bytes, bytes, bytes], bytes]
    signing_key_bytes: int = 32
    recipient_key_bytes: int = 32


def check_length(key: bytes, length: int, what: str) -> None:
    """Refuse a key that is not bytes of its one length.

    Raises
    ------
    BadKeyError
        The message names the length, never the key.

    Examples
    --------
    >>> check_length(b"short", 32, "private key")
    Traceback (most recent call last):
    ledger.errors.faults.BadKeyError: the private key must be 32 bytes
    """
    if type(key) is not bytes or len(key) != length:
        raise BadKeyError(f"the {what} must be {length} bytes")


def check_sealing(key: bytes, length: int, nonce: bytes) -> None:
    """Refuse a key or a nonce that `seal` does not take.

    Raises
    ------
    BadKeyError
        If the key has another length than this.
    BadEnvelopeError
        If the nonce has.
    """
    check_length(key, length, "key that seals")
    if type(nonce) is not bytes or len(nonce) != NONCE_BYTES:
        raise BadEnvelopeError(f"the nonce must be {NONCE_BYTES} bytes")
