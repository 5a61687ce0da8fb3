"""A crypto suite: the algorithms that one ledger uses for everything, fixed when it is founded.

Keys, signatures and digests are plain bytes of fixed length, so that records and logs need not know the suite.
"""

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Suite"]


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
        From a private key (32 bytes) to the public key that verifies.
    sign
        From a private key and a message to a signature of 64 bytes.
    verify
        From a public key, a message and a signature to nothing; raises `BadSignatureError` if it is not good.
    seal, unseal
        Authenticated encryption: key, nonce of 12 bytes, plaintext or ciphertext, and associated data, to the other;
        `unseal` raises `BadEnvelopeError`.
    key_bytes
        Length of the key that `seal` takes.
    recipient_key
        From a private key (32 bytes) to the public key that `wrap` takes; not the signing pair.
    wrap, unwrap
        Encryption to a recipient: public (or private) key, plaintext (or ciphertext), and context, to the other;
        `unwrap` raises `BadEnvelopeError`.
    signing_key_bytes, recipient_key_bytes
        Lengths of the two kinds of public keys.
    """

    name: str
    hash: Callable[[bytes], bytes]
    public_key: Callable[[bytes], bytes]
    sign: Callable[[bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], None]
    seal: Callable[[bytes, bytes, bytes, bytes], bytes]
    unseal: Callable[[bytes, bytes, bytes, bytes], bytes]
    key_bytes: int
    recipient_key: Callable[[bytes], bytes]
    wrap: Callable[[bytes, bytes, bytes], bytes]
    unwrap: Callable[[bytes, bytes, bytes], bytes]
    signing_key_bytes: int = 32
    recipient_key_bytes: int = 32
