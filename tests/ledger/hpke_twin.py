"""HPKE once more, from the text of RFC 9180: base mode, X25519, HKDF-SHA256, AES-256-GCM, reading only."""

import hmac
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEM, KDF, AEAD = 0x0020, 0x0001, 0x0002
KEM_ID = b"KEM" + KEM.to_bytes(2, "big")
SUITE_ID = b"HPKE" + b"".join(one.to_bytes(2, "big") for one in (KEM, KDF, AEAD))


class Schedule(NamedTuple):
    shared_secret: bytes
    key: bytes
    base_nonce: bytes


def schedule(private: bytes, encapsulated: bytes, info: bytes) -> Schedule:
    """Sections 4.1 and 5.1: from what the sender sent to the key and the first nonce."""
    own = X25519PrivateKey.from_private_bytes(private)
    dh = own.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    both = encapsulated + own.public_key().public_bytes_raw()
    shared = expand(KEM_ID, extract(KEM_ID, b"", b"eae_prk", dh), b"shared_secret", both, 32)
    hashes = extract(SUITE_ID, b"", b"psk_id_hash", b"") + extract(SUITE_ID, b"", b"info_hash", info)
    secret = extract(SUITE_ID, shared, b"secret", b"")
    context = b"\0" + hashes  # mode 0: base
    return Schedule(
        shared, expand(SUITE_ID, secret, b"key", context, 32), expand(SUITE_ID, secret, b"base_nonce", context, 12)
    )


def opened(found: Schedule, number: int, ciphertext: bytes, associated: bytes) -> bytes:
    """Section 5.2: open the message of this number."""
    nonce = int.from_bytes(found.base_nonce, "big") ^ number
    return AESGCM(found.key).decrypt(nonce.to_bytes(12, "big"), ciphertext, associated)


def extract(identity: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + identity + label + material, "sha256")


def expand(identity: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + identity + label + info
    assert length <= 32, "one block is enough for all that is asked for here"
    return hmac.digest(key, labelled + b"\x01", "sha256")[:length]
