"""Suite ed25519-sha256-aesgcm: Ed25519 signatures, SHA-256, AES-256-GCM, and HPKE with X25519.

Signatures are verified by one verifier, libsodium's through PyNaCl, as a rule of consensus: verifiers disagree on odd
signatures (a key of small order, an `S` that is not reduced, an `R` that is not canonical), and a ledger whose members
disagree on one signature has forked. libsodium refuses all of these, and does not multiply by the cofactor; tests pin
its verdict on each kind, because a later version that says otherwise would be another suite. Stricter still, a key
comes into the ledger only if it is a point of the prime-order group (`check_key`).

Key pairs that have signed stay in memory, up to a thousand: to derive one takes as long as to sign with it.

References
----------
RFC 8032 (Ed25519); RFC 9180 (HPKE); Chalkias, Garillot and Nikolaenko (2020), Taming the many EdDSAs.
"""

from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM
from cryptography.hazmat.primitives.hpke import Suite as Hpke
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.bindings import (
    crypto_core_ed25519_is_valid_point,
    crypto_sign,
    crypto_sign_open,
    crypto_sign_seed_keypair,
)
from nacl.exceptions import BadSignatureError as NaclBadSignature

from ledger.errors import BadEnvelopeError, BadKeyError, BadSignatureError
from ledger.frontier import sha256
from ledger.suites.suite import Suite, check_length, check_sealing

__all__ = ["SUITE"]

_FIELD = 2**255 - 19
_PROBE = X25519PrivateKey.from_private_bytes(bytes(32))
"""Any private key does: X25519 makes each a multiple of 8, which brings points of small order to zero."""
_HPKE = Hpke(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_SIGNATURE_BYTES, _KEY_BYTES, _SEALING_BYTES = 64, 32, 32


@lru_cache(maxsize=1_000)
def _pair(private: bytes) -> tuple[bytes, bytes]:
    public, secret = crypto_sign_seed_keypair(private)
    return public, secret


def _public_key(private: bytes) -> bytes:
    check_length(private, _KEY_BYTES, "private key")
    return _pair(private)[0]


def _check_key(public: bytes) -> None:
    check_length(public, _KEY_BYTES, "public key")
    if not crypto_core_ed25519_is_valid_point(public):
        raise BadKeyError(f"the public key {public.hex()} is not a point of the prime-order group of Ed25519")


def _sign(private: bytes, message: bytes) -> bytes:
    check_length(private, _KEY_BYTES, "private key")
    return bytes(crypto_sign(message, _pair(private)[1])[:_SIGNATURE_BYTES])


def _verify(public: bytes, message: bytes, signature: bytes) -> None:
    if len(signature) != _SIGNATURE_BYTES or len(public) != _KEY_BYTES:
        raise BadSignatureError("a signature has 64 bytes and its public key 32; these have other lengths")
    try:
        crypto_sign_open(signature + message, public)
    except NaclBadSignature:
        raise BadSignatureError(f"the signature {signature.hex()[:16]}... is not good for the signed message") from None


def _seal(key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
    check_sealing(key, _SEALING_BYTES, nonce)
    return AESGCM(key).encrypt(nonce, plaintext, associated)


def _unseal(key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
    try:
        check_sealing(key, _SEALING_BYTES, nonce)
        return AESGCM(key).decrypt(nonce, ciphertext, associated)
    except (InvalidTag, ValueError, BadKeyError):
        raise BadEnvelopeError("the sealed bytes do not open: another key, another context, or changed bytes") from None


def _recipient_key(private: bytes) -> bytes:
    check_length(private, _KEY_BYTES, "private key")
    key = X25519PrivateKey.from_private_bytes(private).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _check_recipient_key(public: bytes) -> None:
    """Refuse points of small order, and numbers that X25519 would reduce: HPKE hashes the one form of a key."""
    check_length(public, _KEY_BYTES, "public key")
    try:
        _PROBE.exchange(X25519PublicKey.from_public_bytes(public))
        is_reduced = int.from_bytes(public, "little") < _FIELD
    except ValueError:
        is_reduced = False
    if not is_reduced:
        raise BadKeyError("the recipient's public key is not a point that a secret can be shared with")


def _wrap(public: bytes, plaintext: bytes, context: bytes) -> bytes:
    check_length(public, _KEY_BYTES, "public key")
    try:
        return _HPKE.encrypt(plaintext, X25519PublicKey.from_public_bytes(public), context)
    except ValueError:
        raise BadKeyError("the recipient's public key is not a point that a secret can be shared with") from None


def _unwrap(private: bytes, wrapped: bytes, context: bytes) -> bytes:
    check_length(private, _KEY_BYTES, "private key")
    try:
        return _HPKE.decrypt(wrapped, X25519PrivateKey.from_private_bytes(private), context)
    except (InvalidTag, ValueError):
        raise BadEnvelopeError("the wrapped key does not open: it is for another recipient, or was changed") from None


SUITE = Suite(
    name="ed25519-sha256-aesgcm",
    hash=sha256,
    public_key=_public_key,
    check_key=_check_key,
    sign=_sign,
    verify=_verify,
    seal=_seal,
    unseal=_unseal,
    key_bytes=_SEALING_BYTES,
    recipient_key=_recipient_key,
    check_recipient_key=_check_recipient_key,
    wrap=_wrap,
    unwrap=_unwrap,
)
