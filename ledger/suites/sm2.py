"""Suite sm2-sm3-sm4, the Chinese national algorithms (国密): SM2 signatures, SM3, SM4-GCM, and SM2 encryption.

A signature is `r || s`, 64 bytes, over SM3(Z_A || message), where Z_A is of the standard identity 1234567812345678. A
public key is `04 || x || y`, 65 bytes; the two other ways to write a point are refused. As with Ed25519 one verifier,
Tongsuo's, is a rule of consensus, and before it comes what the standard asks: r and s from 1 to n - 1, r + s not n.

A log of this suite is a tree of SM3, so that tools for RFC 6962's SHA-256 (Go's `sumdb/tlog` and others) read neither
its tiles nor its proofs; its checkpoints they read if the operator's key is of Ed25519.

SM2 draws a random number for each signature: two signatures of one message differ, and whoever could guess the number
had the key. Transaction ids do not cover signatures, so that nothing hangs on their being one.

To wrap for a recipient is to encrypt SM3(context) || plaintext by SM2, as C1 || C3 || C2. What SM2 encrypts can not be
changed unseen, so that the wrapped bytes open in their own context only, and any SM2 library can read them.

Keys that were parsed stay in memory, private ones up to a thousand: to parse one takes as long as to verify with it.

References
----------
GB/T 32918.2, 32918.4 and 32918.5 (SM2); GB/T 32905 (SM3); GB/T 32907 (SM4); GM/T 0009 (identity, forms in DER).
"""

from functools import lru_cache
from hmac import compare_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SM3, Hash
from tongsuopy.crypto import hashes
from tongsuopy.crypto.asymciphers import ec

# It ships no types.
from tongsuopy.crypto.exceptions import InternalError, InvalidSignature
from tongsuopy.crypto.serialization import Encoding, PublicFormat

from ledger.der import OCTET_STRING, SEQUENCE, content_of, element, fields, integer_element, integer_of
from ledger.errors import BadEnvelopeError, BadKeyError, BadSignatureError
from ledger.suites.suite import Suite, check_length, check_sealing

__all__ = ["FIELD", "ORDER", "SUITE"]

FIELD = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_00000000_FFFFFFFF_FFFFFFFF
"""The prime p of the recommended curve (GB/T 32918.5): coordinates of its points are less."""

ORDER = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123
"""The number n of points of the recommended curve (GB/T 32918.5)."""

_CURVE, _SM2_SM3 = ec.SM2(), ec.ECDSA(hashes.SM3())
_PRIVATE_BYTES, _PUBLIC_BYTES, _SIGNATURE_BYTES, _SEALING_BYTES = 32, 65, 64, 16
_DIGEST_BYTES, _TAG_BYTES = 32, 16
_UNCOMPRESSED = 4


def _hash(data: bytes) -> bytes:
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


@lru_cache(maxsize=1_000)
def _private(private: bytes) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(private, "big")
    if not 1 <= number <= ORDER - 2:
        raise BadKeyError("the private key must be a number from 1 to n - 2, n the order of the curve")
    return ec.derive_private_key(number, _CURVE)


@lru_cache(maxsize=10_000)
def _public(public: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, public)
    except ValueError:
        raise BadKeyError(f"the public key {public.hex()[:18]}... is not a point of the curve of SM2") from None


def _private_key(private: bytes) -> ec.EllipticCurvePrivateKey:
    check_length(private, _PRIVATE_BYTES, "private key")
    return _private(private)


def _point(public: bytes) -> ec.EllipticCurvePublicKey:
    check_length(public, _PUBLIC_BYTES, "public key")
    if public[0] != _UNCOMPRESSED:
        raise BadKeyError("the public key must be 04 || x || y, not another way to write a point")
    return _public(public)


def _public_key(private: bytes) -> bytes:
    key = _private_key(private).public_key()
    return bytes(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _check_key(public: bytes) -> None:
    _point(public)


def _sign(private: bytes, message: bytes) -> bytes:
    r, s = map(integer_of, fields(_private_key(private).sign(message, _SM2_SM3)))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _verify(public: bytes, message: bytes, signature: bytes) -> None:
    if len(signature) != _SIGNATURE_BYTES:
        raise BadSignatureError(f"a signature has {_SIGNATURE_BYTES} bytes, this one {len(signature)}")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < ORDER and 0 < s < ORDER) or r + s == ORDER:
        raise BadSignatureError("the signature's r and s must be from 1 to n - 1, and r + s not n")
    try:
        _point(public).verify(element(SEQUENCE, integer_element(r) + integer_element(s)), message, _SM2_SM3)
    except BadKeyError as error:
        raise BadSignatureError(f"no signature is good under such a key: {error}") from None
    except (InvalidSignature, InternalError):  # whatever Tongsuo can not work out is not good
        raise BadSignatureError(f"the signature {signature.hex()[:16]}... is not good for the signed message") from None


def _seal(key: bytes, nonce: bytes, plaintext: bytes, associated: bytes) -> bytes:
    check_sealing(key, _SEALING_BYTES, nonce)
    sealing = Cipher(SM4(key), GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(associated)
    return sealing.update(plaintext) + sealing.finalize() + sealing.tag


def _unseal(key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
    content, tag = ciphertext[:-_TAG_BYTES], ciphertext[-_TAG_BYTES:]
    try:
        check_sealing(key, _SEALING_BYTES, nonce)
        opening = Cipher(SM4(key), GCM(nonce, tag)).decryptor()
        opening.authenticate_additional_data(associated)
        return opening.update(content) + opening.finalize()
    except (InvalidTag, ValueError, BadKeyError):
        raise BadEnvelopeError("the sealed bytes do not open: another key, another context, or changed bytes") from None


def _wrap(public: bytes, plaintext: bytes, context: bytes) -> bytes:
    x, y, digest, cipher = fields(_point(public).encrypt(_hash(context) + plaintext))
    point = b"".join(integer_of(one).to_bytes(32, "big") for one in (x, y))
    return bytes([_UNCOMPRESSED]) + point + content_of(digest, OCTET_STRING) + content_of(cipher, OCTET_STRING)


def _unwrap(private: bytes, wrapped: bytes, context: bytes) -> bytes:
    key = _private_key(private)
    refusal = BadEnvelopeError("the wrapped key does not open: it is for another recipient or context, or was changed")
    x, y = int.from_bytes(wrapped[1:33], "big"), int.from_bytes(wrapped[33:_PUBLIC_BYTES], "big")
    digest, cipher = wrapped[_PUBLIC_BYTES : _PUBLIC_BYTES + _DIGEST_BYTES], wrapped[_PUBLIC_BYTES + _DIGEST_BYTES :]
    if len(cipher) < _DIGEST_BYTES or wrapped[0] != _UNCOMPRESSED or x >= FIELD or y >= FIELD:
        raise refusal
    parts = [integer_element(x), integer_element(y), element(OCTET_STRING, digest), element(OCTET_STRING, cipher)]
    try:
        opened = bytes(key.decrypt(element(SEQUENCE, b"".join(parts))))
    except (ValueError, InternalError):
        raise refusal from None
    if not compare_digest(opened[:_DIGEST_BYTES], _hash(context)):
        raise refusal
    return opened[_DIGEST_BYTES:]


SUITE = Suite(
    name="sm2-sm3-sm4",
    hash=_hash,
    public_key=_public_key,
    check_key=_check_key,
    sign=_sign,
    verify=_verify,
    seal=_seal,
    unseal=_unseal,
    key_bytes=_SEALING_BYTES,
    recipient_key=_public_key,
    check_recipient_key=_check_key,
    wrap=_wrap,
    unwrap=_unwrap,
    signing_key_bytes=_PUBLIC_BYTES,
    recipient_key_bytes=_PUBLIC_BYTES,
)
