"""SM2 once more, by another library (gmssl, pure Python): slow, and told which random number to use."""

from collections.abc import Callable

from gmssl import sm2, sm3
from gmssl.sm2 import CryptSM2

TABLE = sm2.default_ecc_table
FIELD, ORDER = int(TABLE["p"], 16), int(TABLE["n"], 16)


def public_key(private: bytes) -> bytes:
    return b"\x04" + multiply(private, bytes.fromhex(TABLE["g"]))


def multiply(number: bytes, point: bytes) -> bytes:
    """Return number times point, both points as x || y."""
    return bytes.fromhex(_engine()._kg(int.from_bytes(number, "big"), point.hex()))


def digest(public: bytes, message: bytes) -> bytes:
    """Return SM3(Z_A || message), which is what gets signed."""
    return bytes.fromhex(_engine(public=public)._sm3_z(message))


def sign(private: bytes, message: bytes, number: int) -> bytes:
    engine = _engine(private, public_key(private))
    return bytes.fromhex(engine.sign_with_sm3(message, f"{number:064x}"))


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    return bool(_engine(public=public).verify_with_sm3(signature.hex(), message))


def encrypt(public: bytes, plaintext: bytes) -> bytes:
    """Return 04 || C1 || C3 || C2."""
    return b"\x04" + bytes(_engine(public=public).encrypt(plaintext))


def decrypt(private: bytes, ciphertext: bytes) -> bytes:
    return bytes(_engine(private).decrypt(ciphertext[1:]))


def sealed(secret_point: bytes, ephemeral: bytes, plaintext: bytes) -> bytes:
    """Return 04 || C1 || C3 || C2 for a shared point that somebody has worked out."""
    pad = bytes.fromhex(sm3.sm3_kdf(secret_point.hex().encode(), len(plaintext)))
    masked = bytes(one ^ other for one, other in zip(plaintext, pad, strict=True))
    check = bytes.fromhex(hash_of(secret_point[:32] + plaintext + secret_point[32:]))
    return b"\x04" + ephemeral + check + masked


def hash_of(data: bytes) -> str:
    text: Callable[[list[int]], str] = sm3.sm3_hash
    return text(list(data))


def _engine(private: bytes = b"", public: bytes = b"") -> CryptSM2:
    engine = CryptSM2(private_key=private.hex(), public_key="", mode=1)
    engine.public_key = public[1:].hex()  # its own way to take off 04 takes off more where x begins so
    return engine
